"""Answers as the texts of a data file that the same codebook reads again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.respondents.coding import codes_of
from csea_stats.respondents.columns import MISSING, OFF_SCALE, CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.kinds import Categories, Kind, Multiple, sources_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.respondents.codebook import Codebook

Texts = list[str | None]


def answer_columns(book: Codebook, columns: Sequence[Column]) -> dict[str, Texts]:
    """Return the answers of every variable as texts, by column of a file; None where there is no answer.

    Parameters
    ----------
    book : Codebook
    columns : sequence of Column
        In the codebook's order.
    """
    found: dict[str, Texts] = {}
    for column, (name, kind) in zip(columns, book.variables, strict=True):
        missing = _no_answer(kind, book.missing)
        found |= {source: [None] * len(column.reasons) for source in sources_of(name, kind)}
        if isinstance(column, MultipleColumn) and isinstance(kind, Multiple):
            found.update(_multiple(kind, column, kind.column or name, missing))
        elif isinstance(column, NumberColumn):
            found[kind.column or name] = _numbers(column)
        elif isinstance(column, CodedColumn) and isinstance(kind, Categories):
            texts = [
                missing if code == MISSING else text
                for text, code in zip(column.texts(), column.codes.tolist(), strict=True)
            ]
            found.update(_spread(kind, texts) if kind.columns else {kind.column or name: texts})
    return found


def _no_answer(kind: Kind, marks: Sequence[str]) -> str | None:
    """Return what stands for a missing answer: None, or a mark of the codebook where a blank means an answer."""
    codes = codes_of(kind)
    if "" not in codes:
        return None
    last = "NA"  # where the codebook has no mark, reading it again is an error and no wrong answer
    if isinstance(kind, Multiple):
        last = kind.separator or ("" if kind.chosen else last)
    return next((mark for mark in marks if mark and mark not in codes), last)


def _numbers(column: NumberColumn) -> Texts:
    words = np.array([None, *reversed(column.off_scale), None, None], dtype=object)[column.reasons].tolist()
    return [
        _digits(value) if reason == 0 else word
        for value, reason, word in zip(list(map(float, column.values)), column.reasons.tolist(), words, strict=True)
    ]


def _digits(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _spread(kind: Categories, texts: Texts) -> dict[str, Texts]:
    """Return one answer as a column per answer; the answer of a text of one's own stands in its column."""
    no = "" if kind.own else kind.no[0]
    found: dict[str, Texts] = {
        column: [no if text != answer else answer if kind.own else kind.yes[0] for text in texts]
        for column, answer in zip(kind.columns, kind.answers, strict=True)
    }
    own = kind.other if kind.other is not None and kind.other.column is not None else None
    apart = {label for label in kind.off_scale if label not in kind.answers and (own is None or label != own.label)}
    first = found[kind.columns[0]]
    found[kind.columns[0]] = [text if text in apart else mark for text, mark in zip(texts, first, strict=True)]
    if own is not None and own.column is not None:
        found[own.column] = [text if text == own.label and text not in kind.answers else None for text in texts]
    return found


def _boxes(kind: Multiple, column: MultipleColumn, missing: str | None) -> Iterator[tuple[str, Texts]]:
    """Return a column per answer, with those of the boxes that are no answer and of texts of one's own."""
    reasons, no = column.reasons.tolist(), "" if kind.own else kind.no[0]
    for item, one, codes in zip(kind.items, kind.columns, column.marks.T, strict=False):
        words = np.array(
            [no, item if kind.own else kind.yes[0], *reversed(kind.off_scale), None, missing], dtype=object
        )
        boxed = np.where(codes <= OFF_SCALE, 0, codes) if kind.off_columns else codes
        yield one, words[boxed].tolist()
    for place, (one, label) in enumerate(zip(kind.off_columns, kind.off_scale, strict=False)):
        mark = label if kind.own else kind.yes[0]
        yield one, [mark if reason == OFF_SCALE - place else no for reason in reasons]
    if kind.nothing_column is not None:
        mark = "x" if kind.own else kind.yes[0]
        yield kind.nothing_column, [mark if one else no for one in (column.marks == 0).all(axis=1).tolist()]
    if kind.other is not None and len(kind.items) > len(kind.columns) and kind.other.column is not None:
        yield kind.other.column, [kind.other.label if one == 1 else None for one in column.marks[:, -1].tolist()]


def _multiple(kind: Multiple, column: MultipleColumn, name: str, missing: str | None) -> Iterator[tuple[str, Texts]]:
    marks, reasons = column.marks, column.reasons.tolist()
    if kind.columns:
        yield from _boxes(kind, column, missing)
        return
    answers: list[list[str | None]] = []
    for row, reason in zip(marks.tolist(), reasons, strict=True):
        if reason:
            absent = missing if reason == MISSING else None
            answers.append([kind.off_scale[OFF_SCALE - reason] if reason <= OFF_SCALE else absent])
        else:
            chosen = [item for item, mark in zip(kind.items, row, strict=True) if mark]
            answers.append([*chosen] or [kind.nothing])
    if kind.mentions:
        own = kind.other if kind.other is not None and kind.other.column is not None else None
        if own is not None and own.column is not None:  # there may be more answers than mentions
            yield own.column, [own.label if own.label in texts else None for texts in answers]
            answers = [[text for text in texts if text != own.label] for texts in answers]
        for place, one in enumerate(kind.mentions):
            yield one, [texts[place] if place < len(texts) else None for texts in answers]
        return
    yield name, [str(kind.separator).join(filter(None, texts)) or texts[0] for texts in answers]
