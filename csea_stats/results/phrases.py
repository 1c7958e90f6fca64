"""The parts of a sentence to cite: counts, a quantity with its intervals, a population, a verdict.

A closed grammar: each part is one of a few forms, told in three styles and for two readers. docs/sentences.md gives it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from csea_stats.results.counted_shares import share_words
from csea_stats.results.goals import Goal
from csea_stats.results.numbers import (
    MINUS,
    SIDES,
    amount_words,
    base_words,
    between_words,
    exactly,
    level_words,
    percent_range,
    points_threshold,
    ratio,
    singular,
    span_words,
    threshold_words,
    thresholds_of,
)
from csea_stats.results.values import LIMITS, EstimateFields, Interval
from csea_stats.targets.populations import FinitePopulation, Population, Selection, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.results.numbers import Thresholds
    from csea_stats.results.values import Scale, Verdict

CLAUSES: dict[str, str] = {
    "one-odds-ratio-supposed": "one odds ratio at every cut is supposed",
    "who-took-part-ignored": "who took part is not allowed for",
    "selection-assumed": "",
    "selection-bounded": "",
    "selection-centred": "",
    "selection-direction": "a direction of who took part is assumed",
    "selection-by-pair": "",
    "selection-by-group": "",
    "selection-correlated": "",
    "print-conflict": "print contradicts itself here",
    "print-impossible": "no count fits print",
    "label-unknown": "unlabelled in print",
    "weighted": "a weighted share, as printed",
    "average-conflict": "print contradicts itself here",
    "chosen-after": "a group chosen after the answers were seen",
    "not-identified": "",
    "margin-not-printed": "",
    "coupling-supposed": "how the answers go together is supposed",
    "surveys-populations": "the two surveys are of different populations",
    "odds-ratios-differ": "one odds ratio does not fit every cut",
    "trials-hang-together": "intervals too narrow, as counts of one respondent hang together",
    "beyond-everybody": "beyond what any respondent has",
    "ratio-not-defined": "the counts alone define no ratio",
    "prior-alone": "by the priors alone, before any answer",
    "prior-informed": "with knowledge from elsewhere in a prior",
    "synthetic": "",
}
"""How a short sentence tells a serious doubt; empty where its grammar tells it anyway."""

SHORTER = {
    "label-unknown": "unlabelled",
    "chosen-after": "chosen after the answers",
    "print-impossible": "no count fits",
    "print-conflict": "print conflicts",
    "average-conflict": "print conflicts",
    "one-odds-ratio-supposed": "one odds ratio at every cut",
}
"""The same where a bracket or a table's note has less room."""

RUNS = 3
"""Into how many runs counts may fall that are listed one by one; of more a sentence tells the ends."""

Length = Literal["full", "in-text", "note"]
Style = Literal["plain", "apa", "ama"]
Reader = Literal["journal", "policy"]

LABELS = {"credible": "CrI", "confidence": "CI"}
"""What the two kinds of interval are called; a note spells them out."""

UNITS = {"share": "%", "difference": " points"}
"""What stands after the last of some numbers on a scale."""

CHANCE = "allowing for chance alone"
NOT_IDENTIFIED = ("not-identified", "margin-not-printed")
"""Caveats of a number that print leaves open between bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a sentence is told.

    Parameters
    ----------
    length : {"full", "in-text", "note"}
    style : {"plain", "apa", "ama"}
        Of numbers: "58 to 83%", "[58, 83]", "58%-83%".
    reader : {"journal", "policy"}
        Of verdicts.
    """

    length: Length = "full"
    style: Style = "plain"
    reader: Reader = "journal"


def left_open(estimate: EstimateFields) -> bool:
    """Whether print leaves a number open between bounds."""
    return any(doubt.code in NOT_IDENTIFIED for doubt in estimate.caveats)


def says(estimate: EstimateFields) -> str:
    """Return the verb phrase after the people who are counted."""
    if estimate.says:
        return estimate.says
    item, label = estimate.item, estimate.label
    if _two_answers(estimate):
        return ""  # each group is told with what it gave
    if item and label in (None, "", item, f"{item} or lower"):  # an answer's name, which is no verb
        return f"gave “{label or item}”"
    return label or ("" if estimate.estimand == "paired difference" else "say so")


MOVED = "moved up, against moved down"
"""What a difference of those who moved up and those who moved down a scale is called."""


