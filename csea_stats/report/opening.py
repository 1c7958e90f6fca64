"""What opens the page: the sample and its limits, a summary, the key to the strips, the headline findings."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from csea_stats.report.context import Tiers, headline_of, limits, ratio_of
from csea_stats.report.drawing import Drawing, Mark, Text, fluid_svg
from csea_stats.report.notes import check_reference, tipping_line, tipping_values
from csea_stats.report.strips import MOST_CELLS, axis, bar, compact_strip, grid, nested, notch, respondents_lane
from csea_stats.report.target_tables import bound, claim_of, count_text, description, few_words, judged, span
from csea_stats.report.text import (
    PEOPLE,
    THESE,
    assumed_words,
    capital,
    in_words,
    listed,
    shown_name,
    the_workforce,
    workforce_name,
)
from csea_stats.report.views import HeadedText, Headline, Lane, TargetRow
from csea_stats.results.numbers import integer, percent, ratio, ratio_range
from csea_stats.results.sentences import counted, method_words

if TYPE_CHECKING:
    from markupsafe import Markup

    from csea_stats.report.context import PageContext
    from csea_stats.survey.survey import Question, Survey

MOST_HEADLINES = 8

FEW = 15
"""Respondents below which the opening says that they are few."""

LABEL_ROOM = 0.07
"""Share of the axis between two labels of nested bars."""


def facts(survey: Survey) -> tuple[HeadedText, ...]:
    """Return the sample and its limits."""
    source = survey.source
    found = source.recruitment
    if source.started is not None and source.disqualified is not None:
        found += f" {integer(source.started)} began; {integer(source.disqualified)} did not meet the entry conditions."
    answered = source.mode
    if source.languages:
        answered += f" In {listed(source.languages)}."
    limits_text = survey.limits or (
        f"What {survey.targets.many} said, not how often anything happens. "
        + (
            ""
            if source.probability_sample
            else "No random draw is reported, so who took part is not known to be typical."
        )
    )
    if survey.people is not None and survey.people < FEW:
        limits_text = f"Few people: one of them is {percent(1 / survey.people)} percentage points. {limits_text}"
    return (
        HeadedText(
            head="Respondents", text="not printed" if survey.people is None else integer(survey.people), look="n"
        ),
        HeadedText(head="How they were found", text=found),
        HeadedText(head="How they answered", text=answered),
        HeadedText(head="What it can show", text=limits_text.strip()),
    )


def deck(survey: Survey) -> str:
    """Return the lines under the title."""
    if survey.deck:
        return survey.deck
    return (
        f"{survey.source.title} ({survey.source.country}, {survey.source.year}) prints numbers. This page says, for "
        "each one, whom it speaks for and how far."
    )


def headline_items(context: PageContext) -> tuple[tuple[Question, Tiers], ...]:
    """Return the findings that open the page: those the file names, else the first for which half is asked."""
    survey = context.survey
    if survey.headlines:
        wanted = [context.question(name) for name in survey.headlines]
        pairs = [(question, headline_of(context, question)) for question in wanted]
        return tuple((question, tiers) for question, tiers in pairs if tiers is not None)
    pairs = [(question, headline_of(context, question)) for question in survey.question]
    found = [(question, tiers) for question, tiers in pairs if tiers is not None]
    asked = [pair for pair in found if claim_of(pair[1])]
    return tuple((asked or found)[:MOST_HEADLINES])


def headlines(context: PageContext) -> tuple[Headline, ...]:
    """Return the headline findings, the last with an axis."""
    pairs = headline_items(context)
    return tuple(
        _headline(question, tiers, context, last=index == len(pairs) - 1)
        for index, (question, tiers) in enumerate(pairs)
    )


def _headline(question: Question, tiers: Tiers, context: PageContext, *, last: bool) -> Headline:
    name = f"{question.label}: {shown_name(question, tiers.item)}"
    drawing = compact_strip(tiers, title=name, description=description(tiers, context), with_axis=last)
    shown = tiers.shown_population
    rows = [
        TargetRow(
            lane="k1",
            name=THESE,
            how="",
            interval=count_text(tiers),
            judged=judged(tiers.counted.verdict if tiers.counted else None),
        )
    ]
    if tiers.people and tiers.people.interval:
        rows.append(
            TargetRow(lane="k2", name=PEOPLE, how="", interval=span(tiers.people), judged=judged(tiers.people.verdict))
        )
    if shown and shown.interval:
        rows.append(
            TargetRow(
                lane="k3",
                name=workforce_name(context.survey),
                how=assumed_words(shown),
                interval=span(shown),
                bound=bound(shown),
                judged=judged(shown.verdict),
            )
        )
    touching = [n for n in context.findings(question.id) if not n.finding.items or tiers.item in n.finding.items]
    return Headline(
        label=name,
        href=f"#q-{question.id}",
        references=tuple(check_reference(n) for n in touching),
        tipping=tipping_line(tiers),
        svg=fluid_svg(drawing, name=f"head-{question.id}"),
        rows=tuple(rows),
    )


def lanes(context: PageContext) -> tuple[Lane, ...]:
    """Return the key: each lane of a headline's strip, what it is, and what it assumes."""
    pairs = headline_items(context)
    if not pairs:
        return ()
    tiers = max((tiers for _, tiers in pairs), key=_spacing)
    return tuple(
        Lane(svg=_lane_svg(marks, tall=tall), name=name, text=text)
        for name, marks, text, tall in (
            (THESE, respondents_lane(tiers, 0.75, 0.625), _these(tiers), False),
            (PEOPLE, _people_marks(tiers), _people(tiers, context), False),
            (
                workforce_name(context.survey),
                _population_marks(tiers),
                _population(tiers, context),
                True,
            ),
        )
        if marks
    )


