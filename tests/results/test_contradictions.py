"""Estimates such as no estimator returns are refused when a file has them: each rule, and the word that says so."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.results.contradictions import contradictions

MORE = "More than half, the side seen"
SHARE = cs.proportion(35, 49)
CLOSE = cs.proportion(29, 49)
POPULATION = cs.proportion(35, 49, target=cs.Population(), threshold=0.4)
COUNTED = cs.proportion(35, 49, target=cs.Respondents(), threshold=0.5)


def judged(estimate, **changes):
    """Return an estimate with another verdict."""
    return replace(estimate, verdict=replace(estimate.verdict, **changes))


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (replace(SHARE, base=((49,),)), "base: found"),
        (replace(SHARE, base=((50, 49),)), "several in order"),
        (replace(SHARE, base=(49, 49)), "one base for each group"),
        (replace(SHARE, counts=((35,), (36,))), "allowed is the set"),
        (replace(SHARE, counts=((35,), (35,))), "different lists of counts"),
        (replace(SHARE, counts=((35, 3),)), "one base for each group"),
        (replace(SHARE, bounds=(0.7, 0.75)), "allowed is one of the two"),
        (replace(SHARE, value=0.72), "35 of 49 are counted"),
        (replace(cs.proportion({35, 36}, 49), bounds=(0.7, 36 / 49)), "35 of 49 or 36 of 49 are counted"),
        (replace(cs.difference((7, 7), (28, 42)), value=0.3), "7 of 7 and 28 of 42 are counted"),
        (replace(SHARE, value=None), "value: found none"),
        (judged(SHARE, word="not settled"), "verdict: found 'not settled'"),
        (judged(SHARE, word="contradicted"), "verdict: found 'contradicted'"),
        (judged(SHARE, word="true of them"), "verdict: found 'true of them'"),
        (judged(SHARE, word="too few answers"), "attainable"),
        (judged(SHARE, word="cannot be checked"), "a reason alone"),
        (judged(CLOSE, word="supported", why=SHARE.verdict.why), "verdict: found 'supported'"),
        (judged(SHARE, why=f"{MORE}: every interval lies elsewhere."), "every interval lies on that side"),
        (judged(SHARE, why="More than 60%, the side seen: every interval lies on that side."), "allowed is the claim"),
        (judged(SHARE, threshold=0.4), "allowed is the claim"),
        (judged(SHARE, direction="below"), "allowed is the claim"),
        (judged(SHARE, rate=0.06), "0 to 0.05"),
        (judged(SHARE, rate=-0.01), "0 to 0.05"),
        (judged(SHARE, held=(1.6,)), "verdict held"),
        (judged(SHARE, needed=(6, 6)), "needed"),
        (judged(SHARE, printed_inconsistently=True), "no note says"),
        (judged(SHARE, seen=False), "allowed is the claim"),
        (judged(COUNTED, word="not true of them"), "the numbers give 'true of them'"),
        (judged(COUNTED, word="supported"), "the numbers give 'true of them'"),
        (judged(POPULATION, word="supported"), "verdict: found 'supported'"),
        (judged(POPULATION, held=(1.6, 5.0)), "about 1.6 times"),
    ],
)
def test_what_nothing_returns_is_refused(estimate, words):
    (first, *_) = contradictions(estimate)
    assert words in first
    with pytest.raises(InputError):
        cs.Estimates.from_json(cs.Estimates([estimate]).to_json())


def test_what_is_returned_is_never_refused():
    """By every rule: counted, by chance alone, at strengths, by bounds, of too few, judged by another quantity."""
    told = [
        *cs.proportion({24, 25}, 49, target=cs.TIERS, threshold=0.5),
        *cs.proportion(3, 4, target=cs.TIERS),
        cs.proportion(35, 49, target=cs.Population(cs.SelectionBounds(ratio=1.5))),
        cs.proportion(35, 49, target=cs.Population(cs.SelectionBounds(ratio=float("inf")), size=60)),
        *cs.difference((7, 7), (28, 42), measure="ratio", target=cs.TIERS),
        *cs.difference((30, 40), (10, 42), measure="odds-ratio", target=cs.TIERS),
        *cs.ranks([9, 3, 4], 16),
        *cs.crosstab_bounds(35, 24, 49),
    ]
    assert [list(contradictions(one)) for one in told] == [[]] * len(told)
    assert len({one.verdict.word for one in told if one.verdict}) > 5
    text = cs.Estimates(told).to_json()
    assert json.loads(cs.Estimates.from_json(text).to_json()) == json.loads(text)


def test_counts_on_both_sides_of_a_range_may_leave_one_within():
    """Of 50 to 75 % and 33 to 100 % the ends are outside of -20 to +30 points, a table between them is not."""
    found = cs.difference(({2, 3}, 4), ({1, 2, 3}, 3), within=(-0.2, 0.3), target=cs.Respondents())
    assert found.verdict.word == "print unclear"
    assert list(contradictions(found)) == []
    assert cs.Estimates.from_json(cs.Estimates([found]).to_json()) == cs.Estimates([found])


@pytest.mark.few(3)
@pytest.mark.parametrize("margins", [(6, 1, 6), (0, 2, 16), (9, 7, 9)])
@pytest.mark.parametrize(
    ("selection", "size"),
    [(cs.Selection(), None), (cs.SelectionBounds(ratio=2.0), None), (cs.SelectionBounds(ratio=math.inf), 60)],
)
def test_margins_that_fix_every_cell_are_read_back(margins, selection, size):
    found = cs.crosstab_bounds(*margins, target=cs.Population(selection, size=size))
    assert cs.Estimates.from_json(found.to_json()) == found


TESTED = cs.Associations([cs.exact_test((7, 7), (28, 42))]).to_json()
CLAIMS = Path(__file__).with_name("data") / "claims-1.json"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("null", None), ("name", 3), ("sides", []), ("statistic", [1.0, 0.0]), ("p_least", "a"), ("p_least", 0.99)),
        *(("family", 0), ("family", []), ("draws", -1), ("degrees", "a"), ("p", float("nan"))),
    ],
)
def test_a_test_of_other_kinds_is_refused(key, value):
    body = json.loads(TESTED)
    body["associations"][0]["test"][key] = value
    with pytest.raises(InputError):
        cs.Associations.from_json(json.dumps(body))


@pytest.mark.slow
def test_no_associations_are_a_frame_of_no_rows():
    assert len(cs.Associations([]).to_frame()) == 0


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("verdicts", 3), ("verdicts", None), ("verdicts", []), ("findings", [1.5]), ("bounds", ["a", 1.0])),
        *(("false_sign", []), ("probability", [1.0])),
    ],
)
def test_a_claim_of_other_kinds_is_refused(key, value):
    body = json.loads(cs.Claims.from_json(CLAIMS.read_text(encoding="utf-8")).to_json())
    body["claims"][0][key] = value
    with pytest.raises(InputError):
        cs.Claims.from_json(json.dumps(body))
