"""A fit as values: of one table of counts, its draws or its estimate; and of a model, a reading for each table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from scipy.special import chdtri, expit

from csea_stats.errors import InputError, UnknownName
from csea_stats.estimators.assumptions import FEW
from csea_stats.regression import settings as contrasts
from csea_stats.regression.averages import effects_by_name, everybody, point_share, share
from csea_stats.regression.engines.marginal import effect_columns
from csea_stats.regression.engines.weights import Draws, batches
from csea_stats.regression.groups import cells_of
from csea_stats.regression.problem import Array, Diagnostic, EngineProblem, Limits, Places, Profiled, Sample
from csea_stats.regression.profiles import FreeLikelihood, Likelihood, Region, likelihood_of
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import integer, number_of, percent
from csea_stats.results.values import Caveat, Provenance
from csea_stats.survey.answer_events import OR_LOWER, Event
from csea_stats.tabulation.naming import worded
from csea_stats.targets.populations import Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from csea_stats.regression.design import Design
    from csea_stats.regression.engines.departures import Departures
    from csea_stats.regression.engines.marginal import GroupLikelihood
    from csea_stats.regression.model import Model
    from csea_stats.regression.settings import OutcomeEvent, PredictorSetting
    from csea_stats.regression.variables import Codes
    from csea_stats.survey.source import TargetWords

PEOPLE = Superpopulation()
"""The default target."""

STRIP = ("normal(0, 1)", "logistic(0, 1)", "normal(0, 2.5)")
"""The coefficient priors that every Bayesian number is shown under."""


TOO_RARE = 0.05
"""How rare, were trials independent, a spread is that is called more than chance."""

FREE = "steps free"
"""The member of the strip in which each step of a monotonic term has its own coefficient, under the prior in use."""


def once[F: Callable[..., Any]](function: F) -> F:
    """Keep with a fit, or with one of its tables, what a function of it gives: page, files and figures ask the same."""

    @wraps(function)
    def kept(fit: FittedModel | FittedTable, *arguments: object) -> Any:
        key = f"{function.__module__}.{function.__name__}", *arguments  # a name: what is kept goes where the fit goes
        try:
            hash(key)
        except TypeError:  # of a list
            return function(fit, *arguments)
        if key not in fit.known:
            fit.known[key] = function(fit, *arguments)
        return fit.known[key]

    return cast("F", kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedTable:
    """One table of counts that print allows (with rows there is one), fitted.

    Parameters
    ----------
    design : Design
    place : int
        Which of the design's tables.
    sample : Sample or None
        Of a Bayesian fit.
    profiled : Profiled or None
        Of a frequentist fit.
    """

    design: Design
    place: int = 0
    sample: Sample | None = None
    profiled: Profiled | None = None
    known: dict[object, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was worked out: page, files, figures and summary ask for the same shares and limits."""

    @property
    def table(self) -> Array:
        """Respondents by pattern and answer."""
        return self.design.tables[self.place]

    @property
    def drawn(self) -> Sample:
        """The draws."""
        if self.sample is None:
            message = "a frequentist fit has no draws"
            raise TypeError(message)
        return self.sample

    @property
    def whole(self) -> Sample:
        """The draws that numbers are told from: the weighted ones, where there are such."""
        return self.drawn.weighted or self.drawn

    @property
    def even(self) -> FittedTable:
        """The same with equally weighted draws alone."""
        return self if self.drawn.weighted is None else self.with_sample(replace(self.drawn, weighted=None))

    def with_sample(self, sample: Sample) -> FittedTable:
        """Return the same with other draws."""
        return replace(self, sample=sample)

    def thinned(self, draws: int, rng: np.random.Generator) -> FittedTable:
        """Return some of the draws: there may be a score for every respondent, item and draw."""
        return self.with_sample(self.drawn.at(np.sort(rng.choice(self.draws, min(draws, self.draws), replace=False))))

    @property
    def draws(self) -> int:
        """How many draws."""
        return len(self.whole.thresholds)

    @property
    def thresholds(self) -> Array:
        """Cutpoints, a row for each draw."""
        return self.whole.thresholds

    def weigh(self, values: Array) -> Draws:
        """Return a number at each draw with the weights of the draws."""
        whole = self.whole
        return Draws(values, whole.weights, max(whole.replicates, batches(whole.chains, values.size)))

    @property
    def named(self) -> dict[str, Array]:
        """Draws by name."""
        design, sample = self.design, self.whole
        centre, unit = design.moments
        found = {"thresholds": sample.thresholds}
        if design.grouped:
            found = {"levels": sample.thresholds if len(design.answers) > 2 else -sample.thresholds}
        if design.numbers is not None:
            level, scale, freedom = sample.thresholds.T
            found = {"average": centre + unit * level, "errors": unit * scale, "degrees of freedom": freedom}
        found.update(zip(design.items_of(design.linear_terms), unit * sample.linear.T, strict=True))
        found.update(zip(design.monotonic_items, unit * sample.monotonic.T, strict=True))
        found.update({f"{term} steps": zeta for term, zeta in zip(design.monotonic_terms, sample.zetas, strict=True)})
        if sample.sds is not None:
            found |= {**effects_by_name(design, sample), **dict(zip(design.spreads, sample.sds.T, strict=True))}
        return found

    @property
    def engine(self) -> str:
        """What made them."""
        return self.drawn.engine

    def slopes(self, patterns: Array) -> Array:
        """Return what each slope multiplies at some patterns; a monotonic term's steps at their averages, or equal."""
        if self.sample is None:
            return self.design.straightened.columns(patterns)[0]
        linear, steps = self.design.columns(patterns)
        zetas = [zeta.mean(axis=0) for zeta in self.sample.zetas]
        return np.column_stack([linear, *(step @ zeta for step, zeta in zip(steps, zetas, strict=True))])

    @property
    def cells(self) -> tuple[Array, Array, Array | None, Places | None]:
        """Counts by cell, what each slope multiplies there, what each effect of a group does, and whose answers.

        None: there are no groups; one answer each.
        """
        if not self.design.grouped:
            return self.table, self.slopes(self.design.patterns), None, None
        problem = self.straight_problem if self.sample is None else self.design.problem(self.place)
        zetas = self.sample.zetas if self.sample else ()
        steps = (step @ zeta.mean(axis=0) for step, zeta in zip(problem.steps, zetas, strict=True))
        columns, which = effect_columns(problem)
        sds = self.profiled.linear[-len(problem.spreads) :] if self.profiled else np.mean(self.drawn.sds, axis=0)  # type: ignore[arg-type]
        whose = cells_of(self.design, self.design.rows_answered(self.place))[1] if self.design.several else None
        return problem.counts, np.column_stack([problem.linear, *steps]), columns * sds[which], whose

    @property
    def expected_shares(self) -> Array:
        """Probability of the later of two answers by pattern, at the averages of the draws, or at the estimate."""
        if self.profiled is not None:
            eta = self.design.straightened.columns(self.design.patterns)[0] @ self.profiled.linear
            return np.asarray(expit(eta - self.profiled.thresholds[0]))
        return np.asarray(expit(everybody(self.design, self.drawn) - self.drawn.thresholds).mean(axis=0))

    @property
    def straight_problem(self) -> EngineProblem:
        """The problem as a frequentist fit takes it: monotonic terms in equal steps."""
        return self.design.straightened.problem(self.place)

    @property
    def likelihood(self) -> Likelihood | FreeLikelihood | GroupLikelihood:
        """What the limits of a frequentist fit are found by."""
        if self.profiled is None:
            message = "a Bayesian fit has no profile"
            raise TypeError(message)
        return likelihood_of(self.straight_problem, self.profiled.method)  # type: ignore[arg-type]

    def point_share(self, setting: PredictorSetting, event: OutcomeEvent, shift: float = 0.0) -> Callable[..., Array]:
        """Return the averaged probability as a function of thresholds and coefficients, a row each."""
        return point_share(self.design.straightened, setting, event, shift)

    def share(self, setting: PredictorSetting, event: OutcomeEvent, shift: Array | float | None = None) -> Array:
        """Return the averaged probability of an event at each draw."""
        moved = None if shift is None else np.asarray(shift, dtype=float)
        key = setting, event.low, event.high, event.without, None if moved is None else moved.tobytes()
        if key not in self.known:
            self.known[key] = share(self.design, self.whole, setting, event, moved)
        return np.asarray(self.known[key])

    @once
    def region(self, level: float) -> Region:
        """Return the likelihood region of a frequentist fit."""
        likelihood = self.likelihood
        best = likelihood.start(self.profiled.thresholds, self.profiled.linear)  # type: ignore[union-attr]
        return Region.of(likelihood, best, level)

    def averaged_limits(self, region: Region, item: str) -> Limits | None:
        """Return the limits of a coefficient averaged over groups, or of a spread, whose logarithm is looked at.

        None: a search failed.
        """
        design = self.design.straightened
        at, spread = design.linear_items.index(item), item in design.spreads

        def told(_: Array, linear: Array) -> Array:
            return np.log(linear[:, at]) if spread else linear[:, at]

        ends = region.ends(told, told)
        if ends is None or self.profiled is None:
            return None
        low, high = np.exp(ends) if spread else ends
        return Limits(value=float(self.profiled.linear[at]), lower=float(low), upper=float(high))


