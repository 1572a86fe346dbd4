"""The list of revoked certificates, signed again in time and laid out for the proxy."""

from migas_tornado.certificates.office import CertificateOffice
from tasks.periodic import Every, JobContext, PeriodicJob


async def publish_revocations(context: JobContext) -> None:
    """Write what a proxy reads; computers that leave the fleet are revoked by other calls."""
    if context.settings.mtls != "off":
        await CertificateOffice(context.settings).publish()


JOBS = (PeriodicJob("revoked certificates", Every(60), 60, publish_revocations),)
