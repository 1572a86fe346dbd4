"""What each way of building an image needs to know. Contract: data-model 8."""

from typing import Any

import orjson

from migas_tornado.errors import InvalidDataError
from migas_tornado.resources.changes import Change

BUILD_TYPES = ("docker", "qemu_win", "qemu_lnx")
IMAGE_FORMATS = ("raw", "wim", "squashfs")
LEAST_DISK_GB = 20
USUAL_DISK_GB = 40
WINDOWS_TEMPLATES = ("autounattend_template", "setupcomplete_template")


async def complete_config(change: Change) -> None:
    """Put a Dockerfile that was sent apart into the options, and check that nothing is missing.

    Raises:
        InvalidDataError: the options do not suffice for the build type.
    """
    dockerfile = change.extra.get("dockerfile")
    if not change.is_new and dockerfile is None and not change.changes("config", "build_type"):
        return
    config = dict(_options(change))
    if dockerfile is not None:
        config["dockerfile"] = dockerfile
    change.values["config"] = config
    mistakes = _mistakes(change.value("build_type") or BUILD_TYPES[0], config)
    if mistakes:
        raise InvalidDataError(mistakes)


def _options(change: Change) -> dict[str, Any]:
    if "config" in change.values:
        return change.values["config"]
    stored = orjson.loads(change.before.get("config") or "{}")
    return stored if isinstance(stored, dict) else {}


def _mistakes(build_type: str, config: dict[str, Any]) -> dict[str, list[str]]:
    if build_type == "docker" and not _is_text(config.get("dockerfile")):
        return {"dockerfile": ["The build type docker needs a Dockerfile."]}
    if build_type != "qemu_win":
        return {}
    found = [
        f"The build type qemu_win needs {name}."
        for name in WINDOWS_TEMPLATES
        if not _is_text(config.get(name))
    ]
    size = config.get("disk_size_gb", USUAL_DISK_GB)
    is_number = isinstance(size, int | float) and not isinstance(size, bool)
    if not is_number or size < LEAST_DISK_GB:
        found.append(f"disk_size_gb has to be a number of at least {LEAST_DISK_GB}.")
    return {"config": found} if found else {}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
