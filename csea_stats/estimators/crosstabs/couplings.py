"""How two answers might go together, each supposition with its name: a distribution over the tables that margins allow.

Margins say almost nothing of an association, so whatever such a distribution gives is the supposition's doing.
"""

from __future__ import annotations

import math
import re

from csea_stats.errors import InputError

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
    if isinstance(coupling, str) and (coupling in COUPLINGS or (_ODDS.fullmatch(coupling) and _odds(coupling) > 0)):
        return coupling
    message = (
        f"coupling: found {coupling!r}; allowed is 'uniform', 'hypergeometric', 'odds-ratio X' with a number above 0, "
        "such as 'odds-ratio 2' or 'odds-ratio 1/2', or None"
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
