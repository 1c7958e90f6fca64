"""Groups that print tells of: added up to the total, each against its own complement, sizes unknown or not.

The reference is brute force: every table of small numbers, by code that shares nothing with the package.
"""

import itertools
import random
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from csea_stats.auditing.audit import audit
from csea_stats.estimators.difference import difference
from csea_stats.survey.survey import Cell, Group, Question, groups_within
from csea_stats.targets.populations import Respondents, Superpopulation
from csea_stats.workflow import estimate
from tests.auditing.made import small_survey

NAMES = ("a", "b", "c")
SITES = ("m", "q", "r")


def group(item, question="site"):
    return Group(question=question, item=item)


def cell(item, among=None, where="Table", **told):
    return Cell(item=item, where=where, among=None if among is None else group(among), **told)


def survey(respondents, *questions):
    return small_survey(*questions, respondents=respondents)


def site(*counts, items=SITES, **more):
    cells = tuple(cell(item, count=count) for item, count in zip(items, counts, strict=False))
    return Question(id="site", label="Site", kind="single", categories=items, cells=cells, **more)


def yes_no(*cells, **more):
    return Question(id="sat", label="Satisfied", kind="yes-no", cells=cells, **more)


def wrong(found, code=None):
    return [one for one in found.findings if one.verdict == "inconsistent" and code in (None, one.code)]


# ---------------------------------------------------------------- groups against their own complement


def test_the_other_group_is_the_complement_where_print_tells_of_it():
    found = audit(
        survey(50, site(30, 20, items=("m", "q")), yes_no(cell("yes", "m", percent="70"), cell("yes", "q", count=8)))
    )
    assert found.complement("sat", "yes", group("m")) == (((21, 30), (8, 20)),)
    assert found.complement("sat", "yes", group("q")) == (((8, 20), (21, 30)),)
    assert not wrong(found)


def test_a_group_whose_size_follows_from_the_other():
    found = audit(
        survey(50, site(30, items=("m", "q")), yes_no(cell("yes", "m", percent="70"), cell("yes", "q", percent="40")))
    )
    assert found.complement("sat", "yes", group("m")) == (((21, 30), (8, 20)),)


def test_the_rest_of_the_total_is_the_complement_where_only_the_total_is_printed():
    found = audit(survey(50, site(30, items=("m", "q")), yes_no(cell("yes", count=28), cell("yes", "m", count=21))))
    assert found.complement("sat", "yes", group("m")) == (((21, 30), (7, 20)),)


def test_three_groups_are_added_up():
    cells = [cell("yes", count=10), *(cell("yes", one, count=7) for one in SITES)]
    found = audit(survey(24, site(8, 8, 8), yes_no(*cells)))
    (finding,) = wrong(found)
    assert finding.code == "subgroup-within-total"
    assert "the groups make 21" in finding.expected
    assert len(finding.cells) == 4
    assert found.complement("sat", "yes", group("m")) == (((7, 8), (14, 16)),)


def test_groups_that_make_the_total_are_no_finding():
    cells = [cell("yes", count=10), *(cell("yes", one, count=n) for one, n in zip(SITES, (2, 3, 5), strict=True))]
    found = audit(survey(24, site(8, 8, 8), yes_no(*cells)))
    assert not wrong(found)
    assert found.complement("sat", "yes", group("m")) == (((2, 8), (8, 16)),)


def test_print_and_total_in_percent_and_count_contradict_once():
    cells = [
        cell("yes", percent="50", count=20),
        cell("yes", "m", percent="60", count=12),
        cell("yes", "q", percent="60", count=12),
    ]
    found = audit(survey(40, site(20, 20, items=("m", "q")), yes_no(*cells)))
    assert [one.code for one in wrong(found)] == ["subgroup-within-total"]
    assert found.counts_of("sat", "yes") == (20,)
    assert found.complement("sat", "yes", group("m")) == (((12, 20), (12, 20)),)


@pytest.mark.parametrize("partial", [True, False])
def test_sizes_that_print_does_not_give_are_unknowns(partial):
    cells = [cell("yes", count=25, percent="63"), cell("yes", "m", percent="75"), cell("yes", "q", percent="50")]
    found = audit(survey(40, site(items=("m", "q"), partial=partial), yes_no(*cells)))
    assert not wrong(found)
    assert found.base("sat", group("m")) == 20
    assert found.complement("sat", "yes", group("m")) == (((15, 20), (10, 20)),)
    assert found.counts_of("sat", "yes") == (25,)


