"""Raw values into coded columns; whatever does not fit the codebook is told, value by value, with its rows.

Each distinct value is looked at once, so the cost grows with the rows only by a dictionary look-up.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.respondents.cells import answers_of, covered, listed, pieces, splitter, unread
from csea_stats.respondents.columns import MISSING, OFF_SCALE, CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.kind_parts import limits_words
from csea_stats.respondents.kinds import Categories, Kind, Multiple, Number, Ordered
from csea_stats.respondents.layouts import MOST
from csea_stats.respondents.texts import text_of
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from csea_stats.respondents.raw_columns import Raw, RawColumn

    Rows = NDArray[np.bool_]
    Raws = Mapping[str, RawColumn]

UNKNOWN = -30_000
"""Code of a value that the codebook does not allow; no column that is returned holds it."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")

_DATE = re.compile(r"\d{4}-(\d\d)-(\d\d)(?: 00:00:00)?")

_WHOLE = re.compile(r"^([+-]?\d+)\.0+$")
"""A whole number as a column with decimals writes it: "1.0" is the code 1."""


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
    stand_ins: list[tuple[str, str]] = field(default_factory=list)
    read_as: list[str] = field(default_factory=list)
    """Variables with texts that stand for a number, and the sentences that tell it."""
    declared: dict[str, dict[str, str]] = field(default_factory=dict)
    """Per column such codes that the codebook does not name, with their labels."""
    trouble: list[Trouble] = field(default_factory=list)
    hollow: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    """Per variable with several answers in one column the rows that hold separators only."""

    def report(
        self,
        column: str,
        codes: NDArray[np.int16],
        values: RawColumn,
        allowed: str,
        near: Sequence[str],
        *,
        bands: bool = False,
    ) -> None:
        """Tell each unknown value of a column once."""
        folded = [label.casefold() for label in near]
        for number, (value, rows) in enumerate(values.grouped(np.flatnonzero(codes == UNKNOWN))):
            asked = folded if number < MOST else ()  # what is not told needs no hint
            close = get_close_matches(str(value).strip().casefold(), asked, n=1, cutoff=0.7)
            meant = next((label for label in near if close and label.casefold() == close[0]), None)
            hint = f"; did you mean {meant!r}?" if meant else ""
            found, text = self.shown(column, value), text_of(value)
            if bands and re.search(r"\d", text) and not re.fullmatch(r"[+-]?[\d.,]+", text) and not meant:
                hint = f"; to read it as a number: values = {{ {json.dumps(text, ensure_ascii=False)} = ... }}"
                hint += ", to count it apart: off_scale"
            if date := _DATE.fullmatch(str(value)):
                band = f"{int(date[1])}-{int(date[2])}"
                found += f", a date; a spreadsheet makes one of {band!r}: mend the cell, or say values = {{ ... }}"
            self.trouble.append(Trouble(column=column, rows=rows, found=found, allowed=allowed + hint))

    def tell_declared(self, columns: Raws) -> None:
        """Tell codes that the file declares missing and the codebook does not name."""
        for column, texts in self.declared.items():
            times: Counter[str] = Counter()
            for value, number in zip(columns[column].levels, columns[column].times.tolist(), strict=True):
                times[text_of(value)] += number
            self.told += [
                f"column {column!r}: {text}{f' ({label!r})' if label else ''}, which the file declares missing, "
                f"was read as missing ({number_of(times[text], 'answers')})"
                for text, label in sorted(texts.items())
            ]

    def tell_other(self, column: str, label: str, rows: int) -> None:
        """Tell in how many rows texts of people's own are one answer; never the texts."""
        if rows:
            words = f"texts of {number_of(rows, 'respondents')} were read as {label!r}; none of them is kept"
            self.told.append(f"column {column!r}: {words}")

    def shown(self, column: str, value: Raw) -> str:
        """Show a value, with the label that its file gives it."""
        quoted = repr(value) if len(str(value)) <= 80 else f"{str(value)[:77]!r}..."
        label = self.labels.get(column, {}).get(text_of(value))
        declared = text_of(value) in self.blank.get(column, frozenset())
        more = [f"labelled {label!r}"] if label else []
        more += ["which the file declares missing"] if declared else []
        return f"{quoted} ({', '.join(more)})" if more else quoted


