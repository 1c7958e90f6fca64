"""Numbers of any kind where effects and predictions take them; settings where nobody is."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError


@pytest.fixture(scope="module")
def fit():
    rng = np.random.default_rng(5)
    years = rng.integers(1, 34, 60).astype(float)
    table = pd.DataFrame({"years": years, "y": pd.Categorical(np.where(rng.random(60) < 0.5, "no", "yes"))})
    table.loc[:1, "years"] = [1, 33]
    return cs.fit("y ~ per(years, 5)", table)


@pytest.mark.few(3)
@pytest.mark.parametrize("five", [np.int64(5), np.float32(5), np.array(5), np.array(5.0), pd.Series([5])[0], 5.0])
def test_every_number_is_a_number(fit, five):
    plain = fit.effects("years", 5)[0]
    assert fit.effects("years", five)[0].interval == plain.interval
    pair = fit.effects("years", (5, 20))[0].interval
    assert fit.effects("years", (five, np.int16(20)))[0].interval == pair
    assert fit.effects("years", np.array([5, 20]))[0].interval == pair
    assert fit.predictions("years", at=[five])[0].interval == fit.predictions("years", at=[5])[0].interval


@pytest.mark.parametrize("wrong", [True, np.bool_(True), "5", np.array([1, 2, 3]), 1j, np.nan])
def test_what_is_no_number_is_an_error(fit, wrong):
    with pytest.raises(InputError):
        fit.effects("years", wrong)


def codes(one):
    return {doubt.code for doubt in one.caveats}


def test_beyond_everybody_is_told_without_telling_where_anybody_is(fit):
    for contrast in ((0, 100), (5, 34), 100, -33):
        one = fit.effects("years", contrast)[0]
        assert "beyond-everybody" in codes(one)
        text = next(doubt.text for doubt in one.caveats if doubt.code == "beyond-everybody")
        assert not any(character.isdigit() for character in text)
    for contrast in ((1, 33), (5, 20), 5, None):
        assert "beyond-everybody" not in codes(fit.effects("years", contrast)[0])
    assert "beyond-everybody" in codes(fit.predictions("years", at=[50])[0])
    assert "beyond-everybody" not in codes(fit.predictions("years")[0])
