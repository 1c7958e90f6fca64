"""A draft of a codebook from the structure of a file of answers: `draft_codebook`."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.drafting import tools
from csea_stats.drafting.column_facts import ColumnFacts, Drafted, column_facts, other_of, share_words
from csea_stats.drafting.column_groups import drafted_choices, drafted_group, drafted_mentions, drafted_set
from csea_stats.drafting.column_stems import batteries, groups_of, numbered_groups, own_names, text_columns_of
from csea_stats.drafting.file_layouts import Opened, left_out, opened
from csea_stats.drafting.number_texts import as_number, is_thousands, without_unit
from csea_stats.drafting.single_answers import (
    Common,
    DraftSetting,
    free_text,
    labels_of,
    shared_answers,
    single_answer,
    with_other,
)
from csea_stats.drafting.word_lists import distinct_name, folded
from csea_stats.errors import AnswersError, CseaStatsError, InputError
from csea_stats.respondents.codebook import Codebook
from csea_stats.respondents.coding import Notes, coded
from csea_stats.respondents.declarations import AT_END, CUSTOMARY
from csea_stats.respondents.kinds import Categories, Kind, Multiple, Number, changed, sources_of
from csea_stats.respondents.reading import repeats_of
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from csea_stats.drafting.word_lists import ToolMarks
    from csea_stats.respondents.raw_columns import RawColumn
    from csea_stats.respondents.texts import Value

CORRECT = (
    'Read every line marked "?" and correct it. Answers that nobody gave are not in the file: add them from the '
    "questionnaire."
)

_UNTOLD = "\0"
"""Stands for a remark that is told at the top, or not at all."""


@dataclass(slots=True)
class _Plan:
    """What a draft has found so far."""

    file: Opened
    setting: DraftSetting
    columns: list[ColumnFacts]
    drafted: list[Drafted] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    top: list[str] = field(default_factory=list)
    hurdles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """From a column to the answers that count."""
    excluded: dict[Value, str] = field(default_factory=dict)

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
    written under "other", and no count of a single answer; nor does a text that was given once, where the column has 20
    answers or more, or the text is long or a sentence.

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
    marks = (*CUSTOMARY, *tools.DASHES)
    columns = column_facts(file.table, marks)
    tool = tools.tool_of(columns)
    found = tools.blanks_of({text for facts in columns for text in facts.texts}, tool)
    columns = [_without(facts, found) for facts in columns]
    plan = _Plan(file=file, setting=DraftSetting(tool=tool), columns=columns, top=list(file.remarks))
    if tool is not None:
        plan.top.append(f"? looks like an export of {tool.name}{_all_count(columns, tool)}")
    plan.top.append(_UNTOLD)  # the place of what is read as no answer
    plan.top += [f"  {note}: not counted" for note in file.table.notes if note.endswith("nothing")]
    respondent, remarks = tools.respondent_of(columns, tool)
    plan.excluded, more = left_out(file.sums, _excluded_by(file, respondent))
    plan.top += [*remarks, *more]
    _set_apart(plan, respondent, tool)
    _decimal(plan)
    _groups(plan)
    _singles(plan)
    return _book(plan, source, respondent, found)


def _excluded_by(file: Opened, respondent: ColumnFacts | None) -> str | None:
    """Return what a codebook excludes rows by that sum up the others: "id", "row", or None where they have no id."""
    if respondent is None:
        return "row" if "id" not in file.table.columns else None
    return "id" if respondent.place == 0 else None


def _without(facts: ColumnFacts, blanks: Sequence[str]) -> ColumnFacts:
    if not facts.texts.keys() & set(blanks):
        return facts
    texts = {text: count for text, count in facts.texts.items() if text not in blanks}
    return replace(facts, texts=texts, looked_at=tuple(text for text in facts.looked_at if text in texts))


def _set_apart(plan: _Plan, respondent: ColumnFacts | None, tool: ToolMarks | None) -> None:
    """Set apart the ids, the tool's own columns, personal and blank ones, and dates."""
    spots = tools.placed(plan.columns)
    for facts in plan.columns:
        if facts is respondent:
            plan.unread[facts.name] = _UNTOLD
        elif tool is not None and tools.is_own(facts, tool):
            _own_column(plan, facts, tool)
        elif tool is not None and tools.is_time(facts, plan.columns, tool):
            plan.unread[facts.name] = tools.OWN
        elif facts.texts or facts.declared:
            why = spots.get(facts.name) or tools.personal_reason(facts)
            if why is not None:
                plan.unread[facts.name] = why


