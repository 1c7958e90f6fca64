"""Cross-tabulations that print allows: the groups it tells of, against everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.errors import InputError
from csea_stats.results.recipes import Verbatim, call_words
from csea_stats.survey.loading import fingerprint
from csea_stats.survey.survey import cell_name
from csea_stats.tabulation.items import answer_doubts, loading_call
from csea_stats.tabulation.naming import choices_each, conflict_code, item_name, teller, words_among
from csea_stats.tabulation.tabulation import NOT_TOLD, CrossTable, Reasons, Tabulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.auditing.two_way import TwoWay
    from csea_stats.survey.survey import Group, Question, Survey

MOST_READINGS = 5_000
"""How many cross-tabulations print may leave open."""

REST = "all others"
"""The group of everybody whom print does not put into a group, where that is more than one answer's."""


def tabulate_print(audit: Audit, outcome: str, by: str | None = None) -> Tabulation:
    """Return the counts that print allows; see `tabulate`.

    Parameters
    ----------
    audit : Audit
    outcome, by : str
        Ids of questions; a hyphen and an underscore are the same.
    """
    survey, sample = audit.survey, audit.survey.sample
    question = audit.book.question(outcome if outcome in _ids(survey) else outcome.replace("_", "-"))
    left_out: Reasons = ()
    if by is None:
        groups: tuple[str, ...] = ("",)
        ordered, some, tables = False, False, list(_whole(audit, question))
        printed = question.cells_among(None)
    else:
        parent = audit.book.question(by if by in _ids(survey) else by.replace("_", "-"))
        by = parent.id
        shown = tuple(dict.fromkeys(c.among for c in question.cells if c.among and c.among.question == parent.id))
        if not shown:
            message = (
                f"{teller(survey)} does not give {question.id!r} by {parent.id!r}; csea_stats.crosstab_bounds tells "
                "what the two margins leave open"
            )
            raise InputError(message)
        split = audit.book.two_way(question.id, shown[0])
        if split is None or len(split.division.groups) < len(shown):
            message = (
                f"{parent.id!r} has several answers each, so that its groups overlap; print tells of "
                f"{', '.join(map(repr, map(str, shown)))}: compare each with everybody else by csea_stats.estimate"
            )
            raise InputError(message)
        groups, tables, left_out = _ungrouped(*_split(split, question, parent), parent)
        some = len(shown) < len(groups)
        ordered = parent.kind == "ordinal" and not {REST, NOT_TOLD} & set(groups)
        printed = question.cells
    empty = not any(audit.counts_of(question.id, (item,)) for item in question.categories)
    if empty or not question.categories:
        message = f"{teller(survey)} tells no answers to {question.id!r}"
        raise InputError(message)
    return Tabulation(
        outcome=question.id,
        by=by,
        labels=question.categories,
        ordered=question.kind == "ordinal",
        several=not question.one_answer,
        chosen=choices_each(question, audit),
        off_scale=tuple(dict.fromkeys(one.reason for one in question.apart if one.off_scale)),
        groups=groups,
        groups_ordered=ordered,
        tables=tuple(dict.fromkeys(tables)),
        left_out=left_out,
        question=question,
        by_question=None if by is None else audit.book.question(by),
        words=words_among(survey, question.among, audit.base(question.id)),
        survey=survey.id,
        places=tuple(dict.fromkeys(cell.where for cell in printed)),
        doubts=(
            *_print_doubts(audit, question, [cell_name(question, cell) for cell in printed], some=some),
            *answer_doubts(survey, question.id),
        ),
        data_hash=fingerprint(survey),
        synthetic=sample is not None and sample.synthetic,
        invented=sample.invented if sample is not None else (),
        seed=sample.seed if sample is not None else None,
        call=call_words("tabulate", [Verbatim(loading_call(survey)), question.id], {"by": (by, None)}),
    )


def _ids(survey: Survey) -> set[str]:
    return {question.id for question in survey.question}


def _print_doubts(
    audit: Audit, question: Question, cells: Sequence[str], *, some: bool
) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    if some:  # print tells of some groups alone
        yield "chosen-after", ()
    for finding in audit.findings:
        code = conflict_code(finding, question)
        if code and set(finding.cells) & set(cells):
            yield code, (("detail", finding.printed),)


