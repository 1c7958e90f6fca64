"""What who took part does to the worth of an answer: effective sample size, data defect correlation, design effect.

Explanations of the selection model, not estimates: each follows from what is assumed, and the survey tells none.
"""

import math

from csea_stats.base.selection import mean_square_error, shift_odds
from csea_stats.errors import MOST, InputError, check_whole, described, is_of, real_number
from csea_stats.targets.populations import Population, Selection, Superpopulation


def effective_sample_size(share: float, base: int, target: Population | Superpopulation) -> float:
    """Return the size of a simple random sample that would miss by as much as this survey does, on average.

    Parameters
    ----------
    share : float
        Among those who answered, between 0 and 1, both excluded.
    base : int
        How many answered.
    target : Population with a Selection, or Superpopulation
        What is assumed about who took part, and the design effect.

    Returns
    -------
    float
        At most ``base``.

    Raises
    ------
    InputError
        If the share is 0 or 1, or the target assumes nothing that could be averaged.

    Notes
    -----
    ``share (1 - share) / MSE`` with MSE the variance ``design_effect share (1 - share) / base`` plus the mean square
    of ``expit(logit(share) - lambda) - share`` over the log participation ratio lambda. It is the idea of Meng (2018,
    Annals of Applied Statistics 12, 685-726, https://doi.org/10.1214/18-AOAS1161SF) with the strength tau in place of
    the correlation, which would depend on the size of the population.

    Examples
    --------
    >>> from csea_stats import Population, Selection
    >>> [round(effective_sample_size(35 / 49, 49, Population(Selection(tau=tau)))) for tau in (0.25, 0.5, 1)]
    [30, 14, 5]
    """
    share, base = _between(share, "share"), check_whole("base", base, 1)
    found: object = target
    if not is_of(found, Population, Superpopulation) or (
        isinstance(found, Population) and not isinstance(found.selection, Selection)
    ):
        message = (
            f"target: found {described(target)}; allowed is Superpopulation() or Population(Selection(...)): "
            "bounds have no mean"
        )
        raise InputError(message)
    spread = share * (1 - share)
    error = target.design_effect * spread / base
    if isinstance(target, Population) and isinstance(target.selection, Selection):
        error += mean_square_error(share, target.selection.tau, target.selection.mean)
    return min(spread / error, float(base))


def data_defect_correlation(share: float, base: int, size: int, *, ratio: float) -> float:
    """Return the correlation between giving the answer and taking part, in a population of known size.

    Parameters
    ----------
    share : float
        Among those who answered, between 0 and 1, both excluded.
    base, size : int
        How many answered, and how many there are; the size is the larger.
    ratio : float
        Participation ratio: of those who give the answer to those who do not; above 0.

    Returns
    -------
    float
        -1 to 1.

    Notes
    -----
    Solves ``error = rho sqrt((1 - f) / f) sigma`` (Meng 2018, equation 2.3) with f = base / size, the error the
    observed share minus the population's, and sigma the population's standard deviation. The same ratio is another
    correlation in another size: .036 among 2,000 is no smaller a bias than .0016 among a million.

    Examples
    --------
    >>> import math
    >>> round(data_defect_correlation(35 / 49, 49, 2000, ratio=math.exp(0.5)), 3)
    0.036
    """
    share, base, size = _between(share, "share"), check_whole("base", base, 1), check_whole("size", size, 1)
    if not base < size:
        message = f"size: found {size!r} with a base of {base!r}; allowed is a size above the base, which is at least 1"
        raise InputError(message)
    found = real_number(ratio)
    if found is None or not 1 / MOST <= found <= MOST:
        message = f"ratio: found {described(ratio)}; allowed is a number above 0, at most {MOST:,} either way"
        raise InputError(message)
    ratio = found
    whole = float(shift_odds(share, 1 / ratio))
    part = base / size
    return (share - whole) / math.sqrt(whole * (1 - whole)) * math.sqrt(part / (1 - part))


def design_effect(cluster_size: float, correlation: float) -> float:
    """Return the factor by which answers of colleagues inflate a variance.

    Parameters
    ----------
    cluster_size : float
        Mean number of respondents from one employer, at least 1.
    correlation : float
        Between the answers of two colleagues, 0 to 1.

    Returns
    -------
    float
        For ``Superpopulation(design_effect=...)`` and the like.

    Notes
    -----
    ``1 + (cluster_size - 1) correlation`` (Kish 1965, Survey Sampling, section 5.4), for clusters of equal size;
    unequal ones inflate more.

    Examples
    --------
    >>> [round(design_effect(4.9, correlation), 2) for correlation in (0.05, 0.1, 0.2)]
    [1.2, 1.39, 1.78]
    """
    size, between = real_number(cluster_size), real_number(correlation)
    if size is None or not 1 <= size < math.inf:
        message = f"cluster_size: found {described(cluster_size)}; allowed is a finite number, at least 1"
        raise InputError(message)
    if between is None or not 0 <= between <= 1:
        message = f"correlation: found {described(correlation)}; allowed is 0 to 1"
        raise InputError(message)
    return 1 + (size - 1) * between


def _between(value: float, name: str) -> float:
    """Return a share: nearer to 0 or 1 than one person of all that are counted none is."""
    found = real_number(value)
    if found is None or not 1 / MOST <= found <= 1 - 1 / MOST:
        message = f"{name}: found {described(value)}; allowed is a number between 0 and 1, both excluded"
        raise InputError(message)
    return found
