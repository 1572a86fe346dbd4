"""A multipart form with files, read as it comes in: files to disk, fields to memory."""

import asyncio
import hashlib
import tempfile
from pathlib import Path
from typing import Any

from handlers.form_reader import FormReader
from migas_tornado.errors import InvalidDataError
from migas_tornado.repositories.store import UploadedFile

MAX_FIELDS = 20
"""Of a form of agents; lists in other forms repeat a field."""
MAX_FIELD_BYTES = 1024 * 1024
FILE_FIELD = "file"
LARGE_BYTES = 16 * 1024 * 1024


class Draft:
    """A file that is being written, under a temporary name.

    Args:
        directory: where; on the same file system as the store.
        filename: what it will be called.
    """

    def __init__(self, directory: Path, filename: str) -> None:
        self.file: Any = tempfile.NamedTemporaryFile(  # noqa: SIM115
            dir=directory, prefix=".upload-", delete=False
        )
        self._name = filename
        self._sha256, self._md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
        self._size = 0

    def write(self, piece: bytes) -> None:
        """Take the next piece."""
        self.file.write(piece)
        self._sha256.update(piece)
        self._md5.update(piece)
        self._size += len(piece)

    @property
    def is_large(self) -> bool:
        """Whether it is so large that removing it takes a while."""
        return self._size > LARGE_BYTES

    def discard(self) -> None:
        """Remove it; nothing happens when it was taken into the store."""
        self.file.close()
        Path(self.file.name).unlink(missing_ok=True)

    def uploaded(self) -> UploadedFile:
        """Return what was written, when it is all there."""
        self.file.close()
        return UploadedFile(
            path=Path(self.file.name),
            name=self._name,
            size=self._size,
            sha256=self._sha256.hexdigest(),
            md5=self._md5.hexdigest(),
        )


class FormUpload(FormReader):
    """Feed it the body in pieces, in any thread but one at a time; then take what it read.

    Args:
        content_type: header of the request.
        directory: where files are written; on the same file system as the store.
        file_field: name of the field whose files are taken.
        most_files: as many are taken.
        most_fields: as many other fields are taken.

    Raises:
        InvalidDataError: it is not a multipart form.
    """

    def __init__(
        self,
        content_type: str,
        directory: Path,
        *,
        file_field: str = FILE_FIELD,
        most_files: int = 1,
        most_fields: int = MAX_FIELDS,
    ) -> None:
        super().__init__(content_type)
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._file_field, self._most_files = file_field, most_files
        self._most_fields, self._field_count = most_fields, 0
        self._files: list[Draft] = []
        self._lists: dict[str, list[str]] = {}
        self._field = ""
        self._value = bytearray()
        self._value_bytes = 0
        self._is_discarded = False

    def finish(self) -> tuple[dict[str, str], UploadedFile | None]:
        """Return the fields, and the file if there is one, when the whole body was fed.

        Raises:
            InvalidDataError: the body ended in the middle.
        """
        lists, files = self.finish_lists()
        return {name: values[-1] for name, values in lists.items()}, next(iter(files), None)

    def finish_lists(self) -> tuple[dict[str, list[str]], list[UploadedFile]]:
        """Return the fields with all their values, and all files; see `finish`.

        Raises:
            InvalidDataError: the body ended in the middle.
        """
        if not self.is_complete:
            raise InvalidDataError("The form ends in the middle.")
        return self._lists, [draft.uploaded() for draft in self._files]

    def discard(self) -> None:
        """Remove what was written; nothing happens when it was taken into the store."""
        self._is_discarded = True
        for draft in self._files:
            draft.discard()

    def discard_soon(self) -> None:
        """Discard it without keeping the event loop: large files take the file system a while."""
        if any(draft.is_large for draft in self._files):
            asyncio.get_running_loop().run_in_executor(None, self.discard)
        else:
            self.discard()

    def part_begins(self, name: str, filename: str | None) -> None:
        """Begin a file or a field."""
        self._field, self._is_file = name, name == self._file_field and filename is not None
        self._value.clear()
        if self._is_file:
            self._begin_file(filename or "")
        if self._field_count >= self._most_fields:
            raise InvalidDataError(f"A form has at most {self._most_fields} fields.")

    def _begin_file(self, filename: str) -> None:
        if self._is_discarded:
            raise InvalidDataError("The form ends in the middle.")
        if len(self._files) >= self._most_files:
            raise InvalidDataError(
                "Only one file is taken at a time."
                if self._most_files == 1
                else f"At most {self._most_files} files are taken at a time."
            )
        # Agents send the whole path, of whatever system they run on.
        name = filename.replace("\\", "/").rsplit("/", 1)[-1]
        self._files.append(Draft(self._directory, name))

    def part_data(self, piece: bytes) -> None:
        """Write a file, or keep a field."""
        if self._is_file:
            self._files[-1].write(piece)
        elif len(self._value) + len(piece) > MAX_FIELD_BYTES:
            raise InvalidDataError(f"A field has at most {MAX_FIELD_BYTES} bytes.")
        elif self._value_bytes + len(piece) > MAX_FIELDS * MAX_FIELD_BYTES:
            raise InvalidDataError("The fields of the form are too long together.")
        else:
            self._value += piece
            self._value_bytes += len(piece)

    def part_ends(self) -> None:
        """Count a field."""
        if not self._is_file:
            self._field_count += 1
            value = self._value.decode("utf-8", "replace")
            self._lists.setdefault(self._field, []).append(value)
