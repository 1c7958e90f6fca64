"""Estimates with profile limits: the log-F penalty, maximum likelihood where it exists, Firth for two categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtri

from csea_stats.errors import InputError
from csea_stats.regression.engines.cumulative import Cumulative, Peak, climb
from csea_stats.regression.engines.firth import Firth
from csea_stats.regression.engines.separation import dependent, separating
from csea_stats.regression.problem import Diagnostic, Limits, Profiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from csea_stats.regression.engines.cumulative import Objective
    from csea_stats.regression.problem import Array, Problem

Method = Literal["log-f", "ml", "firth"]
FARTHEST = 60
"""Doublings of the distance from the estimate after which a limit is called infinite."""


def profile(
    problem: Problem, *, method: Method = "log-f", level: float = 0.95, names: Sequence[str] | None = None
) -> Profiled:
    """Fit an ordinal or binary regression and give each coefficient its profile-likelihood limits.

    Parameters
    ----------
    problem : Problem
        Linear terms only; priors are not looked at.
    method : {"log-f", "ml", "firth"}
        log-f, the default: likelihood times a log-F(1, 1) density on every slope; ml: likelihood alone, refused where
        it has no maximum; firth: two categories only.
    level : float, default 0.95
    names : sequence of str, optional
        What to call the columns in errors and diagnostics.

    Returns
    -------
    Profiled
        Categories that nobody chose are merged: a cutpoint below every answer given is minus infinity, above every one
        infinity, and around an empty category in between the two are equal.

    Raises
    ------
    InputError
        If a term is monotonic, all answers are alike, a column varies with nobody or repeats others, the method is ml
        and a column separates the answers, the method is firth and there are more than two categories, or no maximum
        was reached.

    Notes
    -----
    A limit is where twice the drop of the objective, maximised over all other parameters, is the chi-square quantile
    with one degree of freedom.

    References
    ----------
    Greenland, S. and Mansournia, M. A. (2015). Penalization, bias reduction, and default priors in logistic and related
    categorical and survival regressions. Statistics in Medicine 34, 3133-3143, doi:10.1002/sim.6537.

    Examples
    --------
    7 of 7 in one group, 28 of 42 in the other:

    >>> from csea_stats.regression.problem import Prior, Problem
    >>> column = np.array([[6 / 7], [-1 / 7]])
    >>> table = Problem(counts=np.array([[0.0, 7.0], [14.0, 28.0]]), linear=column, linear_priors=(Prior(),))
    >>> limits = profile(table).limits[0]
    >>> [round(x, 2) for x in (limits.value, limits.lower, limits.upper)]
    [2.09, -0.11, 6.98]
    """
    labels = _labels(problem, names)
    used = _checked(problem, method, level, labels)
    counts = problem.counts[:, used]
    infinite = separating(counts, problem.linear)
    if method == "ml" and infinite:
        raise InputError(_refusal(infinite, labels))
    free = Cumulative(counts=counts, columns=problem.linear, penalised=False)
    fitted: Firth | Cumulative
    if method == "firth":
        fitted = Firth(counts=counts, columns=problem.linear)
    else:
        fitted = Cumulative(counts=counts, columns=problem.linear, penalised=method == "log-f")
    best = climb(fitted, fitted.start())
    if not best.converged:
        message = f"method {method!r}: no maximum was reached; there is no estimate and no interval to give"
        raise InputError(message)
    cuts = len(used) - 1
    half = float(ndtri(0.5 + level / 2))
    limits = tuple(_limits(fitted, best, place, half, method) for place in range(cuts, best.point.size))
    return Profiled(
        thresholds=_spread(best.point[:cuts], used, problem.answers),
        linear=best.point[cuts:],
        limits=limits,
        log_likelihood=free(best.point)[0],
        diagnostics=(_told(infinite, labels, method),),
        method=method,
        level=level,
    )


def _labels(problem: Problem, names: Sequence[str] | None) -> list[str]:
    labels = [f"linear column {place}" for place in range(problem.linear.shape[1])] if names is None else list(names)
    if len(labels) != problem.linear.shape[1]:
        message = f"names: found {len(labels)}; allowed is one for each of {problem.linear.shape[1]} columns"
        raise InputError(message)
    return labels


def _checked(problem: Problem, method: Method, level: float, labels: list[str]) -> NDArray[np.intp]:
    """Refuse what cannot be fitted; return the places of the categories that somebody chose."""
    if method not in ("log-f", "ml", "firth"):
        message = f"method: found {method!r}; allowed is 'log-f', 'ml' or 'firth'"
        raise InputError(message)
    if not 0 < level < 1:
        message = f"level: found {level!r}; allowed is a number between 0 and 1, such as 0.95"
        raise InputError(message)
    if problem.steps:
        message = (
            f"method {method!r}: found {len(problem.steps)} monotonic terms; allowed are linear ones: "
            "give an ordered predictor as a score, or use method 'bayes'"
        )
        raise InputError(message)
    used = np.flatnonzero(problem.counts.sum(axis=0) > 0)
    if used.size < 2:
        message = (
            f"answers: found {problem.people:g}, all in one category or none; two categories with answers are needed"
        )
        raise InputError(message)
    if method == "firth" and problem.answers > 2:
        message = f"method 'firth': found {problem.answers} categories; allowed are two: use 'log-f'"
        raise InputError(message)
    repeated = dependent(problem.counts, problem.linear)
    if repeated:
        message = (
            f"{', '.join(labels[place] for place in repeated)}: the same for everybody who answered, or a combination "
            "of one another; the data cannot tell such columns apart: leave one out"
        )
        raise InputError(message)
    return used


def _refusal(infinite: tuple[tuple[int, float], ...], labels: list[str]) -> str:
    told = ", ".join(f"{labels[place]} ({'+' if sign > 0 else '-'}infinity)" for place, sign in infinite)
    return (
        f"method 'ml': the answers are separated, so that no maximum exists: {told}. "
        "Use method 'log-f', whose estimates are finite"
    )


def _told(infinite: tuple[tuple[int, float], ...], labels: list[str], method: Method) -> Diagnostic:
    if not infinite:
        text = "No combination of columns separates the answers; the maximum-likelihood estimates are finite."
        return Diagnostic(name="separation", value=0.0, state="pass", text=text)
    told = ", ".join(labels[place] for place, _ in infinite)
    text = (
        f"The answers are separated: maximum likelihood would give {told} an infinite coefficient; "
        f"the {method} penalty bounds it, and one of its limits is mostly the penalty's."
    )
    return Diagnostic(name="separation", value=float(len(infinite)), state="warn", text=text)


def _spread(cuts: Array, used: NDArray[np.intp], answers: int) -> Array:
    """Cutpoints of all categories from those of the used ones."""
    before = np.searchsorted(used, np.arange(1, answers), side="left")  # used categories at or below each cut
    ends = np.concatenate([[-np.inf], cuts, [np.inf]])
    return np.asarray(ends[before])


def _limits(objective: Objective, best: Peak, place: int, half: float, method: Method) -> Limits:
    """Both limits of one coordinate, where the signed root of the profile drop is -half and +half."""
    spread = float(np.sqrt(np.linalg.inv(best.information)[place, place]))
    ends = [_limit(objective, best, place, sign * half, spread) for sign in (-1.0, 1.0)]
    if any(np.isnan(end) for end in ends):
        message = f"method {method!r}: the profile of a coefficient did not converge; there is no interval to give"
        raise InputError(message)
    return Limits(value=float(best.point[place]), lower=ends[0], upper=ends[1])


def _limit(objective: Objective, best: Peak, place: int, target: float, spread: float) -> float:
    """Solve root(v) = target, root the signed square root of twice the drop: nearly a line, so Newton in a bracket."""
    side = float(np.sign(target))
    centre = float(best.point[place])
    near, far, warm = centre, side * np.inf, best.point
    value = centre + target * spread
    for doubling in range(FARTHEST + 100):
        start = warm.copy()
        start[place] = value
        if objective(start)[0] == -np.inf:  # cutpoints keep their order whatever the coefficient: not for cumulative
            return np.nan
        peak = climb(objective, start, fixed=place)
        if not peak.converged:
            return np.nan
        warm = peak.point
        drop = max(best.value - peak.value, 0.0)
        root = side * np.sqrt(2 * drop)
        if abs(root - target) <= 1e-10:
            return float(value)
        if side * (root - target) < 0:
            near = value
        else:
            far = value
        slope = -peak.slope[place] / root if root else 0.0
        step = value + (target - root) / slope if slope > 0 else side * np.inf
        open_ = np.isinf(far)
        if open_ and doubling > FARTHEST:
            return float(far)
        end = centre + 4 * (near - centre) if open_ else far
        inside = side * near < side * step < side * end
        value = float(step if inside else end if open_ else (near + far) / 2)
        if abs(far - near) <= 1e-12 * (1 + abs(near)):
            return value
    return np.nan
