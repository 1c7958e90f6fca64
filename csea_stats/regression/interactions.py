"""Columns of interactions: products of two predictors' centred columns, of a design with groups or without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array


def centred_columns(design: Any, patterns: Array) -> list[Array]:
    """Return the centred columns of each predictor at some patterns."""
    return [one.columns(patterns[:, place]) - one.means for place, one in enumerate(design.variables)]


def joint_places(design: Any) -> tuple[tuple[int, int], ...]:
    """Return the places of the two predictors of each interaction."""
    places = {one.name: place for place, one in enumerate(design.variables)}
    return tuple((places[first], places[second]) for first, second in (one.between for one in design.model.interaction))


def joint_terms(design: Any) -> tuple[str, ...]:
    """Return the names of the columns of interactions: ``organisation[NGO]:years``."""
    pairs = [(design.variables[first], design.variables[second]) for first, second in joint_places(design)]
    return tuple(f"{one}:{other}" for first, second in pairs for one in first.items for other in second.items)


def joint_columns(design: Any, patterns: Array) -> Array:
    """Return the centred columns of interactions at some patterns."""
    return np.asarray(_products(design, patterns) - design.weights @ _products(design, design.patterns))


def joint_averages(design: Any) -> Array:
    """Return the averages of the columns of interactions, less what they are where both predictors are 0."""
    pairs = joint_places(design)
    if not pairs:
        return np.zeros(0)
    means = [np.outer(design.variables[first].means, design.variables[second].means) for first, second in pairs]
    products = design.weights @ _products(design, design.patterns)
    return np.asarray(products - np.concatenate([one.ravel() for one in means]))


def _products(design: Any, patterns: Array) -> Array:
    """Products of centred columns, so that the coefficients of either predictor are at the average of the other."""
    centred = centred_columns(design, patterns)
    pairs = [centred[first][:, :, None] * centred[second][:, None, :] for first, second in joint_places(design)]
    return np.concatenate([pair.reshape(len(patterns), -1) for pair in pairs], axis=1)
