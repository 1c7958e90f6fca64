"""What is asked of an association: tables, names, level and target; and estimates made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from csea_stats.errors import UnsupportedTarget, is_of
from csea_stats.estimators.assumptions import target_caveats
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.numbers import integer
from csea_stats.results.values import Caveat, Interval, Provenance, Scale, versions
from csea_stats.targets.populations import Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.base.association_measures import MeasuredAssociation
    from csea_stats.base.exact_tests import Counts
    from csea_stats.results.values import Base

Scores = Literal["ranks", "equal"]

DRAWS = 19_999
"""Of a Monte Carlo test: a p of .05 has a standard error of .0015."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupedQuestion:
    """One question by groups.

    Parameters
    ----------
    tables : tuple of (R, C) arrays of int
        Groups as rows, answers as columns; several where print allows several.
    groups, answers : tuple of str
    groups_ordered, ordered : bool
    outcome, by : str
        As sentences name them.
    question : str or None
        The outcome's name.
    target : Superpopulation
    level : float
    scores : {"ranks", "equal"}
    mid_p : bool
    seed : int
    doubts : tuple of Caveat
    provenance : Provenance
    """

    tables: tuple[Counts, ...]
    groups: tuple[str, ...]
    answers: tuple[str, ...]
    groups_ordered: bool = False
    ordered: bool = False
    outcome: str = "the answers"
    by: str = "the groups"
    question: str | None = None
    target: Superpopulation
    level: float = 0.95
    scores: Scores = "ranks"
    mid_p: bool = False
    seed: int = 1
    doubts: tuple[Caveat, ...] = ()
    provenance: Provenance

    @property
    def bases(self) -> tuple[Base, ...]:
        """Respondents per group."""
        found = [sorted({int(table[row].sum()) for table in self.tables}) for row in range(len(self.groups))]
        return tuple(sizes[0] if len(sizes) == 1 else tuple(sizes) for sizes in found)

    def rng(self) -> np.random.Generator:
        """Return a fresh generator."""
        return np.random.default_rng(self.seed)

    def estimate(  # noqa: PLR0913 - every part of an estimate
        self,
        found: Sequence[MeasuredAssociation],
        estimand: str,
        scale: Scale,
        *,
        item: str | None = None,
        base: tuple[Base, ...] | None = None,
        jointly: int = 1,
        doubts: tuple[Caveat, ...] = (),
    ) -> Estimate:
        """Make an estimate of a measure: over several tables the hull.

        Parameters
        ----------
        found : sequence of Measured
            One for each table.
        jointly : int
            How many intervals were made to hold together.
        """
        values = sorted({one.value for one in found})
        more = [caveat("all-at-once", number=jointly)] if jointly > 1 else []
        if len(self.tables) > 1:
            more.append(caveat("print-ambiguous", counts=f"{len(self.tables)} tables"))
        return Estimate(
            question=self.question,
            item=item,
            estimand=estimand,
            scale=scale,
            target=self.target,
            value=values[0] if len(values) == 1 else None,
            bounds=None if len(values) == 1 else (values[0], values[-1]),
            interval=Interval(
                lower=min(one.lower for one in found),
                upper=max(one.upper for one in found),
                level=self.level,
                kind="confidence",
                method=found[0].method,
                simultaneous=jointly,
            ),
            threshold=0.0,
            base=self.bases if base is None else base,
            caveats=tuple(dict.fromkeys((*self.doubts, *target_caveats(self.target), *more, *doubts, LIMITS))),
            provenance=self.provenance,
        )


LIMITS = caveat("test-limits")


def check_target(target: Target) -> Superpopulation:
    """Refuse a target for which a p-value has no meaning.

    Raises
    ------
    UnsupportedTarget
        For any but people like these.
    """
    if is_of(target, Superpopulation) and target.design_effect == 1:
        people: Superpopulation = target
        return people
    if isinstance(target, Superpopulation):
        use = "a codebook with cluster=... and the respondents' answers, which allow for clusters themselves"
        message = f"association: found a design effect of {target.design_effect:g}; use {use}"
    else:
        message = (
            f"association: found the target {type(target).__name__}; a p-value speaks only of chance among people like "
            "these, Superpopulation(). For others use difference(..., target=...), tabulation.contrasts(target=...), "
            "or fit(...).effects(target=...)"
        )
    raise UnsupportedTarget(message)


def origin(call: str, *more: str, **fields: object) -> Provenance:
    """Return a provenance that names the packages the numbers rest on."""
    return Provenance(call=call, versions=versions(*more), **fields)  # type: ignore[arg-type]


def together(reasons: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return how many there are of each reason, in the order of their first.

    Examples
    --------
    >>> together([("missing", 2), ("refused", 1), ("missing", 3)])
    (('missing', 5), ('refused', 1))
    """
    found: dict[str, int] = {}
    for reason, times in reasons:
        found[reason] = found.get(reason, 0) + times
    return tuple(found.items())


def left_out_words(reasons: Sequence[tuple[str, int]], kept: int, who: str = "") -> Caveat:
    """Return the caveat that some gave no answer that counts here; of a side of a comparison with its name."""
    lost = sum(times for _, times in reasons)
    why = ", ".join(f"{reason} {integer(times)}" for reason, times in reasons)
    return caveat("apart", who=f"{who}: " if who else "", answered=integer(kept), total=integer(kept + lost), why=why)
