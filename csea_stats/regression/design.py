"""Answers and a model as an engine's problem: patterns of the predictors, groups, tables of answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.regression.engines.links import LINKS, LinearLink, Link, TiltedLink
from csea_stats.regression.groups import FEW_GROUPS, Group, cells_of, spread_names, spreads_of
from csea_stats.regression.model import Model, Predictor
from csea_stats.regression.priors import read_prior
from csea_stats.regression.problem import Array, EngineProblem, Family, Places, Prior
from csea_stats.regression.variables import Coded, Codes, Variable, freed_variables, make_variable, two_deviations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.results.values import Base, Caveat

MOST = 5_000
"""Respondents up to whom a design says who they are: a DataTree holds a value for each at every draw."""


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
    """Patterns of the predictors and how they become columns, with the groups that set people apart if there are any.

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
        Respondents per pattern and answer; one for each reading that print allows. Of several answers each, the
        answers of each respondent, who is a pattern.
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
    items : tuple of str
        The questions, or the answers of a question with several each; one where there is one question in groups; empty:
        nothing sets people apart but the predictors.
    groups : tuple of (name, labels, (G,) codes)
        Groups of the patterns; ``country:city`` are those within others.
    slopes : tuple of (group, predictor)
        Places of those groups and predictors whose effects differ between them.
    persons : bool
        Whether people have an effect of their own.
    answered : tuple of three (R,) arrays, optional
        Of several answers each: respondent, item and answer of each.
    label : str
        What the source calls the outcome; empty: nothing.
    says : tuple of (answer, verb phrase)
        What the source says of those who gave an answer.
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
    items: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    slopes: tuple[tuple[int, int], ...] = ()
    persons: bool = False
    answered: tuple[Places, Places, Places] | None = None
    label: str = ""
    says: tuple[tuple[str, str], ...] = ()

    @property
    def grouped(self) -> bool:
        """Whether effects differ between items, people or groups."""
        return bool(self.items)

    @property
    def several(self) -> bool:
        """Whether there are several items."""
        return len(self.items) > 1

    @property
    def by_item(self) -> bool:
        """Whether a probability belongs to an item (a service, a barrier) rather than to an answer."""
        return self.several and len(self.answers) == 2

    @property
    def exactly(self) -> int:
        """How many of the items each respondent chose, where it is a fixed number; else 0."""
        return self.model.outcome.chosen or 1 if self.family == "conditional-bernoulli" else 0

    def rows_answered(self, reading: int = 0) -> tuple[Places, Places, Places]:
        """Return pattern, item and answer of every answer."""
        return self._rows(self.tables[reading])

    def _rows(self, table: Array) -> tuple[Places, Places, Places]:
        if self.answered is not None:
            return self.answered
        cells = np.argwhere(table > 0)
        pattern, answer = np.repeat(cells, table[tuple(cells.T)].astype(int), axis=0).T
        return pattern, np.zeros_like(pattern), answer

    @property
    def completed(self) -> Design:
        """The same with completed sets of answers as tables of their own, after their average."""
        return replace(self, tables=(*self.tables, *self.imputed), imputed=())

    @cached_property
    def totals(self) -> Array:
        """Respondents with each pattern."""
        if self.answered is not None:
            return np.ones(len(self.patterns))
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
        """The model with the family that the answers decided, and the effects that several answers of each bring."""
        implied = [name for name, has in (("item", self.several), ("respondent", self.persons)) if has]
        named = {predictor.name for predictor in self.model.predictor}
        more = [Predictor(name=name, term="group", role="group") for name in implied if name not in named]
        return replace(self.model, family=self.family, predictor=(*self.model.predictor, *more))

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
        one_each = self.trials is None and self.answered is None
        found = sorted({round(float(table.sum())) for table in self.tables} if one_each else {self.people})
        return found[0] if len(found) == 1 else tuple(found)

    @property
    def linear_terms(self) -> tuple[str, ...]:
        """Names of the linear columns: those of predictors, of interactions, and those that tilt the answers.

        None where exactly k are chosen: only how the items compare can be told.
        """
        if self.exactly:
            return ()
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
        places = {one.name: place for place, one in enumerate(self.variables)}
        return tuple(
            (places[first], places[second]) for first, second in (pair.between for pair in self.model.interaction)
        )

    @property
    def joint_terms(self) -> tuple[str, ...]:
        """Names of the columns of interactions: ``organisation[NGO]:years``."""
        return tuple(name for name, ordered in self._products if ordered is None)

    @property
    def monotonic_terms(self) -> tuple[str, ...]:
        """Names of the monotonic terms, and of interactions of one: ``mo(age)``, ``mo(age):sex[woman]``."""
        return tuple(self._monotonic)

    @property
    def step_labels(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Of each monotonic term the predictor, and the levels that its steps lead to."""
        return tuple((one.name, one.labels[1:]) for one in self._monotonic.values())

    @property
    def _monotonic(self) -> dict[str, Variable]:
        """The ordered predictor of each monotonic term."""
        alone = {item: one for one in self.variables if self._steps(one) for item in one.items}
        return alone | {name: one for name, one in self._products if one is not None}

    @property
    def _products(self) -> tuple[tuple[str, Variable | None], ...]:
        """Names of products of two predictors' columns, with the ordered one whose steps they have; None: of none."""
        found: list[tuple[str, Variable | None]] = []
        for first, second in self.joints:
            pair = self.variables[first], self.variables[second]
            ordered = next((one for one in pair if self._steps(one)), None)
            found += [(f"{one}:{other}", ordered) for one in pair[0].items for other in pair[1].items]
        return tuple(found)

    @property
    def linear_items(self) -> tuple[str, ...]:
        """Names of the linear coefficients, and of the standard deviations of what differs between groups."""
        return (*self.items_of(self.linear_terms), *self.spreads)

    @property
    def spreads(self) -> tuple[str, ...]:
        """Names of the standard deviations."""
        return spread_names(self) if self.grouped else ()

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
        """Names of the thresholds; none where each item has a level of its own."""
        return () if self.by_item else self.link.thresholds(self.answers)

    @property
    def not_averaged(self) -> str:
        """Why there is no fit by penalised likelihood, groups averaged over; empty: there is one, or no group."""
        if self.several:
            return "people gave several answers each, whose items are these and no others to be averaged over"
        small = [name for name, labels, _ in self.groups if len(labels) < FEW_GROUPS]
        return f"{small[0]!r} has fewer than {FEW_GROUPS} groups, which hardly tell a spread" if small else ""

    @property
    def straightened(self) -> Design:
        """The same with monotonic terms in equal steps."""
        return replace(self, straight=True)

    @property
    def freed(self) -> Design:
        """The same with each step of a monotonic term a coefficient of its own, up or down."""
        variables = freed_variables(self.variables, self.patterns, self.weights)
        changed = {name for term in self.monotonic_terms for name in self.prior_names[term]}
        own = tuple(one for one in self.model.coefficient_prior if one.of not in changed)  # of no single step
        grouping = tuple(one for one in self.model.predictor if one.term == "group")
        predictors = (*(one.predictor for one in variables), *grouping)
        model = replace(self.model, predictor=predictors, coefficient_prior=own)
        return replace(self, model=model, variables=variables)

    def _steps(self, variable: Variable) -> bool:
        return variable.shape == "monotonic" and not self.straight

    def columns(self, patterns: Array) -> tuple[Array, tuple[Array, ...]]:
        """Centred linear columns, in the order of `linear_terms`, and steps at some patterns."""
        linear: list[Array] = []
        steps: list[Array] = []
        centred = self._centred(patterns)
        for variable, found in zip(self.variables, centred, strict=True):
            (steps if self._steps(variable) else linear).append(found)
        if self.joints:
            averages = self._multiplied(self._centred(self.patterns))
            for (_, ordered), found, all_ in zip(self._products, self._multiplied(centred), averages, strict=True):
                (linear if ordered is None else steps).append(found - self.weights @ all_)
        if self.free_terms:
            free = [
                one for one, variable in zip(centred, self.variables, strict=True) if variable.predictor.term == "free"
            ]
            linear.append(np.repeat(np.concatenate(free, axis=1), len(self.answers) - 2, axis=1))
        whole = np.concatenate(linear, axis=1) if linear and not self.exactly else np.zeros((len(patterns), 0))
        return whole, tuple(steps)

    def _centred(self, patterns: Array) -> list[Array]:
        """Centred columns of each predictor at some patterns; of a monotonic term in equal steps their average."""
        found = [one.columns(patterns[:, place]) - one.means for place, one in enumerate(self.variables)]
        equal = [one.shape == "monotonic" and self.straight for one in self.variables]
        return [one.mean(axis=1, keepdims=True) if at else one for one, at in zip(found, equal, strict=True)]

    def _multiplied(self, centred: list[Array]) -> list[Array]:
        """Products of centred columns, so that the coefficients of either predictor are at the average of the other.

        All steps of a monotonic term with one column of the other predictor stand together.
        """
        found: list[Array] = []
        for first, second in self.joints:
            if self._steps(self.variables[first]):
                found += [centred[first] * column[:, None] for column in centred[second].T]
            elif self._steps(self.variables[second]):
                found += [column[:, None] * centred[second] for column in centred[first].T]
            else:
                found += [(one * other)[:, None] for one in centred[first].T for other in centred[second].T]
        return found

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

    def problem(self, reading: int = 0, table: Array | None = None) -> EngineProblem:
        """Return the problem of one reading, as an engine takes it: with groups the cells that no effect tells apart.

        Parameters
        ----------
        reading : int
        table : (G, K) array, optional
            Counts in place of those of the reading.
        """
        linear, steps = self.columns(self.patterns)
        priors = self.model.priors
        prior = read_prior("coefficients", priors.coefficients.prior).log_odds()
        joint = read_prior("interactions", priors.interactions.prior).log_odds()
        tilt = read_prior("departures", priors.departures.prior).log_odds()
        terms = self.linear_terms
        joints, located = len(self.joint_terms), len(self.located_terms) if terms else 0
        two = len(self.answers) == 2 or self.numbers is not None
        thresholds = read_prior("thresholds", priors.thresholds.prior).scale
        intercept = read_prior("intercept", self.resolved.prior("intercept").prior).log_odds() if two else None
        if intercept is not None and intercept.family == "beta" and len(set(intercept.shapes)) == 1:
            thresholds, intercept = intercept.shapes[0], None  # the symmetric Dirichlet of two answers
        own = (prior,) * (located - joints) + (joint,) * joints + (tilt,) * (linear.shape[1] - located)
        products = sum(ordered is not None for _, ordered in self._products)
        stepped = (prior,) * (len(steps) - products) + (joint,) * products
        counts, blocks = self.tables[reading] if table is None else table, dict[str, Any]()
        if self.grouped:
            counts, whom, which = cells_of(self, self._rows(counts))
            linear, steps = linear[whom], tuple(step[whom] for step in steps)
            blocks = {"spreads": spreads_of(self, whom, which), "chosen": self.exactly}
            blocks |= {"item": which, "items": len(self.items)} if two else {}
        return EngineProblem(
            counts=counts,
            linear=linear,
            steps=steps,
            linear_priors=self._own(terms, own),
            monotonic_priors=self._own(self.monotonic_terms, stepped),
            thresholds=thresholds,
            intercept=intercept,
            simplexes=read_prior("simplexes", priors.simplexes.prior).scale,
            family=self.family,
            slots=self.slots,
            values=None if self.numbers is None else (self.numbers - self.moments[0]) / self.moments[1],
            spread=read_prior("scales", priors.scales.prior).scale,
            **blocks,
        )


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
