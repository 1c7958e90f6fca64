"""Estimates: a sequence that loses nothing."""

import json
import math
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats import proportion
from csea_stats.errors import InputError
from csea_stats.results.caveats import caveat
from csea_stats.results.contradictions import contradictions
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimates import Estimates
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
        '{"format": "csea-results/2", "kind": "audit", "estimates": []}',
        '{"format": "csea-results/2", "kind": "estimates", "estimates": [1]}',
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
    "value#": 0.7,
    "set": [0.9, 0.2],
    "probability": [0.9, 0.2],
    "intervals.0.lower": 0.9,
    "intervals.0.upper": 0.1,
    "intervals.0.level": 95,
    "intervals.0.role": "strip",
    "verdict.word": "proved",
    "claim.threshold": 0.8,
    "claim.direction": "below",
    "id": "share/respondents",
    "outcome": ["poor"],
    "estimand": "difference",
    "target.kind": "everybody",
    "target.size": 3,
    "notes": ["nothing"],
    "notes#": [],
    "count": [[34]],
    "count#": [["35"]],
    "base": [48],
    "base#": [[]],
    "verdict.rate": "a",
    "words": {},
    "more": 1,
    "recipe.function": "os.system('true')",
    "recipe": {"function": "proportion", "more": 1},
    "recipe#": [{"of": 1}],
}
"""By key; "#" marks a second way."""


@pytest.mark.parametrize("key", WRONG)
def test_numbers_that_contradict_each_other_are_refused(key):
    body = json.loads(Estimates([proportion(35, 49, threshold=0.5)]).to_json())
    *above, last = key.removesuffix("#").split(".")
    inside = body["estimates"][0]
    for name in above:
        inside = inside[int(name) if name.isdigit() else name]
    inside[last] = WRONG[key]
    with pytest.raises(InputError, match=r"found|wrong key|unexpected|more than|at least one"):
        Estimates.from_json(json.dumps(body))


@pytest.mark.parametrize("key", ["made", "notes", "estimates", "format", "kind"])
def test_a_file_without_a_part_is_refused(key):
    body = json.loads(Estimates([proportion(35, 49)]).to_json())
    del body[key]
    with pytest.raises(InputError):
        Estimates.from_json(json.dumps(body))


def test_notes_stand_once():
    body = json.loads(proportion(35, 49, target=cs.TIERS).to_json())
    assert [name for name in body["notes"] if name.startswith("selection-assumed")] == [
        "selection-assumed",
        "selection-assumed#2",
        "selection-assumed#3",
    ]
    assert len({told["text"] for told in body["notes"].values()}) == len(body["notes"])


def test_files_of_the_first_format_are_read():
    """Written by version 0.1.0; what it said of them is what is read."""
    text = (Path(__file__).parent / "data" / "estimates-1.json").read_text(encoding="utf-8")
    numbers, told = Estimates.from_json(text), json.loads(text)["estimates"]
    assert len(numbers) == len(told) == 13
    for one, body in zip(numbers, told, strict=True):
        assert (one.value, one.estimand, one.label) == (body["value"], body["estimand"], body["label"])
        assert one.interval is None or one.interval.upper == body["interval"]["upper"]
        assert len(one.caveats) == len(body["caveats"])
    assert Estimates.from_json(numbers.to_json()) == numbers
    broken = text.replace('"value":0.7142857142857143', '"value":0.9', 1)
    assert broken != text
    with pytest.raises(InputError, match="35 of 49 are counted"):
        Estimates.from_json(broken)


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


@pytest.mark.slow
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
