"""Numbers in words: a closed grammar of exact phrases, each read as a range of counts; all else cannot be checked.

An amount is a whole number ("only one worker", "all seven"), a fraction ("a quarter"), a ratio ("one in five"), a
percentage ("forty-seven percent") or what one of these leaves ("all but one"). It stands alone, or after a comparison
("more than half", "at least 30%"), or two stand between ("between 30 and 40%"). A fraction alone is rounded to whole
people in speech: "a quarter" of 49 may be 12 or 13; so is a percentage. "Exactly half" and every comparison are taken
at their word: "more than 50%" of 49 is 25 to 49. What speech leaves open ("nearly a third", "several") is vague.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING, Literal

from csea_stats.auditing.rounding import window

if TYPE_CHECKING:
    from csea_stats.auditing.rounding import Window

Side = Literal["said", "exactly", "more than", "less than", "at least", "at most", "between"]

Value = int | Fraction | str
"""A number of people, a share of the base, or a percentage as a string."""

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)

_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}

NUMBERS: dict[str, int] = {
    **{word: value for value, word in enumerate(_ONES)},
    **_TENS,
    **{f"{tens} {_ONES[one]}": value + one for tens, value in _TENS.items() for one in range(1, 10)},
    "a single": 1,
    "one hundred": 100,
    "a hundred": 100,
}
"""Whole numbers in words; a hyphen in print is read as a space."""

_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}


_PARTS |= {"ninth": 9, "tenth": 10, "twelfth": 12, "twentieth": 20}


FRACTIONS: dict[str, Fraction] = {
    "half": Fraction(1, 2),
    **{f"{one} {part}": Fraction(1, parts) for part, parts in _PARTS.items() for one in ("a", "an", "one")},
    **{
        f"{_ONES[several]} {part}s": Fraction(several, parts)
        for part, parts in _PARTS.items()
        for several in range(2, parts)
    },
}
"""Fractions in words."""

_DEGREES = ("", "just ", "only just ", "slightly ", "marginally ", "a little ", "well ", "far ")

_OVER = ("more than", "over", "above", "greater than", "higher than", "larger than", "in excess of", "exceeding", ">")

_UNDER = ("less than", "fewer than", "under", "below", "lower than", "smaller than", "<")

SIDES: dict[str, Side] = {
    **{f"{degree}{over}": "more than" for degree in _DEGREES for over in _OVER},
    **{f"{degree}{under}": "less than" for degree in _DEGREES for under in _UNDER},
    **{f"{no} {under}": "at least" for no in ("no", "not") for under in _UNDER[:-1]},
    **{f"{no} {over}": "at most" for no in ("no", "not") for over in _OVER[:-1]},
    **dict.fromkeys(("at least", "a minimum of", "\N{GREATER-THAN OR EQUAL TO}", ">="), "at least"),
    **dict.fromkeys(("at most", "a maximum of", "up to", "\N{LESS-THAN OR EQUAL TO}", "<="), "at most"),
    **dict.fromkeys(("exactly", "precisely"), "exactly"),
}
"""Comparisons, which stand before an amount."""

WHOLE_PHRASES: dict[str, tuple[Side, Value]] = {
    **dict.fromkeys(("none", "nobody", "no one", "not one", "not a single", "nil"), ("exactly", 0)),
    **dict.fromkeys(("all", "everyone", "everybody"), ("exactly", Fraction(1))),
    **dict.fromkeys(("majority", "a majority", "most", "a clear majority"), ("more than", Fraction(1, 2))),
    **dict.fromkeys(("a minority", "minority"), ("less than", Fraction(1, 2))),
}
"""Phrases that are an amount by themselves."""

_NOUN = (
    r"(?:(?:surveyed|remaining|frontline|support|social|other|different) )*"
    r"(?:(?:respondents?|workers?|participants?|people|persons?|others?|them|those|answers?|members?|cases?|children|"
    r"child|boys?|girls?|women|woman|men|man|staff|professionals?|organi[sz]ations?) )?(?:who answered )?"
)

_THE = r"(?:(?:the|these|those|all|our) )*"

_TAIL = re.compile(rf"(?:of )?{_THE}{_NOUN}")

_TAIL_WITH_BASE = re.compile(
    rf"of {_THE}([0-9]{{1,9}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))}) {_NOUN}", re.ASCII
)
"""What may follow an amount; each word is followed by a space. It may name the base: "half of the seven workers"."""

_LEAD = re.compile(r"(?:(?:the|only|just|remaining|other|a total of) )*")

_DIGITS = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2}", re.ASCII)

_HUNDREDS = re.compile(r"(\S+) hundred(?: and)?(?: (.+))?")

_PERCENT = re.compile(r"(.+?) ?(?:%|percent|per cent)")

_DECIMAL = re.compile(r"[0-9]{1,3}[.,][0-9]{1,30}", re.ASCII)

_RATIO = re.compile(r"(.+?) (?:in|out of|of)(?: every)? (.+)")

_SLASH = re.compile(r"([0-9]{1,9}) ?/ ?([0-9]{1,9})", re.ASCII)

_ALL_BUT = re.compile(rf"(?:all|everyone|everybody) (?:of )?{_THE}{_NOUN}(?:but|except for|except|bar|apart from) (.+)")

_SYMBOL = re.compile(r"^([<>]=?|[\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}])\s*")

_SPACES = re.compile(r"(?<=\w)[-\N{HYPHEN}\N{NON-BREAKING HYPHEN}](?=\w)|\s+")


@dataclass(frozen=True, slots=True)
class Amount:
    """What a phrase says.

    Parameters
    ----------
    side : str
        How the count compares with the value; "said": the value as speech rounds it.
    value : int, Fraction, str or None
        A number of people, a share, or a percentage as a string; None: the phrase is vague.
    of : int or None
        The base that the phrase names: 7 for "all seven".
    end : int, Fraction, str or None
        The upper of two values, where the count lies between them.
    rest : bool
        Whether it is all but the value.
    """

    side: Side
    value: Value | None
    of: int | None = None
    end: Value | None = None
    rest: bool = False

    @property
    def vague(self) -> bool:
        """Whether no exact amount is told."""
        return self.value is None

    @property
    def printed(self) -> int | str | None:
        """The count, or the percentage, that the phrase says as a figure would; None if it says anything else."""
        plain = self.side in ("said", "exactly") and not self.rest
        return self.value if plain and isinstance(self.value, (int, str)) else None

    def window(self, base: int) -> Window | None:
        """Return the lowest and highest count of a base that the phrase allows; None if there is none."""
        if self.value is None or base < 1:
            return 0, base
        exact = self._people(self.value, base)
        last = exact if self.end is None else self._people(self.end, base)
        spoken = (floor(exact), ceil(exact))
        low, high = {
            "said": spoken,
            "more than": (spoken[0] + 1, base),
            "at least": (spoken[1], base),
            "less than": (0, spoken[1] - 1),
            "at most": (0, spoken[0]),
            "exactly": (spoken[1], spoken[0]),
            "between": (spoken[1], floor(last)),
        }[self.side]
        if isinstance(self.value, str) and self.side in ("said", "exactly"):  # a percentage is rounded in print
            low, high = window(self.value, base) or (1, 0)
            low, high = (base - high, base - low) if self.rest else (low, high)
        low, high = max(low, 0), min(high, base)
        return (low, high) if low <= high else None

    def nearest(self, base: int) -> Window:
        """Return the counts of a base that come nearest to a phrase which no count of it meets."""
        if self.value is None or base < 1:
            return 0, base
        low = min(max(self._people(self.value, base), Fraction(0)), Fraction(base))
        high = low if self.end is None else min(self._people(self.end, base), Fraction(base))
        return floor(low), ceil(high)

    def _people(self, value: Value, base: int) -> Fraction:
        exact = Fraction(value) if isinstance(value, int) else _size(value) * base
        return base - exact if self.rest else exact


_VAGUE = Amount("said", None)


@lru_cache(maxsize=4096)
def amount_in_words(words: str) -> Amount:
    """Read a number in words.

    Parameters
    ----------
    words : str
        As printed: "all seven", "a quarter", "only one worker", "more than 50%", "all but one".

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
    text = _led(" ".join(_SPACES.sub(" ", _SYMBOL.sub(r"\1 ", words.strip().lower().rstrip(".,;"))).split()))
    if text.startswith("between "):
        return _between(text.removeprefix("between "))
    for phrase in sorted(SIDES, key=len, reverse=True):
        if text.startswith(phrase + " "):
            inner = _plain(_led(text.removeprefix(phrase + " ")))
            return replace(inner, side=SIDES[phrase]) if inner.side in ("said", "exactly") else _VAGUE
    return _plain(text)