def _two_answers(estimate: EstimateFields) -> tuple[str, ...]:
    """Return the answers of a difference that is called by them, "agree minus disagree"; else nothing."""
    item = estimate.item or ""
    named = estimate.comparison or estimate.says or estimate.label not in (None, "", item)
    parts = tuple(item.split(" minus "))
    return parts if not named and len(parts) == len(estimate.base) == 2 else ()


def ends_words(lower: float, upper: float, scale: Scale, held: Thresholds = ()) -> tuple[str, str]:
    """Return two limits on a scale without their unit, with the digits that they share.

    Examples
    --------
    >>> ends_words(0.5784, 0.8263, "share"), ends_words(-0.042, 0.484, "difference")
    (('58', '83'), ('−4', '+48'))
    """
    text = span_words(lower, upper, scale, held)
    for unit in UNITS.values():
        text = text.removesuffix(unit)
    low, _, high = text.partition(" to ")
    return low, high or low


def value_words(estimate: EstimateFields) -> str:
    """Return what is estimated, with its unit: "71%", "+33 points"."""
    ends = (estimate.value, estimate.value) if estimate.value is not None else estimate.bounds
    low, high = ends or LIMITS[estimate.scale]
    held = thresholds_of(estimate)
    if estimate.scale == "share" and _fewer_than(100, estimate) and not isinstance(estimate.target, Population):
        return percent_range(low, high, held, 0)  # of so few people a decimal would be no information
    return span_words(low, high, estimate.scale, held)


def _fewer_than(people: int, estimate: EstimateFields) -> bool:
    return len(estimate.base) == 1 and isinstance(estimate.base[0], int) and estimate.base[0] < people


def span(lower: float, upper: float, estimate: EstimateFields, telling: Telling) -> str:
    """Return two limits in the style that is asked for.

    Examples
    --------
    >>> from csea_stats import proportion
    >>> share = proportion(35, 49)
    >>> [span(0.58, 0.83, share, Telling(style=style)) for style in ("plain", "apa", "ama")]
    ['58 to 83%', '[58, 83]', '58%-83%']
    """
    low, high = ends_words(lower, upper, estimate.scale, thresholds_of(estimate))
    sign = "%" if estimate.scale == "share" else ""
    if telling.style == "apa":
        return f"[{low.lstrip('+')}, {high.lstrip('+')}]"
    if telling.style == "ama":
        if MINUS in low + high or " " in low + high:
            return f"{low}{sign} to {high}{sign}"
        return f"{low.lstrip('+')}{sign}-{high.lstrip('+')}{sign}"
    return f"{low} to {high}{sign}"


def labelled(interval: Interval, estimate: EstimateFields, telling: Telling, name: str = "") -> str:
    """Return an interval with its level and kind: "95% CrI, 58 to 83%", "95% CrI [58, 83]"."""
    what = f"{level_words(interval.level)} {name or LABELS[interval.kind]}"
    return _beside(what, interval, estimate, telling)


def _beside(what: str, interval: Interval, estimate: EstimateFields, telling: Telling) -> str:
    limits = span(interval.lower, interval.upper, estimate, telling)
    comma = "" if telling.style == "apa" or telling.length == "note" else ","
    return f"{what}{comma} {limits}"


def intervals(estimate: EstimateFields, telling: Telling) -> str:
    """Return both intervals, how many they hold for jointly, and whether they are hulls over several counts."""
    main, other = estimate.interval, estimate.companion
    if main is None:
        return ""
    if left_open(estimate):
        return labelled(main, estimate, telling, "bounds")
    if isinstance(estimate.target, Population) and isinstance(estimate.target.selection, Selection):
        bound = f"; {_beside('bound', other, estimate, telling)}" if other else ""
        return labelled(main, estimate, telling) + bound
    joint = main.simultaneous > 1
    if estimate.scale == "rank" and telling.length == "full":
        return f"{level_words(main.level)} {'simultaneous ' * joint}{LABELS[main.kind]}"
    sim = "sim." if telling.length == "note" else "simultaneous"
    parts = [labelled(main, estimate, telling, f"{sim} {LABELS[main.kind]}" if joint else "")]
    if other is not None:
        kind = LABELS[other.kind]
        short = joint or telling.length == "note"
        parts.append(_beside(kind, other, estimate, telling) if short else labelled(other, estimate, telling))
    apart = ", " if telling.length == "note" or (telling.style == "apa" and telling.length == "in-text") else "; "
    text = apart.join(parts)
    if joint and other is not None and telling.length == "full":
        text += f"; {main.simultaneous} {'answers' if estimate.scale == 'share' else 'comparisons'}"
    if _several(estimate) and telling.length == "full":
        number = len(set(estimate.counts))
        text += ", over both counts" if number == 2 else ", over every count"
    return text


