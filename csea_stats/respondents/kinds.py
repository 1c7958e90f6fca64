"""The kinds of variable that a codebook declares: `Ordered`, `Categories`, `Number`, `Multiple`.

Each is a frozen value that checks itself when made. Labels are texts as they stand in the data; ``values`` maps codes
of the data ("1", 1) to labels; ``off_scale`` holds answers that are no point of the scale, such as "don't know".
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from numbers import Real
from types import NoneType
from typing import Any

import numpy as np

from csea_stats.errors import InputError, check_kind, described
from csea_stats.results.numbers import number_of

Value = str | int | float | bool
"""A value as a data file holds it."""

Asked = tuple[tuple[str, tuple[str, ...]], ...]
"""Who was asked: variables, and the answers that lead to the question."""

Pairs = tuple[tuple[str, str], ...]
"""A mapping of texts, frozen."""


_ALIKE = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u202f", " ")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", "")
    | dict.fromkeys("\u2019\u02bc", "'")
)
"""No-break blanks are blanks, zero-width signs are nothing, apostrophes are one sign."""


def compared(text: str) -> str:
    """Return the form in which texts are compared: NFC, one kind of blank, apostrophe and line end, cut around."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip() if text.isascii() else unicodedata.normalize("NFC", text.translate(_ALIKE)).strip()


