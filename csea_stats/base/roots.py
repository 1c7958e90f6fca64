"""Roots of increasing functions, bracketed: of many at once, or of one."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

MOST_STEPS = 200
"""Bisection alone halves any bracket of doubles to nothing in fewer steps than this."""


TELLING = 1e-8
"""Step, of the length in which a function bends, from which on rounding leaves a secant its slope."""


def increasing_root(
    function: Callable[[Array], Array],
    low: ArrayLike,
    high: ArrayLike,
    *,
    tolerance: float = 1e-13,
) -> Array:
    """Return where functions that increase cross zero, element by element.

    Parameters
    ----------
    function : callable
        Takes an array of the shape of ``low`` and returns one.
    low, high : array-like
        Brackets. Where the function is already above zero at ``low``, or still below at ``high``, that end is
        returned.
    tolerance : float, default 1e-13
        Absolute, on the argument.

    Returns
    -------
    numpy.ndarray

    Notes
    -----
    Inverse quadratic interpolation where it is safe, else bisection (Chandrupatla 1997).

    References
    ----------
    Chandrupatla, T. R. (1997). A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear
    function without using derivatives. Advances in Engineering Software 28, 145-149.
    https://doi.org/10.1016/S0965-9978(96)00051-8

    Examples
    --------
    >>> increasing_root(lambda x: x**3 - [8, 27], [0, 0], [10, 10]).round(9).tolist()
    [2.0, 3.0]
    """
    older, newer = (np.array(end, dtype=float) for end in np.broadcast_arrays(low, high))
    ends = older.copy(), newer.copy()
    at_older, at_newer = function(older), function(newer)
    answer = np.where(at_older >= 0, ends[0], ends[1])
    open_ = (at_older < 0) & (at_newer > 0)
    part = np.full(older.shape, 0.5)
    first, second, at_first, at_second = newer, older, at_newer, at_older
    for _ in range(MOST_STEPS):
        if not open_.any():
            break
        trial = np.where(open_, first + part * (second - first), answer)
        at_trial = function(trial)
        same = np.sign(at_trial) == np.sign(at_first)
        third, at_third = np.where(same, first, second), np.where(same, at_first, at_second)
        second, at_second = np.where(same, second, first), np.where(same, at_second, at_first)
        first, at_first = trial, at_trial
        nearest = np.where(np.abs(at_first) < np.abs(at_second), first, second)
        answer = np.where(open_, nearest, answer)
        part, narrow = _next_part((first, second, third), (at_first, at_second, at_third), nearest, tolerance)
        open_ &= ~narrow & (np.minimum(np.abs(at_first), np.abs(at_second)) > 0)
    return answer


def _next_part(
    points: tuple[Array, ...],
    values: tuple[Array, ...],
    nearest: Array,
    tolerance: float,
) -> tuple[Array, NDArray[np.bool_]]:
    """Return where in the bracket to look next, and which brackets are narrow enough."""
    (x1, x2, x3), (f1, f2, f3) = points, values
    with np.errstate(all="ignore"):
        least = (2 * np.finfo(float).eps * np.abs(nearest) + tolerance) / np.abs(x2 - x1)
        xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
        smooth = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi)
        inverse = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
        part = np.where(smooth & np.isfinite(inverse), inverse, 0.5)
        narrow = ~(least <= 0.5)  # a bracket of width zero is narrow too
        return np.where(narrow, 0.5, np.clip(part, np.minimum(least, 0.5), np.maximum(1 - least, 0.5))), narrow


def one_root(function: Callable[[float], float], low: float, high: float, *, tolerance: float = 1e-13) -> float:
    """Return where one increasing function crosses zero: the same steps as `increasing_root`, in plain numbers.

    Parameters
    ----------
    function : callable
    low, high : float
        Bracket. Where the function is already above zero at ``low``, or still below at ``high``, that end is returned.
    tolerance : float, default 1e-13
        Absolute, on the argument.

    Notes
    -----
    Arrays of one cost some fifty microseconds a step, as much as a small quadrature does.

    Examples
    --------
    >>> round(one_root(lambda x: x**3 - 8, 0.0, 10.0), 9)
    2.0
    """
    x1, x2 = float(high), float(low)
    f2, f1 = function(x2), function(x1)
    if f2 >= 0:
        return x2
    if not f1 > 0:
        return x1
    part, nearest = 0.5, x1
    for _ in range(MOST_STEPS):
        trial = x1 + part * (x2 - x1)
        at_trial = function(trial)
        if (at_trial > 0) == (f1 > 0) and at_trial != 0:
            x3, f3 = x1, f1
        else:
            x3, f3, x2, f2 = x2, f2, x1, f1
        x1, f1 = trial, at_trial
        nearest = x1 if abs(f1) < abs(f2) else x2
        width = abs(x2 - x1)
        near = 2 * sys.float_info.epsilon * abs(nearest) + tolerance
        if min(abs(f1), abs(f2)) == 0 or not near <= 0.5 * width:
            return nearest
        least = near / width
        part = min(max(_inverse_part((x1, x2, x3), (f1, f2, f3)), least), 1 - least)
    return nearest


def _inverse_part(points: tuple[float, float, float], values: tuple[float, float, float]) -> float:
    """Return the part of the bracket at which inverse quadratic interpolation looks; half where that is unsafe."""
    (x1, x2, x3), (f1, f2, f3) = points, values
    try:
        xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
        inverse = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
    except ZeroDivisionError:
        return 0.5
    smooth = phi * phi < xi and (1 - phi) * (1 - phi) < 1 - xi
    return inverse if smooth and math.isfinite(inverse) else 0.5


def secant_roots(
    function: Callable[[Array], Array],
    start: Array,
    *,
    slope: Array,
    ends: tuple[Array, Array],
    tolerance: float = 1e-9,
) -> Array:
    """Return where increasing functions that are nearly straight lines cross zero, each in three to five looks.

    Parameters
    ----------
    function : callable
        Takes an array of the shape of ``start`` and returns one; may be infinite.
    start, slope : numpy.ndarray
        A guess of where, and of how fast each rises there.
    ends : (numpy.ndarray, numpy.ndarray)
        Between which they cross; finite where the function is anywhere infinite.
    tolerance : float, default 1e-9
        Absolute, on the argument.

    Notes
    -----
    By secants; a step out of the bracket that was found so far halves that instead. The error after a secant step is
    about its length times that of the step before, over a length in which the function bends, for which the guess
    has 1 / slope.

    Examples
    --------
    >>> secant_roots(lambda x: np.log(x / [3, 4]), np.full(2, 2.0), slope=np.full(2, 0.5),
    ...              ends=(np.zeros(2), np.full(2, 10.0))).round(9).tolist()
    [3.0, 4.0]
    """
    (low, high), width = ends, 1 / slope
    place, before, value = start, np.full(start.shape, math.inf), np.full(start.shape, math.nan)
    answer, found = start, np.zeros(start.shape, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(MOST_STEPS):
            place = np.where((low < place) & (place < high), place, (low + high) / 2)
            last, value = value, function(place)
            low, high = np.where(value < 0, place, low), np.where(value < 0, high, place)
            change = value - last
            apart = np.isfinite(change) & (np.abs(place - before) > TELLING * width)
            slope = np.where(apart & (change != 0), change / (place - before), slope)
            moved = place - value / np.where(slope > 0, slope, math.nan)
            step = np.abs(moved - place)
            near = step * np.minimum(np.abs(place - before), width) < tolerance * width / 4
            near |= (value == 0) | (high - low < tolerance)
            answer = np.where(found, answer, np.where(near & (low <= moved) & (moved <= high), moved, place))
            found |= near
            if found.all():
                break
            before, place = place, np.where(found, place, moved)
    return answer


def secant_root(
    function: Callable[[float], float],
    start: float,
    *,
    slope: float,
    ends: tuple[float, float] = (-math.inf, math.inf),
    tolerance: float = 1e-9,
) -> float:
    """Return where one increasing function that is nearly a straight line crosses zero, by `secant_roots`.

    Examples
    --------
    >>> round(secant_root(lambda x: math.log(x / 3), 2.0, slope=0.5, ends=(0.0, 10.0)), 9)
    3.0
    """
    low, high = np.array(ends)[:, None]
    found = secant_roots(
        lambda x: np.array([function(float(x[0]))]),
        np.array([start]),
        slope=np.array([slope]),
        ends=(low, high),
        tolerance=tolerance,
    )
    return float(found[0])