def _several(estimate: EstimateFields) -> bool:
    return len(set(estimate.counts)) > 1 and estimate.scale == "share" and len(estimate.base) == 1


def listed(counts: Iterable[int]) -> tuple[int, ...]:
    """Return the counts that a sentence tells: all that are possible, or, of many runs, all between their ends.

    Examples
    --------
    >>> listed([15, 14]), listed([1, 5, 9]), listed([2, 4, 6, 8])
    ((14, 15), (1, 5, 9), (2, 3, 4, 5, 6, 7, 8))
    """
    known = sorted(set(counts))
    runs = sum(count - 1 not in known for count in known)
    return tuple(known) if runs <= RUNS else tuple(range(known[0], known[-1] + 1))


def counts_words(estimate: EstimateFields) -> str:
    """Return who is counted: "35 of 49 workers (71%)"; nothing where no count goes with one base.

    Examples
    --------
    >>> from csea_stats import proportion
    >>> counts_words(proportion(35, 49)), counts_words(proportion({14, 15}, 49))
    ('35 of 49 respondents (71%)', '14 or 15 of 49 respondents (29 or 31%)')
    """
    numbers = tuple(vector[0] for vector in estimate.counts)
    if len(estimate.base) != 1 or any(len(vector) != 1 for vector in estimate.counts) or not numbers:
        return ""
    observed = not isinstance(estimate.target, Population) and estimate.scale == "share"
    ends = None
    if observed and (estimate.bounds or estimate.value is not None):
        ends = estimate.bounds or (estimate.value, estimate.value)
    held = thresholds_of(estimate) if estimate.scale == "share" else ()
    either = len(set(numbers)) == 2 and isinstance(estimate.base[0], int)
    return _with_many(share_words(listed(numbers), estimate.base[0], held, ends), estimate.target.many, either=either)  # type: ignore[arg-type]


def _with_many(text: str, many: str, *, either: bool) -> str:
    """Put who they are between the counts and their share."""
    head, bracket, share = text.rpartition(" (")
    if not bracket:
        return f"{text} {many}"
    if head.endswith("of 1"):
        many = singular(many)
    return f"{head} {many} ({share.replace(' to ', ' or ') if either else share}"


CONFLICTS = ("print-conflict", "print-impossible")
"""Caveats of counts about which print contradicts itself."""


def print_leaves(estimate: EstimateFields) -> str:
    """Return what print leaves open of a count, as the end of a clause."""
    number = len(set(estimate.counts))
    if number < 2 or len(estimate.base) != 1 or any(one.code in CONFLICTS for one in estimate.caveats):
        return ""  # a contradiction is told, and leaves them open
    if number == 2:
        return "; print leaves both counts open"
    values = {vector[0] for vector in estimate.counts}
    if len(listed(values)) > len(values):
        return "; print leaves some of these open"
    whole = max(values) - min(values) + 1 == len(values) and isinstance(estimate.base[0], int)
    return "; print leaves every count between open" if whole else "; print leaves each of these open"


def sides_words(estimate: EstimateFields) -> tuple[str, str]:
    """Return two groups with their counts: "7 of 7 workers under 30 (100%)", "28 of 42 aged 30 and over (67%)"."""
    compared = estimate.comparison
    answers = tuple(f"gave “{one}”" for one in _two_answers(estimate))
    if answers:
        answers = f"{estimate.target.many} {answers[0]}", answers[1]
    groups = (compared.groups if compared else ()) or answers or NAMELESS.get(estimate.estimand, APART)
    told = []
    for place, (group, base) in enumerate(zip(groups, estimate.base, strict=True)):
        numbers = tuple(sorted({vector[place] for vector in estimate.counts}))
        head, bracket, share = share_words(numbers, base).rpartition(" (")
        told.append(
            f"{head} {group} ({share}" if bracket else f"{between_words(numbers)} of {base_words(base)} {group}"
        )
    return told[0], told[1]


APART = ("in the first group", "in the second")

