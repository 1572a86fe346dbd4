"""The order of versions of pacman, as its program `vercmp` has it."""

import re
from dataclasses import dataclass
from functools import cmp_to_key

_SEGMENT = re.compile(r"([^0-9A-Za-z]*)([0-9]+|[A-Za-z]+|)")


@dataclass(frozen=True, slots=True)
class _Parts:
    epoch: str
    version: str
    release: str | None


def compare_versions(one: str, other: str) -> int:
    """Return a negative number when the first is older, positive when it is newer, else zero."""
    first, second = _split(one), _split(other)
    result = _compare(first.epoch, second.epoch) or _compare(first.version, second.version)
    if not result and first.release is not None and second.release is not None:
        result = _compare(first.release, second.release)
    return result


version_order = cmp_to_key(compare_versions)
"""Key for sorting versions from old to new."""


def _split(text: str) -> _Parts:
    epoch, colon, rest = text.partition(":")
    if not colon or (epoch and not (epoch.isascii() and epoch.isdigit())):
        epoch, rest = "0", text
    version, hyphen, release = rest.rpartition("-")
    return _Parts(epoch or "0", version if hyphen else rest, release if hyphen else None)


def _compare(one: str, other: str) -> int:
    """Compare two texts segment by segment: separators, then all digits or all letters."""
    if one == other:
        return 0
    first_place = second_place = 0
    while first_place < len(one) and second_place < len(other):
        first, second = _SEGMENT.match(one, first_place), _SEGMENT.match(other, second_place)
        if not first[2] or not second[2]:  # only separators are left of one
            first_place, second_place = first.end(1), second.end(1)
            break
        if len(first[1]) != len(second[1]):
            return -1 if len(first[1]) < len(second[1]) else 1
        if first[2].isdigit() != second[2].isdigit():  # a number is newer than letters
            return 1 if first[2].isdigit() else -1
        result = _compare_segments(first[2], second[2])
        if result:
            return result
        first_place, second_place = first.end(), second.end()
    return _compare_rests(one[first_place:], other[second_place:])


def _compare_segments(one: str, other: str) -> int:
    if one.isdigit():
        one, other = one.lstrip("0"), other.lstrip("0")
        if len(one) != len(other):
            return -1 if len(one) < len(other) else 1
    return (one > other) - (one < other)


def _compare_rests(one: str, other: str) -> int:
    """Compare what is left behind equal segments: letters (`rc1`) are older than nothing."""
    if not one and not other:
        return 0
    if (not one and not other[:1].isalpha()) or one[:1].isalpha():
        return -1
    return 1