def _led(text: str) -> str:
    """Leave out what stands before an amount and does not change it; "just over" is a comparison."""
    return text if text.startswith(tuple(SIDES)) else text[lead.end() :] if (lead := _LEAD.match(text)) else text


def _between(text: str) -> Amount:
    for cut in re.finditer(" and ", text):
        low, high = _value(_led(text[: cut.start()])), _plain(_led(text[cut.end() :]))
        if high.side != "said" or high.rest or low is None or high.value is None:
            continue
        if isinstance(low, int) and isinstance(high.value, str):
            low = str(low)  # "between 30 and 40 percent"
        if isinstance(low, int) == isinstance(high.value, int) and _size(low) <= _size(high.value):
            return Amount("between", low, high.of, high.value)
    return _VAGUE


def _size(value: Value) -> Fraction:
    return Fraction(value) / 100 if isinstance(value, str) else Fraction(value)


def _plain(text: str) -> Amount:
    """Read an amount without a comparison, with or without a noun after it."""
    if text.startswith("no ") and _TAIL.fullmatch(text[3:] + " ") and text not in WHOLE_PHRASES:
        return Amount("exactly", 0)
    if but := _ALL_BUT.fullmatch(text):
        inner = _plain(but[1])
        return replace(inner, rest=True) if inner.side == "said" and not inner.rest else _VAGUE
    words = text.split(" ")
    for length in range(len(words), 0, -1):
        head, tail = " ".join(words[:length]), "".join(f"{word} " for word in words[length:])
        named = _TAIL_WITH_BASE.fullmatch(tail)
        if named is None and not _TAIL.fullmatch(tail):
            continue
        of = _whole(named[1]) if named else None
        if head in WHOLE_PHRASES:
            return Amount(*WHOLE_PHRASES[head], of)
        everyone = 2 if head == "both" else _whole(head.removeprefix("all ")) if head.startswith("all ") else None
        value = _value(head) if everyone is None else everyone
        if value is not None:
            return Amount("said", value, of if everyone is None else everyone)
    return _VAGUE


def _value(text: str) -> Value | None:
    """Return an exact amount that is told with nothing after it; None if it is none."""
    if text in FRACTIONS:
        return FRACTIONS[text]
    if percent := _PERCENT.fullmatch(text):
        number = _whole(percent[1])
        decimal = percent[1].replace(",", ".") if _DECIMAL.fullmatch(percent[1]) else None
        printed = decimal if number is None else str(number)
        return None if printed is None or Fraction(printed) > 100 else printed
    if parts := _SLASH.fullmatch(text) or _RATIO.fullmatch(text):
        part, whole = _whole(parts[1]), _whole(parts[2])
        return Fraction(part, whole) if part is not None and whole and part <= whole else None
    return _whole(text)


def _whole(text: str) -> int | None:
    """Return a whole number in words or digits."""
    if _DIGITS.fullmatch(text):
        return int(text.replace(",", ""))
    hundreds = None if text in NUMBERS else _HUNDREDS.fullmatch(text)
    if hundreds is None:
        return NUMBERS.get(text)
    many, rest = 1 if hundreds[1] == "a" else NUMBERS.get(hundreds[1], 0), NUMBERS.get(hundreds[2] or "zero")
    return None if rest is None or not 1 <= many <= 9 or rest > 99 else 100 * many + rest
