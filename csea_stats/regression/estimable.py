"""Is there something to fit: answers and columns that differ, none that follows from others, a parameter per prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError, UnknownName
from csea_stats.regression.formula import write_name
from csea_stats.regression.model import NEEDS, Model
from csea_stats.regression.priors import EXACTLY, read_prior
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from csea_stats.regression.design import Design
    from csea_stats.regression.problem import Array


def check_design(design: Design) -> None:
    """Refuse a design of which there is nothing to fit.

    Raises
    ------
    InputError
    """
    for table in design.tables:
        _check(design, table, design.people)


def _check(design: Design, table: Array, people: int) -> None:
    given = np.flatnonzero(table.sum(axis=0))
    check_free(design)
    if len(given) < 2:
        message = (
            f"outcome {design.outcome!r}: all {number_of(people, 'respondents')} gave "
            f"{design.answers[int(given[0])]!r}; allowed is two answers or more that somebody gave"
        )
        raise InputError(message)
    linear, steps = design.columns(design.patterns)
    coefficients = (linear.shape[1] + len(steps)) * (len(given) - 1 if design.family == "multinomial" else 1)
    first, what = (2, "level and spread")
    if design.numbers is None:
        first, what = len(given) - 1, number_of(len(given) - 1, "thresholds")
    unknowns = first + coefficients
    if unknowns > people:
        message = (
            f"found {number_of(unknowns, 'unknowns')} ({what}, "
            f"{number_of(coefficients, 'coefficients')}) and "
            f"{number_of(people, 'respondents')}; allowed are at most as many unknowns as "
            "respondents: leave predictors out"
        )
        raise InputError(message)
    check_interactions(design, table)
    kept = table.sum(axis=1) > 0
    straight = [step.mean(axis=1, keepdims=True) for step in steps]
    located = linear[:, : len(design.located_terms)]
    whole = np.concatenate([located, *straight], axis=1)[kept]
    check_columns(whole, (*design.located_terms, *design.monotonic_terms))


def check_free(design: Design) -> None:
    """Refuse terms without one odds ratio for every cut where there are no cuts that could differ.

    Raises
    ------
    InputError
    """
    if design.free_terms and (design.family != "cumulative" or len(design.answers) < 3):
        message = (
            f"free({design.free_terms[0].partition('[')[0]}): found {design.family} answers; allowed are three or more "
            "in order, whose cuts could differ, with the family cumulative"
        )
        raise InputError(message)


def check_interactions(design: Design, table: Array) -> None:
    """Refuse an interaction of levels that do not all occur together, and a product made by hand.

    Raises
    ------
    InputError
    """
    kept = table.sum(axis=1) > 0
    for first, second in design.joints:
        one, other = design.variables[first], design.variables[second]
        if (one.shape, other.shape) != ("contrasts", "contrasts"):
            continue
        seen = {(values[first], values[second]) for values in design.patterns[kept]}
        lacking = [(a, b) for a in one.levels for b in other.levels if (a, b) not in seen]
        if lacking:
            a, b = lacking[0]
            message = (
                f"interaction {one.name}:{other.name}: nobody is {one.told(a)!r} and {other.told(b)!r}; allowed are "
                "levels that all occur together: join some, write mo(x) or score(x) for an ordered column, or leave it "
                "out"
            )
            raise InputError(message)
    made = hand_made(design, kept)
    if made:
        product, one_name, other_name = made
        message = (
            f"predictor {product!r}: found the product of {one_name!r} and {other_name!r}; write "
            f"{write_name(one_name)} * {write_name(other_name)} in its place: then effects can be told within levels, "
            "and the interaction has its own prior"
        )
        raise InputError(message)


APART, EXACT = 1e-6, 1e-9
"""How far values must lie from sums, and how near to a product, in units of their spread, to be one made by hand."""


def hand_made(design: Design, kept: NDArray[np.bool_]) -> tuple[str, str, str] | None:
    """Return a predictor that is a product of two others, shifted or not, with their names; None: there is none.

    A column z is one if z = a + b x + c y + d x y holds for everybody, and not without the last term. Categories of
    three or more are no column; few pairs of x and y show nothing, but all four of two times two levels do.
    """
    single = [
        (one.name, one.columns(design.patterns[kept, place])[:, 0])
        for place, one in enumerate(design.variables)
        if len(one.items) == 1 and one.shape != "monotonic"
    ]
    for product, values in reversed(single):  # where z and y are products of each other, the one written last
        others = [(name, column) for name, column in single if name != product]
        for place, (first, x) in enumerate(others):
            for second, y in others[place + 1 :]:
                pairs = np.unique(np.column_stack([x, y]), axis=0)
                if len(pairs) < 4 or (len(pairs) == 4 and len(np.unique(x)) * len(np.unique(y)) != 4):
                    continue
                alone = np.column_stack([np.ones_like(x), x, y])
                joint = np.column_stack([alone, x * y])
                if _outside(values, alone) > APART and _outside(values, joint) < EXACT:
                    return product, first, second
    return None


def _outside(values: Array, columns: Array) -> float:
    """Return how far values lie from what columns span, in units of their spread."""
    left = values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]
    return float(np.abs(left).max() / max(np.ptp(values), 1e-300))


def check_columns(whole: Array, items: Sequence[str]) -> None:
    """Refuse a predictor that nobody has, or that follows from those before it.

    Parameters
    ----------
    whole : (G, P) array
        Centred columns of the patterns that somebody has.
    items : sequence of str
        What each column is called.

    Raises
    ------
    InputError
    """
    size = np.sqrt((whole**2).sum(axis=0))
    for place, item in enumerate(items):
        if size[place] < 1e-10:
            message = (
                f"predictor {item!r}: nobody has that level; take the level out of the codebook, or join it to another"
            )
            raise InputError(message)
        before = whole[:, :place] / size[:place]
        column = whole[:, place] / size[place]
        if place and np.linalg.norm(column - before @ np.linalg.lstsq(before, column, rcond=None)[0]) < 1e-7:
            message = (
                f"predictor {item!r} follows exactly from {', '.join(items[:place])} in these data (collinear); "
                "leave one of them out"
            )
            raise InputError(message)


def check_priors(design: Design) -> None:
    """Refuse priors of kinds of parameters, or of single coefficients, that a design has none of.

    Raises
    ------
    InputError
    UnknownName
        There is no such coefficient.
    """
    _check_kinds(design.resolved)
    _check_each(design)


def _check_each(design: Design) -> None:
    stated = design.model.coefficient_prior
    if not stated:
        return
    known = {name for names in design.prior_names.values() for name in names}
    for one in stated:
        if one.of not in known:
            raise UnknownName("coefficient", one.of, sorted(known))
        if one.centre and not design.ordered:
            message = (
                f"prior of {one.of!r}: found {one.prior!r} with answers in no order, whose coefficients are told alike "
                "whichever answer is the first; allowed is a centre of 0"
            )
            raise InputError(message)


def _check_kinds(model: Model) -> None:
    for slot, stated in model.stated_priors.items():
        if slot not in model.slots:
            message = (
                f"prior of {slot}: found {stated.prior!r}, but there is no such parameter: it takes {NEEDS[slot]}. "
                f"Priors that apply to {model.formula} ({model.family}): {', '.join(model.slots)}. Leave the other out"
            )
            raise InputError(message)
    told = model.prior("intercept").prior
    if model.family == "conditional-bernoulli" and read_prior("intercept", told).family == "beta":
        message = (
            f"prior of intercept: found {told!r}; where exactly {model.outcome.chosen} of a list are chosen only how "
            f"answers compare can be told: allowed is one of log odds, such as {EXACTLY[0]}"
        )
        raise InputError(message)
