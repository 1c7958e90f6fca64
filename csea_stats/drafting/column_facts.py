"""What the cells of a column are: its distinct texts, how often each stands, and what the file says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from csea_stats.drafting.bands import is_number
from csea_stats.drafting.word_lists import is_other
from csea_stats.respondents.raw_columns import RawColumn, distinct
from csea_stats.respondents.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from csea_stats.respondents.kinds import Kind
    from csea_stats.respondents.readers import RawTable

LOOKED_AT = 1000
"""Distinct texts of a column that are looked at where most of them tell; which ones hangs on what they say alone."""

MANY_ANSWERS = 20
"""Answers of a column among which no text that was given once is shown."""

LONGEST_ONCE = 25
"""Signs of a text that is shown though it was given once."""

MOST_WORDS = 4
"""Its words."""

MANY = 2000
"""Distinct texts from which a column is a number, several answers in one cell, or free text."""

_HALF = (
    r"(?:[AaPp]\.?\s?[Mm]\.?|vorm\.|nachm\.|pr(?:ij)?e\s?podne|po(?:slije)?\s?podne|п(?:ре|о)\s?подне"  # noqa: RUF001
    r"|e (?:para|pas)dites)"
)
"""Before and after noon, as forms in several languages write it."""

_TIME = rf"(?:[T ,]+\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?\s*{_HALF}?\s*(?:Z|[A-Z]{{3,4}}|[+-]\d\d:?\d\d|[+-]\d)*)?"

_DATE = re.compile(
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.] ?\d{{1,2}}[-/.] ?(?:\d{{4}}\.?|\d\d)"
    rf"|[^\W\d_]{{3,10}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}\.? [^\W\d_]{{3,10}}\.?,? \d{{4}}"
    rf"|\d{{1,2}}-[^\W\d_]{{3,4}}-(?:\d{{4}}|\d\d)){_TIME}|\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s?{_HALF})?"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColumnFacts:
    """A column of a file.

    Parameters
    ----------
    name : str
        As the reader calls it.
    bare : str
        As the file calls it, where a name stands more than once.
    place : int
        Counted from 0.
    column : RawColumn
        As the reader hands it over.
    wording : str
        What a header row tells; "" without one.
    title : str
        What a statistics file calls it.
    texts : dict
        Distinct answers in the form in which they are compared, to how often each stands; the most frequent first, but
        for many.
    blanks : frozenset of str
        Texts that are no answer and stand in the column.
    looked_at : tuple of str
        Texts that are looked at where most of them tell.
    labels : dict
        From a code to its label, of a statistics file.
    declared : dict
        Codes that it declares missing and that stand in the column, to their labels.
    """

    name: str
    bare: str
    place: int
    column: RawColumn
    wording: str
    title: str
    texts: dict[str, int]
    blanks: frozenset[str]
    looked_at: tuple[str, ...]
    labels: dict[str, str]
    declared: dict[str, str]

    @property
    def rows(self) -> int:
        """How many cells there are."""
        return len(self.column)

    @property
    def answers(self) -> int:
        """How many cells hold an answer."""
        return sum(self.texts.values())

    @property
    def many(self) -> bool:
        """Whether there are so many distinct texts that they are no list of answers."""
        return len(self.texts) > MANY

    def coded(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Return for each row the place of its text among some; -1 for any other."""
        place = {text: number for number, text in enumerate(texts)}
        return self.column.mapped(lambda value: -1 if value is None else place.get(text_of(value), -1), np.int32)

    def holds(self, texts: Collection[str]) -> NDArray[np.bool_]:
        """Return the rows that hold one of some texts."""
        return self.coded(tuple(texts)) >= 0 if texts else np.zeros(self.rows, dtype=np.bool_)

    def filled(self) -> NDArray[np.bool_]:
        """Return the rows that hold an answer."""
        return self.holds(self.texts)


