"""Effects that differ between items, people and groups: their names, and the cells that no effect tells apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.regression.priors import read_prior
from csea_stats.regression.problem import Array, Places, Spread, SpreadPrior

if TYPE_CHECKING:
    from csea_stats.regression.variables import Variable

FEW_GROUPS = 5
"""Groups below which their spread can hardly be told."""

Group = tuple[str, tuple[str, ...], Any]
"""Name, labels, and the code of each pattern."""


def slope_names(design: Any) -> tuple[str, ...]:
    """Return what effects that differ between groups are called: ``country:years``."""
    return tuple(f"{design.groups[group][0]}:{design.variables[place].name}" for group, place in design.slopes)


def spread_names(design: Any) -> tuple[str, ...]:
    """Return the names of the standard deviations."""
    found = []
    if len(design.items) > 1:
        found += ["sd(item)"] * (len(design.answers) > 2)
        found += [f"sd(item:{one.name})" for one in design.variables]
    found += ["sd(respondent)"] * design.persons
    return (*found, *(f"sd({name})" for name, _, _ in design.groups), *(f"sd({name})" for name in slope_names(design)))


def named_effects(design: Any) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return name and shape of the effects of each standard deviation, in the order of these."""
    items = len(design.items)
    widths = [one.own_columns(one.levels[:1]).shape[1] for one in design.variables]
    found: list[tuple[str, tuple[int, ...]]] = []
    if items > 1:
        if len(design.answers) > 2:
            found.append(("item", (items,)))
        found += [(f"gamma {one.name}", (items, width)) for one, width in zip(design.variables, widths, strict=True)]
    if design.persons:
        found.append(("person", (len(design.patterns),)))
    found += [(f"group {name}", (len(labels),)) for name, labels, _ in design.groups]
    for name, (group, place) in zip(slope_names(design), design.slopes, strict=True):
        found.append((f"slope {name}", (len(design.groups[group][1]), widths[place])))
    return tuple(found)


def cells_of(design: Any, rows: tuple[Places, Places, Places]) -> tuple[Array, Places, Places]:
    """Return counts of answers, (R, K), pattern and item of each cell of rows that no effect tells apart.

    A cell's first row stands for it; where exactly k of a list are chosen, item by item within whom the model takes to
    be alike.
    """
    pattern, item, answer = rows
    codes = [np.unique(design.patterns, axis=0, return_inverse=True)[1].ravel()] if design.patterns.shape[1] else []
    codes += [np.asarray(one) for _, _, one in design.groups]
    codes += [np.arange(len(design.patterns))] * design.persons
    kind = np.stack(codes, axis=1)[pattern] if codes else np.zeros((len(pattern), 1), dtype=np.intp)
    _, first, cell = np.unique(np.column_stack([kind, item]), axis=0, return_index=True, return_inverse=True)
    counts = np.zeros((len(first), len(design.answers)))
    np.add.at(counts, (cell.ravel(), answer), 1.0)
    return counts, pattern[first], item[first]


def spreads_of(design: Any, whom: Places, which: Places) -> tuple[Spread, ...]:
    """Return the effects of each standard deviation for cells of some patterns and items."""
    prior, items = read_prior("scales", design.model.priors.scales.prior).spread(), len(design.items)
    one = np.ones((len(whom), 1))
    found = []
    if items > 1:
        if len(design.answers) > 2:
            found.append(Spread(members=items, place=which[:, None], value=one, prior=prior))
        found += [
            _slopes(variable, design.patterns[whom, column], which, items, prior)
            for column, variable in enumerate(design.variables)
        ]
    if design.persons:
        found.append(Spread(members=len(design.patterns), place=whom[:, None], value=one, prior=prior))
    for _, labels, codes in design.groups:
        place = np.asarray(codes, dtype=np.intp)[whom][:, None]
        found.append(Spread(members=len(labels), place=place, value=one, prior=prior))
    for group, column in design.slopes:
        _, labels, codes = design.groups[group]
        found.append(_slopes(design.variables[column], design.patterns[whom, column], codes[whom], len(labels), prior))
    return tuple(found)


def _slopes(variable: Variable, values: Array, member: Any, members: int, prior: SpreadPrior) -> Spread:
    """Return the effects of a predictor that differ between items, or groups: of each level, or of the number."""
    value = variable.own_columns(values)
    width, one = value.shape[1], np.ones((len(values), 1))
    if variable.labels:
        place, value = (member * width + values.astype(np.intp))[:, None], one
    else:
        place = np.asarray(member)[:, None] * width + np.arange(width)
    return Spread(members=members * width, place=place.astype(np.intp), value=value, prior=prior)
