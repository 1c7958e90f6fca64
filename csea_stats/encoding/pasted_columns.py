"""The columns of a pasted table, sorted: labels, numbers and what they are, how many answered."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from csea_stats.survey.printed_numbers import number_keys, percent_ends
from csea_stats.survey.survey import JOIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.encoding.grids import PastedTable

UNIT_OF = {
    **dict.fromkeys(("%", "in %", "percent", "percentage", "per cent", "pct", "share", "valid percent"), "percent"),
    **dict.fromkeys(("n", "count", "counts", "number", "no.", "frequency", "freq", "freq.", "respondents"), "count"),
    **dict.fromkeys(("n (%)", "n, %", "count (%)", "number (%)", "n(%)", "no. (%)"), "count"),
    **dict.fromkeys(("% (n)", "%(n)", "percent (n)"), "percent"),
}
"""Heads of columns that say what the numbers are."""

LEFT_OUT = ("cumulative percent", "cumulative %", "cum. %", "cumulative")
"""Heads of columns that hold sums of what stands above."""

BASES = ("n", "base", "answered", "respondents", "total n", "base n", "unweighted base", "valid n", "number")
"""Labels of the row or column that holds how many answered."""

SUMS = ("total", "all", "sum", "valid")
"""Labels of a row or column that holds the sum of the others, or of all respondents beside groups of them."""

SCALE = re.compile(
    r"\b(agree|disagree|satisfied|likely|often|never|always|rarely|poor|good|excellent|important|confident|low|high"
    r"|none|very|somewhat|daily|weekly|(under|over) \d+|\d+ ?(-|\N{EN DASH}|to) ?\d+)\b",
    re.IGNORECASE,
)
"""Words of answers that have an order."""

NEAR = Fraction(2)
"""How far, in points, the percentages of one question may be from 100 by rounding."""


def readable(printed: str, unit: str) -> bool:
    """Whether a text is a number of this unit, or nothing."""
    said = number_keys(printed, unit)
    percent, count = said.get("percent", "0"), said.get("count", 0)
    return isinstance(count, int) and percent_ends(percent) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One column of numbers, or one of counts with the one of percentages that belongs to it.

    Parameters
    ----------
    label : str
        What stands above it, without the unit; "" where that is all.
    values : tuple of str
        What is printed in each row; "12 (58)" where two columns belong together.
    unit : {"percent", "count", ""}
        What the first number of each is; "" while nothing has told.
    base : int or None
        How many answered, where a row or a column says so.
    """

    label: str
    values: tuple[str, ...]
    unit: str = ""
    base: int | None = None

    def numbers(self, key: str) -> list[Fraction]:
        """Return the percentages, or the counts, that can be read."""
        found = [number_keys(value, self.unit or "count").get(key) for value in self.values]
        if key == "count":
            return [Fraction(count) for count in found if isinstance(count, int)]
        return [Fraction(ends[1]) for ends in map(percent_ends, found) if ends is not None]

    @property
    def whole(self) -> bool:
        """Whether the numbers are those of all respondents, each once."""
        shares, counts = self.numbers("percent"), self.numbers("count")
        adds_up = len(shares) > 1 and abs(sum(shares, Fraction(0)) - 100) <= NEAR
        return adds_up or (self.base is not None and sum(counts) == self.base)


