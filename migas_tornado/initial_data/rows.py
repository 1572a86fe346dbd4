"""The records that a new server has. Contract: data-model 10.1 and 10.2."""

from importlib.resources import files

from migas_tornado.models.enumerations import Language, PropertyKind, PropertySort

ALL_SYSTEMS = 1
"""Attribute that every computer has after its first synchronization."""


def script(name: str) -> str:
    """Return the text of a script beside this module."""
    return files("migas_tornado.initial_data").joinpath("scripts", name).read_text()


BASIC = (
    ("SET", "Attribute Set", "print('All Systems')\n"),
    ("CID", "Computer ID", ""),
    ("PLT", "Platform", ""),
    ("PRJ", "Project", ""),
    ("IP", "IP Address", ""),
    ("USR", "Login User", ""),
)
FORMULAS = (
    ("HST", "Hostname", PropertyKind.NORMAL, "hostname.py"),
    ("NET", "Network", PropertyKind.NORMAL, "network.py"),
    ("PCI", "PCI Devices", PropertyKind.LIST, "pci.py"),
)


def properties() -> list[tuple[str, str, str, str, int, str]]:
    """Return prefix, name, sort, kind, language and code, in the order of ids."""
    basic = [
        (prefix, name, PropertySort.BASIC, PropertyKind.NORMAL, Language.PYTHON, code)
        for prefix, name, code in BASIC
    ]
    formulas = [
        (prefix, name, PropertySort.CLIENT, kind, Language.PYTHON, script(file))
        for prefix, name, kind, file in FORMULAS
    ]
    return basic + formulas


SCHEDULES = (("2 weeks (by MID)", 10), ("4 weeks (by MID)", 20))
"""Name, and working days over which its one delay spreads all systems."""


def fault_definitions() -> list[tuple[str, str, str]]:
    """Return name, description and code."""
    return [
        (
            f"Low Available Space On {partition} Partition",
            f"Add a fault when available space on {partition.lower()} partition is low",
            script(f"low_space_{partition.lower()}.sh"),
        )
        for partition in ("System", "Home")
    ]


CAPABILITIES = ("STANDARD", "COLOUR")
CONNECTIONS = (
    ("USB", "NAME"),
    ("LPT", "PORT,NAME"),
    ("TCP", "IP,LOCATION,PORT,NAME"),
    ("LPD", "IP,LOCATION,PORT,NAME"),
    ("SRL", "PORT,NAME"),
)
CATEGORIES = (
    "Accessories",
    "Books",
    "Developers Tools",
    "Education",
    "Fonts",
    "Games",
    "Graphics",
    "Internet",
    "Medicine",
    "Office",
    "Science & Engineering",
    "Sound & Video",
    "Themes & Tweaks",
    "Universal Access",
)