def _own_column(plan: _Plan, facts: ColumnFacts, tool: ToolMarks) -> None:
    """Read a tool's own column where it tells who counts; else say so."""
    name, texts = tools.own_name(facts), list(facts.texts)
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
            remark = f"? rows with {listed} are trials and do not count"
        else:
            share = share_words(others, facts.rows)
            line = f"eligible = {{ {distinct_name(name, 0, set())} = [{allowed}] }}"
            remark = f"? {share} did not finish; to leave them out: {line}"
        plan.read(facts, Categories(*texts), remark)
        return
    why = _UNTOLD if (real or whole) and counted and not others else tools.own_reason(facts)
    if name in tool.filled and 0 < facts.answers < facts.rows:
        share = share_words(facts.rows - facts.answers, facts.rows)
        line = f'filled = ["{facts.name}"]'
        plan.top.append(f"? {share} rows were not sent off ({facts.name} is blank); to leave them out: {line}")
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
    """Find the sign of decimals that gives most columns numbers; a workbook's own numbers go with either."""
    layout, book = plan.file.layout, plan.file.workbook
    plan.setting = replace(plan.setting, semicolons=layout.separator == ";")
    if (layout.separator in (",", None) and book is None) or plan.setting.tool_name == "qualtrics":
        return
    if _votes(plan.left, ",") <= (0 if book is not None else _votes(plan.left, ".")):
        return
    file = plan.file.with_decimal(",")
    blanks = plan.setting.tool.blank if plan.setting.tool is not None else ()
    fresh = {facts.name: facts for facts in column_facts(file.table, (*CUSTOMARY, *tools.DASHES, *blanks))}
    if book is None or not _votes([fresh[facts.name] for facts in plan.left], "."):
        plan.file, plan.setting = file, replace(plan.setting, decimal=",")
        plan.columns = [fresh[facts.name] for facts in plan.columns]


def _votes(columns: Sequence[ColumnFacts], sign: str) -> int:
    """Return how many columns hold numbers with a sign of decimals that does not part thousands."""
    count = 0
    for facts in columns:
        bare = map(without_unit, facts.looked_at)
        numbers = [text for text in bare if as_number(text, sign) is not None]
        signed = [text for text in numbers if sign in text]
        count += 2 * len(numbers) >= len(facts.looked_at) and not all(map(is_thousands, signed))
    return count


def _groups(plan: _Plan) -> None:
    """Find questions that are spread over several columns."""
    tool = plan.setting.tool_name
    codes = plan.setting.tool.off_scale if plan.setting.tool is not None else {}
    by_name = {facts.name: facts for facts in plan.columns}
    for one in plan.file.table.sets:
        members = [by_name[name] for name in one.columns]
        if {facts.name for facts in members} <= {facts.name for facts in plan.left}:
            with suppress(InputError):
                plan.take(drafted_set(one, members))
    for group in groups_of(plan.left, tool):
        with suppress(InputError):  # the columns stay to be read one by one
            plan.take(drafted_group(group, plan.left, tool, codes))
    for group in own_names(plan.left):
        plan.take(drafted_choices(group, plan.left))
    for group in numbered_groups([facts for facts in plan.left if facts.texts]):
        plan.take(drafted_mentions(group))


def _singles(plan: _Plan) -> None:
    """Read every other column by itself; parts of one question share their answers."""
    left = plan.left
    shared: dict[str, Common] = {}
    for members in batteries(groups_of([facts for facts in left if facts.texts], plan.setting.tool_name)):
        found = shared_answers(members, plan.setting)
        shared |= {facts.name: found for facts in members} if found is not None else {}
    written = text_columns_of(left, plan.setting.tool_name)
    texts = {facts.name for facts in written.values()}
    outcomes: dict[str, tuple[Kind, tuple[str, ...]]] = {}
    for facts in left:
        if not facts.texts:
            plan.unread[facts.name] = "blank" if not facts.declared else "nothing but missing codes"
        elif facts.name not in texts:
            setting = replace(plan.setting, fixed=facts.name in written and bool(written[facts.name].texts))
            try:
                found_here = single_answer(facts, setting, shared.get(facts.name))
            except InputError:  # such as a label that is the code of another answer
                found_here = "answers that no codebook can declare as they stand"
            if isinstance(found_here, str):
                plan.unread[facts.name] = found_here
            else:
                outcomes[facts.name] = found_here
    for facts in left:
        if facts.name in outcomes:
            kind, remarks = outcomes[facts.name]
            _read_single(plan, facts, kind, remarks, written.get(facts.name))
    for facts in plan.left:
        plan.unread[facts.name] = free_text(facts)


