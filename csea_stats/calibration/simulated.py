"""Calibration of a model by simulation: truths and answers drawn, fitted, and where the truths rank among the draws.

Talts et al. 2018, arXiv:1804.06788; with the joint log-likelihood among the quantities, as Modrak et al. 2025, Bayesian
Analysis 20, 461-488, doi:10.1214/23-BA1404, show to be needed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from csea_stats.errors import InputError
from csea_stats.regression.datatree import predicted_answers
from csea_stats.regression.densities import log_likelihood, prior_sample
from csea_stats.regression.engines import sample
from csea_stats.regression.fitted import FittedModel, FittedTable
from csea_stats.regression.fitting import as_answers, design_of
from csea_stats.regression.settings import comparisons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from csea_stats.calibration.replicates import Row
    from csea_stats.regression.design import Design
    from csea_stats.regression.model import Model
    from csea_stats.regression.problem import Array
    from csea_stats.regression.settings import OutcomeEvent, PredictorContrast

    Effect = tuple[PredictorContrast, OutcomeEvent]

RANKED = 99
"""Draws among which a truth is ranked: a hundred places."""

SEED = 15
"""Together with a run's number the seed of all that it draws."""

FIXED = {"no effect": 0.0, "odds ratio 2.7 throughout": 1.0}
"""Coefficients of the fixed truths."""

SPREAD = 0.5
"""Standard deviation of group effects there."""

