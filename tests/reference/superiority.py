"""Reference values for the posterior of P(A > B) + P(A = B) / 2, by twenty million draws.

Run: python superiority.py   (writes superiority.csv beside this script; about ten minutes)
Of each table the quantiles and the probability of more than a half, among people like these (tau 0) and in a
population, with their Monte Carlo standard errors. NumPy's Dirichlet draws and the definition alone: nothing of the
package is used.
"""

import csv
from pathlib import Path

import numpy as np

DRAWS, CHUNK = 20_000_000, 250_000
LEVELS = (0.0005, 0.025, 0.25, 0.75, 0.975, 0.9995)
TABLES = [
    ((0, 24, 0), (0, 42, 0)),
    ((0, 99, 1), (0, 100, 0)),
    ((0, 995, 5), (0, 1000, 0)),
    ((1, 0, 0), (0, 1, 0)),
    ((0, 0, 3, 0, 0), (0, 1, 40, 0, 0)),
    ((2, 8, 9, 4, 1), (1, 12, 8, 3, 1)),
    ((7, 0, 0, 0, 0), (0, 0, 10, 20, 12)),
    ((0, 9000, 1, 0), (1, 10, 0, 0)),
    ((30, 0, 0, 2), (28, 1, 0, 0)),
    ((0, 0, 0, 0, 1000, 0, 0, 0, 0, 0), (0, 0, 0, 0, 3000, 0, 0, 0, 0, 0)),
    ((1, 0, 0, 0, 0, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
]
POPULATIONS = [(0.5, 0.0, 0.5), (0.5, 0.4, 1.0), (4.0, 0.0, 0.0)]
"""tau, mean and correlation of the log participation ratio, for the tables up to the eighth."""


def drawn(a, b, who, rng):
    """Return P(A > B) + P(A = B) / 2, drawn."""
    found, (tau, mean, correlation) = [], who
    for _ in range(DRAWS // CHUNK):
        common, shares = rng.normal(size=CHUNK), []
        for counts in (a, b):
            # Gammas with their totals: a share of 1e-20 is one, and 1 less it is not 1.
            parts = rng.standard_gamma(np.array(counts)[:, None] + 1 / len(counts), size=(len(counts), CHUNK))
            below = np.cumsum(parts, axis=0)[:-1]
            above = np.cumsum(parts[::-1], axis=0)[::-1][1:]
            lost = mean + tau * (correlation**0.5 * common + (1 - correlation) ** 0.5 * rng.normal(size=CHUNK))
            kept = below * np.exp(-lost)
            edges = np.zeros((1, CHUNK))
            shares.append(np.concatenate([edges, kept / (kept + above), edges + 1]))
        one, other = shares
        found.append((np.diff(one, axis=0) * (other[1:] + other[:-1]) / 2).sum(axis=0))
    return np.sort(np.concatenate(found))


def main():
    rng = np.random.default_rng(20_250_601)
    rows = []
    for place, (a, b) in enumerate(TABLES):
        for who in [(0.0, 0.0, 0.0), *(POPULATIONS if place < 8 else [])]:
            theta = drawn(a, b, who, rng)
            row = {"a": " ".join(map(str, a)), "b": " ".join(map(str, b))}
            row |= dict(zip(("tau", "mean", "correlation"), who, strict=True))
            for level in LEVELS:
                error = (level * (1 - level) / DRAWS) ** 0.5
                low, middle, high = np.quantile(theta, [level - error, level, level + error])
                row |= {f"q{level}": f"{middle:.6f}", f"se{level}": f"{(high - low) / 2:.1e}"}
            above = float((theta > 0.5).mean())
            row |= {"above": f"{above:.6f}", "se_above": f"{(above * (1 - above) / DRAWS) ** 0.5:.1e}"}
            rows.append(row)
    path = Path(__file__).with_suffix(".csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# NumPy {np.__version__}, {DRAWS} draws, by superiority.py\n")
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
