"""The columns of a pasted table, sorted: labels, numbers and what they are, groups, how many answered."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from csea_stats.encoding.table_heads import heads_of, is_base, is_number, is_total, named, readable, without_size
from csea_stats.survey.printed_numbers import UNITS, number_keys, percent_ends

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.encoding.grids import PastedTable
    from csea_stats.encoding.table_heads import Head

SCALE = re.compile(
    r"\b(agree|disagree|satisfied|likely|often|never|always|rarely|poor|good|excellent|important|confident|low|high"
    r"|none|very|somewhat|daily|weekly|(under|over) \d+|\d+ ?(-|\N{EN DASH}|to) ?\d+)\b",
    re.IGNORECASE,
)
"""Words of answers that have an order."""

NEAR = Fraction(2)
"""How far, in points, the percentages of one question may be from 100 by rounding."""


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


Groups = Literal["", "columns", "rows"]
"""Where groups of people stand in a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A table with its columns of numbers sorted.

    Parameters
    ----------
    labels : tuple of str
        Of the rows, each once.
    series : tuple of Series
        All of one unit, but for groups.
    bases : tuple of int or None
        How many answered, for each row.
    notes : tuple of str
        What was guessed and what was left out.
    groups : {"", "columns", "rows"}
        Where the groups of people stood; each is a series.
    above : str
        What stood above the columns together.
    """

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    bases: tuple[int | None, ...]
    notes: tuple[str, ...]
    groups: Groups = ""
    above: str = ""

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
    groups = _groups(grid)
    if groups == "rows":
        return replace(_sorted(_turned(grid), "columns"), groups="rows", above=grid.rows[0][0])
    return _sorted(grid, groups)


def _sorted(grid: PastedTable, groups: Groups) -> Columns:
    heads = heads_of(grid.rows)
    rows = grid.rows[heads.rows :]
    body = [row for row in rows if not (is_total(row[0]) or is_base(row[0]))] or list(rows)
    totals = [row for row in rows if row not in body]
    notes: list[str] = []
    found: list[Series] = []
    for place, head in enumerate(heads.columns, 1):
        values = tuple(row[place] for row in body)
        told = [base for row in totals if (base := _base(row[0], row[place], head.unit)) is not None]
        column = Series(label=head.label, values=values, unit=head.unit, base=head.base or (told[-1] if told else None))
        if head.left_out:
            notes.append(f"left out: the column {head.label!r}{head.left_out}")
        elif not any(map(is_number, values)):
            notes.append(f"left out: the column {head.label or grid.rows[0][place]!r}, which holds no numbers")
        else:
            found.append(column)
    found, bases = (found, ()) if groups else _bases(found, notes)
    found = _told(found, notes)
    found = _paired(found if heads.rows else _called(found, notes), notes)
    kept = [one for one in found if one.label]
    kept = kept if len(kept) > 1 else found[:1]
    unit = Counter(one.unit for one in kept).most_common(1)[0][0] if kept else ""
    kept = [one for one in kept if groups or one.unit == unit]
    others = [one for one in found if one not in kept]
    notes += [
        f"left out: the column {one.label!r}, unlike the others: {', '.join(one.values[:4])}, ..." for one in others
    ]
    labels, sizes = _labels(body, notes)
    return Columns(
        labels=labels,
        series=tuple(kept),
        bases=tuple(size or base for size, base in zip(sizes, bases or (None,) * len(body), strict=True)),
        notes=tuple(dict.fromkeys(notes)),
        groups=groups if len(kept) > 1 else "",
        above=heads.above,
    )


def _groups(grid: PastedTable) -> Groups:
    """Return where groups of people stand: where sizes are told of them, or a total that is not their sum."""
    heads = heads_of(grid.rows)
    rows = [row for row in grid.rows[heads.rows :] if not is_base(row[0])]
    names = {head.label for head in heads.columns if head.label and not head.left_out}
    if not names or not rows:
        return ""
    if len(names) > 1 and any(head.base for head in heads.columns):
        return "columns"
    across, down = any(map(is_total, names)), any(is_total(row[0]) for row in rows)
    based = any(head.unit == "count" and not head.label for head in heads.columns)
    above = _answers_above(grid, across=across, down=down)
    if down and heads.rows == 1 and len(rows) > 2:
        sized = sum(without_size(row[0])[1] is not None for row in rows)
        beside = above is not False and _of_rows(heads.columns, rows, across=(across or based) and bool(above))
        if sized > 1 or beside:
            return "rows"
    by = " by " in f"{grid.title} {grid.rows[0][0]}"
    told = [(head.label, column) for head, column in zip(heads.columns, _without_totals(rows), strict=True)]
    parts = [column for label, column in told if label and not is_total(label)]
    adds_up = all(_adds_up(column, parts) for label, column in told if is_total(label))
    beside = across and (by or down or above is False or not adds_up)
    bases = {one.base for one in _sorted(grid, "").series}
    sized = None not in bases and len(bases) > 1
    return "columns" if len(names) > 1 and (above is not True or by) and (beside or sized) else ""


def _without_totals(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the columns of numbers without the rows of totals."""
    kept = [row[1:] for row in rows if not is_total(row[0])]
    return list(zip(*kept, strict=True)) or [()] * (len(rows[0]) - 1)


