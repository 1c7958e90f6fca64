"""Readers who try to work out hidden counts: by arithmetic, by the rule, by what they answered themselves."""

import random
from dataclasses import replace
from functools import cache
from itertools import islice

import pytest

from csea_stats.disclosure.joint_tables import Grouped, jointly_safe
from csea_stats.disclosure.patterns import CountTable, ShownCounts, is_safe, protected, valid_patterns
from csea_stats.respondents.disclosure_rules import PRESETS, Disclosure

RULE = PRESETS["standard"]


def random_table(rng, people=36):
    groups, answers = rng.choice([2, 3]), rng.choice([2, 3, 4])
    weights = [rng.expovariate(1) + 0.1 for _ in range(answers)]
    rows = [[0] * answers for _ in range(groups)]
    for person in range(people):
        row = person % groups if person < 10 * groups else rng.randrange(groups)
        rows[row][rng.choices(range(answers), weights)[0]] += 1
    return CountTable(rows=tuple(map(tuple, rows)), people=tuple(map(sum, rows)), totals=True)


@cache
def fitting(shown, most=20_000):
    """Return every table that fits what is told, by plain search through the told ranges and margins."""
    table = shown.table
    wide, size = table.wide, len(table.counts)
    ranges = [(count, count) for count in table.counts]
    for cell in shown.banded:
        ranges[cell] = (0, shown.minimum - 1)
    for cell in shown.opened:
        ranges[cell] = (shown.minimum, table.group(cell))
    columns = [sum(row[i] for row in table.rows) for i in range(wide)]
    found, stack = [], [()]
    while stack:
        prefix = stack.pop()
        place = len(prefix)
        if place and place % wide == 0 and sum(prefix[-wide:]) != table.people[place // wide - 1]:
            continue
        if place == size:
            if [sum(prefix[i::wide]) for i in range(wide)] == columns:
                found.append(prefix)
                assert len(found) < most
            continue
        row, column = divmod(place, wide)
        room = min(table.people[row] - sum(prefix[row * wide :]), columns[column] - sum(prefix[column::wide]))
        low, high = ranges[place]
        stack.extend((*prefix, value) for value in range(low, min(high, room) + 1))
    return found


def left(tables, cells):
    return [len({table[cell] for table in tables}) for cell in cells]


def as_table(table, counts):
    wide = table.wide
    return replace(table, rows=tuple(counts[i : i + wide] for i in range(0, len(counts), wide)))


def samples(number, seed, rule=RULE):
    rng = random.Random(seed)
    while number:
        table = random_table(rng)
        shown = protected(table, rule, b"all answers")
        if shown is not None and shown.banded:
            number -= 1
            yield shown


def by_arithmetic(shown):
    """Return whether a hidden count is left fewer than three values."""
    return any(values < RULE.spread for values in left(fitting(shown), shown.banded))


def by_own_answer(shown):
    """Return whether a respondent in a hidden cell is left fewer than two values of a hidden count."""
    tables = fitting(shown)
    own = [cell for cell in shown.banded if shown.table.counts[cell]]
    return any(min(left([t for t in tables if t[cell]], shown.banded)) < 2 for cell in own)


def by_class(shown):
    """Return whether all of a group but one are seen to have given one answer."""
    table = shown.table
    return any(min(t[i] for t in fitting(shown)) >= table.group(i) - 1 for i in range(len(table.counts)))


ATTACKS = {"arithmetic": by_arithmetic, "own answer": by_own_answer, "class": by_class}


def check_tables(number, seed):
    for shown in samples(number, seed):
        assert not any(attack(shown) for attack in ATTACKS.values()), shown
        tables = fitting(shown)
        for cell in (*shown.banded, *shown.opened):
            assert shown.span(cell) == (min(t[cell] for t in tables), max(t[cell] for t in tables))


def test_nobody_works_out_a_hidden_count():
    check_tables(12, seed=11)


@pytest.mark.slow
def test_nobody_works_out_a_hidden_count_of_two_thousand_tables():
    check_tables(2_000, seed=2)


def test_the_condition_on_values_is_needed():
    assert any(by_arithmetic(shown) for shown in samples(30, seed=3, rule=replace(RULE, spread=2)))


def test_the_condition_on_own_answers_is_needed(monkeypatch):
    monkeypatch.setattr(ShownCounts, "seen_from_within", lambda *_: None)
    assert any(by_own_answer(shown) for shown in samples(60, seed=3, rule=PRESETS["light"]))


def test_the_condition_on_whole_groups_is_needed(monkeypatch):
    strict = PRESETS["strict"]
    table = CountTable(rows=((185, 15), (100, 100)), people=(200, 200), totals=True)
    assert protected(table, strict, b"k").span(0)[0] < 180
    monkeypatch.setattr(Disclosure, "cap", lambda _, people: people)
    assert protected(table, strict, b"k").opened == ()


def test_what_is_left_out_of_a_table_without_ranges_is_found():
    table = CountTable(rows=((18, 9), (14, 2), (5, 1)), people=(27, 16, 6), totals=True)
    bare = ShownCounts(table=table, minimum=5, opened=())
    assert by_arithmetic(bare)
    assert not is_safe(bare, RULE)


def left_to_a_reader_of_the_rule(shown, *, least):
    """Return how many values are left to who also reruns the rule on every table: which could have been told so."""
    kept = []
    for counts in fitting(shown):
        table = as_table(shown.table, counts)
        valid = {one.opened for one in valid_patterns(table, RULE, b"another key")}
        fewest = min((len(opened) for opened in valid), default=0)
        first = min(((len(opened), opened) for opened in valid), default=(0, ()))[1]
        if shown.opened in valid and (shown.opened == first if least else len(shown.opened) <= fewest + 2):
            kept.append(counts)
    return min(left(kept, shown.banded))


def small_samples(number, seed):
    every = (shown for shown in samples(number * 40, seed) if len(fitting(shown)) <= 30)
    return islice(every, number)


def check_rule_reader(number, seed):
    found = [left_to_a_reader_of_the_rule(shown, least=False) for shown in small_samples(number, seed)]
    assert min(found) >= 2
    assert sum(values < 3 for values in found) <= max(0.01 * len(found), 1)


def test_who_reruns_the_rule_learns_nothing_more():
    check_rule_reader(2, seed=4)


@pytest.mark.slow
def test_who_reruns_the_rule_learns_nothing_more_of_many_tables():
    check_rule_reader(400, seed=5)


def test_the_same_answers_choose_the_same_and_the_key_chooses():
    table = CountTable(rows=((12, 9, 2), (11, 13, 1), (9, 7, 3)), people=(23, 25, 19), totals=True)
    chosen = {protected(table, RULE, bytes([key])).opened for key in range(12)}
    assert len(chosen) > 1
    assert protected(table, RULE, b"k").opened == protected(table, RULE, b"k").opened


def test_two_groupings_of_the_same_people_are_held_against_each_other():
    codes = [0] * 25 + [1] * 25
    given = [0] * 14 + [1] * 11 + [0] * 13 + [1] * 12
    other = [1 if person in (0, 14, 15) else one for person, one in enumerate(codes)]

    def table(groups, opened):
        rows = tuple(
            tuple(sum(g == k and a == j for g, a in zip(groups, given, strict=True)) for j in (0, 1)) for k in (0, 1)
        )
        made = CountTable(rows=rows, people=tuple(map(sum, rows)), totals=True)
        return Grouped(shown=ShownCounts(table=made, minimum=5, opened=opened), groups=groups, answers=(0, 1))

    assert jointly_safe([table(codes, ()), table(other, ())], given, RULE)  # no cell is small
    few = [0 if person in (0, 1, 14) else 1 for person in range(50)]
    assert not jointly_safe([table(codes, ()), table(few, ())], given, RULE)
    assert jointly_safe([table(codes, ()), table(few, (2, 3))], given, replace(RULE, spread=3))


def test_groups_and_answers_may_stand_in_any_order():
    for shown in samples(2, seed=6):
        table = shown.table
        turned = replace(table, rows=table.rows[::-1], people=table.people[::-1])
        opened = tuple((len(table.rows) - 1 - i // table.wide) * table.wide + i % table.wide for i in shown.opened)
        assert is_safe(ShownCounts(table=turned, minimum=5, opened=opened), RULE)


@pytest.mark.parametrize("row", [(14, 0), (13, 1), (0, 14), (10, 0), (9, 1)])
def test_a_group_that_answers_alike_is_not_shown(row):
    table = CountTable(rows=(row, (12, 13)), people=(sum(row), 25), totals=True)
    shown = protected(table, RULE, b"k")
    assert shown is None or not (by_class(shown) or by_arithmetic(shown))
