"""Respondents' answers: read, checked against a codebook, and held as arrays."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import AnswersError
from csea_stats.respondents.answer_texts import Texts, answer_columns
from csea_stats.respondents.codebook import Codebook, plain
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
from csea_stats.respondents.kinds import Categories, Kind, Multiple, Ordered, changed, sources_of
from csea_stats.respondents.layouts import FileLayout
from csea_stats.respondents.readers import RawTable, cut, read_table
from csea_stats.respondents.texts import text_of
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

STAMP_COLUMN = "synthetic"

_WORD = "SYNTHETIC"

_STAMP = re.compile(r"SYNTHETIC: made from random numbers \(seed (-?\d+)\); invented: (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a stamp tells."""

    seed: int | None
    invented: tuple[str, ...]


def stamp_text(seed: int | None, invented: Iterable[str]) -> str:
    """Return the stamp of a row.

    Examples
    --------
    >>> stamp_text(1, ("experience",))
    'SYNTHETIC: made from random numbers (seed 1); invented: ["experience"]'
    """
    names = json.dumps(list(invented), ensure_ascii=False)
    return f"{_WORD}: made from random numbers (seed {seed if seed is not None else -1}); invented: {names}"


def read_stamp(values: Iterable[object]) -> Stamp | None:
    """Return the stamp of a column of that name, or None where no row has one; one stamped row is enough.

    Examples
    --------
    >>> read_stamp([None, stamp_text(1, ("experience", "age_band"))])
    Stamp(seed=1, invented=('experience', 'age_band'))
    >>> read_stamp(["no"]) is None
    True
    """
    stamped = list(dict.fromkeys(str(value) for value in set(values) if str(value).upper().startswith(_WORD)))
    if not stamped:
        return None
    found = [match for text in sorted(stamped) if (match := _STAMP.fullmatch(text.strip()))]
    names = [name for match in found for name in _names(match[2])]
    seeds = {int(match[1]) for match in found}
    seed = seeds.pop() if len(seeds) == 1 else None
    return Stamp(seed=None if seed == -1 else seed, invented=tuple(dict.fromkeys(names)))


