"""Read the claims of a shipped survey, or a claim file of the reader's own; all that is wrong is told at once."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from csea_stats.claims import format as shape
from csea_stats.claims.checks import check_file
from csea_stats.claims.format import Claim, ClaimFile
from csea_stats.errors import InputError, SurveyFileError, UnknownName
from csea_stats.survey.documents import MOST, TOO_DEEP, Problem, content_of, decoded, file_error, parsed, shown, unknown
from csea_stats.survey.survey import Group

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from pydantic_core import ErrorDetails

    from csea_stats.survey.documents import Keys
    from csea_stats.survey.survey import Survey

_ALLOWED = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list in brackets",
    "dataclass_type": "a table of keys and values",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a text of at most {max_length:,} characters",
    "string_pattern_mismatch": "lower-case letters, digits and single hyphens between them, in quotes",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than_equal": "a number of at most {le:g}",
    "greater_than": "a number above {gt:g}",
    "less_than": "a number below {lt:g}: shares go from 0 to 1",
    "too_short": "a list of at least {min_length}",
    "finite_number": "a finite number",
}

_AT_KEY = {
    "format": f'"{shape.FORMAT}"',
    "item": "an answer in quotes, or a list of answers in brackets",
    "between": "two numbers, the smaller first, such as [0.28, 0.34]",
    "percent": 'a percentage as printed, in quotes and without its sign, such as "41"',
    "test": 'a table with a kind, such as { kind = "share", question = "...", item = "...", above = 0.5 }',
}


def _folder() -> Traversable:
    return resources.files("csea_stats") / "claims" / "data"


def claim_names() -> list[str]:
    """List the surveys whose claims are shipped.

    Examples
    --------
    >>> claim_names()
    ['bosnia-herzegovina-2021']
    """
    return sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))


def load_claims(survey: Survey, source: str | os.PathLike[str] | None = None) -> tuple[Claim, ...]:
    """Read the claims about a survey.

    Parameters
    ----------
    survey : Survey
    source : str or path, optional
        A claim file, or the name of a survey whose claims are shipped; by default those of this survey.

    Returns
    -------
    tuple of Claim
        In the file's order.

    Raises
    ------
    UnknownName
        There are no such claims.
    SurveyFileError
        The file cannot be read or is wrong: line, key, what was found and what is allowed for each problem.
    """
    given: object = survey.id if source is None else source
    name = os.fspath(given) if isinstance(given, (str, os.PathLike)) else None
    if not isinstance(name, str):
        message = f"claims: found {source!r}; allowed is the path of a TOML file, or nothing for the shipped claims"
        raise InputError(message)
    names = claim_names()
    if name in names:
        return _claims(name, (_folder() / f"{name}.toml").read_bytes(), survey)
    path = Path(name)
    written_as_path = isinstance(given, os.PathLike) or name.endswith(".toml") or len(path.parts) > 1
    if source is None or "\0" in name or (not written_as_path and not path.exists()):
        raise UnknownName("shipped claim file for", name, names, "Give the path of a claim file, which ends in .toml.")
    return _claims(name, content_of(name, path), survey)


@cache
def _adapter() -> TypeAdapter[ClaimFile]:
    return TypeAdapter(ClaimFile)


def _claims(source: str, content: bytes, survey: Survey) -> tuple[Claim, ...]:
    text = decoded(source, content)
    document = parsed(source, text)
    try:
        found = _adapter().validate_json(json.dumps(document, default=str), strict=True)
    except ValidationError as error:
        raise file_error(source, text, _problems(error, document)) from None
    except (RecursionError, ValueError):
        raise SurveyFileError(source, [TOO_DEEP]) from None
    problems = check_file(found, survey)
    if problems:
        raise file_error(source, text, problems)
    return found.claim


def _problems(error: ValidationError, document: dict[str, Any]) -> list[Problem]:
    found: dict[Keys, Problem] = {}
    outer: set[Keys] = set()  # told only where nothing inside is wrong: a list whose entries fail is short, too
    for detail in error.errors(include_url=False, include_context=True, include_input=False)[: 2 * MOST]:
        problem = _told(detail, document)
        found.setdefault(problem.path, problem)
        if detail["type"] in ("too_short", "string_type"):
            outer.add(problem.path)
    inside = {path[:length] for path in found for length in range(len(path))}
    return [problem for path, problem in found.items() if not (path in outer and path in inside)]


def _walk(document: object, loc: tuple[str | int, ...]) -> tuple[Keys, Any]:
    """Follow pydantic's location in the file; the name of a kind is no key and is left out."""
    path: Keys = ()
    value: Any = document
    for part in loc:
        named = isinstance(value, dict) and isinstance(part, str) and part in value
        if named or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            path, value = (*path, part), value[part]
    return path, value


def _class_at(path: Keys, document: dict[str, Any]) -> type:
    names = tuple(part for part in path if isinstance(part, str))
    if names[:2] == ("claim", "test"):
        if len(names) == 2:
            return shape.KINDS[_walk(document, path)[1]["kind"]]
        return Group if names[-1] in ("group", "among") else shape.Answer
    return Claim if names == ("claim",) else ClaimFile


def _told(detail: ErrorDetails, document: dict[str, Any]) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    path, value = _walk(document, detail["loc"])
    key = str(path[-1]) if path else ""
    if kind == "unexpected_keyword_argument":
        return unknown(path, "key", key, [entry.name for entry in fields(_class_at(path[:-1], document))])
    if kind == "union_tag_not_found":
        return Problem(path=(*path, "kind"), text=f"the key 'kind' is missing; allowed is one of {_kinds()}")
    if kind == "union_tag_invalid":
        return unknown((*path, "kind"), "kind", str(value.get("kind")), shape.KINDS)
    if kind == "missing" and key != "between":
        missing = detail["loc"][-1]
        return Problem(path=(*path, missing), text=f"the key {shown(missing)} is missing; it must be given")
    allowed = _AT_KEY.get(key) or _ALLOWED.get(kind, "what docs/claims.md says").format(**context)
    return Problem(path=path, text=f"found {shown(value)}; allowed is {allowed}")


def _kinds() -> str:
    return ", ".join(map(repr, shape.KINDS))
