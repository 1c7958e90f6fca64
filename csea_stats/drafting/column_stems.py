"""Which neighbouring columns have one stem, and what their names say of the answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from csea_stats.drafting.word_lists import folded, is_other
from csea_stats.respondents.texts import compared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.drafting.column_facts import ColumnFacts

_STEMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("redcap", re.compile(r"(?P<stem>.+?)___(?P<option>.+)", re.DOTALL)),
    ("choice", re.compile(r"(?P<stem>.+?) ?\(choice=(?P<option>.+)\)", re.DOTALL)),
    ("bracket", re.compile(r"(?P<stem>\w+)\[\w+\][.:] .*\[(?P<option>[^\[\]]+)\]", re.DOTALL)),
    ("bracket", re.compile(r"(?P<stem>.*[^\]\s]) ?\[(?P<option>[^\[\]]+)\]", re.DOTALL)),
    ("bar", re.compile(r"(?P<stem>.+) \| (?P<option>.+)", re.DOTALL)),
    ("slash", re.compile(r"(?P<stem>.+)/(?P<option>[^/]+)", re.DOTALL)),
    ("colon", re.compile(r"(?P<option>.+?):(?P<stem>.+)", re.DOTALL)),
    ("phrase", re.compile(r"(?P<stem>.*\S)(?: [-–—] | ?>> ?|::| ?: )(?P<option>\S.*)", re.DOTALL)),
    ("round", re.compile(r"(?P<stem>.*\S) ?\((?P<option>[^()]+)\)", re.DOTALL)),
    ("dot", re.compile(r"(?P<stem>\S+)\.(?P<option>[^.\s]+)")),
    ("dash", re.compile(r"(?P<stem>\S+)-(?P<option>[^-\s]+)")),
    ("under", re.compile(r"(?P<stem>\S+?)_(?P<option>_\d+)|(?P<stem2>\S+)_(?P<option2>[^_\s]+)")),
)
"""How the name of a column holds that of its question and of its answer, the first that fits."""

LOOSE = ("round", "dot", "dash", "under")
"""Signs that names hold anyway: they part a stem only where more speaks for it."""

_CUT = re.compile(r"[?:]? - |[?:] (?!- )| \| |:")
"""What parts the wording of a question from that of an answer."""

_TEXTS = ("text", "oth", "specify", "please specify", "othertext", "other text", "other specify", "write in")
"""What stands behind the name of a column where texts are written beside it, besides "other"."""

_SOSCI = re.compile(r"[A-Z]{1,2}\d{2,3}_\d{2}")
"""How SoSci Survey calls an answer; the text written beside it is called "a" behind it."""

_NUMBERED = re.compile(
    r"(?P<stem>.*?\D)[ _.#-]*[\[(]?(?P<number>\d{1,2})[\])]?|(?P<first>\d{1,2})(?:st|nd|rd|th|\.)? (?P<stem2>\D+)",
    re.DOTALL,
)


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
class ColumnGroup:
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


def splits_of(facts: ColumnFacts, tool: str) -> list[tuple[str, str, str]]:
    """Return every sign, stem and option that a column's name may have, the likeliest first.

    Parameters
    ----------
    facts : ColumnFacts
    tool : str
        "" for none that is known.
    """
    found: list[tuple[str, str, str]] = []
    for sign, pattern in _STEMS:
        if (sign == "colon" and tool != "alchemer") or (found and sign in LOOSE):
            continue
        match = pattern.fullmatch(facts.bare)
        if match is not None:
            parts = match.groupdict()
            stem, option = parts["stem"] or parts.get("stem2"), parts["option"] or parts.get("option2")
            code = re.fullmatch(r"_(\d+)", option or "")
            found.append((sign, compared(stem or ""), f"-{code[1]}" if code else compared(option or "")))
    return found


def groups_of(columns: Sequence[ColumnFacts], tool: str) -> list[ColumnGroup]:
    """Return runs of two or more neighbours with one stem; texts written beside one of their answers are skipped.

    Parameters
    ----------
    columns : sequence of ColumnFacts
    tool : str
    """
    found: list[ColumnGroup] = []
    run: list[Member] = []
    here: tuple[str, str] = ("", "")

    def close() -> None:
        if len(run) > 1:
            found.append(ColumnGroup(stem=here[1], sign=here[0], members=tuple(_worded(run))))
        run.clear()

    splits = [splits_of(facts, tool) for facts in columns]
    for facts, mine, behind in zip(columns, splits, [*splits[1:], ()], strict=False):
        if run and any(stands_beside(facts.bare, member.facts.bare) for member in run):
            continue
        split = next((one for one in mine if one[:2] == here), None)
        if run and split is not None and split[2].removesuffix("comment") in {member.option for member in run}:
            continue  # a comment on an answer
        if split is None:
            close()
            shared = {one[:2] for one in behind}
            split = next((one for one in mine if one[:2] in shared), mine[0] if mine else None)
            here = split[:2] if split is not None else ("", "")
        if split is not None:
            run.append(Member(facts=facts, option=split[2], label=split[2]))
    close()
    return found


def stands_beside(name: str, base: str) -> bool:
    """Whether a column is called as the text written beside another."""
    if not name.startswith(base) or name == base:
        return False
    rest = name[len(base) :]
    return is_other(rest) or folded(rest) in _TEXTS or (rest == "a" and _SOSCI.fullmatch(base) is not None)


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


def own_names(columns: Sequence[ColumnFacts]) -> list[ColumnGroup]:
    """Return neighbours whose only text is their own name; the question's name stands before the first, or nowhere."""
    found: list[ColumnGroup] = []
    run: list[Member] = []
    stem = ""
    for facts in (*columns, None):
        before, _, option = facts.bare.rpartition(" | ") if facts is not None else ("", "", "")
        goes_on = facts is not None and list(facts.texts) == [compared(option)]
        if not goes_on or before:
            if len(run) > 1 and len({member.label for member in run}) == len(run):
                found.append(ColumnGroup(stem=stem or "choices", sign="name", members=tuple(run)))
            run, stem = [], before
        if facts is not None and goes_on:
            run.append(Member(facts=facts, option=option, label=compared(option)))
    return found


