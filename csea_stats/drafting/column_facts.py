"""What the cells of a column are: its distinct texts, how often each stands, and what the file says of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.respondents.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from csea_stats.respondents.kinds import Kind
    from csea_stats.respondents.raw_columns import Raw
    from csea_stats.respondents.readers import RawTable

LOOKED_AT = 2000
"""How many distinct texts of a column are looked at where half of them tell; they do not hang on the order of rows."""

_TIME = (
    r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|[A-Z]{3,4}|[+-]\d\d:?\d\d|[+-]\d)*)?"
)

_DATE = re.compile(
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.] ?\d{{1,2}}[-/.] ?(?:\d{{4}}|\d\d)"
    rf"|[^\W\d_]{{3,10}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}\.? [^\W\d_]{{3,10}}\.?,? \d{{4}}"
    rf"|\d{{1,2}}-[^\W\d_]{{3,4}}-(?:\d{{4}}|\d\d)){_TIME}|\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?: ?[AaPp][Mm])?"
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
    wording : str
        What a header row tells; "" without one.
    title : str
        What a statistics file calls it.
    texts : dict
        Distinct answers in the form in which they are compared, to how often each stands; the most frequent first.
    labels : dict
        From a code to its label, of a statistics file.
    declared : dict
        Codes that it declares missing and that stand in the column, to their labels.
    rows : int
        Of the file.
    """

    name: str
    bare: str
    place: int
    wording: str
    title: str
    texts: dict[str, int]
    labels: dict[str, str] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    rows: int

    @property
    def answers(self) -> int:
        """How many cells hold an answer."""
        return sum(self.texts.values())

    def first_texts(self) -> list[str]:
        """Return the texts that are looked at where half of them tell."""
        return list(self.texts)[:LOOKED_AT]


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
        declared = table.blank.get(name, frozenset())
        labels = {code: text_of(label) for code, label in table.labels.get(name, {}).items() if text_of(label)}
        times: Counter[str] = Counter()
        absent: dict[str, str] = {}
        for value, count in Counter(values).items():
            text = "" if value is None else text_of(value)
            if text in declared:
                absent[text] = labels.get(text, "")
            elif text and text not in blanks:
                times[text] += count
        found.append(
            ColumnFacts(
                name=name,
                bare=bare.get(name, name),
                place=place,
                wording=table.wording.get(name, ""),
                title=table.titles.get(name, ""),
                texts=dict(by_frequency(times)),
                labels=labels,
                declared=dict(sorted(absent.items())),
                rows=len(values),
            )
        )
    return found


def by_frequency(times: dict[str, int]) -> list[tuple[str, int]]:
    """Return texts and how often each stands, the most frequent first, ties by the alphabet."""
    return sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))


def coded_rows(values: Sequence[Raw], texts: Iterable[str]) -> NDArray[np.int32]:
    """Return for each row the place of its text among some; -1 for any other."""
    place = {text: number for number, text in enumerate(texts)}
    known = {value: -1 if value is None else place.get(text_of(value), -1) for value in dict.fromkeys(values)}
    return np.fromiter(map(known.__getitem__, values), dtype=np.int32, count=len(values))


def half_of(facts: ColumnFacts, looks: Callable[[str], object]) -> bool:
    """Whether half or more of the cells look so."""
    texts = facts.first_texts()
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
