"""What is known of a share when nothing is assumed about those who did not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.estimators.marks import Shown
from csea_stats.results.verdicts import certain_verdict

if TYPE_CHECKING:
    from csea_stats.estimators.checking import Pair


def worst_case(pairs: tuple[Pair, ...], size: int | None, threshold: float | None) -> Shown:
    """Return every share that a population could have, whoever took part.

    Parameters
    ----------
    pairs : tuple of (count, base)
        Feasible ones.
    size : int or None
        People in the population, the respondents included; None: unknown, and then any share is possible.
    threshold : float or None

    Notes
    -----
    The share lies within ``x / N`` and ``(x + N - n) / N`` (Manski 1989, https://doi.org/10.2307/145818): all who did
    not answer may say otherwise, or the same. There is no chance in it, so there is no interval.

    Examples
    --------
    >>> [round(end, 3) for end in worst_case(((35, 49),), 105, 0.5).values]
    [0.333, 0.867]
    >>> worst_case(((35, 49),), None, 0.5).values
    (0.0, 1.0)
    """
    low, high = 0.0, 1.0
    if size is not None:
        low, high = min(x / size for x, _ in pairs), max((x + size - n) / size for x, n in pairs)
    verdict = None if threshold is None else certain_verdict((low, high), threshold=threshold)
    return Shown(values=(low, high), verdict=verdict)
