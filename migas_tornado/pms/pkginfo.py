"""The file `.PKGINFO` that packages of pacman and of apk have: lines of `key = value`."""

import re

from migas_tornado.errors import NotAPackageError

NAME = ".PKGINFO"
MAX_PKGINFO = 1024**2  # bytes of the file
MAX_VALUE = 16 * 1024  # characters of a value

PackageInfo = dict[str, list[str]]
"""Key -> its values, which have no blanks around them and take one line."""

# Control characters, what Unicode takes for the end of a line, and halves of surrogate pairs.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def parse(content: bytes) -> PackageInfo:
    """Read a `.PKGINFO`.

    Raises:
        NotAPackageError: it is no text, or has a line that is not one.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise NotAPackageError("The package has a .PKGINFO that is not UTF-8.") from error
    info: PackageInfo = {}
    for number, line in enumerate(text.split("\n"), start=1):
        # Tabs are the only control characters that writers of descriptions use.
        line = line.replace("\t", " ").rstrip("\r").strip(" ")
        if not line or line.startswith("#"):
            continue
        key, equals, value = line.partition("=")
        if not equals or _FORBIDDEN.search(line) or len(value) > MAX_VALUE:
            raise NotAPackageError(f"The package has a .PKGINFO with a bad line {number}.")
        if value := value.strip(" "):
            info.setdefault(key.strip(" "), []).append(value)
    return info


def single(info: PackageInfo, key: str) -> str:
    """Return the value of a key that may be there once, or an empty text.

    Raises:
        NotAPackageError: it is there several times.
    """
    values = info.get(key, [""])
    if len(values) > 1:
        raise NotAPackageError(f"The package has a .PKGINFO with several values of {key}.")
    return values[0]


def matching(info: PackageInfo, key: str, pattern: re.Pattern[str], most: int) -> str:
    """Return the value of a key that has to be there once, and in a certain form.

    Raises:
        NotAPackageError: it is not.
    """
    value = single(info, key)
    if len(value) > most or pattern.fullmatch(value) is None:
        raise NotAPackageError(
            f"The package has a .PKGINFO whose {key} {value[:100]!r} is not acceptable."
        )
    return value


def number(info: PackageInfo, key: str) -> int:
    """Return the whole number that a key has, 0 when it is not there.

    Raises:
        NotAPackageError: it is none.
    """
    value = single(info, key) or "0"
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise NotAPackageError(f"The package has a .PKGINFO whose {key} is not a number.")
    return int(value)
