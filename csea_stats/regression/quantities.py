"""Quantities of a fit as estimands: hulls over the readings of print of what its draws, or its profiles, say."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import ndtri, stdtrit

from csea_stats.base.two_binomials import gap_limits
from csea_stats.errors import UnsupportedTarget, in_short
from csea_stats.estimators.arguments import check_bounded
from csea_stats.estimators.assumptions import target_caveats
from csea_stats.estimators.estimand import Estimand, Inference, Limits, Method, Participation, Setting
from csea_stats.estimators.inference import estimate
from csea_stats.regression.engines.nets import net
from csea_stats.regression.fitted import FREE, STRIP, FittedModel, FittedTable
from csea_stats.regression.fitting import SPREADS
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import interval_words
from csea_stats.results.values import Base, Caveat, Comparison, intervals_of
from csea_stats.results.verdicts import NO_FIT, UNRATED, disagree
from csea_stats.survey.answer_events import OR_LOWER
from csea_stats.targets.populations import FinitePopulation, Population, Respondents, Selection, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from csea_stats.regression import settings as contrasts
    from csea_stats.regression.design import Design
    from csea_stats.regression.engines.weights import Draws
    from csea_stats.regression.problem import Array
    from csea_stats.results.estimate import Estimate

Moved = tuple["Array | float", "Array | float"]
"""Log participation ratios of later answers at the start and at the end of what is compared."""

ALONE = Participation()
"""Chance alone."""

FALSE_ALARM = 0.05
"""How often, at most, one odds ratio is called wrong at some cut although it holds.

