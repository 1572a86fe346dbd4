"""HTTP as agents speak it: one connection per request."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_ANSWER_BYTES = 256 * 1024 * 1024
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body."""

    status: int
    body: bytes


async def post(
    url: str, path: str, body: bytes = b"", content_type: str = JSON, *, method: str = "POST"
) -> Answer:
    """Send a request on a new connection and return the answer.

    Raises:
        OSError: the server is not there, or broke off.
    """
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    try:
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
            "User-Agent: migasfree-client/5.0 simulated\r\nAccept-Language: en\r\nAccept: */*\r\n"
            f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        raw = await reader.read(MAX_ANSWER_BYTES)
        while piece := await reader.read(MAX_ANSWER_BYTES):
            raw += piece
    finally:
        writer.close()
    head, _, content = raw.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1."):
        raise ConnectionError("the server broke off")
    return Answer(int(head.split(b" ", 2)[1]), content)
