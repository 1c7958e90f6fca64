"""Notes beside the numbers they touch: print checks, caveats, tipping points."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from csea_stats.report.context import doubts_of
from csea_stats.report.text import HEADINGS, LANE_CAVEATS, capital, quoted_name, signs, the_workforce
from csea_stats.report.views import NoteView, Reference
from csea_stats.results.numbers import percent_range, ratio, ratio_range, thresholds_of
from csea_stats.results.sentences import method_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from csea_stats.report.context import Numbered, PageContext, Tiers
    from csea_stats.results.estimate import Estimate
    from csea_stats.survey.survey import Question

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST_NAMED = 6
"""Items that a note names; of more it gives the number, and each has the note's mark."""

MOST_EXCEPTED = 3
"""Items that a note names as not touched, where it touches more."""

OF_PRINT = ("print-conflict", "print-impossible")
"""Caveats that name the print which a finding is about."""

FOOT = ("one-at-a-time",)
"""Caveats of intervals as such: one line under the table."""

IN_THE_KEY = "all-at-once"
"""A caveat that the table's key tells: how many intervals the thin lines hold for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A block's notes, the line under its table, and the marks of each item that they touch."""

    checks: tuple[tuple[Numbered, NoteView], ...]
    caveats: tuple[NoteView, ...]
    foot: str
    marks: dict[str, tuple[Reference, ...]]


def notes_of(
    estimates: Sequence[Estimate],
    but: frozenset[str] = LANE_CAVEATS,
    *,
    told: Collection[tuple[str, str]] = (),
    joined: Callable[[list[str]], tuple[str, ...]] = tuple,
) -> tuple[NoteView, ...]:
    """Return the caveats of estimates, one note for each code.

    Parameters
    ----------
    estimates : sequence of Estimate
    but : frozenset of str
        Codes that are told elsewhere.
    told : collection of (code, text)
        What is told already.
    joined : callable
        Makes paragraphs of the texts of one code.
    """
    merged: dict[str, list[str]] = {}
    for code, text in doubts_of(tuple(estimates)):
        if code not in but and (code, text) not in told:
            merged.setdefault(code, []).append(text)
    return tuple(
        NoteView(kind="caveat", heading=HEADINGS.get(code, capital(code.replace("-", " "))), paragraphs=joined(texts))
        for code, texts in merged.items()
    )


def tipping_values(tiers: Tiers) -> tuple[float, str, float, float] | None:
    """Return the tipping point allowing for chance, its method, and the one at the observed share (or two)."""
    tipping = tiers.tipping
    if tipping is None or tipping.interval is None:
        return None
    found = [(i.lower, i.method) for i in (tipping.interval, tipping.companion) if i]
    lower, method = min(found, key=lambda pair: pair[0])
    ends = tipping.bounds or ((tipping.value, tipping.value) if tipping.value is not None else None)
    return None if ends is None else (lower, method_words(method.partition(",")[0]), ends[0], ends[1])


def tipping_line(tiers: Tiers) -> str:
    """Return a tipping point in one line, the smaller first."""
    found = tipping_values(tiers)
    if found is None:
        return ""
    lower, method, low, high = found
    at = f"{ratio_range(low, high)} at the observed share" if math.isfinite(high) else "none at the observed share"
    if high < 1:
        return "Tipping point: none; the observed share is below half."
    if lower < 1:
        return f"Tipping point: none allowing for chance, as there may be no majority; {at}."
    return f"Tipping point: {ratio(lower)} times, allowing for chance ({method} limit); {at}."


def tipping_note(tiers: Tiers, context: PageContext) -> NoteView | None:
    """Return the note on an item's tipping point; None where the observed share is below half."""
    found = tipping_values(tiers)
    if found is None or found[3] < 1:
        return None
    lower, method, low, high = found
    many, workforce = context.survey.targets.many, the_workforce(context.survey)
    at = f"{ratio_range(low, high)} times" if math.isfinite(high) else "at no ratio"
    began = began_words(tiers)
    if lower < 1:
        observed = (
            f"at the observed share it is {at}" if math.isfinite(high) else "nor is there one at the observed share"
        )
        text = f"Allowing for chance there may be no majority, so no tipping point; {observed}.{began}"
        return NoteView(kind="tipping", heading="Tipping point", paragraphs=(text,))
    text = (
        f"Allowing for chance ({method} lower limit), {workforce} would divide evenly if {many} who gave this answer "
        f"were {ratio(lower)} times as likely to take part as the others; at the observed share, "
        f"{'if ' if math.isfinite(high) else ''}{at}.{began}"
    )
    big = f"{ratio(lower)} and {at}" if math.isfinite(high) else f"{ratio(lower)} times"
    return NoteView(kind="tipping", heading="Tipping point", big=big, paragraphs=(text,))


def began_words(tiers: Tiers) -> str:
    """Return what is known of the share among all who began; empty where nobody was turned away."""
    if tiers.began is None or tiers.began.bounds is None:
        return ""
    span = percent_range(*tiers.began.bounds, thresholds_of(tiers.began), 0)
    return f" Had {tiers.began.target.words} been let in, the share would be {span}."


