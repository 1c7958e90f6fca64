"""A draft of a codebook from the structure of a file of answers: `draft_codebook`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csea_stats.drafting.column_facts import ColumnFacts, Drafted, column_facts, share_words
from csea_stats.drafting.column_groups import (
    batteries,
    drafted_choices,
    drafted_group,
    drafted_mentions,
    groups_of,
    numbered_groups,
    own_names,
    text_columns_of,
)
from csea_stats.drafting.file_layouts import Opened, opened
from csea_stats.drafting.response_sets import drafted_set
from csea_stats.drafting.single_answers import Setting, Shared, as_number, shared_answers, single_answer
from csea_stats.drafting.tools import (
    DASHES,
    blanks_of,
    is_own,
    own_reason,
    personal_reason,
    placed,
    respondent_of,
    tool_of,
)
from csea_stats.drafting.trial_reading import reads
from csea_stats.drafting.variable_names import distinct_name
from csea_stats.drafting.word_lists import folded, is_other
from csea_stats.errors import AnswersError
from csea_stats.respondents.codebook import Codebook
from csea_stats.respondents.declarations import AT_END, CUSTOMARY
from csea_stats.respondents.kinds import Categories, Kind, Multiple, Number, Ordered, changed, sources_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from csea_stats.drafting.word_lists import ToolMarks

CORRECT = (
    'Read every line marked "?" and correct it. Answers that nobody gave are not in the file: add them from the '
    "questionnaire."
)

_UNTOLD = "\0"
"""Why a column is not read whose remark stands at the top."""


@dataclass(slots=True)
class _Plan:
    """What a draft has found so far."""

    file: Opened
    setting: Setting
    columns: list[ColumnFacts]
    drafted: list[Drafted] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    top: list[str] = field(default_factory=list)
    hurdles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """From a column to the answers that count."""

    @property
    def left(self) -> list[ColumnFacts]:
        """The columns that no rule has taken yet."""
        taken = {name for one in self.drafted for name in one.columns} | set(self.unread)
        return [facts for facts in self.columns if facts.name not in taken]

    def take(self, found: tuple[Drafted, dict[str, str]] | dict[str, str] | None) -> None:
        """Take over a variable, and why columns are not read."""
        if isinstance(found, tuple):
            self.drafted.append(found[0])
            found = found[1]
        for name, why in (found or {}).items():
            self.unread.setdefault(name, why)

    def read(self, facts: ColumnFacts, kind: Kind, *remarks: str) -> None:
        """Take over a variable of one column."""
        one = changed(kind, column=facts.name)
        more = tuple(name for name in sources_of("", one) if name != facts.name)
        self.drafted.append(
            Drafted(place=facts.place, called=facts.bare, kind=one, remarks=remarks, columns=(facts.name, *more))
        )


def draft_codebook(source: str | os.PathLike[str] | object, *, sheet: str | None = None) -> Codebook:
    r"""Draft the codebook of a file of answers from its structure; to be corrected before it is used.

    Parameters
    ----------
    source : path, or pandas or polars frame
        A CSV, Excel, SPSS or Stata file, as a survey tool writes it.
    sheet : str, optional
        Of an Excel workbook; by default the fullest one that is shown.

    Returns
    -------
    Codebook
        Its remarks say what was guessed (``?``), what needs a decision (``!``), and which columns are not read.

    Raises
    ------
    AnswersError
        The file is no table, or no column of it can be read.

    Notes
    -----
    Structure decides, lists of words only name what it shows: the same answers in another order of rows give the same
    draft. Answers that nobody gave are not in the file. No cell of a column that is not read stands in a draft, no text
    written under "other", and no count of a single answer.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"How often?": ["never", "often", "always"], "Bus": ["yes", "no", "yes"]})
    >>> print(draft_codebook(answers).to_toml().partition("\n\n")[2])
    # ? a scale of frequency (en), from low to high
    [variable.how_often]
    kind = "ordered"
    labels = ["never", "often", "always"]
    column = "How often?"
    <BLANKLINE>
    [variable.Bus]
    kind = "categories"
    labels = ["no", "yes"]
    <BLANKLINE>
    """
    file = opened(source, sheet)
    marks = (*CUSTOMARY, *DASHES)
    columns = column_facts(file.table, marks)
    tool = tool_of(columns)
    found = blanks_of({text for facts in columns for text in facts.texts}, tool)
    columns = [_without(facts, found) for facts in columns] if found else columns
    plan = _Plan(file=file, setting=Setting(tool=tool), columns=columns, top=list(file.remarks))
    if tool is not None:
        plan.top.append(f"? looks like an export of {tool.name}{_all_count(columns, tool)}")
    if found:
        plan.top.append("? read as no answer: " + ", ".join(f'"{text}"' for text in found))
    plan.top += [f"  {note} and are nobody's" for note in file.table.notes if note.endswith("nothing")]
    respondent, remarks = respondent_of(columns, tool)
    plan.top += remarks
    _set_apart(plan, respondent, tool)
    _decimal(plan)
    _groups(plan)
    _singles(plan)
    return _book(plan, source, respondent, found)


def _without(facts: ColumnFacts, blanks: Sequence[str]) -> ColumnFacts:
    return replace(facts, texts={text: count for text, count in facts.texts.items() if text not in blanks})


def _set_apart(plan: _Plan, respondent: ColumnFacts | None, tool: ToolMarks | None) -> None:
    """Set apart the ids, the tool's own columns, personal and blank ones, and dates."""
    spots = placed(plan.columns)
    for facts in plan.columns:
        if facts is respondent:
            plan.unread[facts.name] = _UNTOLD
        elif tool is not None and is_own(facts, tool):
            _own_column(plan, facts, tool)
        elif facts.texts or facts.declared:
            why = spots.get(facts.name) or personal_reason(facts)
            if why is not None:
                plan.unread[facts.name] = why


