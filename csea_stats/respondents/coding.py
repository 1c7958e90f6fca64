"""Raw values into coded columns; whatever does not fit the codebook is told, value by value, with its rows.

Each distinct value is looked at once, so the cost grows with the rows only by a dictionary look-up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.respondents.columns import MISSING, OFF_SCALE, CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.kinds import Categories, Kind, Multiple, Number, Ordered, limits_words, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

UNKNOWN = -30_000
"""Code of a value that the codebook does not allow; no column that is returned holds it."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")

_DATE = re.compile(r"\d{4}-(\d\d)-(\d\d)(?: 00:00:00)?")

_WHOLE = re.compile(r"^([+-]?\d+)\.0+$")
"""A whole number as a column with decimals writes it: "1.0" is the code 1."""

Raw = str | int | float | None
"""A value as a reader hands it over; None where the source holds nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A value that is not allowed, with every row that holds it.

    Parameters
    ----------
    column : str
    rows : tuple of int
        Counted from 0.
    found : str
        The value, quoted, or what is wrong in words.
    allowed : str
    """

    column: str
    rows: tuple[int, ...]
    found: str
    allowed: str


@dataclass(slots=True)
class Notes:
    """What a source says about its own values, and the trouble found so far."""

    missing: tuple[str, ...]
    decimal: str = "."
    told: list[str] = field(default_factory=list)
    """Sentences about answers that are not read as they stand."""
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    """Per column the value labels that a statistics file holds: code as text -> label."""
    blank: dict[str, frozenset[str]] = field(default_factory=dict)
    """Per column the codes that a statistics file declares missing."""
    trouble: list[Trouble] = field(default_factory=list)
    hollow: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    """Per variable with several answers in one column the rows that hold separators only."""

    def report(
        self, column: str, codes: NDArray[np.int16], values: Sequence[Raw], allowed: str, near: Sequence[str]
    ) -> None:
        """Tell each unknown value of a column once."""
        rows: dict[Raw, list[int]] = {}
        for row in np.flatnonzero(codes == UNKNOWN):
            rows.setdefault(values[int(row)], []).append(int(row))
        for value, places in rows.items():
            close = get_close_matches(
                str(value).strip().casefold(), [label.casefold() for label in near], n=1, cutoff=0.7
            )
            meant = next((label for label in near if close and label.casefold() == close[0]), None)
            hint = f"; did you mean {meant!r}?" if meant else ""
            found = self.shown(column, value)
            if date := _DATE.fullmatch(str(value)):
                band = f"{int(date[1])}-{int(date[2])}"
                found += f", a date; a spreadsheet makes one of {band!r}: mend the cell, or say values = {{ ... }}"
            self.trouble.append(Trouble(column=column, rows=tuple(places), found=found, allowed=allowed + hint))

    def shown(self, column: str, value: Raw) -> str:
        """Show a value, with the label that its file gives it."""
        quoted = repr(value) if len(str(value)) <= 80 else f"{str(value)[:77]!r}..."
        label = self.labels.get(column, {}).get(text_of(value))
        declared = text_of(value) in self.blank.get(column, frozenset())
        more = [f"labelled {label!r}"] if label else []
        more += ["which the file declares missing"] if declared else []
        return f"{quoted} ({', '.join(more)})" if more else quoted


def coded(name: str, kind: Kind, columns: dict[str, Sequence[Raw]], source: dict[str, str], notes: Notes) -> Column:
    """Return the coded column of a variable.

    Parameters
    ----------
    name : str
    kind : Kind
    columns : dict
        The source's columns.
    source : dict
        For each column the codebook wants, its name in the source.
    notes : Notes
        Gathers what is wrong.
    """
    if isinstance(kind, Multiple):
        return _multiple(name, kind, columns, source, notes)
    there = source[kind.column or name]
    if isinstance(kind, Number):
        return _number(name, kind, there, columns[there], notes)
    codes = _codes(columns[there], _resolver(codes_of(kind), notes, there))
    allowed = _listed(kind.labels, kind.off_scale, kind.values)
    notes.report(there, codes, columns[there], allowed, (*kind.labels, *kind.off_scale))
    codes[codes == UNKNOWN] = MISSING
    return coded_column(name, kind, codes)


