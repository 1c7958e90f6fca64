"""Sentences to cite: each short and whole, and what holds for several of them told once, in notes by letter.

A caveat is never lost: what a sentence does not tell by its grammar or in a clause stands in a note that it points to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from csea_stats.publication.lettered_notes import (
    SEVERITIES,
    Note,
    by_letter,
    joined,
    letters,
    marks,
    merged,
    notes_line,
)
from csea_stats.publication.saving import save_lines
from csea_stats.results import phrases
from csea_stats.results.numbers import base_words, integer, level_words, number_of, span_words
from csea_stats.results.sentences import compared, method_words, observed_words
from csea_stats.targets.populations import FinitePopulation, Population, Respondents

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from csea_stats.publication.lettered_notes import Severity
    from csea_stats.results.values import Caveat, EstimateFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence to cite, and the notes that belong to it; `str` tells both.

    Parameters
    ----------
    text : str
    notes : tuple of Note
        Never empty of an estimate, which has a caveat.
    """

    text: str
    notes: tuple[Note, ...]

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.text, notes_line(self.notes))))

    def _repr_html_(self) -> str:
        return _html((self.text,), self.notes)


class Sentences(Sequence[Sentence]):
    """Several sentences to cite, their notes once; `str` tells the lines by number, then the notes.

    Parameters
    ----------
    lines : iterable of Sentence
    """

    __slots__ = ("_lines",)

    def __init__(self, lines: Iterable[Sentence] = ()) -> None:
        self._lines = tuple(lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The sentences' texts."""
        return tuple(line.text for line in self._lines)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Every note once, by letter."""
        return tuple(sorted(dict.fromkeys(note for line in self._lines for note in line.notes), key=by_letter))

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> Sentence: ...
    @overload
    def __getitem__(self, index: slice) -> Sentences: ...
    def __getitem__(self, index: int | slice) -> Sentence | Sentences:
        return Sentences(self._lines[index]) if isinstance(index, slice) else self._lines[index]

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the lines by number, then the notes, into a file whose ending says how: .docx, .tex, .md or .txt.

        Returns
        -------
        Path

        Raises
        ------
        InputError
            For another ending.
        MissingPackage
            Word needs python-docx.
        OutputError
            If the file cannot be written; an old one is still whole then.

        Examples
        --------
        >>> import tempfile, pathlib, csea_stats as cs
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> cs.proportion(35, 49, target=cs.TIERS).sentences().save(folder / "results.md").name
        'results.md'
        """
        return save_lines(self.lines, [str(note) for note in self.notes], path)

    def __repr__(self) -> str:
        return f"<Sentences: {len(self)}, {len(self.notes)} notes>"

    def __str__(self) -> str:
        numbered = [f"{number}. {line}" for number, line in enumerate(self.lines, 1)]
        return "\n".join(filter(None, (*numbered, notes_line(self.notes))))

    def _repr_html_(self) -> str:
        return _html(self.lines, self.notes)


def shortened(text: str) -> str:
    """Return a `repr` of one line, under 100 characters."""
    line = " ".join(text.split()).removesuffix(">")
    return f"{line[:94]}...>" if len(line) > 96 else f"{line}>"


def _html(lines: Sequence[str], notes: Sequence[Note]) -> str:
    from html import escape

    items = "".join(f"<p>{escape(line)}</p>" for line in lines)
    told = "".join(f"<p>{escape(str(note))}</p>" for note in notes)
    return f"{items}<details><summary>Notes</summary>{told}</details>" if told else items


def notes_of(estimates: Iterable[EstimateFields]) -> dict[tuple[str, str], Note]:
    """Return the note of every doubt of a set of estimates, by its code and text: the serious first, one text once."""
    known = tuple(estimates)
    texts: dict[tuple[str, Severity], dict[str, None]] = {}
    for doubt in (doubt for estimate in known for doubt in estimate.caveats):
        texts.setdefault((doubt.code, doubt.severity), {})[doubt.text] = None
    if methods := methods_note(known):
        texts["intervals", "note"] = {methods: None}
    found: dict[tuple[str, str], Note] = {}
    shown: dict[str, Note] = {}
    for (code, severity), same in sorted(texts.items(), key=lambda one: SEVERITIES.index(one[0][1])):
        for text, told in merged(tuple(same)).items():
            if told not in shown:
                shown[told] = Note(letter=letters(len(shown)), code=code, text=told, severity=severity)
            found[code, text] = shown[told]
    return found


def doubt_notes(doubts: Iterable[Caveat]) -> tuple[Note, ...]:
    """Return a note for each doubt of what is no estimate, the serious first."""
    known = sorted(dict.fromkeys(doubts), key=lambda one: SEVERITIES.index(one.severity))
    return tuple(
        Note(letter=letters(place), code=one.code, text=one.text, severity=one.severity)
        for place, one in enumerate(known)
    )


def methods_note(estimates: Sequence[EstimateFields]) -> str:
    """Return what the labels of intervals stand for, with the methods that made them."""
    kinds: dict[str, dict[str, None]] = {}
    for span in (one for estimate in estimates for one in (estimate.interval, estimate.companion) if one):
        kinds.setdefault(span.kind, {})[method_words(span.method).partition(", participation")[0]] = None
    told = [
        f"{phrases.LABELS[kind]}, {kind} interval ({joined(list(kinds[kind]), 'or')})"
        for kind in phrases.LABELS
        if kind in kinds
    ]
    return f"{'; '.join(told)}." if told else ""


def pointed(estimate: EstimateFields, notes: dict[tuple[str, str], Note]) -> tuple[Note, ...]:
    """Return the notes that an estimate points to, by letter."""
    found = {notes[doubt.code, doubt.text] for doubt in estimate.caveats}
    if estimate.interval:
        found |= {note for (code, _), note in notes.items() if code == "intervals"}
    return tuple(sorted(found, key=by_letter))


def sentence_of(
    estimate: EstimateFields, telling: phrases.Telling, notes: dict[tuple[str, str], Note] | None = None, test: str = ""
) -> Sentence:
    """Return one estimate as a sentence to cite.

    Parameters
    ----------
    estimate : Estimate
    telling : Telling
    notes : mapping, optional
        The notes of the set that it is one of; None: its own.
    test : str, optional
        A test with its p-value, told in place of the verdict.
    """
    own = pointed(estimate, notes_of((estimate,)) if notes is None else notes)
    text = {"full": _full, "in-text": _in_text, "note": _fragment}[telling.length](estimate, telling, test)
    alone = notes is None and telling.length == "full"
    return Sentence(text=text if alone else text + marks(own), notes=own)


def sentences_of(estimates: Iterable[EstimateFields], telling: phrases.Telling) -> Sentences:
    """Return estimates as sentences to cite, what holds for several told once."""
    known = tuple(estimates)
    notes = notes_of(known)
    return Sentences(sentence_of(estimate, telling, notes) for estimate in known)


def capital(text: str) -> str:
    """Return a text as a sentence begins."""
    return text[:1].upper() + text[1:]


def _full(estimate: EstimateFields, telling: phrases.Telling, test: str) -> str:
    counted = "" if test and not phrases.two_groups(estimate) else _counted(estimate)
    more = "".join(f"; {clause}" for clause in phrases.clauses(estimate))
    others = _others(estimate, telling) + f"; {test}" * bool(test)
    told = [f"{counted}{more}." if counted else "", f"{others}{'' if counted else more}." if others else ""]
    judged = "" if test else phrases.verdict_sentence(estimate, telling)
    return phrases.synthetic(estimate) + " ".join(filter(None, (*told, judged)))


TOGETHER = re.compile(r"of (.+) by (“.+)")
"""How an answer and a group are named whose relation print leaves open."""


def _counted(estimate: EstimateFields) -> str:
    """Return what was counted, or what print leaves open, as a sentence without its full stop."""
    if phrases.left_open(estimate):
        value = phrases.value_words(estimate)
        if pair := TOGETHER.fullmatch(estimate.label or ""):
            able, groups = (
                f"can be {'anything from ' * (' to ' in value)}{value}",
                pair[2].replace(" minus ", "” against “"),
            )
            return f"Print does not tell how {pair[1]} goes with {groups}: the {estimate.estimand} {able}"
        return f"Print does not tell {phrases.noun(estimate)}: it can be {value}"
    if phrases.two_groups(estimate):
        first, second = phrases.sides_words(estimate)
        observed = estimate.scale == "difference" and not isinstance(estimate.target, Population)
        gap = f", a difference of {phrases.value_words(estimate)}" if observed else ""
        if compared(estimate):
            gap = f": {observed_words(estimate)}"
        return f"{first} and {second} {_done(estimate)}".rstrip() + gap
    counted = phrases.counts_words(estimate)
    if counted:
        of = f" of the {estimate.interval.simultaneous} answers listed" if estimate.interval else ""
        rank = f", rank {phrases.value_words(estimate)}{of}" if estimate.scale == "rank" else ""
        return f"{counted} {phrases.says(estimate)}{rank}{phrases.print_leaves(estimate)}"
    alone = isinstance(estimate.target, Respondents) or estimate.value is None
    if estimate.interval is None and alone and not isinstance(estimate.target, Population):
        how = " of the model" if any(doubt.code == "described" for doubt in estimate.caveats) else ""
        among = f"{capital(phrases.subject(estimate))}{how} among {estimate.target.words}"
        return f"{among} is {_value_of_how_many(estimate)}"
    return ""


def _others(estimate: EstimateFields, telling: phrases.Telling) -> str:
    """Return what it says of others than these respondents, as a sentence without its full stop."""
    target = estimate.target
    if phrases.counted_whole(estimate):
        told = f"{phrases.subject(estimate)} is {_value_of_how_many(estimate)}"
        return f"Among {target.words}, all of whom answered, {told}"
    if isinstance(target, Population):
        known = _has_counts(estimate) and estimate.scale in ("share", "difference")
        limits = phrases.population_limits(estimate, telling, of_how_many(estimate))
        return f"For {target.words}{' it' if known else f', {phrases.subject(estimate)}'} is {limits}"
    if isinstance(target, Respondents) or (estimate.interval is None and estimate.value is None):
        return ""
    if estimate.interval is None:
        return f"Among {target.words}, {phrases.subject(estimate)} is {_value_of_how_many(estimate)}"
    inside = "; ".join(filter(None, (of_how_many(estimate), phrases.intervals(estimate, telling))))
    told = f"{phrases.quantity(estimate)} ({inside})"
    if phrases.left_open(estimate):
        span = span_words(estimate.interval.lower, estimate.interval.upper, estimate.scale)
        told = f"it lies within {span} ({level_words(estimate.interval.level)} bounds)"
    alike = ", all else in the model alike" if estimate.comparison and estimate.comparison.change else ""
    size = f" among {integer(target.size)} people" if isinstance(target, FinitePopulation) else ""
    return f"Among {target.words}, {told}{alike}, {phrases.CHANCE}{size}"


def of_how_many(estimate: EstimateFields) -> str:
    """Return the base of what no counts are told of: "49 workers"."""
    if not estimate.base or _has_counts(estimate):
        return ""
    whole = sum(base for base in estimate.base if isinstance(base, int))
    known = all(isinstance(base, int) for base in estimate.base)
    if len(estimate.base) > 2 and known:  # whose number is which would not be clear
        return number_of(whole, estimate.target.many)
    return joined([*map(base_words, estimate.base[:-1]), number_of(estimate.base[-1], estimate.target.many)], "and")


def _has_counts(estimate: EstimateFields) -> bool:
    return phrases.left_open(estimate) or phrases.two_groups(estimate) or bool(phrases.counts_words(estimate))


def _in_text(estimate: EstimateFields, telling: phrases.Telling, test: str) -> str:
    """Return a clause with its numbers in one pair of brackets."""
    whole = [
        of_how_many(estimate),
        phrases.named_value(estimate),
        phrases.intervals(estimate, telling),
        _basis(estimate),
    ]
    told = (", " if telling.style == "apa" else "; ").join(filter(None, whole))
    inside = "; ".join(
        filter(None, (told, *phrases.clauses(estimate, short=True), test or phrases.verdict_clause(estimate)))
    )
    body = capital(_body(estimate))
    within = f"{body.removesuffix(')')}; {inside})" if body.endswith(")") else f"{body} ({inside})"
    return f"{phrases.synthetic(estimate)}{within}."


def _done(estimate: EstimateFields) -> str:
    """Return what stands after two groups with their counts: what both do; of those who moved what is told of them."""
    if estimate.estimand != "paired shift":
        return phrases.says(estimate)
    more = (estimate.label or "").removeprefix(phrases.MOVED).strip()
    return f"({more})" if more and not more.startswith("(") else more


def _value_of_how_many(estimate: EstimateFields) -> str:
    people = of_how_many(estimate)
    return f"{phrases.value_words(estimate)}{f' ({people})' if people else ''}"


def _body(estimate: EstimateFields) -> str:
    """Return who is counted and what they say, without a share."""
    if phrases.left_open(estimate):
        return f"print leaves open {phrases.noun(estimate)}"
    if phrases.two_groups(estimate):
        sides = map(phrases.without_share, phrases.sides_words(estimate))
        return f"{' and '.join(sides)} {_done(estimate)}".rstrip()
    counted = phrases.without_share(phrases.counts_words(estimate))
    if counted:
        return f"{counted} {phrases.says(estimate)}"
    if estimate.comparison and estimate.comparison.change:
        return phrases.noun(estimate) if estimate.value is None else phrases.moved(estimate)
    return f"{phrases.noun(estimate)} {OF_THEM.get(type(estimate.target).__name__, '')}".strip().removesuffix(",")


OF_THEM = {"Respondents": "of these respondents", "Population": "of the population"}


def _basis(estimate: EstimateFields) -> str:
    """Return what the intervals allow for, in a word or two."""
    if phrases.counted_whole(estimate):
        return "all of them answered"
    if isinstance(estimate.target, Population):
        return phrases.short_assumption(estimate.target)
    return "" if isinstance(estimate.target, Respondents) or estimate.interval is None else "chance alone"


def _fragment(estimate: EstimateFields, telling: phrases.Telling, test: str) -> str:
    """Return what a note below a table has room for."""
    span = phrases.intervals(estimate, telling)
    numbers = f"{phrases.named_value(estimate)} ({span})" if span else phrases.named_value(estimate)
    if phrases.left_open(estimate):
        numbers = f"{phrases.value_words(estimate)} open" + (f" ({span})" if span else "")
    basis = "assumed" if isinstance(estimate.target, Population) else ""
    basis = "all answered" if phrases.counted_whole(estimate) else basis
    parts = [
        phrases.short_counts(estimate),
        of_how_many(estimate),
        numbers,
        basis,
        *phrases.clauses(estimate, short=True),
        test or phrases.verdict_clause(estimate),
    ]
    return f"{phrases.synthetic(estimate)}{capital('; '.join(filter(None, parts)))}."
