"""The joint band of a Dirichlet posterior: one equal tail for every share such that all hold together."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.roots import secant_root

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.base.roots import Array


ALPHA = 0.5
"""Pseudo-count of each answer."""

STRIDE = 16
"""Powers in the shorter of two tables: near the square root of how many are needed."""


def dirichlet_band(counts: tuple[float, ...], level: float, added: float = ALPHA) -> tuple[Array, Array, float]:
    """Return the balanced joint band of shares with a Dirichlet(1/2, ..., 1/2) prior.

    Parameters
    ----------
    counts : tuple of float
        Two or more.
    level : float
    added : float, default 1/2
        Pseudo-count of each answer.

    Returns
    -------
    lower, upper : numpy.ndarray
        Equal-tailed limits of each margin; with 1/2 closed at 0 for a count of 0, and at 1 where it is everyone.
    tail : float
        The probability left out on each side of each margin, before the ends are closed.

    Notes
    -----
    The tail is such that the posterior probability of the whole box is the level (Besag et al. 1995 choose it so from
    draws; here it is computed, and the limits are good to about 1e-6).

    Examples
    --------
    >>> round(dirichlet_band((11, 13, 9, 1, 15), 0.95)[2], 4)
    0.0053
    """
    order = np.argsort(counts, kind="stable")
    lower, upper, tail = _sorted_band(tuple(float(counts[place]) for place in order), level, added)
    back = np.argsort(order)
    return np.array(lower)[back], np.array(upper)[back], tail


@lru_cache(maxsize=1024)
def _sorted_band(
    counts: tuple[float, ...], level: float, added: float
) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    x = np.array(counts)
    most, number = (1 - level) / 2, len(x)
    if number == 2:  # one share is 1 minus the other
        tail = most
    else:
        # What is left out of the box grows about as the tail does, from what Bonferroni allows each.
        log_tail = secant_root(
            lambda log: math.log(max(1 - _box(x + added, math.exp(log)), 1e-15) / (1 - level)),
            math.log(most / number),
            slope=1.0,
            ends=(math.log(most / number) - 1e-6, math.log(most)),
            tolerance=1e-7,
        )
        tail = math.exp(log_tail)
    lower, upper = _margins(x + added, tail)
    if added == ALPHA:
        lower, upper = np.where(x == 0, 0.0, lower), np.where(x == x.sum(), 1.0, upper)
    return tuple(lower.tolist()), tuple(upper.tolist()), tail


def _margins(alpha: Array, tail: float) -> tuple[Array, Array]:
    rest = alpha.sum() - alpha
    return special.betaincinv(alpha, rest, tail), 1 - special.betaincinv(rest, alpha, tail)


def _box(alpha: Array, tail: float) -> float:
    return triangle_probability(alpha, tail) if len(alpha) == 3 else box_probability(alpha, tail)


def triangle_probability(alpha: Array, tail: float) -> float:
    """Return the probability that all three shares of a Dirichlet lie within their own equal-tailed limits.

    Notes
    -----
    With s the sum of the first two shares and v the first's part of it, s and v are independent Betas; the limits of
    v given s change form at two values of s, between which Gauss-Legendre in log s is accurate.
    """
    (l1, l2, l3), (u1, u2, u3) = _margins(alpha, tail)
    a1, a2, a3 = alpha
    ends = (max(1 - u3, l1 + l2), min(1 - l3, u1 + u2))
    cuts = sorted({min(max(cut, ends[0]), ends[1]) for cut in (*ends, l1 + u2, u1 + l2)})
    nodes, weights = _legendre(128)
    total = 0.0
    for low, high in pairwise(cuts):
        half = math.log(high / low) / 2
        s = low * np.exp(half * (nodes + 1))
        logs = (a1 + a2) * np.log(s) + (a3 - 1) * np.log1p(-s) - special.betaln(a1 + a2, a3)
        from_, to = np.maximum(l1 / s, 1 - u2 / s), np.minimum(u1 / s, 1 - l2 / s)
        inside = special.betainc(a1, a2, np.clip(to, 0, 1)) - special.betainc(a1, a2, np.clip(from_, 0, 1))
        total += half * float(weights @ (np.exp(logs) * inside))
    return total


def box_probability(alpha: Array, tail: float, *, terms: int = 0) -> float:
    """Return the probability that every share of a Dirichlet lies within its own equal-tailed limits.

    Parameters
    ----------
    alpha : numpy.ndarray
        Three or more.
    tail : float
        Left out on each side of each margin.
    terms : int, optional
        Of the Fourier sum; 0: as many as four shares, or counts of 0, need for about 1e-6.

    Notes
    -----
    A Dirichlet is independent Gammas given that they add up to 1. So the probability is the density at 1 of the sum
    of Gammas, each kept within its limits, over that of the free sum. The density is a Fourier sum over the product
    of their characteristic functions: the sum has bounded support of width R, so sampling at multiples of 2 pi / R is
    exact and only the number of terms matters; the product falls as fast as the sum is smooth, more so with more
    shares.
    """
    lower, upper = _margins(alpha, tail)
    total, number = float(alpha.sum()), len(alpha)
    width = float((upper - lower).sum())
    terms = terms or (512 if number <= 4 else 256 if alpha.min() < 1 else 128)
    # Nodes for the fastest oscillation over the widest part; a share near 0 is integrated over its square root.
    phase = math.pi * terms * float((upper - lower).max()) / width
    nodes, weights = _legendre(64 * math.ceil((phase + 40) / 64))
    root_low, root_high = np.sqrt(lower)[:, None], np.sqrt(upper)[:, None]
    half = (root_high - root_low) / 2
    v = (root_high + root_low) / 2 + half * nodes
    shape = alpha[:, None]
    logs = shape * math.log(total) + (2 * shape - 1) * np.log(v) - total * v**2 - special.gammaln(shape)
    density = 2 * half * weights * np.exp(logs)
    centre = (v**2 * density).sum(axis=1, keepdims=True) / density.sum(axis=1, keepdims=True)
    step = 2 * math.pi / width
    turn = np.exp(1j * step * (v**2 - centre))  # one step of the phase of each node; powers of it are the others
    product = np.ones(terms, dtype=complex)
    for part, mass in zip(turn, density, strict=True):
        product *= _sums_of_powers(part, mass, terms)
    product *= np.exp(1j * step * np.arange(terms) * (float(centre.sum()) - 1))
    inside = step / (2 * math.pi) * (product[0].real + 2 * product[1:].real.sum())
    free = math.exp(total * math.log(total) - total - special.gammaln(total))
    return float(inside / free)


def _sums_of_powers(turn: NDArray[np.complex128], mass: Array, terms: int) -> NDArray[np.complex128]:
    """Return ``sum_j mass_j turn_j^k`` for k = 0, 1, ..., terms - 1.

    With k = q STRIDE + r it is a matrix product over j of ``(turn_j^STRIDE)^q`` and ``mass_j turn_j^r``: two short
    tables of powers in place of a long one.
    """
    small = np.vander(turn, STRIDE, increasing=True)
    large = np.vander(small[:, -1] * turn, -(-terms // STRIDE), increasing=True)
    # Summed without BLAS, whose second thread waits longer for a busy machine than this takes.
    return np.asarray(np.einsum("jq,jr->qr", large, mass[:, None] * small).ravel()[:terms])


@lru_cache(maxsize=64)
def _legendre(number: int) -> tuple[Array, Array]:
    nodes, weights = special.roots_legendre(number)  # a banded eigenvalue problem; NumPy's leggauss solves a full one
    return np.asarray(nodes), np.asarray(weights)
