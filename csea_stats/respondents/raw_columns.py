"""A column as its source holds it: the distinct values, and which of them each row has.

Whatever is done to a value is done once for each distinct one, so the cost grows with the rows by a look-up only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.respondents.texts import is_nothing, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Raw = str | int | float | None
"""A value as a reader hands it over; None where the source holds nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawColumn(Sequence[Raw]):
    """A column; as a sequence it is its rows' values.

    Parameters
    ----------
    levels : tuple of Raw
        Those that occur, each once, all texts or all numbers.
    codes : (n,) array of int
        The place of each row's value among them.

    Examples
    --------
    >>> column = distinct(["poor", "fair", "poor"])
    >>> column.levels, list(column), column.times.tolist()
    (('poor', 'fair'), ['poor', 'fair', 'poor'], [2, 1])
    """

    levels: tuple[Raw, ...]
    codes: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: Any) -> Any:
        if isinstance(row, slice):
            return [self.levels[code] for code in self.codes[row].tolist()]
        return self.levels[self.codes[row]]

    def __iter__(self) -> Iterator[Raw]:
        return map(self.levels.__getitem__, self.codes.tolist())

    @property
    def times(self) -> NDArray[np.intp]:
        """How many rows have each value."""
        return np.bincount(self.codes, minlength=len(self.levels))

    def mapped(self, meaning: Callable[[Raw], object], dtype: Any) -> NDArray[Any]:
        """Return what each row's value means."""
        return np.array([meaning(value) for value in self.levels], dtype=dtype)[self.codes]

    def filled(self, blank: Container[str]) -> NDArray[np.bool_]:
        """Whether each row holds something: a text that is none of some."""
        return self.mapped(lambda value: value is not None and text_of(value) not in blank, np.bool_)

    def texts(self) -> list[str]:
        """Return each row's value as the text it is compared by; "" where there is nothing."""
        found: list[str] = self.mapped(lambda value: "" if value is None else text_of(value), object).tolist()
        return found

    def grouped(self, rows: NDArray[np.intp]) -> list[tuple[Raw, tuple[int, ...]]]:
        """Return the values of some rows, each with the rows that hold it, in the order in which they occur."""
        codes = self.codes[rows]
        order = np.argsort(codes, kind="stable")
        ends = np.flatnonzero(np.diff(codes[order])) + 1
        parts = np.split(rows[order], ends) if len(rows) else []
        return sorted(((self[int(part[0])], tuple(part.tolist())) for part in parts), key=lambda pair: pair[1][0])


def distinct(values: Sequence[Raw]) -> RawColumn:
    """Return a column of values that are all texts, or all numbers, or nothing."""
    if isinstance(values, RawColumn):
        return values
    place: defaultdict[Raw, int] = defaultdict(count().__next__)  # a new value gets the next code
    codes = np.fromiter(map(place.__getitem__, values), dtype=np.intp, count=len(values))
    return RawColumn(levels=tuple(place), codes=codes)


def raw_column(values: Iterable[object], codes: NDArray[Any]) -> RawColumn:
    """Return the column of a library that codes its values: negative codes are nothing, and values need not occur.

    Examples
    --------
    >>> raw_column([1.0, True, "never"], np.array([0, 1, -1])).levels
    ('1', 'True', None)
    """
    given = [*values, None]
    codes = np.where(codes < 0, len(given) - 1, codes).astype(np.intp)
    used = np.flatnonzero(np.bincount(codes, minlength=len(given)))
    found = plain_values([given[code] for code in used.tolist()])
    place = dict.fromkeys(found, 0)
    new = np.zeros(len(given), dtype=np.intp)
    new[used] = np.arange(len(found))
    if len(place) < len(found):  # two categories with the same text
        place.update((value, code) for code, value in enumerate(place))
        new[used] = [place[value] for value in found]
    return RawColumn(levels=tuple(place), codes=new[codes])


def plain_values(values: Sequence[object]) -> list[Raw]:
    """Return values as texts or as numbers, never both, so that equal values are the same value.

    Examples
    --------
    >>> plain_values([1, "a", None]), plain_values([1, None, 2]), plain_values([2.5, float("nan")])
    (['1', 'a', None], [1, None, 2], [2.5, None])
    """
    kinds = set(map(type, values))
    if kinds <= {str, type(None)} or kinds <= {int, type(None)}:
        return list(values)  # type: ignore[arg-type]
    if kinds <= {float, type(None)}:
        return [None if value != value else value for value in values]  # type: ignore[misc]  # noqa: PLR0124 - NaN
    return [plain_value(value) for value in values]


def plain_value(value: object) -> str | None:
    """Return a value as a text; None for whatever a library means by "nothing here"."""
    if type(value) is str:
        return value
    return None if is_nothing(value) else text_of(value)


class ColumnsOnDemand(Mapping[str, RawColumn]):
    """The columns of a source by name, each made when first asked for, and kept.

    Parameters
    ----------
    names : iterable of str
    make : callable
        From a name to its column.
    """

    __slots__ = ("_made", "_make", "_names")

    def __init__(self, names: Iterable[str], make: Callable[[str], RawColumn]) -> None:
        self._names, self._make = dict.fromkeys(names), make
        self._made: dict[str, RawColumn] = {}

    def __getitem__(self, name: str) -> RawColumn:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
