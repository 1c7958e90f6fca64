"""Shipped files by name, files of one's own by path; light, so that a mistake is told before anything is loaded."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from csea_stats.errors import InputError, SurveyFileError, UnknownName, described, plain_value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable


def shipped_folder(*parts: str) -> Traversable:
    """Return a folder of shipped files; in a checkout the models stand beside the package."""
    folder = resources.files("csea_stats").joinpath(*parts)
    return folder if folder.is_dir() else Path(__file__).parents[2].joinpath(*parts)


def shipped_names(folder: Traversable) -> list[str]:
    """List the TOML files of a folder, without their ending."""
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def name_of(call: str, given: object, allowed: str) -> str:
    """Return a name or a path as text.

    Raises
    ------
    InputError
        If it is neither.
    """
    try:
        name = plain_value(os.fspath(given)) if isinstance(given, (str, os.PathLike)) else None
    except Exception:  # noqa: BLE001 - a path of one's own may raise anything
        name = None
    if not isinstance(name, str):
        message = f"{call}: found {described(given)}; allowed is {allowed}"
        raise InputError(message)
    return name


def own_path(what: str, name_or_path: str | os.PathLike[str], names: Sequence[str]) -> Path | None:
    """Return the path that is meant; None for a shipped name.

    Parameters
    ----------
    what : str
        The kind of file, such as "survey".
    name_or_path : str or path
    names : sequence of str
        Those that are shipped.

    Raises
    ------
    UnknownName
        It is no such name, there is no such file, and it does not look like a path.
    """
    name = name_of(what, name_or_path, f"the name of a shipped {what} or the path of a TOML file")
    if name in names:
        return None
    path = Path(name)
    written_as_path = isinstance(name_or_path, os.PathLike) or name.endswith(".toml") or len(path.parts) > 1
    if not written_as_path and (not name.strip() or not os.path.exists(path)):  # noqa: PTH110 - False of no possible path
        raise UnknownName(what, name, names, f"Or give the path of a {what} file, which ends in .toml.")
    return path


def survey_names() -> list[str]:
    """List the surveys that are shipped with the package.

    Returns
    -------
    list of str
        Names that `load_survey` takes.

    Examples
    --------
    >>> survey_names()[:2]
    ['bosnia-herzegovina-2021', 'dask-users-2019']
    """
    return shipped_names(shipped_folder("survey", "data"))


def survey_path(name_or_path: str | os.PathLike[str]) -> Path | None:
    """Return the path of a survey file of one's own; None for a shipped survey."""
    return own_path("survey", name_or_path, survey_names())


ANSWERS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".sav", ".zsav", ".dta")
"""Endings of files of respondents' answers."""

LARGEST = 2_000_000
"""Bytes that a survey file may have; the shipped survey has about 50,000."""


def content_of(source: str, path: Path) -> bytes:
    """Read a file, no more of it than a survey file may have."""
    try:
        if path.is_dir():
            raise SurveyFileError(source, ["this is a folder; allowed is a TOML file"])
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise SurveyFileError(source, ["there is no such file"]) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SurveyFileError(source, [f"the file cannot be read: {reason}"]) from None
    if len(content) > LARGEST:
        problem = f"the file has more than {LARGEST:,} bytes; a survey file has at most that: is it another file?"
        raise SurveyFileError(source, [problem])
    return content