def _read_single(
    plan: _Plan, facts: ColumnFacts, kind: Kind, remarks: tuple[str, ...], text: ColumnFacts | None
) -> None:
    """Read a column; texts written where it is blank are its answer "other"."""
    if "consent" in facts.bare.casefold() and len(facts.texts) <= 2 and isinstance(kind, Categories):
        line = f'eligible = {{ {distinct_name(facts.bare, 0, set())} = ["{kind.labels[-1]}"] }}'
        remarks = (*remarks, f"? consent: to leave out who did not agree: {line}")
    if text is not None and text.texts:
        open_still = isinstance(kind, (Categories, Multiple)) and kind.other is None
        if open_still and (text.filled() & ~facts.filled()).any():
            label = other_of(labels_of(kind))
            kind = with_other(kind, {"column": text.name, "label": label})
            told = f'a text in "{text.name}" without an answer is read as "{label}"'
            remarks = (*remarks[:-1], f"{remarks[-1]}; {told}" if remarks else f"? {told}")
        else:
            plan.unread[text.name] = "text written beside an answer; never shown here"
    plan.read(facts, kind, *remarks)


def _book(plan: _Plan, source: object, respondent: ColumnFacts | None, blanks: Sequence[str]) -> Codebook:
    """Return the codebook of what was found; a variable that does not read its own column is none."""
    missing = _missing(plan, blanks)
    kept: list[Drafted] = []
    by_name = {facts.name: facts for facts in plan.columns}
    for one in sorted(plan.drafted, key=lambda one: one.place):
        decided = any(remark.startswith("!") for remark in one.remarks)
        if decided or _reads(one, by_name, plan.file, missing):
            kept.append(one)
        else:
            plan.unread |= dict.fromkeys(one.columns, "answers that contradict what its columns look like")
    taken: set[str] = set()
    variables: dict[str, Kind] = {}
    words = _source_name(source, plan)
    read = {name for one in kept for name in one.columns}
    again = repeats_of(
        [(one.column.codes, len(one.column.levels)) for one in plan.columns if one.name in read], "columns"
    )
    head = [
        f"Draft of a codebook, made from the structure of {words}; the questionnaire is not known to it.",
        f"{CORRECT} {again[:1].upper()}{again[1:]}".rstrip(),
    ]
    marks = ", ".join(f'"{text}"' for text in missing if text not in CUSTOMARY)
    told = [line for line in plan.top if line != _UNTOLD or marks]
    told = [f"? read as no answer: {marks}" if line == _UNTOLD else line for line in told]
    remarks: dict[str, Iterable[str]] = {"": [*head, *told]}
    hurdles: dict[str, object] = {}
    for one in kept:
        name = distinct_name(one.called, one.place, taken)
        variables[name] = _named(name, one, plan)
        remarks |= {name: one.remarks} if one.remarks else {}
        if one.columns[0] in plan.hurdles:
            hurdles[name] = list(plan.hurdles[one.columns[0]])
    unread = _not_read(plan, variables)
    if not variables:
        hint = ["each row is one text with separators inside: save the file as CSV again"] * _is_one_text(plan.columns)
        raise AnswersError(plan.file.table.source, ["no column can be read", *hint, *unread])
    remarks |= {AT_END: ["Not read:", *unread]} if unread else {}
    called_id = any(facts.bare == "id" for facts in plan.columns)
    return Codebook(
        variables,
        missing=missing,
        respondent=respondent.name if respondent is not None else None if called_id else "id",
        eligible=hurdles,
        exclude=plan.excluded,
        file=plan.file.layout,
        remarks=remarks,
    )


