"""Two groups against each other: each group, and their difference."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.report.context import doubts_of, ratio_of, unpublished_of
from csea_stats.report.drawing import Drawing, fluid_svg
from csea_stats.report.notes import notes_of
from csea_stats.report.strips import difference_strip, groups_strip
from csea_stats.report.target_tables import bound, count_text, few_words, judged, share_text, span, target_table
from csea_stats.report.text import (
    PEOPLE,
    THESE,
    assumed_words,
    capital,
    in_words,
    listed,
    shown_name,
    small,
    told_once,
    workforce_name,
)
from csea_stats.report.views import Block, BlockPart, BoundRow, Figure, Judged, Relation, TargetRow, TargetTable
from csea_stats.results.numbers import (
    base_words,
    percent_range,
    points_range,
    points_span,
    ratio,
    threshold_words,
    thresholds_of,
)
from csea_stats.results.sentences import citation, counted, method_words, what_interval
from csea_stats.results.values import LIMITS
from csea_stats.targets.populations import Respondents

if TYPE_CHECKING:
    from csea_stats.report.context import PageContext, Tiers
    from csea_stats.results.estimate import Estimate
    from csea_stats.survey.survey import Question


def comparison_blocks(context: PageContext) -> tuple[Block, ...]:
    """Return a block per printed comparison of a group with the rest."""
    return tuple(_block(index, gap, groups, context) for index, (gap, groups) in enumerate(context.contrasts, 1))


def _block(index: int, gap: Tiers, groups: tuple[Tiers, ...], context: PageContext) -> Block:
    question = context.question(gap.question)
    sizes = " and ".join(base_words(part) for part in gap.first.base)
    places = ", ".join(gap.first.provenance.places)
    verdict = gap.people.verdict if gap.people else None
    mark = judged(verdict)
    words = ""
    if verdict and mark:
        disagree = any(d.code == "methods-disagree" for e in gap.members for d in e.caveats)
        claim = threshold_words(verdict.threshold, verdict.direction, "difference")
        words = f"{claim}? {mark.text}" + (
            ": the two methods disagree." if disagree and verdict.word == "not settled" else "."
        )
    lede = f"{capital(counted(gap.first))}."
    if verdict and verdict.word == "not settled":
        lede += " The survey does not show that the groups differ, nor that they are alike."
    parts = []
    members = tuple(e for tiers in groups for e in tiers.every)
    if groups:
        notes = notes_of(members, joined=told_once)
        parts.append(BlockPart(notes=notes, figures=(_groups_figure(index, groups, context),)))
    parts.append(
        BlockPart(
            notes=notes_of(gap.every, told=doubts_of(members), joined=told_once),
            figures=(_difference_figure(index, gap, context),),
            targets=_in_words(
                target_table(gap, context, caption=f"Difference in percentage points, {gap.item}"), words
            ),
            sentences=(citation(gap.members), *(citation(tiers.members) for tiers in groups)),
        )
    )
    return Block(
        anchor=f"c-{index}",
        kicker=" · ".join(part for part in ("Comparison of two groups", f"{sizes} respondents", places) if part),
        label=contrast_label(question, gap),
        lede=lede,
        judged=Judged(shape=mark.shape, text=words) if mark else None,
        parts=tuple(parts),
    )


def contrast_label(question: Question, gap: Tiers) -> str:
    """Return a comparison's title: "Public awareness, “poor”: under 30 against the rest"."""
    item, colon, group = gap.item.removesuffix(" minus the rest").partition(": ")
    if not colon:
        return f"{question.label}: {item} against the rest"
    return f"{question.label}, “{item}”: {group} against the rest"


def _in_words(table: TargetTable, words: str) -> TargetTable:
    """Return a difference's table without the unit, which its caption gives, and with what "not settled" means here."""
    why = words.partition("settled: ")[2].removesuffix(".")

    def row(found: TargetRow) -> TargetRow:
        return replace(
            found, interval=found.interval.removesuffix(" points"), bound=found.bound.removesuffix(" points")
        )

    def verdict(name: str, mark: Judged) -> tuple[str, Judged]:
        told = why and mark.text == "People like these: not settled"  # a population's companion is a bound, no method
        return name, replace(mark, text=f"{mark.text}, {why}") if told else mark

    return replace(
        table,
        rows=tuple(row(found) for found in table.rows),
        probability="Probability that it is above zero" if table.probability else "",
        verdicts=tuple(verdict(name, mark) for name, mark in table.verdicts),
    )


def _groups_figure(index: int, groups: tuple[Tiers, ...], context: PageContext) -> Figure:
    names = [tiers.item.rpartition(" among ")[2] for tiers in groups]
    labels = [
        (f"{capital(name)}: {few_words(tiers)}", span(tiers.people)) for name, tiers in zip(names, groups, strict=True)
    ]
    told = [
        f"{capital(n)}: {count_text(t)}; people like these {span(t.people)}."
        for n, t in zip(names, groups, strict=True)
    ]
    drawing = groups_strip(groups, labels, title="Each group", description=" ".join(told))
    return Figure(
        title="Each group",
        svg=fluid_svg(drawing, name=f"groups-{index}", look="strip full"),
        caption=f"Cells: these respondents, counted; wide cells mean few people. Bar and range: people like these, "
        f"{context.level_text}, chance alone.",
    )


def _difference_figure(index: int, gap: Tiers, context: PageContext) -> Figure:
    drawing, title, caption = difference_parts(gap, context)
    return Figure(title=title, svg=fluid_svg(drawing, name=f"gap-{index}", look="strip full"), caption=caption)


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


def relations(context: PageContext) -> tuple[Relation, ...]:
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
            Relation(
                label=f"{outcome.label} by {small(by.label)}",
                where=relation.where,
                judged=judged(verdict) if verdict else Judged(shape="dash", text="Cannot be checked"),
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
    both = sum(low < 0 < high for low, high in spans)
    signs = "all" if both == len(spans) else in_words(both)
    return (
        f"Of {in_words(len(spans))} differences between two of the groups {signs} may have either sign; the narrowest "
        f"set is {points_range(*narrowest)}."
    )


def _open(row: BoundRow) -> bool:
    """Whether print leaves everything of a pair open."""
    return row.inside == row.outside == OPEN


def _bound_row(item: str, by: Question, asked: Question, members: list[Estimate]) -> BoundRow:
    outcome, _, group = item.partition(f" by {by.label}: ")

    def of(word: str) -> Estimate | None:
        named = [e for e in members if word in e.estimand]
        return next((e for e in named if isinstance(e.target, Respondents)), named[0] if named else None)

    difference = of("difference")
    region = next((e.interval for e in members if e.interval and e.scale == "difference"), None)
    return BoundRow(
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
