"""Groups of columns as questions: a column per answer, a first, second, ... answer, a ranking."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.drafting.cell_answers import CODED
from csea_stats.drafting.column_facts import Drafted, given_once, of_one_person, other_of, share_words
from csea_stats.drafting.column_stems import LOOSE, ColumnGroup, Member, stands_beside
from csea_stats.drafting.word_lists import (
    folded,
    is_nothing,
    is_off_scale,
    is_other,
    mark_pairs,
    no_yes,
    no_yes_pairs,
    scale_of,
    variable_name,
)
from csea_stats.respondents.kinds import Categories, Multiple, Ordered, changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from csea_stats.drafting.column_facts import ColumnFacts
    from csea_stats.respondents.readers import ResponseSet


KNOWN = ("qualtrics", "surveycto", "sosci", "redcap")
"""Tools that write S_o for a question with several answers."""

SIGNS = (("", "1"), ("0", "1"), ("1", "2"))
"""Marks that speak for it themselves: not chosen, chosen."""


MOST_MARKS = 20
"""Distinct texts of a column that may hold marks and reasons."""

MOST_MENTIONED = 200
"""Distinct answers of a first, second, ... choice."""


FEWEST_LABELLED = 5
"""Rows with several answers from which columns with one list of labels, none of which stands twice, are choices."""

FEWEST_OF_ONE = 4
"""Rows with a mark from which columns of which no row marks two are one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What marks chosen answers.

    Parameters
    ----------
    yes, no : tuple of str
        As the file writes them.
    pair : tuple of str
        As the list of marks has them.
    own : bool
    off : tuple of str
        Texts off the scale.
    """

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    pair: tuple[str, str] = ("", "")
    own: bool = False
    off: tuple[str, ...] = ()


def _marks(members: Sequence[Member], off_codes: Mapping[str, str]) -> Marks | None:
    """Return the marks of columns that hold nothing else."""
    if any(len(member.facts.texts) > MOST_MARKS for member in members):
        return None
    texts = dict.fromkeys(text for member in members for text in member.facts.texts)
    labels = {code: label for member in members for code, label in member.facts.labels.items()}
    off = [text for text in texts if is_off_scale(labels.get(text, text)) or text in off_codes]
    forms = {text: folded(labels.get(text, text)) for text in texts if text not in off}
    for no, yes in (*mark_pairs(), *no_yes_pairs()):
        chosen = [text for text, form in forms.items() if form == yes]
        others = [text for text, form in forms.items() if form == no]
        if chosen and len(chosen) + len(others) == len(forms) and (others or (no, yes) != ("1", "2")):
            pair = (no, yes) if others else ("", yes)
            return Marks(yes=tuple(sorted(chosen)), no=tuple(sorted(others)) or ("",), pair=pair, off=tuple(off))
    sign = next(iter(texts), "")
    if len(texts) == 1 and (sign == "1" or not re.search(r"\w", sign)):  # such as a tick, or 1 whatever its label
        return Marks(yes=(sign,), no=("",), pair=("", sign), off=tuple(off))
    return None


def _own(members: Sequence[Member]) -> tuple[Member, ...] | None:
    """Return members with their own texts as answers, or None where a cell holds anything else."""
    found = []
    for given in members:
        member, texts = given, [given.facts.labels.get(text, text) for text in given.facts.texts]
        if len(texts) > 1:
            return None
        coded = re.fullmatch(r"-?\w*\d+|[A-Za-z]{1,2}", member.option) is not None and member.label == member.option
        if texts and texts[0] != member.label:
            if not coded or len(texts[0]) < 3:
                return None
            member = replace(member, label=texts[0])
        elif not texts and coded:
            continue
        found.append(member)
    labels = [member.label for member in found]
    filled = sum(bool(member.facts.texts) for member in found)
    return tuple(found) if filled >= 2 and len(set(labels)) == len(labels) else None


def drafted_group(
    group: ColumnGroup, everything: Sequence[ColumnFacts], tool: str, off_codes: Mapping[str, str]
) -> tuple[Drafted, dict[str, str]] | dict[str, str] | None:
    """Return a question with a column per answer and why other columns are not read; or only the latter.

    Parameters
    ----------
    group : ColumnGroup
    everything : sequence of ColumnFacts
        All columns that may be read.
    tool : str
    off_codes : mapping
        Codes by which the tool says that there is no answer.
    """
    if _is_ranking(group):
        return {member.facts.name: "a ranking" for member in group.members}
    names = {facts.bare for facts in everything}
    loose = group.sign in LOOSE
    for members, others in _parts(group):
        own = _own(members) if not loose or group.stem in names or tool in KNOWN else None
        marks = Marks(own=True) if own is not None else _marks(members, off_codes)
        if marks is None:
            continue
        coded = (marks.no[0], marks.yes[0]) if marks.yes else marks.pair
        plain = marks.pair in SIGNS or coded in SIGNS or coded[0] == ""
        if loose and not (group.stem in names or tool in KNOWN or plain):
            continue
        worded = marks.pair in no_yes_pairs() and marks.pair != ("false", "true")
        asks = group.sign == "phrase" and all(member.option.endswith("?") for member in group.members)
        if worded and (asks or (group.sign == "slash" and tool in CODED and group.stem not in names)):
            continue  # questions with one answer each in a group of questions
        kept = list(own if own is not None else members)
        if not own and marks.no != ("",):
            kept = [member for member in kept if member.facts.texts]
        if sum(bool(member.facts.texts) for member in kept) < 1 or len(kept) + len(others) < 2 or not kept:
            continue
        texts = _other_text(group, others, everything)
        return _boxes(ColumnGroup(stem=group.stem, sign=group.sign, members=tuple(kept)), marks, texts, everything)
    return None


def _parts(group: ColumnGroup) -> Iterator[tuple[tuple[Member, ...], tuple[Member, ...]]]:
    """Yield the members that may be marks, and those that hold texts of one's own: all, else runs of them."""
    other = tuple(m for m in group.members if is_other(m.option) or is_other(m.label))
    texts = tuple(m for m in other if not _marks([m], {}) and m.facts.texts and list(m.facts.texts) != [m.label])
    rest = tuple(m for m in group.members if m not in texts)
    blank_other = tuple(m for m in rest if m in other and not m.facts.texts)
    yield tuple(m for m in rest if m not in blank_other), texts or blank_other
    for own in (False, True):
        longest: tuple[Member, ...] = ()
        run: list[Member] = []
        for member in (*rest, None):
            texts_here = len(member.facts.texts) if member is not None else MOST_MARKS
            if member is not None and (texts_here <= own or _marks([member], {}) is not None):
                run.append(member)
                continue
            longest = max(longest, tuple(run), key=len)
            run = []
        if 2 <= len(longest) < len(rest):
            yield tuple(m for m in longest if m not in blank_other), texts


