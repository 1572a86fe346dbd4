"""Reading name, version and architecture from the name of a package file, without the file.

Contract: agent-v5 6.8, repositories 3. An inventory has thousands of names: each is read with one
or two compiled expressions whose time is linear in its length.
"""

import re
from dataclasses import dataclass

from migas_tornado import pms

# Contract: agent-v5 6.8. Lengths in characters, as the columns of core_package have them.
FULLNAME_LIMIT = 270
NAME_LIMIT = 200
VERSION_LIMIT = 60
ARCHITECTURE_LIMIT = 20

# The lazy body makes the longest architecture and the longest extension win. A separator before
# the architecture is required: otherwise `install.deb` would be `inst` of architecture `all`.
_FILE_NAME = re.compile(
    r"(.*?)(?:([_.-])({architectures}))?(?:\.({extensions}))?".format(
        architectures="|".join(map(re.escape, pms.architectures())),
        extensions="|".join(map(re.escape, pms.extensions())),
    ),
    re.DOTALL,
)
_VERSION = re.compile(r"[0-9:.+~a-zA-Z-]+")
_UNDERSCORE_BEFORE_DIGIT = re.compile(r"_(?=[0-9])")
_SEPARATOR_BEFORE_VERSION = re.compile(r"[_.-](?=[0-9:])")
_APK_NAME_AND_VERSION = re.compile(
    r"(.+)-([0-9]+(?:\.[0-9]+)*[a-z]?(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*"
    r"(?:~[0-9a-f]+)?-r[0-9]+)"
)
# Control characters have no place in a name; PostgreSQL refuses NUL and halves of surrogate pairs.
_UNACCEPTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PackageName:
    """What the name of a package file tells; parts that it does not tell are empty."""

    fullname: str
    name: str
    version: str
    architecture: str


def parse_package_name(fullname: str) -> PackageName:
    """Split the name of a package file as its package management system builds it.

    Args:
        fullname: a file name, or an inventory's `name_version_architecture.extension`.

    Returns:
        The parts. The name is empty when the text has nothing before its architecture or version.
    """
    body, separator, architecture, extension = _FILE_NAME.fullmatch(fullname).groups("")
    name, version = _split_name_and_version(body, separator, extension)
    return PackageName(fullname, name, version, architecture)


def parse_inventory(items: object) -> list[PackageName]:
    """Read the software list of a computer and leave out what cannot be stored.

    Contract: agent-v5 6.8, a bad item must not cost the rest of the inventory.

    Args:
        items: the list as it was received; anything but a list counts as an empty one.

    Returns:
        The acceptable packages in their order. Of those with the same file name, or with the same
        name, version and architecture, the first.
    """
    if not isinstance(items, list):
        return []
    packages: dict[tuple[str, str, str], PackageName] = {}
    seen: set[str] = set()
    for item in items:
        if not isinstance(item, str) or item in seen or not _is_acceptable(item):
            continue
        seen.add(item)
        package = parse_package_name(item)
        if _fits(package):
            packages.setdefault((package.name, package.version, package.architecture), package)
    return list(packages.values())


def _split_name_and_version(body: str, separator: str, extension: str) -> tuple[str, str]:
    if extension == "deb":
        return _split_by_underscore(body, separator)
    parts = _split_by_grammar(body, separator, extension)
    return parts or _split_by_underscore(body, separator)


def _split_by_grammar(body: str, separator: str, extension: str) -> tuple[str, str] | None:
    # Contract: repositories 3, java-17-openjdk-17.0.8-1 must not be cut at its first number. The
    # separator tells a file name from an inventory's text: the latter always has an underscore.
    if extension == "apk":
        # Client 5 appends only the architecture to apk's own text: curl-8.9.1-r1_x86_64.apk.
        match = _APK_NAME_AND_VERSION.fullmatch(body)
        return (match[1], match[2]) if match else None
    is_rpm = extension == "rpm" and (separator == "." or (not separator and "_" not in body))
    is_pacman = extension.startswith("pkg") and separator == "-"
    if is_rpm or is_pacman:
        parts = body.rsplit("-", 2)
        if len(parts) == 3 and all(parts):
            return parts[0], f"{parts[1]}-{parts[2]}"
    return None


def _split_by_underscore(body: str, separator: str) -> tuple[str, str]:
    name, underscore, version = body.partition("_")
    if underscore and _VERSION.fullmatch(version):  # it has no underscore: this one was the only
        return name, version
    cut = None
    if separator == "_":
        # Both names and versions of rpm may have underscores: python3.11-mod_wsgi_4.9-1.
        cut = _UNDERSCORE_BEFORE_DIGIT.search(body)
    cut = cut or _SEPARATOR_BEFORE_VERSION.search(body)
    return (body[: cut.start()], body[cut.end() :]) if cut else (body, "")


def _is_acceptable(fullname: str) -> bool:
    return 0 < len(fullname) <= FULLNAME_LIMIT and not _UNACCEPTABLE.search(fullname)


def _fits(package: PackageName) -> bool:
    return (
        package.name.strip() != ""
        and len(package.name) <= NAME_LIMIT
        and len(package.version) <= VERSION_LIMIT
        and len(package.architecture) <= ARCHITECTURE_LIMIT
    )
