"""Read a survey: by the name of a shipped one, or from a TOML file of the reader's own.

A file is data: nothing in it is run. Everything that is wrong with it is told at once.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from csea_stats.errors import InputError, SurveyFileError, UnknownName
from csea_stats.survey.cells import base_of, cell_name
from csea_stats.survey.checks import check_survey
from csea_stats.survey.documents import LARGEST, MOST, TOO_DEEP, content_of, decoded, file_error, parsed
from csea_stats.survey.format import Survey
from csea_stats.survey.problems import from_validation
from csea_stats.survey.salvage import check_rest

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["LARGEST", "base_of", "cell_name", "fingerprint", "load_survey", "survey_names"]


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
    return _survey(name, content_of(name, path))


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


def _survey(source: str, content: bytes) -> Survey:
    text = decoded(source, content)
    document = parsed(source, text)
    try:
        survey = _made(document)
    except ValidationError as error:
        problems = from_validation(error, document)
        if len(problems) <= MOST:
            problems += check_rest(document, [problem.path for problem in problems], _made_or_none)
        raise file_error(source, text, problems) from None
    except (RecursionError, ValueError):
        raise SurveyFileError(source, [TOO_DEEP]) from None
    problems = check_survey(survey)
    if problems:
        raise file_error(source, text, problems)
    return survey


def _made(document: dict[str, Any]) -> Survey:
    return _adapter().validate_json(json.dumps(document, default=str), strict=True)


def _made_or_none(document: dict[str, Any]) -> Survey | None:
    try:
        return _made(document)
    except ValidationError:
        return None
