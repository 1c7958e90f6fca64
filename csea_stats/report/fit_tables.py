"""Tables of a fit: effects, predicted shares, the prior's part, what the model expected, single respondents."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING

from csea_stats.base.shared_numbers import shared_quartiles
from csea_stats.errors import InputError, UnsupportedTarget
from csea_stats.regression.effects import shared_predictions
from csea_stats.regression.fitted import FREE
from csea_stats.regression.sensitivity import FLAG
from csea_stats.report.answer_rows import row_axis
from csea_stats.report.context import limits
from csea_stats.report.drawing import fluid_svg
from csea_stats.report.strips import axis_of, row_labels, row_lanes, share_strip
from csea_stats.report.target_tables import against_zero
from csea_stats.report.text import PEOPLE, THESE, capital, in_words
from csea_stats.report.views import EffectRow, EffectTable, FittedRow, Grid
from csea_stats.results import numbers
from csea_stats.results.sentences import method_words
from csea_stats.targets.populations import Population, Respondents, Selection, SelectionBounds, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.answer_check import AnswerCheck
    from csea_stats.regression.fit import Fit
    from csea_stats.regression.predictive import Expected
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.estimates import Estimates
    from csea_stats.results.values import Interval, Scale

MOST_ROWS = 120
"""Rows of predicted shares of one predictor; of more the files tell."""

FLAGS = {"none": "nothing flagged"}


def targets_of(fit: Fit) -> tuple[Respondents, Superpopulation, Population]:
    """Return the targets that a page tells: a confidence interval has no prior on who took part, so bounds."""
    selection = Selection() if fit.bayes else SelectionBounds(ratio=Selection().ratio)
    return Respondents(), Superpopulation(), Population(selection)


def effects_by_target(fit: Fit) -> tuple[Estimates, Estimates, Estimates | None]:
    """Return the effects for each target; None where no method speaks for the population."""
    these, people, population = targets_of(fit)
    try:
        last = fit.effects(target=population)
    except UnsupportedTarget:
        last = None
    return fit.effects(target=these), fit.effects(target=people), last


def effects_within_levels(fit: Fit) -> tuple[Estimates, Estimates] | None:
    """Return, for each interaction, the effects of the one predictor at each level of the other, and how they differ.

    For these respondents and people like these; None where there is no interaction, or only at single people's numbers.
    """
    pairs = []
    for joint in fit.design.joints:
        names = [fit.design.variables[place].name for place in joint]
        for of, within in (names, reversed(names)):
            outcome = next((one.outcome for one in fit.model.estimand if one.variable == of), None)
            with suppress(InputError):  # a number has no quartiles that several people share
                pairs.append([fit.effects(of, None, outcome, one, within=within) for one in targets_of(fit)[:2]])
                break
    if not pairs:
        return None
    these, people = (sum(rest, start=first) for first, *rest in zip(*pairs, strict=True))
    return these, people


def event_and_sides(fit: Fit, estimate: Estimate) -> tuple[str, str]:
    """Return the answer that an effect is about and what is compared, from the words of its estimand."""
    outcomes = [one.outcome for one in fit.model.estimand if one.outcome]
    events = [*fit.events(None), *(event for outcome in outcomes for event in fit.events(outcome))]
    named = {event.words: event for event in events}
    for words in sorted(named, key=len, reverse=True):
        lead = f"difference in the {fit.measure(named[words])}, "
        more, found, sides = estimate.estimand.partition(lead)
        if found and more in ("", "change of the "):
            return words, f"change of the effect: {sides}" if more else sides
    return estimate.item or "", estimate.estimand


def population_name(fit: Fit) -> str:
    """Return the population's short name."""
    return capital(fit.words.workforce if fit.words else "the population")


def value_words(estimate: Estimate) -> str:
    """Return an estimate's value, or the range of it that print leaves: "+9 points", "12%"."""
    ends = estimate.bounds or (() if estimate.value is None else (estimate.value, estimate.value))
    if not ends:
        return ""
    low, high = ends
    if estimate.scale == "average":
        return numbers.span_words(low, high, estimate.scale)
    if estimate.scale == "difference":
        return numbers.points_range(low, high)
    return numbers.percent_range(low, high)


