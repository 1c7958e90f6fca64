"""Which counts a printed percentage allows: integers in closed form, never floats.

A percentage printed with d decimals is a whole number u of units of 10^-d %, and ``count`` of ``base`` is
``100 * 10^d * count / base`` such units. Every rounding convention therefore allows a run of consecutive counts,
whose ends are integer divisions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, get_args

from csea_stats.errors import (
    MOST,
    CountError,
    InputError,
    check_choice,
    check_list,
    check_whole,
    described,
    in_short,
    real_number,
    whole_number,
)
from csea_stats.survey.printed_numbers import percent_ends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.survey.printed_numbers import Sign

Rounding = Literal["half-up", "half-even", "half-down", "floor", "ceil", "any-nearest"]
TableRounding = Literal["half-up", "half-even", "half-down", "floor", "ceil", "any-nearest", "largest-remainder"]

MOST_COUNTS = 100_000
"""The largest number of counts, or of count vectors, that is listed; above it a call is refused."""

MOST_DECIMALS = 30
"""The longest decimal fraction of a percentage that is read."""

Window = tuple[int, int]
"""Lowest and highest of consecutive counts."""

_PERCENT = re.compile(r"([0-9]+(?:[.,][0-9]+)?)(?: ?%)?", re.ASCII)


def units(percent: str) -> tuple[int, int]:
    """Return a printed percentage as (whole number of units, units in 100 %).

    Parameters
    ----------
    percent : str
        As printed: "41", "8.0", "12,5%".

    Raises
    ------
    InputError
        If it is no string, no number, or not within 0 and 100.

    Examples
    --------
    >>> units("41"), units("8.0")
    ((41, 100), (80, 1000))
    """
    if not isinstance(percent, str):
        number = real_number(percent)
        shown = "41" if number is None else f"{number:g}"
        message = (
            f"percent: found {described(percent)}; a percentage is the printed string, because its decimals count: "
            f'write it in quotes, such as "{shown}"'
        )
        raise InputError(message)
    printed = _PERCENT.fullmatch(percent)
    if printed is None:
        message = (
            f'percent: found {in_short(percent)}; allowed is a printed number without a sign, such as "41" or "8.0"'
        )
        raise InputError(message)
    whole, _, decimals = printed[1].replace(",", ".").partition(".")
    if len(decimals) > MOST_DECIMALS:
        message = f"percent: found {len(decimals)} decimals; at most {MOST_DECIMALS} are read"
        raise InputError(message)
    hundred = 100 * 10 ** len(decimals)
    value = int(whole + decimals) if len(whole) <= MOST_DECIMALS else hundred + 1
    if value > hundred:
        message = f"percent: found {in_short(percent)}; allowed is 0 to 100"
        raise InputError(message)
    return value, hundred


def _base(base: object) -> int:
    found = whole_number(base, 1)
    if found is None:
        message = f"base: found {described(base)}; allowed is a whole number of people, 1 to {MOST:,}"
        raise CountError(message)
    return found


def printed_texts(percents: object) -> tuple[str, ...]:
    """Return the printed percentages that an argument lists; each is read where it is used."""
    allowed = 'a sequence of printed strings, such as ["41", "59"]'
    listed = check_list("percents", percents, allowed)
    if not listed:
        message = f"percents: found {described(percents)} of nothing; allowed is {allowed}"
        raise InputError(message)
    return listed


def window(percent: str, base: int, rounding: Rounding = "any-nearest") -> Window | None:
    """Return the lowest and the highest count whose percentage is printed so; None if there is none.

    The arguments are as for `feasible_counts`.

    Examples
    --------
    >>> window("29", 49), window("30", 24), window("30", 24, "ceil")
    ((14, 14), None, (7, 7))
    >>> window("<1", 400), window("29-31", 49)
    ((0, 3), (14, 15))
    """
    base = _base(base)
    check_choice("rounding", rounding, get_args(Rounding))
    sign, low, high = percent_ends(percent) or ("", percent, percent)
    if sign:
        first, last = _compared(sign, low, base)
    else:
        first, last = _rounded(low, base, rounding)
        last = last if high == low else _rounded(high, base, rounding)[1]
    first, last = max(first, 0), min(last, base)
    return (first, last) if first <= last else None


def _compared(sign: Sign, percent: str, base: int) -> Window:
    """Return the counts whose exact share is below or above a percentage, as "<1" says."""
    value, hundred = units(percent)
    down, up = value * base // hundred, -(-value * base // hundred)
    return {"<": (0, up - 1), "<=": (0, down), ">": (down + 1, base), ">=": (up, base)}[sign]


def _rounded(percent: str, base: int, rounding: Rounding) -> Window:
    """Return the first and the last whole number whose percentage is rounded so; the first may be the greater."""
    value, hundred = units(percent)
    # lower <= 2 * hundred * count / base <= upper, each end open or closed
    closed_below, closed_above = {
        "half-up": (True, False),
        "half-down": (False, True),
        "half-even": (value % 2 == 0, value % 2 == 0),
        "any-nearest": (True, True),
        "floor": (True, False),
        "ceil": (False, True),
    }[rounding]
    below, above = {"floor": (0, 2), "ceil": (-2, 0)}.get(rounding, (-1, 1))
    low, high, step = (2 * value + below) * base, (2 * value + above) * base, 2 * hundred
    first = -(-low // step) if closed_below else low // step + 1
    last = high // step if closed_above else -(-high // step) - 1
    return first, last


def bracket(percent: str, base: int) -> Window:
    """Return the counts next below and next above a percentage of a base.

    Examples
    --------
    >>> bracket("43", 36)
    (15, 16)
    """
    value, hundred = units(percent)
    base = _base(base)
    return value * base // hundred, -(-value * base // hundred)


def feasible_counts(percent: str, base: int, rounding: Rounding = "any-nearest") -> tuple[int, ...]:
    """List the counts whose percentage of a base is printed so.

    Parameters
    ----------
    percent : str
        The percentage as the printed string; its decimals count ("8" and "8.0" differ). Of "29-31" each end is rounded;
        "<1" says that the share itself is below 1%, whatever the rounding.
    base : int
        Number of people that the percentage is of; at least 1.
    rounding : {"any-nearest", "half-up", "half-even", "half-down", "floor", "ceil"}
        What print did with the digits that it dropped. "any-nearest" allows a tie to go either way.

    Returns
    -------
    tuple of int
        In increasing order; empty if no count is printed so.

    Raises
    ------
    InputError
        If the percentage is no printed string of 0 to 100, the base is no whole number of at least 1, the rounding
        is unknown, or more than 100,000 counts fit.

    Notes
    -----
    Exact: a count c of base n fits u units of 10^-d % if u is 100 * 10^d * c / n rounded. An empty result has
    many possible causes (another base, weighting, another rounding, a slip of the pen).

    References
    ----------
    .. [1] Brown NJL, Heathers JAJ (2017). The GRIM test. Social Psychological and Personality Science 8(4),
       363-369. doi:10.1177/1948550616673876

    Examples
    --------
    >>> feasible_counts("29", 49), feasible_counts("41", 24), feasible_counts("41", 24, "floor")
    ((14,), (), (10,))
    """
    found = window(percent, base, rounding)
    if found is None:
        return ()
    first, last = found
    if last - first >= MOST_COUNTS:
        message = (
            f"percent {percent!r} of base {base}: {last - first + 1:,} counts fit, {first} to {last}; "
            f"at most {MOST_COUNTS:,} are listed: give more decimals, or use the two ends"
        )
        raise InputError(message)
    return tuple(range(first, last + 1))


def feasible_tables(
    percents: Sequence[str], base: int, total: int | None = None, rounding: TableRounding = "any-nearest"
) -> tuple[tuple[int, ...], ...]:
    """List the count vectors whose percentages of one base are printed so.

    Parameters
    ----------
    percents : sequence of str
        Printed percentages, one per answer.
    base : int
        Number of people that each is of.
    total : int, optional
        What the counts must sum to: the base where each person gives one answer, k times the base where each gives
        k. None: anything; for "largest-remainder" the base.
    rounding : str
        As for `feasible_counts`, or "largest-remainder": rounded down, then the units that are missing to 100 %
        given to the largest remainders; every way to break ties between remainders is accepted.

    Returns
    -------
    tuple of tuple of int
        In increasing order; empty if there is none.

    Raises
    ------
    InputError
        As for `feasible_counts`; also for no percentage at all, an impossible total, or more than 100,000 vectors.

    Examples
    --------
    >>> feasible_tables(["6", "41", "35", "14", "4"], 49, total=49)
    ((3, 20, 17, 7, 2),)
    >>> feasible_tables(["33", "33", "34"], 3, rounding="largest-remainder")
    ((1, 1, 1),)
    """
    listed = printed_texts(percents)
    base = _base(base)
    check_choice("rounding", rounding, get_args(TableRounding))
    total = None if total is None else check_whole("total", total)
    if rounding == "largest-remainder":
        return _largest_remainder(listed, base, total)
    found = [window(percent, base, rounding) for percent in listed]
    windows = [one for one in found if one is not None]
    if len(windows) < len(found):
        return ()
    return _vectors(windows, total)


def _refuse(base: str) -> None:
    message = (
        f"{base}: more than {MOST_COUNTS:,} count vectors fit, which is the most that are listed: "
        "give a total, or more decimals"
    )
    raise InputError(message)


def _vectors(windows: list[Window], total: int | None) -> tuple[tuple[int, ...], ...]:
    """Every vector within the windows, with that sum: each prefix that can be completed, answer by answer."""
    if total is None:
        size = 1
        for first, last in windows:
            size *= last - first + 1
        if size > MOST_COUNTS:
            _refuse("percents")
    prefixes: list[tuple[Linked, int]] = [(None, 0)]
    lowest, highest = sum(first for first, _ in windows), sum(last for _, last in windows)
    for first, last in windows:
        lowest, highest = lowest - first, highest - last
        longer: list[tuple[Linked, int]] = []
        for prefix, so_far in prefixes:
            low = first if total is None else max(first, total - so_far - highest)
            high = last if total is None else min(last, total - so_far - lowest)
            if len(longer) + high - low >= MOST_COUNTS:
                _refuse("percents")
            longer.extend(((prefix, count), so_far + count) for count in range(low, high + 1))
        prefixes = longer
    return tuple(_unlinked(prefix) for prefix, _ in prefixes)


type Linked = tuple[Linked, int] | None
"""The counts so far, each with those before it: adding one copies none."""


def _unlinked(linked: Linked) -> tuple[int, ...]:
    found = []
    while linked is not None:
        linked, count = linked
        found.append(count)
    return tuple(reversed(found))


def _largest_remainder(percents: tuple[str, ...], base: int, total: int | None) -> tuple[tuple[int, ...], ...]:
    if total not in (None, base):
        message = f"total: found {total!r}; percentages made to sum to 100 need counts that sum to the base, {base}"
        raise InputError(message)
    read = [units(percent) for percent in percents]
    hundred = max(whole for _, whole in read)  # in units of the last decimal of the finest
    printed = [value * (hundred // whole) for value, whole in read]
    if sum(printed) != hundred:
        return ()
    # hundred * count / base lies less than one unit from what is printed
    windows = [
        (max((value - 1) * base // hundred + 1, 0), min(-(-(value + 1) * base // hundred) - 1, base))
        for value in printed
    ]
    if any(first > last for first, last in windows):
        return ()
    return tuple(vector for vector in _vectors(windows, base) if _is_largest_remainder(vector, printed, base, hundred))


def _is_largest_remainder(counts: tuple[int, ...], printed: list[int], base: int, hundred: int) -> bool:
    """Whether everything that was rounded up has a remainder no smaller than anything rounded down."""
    up, down = base, 0
    for count, value in zip(counts, printed, strict=True):
        floor, remainder = divmod(hundred * count, base)
        if value == floor:
            down = max(down, remainder)
        elif value == floor + 1 and remainder:
            up = min(up, remainder)
        else:
            return False
    return up >= down
