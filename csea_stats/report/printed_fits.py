"""A model fitted from print alone: its effect on the scale of probabilities, each reading, the prior, each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.regression.summary import FAMILIES
from csea_stats.report import views
from csea_stats.report.answer_rows import row_axis
from csea_stats.report.context import limits
from csea_stats.report.drawing import fluid_svg
from csea_stats.report.notes import notes_of
from csea_stats.report.strips import Bars, lanes_strip, share_strip
from csea_stats.report.target_tables import against_zero, judged, span
from csea_stats.report.text import PEOPLE, capital, in_words, shown_name
from csea_stats.results.counted_shares import share_ends
from csea_stats.results.numbers import (
    base_words,
    count_words,
    level_words,
    number_of,
    percent_range,
    points_range,
    points_span,
    probability,
    threshold_words,
)
from csea_stats.results.sentences import method_words, what_interval
from csea_stats.results.verdicts import OPEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.fit import Fit
    from csea_stats.regression.from_print import PrintedFit
    from csea_stats.regression.model import Model
    from csea_stats.report.context import PageContext
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Interval

GREENLAND = ("Greenland and Mansournia 2015, Statistics in Medicine 34:3133–3143", "10.1002/sim.6537")

GELMAN = ("Gelman and Carlin 2014, Perspectives on Psychological Science 9:641–651", "10.1177/1745691614551642")


def fitted_blocks(fits: Sequence[PrintedFit], context: PageContext) -> tuple[views.Block, ...]:
    """Return a block for each model that was fitted from print."""
    return tuple(_block(index, one, context) for index, one in enumerate(fits, 1))


def _block(index: int, found: PrintedFit, context: PageContext) -> views.Block:
    effect, fit = found.effect, found.fit
    parts = [
        views.BlockPart(
            notes=notes_of((effect,)),
            figures=(_effect_figure(index, found),),
            targets=_effect_table(found),
            sentences=(str(effect),),
        )
    ]
    if found.readings:
        parts.append(views.BlockPart(notes=(), targets=_readings_table(found)))
    if effect.sensitivity:
        parts.append(
            views.BlockPart(notes=_prior_notes(fit), figures=(prior_figure(effect, fit, name=f"fit-{index}-prior"),))
        )
    *before, last = _answer_tables(found, context)
    parts += [views.BlockPart(notes=(), answers=table) for table in before]
    parts.append(views.BlockPart(notes=(), answers=last, foot=_again(found)))
    places = ", ".join(found.tabulation.places)
    kicker = ("Regression from print", f"{base_words(fit.design.base)} respondents", places)
    return views.Block(
        anchor=f"m-{index}",
        kicker=" · ".join(part for part in kicker if part),
        label=f"{found.question.label} by {found.tabulation.by_label[:1].lower()}{found.tabulation.by_label[1:]}",
        asked=fit.model.question,
        lede=_lede(found),
        judged=against_zero(effect.verdict, "{claim}? {mark}."),
        lines=_lines(found),
        parts=tuple(parts),
    )


def _event(found: PrintedFit) -> str:
    """Return the answer that the effect is about, as the page names it."""
    outcome = found.fit.model.estimand[0].outcome or found.question.categories[0]
    return shown_name(found.question, f"{outcome} or lower")


def _sides(effect: Estimate) -> str:
    """Return what is compared: "from 30 and over to under 30"."""
    return effect.estimand.rpartition(", ")[2]


def _lede(found: PrintedFit) -> str:
    effect = found.effect
    told = " and ".join(f"{span_points(i)} ({what_interval(i)})" for i in both(effect))
    text = f"The share of “{_event(found)}” changes by {told}, {_sides(effect)}."
    if effect.verdict and effect.verdict.word in OPEN:
        text += " The model does not show that the groups differ, nor that they are alike."
    return text


def both(estimate: Estimate) -> tuple[Interval, ...]:
    """Return an estimate's interval and its companion, as far as there are."""
    return tuple(interval for interval in (estimate.interval, estimate.companion) if interval)


