"""How often chance alone makes the verdict on a coefficient decide, simulated for the people of a fit."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError, check_kind, check_seed, check_whole
from csea_stats.regression.coefficients import coefficients
from csea_stats.regression.fitted import FittedModel, FittedTable, Later
from csea_stats.regression.fitting import drawn_beside, fitted_table, under_priors
from csea_stats.regression.predictive import pattern_shares
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csea_stats.regression.problem import Array
    from csea_stats.results.estimate import Estimate

MOST = 100_000
"""Simulations."""


def simulated_rates(fit: FittedModel, *, simulations: int = 400, seed: int = 1) -> Estimates:
    """Return the coefficients of a fit with verdicts that tell how often their rule decides by chance alone.

    Parameters
    ----------
    fit : Fit
        Of answers, by respondents or as printed; without groups, ``free`` terms and made-up values for blank answers.
    simulations : int, default 400
        Sets of answers for each coefficient. Each takes some 10 ms.
    seed : int, default 1

    Returns
    -------
    Estimates
        For people like these, as `Fit.coefficients` gives them. ``verdict.rate`` is the part of the sets in which the
        verdict was "supported" or "contradicted"; a caveat tells its standard error.

    Raises
    ------
    InputError
        If the fit is another one, or an argument none of those allowed.

    Notes
    -----
    Everybody answers anew with the coefficient at 0 and all else as estimated (by penalised likelihood); where print
    leaves several tables open, as in the first. The profile interval is found for every set, the other intervals and
    priors that the verdict needs only where it leaves out 0.

    Examples
    --------
    >>> import csea_stats as cs
    >>> import pandas as pd
    >>> yes = pd.Categorical(["no", "yes"] * 12, categories=["no", "yes"], ordered=True)
    >>> old = pd.Categorical(["no"] * 12 + ["yes"] * 12, categories=["no", "yes"])
    >>> fit = cs.fit("yes ~ old", pd.DataFrame({"yes": yes, "old": old}))
    >>> (one,) = cs.simulated_rates(fit, simulations=20)
    >>> one.verdict.word, 0 <= one.verdict.rate < 0.3
    ('not settled', True)
    """
    check_kind("fit", fit, FittedModel)
    number, start = check_whole("simulations", simulations, 1, MOST), check_seed(seed)
    design = fit.design
    if design.grouped or design.imputed or design.free_terms or design.numbers is not None:
        message = (
            "fit: found one with groups, free(...), imputed answers or a number as outcome; allowed is any other: "
            "simulated_rates has no form for it"
        )
        raise InputError(message)
    base = (fit.counterpart if fit.bayes else fit.readings)[0]
    found = {one.item: one for one in coefficients(fit, Superpopulation())}
    rated = []
    for place, item in enumerate(design.straightened.linear_items):
        if item in found:
            rng = np.random.default_rng([start, place])
            sets = _answered(base, place, number, rng)
            rate = sum(_decides(fit, table, place, item) for table in sets) / number
            rated.append(_told(found[item], rate, number))
    return Estimates(rated)


def _answered(base: FittedTable, place: int, number: int, rng: np.random.Generator) -> Iterator[Array]:
    """Yield tables of answers by people as they are, with one coefficient at 0."""
    estimate = base.profiled
    if estimate is None:
        message = "the counterpart of a fit has an estimate"
        raise TypeError(message)
    linear = np.where(np.arange(len(estimate.linear)) == place, 0.0, estimate.linear)
    shares = pattern_shares(replace(base, profiled=replace(estimate, linear=linear)), rng, 1)[0]
    people = base.table.sum(axis=1).round().astype(int)
    for _ in range(number):
        yield rng.multinomial(people, shares).astype(float)


def _decides(fit: FittedModel, table: Array, place: int, item: str) -> bool:
    """Whether the verdict on a coefficient decides of other answers of the same people."""
    design = replace(fit.design, tables=(table,), rows=None)
    try:
        likely = fitted_table(design, 0, "frequentist", None if fit.bayes else fit.engine, fit.level, fit.seed)
    except InputError:  # all gave one answer: nothing is shown
        return False
    limits = likely.profiled.limits[place]  # type: ignore[union-attr]
    if not limits.lower > 0 and not limits.upper < 0:
        return False
    readings = drawn_beside(design, (likely,), fit.seed) if fit.bayes else (likely,)
    if not readings:
        return False
    again = replace(
        fit,
        design=design,
        readings=readings,
        beside=Later(lambda: (likely,)) if fit.bayes else Later(drawn_beside, design, readings, fit.seed),
        under=Later(under_priors, design, readings, fit.method, fit.seed),
    )
    verdict = next(one.verdict for one in coefficients(again, Superpopulation()) if one.item == item)
    return verdict is not None and verdict.word in ("supported", "contradicted")


def _told(one: Estimate, rate: float, number: int) -> Estimate:
    if one.verdict is None:
        return one
    error = math.sqrt(max(rate * (1 - rate), 1 / number) / number)
    doubt = caveat("rate-simulated", number=f"{number:,}", rate=f"{rate:.3f}", error=f"{error:.3f}")
    return replace(one, verdict=replace(one.verdict, rate=rate), caveats=(*one.caveats, doubt))
