"""Whom a number speaks for, as values: the targets and what is assumed about who took part."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from csea_stats.errors import InputError, check_kind, check_whole, described, in_short, is_of, plain_value, real_number

if TYPE_CHECKING:
    from collections.abc import Mapping

NORMAL_975 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution: a range named as "95 %" reaches this many sd either way."""

TAUS = (0.25, 0.5, 1.0)
"""The selection strengths that every workforce number is shown at; .5 is the default (a choice, not an estimate)."""


def _check_real(name: str, value: float, lower: float, upper: float, *, closed: bool = True) -> float:
    found = real_number(value)
    if found is None or math.isinf(found) or found < lower or found > upper or (not closed and found == lower):
        bounds = f"{'at least' if closed else 'above'} {lower:g}" + (
            f" and at most {upper:g}" if upper < math.inf else ""
        )
        message = f"{name}: found {described(value)}; allowed is a finite number {bounds}"
        raise InputError(message)
    return found


def ratio_of(tau: float) -> float:
    """Return the factor within which, either way, a participation ratio of a strength lies with probability 95 %.

    Examples
    --------
    >>> [round(ratio_of(tau), 1) for tau in TAUS]
    [1.6, 2.7, 7.1]
    """
    return math.exp(NORMAL_975 * tau)


def _settle(target: object, **found: float | None) -> None:
    """Put numbers of NumPy and the like as Python has them, so that equal targets are told alike; check the texts."""
    for name, number in found.items():
        if number is not None and type(getattr(target, name)) not in (int, float):
            object.__setattr__(target, name, number)
    for name in ("words", "many", "reason"):
        text = getattr(target, name, "")
        if type(text) is not str:
            check_kind(name, text, str, *((type(None),) if name == "reason" else ()))
            object.__setattr__(target, name, plain_value(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondents:
    """These respondents: counted, so without sampling error and without an interval.

    Parameters
    ----------
    words : str, optional
        How a sentence names them.
    many : str, optional
        What several of those who answered are called after a number.
    """

    words: str = "these respondents"
    many: str = "respondents"

    def __post_init__(self) -> None:
        _settle(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Superpopulation:
    """People like these, as if the respondents were drawn at random from all who could have been recruited so.

    Parameters
    ----------
    words : str, optional
        How a sentence names them.
    design_effect : float, default 1
        Factor by which clustering of answers (colleagues of one employer) inflates the variance; at least 1.
    many : str, optional
        What several of those who answered are called after a number.
    """

    words: str = "people like these"
    design_effect: float = 1.0
    many: str = "respondents"

    def __post_init__(self) -> None:
        _settle(self, design_effect=_check_real("design_effect", self.design_effect, 1.0, math.inf))


@dataclass(frozen=True, slots=True)
class FinitePopulation:
    """A finite population of known size, as if the respondents were a random draw from it.

    Nothing allows for who took part; every estimate carries that caveat.

    Parameters
    ----------
    size : int
        Number of people, the respondents included.
    """

    size: int
    words: str = field(default="the population of that size", kw_only=True)
    design_effect: float = field(default=1.0, kw_only=True)
    many: str = field(default="respondents", kw_only=True)

    def __post_init__(self) -> None:
        size = check_whole("size", self.size, 1)
        _settle(self, size=size, design_effect=_check_real("design_effect", self.design_effect, 1.0, math.inf))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Belief about who took part: log participation ratio of those who say so, lambda ~ Normal(mean, tau^2).

    ``logit(share in the population) = logit(share among people like these) - lambda``: exact by Bayes' theorem,
    with lambda the log ratio of the average participation probabilities of those who give the answer and of those
    who do not.

    Parameters
    ----------
    tau : float, default 0.5
        Standard deviation of the log ratio; above 0. With .25, .5, 1 the ratio lies within a factor of about 1.6,
        2.7, 7.1 either way with probability 95 %.
    mean : float, default 0
        Centre of the log ratio; above 0: those who say so took part more readily. Needs a ``reason`` unless 0.
    reason : str, optional
        Why the direction is believed.
    correlation : float, default 0.5
        Between the log ratios of two groups, 0 to 1.
    """

    tau: float = 0.5
    mean: float = 0.0
    reason: str | None = None
    correlation: float = 0.5

    def __post_init__(self) -> None:
        tau = _check_real("tau", self.tau, 0.0, 20.0, closed=False)
        mean, correlation = (
            _check_real("mean", self.mean, -20.0, 20.0),
            _check_real("correlation", self.correlation, 0, 1),
        )
        _settle(self, tau=tau, mean=mean, correlation=correlation)
        if self.mean != 0 and not (self.reason and self.reason.strip()):
            message = f"mean: found {in_short(self.mean)} without a reason; a direction of selection needs reason='...'"
            raise InputError(message)

    @property
    def ratio(self) -> float:
        """Half-width of the 95 % range of the participation ratio, as a factor: exp(1.96 tau)."""
        return ratio_of(self.tau)

    @classmethod
    def from_ratio(cls, ratio: float, *, correlation: float = 0.5) -> Self:
        """Choose tau so that the participation ratio lies within this factor either way with probability 95 %.

        Examples
        --------
        >>> round(Selection.from_ratio(2.66).tau, 2)
        0.5
        """
        _check_real("ratio", ratio, 1.0, math.inf, closed=False)
        return cls(tau=math.log(ratio) / NORMAL_975, correlation=correlation)

    @classmethod
    def from_points(cls, points: float, *, at: float = 0.5, correlation: float = 0.5) -> Self:
        """Choose tau so that a share of ``at`` is off by so many percentage points on average.

        Examples
        --------
        >>> round(Selection.from_points(10, at=0.5).tau, 2)
        0.52
        """
        from csea_stats.base.selection import tau_for_mean_error

        return cls(tau=tau_for_mean_error(points, at), correlation=correlation)

    @classmethod
    def from_quantiles(cls, quantiles: Mapping[float, float], *, reason: str, correlation: float = 0.5) -> Self:
        """Choose mean and tau from quantiles of the participation ratio, by least squares on the log scale.

        Parameters
        ----------
        quantiles : mapping of probability to ratio
            Two or more, such as ``{0.05: 0.8, 0.5: 1.2, 0.95: 3}``.
        reason : str
            Why. Where no normal distribution has these quantiles, what the nearest one has is added to it, so that
            every estimate tells what was asked and what was used.

        Examples
        --------
        >>> selection = Selection.from_quantiles({0.025: 0.5, 0.975: 2.0}, reason="asked of two field workers")
        >>> round(selection.ratio, 6), round(selection.mean, 6)
        (2.0, 0.0)
        """
        from csea_stats.base.selection import normal_from_quantiles, quantile_words

        mean, tau = normal_from_quantiles(quantiles)
        return cls(tau=tau, mean=mean, reason=reason + quantile_words(quantiles, mean, tau), correlation=correlation)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionBounds:
    """No prior on who took part: the participation ratio lies anywhere in [1/ratio, ratio].

    Parameters
    ----------
    ratio : float
        At least 1. Infinity: nothing at all is assumed (Manski 1989, https://doi.org/10.2307/145818); of a
        population of known size that still leaves bounds, since those who answered are part of it.

    Examples
    --------
    >>> from csea_stats import Population, proportion
    >>> began = Population(SelectionBounds(ratio=math.inf), size=105, words="all who began the survey")
    >>> [round(end, 3) for end in proportion(35, 49, target=began).bounds]
    [0.333, 0.867]
    """

    ratio: float

    def __post_init__(self) -> None:
        ratio = math.inf if real_number(self.ratio) == math.inf else _check_real("ratio", self.ratio, 1.0, math.inf)
        _settle(self, ratio=ratio)


@dataclass(frozen=True, slots=True)
class Population:
    """The whole population: sampling error, and selection as assumed.

    Parameters
    ----------
    selection : Selection or SelectionBounds
        What is assumed about who took part.
    size : int, optional
        Number of people in it, the respondents included; None: large.
    """

    selection: Selection | SelectionBounds = field(default_factory=Selection)
    size: int | None = None
    words: str = field(default="the population", kw_only=True)
    design_effect: float = field(default=1.0, kw_only=True)
    many: str = field(default="respondents", kw_only=True)

    def __post_init__(self) -> None:
        if not is_of(self.selection, Selection, SelectionBounds):
            message = f"selection: found {described(self.selection)}; allowed is a Selection or SelectionBounds"
            raise InputError(message)
        size = None if self.size is None else check_whole("size", self.size, 1)
        _settle(self, size=size, design_effect=_check_real("design_effect", self.design_effect, 1.0, math.inf))


Target = Respondents | Superpopulation | FinitePopulation | Population

TIERS: tuple[Target, ...] = (
    Respondents(),
    Superpopulation(),
    *(Population(Selection(tau=tau)) for tau in TAUS),
)
"""These respondents, people like these, and the population at tau .25, .5 and 1."""
