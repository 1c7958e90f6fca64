"""The codebook that follows from a published survey: a variable per question, under its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csea_stats.survey.kinds import Categories, Kind, Multiple, Number, Ordered

if TYPE_CHECKING:
    from csea_stats.survey.survey import Question, Survey

OTHER = "another answer"
"""Stands for the answers of a question with one answer each that print does not show."""

MAKERS: dict[str, Any] = {"ordered": Ordered, "categories": Categories, "number": Number, "multiple": Multiple}


def make_kind(table: dict[str, Any]) -> Kind:
    """Return the kind that a table of a codebook file describes."""
    keys = dict(table)
    made: Kind = MAKERS[keys.pop("kind")](*keys.pop("labels", ()), **keys)
    return made


def question_tables(survey: Survey) -> dict[str, dict[str, Any]]:
    """Return what each question of a survey says of its variable, as a codebook file would.

    A question without answers in print has none. Where several answers may be given they stand in one column.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> question_tables(load_survey("bosnia-herzegovina-2021"))["organisation"]["labels"]
    ('government', 'NGO', 'health or education')
    """
    kept = [question for question in survey.question if len(question.categories) > (1 if question.one_answer else 0)]
    coded = {question.id for question in kept if question.one_answer}
    known = {question.id for question in kept}
    found = {}
    for question in kept:
        table = _one_answer(question) if question.id in coded else _several(question)
        table |= {"label": question.label, "says": dict(question.says)}
        if question.among is not None and question.among.question in known:
            table["asked"] = {question.among.question: question.among.item}
        found[question.id] = table
    return found


def _one_answer(question: Question) -> dict[str, Any]:
    labels = question.categories
    if set(labels) == {"yes", "no"}:
        labels = ("no", "yes")  # the later answer is the event of a model
    outside = {"off_scale": (OTHER,)} if question.partial and OTHER not in labels else {}
    return {"kind": "ordered" if question.kind == "ordinal" else "categories", "labels": labels, **outside}


def _several(question: Question) -> dict[str, Any]:
    separator = next(
        sign for sign in (";", "|", "~", "^", "¦") if not any(sign in item for item in question.categories)
    )
    nothing = "none of these"
    while nothing in question.categories:
        nothing = f"({nothing})"
    table = {"kind": "multiple", "items": question.categories, "separator": separator, "nothing": nothing}
    return table | ({"chosen": question.chosen} if question.chosen is not None else {})
