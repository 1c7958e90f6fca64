"""Printed numbers that are no answers: the same one twice, sums of them, and the funnel of respondents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.auditing.explanations import listing
from csea_stats.auditing.findings import Finding
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from csea_stats.survey.source import Fact
    from csea_stats.survey.survey import Survey

EXACT = "any other number in either place would have been caught"


def _name(fact: Fact) -> str:
    return f"{fact.name} @ {fact.where}"


def check_numbers(survey: Survey) -> list[Finding]:
    """Check every printed number that is no answer."""
    by_name: dict[str, list[Fact]] = {}
    for fact in survey.fact:
        by_name.setdefault(fact.name, []).append(fact)
    findings = [_twice(facts) for facts in by_name.values() if len(facts) > 1]
    findings += [one for fact in survey.fact if fact.sum_of for one in _sum(fact, by_name)]
    return findings + _respondents(survey, by_name) + _funnel(survey)


def _twice(facts: list[Fact]) -> Finding:
    told = f"{facts[0].label}: {listing((f'{fact.count} ({fact.where})' for fact in facts), 'and')}"
    return _same(facts, told, agree=len({fact.count for fact in facts}) == 1)


def _same(facts: list[Fact], printed: str, *, agree: bool) -> Finding:
    return Finding(
        code="fact-twice",
        question=None,
        cells=tuple(_name(fact) for fact in facts),
        printed=printed,
        expected="the same number in every place",
        verdict="consistent" if agree else "inconsistent",
        explanations=() if agree else ("the places may count different things", "one of them is a slip of the pen"),
        power=EXACT,
    )


def _sum(fact: Fact, by_name: dict[str, list[Fact]]) -> list[Finding]:
    parts = [by_name[name] for name in fact.sum_of if name in by_name]
    if len(parts) < len(fact.sum_of):
        return []
    low = sum(min(one.count for one in some) for some in parts)
    high = sum(max(one.count for one in some) for some in parts)
    agree = low <= fact.count <= high
    told = " + ".join(f"{some[0].count} {some[0].label.lower()}" for some in parts)
    return [
        Finding(
            code="fact-sum",
            question=None,
            cells=(_name(fact), *(_name(one) for some in parts for one in some)),
            printed=f"{fact.label}: {fact.count}; {told}",
            expected=f"{listing(dict.fromkeys((low, high)), 'to')}",
            verdict="consistent" if agree else "inconsistent",
            explanations=()
            if agree
            else ("something is counted twice, or left out of the sum", "one of the numbers is a slip of the pen"),
            power=EXACT,
        )
    ]


def _respondents(survey: Survey, by_name: dict[str, list[Fact]]) -> list[Finding]:
    """Compare the facts named "respondents" with the survey's own number."""
    people = survey.people
    return [
        _same([fact], f"{fact.label}: {fact.count} ({fact.where}); {number_of(people, 'respondents')}", agree=False)
        for fact in by_name.get("respondents", ())
        if people is not None and fact.count != people
    ]


def _funnel(survey: Survey) -> list[Finding]:
    """Check that those who started are at least those who answered and those who were disqualified."""
    source = survey.source
    if source.started is None or survey.people is None:
        return []
    least = survey.people + (source.disqualified or 0)
    agree = source.started >= least
    return [
        Finding(
            code="funnel",
            question=None,
            cells=("source/started",),
            printed=(
                f"{source.started} started, {number_of(source.disqualified or 0, 'were')} disqualified, "
                f"{survey.people} answered"
            ),
            expected=f"at least {least} who started",
            verdict="consistent" if agree else "inconsistent",
            explanations=() if agree else ("those who were disqualified may not be counted among those who started",),
            power=f"fewer than {least} who started would have been caught",
        )
    ]
