"""A TOML file as text and as a document, and all that is wrong with it as one error.

Survey files, codebooks and model files are read through here; nothing in a file is run.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from csea_stats.errors import SurveyFileError
from csea_stats.survey.lines import key_lines, line_of
from csea_stats.survey.problems import Problem, key_path

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 2_000_000
"""Bytes that a survey file may have; the shipped survey has about 50,000."""

MOST = 200
"""How many problems of one file are told one by one."""

TOO_DEEP = "the file nests tables or lists far deeper than a survey does, or holds a number too long to read"


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


def decoded(source: str, content: bytes) -> str:
    """Return a file's text; lines end with a line feed."""
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


def parsed(source: str, text: str) -> dict[str, Any]:
    """Return a text's document."""
    if _LONG_KEY.search(text):
        raise SurveyFileError(source, [TOO_DEEP])
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
        raise SurveyFileError(source, [TOO_DEEP]) from None


def file_error(source: str, text: str, problems: list[Problem]) -> SurveyFileError:
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
