"""The form of a message: the message itself, and a package behind it. Contract: agent-v4 2, 6."""

from handlers.form_reader import FormReader
from migas_tornado.errors import TooLargeError

MESSAGE, PACKAGE = "message", "package"


class MessageForm(FormReader):
    """Keeps the message; pieces of a package wait until somebody takes them.

    Args:
        content_type: header of the request.
        most_bytes: that a message may have.

    Attributes:
        sent_as: name of the message's file; None when none was sent.
        package_name: name of the package's file; None when none was sent behind the message.

    Raises:
        InvalidDataError: it is not a multipart form.
    """

    def __init__(self, content_type: str, most_bytes: int) -> None:
        super().__init__(content_type)
        self._most_bytes = most_bytes
        self._message = bytearray()
        self._package: list[bytes] = []
        self._part = ""
        self.sent_as: str | None = None
        self.package_name: str | None = None

    @property
    def message(self) -> bytes:
        """The whole message, once its part has ended."""
        return bytes(self._message)

    def take_package(self) -> list[bytes]:
        """Return what came of the package since the last time."""
        pieces, self._package = self._package, []
        return pieces

    def part_begins(self, name: str, filename: str | None) -> None:
        """Begin the message or the package; whatever else is sent is passed over."""
        self._part = ""
        if filename is None:
            return
        if name == MESSAGE and self.sent_as is None:
            self._part, self.sent_as = MESSAGE, filename
        elif name == PACKAGE and self.sent_as is not None and self.package_name is None:
            self._part, self.package_name = PACKAGE, filename

    def part_data(self, piece: bytes) -> None:
        """Keep a piece of the message or of the package."""
        if self._part == PACKAGE:
            self._package.append(piece)
        elif self._part == MESSAGE:
            if len(self._message) + len(piece) > self._most_bytes:
                raise TooLargeError(f"A message may have at most {self._most_bytes} bytes.")
            self._message += piece

    def part_ends(self) -> None:
        """Pass over whatever comes before the next part."""
        self._part = ""