def _short(interval: Interval | None, scale: Scale) -> str:
    """Return an interval's limits, without the unit that the table's head gives."""
    if interval is None:
        return ""
    if scale == "average":
        return numbers.span_words(interval.lower, interval.upper, scale)
    told = numbers.points_span if scale == "difference" else numbers.percent_range
    return told(interval.lower, interval.upper)


def _kinds(estimates: Sequence[Estimate]) -> tuple[Interval | None, Interval | None]:
    """Return one interval and one companion of a table, for what they are."""
    first = next((e.interval for e in estimates if e.interval), None)
    return first, next((e.companion for e in estimates if e.companion), None)


def _kind(found: Interval | None) -> str:
    """Return what an interval is, for a column's head: "95% credible"."""
    return f"{numbers.level_words(found.level)} {found.kind}" if found else "no interval"


def _how(found: Interval | None) -> str:
    """Return what an interval is and how it was made."""
    return f"{_kind(found)} ({method_words(found.method)})" if found else "no interval"


def effect_table(fit: Fit, found: tuple[Estimates, Estimates, Estimates | None]) -> EffectTable:
    """Return the effects for these respondents, people like these and the population, with a strip each."""
    these, people, population = found
    drawn = [i for one in people for i in (one.interval, one.companion)] + [one.interval for one in population or ()]
    ends = [value for i in drawn if i for value in (i.lower, i.upper)]
    axis = axis_of(ends or [-1.0, 1.0], numbers=fit.number)
    rows = []
    for place, one in enumerate(people):
        counted, whole = these[place], population[place] if population else None
        bars = [(limits(one.interval), "work", 0.4375)]
        if one.companion:
            bars.append((limits(one.companion), "workb", 0.3125))
        if whole and whole.interval:
            bars.append((limits(whole.interval), "nat", 0.3125))
        answer, sides = event_and_sides(fit, one)
        rows.append(
            EffectRow(
                answer=answer,
                sides=sides,
                svg=fluid_svg(row_lanes(axis, bars, counted.value), look="strip row"),
                described=value_words(counted).partition(" point")[0],
                people=_short(one.interval, one.scale),
                beside=_short(one.companion, one.scale),
                judged=against_zero(one.verdict),
                probability=numbers.probability(*one.probability) if one.probability else "",
                population=_short(whole.interval, one.scale) if whole else "",
                bound=_short(whole.companion, one.scale) if whole and fit.bayes else "",
                population_judged=against_zero(whole.verdict) if whole else None,
            )
        )
    return EffectTable(
        caption=f"Changes of {'an average' if fit.number else 'a share, in percentage points'}, "
        f"{numbers.number_of(fit.design.base, 'respondents')}",
        heads=_effect_heads(fit, population),
        axis=fluid_svg(row_labels(axis), look="strip row"),
        rows=tuple(rows),
        key=_effect_key(fit, people, population),
    )


def _effect_heads(fit: Fit, population: Estimates | None) -> tuple[str, ...]:
    heads = ["Change in the" if fit.number else "Change in the share of", f"{THESE}, the model’s average", PEOPLE]
    if population:
        factor = numbers.ratio(targets_of(fit)[2].selection.ratio)
        heads.append(f"{population_name(fit)}, if {'about' if fit.bayes else 'up to'} {factor} times")
    return tuple(heads)


def _effect_key(fit: Fit, people: Estimates, population: Estimates | None) -> str:
    first, second = _kinds(people)
    text = (
        f"Tick: the model’s average over these respondents. Solid bar: {PEOPLE.lower()}, {_how(first)}, chance alone."
    )
    if second:
        text += f" Outlined, and in brackets: {_how(second)}."
    if population and any(one.interval for one in population):
        text += (
            f" Lowest bar: {population_name(fit).lower()}, participation ratio within the limit of the head, assumed"
        )
        text += (
            "; in brackets the bound without a prior."
            if any(one.companion for one in population) and fit.bayes
            else "."
        )
    if any(one.verdict for one in people):
        text += " Verdicts are against zero: both intervals, and the credible one under every customary prior."
    else:
        text += " No verdict is given: it needs intervals of both kinds and three priors, which this fit does not have."
    return text