def coded_column(name: str, kind: Categories, codes: NDArray[np.int16]) -> CodedColumn:
    """Return the column of a variable with one answer each."""
    return CodedColumn(
        name=name, labels=kind.labels, ordered=isinstance(kind, Ordered), off_scale=kind.off_scale, codes=codes
    )


def multiple_column(name: str, kind: Multiple, marks: NDArray[np.int8]) -> MultipleColumn:
    """Return the column of a variable with several answers each."""
    return MultipleColumn(name=name, items=kind.items, chosen=kind.chosen, off_scale=kind.off_scale, marks=marks)


def _listed(labels: Sequence[str], off_scale: Sequence[str], values: Sequence[tuple[str, str]] = ()) -> str:
    code = {label: code or "blank" for code, label in reversed(values)}
    named = [f"{label!r} ({code[label]})" if label in code else repr(label) for label in (*labels, *off_scale)]
    return ", ".join(named[:30]) + (f" and {len(named) - 30} more" if len(named) > 30 else "")


def codes_of(kind: Kind) -> dict[str, int]:
    """Return what whole cells of a variable mean: text -> code; "" is among them where a blank means something.

    Examples
    --------
    >>> codes_of(Multiple(columns=("a", "b"), no="", off_scale=("refused",)))
    {'refused': -3, 'yes': 1, '': 0}
    """
    codes = {label: OFF_SCALE - place for place, label in enumerate(kind.off_scale)}
    if isinstance(kind, Categories):
        codes |= {label: place for place, label in enumerate(kind.labels)}
        return codes | {value: codes[label] for value, label in kind.values}
    if isinstance(kind, Multiple):
        codes |= {kind.yes: 1, kind.no: 0} if kind.separator is None else {kind.nothing: 0}
    return codes


def _resolver(codes: dict[str, int], notes: Notes, there: str) -> Callable[[Raw], int]:
    """Return the function from a raw value to its code: the codebook first, then what the file says of its values."""
    codes = {text_of(text): code for text, code in codes.items()}
    in_file, blank = notes.labels.get(there, {}), notes.blank.get(there, frozenset())

    def code(value: Raw) -> int:
        if value is None:  # of a frame or a workbook, where a CSV file holds ""
            return codes.get("", MISSING)
        text = text_of(value)
        for form in (text, _WHOLE.sub(r"\1", text), *([text.capitalize()] if text in ("TRUE", "FALSE") else [])):
            if form in codes:
                return codes[form]
            if form in notes.missing:  # after the labels: a declared label stays a label
                return MISSING
        label = text_of(in_file.get(text, ""))
        if label and label in codes:  # no label is not the label "", which a blank may have
            return codes[label]
        if label and label in notes.missing:
            return MISSING
        return MISSING if text in blank and not label else UNKNOWN

    return code


def _codes(values: Sequence[Raw], code: Callable[[Raw], int]) -> NDArray[np.int16]:
    known = {value: code(value) for value in set(values)}
    return np.fromiter(map(known.__getitem__, values), dtype=np.int16, count=len(values))


def _digits(value: Raw, decimal: str) -> str:
    """Return a number as Python writes it, or "" if it is none; a text's sign of decimals is the one the file has."""
    text = text_of(value)
    if isinstance(value, str) and decimal == ",":
        text = "" if "." in text else text.replace(",", ".")
    return text if _NUMBER.fullmatch(text) else ""