NAMELESS = {
    "paired difference": ("with the first answer", "with the second"),
    "paired shift": ("moved up", "moved down"),
}
"""Two groups, and two answers of the same people, that nobody named."""


def two_groups(estimate: EstimateFields) -> bool:
    """Whether an estimate has one count of each of two groups, or of two answers of the same people."""
    return len(estimate.base) == 2 and bool(estimate.counts) and len(estimate.counts[0]) == 2


def clauses(estimate: EstimateFields, *, short: bool = False) -> tuple[str, ...]:
    """Return a short clause for every serious doubt that the grammar does not tell by itself."""
    words = CLAUSES | SHORTER if short else CLAUSES
    return tuple(dict.fromkeys(words[one.code] for one in estimate.caveats if words.get(one.code)))


def is_synthetic(estimates: Iterable[EstimateFields]) -> bool:
    """Whether some of the estimates are of made-up answers."""
    return any(doubt.code == "synthetic" for one in estimates for doubt in one.caveats)


def synthetic(*estimates: EstimateFields) -> str:
    """Return the stamp of made-up answers, where some of the estimates are of such."""
    return "SYNTHETIC. " if is_synthetic(estimates) else ""


def unreleased(estimates: Sequence[EstimateFields]) -> bool:
    """Whether some estimates show respondents' answers as they stand: not made up, and not by a rule for passing on."""
    return any(
        FROM_ANSWERS.search(one.provenance.call)
        and not (one.provenance.places and "as_survey" not in one.provenance.call)
        and not is_synthetic((one,))
        and all(doubt.code != "released" for doubt in one.caveats)
        for one in estimates
    )


FROM_ANSWERS = re.compile(r"\bdata\b")
"""Respondents' answers, or what was made of them, in a call."""


def counted_whole(estimate: EstimateFields) -> bool:
    """Whether all whom an estimate speaks of answered: counted, with nothing to estimate."""
    return any(doubt.code == "census" for doubt in estimate.caveats)


def of_people(estimate: EstimateFields) -> bool:
    """Whether an estimate speaks for people like these, or for a group of known size that they are drawn from."""
    return isinstance(estimate.target, (Superpopulation, FinitePopulation))


def one_number(estimates: Sequence[EstimateFields]) -> bool:
    """Whether several estimates are of one number, for targets of their own."""
    return len(estimates) > 1 and len({(one.question, one.item, one.estimand, one.label) for one in estimates}) == 1


NOUNS = {
    "tipping point": "the participation ratio at which the share is one half",
    "superiority": "the chance of a higher answer among {} than among {}, equal answers half,",
    "rank, jointly": "its rank",
}
"""Estimands that a sentence calls by another name than their own."""


def noun(estimate: EstimateFields) -> str:
    """Return what is estimated, as the subject of a sentence."""
    if left_open(estimate) and estimate.label:
        return f"the {estimate.estimand} {estimate.label}"
    if estimate.estimand in NOUNS:
        groups = (estimate.comparison.groups if estimate.comparison else ()) or ("the first group", "the second")
        return NOUNS[estimate.estimand].format(*groups)
    if estimate.comparison and estimate.comparison.change:
        return f"the difference {estimate.comparison.change} in {_what_changes(estimate)}"
    if estimate.scale == "share" and estimate.says and not estimate.counts and ": " in estimate.estimand:
        _, comma, setting = estimate.estimand.partition(": ")[2].partition(", ")
        return f"the share who {estimate.says}{comma}{setting}"
    if estimate.scale in ("share", "difference") and (
        estimate.counts or estimate.estimand.partition(",")[0] == "share"
    ):
        return f"the {estimate.scale}"
    label = f" {estimate.label}" if estimate.label else ""
    return f"{_measure(estimate.estimand)}{label}"


def subject(estimate: EstimateFields) -> str:
    """Return the same before its verb: what is said beside it is set off by a second comma."""
    told = noun(estimate)
    return f"{told}," if estimate.label is None and ", " in told and not told.endswith(",") else told


def _measure(estimand: str) -> str:
    """Return a measure as a noun, its meaning before its name.

    Examples
    --------
    >>> _measure("gamma of age and rating"), _measure("Somers' d of rating given age")
    ('the gamma of age and rating', "Somers' d of rating given age")
    >>> _measure("rank-biserial correlation (Somers' d): chance of later, less that of earlier")
    'the chance of later, less that of earlier (rank-biserial correlation)'
    """
    name, _, meaning = estimand.partition(": ")
    known = meaning and (name.endswith(")") or name.startswith("threshold "))
    text = f"{meaning} ({name.partition(' (')[0]})" if known else estimand
    return text if re.match(r"[^\W\d]+'s? ", text) else f"the {text}"


