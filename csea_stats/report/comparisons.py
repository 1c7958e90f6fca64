"""Two groups against each other: each group, and their difference."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from csea_stats.report import views
from csea_stats.report.context import doubts_of, limits, ratio_of, unpublished_of
from csea_stats.report.drawing import Drawing, fluid_svg
from csea_stats.report.notes import notes_of
from csea_stats.report.strips import contrast_axis, difference_strip, row_labels, row_lanes
from csea_stats.report.target_tables import bound, chance_words, count_text, judged, share_text, span, target_table
from csea_stats.report.text import (
    PEOPLE,
    THESE,
    assumed_words,
    capital,
    in_words,
    listed,
    quoted_name,
    shown_name,
    told_once,
    workforce_name,
)
from csea_stats.results.numbers import (
    base_words,
    percent_range,
    points_range,
    points_span,
    ratio,
    small,
    threshold_words,
    thresholds_of,
)
from csea_stats.results.sentences import citation, counted, method_words, what_interval
from csea_stats.results.values import LIMITS
from csea_stats.tabulation.naming import group_in_words, item_name
from csea_stats.tabulation.source_estimates import every_comparison
from csea_stats.targets.populations import Respondents

if TYPE_CHECKING:
    from csea_stats.report.context import Contrast, PageContext, Tiers
    from csea_stats.report.strips import Axis
    from csea_stats.results.estimate import Estimate
    from csea_stats.survey.survey import Question


def comparisons(context: PageContext) -> tuple[views.ComparisonView, ...]:
    """Return a table for each question whose groups print compares, a row for each comparison."""
    groups: dict[str, list[tuple[int, Contrast]]] = {}
    for index, one in enumerate(context.contrasts, 1):
        groups.setdefault(one.by, []).append((index, one))
    missing = _missing(context)
    return tuple(
        _comparison(by, groups.get(by, []), missing.get(by, ""), context) for by in dict.fromkeys([*groups, *missing])
    )


def _missing(context: PageContext) -> dict[str, str]:
    """Return for each question that makes groups what print does not compare, and what it would need to."""
    found: dict[str, dict[str, list[str]]] = {}
    for question in context.survey.question:
        for one in every_comparison(question, context.audit):
            if one.missing:
                item, who = item_name(question, one.items), group_in_words(one.group, context.survey)
                name = f"{question.label}, {quoted_name(question, item)} ({who})"
                found.setdefault(one.group.question, {}).setdefault(one.missing, []).append(name)
    return {
        by: " ".join(f"Not compared, as {why}: {'; '.join(dict.fromkeys(names))}." for why, names in reasons.items())
        for by, reasons in found.items()
    }


def _comparison(by: str, found: list[tuple[int, Contrast]], missing: str, context: PageContext) -> views.ComparisonView:
    title = f"By {small(context.question(by).label)}" if by else "Groups"
    if not found:
        return views.ComparisonView(title=title, heads=(), axis=Markup(), rows=(), note="", missing=missing)
    axis = contrast_axis(context, by)
    shown = next((one.gap.shown_population for _, one in found if one.gap.shown_population), None)
    last = f"{workforce_name(context.survey)}, {assumed_words(shown)}" if shown else ""
    return views.ComparisonView(
        title=title,
        heads=("Answer", "Group", "Against", THESE, f"{PEOPLE}, {context.level_text}", *([last] if last else [])),
        axis=fluid_svg(row_labels(axis), look="strip row"),
        rows=tuple(_compared(index, one, axis, context) for index, one in found),
        note="Differences in percentage points. Block: counted"
        f"{', hatched where print leaves it open' if context.survey.sample is None else ''}. Solid and outlined "
        "bar: people like these, by two methods; above or below zero is supported only if both leave out zero. Last "
        f"bar: {workforce_name(context.survey).lower()}, as assumed. No correction for how many groups are compared."
        + chance_words(one.gap.people.verdict for _, one in found if one.gap.people),
        missing=missing,
    )


def _compared(index: int, one: Contrast, axis: Axis, context: PageContext) -> views.ComparedRow:
    gap, question = one.gap, context.question(one.gap.question)
    people, shown = gap.people, gap.shown_population
    solid, outlined = (people.companion or people.interval, people.interval) if people else (None, None)
    bars = [
        (limits(solid), "work", 0.375),
        (limits(outlined) if outlined != solid else None, "workb", 0.3),
        (limits(shown.interval if shown else None), "nat", 0.25),
    ]
    seen = gap.observed[0] if gap.observed and gap.observed[0] == gap.observed[1] else None
    if gap.observed and seen is None:
        bars.insert(0, (gap.observed, "cm", 0.4))
    names = [capital(name) for name in (one.group, one.other)]
    counts = [count_text(t) for t in one.sides] + [""] * (2 - len(one.sides))
    words = _verdict_words(gap)
    return views.ComparedRow(
        anchor=f"c-{index}",
        answer=f"{question.label}: {shown_name(question, one.item)}",
        first=": ".join(part for part in (names[0], counts[0]) if part),
        second=": ".join(part for part in (names[1], counts[1]) if part),
        svg=fluid_svg(row_lanes(axis, bars, seen, f"c-{index}"), look="strip row"),
        counted=share_text(gap),
        people=span(people).removesuffix(" points") or "not estimated",
        beside=bound(people).removesuffix(" points"),
        judged=views.Judged(shape=mark.shape, text=words) if people and (mark := judged(people.verdict)) else None,
        population=span(shown).removesuffix(" points"),
        population_judged=judged(shown.verdict) if shown else None,
        key=f"c-{index}",
        block=_block(index, one, context),
    )


def contrast_words(one: Contrast, context: PageContext) -> str:
    """Return a comparison in words: "Public awareness, “poor”: under 30 against the rest"."""
    question = context.question(one.gap.question)
    return f"{question.label}, {quoted_name(question, one.item)}: {' against '.join(one.words)}"


def _verdict_words(gap: Tiers) -> str:
    """Return a difference's verdict for people like these with what it is about: "Above zero: supported"."""
    verdict = gap.people.verdict if gap.people else None
    if verdict is None:
        return ""
    if verdict.word == "not settled":
        disagree = any(d.code == "methods-disagree" for e in gap.members for d in e.caveats)
        return "Not settled: the two methods disagree" if disagree else "Not settled"
    return f"{threshold_words(verdict.threshold, verdict.direction, 'difference')}: {verdict.word}"


