"""What a check would have caught, counted exactly."""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING

from csea_stats.auditing.rounding import units, window
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from csea_stats.auditing.systems import Ranges

MOST_PRINTED = 1_001
"""Up to so many percentages of a kind (one decimal) are counted; with more, nothing is said."""


@lru_cache(maxsize=4096)
def _kinds(percent: str) -> tuple[str, ...]:
    """Every percentage with as many decimals."""
    _, hundred = units(percent)
    if hundred + 1 > MOST_PRINTED:
        return ()
    decimals = len(str(hundred)) - 3
    return (
        tuple(f"{value // 10**decimals}.{value % 10**decimals:0{decimals}}" for value in range(hundred + 1))
        if (decimals)
        else tuple(str(value) for value in range(hundred + 1))
    )


@lru_cache(maxsize=4096)
def _impossible(kind: str, base: int) -> int:
    return sum(window(printed, base) is None for printed in _kinds(kind))


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
    kinds = _kinds("0" if "." not in percent else "0." + "0" * len(percent.partition(".")[2]))
    if not kinds:
        return ""
    found = _impossible(kinds[0], base)
    rest = ", whichever way ties are rounded" if found else ": this check cannot catch any"
    return f"of the {len(kinds):,} {_name(percent)} {number_of(found, 'are')} impossible for a base of {base}{rest}"


def pair_power(percent: str, base: int, ranges: Ranges) -> str:
    """Say how many percentages of this kind contradict what else is printed about the same people.

    Examples
    --------
    >>> pair_power("24", 49, ((11, 11),))
    'of the 101 whole percentages 100 contradict the other print'
    """
    kinds = _kinds("0" if "." not in percent else "0." + "0" * len(percent.partition(".")[2]))
    if not kinds:
        return ""
    agree = 0
    for printed in kinds:
        found = window(printed, base)
        agree += found is not None and any(found[0] <= high and low <= found[1] for low, high in ranges)
    return (
        f"of the {len(kinds):,} {_name(percent)} {len(kinds) - agree} "
        f"contradict{'s' * (len(kinds) - agree == 1)} the other print"
    )
