"""The few facts about a computer's hardware that its own record shows, from its nodes.

Contract: agent-v5 6.9, data-model 6.
"""

import re
from dataclasses import dataclass

from migas_tornado.inventory.hardware import INT64_MAX, HardwareNode

# Characters, as the columns of client_computer have them.
PRODUCT_LIMIT = 80
CPU_LIMIT = 50
MAC_ADDRESS_LIMIT = 60

INT16_MAX = 2**15 - 1
INT32_MAX = 2**31 - 1

PHYSICAL = "P"
VIRTUAL = "V"

# Contract: data-model 6. Real servers of Supermicro count as virtual too; dashboards group by the
# names on the right, so the table stays as it is known.
VIRTUAL_PRODUCTS = {
    "innotek GmbH": "virtualbox",
    "Red Hat": "openstack",
    "Supermicro": "kvm host",
    "Xen": "xen",
    "Bochs": "kvm",
    "VMware, Inc.": "vmware",
    "QEMU": "qemu",
}
PORTABLE_CHASSIS = frozenset(
    ("portable", "laptop", "notebook", "sub-notebook", "convertible", "detachable")
)
DOCKER_MAC_PREFIX = "02:42:AC"
DOCKER_UUID_PREFIX = "00000000-0000-0000-0000-0242AC"

_MAC_ADDRESS = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")
_NO_MAC_ADDRESS = "00:00:00:00:00:00"
_CPU_NOISE = re.compile(r"\(R\)|\(TM\)|@|CPU")


@dataclass(frozen=True, slots=True)
class HardwareSummary:
    """What a computer's record shows of its hardware, each value within its column."""

    product: str | None
    product_system: str
    machine: str
    cpu: str
    architecture: int | None
    ram: int
    storage: int
    disks: int
    mac_address: str


def summarize(nodes: list[HardwareNode], uuid: str | None) -> HardwareSummary:
    """Derive the summary of a computer from its hardware.

    Args:
        nodes: its parts, as `read_hardware` gives them; may be empty.
        uuid: the computer's; containers without a network card are known by it.
    """
    root = _only([node for node in nodes if node.parent is None])
    is_docker = _is_docker(nodes, uuid or "")
    # Contract: agent-v5 6.9 can be read as asking for one root also of a container; data-model 6
    # does not. A container whose tree is odd is still no machine that somebody can touch.
    is_virtual = is_docker or (root is not None and root.vendor in VIRTUAL_PRODUCTS)
    disk_sizes = [node.size for node in nodes if node.class_name == "disk" and (node.size or 0) > 0]
    return HardwareSummary(
        product=_product(root, is_docker),
        product_system=_product_system(nodes, is_docker, is_virtual),
        machine=VIRTUAL if is_virtual else PHYSICAL,
        cpu=_cpu(nodes),
        architecture=_architecture(nodes),
        ram=_ram(nodes),
        storage=min(sum(disk_sizes), INT64_MAX),
        disks=min(len(disk_sizes), INT16_MAX),
        mac_address=_mac_address(nodes),
    )


def _only(nodes: list[HardwareNode]) -> HardwareNode | None:
    return nodes[0] if len(nodes) == 1 else None


def _is_docker(nodes: list[HardwareNode], uuid: str) -> bool:
    cards = [
        node
        for node in nodes
        if node.name == "network"
        and node.class_name == "network"
        and node.description == "Ethernet interface"
    ]
    if not cards:
        return uuid.upper().startswith(DOCKER_UUID_PREFIX)
    return len(cards) == 1 and (cards[0].serial or "").upper().startswith(DOCKER_MAC_PREFIX)


def _product(root: HardwareNode | None, is_docker: bool) -> str | None:
    if root is None:
        return None
    if root.vendor:
        product = VIRTUAL_PRODUCTS.get(root.vendor, root.product)
    elif is_docker:
        product = "docker"
    else:
        product = root.product or root.description
    return product[:PRODUCT_LIMIT] if product is not None else None


def _product_system(nodes: list[HardwareNode], is_docker: bool, is_virtual: bool) -> str:
    if is_docker:
        return "docker"
    if is_virtual:
        return "virtual"
    chassis = [
        text.strip().lower()
        for node in nodes
        if node.class_name == "system" and (text := node.configurations.get("chassis"))
    ]
    portable = sum(text in PORTABLE_CHASSIS for text in chassis)
    if portable == 1:
        return "laptop"
    return "desktop" if len(chassis) - portable == 1 else ""


def _cpu(nodes: list[HardwareNode]) -> str:
    cpus = [
        node for node in nodes if node.class_name == "processor" and node.name in ("cpu", "cpu:0")
    ]
    if len(cpus) > 1:
        # Contract: data-model 6 translates this text; a stored value has no reader yet, so it
        # stays as agent-v5 6.9 has it.
        return "error"
    product = cpus[0].product if cpus else None
    return _CPU_NOISE.sub("", product or "").strip()[:CPU_LIMIT]


def _architecture(nodes: list[HardwareNode]) -> int | None:
    # Contract: agent-v5 6.9; data-model 6 is silent.
    processors = [node.width for node in nodes if node.class_name == "processor"]
    systems = [node.width for node in nodes if node.class_name == "system"][:1]
    return next((width for width in processors + systems if 0 < (width or 0) <= INT32_MAX), None)


def _ram(nodes: list[HardwareNode]) -> int:
    memory = [node for node in nodes if node.class_name == "memory"]
    whole = _only([node for node in memory if node.name == "memory"])
    # A whole without a size tells nothing: its banks are better than 0.
    if whole is not None and (whole.size or 0) > 0:
        return whole.size
    banks = (node.size or 0 for node in memory if node.name.startswith("bank:"))
    return min(sum(size for size in banks if size > 0), INT64_MAX)


def _mac_address(nodes: list[HardwareNode]) -> str:
    # Contract: agent-v5 6.9 takes every node of class network, data-model 6 only those named
    # network*. Computers are recognised by these addresses (agent-v5 5.2), so the fewer are
    # foreign the better; the address of interfaces without one is everybody's.
    serials = (
        (node.serial or "").upper()
        for node in nodes
        if node.class_name == "network" and "network" in node.name
    )
    addresses = (
        serial.replace(":", "")
        for serial in serials
        if _MAC_ADDRESS.fullmatch(serial) and serial != _NO_MAC_ADDRESS
    )
    return "".join(addresses)[:MAC_ADDRESS_LIMIT]
