"""Several answers of one person, or people in groups, as a design; and what such a fit's draws say of averages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from csea_stats.base.selection import shift_odds
from csea_stats.errors import UnknownName
from csea_stats.regression.averages import event_share
from csea_stats.regression.design import Design, Variable
from csea_stats.regression.engines.group_cells import inclusion
from csea_stats.regression.engines.links import ORDERED
from csea_stats.regression.engines.marginal import GroupLikelihood
from csea_stats.regression.engines.weights import Draws, batches
from csea_stats.regression.interactions import joint_averages, joint_places, joint_terms
from csea_stats.regression.model import Predictor
from csea_stats.regression.priors import read_prior
from csea_stats.regression.problem import GroupProblem, Limits, Spread, StackedSample
from csea_stats.regression.settings import OutcomeEvent, events

if TYPE_CHECKING:
    from collections.abc import Callable

    from csea_stats.regression.design import Rows
    from csea_stats.regression.model import Model
    from csea_stats.regression.problem import Array, Family, GroupDraws, Prior, Profiled, SpreadPrior
    from csea_stats.regression.profiles import Region
    from csea_stats.regression.settings import PredictorSetting
    from csea_stats.results.values import Caveat

CELLS = 2_000_000

FEW_GROUPS = 5

NODES = 21
"""Of the Gauss-Hermite rule by which a frequentist fit averages over groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedDesign:
    """People's predictors, and a row for each answer of each.

    Parameters
    ----------
    patterns : (n, V) array
        Predictors of each person.
    items : tuple of str
        The questions, or the answers of a question with several each; one where there is one question.
    person, item, answer : (R,) arrays
        Each row's person, item, and answer code.
    groups : tuple of (name, labels, (n,) codes)
        Group effects of people; ``country:city`` are those within others.
    slopes : tuple of (group, predictor)
        Places of those groups and predictors whose effects differ between them.
    straight : bool
        Whether a monotonic term enters as equal steps, as a frequentist fit takes it.
    persons : bool
        Whether people have an effect of their own.
    family : {"cumulative", "bernoulli", "conditional-bernoulli"}
    doubts : tuple of Caveat
        What source and groups add to every number.
    rows : Rows or None
        None: too many respondents.
    """

    model: Model
    outcome: str
    answers: tuple[str, ...]
    variables: tuple[Variable, ...]
    patterns: Array
    items: tuple[str, ...]
    person: Any
    item: Any
    answer: Any
    groups: tuple[tuple[str, tuple[str, ...], Any], ...]
    persons: bool
    family: str
    slopes: tuple[tuple[int, int], ...] = ()
    straight: bool = False
    left_out: tuple[tuple[str, int], ...] = ()
    doubts: tuple[Caveat, ...] = ()
    rows: Rows | None = None

    @property
    def weights(self) -> Array:
        """Each person's share."""
        return np.full(len(self.patterns), 1 / len(self.patterns))

    @property
    def tables(self) -> tuple[Array, ...]:
        """One per person, for counting them."""
        return (np.ones((len(self.patterns), 1)),)

    @property
    def moments(self) -> tuple[float, float]:
        """Centre and unit of log odds."""
        return 0.0, 1.0

    @property
    def totals(self) -> Array:
        """One per person."""
        return np.ones(len(self.patterns))

    @property
    def resolved(self) -> Model:
        """The model with the family that the answers decided, and the effects that several answers of each bring."""
        implied = [name for name, has in (("item", len(self.items) > 1), ("respondent", self.persons)) if has]
        named = {predictor.name for predictor in self.model.predictor}
        more = [Predictor(name=name, term="group", role="group") for name in implied if name not in named]
        family: Family = "bernoulli" if len(self.answers) == 2 else "cumulative"
        if self.family == "conditional-bernoulli":
            family = "conditional-bernoulli"
        return replace(self.model, family=family, predictor=(*self.model.predictor, *more))

    @property
    def people(self) -> int:
        """How many."""
        return len(self.patterns)

    @property
    def base(self) -> int:
        """Return how many respondents are in."""
        return self.people

    @property
    def columns_items(self) -> tuple[str, ...]:
        """Names of the linear coefficients; none where only how items compare can be told."""
        return () if self.family == "conditional-bernoulli" else self.plain.linear_terms

    @property
    def linear_items(self) -> tuple[str, ...]:
        """Names of the coefficients and of the spreads of group effects."""
        return (*self.columns_items, *self.spreads)

    @property
    def monotonic_items(self) -> tuple[str, ...]:
        """Names of the total effects of monotonic terms."""
        return self.plain.monotonic_terms

    @property
    def straightened(self) -> StackedDesign:
        """The same with monotonic terms in equal steps."""
        return replace(self, straight=True)

    @property
    def freed(self) -> StackedDesign:
        """The same with each step of a monotonic term a coefficient of its own, up or down."""
        free = self.plain.freed
        model = replace(free.model, predictor=(*free.model.predictor, *self._grouping))
        return replace(self, model=model, variables=free.variables)

    @property
    def _grouping(self) -> tuple[Predictor, ...]:
        return tuple(one for one in self.model.predictor if one.term == "group")

    @property
    def free_terms(self) -> tuple[str, ...]:
        """None: terms without one odds ratio for every cut need one answer of each person."""
        return ()

    @property
    def plain(self) -> Design:
        """The design without what sets people apart: its columns, and the priors of their coefficients."""
        return Design(
            model=self.model,
            outcome=self.outcome,
            answers=self.answers,
            variables=self.variables,
            patterns=self.patterns,
            tables=(np.ones((len(self.patterns), len(self.answers))) / len(self.answers),),
            straight=self.straight,
            family="bernoulli" if len(self.answers) == 2 else "cumulative",
        )

    @property
    def joints(self) -> tuple[tuple[int, int], ...]:
        """Places of the two predictors of each interaction."""
        return joint_places(self)

    @property
    def joint_terms(self) -> tuple[str, ...]:
        """Names of the columns of interactions."""
        return joint_terms(self)

    @property
    def joint_averages(self) -> Array:
        """Averages of those columns."""
        return joint_averages(self)

    @property
    def cuts(self) -> tuple[str, ...]:
        """Names of the thresholds, where all items share them."""
        if len(self.items) > 1 and len(self.answers) == 2:
            return ()
        return tuple(f"{low}|{high}" for low, high in zip(self.answers[:-1], self.answers[1:], strict=True))

    @property
    def spreads(self) -> tuple[str, ...]:
        """Names of the standard deviations."""
        found = []
        if len(self.items) > 1:
            found += ["sd(item)"] * (len(self.answers) > 2)
            found += [f"sd(item:{one.name})" for one in self.variables]
        found += ["sd(respondent)"] * self.persons
        return (*found, *(f"sd({name})" for name, _, _ in self.groups), *(f"sd({name})" for name in self.slope_names))

    @property
    def slope_names(self) -> tuple[str, ...]:
        """What effects that differ between groups are called: ``country:years``."""
        return tuple(f"{self.groups[group][0]}:{self.variables[place].name}" for group, place in self.slopes)

    @property
    def not_averaged(self) -> str:
        """Why there is no fit by penalised likelihood, the groups averaged over; empty: there is."""
        if len(self.items) > 1:
            return "people gave several answers each, whose items are these and no others to be averaged over"
        small = [name for name, labels, _ in self.groups if len(labels) < FEW_GROUPS]
        return f"{small[0]!r} has fewer than {FEW_GROUPS} groups, which hardly tell a spread" if small else ""

    @property
    def by_item(self) -> bool:
        """Whether a probability belongs to an item (a service, a barrier) rather than to an answer."""
        return len(self.items) > 1 and len(self.answers) == 2

    def events(self, outcome: str | None) -> tuple[OutcomeEvent, ...]:
        """Items, or the cuts of the answers."""
        if not self.by_item:
            return events(self.answers, outcome)
        found = tuple(OutcomeEvent(low=place, high=place, words=item) for place, item in enumerate(self.items))
        if outcome is None:
            return found
        if outcome not in self.items:
            raise UnknownName("item", outcome, self.items)
        return (found[self.items.index(outcome)],)

    def columns(self, patterns: Array) -> tuple[Array, tuple[Array, ...]]:
        """Centred linear columns and steps at some patterns."""
        return self.plain.columns(patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedReading:
    """The draws of a stacked design, asked as a `Reading` is."""

    design: StackedDesign
    sample: StackedSample
    place: int = 0
    profiled: None = None
    known: dict[object, Array] = field(default_factory=dict, compare=False, repr=False)
    """Shares that were asked for, by what was asked: page, files, figures and summary ask for the same ones."""

    @property
    def draws(self) -> int:
        """How many draws."""
        return len(next(iter(self.sample.values.values())))

    @property
    def even(self) -> StackedReading:
        """The same with equally weighted draws alone."""
        return self

    def thinned(self, draws: int, rng: np.random.Generator) -> StackedReading:
        """Return some of the draws: there is a score for every respondent, item and draw."""
        kept = np.sort(rng.choice(self.draws, min(draws, self.draws), replace=False))
        values = {name: array[kept] for name, array in self.sample.values.items()}
        return replace(self, sample=replace(self.sample, values=values), known={})

    def weigh(self, values: Array) -> Draws:
        """Return a number at each draw with the weights of the draws."""
        return Draws(values, None, batches(self.sample.chains, values.size))

    @property
    def named(self) -> dict[str, Array]:
        """Draws by name."""
        found = dict(self.sample.values)
        b = found.pop("b", None)
        if b is not None:
            found.update({item: b[:, place] for place, item in enumerate(self.design.columns_items)})
        return found

    @property
    def engine(self) -> str:
        """What made them."""
        return self.sample.engine

    def share(self, setting: PredictorSetting, event: OutcomeEvent, shift: Array | float | None = None) -> Array:
        """Return the probability of an event at each draw, averaged over the respondents (and over the items)."""
        moved = None if shift is None else np.asarray(shift, dtype=float)
        key = setting, event.low, event.high, None if moved is None else moved.tobytes()
        if key not in self.known:
            plain = self.design.by_item and self.design.family == "bernoulli" and not self.design.groups
            self.known[key] = (self._of_item if plain else self._averaged)(setting, event, moved)
        return self.known[key]

    def _of_item(self, setting: PredictorSetting, event: OutcomeEvent, shift: Array | None) -> Array:
        """Return the share of one item: odds of a pattern times odds of a person, so that each is made once."""
        patterns, weights = setting.patterns(self.design)
        few, which = np.unique(patterns, axis=0, return_inverse=True)
        base = self.score(slice(0, self.draws), few, None, event.low)
        if shift is not None:
            base = base - np.broadcast_to(shift, (self.draws,))[:, None]
        if "person" not in self.sample.values:
            return np.asarray(special.expit(base) @ np.bincount(which.ravel(), weights))
        if "odds" not in self.known:  # a row for each person
            self.known["odds"] = np.ascontiguousarray(np.exp(self.sample.values["person"]).T)
        whom = np.tile(np.arange(self.design.people), len(patterns) // self.design.people)
        odds, others = np.exp(base).T.copy(), np.zeros(self.draws)
        for person, pattern, weight in zip(whom.tolist(), which.ravel().tolist(), weights.tolist(), strict=True):
            others += weight / (1.0 + self.known["odds"][person] * odds[pattern])
        return np.asarray(weights.sum() - others)

    def _averaged(self, setting: PredictorSetting, event: OutcomeEvent, shift: Array | None) -> Array:
        patterns, weights = setting.patterns(self.design)
        whom = np.tile(np.arange(self.design.people), len(patterns) // self.design.people)
        if self.design.family == "conditional-bernoulli":  # people differ by their patterns alone
            patterns, place = np.unique(patterns, axis=0, return_inverse=True)
            weights, whom = np.bincount(place.ravel(), weights), np.zeros(len(patterns), dtype=int)
        found = np.empty(self.draws)
        items = [event.low] if self.design.by_item else range(len(self.design.items))
        block = max(1, CELLS // (len(patterns) * len(self.design.items)))
        for start in range(0, self.draws, block):
            rows = slice(start, min(start + block, self.draws))
            total = np.zeros(rows.stop - rows.start)
            for item in items:
                shares = self._shares(rows, patterns, whom, item, event)
                if shift is not None:
                    moved = np.exp(-np.broadcast_to(shift, (self.draws,))[rows, None])
                    shares = shift_odds(shares, moved)
                total += shares @ weights
            found[rows] = total / len(items)
        return found

    def _shares(self, rows: slice, patterns: Array, whom: Any, item: int, event: OutcomeEvent) -> Array:
        design = self.design
        if design.family == "conditional-bernoulli":
            scores = np.stack([self.score(rows, patterns, whom, j) for j in range(len(design.items))], axis=-1)
            return inclusion(scores, design.model.outcome.chosen or 1, item)
        eta = self.score(rows, patterns, whom, item)
        if design.by_item:
            return np.asarray(special.expit(eta))
        return event_share(ORDERED, self.thresholds[rows], eta, event)

    @property
    def thresholds(self) -> Array:
        """Cutpoints, a row for each draw: of one question with two answers minus its level."""
        levels = self.sample.values["levels"].reshape(self.draws, -1)
        return -levels if len(self.design.answers) == 2 else levels

    def score(self, rows: slice, patterns: Array, whom: Any, item: int) -> Array:
        """Return the linear predictor of one item, draws by patterns; without ``whom`` that of nobody in particular."""
        values, design = self.sample.values, self.design
        eta = np.zeros((rows.stop - rows.start, len(patterns)))
        linear, steps = design.columns(patterns)
        if "b" in values:
            eta += values["b"][rows] @ linear.T
        for name, step in zip(design.monotonic_items, steps, strict=True):
            eta += values[name][rows, None] * (values[f"{name} steps"][rows] @ step.T)
        if design.by_item:
            eta += values["levels"][rows, item, None]
        if "item" in values:
            eta += values["item"][rows, item, None]
        for place, one in enumerate(design.variables):
            name = f"gamma {one.name}"
            if name in values:
                eta += values[name][rows, item] @ gamma_columns(one, patterns[:, place]).T
        if "person" in values and whom is not None:
            eta += values["person"][rows][:, whom]
        for name, _, codes in design.groups:
            eta += values[f"group {name}"][rows][:, codes[whom]]
        for name, (group, place) in zip(design.slope_names, design.slopes, strict=True):
            columns = gamma_columns(design.variables[place], patterns[:, place])
            own = values[f"slope {name}"][rows][:, design.groups[group][2][whom]]
            eta += np.einsum("sgw,gw->sg", own, columns)
        return eta


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragedTable:
    """A frequentist fit of one question with group effects, asked as a `FittedTable` is.

    Parameters
    ----------
    design : StackedDesign
    profiled : Profiled
    """

    design: StackedDesign
    profiled: Profiled
    place: int = 0
    sample: None = None

    @property
    def likelihood(self) -> GroupLikelihood:
        """What its limits are found by."""
        return GroupLikelihood(group_problem(self.design.straightened))

    def limits(self, region: Region, item: str) -> Limits | None:
        """Return the limits of a coefficient, or of a spread, whose logarithm is looked at; None: a search failed."""
        at, spread = self.design.straightened.linear_items.index(item), item in self.design.spreads

        def told(_: Array, linear: Array) -> Array:
            return np.log(linear[:, at]) if spread else linear[:, at]

        ends = region.ends(told, told)
        if ends is None:
            return None
        low, high = np.exp(ends) if spread else ends
        return Limits(value=float(self.profiled.linear[at]), lower=float(low), upper=float(high))

    def point_share(self, setting: PredictorSetting, event: OutcomeEvent, shift: float = 0.0) -> Callable[..., Array]:
        """Return the averaged probability as a function of thresholds and coefficients with spreads, a row each.

        The effects of groups are averaged over their normal distribution by Gauss and Hermite's rule.
        """
        design = self.design.straightened
        patterns, weights = setting.patterns(design)
        patterns, place = np.unique(patterns, axis=0, return_inverse=True)
        weights = np.bincount(place.ravel(), weights)
        columns, squares = design.columns(patterns)[0], _squares(design, patterns)
        nodes, masses = np.polynomial.hermite_e.hermegauss(NODES)
        masses = masses / masses.sum()

        def value(thresholds: Array, linear: Array, common: Array | float = 0.0) -> Array:
            slopes, sds = linear[:, : columns.shape[1]], linear[:, columns.shape[1] :]
            eta, spread = slopes @ columns.T, np.sqrt(sds**2 @ squares.T)
            moved, total = np.asarray(shift + common), np.zeros(len(linear))
            for node, mass in zip(nodes, masses, strict=True):
                shares = event_share(ORDERED, thresholds, eta + node * spread, event)
                if moved.any():
                    shares = shift_odds(shares, np.exp(-moved)[..., None])
                total += mass * (shares @ weights)
            return total

        return value


def _squares(design: StackedDesign, patterns: Array) -> Array:
    """Return what each spread's variance is multiplied by in the variance of the linear predictor, by pattern."""
    levels = np.ones((len(patterns), len(design.groups)))
    slopes = [
        np.square(gamma_columns(design.variables[place], patterns[:, place])).sum(axis=1) for _, place in design.slopes
    ]
    return np.column_stack([levels, *slopes])


def gamma_columns(variable: Variable, values: Array) -> Array:
    """Columns of effects that differ between items, or groups: one for each level, or the number itself."""
    if not variable.labels:
        return variable.columns(values) - variable.means
    return np.asarray((values[:, None] == np.arange(len(variable.labels))).astype(float))


def level_prior(design: StackedDesign) -> Prior:
    """Return the prior of each item's level, in log odds."""
    stated = design.model.prior("intercept", exactly=design.family == "conditional-bernoulli").prior
    return read_prior("intercept", stated).log_odds()


def coefficient_priors(design: StackedDesign) -> tuple[tuple[Prior, ...], tuple[Prior, ...]]:
    """Return the priors of the linear coefficients, and of the total effects of monotonic terms."""
    problem = design.plain.problem()
    return problem.linear_priors[: len(design.columns_items)], problem.monotonic_priors


def spread_prior(design: StackedDesign) -> SpreadPrior:
    """Return the prior of each standard deviation."""
    return read_prior("scales", design.model.priors.scales.prior).spread()


def threshold_prior(design: StackedDesign) -> float:
    """Return the concentration of the answers' probabilities."""
    return read_prior("thresholds", design.model.priors.thresholds.prior).scale


def simplex_prior(design: StackedDesign) -> float:
    """Return the concentration of the steps of monotonic terms."""
    return read_prior("simplexes", design.model.priors.simplexes.prior).scale


def group_problem(design: StackedDesign) -> GroupProblem:
    """Collapse the rows that no effect tells apart, and list the effects in the order of `design.spreads`.

    Parameters
    ----------
    design : StackedDesign

    Returns
    -------
    GroupProblem
    """
    exactly = design.family == "conditional-bernoulli"
    person, item, answer = (np.asarray(one, dtype=np.intp) for one in (design.person, design.item, design.answer))
    codes = [np.unique(design.patterns, axis=0, return_inverse=True)[1].ravel()] if design.patterns.shape[1] else []
    codes += [np.asarray(one) for _, _, one in design.groups]
    codes += [np.arange(design.people)] * design.persons
    kind = np.stack(codes, axis=1)[person] if codes else np.zeros((len(person), 1), dtype=np.intp)
    # a cell's first row stands for it; exactly k of a list: item by item within whom the model takes to be alike
    _, first, cell = np.unique(np.column_stack([kind, item]), axis=0, return_index=True, return_inverse=True)
    counts = np.zeros((len(first), len(design.answers)))
    np.add.at(counts, (cell.ravel(), answer), 1.0)
    whom, which = person[first], item[first]
    columns, steps = design.columns(design.patterns)
    columns, priors = columns[whom, : len(design.columns_items)], coefficient_priors(design)
    levels = len(design.answers) == 2
    return GroupProblem(
        family=design.family,  # type: ignore[arg-type]
        counts=counts,
        linear=columns,
        linear_priors=priors[0],
        steps=tuple(step[whom] for step in steps),
        monotonic_priors=priors[1],
        simplexes=simplex_prior(design),
        spreads=_spreads(design, whom, which),
        item=which if levels else None,
        items=len(design.items) if levels else 0,
        thresholds=threshold_prior(design),
        levels=level_prior(design),
        chosen=(design.model.outcome.chosen or 1) if exactly else 0,
    )


def _spreads(design: StackedDesign, whom: Any, which: Any) -> tuple[Spread, ...]:
    prior, items = spread_prior(design), len(design.items)
    one = np.ones((len(whom), 1))
    found = []
    if items > 1:
        if len(design.answers) > 2:
            found.append(Spread(members=items, place=which[:, None], value=one, prior=prior))
        found += [
            _slopes(variable, design.patterns[whom, column], which, items, prior)
            for column, variable in enumerate(design.variables)
        ]
    if design.persons:
        found.append(Spread(members=design.people, place=whom[:, None], value=one, prior=prior))
    for _, labels, codes in design.groups:
        place = np.asarray(codes, dtype=np.intp)[whom][:, None]
        found.append(Spread(members=len(labels), place=place, value=one, prior=prior))
    for group, column in design.slopes:
        _, labels, codes = design.groups[group]
        found.append(_slopes(design.variables[column], design.patterns[whom, column], codes[whom], len(labels), prior))
    return tuple(found)


def _slopes(variable: Variable, values: Array, member: Any, members: int, prior: SpreadPrior) -> Spread:
    """Return the effects of a predictor that differ between items, or groups: of each level, or of the number."""
    value = gamma_columns(variable, values)
    width, one = value.shape[1], np.ones((len(values), 1))
    if variable.labels:
        place, value = (member * width + values.astype(np.intp))[:, None], one
    else:
        place = np.asarray(member)[:, None] * width + np.arange(width)
    return Spread(members=members * width, place=place.astype(np.intp), value=value, prior=prior)


def named_effects(design: StackedDesign) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return name and shape of the effects of each spread, in the order of `design.spreads`."""
    items = len(design.items)
    found: list[tuple[str, tuple[int, ...]]] = []
    if items > 1:
        if len(design.answers) > 2:
            found.append(("item", (items,)))
        for place, one in enumerate(design.variables):
            width = gamma_columns(one, design.patterns[:1, place]).shape[1]
            found.append((f"gamma {one.name}", (items, width)))
    if design.persons:
        found.append(("person", (design.people,)))
    found += [(f"group {name}", (len(labels),)) for name, labels, _ in design.groups]
    for name, (group, place) in zip(design.slope_names, design.slopes, strict=True):
        width = gamma_columns(design.variables[place], design.patterns[:1, place]).shape[1]
        found.append((f"slope {name}", (len(design.groups[group][1]), width)))
    return tuple(found)


def named_values(design: StackedDesign, draws: GroupDraws) -> dict[str, Array]:
    """Return draws by the names of a `StackedSample`."""
    found = {"levels": draws.levels if len(design.answers) == 2 else draws.thresholds}
    if draws.linear.shape[1]:
        found["b"] = draws.linear
    for place, item in enumerate(design.monotonic_items):
        found[item], found[f"{item} steps"] = draws.monotonic[:, place], draws.zetas[place]
    for place, (name, shape) in enumerate(named_effects(design)):
        found[name] = draws.effects[place].reshape(-1, *shape)
    found.update({name: draws.sds[:, place] for place, name in enumerate(design.spreads)})
    return found