def _names(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [str(name) for name in found] if isinstance(found, list) else []


def text_columns(data: Microdata) -> dict[str, Texts]:
    """Return every column as texts; None where there is no answer."""
    found: dict[str, Texts] = {}
    if data.ids and data.codebook.respondent:
        found[data.codebook.respondent] = list(data.ids)
    if data.clusters is not None and data.codebook.cluster:
        found.setdefault(data.codebook.cluster, [str(number + 1) for number in data.clusters.tolist()])
    found |= answer_columns(data.codebook, data.columns)
    if data.synthetic:
        found[STAMP_COLUMN] = [stamp_text(data.seed, data.invented)] * len(data)
    return found


def _categorical_labels(codebook: Codebook) -> dict[str, tuple[Sequence[str], bool]]:
    return {
        kind.column or name: ((*kind.labels, *kind.off_scale), isinstance(kind, Ordered) and not kind.off_scale)
        for name, kind in codebook.variables
        if isinstance(kind, Categories) and not kind.columns
    }


ROWS_SHOWN = 5
"""How many rows of one wrong value are named."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Microdata:
    """The answers of respondents; made by `csea_stats.read_respondents` or `csea_stats.synthesise`.

    Parameters
    ----------
    source : str
        The file, or the kind of frame.
    codebook : Codebook
        Without what it says of the file and of rows that do not count, so that `to_frame` is read by it.
    columns : tuple of Column
        In the codebook's order; the rows are those who count.
    funnel : Funnel
        How many rows there were, who was excluded, and why.
    ids : tuple of str
        The respondents' ids; empty where there are none.
    clusters : (n,) array of int, or None
        Equal numbers mark one cluster.
    unused : tuple of str
        Columns of the source that the codebook does not name.
    synthetic : bool
        Whether the answers were made from random numbers.
    invented : tuple of str
        For synthetic answers: what no printed number stands behind.
    seed : int or None
        Of synthetic answers.
    notes : tuple of str
        Sentences about every answer that was not read as it stands.
    stand_ins : tuple of str
        Those of them that tell which texts stand for a number: a caveat of every estimate.

    Examples
    --------
    >>> import csea_stats as cs
    >>> data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    >>> len(data), data.synthetic
    (49, True)
    >>> data.column("police_knowledge").labels
    ('none', 'poor', 'fair', 'good', 'excellent')
    """

    source: str
    codebook: Codebook
    columns: tuple[Column, ...]
    funnel: Funnel
    ids: tuple[str, ...] = ()
    clusters: NDArray[np.intp] | None = None
    unused: tuple[str, ...] = ()
    synthetic: bool = False
    invented: tuple[str, ...] = ()
    seed: int | None = None
    notes: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.columns[0].reasons)

    def __repr__(self) -> str:
        made = "; SYNTHETIC: made from random numbers" if self.synthetic else ""
        return f"<Microdata: {number_of(len(self), 'respondents')}, {number_of(len(self.columns), 'variables')}{made}>"

    def column(self, name: str) -> Column:
        """Return a variable's answers as arrays; a hyphen and an underscore in a name are the same.

        Parameters
        ----------
        name : str

        Returns
        -------
        CodedColumn, NumberColumn or MultipleColumn

        Raises
        ------
        UnknownName
            If there is no such variable.
        """
        known = self.codebook.name(name)
        return next(column for column in self.columns if column.name == known)

    @property
    def data_hash(self) -> str:
        """SHA-256 of the coded answers and their labels."""
        found = hashlib.sha256()
        for column in self.columns:
            if isinstance(column, CodedColumn):
                values, names = column.codes.astype("<i2"), (*column.labels, *column.off_scale)
            elif isinstance(column, MultipleColumn):
                values, names = column.marks.astype("<i2"), (*column.items, *column.off_scale)
            else:
                values, names = np.nan_to_num(column.values, nan=-1e300).astype("<f8"), column.off_scale
            found.update("\0".join((column.name, *names, "")).encode())
            found.update(np.ascontiguousarray(values).tobytes())
        return found.hexdigest()

    def taken(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Microdata:
        """Return some of the respondents, by position or by a mask; the stamp stays, and who was excluded."""
        index = np.arange(len(self))[rows]
        ids = tuple(self.ids[place] for place in index) if self.ids else ()
        return replace(
            self,
            columns=tuple(column.taken(index) for column in self.columns),
            ids=ids,
            clusters=None if self.clusters is None else self.clusters[index],
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame that `read_respondents` reads again with the same codebook.

        Returns
        -------
        pandas.DataFrame
            A row per respondent; answers as categoricals with every label, also those nobody gave. Synthetic answers
            carry their stamp in the column "synthetic".
        """
        import pandas as pd

        labels = _categorical_labels(self.codebook)
        plain_numbers = {
            kind.column or name: column.values  # noqa: PD011 - no frame
            for column, (name, kind) in zip(self.columns, self.codebook.variables, strict=True)
            if isinstance(column, NumberColumn) and (column.reasons > OFF_SCALE).all()
        }
        made: dict[str, object] = {}
        for name, texts in text_columns(self).items():
            if name in labels:
                categories, ordered = labels[name]
                marks = sorted({text for text in texts if text is not None}.difference(categories))
                made[name] = pd.Categorical(texts, categories=[*categories, *marks], ordered=ordered and not marks)
            else:
                made[name] = plain_numbers.get(name, texts)
        return pd.DataFrame(made)

    def to_csv(self) -> str:
        """Return the answers as CSV text that `read_respondents` reads again; the stamp stays."""
        columns, marks = text_columns(self), self.codebook.missing
        blank = "" if "" in marks or not marks else marks[0]
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        rows = [[blank if text is None else text for text in row] for row in zip(*columns.values(), strict=True)]
        if not all(map(any, rows)):  # a row of blanks only would be nobody's
            columns["row" + "_" * sum(name.startswith("row") for name in columns)] = []
            rows = [[*row, str(number)] for number, row in enumerate(rows, 1)]
        writer.writerows([list(columns), *rows])
        return written.getvalue()


def read_respondents(
    source: str | os.PathLike[str] | object, codebook: Codebook | str | os.PathLike[str], *, sheet: str | None = None
) -> Microdata:
    """Read respondents' answers and check every value against a codebook.

    Parameters
    ----------
    source : path, or pandas or polars frame
        A CSV, Excel (.xlsx), SPSS (.sav) or Stata (.dta) file.
    codebook : Codebook, str or path
        A codebook, the name of a survey that ships with one, or a TOML file.
    sheet : str, optional
        Of an Excel workbook with several.

    Returns
    -------
    Microdata

    Raises
    ------
    AnswersError
        Everything that does not fit the codebook, at once: row, column, value, what is allowed.
    MissingPackage
        Excel, SPSS and Stata files need a package of their own; the text says how to install it.

    Examples
    --------
    >>> import pandas as pd
    >>> from csea_stats import Codebook, Ordered
    >>> book = Codebook({"awareness": Ordered("None", "poor", "fair", off_scale=("don't know",))})
    >>> data = read_respondents(pd.DataFrame({"awareness": ["None", "poor", "don't know", None]}), book)
    >>> data.column("awareness").counts, data.column("awareness").why
    ((1, 1, 0), {'missing': 1, "don't know": 1})
    """
    book = _book(codebook)
    table = read_table(source, book.file, sheet=sheet)
    places, problems = columns_of(book, table)
    problems += [told for column in dict.fromkeys(places.values()) for told in table.faults.get(column, ())]
    if problems:
        raise AnswersError(table.source, cut(problems), table.rows)
    notes = Notes(missing=book.missing, decimal=book.file.decimal, labels=table.labels, blank=table.blank)
    columns = [coded(name, kind, dict(table.columns), places, notes) for name, kind in book.variables]
    columns, more = _routed(book, columns, table, places)
    ids, clusters = _ids(book, table, places), _clusters(book, table, places)
    filled = {name: _filled(table.columns[places[name]], book.missing) for name in book.filled}
    names = ids or tuple(map(str, table.numbers))
    kept, funnel, unknown = pass_hurdles(book, columns, notes.hollow, names, filled)
    if unknown:
        what = f"id in {places[book.respondent or '']!r}" if ids else "row"
        raise AnswersError(table.source, [f"exclude: there is no {what} {name!r}" for name in unknown], table.rows)
    troubles = [*notes.trouble, *more, *_picks(book, columns, kept, places), *_repeated(book, ids, kept, places)]
    if troubles:
        raise AnswersError(table.source, _told(troubles, table), table.rows)
    notes.tell_declared(table.columns)
    counted = tuple(columns if kept.all() else [column.taken(kept) for column in columns])
    notes.told += _alike(counted, [number for number, stays in zip(table.numbers, kept.tolist(), strict=True) if stays])
    stamp = read_stamp(table.columns.get(STAMP_COLUMN, ()))
    used = {*places.values(), *((STAMP_COLUMN,) if stamp else ())}
    return Microdata(
        source=table.source,
        codebook=changed(book, file=FileLayout(), filled=(), duplicates=None, exclude=()),
        columns=counted,
        funnel=funnel,
        ids=tuple(name for name, stays in zip(ids, kept.tolist(), strict=True) if stays) if ids else (),
        clusters=None if clusters is None else clusters[kept],
        unused=tuple(name for name in table.columns if name not in used),
        synthetic=stamp is not None,
        invented=stamp.invented if stamp else (),
        seed=stamp.seed if stamp else None,
        notes=(*table.notes, *notes.told, *notes.stand_ins),
        stand_ins=tuple(notes.stand_ins),
    )


def _book(codebook: object) -> Codebook:
    if isinstance(codebook, Codebook):
        return codebook
    from csea_stats.respondents.codebook_files import load_codebook

    return load_codebook(codebook)


def _wanted(book: Codebook) -> Iterator[tuple[str, str]]:
    """Yield each column that a codebook needs, with the variable that needs it."""
    for name, kind in book.variables:
        yield from ((column, name) for column in sources_of(name, kind))
    yield from ((column, "filled") for column in book.filled)
    if book.cluster is not None:
        yield book.cluster, "cluster"
    if book.respondent is not None:
        yield book.respondent, "respondent"


def columns_of(book: Codebook, table: RawTable) -> tuple[dict[str, str], list[str]]:
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


def _ids(book: Codebook, table: RawTable, places: dict[str, str]) -> tuple[str, ...]:
    if book.respondent is None or book.respondent not in places:
        return ()
    return tuple("" if value is None else text_of(value) for value in table.columns[places[book.respondent]])


def _clusters(book: Codebook, table: RawTable, places: dict[str, str]) -> NDArray[np.intp] | None:
    if book.cluster is None:
        return None
    values = table.columns[places[book.cluster]]
    known: dict[object, int] = {}
    fresh = len(values)  # a respondent without a cluster is one alone
    found = np.empty(len(values), dtype=np.intp)
    for row, value in enumerate(values):
        alone = value is None or text_of(value) in book.missing
        found[row] = fresh + row if alone else known.setdefault(value, len(known))
    return np.unique(found, return_inverse=True)[1]


def _filled(values: Sequence[object], missing: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([value is not None and text_of(value) not in ("", *missing) for value in values], dtype=np.bool_)


def _repeated(book: Codebook, ids: tuple[str, ...], kept: NDArray[np.bool_], places: dict[str, str]) -> list[Trouble]:
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
    book: Codebook, columns: list[Column], table: RawTable, places: dict[str, str]
) -> tuple[list[Column], list[Trouble]]:
    """Mark who was not asked; an answer of somebody who was not asked is trouble."""
    troubles: dict[str, Trouble] = {}
    found = {column.name: column for column in columns}
    routed = [(name, kind) for name, kind in book.variables if kind.asked]
    empty = {name: _empty(name, kind, table, places) for name, kind in routed}
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


def _empty(name: str, kind: Kind, table: RawTable, places: dict[str, str]) -> NDArray[np.bool_]:
    """Whether the cells of each respondent are blank, a column per cell, where a blank means something."""
    if "" not in codes_of(kind):
        return np.zeros((1, 1), dtype=np.bool_)
    sources = (kind.column or name,)
    if isinstance(kind, Multiple) and kind.columns:  # a column per answer, the last one perhaps that of one's own texts
        own = (kind.other.column,) if kind.other is not None and kind.other.column is not None else ()
        sources = (*kind.columns, *own)[: len(kind.items)]
    cells = [table.columns[places[source]] for source in sources]
    return np.array([[value is None or not text_of(value) for value in values] for values in cells], dtype=np.bool_).T


def _not_asked(book: Codebook, kind: Kind, columns: dict[str, Column]) -> NDArray[np.bool_]:
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


def _picks(book: Codebook, columns: Sequence[Column], kept: NDArray[np.bool_], places: dict[str, str]) -> list[Trouble]:
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


def _alike(columns: Sequence[Column], numbers: Sequence[int]) -> list[str]:
    """Tell rows that agree in every variable, and how many such pairs come by chance if answers are independent."""
    size = len(numbers)
    groups, agree = np.zeros(size, dtype=np.int64), 1.0
    for column in columns if len(columns) > 1 else ():
        if isinstance(column, CodedColumn):
            found: NDArray[Any] = column.codes
        elif isinstance(column, MultipleColumn):
            found = np.unique(column.marks, axis=0, return_inverse=True)[1].reshape(-1)
        else:
            found = np.where(column.answered, column.values, -1e300 + column.reasons * 1e290)
        codes = np.unique(found, return_inverse=True)[1].reshape(-1)
        agree *= float(np.square(np.bincount(codes, minlength=1) / max(size, 1)).sum())
        groups = np.unique(groups * (size + 1) + codes, return_inverse=True)[1].reshape(-1)
    if size < 2 or len(columns) < 2:
        return []
    times = np.bincount(groups)
    pairs_found = int((times * (times - 1) // 2).sum())
    if not pairs_found:
        return []
    expected = size * (size - 1) / 2 * agree
    chance = (
        f"about {expected:.2g} such pairs come by chance"
        if expected < 1000
        else f"about {expected:,.0f} come by chance"
    )
    questions = f"all {len(columns)} questions"
    rows: dict[int, list[str]] = {}
    for number, group in zip(numbers, groups.tolist(), strict=True):
        if times[group] > 1:
            rows.setdefault(group, []).append(str(number))
    if len(rows) > ALIKE_SHOWN:
        return [f"{pairs_found:,} pairs of rows hold the same answers to {questions}; {chance}"]
    named = [f"{', '.join(group[:-1][:ROWS_SHOWN])} and {group[-1]}" for group in rows.values()]
    return [f"rows {' as well as '.join(named)} hold the same answers to {questions}; {chance}"]


def _told(troubles: Sequence[Trouble], table: RawTable) -> list[str]:
    order = sorted(troubles, key=lambda trouble: trouble.rows[0])
    told = []
    for trouble in order:
        names = [str(table.numbers[row]) for row in trouble.rows[:ROWS_SHOWN]]
        more = len(trouble.rows) - len(names)
        rows = f"row{'s' if len(trouble.rows) > 1 else ''} {', '.join(names)}{f' and {more:,} more' if more else ''}"
        allowed = f"; allowed is {trouble.allowed}" if trouble.allowed else ""
        plainly = " is marked together with " in trouble.found and not trouble.allowed
        told.append(
            f"{rows}: {trouble.found}"
            if plainly
            else f"{rows}, column {trouble.column!r}: found {trouble.found}{allowed}"
        )
    return cut(told)
