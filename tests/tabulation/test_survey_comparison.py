"""One question of two surveys: against the counts by hand, with print left open, and everything that can be wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName

HEAD = """
format = "csea-survey/1"
id = "{id}"
title = "x"
respondents = {n}
source = {{ title = "x", publisher = ["x"], country = "{country}", year = {year}, mode = "{mode}", recruitment = "x" }}
targets = {{ respondents = "the {n}", superpopulation = "people like the {n}", population = "{population}" }}
"""

MOOD = 'id = "mood"\nlabel = "Mood"\nkind = "ordinal"\nwhere = "T"\nanswers = ["bad", "fair", "good"]\n'


@pytest.fixture
def made(tmp_path):
    """Make a survey of some questions."""

    def make(name, *questions, n=40, **source):
        told = {"country": "Here", "year": 2020, "mode": "Paper", "population": "all"} | source
        path = tmp_path / f"{name}.toml"
        text = HEAD.format(id=name, n=n, **told) + "".join(f"[[question]]\n{question}\n" for question in questions)
        path.write_text(text, encoding="utf-8")
        return cs.load_survey(path)

    return make


@pytest.fixture
def two(made):
    first = made("first", MOOD + "counts = { bad = 10, fair = 18, good = 12 }", n=40)
    second = made("second", MOOD + "counts = { bad = 25, fair = 15, good = 20 }", n=60, year=2022)
    return first, second


def limits(estimate):
    return [
        getattr(estimate, kind) and (getattr(estimate, kind).lower, getattr(estimate, kind).upper) for kind in KINDS
    ]


KINDS = ("interval", "companion")


def apart(target):
    """Who took part in one survey tells nothing of the other."""
    if isinstance(target, cs.Population):
        return replace(target, selection=replace(target.selection, correlation=0.0))
    return target


@pytest.mark.slow
def test_shares_and_differences_are_those_of_the_counts(two):
    found = cs.compare_surveys(*two, "mood")
    assert len(found) == 3 * 3 * 5  # answers; first, second, difference; targets
    places = iter(found)
    for answer, (x, y) in {"bad": (10, 25), "fair": (18, 15), "good": (12, 20)}.items():
        for name, (count, base) in {"Here, 2020": (x, 40), "Here, 2022": (y, 60)}.items():
            for by_hand in cs.proportion(count, base, target=cs.TIERS, threshold=None):
                share = next(places)
                assert (share.question, share.item, share.estimand) == ("mood", f"{answer} in {name}", "share")
                assert (share.value, share.counts, share.base) == (by_hand.value, by_hand.counts, by_hand.base)
                assert limits(share) == limits(by_hand)
        for target in cs.TIERS:
            gap = next(places)
            by_hand = cs.difference((x, 40), (y, 60), target=apart(target))
            assert (gap.item, gap.estimand) == (f"{answer}: Here, 2020 minus Here, 2022", "difference")
            assert (gap.value, gap.probability) == (by_hand.value, by_hand.probability)
            assert limits(gap) == limits(by_hand)
            assert gap.verdict.word == by_hand.verdict.word
    assert next(places, None) is None


def test_exchanged_surveys_exchange_signs(two):
    one, other = (
        cs.compare_surveys(*pair, "mood", answers={"bad": "bad"}).where(target=cs.Superpopulation)[-1]
        for pair in (two, two[::-1])
    )
    assert one.interval.lower == pytest.approx(-other.interval.upper, abs=1e-9)
    assert one.interval.upper == pytest.approx(-other.interval.lower, abs=1e-9)


@pytest.mark.slow
def test_every_count_that_print_allows_is_carried_with_its_own_base(made):
    first = made(
        "first", MOOD + 'percents = { bad = "25.0", fair = "45.0", good = "30.0" }\nbase = "not printed"', n=45
    )
    second = made("second", MOOD + 'percents = { bad = "42", fair = "25", good = "33" }', n=300)
    found = cs.compare_surveys(first, second, "mood").where(target=cs.Superpopulation)
    share, gap = found[0], found[2]
    pairs = cs.audit(first).pairs("mood", "bad")
    others = cs.audit(second).pairs("mood", "bad")
    assert len(pairs) > 1
    assert len(others) > 1
    assert share.counts == tuple((x,) for x, _ in sorted(pairs, key=lambda pair: pair[::-1]))
    hull = [cs.difference(one, other).interval for one in pairs for other in others]
    assert gap.interval.lower == pytest.approx(min(one.lower for one in hull), abs=1e-7)
    assert gap.interval.upper == pytest.approx(max(one.upper for one in hull), abs=1e-7)
    assert gap.value is None
    assert gap.bounds == pytest.approx((0.25 - max(x / n for x, n in others), 0.25 - min(x / n for x, n in others)))


@pytest.mark.slow
def test_a_verdict_needs_every_count_of_both(made):
    clear = made("clear", MOOD + "counts = { bad = 30, fair = 5, good = 5 }")
    open_ = made(
        "open", MOOD + "cells = [{ item = ['bad', 'fair'], count = 30 }, { item = 'good', count = 10 }]", year=2021
    )
    told = cs.compare_surveys(clear, open_, "mood")
    assert {estimate.item.split(" in ")[0].split(":")[0] for estimate in told} == {"bad", "fair", "good"}
    gap = next(one for one in told.where(target=cs.Superpopulation) if one.item.startswith("bad:"))
    assert gap.bounds == (0.0, 0.75)
    assert gap.verdict.word == "not settled"


def test_answers_and_questions_of_other_names(made, two):
    other = made(
        "other",
        MOOD.replace('"mood"', '"state"').replace('"bad", "fair"', '"awful", "poor"')
        + "counts = { awful = 9, poor = 11, good = 20 }",
        country="There",
        population="others",
    )
    found = cs.compare_surveys(two[0], other, ("mood", "state"), answers={"bad": "awful + poor"})
    gap = found.where(target=cs.Superpopulation)[-1]
    assert gap.counts == ((10, 20),)
    assert gap.item == "bad / awful + poor: Here, 2020 minus There, 2020"
    assert gap.interval == cs.difference((10, 40), (20, 40)).interval
    assert [one.question for one in found[4:11]] == ["mood", *["state"] * 5, "mood"]
    assert str(gap).startswith(
        "10 of 40 in Here, 2020 (25%) and 20 of 40 in There, 2020 (50%) gave “bad” and “awful + poor” (Mood)"
    )
    assert {
        one.item.split(":")[0].split(" in ")[0] for one in cs.compare_surveys(two[0], other, ("mood", "state"))
    } == ({"good"})


def codes(gap):
    return {doubt.code for doubt in gap.caveats if doubt.code.startswith("surveys-")}


@pytest.mark.slow
def test_what_sets_two_surveys_apart_is_told(made, two):
    gap = cs.compare_surveys(*two, "mood")[11]
    assert codes(gap) == {"surveys-same-people", "surveys-years", "surveys-wording-unknown"}
    assert "independent-groups" in {doubt.code for doubt in gap.caveats}
    counted = cs.compare_surveys(*two, "mood")[10]
    assert codes(counted) == {"surveys-years", "surveys-wording-unknown"}  # nothing is inferred, so nothing assumed
    question = MOOD.replace('"good"]', '"good", "no view"]') + 'asked = "How are you?"\nbase = 50\n'
    other = made(
        "other",
        question + "counts = { bad = 25, fair = 15, good = 10 }",
        n=60,
        country="There",
        population="others",
        mode="Web",
    )
    first = made("own", MOOD + 'asked = "How do you do?"\ncounts = { bad = 10, fair = 18, good = 12 }')
    gap = cs.compare_surveys(first, other, "mood")[11]
    assert codes(gap) == {
        "surveys-populations",
        "surveys-ways",
        "surveys-wording",
        "surveys-answers",
        "surveys-bases",
    }
    assert "“How do you do?” and “How are you?”" in str(gap)
    assert "(all; others)" in str(gap)
    group = made(
        "group",
        "id = 'sex'\nlabel = 'Sex'\nkind = 'single'\nwhere = 'T'\ncounts = { man = 20, woman = 20 }",
        MOOD + "among = { question = 'sex', item = 'man' }\ncounts = { bad = 5, fair = 5, good = 10 }",
    )
    assert "those who answered sex = man" in str(cs.compare_surveys(first, group, "mood")[11])


@pytest.mark.slow
def test_print_that_contradicts_itself_is_told_with_the_verdict():
    dutch = cs.load_survey("research-engineers-netherlands-2017")
    other = cs.load_survey("research-engineers-south-africa-2017")
    gap = cs.compare_surveys(dutch, other, "organisation", answers={"research institute": "research institute"})[11]
    assert gap.verdict.printed_inconsistently
    assert "print-conflict" in {doubt.code for doubt in gap.caveats}
    plain = cs.compare_surveys(dutch, other, "open-source")[11]
    assert not plain.verdict.printed_inconsistently


@pytest.mark.slow
def test_where_each_number_comes_from(two):
    found = cs.compare_surveys(*two, "mood", level=0.9)
    assert found[0].provenance.survey == "first"
    assert found[10].provenance.survey == "first and second"
    assert found[10].provenance.places == ("first: T", "second: T")
    assert found[10].provenance.call == (
        "csea_stats.compare_surveys(csea_stats.load_survey('first'), csea_stats.load_survey('second'), "
        "'mood', level=0.9)[10]"
    )
    assert cs.Estimates.from_json(found.to_json()) == found


@pytest.mark.slow
def test_two_of_one_country_and_year_are_named_by_their_ids(two, made):
    third = made("third", MOOD + "counts = { bad = 1, fair = 1, good = 38 }")
    assert cs.compare_surveys(two[0], third, "mood")[10].item == "bad: first minus third"
    copy = replace(two[0], title="Another")
    assert cs.compare_surveys(two[0], copy, "mood")[10].item == "bad: the first survey minus the second survey"


@pytest.mark.parametrize(
    ("question", "answers", "error", "says"),
    [
        ("mod", None, UnknownName, "no question of 'first' 'mod'. Did you mean 'mood'"),
        (("mood", "state"), None, UnknownName, "no question of 'second' 'state'"),
        (3, None, InputError, "question: found 3; allowed is an id, or a pair of ids"),
        (("mood",), None, InputError, "question: found"),
        ("mood", ["bad"], InputError, "answers: found"),
        ("mood", {}, InputError, "answers: found"),
        ("mood", {"bad": 3}, InputError, "answers: found"),
        ("mood", {"bad": "awful"}, UnknownName, "no answer to 'mood' of 'second' 'awful'"),
        ("mood", {"bad + awful": "bad"}, UnknownName, "no answer to 'mood' of 'first' 'awful'"),
    ],
)
def test_mistakes(two, question, answers, error, says):
    with pytest.raises(error) as caught:
        cs.compare_surveys(*two, question, answers=answers)
    assert says in str(caught.value)


def test_mistakes_about_the_surveys(two, made):
    with pytest.raises(InputError, match="the survey 'first' twice"):
        cs.compare_surveys(two[0], replace(two[0]), "mood")
    with pytest.raises(InputError, match="second: found 'x'"):
        cs.compare_surveys(two[0], "x", "mood")
    other = made("other", MOOD.replace('"bad", "fair", "good"', '"low", "high"') + "counts = { low = 20, high = 20 }")
    with pytest.raises(InputError, match="no answer of the same name") as caught:
        cs.compare_surveys(two[0], other, "mood")
    assert "'low', 'high'" in str(caught.value)
    weighted = made("weighted", MOOD + "cells = [{ item = 'bad', percent = '25', weighted = true }]")
    with pytest.raises(InputError, match="print tells of no answer"):
        cs.compare_surveys(two[0], weighted, "mood")
    picks = 'id = "mood"\nlabel = "Mood"\nkind = "multiple"\nwhere = "T"\ncounts = { bad = 3, good = 4 }'
    with pytest.raises(InputError, match="may have given several"):
        cs.compare_surveys(two[0], made("picks", picks), "mood", answers={"bad": "bad + good"})
