"""Tables of counts with a frequency column, weights, and what stands in for answers that are missing."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8)
    n = 60
    org = rng.choice(["gov", "NGO", "other"], n)
    answers = ["poor", "fair", "good"]
    scale = np.searchsorted([-0.5, 1.0], rng.logistic(size=n) + (org == "NGO"))
    return pd.DataFrame(
        {
            "rating": pd.Categorical.from_codes(scale, answers, ordered=True),
            "org": pd.Categorical(org, categories=["gov", "NGO", "other"]),
            "age": pd.Categorical(rng.choice(["young", "mid", "old"], n), ["young", "mid", "old"], ordered=True),
            "years": rng.integers(1, 6, n) * 5.0,
        }
    )


@pytest.fixture(scope="module")
def gaps(frame):
    rng = np.random.default_rng(9)
    return frame.assign(org=frame.org.where(rng.random(60) > 0.2), age=frame.age.where(rng.random(60) > 0.1))


def test_a_frequency_column_counts_people(frame):
    table = frame.groupby(["rating", "org"], observed=False).size().rename("n").reset_index()
    whole, counted = cs.fit("rating ~ org", frame), cs.fit("rating ~ org", table, frequency="n")
    assert counted.design.people == 60
    assert counted.effects().to_frame().value.tolist() == whole.effects().to_frame().value.tolist()
    assert counted.design.rows is None
    assert counted.provenance.call == "csea_stats.fit('rating ~ org', data, frequency='n')"


def test_frequencies_are_whole_numbers_of_a_frame(frame):
    for wrong in ([0.5] * 60, [-1] * 60, [np.nan] * 60, ["1"] * 60):
        with pytest.raises(InputError, match="whole numbers"):
            cs.fit("rating ~ org", frame.assign(n=wrong), frequency="n")
    with pytest.raises(UnknownName, match="frequencies"):
        cs.fit("rating ~ org", frame, frequency="frequencies")
    with pytest.raises(InputError, match="pandas or polars"):
        cs.fit("rating ~ org", cs.read_respondents(frame, cs.Codebook.from_frame(frame)), frequency="n")


def test_weights_are_declined_with_what_to_do(frame):
    with pytest.raises(InputError, match="frequency='w'"):
        cs.fit("rating ~ org", frame.assign(w=1.0), weights="w")


def test_without_an_answer_is_a_level(gaps):
    complete, level = cs.fit("rating ~ org", gaps), cs.fit("rating ~ org", gaps, missing="level")
    lacking = int(gaps.org.isna().sum())
    assert complete.design.left_out == (("org: missing", lacking),)
    assert "incomplete" in [doubt.code for doubt in complete.caveats]
    assert (level.design.people, level.design.left_out) == (60, ())
    assert [one.item for one in level.coefficients()] == ["org[NGO]", "org[other]", "org[missing]"]
    assert "missing-level" in [doubt.code for doubt in level.caveats]
    by_hand = gaps.assign(org=gaps.org.cat.add_categories("missing").fillna("missing"))
    same = cs.fit("rating ~ org", by_hand).effects()
    assert level.effects().to_frame().value.tolist() == same.to_frame().value.tolist()


def test_what_cannot_have_a_level_is_named(gaps):
    with pytest.raises(InputError, match="an order, mo\\(age\\)"):
        cs.fit("rating ~ mo(age)", gaps, missing="level")
    with pytest.raises(InputError, match="a number"):
        cs.fit("rating ~ years", gaps.assign(years=gaps.years.where(gaps.years > 5)), missing="level")
    assert cs.fit("rating ~ cat(age)", gaps, missing="level").design.people == 60
    with pytest.raises(InputError, match="missing: found 'mean'"):
        cs.fit("rating ~ org", gaps, missing="mean")
