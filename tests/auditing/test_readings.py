"""Joint readings against brute force over every count vector of small tables."""

from itertools import combinations, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csea_stats.auditing import consistent_sets as largest
from csea_stats.auditing import constraints as systems
from csea_stats.auditing import readings as readings_module
from csea_stats.auditing.audit import audit
from csea_stats.auditing.facts import facts_of, percent_ranges, unlabelled_of
from csea_stats.auditing.printed_tables import Book
from csea_stats.errors import UnknownName
from csea_stats.survey.survey import Battery, BatteryCell, Cell, Group, Question
from tests.auditing.made import small_survey

CATEGORIES = ("none", "poor", "fair", "good", "excellent")


def question(cells, categories=CATEGORIES, kind="ordinal", **more):
    return Question(id="q", label="q", kind=kind, categories=categories, cells=tuple(cells), **more)


def cell(item, where="Figure 1", **more):
    return Cell(item=item, where=where, **more)


def read(cells, respondents=49, **more):
    found = audit(small_survey(question(cells, **more), respondents=respondents))
    return {(reading.counts, reading.missing) for reading in found.feasible("q")}


def percents(values, categories=CATEGORIES, where="Figure 1"):
    return [cell(category, where, percent=value) for category, value in zip(categories, values, strict=True)]


def test_police_knowledge():
    cells = [
        *percents(["6", "41", "35", "14", "4"], where="Figure 7"),
        cell(("none", "poor"), "Awareness", percent="47"),
        cell("excellent", "Awareness", words="only one worker", count=1),
    ]
    found = audit(small_survey(question(cells))).feasible("q")
    assert {(one.counts, one.missing, one.cells_set_aside) for one in found} == {
        ((3, 20, 17, 7, 2), 0, ("q/excellent @ Awareness",)),
        ((3, 20, 17, 7, 1), 1, ("q/excellent @ Figure 7",)),
    }


def test_awareness_leaves_one_respondent_open():
    cells = [
        cell("poor", percent="71", count=35),
        cell("fair", percent="20", count=10),
        cell("good", percent="6", count=3),
    ]
    assert read(cells) == {((1, 35, 10, 3, 0), 0), ((0, 35, 10, 3, 1), 0), ((0, 35, 10, 3, 0), 1)}


def test_gender_trends():
    names = ("no comment", "no trends", "other", "boys", "girls")
    cells = [
        cell("no comment", "Gender", percent="24", count=11),
        cell("no trends", "Gender", percent="27", count=13),
        cell("other", "Gender", percent="18", count=9),
        cell("boys", "Gender", words="only one respondent"),
        cell("girls", "Gender", words="nearly a third", count=15),
        *percents(["24", "27", "18", "1", "29"], names),
    ]
    assert read(cells, categories=names, kind="open-coded", exclusive=True) == {
        ((11, 13, 9, 1, 15), 0),
        ((12, 13, 9, 1, 14), 0),
        ((11, 13, 9, 1, 14), 1),
    }


def test_a_percentage_that_nothing_allows_is_softened_but_still_binds():
    names = ("0-5", "6-10", "11-15", "16-17")
    assert read(percents(["8", "30", "41", "21"], names), respondents=24, categories=names) == {((2, 7, 10, 5), 0)}
    assert read([cell("poor", percent="43")], respondents=36, kind="multiple", categories=("poor",)) == {
        ((15,), 0),
        ((16,), 0),
    }


def test_largest_remainders_rescue_a_complete_set():
    names = ("a", "b", "c")  # 1 of 3 each: 33, 33, 34 sums to 100 though 34 is no rounding of 33.3 to the nearest
    assert read(percents(["33", "33", "34"], names), respondents=3, categories=names) == {((1, 1, 1), 0)}


def test_several_answers_are_independent_but_for_printed_sums():
    names = ("a", "b", "c")
    cells = [cell("a", percent="50"), cell("b", count=40), cell("a", "Text", count=24), cell("c", words="none")]
    found = read(cells, categories=names, kind="multiple", respondents=48)
    assert found == {((24, 40, 0), 0)}
    tied = [cell("a", count=3), cell("b", count=4), cell(("a", "b"), count=8)]
    assert read(tied, categories=("a", "b"), kind="multiple") == {((3, 4), 0), ((3, 5), 0), ((4, 4), 0)}