def test_unknown_sizes_without_a_total():
    cells = [cell("yes", "m", percent="75"), cell("yes", "q", percent="50")]
    found = audit(survey(12, site(items=("m", "q")), yes_no(*cells)))
    assert not wrong(found)
    assert found.complement("sat", "yes", group("m")) == (((3, 4), (4, 8)), ((6, 8), (2, 4)))
    assert found.base("sat", group("q")) == (4, 8)


def test_people_whose_group_is_not_known():
    cells = [cell("yes", count=7), cell("yes", "m", count=3), cell("yes", "q", count=3)]
    found = audit(survey(20, site(10, 8, items=("m", "q"), base=18), yes_no(*cells)))
    assert not wrong(found)
    assert found.complement("sat", "yes", group("m")) == (((3, 10), (3, 8)),)
    (finding,) = [one for one in found.findings if one.code == "subgroup-within-total"]
    assert finding.expected == "1 of 2 among the rest"


@pytest.mark.parametrize(("percent", "codes"), [("66", 2), ("67", 1)])
def test_a_fault_in_one_group_is_not_held_against_the_others(percent, codes):
    cells = [
        cell("yes", percent="25", count=10),
        cell("yes", "m", percent="75", count=15),
        cell("yes", "q", percent=percent, count=6),
    ]
    found = audit(survey(40, site(20, 9, 11), yes_no(*cells)))
    assert len(wrong(found)) == codes
    assert len(wrong(found, "subgroup-within-total")) == 1
    assert found.complement("sat", "yes", group("m")) == ()


def test_a_base_smaller_than_the_group_is_no_contradiction():
    cells = [cell("yes", "m", count=21, base=43), cell("yes", "q", count=10)]
    found = audit(survey(90, site(45, 45, items=("m", "q")), yes_no(*cells)))
    assert not wrong(found)
    assert "43 of the 45 answered" in {one.expected for one in found.findings}
    assert found.complement("sat", "yes", group("m")) == (((21, 43), (10, 45)),)


def test_a_smaller_base_contradicts_a_printed_number_of_all_who_answered():
    question = yes_no(cell("yes", "m", count=21, base=43), cell("yes", "q", count=10, base=41))
    by = site(45, 45, items=("m", "q"))
    for base, codes in ((84, []), (88, ["group-sizes"]), (90, ["group-sizes"])):
        assert [one.code for one in wrong(audit(survey(90, by, replace(question, base=base))))] == codes


def test_a_base_above_the_group_is_one():
    found = audit(survey(90, site(45, 45, items=("m", "q")), yes_no(cell("yes", "m", count=21, base=47))))
    assert [one.code for one in wrong(found)] == ["nested-base"]


def test_nothing_is_told_where_nothing_could_fail():
    found = audit(survey(90, site(45, 45, items=("m", "q")), yes_no(cell("yes", "m", count=21))))
    assert "subgroup-within-total" not in {one.code for one in found.findings}


def test_groups_of_two_questions_each_have_their_own_complement():
    town = Question(id="town", label="Town", kind="yes-no", cells=(cell("yes", count=40),))
    old = Question(id="old", label="Old", kind="yes-no", cells=(cell("yes", count=10),))
    within = [
        Cell(item="yes", where="T", count=24, among=group("yes", "town")),
        Cell(item="yes", where="T", count=9, among=group("yes", "old")),
    ]
    found = audit(survey(60, town, old, yes_no(cell("yes", count=30), *within)))
    assert found.complement("sat", "yes", group("yes", "town")) == (((24, 40), (6, 20)),)
    assert found.complement("sat", "yes", group("yes", "old")) == (((9, 10), (21, 50)),)


def test_a_sum_of_answers_is_a_group():
    some = Group(question="site", item=("m", "q"))
    cells = [cell("yes", count=20), Cell(item="yes", where="T", percent="60", among=some)]
    found = audit(survey(40, site(12, 13, 15), yes_no(*cells)))
    assert found.base("sat", some) == 25
    assert found.complement("sat", "yes", some) == (((15, 25), (5, 15)),)


def test_a_sum_beside_its_parts_is_added_up():
    some = Group(question="site", item=("m", "q"))
    cells = [Cell(item="yes", where="T", count=15, among=some), cell("yes", "m", count=9), cell("yes", "q", count=7)]
    found = audit(survey(40, site(12, 13, 15), yes_no(cell("yes", count=20), *cells)))
    assert [one.code for one in wrong(found)] == ["subgroup-within-total"]


