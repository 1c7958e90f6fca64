"""Respondents' answers: read, checked against a codebook, and held as arrays."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError, check_kind, check_list
from csea_stats.publication.spreadsheets import csv_text
from csea_stats.respondents.answer_texts import Texts, answer_columns
from csea_stats.respondents.codebook import Codebook
from csea_stats.respondents.columns import OFF_SCALE, CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.disclosure_rules import Disclosure
from csea_stats.respondents.equivalence_classes import Anonymity, alike, texts_of
from csea_stats.respondents.funnels import Funnel, funnel_figure
from csea_stats.respondents.kinds import Categories, Ordered, changed
from csea_stats.respondents.layouts import FileLayout
from csea_stats.respondents.reading import read_answers, refuse, repeated_words
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from csea_stats.publication.canvas import Look, Width
    from csea_stats.publication.picture import Picture

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
    stand_ins : tuple of (str, str)
        Variables with texts that stand for a number, and those of the notes that tell it: a caveat of every estimate
        that uses such a variable.

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
    stand_ins: tuple[tuple[str, str], ...] = ()

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
            A variable, or one option of a question with several answers each, which is then "no" or "yes":
            ``services[legal aid]`` (quoted within the brackets where it holds brackets or quotes itself).

        Returns
        -------
        CodedColumn, NumberColumn or MultipleColumn

        Raises
        ------
        UnknownName
            If there is no such variable.
        """
        known, item = self.codebook.part(name)
        column = next(column for column in self.columns if column.name == known)
        return column.option(item) if item is not None and isinstance(column, MultipleColumn) else column

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

    @property
    def repeated(self) -> str:
        """How many rows hold the same answers as another, in words; empty where no more do than come by chance."""
        return "" if self.synthetic else repeated_words(self.columns)

    def counts_hash(self, *names: str) -> str:
        """Return the SHA-256 of how often each answer to some variables was given, and why others are none.

        It says no more than those counts do, so it may stand beside them: from `data_hash` whoever lacks one answer of
        five labels finds it in five tries. Of a number only how many gave one is in it.
        """
        found = hashlib.sha256()
        for name in names:
            column = self.column(name)
            told = [column.name, *(f"{reason} {times}" for reason, times in sorted(column.why.items()))]
            if isinstance(column, NumberColumn):
                told.append(str(int(column.answered.sum())))
            else:
                labels = column.labels if isinstance(column, CodedColumn) else column.items
                told += [f"{label} {times}" for label, times in zip(labels, column.counts, strict=True)]
            found.update("\0".join((*told, "")).encode())
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

    def figure(
        self, variables: Sequence[str] | None = None, *, width: Width = "column", look: Look = "paper"
    ) -> Picture:
        """Return who was in the source, who counts, and who answered each question, as a figure for a publication.

        Parameters
        ----------
        variables : sequence of str, optional
            None: all; of more than there are rows for, those with the fewest answers.
        width, look
            As of `Estimates.figure`.

        Raises
        ------
        UnknownName
            If there is no such variable.

        Examples
        --------
        >>> import csea_stats as cs
        >>> data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
        >>> print(data.figure(["awareness"]).alt)
        SYNTHETIC. 49 rows, 49 respondents; fewest of those asked answer “Public awareness”: 49 of 49.
        """
        columns = self.columns if variables is None else tuple(self.column(name) for name in variables)
        labels = {name: kind.label for name, kind in self.codebook.variables if kind.label}
        return funnel_figure(self.funnel, columns, labels, synthetic=self.synthetic, width=width, look=look)

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

    def to_csv(self, *, private: bool = False, release: bool = False) -> str:
        """Return the answers as CSV text that `read_respondents` reads again; the stamp stays.

        Parameters
        ----------
        private : bool, default False
            Whether they are for those alone who may see the answers. Made-up answers need neither.
        release : bool, default False
            Whether they may be passed on: without ids and clusters, in an order of their own, and only where everybody
            is alike in what others know (the codebook's ``disclosure``: ``key``; without it in everything) with four
            others or more (the rule's ``minimum``), and of those not all gave one answer; see `csea_stats.anonymity`.

        Raises
        ------
        InputError
            If it is neither, or they may not be passed on: of how many, and why.
        """
        if release:
            return releasable(self).to_csv(private=True)
        if not (private or self.synthetic):
            message = (
                f"to_csv: found the rows of {number_of(len(self), 'respondents')}; allowed are to_csv(private=True), "
                "for those alone who may see them, and to_csv(release=True), where they may be passed on"
            )
            raise InputError(message)
        columns, marks = text_columns(self), self.codebook.missing
        blank = "" if "" in marks or not marks else marks[0]
        rows = [[blank if text is None else text for text in row] for row in zip(*columns.values(), strict=True)]
        if not all(map(any, rows)):  # a row of blanks only would be nobody's
            columns["row" + "_" * sum(name.startswith("row") for name in columns)] = []
            rows = [[*row, str(number)] for number, row in enumerate(rows, 1)]
        return csv_text([list(columns), *rows])


