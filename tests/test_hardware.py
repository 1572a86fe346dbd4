"""Hardware trees become flat nodes and a summary, and hostile trees become an error."""

import pytest

from migas_tornado.errors import InvalidDataError
from migas_tornado.inventory.hardware import DEPTH_LIMIT, NODES_LIMIT, read_hardware
from migas_tornado.inventory.hardware_summary import summarize

UUID = "4C4C4544-0001-0002-8044-B0C04F000001"

# Contract: agent-v5 6.9.
EXAMPLE = {
    "id": "vm",
    "class": "system",
    "claimed": True,
    "description": "Computer",
    "width": 64,
    "capabilities": {"smp": "Symmetric Multi-Processing"},
    "children": [
        {
            "id": "core",
            "class": "bus",
            "claimed": True,
            "physid": "0",
            "children": [
                {
                    "id": "memory",
                    "class": "memory",
                    "physid": "0",
                    "units": "bytes",
                    "size": 17179869184,
                },
                {
                    "id": "cpu",
                    "class": "processor",
                    "product": "Intel(R) Core(TM) i5",
                    "width": 64,
                    "configuration": {"cores": "6"},
                    "capabilities": {"fpu": "mathematical co-processor", "pnp": True},
                },
                {
                    "id": "network",
                    "class": "network",
                    "description": "Ethernet interface",
                    "logicalname": "eth0",
                    "serial": "02:00:00:00:00:01",
                },
                {
                    "id": "disk",
                    "class": "disk",
                    "logicalname": ["/dev/sda", "/mnt"],
                    "dev": "8:0",
                    "size": 500107862016,
                },
            ],
        }
    ],
}


def tree(*children, **root):
    return {"id": "pc", "class": "system", **root, "children": list(children)}


def node(**values):
    return read_hardware(values)[0]


def summary(*children, uuid=UUID, **root):
    return summarize(read_hardware(tree(*children, **root)), uuid)


def card(serial, name="network", **more):
    return {
        "id": name,
        "class": "network",
        "description": "Ethernet interface",
        "serial": serial,
        **more,
    }


def part(class_name, name, **more):
    return {"id": name, "class": class_name, **more}


def test_nodes_come_depth_first_after_their_parents():
    nodes = read_hardware(EXAMPLE)
    assert [(n.index, n.parent, n.level, n.name) for n in nodes] == [
        (0, None, 1, "vm"),
        (1, 0, 2, "core"),
        (2, 1, 3, "memory"),
        (3, 1, 3, "cpu"),
        (4, 1, 3, "network"),
        (5, 1, 3, "disk"),
    ]


def test_example_of_the_contract_keeps_its_values():
    vm, core, memory, cpu, network, disk = read_hardware(EXAMPLE)
    assert (vm.class_name, vm.claimed, vm.enabled, vm.width) == ("system", True, False, 64)
    assert vm.capabilities == {"smp": "Symmetric Multi-Processing"}
    assert (core.physid, core.size, core.vendor) == ("0", None, None)
    assert memory.size == 17179869184
    assert cpu.configurations == {"cores": "6"}
    assert cpu.capabilities == {"fpu": "mathematical co-processor", "pnp": None}
    assert (network.logical_names, network.serial) == (("eth0",), "02:00:00:00:00:01")
    assert (disk.logical_names, disk.dev) == (("/dev/sda", "/mnt"), "8:0")


def test_example_of_the_contract_is_summarized():
    result = summarize(read_hardware(EXAMPLE), UUID)
    assert result.product == "Computer"
    assert result.product_system == ""
    assert result.machine == "P"
    assert result.cpu == "Intel Core i5"
    assert result.architecture == 64
    assert result.ram == 17179869184
    assert (result.disks, result.storage) == (1, 500107862016)
    assert result.mac_address == "020000000001"


def test_branch_is_finished_before_the_next_begins():
    nodes = read_hardware(tree(part("bus", "a", children=[part("bus", "b")]), part("bus", "c")))
    assert [(n.name, n.parent) for n in nodes] == [("pc", None), ("a", 0), ("b", 1), ("c", 0)]


def test_first_of_a_list_is_the_root():
    assert [n.name for n in read_hardware([{"id": "a"}, {"id": "b"}])] == ["a"]


@pytest.mark.parametrize("hardware", [[], None, "lshw", 3, True, [None], [[]], ["vm"]])
def test_hardware_without_a_root_is_refused(hardware):
    with pytest.raises(InvalidDataError):
        read_hardware(hardware)


