"""Write the certificates, or those of the calls named, into csea_stats/certificates: run it where a method changes."""

from __future__ import annotations

import csv
import math
import sys
from pathlib import Path

from csea_stats.base.error_rates import gap_rate
from csea_stats.calibration.certifying import CERTIFIED, certify
from csea_stats.regression.library import model_names
from csea_stats.results.certificates import Certificate, shipped_certificates

FOLDER = Path(__file__).parents[1] / "csea_stats" / "certificates"

PAGE = Path(__file__).parents[1] / "docs" / "calibration.md"

HEAD = """# Calibration

What the shipped certificates hold, at 95%: coverage by exact enumeration, or where it says so from drawn sets of
answers. True values are taken over a grid: a share at 1,999 values from .0005 to .9995, two groups at 50 by 50 from
.01 to .99, pairs at 25 by 25 shares of those who differ and of the first among them. *least*: over the grid, and
where; *mean*, *above*, *below* and *width*: averaged over it, each value alike; *inner*: least where shares are
between .05 and .95 (of two groups .1 and .9, of pairs the shares of those who give one answer alone); *equal*: least
where both shares are equal; *above*, *below*: how often the whole interval lies above the truth, or below it. A grid
is no proof: between its values coverage may be a little less. `csea_stats.certify` makes the same for your own base.
This page is written by `.ci/certificates.py`, and a test holds it to the certificates.

"""


TITLES = {
    "proportion": "One share",
    "difference": "Difference of two groups",
    "ratio": "Ratio of two groups' shares",
    "odds_ratio": "Odds ratio",
    "paired_difference": "Difference of two answers of the same people",
    "paired_margins": "The same, the overlap not printed",
    "multinomial": "All shares of a list at once",
    "ranks": "Ranks of a list",
    "superiority": "Which of two groups answers higher",
    "population": "A share of a population that may have taken part unevenly",
}

VERDICTS = {
    "proportion": """The verdict on one half: at most how often it errs where that is the share, for or against, and how
often it supports "more than half" where the share is another.

""",
    "difference": """The verdict that both shares are equal: at most how often it errs where they are, for or against,
over their common value, and how often it supports that the first is larger where they are apart by so much, one
half in their middle.

""",
    "paired_difference": """The verdict that both shares are equal: at most how often it errs where they are, for or
against, over how many differ, and how often it supports that the first is larger where they are apart by so much
and half of the people differ.

""",
}

MODELS = """## Models

Truths drawn from the prior, answers from each truth, each fitted: if an engine draws from the right posterior, the
truth has every rank among 99 draws equally often. *worst*: the largest chi-square, in 20 bins, of all quantities
(parameters, reported effects, the joint log-likelihood); above *limit* at most one time in a hundred where all is
right. *failed*: sets of which the engine said itself that they failed its checks; they are counted all the same.
Models that differ in words alone have their fits in common: rows that are alike are one run, not several.

"""

PEERS = """
## Beside other packages

What each package gives for the same question when asked without any setting, at every size by exact enumeration
(`benchmarks/peers_coverage.py`). *least*: coverage where shares are not extreme; *errs*: how often an interval, or a
test at 5%, finds a difference where there is none, at the worst. The row csea_stats has its interval, and under *errs*
its verdict, which needs both of its intervals and an exact test; "beside it" is the other interval by itself.

![Least coverage and error rate of each package by size](peers.svg)

"""

EFFECTS = """How often the 95% interval of a reported effect holds it, at truths that the prior does not choose: of a
credible interval that need not be 95%. *least* and *mean*: over the effects; the chance error of one, of 250 sets, is
.014 where it is .95, and the least of many is the lower for it. A model whose effects are all of groups has no
coefficient, so that both truths are one. That is about the posterior, so it is counted by one engine.

"""

