"""Neighbouring columns with one stem: a question with a column per answer, a first, second, ... answer, a ranking."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.drafting.column_facts import Drafted, coded_rows, share_words
from csea_stats.drafting.word_lists import folded, is_nothing, is_off_scale, is_other, mark_pairs, scale_of
from csea_stats.respondents.kinds import Categories, Multiple, Ordered
from csea_stats.respondents.texts import compared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from csea_stats.drafting.column_facts import ColumnFacts
    from csea_stats.respondents.raw_columns import Raw

    Columns = Mapping[str, Sequence[Raw]]

_STEMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("redcap", re.compile(r"(?P<stem>.+?)___(?P<option>.+)", re.DOTALL)),
    ("choice", re.compile(r"(?P<stem>.+?) ?\(choice=(?P<option>.+)\)", re.DOTALL)),
    ("bracket", re.compile(r"(?P<stem>.*[^\]\s]) ?\[(?P<option>[^\[\]]+)\]", re.DOTALL)),
    ("bar", re.compile(r"(?P<stem>.+) \| (?P<option>.+)", re.DOTALL)),
    ("slash", re.compile(r"(?P<stem>.+)/(?P<option>[^/]+)", re.DOTALL)),
    ("colon", re.compile(r"(?P<option>.+?):(?P<stem>.+)", re.DOTALL)),
    ("dot", re.compile(r"(?P<stem>\S+)\.(?P<option>[^.\s]+)")),
    ("dash", re.compile(r"(?P<stem>\S+)-(?P<option>[^-\s]+)")),
    ("under", re.compile(r"(?P<stem>\S+?)_(?P<option>_\d+)|(?P<stem2>\S+)_(?P<option2>[^_\s]+)")),
)
"""How the name of a column holds that of its question and of its answer, the first that fits."""

_LOOSE = ("dot", "dash", "under")
"""Signs that names hold anyway: they part a stem only where more speaks for it."""

KNOWN = ("qualtrics", "surveycto", "sosci", "redcap")
"""Tools that write S_o for a question with several answers."""

SIGNS = (("", "1"), ("0", "1"), ("1", "2"))
"""Marks that speak for it themselves: not chosen, chosen."""

_CUT = re.compile(r"[?:]? - |[?:] (?!- )| \| |:")
"""What parts the wording of a question from that of an answer."""

_TEXT_OF = re.compile(r"[ _\-./]?\[?(?:text|other|oth|specify|othertext|other_text|other_specify)\]?", re.IGNORECASE)

_NUMBERED = re.compile(r"(?P<stem>.*?\D)[ _.#-]*\[?(?P<number>\d{1,2})\]?", re.DOTALL)

FEWEST_OF_ONE = 4
"""Rows with a mark from which columns of which no row marks two are one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A column of a group.

    Parameters
    ----------
    facts : ColumnFacts
    option : str
        What its name says of the answer.
    label : str
        The answer: of the wording, else the option.
    """

    facts: ColumnFacts
    option: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Neighbours with one stem.

    Parameters
    ----------
    stem : str
    sign : str
        What parts stem and option.
    members : tuple of Member
    """

    stem: str
    sign: str
    members: tuple[Member, ...]


def stem_of(facts: ColumnFacts, tool: str) -> tuple[str, str, str] | None:
    """Return the sign, the stem and the option of a column's name.

    Parameters
    ----------
    facts : ColumnFacts
    tool : str
        "" for none that is known.
    """
    for sign, pattern in _STEMS:
        if sign == "colon" and tool != "alchemer":
            continue
        match = pattern.fullmatch(facts.bare)
        if match is not None:
            parts = match.groupdict()
            stem, option = parts["stem"] or parts.get("stem2"), parts["option"] or parts.get("option2")
            code = re.fullmatch(r"_(\d+)", option or "")
            return sign, compared(stem or ""), f"-{code[1]}" if code else compared(option or "")
    return None


