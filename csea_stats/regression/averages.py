"""Probabilities averaged over the respondents, with one predictor set to a value for everybody (g-computation)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.selection import shift_odds
from csea_stats.regression.engines.group_cells import inclusion
from csea_stats.regression.engines.likelihood import times
from csea_stats.regression.engines.tilts import spread
from csea_stats.regression.groups import named_effects, slope_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.regression.design import Design
    from csea_stats.regression.engines.links import Link
    from csea_stats.regression.problem import Array, Places, Sample
    from csea_stats.regression.settings import OutcomeEvent, PredictorSetting

CELLS, GROUPED_CELLS = 65_536, 2_000_000
"""Probabilities held at a time, without groups so few that they stay in the processor's cache."""

NODES = 21
"""Of the Gauss-Hermite rule by which a frequentist fit averages over groups."""


def effects_of(design: Design, sample: Sample, patterns: Array, *, whom: Places | None = None, item: int = 0) -> Array:
    """Return the linear predictor of some patterns, a row for each draw; see `Link.log_answers`.

    Parameters
    ----------
    whom : array of int, optional
        The pattern of the design whose groups each is of; by default of nobody in particular.
    item : int
        Which of several.
    """
    eta = effects_alike(design, sample, patterns)
    return with_effects(eta, group_effects(design, sample, patterns, whom, item)) if design.grouped else eta


def with_effects(eta: Array, more: Array) -> Array:
    """Return linear predictors (S, G) with effects added; where answers are tilted, (S, G, W), to the first of each."""
    if eta.ndim == 2:
        return eta + more
    eta[:, :, 0] += more
    return eta


def effects_alike(design: Design, sample: Sample, patterns: Array) -> Array:
    """Return what is the same in all groups of the linear predictor of some patterns, a row for each draw."""
    columns, coefficients = _stacked(design, sample, patterns)
    return predictor(rows_of(design, columns), len(patterns), coefficients)


def everybody(design: Design, sample: Sample, item: int = 0) -> Array:
    """Return the linear predictor of each pattern of a design, with the effects of its groups."""
    whom = np.arange(len(design.patterns)) if design.grouped else None
    return effects_of(design, sample, design.patterns, whom=whom, item=item)


def thresholds_of(design: Design, sample: Sample, item: int) -> Array:
    """Return the thresholds of an item, a row for each draw."""
    return sample.thresholds[:, item : item + 1] if design.by_item else sample.thresholds


def effects_by_name(design: Design, sample: Sample) -> dict[str, Array]:
    """Return the draws of what differs between items, people and groups."""
    named = zip(named_effects(design), sample.effects, strict=True)
    return {name: effect.reshape(-1, *shape) for (name, shape), effect in named}


def group_effects(design: Design, sample: Sample, patterns: Array, whom: Places | None, item: int) -> Array:
    """Return what items, people and groups add to the linear predictor, draws by patterns; see `effects_of`."""
    effects = effects_by_name(design, sample)
    total = np.zeros((len(sample.thresholds), len(patterns)))
    if "item" in effects:
        total += effects["item"][:, item, None]
    for place, one in enumerate(design.variables):
        if f"gamma {one.name}" in effects:
            total += effects[f"gamma {one.name}"][:, item] @ one.own_columns(patterns[:, place]).T
    if whom is None:
        return total
    if "person" in effects:
        total += effects["person"][:, whom]
    for name, _, codes in design.groups:
        total += effects[f"group {name}"][:, codes[whom]]
    for name, (group, place) in zip(slope_names(design), design.slopes, strict=True):
        columns = design.variables[place].own_columns(patterns[:, place])
        total += np.einsum("sgw,gw->sg", effects[f"slope {name}"][:, design.groups[group][2][whom]], columns)
    return total


def rows_of(design: Design, columns: Array) -> Array:
    """Return columns as they are multiplied: where answers are tilted a row for each pattern and linear predictor."""
    if not design.slots:
        return columns
    more = columns.shape[1] - len(design.slots)  # steps have one odds ratio for every cut
    return spread(columns, (*design.slots, *(0,) * more))


def predictor(rows: Array, patterns: int, coefficients: Array) -> Array:
    """Multiply rows, (G, P) or (G W, P), and coefficients, (P, S) or (P, W, S), into (S, G) or (S, G, W)."""
    shape = coefficients.shape[1:]
    found = times(rows, coefficients.reshape(len(coefficients), math.prod(shape)))
    if len(rows) > patterns:
        return found.reshape(patterns, -1, *shape).transpose(2, 0, 1)
    found = found.reshape(patterns, *shape)
    return found.T if found.ndim == 2 else found.transpose(2, 0, 1)