def coded(name: str, kind: Kind, columns: Raws, source: dict[str, str], notes: Notes) -> Column:
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
    if isinstance(kind, Number):
        there = source[kind.column or name]
        return _number(name, kind, there, columns[there], notes)
    if kind.columns:
        codes = _spread(name, kind, columns, source, notes)
    else:
        there = source[kind.column or name]
        codes = _codes(columns[there], _resolver(codes_of(kind), notes, there, kind))
        if kind.other is not None and kind.other.column is None:
            notes.tell_other(there, kind.other.label, int((codes == UNKNOWN).sum()))
            codes[codes == UNKNOWN] = codes_of(kind)[kind.other.label]
        allowed = listed(kind.labels, kind.off_scale, kind.values)
        notes.report(there, codes, columns[there], allowed, (*kind.labels, *kind.off_scale))
        codes[codes == UNKNOWN] = MISSING
    if kind.other is not None and kind.other.column is not None:
        texts = _texts(kind, columns, source, notes) & (codes == MISSING)
        notes.tell_other(source[kind.other.column], kind.other.label, int(texts.sum()))
        codes[texts] = codes_of(kind)[kind.other.label]
    return coded_column(name, kind, codes)


def _texts(kind: Categories | Multiple, columns: Raws, source: dict[str, str], notes: Notes) -> Rows:
    """Return the rows that hold a text of one's own."""
    column = kind.other.column if kind.other is not None else None
    blank = {"", *notes.missing, *kind.missing}
    return columns[source[str(column)]].filled(blank)


def _spread(name: str, kind: Categories, columns: Raws, source: dict[str, str], notes: Notes) -> NDArray[np.int16]:
    """Return the codes of one answer that is spread over a column per answer."""
    meaning = codes_of(kind)
    codes = np.full(len(columns[source[kind.columns[0]]]), MISSING, dtype=np.int16)
    labels = {code: label for label, code in reversed(meaning.items())}
    two: dict[str, list[int]] = {}
    for column, answer in zip(kind.columns, kind.answers, strict=True):
        marks = _marks(kind, answer, source[column], columns, notes)
        here = np.where(marks == 1, meaning[answer], np.where(marks <= OFF_SCALE, marks, MISSING))
        for row in np.flatnonzero((here != MISSING) & (codes != MISSING) & (here != codes)).tolist():
            two.setdefault(f"{labels[codes[row]]!r} and {labels[here[row]]!r}", []).append(row)
        codes = np.where(here != MISSING, here, codes).astype(np.int16)
    notes.trouble += [
        Trouble(column=name, rows=tuple(rows), found=found, allowed="one answer") for found, rows in two.items()
    ]
    return codes


def coded_column(name: str, kind: Categories, codes: NDArray[np.int16]) -> CodedColumn:
    """Return the column of a variable with one answer each."""
    return CodedColumn(
        name=name, labels=kind.labels, ordered=isinstance(kind, Ordered), off_scale=kind.off_scale, codes=codes
    )


def multiple_column(name: str, kind: Multiple, marks: NDArray[np.int8]) -> MultipleColumn:
    """Return the column of a variable with several answers each."""
    return MultipleColumn(name=name, items=kind.items, chosen=kind.chosen, off_scale=kind.off_scale, marks=marks)


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
        if not kind.columns:
            return codes | ({} if kind.nothing is None else {kind.nothing: 0})
        codes |= {"": 0} if kind.own or kind.marked else dict.fromkeys(kind.yes, 1)
        codes |= {} if kind.own else dict.fromkeys(kind.no, 0)
    return codes


def _resolver(codes: dict[str, int], notes: Notes, there: str, kind: Kind) -> Callable[[Raw], int]:
    """Return the function from a raw value to its code: the codebook first, then what the file says of its values."""
    codes = {text_of(text): code for text, code in codes.items()}
    missing = {*notes.missing, *kind.missing}
    in_file, blank = notes.labels.get(there, {}), notes.blank.get(there, frozenset())

    def code(value: Raw) -> int:
        if value is None:  # of a frame or a workbook, where a CSV file holds ""
            return codes.get("", MISSING)
        text = text_of(value)
        for form in (text, _WHOLE.sub(r"\1", text), *([text.capitalize()] if text in ("TRUE", "FALSE") else [])):
            if form in codes:
                return codes[form]
            if form in missing:  # after the labels: a declared label stays a label
                return MISSING
        label = text_of(in_file.get(text, ""))
        if label and (label in codes or label in missing):  # no label is not the label "", which a blank may have
            return codes.get(label, MISSING)
        if text in blank:
            notes.declared.setdefault(there, {})[text] = label
            return MISSING
        return UNKNOWN

    return code


def _codes(column: RawColumn, code: Callable[[Raw], int]) -> NDArray[np.int16]:
    return column.mapped(code, np.int16)


