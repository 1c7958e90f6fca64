"""Estimates as sentences to cite; the only place where an estimate becomes prose.

A sentence cannot be made without its target, level, kind, method, base and caveats.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from csea_stats.errors import InputError
from csea_stats.results import numbers
from csea_stats.results.counted_shares import share_ends, share_words
from csea_stats.targets.populations import FinitePopulation, Population, Respondents, Selection, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.results.values import Base, EstimateFields, Interval

RELATIVE = ("ratio of the shares", "odds ratio")
"""Estimands that compare two shares by division."""


def compared(estimate: EstimateFields) -> bool:
    """Whether an estimate is a ratio of two groups' shares or odds."""
    return estimate.estimand in RELATIVE and len(estimate.base) == 2


def times(lower: float, upper: float, thresholds: Sequence[float] = ()) -> str:
    """Return a range of ratios of shares: "1.03 to 1.9 times", "at least 4.8 times, without an upper limit".

    Examples
    --------
    >>> times(1.026, 1.864), times(4.8, math.inf), times(1.5, 1.5), times(0.0, math.inf)
    ('1.03 to 1.9 times', 'at least 4.8 times, without an upper limit', '1.5 times', 'left open altogether')
    """
    return _range(lower, upper, " times", thresholds)


def odds(lower: float, upper: float, thresholds: Sequence[float] = ()) -> str:
    """Return a range of odds ratios: "0.90 to 1,100", "at least 0.61, without an upper limit".

    Examples
    --------
    >>> odds(0.9, 1074.0), odds(0.61, math.inf)
    ('0.90 to 1,100', 'at least 0.61, without an upper limit')
    """
    return _range(lower, upper, "", thresholds)


def _range(lower: float, upper: float, unit: str, thresholds: Sequence[float]) -> str:
    if lower == 0 and upper == math.inf:
        return "left open altogether"
    if upper == math.inf:
        return f"at least {numbers.ratio(lower, thresholds)}{unit}, without an upper limit"
    return f"{numbers.ratio_range(lower, upper, thresholds)}{unit}"


def observed_words(estimate: EstimateFields) -> str:
    """Return what was observed, the difference before the ratio before the odds ratio.

    Returns
    -------
    str
        Such as "+33 points, 1.5 times the second share, an odds ratio without limit (a cell is 0)".
    """
    tables = list(_tables(estimate))
    gaps = [x1 / n1 - x2 / n2 for x1, n1, x2, n2 in tables]
    low, high = min(gaps), max(gaps)
    held = numbers.thresholds_of(estimate)
    told = [numbers.points_range(low, high)]
    told.append(_told([_over(x1 * n2, x2 * n1) for x1, n1, x2, n2 in tables], "ratio", " times the second share", held))
    if estimate.estimand == "odds ratio":
        told.append(_told([_over(x1 * (n2 - x2), x2 * (n1 - x1)) for x1, n1, x2, n2 in tables], "odds ratio", "", held))
    return ", ".join(told)


def _tables(estimate: EstimateFields) -> Iterator[tuple[int, int, int, int]]:
    bases = [(base,) if isinstance(base, int) else base for base in estimate.base]
    for counts, n1, n2 in product(estimate.counts, bases[0], bases[1]):
        if counts[0] <= n1 and counts[1] <= n2:
            yield counts[0], n1, counts[1], n2


def _over(more: int, less: int) -> float:
    return math.nan if more == less == 0 else math.inf if less == 0 else more / less


def _told(values: list[float], name: str, unit: str, held: Sequence[float]) -> str:
    if any(math.isnan(value) for value in values):
        return f"no {name} (nothing to divide)"
    low, high = min(values), max(values)
    lead = "" if unit else f"an {name} of "
    if low == math.inf:
        return (
            f"an {name} without limit (a cell is 0)"
            if not unit
            else "infinitely many times the second share, which is 0"
        )
    if high == math.inf:
        return f"{lead}{numbers.ratio(low, held)}{unit} or more, without limit"
    return f"{lead}{numbers.ratio_range(low, high, held)}{unit}"


