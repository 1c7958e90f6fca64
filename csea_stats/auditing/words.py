"""Numbers in words: a closed grammar of exact phrases, each read as a range of counts; all else cannot be checked.

An exact phrase is a count ("only one worker", "all seven"), a fraction ("a quarter"), a percentage ("forty-seven
percent") or one side of one of these ("more than half", "at least two"). A fraction in speech is rounded to whole
people: "a quarter" of 49 may be 12 or 13. What speech leaves open ("nearly a third", "several") is vague.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from csea_stats.auditing.rounding import window

if TYPE_CHECKING:
    from csea_stats.auditing.rounding import Window

Side = Literal["exactly", "more than", "less than", "at least", "at most"]

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}

NUMBERS: dict[str, int] = {
    **{word: value for value, word in enumerate(_ONES)},
    **_TENS,
    **{
        f"{tens}{join}{_ONES[one]}": value + one
        for tens, value in _TENS.items()
        for one in range(1, 10)
        for join in "- "
    },
    "a single": 1,
    "one hundred": 100,
    "a hundred": 100,
}
"""Whole numbers in words."""

_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}
_PARTS |= {"ninth": 9, "tenth": 10}

FRACTIONS: dict[str, Fraction] = {
    **{f"{one}{part}": Fraction(1, parts) for part, parts in _PARTS.items() for one in ("a ", "one ", "one-", "an ")},
    "half": Fraction(1, 2),
    **{
        f"{_ONES[several]}{join}{part}s": Fraction(several, parts)
        for part, parts in _PARTS.items()
        for several in range(2, parts)
        for join in "- "
    },
}
"""Fractions in words."""

SIDES: dict[str, Side] = {
    **dict.fromkeys(("more than", "over", "above", "just over", "slightly over", "slightly more than"), "more than"),
    **dict.fromkeys(("just above", "greater than", "well over"), "more than"),
    **dict.fromkeys(("less than", "fewer than", "under", "below", "just under", "just below"), "less than"),
    **dict.fromkeys(("slightly less than", "slightly under", "slightly fewer than"), "less than"),
    **dict.fromkeys(("at least", "no less than", "no fewer than", "not less than", "not fewer than"), "at least"),
    **dict.fromkeys(("at most", "no more than", "not more than", "up to"), "at most"),
}
"""Phrases before a number that make it one side of a range."""

WHOLE_PHRASES: dict[str, tuple[Side, int | Fraction]] = {
    **dict.fromkeys(("none", "nobody", "no one", "no-one", "not one", "nil"), ("exactly", 0)),
    **dict.fromkeys(("all", "everyone", "everybody"), ("exactly", Fraction(1))),
    **dict.fromkeys(("the majority", "a majority", "most", "a clear majority"), ("more than", Fraction(1, 2))),
    **dict.fromkeys(("a minority", "the minority"), ("less than", Fraction(1, 2))),
}
"""Phrases that are an amount by themselves."""

VAGUE = re.compile(
    r"\b(almost|nearly|about|around|roughly|approximately|close to|closely|some|several|many|few|number of|fraction|"
    r"similar|same proportion|most common(ly)?|mainly|mostly|smaller|larger|higher|lower|various|handful|couple|"
    r"vast majority|large majority|great majority|some of)\b"
)
"""Phrases that name no exact amount."""

_NOUN = re.compile(
    r"(?:\s+(?:of\s+)?(?:the\s+|these\s+|them|those|all\s+|our\s+)?(?:surveyed\s+|remaining\s+|frontline\s+|support\s+|"
    r"social\s+|other\s+|different\s+)*(?:respondents?|workers?|participants?|people|persons?|others?|of them|answers?|"
    r"members?|cases?|children|child|boys?|girls?|women|woman|men|man|staff|professionals?|organi[sz]ations?)?"
    r"(?:\s+who answered)?)?"
)
_LEAD = re.compile(r"(?:the\s+)?(?:only\s+|just\s+|exactly\s+|remaining\s+|other\s+|the\s+|precisely\s+)*")
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_RATIO = re.compile(r"(\S+) (?:in|out of|of) (\S+)")


@dataclass(frozen=True, slots=True)
class Amount:
    """What a phrase says.

    Parameters
    ----------
    side : str
        "exactly", or which side of the value.
    value : int, Fraction, str or None
        A number of people, a share, or a percentage as a string; None: the phrase is vague.
    of : int or None
        The base that the phrase names: 7 for "all seven".
    """

    side: Side
    value: int | Fraction | str | None
    of: int | None = None

    @property
    def vague(self) -> bool:
        """Whether no exact amount is told."""
        return self.value is None

    def window(self, base: int) -> Window | None:
        """Return the lowest and highest count of a base that the phrase allows; None if there is none."""
        if self.value is None:
            return 0, base
        if isinstance(self.value, str):
            found = window(self.value, base) if base else (0, 0)
            if found is None:
                return None
            low, high = found
            exact = Fraction(self.value) * base / 100
        else:
            exact = Fraction(self.value) if isinstance(self.value, int) else self.value * base
            low, high = exact.numerator // exact.denominator, -(-exact.numerator // exact.denominator)
        if self.side == "more than":
            low, high = exact.numerator // exact.denominator + 1, base
        elif self.side == "at least":
            low, high = -(-exact.numerator // exact.denominator), base
        elif self.side == "less than":
            low, high = 0, -(-exact.numerator // exact.denominator) - 1
        elif self.side == "at most":
            low, high = 0, exact.numerator // exact.denominator
        low, high = max(low, 0), min(high, base)
        return (low, high) if low <= high else None


_VAGUE = Amount("exactly", None)


@lru_cache(maxsize=4096)
def amount_in_words(words: str) -> Amount:
    """Read a number in words.

    Parameters
    ----------
    words : str
        As printed: "all seven", "a quarter", "only one worker", "more than half".

    Returns
    -------
    Amount
        Vague if the phrase is none of the closed grammar.

    Examples
    --------
    >>> amount_in_words("all seven").window(7), amount_in_words("a quarter").window(49)
    ((7, 7), (12, 13))
    >>> amount_in_words("more than half").window(49), amount_in_words("nearly a third").vague
    ((25, 49), True)
    """
    text = re.sub(r"\s+", " ", words.strip().lower().replace("\N{NON-BREAKING HYPHEN}", "-").rstrip(".,;"))
    if VAGUE.search(text):
        return _VAGUE
    for lead in sorted(SIDES, key=len, reverse=True):
        if text.startswith(lead + " "):
            inner = _plain(text[len(lead) + 1 :])
            return _VAGUE if inner.side != "exactly" else Amount(SIDES[lead], inner.value, inner.of)
    return _plain(text)


def _plain(text: str) -> Amount:
    if text.startswith("no ") and _NOUN.fullmatch(text[2:]) and text not in WHOLE_PHRASES:
        return Amount("exactly", 0)
    for table in (WHOLE_PHRASES, FRACTIONS):
        for phrase in sorted(table, key=len, reverse=True):
            if text.startswith(phrase) and _NOUN.fullmatch(text[len(phrase) :]):
                found = table[phrase]
                return Amount(*found) if isinstance(found, tuple) else Amount("exactly", found)
    if text.startswith(("all ", "both")):
        number = _number(text[4:]) if text.startswith("all ") else 2
        return _VAGUE if number is None else Amount("exactly", number, of=number)
    for mark in (" percent", " per cent", "%"):
        head, cut, tail = text.partition(mark)
        if cut and _NOUN.fullmatch(tail):
            number = _number(head)
            printed = head if re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", head) else None if number is None else str(number)
            return _VAGUE if printed is None or Fraction(printed) > 100 else Amount("exactly", printed)
    ratio = _RATIO.match(text)
    if ratio and _NOUN.fullmatch(text[ratio.end() :]):
        part, whole = _number(ratio[1]), _number(ratio[2])
        if part is not None and whole and part <= whole:
            return Amount("exactly", Fraction(part, whole))
    number = _number(text)
    return _VAGUE if number is None else Amount("exactly", number)


def _number(text: str) -> int | None:
    """Return a whole number in words or digits, with or without a noun after it."""
    text = text[lead.end() :] if (lead := _LEAD.match(text)) else text
    for phrase in sorted(NUMBERS, key=len, reverse=True):
        if text.startswith(phrase) and _NOUN.fullmatch(text[len(phrase) :]):
            return NUMBERS[phrase]
    digits = _DIGITS.match(text)
    if digits and _NOUN.fullmatch(text[digits.end() :]):
        return int(digits[0])
    return None
