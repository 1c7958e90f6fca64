"""Estimates with profile limits: the log-F penalty, maximum likelihood where it exists, Firth for two categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import expit, ndtri

from csea_stats.errors import InputError
from csea_stats.regression.engines.objectives import FreeObjective, objective_of
from csea_stats.regression.problem import Array, Diagnostic, EngineProblem, Limits, Profiled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Objective = Callable[[Array], tuple[float, Array, Array]]
    """From a point to its value, gradient and information (minus the Hessian, or what stands in for it)."""

ROUNDS, HALVINGS = 200, 60

CLOSE = 1e-14
"""Newton decrement, relative to the size of the objective, that ends the climb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cumulative:
    """The log-likelihood on merged categories, with the log-F(1, 1) penalty of the slopes or without.

    Parameters
    ----------
    counts : (G, J) array
        No category that nobody chose.
    columns : (G, P) array
    penalised : bool
        Whether to add sum_j b_j/2 - log(1 + exp(b_j)).
    normal : int
        How many of the last columns have a standard normal density instead.
    """

    counts: Array
    columns: Array
    penalised: bool
    normal: int = 0

    def start(self) -> Array:
        """Cutpoints of the answers taken together, coefficients 0: exact without columns."""
        below = np.cumsum(self.counts.sum(axis=0))
        cuts = np.log(below[:-1]) - np.log(below[-1] - below[:-1])
        return np.concatenate([cuts, np.zeros(self.columns.shape[1])])

    def __call__(self, point: Array) -> tuple[float, Array, Array]:
        """Value, gradient and information at (c, b); minus infinity where the cutpoints are out of order."""
        cuts = self.counts.shape[1] - 1
        c, b = point[:cuts], point[cuts:]
        gaps = np.diff(c)
        if np.any(gaps <= 0):
            return -np.inf, np.empty(0), np.empty((0, 0))
        z = c - (self.columns @ b)[:, None]
        later = self.counts[:, 1:]
        pairs = self.counts[:, :-1] + later
        small = np.exp(-np.abs(z))
        upper = np.where(z > 0, small, 1.0) / (1 + small)  # s(-z)
        value = float((pairs * (np.minimum(z, 0) - np.log1p(small)) - later * z).sum())
        slope = pairs * upper - later
        weight = pairs * small / (1 + small) ** 2
        gradient = np.concatenate([slope.sum(axis=0), -self.columns.T @ slope.sum(axis=1)])
        information = np.empty((point.size, point.size))
        information[:cuts, :cuts] = np.diag(weight.sum(axis=0))
        information[:cuts, cuts:] = -weight.T @ self.columns
        information[cuts:, :cuts] = information[:cuts, cuts:].T
        information[cuts:, cuts:] = (self.columns * weight.sum(axis=1)[:, None]).T @ self.columns
        middle = self.counts[:, 1:-1].sum(axis=0)
        value += float(middle @ np.log(-np.expm1(-gaps)))
        open_ = np.exp(-gaps)
        push, stiff = middle * open_ / -np.expm1(-gaps), middle * open_ / np.expm1(-gaps) ** 2
        for k in range(cuts - 1):
            gradient[[k, k + 1]] += [-push[k], push[k]]
            information[k : k + 2, k : k + 2] += stiff[k] * np.array([[1, -1], [-1, 1]])
        if self.penalised:
            slopes, effects = b[: b.size - self.normal], b[b.size - self.normal :]
            half = np.abs(slopes) / 2
            value -= float((half + np.log1p(np.exp(-2 * half))).sum()) + float(effects @ effects) / 2
            gradient[cuts:] -= np.concatenate([np.tanh(slopes / 2) / 2, effects])
            information[range(cuts, point.size), range(cuts, point.size)] += self.stiffness(b)
        return value, gradient, information

    def stiffness(self, b: Array) -> Array:
        """Return the second derivatives of the penalty, sign turned."""
        slopes = b[: b.size - self.normal]
        return np.concatenate([(1 - np.tanh(slopes / 2) ** 2) / 4, np.ones(self.normal)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """A maximum, and whether it was reached.

    Parameters
    ----------
    point : (d,) array
    value : float
    slope : (d,) array
        Gradient there; along a coordinate held fixed it is the slope of the profile.
    information : (d, d) array
    converged : bool
    """

    point: Array
    value: float
    slope: Array
    information: Array
    converged: bool


def climb(objective: Objective, start: Array, *, fixed: int | None = None) -> Peak:
    """Maximise by Newton steps with halving, with one coordinate held where it starts if asked for."""
    free = np.array([place for place in range(start.size) if place != fixed], dtype=int)
    point = start.copy()
    value, slope, information = objective(point)
    for _ in range(ROUNDS):
        if free.size == 0:
            return Peak(point=point, value=value, slope=slope, information=information, converged=True)
        step = np.zeros_like(point)
        inner = information[np.ix_(free, free)]
        ridge = 1e-13 * np.trace(inner) / free.size
        step[free] = np.linalg.solve(inner + ridge * np.eye(free.size), slope[free])
        decrement = float(step @ slope)
        if 0 <= decrement <= CLOSE * (1 + abs(value)):  # the last step squares what error is left
            point = point + step
            value, slope, information = objective(point)
            return Peak(point=point, value=value, slope=slope, information=information, converged=True)
        for _ in range(HALVINGS):
            trial = objective(point + step)
            if trial[0] > value:
                break
            step /= 2
        else:
            small = decrement <= 1e-9 * (1 + abs(value))  # no better point within rounding
            return Peak(point=point, value=value, slope=slope, information=information, converged=small)
        point = point + step
        value, slope, information = trial
    return Peak(point=point, value=value, slope=slope, information=information, converged=False)


SPAN = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Firth:
    """The penalised log-likelihood l + log |I| / 2 in (c, b), with P(Y <= 1) = s(c - x b).

    Parameters
    ----------
    counts : (G, 2) array
    columns : (G, P) array

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38,
    doi:10.1093/biomet/80.1.27. Heinze, G. and Schemper, M. (2002). A solution to the problem of separation in logistic
    regression. Statistics in Medicine 21, 2409-2419, doi:10.1002/sim.1047 (intervals by the penalised profile).
    """

    counts: Array
    columns: Array

    def start(self) -> Array:
        """Both answers with half a person more, coefficients 0."""
        first, second = self.counts.sum(axis=0) + 0.5
        return np.concatenate([[np.log(first / second)], np.zeros(self.columns.shape[1])])

    def __call__(self, point: Array) -> tuple[float, Array, Array]:
        """Value, gradient, and minus the Hessian made safe to solve with."""
        value, slope = self._height(point)
        if not np.isfinite(value):
            return -np.inf, slope, np.empty((0, 0))
        steps = SPAN * np.eye(point.size)
        hessian = np.array([(self._height(point + e)[1] - self._height(point - e)[1]) / (2 * SPAN) for e in steps])
        values, vectors = np.linalg.eigh(-(hessian + hessian.T) / 2)
        return value, slope, (vectors * np.maximum(np.abs(values), 1e-8)) @ vectors.T

    def log_likelihood(self, point: Array) -> float:
        """Value without the penalty."""
        z = self._design() @ point
        return float(-(self.counts[:, 0] @ np.logaddexp(0, -z) + self.counts[:, 1] @ np.logaddexp(0, z)))

    def _design(self) -> Array:
        return np.concatenate([np.ones((self.columns.shape[0], 1)), -self.columns], axis=1)

    def _height(self, point: Array) -> tuple[float, Array]:
        design = self._design()
        z = np.clip(design @ point, -300, 300)
        share = 1 / (1 + np.exp(-z))
        people = self.counts.sum(axis=1)
        weight = people * share * (1 - share)
        information = (design * weight[:, None]).T @ design
        sign, log_determinant = np.linalg.slogdet(information)
        if sign <= 0:
            return -np.inf, np.zeros_like(point)
        leverage = weight * np.einsum("gi,ig->g", design, np.linalg.solve(information, design.T))
        slope = design.T @ (self.counts[:, 0] - people * share + leverage * (0.5 - share))
        return self.log_likelihood(point) + 0.5 * float(log_determinant), slope


TOLERANCE = 1e-9


def dependent(counts: Array, columns: Array) -> tuple[int, ...]:
    """Columns, among people present, that the other columns (or a constant) repeat; empty if the design has full rank.

    Examples
    --------
    >>> dependent(np.ones((3, 2)), np.array([[-1.0, -2.0, 0.5], [0.0, 0.0, -1.0], [1.0, 2.0, 0.5]]))
    (0, 1)
    """
    present = columns[counts.sum(axis=1) > 0]
    if not present.shape[1]:
        return ()
    if not present.shape[0]:
        return tuple(range(present.shape[1]))
    present = present - present.mean(axis=0)
    size = np.abs(present).max(axis=0)
    empty = size <= TOLERANCE * np.abs(columns).max(axis=0).clip(min=1e-300)
    if empty.any():
        return tuple(int(place) for place in np.flatnonzero(empty))
    triangle = np.linalg.qr(present / size, mode="r")  # as small as the columns, however many rows
    _, values, vectors = np.linalg.svd(triangle)
    values = np.concatenate([values, np.zeros(present.shape[1] - values.size)])
    null = vectors[values <= TOLERANCE * values[0]]
    return tuple(int(place) for place in np.flatnonzero((np.abs(null) > 1e-7).any(axis=0)))


def separating(counts: Array, columns: Array) -> tuple[tuple[int, float], ...]:
    """Columns whose maximum-likelihood coefficient is infinite, each with the sign of the infinity.

    Parameters
    ----------
    counts : (G, J) array
        No category that nobody chose.
    columns : (G, P) array
        Of full rank.

    Returns
    -------
    tuple of (column, sign)
        Empty where a finite maximum exists.

    Notes
    -----
    The estimate is infinite if and only if a direction (gamma, delta) other than 0 never lowers the likelihood:
    gamma_k - x delta >= 0 for everyone in category k < J and gamma_k-1 - x delta <= 0 for everyone in k > 1. For two
    categories this is Albert and Anderson (1984), Biometrika 71, 1-10, doi:10.1093/biomet/71.1.1. One linear program
    finds whether there is one; two more for each column, which way it goes.
    """
    if not columns.shape[1]:
        return ()
    cuts = counts.shape[1] - 1
    scaled = columns / np.abs(columns).max(axis=0)
    pattern, answer = np.nonzero(counts)
    rows = []
    for shift, sign in ((0, 1.0), (-1, -1.0)):
        cut = answer + shift
        some = (cut >= 0) & (cut < cuts)
        row = np.zeros((int(some.sum()), cuts + columns.shape[1]))
        row[np.arange(row.shape[0]), cut[some]] = sign
        row[:, cuts:] = -sign * scaled[pattern[some]]
        rows.append(row)
    return _infinite(np.concatenate(rows), cuts)


BALANCING = 30

LIGHTEST = 1e-6
"""Of the weights by which rows are balanced, the smallest that is far above rounding."""


def _balanced(cone: Array) -> bool:
    """Whether rows weighted by numbers above 0 are found to add up to 0: so no direction has all of them at 0 or more.

    The weights are those of the logistic likelihood of the rows at its maximum, which is finite if and only if there
    are such weights (Stiemke's lemma); what they are off by is taken from them.
    """
    place = np.zeros(cone.shape[1])
    weights = np.full(len(cone), 0.5)
    for _ in range(BALANCING):
        slope = cone.T @ weights
        try:
            step = np.linalg.solve((cone * (weights * (1 - weights))[:, None]).T @ cone, slope)
        except np.linalg.LinAlgError:
            return False
        place += step
        weights = expit(-cone @ place)
        if np.abs(step).max(initial=0.0) < 1e-9:
            break
    weights = weights - np.linalg.lstsq(cone.T, cone.T @ weights)[0]
    return bool(weights.min(initial=1.0) > LIGHTEST and np.abs(cone.T @ weights).max(initial=0.0) < LIGHTEST**2)


def _infinite(rows: Array, cuts: int) -> tuple[tuple[int, float], ...]:
    """Return the slopes, which stand after so many thresholds, that are infinite, each with its sign."""
    cone = np.unique(rows, axis=0)
    if _balanced(cone):
        return ()
    from scipy.optimize import linprog  # seldom needed, and long to load

    slopes = cone.shape[1] - cuts
    bounds = [(None, None)] * cuts + [(-1.0, 1.0)] * slopes

    def furthest(direction: Array) -> Array:
        found = linprog(-direction, A_ub=-cone, b_ub=np.zeros(len(cone)), bounds=bounds, method="highs")
        return np.asarray(found.x)

    total = cone.sum(axis=0)
    if total @ furthest(total) <= 1e-7:
        return ()
    result = []
    for place in range(slopes):
        for sign in (1.0, -1.0):
            direction = np.zeros(cone.shape[1])
            direction[cuts + place] = sign
            if furthest(direction) @ direction > 1e-7:
                result.append((place, sign))
    return tuple(result)


Method = Literal["log-f", "ml", "firth"]

FARTHEST = 60
"""Doublings of the distance from the estimate after which a limit is called infinite."""


def profile(
    problem: EngineProblem, *, method: Method = "log-f", level: float = 0.95, names: Sequence[str] | None = None
) -> Profiled:
    """Fit an ordinal or binary regression and give each coefficient its profile-likelihood limits.

    Parameters
    ----------
    problem : EngineProblem
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

    >>> from csea_stats.regression.problem import Prior, EngineProblem
    >>> column = np.array([[6 / 7], [-1 / 7]])
    >>> table = EngineProblem(counts=np.array([[0.0, 7.0], [14.0, 28.0]]), linear=column, linear_priors=(Prior(),))
    >>> limits = profile(table).limits[0]
    >>> [round(x, 2) for x in (limits.value, limits.lower, limits.upper)]
    [2.09, -0.11, 6.98]
    """
    labels = _labels(problem, names)
    used = _checked(problem, method, level, labels)
    objective = objective_of(problem, penalised=method == "log-f")
    if objective is not None:
        return _free_profile(objective, method, level, labels)
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
    best = _highest(fitted, fitted.start(), method)
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


def _highest(objective: Objective, start: Array, method: Method) -> Peak:
    best = climb(objective, start)
    if not best.converged:
        message = f"method {method!r}: no maximum was reached; there is no estimate and no interval to give"
        raise InputError(message)
    return best


def _free_profile(objective: FreeObjective, method: Method, level: float, labels: list[str]) -> Profiled:
    """Fit a family whose thresholds may take any values."""
    problem = objective.problem
    whose = [label for label in labels for _ in range(problem.width)]
    searched = problem.linear.shape[1] > 0 and not problem.slots
    found = _infinite(objective.cone(), objective.cuts) if searched else ()
    infinite = tuple((objective.places.index(objective.cuts + place), sign) for place, sign in found)
    if method == "ml" and infinite:
        raise InputError(_refusal(infinite, whose))
    best = _highest(objective, objective.start(), method)
    half = float(ndtri(0.5 + level / 2))
    nobody = Limits(value=np.nan, lower=-np.inf, upper=np.inf)
    thresholds, linear = objective.wholes(best.point[None])
    return Profiled(
        thresholds=thresholds[0],
        linear=linear[0],
        limits=tuple(
            nobody if place is None else _limits(objective, best, place, half, method) for place in objective.places
        ),
        log_likelihood=objective.likelihood(best.point)[0],
        diagnostics=() if problem.slots else (_told(infinite, whose, method),),  # tilts have no such cone
        method=method,
        level=level,
    )


def _labels(problem: EngineProblem, names: Sequence[str] | None) -> list[str]:
    labels = [f"linear column {place}" for place in range(problem.linear.shape[1])] if names is None else list(names)
    if len(labels) != problem.linear.shape[1]:
        message = f"names: found {len(labels)}; allowed is one for each of {problem.linear.shape[1]} columns"
        raise InputError(message)
    return labels


def _checked(problem: EngineProblem, method: Method, level: float, labels: list[str]) -> NDArray[np.intp]:
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
    if problem.family == "multinomial" and used[0] > 0:
        message = "answers: nobody gave the first, with which the others are compared; take another as the first"
        raise InputError(message)
    if method == "firth" and problem.answers > 2:
        message = f"method 'firth': found {problem.answers} categories; allowed are two: use 'log-f'"
        raise InputError(message)
    if method == "ml" and problem.slots:
        message = "method 'ml': found terms without one odds ratio for every cut; allowed with free(x) is 'log-f'"
        raise InputError(message)
    repeated = dependent(problem.counts, problem.located)
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
    told = ", ".join(dict.fromkeys(labels[place] for place, _ in infinite))
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
