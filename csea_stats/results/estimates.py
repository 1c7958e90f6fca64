"""`Estimates`: an immutable sequence of estimates, in print's order."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Self, overload

from csea_stats.errors import InputError
from csea_stats.results.estimate import Estimate
from csea_stats.results.values import Base, Caveat, Hull, Interval, Provenance, Strip, Verdict
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
    Target,
)

if TYPE_CHECKING:
    import pandas as pd


class Members[T](Sequence[T]):
    """An immutable sequence that holds nothing but values of its class.

    Parameters
    ----------
    members : iterable

    Raises
    ------
    InputError
        If one of them is anything else.
    """

    __slots__ = ("_members",)
    _members: tuple[T, ...]
    _kind: ClassVar[type]
    """The class of its values."""
    _words: ClassVar[str]
    """How an error calls them."""

    def __init__(self, members: Iterable[T] = ()) -> None:
        found = tuple(members)
        for member in found:
            if not isinstance(member, self._kind):
                message = f"{type(self).__name__} holds {self._words}; found {member!r}"
                raise InputError(message)
        self._members = found

    def __len__(self) -> int:
        return len(self._members)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> T | Self:
        return type(self)(self._members[index]) if isinstance(index, slice) else self._members[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._members)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._members)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)}>"

    def __str__(self) -> str:
        return "\n".join(map(str, self._members))


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateRow:
    """One estimate, flat: its interval, then the interval of the other kind."""

    question: str | None
    item: str | None
    label: str | None
    estimand: str
    target: str
    tau: float | None
    counts: str
    base: str
    value: float | None
    bounds_lower: float | None
    bounds_upper: float | None
    lower: float | None
    upper: float | None
    level: float | None
    kind: str | None
    method: str | None
    simultaneous: int | None
    companion_lower: float | None
    companion_upper: float | None
    companion_kind: str | None
    companion_method: str | None
    probability_lower: float | None
    probability_upper: float | None
    threshold: float | None
    verdict: str | None
    caveats: str
    where: str


def _feasible(values: Sequence[tuple[int, ...]]) -> str:
    return " | ".join(" ".join(map(str, vector)) for vector in values)


def _bases(base: tuple[Base, ...]) -> str:
    """Return bases as text: alternatives parted by "|", two ends that stand for all between by ".."."""
    return " ".join(
        str(part) if isinstance(part, int) else (".." if isinstance(part, Hull) else "|").join(map(str, part))
        for part in base
    )


def _tau(target: Target) -> float | None:
    if isinstance(target, Population) and isinstance(target.selection, Selection):
        return target.selection.tau
    return None


def _row(estimate: Estimate) -> EstimateRow:
    interval, companion = estimate.interval, estimate.companion
    bounds, probability = estimate.bounds or (None, None), estimate.probability or (None, None)
    return EstimateRow(
        question=estimate.question,
        item=estimate.item,
        label=estimate.label,
        estimand=estimate.estimand,
        target=estimate.target.words,
        tau=_tau(estimate.target),
        counts=_feasible(estimate.counts),
        base=_bases(estimate.base),
        value=estimate.value,
        bounds_lower=bounds[0],
        bounds_upper=bounds[1],
        lower=interval.lower if interval else None,
        upper=interval.upper if interval else None,
        level=interval.level if interval else None,
        kind=interval.kind if interval else None,
        method=interval.method if interval else None,
        simultaneous=interval.simultaneous if interval else None,
        companion_lower=companion.lower if companion else None,
        companion_upper=companion.upper if companion else None,
        companion_kind=companion.kind if companion else None,
        companion_method=companion.method if companion else None,
        probability_lower=probability[0],
        probability_upper=probability[1],
        threshold=estimate.threshold,
        verdict=estimate.verdict.word if estimate.verdict else None,
        caveats=" ".join(f"[{doubt.code}] {doubt.text}" for doubt in estimate.caveats),
        where="; ".join(estimate.provenance.places),
    )


class Estimates(Members[Estimate]):
    """An immutable sequence of estimates.

    Parameters
    ----------
    members : iterable of Estimate

    Examples
    --------
    >>> from csea_stats import TIERS, proportion
    >>> tiers = proportion(35, 49, target=TIERS)
    >>> len(tiers), type(tiers[1:]).__name__
    (5, 'Estimates')
    >>> Estimates.from_json(tiers.to_json()) == tiers
    True
    """

    __slots__ = ()
    _kind = Estimate
    _words = "estimates"

    def __add__(self, other: Iterable[Estimate]) -> Self:
        return type(self)((*self._members, *other))

    def _repr_html_(self) -> str:
        from html import escape

        return "".join(f"<p>{escape(str(member))}</p>" for member in self._members)

    def where(
        self,
        *,
        question: str | None = None,
        item: str | None = None,
        target: Target | type[Target] | None = None,
        estimand: str | None = None,
    ) -> Self:
        """Return the estimates of a question, an item, a target (or a class of targets), an estimand.

        Parameters
        ----------
        question, item : str, optional
        target : target or its class, optional
        estimand : str, optional
            Such as "share": an item also has, where they apply, a "tipping point", a "share, jointly", and more.

        Returns
        -------
        Estimates
            Possibly empty.
        """

        def wanted(member: Estimate) -> bool:
            fits = isinstance(member.target, target) if isinstance(target, type) else member.target == target
            return (
                (question is None or member.question == question)
                and (item is None or member.item == item)
                and (target is None or fits)
                and (estimand is None or member.estimand == estimand)
            )

        return type(self)(member for member in self if wanted(member))

    def rows(self) -> tuple[EstimateRow, ...]:
        """Return a flat row per estimate."""
        return tuple(map(_row, self))

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row per estimate: its interval, and its companion in columns of their own.

        Returns
        -------
        pandas.DataFrame
            Shares from 0 to 1; ``counts`` and ``base`` as text, alternatives parted by "|", ends by "..".
        """
        import pandas as pd

        names = [field.name for field in fields(EstimateRow)]
        return pd.DataFrame([[getattr(row, name) for name in names] for row in self.rows()], columns=names)

    def to_json(self) -> str:
        """Return JSON text from which `from_json` makes equal estimates; infinity is the text "inf"."""
        body = {"format": FORMAT, "estimates": [_encode(estimate) for estimate in self]}
        return json.dumps(body, ensure_ascii=False, allow_nan=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the estimates that `to_json` wrote.

        Raises
        ------
        InputError
            If the text is something else.
        """
        try:
            body = json.loads(text)
        except (ValueError, RecursionError) as error:
            message = f"not JSON: {error}"
            raise InputError(message) from error
        found = body.get("format") if isinstance(body, dict) else None
        if found != FORMAT or not isinstance(body.get("estimates"), list):
            message = f"format: found {found!r}; allowed is {FORMAT!r} with a list of estimates"
            raise InputError(message)
        try:
            decoded = [_decode(member) for member in body["estimates"]]
        except TypeError as error:
            message = f"an estimate has a wrong or missing key: {error}"
            raise InputError(message) from error
        estimates = [member for member in decoded if isinstance(member, Estimate)]
        if len(estimates) != len(decoded):
            message = "estimates: found a member that is no estimate"
            raise InputError(message)
        return cls(estimates)


FORMAT = "csea-estimates/1"

_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        Estimate,
        Interval,
        Hull,
        Verdict,
        Caveat,
        Provenance,
        Respondents,
        Superpopulation,
        FinitePopulation,
        Population,
        Selection,
        SelectionBounds,
    )
}

_INFINITE = frozenset({"lower", "upper", "value", "bounds", "ratio", "threshold"})
"""The fields in which the text "inf" is a number."""


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Return the fields of a class of values; none of anything else."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _encode(value: object) -> object:
    kind: type = type(value)
    if kind is str or kind is int or value is None:  # most are
        return value
    names = _names(kind)
    if names:
        return {"type": type(value).__name__, **{name: _encode(getattr(value, name)) for name in names}}
    if isinstance(value, Hull):
        return {"type": "Hull", "least": value[0], "most": value[1]}
    if isinstance(value, (tuple, Strip)):
        return [_encode(member) for member in value]
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def _decode(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        kind = value.get("type")
        if kind not in _CLASSES:
            message = f"{name or 'estimate'}: found type {kind!r}; allowed is one of {', '.join(_CLASSES)}"
            raise InputError(message)
        return _CLASSES[kind](**{key: _decode(member, key) for key, member in value.items() if key != "type"})
    if isinstance(value, list):
        return tuple(_decode(member, name) for member in value)
    if name in _INFINITE and value in ("inf", "-inf"):
        return math.inf if value == "inf" else -math.inf
    return value