Engine = Literal["laplace", "slice", "nuts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """A model with the predictors of some people, and an engine that is calibrated on them.

    Parameters
    ----------
    model : Model
    design : Design
        Whose answers are not looked at.
    engine : {"laplace", "slice", "nuts"}
    level : float
    fixed : str
        A truth of `FIXED`; empty: truths are drawn from the prior.
    """

    model: Model
    design: Design
    engine: Engine = "laplace"
    level: float = 0.95
    fixed: str = ""

    @classmethod
    def of(cls, model: Model, data: Any, engine: Engine, level: float, fixed: str = "") -> Calibrated:
        """Return it of a model and answers.

        Raises
        ------
        InputError
            If the outcome is a number, or how many of how many.
        """
        design = design_of(model, as_answers(model, data)[0])
        if design.family in ("linear", "binomial") or design.trials is not None:
            message = f"model: found the family {design.family!r}; allowed are those of an answer, or of several"
            raise InputError(message)
        design = replace(design, tables=design.tables[:1], rows=None)
        return cls(model=model, design=design, engine=engine, level=level, fixed=fixed)

    @property
    def fingerprint(self) -> str:
        """A hash of what is drawn and fitted, not of what it is called: models that differ in words share rows."""
        parts = [digest(self.design.problem()), [(pair.item, event.low, event.high) for pair, event in self.effects]]
        told = repr([*parts, self.engine, self.level, self.fixed, SEED, RANKED])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def effects(self) -> tuple[Effect, ...]:
        """The effects that a report tells."""
        fit = FittedModel(
            model=self.model, design=self.design, readings=(), method="bayes", engine="", level=self.level, seed=SEED
        )
        if not self.model.estimand:
            return tuple((pair, event) for pair in comparisons(self.design, None, None) for event in fit.events(None))
        return tuple(
            (pair, event)
            for one in self.model.estimand
            for pair in comparisons(self.design, one.variable, one.shift if one.shift is not None else one.compare)
            for event in fit.events(one.outcome)
        )

    def __call__(self, number: int) -> Row:
        """Return a run's row: whether the engine failed its checks, then the rank of each quantity.

        With a fixed truth: then whether the interval of each effect holds it.
        """
        rng = np.random.default_rng([SEED, number])
        truth = self.truth(rng)
        answered = answers_of(truth, rng)
        found = fitted(answered, self.engine, int(rng.integers(2**31)))
        failed = any(one.state == "fail" for one in found.drawn.diagnostics)
        if self.fixed:
            return [failed, *covered(found, replace(truth, design=answered), self.effects, self.level)]
        true = quantities(replace(truth, design=answered), self.effects)
        drawn = quantities(thinned(found, RANKED), self.effects)
        ranks = []
        for name, value in true.items():
            ties = int((drawn[name] == value).sum())
            ranks.append(int((drawn[name] < value).sum() + rng.integers(0, ties + 1)))
        return [failed, *ranks]

    def truth(self, rng: np.random.Generator) -> FittedTable:
        """Draw a truth from the prior, or make the fixed one."""
        one = FittedTable(design=self.design, place=0, sample=prior_sample(self.design.problem(), draws=1, seed=rng))
        return _fixed(one, FIXED[self.fixed], rng) if self.fixed else one

    @property
    def names(self) -> tuple[str, ...]:
        """Of the quantities that are ranked."""
        return tuple(quantities(self.truth(np.random.default_rng(SEED)), self.effects))


def digest(value: object) -> str:
    """Return a text that differs where arrays anywhere inside a value do; answers apart, which are drawn anew."""
    if isinstance(value, np.ndarray):
        return f"{value.shape} {hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()}"
    if is_dataclass(value) and not isinstance(value, type):
        told = {one.name: getattr(value, one.name) for one in fields(value)}
        if "counts" in told:
            told["counts"] = (value.counts.shape, value.counts.sum(axis=1))  # type: ignore[attr-defined]
        return repr({name: digest(one) for name, one in told.items()})
    if isinstance(value, (tuple, list)):
        return repr([digest(one) for one in value])
    return repr(value)


def _fixed(truth: FittedTable, coefficient: float, rng: np.random.Generator) -> FittedTable:
    """Return a truth with coefficients alike, all answers equally frequent at the averages, and one spread of effects.

    Effects of items, people and groups are drawn anew.
    """
    design, old, answers = truth.design, truth.drawn, len(truth.design.answers)
    shares = np.full((answers, 1), -np.log(answers))
    made = replace(
        old,
        thresholds=np.broadcast_to(design.link.levels(shares).T, old.thresholds.shape),
        linear=np.full(old.linear.shape, coefficient),
        monotonic=np.full(old.monotonic.shape, coefficient),
        zetas=tuple(np.full(zeta.shape, 1 / zeta.shape[1]) for zeta in old.zetas),
        effects=tuple(SPREAD * rng.standard_normal(effect.shape) for effect in old.effects),
        sds=None if old.sds is None else np.full(old.sds.shape, SPREAD),
    )
    return truth.with_sample(made)


def answers_of(truth: FittedTable, rng: np.random.Generator) -> Design:
    """Return the design with answers drawn from a truth."""
    design, drawn = truth.design, predicted_answers(truth, rng)[0].astype(int)
    patterns, items, _ = design.rows_answered()
    if design.several:
        return replace(design, answered=(patterns, items, drawn))
    table = np.zeros(design.tables[0].shape)
    np.add.at(table, (patterns, drawn), 1.0)
    return replace(design, tables=(table,))


def fitted(design: Design, engine: Engine, seed: int) -> FittedTable:
    """Return the posterior of a design's answers by an engine, whether it passes its checks or not."""
    return FittedTable(design=design, place=0, sample=sample(design.problem(), engine=engine, seed=seed))


def thinned(found: FittedTable, draws: int) -> FittedTable:
    """Return so many of the equally weighted draws, evenly taken."""
    even = replace(found.drawn, weighted=None)
    return found.with_sample(even.at(np.linspace(0, len(even.thresholds) - 1, draws).astype(int)))


def quantities(reading: FittedTable, effects: tuple[Effect, ...]) -> Mapping[str, Array]:
    """Return parameters, reported effects and the joint log-likelihood at each draw, by name."""
    found: dict[str, Array] = {}
    for name, values in reading.named.items():
        columns = values.reshape(len(values), -1)
        if name == "person" or name.startswith("group "):  # one of many alike
            columns = columns[:, :1]
        many = columns.shape[1] > 1
        found.update({f"{name} {place}" if many else name: column for place, column in enumerate(columns.T, start=1)})
    found.update({f"effect: {effect_words(one)}": effect(reading, one) for one in effects})
    found["log-likelihood"] = log_likelihood(reading.design, reading.whole)
    return found


def effect(reading: FittedTable, one: Effect) -> Array:
    """Return the difference of averaged probabilities at each draw."""
    contrast, event = one
    return np.asarray(reading.share(contrast.end, event) - reading.share(contrast.start, event))


def effect_words(one: Effect) -> str:
    """Return what an effect is called."""
    contrast, event = one
    return f"{event.words}, {contrast.words}"


def covered(found: FittedTable, truth: FittedTable, effects: tuple[Effect, ...], level: float) -> list[bool]:
    """Return whether the interval of each effect holds the true one."""
    held = []
    for one in effects:
        drawn, true = found.weigh(effect(found, one)), float(effect(truth, one)[0])
        held.append(drawn.quantile((1 - level) / 2) <= true <= drawn.quantile((1 + level) / 2))
    return held