def _other_text(group: ColumnGroup, others: Sequence[Member], everything: Sequence[ColumnFacts]) -> ColumnFacts | None:
    """Return the column of texts of one's own."""
    if others:
        return others[0].facts
    inside = {member.facts.name for member in group.members}
    bases = [group.stem, *(member.facts.bare for member in group.members)]
    outside = [facts for facts in everything if facts.texts and facts.name not in inside]
    return next((facts for facts in outside if any(stands_beside(facts.bare, base) for base in bases)), None)


def _is_ranking(group: ColumnGroup) -> bool:
    """Whether every answered row holds 1, 2, ... k, each once, k being 3 or more."""
    numbers = [str(number) for number in range(1, len(group.members) + 1)]
    filled = [member for member in group.members if member.facts.texts]
    if len(filled) < 3 or not all(set(member.facts.texts) <= set(numbers) for member in filled):
        return False
    found = np.stack([member.facts.coded(numbers) + 1 for member in filled], axis=1)
    ordered, counts = np.sort(found, axis=1), (found > 0).sum(axis=1)
    answered = counts > 0
    wanted = np.maximum(np.arange(1, len(filled) + 1) - (len(filled) - counts)[:, None], 0)
    return int(answered.sum()) > 1 and bool((ordered == wanted)[answered].all()) and bool((counts[answered] >= 3).all())