HALF = 0.5
"""What the share behind a tipping point is held against."""

METHODS = {
    "jeffreys": "Jeffreys",
    "uniform": "uniform prior",
    "wilson": "Wilson",
    "clopper-pearson": "Clopper-Pearson",
    "blaker": "Blaker",
    "mid-p": "mid-P",
    "agresti-coull": "Agresti-Coull",
    "newcombe": "Newcombe",
    "miettinen-nurminen": "Miettinen-Nurminen",
    "agresti-caffo": "Agresti-Caffo",
    "dirichlet": "Dirichlet",
    "goodman": "Goodman",
    "bonferroni-clopper-pearson": "Bonferroni-Clopper-Pearson",
    "mover-wilson": "Wilson limits by variance recovery",
    "logistic": "Logistic(0, 1) prior on the log odds ratio",
    "log-f": "profile with a log-F(1, 1) penalty",
    "firth": "profile with Firth's penalty",
    "exact-conditional": "exact given the margins",
    "klein-wright-wieczorek": "Klein-Wright-Wieczorek",
    "tango": "Tango",
    "bonett-price": "Bonett-Price",
    "brunner-munzel": "Brunner-Munzel",
    "placements": "score limits by placements",
    "order-statistics": "order statistics",
    "pairwise": "pairwise exact McNemar with Holm",
    "laplace": "Laplace",
    "ml": "profile likelihood",
    "slice": "slice sampling",
    "nuts": "NUTS",
    "least-squares": "least squares",
}
"""Methods as prose spells them; others stand as they are."""


def method_words(method: str) -> str:
    """Return a method's name as prose spells it, with whatever is said after it.

    Examples
    --------
    >>> method_words("jeffreys"), method_words("wilson, participation ratio within 2.7")
    ('Jeffreys', 'Wilson, participation ratio within 2.7')
    """
    head, comma, rest = method.partition(",")
    return METHODS.get(head, head) + comma + rest


def what_interval(interval: Interval) -> str:
    """Return what an interval is: "95% credible interval, Jeffreys".

    Examples
    --------
    >>> from csea_stats.results.values import Interval
    >>> what_interval(Interval(lower=0.1, upper=0.2, level=0.95, kind="confidence", method="goodman", simultaneous=5))
    '95% confidence interval, Goodman, jointly for 5'
    """
    joint = f", jointly for {interval.simultaneous}" if interval.simultaneous > 1 else ""
    return f"{numbers.level_words(interval.level)} {interval.kind} interval, {method_words(interval.method)}{joint}"


def counted(estimate: EstimateFields, thresholds: Sequence[float] = ()) -> str:
    """Return the counts behind an estimate: "35 of 49 (71%) rate public awareness poor"."""
    held = (*numbers.thresholds_of(estimate), *thresholds) if estimate.scale == "share" else (HALF,)
    label = f" {estimate.label}" if estimate.label else ""
    if estimate.estimand == "superiority":
        observed = f": {_value(estimate)} observed" if _value(estimate) else ""
        return f"{_people(estimate, ' against ')}{label}{observed}"
    if len(estimate.base) == 2 and estimate.counts:
        sides = [tuple(sorted({vector[place] for vector in estimate.counts})) for place in (0, 1)]
        words = _bare_words if _apart(estimate, sides) else share_words
        one, other = (words(counts, base) for counts, base in zip(sides, estimate.base, strict=True))
        return f"{one} against {other}{label}"
    if len(estimate.base) == 1 and estimate.counts and all(len(vector) == 1 for vector in estimate.counts):
        found, ends = tuple(vector[0] for vector in estimate.counts), _observed(estimate)
        apart = ends is None and isinstance(estimate.base[0], tuple) and len(found) > 1  # which go together is not told
        told = _bare_words(found, estimate.base[0]) if apart else share_words(found, estimate.base[0], held, ends)
        return told + label
    of = f" ({_people(estimate, ' and ')})" if estimate.base else ""
    return f"{estimate.estimand}{label}{of}"


