"""Names of package files tell name, version and architecture, whatever a client sends."""

import pytest

from migas_tornado import pms
from migas_tornado.inventory.package_names import parse_inventory, parse_package_name


def parts(fullname):
    package = parse_package_name(fullname)
    assert package.fullname == fullname
    return package.name, package.version, package.architecture


@pytest.mark.parametrize(
    ("fullname", "expected"),
    [
        ("acme-app_1.1_all.deb", ("acme-app", "1.1", "all")),
        ("bash-5.2.15-3.fc38.x86_64.rpm", ("bash", "5.2.15-3.fc38", "x86_64")),
        ("zlib-1:1.3-1-x86_64.pkg.tar.zst", ("zlib", "1:1.3-1", "x86_64")),
        ("curl-8.9.1-r1.apk", ("curl", "8.9.1-r1", "")),
        (
            "java-17-openjdk-17.0.8-1.fc38.x86_64.rpm",
            ("java-17-openjdk", "17.0.8-1.fc38", "x86_64"),
        ),
        ("gtk-2-engine-1.2-3-any.pkg.tar.zst", ("gtk-2-engine", "1.2-3", "any")),
        ("foo.src.rpm", ("foo.src", "", "")),
        ("readme.txt", ("readme.txt", "", "")),
        ("tool_2.0_x64.tar.gz", ("tool", "2.0", "x64")),
    ],
)
def test_file_name_of_the_contract_is_read_as_wanted(fullname, expected):
    assert parts(fullname) == expected


@pytest.mark.parametrize(
    ("fullname", "expected"),
    [
        ("bash_5.2.15-2+b7_amd64.deb", ("bash", "5.2.15-2+b7", "amd64")),
        (
            "zlib1g:amd64_1:1.2.13.dfsg-1_amd64.deb",
            ("zlib1g:amd64", "1:1.2.13.dfsg-1", "amd64"),
        ),
        ("base-files_12.4~rc1_kfreebsd-i386.deb", ("base-files", "12.4~rc1", "kfreebsd-i386")),
        (
            "java-17-openjdk_17.0.8-1.fc38_x86_64.rpm",
            ("java-17-openjdk", "17.0.8-1.fc38", "x86_64"),
        ),
        ("gpg-pubkey_5323552a-6112bcdc_(none).rpm", ("gpg-pubkey", "5323552a-6112bcdc", "(none)")),
        ("zlib_1:1.3-1_x86_64.pkg.tar.zst", ("zlib", "1:1.3-1", "x86_64")),
        ("curl-8.9.1-r1_x86_64.apk", ("curl", "8.9.1-r1", "x86_64")),
        ("curl_8.9.1-r1_x86_64.apk", ("curl", "8.9.1-r1", "x86_64")),
    ],
)
def test_text_of_an_inventory_is_read_by_its_underscores(fullname, expected):
    assert parts(fullname) == expected


@pytest.mark.parametrize(
    ("fullname", "expected"),
    [
        ("mod_ssl_2.4.57-1.fc38_x86_64.rpm", ("mod_ssl", "2.4.57-1.fc38", "x86_64")),
        ("mod_ssl-2.4.57-1.fc38.x86_64.rpm", ("mod_ssl", "2.4.57-1.fc38", "x86_64")),
        ("python3.11-mod_wsgi_4.9-1_x86_64.rpm", ("python3.11-mod_wsgi", "4.9-1", "x86_64")),
        ("foo_1.0_2-3_noarch.rpm", ("foo", "1.0_2-3", "noarch")),
        ("busybox-1.36.1_git20230101-r5.apk", ("busybox", "1.36.1_git20230101-r5", "")),
    ],
)
def test_underscores_within_a_name_or_version_do_not_confuse(fullname, expected):
    assert parts(fullname) == expected


def test_longest_extension_and_architecture_are_taken():
    assert parts("a_1_x86_64.pkg.tar.gz") == ("a", "1", "x86_64")
    assert parts("a_1_hurd-i386.deb") == ("a", "1", "hurd-i386")