def check_note(numbered: Numbered, effect: tuple[str, ...] = ()) -> NoteView:
    """Return a finding as a note; what would explain it stands in the section on print checks.

    Parameters
    ----------
    numbered : Numbered
    effect : tuple of str
        Caveats about the same print, told as its effect.
    """
    finding = numbered.finding
    told = [] if any(finding.printed in text for text in effect) else [("Printed", finding.printed)]
    if finding.verdict == "inconsistent":
        told.append(("For print to agree", signs(finding.expected)))
    told.append(("Effect", " ".join(map(ended, effect)) or finding.consequence))
    return NoteView(
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


def merged_notes(notes: tuple[NoteView, ...]) -> tuple[NoteView, ...]:
    """Return notes, those that say the same told once under all their marks."""
    groups: dict[tuple[object, ...], list[NoteView]] = {}
    for note in notes:
        key = note.kind, note.paragraphs, note.heading.partition(" · ")[2]
        groups.setdefault(key, []).append(note)
    found = []
    for same in groups.values():
        marks = [note.heading.partition(" · ")[0] for note in same]
        heading = f"{marks[0]} to {marks[-1]} · {same[0].heading.partition(' · ')[2]}"
        others = tuple(note.anchor for note in same[1:])
        found.append(replace(same[0], heading=heading, others=others) if others else same[0])
    return tuple(found)


def noted(items: Sequence[Tiers], context: PageContext, question: Question, *, checks: bool = True) -> Noted:
    """Return the notes of a question: its findings, and its caveats with the items that each touches.

    A caveat of all items has no mark; one of some items has a letter, which stands beside them too. A caveat about
    the print that a finding is about is told as the finding's effect. With ``checks`` false, findings are left out.
    """
    numbered = context.findings(question.id) if checks else ()
    touched = _touched(items)
    touched.pop(IN_THE_KEY, None)
    foot = " ".join(text for code in FOOT for text in touched.pop(code, {}))
    marks: dict[str, list[Reference]] = {tiers.item: [] for tiers in items}
    effects = {n.mark: _effects(n, touched, marks) for n in numbered}
    caveats, letters = [], iter(LETTERS)
    for code, texts in touched.items():
        if not texts:
            continue
        heading = HEADINGS.get(code, capital(code.replace("-", " ")))
        if code == "print-ambiguous" and len(texts) > 1:
            told = [_ambiguous(texts, question)]
            exact = [name for names in texts.values() for name in names]
        else:
            each = [_told(text, names, items, question) for text, names in texts.items()]
            told = [text for text, _ in each]
            exact = [
                name for (_, by_mark), names in zip(each, texts.values(), strict=True) if by_mark for name in names
            ]
        letter = next(letters, "") if exact else ""
        anchor = f"{question.id}-{letter}" if letter else ""
        marked = f"{letter} · {heading}" if letter else heading
        caveats.append(NoteView(kind="caveat", anchor=anchor, heading=marked, paragraphs=tuple(told)))
        if letter:
            reference = Reference(text=letter, href=f"#{anchor}", spoken=f"see caveat {letter}: {heading}")
            for name in dict.fromkeys(exact):
                marks[name].append(reference)
    return Noted(
        checks=tuple((n, check_note(n, effects[n.mark])) for n in numbered),
        caveats=tuple(caveats),
        foot=foot,
        marks={item: tuple(references) for item, references in marks.items()},
    )


def _effects(
    numbered: Numbered, touched: dict[str, dict[str, list[str]]], marks: dict[str, list[Reference]]
) -> tuple[str, ...]:
    """Take the caveats about a finding's print out of those to tell, and mark every item that it touches."""
    names, effects = list(numbered.finding.items), []
    for code in OF_PRINT:
        for text in [text for text in touched.get(code, {}) if numbered.finding.printed in text]:
            names += touched[code].pop(text)
            effects.append(text)
    for item in dict.fromkeys(names):
        if item in marks:
            marks[item].append(check_reference(numbered))
    return tuple(effects)


def _ambiguous(texts: dict[str, list[str]], question: Question) -> str:
    """Return the counts that print leaves for several answers in one sentence."""
    told = [
        f"{_named(names, question)} {text[text.index('(') : text.index(')') + 1] if '(' in text else ''}".strip()
        for text, names in texts.items()
    ]
    return f"Print leaves several counts possible: {'; '.join(told)}. Intervals cover all of them."


def _touched(items: Sequence[Tiers]) -> dict[str, dict[str, list[str]]]:
    """Return the items that each caveat touches, by code and text; those of a whole target stand elsewhere."""
    touched: dict[str, dict[str, list[str]]] = {}
    for tiers in items:
        for code, text in doubts_of(tiers.every):
            if code not in LANE_CAVEATS and code != "synthetic":  # that stands over the whole page
                touched.setdefault(code, {}).setdefault(text, []).append(tiers.item)
    return touched


def _told(text: str, names: Sequence[str], items: Sequence[Tiers], question: Question) -> tuple[str, bool]:
    """Return a caveat with the items it touches, and whether they need a mark: not where it touches all, or nearly."""
    joint = {d.text for tiers in items if tiers.joint for d in tiers.joint.caveats}
    own = {d.text for tiers in items for e in tiers.members for d in e.caveats}
    at_once = "for all answers at once: " if text in joint - own else ""
    others = [tiers.item for tiers in items if tiers.item not in names]
    if not others:
        return capital(at_once) + text, False
    if len(others) <= MOST_EXCEPTED < len(names):
        return f"All but {_named(others, question)}: {at_once}{text}", False
    return f"{_named(names, question)}: {at_once}{text}", True


def _named(names: Sequence[str], question: Question) -> str:
    if len(names) > MOST_NAMED:
        return f"{len(names)} answers"
    return "; ".join(quoted_name(question, name) for name in names)
