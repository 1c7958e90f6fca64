"""`Estimates`: an immutable sequence of estimates, in print's order."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, ClassVar, Literal, Self, get_args, overload

from csea_stats.errors import InputError, real_number
from csea_stats.results.citable import Sentences, sentences_of
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimate_frames import Part, part_frame
from csea_stats.results.phrases import Length, Reader, Style, Telling
from csea_stats.results.published import Published
from csea_stats.results.values import FARTHEST, Caveat, Comparison, Hull, Interval, Provenance, Strip, Verdict, Word
from csea_stats.targets.populations import (
    TIERS,
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
    Target,
)


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


SHOWN = 20
"""How many estimates a terminal and a notebook show; all are in `to_frame`."""


class Estimates(Members[Estimate], Published):
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

    def __str__(self) -> str:
        if len(self) <= len(TIERS):
            return str(self.sentences())
        shown, rest = self[:SHOWN].sentences("in-text"), f"... {self._rest}" if self._rest else ""
        lines, _, notes = str(shown).partition("\nNotes: ")
        return "\n".join(filter(None, (lines, rest, f"Notes: {notes}" if notes else "")))

    def _repr_html_(self) -> str:
        from html import escape

        told = self[:SHOWN].sentences("in-text")
        return told._repr_html_() + (f"<p>{escape(self._rest)}</p>" if self._rest else "")

    @property
    def _rest(self) -> str:
        """What a terminal and a notebook say of the estimates that they do not show."""
        return f"{len(self) - SHOWN:,} more: .to_frame()" if len(self) > SHOWN else ""

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

    def sentences(self, length: Length = "full", *, style: Style = "plain", reader: Reader = "journal") -> Sentences:
        """Return a sentence to cite for each, as `Estimate.sentence`; what holds for several stands in one note.

        Returns
        -------
        Sentences
        """
        return sentences_of(self, Telling(length=length, style=style, reader=reader))

    @property
    def _told(self) -> Self:
        return self

    def to_frame(self, part: Part = "estimates", *, backend: Literal["pandas", "polars"] = "pandas") -> Any:
        """Return a frame with a row per estimate, or a part that its ``id`` joins to it.

        Parameters
        ----------
        part : {"estimates", "intervals", "counts", "verdicts", "notes"}
            "estimates": 22 columns, without texts. ``count`` and ``base`` are of one group with one count; both limits
            of each kind; ``set_low`` and ``set_high`` what print leaves open; ``notes`` the codes of the caveats.
            "intervals": each interval with its role (main, companion, strip), method, and for how many it holds.
            "counts": of each group the least and the most that print allows. "verdicts", "notes": their words.
        backend : {"pandas", "polars"}

        Returns
        -------
        pandas.DataFrame or polars.DataFrame
            Shares from 0 to 1; nothing is missing where it exists.

        Raises
        ------
        InputError
            For another part or backend.

        Examples
        --------
        >>> from csea_stats import proportion
        >>> frame = Estimates([proportion(35, 49)]).to_frame()
        >>> frame.loc[0, "verdict"], len(frame.columns)
        ('supported', 22)
        """
        return part_frame(self, part, backend)

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
            If the text is something else, or numbers in it contradict each other.
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
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            if isinstance(error, InputError):
                raise
            message = f"an estimate has a wrong or missing key: {error}"
            raise InputError(message) from error
        estimates = [member for member in decoded if isinstance(member, Estimate)]
        if len(estimates) != len(decoded):
            message = "estimates: found a member that is no estimate"
            raise InputError(message)
        for place, estimate in enumerate(estimates, 1):
            for wrong in contradictions(estimate):
                message = f"estimate {place} ({estimate.estimand}): {wrong}"
                raise InputError(message)
        return cls(estimates)


def contradictions(estimate: Estimate) -> Iterator[str]:
    """Say what in an estimate, of whatever a file gave, cannot be so beside the rest of it."""
    kinds = {"interval": Interval, "companion": Interval, "verdict": Verdict, "bounds": tuple, "probability": tuple}
    wrong = [name for name, kind in kinds.items() if not isinstance(getattr(estimate, name), kind | None)]
    wrong += [] if isinstance(estimate.target, get_args(Target)) else ["target"]
    pairs = {name: getattr(estimate, name) for name in ("bounds", "probability")}
    wrong += [name for name, found in pairs.items() if isinstance(found, tuple) and len(found) != 2]
    held = {"caveats": Caveat, "counts": tuple, "base": int | tuple}
    for name, kind in held.items():
        values = getattr(estimate, name)
        wrong += [] if isinstance(values, tuple) and all(isinstance(one, kind) for one in values) else [name]
    if wrong or estimate.scale not in FARTHEST:
        yield f"{(wrong or ['scale'])[0]}: found a value of another kind"
        return
    lower, upper = FARTHEST[estimate.scale]
    ends = estimate.bounds or ()
    numbers = [end for end in (estimate.value, *ends) if end is not None]
    if any(real_number(end) is None or not lower - NOISE <= end <= upper + NOISE for end in numbers):
        yield f"value and bounds: found {numbers}; allowed are numbers within {lower:g} and {upper:g}"
    elif ends and estimate.value is not None and not ends[0] - NEAR <= estimate.value <= ends[1] + NEAR:
        yield f"value: found {estimate.value!r}, outside the bounds {ends}"
    chances = estimate.probability or (0, 1)
    if any(real_number(one) is None for one in chances) or not 0 <= chances[0] <= chances[1] <= 1 + NOISE:
        yield f"probability: found {chances!r}; allowed are two numbers from 0 to 1, the lower first"
    verdict = estimate.verdict
    if verdict is not None and (verdict.word not in get_args(Word) or verdict.direction not in ("above", "below")):
        yield f"verdict: found {verdict.word!r} {verdict.direction!r}; allowed is one of the verdicts"
    elif verdict is not None and verdict.word == "supported":
        above, threshold = verdict.direction == "above", verdict.threshold
        one = estimate.interval
        if one is not None and ((one.lower <= threshold) if above else (one.upper >= threshold)):
            yield f"verdict: found 'supported' {verdict.direction} {threshold:g}, where {one} holds it"


FORMAT = "csea-estimates/1"

NOISE = 1e-9
"""By how much rounding may put a number beyond its limits."""

NEAR = 1e-6
"""By how much a search may put a value beyond its bounds."""

_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        Estimate,
        Interval,
        Hull,
        Comparison,
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