def _number(name: str, kind: Number, there: str, values: Sequence[Raw], notes: Notes) -> NumberColumn:
    resolve = _resolver(codes_of(kind), notes, there)
    number: dict[Raw, float] = {}
    reason: dict[Raw, int] = {}
    for value in set(values):
        found = resolve(value)
        if found == UNKNOWN and (text := _digits(value, notes.decimal)):
            amount = float(text) + 0.0  # minus zero is zero
            inside = (kind.minimum is None or amount >= kind.minimum) and (
                kind.maximum is None or amount <= kind.maximum
            )
            found = 0 if inside and np.isfinite(amount) else UNKNOWN
            number[value] = amount if found == 0 else np.nan
        reason[value] = found
    reasons = np.fromiter(map(reason.__getitem__, values), dtype=np.int16, count=len(values))
    amounts = np.fromiter(map(number.get, values, repeat(np.nan)), dtype=np.float64, count=len(values))
    limits = limits_words(kind.minimum, kind.maximum)
    unit = f", in {kind.unit}" if kind.unit else ""
    outside = f", or {_listed((), kind.off_scale)}" if kind.off_scale else ""
    sign = "comma" if notes.decimal == "," else "point"
    allowed = f"a number{f' of {limits},' if limits else ''} with a {sign} for decimals{unit}{outside}"
    notes.report(there, reasons, values, allowed, kind.off_scale)
    reasons[reasons == UNKNOWN] = MISSING
    return NumberColumn(name=name, unit=kind.unit, off_scale=kind.off_scale, values=amounts, reasons=reasons)


def _multiple(
    name: str, kind: Multiple, columns: dict[str, Sequence[Raw]], source: dict[str, str], notes: Notes
) -> MultipleColumn:
    if kind.separator is None:
        marks = np.stack([_marks(kind, source[column], columns, notes) for column in kind.columns], axis=1)
    else:
        there = source[kind.column or name]
        marks, notes.hollow[name] = _parted(kind, there, columns[there], notes)
    if kind.chosen is not None and codes_of(kind).get("") == 0:  # nothing ticked where some must be: no answer
        marks[(marks == 0).all(axis=1)] = MISSING
    return multiple_column(name, kind, marks)


def _marks(kind: Multiple, there: str, columns: dict[str, Sequence[Raw]], notes: Notes) -> NDArray[np.int8]:
    codes = _codes(columns[there], _resolver(codes_of(kind), notes, there))
    allowed = f"{kind.yes!r} or {kind.no!r}" + (f", or {_listed((), kind.off_scale)}" if kind.off_scale else "")
    notes.report(there, codes, columns[there], allowed, (kind.yes, kind.no, *kind.off_scale))
    return np.where(codes == UNKNOWN, MISSING, codes).astype(np.int8)


def _parted(
    kind: Multiple, there: str, values: Sequence[Raw], notes: Notes
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Return the marks of answers that stand in one column, and which rows hold separators only.

    A value that is not allowed, and separators only, have the reason missing. What is empty between two separators,
    before the first and behind the last is no answer: many forms write "a;b;".
    """
    places = {item: place for place, item in enumerate(kind.items)}
    separator = str(kind.separator)
    resolve = _resolver(codes_of(kind), notes, there)
    distinct = list(dict.fromkeys(values))
    table = np.zeros((len(distinct), len(kind.items)), dtype=np.int8)
    hollow = np.zeros(len(distinct), dtype=np.bool_)
    wrong: dict[Raw, str] = {}
    for row, value in enumerate(distinct):
        code = resolve(value)
        if code != UNKNOWN:
            table[row] = code
            continue
        text = text_of(value)
        if text and not text.replace(separator.strip() or separator, "").strip():
            table[row], hollow[row] = MISSING, True
            continue
        parts = [part.strip() for part in text.split(separator) if part.strip() or not text]
        bad = [part for part in parts if part not in places]
        twice = [part for part in dict.fromkeys(parts) if parts.count(part) > 1]
        if bad or twice:
            wrong[value] = f", of which {bad[0]!r} is no answer" if bad else f", which names {twice[0]!r} twice"
            table[row] = MISSING
        else:
            table[row, [places[part] for part in parts]] = 1
    if wrong:
        listed = _listed((*kind.items, kind.nothing), kind.off_scale)
        for value, why in wrong.items():
            rows = tuple(row for row, other in enumerate(values) if other == value)
            found = notes.shown(there, value) + why
            notes.trouble.append(
                Trouble(column=there, rows=rows, found=found, allowed=f"parted by {kind.separator!r}: {listed}")
            )
    index = {value: row for row, value in enumerate(distinct)}
    places_ = np.fromiter(map(index.__getitem__, values), dtype=np.intp, count=len(values))
    return table[places_], hollow[places_]
