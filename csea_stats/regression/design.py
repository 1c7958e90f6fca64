"""Respondents' answers and a model into an engine's problem: coded, collapsed to patterns, centred."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from csea_stats.errors import InputError
from csea_stats.regression.engines.links import LINKS, LinearLink, TiltedLink
from csea_stats.regression.interactions import (
    centred_columns,
    joint_averages,
    joint_columns,
    joint_places,
    joint_terms,
)
from csea_stats.regression.priors import read_prior
from csea_stats.regression.problem import Array, EngineProblem
from csea_stats.results.numbers import number_of, with_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from csea_stats.regression.engines.links import Link
    from csea_stats.regression.model import Model, Predictor
    from csea_stats.regression.problem import Family, Prior
    from csea_stats.results.values import Base, Caveat

    Codes = NDArray[np.int64]

WIDEST = 4_000_000
"""Cells of a table of codes before patterns are found by sorting the codes instead."""

MOST = 5_000
"""Respondents up to whom a design says who they are: a DataTree holds a value for each at every draw."""

LARGEST = 2**62
"""Codes before those of the first columns are numbered anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One predictor as data have it.

    Parameters
    ----------
    predictor : Predictor
    labels : tuple of str
        Of a coded column; empty for a number.
    unit : str
    levels : (L,) array
        Values that occur: codes, or numbers, rising.
    centre, scale : float
        Of a number: what is subtracted, and how many units one coefficient speaks of.
    means : (D,) array
        Of the variable's uncentred columns, over the respondents.
    stepwise : bool
        Whether each level is compared with the one before it, in place of the first.
    """

    predictor: Predictor
    labels: tuple[str, ...]
    unit: str
    levels: Array
    scale: float
    means: Array
    stepwise: bool = False

    @property
    def name(self) -> str:
        """The column."""
        return self.predictor.name

    @property
    def shape(self) -> Literal["number", "monotonic", "score", "contrasts"]:
        """How it enters."""
        if not self.labels:
            return "number"
        if self.predictor.term == "mo":
            return "monotonic"
        return "score" if self.predictor.term == "score" else "contrasts"

    @property
    def items(self) -> tuple[str, ...]:
        """Names of its coefficients."""
        if self.shape == "contrasts":
            return tuple(f"{self.name}[{label}]" for label in self.labels[1:])
        return (self.predictor.written if self.shape == "monotonic" else self.name,)

    def columns(self, values: Array) -> Array:
        """Uncentred columns at some values: contrasts, steps, a score, or the number in units of one coefficient."""
        if self.shape == "number":
            return np.asarray(values / self.scale)[:, None]
        if self.shape == "score":
            return np.asarray(values + 1.0)[:, None]
        levels = np.arange(1, len(self.labels))
        if self.shape == "monotonic" or self.stepwise:
            return np.asarray(values[:, None] >= levels, dtype=float)
        return np.asarray(values[:, None] == levels, dtype=float)

    def told(self, value: float) -> str:
        """Return a value as a label, or a number with its unit."""
        if self.labels:
            return self.labels[int(value)]
        return with_unit(f"{value:g}", self.unit)


def freed_variables(variables: tuple[Variable, ...], patterns: Array, weights: Array) -> tuple[Variable, ...]:
    """Return predictors with each step of a monotonic term a coefficient of its own.

    Against the first level the prior would draw it to each of the others: three times where three are alike.
    """
    found = []
    for place, one in enumerate(variables):
        if one.shape != "monotonic":
            found.append(one)
            continue
        free = replace(one, predictor=replace(one.predictor, term="cat"), stepwise=True)
        found.append(replace(free, means=np.asarray(weights @ free.columns(patterns[:, place]))))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Who is in a design, in the order of the data.

    Parameters
    ----------
    index : (n,) array of int
        Place of each among the respondents of the data, from 0: the index of `Microdata.to_frame`.
    ids : tuple of str
        Their ids; empty where the data have none. Not saved with a fit, which is passed on.
    cells : (n, 2) array of int
        Each respondent's pattern and answer; no columns where respondents are not collapsed.
    """

    index: Codes
    ids: tuple[str, ...]
    cells: Codes


