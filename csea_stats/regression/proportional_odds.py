"""Whether one effect serves every cut of a scale: the effect at each cut beside the common one, to be looked at.

A cumulative logit says that a predictor moves the odds of every "later than k" alike. Answers cut at k are a question
with two answers; its log odds ratio, fitted by itself, estimates the common one if that is so. The effects of all cuts
rest on the same answers, so they are shown and not tested: a test has little power in a small survey, and finds any
departure in a large one (Brant 1990; Harrell 2015, chapter 13).

References
----------
Brant, R. (1990). Assessing proportionality in the proportional odds model for ordinal logistic regression. Biometrics
46, 1171-1178, doi:10.2307/2532457.
Harrell, F. E. (2015). Regression Modeling Strategies, 2nd ed. Springer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import InputError
from csea_stats.estimators.estimands import hull
from csea_stats.estimators.inference import interval_of
from csea_stats.estimators.marks import target_caveats
from csea_stats.regression.coefficients import Coefficient, coefficients, item_words
from csea_stats.regression.design import Design
from csea_stats.regression.quantities import ALONE
from csea_stats.regression.reading import FittedModel, Reading
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import level_words
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.problem import Problem

COMMON = "common"
COLOURS = ("#1b4965", "#ca6702")


def proportional_odds(fit: FittedModel) -> Estimates:
    """Return each coefficient, then what it is at each cut of the scale; see `Fit.proportional_odds`."""
    if not isinstance(fit.design, Design) or len(fit.design.answers) < 3:
        found = "two answers" if isinstance(fit.design, Design) else "group effects"
        message = f"proportional odds: found {found}; allowed is one ordered question of three or more answers"
        raise InputError(message)
    common = coefficients(fit, Superpopulation())
    cuts = [cut for cut in range(len(fit.design.answers) - 1) if _divides(fit, cut)]
    parts = {cut: tuple(_cut(fit, reading, cut) for reading in fit.readings) for cut in cuts}
    told: list[Estimate] = []
    for one in common:
        told.append(replace(one, item=f"{one.item}: {COMMON}", caveats=(*one.caveats, caveat("looked-at"))))
        told.extend(_estimate(fit, str(one.item), cut, readings) for cut, readings in parts.items())
    return Estimates(told)


def _divides(fit: FittedModel, cut: int) -> bool:
    """Whether somebody is on either side of a cut, in every table of counts."""
    tables = fit.design.tables
    return all(0 < table[:, : cut + 1].sum() < table.sum() for table in tables)


def _cut(fit: FittedModel, reading: Reading, cut: int) -> Reading:
    """Fit the answers of one table cut in two, by the engine of the fit."""
    if fit.bayes:
        from csea_stats.regression.engines import sample

        problem = _collapsed(fit.design.problem(reading.place), cut)
        return Reading(design=fit.design, place=reading.place, sample=sample(problem, seed=fit.seed))
    from csea_stats.regression.engines.penalised import profile, separating

    problem = _collapsed(reading.straight_problem, cut)
    engine = "log-f" if separating(problem.counts, problem.linear) else fit.engine  # where ml has no maximum
    names = fit.design.straightened.linear_items
    fitted = profile(problem, method=engine, level=fit.level, names=names)  # type: ignore[arg-type]
    return Reading(design=fit.design, place=reading.place, profiled=fitted)


def _collapsed(problem: Problem, cut: int) -> Problem:
    lower = problem.counts[:, : cut + 1].sum(axis=1)
    return replace(problem, counts=np.stack([lower, problem.counts.sum(axis=1) - lower], axis=1))


def _estimate(fit: FittedModel, item: str, cut: int, readings: tuple[Reading, ...]) -> Estimate:
    answer, first = fit.design.answers[cut], readings[0]
    words = f"log odds ratio of an answer later than {answer!r}, {item_words(fit.design, item)}"
    slope = Coefficient(fit=replace(fit, readings=readings), item=item, words=words)
    method = first.engine if first.profiled is None else first.profiled.method
    low, high = hull(slope.observed())
    target = fit.named(Superpopulation())
    return Estimate(
        question=fit.design.outcome,
        item=f"{item}: later than {answer}",
        estimand=words,
        scale=slope.scale,
        target=target,
        value=None if slope.several else low,
        bounds=(low, high) if slope.several else None,
        interval=interval_of(slope, method, fit.level, ALONE),
        threshold=0.0,
        base=slope.base,
        caveats=(*target_caveats(target, groups=True), caveat("association"), *fit.caveats, caveat("looked-at")),
        provenance=fit.provenance,
    )


def draw_proportional_odds(ax: Any, estimates: Sequence[Estimate]) -> None:
    """Draw every effect on matplotlib axes: the common one as a band, those of the cuts as intervals on it."""
    items: dict[str, list[Estimate]] = {}
    for one in estimates:
        items.setdefault(str(one.item).rpartition(": ")[0], []).append(one)
    place, ticks, words = 0, [], []
    reach = 1.5 * max((abs(one.value) for one in estimates if one.value is not None), default=1.0) + 2.0
    for item, (common, *cuts) in items.items():
        top = place
        for cut in cuts:
            _bar(ax, cut, place, reach)
            ticks.append(place)
            words.append(f"{item}: {str(cut.item).rpartition(': ')[2]}")
            place += 1
        if common.interval is not None and common.value is not None:
            low, high = max(common.interval.lower, -reach), min(common.interval.upper, reach)
            label = "common to all cuts" if top == 0 else None
            ax.fill_betweenx([top - 0.4, place - 0.6], low, high, color=COLOURS[1], alpha=0.25, lw=0, label=label)
            ax.plot([common.value] * 2, [top - 0.4, place - 0.6], color=COLOURS[1], lw=1.5)
        place += 1
    ax.axvline(0, color="#6c757d", lw=1, ls=":")
    ax.set_yticks(ticks, words)
    ax.invert_yaxis()
    kinds = dict.fromkeys(f"{level_words(i.level)} {i.kind} interval" for one in estimates if (i := one.interval))
    ax.set_xlabel(f"Log odds ratio towards later answers, {', '.join(kinds)}")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.15), ncols=2)


def _bar(ax: Any, cut: Estimate, place: int, reach: float) -> None:
    """One cut; an end beyond the axes is an arrow."""
    if cut.interval is None or cut.value is None:
        return
    label = "at each cut" if place == 0 else None
    low, high = max(cut.interval.lower, -reach), min(cut.interval.upper, reach)
    ax.plot([low, high], [place, place], color=COLOURS[0], lw=2.5, label=label)
    ax.plot(cut.value, place, "o", color=COLOURS[0], ms=5)
    for end, inner, marker in ((cut.interval.lower, low, "<"), (cut.interval.upper, high, ">")):
        if end != inner:
            ax.plot(inner, place, marker, color=COLOURS[0], ms=6)
