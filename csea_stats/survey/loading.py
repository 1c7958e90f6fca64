"""Read a survey: by the name of a shipped one, or from a TOML file of the reader's own.

A file is data: nothing in it is run. Everything that is wrong with it is told at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from csea_stats.errors import InputError, SurveyFileError, UnknownName
from csea_stats.survey.cells import base_of, cell_name
from csea_stats.survey.checks import check_survey
from csea_stats.survey.format import Survey
from csea_stats.survey.lines import key_lines, line_of
from csea_stats.survey.problems import Problem, from_validation, key_path
from csea_stats.survey.salvage import check_rest

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["LARGEST", "base_of", "cell_name", "fingerprint", "load_survey", "survey_names"]

LARGEST = 2_000_000
"""Bytes that a survey file may have; the shipped survey has about 50,000."""

MOST = 200
"""How many problems of one file are told one by one."""


def _folder() -> Traversable:
    return resources.files("csea_stats") / "survey" / "data"


def survey_names() -> list[str]:
    """List the surveys that are shipped with the package.

    Returns
    -------
    list of str
        Names that `load_survey` takes.

    Examples
    --------
    >>> survey_names()
    ['bosnia-herzegovina-2021']
    """
    return sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))


def load_survey(name_or_path: str | os.PathLike[str]) -> Survey:
    """Read a shipped survey, or a survey file.

    Parameters
    ----------
    name_or_path : str or path
        A name of `survey_names()`, or the path of a TOML file; docs/survey-format.md tells what it holds.

    Returns
    -------
    Survey
        Checked; immutable.

    Raises
    ------
    UnknownName
        There is neither such a survey nor such a file.
    SurveyFileError
        The file cannot be read or is wrong: line, key, what was found and what is allowed for each problem.

    Examples
    --------
    >>> load_survey("bosnia-herzegovina-2021").respondents
    49
    """
    if not isinstance(os.fspath(name_or_path) if isinstance(name_or_path, os.PathLike) else name_or_path, str):
        message = (
            f"load_survey: found {name_or_path!r}; allowed is the name of a shipped survey or the path of a TOML file"
        )
        raise InputError(message)
    name = os.fspath(name_or_path)
    names = survey_names()
    if name in names:
        return _survey(name, (_folder() / f"{name}.toml").read_bytes())
    path = Path(name)
    written_as_path = isinstance(name_or_path, os.PathLike) or name.endswith(".toml") or len(path.parts) > 1
    if not written_as_path and (not name.strip() or "\0" in name or not path.exists()):
        raise UnknownName("survey", name, names, "Or give the path of a survey file, which ends in .toml.")
    return _survey(name, _content(name, path))


def fingerprint(survey: Survey) -> str:
    """Give the SHA-256 of a survey: the same for two files that say the same.

    Parameters
    ----------
    survey : Survey
        A survey; the order of its keys, its comments and its layout do not matter.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> survey = load_survey("bosnia-herzegovina-2021")
    >>> fingerprint(survey) == fingerprint(load_survey("bosnia-herzegovina-2021"))
    True
    """
    values = _adapter().dump_python(survey, mode="json")
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _adapter() -> TypeAdapter[Survey]:
    return TypeAdapter(Survey)


def _content(source: str, path: Path) -> bytes:
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


def _survey(source: str, content: bytes) -> Survey:
    text = _decoded(source, content)
    document = _parsed(source, text)
    try:
        survey = _made(document)
    except ValidationError as error:
        problems = from_validation(error, document)
        if len(problems) <= MOST:
            problems += check_rest(document, [problem.path for problem in problems], _made_or_none)
        raise _told(source, text, problems) from None
    except (RecursionError, ValueError):
        raise SurveyFileError(source, [_TOO_DEEP]) from None
    problems = check_survey(survey)
    if problems:
        raise _told(source, text, problems)
    return survey


def _made(document: dict[str, Any]) -> Survey:
    return _adapter().validate_json(json.dumps(document, default=str), strict=True)


def _made_or_none(document: dict[str, Any]) -> Survey | None:
    try:
        return _made(document)
    except ValidationError:
        return None


_TOO_DEEP = "the file nests tables or lists far deeper than a survey does, or holds a number too long to read"


def _decoded(source: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = " ".join(f"{byte:02x}" for byte in content[error.start : error.start + 4])
        problem = f"line {line}: found the bytes {found}, which are no UTF-8; save the file as UTF-8 text"
        raise SurveyFileError(source, [problem]) from None


_LONG_KEY = re.compile(
    r"""(?<![^\s=\[\]{},]) (?: (?: "[^"\n]*+" | '[^'\n]*+' | [^\s.=\[\]{},\#"']++ ) [ \t]*+ \. [ \t]*+ ){30}""",
    re.VERBOSE,
)
"""A dotted key of more than thirty parts: the TOML reader takes memory by the square of their number."""


def _parsed(source: str, text: str) -> dict[str, Any]:
    if _LONG_KEY.search(text):
        raise SurveyFileError(source, [_TOO_DEEP])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", said)
        reason = said[: place.start()] if place else said
        where = (
            f"line {place[1]}, column {place[2]}" if place and place[1] else f"line {text.count(chr(10)) + 1} (the end)"
        )
        problem = f"{where}: this is no TOML: {reason[:1].lower()}{reason[1:]}"
        raise SurveyFileError(source, [problem]) from None
    except (RecursionError, ValueError):
        raise SurveyFileError(source, [_TOO_DEEP]) from None


def _told(source: str, text: str, problems: list[Problem]) -> SurveyFileError:
    """Make the error: a line for each problem, in the file's order."""
    lines = key_lines(text)
    placed = sorted(((line_of(lines, problem.path), problem) for problem in problems), key=lambda pair: pair[0])
    told = [
        f"line {line}: {f'{key_path(problem.path)}: ' if problem.path else ''}{problem.text}"
        for line, problem in placed
    ]
    if len(told) > MOST:
        told = [*told[:MOST], f"... and {len(told) - MOST:,} more"]
    return SurveyFileError(source, told)