def test_several_questions_make_a_group():
    town = Question(id="town", label="Town", kind="yes-no", cells=(cell("yes", count=18),))
    both = Group(question="site", item="m", also=(group("yes", "town"),))
    cells = [cell("yes", count=20), Cell(item="yes", where="T", percent="60", base=10, among=both)]
    found = audit(survey(40, site(12, 13, 15), town, yes_no(*cells)))
    assert found.complement("sat", "yes", both) == (((6, 10), (14, 30)),)
    open_ = audit(survey(40, site(12, 13, 15), town, yes_no(Cell(item="yes", where="T", percent="60", among=both))))
    assert open_.base("sat", both) == (5, 10)


def test_groups_that_overlap_are_not_added_up():
    tools = Question(
        id="tools",
        label="Tools",
        kind="multiple",
        categories=("x", "y"),
        cells=(cell("x", count=30), cell("y", count=25)),
    )
    within = [Cell(item="yes", where="T", count=15, among=group(one, "tools")) for one in ("x", "y")]
    found = audit(survey(40, tools, yes_no(cell("yes", count=20), *within)))
    assert not wrong(found)
    assert found.complement("sat", "yes", group("x", "tools")) == (((15, 30), (5, 10)),)


def test_the_whole_table_is_met_not_only_each_answer():
    scale = Question(
        id="view",
        label="View",
        kind="single",
        categories=NAMES,
        cells=(
            *(cell(one, count=count) for one, count in zip(NAMES, (4, 6, 10), strict=True)),
            cell("a", "m", count=2),
            cell("c", "m", count=2),
            cell("b", "q", count=1),
        ),
    )
    found = audit(survey(20, site(10, 10, items=("m", "q")), scale))
    assert [one.code for one in wrong(found)] == ["groups-and-total"]


def test_a_group_of_a_question_with_further_answers_is_not_everybody():
    found = audit(survey(40, site(partial=True), yes_no(cell("yes", percent="50"), cell("yes", "m", percent="50"))))
    assert not wrong(found)
    assert set(found.base("sat", group("m"))) == set(range(2, 41, 2))
    assert ((10, 20), (10, 20)) in found.complement("sat", "yes", group("m"))


@pytest.mark.parametrize("respondents", ["not printed", 140])
def test_an_unknown_base_is_the_sum_of_all_answers(respondents):
    missing = None if respondents == "not printed" else "some"
    found = audit(survey(respondents, yes_no(cell("yes", count=24), cell("no", count=27), missing=missing)))
    assert not wrong(found)
    assert found.base("sat") == 51


def tools(*counts, **more):
    cells = tuple(cell(item, count=count) for item, count in zip(("x", "y"), counts, strict=True))
    return Question(id="tools", label="Tools", kind="multiple", categories=("x", "y"), cells=cells, **more)


def of_tools(item, **told):
    return Cell(item="yes", where="Table", among=group(item, "tools"), **told)


def test_whoever_did_not_answer_a_question_of_several_answers_is_not_compared():
    found = audit(survey(40, tools(10, 5, base=25), yes_no(cell("yes", count=20), of_tools("x", count=5))))
    pairs = found.complement("sat", "yes", group("x", "tools"))
    assert {(x, n) for x, n in (first for first, _ in pairs)} == {(5, 10)}
    assert {n for _, (_, n) in pairs} == {15}


def test_a_group_of_any_of_several_answers_is_no_sum():
    some = of_tools(("x", "y"), percent="31.58")
    found = audit(survey(27, tools(13, 9), yes_no(some)))
    assert not wrong(found)
    assert found.base("sat", group(("x", "y"), "tools")) == 19


def test_groups_within_those_who_were_asked():
    used = Question(id="used", label="Used", kind="yes-no", cells=(cell("yes", count=20),))
    asked = yes_no(cell("yes", count=11), cell("yes", "m", count=8, base=12), among=group("yes", "used"))
    found = audit(survey(40, site(20, 20, items=("m", "q")), used, asked))
    assert not wrong(found)
    assert found.complement("sat", "yes", group("m")) == (((8, 12), (3, 8)),)


def test_a_sum_of_several_answers_counts_each_of_them():
    sums = (
        Cell(item=NAMES, where="T", count=12),
        Cell(item=NAMES, where="T", count=8, among=group("m")),
    )
    view = Question(id="view", label="View", kind="multiple", categories=NAMES, cells=sums)
    assert not wrong(audit(survey(7, site(4, 3, items=("m", "q")), view)))