def _what_changes(estimate: EstimateFields) -> str:
    """Return what an effect of a model is a change of: "the share who rate it poor", "the average of years"."""
    if estimate.says:
        return f"the share who {says(estimate)}"
    return estimate.estimand.removeprefix("difference in ").partition(", ")[0]


def quantity(estimate: EstimateFields) -> str:
    """Return the estimate as a clause: "the share is estimated at 71%"."""
    if estimate.scale == "rank" and estimate.interval is not None:
        low, high = ends_words(estimate.interval.lower, estimate.interval.upper, "rank")
        return f"{noun(estimate)} is {low}" if low == high else f"{noun(estimate)} is between {low} and {high}"
    compared = estimate.comparison
    if compared is not None and compared.change and estimate.value is not None:
        return moved(estimate, "estimated to be ")
    told = "it" if estimate.scale == "difference" and estimate.counts else subject(estimate)
    if estimate.value is None:
        low, to, high = value_words(estimate).partition(" to ")
        return f"{told} is estimated between {low} and {high}" if to else f"{told} is estimated at {low}"
    if math.isinf(estimate.value):
        return f"{told} is {value_words(estimate).replace('infinity', 'infinite')}"
    return f"{told} is estimated at {value_words(estimate)}"


def moved(estimate: EstimateFields, how: str = "") -> str:
    """Return an effect as a clause: "with 5 years more the share who rate it poor is 6 points lower"."""
    value, change = estimate.value or 0.0, estimate.comparison.change if estimate.comparison else ""
    amount = span_words(abs(value), abs(value), estimate.scale).lstrip("+")
    return f"{change} {_what_changes(estimate)} is {how}{amount} {'higher' if value >= 0 else 'lower'}"


def assumption(target: Population) -> str:
    """Return what a number of a population supposes of who took part."""
    selection = target.selection
    if isinstance(selection, Selection) and selection.mean:
        centre, reach = math.exp(selection.mean), selection.ratio
        low, high = ratio(centre / reach), ratio(centre * reach)
        return f"if those who say so were {low} to {high} times as ready to take part (assumed)"
    about = "about " if isinstance(selection, Selection) else ""
    return f"if readiness to take part differed within {about}{ratio(selection.ratio)} times either way (assumed)"


def short_assumption(target: Population) -> str:
    """Return the same in the words that a bracket has room for."""
    selection = target.selection
    if selection.ratio == math.inf:
        return "whatever the others would say"
    centre = math.exp(selection.mean) if isinstance(selection, Selection) else 1.0
    if centre != 1:
        return f"assuming participation ratios {ratio(centre / selection.ratio)} to {ratio(centre * selection.ratio)}"
    return f"assuming participation within {ratio(selection.ratio)}"


def named_value(estimate: EstimateFields) -> str:
    """Return the value with what it is, where the people counted do not tell: "rank 1", "tipping point 2.5"."""
    name = "rank" if estimate.scale == "rank" else estimate.estimand if estimate.estimand == "tipping point" else ""
    if _several(estimate) and not isinstance(estimate.target, Population):
        return counts_words(estimate).rpartition(" (")[2].removesuffix(")")
    return f"{name} {value_words(estimate)}".strip()


def population_limits(estimate: EstimateFields, telling: Telling, people: str = "") -> str:
    """Return what a population's number lies between, with its bound without a prior, and what is assumed.

    ``people``: of how many it is, where no counts tell.
    """
    main, other, target = estimate.interval, estimate.companion, estimate.target
    if not isinstance(target, Population):
        return ""
    if main is None:
        whatever = "" if estimate.bounds is None else ", whatever those who are not counted would say"
        return f"{value_words(estimate)}{f' ({people})' if people else ''}{whatever}"
    limits = span_words(main.lower, main.upper, estimate.scale, thresholds_of(estimate))
    told = f"{people}{'; ' * bool(people)}{level_words(main.level)} {LABELS[main.kind]}"
    if other is not None and isinstance(target.selection, Selection):
        told += f"; {_beside('bound without a prior', other, estimate, telling)}"
    elif other is not None:
        told += f"; {labelled(other, estimate, telling)}"
    return f"{limits} ({told}) {assumption(target)}"


