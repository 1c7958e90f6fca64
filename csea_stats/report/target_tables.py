"""One item for every target: the rows of its table and the words of its strip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.report.context import Tiers, ratio_of
from csea_stats.report.text import PEOPLE, SHAPES, THESE, assumed_words, capital, verdict_text, workforce_name
from csea_stats.report.views import Judged, TargetRow, TargetTable
from csea_stats.results import numbers
from csea_stats.results.counted_shares import share_words
from csea_stats.results.sentences import method_words, what_interval
from csea_stats.results.values import Hull

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.report.context import PageContext
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Verdict


NARROW = 10
"""Signs of counts, at most, that a narrow place has room for beside their share."""


def judged(verdict: Verdict | None) -> Judged | None:
    """Return a verdict as the page shows it."""
    return None if verdict is None else Judged(shape=SHAPES[verdict.word], text=verdict_text(verdict))


def chance_words(verdicts: Iterable[Verdict | None]) -> str:
    """Return how often chance alone decides, and how many of these verdicts, were each truth at its threshold."""
    rates = [verdict.rate for verdict in verdicts if verdict and verdict.rate is not None]
    if not rates:
        return ""
    each = f"each of these {len(rates)} verdicts" if len(rates) > 1 else "the verdict"
    more = f", about {sum(rates):.1f} of them in one survey" if len(rates) > 1 else ""
    often = numbers.at_most(max(rates))
    return f" Were the truth at the threshold, chance alone would decide {each} in at most {often} of surveys{more}."


def against_zero(verdict: Verdict | None, words: str = "{claim}: {word}") -> Judged | None:
    """Return the verdict on a difference with what it is about: "Below zero: not settled"."""
    mark = judged(verdict)
    if mark is None or verdict is None:
        return None
    claim = numbers.threshold_words(verdict.threshold, verdict.direction, "difference")
    return Judged(shape=mark.shape, text=words.format(claim=claim, word=verdict.word, mark=mark.text))


def count_text(tiers: Tiers) -> str:
    """Return counts, base and share: "35 of 49 (71%)"."""
    if tiers.counts is None or not tiers.first.base:
        return "not counted"
    found = tuple(sorted({vector[0] for vector in tiers.first.counts}))
    return share_words(found, tiers.base, numbers.thresholds_of(tiers.first), tiers.observed)


def few_words(tiers: Tiers) -> str:
    """Return counts and base alone: "35 of 49"."""
    return count_text(tiers).partition(" (")[0]


def bare_count(tiers: Tiers) -> str:
    """Return the counts for a narrow place whose caption names the base: "35", "14 or 15", of many "2 to 23"."""
    if tiers.counts is None:
        return "not counted"
    words, ends = (
        numbers.between_words(vector[0] for vector in tiers.first.counts),
        " to ".join(map(numbers.integer, tiers.counts)),
    )
    return ends if len(words) > NARROW or isinstance(tiers.base, Hull) else words


def share_text(tiers: Tiers) -> str:
    """Return the observed share: "71%", "29 to 31%"; of a difference "+33 points"."""
    if tiers.observed is None:
        return "not counted"
    low, high = tiers.observed
    if tiers.first.scale == "difference":
        return numbers.points_range(low, high, numbers.thresholds_of(tiers.first))
    decimals = 1 if isinstance(tiers.base, int) and tiers.base >= 1000 else 0
    return numbers.percent_range(low, high, numbers.thresholds_of(tiers.first), decimals)


def span(estimate: Estimate | None) -> str:
    """Return an estimate's interval, or that there is none."""
    if estimate is None or estimate.interval is None:
        return ""
    return numbers.interval_words(estimate.interval, estimate.scale, numbers.thresholds_of(estimate))


def bound(estimate: Estimate | None) -> str:
    """Return a population estimate's bound without a prior."""
    if estimate is None or estimate.companion is None:
        return ""
    return numbers.interval_words(estimate.companion, estimate.scale, numbers.thresholds_of(estimate))