Simulated: 0 to .02 of 49 people, 0 to .04 in groups.
"""

GRID, STEPS = 5, 2
"""Ratios common to both sides at which a search for the farthest begins, and parabolas that it then follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A probability averaged over the respondents under one setting, or its change from another.

    Parameters
    ----------
    start : PredictorSetting or None
        None: a share, no difference.
    end : PredictorSetting
    event : OutcomeEvent
    """

    start: contrasts.PredictorSetting | None
    end: contrasts.PredictorSetting
    event: contrasts.OutcomeEvent


def drawn(reading: FittedTable, quantity: Quantity, moved: Moved | None) -> Array:
    """Return the quantity at each draw."""
    low, high = moved if moved is not None else (None, None)
    found = reading.share(quantity.end, quantity.event, high)
    return found if quantity.start is None else found - reading.share(quantity.start, quantity.event, low)


def check_target(target: Target, *, bayes: bool) -> None:
    """Refuse a target that a regression cannot speak for.

    Raises
    ------
    UnsupportedTarget
    """
    if isinstance(target, FinitePopulation) or (isinstance(target, Population) and target.size is not None):
        message = (
            f"a regression and {target!r} do not go together: an average over models has no finite count; "
            "use Superpopulation() or Population(selection)"
        )
        raise UnsupportedTarget(message)
    if not isinstance(target, Respondents) and target.design_effect != 1:
        message = (
            f"design_effect: found {in_short(target.design_effect)}; a regression allows for clusters by a group "
            "effect, such as (1 | organisation_id)"
        )
        raise UnsupportedTarget(message)
    check_bounded([target], "a regression")
    if isinstance(target, Population) and isinstance(target.selection, Selection) and not bayes:
        message = (
            "a confidence interval has no prior on who took part: use method='bayes', or "
            "Population(SelectionBounds(ratio=2))"
        )
        raise UnsupportedTarget(message)


@dataclass(frozen=True, kw_only=True)
class OfFit(Estimand):
    """A quantity of a fit, from the draws of a Bayesian one and the profiles of a frequentist one.

    Parameters
    ----------
    fit : FittedModel
    item, words : str
        Its name, and what it is.
    says : str
        What those do who are counted, of an effect: "rate it poor".
    comparison : Comparison or None
    noted : tuple of Caveat
        What makes it doubtful, beside its target and the fit.

    Notes
    -----
    The log participation ratio of later answers is taken to change in proportion to a predictor. A `Selection`'s tau,
    and the ratio of bounds, belong to either side of the predictor's whole contrast (`contrasts.whole_contrast`): over
    a part of it the two sides' ratios differ by that part of what they differ by over the whole.
    """

    methods: ClassVar[Mapping[str, Method]] = {
        "laplace": Method(kind="credible", prior=True),
        "slice": Method(kind="credible", prior=True),
        "nuts": Method(kind="credible", prior=True),
        "prior": Method(kind="credible", prior=True),
        "log-f": Method(),
        "ml": Method(),
        "firth": Method(),
        "least-squares": Method(),
        **dict.fromkeys((*STRIP, *SPREADS, FREE), Method(kind="credible", prior=True, offered=False)),
    }
    companion: ClassVar[str] = "log-f"
    bounding: ClassVar[str] = "log-f"
    counted: ClassVar[bool] = False
    otherwise: ClassVar[tuple[str, ...]] = (FREE,)
    fit: FittedModel
    item: str
    words: str
    says: str = ""
    comparison: Comparison | None = None
    noted: tuple[Caveat, ...] = ()
    known: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out and may be asked for again."""

    @property
    def priors(self) -> tuple[str, ...]:
        """Those of the fit's strip."""
        return tuple(name for name, _ in self.fit.strip if name != FREE or self.stepped)

    def unrated(self, who: Participation) -> str:  # noqa: ARG002
        """Return that no test is made of a model."""
        return UNRATED["model"]

    @property
    def stepped(self) -> bool:
        """Whether it is of a monotonic term, so that the steps of its levels may decide."""
        return False

    @property
    def counts(self) -> tuple[tuple[int, ...], ...]:
        """None: a model's average is no count."""
        return ()

    @property
    def base(self) -> tuple[Base, ...]:
        """How many respondents are in."""
        return (self.fit.design.base,)

    @property
    def several(self) -> bool:
        """Whether print leaves several tables open."""
        return len(self.fit.readings) > 1

    @property
    def part(self) -> float:
        """How much of the predictor's whole contrast it is about; 0: selection leaves it as it is."""
        return 1.0

    @property
    def whole(self) -> str:
        """The predictor's whole contrast in words."""
        return ""

    @abstractmethod
    def drawn(self, reading: FittedTable, moved: Moved | None) -> Array:
        """Return its draws."""

    @abstractmethod
    def profiled(self, reading: FittedTable, level: float, who: Participation) -> Limits | None:
        """Return the profile limits of one reading within the ratios; None where there are none."""

    @abstractmethod
    def point(self, reading: FittedTable, who: Participation, sign: float) -> float:
        """Return the smallest (sign -1) or largest (1) estimate of a frequentist reading, within the ratios."""

    def selected(self, who: Participation, draws: int) -> Moved:
        """Return log participation ratios for each draw, by a prior on them."""
        rng = np.random.default_rng([self.fit.seed, draws, 7])
        first, second = ndtri(rng.permutation(net(draws, 2, rng), axis=1))
        tau, rho = who.tau, 1 - self.part**2 * (1 - who.correlation)
        if rho < -1:  # so far apart that either side differs from the average by more than a side of the whole does
            tau, rho = tau * math.sqrt((1 - rho) / 2), -1.0
        return who.mean + tau * first, who.mean + tau * (rho * first + math.sqrt(1 - rho**2) * second)

    def moved(self, who: Participation, sign: float, common: float = 0.0) -> Moved | None:
        """Return the log ratios within bounds at which it is smallest (sign -1) or largest (1); None: no selection."""
        centre, reach = math.log(who.centre) + common, sign * self.part * math.log(who.reach)
        return None if centre == reach == 0 else (centre + reach, centre - reach)

    def slack(self, who: Participation) -> float:
        """Return how far from the centre both sides' log ratios may move together: a part of the whole leaves room."""
        room = 1 - self.part
        return room * math.log(who.reach) if room > 1e-9 else 0.0

    def at(self, reading: FittedTable, who: Participation, sign: float, common: float) -> Draws:
        """Return the draws of a reading."""
        key = id(reading), who, sign if who.reach > 1 else 0, common
        if key not in self.known:
            chosen = self.selected(who, reading.draws) if who.tau > 0 else self.moved(who, sign, common)
            self.known[key] = reading.weigh(self.drawn(reading, chosen))
        return self.known[key]  # type: ignore[no-any-return]

    def readings(self, method: str) -> tuple[FittedTable, ...]:
        """Return the fits that a method is read from."""
        if not self.methods[method].offered:
            return dict(self.fit.strip)[method]
        bayes = self.methods[method].kind == "credible"
        return self.fit.readings if bayes == self.fit.bayes else self.fit.counterpart

    def _over(self, method: str, statistic: Callable[[Draws], float], who: Participation, sign: float) -> float:
        """Return a statistic's smallest or largest value over the readings, and over the ratios within bounds."""
        ends = [
            farthest(lambda c, one=reading: statistic(self.at(one, who, sign, c)), sign, self.slack(who))  # type: ignore[misc]
            for reading in self.readings(method)
        ]
        return max(ends) if sign > 0 else min(ends)

    def _hull(self, method: str, statistics: Sequence[Callable[[Draws], float]], who: Participation) -> Limits:
        low, high = (self._over(method, one, who, sign) for one, sign in zip(statistics, (-1.0, 1.0), strict=True))
        return low, high

    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """Return quantiles of the draws, or profile limits."""
        key = method, level, who
        if key not in self.known:
            self.known[key] = self._limits(method, level, who)
        return self.known[key]  # type: ignore[no-any-return]

    def _limits(self, method: str, level: float, who: Participation) -> Limits:
        readings, tail = self.readings(method), (1 - level) / 2
        if self.methods[method].kind == "credible" and readings:
            low, high = (lambda draws, at=at: draws.quantile(at) for at in (tail, 1 - tail))
            return self._hull(method, (low, high), who)
        found = [self.profiled(reading, level, who) for reading in readings]
        ends = [one for one in found if one is not None]
        if not ends or len(ends) < len(found):
            return math.nan, math.nan
        return min(low for low, _ in ends), max(high for _, high in ends)

    def medians(self, prior: str, level: float, who: Participation) -> Limits:  # noqa: ARG002
        """Of the draws."""
        return self._hull(prior, (_median, _median), who)

    def above(self, threshold: float, prior: str, who: Participation) -> Limits:
        """By the draws; ties count half. Not a number beside a frequentist fit where nothing could be drawn."""

        def share(draws: Draws) -> float:
            return draws.above(threshold)

        if not self.readings(prior):
            return math.nan, math.nan
        return self._hull(prior, (share, share), who)

    def observed(self) -> list[float]:
        """Return the posterior median, or the estimate, of each reading."""
        if self.fit.bayes:
            return [_median(self.at(reading, ALONE, 0, 0.0)) for reading in self.fit.readings]
        return [self.point(reading, ALONE, 1) for reading in self.fit.readings]

    def shifted(self, who: Participation) -> Limits:
        """Return the smallest and the largest of them within the ratios."""
        if self.fit.bayes:
            return self.medians(self.fit.engine, self.fit.level, who)
        low, high = ([self.point(reading, who, sign) for reading in self.fit.readings] for sign in (-1.0, 1.0))
        return min(low), max(high)

    def named(self, method: str) -> str:
        """Return the engine."""
        first = next(iter(self.readings(method)))
        if self.methods[method].kind == "credible":
            return first.engine
        return f"{method}, averaged over groups" if self.fit.design.grouped else method

    def beside(self, method: str) -> str:  # noqa: ARG002
        """Return the default method of the other kind."""
        if not self.fit.bayes:
            return "laplace"
        return "least-squares" if self.fit.number else self.companion

    def check(self, target: Target, method: str) -> None:  # noqa: ARG002
        """Refuse a target that a regression cannot speak for."""
        check_target(target, bayes=self.fit.bayes)
        if self.fit.number and isinstance(target, Population):
            message = (
                "a number as outcome and a population do not go together: who took part is told of as odds of answers; "
                "use Superpopulation(), or for a short scale the family cumulative"
            )
            raise UnsupportedTarget(message)

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:
        """Yield the target's, its own, and those of the fit."""
        if isinstance(target, Respondents):
            yield caveat("described")
        else:
            yield from target_caveats(target, groups=self.groups)
        if isinstance(target, Population) and self.part > 0 and not math.isclose(self.part, 1):
            yield caveat("selection-scaled", whole=self.whole, part=f"{self.part:.3g}")
        yield from self.noted
        if failed := [prior for prior in self.priors if not dict(self.fit.strip)[prior]]:
            yield caveat("prior-not-fitted", priors=", ".join(failed))
        lone = found.interval is not None and found.companion is None
        if self.fit.bayes and lone and self.chance and self.part > 0:
            groups = "the draws are of these groups, a likelihood of any" if self.fit.design.grouped else ""
            silent = "the ends of its likelihood were not found, as where nobody, or everybody, answered so"
            lost = "" if self.fit.counterpart else "no maximum of the likelihood was reached"
            yield caveat("no-companion", why=self.fit.design.not_averaged or groups or lost or silent)
        yield from self.assumed()
        yield from self.steps_decide(found)
        yield from self.fit.caveats

    def estimates(self, targets: Target | Sequence[Target], setting: Setting) -> list[Estimate]:
        """Return the estimate for each target."""
        asked = targets if isinstance(targets, (list, tuple)) else [targets]
        words = {"question": self.fit.design.outcome, "item": self.item, "estimand": self.words}
        origin = self.fit.provenance
        found = [estimate(self, self.fit.named(one), setting, call=origin, **words) for one in asked]  # type: ignore[arg-type]
        return [replace(self._held(one), says=self.says, comparison=self.comparison) for one in found]

    def _held(self, one: Estimate) -> Estimate:
        """Take back a verdict at a cut where the model does not fit."""
        if one.verdict is None or not self.affected:
            return one
        why = f"{one.verdict.why.partition(':')[0]}: {NO_FIT}"
        return replace(one, verdict=replace(one.verdict, word="not settled", why=why))

    def contrast(self, reading: FittedTable) -> Array | None:  # noqa: ARG002
        """Return by how much each slope's column differs between the two sides compared; None: nothing is compared."""
        return None

    @property
    def at_cuts(self) -> tuple[int, ...] | None:
        """The cuts that its answers lie between; None: all."""
        return None

    @cached_property
    def departed(self) -> tuple[int, ...]:
        """The cuts where, by themselves, the answers contradict one odds ratio for all, under a reading of print."""
        found: set[int] = set()
        if self.fit.departures:
            for reading, apart in zip(self.fit.readings, self.fit.departures, strict=True):
                direction = self.contrast(reading)
                found.update(() if direction is None else apart.apart(direction, FALSE_ALARM))
        return tuple(sorted(found))

    @property
    def affected(self) -> tuple[int, ...]:
        """Those of them that it is about."""
        return tuple(cut for cut in self.departed if self.at_cuts is None or cut in self.at_cuts)

    def assumed(self) -> Iterator[Caveat]:
        """Yield that the odds ratio is one for every cut, and what the cuts by themselves say of it."""
        answers = self.fit.design.answers
        what = self.fit.design.link.assumed
        if self.fit.design.free_terms and self.scale != "share":
            variables, priors = self.fit.design.variables, self.fit.design.model.priors
            names = " and ".join(one.name.replace("_", " ") for one in variables if one.predictor.term == "free")
            prior = priors.departures.prior if self.fit.bayes else "log-F(1, 1)"
            yield caveat("free-odds-ratio", name=names, prior=prior)
            if all(one.predictor.term == "free" for one in variables):
                return
        if len(answers) < 3 or self.scale == "share" or not what:
            return
        if not self.fit.departures:
            yield caveat("one-odds-ratio", what=what, look="")
        elif not self.departed:
            look = " The answers at each cut by themselves do not contradict it."
            yield caveat("one-odds-ratio", what=what, look=look)
        else:
            where = ", ".join(f"“{answers[cut]}{OR_LOWER}”" for cut in self.departed)
            yield caveat("odds-ratios-differ", cuts=where, beside=self.by_itself())

    def steps_decide(self, found: Inference) -> Iterator[Caveat]:
        """Yield what free steps would say, where it is something else."""
        free = intervals_of(found.strip, lambda name: name == FREE)
        if free and found.interval and (how := disagree([found.interval, *free], 0.0)):
            what = "which side of 0 it lies on" if how == "side" else "much of how large it is"
            yield caveat("steps-decide", free=interval_words(free[0], self.scale), what=what)

    def by_itself(self) -> str:
        """Return what it is where its cut is fitted by itself, as a sentence with a blank before; empty: not told."""
        return ""