def _digits(value: Raw, decimal: str, unit: str) -> str:
    """Return a number as Python writes it, or "" if it is none; a text has the file's sign of decimals, and a unit."""
    text = text_of(value)
    if isinstance(value, str) and unit and not re.search(r"\w", unit):  # a sign such as "%", which tells nothing more
        text = (text.removesuffix(unit) if text.endswith(unit) else text.removeprefix(unit)).strip()
    if isinstance(value, str) and decimal == ",":
        text = "" if "." in text else text.replace(",", ".")
    return text if _NUMBER.fullmatch(text) else ""


def _plain_numbers(column: RawColumn, said: Iterable[str]) -> NDArray[np.float64]:
    """Return the levels of a column of numbers; NaN for what is no finite number, or one of some texts."""
    if any(type(value) is str for value in column.levels):
        return np.full(len(column.levels), np.nan)
    try:
        found = np.array([np.nan if value is None else value for value in column.levels], dtype=np.float64)
    except OverflowError:  # a whole number beyond every float
        return np.full(len(column.levels), np.nan)
    found[~np.isfinite(found) | np.isin(found, [float(text) for text in said if _NUMBER.fullmatch(text)])] = np.nan
    return found + 0.0  # minus zero is zero


FEW = 5
"""Answers below which a text is told to whoever holds the answers alone: it may be one person's."""


def _tell_stand_ins(name: str, there: str, used: Mapping[str, float], uses: Counter[str], notes: Notes) -> None:
    """Tell which texts were read as numbers; in what goes with the estimates, those of few people without the text."""
    for text, amount in used.items():
        told = f"column {there!r}: {text!r} was read as {amount:g} ({number_of(uses[text], 'answers')})"
        notes.read_as.append(told)
        if uses[text] >= FEW:
            notes.stand_ins.append((name, told))
    few = sum(uses[text] for text in used if uses[text] < FEW)
    if few:
        notes.stand_ins.append(
            (name, f"column {there!r}: texts of {number_of(few, 'respondents')} were read as numbers")
        )


def _number(name: str, kind: Number, there: str, column: RawColumn, notes: Notes) -> NumberColumn:
    resolve = _resolver(codes_of(kind), notes, there, kind)
    stand_ins = {text_of(text): float(amount) for text, amount in kind.values}
    low, high = (-np.inf if kind.minimum is None else kind.minimum), (np.inf if kind.maximum is None else kind.maximum)
    said = (*codes_of(kind), *stand_ins, *notes.missing, *kind.missing, *notes.labels.get(there, ()))
    amounts = _plain_numbers(column, (*said, *notes.blank.get(there, ())))
    apart, inside = np.isnan(amounts), (amounts >= low) & (amounts <= high)
    amounts[~inside] = np.nan
    reasons = np.where(inside, 0, UNKNOWN).astype(np.int16)
    times, uses = column.times, Counter[str]()
    for place in np.flatnonzero(apart).tolist():
        value = column.levels[place]
        text = "" if value is None else text_of(value)
        if value is not None and text in stand_ins:
            amounts[place], reasons[place] = stand_ins[text], 0
            uses[text] += int(times[place])
            continue
        reasons[place] = resolve(value)
        if reasons[place] == UNKNOWN and (digits := _digits(value, notes.decimal, text_of(kind.unit))):
            amount = float(digits) + 0.0
            if np.isfinite(amount) and low <= amount <= high:
                amounts[place], reasons[place] = amount, 0
    _tell_stand_ins(name, there, {text: amount for text, amount in stand_ins.items() if uses[text]}, uses, notes)
    limits = limits_words(kind.minimum, kind.maximum)
    unit = f", in {kind.unit}" if kind.unit else ""
    outside = f", or {listed((), kind.off_scale)}" if kind.off_scale else ""
    sign = "comma" if notes.decimal == "," else "point"
    allowed = f"a number{f' of {limits},' if limits else ''} with a {sign} for decimals{unit}{outside}"
    found = reasons[column.codes]
    notes.report(there, found, column, allowed, kind.off_scale, bands=True)
    found[found == UNKNOWN] = MISSING
    return NumberColumn(
        name=name, unit=kind.unit, off_scale=kind.off_scale, values=amounts[column.codes], reasons=found
    )


def _multiple(name: str, kind: Multiple, columns: Raws, source: dict[str, str], notes: Notes) -> MultipleColumn:
    if kind.columns:
        marks = _boxes(kind, columns, source, notes)
    else:
        marks = (
            _mentioned(name, kind, columns, source, notes)
            if kind.mentions
            else _cell(name, kind, columns, source, notes)
        )
        if kind.other is not None and kind.other.column is not None:
            _add_texts(kind, marks, columns, source, notes)
    if kind.chosen is not None and codes_of(kind).get("") == 0:  # nothing ticked where some must be: no answer
        marks[(marks == 0).all(axis=1)] = MISSING
    return multiple_column(name, kind, marks)


