"""Values to JSON and back, losing nothing."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from functools import cache

from csea_stats.errors import InputError
from csea_stats.results.values import Caveat, Estimate, Interval, Provenance, Verdict
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
)

FORMAT = "csea-estimates/1"

_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        Estimate,
        Interval,
        Verdict,
        Caveat,
        Provenance,
        Respondents,
        Superpopulation,
        FinitePopulation,
        Population,
        Selection,
        SelectionBounds,
    )
}

_INFINITE = frozenset({"lower", "upper", "value", "bounds", "ratio", "threshold"})
"""The fields in which the text "inf" is a number."""


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Return the fields of a class of values; none of anything else."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _encode(value: object) -> object:
    kind: type = type(value)
    names = _names(kind)
    if names:
        return {"type": type(value).__name__, **{name: _encode(getattr(value, name)) for name in names}}
    if isinstance(value, tuple):
        return [_encode(member) for member in value]
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def _decode(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        kind = value.get("type")
        if kind not in _CLASSES:
            message = f"{name or 'estimate'}: found type {kind!r}; allowed is one of {', '.join(_CLASSES)}"
            raise InputError(message)
        return _CLASSES[kind](**{key: _decode(member, key) for key, member in value.items() if key != "type"})
    if isinstance(value, list):
        return tuple(_decode(member, name) for member in value)
    if name in _INFINITE and value in ("inf", "-inf"):
        return math.inf if value == "inf" else -math.inf
    return value


def dump(estimates: tuple[Estimate, ...]) -> str:
    """Return estimates as JSON text; infinity is the text "inf"."""
    body = {"format": FORMAT, "estimates": [_encode(estimate) for estimate in estimates]}
    return json.dumps(body, ensure_ascii=False, allow_nan=False, indent=1)


def parse(text: str) -> tuple[Estimate, ...]:
    """Return the estimates of a JSON text.

    Raises
    ------
    InputError
        If the text is not what `dump` writes.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {error}"
        raise InputError(message) from error
    found = body.get("format") if isinstance(body, dict) else None
    if found != FORMAT or not isinstance(body.get("estimates"), list):
        message = f"format: found {found!r}; allowed is {FORMAT!r} with a list of estimates"
        raise InputError(message)
    try:
        decoded = [_decode(member) for member in body["estimates"]]
    except TypeError as error:
        message = f"an estimate has a wrong or missing key: {error}"
        raise InputError(message) from error
    estimates = tuple(member for member in decoded if isinstance(member, Estimate))
    if len(estimates) != len(decoded):
        message = "estimates: found a member that is no estimate"
        raise InputError(message)
    return estimates
