"""Answers back into a frame or a CSV text that reads again as the same answers."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.survey.coding import codes_of
from csea_stats.survey.columns import MISSING, OFF_SCALE, CodedColumn, MultipleColumn, NumberColumn
from csea_stats.survey.kinds import Multiple
from csea_stats.survey.stamps import STAMP_COLUMN, stamp_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from csea_stats.survey.codebook import Codebook
    from csea_stats.survey.kinds import Kind
    from csea_stats.survey.respondents import Microdata

Texts = list[str | None]


def text_columns(data: Microdata) -> dict[str, Texts]:
    """Return every column as texts; None where there is no answer."""
    found: dict[str, Texts] = {}
    if data.ids and data.codebook.respondent:
        found[data.codebook.respondent] = list(data.ids)
    if data.clusters is not None and data.codebook.cluster:
        found.setdefault(data.codebook.cluster, [str(number + 1) for number in data.clusters.tolist()])
    for column, (name, kind) in zip(data.columns, data.codebook.variables, strict=True):
        missing = _no_answer(kind, data.codebook.missing)
        if isinstance(column, MultipleColumn) and isinstance(kind, Multiple):
            found.update(_multiple(kind, column, kind.column or name, missing))
        elif isinstance(column, NumberColumn):
            found[kind.column or name] = _numbers(column)
        elif isinstance(column, CodedColumn):
            texts = zip(column.texts(), column.codes.tolist(), strict=True)
            found[kind.column or name] = [missing if code == MISSING else text for text, code in texts]
    if data.synthetic:
        found[STAMP_COLUMN] = [stamp_text(data.seed, data.invented)] * len(data)
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


def _multiple(kind: Multiple, column: MultipleColumn, name: str, missing: str | None) -> Iterator[tuple[str, Texts]]:
    words = np.array([kind.no, kind.yes, *reversed(kind.off_scale), None, missing], dtype=object)
    if kind.separator is None:
        for place, one in enumerate(kind.columns):
            yield one, words[column.marks[:, place]].tolist()
        return
    joined: Texts = []
    for marks, reason in zip(column.marks.tolist(), column.reasons.tolist(), strict=True):
        if reason:
            absent = missing if reason == MISSING else None
            joined.append(kind.off_scale[OFF_SCALE - reason] if reason <= OFF_SCALE else absent)
        else:
            chosen = [item for item, mark in zip(kind.items, marks, strict=True) if mark]
            joined.append(kind.separator.join(chosen) or kind.nothing)
    yield name, joined


def _categorical_labels(codebook: Codebook) -> dict[str, tuple[Sequence[str], bool]]:
    from csea_stats.survey.kinds import Categories, Ordered

    return {
        kind.column or name: ((*kind.labels, *kind.off_scale), isinstance(kind, Ordered) and not kind.off_scale)
        for name, kind in codebook.variables
        if isinstance(kind, Categories)
    }


def to_frame(data: Microdata) -> pd.DataFrame:
    """Return the answers as a pandas frame; see `Microdata.to_frame`."""
    import pandas as pd

    labels = _categorical_labels(data.codebook)
    plain_numbers = {
        kind.column or name: column.values  # noqa: PD011 - no frame
        for column, (name, kind) in zip(data.columns, data.codebook.variables, strict=True)
        if isinstance(column, NumberColumn) and (column.reasons > OFF_SCALE).all()
    }
    made: dict[str, object] = {}
    for name, texts in text_columns(data).items():
        if name in labels:
            categories, ordered = labels[name]
            marks = sorted({text for text in texts if text is not None}.difference(categories))
            made[name] = pd.Categorical(texts, categories=[*categories, *marks], ordered=ordered and not marks)
        else:
            made[name] = plain_numbers.get(name, texts)
    return pd.DataFrame(made)


def to_csv(data: Microdata) -> str:
    """Return the answers as CSV text; see `Microdata.to_csv`."""
    columns = text_columns(data)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(
        zip(
            *(
                [blank if text is None else text for text in texts]
                for texts in columns.values()
                for blank in [_blank(data)]
            ),
            strict=True,
        )
    )
    return written.getvalue()


def _blank(data: Microdata) -> str:
    return "" if "" in data.codebook.missing or not data.codebook.missing else data.codebook.missing[0]