def _boxes(
    group: ColumnGroup,
    marks: Marks,
    texts: ColumnFacts | None,
    everything: Sequence[ColumnFacts],
    *,
    fewest: int = FEWEST_OF_ONE,
) -> tuple[Drafted, dict[str, str]] | None:
    """Return a question with a column per answer."""
    members = group.members
    ticked = np.stack([_ticked(member, marks) for member in members], axis=1)
    reasons = np.stack([m.facts.holds(marks.off) for m in members], axis=1)
    written = np.zeros(len(ticked), dtype=np.bool_)
    if texts is not None and texts.texts:
        written = texts.filled()
    several = (ticked.sum(axis=1) + written) > 1
    single = [place for place in range(len(members)) if not (ticked[:, place] & several).any()]
    nothing = [place for place in single if is_nothing(members[place].label)][:1]
    apart = [p for p in single if is_off_scale(members[p].label) or re.fullmatch(r"-\d+", members[p].option)]
    answers = [place for place in range(len(members)) if place not in (*nothing, *apart)]
    if not answers or (len(answers) < 2 and texts is None):
        return None
    unread = {}
    if texts is not None and texts.name not in {member.facts.name for member in members}:
        unread[texts.name] = "" if texts.texts else "blank"
    summary = next((facts for facts in everything if facts.bare == group.stem), None)
    if summary is not None and _repeats(summary, members):
        unread[summary.name] = f"the same answers as {variable_name(group.stem)}"
    table = {members[place].facts.name: members[place].label for place in answers}
    label = _other_label(texts, [members[place] for place in answers], ticked[:, answers], written)
    settings: dict[str, Any] = {"columns": table}
    settings |= {"own": True} if marks.own else {"yes": list(marks.yes), "no": list(marks.no)}
    if texts is not None and texts.texts:
        settings["other"] = {"column": texts.name, "label": label}
    sources = (*(m.facts.name for m in members), *((texts.name,) if texts is not None and texts.texts else ()))
    unread = {name: why for name, why in unread.items() if why}
    place = members[0].facts.place
    if marks.own and not nothing and not several.any() and int((ticked.any(axis=1) | written).sum()) >= fewest:
        one = _one_answer(settings, [members[place].label for place in apart])
        remark = '? one answer, a column per answer (no row has two); if several were allowed: kind = "multiple"'
        return Drafted(place=place, called=group.stem, kind=one, remarks=(remark,), columns=sources), unread
    off: Any = {members[place].facts.name: members[place].label for place in apart} or list(marks.off)
    settings |= {"empty": "missing", "off_scale": off}
    if nothing:
        settings["nothing_column"] = members[nothing[0]].facts.name
    hanging = _hanging(ticked | reasons, written, marks, members)
    kind = Multiple(**settings)
    return Drafted(
        place=place, called=group.stem, kind=kind, remarks=(_boxes_remark(hanging, len(ticked)),), columns=sources
    ), unread


def _other_label(
    texts: ColumnFacts | None, answers: Sequence[Member], ticked: NDArray[np.bool_], written: NDArray[np.bool_]
) -> str:
    """Return the answer that texts of one's own are: beside which they stand by name, else where it is marked."""
    for member in answers:
        if is_other(member.label) or (texts is not None and stands_beside(texts.bare, member.facts.bare)):
            return member.label
    same = [place for place in range(len(answers)) if written.any() and (ticked[:, place] == written).all()]
    return answers[same[0]].label if len(same) == 1 else "other"


def _boxes_remark(hanging: int, rows: int) -> str:
    if not hanging:
        return "? several answers, a column each; no row hangs on empty"
    return (
        f"? several answers, a column each; {share_words(hanging, rows)} rows have none of them: "
        'empty = "missing" reads them as no answer, "none" as chose none'
    )


