"""The calls of the manager service. Contract: enrolment-and-proxy 3 and 6."""

from typing import Any

from migas_tornado.resources.openapi.calls import FORM, JSON, MULTIPART, Operation

Schema = dict[str, Any]

PUBLIC = "/manager/v1/public/"
PRIVATE = "/manager/v1/private/"
TEXT: Schema = {"type": "string"}
DAYS: Schema = {"type": "integer", "minimum": 1, "maximum": 7305}
FORMS = (FORM, MULTIPART)
ABSENT = "404 as long as MIGAS_MTLS is off."
BEARER = f"For superusers: `Authorization: Bearer` and a token of the API. {ABSENT}"


def _object(required: tuple[str, ...] = (), **members: Schema) -> Schema:
    return {"type": "object", "properties": members, "required": list(required or members)}


def _form(what: str) -> dict[str, Operation]:
    operation = Operation(
        f"Show a form by which a person fetches the certificate of {what}",
        answer=TEXT,
        content=("text/html",),
        errors=(404, 429),
        description=ABSENT,
    )
    return {"get": operation}


def _certificate(what: str) -> Operation:
    return Operation(
        f"Give the certificate of {what} for a one-time token",
        answer={"type": "string", "format": "binary"},
        content=("application/x-tar",),
        body=_object(("token", "password"), token=TEXT, email=TEXT, password=TEXT),
        body_types=FORMS,
        errors=(400, 401, 403, 404, 413, 422, 429),
        description=f"A tar with a .p12 that the password encrypts. {ABSENT}",
    )


def _revocation(what: str) -> Operation:
    return Operation(
        f"Revoke the certificates of {what}",
        answer={},
        status=204,
        body=_object(common_name=TEXT),
        body_types=(JSON,),
        errors=(400, 401, 403, 404, 413, 422, 429),
        description=BEARER,
    )


OPERATIONS: dict[str, dict[str, Operation]] = {
    f"{PUBLIC}ca/": {
        "get": Operation(
            "Get the certificate of the authority",
            answer=TEXT,
            content=("application/pkix-cert",),
            errors=(404,),
            description=ABSENT,
        )
    },
    f"{PUBLIC}crl/": {
        "get": Operation(
            "Get the list of revoked certificates",
            answer=TEXT,
            content=("application/pkix-crl",),
            errors=(404,),
            description=ABSENT,
        )
    },
    f"{PUBLIC}mtls/computer-tokens/": {
        "post": Operation(
            "Give a computer the right to fetch a certificate, once",
            answer=_object(token=TEXT),
            status=201,
            body=_object(
                ("uuid", "project_name"),
                uuid=TEXT,
                project_name=TEXT,
                validity_days=DAYS,
                username=TEXT,
                password=TEXT,
            ),
            body_types=(JSON,),
            errors=(400, 403, 404, 413, 422, 429),
            description=(
                "Free for the first certificate of a computer whose project enrols computers by "
                f"itself; a further one needs credentials, its certificate, or a release. {ABSENT}"
            ),
        )
    },
    f"{PUBLIC}mtls/computer-requests/{{token}}/": _form("a computer"),
    f"{PUBLIC}mtls/admin-requests/{{token}}/": _form("an administrator"),
    f"{PUBLIC}mtls/computer-certificates/": {"post": _certificate("a computer")},
    f"{PUBLIC}mtls/admin-certificates/": {"post": _certificate("an administrator")},
    f"{PUBLIC}synchronizations/availability/": {
        "post": Operation(
            "Tell whether a computer may synchronize now",
            answer=_object(status={"const": "ok"}),
            errors=(413, 429),
            description="429 has `status`, `retry_after` and the header `Retry-After`.",
        )
    },
    f"{PRIVATE}auth/login/": {
        "post": Operation(
            "Give a token of the API for a name and password",
            answer=_object(access_token=TEXT, token_type={"const": "bearer"}),
            body=_object(username=TEXT, password=TEXT),
            body_types=FORMS,
            errors=(400, 401, 404, 413, 422, 429),
            description=ABSENT,
        )
    },
    f"{PRIVATE}mtls/admin-tokens/": {
        "post": Operation(
            "Tell where an administrator fetches a certificate",
            answer=_object(url=TEXT),
            status=201,
            body=_object(("common_name",), common_name=TEXT, validity_days=DAYS),
            body_types=(JSON,),
            errors=(400, 401, 403, 404, 413, 422, 429),
            description=BEARER,
        )
    },
    f"{PRIVATE}mtls/computer-certificates/": {"delete": _revocation("a computer")},
    f"{PRIVATE}mtls/admin-certificates/": {"delete": _revocation("an administrator")},
    "/api/v1/token/certificates/{id}/revoke/": {
        "post": Operation(
            "Revoke a certificate",
            answer={},
            status=204,
            body={
                "type": "object",
                "properties": {
                    "reason": {
                        "enum": [
                            "unspecified",
                            "keyCompromise",
                            "superseded",
                            "cessationOfOperation",
                        ]
                    }
                },
            },
            errors=(400, 404, 409),
        )
    },
    "/api/v1/token/certificates/{id}/renew/": {
        "post": Operation(
            "Let the owner of a certificate fetch the next one",
            answer=_object(url=TEXT),
            status=201,
            errors=(400, 404, 409),
        )
    },
}
