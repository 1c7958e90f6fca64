"""How often the shipped age effect holds the truth where only the youngest differ: one-way steps, and free ones.

49 made-up respondents (7, 15, 15 and 12 by age), five answers; the youngest's log odds of later answers lie `effect`
above everybody else's. Prints the share of sets whose interval of "poor or lower, from the youngest to the others"
holds the difference of the truth: as shipped, with free steps, and that of the hull of both.

    python benchmarks/steps.py [sets]
"""

import sys

import numpy as np
import pandas as pd
from scipy.special import expit

import csea_stats as cs
from csea_stats.regression.fitted import FREE, FittedTable
from csea_stats.regression.fitting import _drawn, with_prior
from csea_stats.regression.quantities import Quantity, drawn
from csea_stats.regression.settings import comparisons

SCALE, AGES, SIZES = ("none", "poor", "fair", "good", "excellent"), ("a", "b", "c", "d"), (7, 15, 15, 12)


def covered(effect: float, sets: int, shares: tuple[float, ...], seed: int = 1) -> tuple[float, float, float]:
    """Return the coverage as shipped, with free steps, and of the hull of both."""
    rng, below = np.random.default_rng(seed), np.cumsum(shares)[:-1]
    cuts, age = np.log(below / (1 - below)), np.repeat(np.arange(4), SIZES)
    truth = expit(cuts[1]) - expit(cuts[1] - effect)
    held = np.zeros((sets, 3), dtype=bool)
    for place in range(sets):
        answer = (rng.logistic(size=len(age))[:, None] + effect * (age == 0)[:, None] > cuts).sum(axis=1)
        frame = pd.DataFrame(
            {
                "awareness": pd.Categorical(np.array(SCALE)[answer], SCALE, ordered=True),
                "age_band": pd.Categorical(np.array(AGES)[age], AGES, ordered=True),
                "experience": rng.integers(1, 30, len(age)).astype(float),
            }
        )
        fit = cs.fit("awareness-by-age-and-experience", frame)
        chosen = comparisons(fit.design, "age_band", ("lowest", "others"))[0]
        quantity = Quantity(start=chosen.start, end=chosen.end, event=fit.events("poor")[0])
        free: FittedTable = _drawn(with_prior(fit.design, FREE), fit.readings, 1)[0]
        ends = [np.quantile(drawn(one, quantity, None), [0.025, 0.975]) for one in (fit.readings[0], free)]
        held[place, :2] = [low <= truth <= high for low, high in ends]
        held[place, 2] = min(low for low, _ in ends) <= truth <= max(high for _, high in ends)
    shipped, freed, hull = held.mean(axis=0)
    return float(shipped), float(freed), float(hull)


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    for size in (2.0, 1.0, -2.0, 0.0):
        for told in ((0.15, 0.45, 0.25, 0.1, 0.05), (0.2,) * 5):
            print(
                f"effect {size:g}, answers {told}:", *(f"{one:.3f}" for one in covered(size, number, told)), flush=True
            )
