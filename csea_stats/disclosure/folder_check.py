"""What in files and folders shows respondents' answers as they stand: looked for before they are passed on."""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from csea_stats.errors import CseaStatsError, InputError, check_kind, path_text
from csea_stats.publication.table_parts import RAW
from csea_stats.respondents.codebook import Codebook
from csea_stats.respondents.codebook_files import load_codebook
from csea_stats.respondents.kinds import sources_of
from csea_stats.results.estimates import Estimates
from csea_stats.results.phrases import unreleased
from csea_stats.survey.loading import load_survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FITS = ("fit.zip", "fit.json", "arrays.npz")
"""Files of a saved fit."""

DATA = (".sav", ".zsav", ".dta", ".por", ".sas7bdat", ".rds", ".rdata", ".parquet", ".feather", ".pkl", ".pickle")
"""Endings of files that hold rows."""

TREES = (".nc", ".h5", ".hdf5", ".zarr")

IDS = re.compile(
    r"((respondent|response|participant|person|user)[ _-]?)?(id|token|e-?mail|ip([ _-]?address)?|name)", re.IGNORECASE
)
"""Heads of columns that tell who somebody is."""

OURS = ({"id", "text", "kind"}, {"id", "code", "verdict"}, {"id", "estimand", "target"})
"""Heads of the package's own tables, whose ids are of numbers."""

MARKS = (RAW.encode(), b'data-csea-release="no"', rb"data-csea-release=\"no\"", b"&lt;!-- " + RAW.encode())
"""What stands in renderings of respondents' answers as they are, in a notebook too."""

LARGEST = 1 << 28
"""Bytes that are read of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreleased:
    """A file that shows respondents' answers as they stand.

    Parameters
    ----------
    path : Path
    what : str
        What it holds.
    """

    path: Path
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


def release_check(*paths: str | os.PathLike[str], codebook: object = None) -> tuple[Unreleased, ...]:
    r"""Return the files that show respondents' answers as they stand, in files and folders with all in them.

    Parameters
    ----------
    *paths : path
    codebook : Codebook, str or path, optional
        Of the answers: by its columns files of rows are known.

    Returns
    -------
    tuple of Unreleased
        Pages, figures, tables, notebooks, Word and Excel files, saved numbers and surveys that were made from answers
        without a release; saved fits; files of rows, by their ending, by a column of ids, or by the codebook's columns.
        What was made by other software, or copied as text or as an image, is not known; nor are tidy numbers as CSV.

    Raises
    ------
    InputError
        If there is no such file, or one cannot be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "answers.csv").write_text("id,rating\n1,good\n")
    >>> [(one.path.name, one.what) for one in release_check(folder)]
    [('answers.csv', "rows with the column 'id'")]
    """
    book = codebook if codebook is None or isinstance(codebook, Codebook) else load_codebook(codebook)
    columns = [] if book is None else [frozenset((name, *sources_of(name, kind))) for name, kind in book.variables]
    found = []
    for path in _files(paths):
        what = _shown(path, columns)
        if what:
            found.append(Unreleased(path=path, what=what))
    return tuple(found)


def _files(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Path]:
    for given in paths:
        check_kind("release_check", given, str, os.PathLike)
        path = Path(given)
        if not os.path.exists(path):  # noqa: PTH110 - False of no possible path
            message = f"{path_text(path)}: there is no such file or folder"
            raise InputError(message)
        yield from sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else (path,)


def _shown(path: Path, columns: Sequence[frozenset[str]]) -> str:  # noqa: PLR0911 - a line for each kind of file
    """Return what of respondents' answers a file shows as they stand; empty of none."""
    ending = path.suffix.lower()
    if path.name in FITS:
        return "a saved fit, which holds answers person by person" if _is_private(path) else ""
    if ending in DATA:
        return f"a file of rows ({ending})"
    try:
        content = path.read_bytes()[:LARGEST]
    except OSError as error:
        message = f"{path_text(path)}: cannot be read ({(error.strerror or str(error)).lower()})"
        raise InputError(message) from None
    if ending in (".docx", ".xlsx", ".zip"):
        content = b"\n".join(_members(content))
    if any(mark in content for mark in MARKS):
        return "made from answers without a release"
    if ending in TREES:
        return "draws with answers person by person" if b"it holds single respondents' answers" in content else ""
    if ending == ".json":
        return "numbers made from answers without a release" if _are_raw(content) else ""
    if ending == ".toml" and content.lstrip().startswith(b"format") and b"[sample]" in content:
        return _of_survey(path)
    return _rows(content, columns) if ending in (".csv", ".tsv", ".txt") else _sheet_rows(content, columns)


def _is_private(path: Path) -> bool:
    """Whether a saved fit stands beside the file that says so, or cannot be told to be of made-up answers."""
    return (path.parent / "PRIVATE").exists() or path.name != "fit.zip"


def _members(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            for member in file.infolist():
                if member.file_size <= LARGEST:
                    yield file.read(member)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return


def _are_raw(content: bytes) -> bool:
    """Whether saved estimates were made from answers without a release."""
    try:
        return unreleased(Estimates.from_json(content.decode("utf-8", "replace")))
    except InputError:
        return b"as_survey(data" in content


def _of_survey(path: Path) -> str:
    try:
        sample = load_survey(path).sample
    except CseaStatsError:
        return "a survey file that cannot be read"
    raw = sample is not None and sample.release is None and not sample.synthetic
    return "counts of answers without a release" if raw else ""


def _rows(content: bytes, columns: Sequence[frozenset[str]]) -> str:
    """Return whether a text holds rows of respondents, by its heads; made-up ones say so themselves."""
    text = content[:1_000_000].decode("utf-8-sig", "replace")
    if "SYNTHETIC: made from random numbers" in text:
        return ""
    first = next(iter(text.splitlines()), "")
    sign = max(",;\t|", key=first.count)
    return _of_heads(next(csv.reader([first], delimiter=sign), []), columns)


def _sheet_rows(content: bytes, columns: Sequence[frozenset[str]]) -> str:
    """Return the same of a workbook, whose texts stand in its members."""
    texts = re.findall(rb"<(?:\w+:)?t(?: [^>]*)?>([^<]*)<", content) if b"spreadsheetml" in content else ()
    return _of_heads([one.decode("utf-8", "replace") for one in texts], columns)


def _of_heads(heads: list[str], columns: Sequence[frozenset[str]]) -> str:
    known = {head.strip() for head in heads}
    ids = [head.strip() for head in heads if IDS.fullmatch(head.strip())]
    if ids and not any(own <= known for own in OURS):
        return f"rows with the column {ids[0]!r}"
    shared = sum(bool(heads & known) for heads in columns)
    return f"rows with {shared} of the codebook's variables" if columns and shared > len(columns) / 2 else ""
