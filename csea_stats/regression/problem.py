"""What an engine is given: counts of answers per covariate pattern, and centred columns; nothing with a name in it.

logit P(Y <= k) = c_k - eta, with eta = X b + sum over monotonic terms of b_m * (steps_m @ zeta_m). Columns and steps
are centred over the respondents, so the thresholds c are those of a respondent at the covariate means.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from csea_stats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """The prior of one number on the log-odds scale, as reported: a coefficient, or the level of two answers.

    Parameters
    ----------
    family : {"logistic", "normal", "student-t", "beta"}
        "beta": of the probability whose log odds the number is.
    scale : float
        Above 0.
    freedom : float
        Degrees of freedom of a student-t.
    centre : float
        0 for a coefficient.
    shapes : pair of float
        Of a beta.
    """

    family: Literal["logistic", "normal", "student-t", "beta"] = "logistic"
    scale: float = 1.0
    freedom: float = 3.0
    centre: float = 0.0
    shapes: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        positive = (self.scale, self.freedom, *self.shapes)
        if not (all(np.isfinite(one) and one > 0 for one in positive) and np.isfinite(self.centre)):
            message = (
                f"prior {self.family}: found scale {self.scale!r}, freedom {self.freedom!r}, shapes {self.shapes!r}, "
                f"centre {self.centre!r}; the first three must be above 0, all finite"
            )
            raise InputError(message)


Family = Literal[
    "cumulative",
    "bernoulli",
    "conditional-bernoulli",
    "multinomial",
    "adjacent",
    "continuation",
    "binomial",
    "linear",
]
"""How the outcome depends on the predictors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadPrior:
    """The prior of a standard deviation.

    Parameters
    ----------
    family : {"half-normal", "half-t", "exponential"}
    scale : float
        Above 0; of an exponential the mean.
    freedom : float
        Degrees of freedom of a half-t.
    """

    family: Literal["half-normal", "half-t", "exponential"] = "half-normal"
    scale: float = 1.0
    freedom: float = 3.0

    def __post_init__(self) -> None:
        if not all(np.isfinite(one) and one > 0 for one in (self.scale, self.freedom)):
            message = f"prior {self.family}: found scale {self.scale!r}, freedom {self.freedom!r}; both are above 0"
            raise InputError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Effects that share one standard deviation: of people, of groups, of items by predictors.

    Parameters
    ----------
    members : int
        How many effects.
    place : (R, W) array of int
        The members that a cell belongs to.
    value : (R, W) array
        With what factor; 1 for a group.
    prior : SpreadPrior
        Of the standard deviation.
    """

    members: int
    place: Places
    value: Array
    prior: SpreadPrior = SpreadPrior()

    def __post_init__(self) -> None:
        if self.place.shape != self.value.shape or self.place.ndim != 2:
            message = f"spread: found places {self.place.shape} and values {self.value.shape}; both are (cells, width)"
            raise InputError(message)
        if self.members < 1:
            message = f"spread: found {self.members} members; allowed are 1 or more"
            raise InputError(message)

    @property
    def disjoint(self) -> bool:
        """Whether every cell belongs to one member."""
        return bool(self.place.shape[1] == 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineProblem:
    """A regression on collapsed rows, with effects that differ between groups or without.

    Parameters
    ----------
    counts : (G, K) array of float
        Respondents per covariate pattern and answer, the answers from low to high; with groups a row is a cell that no
        effect tells apart. For exactly k the columns are (not chosen, chosen).
    linear : (G, P) array
        Columns of the linear effects, centred over respondents.
    steps : tuple of (G, D_m) arrays
        For each monotonic term, the dummies "level is at least s", s = 1..D_m, centred over respondents; of an
        interaction these times a column of the other predictor, centred again.
    linear_priors : tuple of Prior
        One for each linear column.
    monotonic_priors : tuple of Prior
        One for the total effect of each monotonic term, lowest to highest level.
    thresholds : float, default 0.5
        Concentration of the symmetric Dirichlet prior on the answers' probabilities at the covariate means.
    intercept : Prior, optional
        With two answers, in place of `thresholds`: the prior of the log odds of the later one at the covariate means,
        of each item.
    simplexes : float, default 1.0
        Concentration of the symmetric Dirichlet prior on each monotonic term's steps.
    family : str, default "cumulative"
        Of two answers all are the logistic model; of "linear" the answers are the distinct numbers given.
    slots : tuple of int
        Of a cumulative model without one odds ratio for every cut, which of the linear predictors each linear column
        belongs to: 0 that of the common odds ratio, from 1 those that tilt the answers (`engines.tilts`).
    values : (K,) array, optional
        Of "linear": the numbers, in standard deviations from their mean; the intercept's prior is that of the average.
    spread : float, default 1.0
        Of "linear": scale of the half-normal prior of the errors' scale.
    spreads : tuple of Spread
        Effects that differ between groups; empty: there are none.
    item : (G,) array of int, optional
        Of two answers with spreads: whose level a cell takes.
    items : int
        How many levels.
    chosen : int
        For exactly k: k; then the cells come in blocks of `items`, item by item.
    """

    counts: Array
    linear: Array
    steps: tuple[Array, ...] = ()
    linear_priors: tuple[Prior, ...] = ()
    monotonic_priors: tuple[Prior, ...] = ()
    thresholds: float = 0.5
    simplexes: float = 1.0
    intercept: Prior | None = None
    family: Family = "cumulative"
    slots: tuple[int, ...] = ()
    values: Array | None = None
    spread: float = 1.0
    spreads: tuple[Spread, ...] = ()
    item: Places | None = None
    items: int = 0
    chosen: int = 0

    def __post_init__(self) -> None:
        patterns, answers = self.counts.shape
        if answers < 2 or patterns < 1 or not np.all(np.isfinite(self.counts)) or np.any(self.counts < 0):
            message = f"counts: found shape {self.counts.shape}; allowed is (patterns, answers >= 2), nothing negative"
            raise InputError(message)
        if self.linear.shape != (patterns, len(self.linear_priors)):
            message = f"linear: found shape {self.linear.shape}; allowed is {(patterns, len(self.linear_priors))}"
            raise InputError(message)
        if len(self.steps) != len(self.monotonic_priors) or any(step.shape[0] != patterns for step in self.steps):
            message = "steps: one (patterns, levels - 1) array for each monotonic term is needed"
            raise InputError(message)
        if not (self.thresholds > 0 and self.simplexes > 0):
            message = "a Dirichlet concentration must be above 0"
            raise InputError(message)
        if self.intercept is not None and answers != 2 and self.family != "linear":
            message = f"intercept: found a prior of it with {answers} answers; allowed is one with two answers only"
            raise InputError(message)
        self._check_groups()

    def _check_groups(self) -> None:
        """Refuse group effects that do not go with the cells."""
        cells, answers = self.counts.shape
        if any(len(one.place) != cells for one in self.spreads):
            message = f"spreads: allowed are those with a row for every one of the {cells} cells"
            raise InputError(message)
        two = self.family in {"bernoulli", "conditional-bernoulli"}
        if (self.item is not None) != (two and bool(self.spreads)) or (self.item is not None and answers != 2):
            message = f"family {self.family!r}: found {answers} answers; levels of items go with two answers alone"
            raise InputError(message)
        exactly = self.family == "conditional-bernoulli"
        if exactly and not (self.spreads and 0 < self.chosen < self.items and cells % self.items == 0):
            message = f"chosen: found {self.chosen} of {self.items} items, {cells} cells; allowed are whole blocks"
            raise InputError(message)

    @property
    def level(self) -> Prior:
        """The prior of the log odds of the later of two answers."""
        return self.intercept or Prior(family="beta", shapes=(self.thresholds, self.thresholds))

    @property
    def long(self) -> int | None:
        """Place of the spread that is eliminated: the largest of those to which a cell belongs once; None: none."""
        if self.chosen:
            return None
        found = [place for place, one in enumerate(self.spreads) if one.disjoint]
        return max(found, key=lambda place: self.spreads[place].members) if found else None

    @property
    def answers(self) -> int:
        """Number of categories of the outcome, K."""
        return int(self.counts.shape[1])

    @property
    def located(self) -> Array:
        """The linear columns but those that repeat others in order to tilt the answers."""
        return self.linear[:, np.asarray(self.slots) == 0] if self.slots else self.linear

    @property
    def firsts(self) -> int:
        """How many unknowns there are without a predictor."""
        return 3 if self.family == "linear" else self.answers - 1

    @property
    def width(self) -> int:
        """Coefficients of each predictor: with answers in no order one for each answer but the first."""
        return self.answers - 1 if self.family == "multinomial" else 1

    @property
    def people(self) -> float:
        """Number of respondents."""
        return float(self.counts.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One number that says how far a fit can be trusted.

    Parameters
    ----------
    name : str
        Such as "pareto k", "effective sample size", "R-hat", "divergences", "separation".
    value : float
    state : {"pass", "warn", "fail"}
    text : str
        What it means here, one sentence.
    """

    name: str
    value: float
    state: Literal["pass", "warn", "fail"]
    text: str


