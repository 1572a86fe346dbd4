"""Attribute sets are evaluated after those they depend on, whatever cycles got in."""

from migas_tornado.synchronization.attribute_sets import circular, evaluation_order


def test_sets_without_dependencies_come_by_id():
    assert evaluation_order({3: set(), 1: set(), 2: set()}) == [1, 2, 3]


def test_set_comes_after_those_it_depends_on():
    assert evaluation_order({1: {2}, 2: {3}, 3: set()}) == [3, 2, 1]


def test_lowest_of_the_free_sets_comes_first():
    assert evaluation_order({1: {9}, 2: set(), 5: {2}, 9: set()}) == [2, 5, 9, 1]


def test_order_does_not_depend_on_the_order_of_the_input():
    sets = {1: {4}, 2: {4, 3}, 3: set(), 4: {3}, 5: set()}
    assert evaluation_order(sets) == evaluation_order(dict(reversed(sets.items())))


def test_sets_in_a_cycle_are_left_out_and_the_others_stay():
    sets = {1: {2}, 2: {1}, 3: set(), 4: {3}}
    assert circular(sets) == [1, 2]
    assert evaluation_order(sets) == [3, 4]


def test_set_that_depends_on_a_cycle_stays():
    sets = {1: {2}, 2: {3}, 3: {1}, 4: {1, 5}, 5: set(), 6: {4}}
    assert circular(sets) == [1, 2, 3]
    assert evaluation_order(sets) == [5, 4, 6]


def test_set_on_which_a_cycle_depends_stays():
    sets = {1: {2, 9}, 2: {1}, 9: set()}
    assert circular(sets) == [1, 2]
    assert evaluation_order(sets) == [9]


def test_set_between_two_cycles_is_not_in_a_cycle():
    sets = {1: {2}, 2: {1, 5}, 5: {7}, 7: {8}, 8: {7}}
    assert circular(sets) == [1, 2, 7, 8]
    assert evaluation_order(sets) == [5]


def test_two_cycles_that_share_a_set_are_left_out_together():
    assert circular({1: {2}, 2: {1, 3}, 3: {2}}) == [1, 2, 3]


def test_set_that_names_itself_is_in_no_cycle():
    assert circular({1: {1}}) == []
    assert evaluation_order({1: {1}, 2: {1, 2}}) == [1, 2]


def test_dependencies_on_sets_that_do_not_take_part_do_not_count():
    assert evaluation_order({1: {7}, 2: {1, 8}}) == [1, 2]


def test_nothing_gives_nothing():
    assert (evaluation_order({}), circular({})) == ([], [])


def test_long_chains_and_cycles_are_borne():
    count = 20_000
    chain = {key: {key + 1} for key in range(count)}
    assert evaluation_order(chain) == list(reversed(range(count)))
    chain[count - 1] = {0}
    assert circular(chain) == list(range(count))
    assert evaluation_order(chain) == []


def test_input_is_not_changed():
    sets = {1: {2, 1}, 2: set()}
    evaluation_order(sets)
    assert sets == {1: {2, 1}, 2: set()}
