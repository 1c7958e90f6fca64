"""What would rescue print that contradicts itself, and the short forms in which print is quoted."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING

from csea_stats.auditing.rounding import feasible_tables, units, window
from csea_stats.errors import InputError
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.auditing.constraints import Ranges
    from csea_stats.auditing.facts import PrintedFact, Unlabelled
    from csea_stats.survey.survey import Question

WEAK = "a typical percentage fits many bases, so another base is weak evidence"


def listing(values: Iterable[object], joint: str = "or") -> str:
    """Join values as a sentence lists them.

    Examples
    --------
    >>> listing([1, 2, 3]), listing(["a"])
    ('1, 2 or 3', 'a')
    """
    words = [str(value) for value in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}" if words else ""


def counts_in(ranges: Ranges) -> str:
    """Return ranges of counts as text.

    Examples
    --------
    >>> counts_in(((3, 3), (5, 9))), counts_in(((3, 4),))
    ('3 or 5 to 9', '3 or 4')
    """
    ends = [(low, high) if high - low < 2 else (f"{low} to {high}",) for low, high in ranges]
    return listing(one for some in ends for one in dict.fromkeys(some))


def as_percent(count: int, base: int, like: str) -> str:
    """Return a count of a base as the percentage it prints with as many decimals (ties upwards)."""
    hundred = 100 * 10 ** len(like.partition(".")[2])
    if base == 0:
        return "no"
    return decimal_text((2 * hundred * count + base) // (2 * base), hundred)


def decimal_text(value: int, hundred: int) -> str:
    """Return a percentage in units of its last decimal, of which so many make 100 %, as text.

    Examples
    --------
    >>> decimal_text(41, 100), decimal_text(405, 1000)
    ('41', '40.5')
    """
    scale = hundred // 100
    return str(value) if scale == 1 else f"{value // scale}.{value % scale:0{len(str(scale)) - 1}}"


def other_bases(percent: str, base: int, printed: Iterable[int]) -> list[str]:
    """Name the bases just below, and other bases that the survey prints, for which a percentage is possible."""
    near = [n for n in range(base - 1, max(base - 6, 0), -1) if window(percent, n)]
    elsewhere = [n for n in dict.fromkeys(printed) if n != base and n not in near and n > 0 and window(percent, n)]
    told = []
    if near:
        told.append(f"a base of {listing(near)} (answers missing) would allow {percent}%; {WEAK}")
    if elsewhere:
        told.append(f"{percent}% is possible of {listing(elsewhere)}, printed elsewhere in this survey; {WEAK}")
    return told


def other_roundings(percent: str, base: int) -> list[str]:
    """Name the directed rounding that would print a percentage."""
    told = []
    for rounding, words in (("floor", "rounded down"), ("ceil", "rounded up")):
        found = window(percent, base, rounding)  # type: ignore[arg-type]
        if found is not None:
            told.append(f"{percent}% is {counts_in((found,))} of {base} {words}")
    return told


def made_to_hundred(question: Question, fact: PrintedFact) -> list[str]:
    """Say whether a percentage is what making a complete set of them sum to 100 would print."""
    for where in dict.fromkeys(cell.where for cell in question.cells):
        shown = [
            cell
            for cell in question.cells
            if cell.where == where and cell.percent is not None and len(cell.items) == 1 and cell.among is None
        ]
        names = [cell.items[0] for cell in shown]
        if sorted(names) != sorted(question.categories) or question.categories[fact.members[0]] not in names:
            continue
        try:
            tables = feasible_tables([cell.percent or "" for cell in shown], fact.base, rounding="largest-remainder")
        except InputError:
            continue
        if tables:
            return [f"the percentages of {where} may have been made to sum to 100"]
    return []


Part = tuple[frozenset[int], str]
"""Answers, and the percentage printed for them together."""


def sums_of_rounded(question: Question, fact: PrintedFact, facts: Sequence[PrintedFact]) -> list[str]:
    """Name sums and differences of other printed percentages of the question that make this one."""
    target, mine = Fraction(fact.value), frozenset(fact.members)
    everything = frozenset(range(len(question.categories)))
    shown: list[Part] = list(
        dict.fromkeys(
            (frozenset(other.members), other.value)
            for other in facts
            if other.kind == "percent" and other.members != fact.members and other.base == fact.base
        )
    )
    told = [
        f"{fact.value}% = {' + '.join(f'{value}%' for _, value in parts)}, a sum of rounded figures"
        for parts in _partitions(mine, [one for one in shown if one[0] < mine])
        if sum(Fraction(value) for _, value in parts) == target
    ]
    wholes = [one for one in shown if one[0] > mine] + ([(everything, "100")] if question.one_answer else [])
    for whole, value in wholes:
        told += [
            f"{fact.value}% = {value}% - {' - '.join(f'{part}%' for _, part in parts)}, a difference of rounded figures"
            for parts in _partitions(whole - mine, [one for one in shown if one[0] <= whole - mine])
            if parts and Fraction(value) - sum(Fraction(part) for _, part in parts) == target
        ]
    return list(dict.fromkeys(told))[:2]


def sums_without_labels(fact: PrintedFact, groups: Sequence[Unlabelled]) -> list[str]:
    """Say whether a percentage of several answers is the sum of their values without labels."""
    return [
        f"{fact.value}% = {' + '.join(f'{value}%' for value in group.values)}, a sum of rounded figures"
        for group in groups
        if group.members == fact.members
        and len(group.values) == len(group.members)
        and sum(map(Fraction, group.values)) == Fraction(fact.value)
    ]


def unlabelled_sums(fact: PrintedFact, group: Unlabelled, facts: Sequence[PrintedFact]) -> list[str]:
    """Say whether a value without a label is the rest of a printed sum of all of its answers."""
    rest = list(group.values)
    rest.remove(fact.value)
    if len(group.values) < len(group.members) or not rest:
        return []
    return [
        f"{fact.value}% = {whole.value}% - {' - '.join(f'{value}%' for value in rest)}, a difference of rounded figures"
        for whole in facts
        if whole.kind == "percent"
        and whole.members == group.members
        and Fraction(whole.value) - sum(map(Fraction, rest)) == Fraction(fact.value)
    ]


def _partitions(whole: frozenset[int], parts: list[Part], *, most: int = 8) -> list[list[Part]]:
    """Return the first few ways to make a set up of disjoint parts."""
    if not whole:
        return [[]]
    first = min(whole)
    found: list[list[Part]] = []
    for part in parts:
        if first in part[0] and part[0] <= whole:
            found.extend([part, *rest] for rest in _partitions(whole - part[0], parts, most=most))
        if len(found) >= most:
            break
    return found[:most]


def one_off(percent: str, base: int, counts: Iterable[int]) -> list[str]:
    """Say whether the count next to the printed one would print this percentage."""
    told: list[str] = []
    for count in counts:
        told.extend(
            f"one count off: {near} of {base} is {percent}%"
            for near in (count - 1, count + 1)
            if 0 <= near <= base and _prints_some(percent, base, ((near, near),))
        )
    return told


def one_digit_off(percent: str, base: int, ranges: Ranges) -> list[str]:
    """Say whether one digit changed would make a percentage agree with the counts that other print allows."""
    told = []
    for place, digit in enumerate(percent):
        if not digit.isdigit():
            continue
        for other in "0123456789":
            changed = percent[:place] + other + percent[place + 1 :]
            if other == digit or (len(changed.partition(".")[0]) > 1 and changed[0] == "0") or Fraction(changed) > 100:
                continue
            if _prints_some(changed, base, ranges):
                told.append(f"{changed}%")
    return [f"one digit changed: {listing(told)}"] if told and len(told) <= 3 else []


MOST_PRINTED = 1_001
"""Up to so many percentages of a kind (one decimal) are counted; with more, nothing is said."""


@lru_cache(maxsize=4096)
def _kinds(hundred: int) -> tuple[str, ...]:
    """Every percentage in units of which so many make 100 %."""
    return tuple(decimal_text(value, hundred) for value in range(hundred + 1)) if hundred < MOST_PRINTED else ()


@lru_cache(maxsize=4096)
def _impossible(hundred: int, base: int) -> int:
    return sum(window(printed, base) is None for printed in _kinds(hundred))


def impossible(percent: str, base: int) -> int:
    """Return how many percentages of this kind no count of a base gives; of a kind with many, at least how many."""
    _, hundred = units(percent)
    return _impossible(hundred, base) if _kinds(hundred) else max(hundred - 2 * base, 0)


def _name(percent: str) -> str:
    return "whole percentages" if "." not in percent else "percentages with one decimal"


def total_range(answers: int, base: int, hundred: int = 100) -> tuple[int, int]:
    """Return the least and the greatest that rounded percentages of answers which sum to 100 % can sum to.

    Each is off by at most the largest remainder, at most one half, that a count of the base leaves; so many of them,
    rounded down to whole units, is as far as their sum can be off.

    Parameters
    ----------
    answers : int
        How many percentages are summed.
    base : int
        What they are of.
    hundred : int, default 100
        100 % in units of the last decimal.

    Examples
    --------
    >>> total_range(5, 49), total_range(7, 1000), total_range(4, 20)
    ((98, 102), (97, 103), (100, 100))
    """
    step = gcd(hundred, base)  # remainders of hundred * count by base are the multiples of this
    off = answers * (base // (2 * step) * step) // base
    return hundred - off, hundred + off


def percent_power(percent: str, base: int) -> str:
    """Say how many percentages of this kind the check of a percentage against its base would have caught.

    Examples
    --------
    >>> percent_power("41", 24)
    'of the 101 whole percentages 72 are impossible for a base of 24, whichever way ties are rounded'
    """
    _, hundred = units(percent)
    kinds, found = _kinds(hundred), _impossible(hundred, base)
    if not kinds:
        return ""
    rest = ", whichever way ties are rounded" if found else ": this check cannot catch any"
    return f"of the {len(kinds):,} {_name(percent)} {number_of(found, 'are')} impossible for a base of {base}{rest}"


def pair_power(percent: str, base: int, ranges: Ranges) -> str:
    """Say how many percentages of this kind contradict what else is printed about the same people.

    Examples
    --------
    >>> pair_power("24", 49, ((11, 11),))
    'of the 101 whole percentages 100 contradict the other print'
    """
    kinds = _kinds(units(percent)[1])
    if not kinds:
        return ""
    against = sum(not _prints_some(printed, base, ranges) for printed in kinds)
    return f"of the {len(kinds):,} {_name(percent)} {against} contradict{'s' * (against == 1)} the other print"


def _prints_some(percent: str, base: int, ranges: Ranges) -> bool:
    """Whether some count within ranges prints a percentage."""
    found = window(percent, base)
    return found is not None and any(found[0] <= high and low <= found[1] for low, high in ranges)
