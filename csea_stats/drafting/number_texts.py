"""Texts that are numbers: as the reader reads them, with a unit, and codes among them that mean no answer."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FAR = 3
"""How many times as high as every other number a code such as 99 is."""

MOSTLY = 3 / 4
"""Share of the cells from which a column with some other texts is one of numbers, or on a scale."""

FEW_SIZES = 5
"""Different numbers with a unit that may be the answers of a list."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")

_BELOW_ZERO = re.compile(r"-(?:[789]|9[0-9]|[678]{2}|9[0-9]{2}|[678]{3})")
"""Codes such as -99 and -8, by which tools write why there is no number."""

_NINES = re.compile(r"9{2,}|8{2,}|7{2,}|9+[6-8]")
"""Codes such as 99, 98 and 888, by which people write it."""

_MEASURE = re.compile(
    r"(?P<before>[^\W\d_]{1,3}|[$€£¥])?\s?(?P<number>[+-]?\d[\d.,' ]*)(?P<behind>[^\d\s.,'](?:[^\d]{0,14}[^\d\s])?)?"
)
"""A number with a unit before or behind it: "45 %", "$ 1,200", "12.5 km"."""

_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?P<sign>[.,' ])\d{3}(?:(?P=sign)\d{3})*(?:[.,]\d+)?")


def as_number(text: str, decimal: str) -> float | None:
    """Return a number that the reader reads, or None.

    Examples
    --------
    >>> as_number("1,5", ","), as_number("1,5", "."), as_number("1.5", ",")
    (1.5, None, None)
    """
    if decimal == ",":
        text = "" if "." in text else text.replace(",", ".")
    return float(text) if _NUMBER.fullmatch(text) else None


def is_thousands(text: str) -> bool:
    """Whether the sign of a number may part its thousands.

    Examples
    --------
    >>> is_thousands("1.250"), is_thousands("0.250"), is_thousands("12,5")
    (True, False, False)
    """
    return re.fullmatch(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+", text) is not None


def may_be_decimals(texts: Iterable[str]) -> bool:
    """Whether texts are whole numbers and such as have one comma, which may be for decimals or part two codes.

    Examples
    --------
    >>> may_be_decimals(["1,5", "2"]), may_be_decimals(["1,5", "1,2,4"]), may_be_decimals(["1", "2"])
    (True, False, False)
    """
    listed = list(texts)
    return any("," in text for text in listed) and all(re.fullmatch(r"[+-]?\d+(,\d+)?", text) for text in listed)


def whole_scale(texts: Iterable[str]) -> list[int] | None:
    """Return whole numbers from 0 to 10 in order, or None where anything else is among the texts."""
    found = [int(text) if re.fullmatch(r"\d|10", text) else -1 for text in texts]
    return sorted(found) if min(found, default=-1) >= 0 else None


def without_unit(text: str) -> str:
    """Return the number of a text that has a unit; any other text as it is.

    Examples
    --------
    >>> without_unit("12,50 €"), without_unit("about 12")
    ('12,50', 'about 12')
    """
    match = _MEASURE.fullmatch(text)
    return text if match is None else match["number"].strip()


def codes_of_no_answer(values: Mapping[str, float]) -> list[str]:
    """Return codes among numbers that mean no answer: such as -99 below 0, and such as 999 far above all others.

    Examples
    --------
    >>> codes_of_no_answer({"31": 31, "-99": -99, "999": 999}), codes_of_no_answer({"31": 31, "48": 48, "99": 99})
    (['-99', '999'], [])
    """
    below = [text for text, value in values.items() if value < 0]
    below = below if len(below) < len(values) and all(map(_BELOW_ZERO.fullmatch, below)) else []
    high = [text for text in values if _NINES.fullmatch(text)]
    others = [value for text, value in values.items() if text not in (*below, *high)]
    return below + [text for text in high if others and values[text] > FAR * max(*others, 1)]


def ends_of_scale(numbers: Sequence[int]) -> list[int]:
    """Return 7, 8 and 9 where nobody gave the two numbers below them: they may mean no answer.

    Examples
    --------
    >>> ends_of_scale([1, 2, 3, 4, 5, 9]), ends_of_scale([0, 3, 6, 9]), ends_of_scale([0, 2, 5, 10])
    ([9], [], [])
    """
    gaps = [place for place, (one, two) in enumerate(pairwise(numbers), 1) if two - one > 2]
    high = list(numbers[gaps[0] :]) if len(gaps) == 1 else []
    return high if high and gaps[0] > 1 and high[0] >= 7 and high[-1] <= 9 else []


def measures(times: Mapping[str, int], decimal: str) -> tuple[str, dict[str, str]] | str | None:
    """Return the sign of a unit that most cells have, and their numbers; why they are not read; None for other texts.

    Parameters
    ----------
    times : mapping
        How often each text stands.
    decimal : str
        The sign of decimals.

    Examples
    --------
    >>> measures({f"{share} %": 1 for share in range(10, 16)}, ".")[0]
    '%'
    >>> measures({f"$ {share},500": 1 for share in range(10, 16)}, ".")
    'numbers in which a sign may part the thousands: take it out'
    """
    found = {text: match for text in times if (match := _MEASURE.fullmatch(text)) is not None}
    units = {text: match["behind"] or match["before"] or "" for text, match in found.items()}
    often = Counter[str]()
    for text, unit in units.items():
        often[unit] += times[text] * bool(unit)
    unit = max(sorted(often), key=lambda known: often[known], default="")
    bare = {text: found[text]["number"].strip() for text in found if units[text] in ("", unit)}
    cells = sum(times.values())
    if len(times) <= FEW_SIZES or sum(times[text] for text in bare) < MOSTLY * cells:
        return None
    if 2 * sum(times[text] for text, number in bare.items() if _THOUSANDS.fullmatch(number)) >= cells:
        return "numbers in which a sign may part the thousands: take it out"
    read = {text: number for text, number in bare.items() if as_number(number, decimal) is not None}
    enough = 2 * often[unit] >= cells and sum(times[text] for text in read) >= MOSTLY * cells
    if enough and re.search(r"\w", unit):
        return f'numbers with "{unit}" beside them: take it out of the cells'
    return (unit, read) if enough else None