def groups_of(columns: Sequence[ColumnFacts], tool: str) -> list[Group]:
    """Return runs of two or more neighbours with one stem; texts written beside one of their answers are skipped.

    Parameters
    ----------
    columns : sequence of ColumnFacts
    tool : str
    """
    found: list[Group] = []
    run: list[Member] = []
    here: tuple[str, str] = ("", "")

    def close() -> None:
        if len(run) > 1:
            found.append(Group(stem=here[1], sign=here[0], members=tuple(_worded(run))))
        run.clear()

    for facts in columns:
        split = stem_of(facts, tool)
        if run and any(_beside(facts.bare, member.facts.bare) for member in run):
            continue
        if split is None or split[:2] != here:
            close()
            here = split[:2] if split is not None else ("", "")
        if split is not None:
            run.append(Member(facts=facts, option=split[2], label=split[2]))
    close()
    return found


def _beside(name: str, base: str) -> bool:
    """Whether a column is called as the text written beside another."""
    return name.startswith(base) and _TEXT_OF.fullmatch(name[len(base) :]) is not None and name != base


def _worded(run: Sequence[Member]) -> Iterator[Member]:
    """Yield members with the answers that a header row or a statistics file tells behind what all have in common."""
    told = [member.facts.wording or member.facts.title for member in run]
    common = ""
    if all(told):
        for length in range(1, min(map(len, told))):
            if len({text[:length] for text in told}) > 1:
                break
            common = told[0][:length]
        cuts = [match.end() for match in _CUT.finditer(common)]
        common = common[: cuts[-1]] if cuts else ""
    labels = [text[len(common) :].strip() for text in told]
    titles = all(member.facts.title and not member.facts.wording for member in run)
    fits = (common or titles) and all(labels) and len(set(labels)) == len(labels)
    for member, label in zip(run, labels, strict=True):
        yield replace(member, label=compared(label)) if fits else member


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
    texts = dict.fromkeys(text for member in members for text in member.facts.texts)
    labels = {code: label for member in members for code, label in member.facts.labels.items()}
    off = [text for text in texts if is_off_scale(labels.get(text, text)) or text in off_codes]
    forms = {text: folded(labels.get(text, text)) for text in texts if text not in off}
    for no, yes in mark_pairs():
        chosen = [text for text, form in forms.items() if form == yes]
        others = [text for text, form in forms.items() if form == no]
        if chosen and len(chosen) + len(others) == len(forms) and (others or (no, yes) != ("1", "2")):
            pair = (no, yes) if others else ("", yes)
            return Marks(yes=tuple(sorted(chosen)), no=tuple(sorted(others)) or ("",), pair=pair, off=tuple(off))
    return None


def _own(members: Sequence[Member]) -> tuple[Member, ...] | None:
    """Return members with their own texts as answers, or None where a cell holds anything else."""
    found = []
    for given in members:
        member, texts = given, list(given.facts.texts)
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
    group: Group, columns: Columns, everything: Sequence[ColumnFacts], tool: str, off_codes: Mapping[str, str]
) -> tuple[Drafted, dict[str, str]] | dict[str, str] | None:
    """Return a question with a column per answer and why other columns are not read; or only the latter.

    Parameters
    ----------
    group : Group
    columns : mapping
        The file's columns.
    everything : sequence of ColumnFacts
        All columns that may be read.
    tool : str
    off_codes : mapping
        Codes by which the tool says that there is no answer.
    """
    if _is_ranking(group, columns):
        return {member.facts.name: "a ranking" for member in group.members}
    names = {facts.bare for facts in everything}
    loose = group.sign in _LOOSE
    for members, others in _parts(group):
        own = _own(members) if not loose or group.stem in names or tool in KNOWN else None
        marks = Marks(own=True) if own is not None else _marks(members, off_codes)
        if marks is None:
            continue
        if loose and not (group.stem in names or tool in KNOWN or marks.pair in SIGNS):
            continue
        kept = list(own if own is not None else members)
        if not own and marks.no != ("",):
            kept = [member for member in kept if member.facts.texts]
        if sum(bool(member.facts.texts) for member in kept) < 1 or len(kept) + len(others) < 2 or not kept:
            continue
        texts = _other_text(group, others, everything)
        return _boxes(Group(stem=group.stem, sign=group.sign, members=tuple(kept)), marks, texts, columns, everything)
    return None


