"""Answers in clusters, by group: odds ratios by generalised estimating equations with few-cluster limits.

A logistic marginal model with one correlation within clusters (Liang and Zeger 1986), the covariance corrected for few
clusters by Mancl and DeRouen, limits by Student's t with clusters less coefficients degrees of freedom.

References
----------
Liang, K.-Y. and Zeger, S. L. (1986). Biometrika 73, 13-22, doi:10.1093/biomet/73.1.13.
Mancl, L. A. and DeRouen, T. A. (2001). Biometrics 57, 126-134, doi:10.1111/j.0006-341X.2001.00126.x.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.associations import MeasuredAssociation
from csea_stats.errors import InputError
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.base.exact_tests import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """Log odds ratios against the first group.

    Parameters
    ----------
    values, errors : (G - 1,) arrays
    freedom : int
        Clusters less coefficients.
    correlation : float
        Within clusters.
    """

    values: Array
    errors: Array
    freedom: int
    correlation: float

    def limits(self, place: int, level: float) -> MeasuredAssociation:
        """Return one log odds ratio with its limits."""
        reach = float(special.stdtrit(self.freedom, 0.5 + level / 2)) * float(self.errors[place])
        value = float(self.values[place])
        method = f"GEE, exchangeable, Mancl-DeRouen, t with {self.freedom} degrees of freedom"
        return MeasuredAssociation(value=value, lower=value - reach, upper=value + reach, method=method)

    def p(self, place: int) -> float:
        """Return the two-sided p-value."""
        return float(2 * special.stdtr(self.freedom, -abs(self.values[place] / self.errors[place])))


def clustered(event: NDArray[np.bool_], codes: NDArray[np.int16], clusters: NDArray[np.intp]) -> Clustered:
    """Fit the odds of an event by group.

    Parameters
    ----------
    event : (n,) array of bool
    codes : (n,) array
        Groups, numbered from 0; in each some have the event and some have not.
    clusters : (n,) array
        Equal numbers mark one cluster.

    Raises
    ------
    InputError
        If there are too few clusters, or the equations are not solved.
    """
    from statsmodels.genmod.cov_struct import Exchangeable
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_estimating_equations import GEE

    order = np.argsort(clusters, kind="stable")
    event, codes, clusters = event[order], codes[order], clusters[order]
    groups = int(codes.max()) + 1
    number = len(np.unique(clusters))
    if number <= groups:
        message = (
            f"association: found {number_of(number, 'clusters')} for {number_of(groups, 'groups')}; allowed "
            "are more clusters than groups"
        )
        raise InputError(message)
    columns = np.column_stack([np.ones(len(codes)), *((codes == group) for group in range(1, groups))]).astype(float)
    model = GEE(event.astype(float), columns, groups=clusters, family=Binomial(), cov_struct=Exchangeable())
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        found = model.fit(maxiter=200, ctol=1e-9, cov_type="bias_reduced")
        errors = np.asarray(found.bse, dtype=float)[1:]
    if not found.converged or not np.isfinite(errors).all() or (errors <= 0).any():
        message = (
            "association: the estimating equations for clustered answers were not solved; compare shares instead: "
        )
        raise InputError(message + "tabulate(...).contrasts()")
    return Clustered(
        values=np.asarray(found.params, dtype=float)[1:],
        errors=errors,
        freedom=number - groups,
        correlation=float(np.asarray(found.cov_struct.dep_params)),
    )