def text_of(value: object) -> str:
    """Return a value of a data file as the text it is compared by: 1.0 is "1"; blanks around a text are cut.

    Examples
    --------
    >>> text_of(1.0), text_of(" poor "), text_of(2.5), text_of(True)
    ('1', 'poor', '2.5', 'True')
    """
    if isinstance(value, str):
        return compared(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def is_nothing(value: object) -> bool:
    """Whether a library means "nothing here" by a value: None, NA, NaT, NaN."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating)) and math.isnan(value)


def declared_text(what: str, value: object) -> str:
    """Return a value of the data that a codebook declares as the text it is compared by.

    Raises
    ------
    InputError
        None and its like: no cell holds them, and the text "None" may be an answer; and whatever is no single value.
    """
    if is_nothing(value) or not isinstance(value, (str, Real, np.bool_)):
        message = f"{what}: found {described(value)}; allowed is a text, a number, True or False; for a blank say ''"
        raise InputError(message)
    return text_of(value)


def limits_words(low: float | None, high: float | None) -> str:
    """Return limits in words.

    Examples
    --------
    >>> limits_words(0, 60), limits_words(None, 5), limits_words(None, None)
    ('at least 0 and at most 60', 'at most 5', '')
    """
    told = [] if low is None else [f"at least {low:g}"]
    return " and ".join(told if high is None else [*told, f"at most {high:g}"])


def declared_texts(what: str, found: Iterable[object]) -> tuple[str, ...]:
    """Return texts of a codebook, none of which is empty."""
    if isinstance(found, str):
        message = f"{what}: found the text {found!r}; allowed is a list of texts, such as ({found!r},)"
        raise InputError(message)
    check_kind(what, found, Iterable)
    labels = tuple(found)
    for label in labels:
        if not isinstance(label, str) or not label.strip() or label != label.strip():
            message = f"{what}: found {label!r}; allowed is a text that is not empty and has no blanks around it"
            raise InputError(message)
    return tuple(str(label) for label in labels)


def _distinct(what: str, labels: Iterable[str]) -> None:
    again = [label for label, times in Counter(labels).items() if times > 1]
    if again:
        message = f"{what}: found {', '.join(map(repr, again))} more than once; each may stand once"
        raise InputError(message)


def _pairs(what: str, found: Mapping[Value, str] | None, known: tuple[str, ...]) -> Pairs:
    """Freeze a mapping from the data's codes to labels, and check it."""
    check_kind(what, found, Mapping, NoneType)
    pairs = tuple((declared_text(what, code), label) for code, label in (found or {}).items())
    _distinct(what, (code for code, _ in pairs))
    for code, label in pairs:
        if label not in known:
            message = f"{what}: found {code!r} for {label!r}; allowed are the labels {', '.join(map(repr, known))}"
            raise InputError(message)
        if code in known and code != label:
            message = f"{what}: found {code!r} for {label!r}, but {code!r} is itself a label; rename one of them"
            raise InputError(message)
    return pairs


def _words(what: str, found: Mapping[str, str] | None, known: Iterable[str]) -> Pairs:
    names = tuple(known)
    check_kind(what, found, Mapping, NoneType)
    for answer, phrase in (found or {}).items():
        check_kind(what, answer, str)
        check_kind(f"{what}: {answer!r}", phrase, str)
        if not set(answer.split(" + ")) <= set(names) and answer not in names:
            message = f"{what}: found words for {answer!r}; allowed are the labels {', '.join(map(repr, names))}"
            raise InputError(message)
    return tuple((found or {}).items())


def _asked(found: Mapping[str, str | Iterable[str]] | None) -> Asked:
    check_kind("asked", found, Mapping, NoneType)
    declared_texts("asked", found or ())
    return tuple(
        (name, declared_texts(f"asked: {name}", (labels,) if isinstance(labels, str) else labels))
        for name, labels in (found or {}).items()
    )


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
    asked : mapping, optional
        Who was asked: ``{"supported_girls": "yes"}``; of the others a blank is no missing answer.

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
    asked: Asked

    def __init__(
        self,
        *labels: str,
        values: Mapping[Value, str] | None = None,
        off_scale: Iterable[str] = (),
        column: str | None = None,
        label: str | None = None,
        says: Mapping[str, str] | None = None,
        asked: Mapping[str, str | Iterable[str]] | None = None,
    ) -> None:
        name = type(self).__name__
        given = declared_texts(f"{name}: labels", labels)
        outside = declared_texts(f"{name}: off_scale", off_scale)
        if len(given) < 2:
            message = f"{name}: found {number_of(len(given), 'labels')}; allowed is two or more"
            raise InputError(message)
        _distinct(f"{name}: labels and off_scale", (*given, *outside))
        every = (*given, *outside)
        _set(
            self,
            labels=given,
            values=_pairs(f"{name}: values", values, every),
            off_scale=outside,
            column=column,
            label=label,
            says=_words(f"{name}: says", says, every),
            asked=_asked(asked),
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

    Examples
    --------
    >>> Number(unit="years", minimum=0, maximum=60).maximum
    60
    """

    unit: str
    minimum: float | None
    maximum: float | None
    off_scale: tuple[str, ...]
    column: str | None
    label: str | None
    asked: Asked

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
    ) -> None:
        limits: tuple[tuple[str, Any], ...] = (("minimum", minimum), ("maximum", maximum))
        for key, limit in limits:
            number = isinstance(limit, (int, float)) and not isinstance(limit, bool)
            if limit is not None and (not number or math.isnan(limit)):
                message = f"Number: {key}: found {limit!r}; allowed is a number"
                raise InputError(message)
        if minimum is not None and maximum is not None and minimum > maximum:
            message = f"Number: found minimum {minimum!r} above maximum {maximum!r}"
            raise InputError(message)
        outside = declared_texts("Number: off_scale", off_scale)
        _distinct("Number: off_scale", outside)
        _set(
            self,
            unit=unit,
            minimum=minimum,
            maximum=maximum,
            off_scale=outside,
            column=column,
            label=label,
            asked=_asked(asked),
        )


@dataclass(frozen=True, slots=True, init=False)
class Multiple:
    """A question with several answers each: one column per answer, or one column with a separator.

    Parameters
    ----------
    columns : sequence of str, or mapping
        A column per answer; a mapping tells the answer of each: ``{"s1": "counselling"}``.
    yes, no : value
        What marks a chosen and a not chosen answer; ``no=""`` where boxes that are not ticked are blank.
    chosen : int, optional
        How many each respondent chose, exactly; checked.
    items : sequence of str
        The answers, for one column with a separator.
    separator : str, optional
        What parts the answers in the one column, such as ";".
    nothing : value
        What stands in the one column where somebody chose none of the answers.
    off_scale, column, label, says, asked
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
    yes: str
    no: str
    chosen: int | None
    separator: str | None
    nothing: str
    off_scale: tuple[str, ...]
    column: str | None
    label: str | None
    says: Pairs
    asked: Asked

    def __init__(  # noqa: PLR0913 - two layouts of one kind
        self,
        *,
        columns: Iterable[str] | Mapping[str, str] = (),
        yes: Value = "yes",
        no: Value = "no",
        chosen: int | None = None,
        items: Iterable[str] = (),
        separator: str | None = None,
        nothing: Value = "none of these",
        off_scale: Iterable[str] = (),
        column: str | None = None,
        label: str | None = None,
        says: Mapping[str, str] | None = None,
        asked: Mapping[str, str | Iterable[str]] | None = None,
    ) -> None:
        names = declared_texts("Multiple: columns", columns)
        listed = declared_texts("Multiple: columns", columns.values()) if isinstance(columns, Mapping) else names
        answers = declared_texts("Multiple: items", items) or listed
        ticked, unticked = declared_text("Multiple: yes", yes), declared_text("Multiple: no", no)
        none = declared_text("Multiple: nothing", nothing)
        _check_layout(names, answers, separator, none)
        if ticked == unticked:
            message = f"Multiple: found {yes!r} for both yes and no"
            raise InputError(message)
        _check_chosen(chosen, len(answers))
        outside = declared_texts("Multiple: off_scale", off_scale)
        _distinct("Multiple: answers and off_scale", (*answers, *outside))
        marks = (ticked, unticked) if separator is None else (none,)
        _distinct("Multiple: what marks an answer, and off_scale", (*marks, *outside))
        _set(
            self,
            items=answers,
            columns=names,
            yes=ticked,
            no=unticked,
            chosen=chosen,
            separator=separator,
            nothing=none,
            off_scale=outside,
            column=column,
            label=label,
            says=_words("Multiple: says", says, answers),
            asked=_asked(asked),
        )


def _check_chosen(chosen: object, most: int) -> None:
    whole = isinstance(chosen, int) and not isinstance(chosen, bool) and 1 <= chosen <= most
    if chosen is not None and not whole:
        message = f"Multiple: chosen: found {chosen!r}; allowed is a whole number from 1 to {most}"
        raise InputError(message)


def _set(instance: object, **fields: object) -> None:
    """Set the fields of a frozen value that is being made."""
    for name, value in fields.items():
        if name in ("column", "label", "unit"):
            check_kind(f"{type(instance).__name__}: {name}", value, str, NoneType)
        object.__setattr__(instance, name, value)


def changed[T](value: T, **fields: object) -> T:
    """Return a frozen value with other fields, none of which is checked against the others again."""
    made = copy(value)
    _set(made, **fields)
    return made


def _check_layout(names: tuple[str, ...], answers: tuple[str, ...], separator: object, nothing: str) -> None:
    if separator is None:
        if not names:
            message = "Multiple: needed is columns=(...), or items=(...) with separator=';' for one column"
            raise InputError(message)
        if len(names) != len(answers):
            message = f"Multiple: found {len(names)} columns and {len(answers)} items; allowed is one item per column"
            raise InputError(message)
        _distinct("Multiple: columns", names)
    else:
        if names:
            message = "Multiple: found columns and a separator; allowed is one of them (items=... with a separator)"
            raise InputError(message)
        if not isinstance(separator, str) or not separator:
            message = f"Multiple: separator: found {separator!r}; allowed is a text such as ';'"
            raise InputError(message)
        holding = [answer for answer in (*answers, nothing) if separator in answer]
        if holding:
            message = f"Multiple: the separator {separator!r} stands in the answer {holding[0]!r}; use another"
            raise InputError(message)
        if nothing in answers:
            message = f"Multiple: nothing: found {nothing!r}, which is an answer; allowed is another text"
            raise InputError(message)
    if len(answers) < 1:
        message = "Multiple: found no answers; allowed is one or more"
        raise InputError(message)


Kind = Ordered | Categories | Number | Multiple
