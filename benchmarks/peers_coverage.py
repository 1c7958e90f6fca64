"""How often intervals of this package and of others hold the truth, and how often they find what is not there.

Run `uv run python benchmarks/peers_coverage.py` from the root; it writes docs/peers.csv and docs/peers.svg. Every table
of every size is enumerated: no draw anywhere. Each package is asked as its manual's first example asks it, without any
setting.
"""

import csv
import io
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pingouin
from scipy import stats
from statsmodels.stats import contingency_tables as tables
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import csea_stats as cs
from csea_stats.base.error_rates import gap_rate, pair_rate, share_rate
from csea_stats.base.odds_ratios import odds_limits
from csea_stats.base.two_binomials import gap_limits
from csea_stats.calibration.coverage import GRID, GRID_OF_TWO, every_table, pair_limits
from csea_stats.calibration.coverage import SLACK as CLOSE

DOCS = Path(__file__).parents[1] / "docs"
SIZES = (7, 14, 24, 36, 49)
PAIRS_OF_SIZES = ((7, 7), (7, 42), (14, 35), (24, 25))
DIFFER = np.linspace(0.1, 0.9, 9)


def shares(n):
    """One share: is it more than half?"""
    x = np.arange(n + 1)
    law = stats.binom.pmf(x[:, None], n, GRID)
    half = stats.binom.pmf(x, n, 0.5)
    limits = {
        "csea_stats": np.array(cs.proportion_interval(x, n)),
        "csea_stats, beside it": np.array(cs.proportion_interval(x, n, method="wilson")),
        "statsmodels proportion_confint": np.array(proportion_confint(x, n)),
        "scipy binomtest": np.array([stats.binomtest(k, n).proportion_ci() for k in x]).T,
    }
    for name, (lower, upper) in limits.items():
        held = (law * ((lower[:, None] <= GRID + CLOSE) & (upper[:, None] >= GRID - CLOSE))).sum(axis=0)
        inner = held[(GRID >= 0.05) & (GRID <= 0.95)]
        wrong = half[(lower > 0.5) | (upper < 0.5)].sum()
        if name == "csea_stats":
            wrong = share_rate(n, (0.5, None), 0.95)
        yield "one share", str(n), name, inner.min(), held.mean(), wrong


def ends(rule, rows):
    """Limits of each table; NaN, or an error, holds everything and finds nothing."""
    found = []
    for row in rows:
        try:
            low, high = rule(*row)
        except (ValueError, ZeroDivisionError, AssertionError, np.linalg.LinAlgError):
            low, high = np.nan, np.nan
        found.append((-np.inf if np.isnan(low) else low, np.inf if np.isnan(high) else high))
    return np.array(found, float).T


def two_groups(n1, n2, kind):
    """Two groups: the difference of their shares, or the odds ratio."""
    every = every_table(n1, n2)
    rows = np.array(every, int).T[:, [0, 1, 2, 3]].tolist()
    square = lambda x1, n1, x2, n2: np.array([[x1, n1 - x1], [x2, n2 - x2]])  # noqa: E731
    if kind == "difference":
        limits = {
            "csea_stats": gap_limits(every, method="jeffreys", level=0.95),
            "csea_stats, beside it": gap_limits(every, method="newcombe", level=0.95),
            "statsmodels confint_proportions_2indep": ends(confint_proportions_2indep, rows),
        }
        tests = {
            "pingouin chi2_independence": lambda row: chi2(square(*row)),
            "scipy chi2_contingency": lambda row: stats.chi2_contingency(square(*row)).pvalue,
            "scipy fisher_exact": lambda row: stats.fisher_exact(square(*row)).pvalue,
        }
        null = 0.0
    else:
        limits = {
            "csea_stats": odds_limits(every, method="logistic", level=0.95),
            "csea_stats, beside it": odds_limits(every, method="log-f", level=0.95),
            "statsmodels Table2x2": ends(lambda *row: tables.Table2x2(square(*row)).oddsratio_confint(), rows),
            "scipy odds_ratio": ends(
                lambda *row: stats.contingency.odds_ratio(square(*row)).confidence_interval(), rows
            ),
        }
        tests, null = {}, 1.0
    first, second = (part.ravel() for part in np.meshgrid(GRID_OF_TWO, GRID_OF_TWO, indexing="ij"))
    truth = first - second if kind == "difference" else first * (1 - second) / (second * (1 - first))
    x1, x2 = every[0][:, None], every[2][:, None]
    law = stats.binom.pmf(x1, n1, first) * stats.binom.pmf(x2, n2, second)
    p = np.linspace(0.01, 0.99, 99)
    alike = stats.binom.pmf(x1, n1, p) * stats.binom.pmf(x2, n2, p)
    inner = (np.minimum(first, second) >= 0.1) & (np.maximum(first, second) <= 0.9)
    for name, (lower, upper) in limits.items():
        held = (law * ((lower[:, None] <= truth + CLOSE) & (upper[:, None] >= truth - CLOSE))).sum(axis=0)
        wrong = (alike * ((lower > null) | (upper < null))[:, None]).sum(axis=0).max()
        wrong = gap_rate(n1, n2, 0.95) if name == "csea_stats" else wrong
        yield kind, f"{n1}/{n2}", name, held[inner].min(), held.mean(), wrong
    for name, test in tests.items():
        found = np.array([(p_of(test, row) < 0.05) for row in rows])
        yield kind, f"{n1}/{n2}", name, np.nan, np.nan, (alike * found[:, None]).sum(axis=0).max()


