"""SPSS and Stata files, through pyreadstat, an optional package.

Values stay the codes of the file; its value labels and the codes it declares missing go along, and the codebook decides
what they mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csea_stats.errors import AnswersError, MissingPackage
from csea_stats.survey.kinds import is_nothing, text_of
from csea_stats.survey.readers import IN_FRAME, RawTable, cut, header_problems, plain_value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from csea_stats.survey.coding import Raw


def read_statistics(name: str, path: Path) -> RawTable:
    """Read a .sav, .zsav or .dta file.

    Parameters
    ----------
    name : str
        For messages.
    path : Path

    Raises
    ------
    MissingPackage
        If pyreadstat is not installed.
    AnswersError
        If it is no such file.
    """
    try:
        import pyreadstat
    except ImportError:
        raise MissingPackage("pyreadstat", "Reading an SPSS or Stata file") from None
    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    try:
        columns, meta = read(str(path), user_missing=True, output_format="dict")
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, UnicodeDecodeError) as error:
        raise AnswersError(name, [f"this is no {path.suffix[1:]} file that can be read: {error}"]) from None
    problems = [problem.removeprefix("row 1: ") for problem in header_problems(list(columns))]
    if problems:
        raise AnswersError(name, cut(problems), IN_FRAME)
    values = {column: _values(found) for column, found in columns.items()}
    labels = {
        column: {text_of(code): str(label) for code, label in found.items()}
        for column, found in meta.variable_value_labels.items()
    }
    blank = {column: _blank(meta, column, found) for column, found in values.items()}
    count = int(meta.number_rows or 0)
    return RawTable(source=name, columns=values, numbers=range(count), rows=IN_FRAME, labels=labels, blank=blank)


def _values(found: Sequence[Any]) -> list[Raw]:
    """Return a column as texts or numbers; a column with both (Stata's .a to .z) as texts."""
    values = found.tolist() if hasattr(found, "tolist") else list(found)
    if {type(value) for value in values} <= {float, int, type(None)}:
        return [None if is_nothing(value) else value for value in values]
    return [plain_value(value) for value in values]


def _blank(meta: Any, column: str, values: Sequence[Raw]) -> frozenset[str]:
    """Return the codes of a column that its file declares missing."""
    ranges = meta.missing_ranges.get(column, ())
    found = {text_of(code) for code in meta.missing_user_values.get(column, ())}
    for value in set(values) if ranges else ():
        for one in ranges:
            low, high = one["lo"], one["hi"]
            same_kind = isinstance(value, str) == isinstance(low, str)
            if value is not None and same_kind and low <= value <= high:
                found.add(text_of(value))
    return frozenset(found)
