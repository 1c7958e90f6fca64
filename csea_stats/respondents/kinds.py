"""The kinds of variable that a codebook declares: `Ordered`, `Categories`, `Number`, `Multiple`.

Each is a frozen value that checks itself when made. Labels are texts as they stand in the data; ``values`` maps codes
of the data ("1", 1) to labels; ``off_scale`` holds answers that are no point of the scale, such as "don't know".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from types import NoneType
from typing import Any

from csea_stats.errors import (
    InputError,
    check_choice,
    check_flag,
    check_kind,
    described,
    in_short,
    is_of,
    pairs_of,
    plain_value,
    real_number,
)
from csea_stats.respondents.kind_parts import (
    Asked,
    OtherTexts,
    Pairs,
    answer_words,
    band_ends,
    both_marks,
    check_distinct,
    column_answers,
    frozen_pairs,
    missing_texts,
    other_texts,
    who_asked,
)
from csea_stats.respondents.texts import Value, check_length, declared_text, declared_texts
from csea_stats.results.numbers import number_of


@dataclass(frozen=True, slots=True, init=False)
class Categories:
    """A variable with one answer each, in no order; the first label is the reference of contrasts.

    Parameters
    ----------
    *labels : str
        Every answer that there is, also those that nobody gave.
    values : mapping, optional
        From the data's codes to labels: ``{1: "government"}``. A label in the data always stands for itself.
    off_scale : sequence of str
        Answers that are no category, such as "don't know" and "refused"; counted apart.
    column : str, optional
        The data's column, where it is not called as the variable.
    label : str, optional
        A short wording for tables, such as "Type of organisation".
    says : mapping, optional
        Verb phrase per answer that completes "35 of 49 ...".
    named : mapping, optional
        Noun phrase per answer for those who gave it, such as "workers under 30".
    asked : mapping, optional
        Who was asked: ``{"supported_girls": "yes"}``; of the others a blank is no missing answer.
    missing : sequence of str
        Texts that mean no answer here, besides the codebook's.
    columns : sequence of str, or mapping
        Where one answer is spread over a column per answer: the columns, or from column to answer.
    yes, no : value, or a sequence of values
        What marks the chosen and the other columns.
    own : bool
        Whether the mark of a column is its answer's own text, and a blank is not chosen.
    marked : "anything", optional
        Whatever stands in a column marks its answer; a blank and what ``no`` names do not.
    other : str or mapping, optional
        The answer that every text that is not declared is read as; or ``{"column": ..., "label": "other"}``: the answer
        that a text in that column is, where there is no other answer.

    Examples
    --------
    >>> Categories("government", "NGO", "other").labels
    ('government', 'NGO', 'other')
    """

    labels: tuple[str, ...]
    values: Pairs
    off_scale: tuple[str, ...]
    column: str | None
    label: str | None
    says: Pairs
    named: Pairs
    asked: Asked
    missing: tuple[str, ...]
    columns: tuple[str, ...]
    answers: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    own: bool
    marked: str | None
    other: OtherTexts | None

    def __init__(  # noqa: PLR0913 - one keyword per property
        self,
        *labels: str,
        values: Mapping[Value, str] | None = None,
        off_scale: Iterable[str] = (),
        column: str | None = None,
        label: str | None = None,
        says: Mapping[str, str] | None = None,
        named: Mapping[str, str] | None = None,
        asked: Mapping[str, str | Iterable[str]] | None = None,
        missing: Iterable[str] = (),
        columns: Iterable[str] | Mapping[str, str] = (),
        yes: Value | Iterable[Value] = "yes",
        no: Value | Iterable[Value] = "no",
        own: bool = False,
        marked: str | None = None,
        other: str | Mapping[str, str] | None = None,
    ) -> None:
        name = type(self).__name__
        outside = declared_texts(f"{name}: off_scale", off_scale)
        places = declared_texts(f"{name}: columns", columns)
        answers = column_answers(name, columns)
        given = declared_texts(f"{name}: labels", labels) or tuple(a for a in answers if a not in outside)
        texts = other_texts(name, other, cell=not places)
        if texts is not None and texts.label not in (*given, *outside):
            if isinstance(self, Ordered):
                outside = (*outside, texts.label)
            else:
                given = (*given, texts.label)
        if len(given) < 2:
            message = f"{name}: found {number_of(len(given), 'labels')}; allowed is two or more"
            raise InputError(message)
        check_distinct(f"{name}: labels and off_scale", (*given, *outside))
        every = (*given, *outside)
        check_distinct(f"{name}: columns", places)
        check_distinct(f"{name}: columns", answers)
        if (places and column is not None) or [answer for answer in answers if answer not in every]:
            message = f"{name}: columns: found {columns!r}; allowed is a column per answer, and no 'column' beside it"
            raise InputError(message)
        ticked, unticked = both_marks(name, yes, no, marked, columns=bool(places) and not own)
        check_kind(f"{name}: own", own, bool)
        _set(
            self,
            missing=missing_texts(name, missing),
            columns=places,
            answers=answers,
            yes=ticked,
            no=unticked,
            own=own,
            marked=marked,
            other=texts,
            labels=given,
            values=frozen_pairs(f"{name}: values", values, every),
            off_scale=outside,
            column=column,
            label=label,
            says=answer_words(f"{name}: says", says, every),
            named=answer_words(f"{name}: named", named, every),
            asked=who_asked(asked),
        )


@dataclass(frozen=True, slots=True, init=False)
class Ordered(Categories):
    """A variable with one answer each on a scale, from low to high; takes what `Categories` takes.

    Examples
    --------
    >>> scale = Ordered("none", "poor", "fair", values={1: "none", 2: "poor", 3: "fair"}, off_scale=("don't know",))
    >>> scale.values[0]
    ('1', 'none')
    """


@dataclass(frozen=True, slots=True, init=False)
class Number:
    """A variable that is a number.

    Parameters
    ----------
    unit : str
        Such as "years".
    minimum, maximum : float, optional
        What is possible; a value outside is an error, and is told.
    off_scale : sequence of str
        Answers that are no number, such as "refused".
    column, label : str, optional
        As for `Categories`.
    asked : mapping, optional
        As for `Categories`.
    missing : sequence of str
        As for `Categories`.
    values : mapping, optional
        Texts that stand for a number: ``{"10+": 10}``; every use is told.
    bands : sequence of float, optional
        Where each further band begins, rising: ``(5, 10)`` is under 5, 5 to under 10, 10 and over, so that bands have
        neither gaps nor overlaps. `csea_stats.tabulate` counts by them.

    Examples
    --------
    >>> Number(unit="years", minimum=0, maximum=60).maximum
    60
    >>> Number(unit="years", bands=(5, 10)).band_labels
    ('under 5', '5 to under 10', '10 and over')
    """

    unit: str
    minimum: float | None
    maximum: float | None
    off_scale: tuple[str, ...]
    column: str | None
    label: str | None
    asked: Asked
    missing: tuple[str, ...]
    values: tuple[tuple[str, float], ...]
    bands: tuple[float, ...]

    def __init__(  # noqa: PLR0913 - one keyword per property
        self,
        unit: str = "",
        minimum: float | None = None,
        maximum: float | None = None,
        *,
        off_scale: Iterable[str] = (),
        column: str | None = None,
        label: str | None = None,
        asked: Mapping[str, str | Iterable[str]] | None = None,
        missing: Iterable[str] = (),
        values: Mapping[Value, float] | None = None,
        bands: Iterable[float] = (),
    ) -> None:
        limits: tuple[tuple[str, Any], ...] = (("minimum", minimum), ("maximum", maximum))
        for key, limit in limits:
            if limit is not None and real_number(limit) is None:
                message = f"Number: {key}: found {described(limit)}; allowed is a number"
                raise InputError(message)
        if minimum is not None and maximum is not None and minimum > maximum:
            message = f"Number: found minimum {minimum!r} above maximum {maximum!r}"
            raise InputError(message)
        outside = declared_texts("Number: off_scale", off_scale)
        check_kind("Number: values", values, Mapping, NoneType)
        pairs = pairs_of("Number: values", values)
        texts = tuple((declared_text("Number: values", text), amount) for text, amount in pairs)
        for text, amount in texts:
            check_kind(f"Number: values: {text!r}", amount, int, float)
            if not math.isfinite(amount) or text in outside:
                message = (
                    f"Number: values: found {text!r} = {amount!r}; allowed is a number for a text not in off_scale"
                )
                raise InputError(message)
        check_distinct("Number: off_scale", outside)
        _set(
            self,
            unit=unit,
            bands=band_ends(bands, minimum, maximum),
            missing=missing_texts("Number", missing),
            values=texts,
            minimum=minimum,
            maximum=maximum,
            off_scale=outside,
            column=column,
            label=label,
            asked=who_asked(asked),
        )

    @property
    def band_labels(self) -> tuple[str, ...]:
        """The bands in words, from low to high; empty where none are declared."""
        if not self.bands:
            return ()
        starts = [f"{start:g}" for start in self.bands]
        inner = [f"{low} to under {high}" for low, high in pairwise(starts)]
        return (f"under {starts[0]}", *inner, f"{starts[-1]} and over")


@dataclass(frozen=True, slots=True, init=False)
class Multiple:
    """A question with several answers each: one column per answer, or one column with a separator.

    Parameters
    ----------
    columns : sequence of str, or mapping
        A column per answer; a mapping tells the answer of each: ``{"s1": "counselling"}``.
    yes, no : value, or a sequence of values
        What marks a chosen and a not chosen answer; ``no=""`` where boxes that are not ticked are blank.
    own : bool
        Whether the mark of a column is its answer's own text, and a blank is not chosen.
    marked : "anything", optional
        Whatever stands in a column marks its answer; a blank and what ``no`` names do not.
    empty : {"none", "missing"}
        With a column per answer: what a row without a single mark means.
    nothing_column : str, optional
        The column of the box "none of these".
    chosen : int, optional
        How many each respondent chose, exactly; checked.
    items : sequence of str
        The answers, for one column with a separator, or for mentions.
    separator : str, optional
        What parts the answers in the one column, such as ";".
    mentions : sequence of str
        Columns of the first, second, ... choice, each of which is one of the items.
    values : mapping, optional
        From the data's codes to items, in one column or in mentions.
    nothing : value, optional
        What stands in the one column where somebody chose none of the answers.
    off_scale : sequence of str, or mapping
        As for `Categories`; with a column per answer also from the column of such a box to its answer.
    other : str or mapping, optional
        As for `Categories`: a text for one column and mentions, a column for every layout.
    column, label, says, named, asked, missing
        As for `Categories`.

    Examples
    --------
    >>> Multiple(columns=("counselling", "legal"), yes="yes", no="no").items
    ('counselling', 'legal')
    >>> Multiple(items=("counselling", "legal"), separator=";", chosen=1).chosen
    1
    """

    items: tuple[str, ...]
    columns: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    own: bool
    marked: str | None
    empty: str
    nothing_column: str | None
    chosen: int | None
    separator: str | None
    mentions: tuple[str, ...]
    values: Pairs
    nothing: str | None
    off_scale: tuple[str, ...]
    off_columns: tuple[str, ...]
    other: OtherTexts | None
    column: str | None
    label: str | None
    says: Pairs
    named: Pairs
    asked: Asked
    missing: tuple[str, ...]

    def __init__(  # noqa: PLR0913 - three layouts of one kind
        self,
        *,
        columns: Iterable[str] | Mapping[str, str] = (),
        yes: Value | Iterable[Value] = "yes",
        no: Value | Iterable[Value] = "no",
        own: bool = False,
        marked: str | None = None,
        empty: str = "none",
        nothing_column: str | None = None,
        chosen: int | None = None,
        items: Iterable[str] = (),
        separator: str | None = None,
        mentions: Iterable[str] = (),
        values: Mapping[Value, str] | None = None,
        nothing: Value | None = None,
        off_scale: Iterable[str] | Mapping[str, str] = (),
        other: str | Mapping[str, str] | None = None,
        column: str | None = None,
        label: str | None = None,
        says: Mapping[str, str] | None = None,
        named: Mapping[str, str] | None = None,
        asked: Mapping[str, str | Iterable[str]] | None = None,
        missing: Iterable[str] = (),
    ) -> None:
        names, choices = declared_texts("Multiple: columns", columns), declared_texts("Multiple: mentions", mentions)
        answers = declared_texts("Multiple: items", items) or column_answers("Multiple", columns)
        ticked, unticked = both_marks("Multiple", yes, no, marked, columns=bool(names) and not own)
        none = None if nothing is None else declared_text("Multiple: nothing", nothing)
        _check_layout(names, answers, separator, choices, none)
        boxes = dict(pairs_of("Multiple: off_scale", off_scale)) if is_of(off_scale, Mapping) else {}
        outside = declared_texts("Multiple: off_scale", boxes.values() or off_scale)
        texts = other_texts("Multiple", other, cell=not names)
        more = (texts.label,) if texts is not None and texts.label not in answers else ()
        _check_boxes(names, own=own, empty=empty, nothing_column=nothing_column, boxes=bool(boxes))
        _check_chosen(chosen, len(answers) + len(more))
        check_distinct("Multiple: answers and off_scale", (*answers, *more, *outside))
        marks = () if own else (*ticked, *unticked) if names else () if none is None else (none,)
        check_distinct("Multiple: what marks an answer, and off_scale", (*marks, *outside))
        settings = {"own": own, "marked": marked, "empty": empty, "chosen": chosen, "separator": separator}
        signs = {"yes": ticked, "no": unticked, "nothing": none, "nothing_column": nothing_column}
        _set(
            self,
            **settings,
            **signs,
            column=column,
            label=label,
            items=(*answers, *more),
            columns=names,
            mentions=choices,
            values=frozen_pairs("Multiple: values", values, (*answers, *more)),
            off_scale=outside,
            off_columns=declared_texts("Multiple: off_scale", boxes),
            other=texts,
            says=answer_words("Multiple: says", says, (*answers, *more)),
            named=answer_words("Multiple: named", named, (*answers, *more)),
            asked=who_asked(asked),
            missing=missing_texts("Multiple", missing),
        )


def _check_chosen(chosen: object, most: int) -> None:
    whole = is_of(chosen, int) and not is_of(chosen, bool) and 1 <= chosen <= most
    if chosen is not None and not whole:
        message = f"Multiple: chosen: found {in_short(chosen)}; allowed is a whole number from 1 to {most}"
        raise InputError(message)


def _set(instance: object, **fields: object) -> None:
    """Set the fields of a frozen value that is being made."""
    for name, value in fields.items():
        if name in ("column", "label", "unit"):
            check_kind(f"{type(instance).__name__}: {name}", value, str, NoneType)
            check_length(f"{type(instance).__name__}: {name}", plain_value(value) or "")
        if name in ("column", "label"):
            value = value or None  # noqa: PLW2901 - a file writes "" for none
        object.__setattr__(instance, name, plain_value(value))


def changed[T](value: T, **fields: object) -> T:
    """Return a frozen value with other fields, none of which is checked against the others again."""
    made = copy(value)
    _set(made, **fields)
    return made


def _check_layout(
    names: tuple[str, ...], answers: tuple[str, ...], separator: object, mentions: tuple[str, ...], nothing: str | None
) -> None:
    given = [key for key, found in (("columns", names), ("mentions", mentions)) if found]
    given += [] if separator is None else ["separator"]
    if len(given) != 1:
        found = f"{' and '.join(given)}; allowed is one of them" if given else "none of the three layouts"
        message = f"Multiple: found {found}: columns=(...), or items=(...) with separator=';' or mentions=(...)"
        raise InputError(message)
    check_distinct("Multiple: columns", (*names, *mentions))
    if names and len(names) != len(answers):
        message = f"Multiple: found {len(names)} columns and {len(answers)} items; allowed is one item per column"
        raise InputError(message)
    if separator is not None and (not is_of(separator, str) or not separator):
        message = f"Multiple: separator: found {in_short(separator)}; allowed is a text such as ';'"
        raise InputError(message)
    if not names and (nothing in answers or (mentions and nothing == "")):
        what = "which is an answer" if nothing else "but mentions that are all blank are missing"
        message = f"Multiple: nothing: found {in_short(nothing)}, {what}; allowed is another text"
        raise InputError(message)
    if len(answers) < 1:
        message = "Multiple: found no answers; allowed is one or more"
        raise InputError(message)


def _check_boxes(names: tuple[str, ...], *, own: object, empty: str, nothing_column: object, boxes: bool) -> None:
    """Check what only a column per answer has."""
    check_choice("Multiple: empty", empty, ("missing", "none"))
    check_flag("Multiple: own", own)
    if not names and (own or empty != "none" or nothing_column is not None or boxes):
        message = "Multiple: own, empty, nothing_column and off_scale = { column = ... } need a column per answer"
        raise InputError(message)
    check_kind("Multiple: nothing_column", nothing_column, str, NoneType)


def wording(name: str, kind: Kind) -> str:
    """Return what a variable is called in words: its label, else a column's wording, else its name.

    Examples
    --------
    >>> wording("years", Number(column="How long?")), wording("years", Number(column="q7")), wording("years", Number())
    ('How long?', 'years', 'years')
    """
    return kind.label or (kind.column if kind.column is not None and " " in kind.column else name)


def sources_of(name: str, kind: Kind) -> tuple[str, ...]:
    """Return the columns of a file that a variable is read from.

    Examples
    --------
    >>> sources_of("why", Multiple(items=("a", "b"), mentions=("why 1", "why 2"), other={"column": "x", "label": "y"}))
    ('why 1', 'why 2', 'x')
    """
    if isinstance(kind, Number):
        return (kind.column or name,)
    columns = kind.columns
    if isinstance(kind, Multiple):
        columns = (*columns, *kind.mentions, *kind.off_columns, *([kind.nothing_column] if kind.nothing_column else ()))
    more = (kind.other.column,) if kind.other is not None and kind.other.column is not None else ()
    return (*(columns or (kind.column or name,)), *more)


Kind = Ordered | Categories | Number | Multiple
