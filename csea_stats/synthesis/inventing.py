"""Variables of which print tells nothing: drawn from the codebook's stated distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.respondents.coding import coded_column, multiple_column
from csea_stats.respondents.columns import CodedColumn, Column, NumberColumn
from csea_stats.respondents.declarations import Invention
from csea_stats.respondents.kinds import Categories, Kind, Multiple, Number
from csea_stats.respondents.texts import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from csea_stats.respondents.codebook import Codebook

SPAN = 100
"""Width of a number's range where the codebook gives it no end."""


def invent(book: Codebook, known: Mapping[str, Column], people: int, rng: np.random.Generator) -> dict[str, Column]:
    """Draw every variable of a codebook that is not known, those that another hangs on first.

    Parameters
    ----------
    book : Codebook
    known : mapping
        The columns that are there.
    people : int
    rng : Generator
    """
    stated = {plain(name): invention for name, invention in book.invented}
    columns: dict[str, Column] = dict(known)
    made: dict[str, Column] = {}
    waiting = [(name, kind) for name, kind in book.variables if name not in known]
    while waiting:
        ready = [
            (name, kind)
            for name, kind in waiting
            if (parent := stated.get(plain(name), Invention()).given) is None or book.name(parent) in columns
        ] or waiting[:1]
        for name, kind in ready:
            invention = stated.get(plain(name), Invention())
            given = None if invention.given is None else columns.get(book.name(invention.given))
            columns[name] = made[name] = _drawn(name, kind, invention, given, people, rng)
        waiting = [one for one in waiting if one[0] not in made]
    return made


def _drawn(
    name: str, kind: Kind, invention: Invention, given: Column | None, people: int, rng: np.random.Generator
) -> Column:
    if isinstance(kind, Multiple):
        return multiple_column(name, kind, _marks(kind, people, rng))
    whom = _whom(given, people)
    if isinstance(kind, Number):
        values = np.empty(people)
        reasons = np.zeros(people, dtype=np.int16)
        ends = dict(invention.between)
        for answer, mask in whom:
            low, high = ends.get(answer, _range(kind))
            values[mask] = rng.integers(low, high, size=int(mask.sum()), endpoint=True)
        return NumberColumn(name=name, unit=kind.unit, off_scale=kind.off_scale, values=values, reasons=reasons)
    codes = np.empty(people, dtype=np.int16)
    shares = dict(invention.shares)
    for answer, mask in whom:
        weights = _weights(kind, dict(shares.get(answer, ())))
        codes[mask] = rng.choice(len(kind.labels), size=int(mask.sum()), p=weights)
    return coded_column(name, kind, codes)


def _weights(kind: Categories, stated: Mapping[str, float]) -> NDArray[np.float64]:
    weights = np.array([stated.get(label, 0.0) if stated else 1.0 for label in kind.labels])
    return np.asarray(weights / weights.sum())


def _range(kind: Number) -> tuple[int, int]:
    if kind.minimum is not None:
        low = int(np.ceil(kind.minimum))
        return low, low + SPAN if kind.maximum is None else max(low, int(np.floor(kind.maximum)))
    high = SPAN if kind.maximum is None else int(np.floor(kind.maximum))
    return min(0, high - SPAN), high


def _whom(given: Column | None, people: int) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return the people by their answer to what a variable hangs on; who gave none is like everybody else."""
    if not isinstance(given, CodedColumn):
        return [("", np.ones(people, dtype=np.bool_))]
    return [*((label, given.codes == place) for place, label in enumerate(given.labels)), ("", given.codes < 0)]


def _marks(kind: Multiple, people: int, rng: np.random.Generator) -> NDArray[np.int8]:
    if kind.chosen is None:
        return (rng.random((people, len(kind.items))) < 0.5).astype(np.int8)
    marks = np.zeros((people, len(kind.items)), dtype=np.int8)
    for row in marks:
        row[rng.permutation(len(kind.items))[: kind.chosen]] = 1
    return marks


STEPS = 400
"""Swaps tried per person."""


def repair(
    values: NDArray[np.int16],
    asked: NDArray[np.bool_],
    targets: Sequence[tuple[NDArray[np.bool_], tuple[int, ...]]],
    rng: np.random.Generator,
) -> bool:
    """Swap whole answers between people, in place, until each subgroup has its counts.

    Swaps leave the totals as they are. A swap that does not bring the subgroups further away is kept.

    Parameters
    ----------
    values : (n,) codes or (n, J) marks
    asked : (n,) bool
    targets : sequence of (mask, counts)
    rng : Generator

    Returns
    -------
    bool
        Whether they all add up.
    """
    people = np.flatnonzero(asked)
    masks = np.array([mask for mask, _ in targets])
    off = np.array([_counts(values[mask], len(counts)) - counts for mask, counts in targets])
    for _ in range(STEPS * len(people)):
        if not off.any():
            return True
        one, other = rng.choice(people, 2, replace=False)
        if np.array_equal(values[one], values[other]):
            continue
        width = off.shape[1]
        change = _counts(values[[other]], width) - _counts(values[[one]], width)
        sides = masks[:, one].astype(int) - masks[:, other].astype(int)
        after = off + sides[:, None] * change
        if np.abs(after).sum() <= np.abs(off).sum():
            off = after
            values[[one, other]] = values[[other, one]]
    return not off.any()


def _counts(values: NDArray[np.int16], width: int) -> NDArray[np.int64]:
    if values.ndim == 2:
        return np.asarray((values == 1).sum(axis=0), dtype=np.int64)
    return np.bincount(values[values >= 0], minlength=width).astype(np.int64)
