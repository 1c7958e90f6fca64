"""A table of raw values and a codebook into coded columns of those who count, and everything that does not fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import AnswersError
from csea_stats.respondents.coding import Notes, Trouble, coded, codes_of
from csea_stats.respondents.columns import (
    MISSING,
    NOT_ASKED,
    OFF_SCALE,
    CodedColumn,
    Column,
    MultipleColumn,
    NumberColumn,
)
from csea_stats.respondents.funnels import Funnel, pass_hurdles
from csea_stats.respondents.kinds import Kind, Multiple, sources_of
from csea_stats.respondents.layouts import cut
from csea_stats.respondents.raw_columns import ColumnsOnDemand, distinct
from csea_stats.respondents.readers import RawTable, read_table
from csea_stats.respondents.texts import plain, text_of
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from csea_stats.respondents.declarations import Declarations
    from csea_stats.respondents.raw_columns import RawColumn

    Raws = Mapping[str, RawColumn]

ROWS_SHOWN = 5
"""How many rows of one wrong value are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProblem:
    """One thing that keeps answers from being read; `str` of it tells it.

    Parameters
    ----------
    text : str
        In words, as errors tell it.
    rows : tuple of int
        The rows that it stands in, as the source counts them; empty where it concerns no single row.
    column : str or None
        The column or variable.
    found, allowed : str
    """

    text: str
    rows: tuple[int, ...] = ()
    column: str | None = None
    found: str = ""
    allowed: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersRead:
    """What reading a source by a codebook gave.

    Parameters
    ----------
    table : RawTable
    problems : tuple of AnswerProblem
        Everything that does not fit; where there is something, the other fields tell as much as could be read.
    columns : tuple of Column
        In the codebook's order; the rows are those who count.
    funnel : Funnel or None
        None: columns that the codebook needs are not there.
    ids : tuple of str
    clusters : (n,) array of int, or None
    used : tuple of str
        Columns of the source that the codebook names.
    notes : tuple of str
    stand_ins : tuple of (str, str)
        Variables with texts that stand for a number, and the notes that tell it.
    """

    table: RawTable
    problems: tuple[AnswerProblem, ...]
    columns: tuple[Column, ...] = ()
    funnel: Funnel | None = None
    ids: tuple[str, ...] = ()
    clusters: NDArray[np.intp] | None = None
    used: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    stand_ins: tuple[tuple[str, str], ...] = ()


def read_answers(source: object, book: Declarations, *, sheet: str | None = None) -> AnswersRead:
    """Read a source and hold every value against a codebook.

    Parameters
    ----------
    source : path, or pandas or polars frame
    book : Declarations
    sheet : str, optional
        Of an Excel workbook with several.

    Raises
    ------
    AnswersError
        If the source is no table at all.
    MissingPackage
        If it needs a package that is not installed.
    """
    table = read_table(source, book.file, sheet=sheet)
    places, problems = columns_of(book, table)
    used = tuple(dict.fromkeys(places.values()))
    problems += [told for column in used for told in table.faults.get(column, ())]
    if problems:
        told = tuple(AnswerProblem(text=text) for text in problems)
        return AnswersRead(table=table, problems=told, used=used, notes=table.notes)
    raws = ColumnsOnDemand(table.columns, lambda name: distinct(table.columns[name]))
    notes = Notes(missing=book.missing, decimal=book.file.decimal, labels=table.labels, blank=table.blank)
    columns = [coded(name, kind, raws, places, notes) for name, kind in book.variables]
    columns, more = _routed(book, columns, raws, places)
    ids, clusters = _ids(book, raws, places), _clusters(book, raws, places)
    filled = {name: raws[places[name]].filled(("", *book.missing)) for name in book.filled}
    kept, funnel, unknown = pass_hurdles(book, columns, notes.hollow, ids or table.numbers, filled)
    what = f"id in {places[book.respondent or '']!r}" if ids else "row"
    absent = [AnswerProblem(text=f"exclude: there is no {what} {name!r}") for name in unknown]
    troubles = [*notes.trouble, *more, *_picks(book, columns, kept, places), *_repeated(book, ids, kept, places)]
    troubles = _not_excluded(book, troubles, ids or table.numbers)
    notes.tell_declared(raws)
    counted, rows = tuple(columns if kept.all() else [column.taken(kept) for column in columns]), np.flatnonzero(kept)
    alike = [] if troubles else _alike(counted, table.numbers, rows)
    return AnswersRead(
        table=table,
        problems=(*absent, *_told(troubles, table)),
        columns=counted,
        funnel=funnel,
        ids=tuple(ids if kept.all() else (ids[row] for row in rows.tolist())) if ids else (),
        clusters=None if clusters is None else clusters[kept],
        used=used,
        notes=(*table.notes, *notes.told, *alike, *notes.read_as),
        stand_ins=tuple(notes.stand_ins),
    )


