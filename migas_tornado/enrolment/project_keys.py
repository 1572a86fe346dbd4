"""Keys that a project accepts besides its own, as the command line manages them."""

from pathlib import Path

from migas_tornado.db import connection
from migas_tornado.enrolment.former_names import ID_BY_NAME
from migas_tornado.errors import InvalidDataError, NotFoundError
from migas_tornado.keys.accepted import (
    AcceptedKey,
    import_accepted,
    list_accepted,
    remove_accepted,
)


async def accept_key(
    keys_dir: Path, project: str, file: Path, server_file: Path | None
) -> AcceptedKey:
    """Accept a key for a project.

    Args:
        keys_dir: where keys are kept.
        project: name of the project.
        file: either half of the pair that its computers hold, as PEM.
        server_file: private key of the server that they knew, when it is not this one's.

    Raises:
        NotFoundError: there is no such project.
        InvalidDataError: a file cannot be read, or holds no key.
    """
    slug = await _slug(project)
    pem, server_pem = _content(file), _content(server_file) if server_file else None
    return AcceptedKey(import_accepted(keys_dir, slug, pem, server_pem), server_pem is not None)


async def accepted_keys(keys_dir: Path, project: str) -> list[AcceptedKey]:
    """Return the keys that a project accepts besides its own.

    Raises:
        NotFoundError: there is no such project.
    """
    return list_accepted(keys_dir, await _slug(project))


async def refuse_key(keys_dir: Path, project: str, fingerprint: str) -> None:
    """No longer accept a key for a project.

    Raises:
        NotFoundError: there is no such project, or it does not accept the key.
    """
    remove_accepted(keys_dir, await _slug(project), fingerprint)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidDataError(f"{file} cannot be read: {error.strerror}.") from error


async def _slug(project: str) -> str:
    async with connection() as database:
        slug = await database.fetchval(
            f"SELECT slug FROM core_project WHERE id = {ID_BY_NAME}",  # noqa: S608
            project,
        )
    if slug is None:
        raise NotFoundError(f"There is no project {project!r}.")
    return slug
