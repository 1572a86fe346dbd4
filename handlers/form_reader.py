"""A multipart form, read in pieces as it comes in; what becomes of its parts, subclasses say."""

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from migas_tornado.errors import InvalidDataError

MAX_HEADER_BYTES = 8192


class FormReader:
    """Feed it the body in pieces.

    Args:
        content_type: header of the request.

    Raises:
        InvalidDataError: it is not a multipart form.
    """

    def __init__(self, content_type: str) -> None:
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
                    "on_part_end": self.part_ends,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise InvalidDataError(f"The form is not readable: {error}") from error
        self._header = [bytearray(), bytearray()]
        self.is_complete = False

    def feed(self, chunk: bytes) -> None:
        """Take the next piece of the body.

        Raises:
            InvalidDataError: the form is broken, or has too many or too large parts.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise InvalidDataError(f"The form is not readable: {error}") from error

    def part_begins(self, name: str, filename: str | None) -> None:
        """Note the next part; only files have the name of a file."""
        raise NotImplementedError

    def part_data(self, piece: bytes) -> None:
        """Take the next piece of the part."""
        raise NotImplementedError

    def part_ends(self) -> None:
        """Note that the part is complete."""
        raise NotImplementedError

    def _begin_part(self) -> None:
        self._name, self._filename = "", None

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
        if b"filename" in options:
            self._filename = options[b"filename"].decode("utf-8", "replace")

    def _end_headers(self) -> None:
        self.part_begins(self._name, self._filename)

    def _data(self, data: bytes, start: int, end: int) -> None:
        self.part_data(data[start:end])

    def _end(self) -> None:
        self.is_complete = True
