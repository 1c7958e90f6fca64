"""Explanations of selection: each against simulation, an exact identity or a published number."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.base.selection import mean_square_error
from csea_stats.errors import CseaStatsError


def test_mean_square_error_by_simulation():
    rng = np.random.default_rng(1)
    ratios = np.exp(rng.normal(0.3, 0.5, 2_000_000))
    odds = 2.5 / ratios
    errors = (odds / (1 + odds) - 5 / 7) ** 2
    found = mean_square_error(5 / 7, 0.5, 0.3)
    assert found == pytest.approx(errors.mean(), abs=4 * errors.std() / math.sqrt(len(errors)))


def test_without_selection_it_is_the_base_over_the_design_effect():
    assert cs.effective_sample_size(0.7, 49, cs.Superpopulation()) == pytest.approx(49)
    clustered = cs.Superpopulation(design_effect=cs.design_effect(4.9, 0.1))
    assert cs.effective_sample_size(0.7, 49, clustered) == pytest.approx(49 / 1.39)  # 35: Kish


@given(st.floats(0.02, 0.98), st.integers(1, 10_000), st.floats(0.05, 3))
def test_it_never_exceeds_the_base_and_more_answers_cannot_lift_it_without_end(share, base, tau):
    target = cs.Population(cs.Selection(tau=tau))
    found = cs.effective_sample_size(share, base, target)
    ceiling = share * (1 - share) / mean_square_error(share, tau)
    assert 0 < found <= min(base, ceiling) * (1 + 1e-9)
    assert cs.effective_sample_size(1 - share, base, target) == pytest.approx(found)


def test_data_defect_correlation_of_an_enumerated_population():
    # 2,000 people: 1,200 would say yes. 60 of them took part, and 20 of the 800 others: ratio 60/1200 : 20/800 = 2.
    said = np.repeat([1, 1, 0, 0], [60, 1140, 20, 780])
    took_part = np.repeat([1, 0, 1, 0], [60, 1140, 20, 780])
    truth = np.corrcoef(said, took_part)[0, 1]
    assert cs.data_defect_correlation(60 / 80, 80, 2000, ratio=2) == pytest.approx(truth, rel=1e-12)


def test_published_numbers():
    assert cs.data_defect_correlation(35 / 49, 49, 2000, ratio=math.exp(0.5)) == pytest.approx(0.036, abs=5e-4)
    assert cs.design_effect(16.3, 0.1) == pytest.approx(2.53)
    # Meng (2018): a correlation of .005 is worth f / ((1 - f) rho^2) answers: 1,005 of 2,000 if 49 took part
    part = 49 / 2000
    assert part / (1 - part) / 0.005**2 == pytest.approx(1005, abs=0.5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: cs.effective_sample_size(1.0, 49, cs.Superpopulation()),
        lambda: cs.effective_sample_size(0.5, 0, cs.Superpopulation()),
        lambda: cs.effective_sample_size(0.5, 49, cs.Population(cs.SelectionBounds(ratio=2))),
        lambda: cs.effective_sample_size(0.5, 49, cs.Respondents()),
        lambda: cs.data_defect_correlation(0.5, 49, 49, ratio=2),
        lambda: cs.data_defect_correlation(0.5, 49, 100, ratio=0),
        lambda: cs.design_effect(0.5, 0.1),
        lambda: cs.design_effect(2, float("nan")),
    ],
)
def test_bad_input_says_what_is_allowed(call):
    with pytest.raises(CseaStatsError, match="allowed is"):
        call()


def test_quantiles_that_no_normal_has_are_told_beside_what_was_used():
    skewed = cs.Selection.from_quantiles({0.05: 0.8, 0.5: 1.2, 0.95: 3.0}, reason="asked of three supervisors")
    assert "given as 0.80, 1.20 and 3.00" in str(cs.proportion(35, 49, target=cs.Population(skewed)))
    exact = cs.Selection.from_quantiles({0.05: 0.5, 0.5: 1.0, 0.95: 2.0}, reason="asked of three supervisors")
    assert exact.reason == "asked of three supervisors"
