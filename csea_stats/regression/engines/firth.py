"""Binary logistic regression with Firth's penalty, half the log determinant of the information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array

SPAN = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Firth:
    """The penalised log-likelihood l + log |I| / 2 in (c, b), with P(Y <= 1) = s(c - x b).

    Parameters
    ----------
    counts : (G, 2) array
    columns : (G, P) array

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38,
    doi:10.1093/biomet/80.1.27. Heinze, G. and Schemper, M. (2002). A solution to the problem of separation in logistic
    regression. Statistics in Medicine 21, 2409-2419, doi:10.1002/sim.1047 (intervals by the penalised profile).
    """

    counts: Array
    columns: Array

    def start(self) -> Array:
        """Both answers with half a person more, coefficients 0."""
        first, second = self.counts.sum(axis=0) + 0.5
        return np.concatenate([[np.log(first / second)], np.zeros(self.columns.shape[1])])

    def __call__(self, point: Array) -> tuple[float, Array, Array]:
        """Value, gradient, and minus the Hessian made safe to solve with."""
        value, slope = self._height(point)
        if not np.isfinite(value):
            return -np.inf, slope, np.empty((0, 0))
        steps = SPAN * np.eye(point.size)
        hessian = np.array([(self._height(point + e)[1] - self._height(point - e)[1]) / (2 * SPAN) for e in steps])
        values, vectors = np.linalg.eigh(-(hessian + hessian.T) / 2)
        return value, slope, (vectors * np.maximum(np.abs(values), 1e-8)) @ vectors.T

    def log_likelihood(self, point: Array) -> float:
        """Value without the penalty."""
        z = self._design() @ point
        return float(-(self.counts[:, 0] @ np.logaddexp(0, -z) + self.counts[:, 1] @ np.logaddexp(0, z)))

    def _design(self) -> Array:
        return np.concatenate([np.ones((self.columns.shape[0], 1)), -self.columns], axis=1)

    def _height(self, point: Array) -> tuple[float, Array]:
        design = self._design()
        z = np.clip(design @ point, -300, 300)
        share = 1 / (1 + np.exp(-z))
        people = self.counts.sum(axis=1)
        weight = people * share * (1 - share)
        information = (design * weight[:, None]).T @ design
        sign, log_determinant = np.linalg.slogdet(information)
        if sign <= 0:
            return -np.inf, np.zeros_like(point)
        leverage = weight * np.einsum("gi,ig->g", design, np.linalg.solve(information, design.T))
        slope = design.T @ (self.counts[:, 0] - people * share + leverage * (0.5 - share))
        return self.log_likelihood(point) + 0.5 * float(log_determinant), slope
