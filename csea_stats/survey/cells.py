"""What a printed cell is called, and out of how many it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csea_stats.survey.format import Battery, BatteryCell, Cell, Group, Question, Survey

JOIN = " + "
"""Joins the answers of a sum, in a cell's name and in the keys of ``says``."""


def item_name(cell: Cell | BatteryCell) -> str:
    """Name the answer of a cell: a sum is joined, unlabelled values are just that.

    Returns
    -------
    str
        Such as "poor", "none + poor" or "unlabelled".
    """
    return "unlabelled" if cell.unlabelled is not None else JOIN.join(cell.items)


def cell_name(question: Question, cell: Cell) -> str:
    """Name a printed cell, uniquely within its survey.

    Parameters
    ----------
    question : Question
        The cell's question.
    cell : Cell
        One of its cells.

    Returns
    -------
    str
        ``question/item @ where``, and ``among QUESTION=ITEM`` where the cell speaks of a subgroup.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> survey = load_survey("bosnia-herzegovina-2021")
    >>> police = next(question for question in survey.question if question.id == "police-knowledge")
    >>> cell_name(police, police.cells[0])
    'police-knowledge/none + poor @ Awareness'
    """
    among = f" among {cell.among.question}={cell.among.item}" if cell.among else ""
    return f"{question.id}/{item_name(cell)} @ {cell.where}{among}"


def group_count(survey: Survey, group: Group) -> int | None:
    """Give how many are in a group, where print says so and does not contradict itself.

    Returns
    -------
    int or None
        The one count that is printed for the group's answer; None where there is none, or several.
    """
    counts = {
        cell.count
        for question in survey.question
        if question.id == group.question
        for cell in question.cells
        if cell.items == (group.item,) and cell.among is None and cell.count is not None
    }
    return counts.pop() if len(counts) == 1 else None


def base_of(survey: Survey, question: Question, cell: Cell | None = None) -> int | None:
    """Give the printed base that applies to a question, or to one of its cells.

    The cell's own base; else the printed count of the group that the cell speaks of; else the question's base; else
    the printed count of the group that was asked; else, where everybody was asked, all respondents.

    Parameters
    ----------
    survey : Survey
        The survey that holds the question.
    question : Question
        The question.
    cell : Cell, optional
        One of its cells.

    Returns
    -------
    int or None
        A number of respondents; None where print does not give it.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> survey = load_survey("bosnia-herzegovina-2021")
    >>> base_of(survey, next(question for question in survey.question if question.id == "girls-online"))
    39
    """
    if cell is not None and cell.base is not None:
        return cell.base
    if cell is not None and cell.among is not None:
        return group_count(survey, cell.among)
    if question.base is not None:
        return question.base
    return survey.respondents if question.among is None else group_count(survey, question.among)


def battery_cell_name(battery: Battery, cell: BatteryCell) -> str:
    """Name a printed statement about a battery's questions: ``battery/item @ where``.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> survey = load_survey("bosnia-herzegovina-2021")
    >>> battery_cell_name(survey.battery[0], survey.battery[0].cells[1])
    'government-activities/unlabelled @ Figure 9'
    """
    return f"{battery.id}/{item_name(cell)} @ {cell.where}"
