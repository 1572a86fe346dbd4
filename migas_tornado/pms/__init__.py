"""The package management systems that this server knows: those whose entry points are installed.

Contract: repositories 3 (PMS tables), agent-v5 4.
"""

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from migas_tornado.errors import ConfigurationError
from migas_tornado.pms.system import PackageSystem

GROUP = "migas_tornado.pms"


@cache
def systems() -> dict[str, PackageSystem]:
    """Return every system by its name, in the order of the names.

    Raises:
        ConfigurationError: none is installed, or one of them cannot be used.
    """
    found: dict[str, PackageSystem] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        found[point.name] = _load(point)
    if not found:
        raise ConfigurationError(
            "No package management system is installed: install migas-tornado with pip, and again "
            f"after its pyproject.toml changed, so that the entry points {GROUP!r} are found."
        )
    return found


def system(name: str) -> PackageSystem:
    """Return a system by its name.

    Raises:
        ConfigurationError: it is not installed any more.
    """
    try:
        return systems()[name]
    except KeyError as error:
        raise ConfigurationError(
            f"The package management system {name} is not installed on this server."
        ) from error


@cache
def extensions() -> tuple[str, ...]:
    """Every extension of a package file, without its leading dot, longest first."""
    return _longest_first({text for system in systems().values() for text in system.extensions})


def is_package_file(name: str) -> bool:
    """Tell whether a file name is that of a package, whose content never changes under it."""
    return name.endswith(_package_endings()) and not name.endswith(_index_endings())


@cache
def _package_endings() -> tuple[str, ...]:
    return tuple(f".{text}" for text in extensions())


@cache
def _index_endings() -> tuple[str, ...]:
    return tuple(text for system in systems().values() for text in system.index_endings)


@cache
def architectures() -> tuple[str, ...]:
    """Every architecture of any system, longest first."""
    return _longest_first({text for system in systems().values() for text in system.architectures})


def _load(point: EntryPoint) -> PackageSystem:
    try:
        kind = point.load()
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"The package management system {point.name} cannot be loaded: {error}."
        ) from error
    if not (isinstance(kind, type) and issubclass(kind, PackageSystem)):
        raise ConfigurationError(
            f"The package management system {point.name} is no class derived from PackageSystem."
        )
    return kind()


def _longest_first(texts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(texts, key=lambda text: (-len(text), text)))
