"""The book of certificates, for whoever looks after computers.

Contract: enrolment-and-proxy 3.1.
"""

from migas_tornado.accounts.callers import Caller
from migas_tornado.models.certificates import Certificate
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.filters import exact, period, text, within
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import visible_computers


def _visible(caller: Caller, parameters: Parameters) -> str:
    if caller.sees_all:
        return ""
    return (
        f"t.uuid IN (SELECT upper(v.uuid) FROM ({visible_computers(caller, parameters, 'uuid')}) v)"
    )


CERTIFICATES = Resource(
    path="certificates",
    title="certificate",
    model=Certificate,
    permission="client.computer",
    methods="LR",
    read=(
        "id",
        "serial",
        "role",
        "common_name",
        "uuid",
        "email",
        "address",
        "issued_at",
        "valid_until",
        "used_at",
        "is_released",
        "revoked_at",
        "reason",
    ),
    order=("-issued_at",),
    search=("common_name", "serial"),
    filters=(
        *within("id"),
        *exact("role", "serial", "uuid", "is_released"),
        *text("common_name"),
        *period("issued_at", "valid_until", "revoked_at", "used_at"),
    ),
    visible=_visible,
    export_name="certificate",
    text="{t}.common_name",
)

RESOURCES = (CERTIFICATES,)