def _stacked(design: Design, sample: Sample, patterns: Array) -> tuple[Array, Array]:
    """Columns of the patterns, and their coefficients, a column for each draw: those of steps are effect times step."""
    linear, steps = design.columns(patterns)
    by_column, totals = by_predictor(design, sample.linear), by_predictor(design, sample.monotonic)
    parts = [by_column]
    for place, zeta in enumerate(sample.zetas):
        parts.append(totals[:, place, None] * zeta.reshape(*zeta.shape, *(1,) * (totals.ndim - 2)))
    return np.concatenate([linear, *steps], axis=1), _draws_last(np.concatenate(parts, axis=1))


def _draws_last(coefficients: Array) -> Array:
    """Return (S, P) as (P, S), or (S, P, W) as (P, W, S): the innermost loops then run over draws."""
    return np.ascontiguousarray(np.moveaxis(coefficients, 0, -1))


def by_predictor(design: Design, coefficients: Array) -> Array:
    """Return coefficients (S, P) as they are, or (S, P W), where a predictor has several, as (S, P, W)."""
    return coefficients if design.width == 1 else coefficients.reshape(len(coefficients), -1, design.width)


def _once(design: Design, setting: PredictorSetting) -> tuple[Array, Array]:
    """Patterns with a setting, each once: those that differed in what is set to one value are the same now."""
    patterns, weights = setting.patterns(design)
    if not setting.values and not setting.among:
        return patterns, weights
    found, place = np.unique(patterns, axis=0, return_inverse=True)
    return found, np.bincount(place.ravel(), weights)


def event_share(link: Link, thresholds: Array, eta: Array, event: OutcomeEvent) -> Array:
    """P(the event) for draws by patterns."""
    found = [link.event(thresholds, eta, low, high) for low, high in event.runs]
    return found[0] if len(found) == 1 else np.asarray(sum(found))


