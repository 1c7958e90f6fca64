"""What a model expects to see: answers drawn before any is known, and answers drawn after the fit."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.base.shared_numbers import shared_quartiles
from csea_stats.regression.averages import everybody
from csea_stats.regression.datatree import predicted_answers
from csea_stats.regression.densities import cell_log_likelihood, prior_sample
from csea_stats.regression.engines.linear import LeastSquares
from csea_stats.regression.engines.links import LinearLink
from csea_stats.regression.fitted import FittedModel, FittedTable, Later
from csea_stats.regression.groups import named_effects
from csea_stats.regression.problem import Array, Sample

if TYPE_CHECKING:
    from csea_stats.regression.design import Design
    from csea_stats.regression.model import Model

DRAWS = 2_000
"""Sets of answers that are drawn."""

SCORES = 4_000_000
"""Held at once, at most: one for every respondent, item and draw."""

STREAM = 23
"""Kept apart from the random numbers of everything else that a seed makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Counts of each answer in sets of answers drawn from a model, beside the counts observed.

    Parameters
    ----------
    labels : tuple of str
        Answers; or items, where a question has several answers each.
    base : int
        Answers (of an item: respondents) that the counts are of.
    observed : tuple of tuple of int
        Counts that the source leaves open, rising.
    prior : (S, K) array or None
        Before any answer is seen; None for a frequentist fit.
    fitted : tuple of (S, K) array
        After the fit, for each reading of print: from the posterior, or with the parameters at their estimates.
    """

    labels: tuple[str, ...]
    base: int
    observed: tuple[tuple[int, ...], ...]
    prior: Array | None
    fitted: tuple[Array, ...]

    def span(self, place: int, level: float, *, prior: bool = False) -> tuple[float, float] | None:
        """Return the central interval of an answer's share, a hull over the readings of print."""
        found = ([] if self.prior is None else [self.prior]) if prior else list(self.fitted)
        tail = (1 - level) / 2
        ends = [np.quantile(counts[:, place], [tail, 1 - tail], method="inverted_cdf") / self.base for counts in found]
        return (float(min(low for low, _ in ends)), float(max(high for _, high in ends))) if ends else None

    def outside(self, level: float) -> tuple[str, ...]:
        """Return the answers whose count lies outside the interval after the fit."""
        found = []
        for place, counts in enumerate(self.observed):
            ends = self.span(place, level)
            if ends and (counts[-1] / self.base < ends[0] - 1e-12 or counts[0] / self.base > ends[1] + 1e-12):
                found.append(self.labels[place])
        return tuple(found)


def one_completed[F: FittedModel](fit: F) -> F:
    """Return a fit of imputed answers as one of the first completed set, whose people can be counted; others as is."""
    if not fit.design.imputed:
        return fit
    design = replace(fit.design, tables=fit.design.imputed[:1], imputed=())
    return replace(fit, design=design, readings=tuple(replace(one, design=design) for one in fit.readings))


def expected(fit: FittedModel, *, draws: int | None = None) -> Expected:
    """Draw sets of answers from the prior and from the fit.

    Parameters
    ----------
    fit : FittedModel
    draws : int, optional
        Sets of answers, 2,000 if not given and 500 of several items; the random numbers follow from the fit's seed.

    Returns
    -------
    Expected

    Notes
    -----
    The predictors stay as they are; each set has as many answers as were observed.
    """
    fit, rng = one_completed(fit), np.random.default_rng([fit.seed, STREAM])
    if fit.design.several:
        return _expected_several(fit, rng, draws or 500)
    draws = draws or DRAWS
    design = fit.design
    labels, bands = bands_of(design)
    tables = np.stack([table @ bands for table in design.tables]).sum(axis=1)
    prior = None
    if fit.bayes:
        before = prior_reading(design, 0, seed=fit.seed, draws=draws)
        prior = _drawn(answer_shares(design, before.drawn), design.tables[0].sum(axis=1), rng)
    fitted = []
    for reading in fit.readings:
        people = reading.table.sum(axis=1)
        fitted.append(_drawn(pattern_shares(reading, rng, draws), people, rng))
    return Expected(
        labels=labels,
        base=int(design.tables[0].sum()),
        observed=tuple(tuple(sorted(set(counts))) for counts in np.rint(tables).astype(int).T.tolist()),
        prior=prior,
        fitted=tuple(fitted),
    )


def prior_fit(model: Model, data: Any, *, seed: int = 1, draws: int = DRAWS, level: float = 0.95) -> FittedModel:
    """Return a fit whose draws are those of the prior: effects and predictions before any answer is seen.

    Parameters
    ----------
    model : Model
    data : Microdata or Tabulation
        Gives the answers' labels and the predictors; its answers are not looked at.
    seed : int, default 1
    draws : int, default 2000
    level : float, default 0.95

    Returns
    -------
    FittedModel
        With engine "prior", no interval of the other kind and no prior strip.
    """
    from csea_stats.regression.fitting import design_of, made_up

    fit = FittedModel(
        model=model,
        design=design_of(model, data),
        readings=(),
        method="bayes",
        engine="prior",
        level=level,
        seed=seed,
        synthetic=made_up(data),
    )
    return as_prior(fit, draws)


def as_prior(fit: FittedModel, draws: int = DRAWS) -> FittedModel:
    """Return a fit with draws of its prior in place of those of its posterior."""
    reading = prior_reading(fit.design, 0, seed=fit.seed, draws=draws)
    return replace(fit, readings=(reading,), engine="prior", beside=Later(tuple), under=Later(tuple))


