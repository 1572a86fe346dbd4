"""Changes of scopes: everybody's own. Contract: admin-api 5.8, data-model 3.10."""

from typing import TYPE_CHECKING

from migas_tornado.errors import InvalidDataError
from migas_tornado.slugs import slugify

if TYPE_CHECKING:
    from migas_tornado.resources.changes import Change


async def check_scope(change: "Change") -> None:
    """Make the name a slug, and check the owner and that he has no other scope of that name.

    Raises:
        InvalidDataError: naming the fields at fault.
    """
    owner = change.value("user")
    if not change.caller.is_superuser and owner != change.caller.id:
        raise InvalidDataError({"user": [f'Invalid pk "{owner}" - object does not exist.']})
    if "name" in change.values:
        change.values["name"] = slugify(change.values["name"])
        if not change.values["name"]:
            raise InvalidDataError({"name": ["A name needs letters or digits."]})
    await change.database.execute("SELECT FROM auth_user WHERE id = $1 FOR NO KEY UPDATE", owner)
    taken = await change.database.fetchval(
        "SELECT id FROM core_scope WHERE user_id = $1 AND name = $2 "
        "AND domain_id IS NOT DISTINCT FROM $3::int AND id IS DISTINCT FROM $4::int LIMIT 1",
        owner,
        change.value("name"),
        change.value("domain"),
        change.key,
    )
    if taken is not None:
        raise InvalidDataError(
            {"non_field_errors": ["The fields name, domain, user must make a unique set."]}
        )
