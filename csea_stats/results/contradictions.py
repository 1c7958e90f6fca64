"""What in an estimate cannot be so beside the rest of it: such as no estimator returns, though a file may say it."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise, product
from typing import TYPE_CHECKING

from csea_stats.errors import InputError
from csea_stats.results import verdicts
from csea_stats.results.estimate import Estimate
from csea_stats.results.field_kinds import hints_of, is_kind
from csea_stats.results.goals import Goal, against
from csea_stats.results.phrases import counted_whole
from csea_stats.results.values import FARTHEST, Hull, versions
from csea_stats.targets.populations import Population, Respondents, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from csea_stats.results.values import Interval, Verdict, Word

NOISE = 1e-9
"""By how much rounding may put a number beyond its limits."""

NEAR = 1e-6
"""By how much a search may put a value beyond its bounds."""


def check_agreement(estimates: Iterable[Estimate]) -> None:
    """Refuse estimates whose numbers or words contradict each other.

    Raises
    ------
    InputError
        With the first contradiction.
    """
    for place, estimate in enumerate(estimates, 1):
        for wrong in contradictions(estimate):
            message = f"estimate {place} ({estimate.estimand}): {wrong}"
            raise InputError(message)


def contradictions(estimate: Estimate) -> Iterator[str]:
    """Say what in an estimate, of whatever a file gave, cannot be so beside the rest of it."""
    wrong = [name for name, hint in hints_of(Estimate).items() if not is_kind(getattr(estimate, name), hint)]
    if wrong:
        yield f"{wrong[0]}: found a value of another kind"
        return
    if miscounted := [*_miscounted(estimate)]:
        yield from miscounted
        return
    yield from _misplaced(estimate)
    yield from _misreckoned(estimate)
    if estimate.verdict is None:
        return
    yield from _misplaced_verdict(estimate, estimate.verdict)
    if estimate.verdict.word != "cannot be checked":
        yield from _misjudged(estimate, estimate.verdict)


def _miscounted(estimate: Estimate) -> Iterator[str]:
    """Say where counts are none of people in their bases, or are not told as counts are."""
    sizes = [one if isinstance(one, tuple) else (one,) for one in estimate.base]
    paired = {len(one) for one in estimate.counts} == {len(sizes)}
    sides = list(zip(*estimate.counts, strict=True)) if paired else []
    people = [number for some in (*sizes, *estimate.counts) for number in some]
    many = estimate.scale in ("share", "difference", "ratio") and any(
        min(counts) > max(some) for counts, some in zip(sides, sizes, strict=False) if some
    )
    if many or not all((*sizes, *estimate.counts)) or min(people, default=0) < 0:
        yield f"counts and base: found {estimate.counts} of {estimate.base}; allowed are counts of the people in a base"
    for base in estimate.base:
        if isinstance(base, tuple) and (len(base) == 1 or any(low >= high for low, high in pairwise(base))):
            allowed = "the least before the most" if isinstance(base, Hull) else "one number, or several in order"
            yield f"base: found {tuple(base)}; allowed is {allowed}"
    if len({len(one) for one in estimate.counts}) > 1 or list(estimate.counts) != sorted(set(estimate.counts)):
        yield f"counts: found {estimate.counts}; allowed are different lists of counts in order, all as long"
    length = len(estimate.counts[0]) if estimate.counts else 0
    exact = {"share": 1, "difference": 2}.get(estimate.estimand, length)
    if estimate.counts and (not estimate.base or length % len(estimate.base) or length != exact):
        yield f"base: found {estimate.base} for counts {estimate.counts}; allowed is one base for each group"


def _misplaced(estimate: Estimate) -> Iterator[str]:
    """Say where numbers lie outside what their scale, or another number, allows."""
    lower, upper = FARTHEST[estimate.scale]
    numbers = [end for end in (estimate.value, *(estimate.bounds or ())) if end is not None]
    if estimate.counts and not numbers and all(doubt.code != "ratio-not-defined" for doubt in estimate.caveats):
        yield "value: found none, and no set; allowed is one of the two"
    if not all(lower - NOISE <= end <= upper + NOISE for end in numbers):
        yield f"value and bounds: found {numbers}; allowed are numbers within {lower:g} and {upper:g}"
    if estimate.value is not None and estimate.bounds is not None:
        yield f"value: found {estimate.value!r} beside the set {estimate.bounds}; allowed is one of the two"
    elif estimate.value is not None and len(estimate.counts) > 1 and estimate.scale != "rank":
        yield f"value: found {estimate.value!r} of several counts; allowed is the set of what they may give"
    chances = estimate.probability or (0, 1)
    if not 0 <= chances[0] <= chances[1] <= 1 + NOISE:
        yield f"probability: found {chances!r}; allowed are two numbers from 0 to 1, the lower first"


def _misreckoned(estimate: Estimate) -> Iterator[str]:
    """Say where what was observed is not what its counts give."""
    ends = estimate.bounds or (estimate.value, estimate.value)
    low, high = ends
    if low is None or high is None or not isinstance(estimate.target, (Respondents, Superpopulation)):
        return
    groups = {"share": 1, "difference": 2}.get(estimate.estimand)
    if {len(estimate.base), *map(len, estimate.counts)} != {groups}:
        return
    tables = list(_tables(estimate))
    shares = [[x / n for x, n in zip(vector, bases, strict=True)] for vector, bases in tables]
    given = [one[0] - sum(one[1:]) for one in shares]
    least, most = min(given, default=low), max(given, default=high)
    exact = all(isinstance(base, int) for base in estimate.base)
    if low < least - NEAR or high > most + NEAR or (exact and (low > least + NEAR or high < most - NEAR)):
        found = f"value: found {low!r}" if low == high else f"set: found {[low, high]!r}"
        counted = [" and ".join(f"{x} of {n}" for x, n in zip(*table, strict=True)) for table in tables[:3]]
        yield f"{found}, where {' or '.join(counted)} are counted"


def _tables(estimate: Estimate) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield every count vector with every base that it may go with."""
    bases = [one if isinstance(one, tuple) else (one,) for one in estimate.base]
    for vector in estimate.counts:
        for some in product(*bases):
            if all(0 <= x <= n > 0 for x, n in zip(vector, some, strict=True)):
                yield vector, some