def _marks(kind: Categories | Multiple, answer: str, there: str, columns: Raws, notes: Notes) -> NDArray[np.int8]:
    """Return the marks of one column; with ``own`` a mark is the answer's own text, with ``marked`` any text."""
    boxed = isinstance(kind, Multiple) and kind.off_columns  # such an answer has a box of its own, and no text
    outside = {} if boxed else {label: OFF_SCALE - place for place, label in enumerate(kind.off_scale)}
    boxes = {text_of(answer): 1, "": 0} if kind.own else dict.fromkeys(kind.yes, 1) | dict.fromkeys(kind.no, 0)
    boxes = dict.fromkeys(("", *kind.no), 0) if kind.marked else boxes
    codes = _codes(columns[there], _resolver(outside | boxes, notes, there, kind))
    if kind.marked:
        codes[codes == UNKNOWN] = 1
    allowed = " or ".join(map(repr, boxes)) + (f", or {listed((), tuple(outside))}" if outside else "")
    notes.report(there, codes, columns[there], allowed, (*boxes, *outside))
    return np.where(codes == UNKNOWN, MISSING, codes).astype(np.int8)


def _add_texts(kind: Multiple, marks: NDArray[np.int8], columns: Raws, source: dict[str, str], notes: Notes) -> None:
    """Mark the answer that a text of one's own is; such a row has answered."""
    if kind.other is None or kind.other.column is None:
        return
    texts = _texts(kind, columns, source, notes)
    notes.tell_other(source[kind.other.column], kind.other.label, int(texts.sum()))
    apart = texts & (marks <= OFF_SCALE).all(axis=1)
    if apart.any():
        reason = kind.off_scale[OFF_SCALE - int(marks[apart][0, 0])]
        rows = tuple(np.flatnonzero(apart).tolist())
        found = f"a text beside {reason!r}"
        notes.trouble.append(Trouble(column=source[kind.other.column], rows=rows, found=found, allowed="one of them"))
    silent = texts & (marks == MISSING).all(axis=1)
    marks[silent] = 0
    marks[texts, kind.items.index(kind.other.label)] = 1


def _boxes(kind: Multiple, columns: Raws, source: dict[str, str], notes: Notes) -> NDArray[np.int8]:
    """Return the marks of a column per answer, with the boxes that are no answer."""
    read = [
        _marks(kind, item, source[column], columns, notes)
        for item, column in zip(kind.items, kind.columns, strict=False)
    ]
    marks = np.stack(read, axis=1)
    if len(kind.items) > len(kind.columns):  # the answer of a text of one's own
        known = np.where((marks < 0).all(axis=1), marks.min(axis=1), 0).astype(np.int8)
        marks = np.concatenate([marks, known[:, None]], axis=1)
    _add_texts(kind, marks, columns, source, notes)
    apart = np.zeros(len(marks), dtype=np.bool_)
    singles = [*zip(kind.off_columns, kind.off_scale, range(OFF_SCALE, -100, -1), strict=False)]
    singles += [(kind.nothing_column, kind.nothing_column, 0)] if kind.nothing_column is not None else []
    for column, label, code in singles:
        if kind.own and code == 0:
            box = columns[source[column]].filled(("", *notes.missing))
        else:
            box = _marks(kind, label, source[column], columns, notes) == 1
        _together(column, kind, marks, box, apart, notes)
        marks[box] = code
        apart |= box
    if kind.empty == "missing":
        marks[~apart & np.isin(marks, (0, MISSING)).all(axis=1)] = MISSING
    return marks


def _together(column: str, kind: Multiple, marks: NDArray[np.int8], box: Rows, apart: Rows, notes: Notes) -> None:
    """Tell who marked a box that is no answer together with one, or with another such box."""
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(box & ((marks == 1).any(axis=1) | apart)).tolist():
        chosen = [item for item, mark in zip(kind.items, marks[row].tolist(), strict=True) if mark == 1]
        found.setdefault(repr(chosen[0]) if chosen else "another box that is no answer", []).append(row)
    for answer, rows in found.items():
        text = f"{column!r} is marked together with {answer}"
        notes.trouble.append(Trouble(column=column, rows=tuple(rows), found=text, allowed=""))


CHOSE_NONE = 30_000
"""Code of a mention that says "none of these"."""


