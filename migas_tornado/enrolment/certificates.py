"""Whether a client certificate is that of the computer spoken for. Contract: agent-v5 5.4."""

from migas_tornado.errors import ForbiddenError


def check_certificate(distinguished_name: str, uuid: str | None) -> None:
    """Refuse a certificate of another computer; no certificate is checked against nothing.

    Args:
        distinguished_name: such as `/O=org/OU=COMPUTERS/CN=<uuid>_<number>`; empty without one.
        uuid: of the computer.

    Raises:
        ForbiddenError: when it names another computer, or none.
    """
    if not distinguished_name:
        return
    _, found, name = distinguished_name.partition("/CN=")
    owner, separator, number = name.split("/", 1)[0].rpartition("_")
    if not found or not separator or not owner or not number:
        raise ForbiddenError("Invalid mTLS certificate CN format")
    if owner.lower() != (uuid or "").lower():
        raise ForbiddenError("mTLS certificate does not match the requesting computer")