def span_points(interval: Interval) -> str:
    """Return a difference's interval: "−10 to +40 points"."""
    return points_range(interval.lower, interval.upper)


def _bare(interval: Interval) -> str:
    return points_span(interval.lower, interval.upper)


def _lines(found: PrintedFit) -> tuple[str, ...]:
    fit = found.fit
    told = [model_line(fit.model)]
    if len(fit.readings) > 1:
        told.append(
            f"Print leaves {in_words(len(fit.readings))} tables of counts possible. Each was fitted by itself, and "
            "every interval covers all of them."
        )
    return tuple(told)


def model_line(model: Model) -> str:
    """Return a model in one line: family, formula and the prior of its coefficients."""
    family = FAMILIES[model.family or "cumulative"]
    prior = model.priors.coefficients.prior
    return f"{capital(family)} model, {model.formula}, with a {prior} prior on the log odds ratio."


def _effect_figure(index: int, found: PrintedFit) -> views.Figure:
    effect = found.effect
    looks = ("work", "workb")
    lanes = [
        Bars(
            label=f"{capital(i.kind)} interval",
            value=f"{level_words(i.level)}: {_bare(i)}",
            ends=((i.lower, i.upper),),
            look=look,
        )
        for i, look in zip(both(effect), looks, strict=False)
    ]
    caption = f"Percentage points; {number_of(found.fit.design.base, 'respondents')}. {PEOPLE}, chance alone."
    for word, interval in zip(("Solid", "Outlined"), both(effect), strict=False):
        caption += f" {word}: {method_words(interval.method)}."
    if found.readings:
        ends = tuple(e for _, one in found.readings if (e := limits(one.interval)))
        lanes.append(Bars(label="Each reading of print", value=f"{number_of(len(ends), 'readings')}", ends=ends))
        caption += " Thin: the credible interval by each reading, in the table’s order; the bars above cover all."
    title = f"Change in the share of “{_event(found)}”, {_sides(effect)}"
    words = " ".join(f"{span_points(i)}, {what_interval(i)}." for i in both(effect))
    drawing = lanes_strip(lanes, title=title, description=words)
    return views.Figure(title=title, svg=fluid_svg(drawing, name=f"fit-{index}", look="strip full"), caption=caption)


def _effect_table(found: PrintedFit) -> views.TargetTable:
    effect = found.effect
    rows = tuple(
        views.TargetRow(
            lane="k2",
            name=PEOPLE,
            how=f"{interval.kind}, {method_words(interval.method)}",
            interval=_bare(interval),
            probability=probability(*effect.probability) if effect.probability and place == 0 else "",
        )
        for place, interval in enumerate(both(effect))
    )
    mark = judged(effect.verdict)
    verdict = effect.verdict
    asked = threshold_words(verdict.threshold, verdict.direction, "difference") if verdict else ""
    return views.TargetTable(
        caption=f"Difference in percentage points, {_sides(effect)}",
        level=level_words(found.fit.level),
        rows=rows,
        with_bound=False,
        probability="Probability that it is above zero" if effect.probability else "",
        asked=f"{asked}?" if mark else "",
        verdicts=((PEOPLE, views.Judged(shape=mark.shape, text=f"{PEOPLE}: {mark.text.lower()}")),) if mark else (),
    )


def _readings_table(found: PrintedFit) -> views.TargetTable:
    sizes = [int(table.sum()) for table in found.fit.design.tables]
    beside = found.effect.companion
    rows = tuple(
        views.TargetRow(
            lane="k2",
            name=capital(words),
            how=f"{number_of(size, 'respondents')}",
            interval=_bare(one.interval) if one.interval else "not estimated",
            bound=_bare(one.companion) if one.companion else "",
        )
        for (words, one), size in zip(found.readings, sizes, strict=True)
    )
    return views.TargetTable(
        caption="The same by each table of counts that print allows, in percentage points",
        level=f"{level_words(found.fit.level)} credible",
        rows=rows,
        with_bound=beside is not None,
        head="If the counts are",
        beside=beside.kind if beside else "",
    )


