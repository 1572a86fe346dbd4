"""Attributes and properties that the server itself looks up. Contract: data-model 3.1-3.3."""

from migas_tornado.models.enumerations import PropertySort

ALL_SYSTEMS = "All Systems"
"""Value of the SET attribute that every computer has."""

SET, COMPUTER, DOMAIN = "SET", "CID", "DMN"
"""Prefixes of the attributes that stand for attribute sets, computers and domains."""

RESERVED_PREFIXES = (SET, COMPUTER, DOMAIN)


def is_basic(sort: str) -> bool:
    """Tell whether the server computes a property, so that it can be neither changed nor lost."""
    return sort == PropertySort.BASIC
