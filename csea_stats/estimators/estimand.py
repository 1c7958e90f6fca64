"""What an estimand is: a quantity of feasible counts with its methods, and its limits under a participation.

An `Estimand` declares formulas; one whose limits are those of posteriors gets them, over the feasible tables, from
`ByPosterior`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from csea_stats.errors import UnsupportedTarget
from csea_stats.results.goals import EQUAL
from csea_stats.results.numbers import ratio
from csea_stats.results.verdicts import UNRATED
from csea_stats.targets.populations import Population, Respondents, Selection, SelectionBounds, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from csea_stats.results.goals import Direction, Goal, Side
    from csea_stats.results.values import Base, Caveat, Interval, Scale, Verdict

Limits = tuple[float, float]

End = Literal["low", "high"]
"""At which end of a hull something is extreme."""

ENDS: tuple[End, End] = ("low", "high")

MOST_TRIED = 10
"""Tables that are looked at for one of which a range is supported."""

CACHED = 8192
"""Results kept of each function of hashable arguments; one is a handful of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """An interval method: its kind, and what it has a form for.

    Parameters
    ----------
    kind : {"credible", "confidence"}
    bounds, prior, size, fractions : bool
        Participation ratios anywhere within bounds; a prior on them; a population of known size; counts that a design
        effect divides.
    offered : bool
        Whether a user can ask for it; otherwise it stands in the strip alone.
    """

    kind: Literal["credible", "confidence"] = "confidence"
    bounds: bool = True
    prior: bool = False
    size: bool = False
    fractions: bool = True
    offered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """What is supposed of who took part: nothing but chance, a range of ratios, or a prior on their logarithm.

    Parameters
    ----------
    centre, reach : float
        The participation ratio lies between centre / reach and centre * reach, in each group by itself.
    tau, mean, correlation : float
        Of the log ratio's normal prior, and between groups; tau 0: none.
    design_effect : float
    size : int or None
        People in the population.
    """

    centre: float = 1.0
    reach: float = 1.0
    tau: float = 0.0
    mean: float = 0.0
    correlation: float = 0.0
    design_effect: float = 1.0
    size: int | None = None

    @property
    def ratios(self) -> Limits:
        """Between which the participation ratio lies."""
        return self.centre / self.reach, self.centre * self.reach

    def apart(self, end: End) -> Limits:
        """Return both groups' log participation ratios that put the first lowest, or highest, against the second."""
        near, far = (math.log(one) for one in self.ratios)
        return (far, near) if end == "low" else (near, far)


