"""Pictures of applications: files that the public directory offers. Contract: data-model 7."""

import os
import tempfile
from functools import partial
from pathlib import Path, PurePath

from migas_tornado.enrolment.project_names import ICONS
from migas_tornado.errors import UnavailableError
from migas_tornado.resources.changes import Change
from migas_tornado.resources.declaration import FileRule

RULE = FileRule(
    ("jpg", "jpeg", "png", "gif", "svg", "webp", "bmp", "ico", "tiff", "tif"),
    most_bytes=2 * 1024 * 1024,
)


async def take_icon(change: Change) -> None:
    """Give an application the picture that came with it; one in its place goes away.

    The file is written when the change is stored. Its name has the application's id, which a new
    application therefore gets here.
    """
    sent = change.extra.get("icon")
    if sent is None:
        return
    key = change.key
    if key is None:
        key = change.values["id"] = await change.database.fetchval(
            "SELECT nextval(pg_get_serial_sequence('app_catalog_application', 'id'))"
        )
    name = f"app_{key}{PurePath(sent.name).suffix.lower()}"
    directory = change.settings.public_dir / ICONS
    change.values["icon"] = f"{ICONS}/{name}"
    change.after_commit.append(partial(_write, directory / name, sent.content))
    if change.before.get("icon") not in (None, "", change.values["icon"]):
        _drop_later(change)


async def drop_icon(change: Change) -> None:
    """Remove the picture of an application that is deleted."""
    if change.before.get("icon"):
        _drop_later(change)


def _drop_later(change: Change) -> None:
    name = PurePath(change.before["icon"]).name
    path = change.settings.public_dir / ICONS / name
    change.after_commit.append(partial(path.unlink, missing_ok=True))


def _write(path: Path, content: bytes) -> None:
    """Write a file so that whoever reads it finds the old content or the new one.

    Raises:
        UnavailableError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".icon-")
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            draft.chmod(0o644)
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UnavailableError(
            f"The application is stored, but its icon could not be written: {error.strerror}."
        ) from error
