"""Groups of people where print leaves the totals so open that not every way to choose sizes is gone through."""

import random
from itertools import product

import numpy as np
import pytest

from csea_stats.auditing.audit import audit
from csea_stats.results.values import Hull
from csea_stats.survey.loading import load_survey
from csea_stats.survey.survey import Cell, Group, Question
from csea_stats.workflow import estimate
from tests.auditing.made import small_survey
from tests.survey_files import survey_text

FOUND = ("group-sizes", "subgroup-within-total", "nested-base", "base-above-respondents")


def cell(item, among=None, **told):
    return Cell(item=item, where="T", among=None if among is None else Group(question="site", item=among), **told)


def codes(*questions, respondents="not printed"):
    found = audit(small_survey(*questions, respondents=respondents)).findings
    return [one.code for one in found if one.verdict == "inconsistent"]


def site(**more):
    values = {"categories": ("m", "q"), "cells": (), "partial": True}
    return Question(id="site", label="Site", kind="single", **(values | more))


def asked(*cells, **more):
    return Question(id="sat", label="Satisfied", kind="yes-no", cells=cells, **more)


def test_a_file_with_a_group_larger_than_all_who_answered(tmp_path):
    text = """
[[question]]
id = "site"
label = "Site"
kind = "single"
answers = ["m", "q"]
partial = true
where = "T"
[[question]]
id = "sat"
label = "Satisfied"
kind = "yes-no"
base = 60
where = "T"
cells = [ { item = "yes", count = 21, base = 70, among = { question = "site", item = "m" } } ]
"""
    path = tmp_path / "small.toml"
    path.write_text(survey_text(text, respondents='"not printed"'), encoding="utf-8")
    (finding,) = [one for one in audit(load_survey(path)).findings if one.verdict == "inconsistent"]
    assert (finding.code, finding.printed) == ("group-sizes", "70 among site = m; 60 in all")


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("cells", "base", "expected"),
    [
        ([cell("yes", "m", count=21, base=61)], 60, ["group-sizes"]),
        ([cell("yes", "m", count=21, base=60)], 60, []),
        ([cell("yes", "m", count=21, base=40), cell("yes", "q", count=2, base=21)], 60, ["group-sizes"]),
        ([cell("yes", "m", count=21, base=40), cell("yes", "q", count=2, base=20)], 60, []),
        ([cell("yes", count=20), cell("yes", "m", count=21, base=40)], 60, ["subgroup-within-total"]),
        ([cell("yes", count=20), cell("yes", "m", count=21)], None, ["subgroup-within-total"]),
        (
            [cell("yes", count=20), cell("yes", "m", count=15), cell("yes", "q", count=6)],
            None,
            ["subgroup-within-total"],
        ),
        ([cell("yes", count=20), cell("yes", "m", count=15), cell("yes", "q", count=5)], None, []),
        ([cell("yes", count=42), cell("yes", "m", count=21, base=40)], 60, ["subgroup-within-total"]),
        ([cell("yes", count=41), cell("yes", "m", count=21, base=40)], 60, []),
    ],
)
def test_what_no_sizes_leave_room_for_is_found(cells, base, expected):
    assert codes(site(), asked(*cells, base=base)) == expected


def test_a_base_above_any_that_the_missing_answers_leave():
    base = {"missing": "some"}
    assert (
        codes(site(), asked(cell("yes", percent="40"), cell("yes", "m", count=9, base=499), **base), respondents=500)
        == []
    )
    found = codes(
        site(), asked(cell("yes", percent="40"), cell("yes", "m", count=9, base=500), **base), respondents=500
    )
    assert found == ["group-sizes"]


def test_many_people_who_are_not_counted_are_no_limit():
    """The largest number that print names is no number of respondents."""
    cells = [cell("yes", "m", count=900, base=3000), cell("yes", "q", count=800, base=4000)]
    assert codes(site(), asked(*cells)) == []