WORDS = {
    "paired_margins": """At the truths that hurt most: nobody gives both answers. The widest interval that the margins
allow is then the one that the whole table gives, so that these hold as often as where the overlap is known; elsewhere
they hold more often.""",
    "multinomial": """Goodman's limits can hold less than they say, down to {goodman} here, the more so the longer the
list, and so does the Dirichlet band where all shares are equal, down to {dirichlet}: so beside the band of more
than six answers stand Bonferroni-Clopper-Pearson limits, and the band carries a doubt.""",
    "ranks": "With one answer each; each by itself; and together: whoever gives a rarer one gives the others, too.",
    "superiority": """On a scale of five, the first group being the one of 7, or of 24. The limits of proportional odds
hold {proportional-odds} where the many answer alike and the few around them, and Brunner and Munzel's {brunner-munzel}
where the few are nearly all at the end; those by placements, which stand beside the posterior of fewer than 15 people,
hold at least {placements} here.

How often a verdict decides where superiority is one half, at the worst pair of distributions on three categories that a
climb from thousands of pairs found (about .003 of it is the draws'): by the permutation test and the interval beside
alone, and by the test of the verdict ([](methods/scales-and-numbers.md)); at .7 and .9 the latter was at most .037. A
search finds no upper bound: that the test keeps 5% rests on a conjecture (Gaffke 2005), which no pair that was found
contradicts. These rates were worked out once; no certificate holds them.

| n | permutation test and interval | the verdict's test | of the worst pair, the first by that permutation test |
|---|---|---|---|
| 4, 42 | 0.139 | 0.017 | .42, 0, .58 |
| 5, 42 | 0.087 | 0.018 | .39, 0, .61 |
| 7, 42 | 0.052 | 0.027 | .32, 0, .68 |
| 7, 100 | 0.068 | 0.042 | .31, 0, .69 |
| 16, 33 | 0.077 | 0.035 | .5, 0, .5 |
| 24, 25 | 0.064 | 0.044 | .5, 0, .5 |""",
    "population": """Coverage of the population's share, and of the interval that allows for chance alone. *jeffreys*:
with the prior on who took part; *wilson*: within the bounds that leave out as much. "As its prior supposes":
averaged over Jeffreys' prior of the share among people like these and the prior of who took part. At a
participation ratio of 1.6 who gives the answer was 1.6 times as likely to take part; averaged over shares from .05
to .95, so that at some share it is less.""",
}


def page() -> str:
    """Return the page of all shipped certificates."""
    lines = [HEAD]
    for what, title in TITLES.items():
        mine = [one for (call, _), one in shipped_certificates().items() if call == what]
        if not mine:
            continue
        least = {one.method: min((row.coverage for row in one.situations), default=1.0) for one in mine}
        words = WORDS.get(what, "").format(**{method: f"{value:.2f}" for method, value in least.items()})
        lines.append(f"## {title}\n\n`{what}`. {words}".rstrip() + "\n\n")
        lines += [*_grids(mine), *_situations(mine)]
        if what in VERDICTS:
            lines += [VERDICTS[what], *_verdicts(mine[0])]
    lines += [*_models(), *_peers()]
    return "".join(lines).rstrip() + "\n"


def _models() -> list[str]:
    """Return the table of calibrated models, and how often their effects are covered at fixed truths."""
    mine = [one for one in shipped_certificates().values() if one.ranks]
    lines = [MODELS, f"| model | engine | sets of answers | failed | quantities | worst | limit |\n|{'---|' * 7}\n"]
    for one in mine:
        worst = max(one.ranks, key=lambda row: row.chi2)
        lines.append(
            f"| {one.what} | {one.method} | {one.replicates} | {one.failed} | {len(one.ranks)} | "
            f"{worst.chi2:.1f}: {worst.quantity} | {one.rank_limit:.1f} |\n"
        )
    lines.append(f"\n{EFFECTS}| model | engine | truth | effects | least | mean | sets |\n|{'---|' * 7}\n")
    for one in mine:
        for truth in dict.fromkeys(row.situation.partition(":")[0] for row in one.situations):
            rows = [row for row in one.situations if row.situation.startswith(f"{truth}:")]
            covered = [row.coverage for row in rows]
            lines.append(
                f"| {one.what} | {one.method} | {truth} | {len(rows)} | {min(covered):.3f} | "
                f"{sum(covered) / len(rows):.3f} | {rows[0].replicates} |\n"
            )
    return lines if mine else []


def _peers() -> list[str]:
    """Return what benchmarks/peers_coverage.py found, at the smallest and the largest sizes."""
    versions, _, *rows = (PAGE.parent / "peers.csv").read_text(encoding="utf-8").splitlines()
    told = [row for row in csv.reader(rows) if row[1] in ("7", "49", "7/42", "24/25")]
    lines = [
        PEERS,
        f"Of {versions.removeprefix('# ')}.\n\n",
        f"| question | n | tool | least | mean | errs |\n|{'---|' * 6}\n",
    ]
    return [*lines, *(f"| {' | '.join(row)} |\n" for row in told)]


