"""Names that become directories: of projects, stores and deployments. Contract: data-model 1."""

from migas_tornado.errors import InvalidDataError
from migas_tornado.resources.changes import Change
from migas_tornado.slugs import slugify

SLUG_LENGTH = 50


def slug_of(name: str) -> str:
    """Return the directory that a name gives.

    Raises:
        InvalidDataError: it gives none, or one that is too long.
    """
    slug = slugify(name)
    if not slug:
        raise InvalidDataError({"name": ["A name needs a letter or digit of the Latin alphabet."]})
    if len(slug) > SLUG_LENGTH:
        raise InvalidDataError({"name": ["This name is too long when written in ASCII."]})
    return slug


async def name_in_project(change: Change) -> None:
    """Give a store or deployment the slug of its new name.

    Raises:
        InvalidDataError: the name gives no directory, or the project has one for another name.
    """
    if not change.changes("name", "project"):
        return
    name = change.value("name")
    slug = change.values["slug"] = slug_of(name)
    other = await change.database.fetchval(
        f"SELECT name FROM {change.resource.model._meta.db_table} "  # noqa: S608
        "WHERE project_id = $1 AND slug = $2 AND id IS DISTINCT FROM $3",
        change.value("project"),
        slug,
        change.key,
    )
    if other == name:
        raise InvalidDataError(
            {"non_field_errors": ["The fields name, project must make a unique set."]}
        )
    if other is not None:
        raise InvalidDataError(
            {"name": [f"The name is too much like {other}: both give the directory {slug}."]}
        )