def test_parts_that_contradict_their_union_are_found_of_several_answers_too():
    cells = (
        Cell(item="a", where="T", count=6, among=group("m")),
        Cell(item="a", where="T", count=2, among=group(("m", "q"))),
    )
    view = Question(id="view", label="View", kind="multiple", categories=NAMES, cells=cells)
    assert [one.code for one in wrong(audit(survey(20, site(8, 6, 6), view)))] == ["groups-and-total"]


def test_an_answer_told_by_groups_alone_is_their_sum_beside_others_told_of_all():
    cells = [Cell(item="b", where="T", count=7), cell("a", "m", count=15), cell("a", "q", count=10)]
    view = Question(id="view", label="View", kind="multiple", categories=("a", "b"), cells=tuple(cells))
    found = audit(survey(40, site(20, 20, items=("m", "q")), view))
    assert found.pairs("view", "a") == ((25, 40),)
    assert found.pairs("view", "b") == ((7, 40),)


def test_a_percentage_of_nobody_is_a_finding():
    found = audit(
        survey(10, site(10, 0, items=("m", "q")), yes_no(cell("yes", count=6), cell("yes", "q", percent="80")))
    )
    assert [one.code for one in wrong(found)] == ["group-sizes"]


def test_a_group_may_be_nobody_where_nobody_is_printed_of_it():
    cells = [cell("yes", count=5), cell("yes", "m", count=0), cell("no", "m", count=0)]
    found = audit(survey(7, site(items=("m", "q")), yes_no(*cells)))
    assert not wrong(found)
    assert 0 in np.atleast_1d(found.base("sat", group("m")))


def test_no_small_survey_takes_long(within):
    """A group question whose sizes are open, values without labels, and print that contradicts itself."""
    q1 = Question(id="site", label="s", kind="single", categories=("a", "b", "c", "d"), base=24, partial=True)
    values = Cell(item=("c", "b", "d"), where="F", unlabelled=("95.8", "30", "97", "21"))
    cells = (
        Cell(item="b", where="T", percent="22.3", count=35, base=49, among=group("a")),
        Cell(item="a", where="T", unlabelled=("46",)),
        Cell(item="b", where="U", percent="21.8", count=18, among=group("c")),
        Cell(item="a", where="U", count=31),
        replace(values, unlabelled=("95.8", "30", "97")),
    )
    q0 = Question(id="view", label="v", kind="single", categories=("a", "b", "c", "d"), base=60, cells=cells)
    with within(15):
        found = audit(survey(23, q1, q0))
        found.complement("view", "a", group("a"))


# ---------------------------------------------------------------- brute force


