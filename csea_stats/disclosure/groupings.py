"""The groups that a release tells of: none smaller than the rule allows, and everybody in one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.respondents.answered_survey import NO_ANSWER

if TYPE_CHECKING:
    from csea_stats.respondents.columns import CodedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """A variable by whose groups answers are told.

    Parameters
    ----------
    variable : str
    names : tuple of str
        Of the groups; of answers that are joined "26-30 or over 30".
    codes : tuple of int
        Everybody's group.
    """

    variable: str
    names: tuple[str, ...]
    codes: tuple[int, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many are in each group."""
        return tuple(map(int, np.bincount(self.codes, minlength=len(self.names))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    labels: tuple[str, ...]
    size: int
    scale: bool
    """Whether it is on the scale of an ordered variable."""


def grouping_of(column: CodedColumn, labels: tuple[str, ...], smallest: int) -> Grouping:
    """Return the groups of a variable: one that is too small joins its smaller neighbour, or the smallest other group.

    Whoever gave no answer, or one off the scale, is in a group too, so that no base can be found by subtraction.

    Parameters
    ----------
    column : CodedColumn
    labels : tuple of str
        Its answers, as they are told.
    smallest : int
        How many are in each group at least.
    """
    parts = [
        _Part(labels=(label,), size=count, scale=column.ordered)
        for label, count in zip(labels, column.counts, strict=True)
    ]
    untold = sum(column.why.values())
    parts += [_Part(labels=(NO_ANSWER,), size=untold, scale=False)] if untold else []
    while len(parts) > 1 and min(part.size for part in parts) < smallest:
        place = min(range(len(parts)), key=lambda i: parts[i].size)
        near = [i for i in (place - 1, place + 1) if 0 <= i < len(parts) and parts[i].scale]
        others = near if parts[place].scale and near else [i for i in range(len(parts)) if i != place]
        other = min(others, key=lambda i: parts[i].size)
        first, second = sorted((place, other))
        joined = replace(
            parts[first],
            labels=parts[first].labels + parts[second].labels,
            size=parts[first].size + parts[second].size,
            scale=parts[first].scale or parts[second].scale,
        )
        parts = [joined if i == first else part for i, part in enumerate(parts) if i != second]
    of = {label: place for place, part in enumerate(parts) for label in part.labels}
    return Grouping(
        variable=column.name,
        names=tuple(" or ".join(part.labels) for part in parts),
        codes=tuple(of[labels[code]] if code >= 0 else of[NO_ANSWER] for code in column.codes.tolist()),
    )
