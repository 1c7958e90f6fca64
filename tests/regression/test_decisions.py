"""How often chance alone makes the verdict on a coefficient decide: against every table, each fitted by itself."""

import itertools
import math

import pandas as pd
import pytest
from scipy import stats

import csea_stats as cs

ANSWERS, GROUPS = ["no", "yes"], ["young", "old"]


def fitted(first, second, *, n, level, method="bayes"):
    """Fit so many of n in each of two groups who say yes."""
    told = [ANSWERS[place < count] for count in (first, second) for place in range(n)]
    frame = pd.DataFrame(
        {
            "told": pd.Categorical(told, categories=ANSWERS, ordered=True),
            "age": pd.Categorical([group for group in GROUPS for _ in range(n)], categories=GROUPS),
        }
    )
    return cs.fit("told ~ age", frame, level=level, method=method)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "level", "method", "simulations"),
    [
        (3, 0.7, "bayes", 60),
        pytest.param(4, 0.8, "bayes", 1000, marks=pytest.mark.long),
        pytest.param(7, 0.9, "bayes", 1000, marks=pytest.mark.long),
        pytest.param(6, 0.9, "frequentist", 1000, marks=pytest.mark.long),
        (6, 0.9, "frequentist", 200),
    ],
)
def test_the_rate_against_every_table(n, level, method, simulations):
    """With no effect everybody says yes with one probability: the logistic of the intercept at its estimate."""
    fit = fitted(n // 2, n // 2, n=n, level=level, method=method)  # alike, so that the common share is one half
    decided = total = 0.0
    for first, second in itertools.product(range(n + 1), repeat=2):
        if first + second in (0, 2 * n):
            continue  # all gave one answer, of which no fit is made
        word = fitted(first, second, n=n, level=level, method=method).coefficients()[0].verdict.word
        chance = stats.binom(n, 0.5).pmf([first, second]).prod()
        decided += chance * (word in ("supported", "contradicted"))
        total += chance
    assert decided > 0.005
    assert 0.5 < total < 1
    (one,) = cs.simulated_rates(fit, simulations=simulations)
    assert abs(one.verdict.rate - decided) < 4 * math.sqrt(decided * (1 - decided) / simulations)
    doubt = next(doubt.text for doubt in one.caveats if doubt.code == "rate-simulated")
    assert doubt.startswith(f"Simulated {simulations:,} times at 0")


@pytest.mark.slow
def test_the_same_seed_gives_the_same_rate_and_other_fits_are_refused():
    fit = fitted(1, 3, n=4, level=0.8)
    rates = [cs.simulated_rates(fit, simulations=20, seed=seed)[0].verdict.rate for seed in (1, 1)]
    assert rates[0] == rates[1]
    with pytest.raises(cs.CseaStatsError, match="fit: found"):
        cs.simulated_rates("told ~ age")
    with pytest.raises(cs.CseaStatsError, match="simulations"):
        cs.simulated_rates(fit, simulations=0)
    number = cs.fit("years ~ age", pd.DataFrame({"years": [1.0, 2, 4, 8, 9, 3], "age": pd.Categorical(GROUPS * 3)}))
    with pytest.raises(cs.CseaStatsError, match="number as outcome"):
        cs.simulated_rates(number)
