"""pandas and polars frames: columns as coded values, and the kind of variable that the type of a column declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import AnswersError, InputError, UnknownName
from csea_stats.respondents.kinds import Categories, Kind, Number, Ordered
from csea_stats.respondents.layouts import cut, header_problems
from csea_stats.respondents.raw_columns import RawColumn, distinct, plain_values, raw_column
from csea_stats.respondents.texts import is_nothing, plain, text_of
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

IN_FRAME = "rows counted from 0"


def frame_name(source: object) -> str:
    """Return what messages call a frame: "pandas DataFrame"."""
    return f"{type(source).__module__.split('.')[0]} {type(source).__name__}"


def is_frame(source: object) -> bool:
    """Whether something is a pandas or polars frame, or one of another library that holds its rows in memory."""
    import narwhals as nw

    try:
        return nw.dependencies.is_into_dataframe(source)
    except Exception:  # noqa: BLE001 - an object of one's own may raise anything when asked what it is
        return False


def opened(source: object, call: str = "") -> Any:
    """Return a frame as narwhals has it.

    Parameters
    ----------
    source : object
    call : str
        Which takes frames only, for messages.

    Raises
    ------
    InputError
        If it is no frame.
    AnswersError
        If its columns have no names that are texts, or names twice.
    """
    import narwhals as nw

    if not is_frame(source):
        path = "" if call else "a path, "
        found = type(source).__name__
        message = f"{call or 'read_respondents'}: found {found}; allowed is {path}a pandas frame or a polars frame"
        raise InputError(message)
    if nw.dependencies.is_pandas_dataframe(source):
        header: list[Any] = list(source.columns)
        problems = [
            f"found the column name {name!r}; allowed is a text" for name in header if not isinstance(name, str)
        ]
        problems = problems or list(header_problems(header, where=""))
        if problems:
            raise AnswersError(frame_name(source), cut(problems), IN_FRAME)
    try:
        return nw.from_native(source, eager_only=True)
    except nw.exceptions.DuplicateError as error:
        twice = ", ".join(line.strip("- ") for line in str(error).splitlines()[1:])
        raise AnswersError(frame_name(source), [f"found columns of one name: {twice}; each may stand once"]) from None


def picked(source: Any, columns: Iterable[str], call: str) -> Any:
    """Return some columns of a frame, as a frame of its library; the others may be whatever they are.

    Raises
    ------
    UnknownName
        There is no such column; a hyphen and an underscore are the same.
    """
    import narwhals as nw

    pandas = nw.dependencies.is_pandas_dataframe(source)
    header = list(source.columns if pandas else opened(source, call).columns)
    texts = [name for name in header if isinstance(name, str)]
    places: set[int] = set()
    lacking: list[UnknownName] = []
    for asked in columns:
        near = [i for i, name in enumerate(header) if isinstance(name, str) and plain(name) == plain(asked)]
        places |= {place for place in near if header[place] == asked} or set(near)
        if not near:
            lacking.append(UnknownName("column", asked, texts, "A question with several answers needs a codebook."))
    if len(lacking) > 1:
        raise InputError(
            "\n  ".join([f"{call}: the frame lacks {number_of(len(lacking), 'columns')}", *map(str, lacking)])
        )
    if lacking:
        raise lacking[0]
    if pandas:
        return source.iloc[:, sorted(places)]
    return nw.from_native(source, eager_only=True).select([header[place] for place in sorted(places)]).to_native()


def frame_column(series: Any) -> RawColumn:
    """Return a column of a frame, coded by its library wherever that can be done without looking at each row.

    Parameters
    ----------
    series : narwhals Series
    """
    native = series.to_native()
    if series.implementation.is_pandas():
        coded = _pandas(native)
    elif series.implementation.is_polars():
        coded = _polars(native)
    else:
        coded = None
    return distinct(plain_values(series.to_list())) if coded is None else coded


def _pandas(series: Any) -> RawColumn | None:
    """Return a column of categories, texts, numbers or truths; None: it holds something else."""
    import pandas as pd
    from pandas.api import types

    if isinstance(series.dtype, pd.CategoricalDtype):
        return raw_column(series.cat.categories.tolist(), series.cat.codes.to_numpy())
    known = types.is_numeric_dtype(series.dtype) or types.is_string_dtype(series.dtype)
    if not known or (series.dtype == object and types.infer_dtype(series, skipna=True) != "string"):
        return None
    codes, values = pd.factorize(series)
    return raw_column(values.tolist(), codes)


def _polars(series: Any) -> RawColumn | None:
    import polars as pl

    kind = series.dtype
    if kind in (pl.Categorical, pl.Enum):
        values, physical = series.unique(maintain_order=True).drop_nulls(), series.to_physical()
        keys, words = values.to_physical(), values.cast(pl.String).to_list()
    elif kind.is_numeric() or kind in (pl.String, pl.Boolean):
        physical = series.fill_nan(None) if kind.is_float() else series
        keys = physical.unique(maintain_order=True).drop_nulls()
        words = keys.to_list()
    else:
        return None
    if not words:
        return raw_column((), np.full(len(series), -1))
    codes = physical.replace_strict(keys, range(len(keys)), default=None, return_dtype=pl.Int64)
    return raw_column(words, codes.fill_null(-1).to_numpy())


def kinds_of(frame: Any) -> dict[str, Kind]:
    """Return the kind of variable that the type of each column declares.

    Parameters
    ----------
    frame : narwhals DataFrame

    Raises
    ------
    InputError
        For columns whose type does not say what they may hold, all of them at once.
    """
    found: dict[str, Kind] = {}
    problems = []
    for name in frame.columns:
        try:
            found[name] = _kind(name, frame[name])
        except InputError as error:
            problems.append(str(error))
    if problems:
        several = f"{number_of(len(problems), 'columns')} of the frame cannot be taken as they are"
        raise InputError(problems[0] if len(problems) == 1 else "\n  ".join([several, *problems]))
    return found


def _kind(name: str, series: Any) -> Kind:
    import narwhals as nw

    kind = series.dtype
    if isinstance(kind, nw.Enum):
        return Ordered(*_labels(name, kind.categories))
    if isinstance(kind, nw.Categorical):
        native = series.to_native()
        if series.implementation.is_pandas() and hasattr(native.dtype, "categories"):
            return Categories(*_labels(name, native.dtype.categories))
        return Categories(*sorted(_labels(name, set(frame_column(series)) - {None})))
    if isinstance(kind, nw.Boolean):
        return Categories("False", "True")
    if kind.is_numeric():
        infinite = np.flatnonzero(np.isinf(series.to_numpy())).tolist() if kind.is_float() else []
        if infinite:
            found = f"{float(series[infinite[0]])!r} in row {infinite[0]}"
            message = f"{name!r}: found {found}; allowed is a finite number, or nothing"
            raise InputError(message)
        return Number()
    if isinstance(kind, (nw.String, nw.Object)):
        held = "texts" if isinstance(kind, nw.String) or _all_texts(series) else "objects"
        quoted = f'frame["{name}"]'
        message = (
            f"{name!r} holds {held}: say which there are, pd.Categorical({quoted}, categories=[...], ordered=...) or "
            "pl.Enum([...]), or give a codebook"
        )
        raise InputError(message)
    shown = series.to_native().dtype if isinstance(kind, nw.Unknown) else kind
    message = f"{name!r} is a column of type {shown}; allowed are numbers, truths and categories: leave it out"
    raise InputError(message)


def _all_texts(series: Any) -> bool:
    return {type(value) for value in series.to_list() if not is_nothing(value)} <= {str}


def _labels(name: str, categories: Iterable[object]) -> list[str]:
    labels = [text_of(label) for label in categories]
    if len(labels) < 2 or not all(labels):
        found = f"{number_of(len(labels), 'categories')}: {', '.join(map(repr, labels))}" if labels else "no categories"
        message = f"{name!r}: found {found}; allowed are two or more, none of which is empty"
        raise InputError(message)
    return labels


def taken_for(kind: Kind) -> str:
    """Return in words what a column was taken for.

    Examples
    --------
    >>> taken_for(Ordered("poor", "fair")), taken_for(Categories("a", "b")), taken_for(Number())
    ("ordered answers: 'poor', 'fair'", "categories: 'a' (the reference), 'b'", 'a number')
    """
    if isinstance(kind, Ordered):
        return f"ordered answers: {', '.join(map(repr, kind.labels))}"
    if isinstance(kind, Categories):
        first, *others = map(repr, kind.labels)
        return f"categories: {', '.join([f'{first} (the reference)', *others])}"
    return "a number"
