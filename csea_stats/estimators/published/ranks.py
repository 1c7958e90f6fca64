"""Joint rank sets of the answers to a printed question, over every count that print allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.rank_sets import MOST_VECTORS
from csea_stats.estimators.ranking import RANK_METHODS, rank_estimates
from csea_stats.results.caveats import caveat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csea_stats.auditing.audit import Audit
    from csea_stats.base.rank_sets import Whole
    from csea_stats.results.estimate import Estimate
    from csea_stats.survey.survey import Question
    from csea_stats.targets.populations import Target

FEWEST = 3
"""Answers from which their order is a question of its own."""


def joint_ranks(question: Question, audit: Audit, *, level: float, target: Target) -> Iterator[tuple[str, Estimate]]:
    """Yield (answer, estimate of its rank) for a question whose answers have no order of their own.

    All answers of the list are ranked, those included of which print gives no number: their counts are open. Answers
    offered that print does not show at all are taken as named by nobody. Of answers given freely print shows those
    named most, out of an unknown number: no ranks.
    """
    base = audit.base(question.id)
    names = question.categories
    if question.kind in ("ordinal", "yes-no") or len(names) < FEWEST or not isinstance(base, int) or not base:
        return
    if question.kind == "open-coded" and question.partial:
        return
    hidden = max((question.list_length or 0) - len(names), 0)
    counts = [audit.counts_of(question.id, (name,)) for name in names] + [(0,)] * hidden
    low, high = (np.pad(box, ((0, 0), (0, hidden))) for box in _boxes(question, audit))
    listed = ((*names, *("",) * hidden), counts, base)
    found = rank_estimates((low, high), listed, target, (RANK_METHODS[0], level, None), "ranks")
    doubts = []
    if hidden:
        doubts.append(caveat("not-shown-nobody", offered=len(counts), shown=len(names)))
    elif question.partial:
        doubts.append(caveat("list-shortened"))
    for name, estimate in zip(names, found, strict=False):
        yield name, replace(estimate, caveats=(*estimate.caveats, *doubts))


def _boxes(question: Question, audit: Audit) -> tuple[Whole, Whole]:
    """Return the feasible vectors, or one box around them where there are too many to list."""
    readings = audit.feasible(question.id)
    if audit.listed(question.id) and len(readings) <= MOST_VECTORS:
        vectors = np.array([reading.counts for reading in readings])
        return vectors, vectors
    counts = [audit.counts_of(question.id, (name,)) for name in question.categories]
    return np.array([[min(values) for values in counts]]), np.array([[max(values) for values in counts]])
