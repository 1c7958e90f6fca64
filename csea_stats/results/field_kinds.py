"""Whether values that a file gave are of the kinds that the annotations of their classes say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from csea_stats.errors import real_number
from csea_stats.publication.lettered_notes import Severity
from csea_stats.targets.populations import Target

LARGEST = 1 << 63
"""Whole numbers below it are numbers for NumPy too."""


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """Return what each field of a class of values is, as its annotations say; nothing of any other class."""
    return get_type_hints(kind, localns={"Severity": Severity, "Target": Target}) if is_dataclass(kind) else {}


def is_kind(value: Any, hint: Any) -> bool:
    """Whether a value, and whatever is in it, is of the kind that an annotation says; a whole number is a number.

    Examples
    --------
    >>> is_kind((1, 2.5), tuple[float, ...]), is_kind((1, 2.5), tuple[int, ...]), is_kind(True, int)
    (True, False, False)
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(is_kind(value, one) for one in inner)
    if origin is Literal:
        return any(value == one for one in inner)
    if origin in (tuple, Sequence):
        if not isinstance(value, tuple if origin is tuple else Sequence) or isinstance(value, (str, list)):
            return False
        hints = inner if origin is tuple and inner[-1] is not Ellipsis else [inner[0]] * len(value)
        return len(value) == len(hints) and all(map(is_kind, value, hints))
    if hint in (int, float):
        number = real_number(value)
        return number is not None and (hint is float or (isinstance(value, int) and abs(value) < LARGEST))
    return isinstance(value, hint) and all(is_kind(getattr(value, name), one) for name, one in hints_of(hint).items())
