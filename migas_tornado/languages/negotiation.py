"""Which language a caller reads, from what his browser or shell says."""

import re

LANGUAGES = ("en", "es", "fr")
"""Those with a catalogue; English is the source."""
MOST_RANGES = 20
"""So many entries of an Accept-Language header are looked at."""

_NAME = re.compile(r"([A-Za-z]{2,8})(?:[-_][A-Za-z0-9]+)*(?:\.[A-Za-z0-9_-]+)?(?:@\w+)?")
_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*")


def preferred_language(chosen: str, accepted: str, default: str) -> str:
    """Return the language of an answer.

    Args:
        chosen: what the caller chose before, such as a cookie; empty or unknown is passed over.
        accepted: an `Accept-Language` header; POSIX names such as `es_ES.UTF-8` count too.
        default: the server's own language.
    """
    found = _known(chosen)
    if found:
        return found
    best, best_quality = default, 0.0
    for entry in accepted.split(",")[:MOST_RANGES]:
        name, _, rest = entry.partition(";")
        language = default if name.strip() == "*" else _known(name)
        quality = _quality(rest)
        if language and quality > best_quality:
            best, best_quality = language, quality
    return best


def _known(name: str) -> str:
    """Return the language that a name means, or nothing where there is no catalogue for it."""
    name = name.strip()
    if name.partition(".")[0] in ("C", "POSIX"):
        return "en"
    found = _NAME.fullmatch(name)
    language = found[1].lower() if found else ""
    return language if language in LANGUAGES else ""


def _quality(text: str) -> float:
    if not text.strip():
        return 1.0
    found = _QUALITY.fullmatch(text)
    return min(float(found[1]), 1.0) if found else 0.0
