"""Whether the printed numbers can be true together: every finding that is no pass, and what passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.report.notes import ended
from csea_stats.report.views import Check, Judged, Passed
from csea_stats.report.wording import SHAPES, capital, in_words

if TYPE_CHECKING:
    from csea_stats.auditing.findings import Finding
    from csea_stats.report.context import Context, Numbered


def name_of(finding: Finding) -> str:
    """Return what a check compares, from its code."""
    return capital(finding.code.replace("-", " "))


def intro(context: Context) -> str:
    """Return how many checks were made and how they went."""
    verdicts: list[str] = [finding.verdict for finding in context.audit.findings]
    if not verdicts:
        return "No two printed statements could be compared."
    told = [
        f"{in_words(verdicts.count(word)) if verdicts.count(word) else 'none'} {words}"
        for word, words in (
            ("inconsistent", "inconsistent"),
            ("cannot be checked", "cannot be checked"),
            ("consistent", "consistent"),
        )
    ]
    return (
        f"Can the printed numbers be true together? {capital(in_words(len(verdicts)))} checks: {', '.join(told)}. "
        "Where print contradicts itself, all counts that could lie behind it are carried forward. A conflict may be "
        "a slip, another base or another rounding; this page does not say which."
    )


def checks(context: Context, verdict: str) -> tuple[Check, ...]:
    """Return every finding of one verdict."""
    return tuple(_check(numbered, context) for numbered in context.numbered if numbered.finding.verdict == verdict)


def _check(numbered: Numbered, context: Context) -> Check:
    finding = numbered.finding
    labels = {question.id: question.label for question in context.survey.question}
    label = labels.get(finding.question or "", "")
    where = tuple(dict.fromkeys(cell.partition(" @ ")[2] for cell in finding.cells if " @ " in cell))
    return Check(
        anchor=f"check-{numbered.mark.lower()}",
        mark=numbered.mark,
        heading=f"{label}: {name_of(finding).lower()}" if label else name_of(finding),
        href=f"#{numbered.mark.lower()}" if label else "",
        cells=", ".join(where),
        printed=ended(finding.printed),
        expected=ended(finding.expected) if finding.expected else "",
        judged=Judged(shape=SHAPES[finding.verdict], text=capital(finding.verdict)),
        explanations=_told(finding.explanations),
        consequence=capital(ended(finding.consequence)) if finding.consequence else "",
        power=capital(ended(finding.power)) if finding.power else "",
    )


def passed(context: Context) -> tuple[Passed, ...]:
    """Return how many checks of each kind print passes, with what such a check would have caught."""
    groups: dict[str, list[Finding]] = {}
    for finding in context.audit.findings:
        if finding.verdict == "consistent":
            groups.setdefault(name_of(finding), []).append(finding)
    return tuple(
        Passed(name=name, number=len(found), power=next((f.power for f in found if f.power), ""))
        for name, found in groups.items()
    )


def _told(explanations: tuple[str, ...]) -> tuple[str, ...]:
    """Return explanations as sentences; a clause that several end with is told once."""
    seen: set[str] = set()
    found = []
    for text in explanations:
        kept = [clause for clause in text.split("; ") if clause not in seen]
        seen.update(kept)
        if kept:
            found.append(capital(ended("; ".join(kept))))
    return tuple(found)