def _spacing(tiers: Tiers) -> float:
    """Return how far apart the nested bars begin, so that the key's labels have room."""
    starts = sorted(e.interval.lower for e in tiers.population if e.interval)
    return min((b - a for a, b in pairwise(starts)), default=0.0)


def _lane_svg(marks: list[Mark], *, tall: bool) -> Markup:
    height = 3.1 if tall else 2.4
    return fluid_svg(Drawing(marks=(*grid(0.0, height), *marks), height=height))


def lane_axis() -> Markup:
    """Return the axis under the key."""
    return fluid_svg(Drawing(marks=tuple(axis(0.95)), height=1.2), look="strip axis")


def _people_marks(tiers: Tiers) -> list[Mark]:
    marks = bar(limits(tiers.people.interval) if tiers.people else None, "work", 1.06, 0.5)
    return [*marks, *(mark for mark in notch(tiers, 0.0, 1.06, 0.5) if mark.look == "gap")] if marks else []


def _population_marks(tiers: Tiers) -> list[Mark]:
    told = [(ends, ratio_of(e)) for e in tiers.population if (ends := limits(e.interval)) is not None]
    marks = nested([ends for ends, _ in told], 1.06, 0.625)
    wide = [(ends, value) for ends, value in told if ends[1] - ends[0] > 0.0]
    last = 1.0
    for (low, _), value in wide:
        if last - low > LABEL_ROOM or last == 1.0:
            marks.append(Text(look="ax", x=low, y=2.5, text=ratio(value), anchor="middle" if low > 0.03 else "start"))
            last = low
    return marks


def _these(tiers: Tiers) -> str:
    if isinstance(tiers.base, int) and tiers.base <= MOST_CELLS:
        unit = f"One cell is one person; filled cells gave the answer (here {few_words(tiers)})."
    else:
        unit = (
            f"The dark part of the bar gave the answer (here {few_words(tiers)}); they are too many to draw one by one."
        )
    return (
        f"are counted. {unit} Nothing is estimated, so there is no interval; this says nothing about anyone who did "
        "not answer."
    )


def _people(tiers: Tiers, context: PageContext) -> str:
    interval = tiers.people.interval if tiers.people else None
    method = f" ({interval.kind} interval, {method_words(interval.method)})" if interval else ""
    many = context.survey.targets.many
    return (
        f"are estimated: all {many} who could have been recruited the same way. Their share lies in this bar with "
        f"{context.level_text} probability{method}, allowing for chance alone, as if the respondents were a random "
        "draw from them; bias from who took part is not in it."
    )


