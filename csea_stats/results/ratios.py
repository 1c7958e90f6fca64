"""Words for two shares held against each other: the difference first, then their ratio, then the odds ratio."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from csea_stats.results.numbers import points_range, ratio, ratio_range, thresholds_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.results.values import Estimate

RELATIVE = ("ratio of the shares", "odds ratio")
"""Estimands that compare two shares by division."""


def compared(estimate: Estimate) -> bool:
    """Whether an estimate is a ratio of two groups' shares or odds."""
    return estimate.estimand in RELATIVE and len(estimate.base) == 2


def times(lower: float, upper: float, thresholds: Sequence[float] = ()) -> str:
    """Return a range of ratios of shares: "1.03 to 1.9 times", "at least 4.8 times, without an upper limit".

    Examples
    --------
    >>> times(1.026, 1.864), times(4.8, math.inf), times(1.5, 1.5), times(0.0, math.inf)
    ('1.03 to 1.9 times', 'at least 4.8 times, without an upper limit', '1.5 times', 'left open altogether')
    """
    return _range(lower, upper, " times", thresholds)


def odds(lower: float, upper: float, thresholds: Sequence[float] = ()) -> str:
    """Return a range of odds ratios: "0.90 to 1,100", "at least 0.61, without an upper limit".

    Examples
    --------
    >>> odds(0.9, 1074.0), odds(0.61, math.inf)
    ('0.90 to 1,100', 'at least 0.61, without an upper limit')
    """
    return _range(lower, upper, "", thresholds)


def _range(lower: float, upper: float, unit: str, thresholds: Sequence[float]) -> str:
    if lower == 0 and upper == math.inf:
        return "left open altogether"
    if upper == math.inf:
        return f"at least {ratio(lower, thresholds)}{unit}, without an upper limit"
    return f"{ratio_range(lower, upper, thresholds)}{unit}"


def observed_words(estimate: Estimate) -> str:
    """Return what was observed, the difference before the ratio before the odds ratio.

    Returns
    -------
    str
        Such as "+33 points, 1.5 times the second share, an odds ratio without limit (a cell is 0)".
    """
    tables = list(_tables(estimate))
    gaps = [x1 / n1 - x2 / n2 for x1, n1, x2, n2 in tables]
    low, high = min(gaps), max(gaps)
    held = thresholds_of(estimate)
    told = [points_range(low, high)]
    told.append(_told([_over(x1 * n2, x2 * n1) for x1, n1, x2, n2 in tables], "ratio", " times the second share", held))
    if estimate.estimand == "odds ratio":
        told.append(_told([_over(x1 * (n2 - x2), x2 * (n1 - x1)) for x1, n1, x2, n2 in tables], "odds ratio", "", held))
    return ", ".join(told)


def _tables(estimate: Estimate) -> Iterator[tuple[int, int, int, int]]:
    bases = [(base,) if isinstance(base, int) else base for base in estimate.base]
    for counts, n1, n2 in product(estimate.counts, bases[0], bases[1]):
        if counts[0] <= n1 and counts[1] <= n2:
            yield counts[0], n1, counts[1], n2


def _over(more: int, less: int) -> float:
    return math.nan if more == less == 0 else math.inf if less == 0 else more / less


def _told(values: list[float], name: str, unit: str, held: Sequence[float]) -> str:
    if any(math.isnan(value) for value in values):
        return f"no {name} (nothing to divide)"
    low, high = min(values), max(values)
    lead = "" if unit else f"an {name} of "
    if low == math.inf:
        return (
            f"an {name} without limit (a cell is 0)"
            if not unit
            else "infinitely many times the second share, which is 0"
        )
    if high == math.inf:
        return f"{lead}{ratio(low, held)}{unit} or more, without limit"
    return f"{lead}{ratio_range(low, high, held)}{unit}"
