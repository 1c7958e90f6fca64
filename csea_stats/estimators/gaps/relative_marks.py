"""What makes a ratio of two shares doubtful: zero cells, a table that says nothing, odds taken for shares."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from csea_stats.results.caveats import caveat
from csea_stats.targets.populations import Respondents

if TYPE_CHECKING:
    from csea_stats.estimators.gaps.relative_tiers import RelativeSetting
    from csea_stats.estimators.gaps.spans import Sides
    from csea_stats.results.values import Caveat
    from csea_stats.targets.populations import Target


def relative_caveats(sides: Sides, target: Target, setting: RelativeSetting) -> list[Caveat]:
    """Return the doubts that a ratio of shares, or an odds ratio, carries beyond those of a difference."""
    odds = setting.measure == "odds-ratio"
    name = "odds ratio" if odds else "ratio of the shares"
    found = [caveat("odds-not-shares")] if odds else []
    tables = [(x1, n1, x2, n2) for (x1, n1), (x2, n2) in product(*sides)]
    if any(_says_nothing(table, odds=odds) for table in tables):
        found.append(caveat("ratio-not-defined", ratio=name))
    elif not isinstance(target, Respondents) and any(_zero(table, odds=odds) for table in tables):
        found.append(caveat("zero-cell", ratio=name))
    return found


def _says_nothing(table: tuple[int, ...], *, odds: bool) -> bool:
    x1, n1, x2, n2 = table
    return x1 + x2 == 0 or (odds and x1 + x2 == n1 + n2)


def _zero(table: tuple[int, ...], *, odds: bool) -> bool:
    x1, n1, x2, n2 = table
    return 0 in (x1, x2) or (odds and 0 in (n1 - x1, n2 - x2))
