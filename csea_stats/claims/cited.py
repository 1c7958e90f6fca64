"""A claim put to the test, as a sentence to cite: what was counted, and its verdict for each target."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.publication.lettered_notes import Note, by_letter, marks
from csea_stats.results.citable import Sentence, notes_of, pointed
from csea_stats.results.numbers import base_words, percent_range, ratio
from csea_stats.results.phrases import CHANCE, clauses, counts_words, intervals, of_people, synthetic
from csea_stats.targets.populations import Population, Respondents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.claims.claim_verdicts import Verdicts
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.phrases import Telling
    from csea_stats.results.values import Verdict

COUNTED = {
    "true of them": "true of",
    "not true of them": "not true of",
    "print unclear": "print leaves it open for",
    "cannot be checked": "it cannot be checked for",
}
PEOPLE = {
    "supported": "The data support it for {whom}",
    "contradicted": "The data contradict it for {whom}",
    "not settled": "For {whom} it is not settled",
    "too few answers": "For {whom} it cannot be shown by so few answers",
    "cannot be checked": "For {whom} it cannot be checked",
}
POLICY = {
    "supported": "Holds for people like these",
    "contradicted": "The survey points the other way",
    "not settled": "For people like these the survey is too small to say",
    "too few answers": "So few answers could not have shown it for people like these",
    "cannot be checked": "The report does not say",
}


def claim_sentence(
    text: str,
    verdicts: Verdicts,
    estimates: Sequence[Estimate],
    tipping: tuple[float, float] | None,
    telling: Telling,
    notes: dict[tuple[str, str], Note] | None = None,
) -> Sentence:
    """Return a claim with its verdicts as a sentence to cite.

    Parameters
    ----------
    text : str
        The statement.
    verdicts : Verdicts
    estimates : sequence of Estimate
        What the verdicts rest on; none where the claim cannot be checked.
    tipping : (float, float) or None
    telling : Telling
    notes : mapping, optional
        Those of the set that it is one of.
    """
    known = notes_of(estimates) if notes is None else notes
    own = tuple(sorted({note for one in estimates for note in pointed(one, known)}, key=by_letter))
    people = next(filter(of_people, estimates), None)
    if {verdict.word for verdict in verdicts if verdict} <= {"cannot be checked"}:
        return Sentence(text=f"“{text.removesuffix('.')}” cannot be checked.{marks(own)}", notes=own)
    parts = [_of_them(verdicts.respondents, estimates), _of_people(verdicts.people, people, telling)]
    parts.append(_of_population(verdicts.workforce, estimates, tipping, telling))
    stamp = synthetic(*estimates[:1])
    quoted = f"“{text.removesuffix('.')}”"
    more = dict.fromkeys(clause for one in estimates[:2] for clause in clauses(one))
    if telling.length == "full":
        sentences = [f"{quoted}: {parts[0] or 'nothing is said of those who answered'}", *filter(None, parts[1:])]
        told = ". ".join(filter(None, sentences)) + "".join(f"; {clause}" for clause in more) + "."
        return Sentence(text=stamp + told, notes=own)
    names = ("of them", "like them", "population")
    short = [_short(verdict, name) for verdict, name in zip(verdicts, names, strict=True)]
    if telling.length == "in-text" and people is not None and people.interval is not None and short[1]:
        short[1] += f" ({intervals(people, telling)}, chance alone)"
    words = "; ".join(filter(None, (*short, *more)))
    if tipping is not None and telling.length == "note":
        words += f"; tipping point {ratio(tipping[0])}"
    head = f"{quoted}: " if telling.length == "in-text" else ""
    return Sentence(text=f"{stamp}{head}{words}.{marks(own)}", notes=own)


def _short(verdict: Verdict | None, name: str) -> str:
    if verdict is None:
        return ""
    return f"{name}: {verdict.word.removesuffix(' of them')}"


def _of_them(verdict: Verdict | None, estimates: Sequence[Estimate]) -> str:
    if verdict is None:
        return ""
    one = next((one for one in estimates if isinstance(one.target, Respondents)), estimates[0] if estimates else None)
    base = base_words(one.base[0]) if one is not None and len(one.base) == 1 else ""
    those = f"the {base} who answered" if base else "those who answered"
    counted = ""
    if one is not None and counts_words(one) and len(set(one.counts)) == 1 and isinstance(one.base[0], int):
        share = one.counts[0][0] / one.base[0] if one.base[0] else 0.0
        counted = f" ({one.counts[0][0]}, {percent_range(share, share, (), 0)})"
    return f"{COUNTED.get(verdict.word, verdict.word)} {those}{counted}"


def _of_people(verdict: Verdict | None, one: Estimate | None, telling: Telling) -> str:
    if verdict is None:
        return ""
    if telling.reader == "policy":
        return POLICY.get(verdict.word, verdict.word)
    told = PEOPLE.get(verdict.word, "For {whom} it is " + verdict.word)
    whom = one.target.words if one is not None else "people like these"
    wording = replace(telling, length="in-text") if one is not None and one.scale == "rank" else telling
    limits = f" ({intervals(one, wording)})" if one is not None and one.interval is not None else ""
    return f"{told.format(whom=whom)}{limits}, {CHANCE}" if limits else told.format(whom=whom)


def _of_population(
    verdict: Verdict | None, estimates: Sequence[Estimate], tipping: tuple[float, float] | None, telling: Telling
) -> str:
    if verdict is None:
        return ""
    one = next((one for one in estimates if isinstance(one.target, Population)), None)
    whom = one.target.words if one is not None else "the population"
    if telling.reader == "policy" and verdict.word == "not settled":
        return f"Whether it holds for {whom} the survey is too small to say"
    turns = ""
    if tipping is not None and tipping[0] > 1:
        turns = f": allowing for chance, a participation ratio of {ratio(tipping[0])} would undo it"
    if verdict.word == "too few answers":
        return f"For {whom} it cannot be shown by so few answers{turns}"
    return f"For {whom} it {'' if verdict.word.startswith(('depends', 'cannot')) else 'is '}{verdict.word}{turns}"