def _median(draws: Draws) -> float:
    return draws.quantile(0.5)


def farthest(function: Callable[[float], float], sign: float, slack: float) -> float:
    """Return the smallest (sign -1) or largest (1) value of a function on [-slack, slack]; at 0 without slack.

    Examples
    --------
    >>> round(farthest(lambda x: 1 - (x - 0.3) ** 2, 1, 1.0), 6)
    1.0
    """
    if slack == 0:
        return function(0.0)
    values = {float(at): sign * function(slack * float(at)) for at in np.linspace(-1, 1, GRID)}
    for _ in range(STEPS):
        best = max(values, key=values.__getitem__)
        near = sorted(values, key=lambda at: abs(at - best))[:3]
        curve = np.polyfit(near, [values[at] for at in near], 2)
        at = float(-curve[1] / (2 * curve[0])) if curve[0] < 0 else best
        if not min(near) < at < max(near) or at in values:
            break
        values[at] = sign * function(slack * at)
    return sign * max(values.values())


UNPOOLED = "newcombe, unpooled"


def unpooled(design: Design, quantity: Quantity, level: float) -> Limits | None:
    """Return Newcombe's limits of the observed difference; None where two groups' answers are not compared.

    Of one item every respondent is an answer. Over several questions each respondent's share of own answers counts, as
    so many independent ones as have the variance that respondents' shares have, and as few as t asks for (Korn, E. L.
    and Graubard, B. I. (1998), Survey Methodology 24, 193-201).
    """
    start, end = quantity.start, quantity.end
    if start is None or len(start.values) != 1 or len(end.values) != 1 or not design.variables[end.place].labels:
        return None
    person, item, answer = design.rows_answered()
    group = design.patterns[person, end.place]
    if design.by_item:
        rows, given = item == quantity.event.low, answer == 1
    else:
        rows = np.ones(len(group), dtype=bool)
        given = np.any([(low <= answer) & (answer <= high) for low, high in quantity.event.runs], axis=0)
    sides = [_effective(design, rows & (group == one.values[0]), given, level) for one in (end, start)]
    if any(number == 0 for _, number in sides):
        return None
    low, high = gap_limits((*map(np.array, sides[0]), *map(np.array, sides[1])), method="newcombe", level=level)  # type: ignore[arg-type]
    return float(low), float(high)


def _effective(design: Design, rows: Any, given: Any, level: float) -> tuple[float, float]:
    """Return how many of how many answers, as if they were independent; nobody where that cannot be told."""
    if design.by_item:
        return float(given[rows].sum()), float(rows.sum())
    _, whose = np.unique(design.rows_answered()[0][rows], return_inverse=True)
    people = int(whose.max(initial=-1)) + 1
    if people < 2:
        return 0.0, 0.0
    shares = np.bincount(whose, given[rows]) / np.bincount(whose)
    share, variance = float(shares.mean()), float(shares.var(ddof=1)) / people
    number = float(people)
    if variance > 0:
        tail = (1 - level) / 2
        number = min(share * (1 - share) / variance * (ndtri(tail) / stdtrit(people - 1, tail)) ** 2, float(rows.sum()))
    return share * number, number