def rounded(count, base):
    return str((Decimal(100 * count) / base).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def fits(printed, count, base):
    """Whether a count of a base may be printed so; halves either way."""
    kind, value = printed
    return value == count if kind == "count" else base > 0 and abs(100 * count - int(value) * base) * 2 <= base


def rows_of(size, answers, whole):
    """Every way to share people out among answers; all of them, or not."""
    for counts in itertools.product(range(size + 1), repeat=answers):
        if sum(counts) == size or (not whole and sum(counts) <= size):
            yield counts


def tables(sizes, printed, names):
    """Every table with groups of these sizes that meets what is printed: {(group or None, answer): (kind, value)}."""
    whole_total = all((None, name) in printed for name in names)
    choices = []
    for place, size in enumerate(sizes):
        told = all((place, name) in printed for name in names)
        choices.append(
            [
                row
                for row in rows_of(size, len(names), told or whole_total)
                if all(
                    fits(printed[place, name], row[k], size) for k, name in enumerate(names) if (place, name) in printed
                )
            ]
        )
    for rows in itertools.product(*choices):
        sums = [sum(row[k] for row in rows) for k in range(len(names))]
        if all(
            fits(printed[None, name], sums[k], sum(sizes)) for k, name in enumerate(names) if (None, name) in printed
        ):
            yield rows


def made(rng):
    """A true table and some of it in print; every group prints something, as does the total."""
    answers, groups = rng.choice([(2, 2), (2, 3), (3, 2)]), rng.choice([2, 2, 3])
    names, sizes = NAMES[: answers[0]], tuple(rng.randint(2, 5) for _ in range(groups))
    rows = []
    for size in sizes:
        picks = [rng.randrange(len(names)) for _ in range(size)]
        rows.append(tuple(picks.count(k) for k in range(len(names))))
    printed = {}
    for place in (None, *range(groups)):
        counts = [sum(row[k] for row in rows) for k in range(len(names))] if place is None else rows[place]
        base = sum(sizes) if place is None else sizes[place]
        for k, name in enumerate(names):
            if rng.random() < 0.7:
                way = rng.choice(["count", "percent"])
                printed[place, name] = (way, counts[k] if way == "count" else rounded(counts[k], base))
    return names, sizes, tuple(rows), printed


def encoded(names, sizes, printed):
    cells = [
        cell(name, None if place is None else SITES[place], **{kind: value})
        for (place, name), (kind, value) in printed.items()
    ]
    question = Question(id="view", label="View", kind="single", categories=names, cells=tuple(cells))
    return survey(sum(sizes), site(*sizes, items=SITES[: len(sizes)]), question)


def sides(found, place, k):
    """The pairs of a group and all others that brute force finds."""
    return {(rows[place][k], sum(row[k] for other, row in enumerate(rows) if other != place)) for rows in found}


def check_clean(seed):
    rng = random.Random(seed)
    names, sizes, rows, printed = made(rng)
    found = audit(encoded(names, sizes, printed))
    assert not wrong(found), (seed, [one.printed for one in wrong(found)])
    every = list(tables(sizes, printed, names))
    assert rows in every
    question = found.survey.question[1]
    for one in groups_within(question):
        place = SITES.index(one.item)
        for k, name in enumerate(names):
            pairs = {(x, y) for (x, _), (y, _) in found.complement("view", name, one)}
            assert pairs == sides(every, place, k), (seed, one, name)


@pytest.mark.few(8)
@pytest.mark.parametrize("seed", range(60))
def test_every_pair_that_print_allows_and_no_other(seed):
    check_clean(seed)


def check_mutation(seed):
    """Change one printed number: the audit finds it exactly where no table is left."""
    rng = random.Random(seed)
    names, sizes, _, printed = made(rng)
    if not printed:
        return None
    key = rng.choice(list(printed))
    kind, value = printed[key]
    base = sum(sizes) if key[0] is None else sizes[key[0]]
    other = rng.choice([n for n in range(base + 1) if (n if kind == "count" else rounded(n, base)) != value])
    printed[key] = (kind, other if kind == "count" else rounded(other, base))
    detectable = not any(True for _ in tables(sizes, printed, names))
    found = bool(wrong(audit(encoded(names, sizes, printed))))
    assert found == detectable, (seed, names, sizes, printed)
    return detectable


@pytest.mark.few(8)
@pytest.mark.parametrize("seed", range(60))
def test_a_change_that_can_be_found_is_found(seed):
    check_mutation(seed)


def unknown_sizes(seed):
    """A true table of yes and no by two groups whose sizes print does not give; every yes in percent or count."""
    rng = random.Random(seed)
    sizes = rng.randint(2, 9), rng.randint(2, 9)
    rows = tuple(rng.randint(0, size) for size in sizes)
    printed = {}
    for place, count, base in ((None, sum(rows), sum(sizes)), (0, rows[0], sizes[0]), (1, rows[1], sizes[1])):
        if place is not None or rng.random() < 0.7:
            way = rng.choice(["count", "percent", "percent"])
            printed[place] = (way, count if way == "count" else rounded(count, base))
    return rng, sizes, rows, printed


def every_split(everybody, printed):
    """Every (count, size) of the first group with that of the second that meets what is printed."""
    for first in range(everybody + 1):  # a group of nobody can have a count, but no percentage
        second = everybody - first
        for x, y in itertools.product(range(first + 1), range(second + 1)):
            told = {None: (x + y, everybody), 0: (x, first), 1: (y, second)}
            if all(fits(one, *told[place]) for place, one in printed.items()):
                yield (x, first), (y, second)


def of_unknown(everybody, printed):
    cells = [
        cell("yes", None if place is None else SITES[place], **{kind: value})
        for place, (kind, value) in printed.items()
    ]
    return audit(survey(everybody, site(items=("m", "q")), yes_no(*cells)))


def check_unknown(seed):
    rng, sizes, rows, printed = unknown_sizes(seed)
    found = of_unknown(sum(sizes), printed)
    assert not wrong(found), (seed, [one.printed for one in wrong(found)])
    every = set(every_split(sum(sizes), printed))
    assert tuple(zip(rows, sizes, strict=True)) in every
    assert set(found.complement("sat", "yes", group("m"))) == every, (seed, printed)
    place = rng.choice(list(printed))
    kind, value = printed[place]
    base = sum(sizes) if place is None else sizes[place]
    other = rng.choice([n for n in range(base + 1) if (n if kind == "count" else rounded(n, base)) != value])
    changed = printed | {place: (kind, other if kind == "count" else rounded(other, base))}
    detectable = not any(True for _ in every_split(sum(sizes), changed))
    assert bool(wrong(of_unknown(sum(sizes), changed))) == detectable, (seed, changed)
    return detectable


@pytest.mark.few(5)
@pytest.mark.parametrize("seed", range(40))
def test_sizes_that_print_does_not_give_by_brute_force(seed):
    check_unknown(seed)


@pytest.mark.sizes("number", slow=60, long=600)
def test_hundreds_of_tables_of_unknown_sizes(number):
    results = [check_unknown(seed) for seed in range(1_000, 1_000 + number)]
    print(f"unknown sizes: {results.count(True)} changes that can be found, all found; no false alarm in {number}")  # noqa: T201
    assert results.count(True) > number / 12
    assert results.count(False) > number / 12


@pytest.mark.sizes("number", slow=50, long=1_500)
def test_thousands_of_tables_and_of_changes(number):
    for seed in range(1_000, 1_000 + number):
        check_clean(seed)
    results = [check_mutation(seed) for seed in range(number * 10 // 3)]
    print(f"groups: {results.count(True)} changes that can be found, all found; no false alarm in {number}")  # noqa: T201
    assert results.count(True) > 2 / 3 * number
    assert results.count(False) > number / 3


@pytest.mark.slow
@pytest.mark.parametrize("groups", [12, *(pytest.param(many, marks=pytest.mark.slow) for many in (4, 6, 40))])
@pytest.mark.parametrize("told", [True, False])
def test_many_groups_of_unknown_size_take_bounded_time(groups, told, within):
    """Whole percentages of 1,000 leave each group about ten sizes, or print none at all: what is tried has an end."""
    names = tuple(f"g{i}" for i in range(groups))
    sizes = [1000 // groups + (i < 1000 % groups) for i in range(groups)]
    shown = [cell(n, percent=f"{size / 10:.0f}") for n, size in zip(names, sizes, strict=True)] if told else []
    by = Question(id="site", label="Site", kind="single", categories=names, cells=tuple(shown), partial=not told)
    answers = [cell("yes", name, percent="40") for name in names]
    with within(15):
        found = audit(survey(1000, by, yes_no(cell("yes", percent="40"), *answers)))
        assert not wrong(found)


def check_difference(seed):
    """The difference that print leaves open, over whole tables: by brute force, and as estimated."""
    rng = random.Random(seed)
    names, sizes, _, printed = made(rng)
    found = encoded(names, sizes, printed)
    every = list(tables(sizes, printed, names))
    told = estimate(found)
    wide = 0
    for place, site_name in enumerate(SITES[: len(sizes)]):
        for k, name in enumerate(names):
            gaps = [
                rows[place][k] / sizes[place]
                - sum(row[k] for other, row in enumerate(rows) if other != place) / (sum(sizes) - sizes[place])
                for rows in every
            ]
            for one in told.where(question="view", estimand="difference", target=Respondents):
                if one.item.startswith(f"{name}: {site_name} minus"):
                    low, high = one.bounds or (one.value, one.value)
                    assert (low, high) == pytest.approx((min(gaps), max(gaps)), abs=1e-9), (seed, one.item)
                    (people,) = told.where(item=one.item, target=Superpopulation)
                    ends = [difference(*table).interval for table in _as_pairs(every, sizes, place, k)]
                    assert people.interval.lower == pytest.approx(min(e.lower for e in ends), abs=1e-6)
                    assert people.interval.upper == pytest.approx(max(e.upper for e in ends), abs=1e-6)
                    wide += low < high
    return wide


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
def test_differences_are_hulls_over_whole_tables(seed):
    check_difference(seed)


@pytest.mark.sizes("number", slow=30, long=300)
def test_hundreds_of_differences_are_hulls_over_whole_tables(number):
    assert sum(check_difference(seed) for seed in range(1_000, 1_000 + number)) > number / 10


def _as_pairs(every, sizes, place, k):
    rest = sum(sizes) - sizes[place]
    return {
        ((rows[place][k], sizes[place]), (sum(row[k] for i, row in enumerate(rows) if i != place), rest))
        for rows in every
    }
