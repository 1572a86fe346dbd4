"""Names that no project may have. Contract: agent-v4 9, no. 1."""

from migas_tornado.slugs import slugify

PREFIX = "migasfree-"
ICONS = "catalog_icons"
"""Directory beside those of projects."""
RESERVED = f"Names that start with {PREFIX} are the server's own, and so is {ICONS}."


def is_reserved(name: str) -> bool:
    """Tell whether a name, or the directory made of it, is kept for the server's own keys."""
    slug = slugify(name)
    return name.lower().startswith(PREFIX) or slug.startswith(PREFIX) or slug == ICONS