def all_whole(rows: Iterable[Series]) -> bool:
    """Whether every series that has a number everywhere is one of all respondents, and there is one."""
    full = [row for row in rows if all(value and readable(value, row.unit or "count") for value in row.values)]
    return bool(full) and all(row.whole for row in full)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A table with its columns of numbers sorted.

    Parameters
    ----------
    labels : tuple of str
        Of the rows, each once.
    series : tuple of Series
        All of one unit.
    bases : tuple of int or None
        How many answered, for each row.
    notes : tuple of str
        What was guessed and what was left out.
    """

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    bases: tuple[int | None, ...]
    notes: tuple[str, ...]

    def rows(self) -> tuple[Series, ...]:
        """Return the table turned over: a series for each row."""
        unit = self.series[0].unit
        turned = zip(self.labels, zip(*(one.values for one in self.series), strict=True), self.bases, strict=True)
        return tuple(Series(label=label, values=values, unit=unit, base=base) for label, values, base in turned)

    @property
    def answers_above(self) -> bool:
        """Whether each row is a question and each column an answer, as far as the numbers or the words tell."""
        across, down = all_whole(self.rows()), all_whole(self.series)
        if across != down:
            return across
        above, beside = scale_words([one.label for one in self.series]), scale_words(self.labels)
        return above * len(self.labels) >= beside * len(self.series)


def scale_words(names: Sequence[str]) -> int:
    """Return how many names are words of a scale."""
    return sum(bool(SCALE.search(name)) or name.lower() in ("yes", "no") for name in names)


def sorted_columns(grid: PastedTable) -> Columns:
    r"""Sort the columns of a table.

    Parameters
    ----------
    grid : PastedTable

    Returns
    -------
    Columns
        Without series if no column holds numbers.

    Examples
    --------
    >>> from csea_stats.encoding.grids import grids_of
    >>> read = sorted_columns(grids_of("Sex\tn\t%\nfemale\t118\t50\nmale\t118\t50\nTotal\t236\t100")[0])
    >>> read.labels, read.series[0].values, read.series[0].base
    (('female', 'male'), ('118 (50)', '118 (50)'), 236)
    """
    heads, rows = _heads(grid.rows)
    body = [row for row in rows if not _is_total(row[0])] or rows
    totals = [row for row in rows if row not in body]
    notes: list[str] = []
    found: list[Series] = []
    for place, (label, unit) in enumerate(heads, 1):
        values = tuple(row[place] for row in body)
        told = [base for row in totals if (base := _base(row[0], row[place], unit)) is not None]
        column = Series(label=label, values=values, unit=unit, base=told[-1] if told else None)
        if unit == "left out":
            notes.append(f"left out: the column {label!r}, which adds up")
        elif not any(readable(value, form) for value in values if value for form in ("percent", "count")):
            notes.append(f"left out: the column {label or grid.rows[0][place]!r}, which holds no numbers")
        else:
            found.append(column)
    found, bases = _bases(found, notes)
    found = _paired(_told(found, notes), notes)
    kept = [one for one in found if one.label]
    kept = kept if len(kept) > 1 else found[:1]
    unit = Counter(one.unit for one in kept).most_common(1)[0][0] if kept else ""
    kept = [one for one in kept if one.unit == unit]
    others = [one for one in found if one not in kept]
    notes += [
        f"left out: the column {one.label!r}, unlike the others: {', '.join(one.values[:4])}, ..." for one in others
    ]
    return Columns(
        labels=_labels(body, notes), series=tuple(kept), bases=bases or (None,) * len(body), notes=tuple(notes)
    )


def _is_total(label: str) -> bool:
    plain = label.lower().strip(" :=()")
    return plain in BASES or plain in SUMS


def _base(label: str, printed: str, unit: str) -> int | None:
    """Return how many answered a column, as a row below it says; a sum of percentages says nothing."""
    adds_up = label.lower().strip(" :=()") in SUMS and (unit == "percent" or (not unit and printed == "100"))
    return None if adds_up else _count(printed)


def _count(printed: str) -> int | None:
    count = number_keys(printed, "count").get("count")
    return count if isinstance(count, int) else None


def _heads(rows: Sequence[tuple[str, ...]]) -> tuple[list[tuple[str, str]], list[tuple[str, ...]]]:
    """Return label and unit of each column after the first, and the rows below."""
    first, second = rows[:2]
    if all(not value or readable(value, "percent") or readable(value, "count") for value in first[1:]):
        return [("", "")] * (len(first) - 1), list(rows)  # no heads at all
    if len(rows) > 2 and any(second[1:]) and all(not value or value.lower() in UNIT_OF for value in second[1:]):
        labels = [_name(label) for label in first[1:]]
        for place in range(1, len(labels)):  # a head over several columns stands above the first
            labels[place] = labels[place] or labels[place - 1]
        units = [UNIT_OF.get(value.lower(), "") for value in second[1:]]
        return list(zip(labels, units, strict=True)), list(rows[2:])
    return [_head(value) for value in first[1:]], list(rows[1:])


def _head(text: str) -> tuple[str, str]:
    """Part a head into its label and its unit."""
    lower = text.lower()
    if lower in LEFT_OUT:
        return text, "left out"
    if lower in UNIT_OF:
        return "", UNIT_OF[lower]
    parts = re.fullmatch(r"(.+?)(?:[ ,]+| ?[(\[])(%|n|n, %|n \(%\)|% \(n\))[)\]]?", text)
    return (_name(parts[1]), UNIT_OF[parts[2]]) if parts else (_name(text), "")


def _bases(found: list[Series], notes: list[str]) -> tuple[list[Series], tuple[int | None, ...]]:
    """Take away the column beside several that says how many answered in each row."""
    named = [one for one in found if one.label and not _is_total(one.label)]
    for one in found if len(named) > 1 else ():
        counts = tuple(_count(value) for value in one.values)
        head = one.label.lower()
        if one.unit == "percent" or (one.label and not _is_total(head)) or None in counts:
            continue
        others = [replace(other, unit=other.unit or "count").numbers("count") for other in named]
        sums = [sum(numbers) for numbers in zip(*others, strict=False)]
        if head in SUMS and set(counts) == {100}:
            notes.append(f"left out: the column {one.label!r}, which adds up")
            return [other for other in found if other is not one], ()
        if not head or head in BASES or list(counts) == sums:
            return [other for other in found if other is not one], counts
    return found, ()


def _told(found: list[Series], notes: list[str]) -> list[Series]:
    """Guess the unit of columns whose heads do not tell it."""
    open_ = [one for one in found if not one.unit]
    if not open_:
        return found
    texts = [value for one in open_ for value in one.values if value]
    signs = any("%" in text and "(" not in text for text in texts) or any(
        re.search(r"\d[.,]\d{1,2}\b", t) for t in texts
    )
    as_percent = [replace(one, unit="percent") for one in open_]
    sums = all_whole(as_percent)
    across = [Series(label="", values=row, unit="percent") for row in zip(*(one.values for one in open_), strict=True)]
    percent = signs or sums or (len(open_) > 1 and all_whole(across))
    percent = percent and all(readable(text, "percent") for text in texts if readable(text, "count"))
    unit = "percent" if percent else "count"
    notes.append(f"guess: the numbers are {unit}s" + ("" if "%" not in "".join(texts) else ", as their signs say"))
    return [one if one.unit else replace(one, unit=unit) for one in found]


def _paired(found: list[Series], notes: list[str]) -> list[Series]:
    """Put a column of counts and the one of percentages under the same head together."""
    made: list[Series] = []
    for label in dict.fromkeys(one.label for one in found):
        same = [one for one in found if one.label == label]
        counts, percents = ([one for one in same if one.unit == unit] for unit in ("count", "percent"))
        others = [*counts[1:], *percents[:-1]]  # of "percent" and "valid percent" the second is kept
        notes += [f"left out: another column of {one.unit}s: {', '.join(one.values[:4])}, ..." for one in others]
        if counts and percents:
            pairs = zip(counts[0].values, percents[-1].values, strict=True)
            values = tuple(f"{count} ({percent})" if count and percent else count for count, percent in pairs)
            made.append(replace(counts[0], values=values))
        else:
            made.append((counts or percents[-1:])[0])
    return made


def _name(text: str) -> str:
    """Return a label as an answer may be called."""
    return text.replace(JOIN, " and ")


def _labels(body: Sequence[tuple[str, ...]], notes: list[str]) -> tuple[str, ...]:
    """Return the labels of the rows, each once and none empty."""
    made: list[str] = []
    for number, row in enumerate(body, 1):
        label = _name(row[0]) or f"row {number}"
        while label in made:
            label = f"{label} ({number})"
        if label != row[0]:
            notes.append(f"guess: {row[0]!r} in row {number} is called {label!r}")
        made.append(label)
    return tuple(made)
