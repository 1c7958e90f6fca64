"""The two groups' answers to one item, without borrowing from other items: what stands beside a pooled effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.estimators.gaps.differences import difference_interval

if TYPE_CHECKING:
    from csea_stats.estimators.estimands import Limits
    from csea_stats.regression.quantities import Quantity
    from csea_stats.regression.stacking import StackedDesign

UNPOOLED = "newcombe, unpooled"


def unpooled(design: StackedDesign, quantity: Quantity, level: float) -> Limits | None:
    """Return Newcombe's limits of the observed difference; None where two groups of one item are not compared."""
    start, end = quantity.start, quantity.end
    if start is None or not design.by_item:
        return None
    if len(start.values) != 1 or len(end.values) != 1 or not design.variables[end.place].labels:
        return None
    group = design.patterns[design.person, end.place]
    own = design.item == quantity.event.low
    pairs = []
    for side in (end, start):
        rows = own & (group == side.values[0])
        pairs.append((int(design.answer[rows].sum()), int(np.count_nonzero(rows))))
    if 0 in (pairs[0][1], pairs[1][1]):
        return None
    low, high = difference_interval(*pairs[0], *pairs[1], method="newcombe", level=level)
    return float(np.ravel(low)[0]), float(np.ravel(high)[0])
