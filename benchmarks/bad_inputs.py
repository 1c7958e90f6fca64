"""The same bad inputs to statsmodels, SciPy and pingouin; the same good ones, and how far apart answers are.

Run by hand: ``python benchmarks/bad_inputs.py``. Told is what comes of a call: refused with a reason, an error from
below (of another kind, or that says nothing of the input), NaN, or a number as if nothing were the matter.
"""

import math
import warnings

import numpy as np
import pandas as pd
import pingouin
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2, mcnemar
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import csea_stats as cs
from csea_stats.errors import CseaStatsError

TABLES = 500


def interval(estimate):
    return estimate.interval.lower, estimate.interval.upper


def ours(x, n, level=0.95):
    return interval(cs.proportion(x, n, method="wilson", level=level))


def theirs(x, n, level=0.95):
    return proportion_confint(x, n, alpha=1 - level, method="wilson")


def of_scipy(x, n, level=0.95):
    found = stats.binomtest(x, n).proportion_ci(level, method="wilson")
    return found.low, found.high


def of_pingouin(x, n, level=0.95):
    del level
    return (float(pingouin.bayesfactor_binom(x, n)),)


SHARES = {
    "60 of 49": (60, 49),
    "-1 of 49": (-1, 49),
    "0 of 0": (0, 0),
    "NaN of 49": (math.nan, 49),
    "3 of infinitely many": (3, math.inf),
    "3.5 of 10": (3.5, 10),
    "True of 10": (True, 10),
    '"3" of 10': ("3", 10),
    "level 95": (3, 10, 95),
    "level 0": (3, 10, 0),
}
CALLS = {"csea_stats": ours, "statsmodels": theirs, "SciPy": of_scipy, "pingouin": of_pingouin}


def pairs(a, b, c, d):
    """A frame of 0 and 1 for pingouin, from a two-way table."""
    rows = [(0, 0)] * a + [(0, 1)] * b + [(1, 0)] * c + [(1, 1)] * d
    return pd.DataFrame(rows, columns=["x", "y"])


TABLE_CALLS = {
    "nobody in one group": {
        "csea_stats": lambda: interval(cs.difference((0, 0), (5, 20))),
        "statsmodels": lambda: confint_proportions_2indep(0, 0, 5, 20),
        "SciPy": lambda: stats.chi2_contingency([[0, 0], [5, 15]]).pvalue,
        "pingouin": lambda: pingouin.chi2_independence(pairs(0, 0, 5, 15), x="x", y="y")[2]["pval"][0],
    },
    "a count below 0 in a table": {
        "csea_stats": lambda: interval(cs.difference((-2, 10), (5, 20), measure="odds-ratio")),
        "statsmodels": lambda: Table2x2(np.array([[-2, 12], [5, 15]])).oddsratio_confint(),
        "SciPy": lambda: stats.fisher_exact([[-2, 12], [5, 15]]).pvalue,
        "pingouin": None,
    },
    "no pair that differs": {
        "csea_stats": lambda: cs.paired_test(5, 5, 10, both=5).test.p,
        "statsmodels": lambda: mcnemar([[5, 0], [0, 5]], exact=False, correction=False).pvalue,
        "SciPy": lambda: stats.binomtest(0, 0).pvalue,
        "pingouin": lambda: pingouin.chi2_mcnemar(pairs(5, 0, 0, 5), x="x", y="y")[1]["p_exact"].iloc[0],
    },
}


def told(call):
    """Say what comes of a call."""
    if call is None:
        return "no such call"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = np.atleast_1d(np.asarray(call(), dtype=float))
        except (CseaStatsError, ValueError, TypeError) as error:
            return f"refused: {' '.join(str(error).split())[:60]}"
        except Exception as error:  # noqa: BLE001 - what it is, is told
            return f"from below: {type(error).__name__}"
    warned = " with a warning" if caught else ""
    if np.isnan(found).any():
        return f"NaN{warned}"
    return f"{', '.join(f'{one:.3g}' for one in found)}{warned}"