def prediction_tables(fit: Fit) -> tuple[Grid, ...]:
    """Return the predicted share of each answer at each level of each predictor."""
    found = []
    for variable in fit.design.variables:
        estimates = list(shared_predictions(fit, variable.name))
        answers = [event.words for event in fit.single_answers()]
        if len(estimates) > MOST_ROWS:
            continue
        first, second = _kinds(estimates)
        label = variable.name.replace("_", " ")
        rows: list[FittedRow] = []
        for place, one in enumerate(estimates):
            if place % len(answers) == 0:
                level = (one.item or "").removeprefix(f"{variable.name}[").partition(f"]: {answers[0]}")[0]
                level = "as everybody has it" if one.item == answers[0] else level
                rows.append(FittedRow(name=f"{capital(label)}: {_number_words(level)}", cells=(), head=True))
            cells = (value_words(one), _short(one.interval, one.scale), _short(one.companion, one.scale))
            drawing = share_strip(None, limits(one.interval), one.bounds or _point(one)) if not fit.number else None
            rows.append(
                FittedRow(
                    name=capital(answers[place % len(answers)]),
                    cells=cells[: 3 if second else 2],
                    svg=fluid_svg(drawing, look="strip row") if drawing else None,
                )
            )
        found.append(
            Grid(
                caption=f"Average, by {label}" if fit.number else f"Share of each answer, by {label}",
                heads=("Answer", "Estimate", *map(_kind, (first, second) if second else (first,))),
                rows=tuple(rows),
                axis=None if fit.number else row_axis(),
                key=("Interval: " if fit.number else "Tick: estimate. Bar: ")
                + f"{_how(first)}, {PEOPLE.lower()}, chance alone."
                + (f" Last column: {_how(second)}." if second else "")
                + f" {capital(label)} is set to the same for everybody; all else stays as it is.",
            )
        )
    return tuple(found)


def _number_words(level: str) -> str:
    """Return a level with a minus sign, where it is a number below zero."""
    return numbers.MINUS + level[1:] if level[:1] == "-" and level[1:2].isdigit() else level


def _point(one: Estimate) -> tuple[float, float] | None:
    return None if one.value is None else (one.value, one.value)


def prior_table(fit: Fit, effects: Estimates) -> Grid | None:
    """Return the effects under each customary prior; None where the fit has no strip."""
    told = [one for one in effects if one.sensitivity]
    if not told:
        return None
    names = list(dict.fromkeys(name for one in told for name, _ in one.sensitivity))
    used = fit.model.priors.coefficients.prior if fit.bayes else ""
    free = FREE in names
    steps = ", and with free steps" if free else ""
    ends = [value for one in told for _, i in one.sensitivity for value in (i.lower, i.upper)]
    axis = axis_of(ends, numbers=fit.number)
    rows = []
    for one in told:
        bars = [((i.lower, i.upper), "work" if name == used else "workb", 0.375) for name, i in one.sensitivity]
        answer, sides = event_and_sides(fit, one)
        members = dict(one.sensitivity)
        cells = tuple(_short(members.get(name), one.scale) for name in names)
        rows.append(
            FittedRow(name=f"“{answer}”, {sides}", cells=cells, svg=fluid_svg(row_lanes(axis, bars), look="strip row"))
        )
    return Grid(
        caption=f"The effects under {in_words(len(names) - free)} customary priors{steps}"
        f"{'' if fit.number else ', in percentage points'}",
        heads=("Effect", *(f"{name}{', in use' if name == used else ''}" for name in names)),
        rows=tuple(rows),
        axis=fluid_svg(row_labels(axis), look="strip row"),
        key=f"Bars from top to bottom: {', '.join(names)}; filled: the one in use. {numbers.level_words(fit.level)} "
        f"credible intervals, {PEOPLE.lower()}, chance alone.",
    )