def _own_column(plan: _Plan, facts: ColumnFacts, tool: ToolMarks) -> None:
    """Read a tool's own column where it tells who counts; else say so."""
    name, texts = facts.bare, list(facts.texts)
    real, whole = tool.real.get(name, []), tool.whole.get(name, [])
    counted = [text for text in texts if text in (real or whole)]
    others = sum(count for text, count in facts.texts.items() if text not in counted)
    if (real or whole) and others and not counted:
        plan.top.append(f"? no row of {name} is {'an answer in earnest' if real else 'finished'}")
    elif (real or whole) and others:
        listed = ", ".join(f'"{text}"' for text in texts if text not in counted)
        allowed = ", ".join(f'"{text}"' for text in counted)
        if real:
            plan.hurdles[facts.name] = tuple(counted)
            remark = f"? rows with {listed} are tests or previews and do not count"
        else:
            share = share_words(others, facts.rows)
            line = f"eligible = {{ {distinct_name(name, 0, set())} = [{allowed}] }}"
            remark = f"? {share} did not finish; to leave them out: {line}"
        plan.read(facts, Categories(*texts), remark)
        return
    why = _UNTOLD if (real or whole) and counted and not others else own_reason(facts)
    if name in tool.filled and 0 < facts.answers < facts.rows:
        share = share_words(facts.rows - facts.answers, facts.rows)
        line = f'filled = ["{name}"]'
        plan.top.append(f"? {share} rows were not sent off ({name} is blank); to leave them out: {line}")
    rejected = [text for text in texts if text in tool.unreal.get(name, ()) or _is_rejected(name, text)]
    if rejected:
        listed = ", ".join(f'"{text}"' for text in rejected)
        plan.top.append(f"? rows with {name} {listed}: to leave them out declare the column and a hurdle")
        why = _UNTOLD
    plan.unread[facts.name] = why


def _all_count(columns: Sequence[ColumnFacts], tool: ToolMarks) -> str:
    """Return which columns of a tool say of every row that it counts."""
    kept = {**tool.real, **tool.whole}
    sure = [facts.name for facts in columns if facts.texts and set(facts.texts) <= set(kept.get(facts.bare, ()))]
    return f"; not read, as every row counts by them: {', '.join(sure)}" if sure else ""


def _is_rejected(name: str, text: str) -> bool:
    review = "review" in name.casefold() or "validation" in name.casefold()
    return review and folded(text) in ("rejected", "not approved", "validation status not approved")


