"""Answers as arrays: one frozen value per variable, with the reason for each answer that is not there.

Codes count labels from 0. Below 0 stands why there is no answer: `MISSING`, `NOT_ASKED`, and from `OFF_SCALE` downwards
one code for each off-scale answer of the codebook.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MISSING = -1
"""No answer."""

NOT_ASKED = -2
"""The question was not put to this respondent."""

OFF_SCALE = -3
"""The codebook's first off-scale answer; the second is -4, and so on."""


def reason_of(code: int, off_scale: tuple[str, ...]) -> str:
    """Return why there is no answer: "missing", "not asked", or the off-scale answer.

    Examples
    --------
    >>> reason_of(-1, ()), reason_of(-4, ("don't know", "refused"))
    ('missing', 'refused')
    """
    if code == MISSING:
        return "missing"
    return "not asked" if code == NOT_ASKED else off_scale[OFF_SCALE - code]


def _why(codes: NDArray[np.int16], off_scale: tuple[str, ...]) -> dict[str, int]:
    """Count each reason that occurs, in the order missing, not asked, off the scale."""
    negative = -codes[codes < 0].astype(np.int64)
    counts = np.bincount(negative, minlength=1)
    return {reason_of(-code, off_scale): int(times) for code, times in enumerate(counts) if code and times}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CodedColumn:
    """One answer each.

    Parameters
    ----------
    name : str
    labels : tuple of str
        Every answer, also those nobody gave; from low to high where ``ordered``.
    ordered : bool
    off_scale : tuple of str
    codes : (n,) array of int16
        Place among the labels; below 0 the reason why there is none.
    """

    name: str
    labels: tuple[str, ...]
    ordered: bool
    off_scale: tuple[str, ...]
    codes: NDArray[np.int16]

    @property
    def reasons(self) -> NDArray[np.int16]:
        """0 where there is an answer, else the reason's code."""
        return np.minimum(self.codes, 0).astype(np.int16)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Whether there is an answer."""
        return self.codes >= 0

    @property
    def counts(self) -> tuple[int, ...]:
        """How many gave each label."""
        found = np.bincount(self.codes[self.codes >= 0], minlength=len(self.labels))
        return tuple(int(times) for times in found)

    @property
    def why(self) -> dict[str, int]:
        """How many gave no answer, by reason."""
        return _why(self.codes, self.off_scale)

    def texts(self) -> list[str | None]:
        """Return the answers as labels; None where missing or not asked."""
        words = [*self.labels, *reversed(self.off_scale), None, None]
        found: list[str | None] = np.array(words, dtype=object)[self.codes].tolist()
        return found

    def taken(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> CodedColumn:
        """Return some of the rows."""
        return replace(self, codes=self.codes[rows])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberColumn:
    """A number each.

    Parameters
    ----------
    name, unit : str
    off_scale : tuple of str
    values : (n,) array of float
        NaN where there is none.
    reasons : (n,) array of int16
        0 where there is a value, else the reason's code.
    """

    name: str
    unit: str
    off_scale: tuple[str, ...]
    values: NDArray[np.float64]
    reasons: NDArray[np.int16]

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Whether there is a value."""
        return np.equal(self.reasons, 0)

    @property
    def why(self) -> dict[str, int]:
        """How many gave no value, by reason."""
        return _why(self.reasons, self.off_scale)

    def banded(self, bands: Sequence[float], labels: tuple[str, ...]) -> CodedColumn:
        """Return the band of each value: a further one begins at each of some rising numbers."""
        places = np.searchsorted(bands, self.values, side="right")
        codes = np.where(self.answered, places, self.reasons).astype(np.int16)
        return CodedColumn(name=self.name, labels=labels, ordered=True, off_scale=self.off_scale, codes=codes)

    def taken(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> NumberColumn:
        """Return some of the rows."""
        return replace(self, values=self.values[rows], reasons=self.reasons[rows])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MultipleColumn:
    """Several answers each.

    Parameters
    ----------
    name : str
    items : tuple of str
    chosen : int or None
        How many each respondent chose, where it is fixed.
    off_scale : tuple of str
    marks : (n, J) array of int8
        1 chosen, 0 not; below 0 the reason why it is not known.
    """

    name: str
    items: tuple[str, ...]
    chosen: int | None
    off_scale: tuple[str, ...]
    marks: NDArray[np.int8]

    @property
    def reasons(self) -> NDArray[np.int16]:
        """0 where every item is known, else the code of the first reason."""
        return self.marks.min(axis=1).clip(max=0).astype(np.int16)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Whether every item is known."""
        return (self.marks >= 0).all(axis=1)

    @property
    def why(self) -> dict[str, int]:
        """How many lack an item, by reason."""
        return _why(self.reasons, self.off_scale)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many chose each item."""
        return tuple(int(times) for times in (self.marks == 1).sum(axis=0))

    def item(self, name: str) -> NDArray[np.int8]:
        """Return the marks of one item: 1, 0, or below 0."""
        return self.marks[:, self.items.index(name)]

    def option(self, item: str) -> CodedColumn:
        """Return one item as a column of its own: whether it was chosen."""
        return CodedColumn(
            name=option_name(self.name, item),
            labels=CHOSEN,
            ordered=False,
            off_scale=self.off_scale,
            codes=self.item(item).astype(np.int16),
        )

    def taken(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> MultipleColumn:
        """Return some of the rows."""
        return replace(self, marks=self.marks[rows])


Column = CodedColumn | NumberColumn | MultipleColumn

CHOSEN = ("no", "yes")
"""The answers of one option of a question with several answers each."""

_OPTION = re.compile(r"""([^\[]+)\[(?:"(.*)"|'(.*)'|(.+))\]""", re.DOTALL)


def option_of(name: str) -> tuple[str, str] | None:
    """Return the question and the option that a name means; None where it has no brackets.

    Examples
    --------
    >>> option_of("services[legal aid]"), option_of("services['other [text]']"), option_of("services")
    (('services', 'legal aid'), ('services', 'other [text]'), None)
    """
    found = _OPTION.fullmatch(name.strip())
    return None if found is None else (found[1].strip(), next(text for text in found.groups()[1:] if text is not None))


def option_name(question: str, item: str) -> str:
    r"""Return the name of one option of a question, in quotes where a formula could not read it otherwise.

    Examples
    --------
    >>> option_name("services", "legal aid"), option_name("services", "children's aid")
    ('services[legal aid]', 'services["children\'s aid"]')
    """
    if not set(item) & set("[]\"'"):
        return f"{question}[{item}]"
    return f"{question}['{item}']" if '"' in item else f'{question}["{item}"]'


def complete(columns: Sequence[Column], people: int) -> tuple[NDArray[np.bool_], tuple[tuple[str, int], ...]]:
    """Return who of so many has every answer, and why not: counted at the first column that lacks one."""
    left_out: list[tuple[str, int]] = []
    kept = np.ones(people, dtype=np.bool_)
    for column in columns:
        reasons = column.reasons
        lacking = kept & (reasons < 0)
        for code in np.unique(reasons[lacking])[::-1]:
            why = reason_of(int(code), column.off_scale)
            left_out.append((f"{column.name}: {why}", int((reasons[lacking] == code).sum())))
        kept &= reasons >= 0
    return kept, tuple(left_out)