def expected_table(fit: Fit, found: Expected) -> Grid:
    """Return what the model expected to see before and after, beside what was observed."""
    rows = []
    for place, label in enumerate(found.labels):
        counts = found.observed[place]
        before, after = (found.span(place, fit.level, prior=prior) for prior in (True, False))
        ends = (counts[0] / found.base, counts[-1] / found.base)
        drawing = share_strip(before, after, ends)
        cells = [f"{numbers.count_words(counts)} ({numbers.percent_range(*ends, decimals=0)})"]
        cells += [
            numbers.percent_range(*ends) if ends else ""
            for ends in ((before, after) if found.prior is not None else (after,))
        ]
        rows.append(FittedRow(name=capital(label), cells=tuple(cells), svg=fluid_svg(drawing, look="strip row")))
    level = numbers.level_words(fit.level)
    after_words = "after the fit" if fit.bayes else "at the estimate"
    heads = ["Answer", f"Observed, of {numbers.integer(found.base)}"]
    if found.prior is not None:
        heads.append(f"{level} of sets of answers, before")
    heads.append(f"{level} of sets of answers, {after_words}")
    sets = f"{numbers.integer(len(found.fitted[0]))} made-up sets of as many answers"
    key = f"Tick: observed. Bar: where {level} of {sets} fall, {after_words}."
    if found.prior is not None:
        key += " Thin line: the same before any answer is known, from the prior alone."
    return Grid(
        caption="What the model expects to see, and what was seen",
        heads=tuple(heads),
        rows=tuple(rows),
        axis=row_axis(),
        key=key,
    )


SHIFTS = (5, 10, 20, 50, 100)
"""Percentage points that the largest shift by a single respondent is rounded up to."""


TOGETHER = 3
"""Respondents that the page leaves out together."""


def influence_words(fit: Fit) -> str:
    """Return how far a respondent, and some together, move the first effect, without telling who; empty: not known.

    A pattern of predictors with its answer is a single person's, so the page names none; `Fit.influence` does.
    """
    if not fit.bayes or not fit.design.variables or fit.design.imputed:
        return ""
    if fit.design.several:
        return (
            "Each respondent gave several answers, so that the model is fitted anew without them: not for a page. "
            "Fit.joint_influence leaves out those who move the first effect most, with all of their answers."
        )
    found, whole = fit.influence(), fit.effects()[0]
    who = "A single respondent" if any(one.changes_side for one in found) else "No single respondent"
    text = f"{who}, left out, would move the interval of the first effect to another side of zero"
    if whole.value is None:  # print leaves several tables, each with its own
        return f"{text}."
    text += f"; its value moves by at most {_most(fit, [one.value - whole.value for one in found])}."
    if fit.design.grouped or fit.design.people <= TOGETHER:
        return text
    few = fit.joint_influence(TOGETHER)
    if not all(one.refitted for one in few):
        return text
    would = "would" if any(one.changes_side for one in few) else "would not"
    most = _most(fit, [one.change for one in few])
    who = f"{capital(in_words(TOGETHER))} together, those who pull it most"
    return f"{text} {who}, {would}; they move it by at most {most}."


def _most(fit: Fit, shifts: Sequence[float]) -> str:
    """Return the largest of some shifts, rounded up."""
    shift = 100 * max(map(abs, shifts))
    unit = 10.0 ** math.floor(math.log10(max(shift, 1e-9)) - 1) if fit.number else 1.0
    most = next(step for step in SHIFTS if shift <= step * unit)
    return f"{most * unit / 100:.6g}" if fit.number else f"{most} points"


