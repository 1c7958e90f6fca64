"""A printed number as a row of a table, whatever part of a survey holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from csea_stats.survey.source import Status

Holder = Literal["cell", "average", "apart", "battery", "list", "fact", "event"]

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
    value : str or None
        A mean, a standard deviation or a median as printed; its item says which.
    holder : {"cell", "average", "apart", "battery", "list", "fact", "event"}
        The part of the survey that holds it; "list": how many answers were offered, or named by each respondent;
        "apart": how many were asked and are in no count.
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
    value: str | None = None
