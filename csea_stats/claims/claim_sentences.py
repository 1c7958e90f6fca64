"""The outcome of a claim in plain words, its threshold named."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from csea_stats.results.numbers import at_most, interval_words, probability, ratio, span_words, thresholds_of
from csea_stats.results.sentences import counted, what_interval
from csea_stats.tabulation.naming import teller
from csea_stats.targets.populations import TAUS, Population, Respondents, Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.claims.claim_verdicts import Verdicts
    from csea_stats.claims.evidence import TestedClaim
    from csea_stats.claims.format import Claim
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Verdict
    from csea_stats.survey.survey import Survey


def told(outcome: TestedClaim, survey: Survey, family: int) -> str:
    """Return one paragraph: claim and threshold, each verdict with its numbers, what could turn it, what was tested.

    Parameters
    ----------
    outcome : TestedClaim
    survey : Survey
        For the words of its targets.
    family : int
        How many claims were tested.
    """
    verdicts = outcome.verdicts
    if verdicts.respondents is not None and verdicts.respondents.word == "cannot be checked":
        return f"Cannot be checked: {verdicts.respondents.why}{_open(outcome, survey)}"
    parts = [
        *(_these(outcome), _apart(outcome, survey), _people(outcome), _workforce(outcome, survey)),
        *(_tipping(outcome), _afterwards(outcome), _rate(outcome, family)),
    ]
    return " ".join(part for part in parts if part)


def read_otherwise(claim: Claim, strict: Sequence[Verdicts]) -> Iterator[str]:
    """Yield a sentence for each stricter reading: "Read as fewer than a quarter: true of them; not settled."."""
    for one, verdicts in zip(claim.other, strict, strict=True):
        yield f"Read as {one.reading}: {'; '.join(verdict.word for verdict in verdicts if verdict)}."


def _open(outcome: TestedClaim, survey: Survey) -> str:
    if outcome.bounds is None:
        return ""
    span = span_words(*outcome.bounds, outcome.scale, _held(outcome))
    by = teller(survey)
    return f" {by[:1].upper()}{by[1:]} leaves {span} possible among these respondents."


def _these(outcome: TestedClaim) -> str:
    verdict = outcome.verdicts.respondents
    if verdict is None:
        return ""
    if outcome.goal is None:
        return f"These respondents: {verdict.word}. {verdict.why}"
    claim = verdict.why.partition(": ")[0]
    numbers = "; ".join(
        dict.fromkeys(_counted(e, _held(outcome)) for e in outcome.estimates if isinstance(e.target, Respondents))
    )
    return f"{claim}. These respondents: {verdict.word} ({numbers})."


def _apart(outcome: TestedClaim, survey: Survey) -> str:
    """Return who was asked and is in no count; of several questions each with its label."""
    labels = {question.id: question.label for question in survey.question}
    several = len({e.question for e in outcome.estimates}) > 1
    found = [(e, doubt.text) for e in outcome.estimates for doubt in e.caveats if doubt.code == "apart"]
    return " ".join(dict.fromkeys(f"{labels[e.question or '']}: {text}" if several else text for e, text in found))


def _held(outcome: TestedClaim) -> tuple[float, ...]:
    """Return the thresholds of a claim."""
    return outcome.goal.thresholds if outcome.goal else ()


def _counted(estimate: Estimate, held: tuple[float, ...]) -> str:
    low, high = estimate.bounds or (estimate.value, estimate.value)
    ranked = estimate.scale == "rank"
    if low is None or high is None or not (ranked or estimate.estimand == "superiority" or _of_margins(estimate)):
        return counted(estimate, held)
    value = span_words(low, high, estimate.scale, (*thresholds_of(estimate), *held))
    if ranked:
        part = " among those printed" if any(doubt.code == "list-shortened" for doubt in estimate.caveats) else ""
        return f"rank {value}{part}"
    return f"{value} possible by the margins" if _of_margins(estimate) else f"{value}; {counted(estimate, held)}"


def _of_margins(estimate: Estimate) -> bool:
    """Whether print gives margins only, so that what is counted is what they leave possible."""
    return estimate.estimand.endswith(("in the group", "outside the group", "between groups"))


def _people(outcome: TestedClaim) -> str:
    verdict = outcome.verdicts.people
    if verdict is None or outcome.goal is None:
        return "It says nothing of anyone else." if outcome.verdicts.respondents else ""
    found = [e for e in outcome.estimates if not isinstance(e.target, (Respondents, Population))]
    limits = [
        "; ".join(
            f"{interval_words(i, e.scale, (*thresholds_of(e), *_held(outcome)))}, {what_interval(i)}"
            for i in (e.interval, e.companion)
            if i
        )
        for e in found[:1]
    ]
    told_ = [*limits] if len(found) == 1 else [f"each of {len(found)} by itself"] if found else []
    if outcome.probability:
        told_.append(f"probability {probability(*outcome.probability)}")
    if outcome.confidence:
        told_.append(f"confidence {probability(*outcome.confidence)}")
    more = f" ({'; '.join(told_)})" if told_ else ""
    return f"People like these, allowing for chance alone: {verdict.word}{more}."


def _workforce(outcome: TestedClaim, survey: Survey) -> str:
    verdict: Verdict | None = outcome.verdicts.workforce
    if verdict is None:
        return ""
    name = survey.targets.workforce
    named = name[:1].upper() + name[1:]
    if verdict.word == "cannot be checked":
        return f"{named}: {verdict.word}."
    *most, last = (ratio(Selection(tau=tau).ratio) for tau in TAUS)
    assumed = f"assuming that participation differed by up to about {', '.join(most)} or {last} times"
    return f"{named}, {assumed}: {verdict.word}."


def _tipping(outcome: TestedClaim) -> str:
    if outcome.tipping is None:
        return ""
    limit, observed = outcome.tipping
    if observed <= 1:
        return "Participation ratio that would undo it: 1 or less, so as observed there is nothing to lose."
    at = (
        f"at the observed value {ratio(observed)}"
        if math.isfinite(observed)
        else "at the observed value no ratio would"
    )
    if limit <= 1:
        return f"Participation ratio that would undo it: allowing for chance none is needed; {at}."
    chance = ratio(limit) if math.isfinite(limit) else "beyond any"
    return f"Participation ratio that would undo it: allowing for chance {chance}; {at}."


def _afterwards(outcome: TestedClaim) -> str:
    """Return that a group was singled out after the answers were seen, if it was."""
    return next((d.text for e in outcome.estimates for d in e.caveats if d.code == "chosen-after"), "")


def _rate(outcome: TestedClaim, family: int) -> str:
    if outcome.verdicts.people is None or outcome.goal is None:
        return ""
    more = "The one statement tested."
    if family > 1:
        more = f"One of {family} statements tested; no correction for that."
    if outcome.false_sign is None:
        return more
    return (
        "Were the truth exactly at the threshold, the rule would still decide, for or against, in at most "
        f"{at_most(outcome.false_sign)} of surveys of this size. {more}"
    )
