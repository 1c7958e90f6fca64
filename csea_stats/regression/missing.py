"""What stands in for answers that are missing, and frames whose rows stand for several people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from csea_stats.errors import InputError, check_choice, described, in_short, is_of
from csea_stats.respondents.columns import CodedColumn, NumberColumn
from csea_stats.respondents.frames import opened, picked
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import integer, number_of
from csea_stats.results.values import Caveat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.regression.model import Model
    from csea_stats.respondents.microdata import Microdata

Missing = Literal["complete", "level", "impute"]
"""Whom a fit is of where a predictor's answer is missing: those who answered, or all, by a level or imputation."""

MOST_PEOPLE = 10_000_000
"""People that a frame with frequencies may stand for."""

WEIGHTS = (
    "weights: found {found}; allowed is none. Of a small sample they make intervals look surer than they are, and do "
    "not undo who took part. Put what they are made of into the model as predictors and read effects and predictions, "
    "or take target=Population(Selection(...)). A column of how many people each row stands for is frequency={found}"
)


def refuse_weights(weights: object) -> None:
    """Refuse weights, and say what to do.

    Raises
    ------
    InputError
    """
    if weights is not None:
        found = in_short(weights) if is_of(weights, str) else described(weights)
        raise InputError(WEIGHTS.format(found=found))


def repeated(frame: Any, columns: tuple[str, ...], frequency: str) -> Any:
    """Return some columns of a frame with each row as often as its frequency says.

    Raises
    ------
    InputError
        Frequencies that are no whole numbers, or nobody.
    """
    import narwhals as nw

    if not isinstance(frequency, str):
        message = f"frequency: found {described(frequency)}; allowed is the name of a column of the frame"
        raise InputError(message)
    times = opened(picked(frame, (frequency,), "fit"), "fit")
    rows = _each(times[times.columns[0]].to_numpy(), frequency)
    return nw.from_native(picked(frame, columns, "fit"), eager_only=True)[rows.tolist()].to_native()


def repeated_people(data: Microdata, frequency: str) -> Microdata:
    """Return answers with each row as often as its frequency says, and nobody's id.

    Raises
    ------
    InputError
        Frequencies that are no whole numbers, or nobody.
    UnknownName
        There is no such column.
    """
    column = data.column(frequency)
    numbers = column.values if isinstance(column, NumberColumn) else np.array([""])
    return replace(data.taken(_each(numbers, frequency)), ids=())


def _each(numbers: Any, frequency: str) -> NDArray[np.intp]:
    """Return the place of each row as often as its number says."""
    whole = numbers.dtype.kind in "iuf" and bool(np.all(np.isfinite(numbers) & (numbers >= 0) & (numbers % 1 == 0)))
    if not whole:
        message = f"frequency {frequency!r}: found what is no number of people; allowed are whole numbers of at least 0"
        raise InputError(message)
    people = int(numbers.sum())
    if people > MOST_PEOPLE:
        message = f"frequency {frequency!r}: found {integer(people)} people; allowed are at most {integer(MOST_PEOPLE)}"
        raise InputError(message)
    return np.repeat(np.arange(len(numbers)), numbers.astype(np.int64))


def check_missing(missing: object) -> None:
    """Refuse what is no way to deal with missing answers."""
    check_choice("missing", missing, get_args(Missing))


NO_ANSWER = ("missing", "no answer", "no answer given")
"""What the level of those without an answer is called: the first that is no answer itself."""


def with_missing_level(model: Model, data: Microdata) -> tuple[Microdata, tuple[Caveat, ...]]:
    """Return answers in which lacking one is a level of a predictor, and what to tell of it.

    Raises
    ------
    InputError
        A predictor that is a number, or enters by the order of its answers.
    """
    columns: list[Any] = list(data.columns)
    told = list[Caveat]()
    for predictor in model.predictor:
        if predictor.term == "group":
            continue
        column = data.column(predictor.name)
        lacking = int(np.count_nonzero(column.reasons < 0))
        if not lacking:
            continue
        if not isinstance(column, CodedColumn) or predictor.term in ("mo", "score"):
            kind = "a number" if isinstance(column, NumberColumn) else f"an order, {predictor.written}"
            message = (
                f"missing: found 'level' and {number_of(lacking, 'people')} without {predictor.name!r}, which has "
                f"{kind}; allowed are categories, such as cat({predictor.name}): make bands, or leave it 'complete'"
            )
            raise InputError(message)
        name = next(one for one in NO_ANSWER if one not in column.labels)
        codes = np.where(column.codes < 0, len(column.labels), column.codes).astype(np.int16)
        changed = replace(column, labels=(*column.labels, name), ordered=False, codes=codes)
        columns[columns.index(column)] = changed
        told.append(caveat("missing-level", number=number_of(lacking, "people"), name=predictor.name.replace("_", " ")))
    return replace(data, columns=tuple(columns)), tuple(told)
