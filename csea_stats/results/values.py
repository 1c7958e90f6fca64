"""The values every estimator returns: `Interval`, `Verdict`, `Caveat`, `Provenance`, `Estimate`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, get_args

from csea_stats.errors import (
    InputError,
    check_choice,
    check_kind,
    check_whole,
    described,
    in_short,
    plain_text,
    plain_value,
    real_number,
)
from csea_stats.publication.lettered_notes import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from csea_stats.publication.lettered_notes import Severity
    from csea_stats.targets.populations import Target

Scale = Literal["share", "difference", "ratio", "log-odds", "correlation", "rank", "count", "score", "average"]

KindOfInterval = Literal["credible", "confidence"]
KINDS: tuple[KindOfInterval, ...] = get_args(KindOfInterval)

Word = Literal[
    "supported",
    "depends on who took part",
    "contradicted",
    "not settled",
    "too few answers",
    "cannot be checked",
    "true of them",
    "not true of them",
    "print unclear",
]

LIMITS: dict[str, tuple[float, float]] = {
    "share": (0.0, 1.0),
    "difference": (-1.0, 1.0),
    "ratio": (0.0, math.inf),
    "log-odds": (-math.inf, math.inf),
    "correlation": (-1.0, 1.0),
    "rank": (1.0, math.inf),
    "count": (0.0, math.inf),
    "score": (-math.inf, math.inf),
    "average": (-math.inf, math.inf),
}
"""The values that an estimand of each scale can take."""

FARTHEST = {**LIMITS, "difference": (-2.0, 2.0)}
"""Of intervals: one difference of shares lies within 1 either way, what two of them differ by within 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An interval that says what it is.

    Parameters
    ----------
    lower, upper : float
        On the estimate's scale; a share is 0 to 1.
    level : float
        Between 0 and 1.
    kind : {"credible", "confidence"}
    method : str
        The field's name of the method, such as "jeffreys" or "wilson".
    simultaneous : int, default 1
        For how many intervals jointly the level holds; 1: for this one alone.
    """

    lower: float
    upper: float
    level: float
    kind: KindOfInterval
    method: str
    simultaneous: int = 1

    def __post_init__(self) -> None:
        lower, upper, level = map(real_number, (self.lower, self.upper, self.level))
        if lower is not None and upper is not None and upper < lower and math.isclose(lower, upper, rel_tol=1e-12):
            object.__setattr__(self, "lower", upper)  # rounding alone has put them the wrong way round
            object.__setattr__(self, "upper", lower)
            lower, upper = upper, lower
        if lower is None or upper is None or not lower <= upper:
            found = f"{described(self.lower)} and {described(self.upper)}"
            message = f"an interval needs lower <= upper; found {found}"
            raise InputError(message)
        if level is None or not 0 < level < 1:
            message = f"level: found {described(self.level)}; allowed is a number between 0 and 1, such as 0.95"
            raise InputError(message)
        check_choice("kind", self.kind, KINDS)
        check_kind("method", self.method, str)
        check_whole("simultaneous", self.simultaneous, 1)
        for name in ("lower", "upper", "level", "method", "simultaneous"):
            if type(found := getattr(self, name)) not in (float, int, str):
                object.__setattr__(self, name, plain_value(found))


class Strip(Sequence[tuple[str, Interval]]):
    """Named intervals, of which those that cost most are made when they are first looked at.

    Parameters
    ----------
    members : iterable of (name, Interval or function that makes it)
    """

    __slots__ = ("_members",)

    def __init__(self, members: Iterable[tuple[str, Interval | Callable[[], Interval | None]]]) -> None:
        self._members = list(members)

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names."""
        return tuple(name for name, _ in self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return tuple(self)[index]
        name, member = self._members[index]
        if not isinstance(member, Interval):
            member = member()
            self._members[index] = name, member
        return name, member

    def __eq__(self, other: object) -> bool:
        return tuple(self) == (tuple(other) if isinstance(other, Strip) else other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[object, ...]:
        return tuple, (tuple(self),)


def intervals_of(strip: Sequence[tuple[str, Interval]], wanted: Callable[[str], bool]) -> list[Interval]:
    """Return the intervals of a strip whose names are wanted; no others are made."""
    return [strip[place][1] for place, name in enumerate(_names(strip)) if wanted(name)]


def changed_strip(strip: Sequence[tuple[str, Interval]], rule: Callable[[Interval], Interval]) -> Strip:
    """Return a strip of the same names with other intervals, made when they are first looked at."""

    def member(place: int) -> Interval:
        return rule(strip[place][1])

    return Strip([(name, partial(member, place)) for place, name in enumerate(_names(strip))])


def _names(strip: Sequence[tuple[str, Interval]]) -> Sequence[str]:
    return strip.names if isinstance(strip, Strip) else [name for name, _ in strip]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an estimate says about a threshold.

    Parameters
    ----------
    word : str
        One of a closed list; for respondents "true of them", "not true of them", "print unclear".
    threshold : float
        On the estimate's scale.
    direction : {"above", "below", "either"}
        Which side was claimed, or seen; "either": none was, as what was observed is at the threshold.
    why : str
        One sentence.
    held : tuple of float
        Of a population: participation ratios, either way, at which the claim holds.
    printed_inconsistently : bool
        Whether print contradicts itself about the counts.
    attainable : bool or None
        Whether any count of the same base could have been supported; None: not known.
    needed : tuple of int or None
        Where none could: the least base of which some count could, and of one share that count; of two groups the least
        base of each.
    within : (float, float) or None
        What was claimed is that it lies between these two; `threshold` is the lower one.
    rate : float or None
        At most how often the rule decides, for or against, were the truth at the threshold: enumerated for one share
        and for pairs, else what an exact test guarantees. None: not known, or nothing is drawn by chance.
    seen : bool
        Whether no side was claimed, so that the one that was observed is judged: `rate` is that of such a look.
    unrated : str
        Why a verdict that rests on a sample has no `rate`; else empty.
    """

    word: Word
    threshold: float
    direction: Literal["above", "below", "either"]
    why: str
    held: tuple[float, ...] = ()
    printed_inconsistently: bool = False
    within: tuple[float, float] | None = None
    rate: float | None = None
    attainable: bool | None = None
    needed: tuple[int, ...] | None = None
    seen: bool = False
    unrated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caveat:
    """A doubt about a number, carried to every table, plot and sentence.

    Parameters
    ----------
    code : str
        One of `csea_stats.results.caveats.CAVEATS`.
    text : str
        A full sentence.
    severity : {"note", "caution", "serious"}
    """

    code: str
    text: str
    severity: Severity = "note"

    def __post_init__(self) -> None:
        for name in ("code", "text", "severity"):
            if type(found := getattr(self, name)) is not str:
                check_kind(name, found, str)
                object.__setattr__(self, name, plain_text(found))
        if self.severity not in SEVERITIES:
            check_choice("severity", self.severity, SEVERITIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a number comes from.

    Parameters
    ----------
    survey : str or None
        Id of the survey.
    places : tuple of str
        Where its counts are printed.
    data_hash : str
        SHA-256 of the survey, or of the counts.
    call : str
        The call that makes it again.
    versions : tuple of (package, version)
    seed : int or None
        None: nothing random was used.
    certificate : str or None
        The calibration certificate of its method.
    """

    survey: str | None = None
    places: tuple[str, ...] = ()
    data_hash: str = ""
    call: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    seed: int | None = None
    certificate: str | None = None


@cache
def versions(*names: str) -> tuple[tuple[str, str], ...]:
    """Return the versions of the packages that numbers rest on.

    Parameters
    ----------
    *names : str
        Further ones, of an engine or a test; those that are not installed are left out.
    """
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in ("csea-stats", "numpy", "scipy", *names):
        with suppress(PackageNotFoundError):
            found.append((name, version(name)))
    return tuple(found)


class Hull(tuple[int, int]):
    """The least and the greatest of numbers too many to go through one by one: they stand for all between."""

    __slots__ = ()

    def __new__(cls, least: int, most: int) -> Hull:
        """Hold the two ends."""
        return super().__new__(cls, (least, most))

    def __getnewargs__(self) -> tuple[int, int]:
        """Say how a copy, or one that was pickled, is made."""
        return self[0], self[1]


Base = int | tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Which two groups, or which two settings of a predictor, are compared.

    Parameters
    ----------
    by : str
        Id of the question, or name of the predictor.
    level, reference : str
        The group that is told first, and the one it is held against.
    groups : tuple of str
        A noun phrase for each, without a number: "workers under 30", "all others".
    change : str
        What differs, for an effect: "with 5 more years of experience".
    """

    by: str
    level: str
    reference: str
    groups: tuple[str, ...] = ()
    change: str = ""


def _in_order(ends: tuple[float, float]) -> tuple[float, float]:
    """Return two ends that rounding or a search alone has put the wrong way round the right way.

    Raises
    ------
    InputError
        If they are further apart than that.
    """
    low, high = ends
    if not math.isclose(low, high, rel_tol=1e-6, abs_tol=1e-6):
        message = f"bounds: found {in_short(low)} above {high!r}; allowed is the lower first"
        raise InputError(message)
    return high, low


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateFields:
    """The fields of an `Estimate`, as the modules that put one into words take it."""

    estimand: str
    scale: Scale
    target: Target
    question: str | None = None
    item: str | None = None
    label: str | None = None
    says: str | None = None
    comparison: Comparison | None = None
    value: float | None = None
    bounds: tuple[float, float] | None = None
    interval: Interval | None = None
    companion: Interval | None = None
    threshold: float | None = None
    probability: tuple[float, float] | None = None
    sensitivity: Sequence[tuple[str, Interval]] = ()
    verdict: Verdict | None = None
    counts: tuple[tuple[int, ...], ...] = ()
    base: tuple[Base, ...] = ()
    caveats: tuple[Caveat, ...] = field(default=())
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        if not self.caveats:
            message = f"an estimate needs at least one caveat: {self.estimand!r} has none"
            raise InputError(message)
        if self.bounds is not None and self.bounds[0] > self.bounds[1]:
            object.__setattr__(self, "bounds", _in_order(self.bounds))
        lower, upper = FARTHEST[self.scale]
        for interval in filter(None, (self.interval, self.companion)):
            if interval.lower < lower or interval.upper > upper:
                message = f"a {self.scale} lies within {lower:g} and {upper:g}; found {interval}"
                raise InputError(message)