def _bare_words(counts: tuple[int, ...], base: Base) -> str:
    return f"{numbers.between_words(counts)} of {numbers.base_words(base)}"


def _apart(estimate: EstimateFields, sides: Sequence[tuple[int, ...]]) -> bool:
    """Whether not every count of a group goes with every base of it: its shares are then not told by the two."""
    open_bases = any(isinstance(base, tuple) for base in estimate.base)
    if estimate.scale != "difference" or not open_bases or isinstance(estimate.target, Population):
        return False
    found = estimate.bounds or (None if estimate.value is None else (estimate.value, estimate.value))
    (low, high), (least, most) = (share_ends(counts, base) for counts, base in zip(sides, estimate.base, strict=True))
    return found is not None and (found[0] > low - most + numbers.NOISE or found[1] < high - least - numbers.NOISE)


def _observed(estimate: EstimateFields) -> tuple[float, float] | None:
    """Return the smallest and the largest share of these respondents, where the estimate has them."""
    if estimate.scale != "share" or isinstance(estimate.target, Population):
        return None
    if estimate.bounds is not None:
        return estimate.bounds
    return None if estimate.value is None else (estimate.value, estimate.value)


def _people(estimate: EstimateFields, between: str) -> str:
    """Return the bases with whom they count: "7 and 42 respondents"."""
    *most, last = estimate.base
    return between.join([*map(numbers.base_words, most), numbers.number_of(last, "respondents")])


def _value(estimate: EstimateFields) -> str:
    """Return what is counted, for the scale at hand."""
    if estimate.value is None and estimate.bounds is None:
        return ""
    low, high = estimate.bounds or (estimate.value, estimate.value)
    if low is None or high is None:
        return ""
    return numbers.span_words(low, high, estimate.scale, numbers.thresholds_of(estimate))


def _noun(estimate: EstimateFields) -> str:
    if estimate.estimand == "superiority":
        return "chance that the first answers higher (equal answers half)"
    first = estimate.estimand.partition(" ")[0]
    if first in ("probability", "number"):
        return first
    named = estimate.estimand.partition(",")[0].partition(":")[0].partition(" towards ")[0]
    return {"share": "share", "difference": "difference", "rank": "rank"}.get(estimate.scale, named)


def _how(estimate: EstimateFields) -> str:
    """Return how a number of these respondents came about: counted, printed, or averaged over a model of them."""
    if estimate.scale == "score" and estimate.provenance.places:
        return "of" if "as_survey" in estimate.provenance.call else "as printed for"
    described = any(doubt.code == "described" for doubt in estimate.caveats)
    return "the model's average over" if described else "counted among"


def _assumption(target: Population) -> str:
    factor = numbers.ratio(target.selection.ratio)
    if isinstance(target.selection, Selection) and target.selection.mean != 0:
        centre, spread = math.exp(target.selection.mean), target.selection.ratio
        span = numbers.ratio_range(centre / spread, centre * spread)
        return f"if those who gave this answer were {span} times as likely to take part (assumed, with 95% probability)"
    if isinstance(target.selection, Selection):
        return f"if participation differed within about {factor} times either way (assumed, with 95% probability)"
    return f"if participation differed within {factor} times either way (assumed)"