def test_architecture_needs_a_separator_before_it():
    assert parts("install.deb") == ("install", "", "")
    assert parts("all.deb") == ("all", "", "")


def test_unknown_architecture_stays_in_the_version():
    assert parts("bash_5.2-3.fc38_armv7hl.rpm") == ("bash", "5.2-3.fc38_armv7hl", "")
    assert parts("java-17-openjdk-17.0-1.fc38.armv7hl.rpm") == (
        "java-17-openjdk",
        "17.0-1.fc38.armv7hl",
        "",
    )


def test_name_is_cut_at_the_first_separator_before_a_digit_when_nothing_else_helps():
    assert parts("setup-7.1_beta.deb") == ("setup-7.1", "beta", "")
    assert parts("set_up_v-7.1.exe") == ("set_up_v", "7.1.exe", "")
    assert parts("a%3b_1%3a2.0-1_amd64.deb") == ("a%3b", "1%3a2.0-1", "amd64")


@pytest.mark.parametrize(
    "fullname", ["", ".deb", "_all.deb", "__.rpm", "-.-.rpm", "\n", "\x00", "\ud800_1_all.deb", "_"]
)
def test_nonsense_is_parsed_without_complaint(fullname):
    parts(fullname)


def test_inventory_keeps_the_order_of_what_it_accepts():
    names = ["b_1_all.deb", "a_1_all.deb"]
    assert [package.fullname for package in parse_inventory(names)] == names


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        True,
        1.5,
        ["a_1_all.deb"],
        {"name": "a"},
        "",
        " ",
        "_all.deb",
        "a\n_1_all.deb",
        "a\x00_1_all.deb",
        "a\x85_1_all.deb",
        "a\ud800_1_all.deb",
        "a" * 201 + "_1_all.deb",
        "a_" + "1" * 61 + "_all.deb",
        "a" * 271,
    ],
)
def test_bad_item_does_not_cost_the_rest_of_the_inventory(bad):
    good = ["a_1_all.deb", "b_1_all.deb"]
    inventory = parse_inventory([good[0], bad, good[1]])
    assert [package.fullname for package in inventory] == good


def test_item_at_its_limits_is_accepted():
    fullname = "a" * 200 + "_" + "1" * 59 + "_all.deb"
    assert len(fullname) <= 270
    assert parse_inventory([fullname])[0].fullname == fullname
    assert parse_inventory(["a_" + "1" * 60 + "_powerpcspe.deb"])[0].architecture == "powerpcspe"


def test_repeated_file_name_counts_once():
    assert len(parse_inventory(["a_1_all.deb", "a_1_all.deb"])) == 1


def test_two_file_names_of_one_package_count_once_and_the_first_is_kept():
    inventory = parse_inventory(["a_1_x86_64.rpm", "a-1_x86_64.rpm", "a_1_x86_64.apk"])
    assert [package.fullname for package in inventory] == ["a_1_x86_64.rpm"]


@pytest.mark.parametrize("items", [None, {}, {"a_1_all.deb": 1}, "a_1_all.deb", 3, []])
def test_what_is_no_list_is_an_empty_inventory(items):
    assert parse_inventory(items) == []


def test_every_package_management_system_of_the_contract_is_offered():
    offered = pms.systems()
    assert list(offered) == ["apk", "apt", "dnf", "pacman", "wpt", "yum", "zypper"]
    assert all(system.name == system.module == name for name, system in offered.items())
    assert offered["pacman"].extensions == ("pkg", "pkg.tar.zst", "pkg.tar.gz", "pkg.tar.xz")


def test_extensions_and_architectures_come_longest_first():
    for texts in (pms.extensions(), pms.architectures()):
        assert [len(text) for text in texts] == sorted(map(len, texts), reverse=True)
        assert len(texts) == len(set(texts))
    assert pms.extensions()[-1] == "rpm"
    assert pms.architectures()[0] == "kfreebsd-amd64"
