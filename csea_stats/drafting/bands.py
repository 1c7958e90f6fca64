"""Answers that are bands of numbers, such as "18-29", "less than 1" and "10+", in six languages."""

import math
import re
from functools import cache

from csea_stats.drafting.word_lists import folded, latin
from csea_stats.respondents.texts import compared

_LESS = (
    *("less than", "fewer than", "under", "below", "younger than", "up to", "at most", "no more than", "or less"),
    *("or fewer", "and less", "and under", "or under", "and below", "or younger", "and younger", "maximum"),
    *("manje od", "ispod", "do", "najvise", "mladi od", "ili manje", "i manje", "mladji od"),
    *("me pak se", "nen", "deri ne", "deri", "ose me pak", "e me pak", "maksimumi"),
    *("menos de", "menor de", "menores de", "hasta", "o menos", "y menos", "como maximo", "debajo de"),
    *("weniger als", "unter", "bis", "bis zu", "hochstens", "junger als", "oder weniger", "und weniger", "und junger"),
    *("moins de", "jusqu a", "au plus", "ou moins", "et moins", "au maximum", "maximum"),
)

_MORE = (
    *("more than", "over", "above", "older than", "at least", "or more", "and more", "and over", "or over"),
    *("and above", "or above", "or older", "and older", "plus", "from", "minimum", "upwards"),
    *("vise od", "preko", "iznad", "najmanje", "stariji od", "ili vise", "i vise", "i stariji", "ili stariji", "od"),
    *("me shume se", "mbi", "te pakten", "ose me shume", "e me shume", "e lart", "e siper", "nga"),
    *("mas de", "mayor de", "mayores de", "o mas", "y mas", "al menos", "como minimo", "desde"),
    *("mehr als", "uber", "mindestens", "ab", "und mehr", "oder mehr", "und alter", "alter als", "oder alter", "von"),
    *("plus de", "et plus", "ou plus", "au moins", "a partir de", "minimum", "au minimum"),
)

_BETWEEN = "to|do|a|bis|deri|deri ne|and|i|y|und|et|e|dhe|through"

_AROUND = r"(?:(?:ages?|aged|between|from|izmedu|izmedju|od|entre|de|zwischen|von|ndermjet|midis|nga) )?"

_BELOW = r"(?:(?:under|below|less than|unter|weniger als|moins de|menos de|manje od|ispod) )?"

_DIGITS = r"(?:\d{1,3}(?:[., ]\d{3})+|\d+(?:[.,]\d+)?)"

_FROM_TO = re.compile(
    rf"{_AROUND}({_DIGITS})(?: ([a-z]+))? ?(?:[-–—−]| (?:{_BETWEEN}) ) ?{_BELOW}({_DIGITS})(?: ([a-z .]+))?"
)

_OPEN = re.compile(
    rf"(?:(?P<before>[a-z][a-z ]*?|<=?|>=?|≤|≥) ?)?(?P<number>{_DIGITS})(?P<plus> ?\+)?(?: ?(?P<behind>[a-z][a-z .]*))?"
)

_ONE = re.compile(r"(?<= )(?:an?|one|un[ae]?|eine?[mnr]?|jedan|jedn(?:e|u|og)|nje)(?= [a-z]{2,})")
"""One, where it is no figure: "less than a year"."""

_SIGNS = {"<": -1, "<=": -1, "≤": -1, ">": 1, ">=": 1, "≥": 1}

_THOUSANDS = re.compile(r"\d{1,3}([., ]\d{3})+")

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)?|[.,]\d+)")


def is_number(text: str) -> bool:
    """Whether a text is a number with a point or a comma for decimals."""
    return _NUMBER.fullmatch(text) is not None


def _amount(text: str) -> float:
    return float(re.sub("[., ]", "", text) if _THOUSANDS.fullmatch(text) else text.replace(",", "."))


def _side(words: str) -> tuple[int, str] | None:
    """Return -1 or 1 for words that open a band downwards or upwards, and what is left of them: a unit."""
    for side, known in ((-1, _LESS), (1, _MORE)):
        for phrase in sorted(known, key=len, reverse=True):
            if words == phrase:
                return side, ""
            if words.startswith(f"{phrase} ") or words.endswith(f" {phrase}"):
                rest = words.removeprefix(f"{phrase} ") if words.startswith(f"{phrase} ") else words[: -len(phrase) - 1]
                return side, rest
    return None


@cache
def band(text: str) -> tuple[float, float, str] | None:
    """Return the lower and the upper end of a band, and its unit; None for any other text.

    Examples
    --------
    >>> band("18-29"), band("60+"), band("less than 1"), band("18")
    ((18.0, 29.0, ''), (60.0, inf, ''), (-inf, 1.0, ''), None)
    >>> band("više od 5 godina"), band("von 5 bis 10"), band("less than a year"), band("26% - 50%")
    ((5.0, inf, 'godina'), (5.0, 10.0, ''), (-inf, 1.0, 'year'), (26.0, 50.0, ''))
    """
    plain = " ".join(re.sub(r"[()'’€$£¥%]", " ", latin(compared(text))).split())
    if not re.search(r"\d", plain):
        plain = _ONE.sub("1", plain.replace(" d un", " de un"))
    if is_number(plain):
        return None
    if match := _FROM_TO.fullmatch(plain):
        low, high = _amount(match[1]), _amount(match[3])
        unit = match[4] or match[2] or ""
        return (low, high, unit) if low < high and len(unit.split()) <= 3 else None
    match = _OPEN.fullmatch(plain)
    if match is None:
        return None
    words = [match["before"] or "", match["behind"] or ""]
    side = 1 if match["plus"] else 0
    rests: list[str] = []
    for word in words:
        found = (_SIGNS[word], "") if word in _SIGNS else _side(word.strip()) if word else (0, "")
        rest = word if found is None else found[1]
        if found is not None and found[0]:
            if side:
                return None
            side = found[0]
        rests.append(rest.strip())
    unit = " ".join(filter(None, rests))
    if not side or len(unit.split()) > 3:
        return None
    number = _amount(match["number"])
    return (number, math.inf, unit) if side > 0 else (-math.inf, number, unit)


def bands_alike(texts: list[str]) -> bool:
    """Whether the bands among texts have one unit, or none; "year" and "years" are one.

    Examples
    --------
    >>> bands_alike(["1 year or less", "2-5 years"]), bands_alike(["2 apples or more", "over 5 pears"])
    (True, False)
    """
    units = {folded(found[2])[:3].rstrip("s") for text in texts if (found := band(text)) is not None and found[2]}
    return len(units) <= 1