def _is_one_text(columns: Sequence[ColumnFacts]) -> bool:
    """Whether a file has but one column, whose name and cells hold as many separators each, as of rows in quotes."""
    texts = [columns[0].bare, *columns[0].looked_at] if len(columns) == 1 else [""]
    return any(texts[0].count(sign) and len({text.count(sign) for text in texts}) == 1 for sign in ",;\t")


def _reads(one: Drafted, facts: Mapping[str, ColumnFacts], file: Opened, missing: Sequence[str]) -> bool:
    """Whether a variable reads its columns without trouble.

    Parameters
    ----------
    one : Drafted
    facts : mapping
        By column.
    file : Opened
    missing : sequence of str
        The texts of the codebook that mean no answer.
    """
    table = file.table
    if isinstance(one.kind, Number):  # every distinct cell has been looked at as the reader looks at it
        return True
    names = tuple(dict.fromkeys(one.columns))
    columns = _combinations([facts[name] for name in names])
    notes = Notes(missing=tuple(missing), decimal=file.layout.decimal, labels=table.labels, blank=table.blank)
    try:
        coded(names[0], one.kind, columns, {name: name for name in names}, notes)
    except CseaStatsError:
        return False
    return not notes.trouble


def _combinations(columns: Sequence[ColumnFacts]) -> dict[str, RawColumn]:
    """Return each combination of cells once."""
    rows = np.zeros(columns[0].rows, dtype=np.int64)
    for facts in columns:
        pairs = rows * len(facts.column.levels) + facts.column.codes
        rows = facts.column.codes if len(columns) == 1 else np.unique(pairs, return_inverse=True)[1].reshape(-1)
    first = np.unique(rows, return_index=True)[1]
    return {facts.name: replace(facts.column, codes=facts.column.codes[first]) for facts in columns}


def _missing(plan: _Plan, blanks: Sequence[str]) -> tuple[str, ...]:
    """Return the texts that mean no answer: the customary ones, the tool's, and dashes in columns that are read."""
    read = {name for one in plan.drafted for name in one.columns}
    there = {text for facts in plan.columns if facts.name in read for text in facts.blanks}
    return (*CUSTOMARY, *blanks, *(text for text in tools.DASHES if text in there))


def _named(name: str, one: Drafted, plan: _Plan) -> Kind:
    """Return a kind that names its column where the variable is called otherwise, and the wording of a header row."""
    kind = one.kind
    if kind.column is None:
        return kind
    facts = next(facts for facts in plan.columns if facts.name == kind.column)
    own = plan.setting.tool is not None and tools.is_own(facts, plan.setting.tool)
    label = "" if own else " ".join(re.sub(r"<[^<>]*>", " ", unescape(facts.wording)).split())
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


def draft_summary(book: Codebook) -> str:
    """Return what a draft reads, how many of its lines are to be confirmed or decided, and how much it does not read.

    Parameters
    ----------
    book : Codebook

    Examples
    --------
    >>> print(draft_summary(Codebook({"mode": Categories("bus", "bike")}, remarks={"mode": ["? in no order"]})))
    Read        1 column as 1 variable
    To confirm  1 line (?)
    To decide   0 lines (!)
    Not read    0 columns
    """
    read = {source for name, kind in book.variables for source in sources_of(name, kind)}
    remarks = dict(book.remarks)
    unread = [line for line in remarks.get(AT_END, ()) if line.startswith('  "')]
    lines = [line.strip() for key, several in book.remarks if key != AT_END for line in several]
    signs = {sign: sum(line.startswith(sign) for line in lines) for sign in "?!"}
    for sign in signs:
        signs[sign] += sum(f'": {sign} ' in line for line in unread)
    return "\n".join(
        [
            f"Read        {number_of(len(read), 'columns')} as {number_of(len(book), 'variables')}",
            f"To confirm  {number_of(signs['?'], 'lines')} (?)",
            f"To decide   {number_of(signs['!'], 'lines')} (!)",
            f"Not read    {number_of(len(unread), 'columns')}",
        ]
    )


def _source_name(source: object, plan: _Plan) -> str:
    return f'"{Path(source).name}"' if isinstance(source, (str, os.PathLike)) else f"a {plan.file.table.source}"
