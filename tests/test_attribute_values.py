"""What formulas print becomes attributes, by the kind of their property."""

import pytest

from migas_tornado.synchronization.values import ITEMS_LIMIT, items_of


def pairs(kind, raw, sort="client"):
    return [(item.value, item.description) for item in items_of(kind, sort, raw)]


def values(kind, raw, sort="client"):
    return [item.value for item in items_of(kind, sort, raw)]


def test_normal_value_is_one_attribute():
    assert pairs("N", "pc-lab-01\n") == [("pc-lab-01", "")]
    assert pairs("N", "a,b.c") == [("a,b.c", "")]


@pytest.mark.parametrize("raw", ["", "\n", "  "])
def test_empty_normal_value_is_an_attribute_too(raw):
    assert pairs("N", raw) == [("", "")]


def test_one_tilde_separates_the_description():
    assert pairs("N", " 8086:1237 ~ Host bridge \n") == [("8086:1237", "Host bridge")]


def test_two_tildes_separate_nothing():
    assert pairs("N", "a~b~c") == [("a~b~c", "")]


def test_list_of_the_contract_gives_its_devices():
    assert pairs("-", "8086:1237~Host bridge,8086:7000~ISA,\n") == [
        ("8086:1237", "Host bridge"),
        ("8086:7000", "ISA"),
    ]


@pytest.mark.parametrize("raw", ["", "\n", ",", " , ,\n", "~only a description"])
def test_list_without_values_gives_nothing(raw):
    assert pairs("-", raw) == []


def test_left_adds_from_the_left():
    assert values("L", "a.b.c\n") == ["a", "a.b", "a.b.c"]


def test_right_adds_from_the_right():
    assert values("R", "a.b.c\n") == ["a.b.c", "b.c", "c"]


@pytest.mark.parametrize(("kind", "parts"), [("L", ["a", "a.b", ""]), ("R", ["a.b", "b", ""])])
def test_stamp_added_from_a_side_also_gives_the_empty_value(kind, parts):
    assert values(kind, "a.b", "server") == parts


@pytest.mark.parametrize("kind", ["L", "R"])
def test_empty_text_added_from_a_side_gives_only_what_a_stamp_gives(kind):
    assert values(kind, "") == []
    assert values(kind, "", "server") == [""]


@pytest.mark.parametrize("kind", ["N", "-", "J"])
def test_stamp_of_another_kind_gives_no_empty_value(kind):
    assert "" not in values(kind, "a", "server")


def test_description_goes_with_the_item_that_contains_it():
    assert pairs("L", "a.b~desc") == [("a", ""), ("a.b", "desc")]
    assert pairs("R", "a.b~desc") == [("a.b", "desc"), ("b", "desc")]


def test_long_value_is_cut_and_the_whole_is_told():
    whole = "x" * 260
    (item,) = items_of("N", "client", f" {whole}~desc")
    assert (item.value, item.description, item.cut) == ("x" * 250, "desc", whole)
    assert items_of("N", "client", "x" * 250)[0].cut is None


def test_equal_values_give_the_first():
    assert pairs("-", "a~1,b,a~2") == [("a", "1"), ("b", "")]


def test_values_that_become_equal_when_cut_give_the_first():
    same = "x" * 250
    assert values("-", f"{same}1,{same}2") == [same]


def test_json_object_is_one_attribute():
    assert pairs("J", '{"value":"a","description":"b"}') == [("a", "b")]
    assert pairs("J", '{"value":" a "}') == [("a", "")]


def test_json_list_gives_one_attribute_for_each_object():
    raw = '[{"value":"a","description":"x"}, 3, null, "b", [], {}, {"value":"c"}]\n'
    assert pairs("J", raw) == [("a", "x"), ("c", "")]


@pytest.mark.parametrize(
    ("value", "text"),
    [("7", "7"), ("1.5", "1.5"), ("true", "true"), ("false", "false"), ("0", "0")],
)
def test_json_numbers_and_booleans_become_texts(value, text):
    assert pairs("J", f'{{"value":{value},"description":{value}}}') == [(text, text)]


@pytest.mark.parametrize("value", ["null", '""', '"  "', "[]", '{"a":1}'])
def test_json_item_without_value_gives_nothing(value):
    assert pairs("J", f'{{"value":{value},"description":"b"}}') == []


@pytest.mark.parametrize(
    "raw",
    ["", "a", "{", "3", "true", "null", '"text"', "[]", "NaN", "\ud800"],
)
def test_json_that_is_invalid_or_a_scalar_gives_nothing(raw):
    assert pairs("J", raw) == []


def test_json_that_is_too_deep_or_too_long_gives_nothing():
    assert pairs("J", "[" * 100_000) == []
    assert pairs("J", "9" * 5_000) == []


def test_json_value_may_hold_its_description_like_any_other():
    assert pairs("J", '{"value":"a~b"}') == [("a", "b")]
    assert pairs("J", '{"value":"a~b","description":"c"}') == [("a~b", "c")]


def test_characters_that_the_database_refuses_are_removed():
    assert pairs("N", "a\x00b\ud800~c\x00") == [("ab", "c")]
    assert pairs("J", '{"value":"a\\u0000b","description":"\\u0000c"}') == [("ab", "c")]


@pytest.mark.parametrize("kind", ["-", "R", "J"])
def test_number_of_items_is_limited(kind):
    count = ITEMS_LIMIT + 5
    raw = {
        "-": ",".join(map(str, range(count))),
        "R": ".".join(map(str, range(count))),
        "J": "[" + ",".join(f'{{"value":{place}}}' for place in range(count)) + "]",
    }[kind]
    assert len(items_of(kind, "client", raw)) == ITEMS_LIMIT


@pytest.mark.parametrize("raw", [None, 3, True, ["a"], {"a": "b"}])
@pytest.mark.parametrize("kind", ["N", "-", "L", "R", "J"])
def test_what_is_no_text_gives_nothing(kind, raw):
    assert items_of(kind, "client", raw) == []


def test_unknown_kind_gives_nothing():
    assert items_of("?", "client", "a") == []
