"""How far the answers at each cut of a scale, taken by themselves, lie from one odds ratio for every cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.regression.engines.penalised import Cumulative, climb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.regression.problem import Array


STREAM, FLAT = 29, 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """What each cut's own coefficients are more than the common ones, after one step from these.

    Parameters
    ----------
    cuts : (C,) array of int
        Cuts that somebody is on either side of: 0 parts the lowest answer from the others.
    people : (G,) array
    counts : (G, J) array
    shares : (G, J) array
        Of each answer that somebody gave, under the common fit.
    moves : (C, G, J, P) array
        What one more answer of a pattern adds to a step, the estimation of the common fit allowed for.
    whose : (G,) array of int, optional
        Of several answers each: whose they are.
    """

    cuts: NDArray[np.intp]
    people: Array
    counts: Array
    shares: Array
    moves: Array
    whose: NDArray[np.intp] | None = None

    def apart(self, direction: Array, error: float) -> tuple[int, ...]:
        """Return the cuts whose own effect differs from the common one: none in all but `error` of sets if none does.

        Parameters
        ----------
        direction : (P,) array
            By how much the columns differ between the two sides that are compared.
        error : float
            For all cuts together.

        Notes
        -----
        What a single respondent adds most is taken off a step, since a normal distribution knows nothing of how few
        answers lie beyond a cut. Of several answers each a step's spread is also that of the respondents' sums, and the
        larger one counts: who answers nearer to the ends of every scale than others has answers alike beyond any effect
        on their level. Simulated, it rings in 0 to 2 of 100 sets with one odds ratio, in 4 where people's answers
        differ in spread by a factor of e, and in 64 to 100 where those of one group do by 2 as well.
        """
        moves = self.moves @ direction
        spread = np.sqrt(np.einsum("g,gy,cgy->c", self.people, self.shares, moves**2))
        steps = np.einsum("gy,cgy->c", self.counts, moves)
        own = np.where(self.counts > 0, moves * np.sign(steps)[:, None, None], 0.0).max(axis=(1, 2))
        if self.whose is not None:
            each = np.array([np.bincount(self.whose, one) for one in (self.counts * moves).sum(axis=2)])
            number = each.shape[1]
            spread = np.maximum(spread, np.sqrt((each**2).sum(axis=1) * number / max(number - 2, 1)))
            own = (each * np.sign(steps)[:, None]).max(axis=1)
        limit = -special.ndtri(error / (2 * len(self.cuts)))
        kept = spread > FLAT * np.abs(direction).sum()
        return tuple(int(cut) for cut in self.cuts[kept & (np.abs(steps) - own > limit * spread)])


def departures(
    counts: Array, columns: Array, effects: Array | None = None, whose: NDArray[np.intp] | None = None
) -> Departures:
    """Compare the coefficients of each cut with those common to all.

    Parameters
    ----------
    counts : (G, K) array
    columns : (G, P) array
    effects : (G, Q) array, optional
        What each effect of a group adds to the linear predictor where it is one standard deviation.
    whose : (G,) array of int, optional
        Of several answers each: whose those of a row are.

    Notes
    -----
    With the common fit (c, b) and U_j the score of a logistic regression of "later than j" there, the step of that
    regression is A_j^-1 U_j, A_j its information: its own coefficients less the common ones, to first order, and
    finite where a cut is separated. Both are linear in the counts, so its covariance under the common fit is that of
    multinomial counts, the estimation of (c, b) allowed for; this is the score test of Peterson and Harrell,
    one cut at a time. Slopes have the log-F penalty on either side.

    Effects of groups are further coefficients, with their normal density as penalty, in the common fit and as what
    each cut's differ from it by. Their standard deviations are taken as known; what the variance of a step is more for
    the common fit drawing the effects towards 0 is left out (below .5 % of it in simulations).

    References
    ----------
    Peterson, B. and Harrell, F. E. (1990). Partial proportional odds models for ordinal response variables. Applied
    Statistics 39, 205-217, doi:10.2307/2347760. Brant, R. (1990). Assessing proportionality in the proportional odds
    model for ordinal logistic regression. Biometrics 46, 1171-1178, doi:10.2307/2532457.
    """
    used = np.flatnonzero(counts.sum(axis=0) > 0)
    kept = counts[:, used]
    cuts, slopes = len(used) - 1, columns.shape[1]
    random = 0 if effects is None else effects.shape[1]
    columns = columns if effects is None else np.concatenate([columns, effects], axis=1)
    objective = Cumulative(counts=kept, columns=columns, penalised=True, normal=random)
    best = climb(objective, objective.start())
    c, b = best.point[:cuts], best.point[cuts:]
    below = special.expit(c - (columns @ b)[:, None])  # P(Y <= j) by pattern
    weight = below * (1 - below)
    shares = np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=(0.0, 1.0)), axis=1)
    people = kept.sum(axis=1)
    scores = _scores(weight, np.maximum(shares, 1e-300), columns)
    flat = (scores * np.sqrt(people[:, None] * shares)[:, :, None]).reshape(-1, len(best.point))
    information = flat.T @ flat
    normal = len(best.point) - random
    information[range(normal, len(best.point)), range(normal, len(best.point))] += 1.0
    inverse = np.linalg.pinv(information, hermitian=True)
    sides = np.concatenate([-np.ones((len(columns), 1)), columns], axis=1)
    moves = np.empty((cuts, *shares.shape, slopes))
    for cut in range(cuts):
        own = (sides * (people * weight[:, cut])[:, None]).T @ sides
        whole = own + np.diag([0.0, *objective.stiffness(b)])
        later, here = np.arange(cuts + 1) > cut, [cut, *range(cuts, len(best.point))]
        ways = np.linalg.solve(whole, np.eye(len(own))[:, 1 : slopes + 1])  # of a pull, to a step of each slope
        moved = later[None, :, None] * (sides @ ways)[:, None, :] - scores @ (inverse[:, here] @ (own @ ways))
        moves[cut] = moved - np.einsum("gy,gyp->gp", shares, moved)[:, None, :]
    return Departures(cuts=used[:-1], people=people, counts=kept, shares=shares, moves=moves, whose=whose)


def _scores(weight: Array, shares: Array, columns: Array) -> Array:
    """Return the gradient of each answer's log probability, (G, J, C + P)."""
    patterns, cuts = weight.shape
    found = np.zeros((patterns, cuts + 1, cuts + columns.shape[1]))
    for cut in range(cuts):
        found[:, cut, cut] = weight[:, cut]
        found[:, cut + 1, cut] = -weight[:, cut]
    found[:, :, cuts:] = -np.diff(np.pad(weight, ((0, 0), (1, 1))), axis=1)[:, :, None] * columns[:, None, :]
    return found / shares[:, :, None]
