"""Printed means, standard deviations and medians: of their base, and of the answers that print tells."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from csea_stats.auditing.bases import runs
from csea_stats.auditing.explanations import WEAK, listing
from csea_stats.auditing.findings import Finding
from csea_stats.auditing.means import (
    Lattice,
    bases_of,
    divisors,
    lattice,
    mean_of,
    median_fits,
    median_of,
    printed_range,
    sums,
)
from csea_stats.results.numbers import number_of
from csea_stats.survey.survey import base_of, cell_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.auditing.findings import Status
    from csea_stats.auditing.printed_tables import Book
    from csea_stats.auditing.readings import Readings
    from csea_stats.survey.survey import PrintedAverage, Question

MOST_BASES = 1_000
"""Up to so many people, bases that a mean allows are looked for where print gives none."""

NEAR = 5
"""So far from the printed base another is named that would allow a mean."""

SLIP = "a slip of the pen, weights, or answers that are not whole numbers"

Ends = tuple[Fraction, Fraction]

Contradiction = tuple[str, str, tuple[str, ...]]
"""The check that fails, what it would have to be, and what would rescue it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """An average with its base, if that is printed, and what the answers count as."""

    question: Question
    average: PrintedAverage
    n: int | None
    values: tuple[int, ...]
    grid: Lattice

    @property
    def ends(self) -> bool:
        """Whether the values are the ends of all whole numbers between."""
        return self.question.integers is not None

    def finding(
        self, code: str, expected: str, verdict: Status, more: tuple[str, ...] = (), power: str = ""
    ) -> Finding:
        """Return a finding about it."""
        told = ", ".join(f"{name} {value}" for name, value in self.average.told.items())
        return Finding(
            code=code,
            question=self.question.id,
            cells=(cell_name(self.question, self.average),),
            printed=f"{told} ({self.average.where}); base {'not printed' if self.n is None else self.n}",
            expected=expected,
            verdict=verdict,
            explanations=more,
            consequence="" if verdict == "consistent" else "told as printed",
            power=power or "a mean, standard deviation or median that no such answers have would have been caught",
            items=tuple(self.average.told),
        )


def check_averages(book: Book, question: Question) -> list[Finding]:
    """Check each printed average of a question: one finding each, of the first check that fails.

    Parameters
    ----------
    book : Book
    question : Question
    """
    values = question.values
    if not values:
        return []
    found = []
    for average in question.averages:
        n = base_of(book.survey, question, average)
        grid = lattice(values, ends=question.integers is not None)
        told = _Checked(question=question, average=average, n=n, values=values, grid=grid)
        if n is None:
            found.append(_open(book, told))
        elif n:
            wrong = next(_contradictions(book, told, n), None)
            found.append(
                _agrees(told, n) if wrong is None else told.finding(wrong[0], wrong[1], "inconsistent", wrong[2])
            )
    return [one for one in found if one is not None]


def _contradictions(book: Book, told: _Checked, n: int) -> Iterator[Contradiction]:
    average, grid = told.average, told.grid
    mean, sd, median = average.mean, average.sd, average.median
    answers = number_of(n, "answers")
    for name, value in (("mean", mean), ("median", median)):
        if value is not None and not _overlap(printed_range(value), (Fraction(grid.low), Fraction(grid.high))):
            yield "mean-and-scale", f"a {name} from {grid.low} to {grid.high}", ("another scale", SLIP)
    if mean is not None and sums(mean, n, grid) is None:
        expected = f"no {answers} have a mean of {mean}: {_beside(mean, n, grid)}"
        yield "mean-and-base", expected, (*_rescues(book, average, n, grid), SLIP)
    elif mean is not None and sd is not None and not divisors(mean, sd, n, grid):
        expected = f"no {answers} from {grid.low} to {grid.high} have both, divided by {n} or by {n - 1}"
        yield "mean-and-sd", expected, (*_rescues(book, average, n, grid), SLIP)
    if median is not None and not median_fits(median, n, told.values, ends=told.ends):
        expected = f"the median of {answers} is one of them{', or halfway between two' * (n % 2 == 0)}"
        yield "median-and-base", expected, ("another base", SLIP)
    if made := _against(book, told, n):
        explanations = ("the average is of other people, or of other scores", SLIP)
        yield "mean-and-answers", f"the printed answers make {made}", explanations


def _overlap(one: Ends, other: Ends) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _shown(value: Fraction, like: str) -> str:
    """Return an exact number with a decimal more than print has."""
    return f"{float(value):.{len(like.partition('.')[2]) + 1}f}"


def _beside(mean: str, n: int, grid: Lattice) -> str:
    """Return the means of n answers next to a printed one."""
    below = (Fraction(mean) - grid.low) * n // grid.step
    beside = [grid.low + Fraction(total * grid.step, n) for total in (below, below + 1)]
    return f"next to it are {listing([_shown(one, mean) for one in beside], 'and')}"


def _rescues(book: Book, average: PrintedAverage, n: int, grid: Lattice) -> list[str]:
    """Name the bases near the printed one, and those that print names elsewhere, which allow an average."""
    mean = average.mean or "0"
    fits = set(bases_of(mean, average.sd, n + NEAR, grid)) if n <= MOST_BASES else set()
    near = [one for one in range(max(n - NEAR, 1), n + NEAR + 1) if one in fits]
    named = [one for one in book.people if one < n - NEAR and one in fits]
    told = [f"a base of {listing(near)} would allow it; {WEAK.replace('percentage', 'mean')}"] if near else []
    return told + ([f"{listing(named)}, printed elsewhere, would allow it"] if named else [])


