"""Pictures of applications: how they come in, and how they are offered."""

from typing import Any

import pytest
from agent import Answer, request
from api import API, Api, signed_in
from conftest import RunningServer

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


def form(api: Api, method: str, path: str, fields: list[tuple[str, Any]]) -> Answer:
    """Send a multipart form as browsers do; a file is a pair of name and content."""
    boundary = "4f2c1b"
    parts = []
    for name, value in fields:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, tuple):
            head += f'; filename="{value[0]}"\r\nContent-Type: application/octet-stream'
            parts.append(head.encode() + b"\r\n\r\n" + value[1] + b"\r\n")
        else:
            parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    headers = {
        "Authorization": f"Token {api.token}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
    }
    return request(api.url, method, API + path, body, headers)


def fetched(api: Api, url: str) -> Answer:
    assert url.startswith(f"{api.url}/public/catalog_icons/")
    return request(api.url, "GET", url.removeprefix(api.url))


def test_the_life_of_an_icon(server, api):
    fields = [("name", "Painter"), ("category", "7"), ("level", "A"), ("score", "3")]
    links = [("available_for_attributes", "1")]
    answer = form(api, "POST", "catalog/apps/", [*fields, *links, ("icon", ("Pic.PNG", PNG))])
    assert answer.status == 201, answer
    made = answer.json()
    assert made["icon"] == f"{api.url}/public/catalog_icons/app_{made['id']}.png"
    assert [one["id"] for one in made["available_for_attributes"]] == [1]
    picture = fetched(api, made["icon"])
    assert (picture.status, picture.body) == (200, PNG)
    assert picture.headers["content-type"] == "image/png"

    path = f"catalog/apps/{made['id']}/"
    assert api.patch(path, score=2, icon=None)["icon"] == made["icon"]
    no_links = [("available_for_attributes", "")]
    answer = form(api, "PATCH", path, [*no_links, ("icon", ("x.svg", SVG))])
    assert answer.status == 200, answer
    changed = answer.json()
    assert changed["available_for_attributes"] == []
    assert changed["icon"].endswith(f"/app_{made['id']}.svg")
    picture = fetched(api, changed["icon"])
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in picture.headers["content-security-policy"]
    assert "script-src" not in picture.headers["content-security-policy"]
    assert "default-src 'none'" in picture.headers["content-security-policy"]
    assert fetched(api, made["icon"]).status == 404
    assert api.get(path)["icon"] == changed["icon"]

    assert api("DELETE", path).status == 204
    assert fetched(api, changed["icon"]).status == 404
    directory = server.data_dir / "public" / "catalog_icons"
    assert [one.name for one in directory.iterdir() if f"_{made['id']}." in one.name] == []
    assert [one.name for one in directory.iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            ("virus.exe", PNG),
            "File extension “exe” is not allowed. Allowed extensions are: jpg, jpeg, png, gif, "
            "svg, webp, bmp, ico, tiff, tif.",
        ),
        (("../../etc/png", PNG), "File extension “” is not allowed."),
        (("a.png", b""), "The submitted file is empty."),
        (("a.png", bytes(2 * 1024 * 1024 + 1)), "A file may have at most 2097152 bytes."),
    ],
)
def test_files_that_are_no_icons(server, api, file, text):
    before = server.value("SELECT count(*) FROM app_catalog_application")
    fields = [("name", "No icon"), ("category", "7"), ("icon", file)]
    answer = form(api, "POST", "catalog/apps/", fields)
    assert answer.status == 400
    assert answer.json()["icon"][0].startswith(text)
    assert server.value("SELECT count(*) FROM app_catalog_application") == before


def test_a_refused_app_leaves_no_icon(server, api):
    api.post("catalog/apps/", name="Taken", category=1)
    directory = server.data_dir / "public" / "catalog_icons"
    before = set(directory.glob("*")) if directory.exists() else set()
    fields = [("name", "Taken"), ("category", "1"), ("icon", ("a.png", PNG))]
    answer = form(api, "POST", "catalog/apps/", fields)
    assert (answer.status, list(answer.json())) == (400, ["name"])
    assert (set(directory.glob("*")) if directory.exists() else set()) == before
