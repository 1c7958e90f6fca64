"""Multiple response sets that a statistics file declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.drafting.column_facts import Drafted, coded_rows
from csea_stats.respondents.kinds import Multiple, changed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from csea_stats.drafting.column_facts import ColumnFacts
    from csea_stats.respondents.raw_columns import Raw
    from csea_stats.respondents.readers import ResponseSet

REMARK = "? a multiple response set of the file"


def drafted_set(
    one: ResponseSet, members: Sequence[ColumnFacts], columns: Mapping[str, Sequence[Raw]]
) -> tuple[Drafted, dict[str, str]] | dict[str, str] | None:
    """Return a set as a question with several answers; None where its columns do not hold what it says.

    Parameters
    ----------
    one : ResponseSet
    members : sequence of ColumnFacts
    columns : mapping
        The file's columns.
    """
    kind = _mentions(members, columns) if one.counted is None else _boxes(members, one.counted)
    if not isinstance(kind, Multiple):
        return dict.fromkeys(one.columns, kind) if kind else None
    kind = changed(kind, label=one.label)
    place = min(facts.place for facts in members)
    drafted = Drafted(
        place=place, called=one.name.lstrip("$"), kind=kind, remarks=(REMARK,), columns=tuple(one.columns)
    )
    return drafted, {}


def _boxes(members: Sequence[ColumnFacts], counted: str) -> Multiple | str | None:
    answers = [facts.title or facts.name for facts in members]
    if len(set(answers)) < len(answers):
        answers = [facts.name for facts in members]
    others = sorted({text for facts in members for text in facts.texts} - {counted})
    if not any(counted in facts.texts for facts in members):
        return None
    table = {facts.name: answer for facts, answer in zip(members, answers, strict=True)}
    return Multiple(columns=table, yes=counted, no=others or "", empty="missing")


def _mentions(members: Sequence[ColumnFacts], columns: Mapping[str, Sequence[Raw]]) -> Multiple | str | None:
    labels = {code: label for facts in members for code, label in facts.labels.items() if code not in facts.declared}
    outside = {code: label for facts in members for code, label in facts.labels.items() if code in facts.declared}
    there = dict.fromkeys(text for facts in members for text in facts.texts)
    codes = list(dict.fromkeys((*labels, *sorted(there))))
    items = list(dict.fromkeys(labels.get(code, code) for code in codes))
    found = np.sort(np.stack([coded_rows(columns[facts.name], codes) for facts in members], axis=1), axis=1)
    if bool(((found[:, 1:] == found[:, :-1]) & (found[:, 1:] >= 0)).any()):
        return "a multiple response set of the file in which some rows hold an answer twice"
    if not items or not there:
        return None
    names = [facts.name for facts in members]
    return Multiple(mentions=names, items=items, off_scale=dict.fromkeys(filter(None, outside.values())))