def _whole(audit: Audit, question: Question) -> Iterator[CrossTable]:
    for table in audit.book.tables(question.id):
        for reading in table.readings:
            reasons = (*_apart(question, None), *_missing(reading.missing))
            yield CrossTable(counts=(reading.counts,), bases=(table.base,), apart=(reasons,))


def _missing(people: int) -> Reasons:
    return ((NOT_TOLD, people),) if people else ()


def _apart(question: Question, group: Group | None) -> Reasons:
    """Return who was asked and is in no count, of all or of a group."""
    return tuple((one.reason, one.count) for one in question.apart if one.among == group)


def _apart_by_row(split: TwoWay, question: Question) -> list[Reasons]:
    """Return for each row who is in no count; of those whose group is not told, who is left of all."""
    named = {rows[0]: group for group, rows in split.division.groups.items() if len(rows) == 1}
    found = [_apart(question, named[row]) if row in named else () for row in range(len(split.division.rows))]
    left = dict(_apart(question, None))
    for reason, times in (one for reasons in found for one in reasons):
        left[reason] = left.get(reason, 0) - times
    found[split.division.untold] = tuple((reason, times) for reason, times in left.items() if times > 0)
    return found


def _ungrouped(
    names: tuple[str, ...], tables: list[CrossTable], parent: Question
) -> tuple[tuple[str, ...], list[CrossTable], Reasons]:
    """Leave out those who are in no group, where the question that makes the groups says why."""
    why = tuple((f"{parent.id}: {reason}", times) for reason, times in _apart(parent, None))
    if not why or NOT_TOLD not in names:
        return names, tables, ()
    place = names.index(NOT_TOLD)
    people = {one.bases[place] + sum(times for _, times in one.apart[place]) for one in tables}
    if len(people) > 1:
        return names, tables, ()
    (number,) = people
    if number != sum(times for _, times in why):  # not all of them were asked
        why = ((f"{parent.id}: {NOT_TOLD}", number),) if number else ()

    def without[T](row: tuple[T, ...]) -> tuple[T, ...]:
        return row[:place] + row[place + 1 :]

    kept = [
        CrossTable(counts=without(one.counts), bases=without(one.bases), apart=without(one.apart)) for one in tables
    ]
    return without(names), kept, why


def _split(split: TwoWay, question: Question, parent: Question) -> tuple[tuple[str, ...], list[CrossTable]]:
    """Return the groups' names, and every table in which they and everybody else add up to a reading of the whole."""
    found = split.tables(MOST_READINGS)
    told = f"{question.id!r} by {parent.id!r}"
    if split.found is None or found is None:
        message = f"print leaves more than {MOST_READINGS:,} tables of {told} open"
        raise InputError(message)
    if not found:
        message = f"print contradicts itself on {told}: no table fits both; see the audit"
        raise InputError(message)
    names, order = _names(split, parent), {category: place for place, category in enumerate(parent.categories)}
    apart = _apart_by_row(split, question)
    kept = [
        row
        for row, name in enumerate(names)
        if name in order or any(sizes[row] for sizes, _ in found) or (row == split.division.untold and apart[row])
    ]
    kept.sort(
        key=lambda row: min((order[item] for item in split.division.rows[row]), default=_place(names[row], order))
    )
    tables = [
        CrossTable(
            counts=tuple(cells[row] for row in kept),
            bases=tuple(sizes[row] for row in kept),
            apart=tuple(
                (*apart[row], *_missing(sizes[row] - sum(cells[row]) if question.one_answer else 0)) for row in kept
            ),
        )
        for sizes, cells in found
    ]
    return tuple(names[row] for row in kept), tables


def _place(name: str, order: dict[str, int]) -> int:
    return order.get(name, len(order) + (name == NOT_TOLD))


def _names(split: TwoWay, parent: Question) -> list[str]:
    """Return the rows' names: the answers of those in it; everybody else; those of whom print does not say."""
    names = [item_name(parent, row) if row else REST for row in split.division.rows]
    others = split.division.others
    if others is not None:  # of one answer alone, and nobody else, it has that answer's name
        silent = split.division.rows[others] if parent.one_answer and not parent.partial else ()
        names[others] = silent[0] if len(silent) == 1 else REST
    names[split.division.untold] = NOT_TOLD
    return names