def _open(book: Book, told: _Checked) -> Finding | None:
    """Say which bases an average allows, where print gives none."""
    average = told.average
    most = min(book.most(told.question, average.among), MOST_BASES)
    bases: Sequence[int] = range(1, most + 1)
    if average.mean is not None:
        bases = bases_of(average.mean, average.sd, most, told.grid)
    if average.median is not None:
        bases = [n for n in bases if median_fits(average.median, n, told.values, ends=told.ends)]
    if len(bases) == most:
        return None
    if not bases:
        return told.finding("mean-and-base", f"no base up to {most} allows it", "inconsistent", (SLIP,))
    return told.finding("mean-and-base", f"a base of {runs(bases)} allows it", "cannot be checked")


def _against(book: Book, told: _Checked, n: int) -> str:
    """Return what the answers that print tells of the same people make, where that is not the average."""
    tables = [table for table in book.tables(told.question.id, told.average.among) if table.facts]
    if told.question.partial or not tables or told.ends:
        return ""
    listed = all(table.listed for table in tables)
    return (_of_readings if listed else _of_sums)(tables, told.average, told.values, n)


def _of_readings(tables: Sequence[Readings], average: PrintedAverage, values: Sequence[int], n: int) -> str:
    """Return what every reading makes of the first statement that none has; empty where some reading has all."""
    counts = [
        reading.counts
        for table in tables
        for reading in table.readings
        if sum(reading.counts) and n in {table.base, sum(reading.counts)}
    ]
    names = list(average.told)
    every = [[_of(name, one, values) for name in names] for one in counts]
    if not counts or any(
        all(_said(average.told[name], ways) for name, ways in zip(names, made, strict=True)) for made in every
    ):
        return ""
    for place, name in enumerate(names):
        ways = sorted({way for made in every for way in made[place]})
        if not _said(average.told[name], ways):
            ends = dict.fromkeys(_shown(end, average.told[name]) for end in (ways[0], ways[-1]))
            return f"a {'standard deviation' if name == 'sd' else name} of {listing(ends, 'to')}"
    return f"no {listing([f'{name} {value}' for name, value in average.told.items()], 'with')} together"


def _of(name: str, counts: Sequence[int], values: Sequence[int]) -> list[Fraction]:
    """Return what counts make of a mean or a median; of a standard deviation either way to divide."""
    mean, people = mean_of(counts, values), sum(counts)
    if name != "sd" or mean is None:
        found = mean if name == "mean" else median_of(counts, values)
        return [] if found is None else [found]
    squares = sum(count * (value - mean) ** 2 for count, value in zip(counts, values, strict=True))
    return [Fraction((float(squares) / divisor) ** 0.5) for divisor in (people, people - 1) if divisor]


ROUNDED = Fraction(1, 10**9)
"""How far a root taken with floats may be off."""


def _said(printed: str, ways: Iterable[Fraction]) -> bool:
    low, high = printed_range(printed)
    return any(low - ROUNDED <= way <= high + ROUNDED for way in ways)


def _of_sums(tables: Sequence[Readings], average: PrintedAverage, values: Sequence[int], n: int) -> str:
    """Return bounds on the mean where readings are too many to list, from those on the sums of the lowest answers."""
    if average.mean is None or list(values) != sorted(values):
        return ""
    spans = [span for table in tables if table.base == n for span in _spans(table, values)]
    if not spans or any(_overlap(printed_range(average.mean), span) for span in spans):
        return ""
    low, high = (_shown(end, average.mean) for end in (min(a for a, _ in spans), max(b for _, b in spans)))
    return f"a mean of {low} to {high}"


def _spans(table: Readings, values: Sequence[int]) -> Iterator[Ends]:
    people = table.counts_of(tuple(range(table.size)))
    if len(people) == 1 and people[0]:
        low = high = values[-1] * people[0]
        for k in range(table.size - 1):  # the mean falls as more are among the lowest
            below, step = table.counts_of(tuple(range(k + 1))), values[k + 1] - values[k]
            low, high = low - step * below[-1], high - step * below[0]
        yield Fraction(low, people[0]), Fraction(high, people[0])
    else:
        yield Fraction(values[0]), Fraction(values[-1])


def _agrees(told: _Checked, n: int) -> Finding | None:
    """Say what an average that agrees was checked for, where that could have failed."""
    mean, grid = told.average.mean, told.grid
    checked, power = [], ""
    hundred = 10 ** len((mean or "").partition(".")[2])
    if mean is not None and hundred * grid.step > n:
        kinds = grid.step * grid.steps * hundred + 1
        least = max(kinds - 2 * (n * grid.steps + 1), 0)
        checked.append("the mean against its base")
        power = f"at least {least:,} of {kinds:,} means with so many decimals are impossible for a base of {n}"
        power = power if least else ""
    if told.average.sd is not None:
        checked.append("the standard deviation against mean and base")
    if told.average.median is not None:
        checked.append("the median against the scale")
    if not checked:
        return None
    return told.finding("averages-agree", f"agree: {listing(checked, 'and')}", "consistent", power=power)
