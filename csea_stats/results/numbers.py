"""Numbers as people read them: digits follow the interval, ranges have "to", minus is a true minus."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal

from csea_stats.results.values import Hull

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.results.values import Base, EstimateFields, Interval, Scale

    Thresholds = Iterable[float | None]  # what a number is held against, on its own scale; None: nothing

MINUS = "−"

MOST_DECIMALS = 4
"""Decimals that a number may grow to where fewer would put it on a mark; beyond, it is told as over or under that."""

NOISE = 1e-12
"""What binary fractions add to a difference: 0.6 - 0.5 is no less than 0.1."""


def fixed(number: float, decimals: int) -> str:
    """Return a number with so many decimals, halves away from zero, as print rounds them; zero has no sign.

    Examples
    --------
    >>> fixed(12.5, 0), fixed(37.5, 0), fixed(-0.25, 1), fixed(-0.04, 1), fixed(1234.0, -2)
    ('13', '38', '-0.3', '0.0', '1200')
    """
    if not math.isfinite(number):
        return str(number)
    exact = Decimal(f"{number:.9f}")  # nine decimals shed what binary fractions add
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{rounded or abs(rounded):f}"


def rounded(
    numbers: Sequence[float],
    decimals: int,
    marks: Iterable[float],
    *,
    ends: Sequence[float] = (),
    most: int = MOST_DECIMALS,
    spare: int = MOST_DECIMALS,
) -> list[str]:
    """Return numbers with the decimals they share: more of them where rounding would reach or cross a mark.

    The one place where a number that is judged becomes text, so that nobody reads a limit as 50% which is not.

    Parameters
    ----------
    numbers : sequence of float
        Of one bracket, in the unit that is told.
    decimals : int
        To begin with.
    marks : iterable of float
        What a reader holds the numbers against: a threshold, zero, the ends of the scale.
    ends : sequence of float
        Further marks at which the scale ends: numbers beside them are told as under the least, or over the most, that
        so many decimals can tell.
    most : int
        Decimals, at most; fewer than ``decimals`` count as that many.
    spare : int
        Of these, for the sake of ends alone, so many at most.

    Returns
    -------
    list of str

    Examples
    --------
    >>> rounded([50.21, 79.8], 0, [50]), rounded([-54.1, -0.03], 0, [0]), rounded([50, 79.8], 0, [50])
    (['50.2', '79.8'], ['-54.10', '-0.03'], ['50', '80'])
    >>> rounded([0.0, 4.96], 1, [], ends=[0, 100]), rounded([1e-9, 49.9999999], 0, [50], ends=[0, 100])
    (['0', '5.0'], ['under 0.0001', 'under 50'])
    """
    most = max(most, decimals)
    for_ends = min(most, decimals + spare)
    told = [(mark, NOISE) for mark in marks] + [(end, 0.0) for end in ends]
    places = decimals
    while True:
        texts = [fixed(number, places) for number in numbers]
        lost = [_lost(number, text, told) for number, text in zip(numbers, texts, strict=True)]
        if places == most or all(mark is None or (mark in ends and places >= for_ends) for mark in lost):
            break
        places += 1
    return [
        _bare(text, ends) if mark is None else _beside(number, mark, 10.0**-places if mark in ends else 0.0)
        for number, text, mark in zip(numbers, texts, lost, strict=True)
    ]


def _lost(number: float, text: str, told: Iterable[tuple[float, float]]) -> float | None:
    """Return a mark that a number as told is no longer, or of which it is no longer on its side."""
    shown = float(text)
    if not math.isfinite(number):
        return None
    for mark, noise in told:
        same, above = abs(number - mark) <= noise, number > mark
        kept = shown == mark if same else shown > mark if above else shown < mark
        if not kept:
            return mark
    return None


def _bare(text: str, ends: Sequence[float]) -> str:
    """Return a number without decimals where it is 0 or an end of its scale: only what is exactly that comes so far."""
    return text.partition(".")[0] if float(text) in (0, *ends) else text


def _beside(number: float, mark: float, step: float) -> str:
    """Return a number as over or under a mark, or as between the end of its scale and a step from it."""
    if abs(number - mark) <= NOISE:
        return exactly(mark)
    over = (number > mark) != (step > 0)
    return f"{'over' if over else 'under'} {exactly(mark + (step if number > mark else -step))}"


def exactly(number: float, figures: int = 6) -> str:
    """Return a number as it is given, without what binary fractions add: thresholds and levels are told so.

    Examples
    --------
    >>> exactly(100 * 0.57), exactly(33.3), exactly(-0.0), exactly(0.00001)
    ('57', '33.3', '0', '0.00001')
    """
    return f"{Decimal(f'{number + 0.0:.{figures}g}'):f}"


def integer(number: int) -> str:
    """Return a whole number with thin groups of three from 10,000 on.

    Examples
    --------
    >>> integer(49), integer(1000000)
    ('49', '1,000,000')
    """
    return f"{number:,}" if abs(number) >= 10_000 else str(number)


def decimals_for(lower: float, upper: float) -> int:
    """Return the decimals that a range in percentage points deserves: one if it is narrower than 10 points."""
    width = abs(upper - lower) * 100
    return 0 if width >= 10 or width == 0 else 1 if width >= 1 else 2


def percent(share: float, decimals: int = 0, thresholds: Thresholds = ()) -> str:
    """Return a share as a percentage without its sign, never rounded to 0, 100 or a threshold unless it is that.

    Examples
    --------
    >>> percent(35 / 49), percent(0.9999), percent(0.0004), percent(1e-9), percent(1.0), percent(0.0, 1)
    ('71', '99.99', '0.04', 'under 0.0001', '100', '0')
    >>> percent(250 / 499), percent(250 / 499, 0, [0.5])
    ('50', '50.1')
    """
    return _percents((share,), decimals, thresholds)[0]


def _percents(
    shares: Sequence[float],
    decimals: int,
    thresholds: Thresholds,
    most: int = MOST_DECIMALS,
    spare: int = MOST_DECIMALS,
) -> list[str]:
    marks = _hundredfold(thresholds)
    return rounded([100 * share for share in shares], decimals, marks, ends=(0, 100), most=most, spare=spare)


def _hundredfold(thresholds: Thresholds) -> list[float]:
    return [100 * threshold for threshold in thresholds if threshold is not None]


def percent_range(lower: float, upper: float, thresholds: Thresholds = (), decimals: int | None = None) -> str:
    """Return an interval of shares: "58 to 83%"; its width says how many decimals, unless they are given.

    Beside 0 and 100% one decimal more, and then "under 0.1" or "over 99.9": a share so near has no more digits to tell.

    Examples
    --------
    >>> percent_range(0.5784, 0.8263), percent_range(0.021, 0.049), percent_range(0.7, 1), percent_range(0.8, 0.99999)
    ('58 to 83%', '2.1 to 4.9%', '70 to 100%', '80.0 to over 99.9%')
    >>> percent_range(0.5021, 0.7977, [0.5]), percent_range(14 / 49, 15 / 49, decimals=0), percent_range(0.5, 0.5)
    ('50.2 to 79.8%', '29 to 31%', '50%')
    """
    places = decimals_for(lower, upper) if decimals is None else decimals
    return f"{_either(_percents((lower, upper), places, thresholds, spare=1))}%"


def _either(ends: Sequence[str]) -> str:
    """Return two ends as a range, or the one that both are."""
    return " to ".join(dict.fromkeys(ends))


def at_most(share: float) -> str:
    """Return a share that another is at most, rounded up: "3.9%".

    Examples
    --------
    >>> at_most(0.0384), at_most(1 - 0.95), at_most(1e-15), at_most(0.0)
    ('3.9%', '5%', '0.1%', '0%')
    """
    return f"{exactly(max(math.ceil(round(1000 * share, 9)), share > 0) / 10)}%"


def points(difference: float, decimals: int = 0, thresholds: Thresholds = ()) -> str:
    """Return a signed difference in percentage points: "+33", "−4"; 0 only if there is none.

    Examples
    --------
    >>> points(1 / 3), points(-0.042), points(0.0), points(-0.0004)
    ('+33', '−4', '0', '−0.04')
    """
    return _signed_points((difference,), decimals, thresholds)[0]


def _signed_points(differences: Sequence[float], decimals: int, thresholds: Thresholds) -> list[str]:
    marks = (0.0, *_hundredfold(thresholds))
    texts = rounded([100 * one for one in differences], decimals, marks, ends=(-100, 100))
    return [signed(text) for text in texts]


def signed(text: str) -> str:
    """Return the text of a number with its sign: a plus, or a true minus; zero has none.

    Examples
    --------
    >>> signed("33"), signed("-4"), signed("0"), signed("under -99.9")
    ('+33', '−4', '0', 'under −99.9')
    """
    head, space, number = text.rpartition(" ")
    sign = "" if float(number) == 0 else MINUS if number.startswith("-") else "+"
    return f"{head}{space}{sign}{number.removeprefix('-')}"


def points_span(lower: float, upper: float, thresholds: Thresholds = ()) -> str:
    """Return an interval of differences without its unit: "−4 to +48"."""
    return _either(_signed_points((lower, upper), decimals_for(lower, upper), thresholds))


def points_range(lower: float, upper: float, thresholds: Thresholds = ()) -> str:
    """Return an interval of differences, or the one that both ends are.

    Examples
    --------
    >>> points_range(-0.042, 0.484), points_range(-0.541, -0.0003), points_range(1 / 3, 1 / 3), points_range(0.01, 0.01)
    ('−4 to +48 points', '−54.10 to −0.03 points', '+33 points', '+1 point')
    """
    return with_unit(points_span(lower, upper, thresholds), "points")


MOST_RATIO = 1_000_000
"""Ratios are told up to this one, and from its inverse."""


def ratio(value: float, thresholds: Thresholds = ()) -> str:
    """Return a ratio with two figures, three from 1 to 1.1; more where it would be told as 1, or a threshold.

    Examples
    --------
    >>> ratio(2.5), ratio(1.0512), ratio(15.33), ratio(0.6956), ratio(float("inf")), ratio(1234.0)
    ('2.5', '1.05', '15', '0.70', 'unlimited', '1,200')
    >>> ratio(0.9963), ratio(1.0004), ratio(1.0), ratio(1e-9), ratio(9.96)
    ('0.996', '1.0004', '1.00', 'under 0.000001', '10')
    """
    if math.isinf(value):
        return "unlimited"
    if value > MOST_RATIO:
        return f"over {MOST_RATIO:,}"
    if value == 0:
        return "0"
    if value < 1 / MOST_RATIO:
        return f"under {exactly(1 / MOST_RATIO)}"
    figures = 3 if 1 <= value < 1.1 else 2
    places = figures - 1 - int(f"{value:.{figures - 1}e}".partition("e")[2])
    text = rounded((value,), places, [1, *(one for one in thresholds if one is not None)], ends=(0,))[0]
    head, space, number = text.rpartition(" ")
    return f"{head}{space}{Decimal(number):,f}"


def ratio_range(lower: float, upper: float, thresholds: Thresholds = ()) -> str:
    """Return an interval of ratios, or the one that both ends are.

    Examples
    --------
    >>> ratio_range(1.026, 1.864), ratio_range(1.5, 1.5), ratio_range(0.4, 0.9994)
    ('1.03 to 1.9', '1.5', '0.40 to 0.999')
    """
    return _either([ratio(lower, thresholds), ratio(upper, thresholds)])


def probability(lower: float, upper: float | None = None) -> str:
    """Return a probability, or the range of one over feasible counts; never 0 or 100%, which only rounding makes.

    Examples
    --------
    >>> probability(0.94), probability(0.9991), probability(0.79, 0.985), probability(1.0), probability(0.0001)
    ('94%', '99.9%', '79 to 99%', 'over 99.9%', 'under 0.1%')
    """
    ends = [min(max(end, NOISE), 1 - NOISE) for end in (lower, lower if upper is None else upper)]
    return f"{_either(_percents(ends, 0, (), most=1))}%"


MOST_PARTS = 8
"""Counts or rows of counts that are named; of more, how many there are and between which they lie."""


def people_words(people: int | None) -> str:
    """Return how many answered: "49 respondents"; that nobody counted them where print does not say.

    Examples
    --------
    >>> people_words(49), people_words(None)
    ('49 respondents', 'respondents not counted')
    """
    return "respondents not counted" if people is None else number_of(people, "respondents")


def count_words(counts: Iterable[int], nouns: str = "counts") -> str:
    """Return a set of counts, with none that is not in it: "14 or 15", "2 to 23", "1, 5 or 9".

    Examples
    --------
    >>> count_words((35,)), count_words((15, 14)), count_words((1, 2, 3)), count_words((1, 5, 9))
    ('35', '14 or 15', '1 to 3', '1, 5 or 9')
    >>> count_words((1, 2, 3, 7)), count_words(range(0, 50, 2))
    ('1 to 3 or 7', '25 counts from 0 to 48')
    """
    values = sorted(set(counts))
    parts = _runs(values)
    if len(parts) > MOST_PARTS:
        return f"{len(values)} {nouns} from {integer(values[0])} to {integer(values[-1])}"
    return " or ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def between_words(counts: Iterable[int]) -> str:
    """Return a set of counts as a sentence has them: as `count_words`, but of many the two between which they lie.

    Examples
    --------
    >>> between_words((1, 2, 3, 7)), between_words(range(0, 50, 2))
    ('1 to 3 or 7', '0 to 48')
    """
    values = sorted(set(counts))
    many = len(_runs(values)) > MOST_PARTS
    return f"{integer(values[0])} to {integer(values[-1])}" if many else count_words(values)


def _runs(values: Sequence[int]) -> list[str]:
    """Return increasing counts, those that follow each other as one."""
    starts = [value for value in values if value - 1 not in values]
    ends = [value for value in values if value + 1 not in values]
    parts: list[str] = []
    for start, end in zip(starts, ends, strict=True):
        within = (start, end) if end - start < 2 else ()  # two in a row are named
        parts += [integer(one) for one in dict.fromkeys(within)] or [f"{integer(start)} to {integer(end)}"]
    return parts


def base_words(base: Base) -> str:
    """Return a base, or the several that print allows; of many the two between which they lie."""
    if isinstance(base, Hull):
        return f"{integer(base[0])} to {integer(base[1])}"
    return between_words((base,) if isinstance(base, int) else base)


def amount_words(share: float) -> str:
    """Return a share that a claim is about.

    Examples
    --------
    >>> amount_words(0.5), amount_words(0.9), amount_words(1 - 1 / 3)
    ('half', '90%', 'two thirds')
    """
    parts = {0.5: "half", 0.25: "a quarter", 0.75: "three quarters", 1 / 3: "a third", 2 / 3: "two thirds"}
    named = (words for part, words in parts.items() if abs(share - part) < NOISE)
    return next(named, f"{exactly(share * 100)}%")


def points_threshold(threshold: float) -> str:
    """Return a threshold of differences, never rounded: that would be another claim.

    Examples
    --------
    >>> points_threshold(0.1), points_threshold(-0.0333), points_threshold(0.01)
    ('+10 points', '−3.33 points', '+1 point')
    """
    return with_unit(signed(exactly(threshold * 100)), "points")


SIDES = {"above": ("More", "Above"), "below": ("Less", "Below"), "either": ("More or less", "Above or below")}


def threshold_words(threshold: float, direction: Literal["above", "below", "either"], scale: Scale) -> str:
    """Return the claim a verdict is about: "More than half", "Above zero".

    Examples
    --------
    >>> threshold_words(0.5, "above", "share"), threshold_words(0, "below", "difference")
    ('More than half', 'Below zero')
    >>> threshold_words(0.9, "above", "share"), threshold_words(3.5, "below", "rank")
    ('More than 90%', 'Among the first 3')
    """
    if scale == "share":
        return f"{SIDES[direction][0]} than {amount_words(threshold)}"
    if scale == "difference":
        return f"{SIDES[direction][1]} {'zero' if threshold == 0 else points_threshold(threshold)}"
    if scale == "rank":
        first = math.ceil(threshold) - 1 if direction == "below" else math.floor(threshold)
        told = f"among the first{'' if first == 1 else f' {first}'}"
        both = f"Clearly {told} or clearly not"
        return both if direction == "either" else f"Not {told}" if direction == "above" else told.capitalize()
    alike = ", where both are alike" if scale == "ratio" and threshold == 1 else ""
    return f"{SIDES[direction][1]} {exactly(threshold)}{alike}"


def interval_words(interval: Interval, scale: Scale, thresholds: Thresholds = ()) -> str:
    """Return an interval's limits on its scale, without what it is.

    Examples
    --------
    >>> from csea_stats.results.values import Interval
    >>> interval_words(Interval(lower=-0.042, upper=0.484, level=0.95, kind="confidence", method="newcombe"),
    ...                "difference")
    '−4 to +48 points'
    """
    return span_words(interval.lower, interval.upper, scale, thresholds)


def span_words(lower: float, upper: float, scale: Scale, thresholds: Thresholds = ()) -> str:
    """Return two ends on a scale, or the one value that both are.

    Parameters
    ----------
    lower, upper : float
    scale : str
        As of an estimate.
    thresholds : iterable of (float or None)
        What they are held against: they are told on the side on which they are.

    Examples
    --------
    >>> span_words(0.5021, 0.7977, "share", [0.5]), span_words(-0.004, 0.45, "correlation"), span_words(3, 3, "rank")
    ('50.2 to 79.8%', '−0.004 to 0.450', '3')
    """
    if scale == "share":
        return percent_range(lower, upper, thresholds)
    if scale == "difference":
        return points_range(lower, upper, thresholds)
    if scale == "ratio":
        return ratio_range(lower, upper, thresholds)
    if scale == "score":
        return _either([exactly(lower, 12), exactly(upper, 12)]).replace("-", MINUS)
    if scale in ("rank", "count"):
        return _either([fixed(lower, 0), fixed(upper, 0)])
    marks = [0.0, *(threshold for threshold in thresholds if threshold is not None)]
    ends = (-1, 1) if scale == "correlation" else ()
    told = _either(rounded((lower, upper), 2, marks, ends=ends)).replace("-", MINUS)
    return told.replace("inf", "infinity")


def thresholds_of(estimate: EstimateFields) -> tuple[float, ...]:
    """Return what an estimate is held against: its threshold, and its verdict's."""
    verdict = estimate.verdict.threshold if estimate.verdict else None
    return tuple(one for one in (estimate.threshold, verdict) if one is not None)