def short_counts(estimate: EstimateFields) -> str:
    """Return counts and bases as a table's note has them: "35/49", "7/7 v 28/42"."""
    if not estimate.counts or left_open(estimate):
        return estimate.comparison.change.removeprefix("with ") if estimate.comparison else ""
    if len(estimate.base) not in (1, len(estimate.counts[0])):
        return ""
    bases = estimate.base if len(estimate.base) > 1 else estimate.base * len(estimate.counts[0])
    columns = [between_words(listed(vector[k] for vector in estimate.counts)) for k in range(len(bases))]
    return " v ".join(f"{count}/{base_words(base)}" for count, base in zip(columns, bases, strict=True))


def without_share(text: str) -> str:
    """Return counted people without their share."""
    return re.sub(r" \([^()]*%\)$", "", text)


def verdict_clause(estimate: EstimateFields) -> str:
    """Return a verdict with its threshold: "over half: supported", "above zero: not settled"."""
    verdict = estimate.verdict
    if verdict is None:
        return ""
    if verdict.word == "cannot be checked" and verdict.threshold == 0:
        return verdict.word
    told = claim(verdict, estimate).removesuffix(" do").removeprefix("it is ")
    word = verdict.word.replace("who took part", "participation")
    return f"{told.replace('more than', 'over').replace('fewer than', 'under')}: {word}"


def claim(verdict: Verdict, estimate: EstimateFields) -> str:
    """Return what a verdict is about, as a clause: "more than half do", "it is above zero"."""
    threshold, side = verdict.threshold, verdict.direction
    if verdict.word == "cannot be checked" and threshold == 0:
        return "it is above zero" if estimate.scale == "difference" else "it is so"
    if verdict.within is not None:
        words = Goal(low=verdict.within[0], high=verdict.within[1]).words(estimate.scale)
        return f"it is {words.removeprefix('a difference ')}"
    if estimate.scale == "share" and estimate.estimand != "superiority":
        return f"{SIDES[side][0].lower().replace('less', 'fewer')} than {amount_words(threshold)} do"
    if estimate.scale == "rank":
        words = threshold_words(threshold, verdict.direction, "rank")
        told = f"it is {words[:1].lower()}{words[1:]}"
        return told.replace("among the first", "first") if told.endswith("first") else told
    amount = exactly(threshold)
    if estimate.scale == "difference":
        amount = "zero" if threshold == 0 else points_threshold(threshold)
    if estimate.scale == "share":
        amount = amount_words(threshold)
    return f"it is {SIDES[side][1].lower()} {amount}"


def _reach(verdict: Verdict) -> str:
    """Return the largest participation ratio, of those that were tried, up to which a claim holds."""
    return ratio(max(verdict.held, default=1.0))


JOURNAL = {
    "supported": "The data support that {claim}.",
    "contradicted": "The data contradict that {claim}.",
    "not settled": "Whether {claim} is not settled.",
    "too few answers": "Whether {claim} cannot be shown by so few answers.",
    "depends on who took part": "That {claim} holds up to a participation ratio of {reach}, of those tried.",
    "cannot be checked": "Whether {claim} cannot be checked.",
    "true of them": "That {claim} is true of {those}.",
    "not true of them": "That {claim} is not true of {those}.",
    "print unclear": "For {those}, print leaves open whether {claim}.",
}
POLICY = {
    "supported": "Holds for people like these.",
    "contradicted": "The survey points the other way.",
    "not settled": "The survey is too small to say.",
    "too few answers": "So few answers could not have shown it.",
    "depends on who took part": "Holds only if those who say so were not much readier to take part.",
    "cannot be checked": "The report does not say.",
    "true of them": "That {claim} is true of {those}.",
    "not true of them": "That {claim} is not true of {those}.",
    "print unclear": "The report contradicts itself here.",
}


def verdict_sentence(estimate: EstimateFields, telling: Telling) -> str:
    """Return a verdict as a sentence for its reader; nothing where nothing was judged."""
    verdict = estimate.verdict
    if verdict is None:
        return ""
    words = POLICY if telling.reader == "policy" else JOURNAL
    said = words[verdict.word]
    if isinstance(estimate.target, Population) and telling.reader == "policy" and verdict.word == "supported":
        said = "Holds for the population under each assumption shown."
    return said.format(claim=claim(verdict, estimate), reach=_reach(verdict), those=estimate.target.words)