def share(
    design: Design, sample: Sample, setting: PredictorSetting, event: OutcomeEvent, shift: Array | float | None = None
) -> Array:
    """Return the averaged probability of an event, a value for each draw.

    Parameters
    ----------
    shift : (S,) array, optional
        What is taken from the logit of every probability: the log participation ratio.
    """
    if design.grouped:
        return _grouped_share(design, sample, setting, event, shift)
    patterns, weights = _once(design, setting)
    number = len(sample.thresholds)
    found = np.empty(number)
    columns, coefficients = _stacked(design, sample, patterns)
    made, link = rows_of(design, columns), design.link
    block = max(1, CELLS // (len(patterns) * design.width))
    for start in range(0, number, block):
        rows = slice(start, min(start + block, number))
        eta = predictor(made, len(patterns), coefficients[..., rows])
        shares = event_share(link, sample.thresholds[rows], eta, event)
        if shift is not None:
            moved = np.exp(-np.broadcast_to(np.asarray(shift, dtype=float), (number,))[rows, None])
            shares = shift_odds(shares, moved)
        found[rows] = shares @ weights
    return found


def point_share(
    design: Design, setting: PredictorSetting, event: OutcomeEvent, shift: float = 0.0
) -> Callable[..., Array]:
    """Return the averaged probability as a function of thresholds and coefficients, a row each, without steps.

    A third argument, 0 if not given, is added to what is taken from the logit of every probability.
    """
    if design.grouped:
        return _averaged_point_share(design, setting, event, shift)
    patterns, weights = _once(design, setting)
    made, link = rows_of(design, design.columns(patterns)[0]), design.link

    def value(thresholds: Array, linear: Array, common: Array | float = 0.0) -> Array:
        eta = predictor(made, len(patterns), _draws_last(by_predictor(design, linear)))
        shares = event_share(link, thresholds, eta, event)
        moved = np.asarray(shift + common)
        if moved.any():
            shares = shift_odds(shares, np.exp(-moved)[..., None])
        return np.asarray(shares @ weights)

    return value


def _grouped_share(
    design: Design, sample: Sample, setting: PredictorSetting, event: OutcomeEvent, shift: Array | float | None
) -> Array:
    """Return the same averaged over people in their groups, and over the items that the event is of."""
    patterns, weights = setting.patterns(design)
    whom: Places = np.tile(np.arange(len(design.patterns)), len(patterns) // len(design.patterns))
    number = len(sample.thresholds)
    moved = None if shift is None else np.broadcast_to(np.asarray(shift, dtype=float), (number,))[:, None]
    found, items = np.empty(number), [event.low] if design.by_item else list(range(len(design.items)))
    ends = _ends(design, event)
    if not design.exactly and not design.groups and not design.slots and (moved is None or len(ends) == 1):
        block = max(1, CELLS // len(items))
        for start in range(0, number, block):
            rows = slice(start, start + block)
            more = 0.0 if moved is None else moved[rows, 0]
            found[rows] = _from_cuts(design, sample.at(rows), (patterns, weights, whom), items, ends, more)
        return found + (event.high == len(design.answers) - 1 or design.by_item)
    if design.exactly:  # people differ by their patterns alone
        patterns, place = np.unique(patterns, axis=0, return_inverse=True)
        weights, whom = np.bincount(place.ravel(), weights), np.zeros(len(patterns), dtype=int)
    block = max(1, GROUPED_CELLS // (len(patterns) * len(design.items)))
    for start in range(0, number, block):
        rows = slice(start, min(start + block, number))
        some, total = sample.at(rows), np.zeros(min(block, number - start))
        for item in items:
            shares = item_share(design, some, patterns, whom, item, event)
            if moved is not None:
                shares = shift_odds(shares, np.exp(-moved[rows]))
            total += shares @ weights
        found[rows] = total / len(items)
    return found


def item_share(
    design: Design, sample: Sample, patterns: Array, whom: Places | None, item: int, event: OutcomeEvent
) -> Array:
    """Return the probability of an event of one item, draws by patterns."""
    if design.exactly:
        etas = [
            effects_of(design, sample, patterns, whom=whom, item=j) - sample.thresholds[:, j, None]
            for j in range(len(design.items))
        ]
        return inclusion(np.stack(etas, axis=-1), design.exactly, item)
    eta, thresholds = (
        effects_of(design, sample, patterns, whom=whom, item=item),
        thresholds_of(design, sample, item),
    )
    return (
        design.link.event(thresholds, eta, 1, 1) if design.by_item else event_share(design.link, thresholds, eta, event)
    )


def _ends(design: Design, event: OutcomeEvent) -> list[tuple[int, float]]:
    """Return the cuts that bound an event, and the sign of the share below each in that of the event."""
    runs, last = ([(1, 1)], 1) if design.by_item else (event.runs, len(design.answers) - 1)
    ends = [pair for low, high in runs for pair in ((low - 1, -1.0), (high, 1.0))]
    return [(cut, sign) for cut, sign in ends if 0 <= cut < last]


def _from_cuts(
    design: Design,
    sample: Sample,
    people: tuple[Array, Array, Places],
    items: Sequence[int],
    ends: Sequence[tuple[int, float]],
    moved: Array | float,
) -> Array:
    """Return the sum of shares below cuts: odds of a pattern times odds of a person, so that each is made once."""
    patterns, weights, whom = people
    few, which = np.unique(patterns, axis=0, return_inverse=True)
    etas = np.stack([effects_of(design, sample, few, item=item).T for item in items], axis=1)  # pattern, item, draw
    person = effects_by_name(design, sample).get("person")
    each = np.ones((len(design.patterns), 1)) if person is None else np.exp(person).T.copy()
    found = np.zeros(len(sample.thresholds))
    for cut, sign in ends:
        columns = items if design.by_item else [cut] * len(items)
        odds = np.exp(etas - sample.thresholds.T[columns] + sign * moved)
        below, part = np.zeros(odds.shape[1:]), np.empty(odds.shape[1:])
        for one, pattern, weight in zip(whom.tolist(), which.ravel().tolist(), weights.tolist(), strict=True):
            np.multiply(each[one], odds[pattern], out=part)
            part += 1
            below += np.divide(weight, part, out=part)
        found += sign * below.mean(axis=0)
    return found


def _averaged_point_share(
    design: Design, setting: PredictorSetting, event: OutcomeEvent, shift: float
) -> Callable[..., Array]:
    """Return the averaged probability as a function of thresholds, and of coefficients with standard deviations.

    The effects of groups are averaged over their normal distribution by Gauss and Hermite's rule.
    """
    patterns, weights = setting.patterns(design)
    patterns, place = np.unique(patterns, axis=0, return_inverse=True)
    weights = np.bincount(place.ravel(), weights)
    columns, squares, link = design.columns(patterns)[0], _squares(design, patterns), design.link
    made = rows_of(design, columns)
    nodes, masses = np.polynomial.hermite_e.hermegauss(NODES)
    masses = masses / masses.sum()

    def value(thresholds: Array, linear: Array, common: Array | float = 0.0) -> Array:
        slopes, sds = linear[:, : columns.shape[1]], linear[:, columns.shape[1] :]
        eta, spread = predictor(made, len(patterns), _draws_last(slopes)), np.sqrt(sds**2 @ squares.T)
        moved, total = np.asarray(shift + common), np.zeros(len(linear))
        for node, mass in zip(nodes, masses, strict=True):
            shares = event_share(link, thresholds, with_effects(eta.copy(), node * spread), event)
            if moved.any():
                shares = shift_odds(shares, np.exp(-moved)[..., None])
            total += mass * (shares @ weights)
        return total

    return value


def _squares(design: Design, patterns: Array) -> Array:
    """Return what each spread's variance is multiplied by in the variance of the linear predictor, by pattern."""
    levels = np.ones((len(patterns), len(design.groups)))
    slopes = [
        np.square(design.variables[place].own_columns(patterns[:, place])).sum(axis=1) for _, place in design.slopes
    ]
    return np.column_stack([levels, *slopes])