def releasable(data: Microdata) -> Microdata:
    """Return rows without ids, in an order of their own; refuse those that tell who somebody is, or what they answered.

    Parameters
    ----------
    data : Microdata
    """
    rule = data.codebook.disclosure or Disclosure()
    found = anonymity(data, rule.key or tuple(data.codebook))
    few, same = found.people - found.within(rule.minimum), found.answered_alike
    if few or same:
        told = f"; everybody of a group answered alike: {', '.join(same)}" if same else ""
        message = (
            f"to_csv(release=True): {few} of {number_of(found.people, 'respondents')} are in groups of fewer than "
            f"{rule.minimum} by {', '.join(found.keys)}{told}. Join labels by values, name under [disclosure] as key "
            "what others know, or pass on counts: csea_stats.release"
        )
        raise InputError(message)
    texts = list(zip(*map(texts_of, data.columns), strict=True))
    kept = data.taken(np.array(sorted(range(len(data)), key=texts.__getitem__)))
    return replace(kept, ids=(), clusters=None)


def anonymity(data: Microdata, keys: str | Iterable[str] | None = None) -> Anonymity:
    """Say how far respondents are alike in what others know of them.

    Parameters
    ----------
    data : Microdata
    keys : str or sequence of str, optional
        The variables that others know, such as age and organisation; by default the codebook's ``disclosure``: ``key``.

    Returns
    -------
    Anonymity
        ``k``, ``least_answers`` (l), ``uniques``; `to_frame` tells the groups.

    Raises
    ------
    InputError
        If there are no keys, or no respondents.
    UnknownName
        If there is no such variable.

    Examples
    --------
    >>> import csea_stats as cs
    >>> data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    >>> anonymity(data, ["age_band", "organisation"]).k
    1
    """
    check_kind("anonymity", data, Microdata)
    declared = data.codebook.disclosure.key if data.codebook.disclosure else ()
    names = declared if keys is None else (keys,) if isinstance(keys, str) else tuple(check_list("keys", keys))
    if not names or not len(data):
        message = (
            f"anonymity: found {number_of(len(names), 'keys')} and {number_of(len(data), 'respondents')}; allowed are "
            'one or more of both. Name what others know of people: keys=["age"], or key = ["age"] under [disclosure]'
        )
        raise InputError(message)
    known = [data.column(name) for name in dict.fromkeys(map(data.codebook.name, names))]
    others = [column for column in data.columns if column.name not in {one.name for one in known}]
    return alike(known, others)


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
    found = read_answers(source, book, sheet=sheet)
    refuse(found)
    stamp = read_stamp(found.table.columns.get(STAMP_COLUMN, ()))
    used = {*found.used, *((STAMP_COLUMN,) if stamp else ())}
    return Microdata(
        source=found.table.source,
        codebook=changed(book, file=FileLayout(), filled=(), duplicates=None, exclude=()),
        columns=found.columns,
        funnel=found.funnel or Funnel(started=0, steps=(), respondents=0),
        ids=found.ids,
        clusters=found.clusters,
        unused=tuple(name for name in found.table.columns if name not in used),
        synthetic=stamp is not None,
        invented=stamp.invented if stamp else (),
        seed=stamp.seed if stamp else None,
        notes=found.notes,
        stand_ins=found.stand_ins,
    )


def _book(codebook: object) -> Codebook:
    if isinstance(codebook, Codebook):
        return codebook
    from csea_stats.respondents.codebook_files import load_codebook

    return load_codebook(codebook)
