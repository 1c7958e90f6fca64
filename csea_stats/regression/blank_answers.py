"""Respondents made up for looking at a model before there is any data: labels and predictors of a codebook."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError
from csea_stats.respondents.columns import CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.funnels import Funnel
from csea_stats.respondents.kinds import Categories, Kind, Multiple, Number, Ordered
from csea_stats.respondents.microdata import Microdata

if TYPE_CHECKING:
    from csea_stats.regression.model import Model
    from csea_stats.respondents.codebook import Codebook

PEOPLE = 48
"""Respondents at least: about as many as the shipped survey has."""

MOST = 2_000
"""Up to so many every mixture of the predictors occurs equally often; of more some do, drawn at random."""

POINTS = 5
"""Values of a predictor that is a number: evenly over the lower half of what the codebook allows."""


def blank_answers(model: Model, codebook: Codebook) -> Microdata:
    """Make respondents for looking at a model's prior, which takes from data labels and predictors alone.

    Every mixture of the predictors is equally often among them; answers come in turn and are not looked at.

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
    """
    names = [one.name for one in model.predictor if one.term != "group"]
    sizes = [_size(codebook[name]) for name in names]
    cells = math.prod(sizes)
    people = -(-PEOPLE // cells) * cells if cells <= MOST else MOST
    place, columns = np.arange(people), list[Column]()
    rng = np.random.default_rng(0)
    for name, size in zip(names, sizes, strict=True):
        codes = place % size if cells <= MOST else rng.permutation(np.arange(people) % size)
        columns.append(_column(codebook.name(name), codebook[name], codes))
        place = place // size
    asked = model.outcome.questions or (model.outcome.name,)
    groups = [one.name for one in model.predictor if one.term == "group" and one.name not in ("item", "respondent")]
    inner = [one.within for one in model.predictor if one.within]
    for name in (*asked, *dict.fromkeys([*groups, *inner])):
        columns.append(_column(codebook.name(name), codebook[name], np.arange(people)))
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
        message = "codebook: found a number without limits; allowed is Number(minimum=..., maximum=...)"
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
