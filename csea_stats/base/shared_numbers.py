"""Numbers of people that may be passed on: rounded until several people share each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FOR_A_MEDIAN, FOR_QUARTILES, SHARED = 10, 40, 5
"""People from whom on a median and quartiles are told, and how many have to share each as it is told."""


def shared_quartiles(values: Array, people: Array) -> tuple[float, ...]:
    """Return the median of a number, of enough people its quartiles, as no single person's numbers.

    Parameters
    ----------
    values, people : (n,) array
        The numbers and how many have each.

    Returns
    -------
    tuple of float
        Rounded to 1, 2 or 5 times a power of ten, the finest with which five people or more share each. The median from
        ten people on; from 40 on lower quartile, median, upper quartile, which may be the same number. Empty of fewer,
        or where the rounding would tell nothing.

    Examples
    --------
    >>> shared_quartiles(np.arange(1.0, 50.0), np.ones(49))
    (15.0, 25.0, 35.0)
    """
    spread = np.repeat(values, np.rint(people).astype(int))
    if len(spread) < FOR_A_MEDIAN or spread.min() == spread.max():
        return ()
    asked = [0.25, 0.5, 0.75] if len(spread) >= FOR_QUARTILES else [0.5]
    found = np.quantile(spread, asked, method="inverted_cdf")
    power = math.floor(math.log10(np.diff(np.unique(spread)).min()))
    whole = float(spread.max() - spread.min())
    steps = (unit * 10.0**k for k in range(power, power + 12) for unit in (1, 2, 5))
    for step in steps:
        if step > whole / 2:
            break
        near, told = np.rint(spread / step), np.rint(found / step)
        if all((near == one).sum() >= SHARED for one in told):
            return tuple(float(f"{one * step:.12g}") for one in told)
    return ()
