"""Numbers as reports print them: a sign behind, a decimal comma, "<1", "29-31", "12 (58%)".

What is read here says the same as a plain number, or as two; a statement in its own right ("<1%") stays as printed.
"""

import re
from typing import Literal

Number = dict[str, object]
"""What a printed number says, as keys of a cell: percent, count, words, range."""

_VALUE = r"(100(?:[.,]0+)?|[0-9]{1,2}(?:[.,][0-9]+)?)"

_SIGN = r"(?: ?(?:%|percent|per cent))?"

_PERCENT = re.compile(_VALUE + _SIGN, re.ASCII)

_RANGE = re.compile(rf"{_VALUE}{_SIGN} ?(?:[-\N{{EN DASH}}\N{{EM DASH}}]|to) ?{_VALUE}{_SIGN}", re.ASCII)

Sign = Literal["", "<", ">", "<=", ">="]

SIGNS: dict[str, Sign] = {
    **dict.fromkeys(("<=", "\N{LESS-THAN OR EQUAL TO}", "at most", "up to"), "<="),
    **dict.fromkeys((">=", "\N{GREATER-THAN OR EQUAL TO}", "at least"), ">="),
    **dict.fromkeys(("<", "less than", "fewer than", "under", "below"), "<"),
    **dict.fromkeys((">", "more than", "over", "above"), ">"),
}
"""Comparisons that may stand before a percentage in a table."""

_COMPARED = re.compile(rf"({'|'.join(SIGNS)}) ?{_VALUE}({_SIGN})", re.ASCII | re.IGNORECASE)

_COUNT = re.compile(r"[0-9]{1,3}(?:[ ,][0-9]{3})+|[0-9]+", re.ASCII)

_BOTH = re.compile(r"([^()]+?) ?\((?:n ?= ?)?([^()]+)\)")

PLAIN = f"^ *{_PERCENT.pattern} *$"

PRINTED = f"^ *(?:{'|'.join(found.pattern for found in (_PERCENT, _RANGE, _COMPARED))}) *$"
"""What a single percentage, and what any printed percentage looks like, for a JSON Schema."""

UNITS = ("percent", "count")
"""What the numbers of a table can be."""


def plain_percent(printed: str) -> str | None:
    """Return a printed percentage without its sign and with a decimal point; None if it is no single percentage.

    Parameters
    ----------
    printed : str
        As printed: "41", "8.0 %", "12,5".

    Returns
    -------
    str or None
        Every decimal is kept.

    Examples
    --------
    >>> plain_percent("12,50 %"), plain_percent("8.0"), plain_percent("<1")
    ('12.50', '8.0', None)
    """
    found = _PERCENT.fullmatch(_spaced(printed))
    return None if found is None else found[1].replace(",", ".")


def percent_keys(printed: str) -> Number | None:
    """Return what a printed percentage says, as keys of a cell; None if it is none.

    Parameters
    ----------
    printed : str
        As printed: "41", "12,5 %", "29-31", "<1", "less than 1%".

    Returns
    -------
    dict or None
        A percentage, a range of two, or the words of a comparison, which stay as printed.

    Examples
    --------
    >>> percent_keys("12,5 %"), percent_keys("29-31")
    ({'percent': '12.5'}, {'range': ['29', '31']})
    >>> percent_keys("<1"), percent_keys("a few")
    ({'words': '<1%'}, None)
    """
    found = percent_ends(printed)
    if found is None:
        return None
    sign, low, high = found
    if sign:
        text = _spaced(printed)
        return {"words": text if not text[-1].isdigit() else f"{text}%"}
    return {"percent": low} if _RANGE.fullmatch(_spaced(printed)) is None else {"range": [low, high]}


def percent_ends(printed: object) -> tuple[Sign, str, str] | None:
    """Return a printed percentage as a comparison and two ends, which are one but for a range; None if it is none.

    Examples
    --------
    >>> percent_ends("12,5%"), percent_ends("29-31"), percent_ends("less than 1%")
    (('', '12.5', '12.5'), ('', '29', '31'), ('<', '1', '1'))
    """
    if not isinstance(printed, str):
        return None
    text = _spaced(printed)
    if (value := plain_percent(text)) is not None:
        return "", value, value
    if ends := _RANGE.fullmatch(text):
        return "", ends[1].replace(",", "."), ends[2].replace(",", ".")
    if compared := _COMPARED.fullmatch(text):
        value = compared[2].replace(",", ".")
        return SIGNS[compared[1].lower()], value, value
    return None


def number_keys(printed: object, unit: str) -> Number:
    """Return what an entry of a table says, as keys of a cell.

    Parameters
    ----------
    printed : object
        A whole number, or a text as printed; "" where print shows none.
    unit : {"percent", "count"}
        What the table's numbers are; in "12 (58%)" what stands before the bracket, the other within it.

    Returns
    -------
    dict
        No key where print shows no number; what cannot be read stands under the unit's own key.

    Examples
    --------
    >>> number_keys(12, "percent"), number_keys("12 (58,3%)", "count"), number_keys("<5", "count")
    ({'percent': '12'}, {'count': 12, 'percent': '58.3'}, {'words': '<5'})
    """
    if isinstance(printed, int) and not isinstance(printed, bool):
        return {unit: str(printed) if unit == "percent" and printed >= 0 else printed}
    if not isinstance(printed, str):
        return {unit: printed}
    text = _spaced(printed)
    if not text:
        return {}
    if both := _BOTH.fullmatch(text):
        other = "count" if unit == "percent" else "percent"
        first, second = _alone(both[1], unit), _alone(both[2], other)
        return {unit: printed} if first is None or second is None else first | second
    return _alone(text, unit) or {unit: printed}


def _alone(text: str, unit: str) -> Number | None:
    if unit == "percent":
        return percent_keys(text)
    if _COUNT.fullmatch(text):
        return {"count": int(re.sub(r"\D", "", text))} if len(text) <= 30 else None
    return {"words": text} if (told := _COMPARED.fullmatch(text)) and not told[3] else None


def _spaced(text: str) -> str:
    """Return a text with single plain spaces, and none at its ends."""
    return " ".join(text.split())
