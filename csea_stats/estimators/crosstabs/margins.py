"""The margins of a table of two questions, and further facts about its cells, as a user gives them.

A margin is one count, of an answer or of a group, or a count for each answer or group. A fact bounds the sum of some
cells: "12 to 20 of the government's workers answered none or poor".
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from csea_stats.base.rank_sets import sums_after
from csea_stats.errors import CountError, InputError, UnknownName
from csea_stats.estimators.checking import ONE_COUNT, feasible, labelled, whole
from csea_stats.results.numbers import count_words, with_unit

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

MOST_VECTORS = 5_000
"""Feasible count vectors of one margin that are listed."""

ALONE = {"row": ("yes", "no"), "column": ("in", "out")}
"""Names of an answer and of its opposite, of a group and of all others, where one count is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """The counts of the answers to one question.

    Parameters
    ----------
    side : {"row", "column"}
    labels : tuple of str
        Names for print.
    keys : tuple
        What facts call them: the labels of a mapping, the places of a sequence.
    vectors : tuple of tuple of int
        Every feasible one; each adds up to the base.
    alone : bool
        Whether one count was given, so that its complement is asked nothing of.
    """

    side: str
    labels: tuple[str, ...]
    keys: tuple[Hashable, ...]
    vectors: tuple[tuple[int, ...], ...]
    alone: bool

    @property
    def asked(self) -> tuple[int, ...]:
        """The places that something is asked of."""
        return (0,) if self.alone else tuple(range(len(self.labels)))

    def sums(self, places: Iterable[int]) -> tuple[int, ...]:
        """Return what a sum of counts can be, in rising order."""
        chosen = tuple(places)
        return tuple(sorted({sum(vector[place] for place in chosen) for vector in self.vectors}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a sum of cells can be.

    Parameters
    ----------
    rows, columns : tuple of int
        The cells where they cross.
    values : tuple of int
        In rising order.
    words : str
        How an error names the fact.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    values: tuple[int, ...]
    words: str


def margin_of(value: object, base: int, side: str) -> Margin:
    """Return a margin from one count, or from a mapping or sequence of counts; each may be a set of feasible ones.

    Raises
    ------
    CountError
        If no feasible counts add up to the base.

    Examples
    --------
    >>> margin_of({"poor": 35, "fair": {10, 11}, "good": {3, 4}}, 49, "row").vectors
    ((35, 10, 4), (35, 11, 3))
    """
    if not _is_several(value):
        counts = feasible(value, side)
        if counts[-1] > base:
            message = f"{side}: found {counts[-1]} of {base}; allowed is at most the base, {base}"
            raise CountError(message)
        vectors = tuple((count, base - count) for count in counts)
        return Margin(side=side, labels=ALONE[side], keys=ALONE[side], vectors=vectors, alone=True)
    names, values = labelled(value, name=side)
    if len(values) < 2:
        message = f"{side}: found {value!r}; allowed are at least two counts, or {ONE_COUNT}"
        raise CountError(message)
    each = [feasible(one, f"{side}[{(names[i] if names else i)!r}]") for i, one in enumerate(values)]
    keys = tuple(range(len(each))) if names is None else tuple(key for key, _ in value.items())  # type: ignore[attr-defined]
    labels = names or tuple(f"{side}[{place}]" for place in range(len(each)))
    return Margin(side=side, labels=labels, keys=keys, vectors=_vectors(each, base, side), alone=False)


def _is_several(value: object) -> bool:
    """Whether a value holds a count for each of several answers: a mapping, a Series, a list, an array."""
    return hasattr(value, "__len__") and not isinstance(value, (str, bytes, AbstractSet))


def told(value: object) -> object:
    """Return a margin that `margin_of` took in the plain form in which a call tells it."""

    def one(count: object) -> object:
        values = feasible(count, "count")
        return values[0] if len(values) == 1 else set(values)

    if not _is_several(value):
        return one(value)
    if isinstance(value, Mapping) or hasattr(value, "items"):
        return {key: one(count) for key, count in value.items()}
    return [one(count) for count in value]  # type: ignore[attr-defined]


def _vectors(each: Sequence[tuple[int, ...]], base: int, side: str) -> tuple[tuple[int, ...], ...]:
    """Return every choice of feasible counts that adds up to the base."""
    after = sums_after(each)
    if base not in after[0]:
        found = count_words(after[0])
        message = (
            f"{side}: found {with_unit(found, 'people')} in all; allowed is the base, {base}: each respondent gives "
            "one answer, so rows and columns have the same total. Those who gave none, or are in no group, "
            "need a count of their own"
        )
        raise CountError(message)
    vectors: list[tuple[int, ...]] = [()]
    for place, values in enumerate(each):
        vectors = [(*v, x) for v in vectors for x in values if base - sum(v) - x in after[place + 1]]
        if len(vectors) > MOST_VECTORS:
            message = (
                f"{side}: found more than {MOST_VECTORS:,} feasible count vectors; allowed are fewer: narrow the sets"
            )
            raise InputError(message)
    return tuple(vectors)


def known_facts(given: object, rows: Margin, columns: Margin) -> tuple[Known, ...]:
    """Return the facts about cells that a mapping of (row, column) to a count, a set or a range tells.

    Either half of a key may be a tuple of labels, for a sum of cells.

    Raises
    ------
    InputError, UnknownName
        If it is no such mapping, or names what is no answer or group.
    CountError
        If a fact is no count, or more than its row or its column holds.
    """
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        message = f"given: found {given!r}; allowed is a mapping of (row, column) to a count, a set or a range"
        raise InputError(message)
    return tuple(_known(key, amount, rows, columns) for key, amount in given.items())


def _known(key: object, amount: object, rows: Margin, columns: Margin) -> Known:
    words = f"given[{key!r}]"
    if not isinstance(key, tuple) or len(key) != 2:
        message = (
            f"{words}: allowed are keys (row, column), such as ('poor', 'government') or (('none', 'poor'), 'NGO')"
        )
        raise InputError(message)
    places = tuple(_places(half, margin) for half, margin in zip(key, (rows, columns), strict=True))
    values = feasible(set(amount), words) if isinstance(amount, range) else feasible(amount, words)
    for half, margin, inside in zip(key, (rows, columns), places, strict=True):
        most = margin.sums(inside)[-1]
        if values[0] > most:
            message = f"{words}: found {values[0]}, more than {margin.side} {half!r} holds; allowed is at most {most}"
            raise CountError(message)
    return Known(rows=places[0], columns=places[1], values=values, words=words)


def _places(half: object, margin: Margin) -> tuple[int, ...]:
    names = half if isinstance(half, tuple) else (half,)
    for name in names:
        if name not in margin.keys:
            raise UnknownName(margin.side, str(name), map(str, margin.keys), "(in given)")
    return tuple(sorted({margin.keys.index(name) for name in names}))


def margin_pairs(rows: Margin, columns: Margin) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield every pair of feasible margins."""
    yield from product(rows.vectors, columns.vectors)


def whole_base(base: object) -> int:
    """Return the base, at least 1."""
    number = whole(base, "base")
    if number == 0:
        message = "base: found 0; allowed is at least 1 person: a share of nobody is not defined"
        raise CountError(message)
    return number
