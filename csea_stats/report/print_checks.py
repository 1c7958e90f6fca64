"""Whether the printed numbers can be true together: every finding that is no pass, and what passed."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from csea_stats.report.context import is_idle
from csea_stats.report.notes import ended
from csea_stats.report.text import capital, in_words, signs
from csea_stats.report.views import Check, Passed
from csea_stats.results.numbers import small

if TYPE_CHECKING:
    from csea_stats.auditing.findings import Finding
    from csea_stats.report.context import Numbered, PageContext

CHECKS = {
    "statements-agree": "Statements on the same answers agree",
    "percent-and-base": "A percentage fits its base",
    "averages-agree": "A mean or median fits its base",
    "mean-and-answers": "A mean or median fits the answers",
    "mean-and-base": "A mean fits its base",
    "mean-and-scale": "A mean or median lies within its scale",
    "mean-and-sd": "A standard deviation fits its mean",
    "median-and-base": "A median fits its base",
    "other-base": "Percentages are of the printed base",
    "sum-of-answers": "A sum fits its answers",
    "total-of-answers": "All answers make the base",
    "percent-twice": "A percentage printed twice is the same",
    "count-twice": "A count printed twice is the same",
    "count-above-base": "A count is at most its base",
    "base-above-respondents": "A base is at most the number of those asked",
    "number-in-words": "A number in words fits the other print",
    "range-and-base": "A range fits its base",
    "range-and-statement": "A statement lies within its range",
    "percent-and-count": "A percentage fits the count beside it",
    "text-and-figure": "Text and figure agree",
    "both-ways": "Which of two answers a number is of",
    "too-many-readings": "All readings can be listed",
    "values-without-labels": "Values without labels",
    "battery-assignments": "A battery's values can be given to its questions",
    "battery-open": "Which value belongs to which question",
    "battery-total": "The values of a battery add up",
    "nested-base": "A part's base is the count of its answer",
    "words-vague": "Numbers given in vague words",
    "pick-total": "A choice of several adds up",
    "list-length": "The list is as long as print says",
    "subgroup-within-total": "Groups add up to the whole",
    "group-sizes": "The groups are as many as answered",
    "groups-and-total": "Answers by groups fit together",
    "fact-twice": "A number printed twice is the same",
    "fact-sum": "Numbers on the sample add up",
    "date-twice": "A date printed twice is the same",
    "date-order": "Dates follow each other",
}
"""What each check compares, in words; a code that is not here is told as it stands."""

COMMON = 0.4
"""Share of the findings from which a remark of several is told once for all of them."""


def name_of(finding: Finding) -> str:
    """Return what a check compares, in words."""
    return CHECKS.get(finding.code, capital(finding.code.replace("-", " ")))


def intro(context: PageContext) -> str:
    """Return how many checks were made and how they went."""
    verdicts: list[str] = [finding.verdict for finding in context.audit.findings if not is_idle(finding)]
    idle = len(context.audit.findings) - len(verdicts)
    tell = "tells" if idle == 1 else "tell"
    could_not = f" {capital(in_words(idle))} more could not have failed and {tell} nothing." if idle else ""
    if not verdicts:
        return f"No two printed statements could be compared so that one might contradict the other.{could_not}"
    counts = {word: verdicts.count(word) for word in ("inconsistent", "cannot be checked", "consistent")}
    told = [
        f"{in_words(number) if number else 'none'} {word}"
        for word, number in counts.items()
        if number or word == "inconsistent"
    ]
    checks = "check" if len(verdicts) == 1 else "checks"
    text = (
        f"Can the printed numbers be true together? {capital(in_words(len(verdicts)))} {checks}: {', '.join(told)}."
        f"{could_not}"
    )
    if "inconsistent" in verdicts:
        text += (
            " Where print contradicts itself, all counts that could lie behind it are carried forward. A conflict may "
            "be a slip, another base or another rounding; this page does not say which."
        )
    return text


def checks(context: PageContext, verdict: str) -> tuple[Check, ...]:
    """Return every finding of one verdict; those that say the same of several questions are one."""
    found = tuple(n for n in context.numbered if n.finding.verdict == verdict)
    everywhere = set(remarks(context)) if verdict == "inconsistent" else set()
    groups: dict[tuple[object, ...], list[Numbered]] = {}
    for n in found:
        f = n.finding
        groups.setdefault((f.code, f.printed, f.expected, f.explanations, f.consequence), []).append(n)
    return tuple(_check(same, context, everywhere) for same in groups.values())


def remarks(context: PageContext) -> tuple[str, ...]:
    """Return the clauses of explanations and effects that many contradictions share."""
    found = [n.finding for n in context.numbered if n.finding.verdict == "inconsistent"]
    clauses = [set(_clauses(f.explanations)) | {f.consequence} for f in found]
    counts = Counter(clause for told in clauses for clause in told if clause)
    return tuple(clause for clause, count in counts.items() if count > 1 and count >= COMMON * len(found))


def remark_text(context: PageContext) -> str:
    """Return the shared remarks as sentences, in an order that does not change."""
    return " ".join(capital(ended(signs(clause))) for clause in sorted(remarks(context)))


def powers(context: PageContext) -> tuple[tuple[str, str], ...]:
    """Return what each kind of check with a contradiction catches, once for each kind."""
    found: dict[str, str] = {}
    for n in context.numbered:
        if n.finding.verdict == "inconsistent" and n.finding.power:
            found.setdefault(name_of(n.finding), ended(n.finding.power))
    return tuple(found.items())


def _check(same: list[Numbered], context: PageContext, everywhere: set[str]) -> Check:
    numbered = same[0]
    finding = numbered.finding
    labels = {question.id: question.label for question in context.survey.question}
    labels |= {battery.id: battery.label for battery in context.survey.battery}
    named = [labels[n.finding.question] for n in same if n.finding.question in labels]
    label = named[0] if len(named) == 1 else f"{in_words(len(named))} questions" if named else ""
    head = f"{capital(label)}: {small(name_of(finding))}" if label else name_of(finding)
    consequence = "" if finding.consequence in everywhere else finding.consequence
    return Check(
        anchor=f"check-{numbered.mark.lower()}",
        others=tuple(f"check-{n.mark.lower()}" for n in same[1:]),
        mark=" · ".join(n.mark for n in same),
        heading=head,
        href=_href(numbered, context) if label else "",
        printed=ended(finding.printed if finding.printed.startswith("n=") else capital(finding.printed)),
        expected=capital(ended(signs(finding.expected))) if finding.expected else "",
        explanations=_told(finding.explanations, everywhere),
        consequence=capital(ended(consequence)) if consequence else "",
    )


def _href(numbered: Numbered, context: PageContext) -> str:
    """Return where the page tells of a finding: a contradiction has a note, else the question stands for itself."""
    if numbered.finding.verdict == "inconsistent":
        return f"#{numbered.mark.lower()}"
    kind = "b" if numbered.finding.question in {battery.id for battery in context.survey.battery} else "q"
    return f"#{kind}-{numbered.finding.question}"


def passed(context: PageContext) -> tuple[Passed, ...]:
    """Return how many checks of each kind print passes, with what such a check would have caught."""
    groups: dict[str, list[Finding]] = {}
    for finding in context.audit.findings:
        if finding.verdict == "consistent" and not is_idle(finding):
            groups.setdefault(name_of(finding), []).append(finding)
    return tuple(
        Passed(name=name, number=len(found), power=next((_caught(f.power) for f in found if f.power), ""))
        for name, found in groups.items()
    )


def _caught(power: str) -> str:
    """Return what a check would have caught, beneath a head that says so."""
    return re.sub(",? would have been caught", "", power)


def _clauses(explanations: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(clause for text in explanations for clause in text.split("; "))


def _told(explanations: tuple[str, ...], everywhere: set[str]) -> tuple[str, ...]:
    """Return explanations as sentences; a clause that several end with, or that all share, is told once elsewhere."""
    seen = set(everywhere)
    found = []
    for text in explanations:
        kept = [clause for clause in text.split("; ") if clause not in seen]
        seen.update(kept)
        if kept:
            found.append(capital(ended(signs("; ".join(kept)))))
    return tuple(found)
