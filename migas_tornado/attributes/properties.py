"""What may be changed of a property. Contract: data-model 3.1, admin-api 5.2."""

from typing import TYPE_CHECKING

from migas_tornado.attributes.reserved import DOMAIN, is_basic
from migas_tornado.errors import InvalidDataError
from migas_tornado.models.enumerations import PropertySort

if TYPE_CHECKING:
    from migas_tornado.resources.changes import Change

FIXED_OF_BASIC = ("prefix", "kind", "sort", "auto_add", "language")
"""What the server relies on in its own properties."""
FIXED_OF_DOMAINS = ("prefix", "sort")

_FIXED = "This cannot be changed: the server needs it as it is."
_NO_NEW_BASIC = "Only the server's own properties are basic."
_BLANK = "This field may not be blank."


async def check_property(change: "Change") -> None:
    """Check a property that may be of any sort.

    Raises:
        InvalidDataError: it is one of the server's own, or would become one.
    """
    _check(change)


async def check_stamp(change: "Change") -> None:
    """Make the property a stamp: people assign its attributes, nothing computes them.

    Raises:
        InvalidDataError: see `check_property`.
    """
    change.values |= {"sort": PropertySort.SERVER.value, "code": ""}
    _check(change)


async def check_formula(change: "Change") -> None:
    """Make the property a formula, unless it is one of the server's own.

    Raises:
        InvalidDataError: see `check_property`; or there is no code to run.
    """
    if change.is_new:
        change.values["sort"] = PropertySort.CLIENT.value
    _check(change)
    has_code = bool(change.value("code"))
    if "code" in change.values and not has_code and not is_basic(change.value("sort")):
        raise InvalidDataError({"code": [_BLANK]})


async def keep_basic(change: "Change") -> None:
    """Keep the server's own properties; whoever deletes one is told that it is done."""
    change.stays = is_basic(change.before["sort"])


def _check(change: "Change") -> None:
    if code := change.values.get("code"):
        change.values["code"] = code.replace("\r\n", "\n")
    if is_basic(change.value("sort") or "") and (change.is_new or change.changes("sort")):
        raise InvalidDataError({"sort": [_NO_NEW_BASIC]})
    if change.is_new:
        return
    fixed: tuple[str, ...] = ()
    if is_basic(change.before["sort"]):
        fixed = FIXED_OF_BASIC
    elif change.before["prefix"] == DOMAIN:
        fixed = FIXED_OF_DOMAINS
    if mistakes := {name: [_FIXED] for name in fixed if change.changes(name)}:
        raise InvalidDataError(mistakes)