def _limits(interval: Interval, estimate: EstimateFields) -> str:
    if compared(estimate):
        told = odds if estimate.estimand == "odds ratio" else times
        return told(interval.lower, interval.upper, numbers.thresholds_of(estimate))
    return numbers.interval_words(interval, estimate.scale, numbers.thresholds_of(estimate))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def citation(tiers: Sequence[EstimateFields]) -> str:
    """Tell one item for every target in a sentence to cite.

    Parameters
    ----------
    tiers : sequence of Estimate
        The same item for `Respondents`, `Superpopulation` and one or more `Population` targets; of these the
        default strength (tau .5) is told, or the first.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the estimates are not of one item.
    """
    if not tiers or len({(e.question, e.item, e.estimand) for e in tiers}) != 1:
        message = "a citation is made of the estimates of one item, one for each target"
        raise InputError(message)
    populations = _of(tiers, Population)
    default = [e for e in populations if isinstance(e.target, Population) and e.target.selection == Selection()]
    respondents = _of(tiers, Respondents)[:1]
    sampled = [e for e in _of(tiers, (Superpopulation, FinitePopulation)) if e.interval][:1]
    assumed = (default or populations)[:1]
    parts = [_capital(counted(tiers[0]))]
    if compared(tiers[0]):
        parts[0] += f": {observed_words(tiers[0])}"
    parts[0] += "".join(f", {_how(estimate)} {estimate.target.words}" for estimate in respondents)
    parts += [f"among {e.target.words} the {_noun(e)} is {_bracketed(e)}, allowing for chance alone" for e in sampled]
    parts += [
        f"among {e.target.words} it is {_bracketed(e)}, {_assumption(e.target)}"
        for e in assumed
        if isinstance(e.target, Population)
    ]
    told = (*respondents, *sampled, *assumed)
    doubts = {doubt.code: doubt.text for estimate in told for doubt in estimate.caveats}
    rest = [doubt for code, doubt in doubts.items() if code not in _TOLD]
    return " ".join(["; ".join(parts) + ".", *_verdicts(sampled, assumed), *_methods(sampled, assumed), *rest])


def _bracketed(estimate: EstimateFields) -> str:
    """Return an interval, its companion in brackets after it; `_methods` says what they are."""
    if estimate.interval is None:
        return "not estimated"
    other = f" [{_limits(estimate.companion, estimate)}]" if estimate.companion else ""
    return _limits(estimate.interval, estimate) + other


def _verdicts(sampled: Sequence[EstimateFields], assumed: Sequence[EstimateFields]) -> list[str]:
    """Return the verdicts of a citation as one sentence, where there are any."""
    judged = [
        (estimate, where)
        for found, where in ((sampled, "allowing for chance alone"), (assumed, "for the population"))
        for estimate in found
        if estimate.verdict
    ]
    if not judged or judged[0][0].verdict is None:
        return []
    verdict = judged[0][0].verdict
    claim = numbers.threshold_words(verdict.threshold, verdict.direction, judged[0][0].scale)
    words = [f"{estimate.verdict.word} {where}" for estimate, where in judged if estimate.verdict]
    return [f"{claim}: {'; '.join(words)}."]


def _methods(sampled: Sequence[EstimateFields], assumed: Sequence[EstimateFields]) -> list[str]:
    """Return what the intervals of a citation are, told once."""
    shown = next((estimate for estimate in (*sampled, *assumed) if estimate.interval), None)
    if shown is None or shown.interval is None:
        return []
    text = f"Intervals: {what_interval(shown.interval)}"
    if shown.companion:
        text += f"; in brackets {what_interval(shown.companion)}"
        if assumed and sampled and assumed[0].companion:
            own, other = (span.method.partition(",")[0] for span in (assumed[0].companion, shown.companion))
            named = "" if own == other else f" {method_words(own)}"
            text += f", with no prior on participation{' by' * bool(named)}{named} for the population"
    return [text + "."]


_TOLD = frozenset({"counted", "chance-alone", "selection-assumed"})
"""Caveats that a citation tells in its own words."""


def _of(tiers: Sequence[EstimateFields], kind: type | tuple[type, ...]) -> list[EstimateFields]:
    return [estimate for estimate in tiers if isinstance(estimate.target, kind)]