def level_words(level: float) -> str:
    """Return a level: "95%".

    Examples
    --------
    >>> level_words(0.95), level_words(0.995)
    ('95%', '99.5%')
    """
    return f"{exactly(level * 100, 10)}%"


def small(text: str) -> str:
    """Return a text as it stands inside a sentence: the first letter small, unless it begins an abbreviation."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]


SINGULARS = {"people": "person", "children": "child", "are": "is", "were": "was", "have": "has"}
"""Words whose singular is not the plural without its s, and verbs."""

VERBS = ("are", "were", "have")


def singular(words: str) -> str:
    """Return what stands after a number as it stands after 1: the first plural noun loses its ending, verbs agree.

    Examples
    --------
    >>> [singular(words) for words in ("years of work", "percentage points", "people were asked", "classes", "km")]
    ['year of work', 'percentage point', 'person was asked', 'class', 'km']
    """
    told: list[str] = []
    named = False
    for word in words.split(" "):
        one = SINGULARS.get(word) or PLURAL.sub(lambda found: "y" if found[0] == "ies" else "", word)
        told.append(word if named and word not in VERBS else one)
        named = named or (one != word and word not in VERBS)
    return " ".join(told)


PLURAL = re.compile(r"(?<=[a-z])(?:ies|(?<=ss|sh|ch)es|(?<=x)es|(?<![siu])s)$")
"""The ending of a regular plural, but of no word such as class, status or basis."""


def with_unit(number: str, unit: str) -> str:
    """Return a number with its unit, if it has one; beside 1 the unit loses its s.

    Examples
    --------
    >>> with_unit("1", "years"), with_unit("2.5", "years"), with_unit("+1", "points"), with_unit("5", "")
    ('1 year', '2.5 years', '+1 point', '5')
    >>> with_unit("1", "people"), with_unit("1.0", "points"), with_unit("1", "degrees Celsius")
    ('1 person', '1.0 points', '1 degree Celsius')
    """
    return f"{number} {singular(unit) if number.lstrip(f'+-{MINUS}') == '1' else unit}".strip()


def number_of(number: Base, nouns: str) -> str:
    """Return how many, verbs included: "49 respondents", "1 person was", "14 or 15 people".

    Examples
    --------
    >>> number_of(49, "respondents"), number_of(1, "people"), number_of((14, 15), "people")
    ('49 respondents', '1 person', '14 or 15 people')
    """
    return with_unit(base_words(number), nouns)
