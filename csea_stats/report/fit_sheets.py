"""Figures of a fit as files of their own: its effects, predictions, priors and cuts, a row for each number."""

from __future__ import annotations

from itertools import cycle, groupby
from typing import TYPE_CHECKING

from csea_stats.regression.effects import shared_predictions
from csea_stats.regression.plots import kinds_of
from csea_stats.report.answer_rows import half_axis
from csea_stats.report.context import limits
from csea_stats.report.drawing import Sheet
from csea_stats.report.fit_tables import event_and_sides
from csea_stats.report.sheets import MARGIN, WIDTH, Stack, axis_piece, listed
from csea_stats.report.strips import axis_of, row_labels, row_lanes, share_strip
from csea_stats.report.text import capital
from csea_stats.results.numbers import interval_words, number_of
from csea_stats.results.sentences import what_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.regression.fit import Fit
    from csea_stats.report.strips import Axis
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Interval

MOST_PRIORS = 12
"""Effects that are shown under each prior; the files of numbers have all."""


def fit_sheets(fit: Fit) -> tuple[tuple[str, Sheet], ...]:
    """Return (kind, sheet) of every kind of figure that a fit has."""
    made: dict[str, Callable[[Fit, Stack], Stack]] = {
        "effects": _effects,
        "predictions": _predictions,
        "prior": _priors,
        "proportional-odds": _cuts,
    }
    found = []
    for kind in kinds_of(fit):
        title = f"{kind.replace('-', ' ').capitalize()}: {fit.model.question}"
        stack = Stack().text(fit.stamp, "tl", after=8.0) if fit.stamp else Stack()
        stack = made[kind](fit, stack.text(title, "head", 16.0, 10.0))
        who = f"{number_of(fit.design.base, 'respondents')}; people like these, chance alone"
        stack = stack.text(f"Model {fit.design.resolved.formula}; {who}. csea-stats.", "foot")
        height = round(stack.y + MARGIN)
        sheet = Sheet(
            width=WIDTH, height=height, pieces=stack.pieces, title=f"{fit.stamp} {title}".strip(), description=who
        )
        found.append((kind, sheet))
    return tuple(found)


def _effects(fit: Fit, stack: Stack) -> Stack:
    """Draw both intervals of each effect."""
    effects = fit.effects()
    axis = _axis(fit, [one for effect in effects for one in (effect.interval, effect.companion)])
    stack = _headed(stack, axis)
    for one in effects:
        bars = [(limits(one.interval), "work", 0.4375)]
        if one.companion:
            bars.append((limits(one.companion), "workb", 0.3125))
        drawing = row_lanes(axis, bars, one.value)
        stack = listed(stack, _name(fit, one), drawing, [(WIDTH - MARGIN, _limits(one, one.interval))])
    return _closed(stack, fit, effects, "Change of the average" if fit.number else "Change of the share")


def _priors(fit: Fit, stack: Stack) -> Stack:
    """Draw each effect under each prior, below one another."""
    effects = [one for one in fit.effects() if one.sensitivity][:MOST_PRIORS]
    used = fit.model.priors.coefficients.prior if fit.bayes else ""
    axis = _axis(fit, [span for one in effects for _, span in one.sensitivity])
    stack = _headed(stack, axis)
    for one in effects:
        bars = [(limits(span), "work" if name == used else "workb", 0.375) for name, span in one.sensitivity]
        stack = listed(stack, _name(fit, one), row_lanes(axis, bars), [(WIDTH - MARGIN, _limits(one, one.interval))])
    names = [name for name, _ in effects[0].sensitivity]
    key = f"Bars from top to bottom: {', '.join(names)}{'; filled: the one in use' if used in names else ''}."
    key += f" In numbers: {what_interval(effects[0].interval)}." if effects[0].interval else ""
    return stack.add((), 8.0).text(key, "foot", after=14.0)


def _predictions(fit: Fit, stack: Stack) -> Stack:
    """Draw the share of each answer at each level of the first predictor."""
    by = fit.design.variables[0].name
    estimates = shared_predictions(fit, by)
    axis = _axis(fit, [one.interval for one in estimates]) if fit.number else None
    stack = _headed(stack, axis)
    answers = [event.words for event in fit.single_answers()]
    for one, answer in zip(estimates, cycle(answers), strict=False):
        if answer == answers[0]:
            level = str(one.item).removeprefix(f"{by}[").partition(f"]: {answer}")[0]
            level = "as everybody has it" if one.item == answer else level
            stack = stack.add((), 6.0).text(f"{capital(by.replace('_', ' '))}: {level}", "tl")
        ends = one.bounds or (None if one.value is None else (one.value, one.value))
        span = limits(one.interval)
        drawing = (
            share_strip(None, span, ends) if axis is None else row_lanes(axis, [(span, "work", 0.4375)], one.value)
        )
        stack = listed(stack, answer, drawing, [(WIDTH - MARGIN, _limits(one, one.interval))])
    return _closed(stack, fit, estimates, "Average" if fit.number else "Share")


def _cuts(fit: Fit, stack: Stack) -> Stack:
    """Draw each log odds ratio: the one for every cut of the answers, then that of each cut by itself."""
    estimates = fit.proportional_odds()
    axis = _axis(fit, [one.interval for one in estimates], numbers=True)
    stack = _headed(stack, axis)
    for item, some in groupby(estimates, lambda one: str(one.item).rpartition(": ")[0]):
        stack = stack.add((), 6.0).text(item, "tl")
        for place, one in enumerate(some):
            name = "every cut" if place == 0 else str(one.item).rpartition(": ")[2]
            drawing = row_lanes(axis, [(limits(one.interval), "workb" if place == 0 else "work", 0.4375)], one.value)
            stack = listed(stack, name, drawing, [(WIDTH - MARGIN, _limits(one, one.interval))])
    return _closed(stack, fit, estimates, "Log odds ratio towards later answers")


def _axis(fit: Fit, intervals: Sequence[Interval | None], *, numbers: bool = False) -> Axis:
    ends = [end for one in intervals if one for end in limits(one) or ()]
    return axis_of(ends or [-1.0, 1.0], numbers=numbers or fit.number)


def _headed(stack: Stack, axis: Axis | None) -> Stack:
    """Add the axis above the rows: of numbers or differences, or of shares."""
    return axis_piece(stack, half_axis(0.8) if axis is None else row_labels(axis).marks)


def _name(fit: Fit, one: Estimate) -> str:
    answer, sides = event_and_sides(fit, one)
    return f"“{answer}”, {sides}"


def _limits(one: Estimate, interval: Interval | None) -> str:
    return "no interval" if interval is None else interval_words(interval, one.scale)


def _closed(stack: Stack, fit: Fit, estimates: Sequence[Estimate], what: str) -> Stack:
    """Say what bar, outline and tick are."""
    first = next((one.interval for one in estimates if one.interval), None)
    second = next((one.companion for one in estimates if one.companion), None)
    key = f"{what}. Tick: {'posterior median' if fit.bayes else 'estimate'}."
    key += f" Bar, and in numbers: {what_interval(first)}." if first else ""
    if second and what.startswith("Change"):
        key += f" Outlined: {what_interval(second)}."
    return stack.add((), 8.0).text(key, "foot", after=14.0)
