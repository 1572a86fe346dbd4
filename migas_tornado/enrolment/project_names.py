"""Names that no project may have. Contract: agent-v4 9, no. 1."""

from migas_tornado.slugs import slugify

PREFIX = "migasfree-"
RESERVED = f"Names that start with {PREFIX} are the server's own."


def is_reserved(name: str) -> bool:
    """Tell whether a name, or the directory made of it, is kept for the server's own keys."""
    return name.lower().startswith(PREFIX) or slugify(name).startswith(PREFIX)