def test_pick_totals_bind():
    names = ("a", "b", "c")
    assert read(
        [cell("a", count=20), cell("b", count=30)], categories=names, kind="pick", chosen=2, respondents=30
    ) == {((20, 30, c), 0) for c in range(11)}
    cells = [cell("a", count=20), cell("b", count=30), cell("c", words="less than half")]
    assert read(cells, categories=names, kind="pick", chosen=2, respondents=30) == {((20, 30, 10), 0)}


def test_unlabelled_values_are_assigned_in_every_way():
    names = ("a", "b", "c")
    assert read([cell(names, unlabelled=("50", "30", "20"))], categories=names, kind="single", respondents=10) == {
        (way, 0) for way in permutations((5, 3, 2))
    }
    known = [cell(names, unlabelled=("50", "30", "20")), cell("a", "Text", count=3)]
    assert read(known, categories=names, kind="single", respondents=10) == {((3, 5, 2), 0), ((3, 2, 5), 0)}


def test_too_many_ways_give_each_answer_every_value():
    names = tuple("abcdefgh")
    values = ("80", "70", "60", "50", "40", "30", "20", "10")
    found = audit(small_survey(question([cell(names, unlabelled=values)], names, "multiple"), respondents=10))
    assert not found.listed("q")
    readings = [reading.counts for reading in found.feasible("q")]
    assert all(sorted(counts) == list(range(1, 9)) for counts in readings)
    for place in range(8):
        assert {min(counts[place] for counts in readings), max(counts[place] for counts in readings)} == {1, 8}
        assert found.counts_of("q", names[place]) == tuple(range(1, 9))


def test_a_subgroup_and_the_rest():
    group = Group(question="age", item="under 30")
    age = Question(
        id="age",
        label="age",
        kind="ordinal",
        categories=("under 30", "30 and over"),
        cells=(cell("under 30", count=7),),
    )
    cells = [cell("poor", percent="71", count=35), cell("poor", "Text", words="all seven", among=group)]
    found = audit(small_survey(age, question(cells)))
    assert found.complement("q", "poor", group) == (((7, 7), (28, 42)),)
    assert [one.counts for one in found.book.readings("q", group)] == [(0, 7, 0, 0, 0)]
    assert found.base("q", group) == 7
    assert found.counts_of("q", "poor", group) == (7,)


def test_a_subgroup_that_contradicts_the_total_has_no_complement():
    group = Group(question="age", item="under 30")
    age = Question(
        id="age",
        label="age",
        kind="ordinal",
        categories=("under 30", "30 and over"),
        cells=(cell("under 30", count=7),),
    )
    found = audit(small_survey(age, question([cell("poor", count=3), cell("poor", "Text", count=7, among=group)])))
    assert found.counts_of("q", "poor", group) == (7,)
    assert found.complement("q", "poor", group) == ()
    assert "subgroup-within-total" in {finding.code for finding in found.findings if finding.verdict == "inconsistent"}


def test_a_nested_base_follows_from_the_group():
    whole = Question(
        id="all",
        label="all",
        kind="yes-no",
        cells=(cell("yes", percent="50"), cell("yes", "Text", words="more than half")),
    )
    nested = question([cell("poor", percent="100")], among=Group(question="all", item="yes"))
    found = audit(small_survey(whole, nested, respondents=400))
    assert found.counts_of("all", ["yes"]) == (201, 202)
    assert found.base("q") == (201, 202)
    assert {one.counts[1] for one in found.feasible("q")} == {200, 201, 202}


