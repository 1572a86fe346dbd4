"""What a superuser does with certificates beside looking at them.

Contract: enrolment-and-proxy 3.1: revoke one, or let its computer have another.
"""

from http import HTTPStatus

from handlers.api.resources import ActionHandler
from migas_tornado.certificates import book
from migas_tornado.db import connection
from migas_tornado.errors import ConflictError, ForbiddenError, InvalidDataError, NotFoundError
from migas_tornado.models.certificates import Certificate
from migas_tornado.resources.declared.certificates import CERTIFICATES


class CertificateAction(ActionHandler):
    """A call about one certificate."""

    async def certificate(self, key: str) -> Certificate:
        """Return the certificate that the URL names, for a superuser.

        Raises:
            ForbiddenError: the caller is none.
            NotFoundError: there is no such certificate.
            ConflictError: this site has no authority of its own.
        """
        if not self.caller.is_superuser:
            raise ForbiddenError("You do not have permission to perform this action.")
        async with connection() as database:
            found = await Certificate.get(id=await self.find(database, key))
        if self.services.settings.mtls == "off":
            raise ConflictError("MIGAS_MTLS is off: this server has no authority at work.")
        return found


class RevokeHandler(CertificateAction):
    """`certificates/{id}/revoke/`: it is refused from now on."""

    async def post(self, key: str) -> None:
        certificate = await self.certificate(key)
        body = self.data()
        reason = body.get("reason", "unspecified") if isinstance(body, dict) else None
        if reason not in book.REASONS:
            raise InvalidDataError({"reason": [f"One of {', '.join(book.REASONS)} is expected."]})
        await self.services.certificates.revoke_serial(certificate.serial, reason)
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


class RenewHandler(CertificateAction):
    """`certificates/{id}/renew/`: its owner may fetch a new one; the old one ends with its use."""

    may_compress = False

    async def post(self, key: str) -> None:
        certificate = await self.certificate(key)
        office = self.services.certificates
        if certificate.role == book.COMPUTER:
            await office.release(certificate.common_name)
            token = await office.renewal_token(certificate)
            path = "computer-requests"
        elif certificate.role == book.ADMIN:
            token = await office.renewal_token(certificate)
            path = "admin-requests"
        else:
            raise NotFoundError("The certificate of a proxy is renewed by command.")
        url = f"{self.site}/manager/v1/public/mtls/{path}/{token}"
        self.answer({"url": url}, HTTPStatus.CREATED)


ROUTES = (
    (r"/api/v1/token/certificates/([^/]+)/revoke/?", RevokeHandler, CERTIFICATES),
    (r"/api/v1/token/certificates/([^/]+)/renew/?", RenewHandler, CERTIFICATES),
)
