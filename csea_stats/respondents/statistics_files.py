"""SPSS and Stata files, read in a process of their own: a damaged one can end the process that reads it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from csea_stats.errors import AnswersError, MissingPackage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LONGEST = 600
"""Seconds that reading may take."""

MEMORY = 1 << 33
"""Bytes that reading may take, where the system can hold it to that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsContent:
    """What pyreadstat reads of a file; the names are pyreadstat's.

    Parameters
    ----------
    columns : mapping of name to values
    number_rows : int
    variable_value_labels, missing_ranges, missing_user_values, column_names_to_labels, mr_sets : mapping
    """

    columns: Mapping[str, Any]
    number_rows: int
    variable_value_labels: Mapping[str, Mapping[Any, Any]]
    missing_ranges: Mapping[str, Any]
    missing_user_values: Mapping[str, Any]
    column_names_to_labels: Mapping[str, Any]
    mr_sets: Mapping[str, Any]


def read_here(path: str) -> StatisticsContent | str:
    """Read a file in this process; return why it cannot be, if the library says so."""
    import pyreadstat

    read = pyreadstat.read_dta if path.lower().endswith(".dta") else pyreadstat.read_sav
    try:
        columns, meta = read(path, user_missing=True, output_format="dict")
    except MemoryError:
        return "it asks for more memory than there is"
    except Exception as error:  # noqa: BLE001 - the library's own, and whatever damaged bytes end in below it
        return str(error) or type(error).__name__
    return StatisticsContent(
        columns=columns,
        number_rows=int(meta.number_rows or 0),
        variable_value_labels=dict(meta.variable_value_labels),
        missing_ranges=dict(meta.missing_ranges),
        missing_user_values=dict(meta.missing_user_values),
        column_names_to_labels=dict(meta.column_names_to_labels),
        mr_sets=dict(getattr(meta, "mr_sets", None) or {}),
    )


def read_apart(path: str) -> StatisticsContent | str:
    """Read a file in a process of its own; return why it cannot be, if that process ends."""
    command = [sys.executable, "-c", f"from {__name__} import answer; answer()", path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(command, capture_output=True, env=environment, timeout=LONGEST, check=False)  # noqa: S603 - our own
    except subprocess.TimeoutExpired:
        return f"reading it took more than {LONGEST} seconds"
    if done.returncode:
        return "reading it ended the library that reads it: the file is damaged"
    found: StatisticsContent | str = pickle.loads(done.stdout)  # noqa: S301 - of our own process
    return found


def answer() -> None:
    """Read the file that the command names and write what it holds to the standard output."""
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # whatever the library prints
        _hold_memory()
        pickle.dump(read_here(sys.argv[-1]), out)


def _hold_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard == resource.RLIM_INFINITY or hard > MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))


def statistics_content(name: str, path: Path) -> StatisticsContent:
    """Return what a .sav, .zsav or .dta file holds.

    Raises
    ------
    MissingPackage
        If pyreadstat is not installed.
    AnswersError
        If it is no such file.
    """
    from importlib.util import find_spec

    if find_spec("pyreadstat") is None:
        raise MissingPackage("pyreadstat", "Reading an SPSS or Stata file")
    found = read_apart(str(path)) if sys.executable else read_here(str(path))
    if isinstance(found, str):
        raise AnswersError(name, [f"this is no {path.suffix[1:].lower()} file that can be read: {found}"])
    return found
