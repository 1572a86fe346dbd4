"""Records that stand in the way of a deletion. Contract: decisions."""

from tortoise import Model

from migas_tornado.errors import ConflictError
from migas_tornado.resources.changes import Change
from migas_tornado.resources.declaration import Hook
from migas_tornado.resources.shapes import column_of

Use = tuple[type[Model], str, str]
"""Model, its foreign key, and what its records are called, such as `devices`."""


def unless_used(*uses: Use) -> Hook:
    """Return a hook that refuses a deletion while other records need what is deleted.

    The row is locked when the hook runs, so that no further use can come into being meanwhile.
    """

    async def removing(change: Change) -> None:
        counts = ", ".join(
            f"(SELECT count(*) FROM {model._meta.db_table} WHERE {column_of(model, name)} = $1)"
            for model, name, _ in uses
        )
        row = await change.database.fetchrow(f"SELECT {counts}", change.key)
        found = [f"{count} {use[2]}" for count, use in zip(row, uses, strict=True) if count]
        if found:
            raise ConflictError(
                f"This {change.resource.title} cannot be deleted: {', '.join(found)} depend on it."
            )

    return removing