def test_a_battery_gives_ranges_and_values_without_labels():
    ids = ("q1", "q2")
    asked = [Question(id=name, label=name, kind="ordinal", categories=("low", "mid", "high")) for name in ids]
    battery = Battery(
        id="both",
        label="both",
        questions=ids,
        cells=(
            BatteryCell(item=("low", "mid", "high"), where="Figure 2", unlabelled=("10", "30", "60", "20", "20", "60")),
            BatteryCell(item="low", where="Text", range=("20", "30")),
        ),
    )
    found = audit(small_survey(*asked, respondents=10, battery=(battery,)))
    expected = {counts for counts in product((1, 2, 3, 6), repeat=3) if sum(counts) == 10 and 2 <= counts[0] <= 3}
    assert {one.counts for one in found.feasible("q1")} == expected


def test_where_nothing_is_printed_everything_is_feasible():
    found = audit(small_survey(question([]), respondents=3))
    assert len(found.feasible("q")) == 56  # six places for three respondents: 8 choose 5
    wide = audit(small_survey(question([])))
    assert not wide.listed("q")
    for place in range(5):
        assert {min(o.counts[place] for o in wide.feasible("q")), max(o.counts[place] for o in wide.feasible("q"))} == {
            0,
            49,
        }


def test_unknown_names():
    found = audit(small_survey(question([])))
    with pytest.raises(UnknownName, match="'q'"):
        found.feasible("police")
    with pytest.raises(UnknownName, match="excellent"):
        found.counts_of("q", "superb")


LOOSE = ("more than half", "less than 50%")


def has_a_say(words, facts):
    """Whether loose words agree with a number printed of the same answers, or no number is printed of them."""
    numbers = [fact for fact in facts if fact.members == words.members and fact.kind in ("count", "percent")]
    counts = {n for low, high in words.ranges for n in range(low, high + 1)}
    return not numbers or any(low <= n <= high for fact in numbers for low, high in fact.ranges for n in counts)


def brute(cells, base, size, kind, *, complete):
    """Every vector that meets the most facts, a value given to an answer being one; and those that leave nobody out.

    Of the vectors that meet the same facts, those in which everybody answered, if the list is complete and there are.
    """
    asked = question(cells, CATEGORIES[:size], kind)
    facts, groups = facts_of(asked, cells, base), unlabelled_of(asked, cells, base)
    facts = [fact for fact in facts if fact.value not in LOOSE or has_a_say(fact, facts)]
    holds = {
        (value, count): any(low <= count <= high for low, high in percent_ranges(value, base)[0])
        for group in groups
        for value in group.values
        for count in range(base + 1)
    }
    ways = [
        [tuple(zip(order, group.values, strict=False)) for order in permutations(group.members, len(group.values))]
        for group in groups
    ]
    ways = [tuple(pair for way in some for pair in way) for some in product(*ways)]
    best, found = -1, {}
    for counts in product(range(base + 1), repeat=size):
        if kind == "single" and sum(counts) > base:
            continue
        labelled = frozenset(place for place, fact in enumerate(facts) if fact.holds(counts))
        for way in ways:
            given = tuple(sorted(pair for pair in way if holds[pair[1], counts[pair[0]]]))
            met = len(labelled) + len(given)
            if met > best:
                best, found = met, {}
            if met == best:
                found.setdefault((labelled, given), set()).add(counts)
    full = [{counts for counts in some if sum(counts) == base} for some in found.values()]
    kept = [
        one if kind == "single" and complete and one else some for one, some in zip(full, found.values(), strict=True)
    ]
    return set().union(*kept), set().union(*found.values())


@st.composite
def small_tables(draw):
    size = draw(st.integers(2, 4))
    base = draw(st.integers(1, 12 if size < 4 else 6))
    items = CATEGORIES[:size]
    percents = st.one_of(st.integers(0, 100), st.integers(0, base).map(lambda n: round(100 * n / base))).map(str)
    cells = []
    for number in range(draw(st.integers(1, 5))):
        chosen = draw(st.lists(st.sampled_from(items), min_size=1, max_size=3, unique=True))
        told = draw(
            st.sampled_from(["percent", "count", "words", "unlabelled"]).flatmap(
                lambda kind, chosen=chosen: {
                    "percent": percents.map(lambda value: {"percent": value}),
                    "count": st.integers(0, base).map(lambda value: {"count": value}),
                    "words": st.sampled_from(
                        ["half", "a third", "more than half", "one", "less than 50%", "none", "all but one"]
                    ).map(lambda value: {"words": value}),
                    "unlabelled": st.lists(percents, min_size=1, max_size=len(chosen)).map(
                        lambda values: {"unlabelled": tuple(values)}
                    ),
                }[kind]
            )
        )
        cells.append(cell(chosen[0] if len(chosen) == 1 else tuple(chosen), f"Figure {number}", **told))
    return cells, base, size, draw(st.sampled_from(["single", "multiple"]))