def _misplaced_verdict(estimate: Estimate, verdict: Verdict) -> Iterator[str]:
    """Say where what a verdict tells beside its word does not go with the word."""
    level = estimate.interval.level if estimate.interval else 1.0
    simulated = any(doubt.code == "rate-simulated" for doubt in estimate.caveats)
    most = 1.0 if simulated else 1 - level + NEAR
    if verdict.rate is not None and not 0 <= verdict.rate <= most:
        yield f"verdict rate: found {verdict.rate!r}; allowed is none, or a number from 0 to {most:.6g}"
    if verdict.rate is not None and verdict.unrated:
        yield f"verdict unrated: found {verdict.unrated!r} beside the rate {verdict.rate!r}; allowed is one of them"
    bare = bool(verdict.why) and replace(verdict, printed_inconsistently=False) == verdicts.uncheckable(verdict.why)
    if verdict.word == "cannot be checked" and not bare:
        yield "verdict: found more than a reason beside 'cannot be checked'; allowed is a reason alone"
    conflict = any(doubt.code in ("print-conflict", "print-impossible") for doubt in estimate.caveats)
    if verdict.printed_inconsistently and not conflict:
        yield "verdict printed_inconsistently: found True, where no note says that print contradicts itself"
    if verdict.held and not (verdict.word in HELD and isinstance(estimate.target, Population)):
        yield f"verdict held: found {list(verdict.held)} beside {verdict.word!r}; allowed is none"
    few = verdict.word == "too few answers"
    if (verdict.attainable is False) != few or (verdict.needed is not None and not few):
        yield f"verdict attainable, needed: found {verdict.attainable!r}, {verdict.needed!r} beside {verdict.word!r}"


def _misjudged(estimate: Estimate, verdict: Verdict) -> Iterator[str]:
    """Say where a verdict is none that the rule gives of these numbers, in the words of this version if it made it."""
    reasons = set(versions()[:1]) <= set(estimate.provenance.versions)
    goal = against(verdict.threshold, verdict.direction, seen=verdict.seen)
    if verdict.within is not None:
        goal = Goal(low=verdict.within[0], high=verdict.within[1])
    claim, _, why = verdict.why.partition(": ")
    words = goal.words(estimate.scale).removeprefix("a difference ") + goal.seen_words
    if reasons and not claim.casefold().endswith(words.casefold()):
        yield f"verdict why: found {claim!r}; allowed is the claim: {words!r}"
    if goal.told != {name: getattr(verdict, name) for name in goal.told}:
        found = f"{verdict.threshold!r} {verdict.direction}, {verdict.within!r}"
        yield f"claim: found {found}; allowed is {goal.told}"
    allowed = [(word, verdicts.reason(told, goal)) for word, told in _given(estimate, verdict, goal)]
    judged = JUDGED_AS.sub("", why)
    if not any(verdict.word == word and (not reasons or _tells(judged, reason)) for word, reason in allowed):
        own = dict.fromkeys(reason for word, reason in allowed if word == verdict.word)
        given = " or ".join(map(repr, own or dict.fromkeys(word for word, _ in allowed)))
        yield f"verdict: found {verdict.word!r}, {why!r}, where the numbers give {given}"


