"""Changes of groups: what they permit is for superusers to say. Contract: decisions."""

from typing import TYPE_CHECKING

from migas_tornado.accounts.profiles import FORBIDDEN
from migas_tornado.errors import ForbiddenError

if TYPE_CHECKING:
    from migas_tornado.resources.changes import Change


async def check_group(change: "Change") -> None:
    """Check that the caller may change, make or delete groups.

    Raises:
        ForbiddenError: he is no superuser, and could give himself any permission.
    """
    if not change.caller.is_superuser:
        raise ForbiddenError(FORBIDDEN)