def _parts(group: Group) -> Iterator[tuple[tuple[Member, ...], tuple[Member, ...]]]:
    """Yield the members that may be marks, and those that hold texts of one's own: all, else runs of them."""
    other = tuple(m for m in group.members if is_other(m.option) or is_other(m.label))
    texts = tuple(m for m in other if not _marks([m], {}) and m.facts.texts and list(m.facts.texts) != [m.label])
    rest = tuple(m for m in group.members if m not in texts)
    blank_other = tuple(m for m in rest if m in other and not m.facts.texts)
    yield tuple(m for m in rest if m not in blank_other), texts or blank_other
    longest: tuple[Member, ...] = ()
    run: list[Member] = []
    for member in (*rest, None):
        if member is not None and (len(member.facts.texts) <= 1 or _marks([member], {})):
            run.append(member)
            continue
        longest = max(longest, tuple(run), key=len)
        run = []
    if 2 <= len(longest) < len(rest):
        yield tuple(m for m in longest if m not in blank_other), texts


def _other_text(group: Group, others: Sequence[Member], everything: Sequence[ColumnFacts]) -> ColumnFacts | None:
    """Return the column of texts of one's own."""
    if others:
        return others[0].facts
    inside = {member.facts.name for member in group.members}
    bases = [group.stem, *(member.facts.bare for member in group.members)]
    outside = [facts for facts in everything if facts.texts and facts.name not in inside]
    return next((facts for facts in outside if any(_beside(facts.bare, base) for base in bases)), None)


def _is_ranking(group: Group, columns: Columns) -> bool:
    """Whether every answered row holds 1, 2, ... k, each once, k being 3 or more."""
    numbers = [str(number) for number in range(1, len(group.members) + 1)]
    filled = [member for member in group.members if member.facts.texts]
    if len(filled) < 3 or not all(set(member.facts.texts) <= set(numbers) for member in filled):
        return False
    found = np.stack([coded_rows(columns[member.facts.name], numbers) + 1 for member in filled], axis=1)
    ordered, counts = np.sort(found, axis=1), (found > 0).sum(axis=1)
    answered = counts > 0
    wanted = np.maximum(np.arange(1, len(filled) + 1) - (len(filled) - counts)[:, None], 0)
    return int(answered.sum()) > 1 and bool((ordered == wanted)[answered].all()) and bool((counts[answered] >= 3).all())


def _boxes(
    group: Group, marks: Marks, texts: ColumnFacts | None, columns: Columns, everything: Sequence[ColumnFacts]
) -> tuple[Drafted, dict[str, str]] | None:
    """Return a question with a column per answer."""
    members = group.members
    ticked = np.stack([_ticked(member, marks, columns) for member in members], axis=1)
    reasons = np.stack([coded_rows(columns[m.facts.name], marks.off) >= 0 for m in members], axis=1)
    written = np.zeros(len(ticked), dtype=np.bool_)
    if texts is not None and texts.texts:
        written = coded_rows(columns[texts.name], texts.texts) >= 0
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
        unread[summary.name] = f"the same answers as {group.stem}"
    table = {members[place].facts.name: members[place].label for place in answers}
    label = next((text for text in table.values() if is_other(text)), "other")
    settings: dict[str, Any] = {"columns": table}
    settings |= {"own": True} if marks.own else {"yes": list(marks.yes), "no": list(marks.no)}
    if texts is not None and texts.texts:
        settings["other"] = {"column": texts.name, "label": label}
    sources = (*(m.facts.name for m in members), *((texts.name,) if texts is not None and texts.texts else ()))
    unread = {name: why for name, why in unread.items() if why}
    place = members[0].facts.place
    if marks.own and not nothing and not several.any() and int((ticked.any(axis=1) | written).sum()) >= FEWEST_OF_ONE:
        one = _one_answer(settings, [members[place].label for place in apart])
        remark = '? one answer, a column per answer (no row has two); if several were allowed: kind = "multiple"'
        return Drafted(place=place, called=group.stem, kind=one, remarks=(remark,), columns=sources), unread
    off: Any = {members[place].facts.name: members[place].label for place in apart} or list(marks.off)
    settings |= {"empty": "missing", "off_scale": off}
    if nothing:
        settings["nothing_column"] = members[nothing[0]].facts.name
    hanging = _hanging(ticked | reasons, written, marks, members, columns)
    kind = Multiple(**settings)
    return Drafted(
        place=place, called=group.stem, kind=kind, remarks=(_boxes_remark(hanging, len(ticked)),), columns=sources
    ), unread