def power_table(fit: Fit) -> Grid | None:
    """Return how far each coefficient's posterior moves when prior or likelihood weighs a little more."""
    if not fit.bayes or fit.design.grouped or not fit.design.variables:
        return None
    rows = tuple(
        FittedRow(
            name=one.item,
            cells=(*numbers.rounded((one.prior, one.likelihood), 2, (FLAG,)), FLAGS.get(one.diagnosis, one.diagnosis)),
        )
        for one in fit.prior_sensitivity().power
    )
    return Grid(
        caption="How the posterior of a coefficient moves as the prior, or the likelihood, weighs a little more",
        heads=("Coefficient", "Prior", "Likelihood", "Reading"),
        rows=rows,
        key="Power scaling (Kallioinen et al. 2024): gradient of the distance; from 0.05 it counts as moving.",
    )


def predictor_rows(fit: Fit) -> tuple[Grid, ...]:
    """Return who is in the model, by each predictor."""
    found = []
    totals = fit.design.totals
    people = float(totals.sum())
    for place, one in enumerate(fit.design.variables):
        values = fit.design.patterns[:, place]
        if one.labels:
            rows = [
                FittedRow(name=label, cells=(numbers.integer(round(float(totals[values == code].sum()))),))
                for code, label in enumerate(one.labels)
            ]
        else:
            told = shared_quartiles(values, totals)
            names = ("Lower quartile", "Median", "Upper quartile") if len(told) > 1 else ("Median",) * len(told)
            rows = [
                FittedRow(name=name, cells=(f"about {_number_words(one.told(q))}",))
                for name, q in zip(names, told, strict=True)
            ] or [FittedRow(name="Quartiles", cells=("not told: they would be single people’s",))]
        head = "Respondents" if one.labels else "Value"
        caption = f"{capital(one.name.replace('_', ' '))}, {numbers.number_of(round(people), 'respondents')}"
        found.append(
            Grid(caption=caption, heads=("Level" if one.labels else "Of the respondents", head), rows=tuple(rows))
        )
    return tuple(found)


def level_table(found: AnswerCheck) -> Grid | None:
    """Return the counts of each answer by level, observed and by the model; None where there is no level."""
    rows, before = [], ("", "")
    for one in found.counts:
        if (one.predictor, one.level) != before:
            before = one.predictor, one.level
            people = numbers.number_of(one.people, "respondents")
            name = f"{capital(one.predictor.replace('_', ' '))}: {one.level} ({people})"
            rows.append(FittedRow(name=name, cells=(), head=True))
        cells = (numbers.count_words(one.observed), f"{one.lower} to {one.upper}", "outside" if one.outside else "no")
        rows.append(FittedRow(name=capital(one.answer), cells=cells))
    if not rows:
        return None
    return Grid(
        caption="Answers by level: how many gave each, and how many the fitted model makes",
        heads=("Answer", "Observed", f"{numbers.level_words(found.level)} of sets of answers", "Outside them"),
        rows=tuple(rows),
        key="Everybody’s predictors stay as they are. A number is cut at quartiles that are no single respondent’s.",
    )


def cuts_table(fit: Fit) -> Grid | None:
    """Return each coefficient and what it is at each cut of the answers by itself; None where there is one cut."""
    if fit.design.several or fit.design.family != "cumulative" or not fit.design.variables:
        return None
    if fit.design.free_terms:
        return None
    found = fit.proportional_odds()
    rows = []
    for one in found:
        item, _, which = (one.item or "").rpartition(": ")
        value = one.bounds or _point(one) or (math.nan, math.nan)
        cells = (
            numbers.span_words(*value, one.scale),
            "" if one.interval is None else numbers.interval_words(one.interval, one.scale),
        )
        rows.append(FittedRow(name=f"{item}, {which}", cells=cells))
    return Grid(
        caption="Log odds ratios: the one for every cut of the answers, and each cut fitted by itself",
        heads=("Coefficient", "Estimate", _kind(found[0].interval)),
        rows=tuple(rows),
        key="The model takes one for every cut. To be looked at: the cuts rest on the same answers, so their intervals "
        "move together. Where the answers contradict it, the effects say so.",
    )
