"""`Estimates`: an immutable sequence of estimates, in print's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Literal, Self, overload

from csea_stats.errors import InputError, in_short
from csea_stats.results.citable import Sentences, sentences_of
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimate_frames import Part, part_frame
from csea_stats.results.json_reader import FIRST, first_estimates, parsed, results_of
from csea_stats.results.json_writer import results_document, results_text
from csea_stats.results.phrases import Length, Reader, Style, Telling
from csea_stats.results.published import Published
from csea_stats.targets.populations import TIERS, Target


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
                message = f"{type(self).__name__} holds {self._words}; found {in_short(member)}"
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
        """Return JSON text from which `from_json` makes equal estimates; docs/files.md tells every key."""
        return results_text(results_document("estimates", self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the estimates that `to_json` wrote, now or in its first format.

        Raises
        ------
        InputError
            If the text is something else, or what it says contradicts itself.
        """
        body = parsed(text)
        return cls(
            first_estimates(body) if body.get("format") == FIRST else results_of(body, "estimates").estimates.values()
        )