def test_two_ends_stand_for_all_between_where_nothing_says_how_many_there_are():
    found = audit(small_survey(site(), asked(cell("yes", "m", percent="40")), respondents="not printed"))
    among = Group(question="site", item="m")
    least = next(n for n in range(1, 100) if any(abs(200 * x - 80 * n) <= n for x in range(n + 1)))
    assert found.base("sat", among) == (least, 2000)
    pairs = found.pairs("sat", "yes", among)
    assert (pairs[0], pairs[-1]) == ((2, least), (810, 2000))
    assert isinstance(found.book.bases("sat", among), Hull)


def made(rng):
    """Yes of two groups of people and of all, where some are in neither group, with what print says of it."""
    sizes, others = [rng.randint(1, 30) for _ in "mq"], rng.randint(0, 12)
    counts, rest = [rng.randint(0, size) for size in sizes], rng.randint(0, others)
    printed = {
        "bases": [size if rng.random() < 0.7 else None for size in sizes],
        "counts": [count if rng.random() < 0.8 else None for count in counts],
        "base": sum(sizes) + others if rng.random() < 0.6 else None,
        "total": sum(counts) + rest if rng.random() < 0.7 else None,
    }
    for place in (0, 1):  # a base stands beside a number of its people
        if printed["counts"][place] is None:
            printed["bases"][place] = None
    return printed


def changed(rng, printed):
    again = {key: list(value) if isinstance(value, list) else value for key, value in printed.items()}
    places = [(key, None) for key in ("base", "total") if again[key] is not None]
    places += [(key, place) for key in ("bases", "counts") for place in (0, 1) if again[key][place] is not None]
    if places:
        key, place = rng.choice(places)
        if place is None:
            again[key] = max(again[key] + rng.choice([-15, -6, 6, 15]), 1)
        else:
            again[key][place] = max(again[key][place] + rng.choice([-15, -6, 6, 15]), 1)
    return again


def possible(printed):
    """Whether some groups of people have it, by trying the bases and counts that print leaves open."""
    most = 80
    bases = [[base] if base is not None else range(most) for base in printed["bases"]]
    counts = [[count] if count is not None else range(most) for count in printed["counts"]]
    for m, q in product(*bases):
        base = printed["base"]
        if base is not None and m + q > base:
            continue
        left = most if base is None else base - m - q
        low = [min((x for x in some if x <= size), default=None) for some, size in zip(counts, (m, q), strict=True)]
        high = [max((x for x in some if x <= size), default=None) for some, size in zip(counts, (m, q), strict=True)]
        if None in low:
            continue
        if printed["total"] is None or sum(low) <= printed["total"] <= sum(high) + left:
            return True
    return False


def encoded(printed):
    cells = [cell("yes", count=printed["total"])] if printed["total"] is not None else []
    cells += [
        cell("yes", name, count=count, base=base)
        for name, count, base in zip("mq", printed["counts"], printed["bases"], strict=True)
        if count is not None
    ]
    return site(), asked(*cells, base=printed["base"])


def check(seed):
    rng = random.Random(seed)
    printed = made(rng)
    assert possible(printed)
    assert codes(*encoded(printed)) == [], (seed, printed)
    wrong = changed(rng, printed)
    detectable = not possible(wrong)
    assert bool(codes(*encoded(wrong))) == detectable, (seed, wrong)
    return detectable


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", range(12))
def test_what_brute_force_refuses_is_found_and_nothing_else(seed):
    check(seed)


@pytest.mark.sizes("number", slow=120, long=600)
def test_hundreds_of_open_totals(number):
    results = [check(seed) for seed in range(1_000, 1_000 + number)]
    assert min(results.count(True), results.count(False)) > number / 12


def accused(*questions, respondents):
    found = audit(small_survey(*questions, respondents=respondents))
    assert not [one for one in found.findings if one.verdict == "inconsistent"]
    return found


