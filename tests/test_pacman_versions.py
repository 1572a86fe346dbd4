"""Versions of pacman are ordered as its own program orders them."""

import itertools
import os
import random
import shutil
import subprocess

import pytest

from migas_tornado.pms.pacman_versions import compare_versions, version_order

# From old to new; each pair is a rule of its own.
ORDERED = [
    *("1.0a", "1.0alpha", "1.0b", "1.0beta", "1.0pre1", "1.0rc1", "1.0rc2", "1.0", "1.0.a"),
    *("1.0.1", "1.1-1", "1.1-2", "1.9-1", "1.10-1", "1:0.1-1", "2:0.1-1"),
]
PARTS = [*"0129ab.-_+~:", "01", "10", "rc", "alpha", "..", "0:", "1:"]


@pytest.fixture(scope="module")
def vercmp():
    program = shutil.which("vercmp")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("vercmp is not there.")
        pytest.skip("vercmp is not there")
    return lambda *pair: int(subprocess.check_output([program, *pair], text=True))


def test_versions_are_sorted_from_old_to_new():
    shuffled = random.Random(1).sample(ORDERED, len(ORDERED))
    assert sorted(shuffled, key=version_order) == ORDERED


def test_the_program_has_the_same_order(vercmp):
    for pair in itertools.combinations(ORDERED, 2):
        assert vercmp(*pair) == compare_versions(*pair) == -1, pair


def test_odd_versions_are_ordered_as_the_program_orders_them(vercmp):
    chance = random.Random(2)
    for _ in range(600):
        pair = ["".join(chance.choices(PARTS, k=chance.randint(1, 6))) for _ in range(2)]
        if not any(text.startswith("-") for text in pair):  # it would be an option
            assert vercmp(*pair) == compare_versions(*pair), pair