def _of_rows(heads: Sequence[Head], rows: Sequence[tuple[str, ...]], *, across: bool) -> bool:
    """Whether rows beside a total are groups: it has sizes, or is not the sum of the others."""
    if any(without_size(row[0])[1] for row in rows):
        return True
    answers = [place for place, head in enumerate(heads, 1) if head.label and not head.left_out]
    if len(answers) == 1 and all(head.unit != "percent" for head in heads):
        return False
    own = [[row[place] for place in answers] for row in rows if is_total(row[0])]
    others = [[row[place] for place in answers] for row in rows if not is_total(row[0])]
    return (across and len(answers) > 1) or not all(_adds_up(row, others) for row in own)


def _turned(grid: PastedTable) -> PastedTable:
    """Turn a table over whose rows are groups; a unit that stood above a column then stands with its numbers."""
    heads = heads_of(grid.rows).columns
    columns = [
        [head.label or top, *(f"{value}%" if head.unit == "percent" and value.isdigit() else value for value in column)]
        for head, (top, *column) in zip(heads, list(zip(*grid.rows, strict=True))[1:], strict=True)
    ]
    return replace(grid, rows=tuple(map(tuple, [[row[0] for row in grid.rows], *columns])))


def _answers_above(grid: PastedTable, *, across: bool, down: bool) -> bool | None:
    """Whether each column is an answer, rather than each row; None where neither numbers nor words tell.

    Counts add up to a total that is printed beside, or below them, either way: that tells nothing.
    """
    read = _sorted(grid, "")
    if not read.series:
        return None
    above, beside = (
        all_whole(replace(one, base=None if trivial else one.base) for one in some)
        for some, trivial in ((read.rows(), across), (read.series, down))
    )
    if above != beside:
        return above
    most, least = (
        scale_words([name for name in names if not is_total(name)]) / len(names)
        for names in ([one.label for one in read.series], read.labels)
    )
    return None if most == least else most > least


def _adds_up(whole: Sequence[str], parts: Sequence[Sequence[str]]) -> bool:
    """Whether every number of a total is the sum of its parts but for rounding, or 100."""
    sums = [sum(filter(None, map(_first, some))) for some in zip(*parts, strict=True)]
    numbers = [(_first(value), total) for value, total in zip(whole, sums, strict=bool(parts))]
    return all(one is None or one == 100 or abs(one - total) <= NEAR / 2 for one, total in numbers)


def _first(printed: str) -> Fraction | None:
    """Return the first number of a text."""
    found = re.search(r"\d+(?:[.,]\d+)?", printed)
    return Fraction(found[0].replace(",", ".")) if found else None


