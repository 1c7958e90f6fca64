"""Respondents whose answers carry nothing: every mixture of the predictors equally often, answers in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError
from csea_stats.respondents.columns import CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.funnels import Funnel
from csea_stats.respondents.kinds import Categories, Multiple, Number, Ordered
from csea_stats.respondents.microdata import Microdata

if TYPE_CHECKING:
    from csea_stats.regression.model import Model
    from csea_stats.respondents.codebook import Codebook
    from csea_stats.respondents.kinds import Kind

PEOPLE = 48
"""Respondents at least: about as many as the shipped survey has."""

POINTS = 5
"""Values of a predictor that is a number: evenly over the lower half of what the codebook allows."""


def blank_answers(model: Model, codebook: Codebook) -> Microdata:
    """Make respondents for looking at a model's prior, which takes from data labels and predictors alone.

    Parameters
    ----------
    model : Model
    codebook : Codebook
        Of the answers that the model is made for.

    Returns
    -------
    Microdata
        Marked as synthetic.

    Raises
    ------
    InputError
        A number has no limits in the codebook.

    Examples
    --------
    >>> import csea_stats as cs
    >>> from csea_stats.respondents.codebook_files import load_codebook
    >>> book = load_codebook("bosnia-herzegovina-2021")
    >>> len(blank_answers(cs.load_model("police-knowledge-by-age-and-experience"), book))
    60
    """
    names = [one.name for one in model.predictor if one.term != "group"]
    sizes = [_size(codebook[name]) for name in names]
    cells = int(np.prod(sizes)) if sizes else 1
    people = -(-PEOPLE // cells) * cells
    place, columns = np.arange(people), list[Column]()
    for name, size in zip(names, sizes, strict=True):
        columns.append(_column(codebook.name(name), codebook[name], place % size))
        place = place // size
    asked = model.outcome.questions or (model.outcome.name,)
    columns += [_column(codebook.name(name), codebook[name], np.arange(people)) for name in asked]
    return Microdata(
        source="blank answers",
        codebook=codebook,
        columns=tuple(columns),
        funnel=Funnel(started=people, steps=(), respondents=people),
        synthetic=True,
    )


def _size(kind: Kind) -> int:
    if isinstance(kind, Number):
        return POINTS
    return len(kind.labels) if isinstance(kind, (Categories, Ordered)) else len(kind.items)


def values_of(kind: Number) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the values that a number has among blank answers.

    Raises
    ------
    InputError
        The codebook gives it no limits.
    """
    if kind.minimum is None or kind.maximum is None:
        message = "codebook: found a number without limits; allowed is one with minimum and maximum"
        raise InputError(message)
    return np.linspace(kind.minimum, (kind.minimum + kind.maximum) / 2, POINTS)


def _column(name: str, kind: Kind, codes: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Column:
    if isinstance(kind, Number):
        reasons = np.zeros(len(codes), dtype=np.int16)
        return NumberColumn(
            name=name, unit=kind.unit or "", off_scale=(), values=values_of(kind)[codes], reasons=reasons
        )
    if isinstance(kind, Multiple):
        items = len(kind.items)
        picked = kind.chosen or (items + 1) // 2
        marks = ((codes[:, None] + np.arange(items)) % items < picked).astype(np.int8)
        return MultipleColumn(name=name, items=kind.items, chosen=kind.chosen, off_scale=(), marks=marks)
    turned = (codes % len(kind.labels)).astype(np.int16)
    return CodedColumn(name=name, labels=kind.labels, ordered=isinstance(kind, Ordered), off_scale=(), codes=turned)
