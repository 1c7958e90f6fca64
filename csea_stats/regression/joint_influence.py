"""How far a few respondents together decide an effect: those whose answers pull it most, and a refit without them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import check_whole
from csea_stats.regression.engines import quick
from csea_stats.regression.quantities import drawn
from csea_stats.regression.sensitivity import alike, check_influence, ends, first_effect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.fitted import FittedModel, FittedTable
    from csea_stats.regression.problem import Array
    from csea_stats.regression.sensitivity import AlikeRespondents

MOST_LEFT_OUT = 20
"""Respondents left out together at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointInfluence:
    """The first effect without those respondents who together pull it one way the most.

    Parameters
    ----------
    respondents : int
        How many are left out.
    left_out : tuple of (pattern, answer, number)
        Who they are: their values of the predictors, their answer (of several how many they are), and how many of
        these.
    expected : float
        By how much the effect changes without them to first order.
    before, value, lower, upper : float
        Posterior median with them; and without them, with its interval, by a fit of the others.
    changes_side : bool
        Whether the interval then lies on another side of 0.
    refitted : bool
        Whether the fit of the others passed its checks; if not, `value` is `before` and the change expected, and the
        interval is not known.
    synthetic : bool
        Whether the answers were made up.
    """

    respondents: int
    left_out: tuple[tuple[tuple[tuple[str, str], ...], str, int], ...]
    expected: float
    before: float
    value: float
    lower: float
    upper: float
    changes_side: bool
    refitted: bool = True
    synthetic: bool = False

    @property
    def change(self) -> float:
        """By how much the effect changes."""
        return self.value - self.before


def joint_influence(fit: FittedModel, respondents: int = 3) -> tuple[JointInfluence, ...]:
    """Return what the first effect is without so many respondents: those who raise it most, then who lower it most.

    Parameters
    ----------
    fit : FittedModel
        Bayesian.
    respondents : int, default 3

    Returns
    -------
    tuple of JointInfluence
        Two: the effect becomes smaller without the first ones, and larger without the second.

    Notes
    -----
    With a weight w_i on each respondent's log likelihood l_i, the posterior mean of an effect has the derivative
    Cov(effect, l_i), so leaving some out changes it by minus the sum of theirs, to first order, and the sum is largest
    for those with the largest: no sets are tried (Broderick, T., Giordano, R. and Meager, R. (2020). An automatic
    finite-sample robustness metric: when can dropping a little data make a big difference? arXiv:2011.14999). The
    others are then fitted: that number holds, whatever the approximation is worth. The effect stays averaged over all
    respondents. Who gave several answers is left out with all of them: l_i is their sum, given the respondent's own
    effect, which then follows its prior.
    """
    check_influence(fit, "joint influence")
    number = check_whole("respondents", respondents, 1, min(MOST_LEFT_OUT, fit.design.people - 1))
    reading, quantity = fit.readings[0], first_effect(fit)
    values, tail = drawn(reading, quantity, None), (1 - fit.level) / 2
    draws = reading.weigh(values)
    weights = np.ones(len(values)) if draws.weights is None else draws.weights
    centred = (values - np.average(values, weights=weights)) * weights / weights.sum()
    cells = alike(reading)
    pulls = np.array([centred @ cell.log_likelihood for cell in cells])
    low, middle, high = ends(draws, tail)
    found = []
    for sign in (1.0, -1.0):
        chosen = _chosen(cells, sign * pulls, number)
        fresh = _without(reading, cells, chosen, fit.seed)
        expected = -float(chosen @ pulls)
        told = (np.nan, middle + expected, np.nan)
        if fresh is not None:
            told = ends(fresh.weigh(drawn(fresh, quantity, None)), tail)
        found.append(
            JointInfluence(
                respondents=number,
                left_out=tuple(
                    (cells[at].pattern, cells[at].answer, int(chosen[at])) for at in np.flatnonzero(chosen).tolist()
                ),
                expected=expected,
                before=middle,
                value=float(told[1]),
                lower=float(told[0]),
                upper=float(told[2]),
                changes_side=fresh is not None and (told[0] > 0, told[2] < 0) != (low > 0, high < 0),
                refitted=fresh is not None,
                synthetic=fit.synthetic,
            )
        )
    return tuple(found)


def _chosen(cells: Sequence[AlikeRespondents], pulls: Array, number: int) -> Array:
    """Return how many of each cell are among those with the largest pulls."""
    chosen = np.zeros(len(cells))
    for place in np.argsort(-pulls, kind="stable"):
        chosen[place] = min(cells[place].respondents, number - chosen.sum())
    return chosen


def _without(reading: FittedTable, cells: Sequence[AlikeRespondents], chosen: Array, seed: int) -> FittedTable | None:
    """Return the fit of the others; None where it fails its checks."""
    if reading.design.several:
        return _fitted(reading, seed, answered=_answers_without(reading, cells, chosen))
    table = reading.table.copy()
    for at in np.flatnonzero(chosen).tolist():
        left = chosen[at]
        for place in cells[at].places:
            gone = min(left, table[place])
            table[place] -= gone
            left -= gone
    return _fitted(reading, seed, table=table)


def _answers_without(reading: FittedTable, cells: Sequence[AlikeRespondents], chosen: Array) -> Any:
    """Return pattern, item and answer of every answer that somebody else gave."""
    rows = reading.design.rows_answered()
    gone = [cells[at].places[0][0] for at in np.flatnonzero(chosen).tolist()]
    kept = ~np.isin(rows[0], gone)
    return tuple(one[kept] for one in rows)


def _fitted(reading: FittedTable, seed: int, *, table: Array | None = None, answered: Any = None) -> FittedTable | None:
    """Return the fit of other counts, or of fewer answers; None where it fails its checks."""
    design = reading.design if answered is None else replace(reading.design, answered=answered)
    fresh = reading.with_sample(quick(design.problem(table=table), seed=seed))
    return None if any(check.state == "fail" for check in fresh.drawn.diagnostics) else fresh