def _population(tiers: Tiers, context: PageContext) -> str:
    told = [ratio(ratio_of(e)) for e in tiers.population]
    listed = f"{', '.join(told[:-1])} or {told[-1]}" if len(told) > 1 else told[0]
    many = context.survey.targets.many
    return (
        f"is conditional. {capital(many)} of one view may have been more, or less, likely to take part. The figure "
        f"assumes that this ratio lies within about {listed} times either way (thick to thin), with 95% probability; "
        "the survey cannot tell which. The bound beside an interval is what is possible if the ratio is anywhere "
        "within that limit, without any probability for it."
    )


def headline_question(context: PageContext) -> str:
    """Return what is asked of the headline findings."""
    claims = {claim_of(tiers) for _, tiers in headline_items(context)} - {""}
    return "is it more than half?" if claims == {"More than half"} else ""


def headline_note(context: PageContext) -> str:
    """Return what the headline rows are printed for."""
    shown = next((t.shown_population for _, t in headline_items(context) if t.shown_population), None)
    if shown is None:
        return ""
    others = [ratio(ratio_of(e)) for e in headline_items(context)[0][1].population if e != shown]
    return (
        f"Rows on {the_workforce(context.survey)} are printed for ratios within about {ratio(ratio_of(shown))} times; "
        f"their verdicts need about {' and '.join(others)} as well. “Allowing for chance” takes the lower of the "
        "Jeffreys and Wilson lower limits. Intervals are credible ones, by Jeffreys; bounds start from the limits of "
        "Wilson's confidence intervals."
    )


def summary(context: PageContext) -> tuple[tuple[str, str], ...]:
    """Return up to three sentences: what stands out in bold, then for whom it holds."""
    pairs = [(question, tiers) for question, tiers in headline_items(context) if claim_of(tiers)]
    lines = [(f"{capital(counted(tiers.first))}.", _claims(tiers, context)) for _, tiers in pairs[:2]]
    rest = [
        tiers.shown_population.verdict.word
        for _, tiers in pairs[2:]
        if tiers.shown_population and tiers.shown_population.verdict
    ]
    workforce = the_workforce(context.survey)
    gap = _contrast_line(context)
    if rest and set(rest) == {"not settled"}:
        number = "one more finding" if len(rest) == 1 else f"{in_words(len(rest))} more findings"
        lines.append((f"For {number} a majority of {workforce} is not settled either.", gap))
    elif rest:
        told = ", ".join(f"{in_words(rest.count(word))} {word}" for word in dict.fromkeys(rest))
        lines.append((f"More than half of {workforce}, for {in_words(len(rest))} more findings: {told}.", gap))
    elif gap:
        lines.append((gap, ""))
    if not lines:
        lines = [(f"{capital(counted(tiers.first))}.", "") for _, tiers in headline_items(context)[:3]]
    return tuple(lines)


def _claims(tiers: Tiers, context: PageContext) -> str:
    shown = tiers.shown_population
    workforce = the_workforce(context.survey)
    parts = []
    if tiers.people and tiers.people.verdict:
        parts.append(f"More than half of people like these: {tiers.people.verdict.word}.")
    if shown and shown.verdict:
        parts.append(f"More than half of {workforce}: {shown.verdict.word}.")
    found = tipping_values(tiers)
    if found:
        lower, _, low, high = found
        if lower > 1:
            parts.append(
                f"Allowing for chance, it would divide evenly if those who gave this answer were {ratio(lower)} times "
                f"as likely to take part as the others; at the observed share, if {ratio_range(low, high)} times."
            )
        else:
            parts.append("Allowing for chance there may be no majority, so there is no tipping point.")
    return " ".join(parts)


def _contrast_line(context: PageContext) -> str:
    if not context.contrasts:
        return ""
    gap = context.contrasts[0][0]
    verdict = gap.people.verdict if gap.people else None
    if verdict is None or verdict.word != "not settled":
        return ""
    codes = {d.code for d in gap.people.caveats} if gap.people else set()
    why = "the two methods disagree on whether it is above zero" if "methods-disagree" in codes else "it may be zero"
    label = context.question(gap.question).label
    return f"Nor is the difference between groups ({label}, {gap.item}): {why}."