STATES = ("pass", "warn", "fail")

BETTER_WHEN_LARGE = ("effective sample size", "degrees of freedom")
"""What the names of diagnostics begin with whose smallest value is the worst."""


def each_once(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return of each check the worst result, where several tables of counts, or sets of answers, were fitted.

    Examples
    --------
    >>> found = [Diagnostic(name="pareto k", value=k, state="pass", text=f"{k}.") for k in (0.2, 0.3)]
    >>> [one.text for one in each_once(found)]
    ['0.3. (The worst of 2 fits.)']
    """
    named: dict[str, list[Diagnostic]] = {}
    for one in diagnostics:
        named.setdefault(one.name, []).append(one)
    return tuple(_worst(several) for several in named.values())


def _worst(several: Sequence[Diagnostic]) -> Diagnostic:
    sign = -1 if several[0].name.startswith(BETTER_WHEN_LARGE) else 1
    worst = max(several, key=lambda one: (STATES.index(one.state), sign * one.value))
    return replace(worst, text=f"{worst.text} (The worst of {len(several)} fits.)") if several[1:] else worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Posterior draws of one problem.

    Parameters
    ----------
    thresholds : (S, K - 1) array
        At the covariate means, as the family's link has them: cutpoints c, increasing, of a cumulative one; of a linear
        one average, scale and degrees of freedom of the errors; of several items with two answers (S, items).
    linear : (S, P) array
        Coefficients of the linear columns; with answers in no order those of a column stand together.
    monotonic : (S, M) array
        Total effects, lowest to highest level; alike.
    zetas : tuple of (S, D_m) arrays
        Steps of each monotonic term, summing to 1.
    diagnostics : tuple of Diagnostic
    engine : str
        What made the draws, falls back included: "laplace", "slice", "nuts".
    chains : int
        S is chains times draws, chain after chain; 1 for independent draws.
    versions : tuple of (package, version)
        Of the sampler, where it is not this package's own.
    weights : (S,) array or None
        Summing to 1; None: equal.
    replicates : int
        Independent parts of equal size that the draws come in, one after the other; 1: the draws are independent.
    weighted : Sample or None
        The weighted draws that these equally weighted ones were taken from: what is told is quieter with them.
    effects : tuple of (S, members) arrays
        Of each spread.
    sds : (S, M) array or None
        Standard deviations of those; None: there are none.
    """

    thresholds: Array
    linear: Array
    monotonic: Array
    zetas: tuple[Array, ...]
    diagnostics: tuple[Diagnostic, ...]
    engine: str
    chains: int = 1
    versions: tuple[tuple[str, str], ...] = ()
    weights: Array | None = None
    replicates: int = 1
    weighted: Sample | None = None
    effects: tuple[Array, ...] = ()
    sds: Array | None = None

    def at(self, places: Any) -> Sample:
        """Return some of the draws."""
        return replace(
            self,
            thresholds=self.thresholds[places],
            linear=self.linear[places],
            monotonic=self.monotonic[places],
            zetas=tuple(zeta[places] for zeta in self.zetas),
            weights=None if self.weights is None else self.weights[places],
            effects=tuple(effect[places] for effect in self.effects),
            sds=None if self.sds is None else self.sds[places],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A frequentist estimate of one coefficient with its profile limits.

    Parameters
    ----------
    value, lower, upper : float
        Limits may be infinite where the profile never reaches its cut.
    """

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """A frequentist fit of one problem.

    Parameters
    ----------
    thresholds : (K - 1,) array
        Cutpoints at the covariate means; categories that nobody chose are merged and repeat their neighbour's.
    linear : (P,) array
    limits : tuple of Limits
        One for each linear column.
    log_likelihood : float
        At the estimate, without the penalty.
    diagnostics : tuple of Diagnostic
    method : str
        "log-f", "ml", "firth".
    level : float
        Of the limits.
    """

    thresholds: Array
    linear: Array
    limits: tuple[Limits, ...]
    log_likelihood: float
    diagnostics: tuple[Diagnostic, ...]
    method: str
    level: float
