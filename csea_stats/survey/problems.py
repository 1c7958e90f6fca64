"""What is wrong with a survey file, in our words."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, time
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from csea_stats.survey import format as shape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from csea_stats.survey.lines import Path

LONGEST = 80
"""How many characters of a found value a message shows."""

CLOSE = 300
"""Among how many names at most a similar one is looked for."""

PERCENT = 'a percentage as printed, in quotes and without its sign, "0" to "100", such as "41" or "8.0"'
TEXT = "a text in quotes"

_AT_KEY = {
    "percent": PERCENT,
    "unlabelled": f"a list, each {PERCENT}",
    "range": 'two percentages, the smaller first, such as ["29", "31"]',
    "item": "an answer in quotes, or a list of answers in brackets",
    "headline": "an answer in quotes, or a list of answers in brackets",
    "among": '{ question = "...", item = "..." }',
    "text_sha256": "64 hexadecimal digits in quotes",
    "year": "a whole number from 1800 to 2200",
    "format": '"csea-survey/1"',
}
"""What a key takes, where that says more than the kind of error."""

_AT_KIND = {
    "string_type": TEXT,
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list in brackets",
    "dict_type": "a table of keys and values",
    "dataclass_type": "a table of keys and values",
    "string_too_short": "a text that is not empty",
    "string_pattern_mismatch": "lower-case letters, digits and single hyphens between them, in quotes",
    "greater_than_equal": "a whole number of at least {ge}",
    "less_than_equal": "a whole number of at most {le:,}",
    "string_too_long": "a text of at most {max_length:,} characters",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
}
"""What an error of pydantic's asks for, by its kind."""

_CLASSES: dict[tuple[str, ...], type] = {
    (): shape.Survey,
    ("source",): shape.Source,
    ("targets",): shape.TargetWords,
    ("question",): shape.Question,
    ("question", "cells"): shape.Cell,
    ("question", "cells", "among"): shape.Group,
    ("question", "among"): shape.Group,
    ("battery",): shape.Battery,
    ("battery", "cells"): shape.BatteryCell,
    ("fact",): shape.Fact,
    ("event",): shape.Event,
    ("crosstab",): shape.Crosstab,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    path : tuple
        Where in the file, as in `csea_stats.survey.lines`.
    text : str
        What was found and what is allowed.
    """

    path: Path
    text: str


def shown(value: object) -> str:
    """Show a value of the file, cut where it is long."""
    try:
        text = value.isoformat() if isinstance(value, (date, time)) else repr(value)
    except (ValueError, RecursionError):  # a number too long to print, a list too deep
        text = f"a {type(value).__name__} too large to show"
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def key_path(path: Path) -> str:
    """Write a path as a reader counts: entries from 1.

    Examples
    --------
    >>> key_path(("question", 3, "cells", 0, "percent"))
    'question[4].cells[1].percent'
    """
    written = (f"[{part + 1}]" if isinstance(part, int) else f".{_key(part)}" for part in path)
    return "".join(written).removeprefix(".")


def _key(key: str) -> str:
    """Write a key as TOML does; a long one is cut."""
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare and len(key) <= LONGEST else shown(key)


def unknown(path: Path, what: str, found: str, known: Iterable[str]) -> Problem:
    """Say that a name does not exist, and which do."""
    names = list(known)
    close = get_close_matches(found, names, n=1) if len(names) <= CLOSE else []
    nearest = f" Did you mean {close[0]!r}?" if close else ""
    listed = ", ".join(map(repr, names[:30])) + (", ..." if len(names) > 30 else "")
    return Problem(path=path, text=f"there is no {what} {shown(found)}; there is: {listed or 'none'}.{nearest}")


def from_validation(error: ValidationError, document: dict[str, Any]) -> list[Problem]:
    """Tell pydantic's errors in our words, one for each place in the file.

    Parameters
    ----------
    error : ValidationError
        What pydantic found.
    document : dict
        The file as read.

    Returns
    -------
    list of Problem
    """
    found: dict[Path, Problem] = {}
    for detail in error.errors(include_url=False, include_context=True, include_input=False):
        problem = _told(detail, document)
        if problem is not None:
            found.setdefault(problem.path, problem)
    inner = {path[:length] for path in found for length in range(len(path))}
    # a list of answers fails as a text, too: keep what is wrong inside it
    return [
        problem for path, problem in found.items() if path not in inner or path[-1:] not in (("item",), ("headline",))
    ]


def _walk(document: object, loc: tuple[str | int, ...]) -> tuple[Path, Any]:
    """Follow pydantic's location in the file; names of a union's branches are no keys and are left out."""
    path: Path = ()
    value: Any = document
    for part in loc:
        named = isinstance(value, dict) and isinstance(part, str) and part in value
        if named or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            path, value = (*path, part), value[part]
    return path, value


def _told(detail: ErrorDetails, document: dict[str, Any]) -> Problem | None:
    kind = detail["type"]
    path, value = _walk(document, detail["loc"])
    names = tuple(part for part in path if isinstance(part, str))
    if kind == "json_invalid":
        return Problem(path=(), text="the file nests tables or lists far deeper than a survey does")
    if kind == "unexpected_keyword_argument":
        return unknown(path, "key", names[-1], [field.name for field in fields(_CLASSES[names[:-1]])])
    if kind == "too_short" and isinstance(value, list) and len(value) >= detail["ctx"]["min_length"]:
        return None  # its entries are wrong, each told on its own
    if kind == "missing" and names[-1:] == ("range",):
        return Problem(path=path, text=f"found {shown(value)}; allowed is {_AT_KEY['range']}")
    if kind == "missing":
        key = detail["loc"][-1]
        return Problem(path=(*path, key), text=f"the key {shown(key)} is missing; it must be given")
    return Problem(path=path, text=f"found {shown(value)}; allowed is {_allowed(detail, names)}")


def _allowed(detail: ErrorDetails, names: tuple[str, ...]) -> str:
    kind = detail["type"]
    context = detail.get("ctx", {})
    key = names[-1] if names else ""
    if detail["loc"] and detail["loc"][-1] == "[key]":
        return "a key that is not empty"
    if kind == "literal_error" and key != "format":
        return f"one of {str(context['expected']).replace(' or ', ', ')}"
    if key in ("unlabelled", "range") and kind.startswith("string"):
        return PERCENT
    return (
        _AT_KEY[key] if key in _AT_KEY else _AT_KIND.get(kind, "what the format's description says").format(**context)
    )
