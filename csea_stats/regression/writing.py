"""A model as TOML."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from csea_stats.regression.spec import Model


def model_toml(model: Model, *, short: bool = False) -> str:
    """Write a model; keys at their default are left out, priors always stand, but where it is to be short."""
    head: list[str] = []
    tables: list[str] = []
    for entry in fields(model):
        value = getattr(model, entry.name)
        if value is None or value == () or (short and value == entry.default):
            continue
        if is_dataclass(value):
            tables.extend(_table(entry.name, value, only=model.stated_priors if short else None))
        elif isinstance(value, tuple) and is_dataclass(value[0]):
            for member in value:
                tables.extend(["", f"[[{entry.name}]]", *_pairs(member)])
        else:
            head.append(f"{entry.name} = {_value(value)}")
    return "\n".join([*head, *tables]) + "\n"


def _table(name: str, value: Any, only: Collection[str] | None = None) -> list[str]:
    inner = [entry.name for entry in fields(value) if is_dataclass(getattr(value, entry.name))]
    if not inner:
        return ["", f"[{name}]", *_pairs(value)]
    inner = [key for key in inner if only is None or key in only]
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
