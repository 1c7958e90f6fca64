"""Reference limits of a difference and a ratio of two shares whose log odds ratio has a Logistic(0, 1) prior.

Run: python tied_shares.py   (writes tied_shares.csv beside this script; about ten minutes)
Nested Gauss-Legendre quadrature over the two logits, written from the definition: for a logit of the first group the
second is integrated from where the difference (or ratio) is the limit; the outer integral is cut where that place
leaves the line, and graded towards there. Nothing of the package is used.
"""

import csv
import itertools
import math
from pathlib import Path

import numpy as np
from scipy import optimize, special

TABLES = [(0, 7, 0, 42), (7, 7, 42, 42), (0, 1, 5, 5), (7, 7, 28, 42), (0, 300, 2, 5), (1, 1, 4000, 10_000)]
SHIFTS = [(0.0, 0.0), (math.log(2.66), -math.log(2.66)), (math.log(7.1), -math.log(7.1)), (1.5, 0.0), (-4.0, 4.0)]
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(16)


def composite(edges):
    """Return nodes and weights of the rule in each panel, along the last axis."""
    low, half = edges[..., :-1, None], np.diff(edges, axis=-1)[..., None] / 2
    nodes = low + half * (1 + POINTS)
    return nodes.reshape(*edges.shape[:-1], -1), (half * WEIGHTS).reshape(*edges.shape[:-1], -1)


def ends(x, n):
    """Return where the likelihood of a logit, times either prior, has ended."""
    log = np.linspace(-60, 60, 240_001)
    like = x * special.log_expit(log) + (n - x) * special.log_expit(-log)
    inside = log[like + 0.5 * (special.log_expit(log) + special.log_expit(-log)) > like.max() - 30 - 2 * math.log(n)]
    return inside[0], inside[-1]


class Reference:
    def __init__(self, table, shifts):
        self.table, self.shifts = table, shifts
        x1, n1, x2, n2 = table
        self.first, self.second = ends(x1, n1), ends(x2, n2)
        self.panels = math.ceil(max(16.0, 2 * np.ptp(self.first) / min(np.ptp(self.second), 4.0)))
        grid = np.linspace(*self.first, 600)[:, None], np.linspace(*self.second, 600)[None, :]
        self.top = self.log(*grid).max()
        l1, w1 = composite(np.linspace(*self.first, 500))
        l2, w2 = composite(np.linspace(*self.second, 80))
        self.whole = w1 @ np.exp(self.log(l1[:, None], l2[None, :]) - self.top) @ w2

    def log(self, l1, l2):
        x1, n1, x2, n2 = self.table
        alpha, b = (n1 * l1 + n2 * l2) / (n1 + n2), l1 - l2
        return (
            n1 * special.log_expit(l1)
            - (n1 - x1) * l1
            + n2 * special.log_expit(l2)
            - (n2 - x2) * l2
            + (special.log_expit(alpha) + special.log_expit(-alpha)) / 2
            + special.log_expit(b)
            + special.log_expit(-b)
        )

    def below(self, places, other):
        """Return the probability that the second logit is above other(first share)."""
        cuts = sorted({*self.first, *(min(max(place, self.first[0]), self.first[1]) for place in places)})
        total = 0.0
        for low, high in itertools.pairwise(cuts):
            middle = (low + high) / 2
            near = (middle - low) * np.concatenate(
                [[0.0], np.geomspace(1e-7, 0.02, 40), np.linspace(0.02, 1, self.panels)[1:]]
            )
            for edges, sign in ((low + near, 1), (high - near, -1)):
                l1, w1 = composite(edges)
                start = np.clip(other(special.expit(l1 - self.shifts[0])), *self.second)
                l2, w2 = composite(start[:, None] + (self.second[1] - start)[:, None] * np.linspace(0, 1, 19))
                inner = (np.exp(self.log(l1[:, None], l2) - self.top) * w2).sum(axis=1)
                total += sign * float(w1 @ inner)
        return total / self.whole

    def difference(self, value):
        with np.errstate(all="ignore"):
            places = special.logit([value, 1 + value]) + self.shifts[0]
            return self.below(
                places[np.isfinite(places)], lambda p: special.logit(np.clip(p - value, 0, 1)) + self.shifts[1]
            )

    def ratio(self, log):
        with np.errstate(all="ignore"):
            places = special.logit([math.exp(log)]) + self.shifts[0]
            return self.below(
                places[np.isfinite(places)], lambda p: special.logit(np.clip(p / math.exp(log), 0, 1)) + self.shifts[1]
            )


def limit(rule, probability):
    """Return where the rule, of a place on the line, has that probability."""
    return optimize.brentq(lambda place: rule(place) - probability, -12, 12, xtol=1e-9)


def main():
    rows = []
    for table in TABLES:
        for shifts in SHIFTS:
            found = Reference(table, shifts)
            row = dict(zip(("x1", "n1", "x2", "n2", "shift1", "shift2"), (*table, *shifts), strict=True))
            for probability in (0.025, 0.975):
                place = limit(lambda place: found.difference(math.tanh(place)), probability)  # noqa: B023
                row[f"difference_{probability}"] = f"{math.tanh(place):.8f}"
                row[f"log_ratio_{probability}"] = f"{limit(found.ratio, probability):.8f}"
            rows.append(row)
    with Path(__file__).with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        file.write(f"# NumPy {np.__version__}, nested Gauss-Legendre quadrature, by {Path(__file__).name}\n")
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