def prior_figure(effect: Estimate, fit: Fit, *, name: str) -> views.Figure:
    """Return an effect under each customary prior, that in use filled."""
    used = fit.model.priors.coefficients.prior if fit.bayes else ""
    lanes = [
        Bars(
            label=f"{prior}{', in use' if prior == used else ''}",
            value=_bare(interval),
            ends=((interval.lower, interval.upper),),
            look="work" if prior == used else "workb",
        )
        for prior, interval in effect.sensitivity
    ]
    words = " ".join(f"{prior}: {span_points(interval)}." for prior, interval in effect.sensitivity)
    title = "The same effect under three customary priors of the coefficients"
    drawing = lanes_strip(lanes, title=title, description=words)
    caption = (
        f"Percentage points; {level_words(fit.level)} credible intervals, {PEOPLE.lower()}, chance alone. A verdict "
        "needs all of them and the confidence interval on one side of zero."
    )
    return views.Figure(title=title, svg=fluid_svg(drawing, name=name, look="strip full"), caption=caption)


def _prior_notes(fit: Fit) -> tuple[views.NoteView, ...]:
    told = fit.model.priors.coefficients
    return (views.NoteView(kind="caveat", heading="Why this prior", paragraphs=(f"{told.prior}: {told.reason}",)),)


def _answer_tables(found: PrintedFit, context: PageContext) -> tuple[views.AnswerTable, ...]:
    """Return the predicted share of each answer in each group, beside the counts."""
    tabulation = found.tabulation
    answers = len(tabulation.labels)
    tables = []
    for place, group in enumerate(tabulation.groups):
        mine = found.predictions[place * answers : (place + 1) * answers]
        bases = tuple(sorted(tabulation.bases(place)))
        rows = tuple(
            _answer_row(answer, tuple(sorted(tabulation.counts(place, (k,)))), bases, one)
            for k, (answer, one) in enumerate(zip(tabulation.labels, mine, strict=True))
        )
        tables.append(
            views.AnswerTable(
                caption=f"{capital(group)}: answers counted, of {count_words(bases)}, and their shares by the model",
                rows=rows,
                sums=(),
                axis=row_axis(),
                population="",
                key=f"Tick: counted. Hatched: counts that print leaves open. Bar: {context.level_text} "
                f"credible interval of the share in this group, {PEOPLE.lower()}, over all readings, chance alone.",
            )
        )
    return tuple(tables)


def _answer_row(answer: str, counts: tuple[int, ...], bases: tuple[int, ...], one: Estimate) -> views.AnswerRow:
    low, high = share_ends(counts, bases)
    return views.AnswerRow(
        names=(answer,),
        references=(),
        svg=fluid_svg(share_strip(None, limits(one.interval), (low, high)), look="strip row"),
        count=count_words(counts),
        share=f"({percent_range(low, high, decimals=0)})",
        people=span(one) or "not estimated",
    )


def _again(found: PrintedFit) -> str:
    model = found.fit.model
    call = f"“{model.formula}”" if model.id == "formula" else f"“{model.id}”"
    return (
        f"To fit it again: the model {call} on the tabulation of “{found.tabulation.outcome}” by "
        f"“{found.tabulation.by}”, seed {found.fit.seed}; csea-stats models show tells a model in full."
    )


def fitted_methods(fits: Sequence[PrintedFit]) -> tuple[views.MethodEntry, ...]:
    """Return what the page says of how models are fitted from print."""
    if not fits:
        return ()
    first = fits[0].fit
    return (
        views.MethodEntry(
            head="Model from print",
            text="A cumulative logit regression of the answers on the groups that print tells of, fitted to each table "
            "of counts that print allows; intervals are the hull. Credible: importance sampling around the posterior’s "
            f"mode, seed {first.seed}, priors as stated. Confidence: likelihood with a log-F(1, 1) penalty, the "
            "smallest and largest effect over its profile likelihood region. The effect is the change of the predicted "
            "share from one group to the other. In small groups an interval that leaves out zero tends to overstate "
            "the difference.",
            references=(GREENLAND, GELMAN),
        ),
    )
