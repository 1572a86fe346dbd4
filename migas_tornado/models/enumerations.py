"""The closed lists of codes that tables hold. Contract: data-model 2."""

from enum import IntEnum, StrEnum


class PropertySort(StrEnum):
    """Who computes the values of a property."""

    BASIC = "basic"
    CLIENT = "client"
    SERVER = "server"


class PropertyKind(StrEnum):
    """How one value becomes attributes."""

    NORMAL = "N"
    LIST = "-"
    LEFT = "L"
    RIGHT = "R"
    JSON = "J"


class Language(IntEnum):
    """Language of a formula or fault code; the name in lower case is what agents receive."""

    BASH = 0
    PYTHON = 1
    PERL = 2
    PHP = 3
    RUBY = 4
    CMD = 5
    POWERSHELL = 6


class ComputerStatus(StrEnum):
    """Where a computer stands in its life."""

    ASSIGNED = "assigned"
    RESERVED = "reserved"
    UNKNOWN = "unknown"
    IN_REPAIR = "in repair"
    AVAILABLE = "available"
    UNSUBSCRIBED = "unsubscribed"


class DeploymentSource(StrEnum):
    """Whether a deployment's packages are ours or an upstream's."""

    INTERNAL = "I"
    EXTERNAL = "E"


PRODUCTIVE = (ComputerStatus.ASSIGNED, ComputerStatus.RESERVED, ComputerStatus.UNKNOWN)
UNPRODUCTIVE = (ComputerStatus.IN_REPAIR, ComputerStatus.AVAILABLE)
RELEASED = (ComputerStatus.AVAILABLE, ComputerStatus.UNSUBSCRIBED)
"""Statuses in which a computer keeps no tags and no links through its CID attribute."""