def _grids(mine: list[Certificate]) -> list[str]:
    """Return the table of what was enumerated over a grid."""
    if not mine[0].coverage:
        return []
    lines = [f"| method | n | least | at | mean | inner | equal | above | below | width |\n|{'---|' * 10}\n"]
    lines += [
        f"| {one.method} | {' and '.join(map(str, row.n))} | {abs(row.minimum):.3f} | "
        f"{', '.join(f'{at:.4g}' for at in row.at)} | {row.mean:.3f} | {row.inner[0]:.3f} | {_number(row.alike)} | "
        f"{row.left:.3f} | {row.right:.3f} | {_number(row.width)} |\n"
        for one in mine
        for row in one.coverage
    ]
    return [*lines, "\n"]


def _situations(mine: list[Certificate]) -> list[str]:
    """Return the table of what was worked out in situations, a column for each method."""
    if not mine[0].situations:
        return []
    methods = [one.method for one in mine]
    known = {(row.n, row.situation, one.method): row for one in mine for row in one.situations}
    naive = any(row.naive is not None for row in known.values())
    heads = [f"{method}{', chance alone' * alone}" for method in methods for alone in range(1 + naive)]
    lines = [f"| n | situation | {' | '.join(heads)} |\n|{'---|' * (2 + len(heads))}\n"]
    for n, situation in dict.fromkeys((n, situation) for n, situation, _ in known):
        rows = [known.get((n, situation, method)) for method in methods]
        cells = [_number(part) for row in rows for part in ((row and row.coverage), (row and row.naive))[: 1 + naive]]
        lines.append(f"| {', '.join(map(str, n))} | {situation} | {' | '.join(cells)} |\n")
    drawn = {row.replicates for row in known.values() if row.replicates}
    few = f"{min(drawn)} to {max(drawn)}" if len(drawn) > 1 else f"{max(drawn, default=0)}"
    kept = ", those of which the method has limits" if len(drawn) > 2 else ""
    error = math.sqrt(0.95 * 0.05 / min(drawn, default=1))
    told = (
        f"\nOf {few} sets of answers where drawn{kept}: the chance error of a coverage of .95 is up to {error:.3f}.\n"
        if drawn
        else ""
    )
    return [*lines, told, "\n"]


def _verdicts(one: Certificate) -> list[str]:
    """Return the table of how often the verdict errs and decides."""
    truths = [f"{truth:g}" for truth, _ in one.verdict[0].supported]
    return [
        f"| n | errs | {' | '.join(truths)} |\n|{'---|' * (2 + len(truths))}\n",
        *(
            f"| {' and '.join(map(str, row.n))} | {row.false_sign:.4f} | "
            f"{' | '.join(f'{chance:.2f}' for _, chance in row.supported)} |\n"
            for row in one.verdict
        ),
        "\n",
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


MOST = 49
"""People in each of two groups up to whom the rate of verdicts on equal shares is kept: two minutes' work."""

REPLICATES = 1_000
"""Sets of answers of each model."""

BY_NUTS = ("scenario-uncle-by-experience",)
"""Models of which NUTS, too, is calibrated: a set takes it many times as long."""

ROWS = Path(__file__).parents[1] / ".certificates"
"""Where fits are kept, so that a run that was stopped goes on."""


def write(made: Certificate) -> None:
    """Write a certificate."""
    (FOLDER / f"{made.what}-{made.method}.json").write_text(made.to_json() + "\n", encoding="utf-8")
    sys.stdout.write(f"{made.name}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    chosen = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    for what, kind in CERTIFIED.items():
        for method in kind.methods if not chosen or what in chosen else ():
            write(certify(what, method=method))
    for model in model_names():
        if not chosen or model in chosen:
            write(certify(model, replicates=REPLICATES, workers=2, folder=ROWS, progress=True))
            if model in BY_NUTS:
                write(certify(model, method="nuts", replicates=REPLICATES, folder=ROWS, progress=True))
    shipped_certificates.cache_clear()
    PAGE.write_text(page(), encoding="utf-8")
    if "--rates" in sys.argv:
        rows = [[gap_rate(n1, n2, 0.95) for n2 in range(n1, MOST + 1)] for n1 in range(1, MOST + 1)]
        lines = [",".join(f"{math.ceil(1e5 * rate) / 1e5:.5f}" for rate in row) for row in rows]  # never below it
        (FOLDER / "equal-shares.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
