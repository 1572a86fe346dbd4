"""How names become parts of URLs and directories. Contract: data-model 1."""

import re
import unicodedata

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")


def slugify(name: str) -> str:
    """Return a name in lower case ASCII, with hyphens for blanks; empty when nothing is left."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    kept = re.sub(r"[^a-z0-9_\s-]", "", folded)
    return re.sub(r"[\s-]+", "-", kept).strip("-_")


def is_slug(text: str) -> bool:
    """Tell whether a text is what `slugify` returns for some name, and not empty."""
    return _SLUG.fullmatch(text) is not None