def _not_excluded(book: Declarations, troubles: list[Trouble], names: Sequence[str] | Sequence[int]) -> list[Trouble]:
    """Return troubles without the rows that the codebook excludes one by one: what they hold is of no matter."""
    reasons = dict(book.exclude)
    if not reasons:
        return troubles
    found = [replace(one, rows=tuple(row for row in one.rows if str(names[row]) not in reasons)) for one in troubles]
    return [trouble for trouble in found if trouble.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersCheck:
    """What reading a file or a frame by a codebook would say; made by `Codebook.check`, and `str` of it tells it.

    Parameters
    ----------
    source : str
        The file, or the kind of frame.
    counted : str
        How rows are counted, in words.
    problems : tuple of AnswerProblem
        Everything that keeps it from being read; empty where it reads.
    notes : tuple of str
        Sentences about every answer that is not read as it stands.
    rows, respondents : int or None
        Rows of the source, and how many of them count; None where the source is no table, or columns are not there.
    columns, unused : tuple of str
        Columns that are read, and those that the codebook does not name.
    """

    source: str
    counted: str
    problems: tuple[AnswerProblem, ...]
    notes: tuple[str, ...] = ()
    rows: int | None = None
    respondents: int | None = None
    columns: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = f" ({self.counted})" if self.counted else ""
        wrong = f"cannot be read: {number_of(len(self.problems), 'problems')}{rows}"
        numbers = [] if self.rows is None else [number_of(self.rows, "rows")]
        if self.respondents is not None and not self.problems:
            numbers.append(f"{number_of(self.respondents, 'respondents')}")
        told = [f"read {', '.join(map(repr, self.columns))}"] if self.columns else []
        told += [f"not read {', '.join(map(repr, self.unused))}"] if self.unused else []
        head = f"{self.source} {wrong if self.problems else 'can be read'}"
        lines = [f"  {line}" for line in (*map(str, self.problems), *self.notes)]
        return "\n".join(["; ".join([head, ", ".join([*numbers, *told])]) if numbers or told else head, *lines])


def checked(source: object, book: Declarations, *, sheet: str | None = None) -> AnswersCheck:
    """Return everything that `read_answers` finds wrong; see `Codebook.check`."""
    try:
        found = read_answers(source, book, sheet=sheet)
    except AnswersError as error:
        problems = tuple(AnswerProblem(text=text) for text in error.problems)
        return AnswersCheck(source=error.source, counted=error.rows, problems=problems)
    funnel, table = found.funnel, found.table
    return AnswersCheck(
        source=table.source,
        counted=table.rows,
        problems=found.problems,
        notes=found.notes,
        rows=len(table.numbers),
        respondents=funnel.respondents if funnel is not None else None,
        columns=found.used,
        unused=tuple(name for name in table.columns if name not in found.used),
    )


def refuse(found: AnswersRead) -> None:
    """Raise everything that does not fit, at once."""
    if found.problems:
        raise AnswersError(found.table.source, cut(map(str, found.problems)), found.table.rows)


def _wanted(book: Declarations) -> Iterator[tuple[str, str]]:
    """Yield each column that a codebook needs, with the variable that needs it."""
    for name, kind in book.variables:
        yield from ((column, name) for column in sources_of(name, kind))
    yield from ((column, "filled") for column in book.filled)
    if book.cluster is not None:
        yield book.cluster, "cluster"
    if book.respondent is not None:
        yield book.respondent, "respondent"


def columns_of(book: Declarations, table: RawTable) -> tuple[dict[str, str], list[str]]:
    """Find each column that the codebook names: exactly, else with hyphens as underscores; and tell those not there."""
    similar: dict[str, list[str]] = {}
    alike = {text_of(name): name for name in table.columns}
    for name in table.columns:
        similar.setdefault(plain(text_of(name)), []).append(name)
    places: dict[str, str] = {}
    problems: list[str] = []
    for column, variable in _wanted(book):
        near = similar.get(plain(text_of(column)), [])
        if column in table.columns or text_of(column) in alike:
            places[column] = column if column in table.columns else alike[text_of(column)]
        elif text_of(column) in table.repeated:
            called = table.repeated[text_of(column)]
            listed = f"{', '.join(map(repr, called[:-1]))} or {called[-1]!r}"
            problems.append(f"the column {column!r} stands {len(called)} times; say {listed}")
        elif len(near) == 1:
            places[column] = near[0]
        elif not (variable == "respondent" and column == "id"):  # the default, which a file need not have
            listed = ", ".join(map(repr, list(table.columns)[:40]))
            of = f" of {variable!r}" if variable != column else ""
            problems.append(f"there is no column {column!r}{of}; there is: {listed or 'none'}")
    return places, problems


def _ids(book: Declarations, raws: Raws, places: dict[str, str]) -> list[str]:
    return raws[places[book.respondent]].texts() if book.respondent is not None and book.respondent in places else []


def _clusters(book: Declarations, raws: Raws, places: dict[str, str]) -> NDArray[np.intp] | None:
    """Return a number for each cluster, from 0, in the order in which they occur."""
    if book.cluster is None:
        return None
    column = raws[places[book.cluster]]
    alone = column.mapped(lambda value: value is None or text_of(value) in book.missing, np.bool_)
    found = np.where(alone, len(column) + np.arange(len(column)), column.codes)  # without a cluster: one alone
    _, first, codes = np.unique(found, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[codes.reshape(-1)]


def _repeated(book: Declarations, ids: Sequence[str], kept: NDArray[np.bool_], places: dict[str, str]) -> list[Trouble]:
    if not ids or (len(set(ids)) == len(ids) and "" not in ids):
        return []
    rows: dict[str, list[int]] = {}
    for row in np.flatnonzero(kept).tolist():
        rows.setdefault(ids[row], []).append(row)
    column = places[book.respondent or ""]
    once = 'once: one row per respondent; to take one: duplicates = "first" or "last"'
    found = []
    for name, where in rows.items():
        if not name:
            found.append(Trouble(column=column, rows=tuple(where), found="no id", allowed="an id for each respondent"))
        elif len(where) > 1:
            text = f"the respondent id {name!r} {len(where)} times"
            found.append(Trouble(column=column, rows=tuple(where), found=text, allowed=once))
    return found


def _routed(
    book: Declarations, columns: list[Column], raws: Raws, places: dict[str, str]
) -> tuple[list[Column], list[Trouble]]:
    """Mark who was not asked; an answer of somebody who was not asked is trouble."""
    troubles: dict[str, Trouble] = {}
    found = {column.name: column for column in columns}
    routed = [(name, kind) for name, kind in book.variables if kind.asked]
    empty = {name: _empty(name, kind, raws, places) for name, kind in routed}
    for _ in routed:  # a question may hang on one that itself was not put to everybody
        for name, kind in routed:
            outside = _not_asked(book, kind, found)
            here = found[name]
            codes = here.marks if isinstance(here, MultipleColumn) else here.reasons[:, None]
            blank = (np.isin(codes, [MISSING, NOT_ASKED]) | empty[name]).all(axis=1) & (here.reasons > OFF_SCALE)
            answered = outside & ~blank
            if answered.any():
                conditions = " and ".join(
                    f"{parent!r} is {' or '.join(map(repr, labels))}" for parent, labels in kind.asked
                )
                troubles[name] = Trouble(
                    column=name,
                    rows=tuple(int(row) for row in np.flatnonzero(answered)),
                    found="an answer of somebody who was not asked",
                    allowed=f"an answer only where {conditions}",
                )
            found[name] = _marked(here, outside & blank)
    return [found[column.name] for column in columns], list(troubles.values())


def _empty(name: str, kind: Kind, raws: Raws, places: dict[str, str]) -> NDArray[np.bool_]:
    """Whether the cells of each respondent are blank, a column per cell, where a blank means something."""
    if "" not in codes_of(kind):
        return np.zeros((1, 1), dtype=np.bool_)
    sources = (kind.column or name,)
    if isinstance(kind, Multiple) and kind.columns:  # a column per answer, the last one perhaps that of one's own texts
        own = (kind.other.column,) if kind.other is not None and kind.other.column is not None else ()
        sources = (*kind.columns, *own)[: len(kind.items)]
    cells = [raws[places[source]] for source in sources]
    return np.stack(
        [cell.mapped(lambda value: value is None or not text_of(value), np.bool_) for cell in cells], axis=1
    )


def _not_asked(book: Declarations, kind: Kind, columns: dict[str, Column]) -> NDArray[np.bool_]:
    outside: Any = False
    for parent, labels in kind.asked:
        column = columns[book.name(parent)]
        if isinstance(column, CodedColumn):
            asked = [column.labels.index(label) for label in labels]
            told = column.codes != MISSING
            outside = outside | (told & ~np.isin(column.codes, asked))
        elif isinstance(column, MultipleColumn):
            marks = np.stack([column.item(label) for label in labels], axis=1)
            outside = outside | np.isin(marks, [0, NOT_ASKED]).all(axis=1)
    return np.asarray(outside, dtype=np.bool_)


def _marked(column: Column, rows: NDArray[np.bool_]) -> Column:
    if isinstance(column, CodedColumn):
        return replace(column, codes=np.where(rows, NOT_ASKED, column.codes).astype(np.int16))
    if isinstance(column, NumberColumn):
        return replace(column, reasons=np.where(rows, NOT_ASKED, column.reasons).astype(np.int16))
    return replace(column, marks=np.where(rows[:, None], NOT_ASKED, column.marks).astype(np.int8))


def _picks(
    book: Declarations, columns: Sequence[Column], kept: NDArray[np.bool_], places: dict[str, str]
) -> list[Trouble]:
    """Find respondents who chose more or fewer answers than each had to."""
    found = []
    for column, (_, kind) in zip(columns, book.variables, strict=True):
        if not isinstance(column, MultipleColumn) or column.chosen is None:
            continue
        number = (column.marks == 1).sum(axis=1)
        wrong = kept & ((column.answered & (number != column.chosen)) | (number > column.chosen))
        shown = places.get(kind.column or column.name, column.name)
        for many in np.unique(number[wrong]).tolist():
            rows = tuple(int(row) for row in np.flatnonzero(wrong & (number == many)))
            text = f"{number_of(many, 'answers')} chosen"
            found.append(Trouble(column=shown, rows=rows, found=text, allowed=f"exactly {column.chosen}"))
    return found


ALIKE_SHOWN = 5
"""How many groups of rows with the same answers are named one by one."""

LARGEST = 2**62
"""Codes of groups before they are numbered anew."""


def _alike(columns: Sequence[Column], numbers: Sequence[int], rows: NDArray[np.intp]) -> list[str]:
    """Tell rows that agree in every variable, and how many such pairs come by chance if answers are independent."""
    size = len(rows)
    if size < 2 or len(columns) < 2:
        return []
    groups, times, expected = _groups_alike([_numbered(column) for column in columns])
    pairs_found = _pairs(times)
    if not pairs_found:
        return []
    chance = (
        f"about {expected:.2g} such pairs come by chance"
        if expected < 1000
        else f"about {expected:,.0f} come by chance"
    )
    questions = f"all {len(columns)} questions"
    if (times > 1).sum() > ALIKE_SHOWN:
        return [f"{pairs_found:,} pairs of rows hold the same answers to {questions}; {chance}"]
    alike = sorted((np.flatnonzero(groups == group) for group in np.flatnonzero(times > 1)), key=lambda found: found[0])
    named = []
    for found in alike:
        shown = [str(numbers[rows[row]]) for row in found[: ROWS_SHOWN + 1].tolist()]
        last = shown[-1] if len(found) == len(shown) else f"{len(found) - ROWS_SHOWN:,} more"
        named.append(f"{', '.join(shown[: min(len(found) - 1, ROWS_SHOWN)])} and {last}")
    return [f"rows {' as well as '.join(named)} hold the same answers to {questions}; {chance}"]


def repeated_words(columns: Sequence[Column]) -> str:
    """Return how many rows repeat another, without saying which; empty where no more do than come by chance.

    Parameters
    ----------
    columns : sequence of Column
    """
    return repeats_of([_numbered(column) for column in columns], "questions")


def repeats_of(parts: Sequence[Numbered], what: str) -> str:
    """Return how many rows repeat another in the codes of several columns, in words, as `repeated_words` does."""
    if len(parts) < 2 or len(parts[0][0]) < 2:
        return ""
    _, times, expected = _groups_alike(parts)
    repeats, found = int((times - 1)[times > 1].sum()), _pairs(times)
    if found <= expected:
        return ""
    hold = f"{number_of(repeats, 'rows')} hold{'s' * (repeats == 1)}"
    pairs = f"{number_of(found, 'such pairs')}; about {expected:.2g} would come by chance"
    return f"{hold} the same answers to all {len(parts)} {what} as a row before ({pairs}): were they sent twice?"


def _groups_alike(parts: Sequence[Numbered]) -> tuple[NDArray[np.int64], NDArray[np.intp], float]:
    """Return which rows agree in everything, how often each group of them stands, and the pairs that chance gives."""
    size = len(parts[0][0])
    agree = float(np.prod([np.square(np.bincount(codes) / size).sum() for codes, _ in parts]))
    groups, _ = _joined(parts)
    return groups, np.bincount(groups), size * (size - 1) / 2 * agree


def _pairs(times: NDArray[np.intp]) -> int:
    return int((times * (times - 1) // 2).sum())


Numbered = tuple["NDArray[np.int64]", int]
"""Codes from 0 of every row, and how many there are."""


def _numbered(column: Column) -> Numbered:
    """Return the answers of a variable, and reasons for none, as codes from 0."""
    if isinstance(column, CodedColumn):
        return _from_zero(column.codes)
    if isinstance(column, MultipleColumn):
        return _joined([_from_zero(marks) for marks in column.marks.T])
    values = np.where(column.answered, column.values, 0.0)
    span = float(values.max() / 2 - values.min() / 2)  # whose halves are numbers, however large they are
    whole = span <= 2 * len(values) and bool((values == np.floor(values)).all())
    codes = values if whole else np.unique(values, return_inverse=True)[1].reshape(-1)
    return _joined([_from_zero(codes), _from_zero(column.reasons)])


def _from_zero(codes: NDArray[Any]) -> Numbered:
    found = (codes - codes.min()).astype(np.int64)
    return found, int(found.max()) + 1


def _joined(parts: Sequence[Numbered]) -> Numbered:
    """Return one code for what several parts say together, without gaps."""
    codes, room = np.zeros(len(parts[0][0]), dtype=np.int64), 1
    for part, number in parts:
        if room * number > LARGEST:
            codes, room = _without_gaps(codes, room)
        codes, room = codes * number + part, room * number
    return _without_gaps(codes, room)


def _without_gaps(codes: NDArray[np.int64], room: int) -> Numbered:
    if room > 4 * len(codes):
        found, codes = np.unique(codes, return_inverse=True)
        return codes.reshape(-1), len(found)
    place = np.cumsum(np.bincount(codes, minlength=room) > 0) - 1
    return place[codes], int(place[-1]) + 1


def _told(troubles: Sequence[Trouble], table: RawTable) -> list[AnswerProblem]:
    """Return troubles in the order of their rows, in words and in parts."""
    told = []
    for trouble in sorted(troubles, key=lambda trouble: trouble.rows[0]):
        numbers = tuple(int(table.numbers[row]) for row in trouble.rows)
        names, more = map(str, numbers[:ROWS_SHOWN]), len(numbers) - ROWS_SHOWN
        rows = f"row{'s' if len(numbers) > 1 else ''} {', '.join(names)}{f' and {more:,} more' if more > 0 else ''}"
        allowed = f"; allowed is {trouble.allowed}" if trouble.allowed else ""
        plainly = " is marked together with " in trouble.found and not trouble.allowed
        text = (
            f"{rows}: {trouble.found}"
            if plainly
            else f"{rows}, column {trouble.column!r}: found {trouble.found}{allowed}"
        )
        parts = {"column": trouble.column, "found": trouble.found, "allowed": trouble.allowed}
        told.append(AnswerProblem(text=text, rows=numbers, **parts))
    return told