def sums_of(size):
    return [items for number in range(1, size + 1) for items in combinations(range(size), number)]


@given(small_tables())
def test_readings_are_all_vectors_that_meet_a_largest_set_of_facts(table):
    cells, base, size, kind = table
    complete = {item for one in cells for item in one.items} == set(CATEGORIES[:size])
    asked = question(cells, CATEGORIES[:size], kind)
    found = audit(small_survey(asked, respondents=base))
    expected, _ = brute(cells, base, size, kind, complete=complete)
    readings = found.feasible("q")
    if found.listed("q"):
        assert {one.counts for one in readings} == expected
    else:
        assert {one.counts for one in readings} <= expected
    for members in sums_of(size):
        values = {sum(counts[i] for i in members) for counts in expected}
        told = found.counts_of("q", [CATEGORIES[i] for i in members])
        assert values <= set(told)
        assert (told[0], told[-1]) == (min(values), max(values))
        if found.listed("q") or len(members) == 1:
            assert set(told) == values
    for one in readings:
        facts = facts_of(asked, cells, base)
        aside = {name for fact in facts if not fact.holds(one.counts) for name in fact.cells}
        assert aside <= set(one.cells_set_aside)
        assert one.missing == (base - sum(one.counts) if kind == "single" else 0)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(small_tables())
def test_bounds_hold_every_reading_where_the_searches_are_cut_short(table):
    cells, base, size, kind = table
    complete = {item for one in cells for item in one.items} == set(CATEGORIES[:size])
    expected, whole = brute(cells, base, size, kind, complete=complete)
    caches = (largest.reach, largest._searched, largest._vectors)
    with pytest.MonkeyPatch.context() as patch:
        for module, name, most in (
            (largest, "MOST_CHOICES", 1),
            (largest, "MOST_READINGS", 2),
            (readings_module, "MOST_READINGS", 2),
            (systems, "MOST_NODES", 1),
        ):
            patch.setattr(module, name, most)
        for cache in caches:
            cache.cache_clear()
        book = Book(small_survey(question(cells, CATEGORIES[:size], kind), respondents=base))
        shown = book.readings("q")
        for members in sums_of(size):
            values = {sum(counts[i] for i in members) for counts in expected}
            told = book.counts_of("q", [CATEGORIES[i] for i in members])
            assert values <= set(told)
            assert {told[0], told[-1]} <= {sum(counts[i] for i in members) for counts in whole}
            if len(members) == 1:
                mine = [one.counts[members[0]] for one in shown]
                assert min(mine) <= min(values)
                assert max(mine) >= max(values)
    for cache in caches:
        cache.cache_clear()


def test_all_ways_to_give_six_values_to_six_answers_one_of_them_known():
    names = tuple("abcdef")
    values = ("43", "49", "50", "51", "53", "54")
    cells = [cell("e", "Text", count=50), cell(names, unlabelled=values)]
    found = audit(small_survey(question(cells, names, "multiple"), respondents=100))
    assert found.listed("q")
    assert len(found.feasible("q")) == 120
    assert {one.counts[4] for one in found.feasible("q")} == {50}
    for name in "abcdf":
        assert found.counts_of("q", name) == (43, 49, 51, 53, 54)


