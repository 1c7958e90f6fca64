"""Values without labels shared out among questions: every assignment counted out, and what it leaves."""

import itertools
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.auditing import assignments as module
from csea_stats.auditing.assignments import Attained, BatteryQuestion, UnlabelledValues, assigned, assignments, fits
from csea_stats.auditing.audit import audit
from csea_stats.auditing.facts import PrintedFact, percent_ranges
from csea_stats.auditing.printed_tables import Book
from csea_stats.survey.source import Source, TargetWords
from csea_stats.survey.survey import Battery, BatteryCell, Question, Survey


def at_most(members, high, base):
    return PrintedFact(members=members, kind="range", value="", base=base, ranges=((0, high),), cells=())


def sheet_of(tables, base, facts=None, attained=(), windows=None):
    """The sheet of a true table: its counts printed without labels."""
    printed = Counter(count for row in tables for count in row)
    values = tuple(sorted(printed))
    ranges = tuple((windows or {}).get(value, ((value, value),)) for value in values)
    rows = tuple(
        BatteryQuestion(name=f"q{place}", base=base, ranges=ranges, facts=facts[place] if facts else ())
        for place in range(len(tables))
    )
    return UnlabelledValues(
        values=tuple(map(str, values)),
        copies=tuple(printed[value] for value in values),
        answers=len(tables[0]),
        rows=rows,
        attained=attained,
    )


def brute(sheet):
    """Every assignment, by trying every distinct order of the values."""
    flat = [place for place, number in enumerate(sheet.copies) for _ in range(number)]
    found = []
    for order in set(itertools.permutations(flat)):
        rows = [order[i : i + sheet.answers] for i in range(0, len(flat), sheet.answers)]
        tables = [tuple(sheet.rows[0].ranges[place][0][0] for place in row) for row in rows]
        if any(sum(one) != sheet.rows[0].base for one in tables):
            continue
        if not all(fact.holds(one) for one, row in zip(tables, sheet.rows, strict=True) for fact in row.facts):
            continue
        if all(
            any(end[0] <= sum(one[i] for i in ends.members) <= end[1] for one in tables)
            for ends in sheet.attained
            for end in (ends.lowest, ends.highest)
        ):
            found.append(tuple(tables))
    return found


@st.composite
def true_answers(draw):
    answers = draw(st.integers(2, 3))
    questions = draw(st.integers(2, 3 if answers == 2 else 2))
    base = draw(st.integers(4, 9))
    tables = []
    for _ in range(questions):
        cuts = sorted(draw(st.integers(0, base)) for _ in range(answers - 1))
        tables.append(tuple(b - a for a, b in itertools.pairwise((0, *cuts, base))))
    return tuple(tables), base


@given(true_answers(), st.booleans(), st.booleans())
def test_every_assignment_and_no_other(drawn, with_facts, with_ends):
    tables, base = drawn
    sums = [one[0] for one in tables]
    facts = tuple((at_most((0,), max(sums), base),) for _ in tables) if with_facts else None
    if with_facts and len(set(tables)) > 1:  # one question of which more is known than of the others
        facts = (*facts[:-1], (at_most((0, 1), sum(tables[-1][:2]), base),))
    ends = (Attained(members=(0,), lowest=(min(sums),) * 2, highest=(max(sums),) * 2),) if with_ends else ()
    sheet = sheet_of(tables, base, facts, ends)
    found, wanted = assignments(sheet), brute(sheet)
    assert found.number == len(wanted)
    assert tables in wanted
    for row in range(len(tables)):
        assert found.vectors(row) == tuple(sorted({one[row] for one in wanted}))
        assert found.counts(row, (0,)) == tuple(sorted({one[row][0] for one in wanted}))
    assert found.pairs((0, 1), (0,)) == tuple(sorted({(one[0][0], one[1][0]) for one in wanted}))
    assert found.pairs((1, 0), (1,)) == tuple(sorted({(one[1][1], one[0][1]) for one in wanted}))
    spread = {(min(row[0] for row in one), max(row[0] for row in one)) for one in wanted}
    assert found.spread((0,)) == tuple(sorted(spread))


@given(true_answers())
def test_knowing_less_never_leaves_less(drawn):
    """Wider windows for the counts, or one value fewer known exactly: no vector is lost."""
    tables, base = drawn
    sharp = assignments(sheet_of(tables, base))
    windows = {value: ((max(value - 1, 0), value + 1),) for value in {count for row in tables for count in row}}
    wide = assignments(sheet_of(tables, base, windows=windows))
    for row in range(len(tables)):
        assert set(sharp.vectors(row)) <= set(wide.vectors(row))


@given(st.lists(st.integers(0, 31), min_size=1, max_size=20), st.data())
def test_bundles_fit_copy_by_copy(copies, data):
    used = [data.draw(st.integers(0, 2 * number)) for number in copies]
    full, taken = module._pack(copies), module._pack(used)
    assert fits(full, taken) == all(one <= most for one, most in zip(used, copies, strict=True))


def test_too_much_to_go_through(monkeypatch):
    sheet = sheet_of(((1, 2, 3), (0, 2, 4), (3, 3, 0)), 6)
    assert assignments(sheet).number > 0
    for steps in (2, 12):
        monkeypatch.setattr(module, "MOST_STEPS", steps)
        assert assignments(sheet) is None


