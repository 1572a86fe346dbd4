"""Names in certificates: those that the authority gives, and those that a proxy reads out.

Contract: enrolment-and-proxy 3 and 4.
"""

import re
from dataclasses import dataclass

from migas_tornado.enrolment.identity import swap_byte_order

COMPUTERS = "COMPUTERS"
ADMINS = "ADMINS"
NAME_LENGTH = 64
"""Longest common name, as X.520 has it."""

_DROPPED = re.compile(r"[^A-Za-z0-9@._:-]")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?")
_SLASH_PART = re.compile(r"/([A-Za-z][A-Za-z0-9.]*)=")
_ESCAPED = re.compile(r"\\([0-9A-Fa-f]{2}|.)")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a certificate stands for."""

    unit: str
    """`COMPUTERS` or `ADMINS` when this site's authority gave it."""
    common_name: str

    @property
    def computer(self) -> tuple[str, int] | None:
        """UUID and project of a computer's common name; None when it is none."""
        uuid, _, number = self.common_name.rpartition("_")
        if not uuid or not number.isascii() or not number.isdigit() or len(number) > 10:
            return None
        return uuid, int(number)


def parse_subject(text: str) -> Subject | None:
    """Read a distinguished name as proxies write it; None when it is not exactly one of each.

    Args:
        text: `/O=site/OU=COMPUTERS/CN=name` or, as RFC 2253 has it, `CN=name,OU=COMPUTERS,O=site`.
    """
    parts = _slash_parts(text) if text.startswith("/") else _rfc2253_parts(text)
    names = [value for kind, value in parts if kind == "CN"]
    units = [value for kind, value in parts if kind == "OU"]
    if len(names) != 1 or len(units) > 1 or not names[0]:
        return None
    return Subject(units[0] if units else "", names[0])


def _slash_parts(text: str) -> list[tuple[str, str]]:
    pieces = _SLASH_PART.split(text)[1:]
    return [(kind.upper(), value) for kind, value in zip(pieces[::2], pieces[1::2], strict=True)]


def _rfc2253_parts(text: str) -> list[tuple[str, str]]:
    found = []
    for part in re.split(r"(?<!\\)[,+]", text):
        kind, _, value = part.strip().partition("=")
        found.append((kind.strip().upper(), _ESCAPED.sub(_unescaped, value)))
    return found


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if len(found[1]) == 2 else found[1]


def is_certifiable(email: str) -> bool:
    """Tell whether an address can stand in a certificate."""
    return _EMAIL.fullmatch(email) is not None


def clean_name(text: str) -> str:
    """Return a text without what no common name may hold."""
    return _DROPPED.sub("", text)


def computer_name(uuid: str, project_id: int) -> str:
    """Return the common name of a computer's certificate."""
    return f"{uuid}_{project_id}"


def forms_of_uuid(uuid: str) -> list[str]:
    """Return a uuid in both byte orders, in upper case; firmware knows either."""
    upper = uuid.upper()
    swapped = swap_byte_order(upper)
    return [upper, swapped] if swapped else [upper]