def test_bounds_of_more_ways_than_are_listed_are_those_of_all_of_them():
    names = tuple("abcdefgh")
    values = tuple(str(value) for value in range(10, 90, 10))
    cells = [cell("a", "Text", count=8), cell(("b", "c"), "Text", count=3), cell(names, unlabelled=values)]
    found = audit(small_survey(question(cells, names, "multiple"), respondents=10))
    assert found.counts_of("q", "a") == (8,)
    assert found.counts_of("q", "b") == (1, 2)
    assert found.counts_of("q", "h") == (3, 4, 5, 6, 7)
    total = found.counts_of("q", ("d", "h"))
    assert (total[0], total[-1]) == (7, 13)
    assert "values-without-labels" in {finding.code for finding in found.findings}


def test_a_sum_that_print_does_not_bound_reaches_its_ends():
    names = tuple("abcdef")
    cells = [cell(("d", "e", "f"), percent="40")]
    found = audit(small_survey(question(cells, names, "single"), respondents=50))
    told = found.counts_of("q", ("a", "d", "e", "f"))
    assert told == tuple(range(20, 51))


@pytest.mark.slow
def test_ten_sums_of_twelve_answers_are_searched_to_the_end():
    names = tuple(f"c{number}" for number in range(12))
    sums = {"1 3 6 7 10": 51, "6 11": 21, "0 1 2 3 4 7": 66, "0 11": 20, "0 3 4 6 10 11": 65, "7 8 11": 33}
    sums |= {"3 5 10": 22, "0 1 4 6 8": 40, "1 4 10": 31, "6 8 10 11": 26}
    cells = [
        cell(tuple(f"c{number}" for number in told.split()), f"T{place}", percent=str(value))
        for place, (told, value) in enumerate(sums.items())
    ]
    found = audit(small_survey(question(cells, names, "single"), respondents=1000))
    assert not [finding for finding in found.findings if finding.verdict == "inconsistent"]
    # these counts meet all ten, so print does not contradict itself
    counts = (18, 120, 0, 217, 187, 0, 37, 123, 33, 0, 8, 178)
    for told, value in sums.items():
        assert abs(sum(counts[int(number)] for number in told.split()) - 10 * value) <= 5
    for place, count in enumerate(counts):
        assert found.counts_of("q", names[place])[0] <= count <= found.counts_of("q", names[place])[-1]


WINDOWS = st.tuples(st.integers(0, 4), st.integers(0, 3)).map(lambda pair: ((pair[0], pair[0] + pair[1]),))


@settings(max_examples=5 * settings.default.max_examples)
@given(st.data())
def test_one_limit_on_windows_is_solved_without_a_search(data):
    domains = tuple(data.draw(st.lists(WINDOWS, min_size=1, max_size=4)))
    some = st.sets(st.sampled_from(range(len(domains))), min_size=1).map(lambda found: tuple(sorted(found)))
    members, low, width = data.draw(some), data.draw(st.integers(0, 14)), data.draw(st.integers(0, 4))
    limits = data.draw(st.sampled_from([(), (systems.Limit(members, low, low + width),)]))
    limits *= data.draw(st.integers(1, 2))  # said twice is said once
    system = systems.System(domains, limits)
    ways = [
        way
        for way in product(*(range(one[0][0], one[0][1] + 1) for one in domains))
        if all(limit.low <= sum(way[i] for i in limit.members) <= limit.high for limit in limits)
    ]
    assert list(systems.solutions(system)) == ways
    chosen = data.draw(some)
    for greatest in (False, True):
        found = systems.extreme(system, chosen, greatest=greatest)
        if not ways:
            assert found is None
            continue
        assert found in ways
        assert sum(found[i] for i in chosen) == (max if greatest else min)(sum(way[i] for i in chosen) for way in ways)


@pytest.mark.slow
def test_a_question_of_a_hundred_answers_is_quick(within):
    names = tuple(f"a{i}" for i in range(100))
    cells = [cell(name, percent="1.0") for name in names]
    with within(2):  # about 0.3 on an idle machine; a search took 36
        found = audit(small_survey(question(cells, names, kind="single"), respondents=5000))
        assert found.counts_of("q", "a7") == tuple(range(48, 53))
