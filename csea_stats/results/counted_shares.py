"""Counts with the share they are of their base: "35 of 49 (71%)"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.results.numbers import NOISE, base_words, between_words, integer, percent_range
from csea_stats.results.values import Hull

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.results.numbers import Thresholds
    from csea_stats.results.values import Base


def share_ends(counts: Iterable[int], base: Base) -> tuple[float, float]:
    """Return the smallest and the largest share of counts and bases that may go together in any way.

    Examples
    --------
    >>> share_ends((7,), (7, 20)), share_ends((3, 12), (6, 24))  # not 12 of 6
    ((0.35, 1.0), (0.125, 0.5))
    """
    bases = (base,) if isinstance(base, int) else base
    found = [x / n for x in counts for n in bases if x <= n]
    return min(found), max(found)


MOST_PAIRS = 3
"""So many counts each with its own base are told one by one."""


def share_words(
    counts: tuple[int, ...], base: Base, thresholds: Thresholds = (), ends: tuple[float, float] | None = None
) -> str:
    """Return counts with their share: "35 of 49 (71%)", "14 or 15 of 49 (29 to 31%)", "7 of 7 or 20 (35 to 100%)".

    Where each base has its own counts they stand one by one if they are few; else all counts, all bases, and which
    shares they give, as no count need go with the first or the last base: "3 to 27 of 11 to 100 (27%)".

    Parameters
    ----------
    counts : tuple of int
    base : int or tuple of int
    thresholds : tuple of float
    ends : (float, float), optional
        The smallest and the largest share, where not every count goes with every base.

    Examples
    --------
    >>> share_words((35,), 49), share_words((14, 15), 49), share_words((0,), 0), share_words((7,), (7, 20))
    ('35 of 49 (71%)', '14 or 15 of 49 (29 to 31%)', '0 of 0', '7 of 7 or 20 (35 to 100%)')
    >>> share_words((16, 32), (41, 82), (), (16 / 41, 16 / 41)), share_words((1, 2, 3), (4, 12), (), (0.25, 0.5))
    ('16 of 41 or 32 of 82 (39%)', '1 to 3 of 4 or 12 (25 to 50%)')
    """
    head = f"{between_words(counts)} of {base_words(base)}"
    if base == 0:
        return head
    decimals = 0 if (base if isinstance(base, int) else max(base)) < 1000 else 1
    crossed = share_ends(counts, base)
    if ends is None or isinstance(base, int) or len(counts) == 1 or (ends[0] <= crossed[0] and crossed[1] <= ends[1]):
        return f"{head} ({percent_range(*crossed, thresholds, decimals)})"
    shares = percent_range(*ends, thresholds, decimals)
    pairs = list(zip(counts, base, strict=False))
    several = len(counts) == len(base) <= MOST_PAIRS and not isinstance(base, Hull)
    own = several and all(ends[0] <= x / n <= ends[1] for x, n in pairs)
    if own:
        return f"{' or '.join(f'{integer(x)} of {integer(n)}' for x, n in pairs)} ({shares})"
    least, most = ([x for x in counts if _within(x / n, ends)] for n in (min(base), max(base)))
    if len(least) == len(most) == 1 and least < most:  # the base says which count it is
        return f"{integer(least[0])} of {integer(min(base))} to {integer(most[0])} of {integer(max(base))} ({shares})"
    return f"{head} ({shares})"


def _within(share: float, ends: tuple[float, float]) -> bool:
    return ends[0] - NOISE <= share <= ends[1] + NOISE