class Estimand(ABC):
    """A quantity of feasible counts: what was observed, and its limits under a participation.

    The hull over the feasible counts is the estimand's own affair: it knows which of them are extreme.
    """

    __slots__ = ()
    name: ClassVar[str]
    scale: ClassVar[Scale]
    methods: ClassVar[Mapping[str, Method]]
    """The first is the default."""
    companion: ClassVar[str]
    """The default confidence method; `beside` may choose another."""
    bounding: ClassVar[str]
    """The confidence method that stands beside a prior on participation."""
    groups: ClassVar[bool] = False
    chance: ClassVar[bool] = True
    """Whether chance alone is held against a verdict about a population."""
    informing: ClassVar[tuple[str, ...]] = ()
    """Priors of the strip that no verdict looks at."""
    otherwise: ClassVar[tuple[str, ...]] = ()
    """Members of the strip that are another model, not another prior."""

    call: ClassVar[str] = ""
    """What `certify` calls it; empty where it has no certificates."""

    failed: ClassVar[str] = ""
    """Why no difference of 0 is settled that intervals alone would settle; by default that an exact test does not."""

    counted: ClassVar[bool] = True
    """Whether what was observed is counted, so that something is true of these respondents."""

    @property
    @abstractmethod
    def priors(self) -> tuple[str, ...]:
        """The strip."""

    @property
    @abstractmethod
    def counts(self) -> tuple[tuple[int, ...], ...]:
        """Feasible count vectors."""

    @property
    @abstractmethod
    def base(self) -> tuple[Base, ...]:
        """One for each group."""

    @property
    def data(self) -> object:
        """What its fingerprint is made of."""
        return self.counts, self.base

    @property
    def several(self) -> bool:
        """Whether print leaves several tables open, so that no single value stands."""
        return False

    @property
    def number(self) -> int:
        """For how many estimands jointly a level holds."""
        return 1

    def certified(self, target: Target) -> str:
        """Return under which call its methods are certified for a target; empty: none."""
        return self.call if isinstance(target, Superpopulation) and target.design_effect == 1 else ""

    def judged_as(self, threshold: float) -> tuple[Estimand, float] | None:  # noqa: ARG002
        """Return the estimand, with its threshold, whose verdict on the same hypothesis is this one's."""
        return None

    @abstractmethod
    def observed(self) -> Sequence[float]:
        """Return the value of each feasible table."""

    @abstractmethod
    def shifted(self, who: Participation) -> Limits:
        """Return the smallest and largest observed value, participation ratios within bounds."""

    def certain(self, size: int | None) -> Limits | None:  # noqa: ARG002
        """Return what those who answered make certain of a population; None where nothing is."""
        return None

    @abstractmethod
    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """Return the hull of a method's limits; NaN where the method is not at hand."""

    @abstractmethod
    def medians(self, prior: str, level: float, who: Participation) -> Limits:
        """Return the smallest and largest posterior median."""

    @abstractmethod
    def above(self, threshold: float, prior: str, who: Participation) -> Limits:
        """Return the smallest and largest posterior probability of being above the threshold."""

    def beyond(self, threshold: float, direction: Direction, level: float, who: Participation) -> bool:  # noqa: ARG002
        """Whether a test of guaranteed size puts it beyond a threshold on that side; where there is none, it may be."""
        return True

    def utmost(self, direction: Direction, sized: Callable[[int], int]) -> Estimand | None:  # noqa: ARG002
        """Return the same of the counts that speak most for a side, its largest bases changed; None: not known.

        They must speak more for it the more people there are.
        """
        return None

    def least(self, goal: Goal, level: float, rule: tuple[str, ...]) -> tuple[int, ...] | None:  # noqa: ARG002
        """Return the least base of which the rule could support some count for people like these; None: not known."""
        return None

    def attains(self, goal: Goal, level: float, rule: tuple[str, ...]) -> bool | None:  # noqa: ARG002
        """Whether the rule could support a range of some count of its bases, for people like these; None: not known."""
        return None

    def inside(self, goal: Goal, level: float, method: str, people: int | None = None) -> list[Estimand] | None:  # noqa: ARG002
        """Return the same of tables whose limits lie within a range, the ten farthest inside; None: unknown.

        Of its own bases, or of so many people, in each group.
        """
        return None

    def counted_as(self, count: int, base: int) -> Estimand:
        """Return the same of another count, where one count and one base are all that it is of."""
        raise NotImplementedError

    def error_rate(self, goal: Goal, level: float, rule: tuple[str, ...], who: Participation) -> float | None:  # noqa: ARG002
        """Return at most how often intervals by some methods and the test decide where the truth is at a threshold."""
        return None

    def unrated(self, who: Participation) -> str:
        """Return why that is not known, where it is not."""
        return UNRATED["design effect" if who.design_effect != 1 else "no test"]

    @abstractmethod
    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:
        """Yield what target and counts make doubtful of what was found."""

    def counts_everybody(self, target: Target) -> bool:  # noqa: ARG002 - of an estimand whose target may have a size
        """Whether those who answered are all whom the target speaks of: then they are counted, not estimated."""
        return False

    def named(self, method: str) -> str:
        """Return what an interval of a method says that it is."""
        return method

    def beside(self, method: str) -> str:
        """Return the default method of the other kind."""
        return self.companion if self.methods[method].kind == "credible" else next(iter(self.methods))

    def at_hand(self, method: str, design_effect: float) -> bool:
        """Whether a method has a form for such counts."""
        return design_effect == 1 or self.methods[method].fractions

    def direction(self, threshold: float | None) -> Side:
        """Return the direction that was observed, in the middle of what print allows."""
        beyond = sum(hull(self.observed())) / 2 - (threshold or 0.0)
        return "either" if abs(beyond) < EQUAL else "below" if beyond < 0 else "above"

    def check(self, target: Target, method: str) -> None:
        """Raise if there is no such method for such a target."""
        check(self, target, method)

    @classmethod
    def offered(cls) -> tuple[str, ...]:
        """Return the methods that a user can ask for."""
        return tuple(name for name, one in cls.methods.items() if one.offered)


class Posterior(Protocol):
    """A posterior distribution of the estimand, of one table."""

    def cdf(self, value: float) -> float:
        """Return the probability of at most the value."""

    def quantile(self, probability: float) -> float:
        """Return the smallest value with at least that probability up to it."""


Further = Callable[[Posterior, "float | None"], float]
"""From a posterior and what was found so far to what is further towards an end."""


class ByPosterior(Estimand):
    """An estimand of which each feasible table has a posterior: its limits, medians and probabilities are hulls."""

    __slots__ = ()

    @abstractmethod
    def posteriors(self, prior: str, who: Participation, end: End) -> Iterable[Posterior]:
        """Return the posteriors among which the extreme one at an end is."""

    @abstractmethod
    def confidence(self, method: str, level: float, who: Participation) -> Limits:
        """Return the hull of a confidence method's limits."""

    def extreme(self, prior: str, who: Participation, end: End, rule: Further) -> float:
        """Return what is the most extreme at an end of what a rule makes of the posteriors."""
        found: float | None = None
        for one in self.posteriors(prior, who, end):
            found = rule(one, found)
        if found is None:
            message = f"{self.name}: no table is feasible"
            raise ValueError(message)
        return found

    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """Of a posterior equal tails, or of a confidence method."""
        if self.methods[method].kind == "confidence":
            return _confidence(self, method, level, who)
        return _quantiles(self, method, who, ((1 - level) / 2, (1 + level) / 2))

    def medians(self, prior: str, level: float, who: Participation) -> Limits:  # noqa: ARG002
        """Return the lowest and the highest."""
        return _quantiles(self, prior, who, (0.5, 0.5))

    def above(self, threshold: float, prior: str, who: Participation) -> Limits:
        """By the prior."""
        return _above(self, threshold, prior, who)


