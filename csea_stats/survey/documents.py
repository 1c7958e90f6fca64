"""A TOML file as text and as a document, and all that is wrong with it as one error.

Survey files, codebooks and model files are read through here; nothing in a file is run.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from datetime import date, time
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from csea_stats.errors import CONTROLS, SurveyFileError
from csea_stats.survey.toml_places import Keys, key_lines, line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pydantic_core import ErrorDetails

    Rest = Callable[[dict[str, Any], list["Keys"]], list["Problem"]]

LONGEST = 80
"""How many characters of a found value a message shows."""

CLOSE = 300
"""Among how many names at most a similar one is looked for."""

PERCENT = 'a percentage as printed, in quotes and without its sign, "0" to "100", such as "41" or "8.0"'

TEXT = "a text in quotes"

TOO_DEEP = "the file nests tables or lists far deeper than a survey does, or holds a number too long to read"

AT_KIND = {
    "string_type": TEXT,
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list in brackets",
    "dict_type": "a table of keys and values",
    "dataclass_type": "a table of keys and values",
    "string_too_short": "a text that is not empty",
    "string_pattern_mismatch": "lower-case letters, digits and single hyphens between them, in quotes",
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a whole number of at least {ge}",
    "less_than_equal": "a whole number of at most {le:,}",
    "string_too_long": "a text of at most {max_length:,} characters",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
    "finite_number": "a finite number",
    "literal_error": "one of {expected}",
}
"""What an error of pydantic's asks for, by its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    path : tuple
        Where in the file, as in `csea_stats.survey.documents`.
    text : str
        What was found and what is allowed.
    """

    path: Keys
    text: str


def shown(value: object) -> str:
    """Show a value of the file, cut where it is long."""
    try:
        text = value.isoformat() if isinstance(value, (date, time)) else repr(value)
    except (ValueError, RecursionError):  # a number too long to print, a list too deep
        text = f"a {type(value).__name__} too large to show"
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def key_path(path: Keys) -> str:
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


def unknown(path: Keys, what: str, found: str, known: Iterable[str]) -> Problem:
    """Say that a name does not exist, and which do."""
    names = list(known)
    close = get_close_matches(found, names, n=1) if len(names) <= CLOSE else []
    nearest = f" Did you mean {close[0]!r}?" if close else ""
    listed = ", ".join(map(repr, names[:30])) + (", ..." if len(names) > 30 else "")
    return Problem(path=path, text=f"there is no {what} {shown(found)}; there is: {listed or 'none'}.{nearest}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A document whose short forms are written out, and where its parts stood.

    Parameters
    ----------
    document : dict
        What is validated.
    stood : dict
        From a path in it to the path that was typed; of a path, the longest part that is listed counts.
    problems : tuple of Problem
        What is wrong with the short forms, with typed paths.
    wrong : tuple of Keys
        Paths in the document that could not be written out.
    """

    document: dict[str, Any]
    stood: dict[Keys, Keys] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    wrong: tuple[Keys, ...] = ()

    def made_of(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return those problems of the document that are not about what could not be written out."""
        return [p for p in problems if not any(p.path[:length] in self.wrong for length in range(len(p.path) + 1))]

    def typed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems of the document, each once, with the paths that were typed."""
        return list(dict.fromkeys(replace(problem, path=self._path(problem.path)) for problem in problems))

    def _path(self, path: Keys) -> Keys:
        for length in range(len(path), 0, -1):
            if path[:length] in self.stood:
                return (*self.stood[path[:length]], *path[length:])
        return path


ALIKE = "also"
"""The key within a group whose tables are groups themselves."""


def as_typed(document: dict[str, Any], text: str) -> Plain:  # noqa: ARG001
    """Return the document of a format without short forms."""
    return Plain(document=document)


@dataclass(frozen=True, kw_only=True)
class DocumentShape[T]:
    """What a TOML file of one format holds, as pydantic's dataclasses, and the words for what is wrong with it.

    Parameters
    ----------
    whole : type
        Of the file itself.
    classes : mapping
        From the keys that lead to a table, as pydantic names them, to its class.
    at_key : mapping
        What a key takes, or an entry of its list ("range[]"), where that says more than the kind of error.
    at_kind : mapping
        What an error of pydantic's asks for, by its kind.
    what : str
        What such a file is about: "survey".
    told_at : str
        Where the format is described.
    plain : callable
        Writes out a document's short forms, given its text as well.
    more : mapping
        Further keys of a table that are short forms, for the error that lists its keys.
    """

    whole: type[T]
    classes: Mapping[tuple[str, ...], type]
    at_key: Mapping[str, str] = field(default_factory=dict)
    at_kind: Mapping[str, str] = field(default_factory=AT_KIND.copy)
    what: str
    told_at: str
    plain: Callable[[dict[str, Any], str], Plain] = as_typed
    more: Mapping[tuple[str, ...], Sequence[str]] = field(default_factory=dict)

    @cached_property
    def adapter(self) -> TypeAdapter[T]:
        """Pydantic's reader of the whole."""
        return TypeAdapter(self.whole)

    def made(self, document: dict[str, Any]) -> T:
        """Return a document as values.

        Raises
        ------
        ValidationError
            If it is wrong.
        """
        return self.adapter.validate_json(json.dumps(document, default=str), strict=True)

    def read(self, source: str, content: bytes, check: Callable[[T], Sequence[Problem]], rest: Rest | None = None) -> T:
        """Read a file's bytes.

        Parameters
        ----------
        source : str
            What the file is called in an error.
        content : bytes
        check : callable
            Finds what is wrong with values each of the right kind.
        rest : callable, optional
            Finds what is wrong with the rest of a document, given the problems that are known.

        Raises
        ------
        SurveyFileError
            All that is wrong, with its line.
        """
        text = decoded(source, content)
        document = parsed(source, text)
        if signs := list(control_signs(document)):
            raise file_error(source, text, signs)
        plain = self.plain(document, text)
        problems: list[Problem] = []
        try:
            found = self.made(plain.document)
        except ValidationError as error:
            problems += plain.made_of(self.problems(error, plain.document))
        except (RecursionError, ValueError):
            raise SurveyFileError(source, [TOO_DEEP]) from None
        else:
            problems += () if plain.problems else check(found)
            if not problems and not plain.problems:
                return found
            rest = rest if plain.problems else None
        if rest is not None and len(problems) <= MOST:
            problems += rest(plain.document, [*plain.wrong, *(problem.path for problem in problems)])
        raise file_error(source, text, [*plain.problems, *plain.typed(problems)])

    def problems(self, error: ValidationError, document: dict[str, Any]) -> list[Problem]:
        """Tell pydantic's errors in our words, each once."""
        found: dict[Problem, str] = {}
        for detail in error.errors(include_url=False, include_context=True, include_input=False):
            problem = self._told(detail, document)
            if problem is not None:
                found.setdefault(problem, detail["type"])
        inner = {problem.path[:length] for problem in found for length in range(len(problem.path))}
        # a list of answers fails as a text, too: keep what is wrong inside it
        return [problem for problem, kind in found.items() if kind != "string_type" or problem.path not in inner]

    def _told(self, detail: ErrorDetails, document: dict[str, Any]) -> Problem | None:
        kind, context = detail["type"], detail.get("ctx", {})
        path, value = _walk(document, detail["loc"])
        key = self._key(path)
        if kind == "json_invalid":
            return Problem(path=(), text=f"the file nests tables or lists far deeper than a {self.what} does")
        if kind == "unexpected_keyword_argument" or kind.startswith("union_tag"):
            return self._misnamed(detail, path, value)
        if kind == "too_short" and isinstance(value, list) and len(value) >= context["min_length"]:
            return None  # its entries are wrong, each told on its own
        if kind == "missing" and not (isinstance(value, list) and key in self.at_key):
            missing = detail["loc"][-1]
            return Problem(path=(*path, missing), text=f"the key {shown(missing)} is missing; it must be given")
        if kind == "value_error":  # a check of the class itself, in our words
            return Problem(path=path, text=str(context["error"]))
        if kind == "literal_error":
            context = {"expected": str(context["expected"]).replace(" or ", ", ")}
        template = self.at_kind.get(kind, f"what {self.told_at} says")
        if detail["loc"] and detail["loc"][-1] == "[key]":
            template = "a key that is not empty"
        return Problem(
            path=path, text=f"found {shown(value)}; allowed is {self.at_key.get(key) or template.format(**context)}"
        )

    def _misnamed(self, detail: ErrorDetails, path: Keys, value: Any) -> Problem:
        """Tell a key that a table does not have, or a kind of table that there is not."""
        names = tuple(part for part in detail["loc"] if isinstance(part, str))
        if detail["type"] == "unexpected_keyword_argument":
            table = tuple(name for name in names[:-1] if name != ALIKE)
            known = [entry.name for entry in fields(self.classes[table])]
            return unknown(path, "key", names[-1], [*known, *self.more.get(table, ())])
        kinds = [inside[-1] for inside in self.classes if inside[:-1] == names]
        if detail["type"] == "union_tag_invalid":
            return unknown((*path, "kind"), "kind", str(value.get("kind")), kinds)
        text = f"the key 'kind' is missing; allowed is one of {', '.join(map(repr, kinds))}"
        return Problem(path=(*path, "kind"), text=text)

    def _key(self, path: Keys) -> str:
        """Return the last key of a path; of an entry of a list with brackets behind it."""
        key = next((part for part in reversed(path) if isinstance(part, str)), "")
        return key if path[-1:] == (key,) else f"{key}[]"


def _walk(document: object, loc: tuple[str | int, ...]) -> tuple[Keys, Any]:
    """Follow pydantic's location in the file; names of a union's branches are no keys and are left out."""
    path: Keys = ()
    value: Any = document
    for part in loc:
        named = isinstance(value, dict) and isinstance(part, str) and part in value
        if named or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            path, value = (*path, part), value[part]
    return path, value


MOST = 200
"""How many problems of one file are told one by one."""


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


SIGNS = re.compile(f"[{CONTROLS}]")
"""Control signs, but for tabs and ends of lines."""


def control_signs(value: object, path: Keys = ()) -> Iterator[Problem]:
    """Yield the texts of a document that hold a control sign, which no page can show and a terminal obeys.

    Examples
    --------
    >>> [problem.text[:24] for problem in control_signs({"title": chr(27)})]
    ['found the control sign U']
    """
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from control_signs(key, (*path, key))
            yield from control_signs(inside, (*path, key))
    elif isinstance(value, list):
        for place, inside in enumerate(value):
            yield from control_signs(inside, (*path, place))
    elif isinstance(value, str) and (sign := SIGNS.search(value)):
        text = f"found the control sign U+{ord(sign[0]):04X} in {shown(value)}; take it out: texts are for a page"
        yield Problem(path=path, text=text)


def file_error(source: str, text: str, problems: Sequence[Problem]) -> SurveyFileError:
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