def column_facts(table: RawTable, blanks: Collection[str]) -> list[ColumnFacts]:
    """Return what each column of a table holds.

    Parameters
    ----------
    table : RawTable
    blanks : collection of str
        Texts that are no answer.
    """
    bare = {called: name for name, several in table.repeated.items() for called in several}
    found = []
    for place, (name, values) in enumerate(table.columns.items()):
        column = _whole(distinct(values))
        declared = table.blank.get(name, frozenset())
        labels = {code: text_of(label) for code, label in table.labels.get(name, {}).items() if text_of(label)}
        times: dict[str, int] = {}
        for value, rows in zip(column.levels, column.times.tolist(), strict=True):
            text = "" if value is None else text_of(value)
            times[text] = times.get(text, 0) + rows
        absent = {text: labels.get(text, "") for text in sorted(declared) if text in times}
        away = {text for text in ("", *blanks) if text in times}
        kept = {text: known for text, known in times.items() if text not in away and text not in absent}
        kept = kept if len(kept) > MANY else dict(by_frequency(kept))
        found.append(
            ColumnFacts(
                name=name,
                bare=bare.get(name, name),
                place=place,
                column=column,
                wording=table.wording.get(name, ""),
                title=table.titles.get(name, ""),
                texts=kept,
                blanks=frozenset(away),
                looked_at=_looked_at(kept),
                labels=labels,
                declared=absent,
            )
        )
    return found


_POINT_ZERO = re.compile(r"(\d+)\.0+")


def _whole(column: RawColumn) -> RawColumn:
    """Return a column that writes all of its whole numbers as "1.0", as programs do, with "1", as it is read."""
    filled = (level for level in column.levels if isinstance(level, str) and level.strip())
    if not all(map(_POINT_ZERO.fullmatch, filled)):
        return column
    levels = tuple(_POINT_ZERO.sub(r"\1", level) if isinstance(level, str) else level for level in column.levels)
    return replace(column, levels=levels) if len(set(levels)) == len(levels) else column


def _looked_at(texts: Mapping[str, int]) -> tuple[str, ...]:
    if len(texts) <= LOOKED_AT:
        return tuple(texts)
    share = len(texts) // LOOKED_AT + 1
    return tuple(text for text in texts if crc32(text.encode("utf-8", "surrogatepass")) % share == 0)


def by_frequency(times: dict[str, int]) -> list[tuple[str, int]]:
    """Return texts and how often each stands, the most frequent first, ties by the alphabet."""
    return sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))


def of_one_person(times: Mapping[str, int], answers: int) -> set[str]:
    """Return texts given once that a draft does not show: any of many answers, else long ones and sentences.

    Parameters
    ----------
    times : mapping
        How often each text stands.
    answers : int
        How many cells of the column hold an answer.

    Examples
    --------
    >>> of_one_person({"Bus": 7, "Tram": 1, "My neighbour Joe knows.": 1}, 9)
    {'My neighbour Joe knows.'}
    """
    return {
        text
        for text, count in times.items()
        if count == 1
        and not (is_number(text) or is_other(text))
        and (
            answers >= MANY_ANSWERS
            or len(text) > LONGEST_ONCE
            or len(text.split()) > MOST_WORDS
            or text.endswith((".", "!", "?"))
        )
    }


def given_once(texts: Collection[str], where: str) -> str:
    """Return the remark on texts that a draft does not show."""
    told = "1 text given once is" if len(texts) == 1 else f"{len(texts)} texts given once are"
    return (
        f'? {told} read as "other"; if {"it" if len(texts) == 1 else "one"} is an answer of the form, add it to {where}'
    )


def other_of(labels: Iterable[str]) -> str:
    """Return the answer among some that is called "other"; "other" where there is none."""
    return next(filter(is_other, labels), "other")


def half_of(facts: ColumnFacts, looks: Callable[[str], object]) -> bool:
    """Whether half or more of the cells look so."""
    texts = facts.looked_at
    hits = sum(facts.texts[text] for text in texts if looks(text))
    return bool(texts) and 2 * hits >= sum(facts.texts[text] for text in texts)


def is_date(text: str) -> bool:
    """Whether a text is a date or a time of day, as files write them.

    Examples
    --------
    >>> is_date("3/4/2024 9:00:12"), is_date("Mar 1, 2024 10:06:00 AM"), is_date("2024-03-01T10:00:00.000+01:00")
    (True, True, True)
    >>> is_date("3-5"), is_date("2024")
    (False, False)
    """
    return _DATE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A variable of a draft.

    Parameters
    ----------
    place : int
        Of its first column.
    called : str
        What its name is made of.
    kind : Kind
    remarks : tuple of str
    columns : tuple of str
        Those it is read from.
    """

    place: int
    called: str
    kind: Kind
    remarks: tuple[str, ...]
    columns: tuple[str, ...]


def share_words(part: int, whole: int) -> str:
    """Return "2 of 7" in words of a remark."""
    return f"{part:,} of {whole:,}"