def _ticked(member: Member, marks: Marks) -> NDArray[np.bool_]:
    codes = [code for code, label in member.facts.labels.items() if label == member.label]
    return member.facts.holds((member.label, *codes) if marks.own else marks.yes)


def _hanging(chosen: NDArray[np.bool_], written: NDArray[np.bool_], marks: Marks, members: Sequence[Member]) -> int:
    """Return how many rows are read by `empty`: nothing is marked in them, and not for want of any cell."""
    silent = ~chosen.any(axis=1) & ~written
    if not marks.own and marks.no != ("",):
        silent &= np.stack([m.facts.holds(marks.no) for m in members], axis=1).any(axis=1)
    return int(silent.sum())


def _one_answer(settings: dict[str, Any], outside: Sequence[str]) -> Categories:
    labels = [label for label in settings["columns"].values() if label not in outside]
    scale = scale_of(labels)
    if scale is not None:
        return Ordered(*scale.answers, off_scale=outside, **settings)
    return Categories(*(no_yes(labels) or labels), off_scale=outside, **settings)


def _repeats(summary: ColumnFacts, members: Sequence[Member]) -> bool:
    """Whether every cell of a column is answers of the group, one behind the other."""
    words = sorted({text for m in members for text in (m.option, m.label)}, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<![^\s,;|]){re.escape(word)}(?![^\s,;|])" for word in words))
    return bool(summary.texts) and all(not re.sub(r"[\s,;|]", "", pattern.sub("", text)) for text in summary.texts)


def drafted_choices(group: ColumnGroup, everything: Sequence[ColumnFacts]) -> tuple[Drafted, dict[str, str]] | None:
    """Return columns whose only text is their own name as one question; the next column "Other" holds its texts."""
    last = max(member.facts.place for member in group.members)
    behind = next((facts for facts in everything if facts.place > last and facts.texts), None)
    texts = behind if behind is not None and is_other(behind.bare) else None
    first = group.members[0].facts
    named = first.bare.startswith(f"{group.stem} | ")
    made = _boxes(group, Marks(own=True), texts, (), fewest=FEWEST_OF_ONE if named else first.rows + 1)
    if made is None or named:
        return made
    drafted, unread = made
    more = "the columns hold their own names alone, and the question's name is not in the file"
    return replace(drafted, remarks=(f"{drafted.remarks[0]}; {more}",)), unread


def drafted_mentions(group: ColumnGroup) -> tuple[Drafted, dict[str, str]] | dict[str, str] | None:
    """Return a first, second, ... answer: rows without repeats, filled from the left, most answers in two columns."""
    facts = [member.facts for member in group.members]
    labelled = bool(facts[0].labels)
    alike = all(len(one.texts) <= MOST_MENTIONED and one.labels == facts[0].labels for one in facts)
    times: dict[str, int] = {}
    spread: dict[str, int] = {}
    for member in group.members:
        for text, count in member.facts.texts.items():
            times[text] = times.get(text, 0) + count
            spread[text] = spread.get(text, 0) + 1
    texts = sorted(times, key=lambda text: (-times[text], text))
    if (
        not alike
        or not 2 <= len(texts) <= MOST_MENTIONED
        or 2 * sum(count > 1 for count in spread.values()) <= len(texts)
    ):
        return None
    if sum(one.answers for one in facts) > facts[0].rows * len(texts):  # some row has to hold one twice
        return None
    codes = np.stack([one.coded(texts) for one in facts], axis=1)
    filled = codes >= 0
    from_left = bool((filled[:, 1:] <= filled[:, :-1]).all())
    ordered = np.sort(codes, axis=1)
    twice = bool(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any())
    answered = filled.any(axis=1)
    whole = bool(filled[answered].all())
    numeric = all(re.fullmatch(r"[+-]?[\d.,]+", text) for text in texts)
    several = int((filled.sum(axis=1) > 1).sum())
    if not from_left or twice or several < (FEWEST_LABELLED if labelled else 2) or (whole and (numeric or labelled)):
        return None
    if whole and len(texts) == len(group.members) >= 3:
        return {member.facts.name: "a ranking" for member in group.members}
    kind, more = (_categories_of(facts), ()) if labelled else _choices(facts, texts, times, codes)
    if not isinstance(kind, Multiple):
        return None
    remarks = ("? first, second, ... choice: the order of the choices is not kept", *more)
    sources = tuple(one.name for one in facts)
    return Drafted(place=facts[0].place, called=group.stem, kind=kind, remarks=remarks, columns=sources), {}


