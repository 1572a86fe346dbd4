"""A packager that uploads packages over the wire. Contract: agent-v5 3 and 8."""

import asyncio
import secrets
from urllib.parse import urlencode

import orjson

from migas_tornado.demo.agent import PUBLIC, SAFE, Keys, RefusedError, read_keys
from migas_tornado.demo.wire import FORM, post


class SimulatedPackager:
    """Uploads to one project.

    Args:
        url: of the server.
        project: name of the project.
        keys: as `enrol` returns them.
    """

    def __init__(self, url: str, project: str, keys: Keys) -> None:
        self._url, self._project, self._keys = url, project, keys

    @classmethod
    async def enrol(
        cls, url: str, project: str, username: str, password: str
    ) -> "SimulatedPackager":
        """Get the keys of packagers, and return one that uses them.

        Raises:
            RefusedError: the credentials are wrong, or not enough.
            OSError: the server is not there.
        """
        fields = {"username": username, "password": password}
        answer = await post(url, f"{PUBLIC}/keys/packager/", urlencode(fields).encode(), FORM)
        if answer.status != 200:
            raise RefusedError(f"keys/packager: {answer.status} {answer.body[:200]!r}")
        return cls(url, project, read_keys(orjson.loads(answer.body), "migasfree-packager.pri"))

    async def upload(
        self, store: str, file_name: str, content: bytes, package_set: str = ""
    ) -> None:
        """Upload a package into a store, which is made when it does not exist.

        Args:
            store: its name.
            file_name: of the package.
            content: of the package.
            package_set: name of a set that the package joins.

        Raises:
            RefusedError: the server does not take it.
            OSError: the server is not there.
        """
        claims = {"project": self._project, "store": store, "is_package": True}
        path = f"{SAFE}/packages/"
        if package_set:
            claims |= {"packageset": package_set, "path": ""}
            path += "set/"
        message = await asyncio.to_thread(self._keys.sealer.seal, claims, self._keys.server)
        boundary = secrets.token_hex(16)
        body = _form(boundary, {"msg": message, "project": self._project}, file_name, content)
        answer = await post(self._url, path, body, f"multipart/form-data; boundary={boundary}")
        if answer.status != 200:
            raise RefusedError(f"packages, {file_name}: {answer.status} {answer.body[:200]!r}")


def _form(boundary: str, fields: dict[str, str], file_name: str, content: bytes) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + content
        + f"\r\n--{boundary}--\r\n".encode()
    )
    return b"".join(parts)
