"""Variables of a codebook as tables of a TOML file, and plain values as TOML text; reading it again is exact."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from csea_stats.respondents.kinds import Categories, Kind, Multiple, Number, Ordered

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


def kind_table(kind: Kind) -> dict[str, Any]:
    """Return the table of a variable, without keys at their default.

    Examples
    --------
    >>> kind_table(Number(unit="years", values={"10+": 10}))
    {'kind': 'number', 'unit': 'years', 'values': {'10+': 10}}
    """
    found: dict[str, Any] = {}
    if isinstance(kind, Number):
        found = {"kind": "number", "unit": kind.unit, "minimum": kind.minimum, "maximum": kind.maximum}
    elif isinstance(kind, Multiple):
        found = {"kind": "multiple", "items": () if kind.columns else kind.items, "mentions": kind.mentions}
        found |= {"columns": dict(zip(kind.columns, kind.items, strict=False)), "nothing_column": kind.nothing_column}
        found |= {"separator": kind.separator, "chosen": kind.chosen}
        found |= {"empty": "" if kind.empty == "none" else kind.empty}
    else:
        name = "ordered" if isinstance(kind, Ordered) else "categories"
        found = {"kind": name, "labels": kind.labels, "columns": dict(zip(kind.columns, kind.answers, strict=True))}
    found |= {"values": dict(kind.values), "missing": kind.missing, "off_scale": kind.off_scale}
    if isinstance(kind, Multiple) and kind.off_columns:
        found["off_scale"] = dict(zip(kind.off_columns, kind.off_scale, strict=True))
    if isinstance(kind, (Categories, Multiple)):
        found |= {key: marks for key, marks in (("yes", kind.yes), ("no", kind.no)) if marks != (key,)}
        found |= {"own": kind.own, "says": dict(kind.says)}
        if kind.other is not None:
            column = kind.other.column
            found["other"] = kind.other.label if column is None else {"column": column, "label": kind.other.label}
    found |= {"column": kind.column, "label": kind.label, "asked": dict(kind.asked)}
    kept = {key: value for key, value in found.items() if value is not None and value is not False}
    kept = {key: value for key, value in kept.items() if value not in ((), {}, "")}
    return kept | ({"nothing": kind.nothing} if isinstance(kind, Multiple) and kind.nothing is not None else {})


UNSAID: dict[str, object] = {"label": "", "says": {}, "asked": {}, "off_scale": ()}
"""What a file says where a variable has nothing and the survey's question has something."""


def limits_list(allowed: tuple[str, ...] | tuple[float | None, float | None]) -> list[str | float]:
    """Return labels, or the lowest and the highest number, infinite where there is none.

    Examples
    --------
    >>> limits_list((18, None)), limits_list(("yes",))
    ([18, inf], ['yes'])
    """
    low, high = (allowed[0], allowed[-1])
    if low is not None and high is not None:
        return [end for end in allowed if end is not None]
    return [-math.inf if low is None else low, math.inf if high is None else high]
