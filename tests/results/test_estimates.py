"""Estimates: a sequence that loses nothing."""

import json
import math
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats import proportion
from csea_stats.errors import InputError
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimates import Estimates, contradictions
from csea_stats.results.values import Hull, Interval, Provenance, Verdict
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
)

reals = st.floats(0, 1) | st.sampled_from([0.0, 1.0, 1 / 3])
targets = st.sampled_from(
    [
        Respondents(),
        Superpopulation(words="frontline workers", design_effect=1.4),
        FinitePopulation(200),
        Population(Selection(tau=0.25, mean=0.1, reason="inf"), size=300),
        Population(SelectionBounds(ratio=2.0)),
    ]
)


@st.composite
def estimates(draw):
    low, high = sorted((draw(reals), draw(reals)))
    interval = Interval(
        lower=low,
        upper=high,
        level=0.95,
        kind=draw(st.sampled_from(["credible", "confidence"])),
        method=draw(st.text()),
    )
    return Estimate(
        estimand=draw(st.text()),
        scale="ratio",
        target=draw(targets),
        question=draw(st.none() | st.text()),
        item=draw(st.none() | st.sampled_from(["inf", "-inf", "nan", "=1+1", "<b>", "\N{SNOWMAN}"])),
        value=draw(st.none() | st.just(math.inf) | reals),
        bounds=draw(st.none() | st.just((0.0, math.inf))),
        interval=draw(st.none() | st.just(interval)),
        companion=draw(st.none() | st.just(interval)),
        threshold=draw(st.none() | reals),
        probability=draw(st.none() | st.just((low, high))),
        sensitivity=draw(st.just(()) | st.just((("uniform", interval),))),
        verdict=draw(st.none() | st.just(Verdict(word="supported", threshold=0.5, direction="above", why="So."))),
        counts=draw(st.lists(st.tuples(st.integers(0, 9)), max_size=3).map(tuple)),
        base=draw(st.sampled_from([(), (49,), ((48, 49),), (7, 42)])),
        caveats=(caveat("chance-alone"),),
        provenance=Provenance(places=("Figure 7",), versions=(("numpy", "2"),), seed=draw(st.none() | st.integers())),
    )


@given(st.lists(estimates().filter(lambda one: not list(contradictions(one))), max_size=3))
def test_json_loses_nothing(members):
    numbers = Estimates(members)
    again = Estimates.from_json(numbers.to_json())
    assert again == numbers
    assert list(again) == list(numbers)
    json.loads(numbers.to_json(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1",
        "[" * 100_000,
        "{}",
        '{"format": "csea-estimates/2", "estimates": []}',
        '{"format": "csea-estimates/1", "estimates": [1]}',
        '{"format": "csea-estimates/1", "estimates": [{"type": "os.system"}]}',
        '{"format": "csea-estimates/1", "estimates": [{"type": "Estimate", "cod": 1}]}',
        '{"format": "csea-estimates/1", "estimates": [{"type": ["Estimate"]}]}',
    ],
)
def test_other_text_is_a_clear_error(text):
    with pytest.raises(InputError):
        Estimates.from_json(text)


WRONG = {
    "value": 7.0,
    "bounds": [0.9, 0.2],
    "probability": [0.9, 0.2],
    "interval.lower": 0.9,
    "interval.upper": 0.1,
    "interval.level": 95,
    "verdict.word": "proved",
    "verdict.threshold": 0.8,
    "verdict.direction": "below",
}


@pytest.mark.parametrize("key", WRONG)
def test_numbers_that_contradict_each_other_are_refused(key):
    body = json.loads(Estimates([proportion(35, 49, threshold=0.5)]).to_json())
    *above, last = key.split(".")
    inside = body["estimates"][0]
    for name in above:
        inside = inside[name]
    inside[last] = WRONG[key]
    with pytest.raises(InputError, match=r"found|more than|lower first"):
        Estimates.from_json(json.dumps(body))


@given(st.lists(estimates(), min_size=1, max_size=3))
def test_it_is_a_sequence(members):
    numbers = Estimates(members)
    assert len(numbers) == len(members)
    assert numbers[0] == members[0]
    assert isinstance(numbers[:1], Estimates)
    assert len(numbers + numbers) == 2 * len(numbers)
    assert hash(numbers) == hash(Estimates(members))
    assert all(member in numbers for member in members)


@given(st.lists(estimates(), max_size=3))
def test_a_row_per_estimate(members):
    numbers = Estimates(members)
    frame = numbers.to_frame()
    assert len(frame) == len(members)
    assert len(frame.columns) == 22
    assert frame["id"].is_unique
    assert list(frame["notes"].str.contains("chance-alone")) == [True] * len(frame)
    roles = numbers.to_frame("intervals").query("role == 'companion'")
    assert list(roles["method"]) == [member.companion.method for member in members if member.companion is not None]
    assert set(roles["id"]) <= set(frame["id"])


def test_where_takes_a_target_or_its_class():
    doubts = (caveat("chance-alone"),)
    one = Estimate(estimand="share", scale="share", target=Respondents(), question="a", item="x", caveats=doubts)
    two = Estimate(estimand="share", scale="share", target=Superpopulation(), question="a", item="y", caveats=doubts)
    numbers = Estimates([one, two])
    assert list(numbers.where(target=Respondents)) == [one]
    assert list(numbers.where(target=Superpopulation())) == [two]
    assert list(numbers.where(question="a", item="y")) == [two]
    assert list(numbers.where(question="a", estimand="share")) == [one, two]
    assert len(numbers.where(estimand="tipping point")) == 0
    assert len(numbers.where(question="b")) == 0


def test_only_estimates_go_in():
    with pytest.raises(InputError, match="'x'"):
        Estimates(["x"])


def test_two_ends_that_stand_for_all_between_stay_so():
    """Through JSON, a copy and a pickle: a sentence tells "11 to 2000" of them, and "11 or 2000" of two bases."""
    survey = cs.load_survey("dask-users-2019")
    numbers = cs.estimate(replace(survey, question=tuple(one for one in survey.question if one.id == "launch")))
    open_ones = Estimates(one for one in numbers if any(isinstance(base, Hull) for base in one.base))
    assert open_ones
    assert list(map(str, Estimates.from_json(open_ones.to_json()))) == list(map(str, open_ones))
    assert list(map(str, pickle.loads(pickle.dumps(list(open_ones))))) == list(map(str, open_ones))
    bases = open_ones.to_frame("counts")
    assert (bases["base_low"] < bases["base_high"]).all()