def _block(index: int, one: Contrast, context: PageContext) -> views.Block:
    gap, question = one.gap, context.question(one.gap.question)
    sizes = " and ".join(base_words(part) for part in gap.first.base)
    places = ", ".join(gap.first.provenance.places)
    members = tuple(e for tiers in one.sides for e in tiers.every)
    words = _verdict_words(gap)
    caption = f"Difference in percentage points, {quoted_name(question, one.item)}: {' minus '.join(one.words)}"
    part = views.BlockPart(
        notes=(
            *notes_of(members, joined=told_once),
            *notes_of(gap.every, told=doubts_of(members), joined=told_once),
        ),
        targets=_in_words(target_table(gap, context, caption=caption), words),
        sentences=(citation(gap.members), *(citation(tiers.members) for tiers in one.sides)),
    )
    return views.Block(
        anchor=f"c-{index}",
        kicker=" · ".join(text for text in ("Comparison of two groups", f"{sizes} respondents", places) if text),
        label=contrast_words(one, context),
        lede=f"{capital(counted(gap.first))}.",
        parts=(part,),
    )


def _in_words(table: views.TargetTable, words: str) -> views.TargetTable:
    """Return a difference's table without the unit, which its caption gives, and with what "not settled" means here."""
    why = words.partition("settled: ")[2].removesuffix(".")

    def row(found: views.TargetRow) -> views.TargetRow:
        return replace(
            found, interval=found.interval.removesuffix(" points"), bound=found.bound.removesuffix(" points")
        )

    def verdict(name: str, mark: views.Judged) -> tuple[str, views.Judged]:
        told = why and mark.text == "People like these: not settled"  # a population's companion is a bound, no method
        return name, replace(mark, text=f"{mark.text}, {why}") if told else mark

    return replace(
        table,
        rows=tuple(row(found) for found in table.rows),
        probability="Probability that it is above zero" if table.probability else "",
        verdicts=tuple(verdict(name, mark) for name, mark in table.verdicts),
    )


def difference_parts(gap: Tiers, context: PageContext) -> tuple[Drawing, str, str]:
    """Return the drawing of a difference, its title and its caption."""
    people, shown = gap.people, gap.shown_population
    solid = people and (people.companion or people.interval)
    population = workforce_name(context.survey)
    labels = [(THESE, f"{share_text(gap)}, counted")]
    if people and solid:
        labels.append((PEOPLE, f"{context.level_text}: {points_span(solid.lower, solid.upper, thresholds_of(people))}"))
    if shown and shown.interval:
        labels.append((population, f"{span(shown).removesuffix(' points')} if {ratio(ratio_of(shown))} times"))
    labels += [("", "")] * (3 - len(labels))
    told = [f"These respondents {share_text(gap)}."]
    if people and people.interval:
        told.append(f"People like these {span(people)}" + (f" or {bound(people)}." if people.companion else "."))
    told += [f"{population} {span(e)} {assumed_words(e)}." for e in gap.population if e.interval]
    drawing = difference_strip(
        gap, labels, title=f"Difference in percentage points: {gap.item}", description=" ".join(told)
    )
    sizes = " and ".join(base_words(part) for part in gap.first.base)
    caption = f"Percentage points; groups of {sizes} respondents."
    if people and people.companion and people.interval:
        caption += (
            f" Solid: {method_words(people.companion.method)}. Outlined: {method_words(people.interval.method)}, from "
            f"which the lane below starts. Both {context.level_text}, chance alone. Above zero is supported only if "
            "both leave out zero."
        )
    factors = [ratio(ratio_of(e)) for e in gap.population if e.interval]
    if factors:
        caption += f" {population}: participation ratio within about {listed(factors)} times, assumed."
    return drawing, f"Difference, {gap.item}", caption


