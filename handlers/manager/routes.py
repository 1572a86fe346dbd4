"""Which handler answers which path of the manager service. Contract: enrolment-and-proxy 3, 6."""

from typing import Any

from tornado.web import RequestHandler

from handlers.manager import availability, certificates, private

PUBLIC: dict[str, type[RequestHandler]] = {
    "ca": certificates.AuthorityHandler,
    "crl": certificates.RevocationListHandler,
    "mtls/computer-tokens": certificates.ComputerTokensHandler,
    "mtls/computer-requests/(?P<token>[^/]+)": certificates.RequestFormHandler,
    "mtls/computer-certificates": certificates.CertificatesHandler,
    "mtls/admin-requests/(?P<token>[^/]+)": certificates.AdminRequestFormHandler,
    "mtls/admin-certificates": certificates.AdminCertificatesHandler,
    "synchronizations/availability": availability.AvailabilityHandler,
}
PRIVATE: dict[str, type[RequestHandler]] = {
    "auth/login": private.LoginHandler,
    "mtls/admin-tokens": private.AdminTokensHandler,
    "mtls/computer-certificates": private.RevocationHandler,
    "mtls/admin-certificates": private.AdminRevocationHandler,
}


def manager_routes() -> list[tuple[Any, ...]]:
    """Return the table of paths."""
    table: list[tuple[Any, ...]] = []
    for kind, calls in (("public", PUBLIC), ("private", PRIVATE)):
        table += [(f"/manager/v1/{kind}/{path}/?", handler) for path, handler in calls.items()]
    return table
