"""From limits of an answer's share to regions for what the margins leave open.

With the groups' sizes fixed, the ends of every set are functions of that one share, so its limits carry over and no
prior on how the answers go together enters.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Literal

from csea_stats.errors import InputError, in_short, is_of, plain_text, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable

COUPLINGS = ("uniform", "hypergeometric", "odds-ratio 2")
"""Couplings by example; any positive number may follow "odds-ratio"."""

_ODDS = re.compile(r"odds-ratio (\d+(?:\.\d+)?|\d+/\d+)")


def check_coupling(coupling: object) -> str | None:
    """Return the coupling's name, or None.

    Examples
    --------
    >>> check_coupling("odds-ratio 1/2"), check_coupling(None)
    ('odds-ratio 1/2', None)
    """
    if coupling is None:
        return None
    found = plain_value(coupling)
    if is_of(found, str) and (found in COUPLINGS or (_ODDS.fullmatch(found) and _odds(found) > 0)):
        return plain_text(found)
    message = (
        f"coupling: found {in_short(coupling)}; allowed is 'uniform', 'hypergeometric', 'odds-ratio X' with a number "
        "above 0, such as 'odds-ratio 2' or 'odds-ratio 1/2', or None"
    )
    raise InputError(message)


def _odds(coupling: str) -> float:
    """Return the odds ratio that a coupling supposes; 1 supposes no association."""
    if coupling == "hypergeometric":
        return 1.0
    above, _, below = coupling.removeprefix("odds-ratio ").partition("/")
    return float(above) / float(below or 1) if float(below or 1) else 0.0


def coupling_words(coupling: str) -> str:
    """Return what a coupling supposes, to be read after "supposing"."""
    if coupling == "uniform":
        return "every count of the cell that the margins allow equally likely (coupling: uniform)"
    if coupling == "hypergeometric":
        return "that the answer and the group have nothing to do with each other (coupling: hypergeometric)"
    ratio = coupling.removeprefix("odds-ratio ")
    return f"an odds ratio of {ratio} between the group and all others (coupling: noncentral hypergeometric)"


def chance_above(row: int, column: int, base: int, coupling: str) -> float:
    """Return the probability that the share in the group is above the share outside it, under a coupling.

    Parameters
    ----------
    row, column, base : int
        The answer's count, the group's, and of how many.
    coupling : str

    Notes
    -----
    Weights of the cell a: 1; C(column, a) C(base - column, row - a), which is what exchanging answers among people
    gives; the same times the odds ratio to the power a (Fisher's noncentral distribution).

    Examples
    --------
    >>> [round(chance_above(35, 24, 49, name), 3) for name in ("uniform", "hypergeometric", "odds-ratio 2")]
    [0.467, 0.411, 0.815]
    """
    cells = range(max(0, row + column - base), min(row, column) + 1)
    if coupling == "uniform":
        logs = [0.0 for _ in cells]
    else:
        slope = math.log(_odds(coupling))
        logs = [_log_choose(column, a) + _log_choose(base - column, row - a) + slope * a for a in cells]
    largest = max(logs)
    weights = [math.exp(log - largest) for log in logs]
    above = [weight for a, weight in zip(cells, weights, strict=True) if a * base > row * column]
    return math.fsum(above) / math.fsum(weights)


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)


Part = Literal["in", "out", "difference"]

Ends = tuple[float, float]


def part_ends(share: float, group: float, part: Part) -> Ends:
    """Return the bounds of a share in the group, outside it, or of their difference, from the two margins as shares.

    Examples
    --------
    >>> [round(end, 3) for end in part_ends(35 / 49, 24 / 49, "out")]
    [0.44, 1.0]
    """
    least, most = max(0.0, share - 1 + group), min(group, share)
    if part == "in":
        return least / group, most / group
    if part == "out":
        return (share - most) / (1 - group), (share - least) / (1 - group)
    low, high = (together / group - (share - together) / (1 - group) for together in (least, most))
    return max(low, -1.0), min(high, 1.0)


def gap_ends(share: float, groups: tuple[float, float]) -> Ends:
    """Return the bounds of the difference between two of several groups, from the margins as shares."""
    (low, high), (other_low, other_high) = (part_ends(share, group, "in") for group in groups)
    return low - other_high, high - other_low


def part_region(limits: Ends, group: float, part: Part) -> Ends:
    """Return the region for the bounds, from limits of the answer's share.

    The bounds of a share rise with the margin. Those of the difference are extreme at the limits, or inside them: the
    lower is -1 where everyone with the answer is outside the group and fills it, the upper 1 in the mirror case.
    """
    return _region(limits, (group,), lambda share: part_ends(share, group, part))


def gap_region(limits: Ends, groups: tuple[float, float]) -> Ends:
    """Return the region for the bounds of the difference between two of several groups."""
    return _region(limits, groups, lambda share: gap_ends(share, groups))


def _region(limits: Ends, groups: tuple[float, ...], ends_of: Callable[[float], Ends]) -> Ends:
    """Return the hull over a range of shares; the ends are linear between the kinks, which are the groups' sizes."""
    inner = [cut for group in groups for cut in (group, 1 - group) if limits[0] < cut < limits[1]]
    ends = [ends_of(share) for share in (*limits, *inner)]
    return max(min(low for low, _ in ends), -1.0), min(max(high for _, high in ends), 1.0)


def critical_value(width: float, level: float) -> float:
    """Return Imbens and Manski's C: Phi(C + width) - Phi(-C) = level.

    Parameters
    ----------
    width : float
        Of the identified set, in units of the larger standard error of its two ends; may be infinite.
    level : float

    References
    ----------
    Imbens & Manski (2004), Econometrica 72, 1845-1857, https://doi.org/10.1111/j.1468-0262.2004.00555.x, equation 6

    Examples
    --------
    >>> [round(critical_value(width, 0.95), 3) for width in (0.0, 0.5, 1.0, 2.0)]
    [1.96, 1.77, 1.681, 1.646]
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr, ndtri

    if width > 50:
        return float(ndtri(level))
    ends = float(ndtri(level)) - 1e-9, float(ndtri((1 + level) / 2)) + 1e-9
    return float(brentq(lambda c: ndtr(c + width) - ndtr(-c) - level, *ends, xtol=1e-12))


def relative_width(limits: tuple[Ends, Ends], ends_of: Callable[[float], Ends]) -> float:
    """Return how wide the set is, in units of the larger spread of its ends, both at their least favourable.

    Parameters
    ----------
    limits : (outer, inner)
        Limits of the share: at the level asked for, over which the narrowest set is taken; and those between which it
        lies with the probability of one standard error either way, which give the spread of each end without supposing
        it normal (an end at 0 or 1 has none).
    """
    outer, inner = limits
    steps = [outer[0] + (outer[1] - outer[0]) * step / 200 for step in range(201)]
    width = min(high - low for low, high in map(ends_of, steps))
    at = [ends_of(share) for share in inner]
    spread = max(abs(high - low) / 2 for low, high in (tuple(side) for side in zip(*at, strict=True)))
    return float("inf") if spread == 0 else width / spread
