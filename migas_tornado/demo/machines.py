"""Simulated computers that look like real ones: packages, hardware, attributes."""

import random
from typing import Any

from migas_tornado.demo.agent import Machine

ROOMS = ("library", "lab", "office", "hall", "reception")
MODELS = ("OptiPlex 7010", "ThinkCentre M70q", "EliteDesk 800", "Latitude 5440", "Esprimo P7012")


def make_machine(
    number: int, *, packages: int = 2000, hardware_nodes: int = 300, attributes: int = 20
) -> Machine:
    """Return the computer with a number; the same number is the same computer.

    Args:
        number: from 1.
        packages: length of its software list.
        hardware_nodes: size of its hardware tree.
        attributes: how many values its formulas give in all.
    """
    random_ = random.Random(number)  # noqa: S311
    room = random_.choice(ROOMS)
    return Machine(
        uuid=f"4C4C4544-0000-4000-8000-{number:012X}",
        name=f"{room}-{number:05d}",
        address=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        attributes={
            "HST": f"{room}-{number:05d}\n",
            "NET": f"10.{number >> 16 & 255}.{number >> 8 & 255}.0/24\n",
            "PCI": ",".join(
                f"8086:{1000 + place:04x}~Device {place}" for place in range(attributes - 8)
            )
            + "\n",
        },
        inventory=make_inventory(packages),
        hardware=make_hardware(number, hardware_nodes, random_.choice(MODELS)),
        user=f"user{number % 50}",
    )


def make_inventory(count: int) -> list[str]:
    """Return file names as an apt computer lists them."""
    return [
        f"lib{place % 7}package-{place}_{1 + place % 9}.{place % 30}.{place % 5}-{1 + place % 3}"
        f"+deb12u{1 + place % 2}_{'all' if place % 4 == 0 else 'amd64'}.deb"
        for place in range(count)
    ]


def make_hardware(number: int, count: int, model: str) -> dict[str, Any]:
    """Return a tree as `lshw -json` prints it, with about so many nodes."""
    parts: list[dict[str, Any]] = [
        {"id": "memory", "class": "memory", "physid": "0", "units": "bytes", "size": 16 * 2**30},
        {
            "id": "cpu",
            "class": "processor",
            "product": "Intel(R) Core(TM) i5-13500",
            "width": 64,
            "configuration": {"cores": "14", "threads": "20"},
            "capabilities": {"fpu": "mathematical co-processor", "pnp": True},
        },
        {
            "id": "network",
            "class": "network",
            "description": "Ethernet interface",
            "logicalname": "eth0",
            "serial": ":".join(f"{number >> shift & 255:02x}" for shift in (40, 32, 24, 16, 8, 0)),
        },
        {
            "id": "disk",
            "class": "disk",
            "logicalname": ["/dev/sda", "/mnt"],
            "dev": "8:0",
            "size": 512 * 10**9,
        },
    ]
    parts += [
        {
            "id": f"device:{place}",
            "class": "generic",
            "claimed": True,
            "description": "Signal processing controller",
            "product": f"Controller {place}",
            "vendor": "Intel Corporation",
            "physid": f"{place:x}",
            "businfo": f"pci@0000:00:{place:02x}.0",
            "version": "01",
            "clock": 33000000,
            "configuration": {"driver": "i2c_designware", "latency": "0"},
            "capabilities": {"pm": "Power Management", "msi": "Message Signalled Interrupts"},
        }
        for place in range(max(0, count - 6))
    ]
    core = {"id": "core", "class": "bus", "claimed": True, "physid": "0", "children": parts}
    return {
        "id": f"computer-{number}",
        "class": "system",
        "claimed": True,
        "description": "Desktop Computer",
        "product": model,
        "vendor": "Example Inc.",
        "serial": f"SN{number:08d}",
        "width": 64,
        "configuration": {"chassis": "desktop"},
        "children": [core],
    }