def _base(label: str, printed: str, unit: str) -> int | None:
    """Return how many answered a column, as a row below it says; a sum of percentages says nothing."""
    adds_up = is_total(label) and (unit == "percent" or (not unit and printed == "100"))
    return _count(printed, ("percent",) if adds_up else UNITS)


def _count(printed: str, units: Sequence[str] = UNITS) -> int | None:
    for unit in units:
        if isinstance(count := number_keys(printed, unit).get("count"), int):
            return count
    return None


def _bases(found: list[Series], notes: list[str]) -> tuple[list[Series], tuple[int | None, ...]]:
    """Take away the column beside several that says how many answered in each row."""
    told = [one for one in found if one.label and not (is_total(one.label) or is_base(one.label))]
    for one in found if len(told) > 1 else ():
        counts = tuple(_count(value) for value in one.values)
        total, base = is_total(one.label), is_base(one.label)
        if one.unit == "percent" or (one.label and not (total or base)) or None in counts:
            continue
        others = [replace(other, unit=other.unit or "count").numbers("count") for other in told]
        sums = [sum(numbers) for numbers in zip(*others, strict=False)]
        if total and set(counts) == {100}:
            notes.append(f"left out: the column {one.label!r}, which adds up")
            return [other for other in found if other is not one], ()
        if not one.label or base or list(counts) == sums:
            return [other for other in found if other is not one], counts
    return found, ()


def _told(found: list[Series], notes: list[str]) -> list[Series]:
    """Guess the unit of columns whose heads do not tell it."""
    open_ = [one for one in found if not one.unit]
    if not open_:
        return found
    if len(open_) > 2 and not any(one.label for one in open_):
        return [told for one in found for told in (_told([one], notes) if not one.unit else [one])]
    texts = [value for one in open_ for value in one.values if value]
    signs = any(readable(text, "percent") and not readable(text, "count") for text in texts)
    as_percent = [replace(one, unit="percent") for one in open_]
    sums = all_whole(as_percent)
    across = [Series(label="", values=row, unit="percent") for row in zip(*(one.values for one in open_), strict=True)]
    percent = signs or sums or (len(open_) > 1 and all_whole(across)) or _averages(open_)
    percent = percent and all(readable(text, "percent") for text in texts if readable(text, "count"))
    unit = "percent" if percent else "count"
    notes.append(f"guess: the numbers are {unit}s" + ("" if "%" not in "".join(texts) else ", as their signs say"))
    return [one if one.unit else replace(one, unit=unit) for one in found]


def _called(found: list[Series], notes: list[str]) -> list[Series]:
    """Give columns without a head a name, where more than a count and a percentage stand side by side."""
    if len(found) <= len({one.unit for one in found}):
        return found
    pairs = len(found) % 2 == 0 and all(
        {one.unit, two.unit} == {"count", "percent"} for one, two in zip(found[::2], found[1::2], strict=True)
    )
    notes.append("guess: the columns have no heads; write what each is")
    return [replace(one, label=f"column {place // (1 + pairs) + 1}") for place, one in enumerate(found)]


def _averages(found: Sequence[Series]) -> bool:
    """Whether a total is less than some of its parts, so that they are no counts."""
    whole, parts = ([one for one in found if is_total(one.label) is total] for total in (True, False))
    pairs = (
        (_first(one.values[row]), _first(other.values[row]))
        for one in whole
        for other in parts
        for row in range(len(one.values))
    )
    return any(total < part for total, part in pairs if total is not None and part is not None)


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


def _labels(body: Sequence[tuple[str, ...]], notes: list[str]) -> tuple[tuple[str, ...], tuple[int | None, ...]]:
    """Return the labels of the rows, each once and none empty, and how many people they name."""
    made: list[str] = []
    sizes: list[int | None] = []
    for number, row in enumerate(body, 1):
        own, size = without_size(row[0])
        label = named(own) or f"row {number}"
        while label in made:
            label = f"{label} ({number})"
        if label != own:
            notes.append(f"guess: {row[0]!r} in row {number} is called {label!r}")
        made.append(label)
        sizes.append(size)
    return tuple(made), tuple(sizes)