def _decimal(plan: _Plan) -> None:
    """Find the sign of decimals that gives most columns numbers."""
    if plan.file.layout.separator == "," or plan.setting.tool_name == "qualtrics" or not plan.file.table.rows:
        return
    typed = plan.file.workbook is None and plan.file.layout.separator is None
    votes = {",": 0, ".": 0}
    for facts in () if typed else plan.left:
        for sign in votes:
            numbers = [text for text in facts.texts if as_number(text, sign) is not None]
            marked = any(sign in text for text in numbers)
            votes[sign] += marked and 2 * len(numbers) >= len(facts.texts)
    if votes[","] > votes["."]:
        plan.file = plan.file.with_decimal(",")
        plan.setting = replace(plan.setting, decimal=",")
        blanks = list(plan.setting.tool.blank) if plan.setting.tool is not None else []
        fresh = {facts.name: facts for facts in column_facts(plan.file.table, (*CUSTOMARY, *DASHES, *blanks))}
        plan.columns = [fresh[facts.name] for facts in plan.columns]


def _groups(plan: _Plan) -> None:
    """Find questions that are spread over several columns."""
    table, tool = plan.file.table.columns, plan.setting.tool_name
    codes = plan.setting.tool.off_scale if plan.setting.tool is not None else {}
    by_name = {facts.name: facts for facts in plan.columns}
    for one in plan.file.table.sets:
        members = [by_name[name] for name in one.columns]
        if {facts.name for facts in members} <= {facts.name for facts in plan.left}:
            plan.take(drafted_set(one, members, table))
    for group in groups_of(plan.left, tool):
        plan.take(drafted_group(group, table, plan.left, tool, codes))
    for group in own_names(plan.left):
        plan.take(drafted_choices(group, table, plan.left))
    for group in numbered_groups([facts for facts in plan.left if facts.texts]):
        plan.take(drafted_mentions(group, table))


def _singles(plan: _Plan) -> None:
    """Read every other column by itself; parts of one question share their answers."""
    left = plan.left
    shared: dict[str, Shared] = {}
    for members in batteries(groups_of([facts for facts in left if facts.texts], plan.setting.tool_name)):
        found = shared_answers(members, plan.setting)
        shared |= {facts.name: found for facts in members} if found is not None else {}
    written = text_columns_of(left)
    texts = {facts.name for facts in written.values()}
    outcomes: dict[str, tuple[Kind, tuple[str, ...]]] = {}
    for facts in left:
        if not facts.texts:
            plan.unread[facts.name] = "blank" if not facts.declared else "nothing but missing codes"
        elif facts.name not in texts:
            found_here = single_answer(facts, plan.setting, shared.get(facts.name))
            if isinstance(found_here, str):
                plan.unread[facts.name] = found_here
            else:
                outcomes[facts.name] = found_here
    for facts in left:
        if facts.name in outcomes:
            kind, remarks = outcomes[facts.name]
            _read_single(plan, facts, kind, remarks, written.get(facts.name))
    for facts in plan.left:
        share = share_words(facts.answers, facts.rows)
        plan.unread[facts.name] = f"free text ({share} wrote something); never shown here"


def _read_single(
    plan: _Plan, facts: ColumnFacts, kind: Kind, remarks: tuple[str, ...], text: ColumnFacts | None
) -> None:
    """Read a column; texts written where it is blank are its answer "other"."""
    if "consent" in facts.bare.casefold() and len(facts.texts) <= 2 and isinstance(kind, Categories):
        line = f'eligible = {{ {distinct_name(facts.bare, 0, set())} = ["{kind.labels[-1]}"] }}'
        remarks = (*remarks, f"? consent: to leave out who did not agree: {line}")
    if text is not None and text.texts:
        here, there = (_filled(plan, one) for one in (facts, text))
        alone = any(written and not answered for answered, written in zip(here, there, strict=True))
        if alone and not isinstance(kind, Number):
            label = next((label for label in _labels(kind) if is_other(label)), "other")
            kind = _with_other(kind, {"column": text.name, "label": label})
            remarks = (*remarks, f'? a text in "{text.name}" without an answer is read as "{label}"')
        else:
            plan.unread[text.name] = "text written beside an answer; never shown here"
    plan.read(facts, kind, *remarks)


def _filled(plan: _Plan, facts: ColumnFacts) -> list[bool]:
    from csea_stats.drafting.column_facts import coded_rows

    return list((coded_rows(plan.file.table.columns[facts.name], facts.texts) >= 0).tolist())


