"""Points that fill a cube evenly: scrambled Sobol nets, whose sums are quieter than those of independent points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.uint32]

    from csea_stats.regression.problem import Array

BITS = 32
"""Binary digits of a coordinate."""

POLYNOMIALS = (
    (1, 0, (1,)),
    (2, 1, (1, 3)),
    (3, 1, (1, 3, 1)),
    (3, 2, (1, 1, 1)),
    (4, 1, (1, 1, 3, 3)),
    (4, 4, (1, 3, 5, 13)),
    (5, 2, (1, 1, 5, 5, 17)),
    (5, 4, (1, 1, 5, 5, 5)),
    (5, 7, (1, 1, 7, 11, 19)),
    (5, 11, (1, 1, 5, 1, 1)),
    (5, 13, (1, 1, 1, 3, 11)),
    (5, 14, (1, 3, 5, 5, 31)),
    (6, 1, (1, 3, 3, 9, 7, 49)),
    (6, 13, (1, 1, 1, 15, 21, 21)),
    (6, 16, (1, 3, 1, 13, 27, 49)),
    (6, 19, (1, 1, 1, 15, 7, 5)),
    (6, 22, (1, 3, 1, 15, 13, 25)),
    (6, 25, (1, 1, 5, 5, 19, 61)),
    (7, 1, (1, 3, 7, 11, 23, 15, 103)),
    (7, 4, (1, 3, 7, 13, 13, 15, 69)),
)
"""Degree, coefficients and first direction numbers of each axis after the first (Joe and Kuo 2008, new-joe-kuo-6)."""

AXES = len(POLYNOMIALS) + 1
"""Axes that a net fills evenly; further ones are independent."""


def _directions() -> Whole:
    """Direction numbers of each axis, (AXES, BITS), the first digit the highest."""
    found = np.zeros((AXES, BITS), dtype=np.uint32)
    found[0] = [1 << (BITS - 1 - place) for place in range(BITS)]
    for axis, (degree, coefficients, first) in enumerate(POLYNOMIALS, start=1):
        numbers = [one << (BITS - 1 - place) for place, one in enumerate(first)]
        for place in range(degree, BITS):
            new = numbers[place - degree] ^ (numbers[place - degree] >> degree)
            for back in range(1, degree):
                if coefficients >> (degree - 1 - back) & 1:
                    new ^= numbers[place - back]
            numbers.append(new)
        found[axis] = numbers
    return found


DIRECTIONS = _directions()

PLACES = np.uint32(1) << np.arange(BITS - 1, -1, -1, dtype=np.uint32)
"""The value of each binary digit, the highest first."""


def net(number: int, axes: int, rng: np.random.Generator, replicates: int = 1) -> Array:
    """Evenly spread points in the open unit cube, each by itself uniform.

    Parameters
    ----------
    number : int
        Of points; most even where it is a power of 2.
    axes : int
        Of the cube; those from `AXES` on are filled independently.
    rng : numpy.random.Generator
    replicates : int
        Independent nets, of so many points each.

    Returns
    -------
    (axes, replicates * number) array
        Net after net.

    Notes
    -----
    Sobol's points, the digits of each axis scrambled by a random lower triangular matrix and a random shift: every
    point is uniform, so that sums over them are unbiased, and two calls are independent.

    References
    ----------
    Joe, S. and Kuo, F. Y. (2008). Constructing Sobol sequences with better two-dimensional projections. SIAM Journal
    on Scientific Computing 30, 2635-2654, doi:10.1137/070709359.
    Matousek, J. (1998). On the L2-discrepancy for anchored boxes. Journal of Complexity 14, 527-556,
    doi:10.1006/jcom.1998.0489: the scramble.

    Examples
    --------
    >>> points = net(256, 3, np.random.default_rng(1))
    >>> [int(count) for count in np.histogram(points[2], bins=8, range=(0, 1))[0]]
    [32, 32, 32, 32, 32, 32, 32, 32]
    """
    even = min(axes, AXES)
    digits = max(1, (number - 1).bit_length())
    directions = _scrambled(DIRECTIONS[:even, :digits], replicates, rng)
    whole = np.empty((even, replicates, 1 << digits), dtype=np.uint32)
    whole[..., :1] = rng.integers(0, 1 << BITS, (even, replicates, 1), dtype=np.uint32)
    for digit in range(digits):
        half = 1 << digit
        np.bitwise_xor(whole[..., :half], directions[..., digit : digit + 1], out=whole[..., half : 2 * half])
    points = ((whole[..., :number] + 0.5) * 2.0**-BITS).reshape(even, -1)
    if axes > even:
        points = np.concatenate([points, rng.random((axes - even, points.shape[1]))])
    return np.asarray(points)


def _scrambled(directions: Whole, replicates: int, rng: np.random.Generator) -> Whole:
    """Multiply the digits of direction numbers by random lower triangular matrices of ones and noughts, by axis."""
    axes, digits = directions.shape
    found = np.zeros((axes, replicates, digits), dtype=np.uint32)
    # a row of a matrix is a number: its bits above the diagonal are 0, that on it is 1
    rows = rng.integers(0, 1 << BITS, (axes, replicates, BITS), dtype=np.uint32)
    rows = (rows & ~(2 * PLACES - 1)) | PLACES
    for place in range(BITS):
        odd = np.bitwise_count(rows[..., place, None] & directions[:, None, :]) & np.uint8(1)
        found |= odd * PLACES[place]
    return found