def test_ends_that_nothing_attains_are_told_and_not_forced():
    ends = (Attained(members=(0,), lowest=(1, 1), highest=(4, 4)),)
    found, attained = assigned(sheet_of(((1, 5), (1, 5)), 6, attained=ends))
    assert (found.number, attained) == (4, False)


# ---------------------------------------------------------------- the audit


@pytest.fixture(scope="module")
def found(shipped_audit):
    return shipped_audit


def test_figure_9(found):
    """Counted once more by another route: questions' vectors joined pair by pair."""
    battery = next(one for one in found.survey.battery if one.id == "government-activities")
    ways, attained = found.book.assigned(battery)
    assert attained
    assert ways.number == other_count(battery)
    readings = {one.counts for one in found.feasible("government-funding")}
    assert readings == set(ways.vectors(1))
    assert len(readings) == 1136
    assert found.listed("government-funding")
    told = next(one for one in found.findings if one.code == "battery-assignments")
    assert (told.verdict, told.expected.split()[0]) == ("consistent", f"{ways.number:,}")
    assert ways.spread((0, 1)) == ((23, 28),)


def test_ways_of_one_question_are_told(found):
    told = {one.question: one.expected for one in found.findings if one.code == "values-without-labels"}
    assert told["girls-offender-gender"].endswith("as they are equal, nothing hangs on it")  # both values are the same
    assert told["boys-offender-gender"].endswith("there are 24 ways to assign them")
    figure_6 = math.factorial(19) // math.prod(map(math.factorial, (1, 1, 2, 1, 3, 4, 6, 1)))
    assert told["social-factors"].endswith(f"there are {figure_6:,} ways to assign them")


def other_count(battery):
    """How many assignments, by the ordinary product of pairs of questions over what is used, flags apart."""
    counts = [percent_ranges(value, 49)[0][0][0] for cell in battery.cells for value in cell.unlabelled or ()]
    total = Counter(counts)
    values = sorted(total)
    bundles = []
    for one in itertools.combinations_with_replacement(values, 5):
        if sum(one) == 49 and not Counter(one) - total:
            orders = [o for o in set(itertools.permutations(one)) if 23 <= o[0] + o[1] <= 28]
            sums = Counter((o[0] + o[1] == 23, o[0] + o[1] == 28) for o in orders)
            if sums:
                bundles.append((tuple(one.count(v) for v in values), sums))
    pairs = {}
    for (a, fa), (b, fb) in itertools.product(bundles, bundles):
        used = tuple(x + y for x, y in zip(a, b, strict=True))
        if all(x <= total[v] for x, v in zip(used, values, strict=True)):
            joined = pairs.setdefault(used, Counter())
            for (f, n), (g, m) in itertools.product(fa.items(), fb.items()):
                joined[f[0] or g[0], f[1] or g[1]] += n * m
    full = tuple(total[v] for v in values)
    number = 0
    for used, ways in pairs.items():
        rest = pairs.get(tuple(f - u for f, u in zip(full, used, strict=True)), {})
        number += sum(
            n * m
            for (f, n), (g, m) in itertools.product(ways.items(), rest.items())
            if (f[0] or g[0]) and (f[1] or g[1])
        )
    return number


def test_readings_are_quick_and_those_of_the_audit(found, within):
    with within(0.5):
        readings = Book(found.survey).readings("government-funding")
    assert {one.counts for one in found.feasible("government-funding")} == {one.counts for one in readings}


WORDS = TargetWords(respondents="those", superpopulation="such", population="all")
SOURCE = Source(title="t", publisher=("p",), country="c", year=2020, mode="m", recruitment="r")


def survey_of(values, ends=None, questions=2, answers=("low", "mid", "high")):
    ids = tuple(f"q{place}" for place in range(questions))
    asked = tuple(Question(id=name, label=name, kind="ordinal", categories=answers) for name in ids)
    cells = [BatteryCell(item=answers, where="Figure 2", unlabelled=values)]
    if ends:
        cells.append(BatteryCell(item="low", where="Text", range=ends))
    battery = Battery(id="both", label="both", questions=ids, cells=tuple(cells))
    return Survey(
        format="csea-survey/1",
        id="s",
        title="t",
        respondents=10,
        source=SOURCE,
        targets=WORDS,
        question=asked,
        battery=(battery,),
    )


def codes(found, verdict="inconsistent"):
    return [one.code for one in found.findings if one.verdict == verdict]


def test_values_that_make_the_bases_together_but_not_one_by_one():
    fine = audit(survey_of(("10", "30", "60", "20", "20", "60")))
    assert "battery-assignments" in codes(fine, "consistent")
    together = audit(survey_of(("10", "20", "20", "20", "40", "90")))  # 2 + 4 + 4 would do, with two fours
    assert codes(together) == ["battery-assignments"]
    assert together.feasible("q0")
    assert "none of" in next(one.expected for one in together.findings if one.code == "battery-assignments")


def test_ends_of_a_range_that_no_question_attains():
    off = audit(survey_of(("10", "30", "60", "20", "20", "60"), ("30", "40")))
    assert codes(off) == ["battery-assignments"]
    told = next(one for one in off.findings if one.code == "battery-assignments")
    assert "either end of 30 to 40%" in told.expected or "all that is printed" in told.expected
    fine = audit(survey_of(("10", "30", "60", "20", "20", "60"), ("10", "20")))
    assert not codes(fine)
    assert {one.counts[0] for one in fine.feasible("q0")} == {1, 2}
