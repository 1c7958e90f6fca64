"""Plain values, and frozen ones that check themselves, as TOML text; reading it again is exact."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BARE = re.compile(r"[A-Za-z0-9_-]+")

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def toml_key(name: str) -> str:
    """Return a key, in quotes where it needs them.

    Examples
    --------
    >>> toml_key("age_band"), toml_key("How old?")
    ('age_band', '"How old?"')
    """
    return name if _BARE.fullmatch(name) else toml_value(name)


def toml_value(value: object) -> str:
    """Return a text, a number, a truth, a list or a table as TOML on one line.

    Examples
    --------
    >>> print(toml_value({"10+": 10, "yes": ["a", True]}))
    { "10+" = 10, yes = ["a", true] }
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        pairs = ", ".join(f"{toml_key(str(key))} = {toml_value(entry)}" for key, entry in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    return repr(value)


def toml_lines(table: Mapping[str, object]) -> list[str]:
    """Return a line for each key of a table."""
    return [f"{toml_key(key)} = {toml_value(value)}" for key, value in table.items()]


def comment_lines(remarks: Iterable[str]) -> list[str]:
    """Return remarks as comments, one line each."""
    return [f"# {_CONTROL.sub(' ', remark)}".rstrip() for remark in remarks]


def document_toml(value: object) -> str:
    """Return a frozen value as a TOML file, without keys at their default: plain keys first, then tables.

    Parameters
    ----------
    value : dataclass
        Whose fields are plain values, dataclasses and tuples of dataclasses.
    """
    plain: list[str] = []
    tables: list[str] = []
    for entry in fields(value):  # type: ignore[arg-type]
        found = getattr(value, entry.name)
        if found == _default(entry):
            continue
        if is_dataclass(found):
            tables += ["", f"[{entry.name}]", *toml_lines(_table(found))]
        elif isinstance(found, tuple) and is_dataclass(found[0]):
            for one in found:
                tables += ["", f"[[{entry.name}]]"]
                for key, told in _table(one).items():
                    tables += (
                        _listed(key, told)
                        if isinstance(told, list) and told and isinstance(told[0], dict)
                        else (toml_lines({key: told}))
                    )
        else:
            plain += toml_lines({entry.name: found})
    return "\n".join([*plain, *tables]) + "\n"


def _listed(key: str, tables: Iterable[Mapping[str, object]]) -> list[str]:
    return [f"{toml_key(key)} = [", *(f"  {toml_value(table)}," for table in tables), "]"]


def _default(entry: Field[object]) -> object:
    return entry.default if entry.default_factory is MISSING else entry.default_factory()


def _table(value: object) -> dict[str, object]:
    """Return the keys of a value that are not at their default."""
    found = {entry.name: (getattr(value, entry.name), _default(entry)) for entry in fields(value)}  # type: ignore[arg-type]
    return {name: _plain(one) for name, (one, default) in found.items() if one != default}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if not is_dataclass(value):
        return value
    also = getattr(value, "also", ())
    table = {key: one for key, one in _table(value).items() if key != "also"}
    return [table, *map(_table, also)] if also else table
