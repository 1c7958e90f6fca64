"""The stamp of synthetic answers: a column that says so in every row, so that it outlives a file and a filter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

STAMP_COLUMN = "synthetic"
_WORD = "SYNTHETIC"
_STAMP = re.compile(r"SYNTHETIC: made from random numbers \(seed (-?\d+)\); invented: (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a stamp tells."""

    seed: int | None
    invented: tuple[str, ...]


def stamp_text(seed: int | None, invented: Iterable[str]) -> str:
    """Return the stamp of a row.

    Examples
    --------
    >>> stamp_text(1, ("experience",))
    'SYNTHETIC: made from random numbers (seed 1); invented: ["experience"]'
    """
    names = json.dumps(list(invented), ensure_ascii=False)
    return f"{_WORD}: made from random numbers (seed {seed if seed is not None else -1}); invented: {names}"


def read_stamp(values: Iterable[object]) -> Stamp | None:
    """Return the stamp of a column of that name, or None where no row has one; one stamped row is enough.

    Examples
    --------
    >>> read_stamp([None, stamp_text(1, ("experience", "age_band"))])
    Stamp(seed=1, invented=('experience', 'age_band'))
    >>> read_stamp(["no"]) is None
    True
    """
    stamped = list(dict.fromkeys(str(value) for value in set(values) if str(value).upper().startswith(_WORD)))
    if not stamped:
        return None
    found = [match for text in sorted(stamped) if (match := _STAMP.fullmatch(text.strip()))]
    names = [name for match in found for name in _names(match[2])]
    seeds = {int(match[1]) for match in found}
    seed = seeds.pop() if len(seeds) == 1 else None
    return Stamp(seed=None if seed == -1 else seed, invented=tuple(dict.fromkeys(names)))


def _names(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [str(name) for name in found] if isinstance(found, list) else []
