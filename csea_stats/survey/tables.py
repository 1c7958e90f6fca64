"""Every printed number of a survey as a row of one table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

from csea_stats.survey.cells import base_of, battery_cell_name, cell_name, item_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from csea_stats.survey.format import Battery, BatteryCell, Cell, Question, Status, Survey

Holder = Literal["cell", "battery", "list", "fact", "event"]

COLUMNS = ("question", "item", "base", "percent", "count", "where", "status", "note")
"""The columns that a table of printed cells begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One printed number, or several printed for one thing in one place.

    Parameters
    ----------
    question : str
        Id of the question or battery, or the name of a fact or an event.
    item : str
        The answer, answers of a sum joined with " + ", or "unlabelled"; what a fact counts; an event's date as printed.
    base : int or None
        The printed base that applies.
    percent : str or None
        As printed, without its sign; two with "-" between them for a range.
    count : int or None
        The printed number.
    where : str or None
        The place in the source.
    status : str
        How the number got its label.
    note : str or None
        The encoder's note, after the number in words where print gives one.
    words : str or None
        The number as printed in words.
    among : str or None
        The subgroup spoken of, ``question=item``.
    candidates : tuple of str
        The answers that an unlabelled value may belong to.
    holder : {"cell", "battery", "list", "fact", "event"}
        The part of the survey that holds it; "list": how many answers were offered, or named by each respondent.
    name : str
        Unique name of the cell; the values of one unlabelled cell share it.
    """

    question: str
    item: str
    where: str | None
    holder: Holder
    name: str
    base: int | None = None
    percent: str | None = None
    count: int | None = None
    status: Status = "printed"
    note: str | None = None
    words: str | None = None
    among: str | None = None
    candidates: tuple[str, ...] = ()


def rows(survey: Survey) -> tuple[Row, ...]:
    """List every printed number of a survey.

    Parameters
    ----------
    survey : Survey
        A survey.

    Returns
    -------
    tuple of Row
        In the file's order: the questions' cells, the batteries', the facts, the events; one row per unlabelled value.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> table = rows(load_survey("bosnia-herzegovina-2021"))
    >>> [row.percent for row in table if row.question == "girls-age" and row.status == "unlabelled"]
    ['43', '22']
    """
    return tuple(_rows(survey))


def to_frame(survey: Survey) -> pd.DataFrame:
    """Make a pandas frame of `rows`; ``count`` and ``base`` are nullable integers, ``percent`` the printed string."""
    import pandas as pd

    table = rows(survey)
    names = [*COLUMNS, *(field.name for field in fields(Row) if field.name not in COLUMNS)]
    kinds = dict.fromkeys(names, "str") | {"base": "Int64", "count": "Int64", "candidates": "object"}
    return pd.DataFrame({name: pd.Series([getattr(row, name) for row in table], dtype=kinds[name]) for name in names})


def _rows(survey: Survey) -> Iterator[Row]:
    for question in survey.question:
        yield from _lists(question)
        for cell in question.cells:
            yield from _cell(survey, question, cell)
    for battery in survey.battery:
        for statement in battery.cells:
            yield from _statement(survey, battery, statement)
    for fact in survey.fact:
        yield Row(
            question=fact.name,
            item=fact.label,
            count=fact.count,
            where=fact.where,
            status=fact.status,
            note=fact.note,
            holder="fact",
            name=f"fact {fact.name} @ {fact.where}",
        )
    for event in survey.event:
        yield Row(
            question=event.name,
            item=event.printed,
            where=event.where,
            note=event.note or event.label,
            holder="event",
            name=f"event {event.name} @ {event.where}",
        )


def _lists(question: Question) -> Iterator[Row]:
    """How many answers were offered, and how many each respondent names."""
    told = (
        ("answers offered", "list_length", question.list_length),
        ("answers named by each", "chosen", question.chosen),
    )
    for item, key, count in told:
        if count is not None:
            name = f"{question.id}.{key}"
            yield Row(question=question.id, item=item, count=count, where=question.where, holder="list", name=name)


def _percent(cell: Cell | BatteryCell) -> str | None:
    return None if cell.range is None else "-".join(cell.range)


def _note(cell: Cell | BatteryCell) -> str | None:
    """Give the note, and before it the number in words, so that the leading columns hold all that is printed."""
    words = f'In words: "{cell.words}".' if cell.words else ""
    return " ".join(filter(None, (words, cell.note))) or None


def _cell(survey: Survey, question: Question, cell: Cell) -> Iterator[Row]:
    for value in (None,) if cell.unlabelled is None else cell.unlabelled:
        yield Row(
            question=question.id,
            item=item_name(cell),
            base=base_of(survey, question, cell),
            percent=cell.percent or value or _percent(cell),
            count=cell.count,
            where=cell.where,
            status=cell.status if value is None else "unlabelled",
            note=_note(cell),
            words=cell.words,
            among=f"{cell.among.question}={cell.among.item}" if cell.among else None,
            candidates=() if value is None else cell.items,
            holder="cell",
            name=cell_name(question, cell),
        )


def _statement(survey: Survey, battery: Battery, cell: BatteryCell) -> Iterator[Row]:
    bases = {base_of(survey, question) for question in survey.question if question.id in battery.questions}
    base = bases.pop() if len(bases) == 1 else None
    for value in (None,) if cell.unlabelled is None else cell.unlabelled:
        yield Row(
            question=battery.id,
            item=item_name(cell),
            base=base,
            percent=value or _percent(cell),
            where=cell.where,
            status=cell.status if value is None else "unlabelled",
            note=_note(cell),
            words=cell.words,
            candidates=() if value is None else cell.items,
            holder="battery",
            name=battery_cell_name(battery, cell),
        )