def bad():
    """Print what comes of each bad input, and how many each refuses."""
    asked = {
        name: {who: lambda c=call, a=given: c(*a) for who, call in CALLS.items()} for name, given in SHARES.items()
    }
    asked |= TABLE_CALLS
    refused = dict.fromkeys(CALLS, 0)
    for name, calls in asked.items():
        print(name)
        for who, call in calls.items():
            found = told(call)
            refused[who] += found.startswith("refused")
            print(f"    {who:12} {found}")
    print("\nrefused with a reason, of", len(asked), refused, "\n")


def good():
    """Print how far apart the same intervals are on random tables, and on how many one fails."""
    rng = np.random.default_rng(1)
    n1, n2 = rng.integers(1, 60, (2, TABLES))
    x1, x2 = rng.integers(0, n1 + 1), rng.integers(0, n2 + 1)
    for method, name, exact in (("wilson", "wilson", "wilson"), ("clopper-pearson", "beta", "exact")):
        mine = np.array(cs.proportion_interval(x1, n1, method=method))
        other = np.array(proportion_confint(x1, n1, method=name))
        third = np.array([stats.binomtest(x, n).proportion_ci(method=exact) for x, n in zip(x1, n1, strict=True)]).T
        apart = [float(np.nanmax(np.abs(mine - one))) for one in (other, third)]
        print(f"{method:20} of {TABLES} shares: statsmodels {apart[0]:.1e}, SciPy {apart[1]:.1e} apart at most")
    for method, name in (("newcombe", "newcomb"), ("agresti-caffo", "agresti-caffo"), ("miettinen-nurminen", "score")):
        mine = np.array(cs.difference_interval(x1, n1, x2, n2, method=method))
        print(f"{method:20} of {TABLES} differences: {_compared(mine, (x1, n1, x2, n2), name)}")


def _compared(mine, counts, name):
    """Say on how many tables statsmodels gives an interval, and how far from ours; by how much another way decides."""
    apart, failed = {}, 0
    for place, table in enumerate(zip(*(one.tolist() for one in counts), strict=True)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found = np.array(confint_proportions_2indep(*table, method=name, compare="diff"), dtype=float)
            except Exception:  # noqa: BLE001 - it is counted
                found = np.full(2, np.nan)
        failed += bool(np.isnan(found).any())
        for ours_, theirs_ in zip(mine[:, place], found.clip(-1, 1), strict=True):
            apart[table, ours_, theirs_] = abs(ours_ - theirs_)
    told = {limits: gap for limits, gap in apart.items() if not np.isnan(gap)}
    (table, ours_, theirs_), most = max(told.items(), key=lambda pair: pair[1])
    text = f"statsmodels fails on {failed}; elsewhere {most:.1e} apart at most; ours fails on none"
    if name == "score" and most > 1e-6:
        decided = [
            f"{_score_p(table, limit):.3f} at {who} {limit:.4f}"
            for who, limit in (("ours", ours_), ("theirs", theirs_))
        ]
        text += (
            f"\n    there, {table}, the score test's p with the likelihood maximised on a grid is {', '.join(decided)}"
        )
    return text


def _score_p(table, difference):
    """Return the p-value of Miettinen and Nurminen's test of a difference, its likelihood maximised on a grid."""
    x1, n1, x2, n2 = table
    second = np.linspace(max(0.0, -difference), min(1.0, 1 - difference), 2_000_001)
    first = (second + difference).clip(0, 1)
    xlogy = scipy.special.xlogy
    likelihood = xlogy(x1, first) + xlogy(n1 - x1, 1 - first) + xlogy(x2, second) + xlogy(n2 - x2, 1 - second)
    p1, p2 = first[np.argmax(likelihood)], second[np.argmax(likelihood)]
    variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)
    return 2 * stats.norm.sf(abs(x1 / n1 - x2 / n2 - difference) / math.sqrt(variance))


if __name__ == "__main__":
    print(f"statsmodels {statsmodels.__version__}, SciPy {scipy.__version__}, pingouin {pingouin.__version__}\n")
    bad()
    good()