Strip = tuple[tuple[str, tuple[FittedTable, ...]], ...]
"""Readings under each prior."""


class Later[T]:
    """A value that is made when first asked for, and kept; whoever makes a fit says how.

    Parameters
    ----------
    make : callable
    *arguments

    Examples
    --------
    >>> Later(tuple, [1, 2])()
    (1, 2)
    """

    __slots__ = ("_arguments", "_make", "_value")

    def __init__(self, make: Callable[..., T], *arguments: object) -> None:
        self._make: Callable[..., T] | None = make
        self._arguments = arguments

    def __call__(self) -> T:
        """Return the value."""
        if self._make is not None:
            self._value = self._make(*self._arguments)
            self._make, self._arguments = None, ()
        return self._value


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FittedModel:
    """A model fitted to answers, as values; `Fit` adds what can be asked of it.

    Parameters
    ----------
    model : Model
    design : Design
        Patterns, columns and counts.
    readings : tuple of FittedTable
        One, or one for each table of counts that print allows.
    method : {"bayes", "frequentist"}
    engine : str
        What was used: "laplace", "slice", "nuts", "log-f", "ml", "firth".
    level : float
    seed : int
    provenance : Provenance
    words : TargetWords or None
        How sentences name the people, from the data.
    synthetic : bool
    taken : tuple of str
        What each column of a frame was taken for.
    beside : Later
        The default fit of the other kind, a reading for each; none by default.
    under : Later
        The Bayesian fits under each of the customary priors; none by default.
    """

    model: Model
    design: Design
    readings: tuple[FittedTable, ...]
    method: Literal["bayes", "frequentist"]
    engine: str
    level: float
    seed: int
    provenance: Provenance = field(default_factory=Provenance)
    words: TargetWords | None = None
    synthetic: bool = False
    taken: tuple[str, ...] = ()
    beside: Later[tuple[FittedTable, ...]] = field(default_factory=lambda: Later(tuple))
    under: Later[Strip] = field(default_factory=lambda: Later(tuple))
    known: dict[object, Any] = field(default_factory=dict, init=False)
    """What was asked for already."""

    def __repr__(self) -> str:
        made = "; SYNTHETIC" if self.synthetic else ""
        return f"<Fit: {self.model.formula}; {self.engine}, {number_of(self.design.people, 'respondents')}{made}>"

    @property
    def draws(self) -> dict[str, Array]:
        """Equally weighted posterior draws by name, of the first reading of print; empty for a frequentist fit."""
        return self.readings[0].even.named if self.bayes else {}

    @property
    def stamp(self) -> str:
        """What stands before every text, and in every tree and model, that comes of made-up answers; else empty."""
        return caveat("synthetic").text if self.synthetic else ""

    @property
    def holds_answers(self) -> bool:
        """Whether it holds which answers people gave together, and not made-up ones."""
        return (self.design.rows is not None or self.design.trials is not None) and not self.synthetic

    @property
    def counterpart(self) -> tuple[FittedTable, ...]:
        """The default fit of the other kind, for the interval beside; empty where there is none."""
        return self.beside()

    @property
    def strip(self) -> Strip:
        """The Bayesian fits under each of the customary priors; of one no reading where importance sampling failed."""
        return self.under()

    @property
    def bayes(self) -> bool:
        """Whether it has draws."""
        return self.method == "bayes"

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """How far the fit can be trusted."""
        found = [reading.sample or reading.profiled for reading in self.readings]
        return tuple(dict.fromkeys(one for result in found if result for one in result.diagnostics))

    @cached_property
    def caveats(self) -> tuple[Caveat, ...]:
        """What makes every number of it doubtful."""
        found = []
        if self.synthetic:
            found.append(caveat("synthetic"))
        if self.engine == "prior":
            found.append(caveat("prior-alone"))
        left = sum(number for _, number in self.design.left_out)
        if left:
            reasons = [(*reason.partition(": ")[::2], number) for reason, number in self.design.left_out]
            why = "; ".join(f"{integer(number)} {reason} ({name})" for name, reason, number in reasons)
            total, verb = integer(left + self.design.people), "is" if left == 1 else "are"
            found.append(caveat("incomplete", left=integer(left), total=total, verb=verb, why=why))
        if len(self.readings) > 1:
            found.append(caveat("ambiguous-fit", number=len(self.readings)))
        own = self.design.model.coefficient_prior if self.bayes else ()
        found += [caveat("prior-informed", of=one.of, prior=one.prior, reason=one.reason) for one in own if one.centre]
        chosen = [*self.design.resolved.chosen_priors, *((one.of, one.prior) for one in own if not one.centre)]
        if chosen:
            found.append(caveat("prior-chosen", priors=", ".join(f"{slot} {prior}" for slot, prior in chosen)))
        if self.bayes and self.design.joints:
            priors = self.design.model.priors
            told = {"prior": priors.interactions.prior, "other": priors.coefficients.prior}
            found.append(caveat("interaction-prior", **told))
        found += [self._steps(place) for place, one in enumerate(self.design.variables) if one.shape == "monotonic"]
        found += [caveat("fit-check", text=one.text) for one in self.diagnostics if one.state != "pass"]
        people = self.design.people
        few = [caveat("few", base=number_of(people, "people"), points=percent(1 / people))] if people < FEW else []
        if self.number:
            found.append(caveat("errors-alike"))
        if self.design.trials is not None:
            found.append(self._dispersion(self.design.trials))
        return (*found, *few, *self.design.doubts)

    def _steps(self, place: int) -> Caveat:
        """Return what is assumed of the steps of a monotonic term."""
        name = self.design.variables[place].name.replace("_", " ")
        others = " and ".join(one.replace("_", " ") for one in contrasts.partners(self.design, place))
        if not self.bayes:
            return caveat("equal-steps", name=name)
        return caveat("one-direction-each", name=name, others=others) if others else caveat("one-direction", name=name)

    def _dispersion(self, counts: Codes) -> Caveat:
        """Say whether the trials of one respondent hang together more than chance, by Pearson's chi-squared."""
        trials = self.model.outcome.trials or ""
        pattern, successes, number = counts.T
        shares = np.mean([reading.expected_shares for reading in self.readings], axis=0)[pattern]
        away = (successes - number * shares) ** 2 / np.maximum(number * shares * (1 - shares), 1e-12)
        left = len(pattern) - 1 - len(self.design.linear_items) - len(self.design.monotonic_items)
        times = float(away.sum()) / max(left, 1)
        if left < 1 or away.sum() <= chdtri(left, TOO_RARE) or times < 1:
            return caveat("trials-alike", trials=trials)
        return caveat("trials-hang-together", trials=trials, times=f"{times:.1f}")

    @cached_property
    def departures(self) -> tuple[Departures, ...]:
        """How far each cut lies from one odds ratio for all, by reading; none of two answers."""
        from csea_stats.regression.engines.departures import departures

        design = self.design
        if design.family != "cumulative" or not design.variables or design.free_terms:
            return ()
        if self.engine == "prior":
            return ()
        return tuple(departures(*one.cells) for one in self.readings)

    def refuse_imputed(self, what: str) -> None:
        """Refuse what needs respondents whose answers are all known.

        Raises
        ------
        InputError
        """
        if self.design.imputed:
            message = f"{what}: found imputed answers; allowed is a fit with missing='complete' or 'level'"
            raise InputError(message)

    def events(self, outcome: Event | None) -> tuple[OutcomeEvent, ...]:
        """Return the events that an outcome means."""
        if self.design.by_item:
            items = self.design.items
            if outcome is not None and outcome not in items:
                raise UnknownName("item", str(outcome), items)
            found = tuple(one for one in contrasts.single_events(items) if outcome in (None, one.words))
        elif self.number:
            if outcome is not None:
                message = (
                    f"outcome: found {outcome!r} of {self.design.outcome!r}, which is a number; allowed is none: its "
                    "averages are told. For shares of its answers take the family cumulative"
                )
                raise InputError(message)
            found = (contrasts.OutcomeEvent(low=0, high=0, words="average"),)
        else:
            found = contrasts.events(self.design.answers, outcome, ordered=self.design.ordered)
        return found

    def single_answers(self) -> tuple[OutcomeEvent, ...]:
        """Every answer for itself."""
        if self.design.grouped or self.number:
            return self.events(None)
        return contrasts.single_events(self.design.answers)

    def says(self, event: OutcomeEvent) -> str:
        """Return what those do who give such an answer: "gave “poor or lower” (public awareness)"; else nothing."""
        if self.number or self.model.outcome.trials:
            return ""
        words = event.words.removesuffix(OR_LOWER) if event.low == event.high else event.words
        label = self.model.outcome.label or self.design.label or self.model.outcome.name.replace("_", " ")
        return dict(self.design.says).get(event.words, f"gave “{words}” ({label})")

    def what(self, event: OutcomeEvent) -> str:
        """Return the event with its question: "public awareness: poor or lower"."""
        outcome = self.model.outcome
        label = outcome.label or outcome.name
        if outcome.trials:
            return f"{outcome.trials}: {event.words}"
        if self.number:
            unit = self.design.unit
            return f"{label} ({unit})" if unit and unit != self.design.outcome else label
        return f"{label}: {event.words}"

    def measure(self, event: OutcomeEvent) -> str:
        """Return what is told of an event: "share of public awareness: poor or lower", "average of years"."""
        return f"{'average' if self.number else 'share'} of {self.what(event)}"

    @property
    def number(self) -> bool:
        """Whether the outcome is a number, of which averages are told, not shares."""
        return self.design.numbers is not None

    @property
    def towards(self) -> str:
        """Where a positive coefficient points."""
        last = f"“{self.design.answers[-1]}”"
        return last if len(self.design.answers) == 2 else f"later answers ({last})"

    def named(self, target: Target) -> Target:
        """Return the target with the words of the data or the model, where the call gave none."""
        if self.words is not None:
            return worded(target, self.words)
        wordless = isinstance(target, Superpopulation) and target.words == Superpopulation().words
        return replace(target, words=self.model.target) if wordless else target