def _labels(kind: Kind) -> tuple[str, ...]:
    return kind.labels if isinstance(kind, Categories) else kind.items if isinstance(kind, Multiple) else ()


def _with_other(kind: Kind, other: dict[str, str]) -> Kind:
    """Return a kind made again, with a column of texts of one's own."""
    values: Any = dict(kind.values)
    if isinstance(kind, Multiple):
        settings: dict[str, Any] = {"items": kind.items, "separator": kind.separator, "nothing": kind.nothing}
        return Multiple(**settings, off_scale=kind.off_scale, values=values, other=other)
    made = Ordered if isinstance(kind, Ordered) else Categories
    return made(*_labels(kind), off_scale=kind.off_scale, values=values, other=other)


def _book(plan: _Plan, source: object, respondent: ColumnFacts | None, blanks: Sequence[str]) -> Codebook:
    """Return the codebook of what was found; a variable that does not read its own column is none."""
    missing = _missing(plan, blanks)
    kept: list[Drafted] = []
    for one in sorted(plan.drafted, key=lambda one: one.place):
        decided = any(remark.startswith("!") for remark in one.remarks)
        if decided or reads(one, plan.file, missing):
            kept.append(one)
        else:
            plan.unread |= dict.fromkeys(one.columns, "answers that contradict what its columns look like")
    taken: set[str] = set()
    variables: dict[str, Kind] = {}
    remarks: dict[str, Iterable[str]] = {}
    hurdles: dict[str, object] = {}
    for one in kept:
        name = distinct_name(one.called, one.place, taken)
        variables[name] = _named(name, one, plan)
        remarks |= {name: one.remarks} if one.remarks else {}
        if one.columns[0] in plan.hurdles:
            hurdles[name] = list(plan.hurdles[one.columns[0]])
    told = _not_read(plan, variables)
    if not variables:
        raise AnswersError(plan.file.table.source, ["no column can be read", *told])
    words = _source_name(source, plan)
    head = [
        f"Draft of a codebook, made from the structure of {words}; the questionnaire is not known to it.",
        CORRECT,
    ]
    remarks[""] = [*head, *plan.top]
    remarks |= {AT_END: ["Not read:", *told]} if told else {}
    called_id = any(facts.name == "id" for facts in plan.columns)
    return Codebook(
        variables,
        missing=missing,
        respondent=respondent.name if respondent is not None else None if called_id else "id",
        eligible=hurdles,
        file=plan.file.layout,
        remarks=remarks,
    )


def _missing(plan: _Plan, blanks: Sequence[str]) -> tuple[str, ...]:
    """Return the texts that mean no answer: the customary ones, the tool's, and dashes in columns that are read."""
    read = {name for one in plan.drafted for name in one.columns}
    there = {text for name in read for text in _dashes(plan.file.table.columns[name])}
    return (*CUSTOMARY, *blanks, *(text for text in DASHES if text in there))


def _dashes(values: Sequence[object]) -> set[str]:
    return {text for text in DASHES if text in values}


def _named(name: str, one: Drafted, plan: _Plan) -> Kind:
    """Return a kind that names its column where the variable is called otherwise, and the wording of a header row."""
    kind = one.kind
    if kind.column is None:
        return kind
    facts = next(facts for facts in plan.columns if facts.name == kind.column)
    own = plan.setting.tool is not None and is_own(facts, plan.setting.tool)
    label = "" if own else " ".join(re.sub(r"<[^<>]*>", " ", facts.wording).split())
    return changed(kind, column=None if name == kind.column else kind.column, label=label or kind.label)


def _not_read(plan: _Plan, variables: Mapping[str, Kind]) -> list[str]:
    """Return every column that is not read, with why."""
    read = {source for name, kind in variables.items() for source in sources_of(name, kind)}
    told = []
    for facts in plan.columns:
        why = plan.unread.get(facts.name, "")
        if facts.name not in read and why != _UNTOLD:
            shown = facts.name.replace("\n", "\\n")
            told.append(f'  "{shown}": {why}')
    return told


def _source_name(source: object, plan: _Plan) -> str:
    return f'"{Path(source).name}"' if isinstance(source, (str, os.PathLike)) else f"a {plan.file.table.source}"
