"""A multipart form with files, read as it comes in: files to disk, fields to memory."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from migas_tornado.errors import InvalidDataError
from migas_tornado.repositories.store import UploadedFile

MAX_FIELDS = 20
"""Of a form of agents; lists in other forms repeat a field."""
MAX_FIELD_BYTES = 1024 * 1024
MAX_HEADER_BYTES = 8192
FILE_FIELD = "file"


class _Draft:
    """A file that is being written, under a temporary name."""

    def __init__(self, directory: Path, filename: str) -> None:
        self.file: Any = tempfile.NamedTemporaryFile(  # noqa: SIM115
            dir=directory, prefix=".upload-", delete=False
        )
        # Agents send the whole path, of whatever system they run on.
        self._name = filename.replace("\\", "/").rsplit("/", 1)[-1]
        self._sha256, self._md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
        self._size = 0

    def write(self, piece: bytes) -> None:
        """Take the next piece."""
        self.file.write(piece)
        self._sha256.update(piece)
        self._md5.update(piece)
        self._size += len(piece)

    def uploaded(self) -> UploadedFile:
        """Return what was written."""
        return UploadedFile(
            path=Path(self.file.name),
            name=self._name,
            size=self._size,
            sha256=self._sha256.hexdigest(),
            md5=self._md5.hexdigest(),
        )


class FormUpload:
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
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise InvalidDataError("A multipart/form-data body is expected.")
        try:
            self._parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._data,
                    "on_part_end": self._end_part,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise InvalidDataError(f"The form is not readable: {error}") from error
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._file_field, self._most_files = file_field, most_files
        self._most_fields, self._field_count = most_fields, 0
        self._files: list[_Draft] = []
        self._lists: dict[str, list[str]] = {}
        self._name = ""
        self._value = bytearray()
        self._header = [bytearray(), bytearray()]
        self._value_bytes = 0
        self._is_complete = self._is_discarded = False

    def feed(self, chunk: bytes) -> None:
        """Take the next piece of the body.

        Raises:
            InvalidDataError: the form is broken, or has too many or too large fields.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise InvalidDataError(f"The form is not readable: {error}") from error

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
        for draft in self._files:
            draft.file.close()
        if not self._is_complete:
            raise InvalidDataError("The form ends in the middle.")
        return self._lists, [draft.uploaded() for draft in self._files]

    def discard(self) -> None:
        """Remove what was written; nothing happens when it was taken into the store."""
        self._is_discarded = True
        for draft in self._files:
            draft.file.close()
            Path(draft.file.name).unlink(missing_ok=True)

    def _begin_part(self) -> None:
        self._name, self._is_file = "", False
        self._value.clear()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_part(0, data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_part(1, data[start:end])

    def _header_part(self, which: int, piece: bytes) -> None:
        self._header[which] += piece
        if len(self._header[which]) > MAX_HEADER_BYTES:
            raise InvalidDataError(f"A header in a form has at most {MAX_HEADER_BYTES} bytes.")

    def _end_header(self) -> None:
        name, value = (bytes(part) for part in self._header)
        self._header = [bytearray(), bytearray()]
        if name.lower() != b"content-disposition":
            return
        _, options = parse_options_header(value)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name == self._file_field and b"filename" in options:
            if self._is_discarded:
                raise InvalidDataError("The form ends in the middle.")
            if len(self._files) >= self._most_files:
                raise InvalidDataError(
                    "Only one file is taken at a time."
                    if self._most_files == 1
                    else f"At most {self._most_files} files are taken at a time."
                )
            self._is_file = True
            filename = options[b"filename"].decode("utf-8", "replace")
            self._files.append(_Draft(self._directory, filename))

    def _end_headers(self) -> None:
        if self._field_count >= self._most_fields:
            raise InvalidDataError(f"A form has at most {self._most_fields} fields.")

    def _data(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if self._is_file:
            self._files[-1].write(piece)
        elif len(self._value) + len(piece) > MAX_FIELD_BYTES:
            raise InvalidDataError(f"A field has at most {MAX_FIELD_BYTES} bytes.")
        elif self._value_bytes + len(piece) > MAX_FIELDS * MAX_FIELD_BYTES:
            raise InvalidDataError("The fields of the form are too long together.")
        else:
            self._value += piece
            self._value_bytes += len(piece)

    def _end_part(self) -> None:
        if not self._is_file:
            self._field_count += 1
            value = self._value.decode("utf-8", "replace")
            self._lists.setdefault(self._name, []).append(value)

    def _end(self) -> None:
        self._is_complete = True
