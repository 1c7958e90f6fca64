"""A stacked design as the nested engine takes it, and its draws under the names that a fit gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.regression.engines.groups import GroupProblem, Spread
from csea_stats.regression.priors import read_prior
from csea_stats.regression.stacking import gamma_columns

if TYPE_CHECKING:
    from typing import Any

    from csea_stats.regression.engines.groups import GroupDraws
    from csea_stats.regression.problem import Array, Prior
    from csea_stats.regression.stacking import StackedDesign


def level_prior(design: StackedDesign) -> Prior:
    """Return the prior of each item's level, in log odds."""
    stated = design.model.prior("intercept", exactly=design.family == "conditional-bernoulli").prior
    return read_prior("intercept", stated).log_odds()


def coefficient_prior(design: StackedDesign) -> Prior:
    """Return the prior of each coefficient."""
    return read_prior("coefficients", design.model.priors.coefficients.prior).log_odds()


def spread_prior(design: StackedDesign) -> float:
    """Return the scale of each standard deviation's half-normal prior."""
    return read_prior("scales", design.model.priors.scales.prior).scale


def threshold_prior(design: StackedDesign) -> float:
    """Return the concentration of the answers' probabilities."""
    return read_prior("thresholds", design.model.priors.thresholds.prior).scale


def group_problem(design: StackedDesign) -> GroupProblem:
    """Collapse the rows that no effect tells apart, and list the effects in the order of `design.spreads`.

    Parameters
    ----------
    design : StackedDesign

    Returns
    -------
    GroupProblem
    """
    exactly = design.family == "conditional-bernoulli"
    person, item, answer = (np.asarray(one, dtype=np.intp) for one in (design.person, design.item, design.answer))
    codes = [np.unique(design.patterns, axis=0, return_inverse=True)[1].ravel()] if design.patterns.shape[1] else []
    codes += [np.asarray(one) for _, _, one in design.groups]
    codes += [np.arange(design.people)] * design.persons
    kind = np.stack(codes, axis=1)[person] if codes else np.zeros((len(person), 1), dtype=np.intp)
    # a cell's first row stands for it; exactly k of a list: item by item within whom the model takes to be alike
    _, first, cell = np.unique(np.column_stack([kind, item]), axis=0, return_index=True, return_inverse=True)
    counts = np.zeros((len(first), len(design.answers)))
    np.add.at(counts, (cell.ravel(), answer), 1.0)
    whom, which = person[first], item[first]
    columns = design.columns(design.patterns)[whom]
    if exactly:
        columns = columns[:, :0]
    levels = len(design.answers) == 2
    return GroupProblem(
        family=design.family,  # type: ignore[arg-type]
        counts=counts,
        linear=columns,
        linear_priors=(coefficient_prior(design),) * columns.shape[1],
        spreads=_spreads(design, whom, which),
        item=which if levels else None,
        items=len(design.items) if levels else 0,
        thresholds=threshold_prior(design),
        levels=level_prior(design),
        chosen=(design.model.outcome.chosen or 1) if exactly else 0,
    )


def _spreads(design: StackedDesign, whom: Any, which: Any) -> tuple[Spread, ...]:
    scale, items = spread_prior(design), len(design.items)
    one = np.ones((len(whom), 1))
    found = []
    if items > 1:
        if len(design.answers) > 2:
            found.append(Spread(members=items, place=which[:, None], value=one, scale=scale))
        for column, variable in enumerate(design.variables):
            values = design.patterns[whom, column]
            if variable.labels:
                width = len(variable.labels)
                place, value = (which * width + values.astype(np.intp))[:, None], one
            else:
                value = gamma_columns(variable, values)
                width = value.shape[1]
                place = which[:, None] * width + np.arange(width)
            found.append(Spread(members=items * width, place=place, value=value, scale=scale))
    if design.persons:
        found.append(Spread(members=design.people, place=whom[:, None], value=one, scale=scale))
    for _, labels, codes in design.groups:
        place = np.asarray(codes, dtype=np.intp)[whom][:, None]
        found.append(Spread(members=len(labels), place=place, value=one, scale=scale))
    return tuple(found)


def named_effects(design: StackedDesign) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return name and shape of the effects of each spread, in the order of `design.spreads`."""
    items = len(design.items)
    found: list[tuple[str, tuple[int, ...]]] = []
    if items > 1:
        if len(design.answers) > 2:
            found.append(("item", (items,)))
        for place, one in enumerate(design.variables):
            width = gamma_columns(one, design.patterns[:1, place]).shape[1]
            found.append((f"gamma {one.name}", (items, width)))
    if design.persons:
        found.append(("person", (design.people,)))
    return (*found, *((f"group {name}", (len(labels),)) for name, labels, _ in design.groups))


def named_values(design: StackedDesign, draws: GroupDraws) -> dict[str, Array]:
    """Return draws by the names of a `StackedSample`."""
    found = {"levels": draws.levels if len(design.answers) == 2 else draws.thresholds}
    if draws.linear.shape[1]:
        found["b"] = draws.linear
    for place, (name, shape) in enumerate(named_effects(design)):
        found[name] = draws.effects[place].reshape(-1, *shape)
    found.update({name: draws.sds[:, place] for place, name in enumerate(design.spreads)})
    return found