def test_values_without_labels_narrow_a_base_that_is_not_printed():
    values = ("2.0", "1.0", "9.6", "61.1", "0.4", "3.9", "46.0")  # of 3,068
    names = tuple("abcdefg")
    cells = (Cell(item=names, where="F", unlabelled=values, status="unlabelled"),)
    question = Question(id="q", label="Q", kind="multiple", base="not printed", categories=names, cells=cells)
    bases = accused(question, respondents=3_124).base("q")
    assert 96 < bases[0] <= 3_068 <= bases[-1]


def test_a_list_narrows_a_base_that_is_not_printed():
    cells = (Cell(item="a", where="T", count=116), Cell(item="b", where="T", percent="50.0"))
    question = Question(
        id="q", label="Q", kind="pick", chosen=1, base="not printed", categories=("a", "b"), cells=cells
    )
    assert accused(question, respondents=400).base("q") == 232


@pytest.mark.parametrize(
    ("cells", "base"),
    [
        ((cell("yes", count=3_062, percent="63.46"),), 4_825),  # a count with its percentage leaves its base
        ((cell("yes", count=1_677),), 4_585),  # nothing more is told of how many answered
    ],
)
def test_of_people_without_number_more_than_the_largest_count_may_have_answered(cells, base):
    bases = accused(asked(*cells), respondents="not printed").base("sat")
    assert bases[0] <= base <= bases[-1] if isinstance(bases, Hull) else base in np.atleast_1d(bases)


def test_who_answered_of_a_group_need_not_be_all_of_it():
    radio = Group(question="heard", item="radio")
    heard = Question(
        id="heard",
        label="Heard",
        kind="multiple",
        categories=("radio", "tv"),
        cells=(Cell(item="radio", where="T", range=("37.5", "50.0")),),
    )
    cells = [("a", {"percent": "50.0"}), ("b", {"count": 2})]
    question = Question(
        id="q",
        label="Q",
        kind="multiple",
        categories=("a", "b"),
        missing="some",
        cells=tuple(Cell(item=item, where="T", among=radio, base="not printed", **told) for item, told in cells),
    )
    assert 6 in accused(heard, question, respondents=8).counts_of("q", "a")  # 1 of 2 of the three, 5 of all others


def test_more_answers_than_people_in_a_group_are_no_share():
    names = ("a", "b", "c")
    cells = [Cell(item=one, where="T", count=8) for one in names]
    cells += [cell("a", "m", count=4, base=5), cell(("a", "b"), "m", count=8, base=5)]
    question = Question(id="q", label="Q", kind="multiple", categories=names, cells=tuple(cells))
    sites = site(cells=(cell("m", count=5), cell("q", count=5)), partial=False)
    survey = small_survey(sites, question, respondents=10)
    assert not [one for one in estimate(survey) if one.item.startswith("a or b among")]


def test_a_question_of_some_may_have_more_answers_than_any_number_that_is_printed():
    """141 are 5.3% of 2,635 to 2,686, of whom all are 81% of everybody."""
    everybody = Question(
        id="site",
        label="Site",
        kind="ordinal",
        categories=("m", "q", "r"),
        missing="some",
        cells=(cell("q", percent="18.0"), cell("r", percent="1")),
    )
    some = Question(
        id="sat",
        label="Satisfied",
        kind="ordinal",
        categories=("no", "yes"),
        base="not printed",
        among=Group(question="site", item="m"),
        cells=(cell("no", percent="95"), cell("yes", percent="5.3", count=141)),
    )
    assert codes(everybody, some) == []


def test_bases_below_a_printed_count_do_not_use_up_the_search():
    """Of a base that is not printed the smallest that fits is looked for from 9,000 on, not from 1."""
    question = Question(
        id="q",
        label="Q",
        kind="multiple",
        base="not printed",
        categories=("a", "b"),
        cells=(cell("a", count=9_000), cell("b", percent="33.3")),
    )
    found = audit(small_survey(question, respondents="not printed"))
    assert [one for one in found.findings if one.verdict == "inconsistent"] == []
    assert min(found.base("q")) == 9_000
