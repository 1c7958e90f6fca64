"""Cross-tabulations that print allows: the groups it tells of, against everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.errors import InputError
from csea_stats.survey.loading import fingerprint
from csea_stats.survey.survey import cell_name
from csea_stats.tabulation.naming import choices_each, conflict_code, words_among
from csea_stats.tabulation.tabulation import CrossTable, Reasons, Tabulation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.auditing.audit import Audit
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
    survey = audit.survey
    question = audit.book.question(outcome if outcome in _ids(survey) else outcome.replace("_", "-"))
    if by is None:
        groups: tuple[str, ...] = ("",)
        ordered, tables = False, list(_whole(audit, question))
        printed = [cell for cell in question.cells if cell.among is None]
    else:
        parent = audit.book.question(by if by in _ids(survey) else by.replace("_", "-"))
        by = parent.id
        shown = tuple(dict.fromkeys(c.among for c in question.cells if c.among and c.among.question == parent.id))
        if not shown:
            message = (
                f"print does not give {question.id!r} by {parent.id!r}; csea_stats.crosstab_bounds tells what the two "
                "margins leave open"
            )
            raise InputError(message)
        groups = _names(parent, shown)
        ordered = parent.kind == "ordinal" and REST not in groups
        tables = list(_split(audit, question, parent, shown, groups))
        printed = list(question.cells)
        if not tables:
            message = f"print contradicts itself on {question.id!r} by {parent.id!r}: no table fits both; see the audit"
            raise InputError(message)
    empty = not any(audit.counts_of(question.id, (item,)) for item in question.categories)
    if empty or not question.categories:
        message = f"print tells no answers to {question.id!r}"
        raise InputError(message)
    return Tabulation(
        outcome=question.id,
        by=by,
        labels=question.categories,
        ordered=question.kind == "ordinal",
        several=not question.one_answer,
        chosen=choices_each(question, audit),
        off_scale=(),
        groups=groups,
        groups_ordered=ordered,
        tables=tuple(dict.fromkeys(tables)),
        left_out=(),
        question=question,
        by_label="" if by is None else audit.book.question(by).label,
        words=words_among(survey, question.among, audit.base(question.id)),
        survey=survey.id,
        places=tuple(dict.fromkeys(cell.where for cell in printed)),
        doubts=tuple(_print_doubts(audit, question, [cell_name(question, cell) for cell in printed], by)),
        data_hash=fingerprint(survey),
    )


def _ids(survey: Survey) -> set[str]:
    return {question.id for question in survey.question}


def _print_doubts(
    audit: Audit, question: Question, cells: Sequence[str], by: str | None
) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    if by is not None:
        yield "chosen-after", ()
    for finding in audit.findings:
        code = conflict_code(finding, question)
        if code and set(finding.cells) & set(cells):
            yield code, (("detail", finding.printed),)


def _whole(audit: Audit, question: Question) -> Iterator[CrossTable]:
    for table in audit.book.tables(question.id):
        for reading in table.readings:
            yield CrossTable(counts=(reading.counts,), bases=(table.base,), apart=(_missing(reading.missing),))


def _missing(people: int) -> Reasons:
    return (("not told", people),) if people else ()


def _names(parent: Question, shown: Sequence[Group]) -> tuple[str, ...]:
    """Return the groups' names: those that print tells of, then everybody else."""
    items = [group.item for group in shown]
    others = [category for category in parent.categories if category not in items]
    named = (*items, others[0] if len(others) == 1 else REST) if others or parent.partial else tuple(items)
    order = {category: place for place, category in enumerate(parent.categories)}
    return tuple(sorted(named, key=lambda name: order.get(name, len(order))))


def _split(
    audit: Audit, question: Question, parent: Question, shown: Sequence[Group], names: Sequence[str]
) -> Iterator[CrossTable]:
    """Yield every table in which the printed groups and everybody else add up to a reading of the whole."""
    complete = set(names) <= {group.item for group in shown}
    found = 0
    for whole in audit.book.tables(question.id):
        for reading in whole.readings:
            start: tuple[dict[str, tuple[tuple[int, ...], int]], tuple[int, ...], int] = (
                {},
                reading.counts,
                whole.base,
            )
            for parts, left, rest in _fill(audit, question, tuple(shown), start):
                if complete and (rest or any(left)):
                    continue
                cells = parts if complete else parts | {next(n for n in names if n not in parts): (left, rest)}
                found += 1
                if found > MOST_READINGS:
                    message = (
                        f"print leaves more than {MOST_READINGS:,} tables of {question.id!r} by {parent.id!r} open"
                    )
                    raise InputError(message)
                yield CrossTable(
                    counts=tuple(cells[name][0] for name in names),
                    bases=tuple(cells[name][1] for name in names),
                    apart=tuple(
                        _missing(cells[name][1] - sum(cells[name][0]) if question.one_answer else 0) for name in names
                    ),
                )


State = tuple[dict[str, tuple[tuple[int, ...], int]], tuple[int, ...], int]


def _fill(audit: Audit, question: Question, groups: tuple[Group, ...], state: State) -> Iterable[State]:
    if not groups:
        yield state
        return
    parts, left, rest = state
    for table in audit.book.tables(question.id, groups[0]):
        for reading in table.readings:
            after = tuple(one - other for one, other in zip(left, reading.counts, strict=True))
            others = rest - table.base
            fits = min(after) >= 0 and others >= 0
            fits = fits and (sum(after) <= others if question.one_answer else max(after) <= others)
            if fits:
                more = parts | {groups[0].item: (reading.counts, table.base)}
                yield from _fill(audit, question, groups[1:], (more, after, others))
