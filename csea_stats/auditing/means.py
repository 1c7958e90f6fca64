"""Which sums a printed mean of whole numbers allows, with its standard deviation, and which medians there are.

Exact: a mean of n whole numbers is a whole number over n (Brown and Heathers), and the sum of their squares is whole
too, odd where the sum is odd (Anaya). What is said here must hold; it need not be all that must.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.auditing.rounding import Window

MOST_SUMS = 1_000
"""Of more sums than these that a mean allows, some has any standard deviation: none is tried."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """What one person's number may be: ``low``, and steps of ``step`` from it, at most ``steps`` of them."""

    low: int
    step: int
    steps: int

    @property
    def high(self) -> int:
        """The greatest number."""
        return self.low + self.step * self.steps


def lattice(values: Sequence[int], *, ends: bool = False) -> Lattice:
    """Return where numbers lie.

    Parameters
    ----------
    values : sequence of int
        The numbers that answers count as; at least one.
    ends : bool
        Whether they are the least and the greatest of all whole numbers between.

    Examples
    --------
    >>> lattice([0, 25, 50, 100]), lattice([0, 10], ends=True)
    (Lattice(low=0, step=25, steps=4), Lattice(low=0, step=1, steps=10))
    """
    low, high = min(values), max(values)
    step = 1 if ends else gcd(*(value - low for value in values)) or 1
    return Lattice(low, step, (high - low) // step)


def printed_range(value: str) -> tuple[Fraction, Fraction]:
    """Return the ends between which a number lies that is printed so; both may have been rounded to it.

    Examples
    --------
    >>> printed_range("3.4")
    (Fraction(67, 20), Fraction(69, 20))
    """
    half = Fraction(1, 2 * 10 ** len(value.partition(".")[2]))
    return Fraction(value) - half, Fraction(value) + half


def sums(mean: str, n: int, grid: Lattice) -> Window | None:
    """Return the least and the greatest sum of steps of n people of which a mean is printed so; None if none.

    Examples
    --------
    >>> one_to_five = lattice([1, 5], ends=True)
    >>> sums("3.47", 15, one_to_five), sums("3.48", 15, one_to_five), sums("5.2", 15, one_to_five)
    ((37, 37), None, None)
    """
    low, high = printed_range(mean)
    first = max(ceil((low - grid.low) * n / grid.step), 0)
    last = min(floor((high - grid.low) * n / grid.step), n * grid.steps)
    return (first, last) if first <= last else None


def divisors(mean: str, sd: str, n: int, grid: Lattice) -> tuple[int, ...]:
    """Return which divisors of the sum of squared deviations, of n and n - 1, allow a mean with its standard deviation.

    Examples
    --------
    >>> one_to_five = lattice([1, 5], ends=True)
    >>> divisors("3.50", "0.71", 2, one_to_five), divisors("3.50", "0.50", 2, one_to_five)
    ((1,), (2,))
    >>> divisors("3.50", "1.00", 2, one_to_five)
    ()
    """
    found = sums(mean, n, grid)
    if found is None:
        return ()
    tried = tuple(divisor for divisor in (n, n - 1) if divisor)
    if found[1] - found[0] >= MOST_SUMS:
        return tried
    low, high = (max(end, Fraction(0)) / grid.step for end in printed_range(sd))
    totals = range(found[0], found[1] + 1)
    return tuple(
        divisor
        for divisor in tried
        if any(_squares(total, n, grid.steps, divisor * low**2, divisor * high**2) for total in totals)
    )


def _squares(total: int, n: int, steps: int, low: Fraction, high: Fraction) -> bool:
    """Whether n whole numbers from 0 to a greatest, with a sum, have squared deviations between two ends."""
    least_each, more = divmod(total, n)
    most_at_end, rest = divmod(total, steps) if steps else (0, 0)
    least = more * (least_each + 1) ** 2 + (n - more) * least_each**2
    most = most_at_end * steps**2 + rest**2
    middle = Fraction(total * total, n)
    first, last = max(ceil(low + middle), least), min(floor(high + middle), most)
    first += (first - total) % 2  # a square is odd where its number is
    return first <= last


def median_fits(median: str, n: int, values: Sequence[int], *, ends: bool = False) -> bool:
    """Whether a median of n people is printed so: one of the numbers, or halfway between two where n is even.

    Examples
    --------
    >>> [median_fits("3.5", n, [1, 2, 3, 4, 5]) for n in (20, 21)], median_fits("3.5", 21, [1, 5], ends=True)
    ([True, False], False)
    """
    low, high = printed_range(median)
    if ends:
        parts = 1 if n % 2 else 2
        return max(ceil(low * parts), values[0] * parts) <= min(floor(high * parts), values[1] * parts)
    middles = {Fraction(a + b, 2) for a in values for b in values if n % 2 == 0 or a == b}
    return any(low <= middle <= high for middle in middles)


def bases_of(mean: str, sd: str | None, most: int, grid: Lattice) -> tuple[int, ...]:
    """Return the numbers of people, up to a most, that a mean allows with its standard deviation.

    Examples
    --------
    >>> bases_of("3.47", None, 20, lattice([1, 5], ends=True))
    (15, 17, 19)
    """
    fits = (n for n in range(1, most + 1) if sums(mean, n, grid))
    return tuple(n for n in fits if sd is None or divisors(mean, sd, n, grid))


def mean_of(counts: Sequence[int], values: Sequence[int]) -> Fraction | None:
    """Return the mean of a table of counts; None of nobody."""
    people = sum(counts)
    return Fraction(sum(count * value for count, value in zip(counts, values, strict=True)), people) if people else None


def median_of(counts: Sequence[int], values: Sequence[int]) -> Fraction | None:
    """Return the median of a table of counts: the middle, or halfway between the two; None of nobody.

    Examples
    --------
    >>> median_of((1, 0, 1), (1, 2, 3)), median_of((1, 1, 1), (1, 2, 3))
    (Fraction(2, 1), Fraction(2, 1))
    """
    people = sum(counts)
    if not people:
        return None
    ends = []
    for place in ((people - 1) // 2, people // 2):
        below = 0
        for value, count in sorted(zip(values, counts, strict=True)):
            below += count
            if place < below:
                ends.append(value)
                break
    return Fraction(sum(ends), 2)
