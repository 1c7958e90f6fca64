"""The counts of all answers of a question that print allows together.

They come as boxes: every count between a box's low and its high may go with every other. One known vector is a box
without width; counts that are open one by one are one box; with a known total each feasible vector is a box.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import CountError
from csea_stats.results.numbers import number_of, with_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

MOST_VECTORS = 5_000
"""Count vectors with a given sum that are listed one by one; beyond it one box holds them all."""


def check_margins(
    counts: Sequence[tuple[int, ...]], base: int, chosen: int, labels: tuple[str, ...] | None = None
) -> None:
    """Raise a CountError unless respondents who each name exactly ``chosen`` answers can give such counts.

    Parameters
    ----------
    counts : sequence of tuple of int
        Feasible counts of each answer, rising.
    base, chosen : int
    labels : tuple of str, optional

    Notes
    -----
    By the theorem of Gale and Ryser, with every respondent's row adding up to k, there is such a table exactly if no
    count is above the base and the counts add up to k times the base.

    References
    ----------
    Gale (1957), Pacific Journal of Mathematics 7, 1073-1082, https://doi.org/10.2140/pjm.1957.7.1073; Ryser (1957),
    Canadian Journal of Mathematics 9, 371-377, https://doi.org/10.4153/CJM-1957-044-3
    """
    if not 1 <= chosen <= len(counts):
        message = f"chosen: found {chosen} of {number_of(len(counts), 'answers')}; allowed is 1 to {len(counts)}"
        raise CountError(message)
    for place, values in enumerate(counts):
        if values[0] > base:
            name = count_name(place, labels)
            message = f"{name}: found {values[0]} of {base}; allowed is at most the base, {base}"
            raise CountError(message)
    kept = [tuple(value for value in values if value <= base) for values in counts]
    due = base * chosen
    if due in sums_after(kept)[0]:
        return
    low, high = sum(values[0] for values in kept), sum(values[-1] for values in kept)
    total = str(low) if low == high else f"{low} to {high}"
    open_ones = [count_name(place, labels) for place, values in enumerate(kept) if len(values) > 1]
    gap = f", and {', '.join(open_ones)} cannot make it up" if open_ones and low <= due <= high else ""
    message = (
        f"counts: found {with_unit(total, 'answers')} in all; {number_of(base, 'respondents')} at {chosen} each "
        f"give {due}{gap}. Check the "
        "counts, or use proportion for each answer, which does not suppose exactly that many"
    )
    raise CountError(message)


def count_name(place: int, labels: tuple[str, ...] | None) -> str:
    """Return how an error names a count."""
    return f"counts[{place}]" if labels is None else f"counts[{labels[place]!r}]"


def count_boxes(counts: Sequence[tuple[int, ...]], total: int | None) -> tuple[Whole, Whole]:
    """Return the boxes of feasible counts, one set of counts for each answer.

    Parameters
    ----------
    counts : sequence of tuple of int
        Feasible counts of each answer, rising.
    total : int or None
        What they add up to, where it is known; there must be a way.

    Examples
    --------
    >>> [box.tolist() for box in count_boxes([(3,), (1, 2), (1, 2)], None)]
    [[[3, 1, 1]], [[3, 2, 2]]]
    >>> count_boxes([(3,), (1, 2), (1, 2)], 6)[0].tolist()
    [[3, 1, 2], [3, 2, 1]]
    """
    if total is None or prod(map(len, counts)) == 1:
        low, high = [values[0] for values in counts], [values[-1] for values in counts]
        return np.array([low]), np.array([high])
    after = sums_after(counts)
    vectors: list[tuple[int, ...]] = [()]
    for place, values in enumerate(counts):
        vectors = [
            (*start, value) for start in vectors for value in values if total - sum(start) - value in after[place + 1]
        ]
        if len(vectors) > MOST_VECTORS:
            return _one_box(counts, total)
    return np.array(vectors), np.array(vectors)


def sums_after(counts: Sequence[tuple[int, ...]]) -> list[frozenset[int]]:
    """Return for every place the sums that the counts from there on can have."""
    found = [frozenset({0})]
    for values in reversed(counts):
        found.append(frozenset(rest + value for rest in found[-1] for value in values))
    return found[::-1]


def _one_box(counts: Sequence[tuple[int, ...]], total: int) -> tuple[Whole, Whole]:
    """Return one box around all vectors with that total: the counts of each answer that some such vector has."""
    before = sums_after(counts[::-1])[::-1]
    after = sums_after(counts)
    kept = [
        [v for v in values if any(total - v - start in after[place + 1] for start in before[place])]
        for place, values in enumerate(counts)
    ]
    return np.array([[min(values) for values in kept]]), np.array([[max(values) for values in kept]])
