"""Notes beside the numbers they touch: print checks, caveats, tipping points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.report.context import doubts_of
from csea_stats.report.views import Note, Reference
from csea_stats.report.wording import HEADINGS, LANE_CAVEATS, capital, shown_name, the_workforce
from csea_stats.results.numbers import ratio
from csea_stats.results.sentences import method_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.report.context import Context, Numbered
    from csea_stats.report.tiers import Tiers
    from csea_stats.survey.format import Question

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST_NAMED = 6
"""Items that a note names; of more it gives the number, and each has the note's mark."""

MOST_EXCEPTED = 3
"""Items that a note names as not touched, where it touches more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A block's notes, and the marks of each item that they touch."""

    checks: tuple[tuple[Numbered, Note], ...]
    caveats: tuple[Note, ...]
    marks: dict[str, tuple[Reference, ...]]


def tipping_values(tiers: Tiers) -> tuple[float, str, float, float] | None:
    """Return the tipping point allowing for chance, its method, and the one at the observed share (or two)."""
    tipping = tiers.tipping
    if tipping is None or tipping.interval is None:
        return None
    found = [(i.lower, i.method) for i in (tipping.interval, tipping.companion) if i]
    lower, method = min(found, key=lambda pair: pair[0])
    ends = tipping.bounds or ((tipping.value, tipping.value) if tipping.value is not None else None)
    return None if ends is None else (lower, method_words(method.partition(",")[0]), ends[0], ends[1])


def observed_ratio(low: float, high: float) -> str:
    """Return the ratio at the observed share, or the range of it that print leaves."""
    one, two = ratio(low), ratio(high)
    return one if one == two else f"{one} to {two}"


def tipping_line(tiers: Tiers) -> str:
    """Return a tipping point in one line, the smaller first."""
    found = tipping_values(tiers)
    if found is None:
        return ""
    lower, method, low, high = found
    text = f"Tipping point: {ratio(lower)} times, allowing for chance ({method} limit)"
    at = f"{observed_ratio(low, high)} at the observed share" if math.isfinite(high) else "none at the observed share"
    if high < 1:
        return f"{text}; {at}. Below 1: no majority to lose."
    lost = ", so no majority to lose" if lower < 1 else ""
    return f"{text}{lost}; {at}."


def tipping_note(tiers: Tiers, context: Context) -> Note | None:
    """Return the note on an item's tipping point."""
    found = tipping_values(tiers)
    if found is None:
        return None
    lower, method, low, high = found
    many, workforce = context.survey.targets.many, the_workforce(context.survey)
    at = observed_ratio(low, high)
    if high < 1:
        text = f"Below 1, so there is no majority to lose. At the observed share, {workforce} divides evenly "
        text += (
            f"if {many} who say so were {at} times as likely to take part as the others." if high else "at no ratio."
        )
    else:
        text = (
            f"Allowing for chance ({method} lower limit), {workforce} divides evenly if {many} who say so were "
            f"{ratio(lower)} times as likely to take part as the others; at the observed share, "
        )
        text += f"if {at} times." if math.isfinite(high) else "at no ratio."
        if lower < 1:
            text += " Below 1 there is no majority to lose."
    return Note(
        kind="tipping",
        heading="Tipping point",
        big=f"{ratio(lower)} and {at} times" if math.isfinite(high) else f"{ratio(lower)} times",
        paragraphs=(text, "This needs no assumption about the ratio."),
    )


def check_note(numbered: Numbered) -> Note:
    """Return a finding as a note; what would explain it stands in the section on print checks."""
    finding = numbered.finding
    told = [("Printed", finding.printed)]
    if finding.verdict == "inconsistent":
        told.append(("For print to agree", finding.expected))
    told.append(("Effect", finding.consequence))
    return Note(
        kind="check",
        anchor=numbered.mark.lower(),
        heading=f"{numbered.mark} · Print check: {finding.verdict}",
        paragraphs=tuple(f"{head}: {ended(text)}" for head, text in told if text),
        more=f"#check-{numbered.mark.lower()}" if finding.explanations else "",
    )


def ended(text: str) -> str:
    """Return a text with a full stop, if it has none.

    Examples
    --------
    >>> ended("14 or 15 of 49"), ended("Carried on.")
    ('14 or 15 of 49.', 'Carried on.')
    """
    return text if text.endswith((".", "!", "?", ".”", '."')) else f"{text}."


def check_reference(numbered: Numbered) -> Reference:
    """Return the mark that leads to a finding's note."""
    mark = numbered.mark
    return Reference(text=mark, href=f"#{mark.lower()}", spoken=f"see print check {mark}")


def noted(items: Sequence[Tiers], context: Context, question: Question) -> Noted:
    """Return the notes of a question: its findings, and its caveats with the items that each touches.

    A caveat of all items has no mark; one of some items has a letter, which stands beside them too.
    """
    marks: dict[str, list[Reference]] = {tiers.item: [] for tiers in items}
    for numbered in context.findings(question.id):
        for item in numbered.finding.items:
            if item in marks:
                marks[item].append(check_reference(numbered))
    caveats, letters = [], iter(LETTERS)
    for code, texts in _touched(items).items():
        heading = HEADINGS.get(code, capital(code.replace("-", " ")))
        told = [_told(text, names, items, question) for text, names in texts.items()]
        exact = [name for (_, by_mark), names in zip(told, texts.values(), strict=True) if by_mark for name in names]
        letter = next(letters, "") if exact else ""
        anchor = f"{question.id}-{letter}" if letter else ""
        caveats.append(
            Note(
                kind="caveat",
                anchor=anchor,
                heading=f"{letter} · {heading}" if letter else heading,
                paragraphs=tuple(text for text, _ in told),
            )
        )
        if letter:
            reference = Reference(text=letter, href=f"#{anchor}", spoken=f"see caveat {letter}: {heading}")
            for name in dict.fromkeys(exact):
                marks[name].append(reference)
    return Noted(
        checks=tuple((n, check_note(n)) for n in context.findings(question.id)),
        caveats=tuple(caveats),
        marks={item: tuple(references) for item, references in marks.items()},
    )


def _touched(items: Sequence[Tiers]) -> dict[str, dict[str, list[str]]]:
    """Return the items that each caveat touches, by code and text; those of a whole target stand elsewhere."""
    touched: dict[str, dict[str, list[str]]] = {}
    for tiers in items:
        for code, text in doubts_of(tiers.every):
            if code not in LANE_CAVEATS:
                touched.setdefault(code, {}).setdefault(text, []).append(tiers.item)
    return touched


def _told(text: str, names: Sequence[str], items: Sequence[Tiers], question: Question) -> tuple[str, bool]:
    """Return a caveat with the items it touches, and whether they need a mark: not where it touches all, or nearly."""
    others = [tiers.item for tiers in items if tiers.item not in names]
    if not others:
        return text, False
    if len(others) <= MOST_EXCEPTED < len(names):
        return f"All but {_named(others, question)}: {text}", False
    return f"{_named(names, question)}: {text}", True


def _named(names: Sequence[str], question: Question) -> str:
    if len(names) > MOST_NAMED:
        return f"{len(names)} answers"
    return "; ".join(f"“{shown_name(question, name)}”" for name in names)
