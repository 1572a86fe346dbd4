"""rpm packages made in pure Python, small enough for thousands, and parts for hostile ones."""

import gzip
import hashlib
import struct
from pathlib import Path

LEAD = b"\xed\xab\xee\xdb\x03\x00\x00\x00\x00\x01" + b"acme".ljust(66, b"\x00")
LEAD += struct.pack(">HH", 1, 5) + bytes(16)
MAGIC = b"\x8e\xad\xe8\x01\x00\x00\x00\x00"
EMPTY_CPIO = b"070701" + b"0" * 88 + b"0000000b00000000TRAILER!!!\x00\x00\x00\x00"

INT16, INT32, STRING, BINARY, STRINGS, TRANSLATED = 3, 4, 6, 7, 8, 9
_WIDTHS = {INT16: 2, INT32: 4}


def make_rpm(
    path: Path, name="acme-app", version="1.0", release="1", architecture="noarch", **more
):
    """Write a package with one file; `requires=["bash"]`, `description=`, `scripts=` and so on."""
    path.write_bytes(rpm_bytes(name, version, release, architecture, **more))
    return path


def rpm_bytes(name, version="1.0", release="1", architecture="noarch", **more) -> bytes:
    header = header_of(header_tags(name, version, release, architecture, **more), 63)
    payload = gzip.compress(EMPTY_CPIO, mtime=0)
    return assemble(header, payload)


def assemble(header: bytes, payload: bytes, **tags) -> bytes:
    digest = hashlib.sha256(header).hexdigest()
    signatures = {
        273: (STRING, tags.get("digest", digest)),
        1000: (INT32, [tags.get("size", len(header) + len(payload))]),
        1004: (BINARY, hashlib.md5(header + payload).digest()),
    }
    head = header_of(signatures, 62)
    return LEAD + head + bytes(-len(head) % 8) + header + payload


def header_tags(name, version, release, architecture, **more) -> dict:
    requires = more.get("requires", [])
    tags = {
        1000: (STRING, name),
        1001: (STRING, version),
        1002: (STRING, release),
        1003: (INT32, [more["epoch"]]) if "epoch" in more else None,
        1004: (TRANSLATED, [more.get("summary", "a package of the tests")]),
        1005: (TRANSLATED, [more.get("description", "a package\nof the tests")]),
        1006: (INT32, [1_790_000_000]),
        1009: (INT32, [3]),
        1014: (STRING, "GPL-3.0-or-later"),
        1016: (TRANSLATED, ["Unspecified"]),
        1021: (STRING, "linux"),
        1022: (STRING, architecture),
        1024: (STRING, more["script"]) if "script" in more else None,
        1028: (INT32, [3]),
        1030: (INT16, [0o100644]),
        1035: (STRINGS, ["0" * 32]),
        1036: (STRINGS, [""]),
        1037: (INT32, [0]),
        1039: (STRINGS, ["root"]),
        1040: (STRINGS, ["root"]),
        1044: (STRING, f"{name}-{version}-{release}.src.rpm"),
        1047: (STRINGS, [name]),
        1048: (INT32, [0] * len(requires)) if requires else None,
        1049: (STRINGS, requires) if requires else None,
        1050: (STRINGS, [""] * len(requires)) if requires else None,
        1080: (INT32, [1_790_000_000]),
        1081: (STRINGS, ["Acme <acme@example.com> - 1.0-1"]),
        1082: (STRINGS, ["- First"]),
        1112: (INT32, [8]),
        1113: (STRINGS, [f"{version}-{release}"]),
        1116: (INT32, [0]),
        1117: (STRINGS, [f"{name}.txt"]),
        1118: (STRINGS, ["/opt/"]),
        1124: (STRING, "cpio"),
        1125: (STRING, "gzip"),
    }
    return {tag: value for tag, value in tags.items() if value is not None}


def header_of(tags: dict, region: int) -> bytes:
    """Return a header; `region` is the tag that stands for all others."""
    index, data = [], b""
    for tag, (kind, value) in sorted(tags.items()):
        width = _WIDTHS.get(kind, 1)
        data += bytes(-len(data) % width)
        content, count = _encoded(kind, value)
        index.append((tag, kind, len(data), count))
        data += content
    total = len(index) + 1
    trailer = struct.pack(">IIiI", region, BINARY, -16 * total, 16)
    index.insert(0, (region, BINARY, len(data), 16))
    data += trailer
    preface = MAGIC + struct.pack(">II", total, len(data))
    return preface + b"".join(struct.pack(">IIiI", *entry) for entry in index) + data


def _encoded(kind: int, value) -> tuple[bytes, int]:
    if kind == STRING:
        return value.encode("utf-8", "surrogateescape") + b"\x00", 1
    if kind in (STRINGS, TRANSLATED):
        texts = (text.encode("utf-8", "surrogateescape") + b"\x00" for text in value)
        return b"".join(texts), len(value)
    if kind == BINARY:
        return value, len(value)
    form = "H" if kind == INT16 else "I"
    return struct.pack(f">{len(value)}{form}", *value), len(value)
