"""Numbers as people read them: digits follow the interval, ranges have "to", minus is a true minus."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from csea_stats.results.values import Base, Interval, Scale

MINUS = "−"


def fixed(number: float, decimals: int) -> str:
    """Return a number with so many decimals, halves away from zero, as print rounds them.

    Examples
    --------
    >>> fixed(12.5, 0), fixed(37.5, 0), fixed(-0.25, 1)
    ('13', '38', '-0.3')
    """
    exact = Decimal(f"{number:.9f}")  # nine decimals shed what binary fractions add
    return str(exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


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
    return 0 if width >= 10 else 1 if width >= 1 else 2


def percent(share: float, decimals: int = 0) -> str:
    """Return a share as a percentage without its sign, never rounded to 0 or 100 unless it is.

    Examples
    --------
    >>> percent(35 / 49), percent(0.9999), percent(0.0004), percent(1.0), percent(0.0, 1)
    ('71', 'over 99', 'under 1', '100', '0')
    """
    if share in (0, 1):
        return "100" if share else "0"
    smallest = 10.0**-decimals
    text = fixed(share * 100, decimals)
    if share < 1 and float(text) == 100:
        return f"over {100 - smallest:.{decimals}f}"
    if share > 0 and float(text) == 0:
        return f"under {smallest:.{decimals}f}"
    return text


def percent_range(lower: float, upper: float) -> str:
    """Return an interval of shares: "58 to 83%".

    Examples
    --------
    >>> percent_range(0.5784, 0.8263), percent_range(0.021, 0.049), percent_range(0.7, 1), percent_range(0.9, 0.99999)
    ('58 to 83%', '2.1 to 4.9%', '70 to 100%', '90.0 to over 99.9%')
    """
    decimals = decimals_for(lower, upper)
    return f"{_end(lower, decimals)} to {_end(upper, decimals)}%"


def _end(share: float, decimals: int) -> str:
    """Return a limit: "0" and "100" only for exactly that, more decimals where rounding would say so too."""
    if share in (0, 1):
        return "100" if share else "0"
    text = fixed(share * 100, decimals)
    if float(text) in (0, 100):
        text = f"{share * 100:.{max(decimals, 1)}f}"
    if float(text) in (0, 100):
        smallest = 10.0 ** -max(decimals, 1)
        text = f"over {100 - smallest:g}" if share > 0.5 else f"under {smallest:g}"
    return text


def points(difference: float, decimals: int = 0) -> str:
    """Return a signed difference in percentage points: "+33", "−4".

    Examples
    --------
    >>> points(1 / 3), points(-0.042), points(0.0)
    ('+33', '−4', '0')
    """
    text = fixed(abs(difference) * 100, decimals)
    if float(text) == 0:
        return text
    return ("+" if difference > 0 else MINUS) + text


def points_range(lower: float, upper: float) -> str:
    """Return an interval of differences: "−4 to +48 points"."""
    decimals = decimals_for(lower, upper)
    return f"{points(lower, decimals)} to {points(upper, decimals)} points"


MOST_RATIO = 1_000_000
"""Ratios are told up to this one."""


def ratio(value: float) -> str:
    """Return a ratio with two figures, three from 1 to 1.1.

    Examples
    --------
    >>> ratio(2.5), ratio(1.0512), ratio(15.33), ratio(0.6956), ratio(float("inf")), ratio(1234.0)
    ('2.5', '1.05', '15', '0.70', 'unlimited', '1,200')
    """
    if math.isinf(value):
        return "unlimited"
    if value > MOST_RATIO:
        return f"over {MOST_RATIO:,}"
    if value == 0:
        return "0"
    figures = 3 if 1 <= value < 1.1 else 2
    places = figures - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    return f"{rounded:,.{max(places, 0)}f}"


def probability(lower: float, upper: float | None = None) -> str:
    """Return a probability, or the range of one over feasible counts; never 0 or 100%, which only rounding makes.

    Examples
    --------
    >>> probability(0.94), probability(0.9991), probability(0.79, 0.985), probability(1.0)
    ('94%', 'over 99%', '79 to 99%', 'over 99%')
    """
    ends = [percent(min(max(end, 1e-12), 1 - 1e-12)) for end in (lower, lower if upper is None else upper)]
    return f"{ends[0]}%" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}%"


def count_words(counts: tuple[int, ...]) -> str:
    """Return a set of counts: "14 or 15", "2 to 23".

    Examples
    --------
    >>> count_words((35,)), count_words((15, 14)), count_words((1, 2, 3)), count_words((1, 5))
    ('35', '14 or 15', '1 to 3', '1 or 5')
    """
    values = sorted(set(counts))
    if len(values) == 1:
        return integer(values[0])
    if len(values) == 2:
        return f"{integer(values[0])} or {integer(values[1])}"
    return f"{integer(values[0])} to {integer(values[-1])}"


def base_words(base: Base) -> str:
    """Return a base, or the several that print allows."""
    return count_words((base,) if isinstance(base, int) else base)


def share_words(counts: tuple[int, ...], base: int) -> str:
    """Return counts with their share: "35 of 49 (71%)", "14 or 15 of 49 (29 to 31%)".

    Examples
    --------
    >>> share_words((35,), 49), share_words((14, 15), 49), share_words((0,), 0)
    ('35 of 49 (71%)', '14 or 15 of 49 (29 to 31%)', '0 of 0')
    """
    head = f"{count_words(counts)} of {integer(base)}"
    if base == 0:
        return head
    decimals = 0 if base < 1000 else 1
    low, high = percent(min(counts) / base, decimals), percent(max(counts) / base, decimals)
    return f"{head} ({low}%)" if low == high else f"{head} ({low} to {high}%)"


def amount_words(share: float) -> str:
    """Return a share that a claim is about.

    Examples
    --------
    >>> amount_words(0.5), amount_words(0.9)
    ('half', '90%')
    """
    return {0.5: "half", 0.25: "a quarter", 0.75: "three quarters"}.get(share, f"{share * 100:g}%")


def threshold_words(threshold: float, direction: Literal["above", "below"], scale: Scale) -> str:
    """Return the claim a verdict is about: "More than half", "Above zero".

    Examples
    --------
    >>> threshold_words(0.5, "above", "share"), threshold_words(0, "below", "difference")
    ('More than half', 'Below zero')
    >>> threshold_words(0.9, "above", "share")
    'More than 90%'
    """
    if scale == "share":
        return f"{'More' if direction == 'above' else 'Less'} than {amount_words(threshold)}"
    if scale == "difference":
        amount = "zero" if threshold == 0 else f"{points(threshold, 1)} points"
        return f"{'Above' if direction == 'above' else 'Below'} {amount}"
    alike = ", where both are alike" if scale == "ratio" and threshold == 1 else ""
    return f"{'Above' if direction == 'above' else 'Below'} {threshold:g}{alike}"


def interval_words(interval: Interval, scale: Scale) -> str:
    """Return an interval's limits on its scale, without what it is.

    Examples
    --------
    >>> from csea_stats.results.values import Interval
    >>> interval_words(Interval(lower=-0.042, upper=0.484, level=0.95, kind="confidence", method="newcombe"),
    ...                "difference")
    '−4 to +48 points'
    """
    if scale == "share":
        return percent_range(interval.lower, interval.upper)
    if scale == "difference":
        return points_range(interval.lower, interval.upper)
    if scale == "ratio":
        return f"{ratio(interval.lower)} to {ratio(interval.upper)}"
    if scale in ("rank", "count"):
        return f"{interval.lower:.0f} to {interval.upper:.0f}"
    return f"{interval.lower:.2f} to {interval.upper:.2f}".replace("-", MINUS)


def level_words(level: float) -> str:
    """Return a level: "95%".

    Examples
    --------
    >>> level_words(0.95), level_words(0.995)
    ('95%', '99.5%')
    """
    return f"{round(level * 100, 6):g}%"


UNITS_OF_TIME = frozenset({"years", "months", "weeks", "days", "hours", "minutes", "seconds"})
"""Units that lose their s beside 1; of others the singular is not known."""


def with_unit(number: str, unit: str) -> str:
    """Return a number with its unit, if it has one.

    Examples
    --------
    >>> with_unit("1", "years"), with_unit("2.5", "years"), with_unit("1", "points"), with_unit("5", "")
    ('1 year', '2.5 years', '1 points', '5')
    """
    one = number in ("1", "-1") and unit in UNITS_OF_TIME
    return f"{number} {unit.removesuffix('s') if one else unit}".strip()