def _choices(
    facts: Sequence[ColumnFacts], texts: Sequence[str], times: Mapping[str, int], codes: NDArray[np.int32]
) -> tuple[Multiple, tuple[str, ...]]:
    """Return a first, second, ... answer in words, and a remark on texts given once."""
    reasons = [text for text in texts if is_off_scale(text)]
    nothing = [text for text in texts if is_nothing(text)]
    filled = (codes >= 0).sum(axis=1)
    alone = filled == 1
    special = [t for t in (*reasons, *nothing) if not ((codes == texts.index(t)).any(axis=1) & ~alone).any()]
    none = next((text for text in nothing if text in special), None)
    once = of_one_person(times, int((filled > 0).sum())) - set(special)
    items = [text for text in texts if text not in special and text not in once]
    kind = Multiple(
        mentions=[one.name for one in facts],
        items=items,
        off_scale=[text for text in special if text != none],
        nothing=none,
        other=other_of(items) if once else None,
    )
    return kind, (given_once(once, "items"),) if once else ()


SET_REMARK = "? a multiple response set of the file"


def drafted_set(
    one: ResponseSet, members: Sequence[ColumnFacts]
) -> tuple[Drafted, dict[str, str]] | dict[str, str] | None:
    """Return a set as a question with several answers; None where its columns do not hold what it says.

    Parameters
    ----------
    one : ResponseSet
    members : sequence of ColumnFacts
    """
    kind = _categories_of(members) if one.counted is None else _dichotomies(members, one.counted)
    if not isinstance(kind, Multiple):
        return dict.fromkeys(one.columns, kind) if kind else None
    kind = changed(kind, label=one.label)
    place = min(facts.place for facts in members)
    drafted = Drafted(
        place=place, called=one.name.lstrip("$"), kind=kind, remarks=(SET_REMARK,), columns=tuple(one.columns)
    )
    return drafted, {}


def _dichotomies(members: Sequence[ColumnFacts], counted: str) -> Multiple | str | None:
    answers = [facts.title or facts.name for facts in members]
    if len(set(answers)) < len(answers):
        answers = [facts.name for facts in members]
    others = sorted({text for facts in members for text in facts.texts} - {counted})
    if not any(counted in facts.texts for facts in members):
        return None
    table = {facts.name: answer for facts, answer in zip(members, answers, strict=True)}
    return Multiple(columns=table, yes=counted, no=others or "", empty="missing")


def _categories_of(members: Sequence[ColumnFacts]) -> Multiple | str | None:
    labels = {code: label for facts in members for code, label in facts.labels.items() if code not in facts.declared}
    outside = {code: label for facts in members for code, label in facts.labels.items() if code in facts.declared}
    there = dict.fromkeys(text for facts in members for text in facts.texts)
    codes = list(dict.fromkeys((*labels, *sorted(there))))
    items = list(dict.fromkeys(labels.get(code, code) for code in codes))
    found = np.sort(np.stack([facts.coded(codes) for facts in members], axis=1), axis=1)
    if bool(((found[:, 1:] == found[:, :-1]) & (found[:, 1:] >= 0)).any()):
        return "a multiple response set of the file in which some rows hold an answer twice"
    if not items or not there:
        return None
    names = [facts.name for facts in members]
    return Multiple(mentions=names, items=items, off_scale=dict.fromkeys(filter(None, outside.values())))