def p_of(test, row):
    """Return a p-value; 1 where there is none."""
    try:
        value = float(test(row))
    except (ValueError, ZeroDivisionError):
        return 1.0
    return 1.0 if np.isnan(value) else value


def chi2(square):
    """Return the p-value that pingouin tells first, of a frame of answers."""
    rows = [(group, answer) for (group, answer), n in np.ndenumerate(square) for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["group", "answer"])
    _, _, told = pingouin.chi2_independence(frame, x="group", y="answer")
    return told.query("test == 'pearson'")["pval"].iloc[0]


def pairs(n):
    """Two answers of the same people."""
    b, c = np.array([(b, c) for b in range(n + 1) for c in range(n + 1 - b)]).T
    mean, square = (b - c) / n, (b + c) / n
    error = np.sqrt((square - mean**2) / (n - 1))
    reach = stats.t.ppf(0.975, n - 1) * error
    limits = {
        "csea_stats": pair_limits(b, c, n, "dirichlet", 0.95),
        "csea_stats, beside it": pair_limits(b, c, n, "tango", 0.95),
        "pingouin ttest": (mean - reach, mean + reach),
    }
    differ, part = (x.ravel() for x in np.meshgrid(DIFFER, np.linspace(0.05, 0.95, 19), indexing="ij"))
    first, second = differ * part, differ * (1 - part)
    law = trinomial(b, c, n, first, second)
    alike = trinomial(b, c, n, DIFFER / 2, DIFFER / 2)
    for name, (lower, upper) in limits.items():
        truth = first - second
        held = (law * ((lower[:, None] <= truth + CLOSE) & (upper[:, None] >= truth - CLOSE))).sum(axis=0)
        wrong = (alike * ((lower > 0) | (upper < 0))[:, None]).sum(axis=0).max()
        wrong = pair_rate(n, 0.95) if name == "csea_stats" else wrong
        yield "same people", str(n), name, held.min(), held.mean(), wrong
    exact = np.array([tables.mcnemar([[0, i], [j, 0]]).pvalue if i + j else 1 for i, j in zip(b, c, strict=True)])
    yield (
        "same people",
        str(n),
        "statsmodels mcnemar",
        np.nan,
        np.nan,
        (alike * (exact < 0.05)[:, None]).sum(axis=0).max(),
    )


def trinomial(b, c, n, first, second):
    """Return the probability of every table at each truth."""
    rest = n - b - c
    ways = stats.multinomial.logpmf(np.stack([b, c, rest], axis=1), n, [1 / 3] * 3) + n * np.log(3)
    logs = ways[:, None] + b[:, None] * np.log(first) + c[:, None] * np.log(second)
    return np.exp(logs + rest[:, None] * np.log1p(-first - second))


def figure(rows):
    """Return least coverage and error rate over the sizes, a panel for each question."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "peers", "font.size": 8})
    questions = list(dict.fromkeys(row[0] for row in rows))
    names = list(dict.fromkeys(row[2] for row in rows))
    palette = ("black", "gray", *(f"C{place}" for place in (0, 1, 2, 3, 4, 5, 6, 8, 9)), "navy", "olive")
    colours = dict(zip(names, palette, strict=False))
    drawn, axes = plt.subplots(2, len(questions), figsize=(10, 5.4), sharey="row", layout="constrained")
    for column, question in enumerate(questions):
        sizes = list(dict.fromkeys(row[1] for row in rows if row[0] == question))
        for line, (place, words, wanted) in enumerate(
            ((3, "least coverage", 0.95), (5, "finds what is not there", 0.05))
        ):
            panel = axes[line][column]
            for name in names:
                own = {row[1]: row[place] for row in rows if row[:1] == (question,) and row[2] == name}
                if own and not all(np.isnan(value) for value in own.values()):
                    panel.plot(
                        [sizes.index(size) for size in own],
                        list(own.values()),
                        "o-",
                        ms=3,
                        lw=1,
                        label=name,
                        color=colours[name],
                    )
            panel.axhline(wanted, color="black", lw=0.6, ls=":")
            panel.set_xticks(range(len(sizes)), sizes)
            if line == 0:
                panel.set_title(question)
            if column == 0:
                panel.set_ylabel(words)
    handles = {}
    for panel in axes.ravel():
        handles.update(zip(*panel.get_legend_handles_labels()[::-1], strict=True))
    drawn.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4, frameon=False)
    told = io.StringIO()
    drawn.savefig(told, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in told.getvalue().splitlines()) + "\n"


def main():
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    rows = [row for n in SIZES for row in shares(n)]
    for kind in ("difference", "odds ratio"):
        rows += [row for n1, n2 in PAIRS_OF_SIZES for row in two_groups(n1, n2, kind)]
    rows += [row for n in SIZES for row in pairs(n)]
    told = ", ".join(f"{name} {version(name)}" for name in ("csea-stats", "scipy", "statsmodels", "pingouin"))
    with (DOCS / "peers.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {told}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("question", "n", "tool", "least", "mean", "wrong"))
        for *words, least, mean, wrong in rows:
            writer.writerow(
                (*words, *("" if np.isnan(value) else f"{abs(value):.4f}" for value in (least, mean, wrong)))
            )
    (DOCS / "peers.svg").write_text(figure(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