def prior_reading(design: Design, place: int, *, seed: int, draws: int = DRAWS) -> FittedTable:
    """Return a design with draws from its prior, asked as a fitted one is."""
    rng = np.random.default_rng([seed, STREAM, 1] if design.grouped else seed)
    return FittedTable(design=design, place=place, sample=prior_sample(design.problem(place), draws=draws, seed=rng))


def _edges(design: Design) -> tuple[tuple[float, ...], Array]:
    """Return the numbers at which bands of an outcome end, quartiles that no single respondent's are; and where to cut.

    Between a quartile and the next number that somebody gave, so that numbers rounded alike fall on one side.
    """
    numbers, people = design.numbers, design.tables[0].sum(axis=0)
    if numbers is None:
        return (), np.empty(0)
    told = tuple(dict.fromkeys(shared_quartiles(numbers, people)))
    below = [numbers[numbers <= one].max(initial=one) for one in told]
    above = [numbers[numbers > one].min(initial=numbers[-1] + 1) for one in told]
    return told, (np.array(below) + np.array(above)) / 2 if told else np.empty(0)


def bands_of(design: Design) -> tuple[tuple[str, ...], Array]:
    """Return what is told of the answers, and which belong to each, (K, B): themselves, or bands of a number."""
    if design.numbers is None:
        return design.answers, np.eye(len(design.answers))
    told, cuts = _edges(design)
    names = [f"up to {told[0]:g}", *(f"above {low:g}" for low in told)] if told else ["any number"]
    names[1:-1] = [f"{name} up to {high:g}" for name, high in zip(names[1:-1], told[1:], strict=True)]
    return tuple(names), np.eye(len(names))[np.searchsorted(cuts, design.numbers)]


def answer_shares(design: Design, sample: Sample) -> Array:
    """Return the probability of each answer, or band of a number, by draw and pattern, (S, G, B)."""
    if isinstance(design.link, LinearLink):
        eta = everybody(design, sample)
        return design.link.between(sample.thresholds, eta, _edges(design)[1])
    return np.exp(cell_log_likelihood(design, sample))


def _drawn(shares: Array, people: Array, rng: np.random.Generator) -> Array:
    """Draw answers by pattern from shares (S, G, K), summed over the patterns."""
    shares = shares / shares.sum(axis=2, keepdims=True)
    found = np.zeros((shares.shape[0], shares.shape[2]))
    for pattern, number in enumerate(people):
        found += rng.multinomial(round(float(number)), shares[:, pattern])
    return found


def pattern_shares(reading: FittedTable, rng: np.random.Generator, draws: int) -> Array:
    """Return P(answer) by draw and pattern: of so many draws, or with the parameters at their estimates.

    An estimate averaged over groups tells of none of them: each set of answers is of others.
    """
    if reading.sample is not None:
        some = reading.sample.at(rng.integers(0, len(reading.sample.thresholds), draws))
        shares = answer_shares(reading.design, some)
        return np.asarray(shares / shares.sum(axis=2, keepdims=True))
    profiled = reading.profiled
    if profiled is None:
        message = "a reading has draws or an estimate"
        raise TypeError(message)
    design, firsts, linear = reading.design.straightened, profiled.thresholds, profiled.linear[None]
    if design.numbers is not None:  # normal errors
        firsts = np.array([firsts[0], math.sqrt(LeastSquares(problem=reading.straight_problem).fitted[2]), 1e6])
    sds, effects = None, ()
    if design.grouped:  # in groups drawn anew
        linear, sds = np.split(linear.repeat(draws, axis=0), [len(design.linear_terms)], axis=1)
        effects = tuple(
            sd[:, None] * rng.standard_normal((draws, math.prod(shape)))
            for sd, (_, shape) in zip(sds.T, named_effects(design), strict=True)
        )
    estimate = Sample(
        thresholds=firsts[None].repeat(len(linear), axis=0),
        linear=linear,
        monotonic=np.empty((len(linear), 0)),
        zetas=(),
        diagnostics=(),
        engine=profiled.method,
        effects=effects,
        sds=sds,
    )
    with np.errstate(invalid="ignore"):  # answers that nobody gave are between equal or infinite thresholds
        shares = np.nan_to_num(answer_shares(design, estimate))
    shares = shares / shares.sum(axis=2, keepdims=True)
    return np.broadcast_to(shares, (draws, *shares.shape[1:]))


def _expected_several(fit: FittedModel, rng: np.random.Generator, draws: int) -> Expected:
    design = fit.design
    items, answers = design.rows_answered()[1:]
    draws = min(draws, max(500, SCORES // len(answers)))
    before = prior_reading(design, 0, seed=fit.seed, draws=draws)
    labels, places = (design.items, items) if design.by_item else (design.answers, answers)
    weights = answers if design.by_item else np.ones(len(places))
    seen = np.bincount(places, weights, minlength=len(labels)).astype(int)
    return Expected(
        labels=labels,
        base=design.people if design.by_item else len(places),
        observed=tuple((int(count),) for count in seen),
        prior=_answers_drawn(before, rng),
        fitted=(_answers_drawn(fit.readings[0].thinned(draws, rng), rng),),
    )


def _answers_drawn(reading: FittedTable, rng: np.random.Generator) -> Array:
    """Draw everybody's answers: counts of each item's yes, or of each answer over all items."""
    design, drawn = reading.design, predicted_answers(reading, rng)
    if not design.by_item:
        return np.stack([(drawn == k).sum(axis=1) for k in range(len(design.answers))], axis=1).astype(float)
    items = design.rows_answered()[1]
    return np.stack([drawn[:, items == item].sum(axis=1) for item in range(len(design.items))], axis=1).astype(float)