def test_children_that_are_no_nodes_are_left_out():
    nodes = read_hardware(tree(None, 3, "x", [], {"id": "good"}))
    assert [n.name for n in nodes] == ["pc", "good"]
    assert len(read_hardware({"children": {"id": "x"}})) == 1


def test_too_many_nodes_are_refused_with_the_limit():
    assert len(read_hardware(tree(*[{}] * (NODES_LIMIT - 1)))) == NODES_LIMIT
    with pytest.raises(InvalidDataError, match=str(NODES_LIMIT)):
        read_hardware(tree(*[{}] * NODES_LIMIT))


def nested(levels):
    top = {}
    for _ in range(levels - 1):
        top = {"children": [top]}
    return top


def test_too_deep_a_tree_is_refused_with_the_limit():
    assert read_hardware(nested(DEPTH_LIMIT))[-1].level == DEPTH_LIMIT
    for levels in (DEPTH_LIMIT + 1, 500):
        with pytest.raises(InvalidDataError, match=str(DEPTH_LIMIT)):
            read_hardware(nested(levels))


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (1024, 1024),
        ("1024", 1024),
        (" 1024 ", 1024),
        (1e3, 1000),
        ("1024 MB", 0),
        ("", 0),
        (2**63 - 1, 2**63 - 1),
        (2**63, 0),
        (str(2**63), 0),
        (float("inf"), 0),
        (float("nan"), 0),
        (True, 0),
        ([1], 0),
        ({}, 0),
        (None, None),
    ],
)
def test_size_is_a_number_of_64_bits_or_0(value, stored):
    part_of_computer = node(size=value, capacity=value, clock=value, width=value)
    assert part_of_computer.size == part_of_computer.capacity == stored
    assert part_of_computer.clock == part_of_computer.width == stored


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("text", "text"),
        (7, "7"),
        (1.5, "1.5"),
        ("a\x00b\ud800c", "abc"),
        (True, None),
        (None, None),
        ([], None),
        ({"a": 1}, None),
    ],
)
def test_text_is_a_text_or_a_number_or_nothing(value, stored):
    assert node(vendor=value).vendor == stored
    assert node(id=value).name == (stored or "")


def test_number_that_python_does_not_print_or_read_is_borne():
    assert node(vendor=10**5000).vendor is None
    assert node(size="9" * 5000).size == 0


@pytest.mark.parametrize("value", ["true", 1, None, [], "yes"])
def test_only_true_is_true(value):
    assert (node(enabled=value).enabled, node(claimed=value).claimed) == (False, False)


def test_capabilities_and_configurations_that_are_no_objects_are_empty():
    odd = node(capabilities=["fpu"], configuration="cores=6")
    assert (odd.capabilities, odd.configurations) == ({}, {})


def test_names_of_capabilities_stay_unique_after_they_are_cut_and_cleaned():
    long = "x" * 300
    capabilities = node(capabilities={"a": "1", "a\x00": "2", long: "3", long + "y": "4"})
    assert capabilities.capabilities == {"a": "1", "x" * 250: "3"}


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("eth0", ("eth0",)),
        (["/dev/sda", None, "", {}, "/mnt", "/mnt"], ("/dev/sda", "/mnt")),
        (None, ()),
        ({"a": "b"}, ()),
    ],
)
def test_logical_names_are_one_text_or_a_list_of_them(value, names):
    assert node(logicalname=value).logical_names == names


@pytest.mark.parametrize(
    ("vendor", "product"),
    [
        ("innotek GmbH", "virtualbox"),
        ("Red Hat", "openstack"),
        ("Supermicro", "kvm host"),
        ("Xen", "xen"),
        ("Bochs", "kvm"),
        ("VMware, Inc.", "vmware"),
        ("QEMU", "qemu"),
    ],
)
def test_vendor_of_the_root_shows_a_virtual_machine(vendor, product):
    result = summary(vendor=vendor, product="Standard PC", configuration={"chassis": "laptop"})
    assert (result.product, result.product_system, result.machine) == (product, "virtual", "V")


def test_product_of_a_real_vendor_is_its_own():
    result = summary(vendor="Acme", product="Desk 3", description="Desktop Computer")
    assert (result.product, result.machine) == ("Desk 3", "P")
    assert summary(vendor="Acme", description="Desktop Computer").product is None


def test_product_without_vendor_is_the_product_or_the_description():
    assert summary(product="Desk 3", description="Computer").product == "Desk 3"
    assert summary(description="Computer").product == "Computer"