@lru_cache(maxsize=CACHED)
def _confidence(estimand: ByPosterior, method: str, level: float, who: Participation) -> Limits:
    return estimand.confidence(method, level, who)


@lru_cache(maxsize=CACHED)
def _quantiles(estimand: ByPosterior, prior: str, who: Participation, probabilities: Limits) -> Limits:
    low, high = (
        estimand.extreme(prior, who, end, partial(_further_quantile, end, p))
        for end, p in zip(ENDS, probabilities, strict=True)
    )
    return low, high


@lru_cache(maxsize=CACHED)
def _above(estimand: ByPosterior, threshold: float, prior: str, who: Participation) -> Limits:
    low, high = (estimand.extreme(prior, who, end, partial(_further_chance, end, threshold)) for end in ENDS)
    return low, high


def _further_quantile(end: End, probability: float, one: Posterior, found: float | None) -> float:
    """Return a posterior's quantile if it is further towards an end than what was found, which one look can tell."""
    if found is None:
        return one.quantile(probability)
    if end == "low":  # lower only where at least the probability lies up to the lowest so far
        return min(found, one.quantile(probability)) if one.cdf(found) >= probability else found
    return max(found, one.quantile(probability)) if one.cdf(found) <= probability else found


def _further_chance(end: End, threshold: float, one: Posterior, found: float | None) -> float:
    """Return the probability of more than a threshold if it is further towards an end than what was found."""
    above = 1 - one.cdf(threshold)
    return above if found is None else (min if end == "low" else max)(found, above)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How an estimand is estimated: what is common to every target."""

    method: str
    level: float = 0.95
    threshold: float | None = None
    label: str | None = None
    direction: Direction | None = None
    within: tuple[float, float] | None = None
    """Between which it is claimed to lie, instead of a threshold."""
    also: tuple[Interval, ...] = ()
    """Intervals that a verdict looks at besides the estimand's own."""
    verdict_alone: bool = False
    """Whether nothing else is asked for: no median, no probability."""

    def told(self, target: Target, **defaults: object) -> dict[str, tuple[object, object]]:
        """Return each setting with its default, for the call that makes the estimate again."""
        usual = {"level": 0.95, "label": None, "target": Superpopulation(), "claim": None, "within": None, **defaults}
        given = {"method": self.method, "level": self.level, "threshold": self.threshold, "label": self.label}
        given |= {"claim": self.direction, "within": self.within}
        if self.within is not None:
            del given["threshold"]
        return {name: (value, usual[name]) for name, value in {**given, "target": target}.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """What is said of an estimand for one target."""

    values: Limits
    interval: Interval | None = None
    companion: Interval | None = None
    strip: Sequence[tuple[str, Interval]] = ()
    probability: Limits | None = None
    verdict: Verdict | None = None
    doubts: tuple[Caveat, ...] = ()
    """Where methods or priors disagree."""


def hull(values: Sequence[float]) -> Limits:
    """Return the smallest and the largest; where one is not defined, neither."""
    return (math.nan, math.nan) if any(map(math.isnan, values)) else (min(values), max(values))


def check(estimand: Estimand, target: Target, method: str) -> None:
    """Raise if there is no such method for such a target.

    Raises
    ------
    UnsupportedTarget
        The text names the methods that there are.
    """
    if isinstance(target, Respondents):
        return
    selection = target.selection if isinstance(target, Population) else None
    needs: dict[str, tuple[bool, str]] = {
        "size": (getattr(target, "size", None) is not None, "a population of known size"),
        "fractions": (target.design_effect > 1, "a design effect"),
        "bounds": (isinstance(selection, SelectionBounds), "SelectionBounds"),
        "prior": (isinstance(selection, Selection), "a prior on who took part"),
    }
    for need, (asked, what) in needs.items():
        if not asked or getattr(estimand.methods[method], need):
            continue
        names = [repr(name) for name, one in estimand.methods.items() if one.offered and getattr(one, need)]
        instead = f"method={' or '.join(names)}" if names else "Superpopulation() or Population(selection)"
        if need == "prior":
            instead += f", or {estimand.bounding!r} with SelectionBounds(ratio={ratio(selection.ratio)})"  # type: ignore[union-attr]
        message = f"{estimand.name} by method {method!r} has no form with {what}: use {instead}"
        raise UnsupportedTarget(message)
    if isinstance(selection, SelectionBounds) and selection.ratio == math.inf and not estimand.certain(target.size):  # type: ignore[union-attr]
        message = (
            f"{estimand.name}: SelectionBounds(ratio=inf) assumes nothing, and then any value is possible whatever was "
            "answered: use a finite ratio"
        )
        raise UnsupportedTarget(message)