@dataclass(frozen=True, kw_only=True)
class Design:
    """Patterns of the predictors and how they become columns.

    Parameters
    ----------
    model : Model
    outcome : str
    answers : tuple of str
        From low to high, also those that nobody gave.
    variables : tuple of Variable
    patterns : (G, V) array
        Codes or numbers.
    tables : tuple of (G, K) array
        Respondents per pattern and answer; one for each reading that print allows.
    left_out : tuple of (str, int)
        Why respondents are not in, and how many.
    straight : bool
        Whether a monotonic term enters as equal steps, lowest to highest 1: what a frequentist fit takes.
    doubts : tuple of Caveat
        What the source adds to every number.
    rows : Rows or None
        None: a table of counts, or too many respondents.
    family : str
        That of the model, or what the outcome's kind decided.
    numbers : (K,) array, optional
        Of a linear model: what the answers stand for.
    trials : (n, 3) array of int, optional
        Of how many of how many: each respondent's pattern, successes and trials; the tables count trials.
    unit : str
        Of a number.
    imputed : tuple of (G, K) array
        Completed sets of answers, of which the one table is the average.
    """

    model: Model
    outcome: str
    answers: tuple[str, ...]
    variables: tuple[Variable, ...]
    patterns: Array
    tables: tuple[Array, ...]
    family: Family
    left_out: tuple[tuple[str, int], ...] = ()
    straight: bool = False
    doubts: tuple[Caveat, ...] = ()
    rows: Rows | None = None
    numbers: Array | None = None
    trials: Codes | None = None
    unit: str = ""
    imputed: tuple[Array, ...] = ()

    @property
    def completed(self) -> Design:
        """The same with completed sets of answers as tables of their own, after their average."""
        return replace(self, tables=(*self.tables, *self.imputed), imputed=())

    @cached_property
    def totals(self) -> Array:
        """Respondents with each pattern."""
        if self.trials is not None:
            return np.bincount(self.trials[:, 0], minlength=len(self.patterns)).astype(float)
        return np.asarray(self.tables[0].sum(axis=1))

    @cached_property
    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation (divisor n - 1) of an outcome that is a number: its centre and unit."""
        people, numbers = self.tables[0].sum(axis=0), self.numbers
        if numbers is None:
            return 0.0, 1.0
        return float(people @ numbers / people.sum()), two_deviations(numbers, people) / 2

    @property
    def weights(self) -> Array:
        """Share of the respondents with each pattern."""
        return np.asarray(self.totals / self.totals.sum())

    @property
    def resolved(self) -> Model:
        """The model with the family that the answers decided."""
        return replace(self.model, family=self.family)

    @property
    def link(self) -> Link:
        """The family's formula."""
        if self.numbers is not None:
            centre, unit = self.moments
            values = (self.numbers - centre) / unit
            return LinearLink(answers=len(self.answers), numbers=values, centre=centre, unit=unit)
        return (TiltedLink if self.slots else LINKS[self.family])(answers=len(self.answers))

    @property
    def slots(self) -> tuple[int, ...]:
        """Which linear predictor each linear column belongs to, where answers are tilted; empty: there is one."""
        if not self.free_terms:
            return ()
        patterns = len(self.answers) - 2
        return (0,) * len(self.located_terms) + tuple(range(1, patterns + 1)) * len(self.free_terms)

    @property
    def free_terms(self) -> tuple[str, ...]:
        """Names of the columns without one odds ratio for every cut."""
        return tuple(item for one in self.variables if one.predictor.term == "free" for item in one.items)

    @property
    def ordered(self) -> bool:
        """Whether the answers have an order, so that runs of them mean something."""
        return self.family not in {"multinomial", "linear"}

    @property
    def width(self) -> int:
        """Coefficients of each column: with answers in no order one for each answer but the first."""
        return len(self.answers) - 1 if self.family == "multinomial" else 1

    @property
    def people(self) -> int:
        """How many respondents are in."""
        return round(float(self.totals.sum()))

    @property
    def base(self) -> Base:
        """Return how many respondents are in, or the several numbers that print allows."""
        sizes = {self.people} if self.trials is not None else {round(float(table.sum())) for table in self.tables}
        found = sorted(sizes)
        return found[0] if len(found) == 1 else tuple(found)

    @property
    def linear_terms(self) -> tuple[str, ...]:
        """Names of the linear columns: those of predictors, of interactions, and those that tilt the answers."""
        patterns = range(1, len(self.answers) - 1)
        return (*self.located_terms, *(f"{term}: tilt {degree + 1}" for term in self.free_terms for degree in patterns))

    @property
    def located_terms(self) -> tuple[str, ...]:
        """Names of the columns of predictors and of interactions."""
        alone = tuple(item for variable in self.variables if not self._steps(variable) for item in variable.items)
        return (*alone, *self.joint_terms)

    @property
    def joints(self) -> tuple[tuple[int, int], ...]:
        """Places of the two predictors of each interaction."""
        return joint_places(self)

    @property
    def joint_terms(self) -> tuple[str, ...]:
        """Names of the columns of interactions: ``organisation[NGO]:years``."""
        return joint_terms(self)

    @property
    def monotonic_terms(self) -> tuple[str, ...]:
        """Names of the monotonic terms."""
        return tuple(item for variable in self.variables if self._steps(variable) for item in variable.items)

    @property
    def joint_averages(self) -> Array:
        """Averages of the columns of interactions, less what they are where both predictors are 0."""
        return joint_averages(self)

    @property
    def linear_items(self) -> tuple[str, ...]:
        """Names of the linear coefficients."""
        return self.items_of(self.linear_terms)

    @property
    def monotonic_items(self) -> tuple[str, ...]:
        """Names of the total effects of monotonic terms."""
        return self.items_of(self.monotonic_terms)

    def items_of(self, terms: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the coefficients of some terms; with answers in no order ``x: NGO``, one for each."""
        if self.family != "multinomial":
            return tuple(terms)
        return tuple(f"{term}: {answer}" for term in terms for answer in self.answers[1:])

    @property
    def cuts(self) -> tuple[str, ...]:
        """Names of the thresholds."""
        return self.link.thresholds(self.answers)

    @property
    def straightened(self) -> Design:
        """The same with monotonic terms in equal steps."""
        return replace(self, straight=True)

    @property
    def freed(self) -> Design:
        """The same with each step of a monotonic term a coefficient of its own, up or down."""
        variables = freed_variables(self.variables, self.patterns, self.weights)
        changed = {name for one in self.variables if one.shape == "monotonic" for name in (one.name, *one.items)}
        own = tuple(one for one in self.model.coefficient_prior if one.of not in changed)  # of no single step
        predictors = tuple(one.predictor for one in variables)
        model = replace(self.model, predictor=predictors, coefficient_prior=own)
        return replace(self, model=model, variables=variables)

    def _steps(self, variable: Variable) -> bool:
        return variable.shape == "monotonic" and not self.straight

    def columns(self, patterns: Array) -> tuple[Array, tuple[Array, ...]]:
        """Centred linear columns, in the order of `linear_terms`, and steps at some patterns."""
        linear: list[Array] = []
        steps: list[Array] = []
        centred = centred_columns(self, patterns)
        for variable, found in zip(self.variables, centred, strict=True):
            if self._steps(variable):
                steps.append(found)
            elif variable.shape == "monotonic":
                linear.append(found.mean(axis=1, keepdims=True))
            else:
                linear.append(found)
        if self.joints:
            linear.append(joint_columns(self, patterns))
        if self.free_terms:
            free = [
                one for one, variable in zip(centred, self.variables, strict=True) if variable.predictor.term == "free"
            ]
            linear.append(np.repeat(np.concatenate(free, axis=1), len(self.answers) - 2, axis=1))
        whole = np.concatenate(linear, axis=1) if linear else np.zeros((len(patterns), 0))
        return whole, tuple(steps)

    @property
    def prior_names(self) -> dict[str, tuple[str, ...]]:
        """By which names a prior may speak of each coefficient: its own first, then that of all of its predictor."""
        found = {item: (item, one.name) for one in self.variables for item in one.items}
        for pair in self.joints:
            first, second = (self.variables[place] for place in pair)
            both = f"{first.name}:{second.name}"
            found |= {f"{a}:{b}": (f"{a}:{b}", both) for a in first.items for b in second.items}
        return {term: found.get(term, (term,)) for term in (*self.linear_terms, *self.monotonic_terms)}

    def _own(self, terms: Sequence[str], priors: tuple[Prior, ...]) -> tuple[Prior, ...]:
        """Return priors, those of single coefficients in place of the others."""
        stated = {one.of: one.prior for one in self.model.coefficient_prior}
        if not stated:
            return priors
        names = self.prior_names
        found = [next((stated[name] for name in names[term] if name in stated), None) for term in terms]
        own = [None if text is None else read_prior("coefficient", text).log_odds() for text in found]
        return tuple(one or prior for one, prior in zip(own, priors, strict=True))

    def problem(self, reading: int = 0, model: Model | None = None) -> EngineProblem:
        """Return the problem of one reading, as an engine takes it.

        Parameters
        ----------
        reading : int
        model : Model, optional
            With other priors.
        """
        model = model or self.model
        linear, steps = self.columns(self.patterns)
        prior = read_prior("coefficients", model.priors.coefficients.prior).log_odds()
        joint = read_prior("interactions", model.priors.interactions.prior).log_odds()
        tilt = read_prior("departures", model.priors.departures.prior).log_odds()
        joints, located = len(self.joint_terms), len(self.located_terms)
        two = len(self.answers) == 2 or self.numbers is not None
        thresholds = read_prior("thresholds", model.priors.thresholds.prior).scale
        stated = replace(model, family=self.family).prior("intercept").prior
        intercept = read_prior("intercept", stated).log_odds() if two else None
        if intercept is not None and intercept.family == "beta" and len(set(intercept.shapes)) == 1:
            thresholds, intercept = intercept.shapes[0], None  # the symmetric Dirichlet of two answers
        return EngineProblem(
            counts=self.tables[reading],
            linear=linear,
            steps=steps,
            linear_priors=self._own(
                self.linear_terms,
                (prior,) * (located - joints) + (joint,) * joints + (tilt,) * (linear.shape[1] - located),
            ),
            monotonic_priors=self._own(self.monotonic_terms, (prior,) * len(steps)),
            thresholds=thresholds,
            intercept=intercept,
            simplexes=read_prior("simplexes", model.priors.simplexes.prior).scale,
            family=self.family,
            slots=self.slots,
            values=None if self.numbers is None else (self.numbers - self.moments[0]) / self.moments[1],
            spread=read_prior("scales", model.priors.scales.prior).scale,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A predictor's values over the rows that are in, as codes of its levels."""

    predictor: Predictor
    labels: tuple[str, ...]
    unit: str
    levels: Array
    codes: Codes


def levels_of(values: Array) -> tuple[Array, Codes]:
    """Distinct values, rising, and the code of each row; whole numbers without sorting the rows.

    Examples
    --------
    >>> levels_of(np.array([3.0, 1.0, 3.0]))[1].tolist()
    [1, 0, 1]
    """
    low, high = values.min(), values.max()
    if high / 2 - low / 2 < WIDEST / 2 and np.all(values == np.floor(values)):
        offset = (values - low).astype(np.int64)
        present = np.bincount(offset) > 0
        place = np.cumsum(present) - 1
        return np.flatnonzero(present) + low, place[offset]
    levels, codes = np.unique(values, return_inverse=True)
    return levels, codes.astype(np.int64)


def collapse(columns: Sequence[Codes], sizes: Sequence[int]) -> tuple[Codes, Codes]:
    """Patterns that occur, in rising order, and how often: one count, or one sort, of mixed-radix codes.

    Parameters
    ----------
    columns : sequence of (n,) arrays
        Codes from 0.
    sizes : sequence of int
        How many codes each has.

    Returns
    -------
    patterns : (G, V) array
    counts : (G,) array

    Examples
    --------
    >>> collapse([np.array([0, 1, 1]), np.array([2, 0, 0])], [2, 3])[1].tolist()
    [1, 2]
    """
    heads = np.zeros((1, 0), dtype=np.int64)
    room = 1
    since: list[int] = []
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        if room * int(size) > LARGEST:
            used, code = np.unique(code, return_inverse=True)
            heads, room, since = _digits(used, heads, since), len(used), []
        code *= size
        code += column
        room *= int(size)
        since.append(size)
    if room > WIDEST:
        found, counts = np.unique(code, return_counts=True)
    else:
        tally = np.bincount(code)
        found = np.flatnonzero(tally)
        counts = tally[found]
    return _digits(found, heads, since), counts


def _digits(codes: Codes, heads: Codes, sizes: Sequence[int]) -> Codes:
    """Patterns of mixed-radix codes; the leading digit stands for one of the heads."""
    parts = []
    for size in reversed(sizes):
        codes, part = np.divmod(codes, size)
        parts.append(part)
    return np.concatenate([heads[codes], *(part[:, None] for part in reversed(parts))], axis=1)


def make_design(  # noqa: PLR0913 - what a data set is
    model: Model,
    outcome: str,
    answers: tuple[str, ...],
    predictors: Sequence[Coded],
    *,
    patterns: Codes,
    tables: Sequence[Array],
    left_out: tuple[tuple[str, int], ...] = (),
    family: Family = "cumulative",
    numbers: Array | None = None,
    trials: Codes | None = None,
    unit: str = "",
) -> Design:
    """Centre and scale; `check_design` looks whether there is something to fit.

    Parameters
    ----------
    patterns : (G, V) array
        Codes of each predictor's levels.
    tables : sequence of (G, K) array
    numbers, trials, unit : optional
        As of a `Design`.
    """
    totals = np.asarray(tables[0].sum(axis=1), dtype=float)
    if trials is not None:
        totals = np.bincount(trials[:, 0], minlength=len(patterns)).astype(float)
    variables = []
    values = np.empty(patterns.shape)
    for place, coded in enumerate(predictors):
        values[:, place] = coded.levels[patterns[:, place]]
        variables.append(make_variable(coded, values[:, place], totals))
    return Design(
        model=model,
        outcome=outcome,
        answers=answers,
        variables=tuple(variables),
        patterns=values,
        tables=tuple(np.asarray(table, dtype=float) for table in tables),
        left_out=left_out,
        family=family,
        numbers=numbers,
        trials=trials,
        unit=unit,
    )


FARTHEST = 1e100  # numbers beyond, and differences below one over it, leave what a computer can square


def make_variable(coded: Coded, values: Array, totals: Array) -> Variable:
    """Return a predictor with its centre and scale; refuse one that does not vary."""
    name, people = coded.predictor.name, float(totals.sum())
    used = np.unique(values[totals > 0])
    if len(used) < 2:
        only = coded.labels[int(used[0])] if coded.labels else f"{used[0]:g}"
        message = (
            f"predictor {name!r}: found only {only!r} among the {number_of(int(people), 'respondents')}; allowed "
            "is two values or more: leave it out"
        )
        raise InputError(message)
    if not coded.labels and (np.abs(used).max() > FARTHEST or used[-1] - used[0] < 1 / FARTHEST):
        found = f"numbers from {used[0]:g} to {used[-1]:g}, too {'large' if abs(used[-1]) > 1 else 'near each other'}"
        message = f"predictor {name!r}: found {found}; allowed are up to {FARTHEST:g}: give them in another unit"
        raise InputError(message)
    scale = 1.0
    if not coded.labels and coded.predictor.term in ("plain", "free"):
        scale = two_deviations(values, totals)
    elif not coded.labels:
        scale = coded.predictor.per or 1.0
    variable = Variable(
        predictor=coded.predictor, labels=coded.labels, unit=coded.unit, levels=used, scale=scale, means=np.zeros(1)
    )
    columns = variable.columns(values)
    return Variable(
        predictor=coded.predictor,
        labels=coded.labels,
        unit=coded.unit,
        levels=used,
        scale=scale,
        means=np.asarray(totals @ columns / people),
    )


def two_deviations(values: Array, totals: Array) -> float:
    """Return 2 standard deviations (divisor n - 1) of a number, of which there are so many respondents at each value.

    Examples
    --------
    >>> round(two_deviations(np.array([0.0, 1.0]), np.array([2.0, 2.0])), 6)
    1.154701
    """
    people = float(totals.sum())
    mean = totals @ values / people
    return 2 * float(np.sqrt(totals @ (values - mean) ** 2 / (people - 1)))