def _boxes_remark(hanging: int, rows: int) -> str:
    if not hanging:
        return "? several answers, a column each; no row hangs on empty"
    return (
        f"? several answers, a column each; {share_words(hanging, rows)} rows have none of them: "
        'empty = "missing" reads them as no answer, "none" as chose none'
    )


def _ticked(member: Member, marks: Marks, columns: Columns) -> NDArray[np.bool_]:
    texts = (member.label,) if marks.own else marks.yes
    return np.asarray(coded_rows(columns[member.facts.name], texts) >= 0)


def _hanging(
    chosen: NDArray[np.bool_], written: NDArray[np.bool_], marks: Marks, members: Sequence[Member], columns: Columns
) -> int:
    """Return how many rows are read by `empty`: nothing is marked in them, and not for want of any cell."""
    silent = ~chosen.any(axis=1) & ~written
    if not marks.own and marks.no != ("",):
        silent &= np.stack([coded_rows(columns[m.facts.name], marks.no) >= 0 for m in members], axis=1).any(axis=1)
    return int(silent.sum())


def _one_answer(settings: dict[str, Any], outside: Sequence[str]) -> Categories:
    labels = [label for label in settings["columns"].values() if label not in outside]
    scale = scale_of(labels)
    if scale is not None:
        return Ordered(*scale.answers, off_scale=outside, **settings)
    return Categories(*labels, off_scale=outside, **settings)


def _repeats(summary: ColumnFacts, members: Sequence[Member]) -> bool:
    """Whether every cell of a column is answers of the group, one behind the other."""
    words = sorted({text for m in members for text in (m.option, m.label)}, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<![^\s,;|]){re.escape(word)}(?![^\s,;|])" for word in words))
    return bool(summary.texts) and all(not re.sub(r"[\s,;|]", "", pattern.sub("", text)) for text in summary.texts)


def own_names(columns: Sequence[ColumnFacts]) -> list[Group]:
    """Return neighbours whose only text is their own name; the question's name is not in the file."""
    found: list[Group] = []
    run: list[Member] = []
    for facts in (*columns, None):
        if facts is not None and list(facts.texts) == [compared(facts.bare)]:
            run.append(Member(facts=facts, option=facts.bare, label=compared(facts.bare)))
            continue
        if len(run) > 1 and len({member.label for member in run}) == len(run):
            found.append(Group(stem="choices", sign="name", members=tuple(run)))
        run = []
    return found


def drafted_choices(
    group: Group, columns: Columns, everything: Sequence[ColumnFacts]
) -> tuple[Drafted, dict[str, str]] | None:
    """Return columns whose only text is their own name as one question; the next column "Other" holds its texts."""
    last = max(member.facts.place for member in group.members)
    behind = next((facts for facts in everything if facts.place > last), None)
    texts = behind if behind is not None and is_other(behind.bare) and behind.texts else None
    made = _boxes(group, Marks(own=True), texts, columns, ())
    if made is None:
        return None
    drafted, unread = made
    kind = drafted.kind
    if isinstance(kind, Categories) and not isinstance(kind, Ordered):
        return drafted, unread
    remark = "? columns whose only answer is their own name: several answers; the question's name is not in the file"
    return replace(drafted, remarks=(remark,)), unread