def target_rows(tiers: Tiers, context: PageContext) -> tuple[TargetRow, ...]:
    """Return a row per interval: the count, both intervals of people like these, each assumption."""
    rows: list[TargetRow] = []
    if tiers.counted:
        unclear = tiers.observed is not None and tiers.observed[0] != tiers.observed[1]
        how = f"{share_text(tiers)}, {'print unclear' if unclear else 'counted'}"
        rows.append(TargetRow(lane="k1", name=THESE, how=how, interval="no interval"))
    people = tiers.people
    if people and people.interval:
        found = [i for i in (people.interval, people.companion) if i]
        rows.extend(
            TargetRow(
                lane="k2",
                name=PEOPLE,
                how=f"chance alone, {method_words(interval.method)}",
                interval=numbers.interval_words(interval, people.scale, numbers.thresholds_of(people)),
                probability=numbers.probability(*people.probability) if people.probability and index == 0 else "",
            )
            for index, interval in enumerate(found)
        )
    rows.extend(
        TargetRow(
            lane="k3",
            name=workforce_name(context.survey),
            how=assumed_words(estimate),
            interval=span(estimate) or "not estimated",
            bound=bound(estimate),
            probability=numbers.probability(*estimate.probability) if estimate.probability else "",
        )
        for estimate in tiers.population
    )
    return tuple(rows)


def claim_of(tiers: Tiers) -> str:
    """Return the claim its verdicts are about: "More than half"; empty where none is asked.

    Of a share that is below half in every reading of print a majority is not asked: it is not the point.
    """
    found = next((e.verdict for e in tiers.members if e.verdict and e.verdict.word != "cannot be checked"), None)
    if found is None:
        return ""
    if tiers.first.scale == "share" and tiers.observed and tiers.observed[1] <= found.threshold:
        return ""
    return numbers.threshold_words(found.threshold, found.direction, tiers.first.scale)


def asked(tiers: Tiers, estimate: Estimate | None) -> Judged | None:
    """Return an estimate's verdict where its item's claim is asked."""
    return judged(estimate.verdict) if estimate and claim_of(tiers) else None


def target_table(tiers: Tiers, context: PageContext, *, caption: str) -> TargetTable:
    """Return an item's table, with a verdict for each target below it."""
    rows = target_rows(tiers, context)
    claim = claim_of(tiers)
    told = any(row.probability for row in rows)
    of_what = claim[:1].lower() + claim[1:] if claim and claim != "More than half" else "a majority"
    verdicts = []
    if claim:
        for name, estimate in (
            ("", tiers.counted),
            (PEOPLE, tiers.people),
            (workforce_name(context.survey), tiers.shown_population),
        ):
            mark = judged(estimate.verdict) if estimate else None
            if mark:
                text = f"{name}: {mark.text[:1].lower()}{mark.text[1:]}" if name else mark.text
                if name == PEOPLE and estimate and estimate.verdict and estimate.verdict.rate is not None:
                    text += f" (at the threshold decided by chance in at most {numbers.at_most(estimate.verdict.rate)})"
                verdicts.append((name, Judged(shape=mark.shape, text=text)))
    return TargetTable(
        caption=caption,
        level=context.level_text,
        rows=rows,
        with_bound=any(row.bound for row in rows),
        probability=f"Probability of {of_what} under this assumption" if told else "",
        asked=f"{claim}?" if claim else "",
        verdicts=tuple(verdicts),
    )


def lane_labels(tiers: Tiers, context: PageContext) -> tuple[tuple[str, str], ...]:
    """Return name and value of each lane of the full strip."""
    counted = count_text(tiers)
    if len(counted) > 22 and tiers.counts:
        counted = few_words(tiers)
    elif len(counted) <= 14:
        counted = f"{counted}, counted"
    labels = [(THESE, counted)]
    if tiers.people and tiers.people.interval:
        labels.append((PEOPLE, f"{context.level_text}: {span(tiers.people)}"))
        shown = tiers.shown_population
        if shown and shown.interval:
            labels.append((workforce_name(context.survey), f"{span(shown)} if {numbers.ratio(ratio_of(shown))} times"))
    return tuple(labels)


def description(tiers: Tiers, context: PageContext) -> str:
    """Return a strip in words, for a reader who does not see it."""
    text = [f"{capital(count_text(tiers))} respondent{'' if tiers.base == 1 else 's'}, counted."]
    if tiers.people and tiers.people.interval:
        text.append(f"{PEOPLE}: {span(tiers.people)}, {what_interval(tiers.people.interval)}.")
    if tiers.population:
        told = "; ".join(
            f"{span(e)}{f' (bound {bound(e)})' if bound(e) else ''} {assumed_words(e)}"
            for e in tiers.population
            if e.interval
        )
        text.append(f"{workforce_name(context.survey)}: {told}.")
    return " ".join(text)
