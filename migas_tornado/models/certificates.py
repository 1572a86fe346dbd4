"""Tables of the site's own certificate authority. Contract: enrolment-and-proxy 3."""

from tortoise import fields
from tortoise.models import Model


class Certificate(Model):
    """A certificate that the authority issued; what it issued is never forgotten."""

    id = fields.BigIntField(primary_key=True, description="Key")
    serial = fields.CharField(
        40, unique=True, description="Serial number, lower-case hexadecimal, no leading zeros"
    )
    role = fields.CharField(8, description="computer, admin or server")
    common_name = fields.CharField(255, db_index=True, description="CN of the subject")
    uuid = fields.CharField(
        36, null=True, db_index=True, description="Computer it stands for, in upper case"
    )
    email = fields.CharField(254, default="", description="Address of its owner, or empty")
    address = fields.CharField(39, default="", description="Where it was asked for from")
    issued_at = fields.DatetimeField(db_index=True, description="When it was issued")
    valid_until = fields.DatetimeField(description="When it ends by itself")
    used_at = fields.DatetimeField(null=True, description="When it was first presented")
    is_released = fields.BooleanField(
        default=False, description="Whether its owner may get another one without credentials"
    )
    revoked_at = fields.DatetimeField(null=True, db_index=True, description="When it was revoked")
    reason = fields.CharField(20, default="", description="Why it was revoked")

    class Meta:
        table = "certificate_certificate"
        table_description = "Certificates issued here"


class CertificateToken(Model):
    """The right to fetch one certificate, once."""

    id = fields.BigIntField(primary_key=True, description="Key")
    hash = fields.CharField(64, unique=True, description="SHA-256 of the token")
    role = fields.CharField(8, description="computer or admin")
    common_name = fields.CharField(255, description="CN that the certificate will have")
    uuid = fields.CharField(36, null=True, description="Computer it is for, in upper case")
    validity_days = fields.IntField(description="How long the certificate will be valid")
    may_replace = fields.BooleanField(description="Whether its owner may have one already")
    expires_at = fields.DatetimeField(db_index=True, description="Until when it may be used")

    class Meta:
        table = "certificate_token"
        table_description = "One-time rights to a certificate"


class RevocationList(Model):
    """The list of revoked certificates as it was last signed; there is one row."""

    id = fields.IntField(primary_key=True, description="Key")
    number = fields.BigIntField(description="Number of the list; every new one is greater")
    revoked = fields.BigIntField(description="Certificates that were revoked when it was signed")
    content = fields.TextField(description="The signed list, PEM")
    signed_at = fields.DatetimeField(description="When it was signed")

    class Meta:
        table = "certificate_revocationlist"
        table_description = "Signed list of revoked certificates"