def numbered_groups(columns: Sequence[ColumnFacts]) -> list[Group]:
    """Return neighbours with one stem and the numbers 1, 2, ..."""
    found: list[Group] = []
    run: list[Member] = []
    for facts in (*columns, None):
        match = _NUMBERED.fullmatch(facts.bare) if facts is not None else None
        stem = match["stem"].rstrip(" _.#-[") if match is not None else ""
        goes_on = run and match is not None and (stem, int(match["number"])) == (run[0].label, len(run) + 1)
        if not goes_on:
            if len(run) > 1:
                found.append(Group(stem=run[0].label, sign="number", members=tuple(run)))
            run = []
        if facts is not None and match is not None and stem and (goes_on or int(match["number"]) == 1):
            run.append(Member(facts=facts, option=match["number"], label=stem))
    return found


def drafted_mentions(group: Group, columns: Columns) -> tuple[Drafted, dict[str, str]] | dict[str, str] | None:
    """Return a first, second, ... answer: rows without repeats, filled from the left, most answers in two columns."""
    times: dict[str, int] = {}
    spread: dict[str, int] = {}
    for member in group.members:
        for text, count in member.facts.texts.items():
            times[text] = times.get(text, 0) + count
            spread[text] = spread.get(text, 0) + 1
    texts = sorted(times, key=lambda text: (-times[text], text))
    if len(texts) < 2 or len(texts) > 200 or 2 * sum(count > 1 for count in spread.values()) <= len(texts):
        return None
    if any(member.facts.labels for member in group.members):
        return None
    codes = np.stack([coded_rows(columns[member.facts.name], texts) for member in group.members], axis=1)
    filled = codes >= 0
    from_left = bool((filled[:, 1:] <= filled[:, :-1]).all())
    ordered = np.sort(codes, axis=1)
    twice = bool(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any())
    answered = filled.any(axis=1)
    whole = bool(filled[answered].all())
    numeric = all(re.fullmatch(r"[+-]?[\d.,]+", text) for text in texts)
    if not from_left or twice or int((filled.sum(axis=1) > 1).sum()) < 2 or (whole and numeric):
        return None
    if whole and len(texts) == len(group.members) >= 3:
        return {member.facts.name: "a ranking" for member in group.members}
    reasons = [text for text in texts if is_off_scale(text)]
    nothing = [text for text in texts if is_nothing(text)]
    alone = filled.sum(axis=1) == 1
    special = [t for t in (*reasons, *nothing) if not ((codes == texts.index(t)).any(axis=1) & ~alone).any()]
    none = next((text for text in nothing if text in special), None)
    kind = Multiple(
        mentions=[member.facts.name for member in group.members],
        items=[text for text in texts if text not in special],
        off_scale=[text for text in special if text != none],
        nothing=none,
    )
    remark = "? first, second, ... choice: the order of the choices is not kept"
    place = group.members[0].facts.place
    sources = tuple(member.facts.name for member in group.members)
    return Drafted(place=place, called=group.stem, kind=kind, remarks=(remark,), columns=sources), {}


def batteries(groups: Sequence[Group]) -> list[tuple[ColumnFacts, ...]]:
    """Return neighbours that may share their answers: parts of one question."""
    return [
        tuple(member.facts for member in group.members)
        for group in groups
        if group.sign in ("bracket", "bar", "colon", "choice")
        or (group.sign in _LOOSE and all(re.fullmatch(r"[a-z]?\d+", member.option) for member in group.members))
    ]


def text_columns_of(columns: Sequence[ColumnFacts]) -> dict[str, ColumnFacts]:
    """Return columns of texts written beside one answer, by the column of that answer."""
    found: dict[str, ColumnFacts] = {}
    by_name = {facts.bare: facts for facts in columns}
    for facts in columns:
        text = facts.bare
        bases = [base for base in by_name if _beside(text, base)]
        bases += [base for base in by_name if (match := re.fullmatch(r"(.+)_\d+_TEXT", text)) and match[1] == base]
        split = re.fullmatch(r"(?P<stem>.+) \| (?P<option>.+)", text, re.DOTALL)
        if split and is_other(split["option"]):
            bases += [name for name in by_name if name == f"{split['stem']} | Response"]
        if bases:
            found.setdefault(by_name[max(bases, key=len)].name, facts)
    return found