@pytest.mark.parametrize("serial", ["02:42:AC:11:00:02", "02:42:ac:11:00:02"])
def test_container_is_known_by_its_network_card(serial):
    result = summary(card(serial), description="Computer")
    assert (result.product, result.product_system, result.machine) == ("docker", "docker", "V")


def test_container_without_network_card_is_known_by_its_uuid():
    uuid = "00000000-0000-0000-0000-0242AC110002"
    assert summary(uuid=uuid).product_system == "docker"
    assert summary(card("52:54:00:00:00:01"), uuid=uuid).product_system == ""
    assert summary(uuid=None).product_system == ""


def test_host_of_containers_is_no_container():
    host = summary(card("52:54:00:00:00:01"), card("02:42:AC:11:00:02"))
    assert (host.product_system, host.machine) == ("", "P")


@pytest.mark.parametrize(
    ("chassis", "system"),
    [
        ("portable", "laptop"),
        ("laptop", "laptop"),
        ("notebook", "laptop"),
        ("sub-notebook", "laptop"),
        ("convertible", "laptop"),
        ("detachable", "laptop"),
        ("desktop", "desktop"),
        ("tower", "desktop"),
        ("", ""),
        (None, ""),
    ],
)
def test_chassis_tells_laptops_from_desktops(chassis, system):
    assert summary(vendor="Acme", configuration={"chassis": chassis}).product_system == system


def test_cpu_is_shown_without_noise():
    cpu = part("processor", "cpu", product="Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz")
    assert summary(cpu).cpu == "Intel Core i5-8250U   1.60GHz"
    assert summary(part("processor", "cpu:0", product="AMD EPYC")).cpu == "AMD EPYC"


def test_cpu_is_empty_without_processor_and_an_error_with_two():
    assert summary().cpu == ""
    assert summary(part("processor", "cpu")).cpu == ""
    assert summary(part("processor", "cpu"), part("processor", "cpu:0")).cpu == "error"
    assert summary(part("processor", "cpu:0"), part("processor", "cpu:1")).cpu == ""


def test_width_of_the_first_processor_that_has_one_is_the_architecture():
    cpus = part("processor", "cpu:0", width=0), part("processor", "cpu:1", width=64)
    assert summary(*cpus, width=32).architecture == 64
    assert summary(width=32).architecture == 32
    assert summary().architecture is None
    assert summary(width=2**40).architecture is None


def test_memory_is_the_whole_or_the_sum_of_its_banks():
    banks = [part("memory", f"bank:{place}", size=1024) for place in range(2)]
    assert summary(part("memory", "memory", size=4096), *banks).ram == 4096
    assert summary(part("memory", "memory"), *banks).ram == 2048
    assert summary(part("memory", "cache", size=512), *banks).ram == 2048
    whole = part("memory", "memory", size=4096)
    assert summary(whole, whole, *banks).ram == 2048
    assert summary().ram == 0


def test_only_disks_with_a_size_count():
    disks = [part("disk", "disk", size=size) for size in (100, 200, 0, -5, "x", None)]
    result = summary(*disks, part("volume", "volume", size=1000))
    assert (result.disks, result.storage) == (2, 300)


def test_addresses_of_network_cards_are_joined():
    result = summary(card("aa:bb:cc:00:00:01", "network:0"), card("AA:BB:CC:00:00:02", "network:1"))
    assert result.mac_address == "AABBCC000001AABBCC000002"


@pytest.mark.parametrize("serial", ["", "aa:bb", "aa-bb-cc-00-00-01", "00:00:00:00:00:00", 5, None])
def test_what_is_no_address_is_left_out(serial):
    assert summary(card(serial)).mac_address == ""


def test_address_of_what_is_no_network_card_is_left_out():
    assert summary(card("aa:bb:cc:00:00:01", "modem")).mac_address == ""


def test_summary_fits_into_its_columns():
    cards = [card(f"aa:bb:cc:00:00:0{place}", f"network:{place}") for place in range(6)]
    disks = [part("disk", "disk", size=2**63 - 1)] * 9000
    banks = [part("memory", "bank:0", size=2**63 - 1)] * 9
    result = summary(
        part("processor", "cpu", product="c" * 90), *cards, *disks, *banks, product="p" * 90
    )
    assert (len(result.product), len(result.cpu), len(result.mac_address)) == (80, 50, 60)
    assert result.disks == 9000 <= 2**15 - 1
    assert result.storage == result.ram == 2**63 - 1


def test_no_nodes_give_an_empty_summary():
    result = summarize([], UUID)
    assert (result.product, result.cpu, result.ram, result.disks) == (None, "", 0, 0)