JUDGED_AS = re.compile(r"^judged by the .*? of the two shares: ")
"""How a verdict on a ratio begins, which is that on a difference."""

EARLIER = "so at selection strength {held}, not settled at the others shown."
"""How files of before told the same."""

HELD = ("supported", "depends on who took part")
"""The verdicts on a population that hold at some strengths of who took part."""


def _tells(why: str, reason: str) -> bool:
    head, held, tail = reason.partition("{held}")
    return why == reason or (bool(held) and why.startswith(head) and why.endswith(tail))


def _given(estimate: Estimate, verdict: Verdict, goal: Goal) -> Iterator[tuple[Word, str]]:
    """Yield each word with its reason that the rule may give of what an estimate tells."""
    ends = estimate.bounds or (() if estimate.value is None else (estimate.value, estimate.value))
    spans = [one for one in (estimate.interval, estimate.companion) if one]
    if isinstance(estimate.target, Respondents) or (not spans and counted_whole(estimate)):
        if not ends or estimate.scale == "rank":
            yield from verdicts.COUNTED.items()
            return
        yield _reason(verdicts.counted_verdict(ends, goal))
        if verdict.within and ends[0] <= verdict.within[0] and verdict.within[1] <= ends[1]:
            yield "print unclear", verdicts.COUNTED["print unclear"]  # of values between the ends one may be within
        return
    if estimate.estimand == "difference between groups":  # of margins that fix every cell: a region holds independence
        yield from (("not settled", why) for why in (verdicts.BOTH_SIDES, verdicts.CERTAIN["not settled"]))
    if not spans:
        yield from ([_reason(verdicts.certain_verdict((ends[0], ends[1]), goal))] if ends else verdicts.CERTAIN.items())
        return
    for bases in (estimate.base[:1], estimate.base)[: 2 * (verdict.attainable is False)]:
        sizes = [one if isinstance(one, int) else max(one) for one in bases]
        yield _reason(verdicts.attained(replace(verdict, word="not settled"), sizes, verdict.needed))
    yield "not settled", verdicts.TAKEN_BACK
    if any(doubt.code == "odds-ratios-differ" for doubt in estimate.caveats):
        yield "not settled", verdicts.NO_FIT
    if isinstance(estimate.target, Population):
        yield from _of_population(estimate.target, spans, verdict, goal)
    else:
        yield from _of_people(spans, verdict, goal)


def _reason(verdict: Verdict) -> tuple[Word, str]:
    return verdict.word, verdict.why.partition(": ")[2]


def _of_people(spans: list[Interval], verdict: Verdict, goal: Goal) -> Iterator[tuple[Word, str]]:
    side, judged = verdicts.Evidence(intervals=spans).shown(goal), JUDGED_AS.match(verdict.why.partition(": ")[2])
    if side:
        word: Word = "supported" if side == "above" else "contradicted"
        yield word, verdicts.DECIDED[word]
    yield from (
        ("not settled", why)
        for why in (verdicts.DISAGREE, *([verdicts.NOT_ENOUGH, verdicts.NOT_BY_RATIOS] if side or judged else []))
    )
    if not side or judged:
        yield "not settled", verdicts.BOTH_SIDES


def _of_population(
    target: Population, spans: list[Interval], verdict: Verdict, goal: Goal
) -> Iterator[tuple[Word, str]]:
    side = verdicts.Evidence(intervals=spans).shown(goal)
    if side:
        word: Word = "supported" if side == "above" else "contradicted"
        yield word, verdicts.AT_STRENGTHS[word]
    for why in (verdicts.AT_STRENGTHS["not settled"], verdicts.NOT_WITHIN, verdicts.NOT_ENOUGH, verdicts.NOT_BY_RATIOS):
        yield "not settled", why
    own = any(math.isclose(target.selection.ratio, reached) for reached in verdict.held)
    if verdict.held and (side == "above" or not own):
        so = verdicts.SO_WITHIN.format(held=verdicts.within_words(verdict.held))
        yield from (("depends on who took part", why) for why in (so, EARLIER))