def numbered_groups(columns: Sequence[ColumnFacts]) -> list[ColumnGroup]:
    """Return neighbours with one stem and the numbers 1, 2, ..."""
    found: list[ColumnGroup] = []
    run: list[Member] = []
    for facts in (*columns, None):
        match = _NUMBERED.fullmatch(facts.bare) if facts is not None else None
        stem = (match["stem"] or match["stem2"]).rstrip(" _.#-[(") if match is not None else ""
        number = int(match["number"] or match["first"]) if match is not None else 0
        goes_on = run and (stem, number) == (run[0].label, len(run) + 1)
        if not goes_on:
            if len(run) > 1:
                found.append(ColumnGroup(stem=run[0].label, sign="number", members=tuple(run)))
            run = []
        if facts is not None and stem and (goes_on or number == 1):
            run.append(Member(facts=facts, option=str(number), label=stem))
    return found


def batteries(groups: Sequence[ColumnGroup]) -> list[tuple[ColumnFacts, ...]]:
    """Return neighbours that may share their answers: parts of one question."""
    return [
        tuple(member.facts for member in group.members)
        for group in groups
        if group.sign in ("bracket", "bar", "colon", "choice", "phrase")
        or (group.sign in LOOSE and all(re.fullmatch(r"[a-z]?\d+", member.option) for member in group.members))
    ]


def text_columns_of(columns: Sequence[ColumnFacts], tool: str) -> dict[str, ColumnFacts]:
    """Return columns of texts written beside one answer, by the column of that answer.

    Parameters
    ----------
    columns : sequence of ColumnFacts
    tool : str
    """
    found: dict[str, ColumnFacts] = {}
    by_name = {facts.bare: facts for facts in columns}
    for facts in columns:
        split = next(iter(splits_of(facts, tool)), None)
        stems = [split[1], f"{split[1]} | Response"] if split is not None and is_other(split[2]) else []
        if match := re.fullmatch(r"(.+)_\d+_TEXT", facts.bare):
            stems.append(match[1])
        bases = [base for base in by_name if stands_beside(facts.bare, base)] + [
            stem for stem in stems if stem in by_name
        ]
        if bases:
            found.setdefault(by_name[max(bases, key=len)].name, facts)
    return found