def _mentioned(name: str, kind: Multiple, columns: Raws, source: dict[str, str], notes: Notes) -> NDArray[np.int8]:
    """Return the marks of first, second, ... choices."""
    codes = {item: place for place, item in enumerate(kind.items)}
    codes |= {value: codes[item] for value, item in kind.values}
    codes |= {label: OFF_SCALE - place for place, label in enumerate(kind.off_scale)}
    codes |= {} if kind.nothing is None else {kind.nothing: CHOSE_NONE}
    size = len(columns[source[kind.mentions[0]]])
    marks = np.full((size, len(kind.items)), MISSING, dtype=np.int8)
    apart = np.zeros(size, dtype=np.bool_)
    twice: dict[str, list[int]] = {}
    texts = np.zeros(size, dtype=np.bool_)
    for column in kind.mentions:
        there = source[column]
        found = _codes(columns[there], _resolver(codes, notes, there, kind))
        if kind.other is not None and kind.other.column is None:
            texts |= found == UNKNOWN
            found[found == UNKNOWN] = codes[kind.other.label]
        notes.report(there, found, columns[there], listed(kind.items, kind.off_scale, kind.values), kind.items)
        here = (found >= 0) & (found != CHOSE_NONE)
        special = (found == CHOSE_NONE) | ((found <= OFF_SCALE) & (found != UNKNOWN))
        _together(column, kind, marks, special, apart, notes)
        _together(column, kind, np.zeros_like(marks), here, apart, notes)
        for row in np.flatnonzero(here).tolist():
            if marks[row, found[row]] == 1:
                twice.setdefault(kind.items[found[row]], []).append(row)
        marks[here & (marks == MISSING).all(axis=1)] = 0
        marks[np.flatnonzero(here), found[here]] = 1
        alone = special & ~(marks == 1).any(axis=1)
        marks[alone] = np.where(found == CHOSE_NONE, 0, found)[alone, None]
        apart |= special
    if kind.other is not None:
        notes.tell_other(name, kind.other.label, int(texts.sum()))
        twice.pop(kind.other.label if kind.other.column is None else "", None)
    notes.trouble += [
        Trouble(column=name, rows=tuple(rows), found=f"{item!r} twice", allowed="each answer once")
        for item, rows in twice.items()
    ]
    return marks


def _cell(name: str, kind: Multiple, columns: Raws, source: dict[str, str], notes: Notes) -> NDArray[np.int8]:
    """Return the marks of answers that stand in one cell.

    A value that is not allowed, and separators only, have the reason missing. What is empty between two separators,
    before the first and behind the last is no answer: many forms write "a;b;".
    """
    there = source[kind.column or name]
    values, separator = columns[there], str(kind.separator)
    parts = splitter(separator)
    answers = answers_of(kind, parts)
    resolve = _resolver(codes_of(kind), notes, there, kind)
    table = np.zeros((len(values.levels), len(kind.items)), dtype=np.int8)
    hollow, others = (np.zeros(len(table), dtype=np.bool_) for _ in range(2))
    wrong: dict[Raw, tuple[str, str]] = {}
    bad = np.zeros(len(table), dtype=np.bool_)
    texts_too = kind.other is not None and kind.other.column is None
    for row, value in enumerate(values.levels):
        text = "" if value is None else text_of(value)
        found = pieces(text, parts)
        code = resolve(value)
        if code == UNKNOWN and found:
            code = resolve(text.rstrip().removesuffix(separator.strip()).rstrip() if separator.strip() else text)
        if code != UNKNOWN:
            table[row] = code
            continue
        if text and not text.replace(separator.strip() or separator, "").strip():
            table[row], hollow[row] = MISSING, True
            continue
        reading = covered(found, answers)
        whole = next((piece for piece in found if reading.rest and resolve(piece) != UNKNOWN), "")
        if problem := unread(kind, reading, whole, texts=texts_too):
            table[row], bad[row], wrong[value] = MISSING, True, problem
            continue
        table[row, list(reading.ways[0])] = 1
        if reading.rest and kind.other is not None:
            table[row, kind.items.index(kind.other.label)], others[row] = 1, True
    for value, rows in values.grouped(np.flatnonzero(bad[values.codes])):
        why, allowed = wrong[value]
        trouble = Trouble(column=there, rows=rows, found=notes.shown(there, value) + why, allowed=allowed)
        notes.trouble.append(trouble)
    notes.hollow[name] = hollow[values.codes]
    if kind.other is not None:
        notes.tell_other(there, kind.other.label, int(others[values.codes].sum()))
    return table[values.codes]
