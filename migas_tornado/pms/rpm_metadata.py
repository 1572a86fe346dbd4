"""What an rpm package says about itself, as the entries of an index; read by createrepo_c.

Only worker processes import this: the library brings rpm itself with it.
"""

import re
from pathlib import Path
from xml.parsers import expat

import createrepo_c

from migas_tornado.errors import NotAPackageError
from migas_tornado.pms.rpm_file import check_rpm, read_scripts
from migas_tornado.pms.system import PACKAGES, PackageMetadata, Section

MAX_METADATA = 24 * 1024**2  # bytes of all entries together; a kernel's headers have two million
MAX_CHANGES = 10  # entries of the changelog, the latest
SEPARATOR = "\x1e"  # between entries; XML cannot hold it

_LIMITS = {"name": 200, "version": 60, "architecture": 20}  # characters, as the columns
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~^:-]*")


def read_rpm(path: Path, filename: str) -> PackageMetadata:
    """Read the metadata of an rpm package.

    Returns:
        The version has the release, but no epoch, as contract 3 has it. The metadata is the
        entries for the three files of an index.

    Raises:
        NotAPackageError: when the file is not a sound rpm package; says what is wrong.
    """
    package = _package(path, f"{PACKAGES}/{filename}")
    found = {
        "name": package.name or "",
        "version": f"{package.version}-{package.release}",
        "architecture": package.arch or "",
    }
    for what, value in found.items():
        if len(value) > _LIMITS[what]:
            raise NotAPackageError(
                f"The rpm package has a {what} of more than {_LIMITS[what]} characters."
            )
        if _WORD.fullmatch(value) is None:
            raise NotAPackageError(f"The rpm package has a wrong {what}: {value!r}.")
    try:
        entries = createrepo_c.xml_dump(package)
    except (createrepo_c.CreaterepoCError, UnicodeError) as error:
        raise NotAPackageError(f"The rpm package cannot be put into an index: {error}.") from error
    _check(entries)
    return PackageMetadata(**found, metadata=SEPARATOR.join(entries))


def describe_rpm(path: Path) -> list[Section]:
    """Describe a stored package for people. Contract: repositories 3.1.

    Raises:
        NotAPackageError: when the file cannot be read any more.
    """
    package = _package(path, "package.rpm")
    facts = {
        "Name": package.name,
        "Epoch": package.epoch if package.epoch not in (None, "0") else None,
        "Version": package.version,
        "Release": package.release,
        "Architecture": package.arch,
        "License": package.rpm_license,
        "Vendor": package.rpm_vendor,
        "Packager": package.rpm_packager,
        "URL": package.url,
        "Source RPM": package.rpm_sourcerpm,
        "Summary": package.summary,
        "Description": f"\n{package.description}" if package.description else None,
    }
    scripts = [f"{name}:\n{text}" for name, text in read_scripts(path).items()]
    changes = [f"{author}\n{text}" for author, _, text in reversed(package.changelogs)]
    files = [f"{directory or ''}{name}" for _, directory, name, *_ in package.files]
    return [
        Section("Info", "\n".join(f"{name}: {text}" for name, text in facts.items() if text)),
        Section("Requires", _relations(package.requires)),
        Section("Provides", _relations(package.provides)),
        Section("Obsoletes", _relations(package.obsoletes)),
        Section("Scripts", "\n\n".join(scripts) or "[None]"),
        Section("Changelog", "\n\n".join(changes) or "[Changelog not found or empty]"),
        Section("Files", "\n".join(files)),
    ]


def _package(path: Path, location: str) -> createrepo_c.Package:
    check_rpm(path)
    try:
        return createrepo_c.package_from_rpm(
            str(path), createrepo_c.SHA256, location, None, MAX_CHANGES
        )
    except (createrepo_c.CreaterepoCError, OSError, UnicodeError) as error:
        raise NotAPackageError("The rpm package cannot be read: its header is damaged.") from error


def _check(entries: tuple[str, ...]) -> None:
    """Refuse entries that a client's parser of XML would refuse, with the whole index."""
    if sum(map(len, entries)) > MAX_METADATA:
        raise NotAPackageError(
            f"The rpm package has entries for an index of more than {MAX_METADATA} bytes."
        )
    for entry in entries:
        try:
            expat.ParserCreate().Parse(entry.encode(), True)
        except (expat.ExpatError, UnicodeEncodeError) as error:
            raise NotAPackageError(
                f"The rpm package has characters that no index can hold: {error}."
            ) from error


_SIGNS = {"EQ": "=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}


def _relations(relations: list[tuple]) -> str:
    lines = []
    for name, sign, epoch, version, release, *_ in relations:
        if sign in _SIGNS:
            number = f"{epoch}:" if epoch not in (None, "0") else ""
            suffix = f"-{release}" if release else ""
            name = f"{name} {_SIGNS[sign]} {number}{version}{suffix}"
        lines.append(name)
    return "\n".join(dict.fromkeys(lines))