OPEN = "0 to 100%"


def relations(context: PageContext) -> tuple[views.Relation, ...]:
    """Return what print leaves open of each relation that the survey file names as not published."""
    found = unpublished_of(context.estimates)
    blocks = []
    for relation in context.survey.crosstab:
        outcome, by = context.question(relation.outcome), context.question(relation.by)
        mine = tuple(e for e in found if e.question == outcome.id and f" by {by.label}" in (e.item or ""))
        if not mine:
            continue
        groups: dict[str, list[Estimate]] = {}
        for e in mine:
            if f" by {by.label}: " in (e.item or "") and not _names_two(e, by):
                groups.setdefault(e.item or "", []).append(e)
        bounded = any(e.bounds is not None and e.bounds != LIMITS[e.scale] for e in mine)
        told = tuple(_bound_row(item, by, outcome, members) for item, members in groups.items()) if bounded else ()
        rows = tuple(row for row in told if not _open(row))
        folded = len(told) - len(rows)
        between = _between(tuple(e for e in mine if _names_two(e, by)))
        verdict = next((e.verdict for e in mine if e.verdict), None)
        method = next((e.interval for e in mine if e.interval), None)
        blocks.append(
            views.Relation(
                label=f"{outcome.label} by {small(by.label)}",
                where=relation.where,
                judged=judged(verdict) if verdict else views.Judged(shape="dash", text="Cannot be checked"),
                rows=rows,
                folded=" ".join(filter(None, (_folded(folded, all_of_them=not rows), between))),
                caption="Bounds for these respondents"
                + (f"; last column: the bounds for people like these, {what_interval(method)}" if method else ""),
                region="Difference, people like these" if method else "",
                caveats=tuple(dict.fromkeys(text for _, text in doubts_of(mine))),
            )
        )
    return tuple(blocks)


def _folded(number: int, *, all_of_them: bool) -> str:
    """Return that some pairs, or all, are left open."""
    if not number:
        return ""
    which = "All" if all_of_them else "The other"
    which += f" {in_words(number)} pairs leave" if number > 1 else " pair leaves"
    return f"{which} 0 to 100% open in and outside the group, and any difference."


def _names_two(estimate: Estimate, by: Question) -> bool:
    """Whether an estimate is about two of a question's groups."""
    _, _, who = (estimate.item or "").partition(f" by {by.label}: ")
    first, minus, second = who.partition(" minus ")
    return bool(minus) and who not in by.categories and {first, second} <= set(by.categories)


def _between(gaps: tuple[Estimate, ...]) -> str:
    """Return in a sentence what is left open between each two groups, so that they need no rows."""
    spans = [e.bounds or (e.value or 0.0, e.value or 0.0) for e in gaps]
    if not spans:
        return ""
    narrowest = min(spans, key=lambda ends: ends[1] - ends[0])
    both, number = sum(low < 0 < high for low, high in spans), in_words(len(spans))
    signs = (
        f"Of {number} differences between two of the groups {in_words(both) if both else 'none'} may have either sign"
    )
    if both == len(spans):
        signs = f"Each of the {number} differences between two of the groups may have either sign"
    return f"{signs}; the narrowest set is {points_range(*narrowest)}."


def _open(row: views.BoundRow) -> bool:
    """Whether print leaves everything of a pair open."""
    return row.inside == row.outside == OPEN


def _bound_row(item: str, by: Question, asked: Question, members: list[Estimate]) -> views.BoundRow:
    outcome, _, group = item.partition(f" by {by.label}: ")

    def of(word: str) -> Estimate | None:
        named = [e for e in members if word in e.estimand]
        return next((e for e in named if isinstance(e.target, Respondents)), named[0] if named else None)

    difference = of("difference")
    region = next((e.interval for e in members if e.interval and e.scale == "difference"), None)
    return views.BoundRow(
        outcome=capital(shown_name(asked, outcome)),
        group=capital(shown_name(by, group)),
        inside=_bounds(of("in the group")),
        outside=_bounds(of("outside")),
        difference=_bounds(difference),
        region=points_span(region.lower, region.upper) if region else "",
    )


def _bounds(estimate: Estimate | None) -> str:
    if estimate is None or estimate.bounds is None:
        return ""
    low, high = estimate.bounds
    if estimate.scale == "difference":
        return points_span(low, high)
    return percent_range(low, high, decimals=0)
