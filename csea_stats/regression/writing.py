"""A model as TOML."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csea_stats.regression.spec import Model


def model_toml(model: Model) -> str:
    """Write a model; keys at their default are left out, priors always stand."""
    head: list[str] = []
    tables: list[str] = []
    for entry in fields(model):
        value = getattr(model, entry.name)
        if value is None or value == ():
            continue
        if is_dataclass(value):
            tables.extend(_table(entry.name, value))
        elif isinstance(value, tuple) and is_dataclass(value[0]):
            for member in value:
                tables.extend(["", f"[[{entry.name}]]", *_pairs(member)])
        else:
            head.append(f"{entry.name} = {_value(value)}")
    return "\n".join([*head, *tables]) + "\n"


def _table(name: str, value: Any) -> list[str]:
    inner = [entry.name for entry in fields(value) if is_dataclass(getattr(value, entry.name))]
    if not inner:
        return ["", f"[{name}]", *_pairs(value)]
    return [line for key in inner for line in _table(f"{name}.{key}", getattr(value, key))]


def _pairs(value: Any) -> list[str]:
    found = [(entry.name, getattr(value, entry.name)) for entry in fields(value)]
    return [f"{key} = {_value(member)}" for key, member in found if member is not None]


def _value(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, (int, float)):
        return repr(value)
    message = f"no TOML for {value!r}"
    raise TypeError(message)
