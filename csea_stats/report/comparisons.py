"""Two groups against each other, and relations that print leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.report.context import doubts_of
from csea_stats.report.contrasts import difference_strip, groups_strip
from csea_stats.report.drawing import Drawing, fluid_svg
from csea_stats.report.target_tables import bound, count_text, judged, share_text, span, target_table
from csea_stats.report.tiers import ratio_of, unpublished_of
from csea_stats.report.views import Block, BoundRow, Figure, Judged, Note, Part, Relation
from csea_stats.report.wording import HEADINGS, LANE_CAVEATS, PEOPLE, THESE, assumed_words, capital, workforce_name
from csea_stats.results.numbers import base_words, interval_words, percent, points, points_range, ratio, threshold_words
from csea_stats.results.sentences import citation, counted, method_words, sentence
from csea_stats.targets.populations import Respondents

if TYPE_CHECKING:
    from csea_stats.report.context import Context
    from csea_stats.report.tiers import Tiers
    from csea_stats.results.values import Estimate


def comparison_blocks(context: Context) -> tuple[Block, ...]:
    """Return a block per printed comparison of a group with the rest."""
    return tuple(_block(index, gap, groups, context) for index, (gap, groups) in enumerate(context.contrasts, 1))


def _block(index: int, gap: Tiers, groups: tuple[Tiers, ...], context: Context) -> Block:
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
    if groups:
        parts.append(Part(notes=(), figures=(_groups_figure(index, groups, context),)))
    caveats = doubts_of(tuple(e for tiers in (gap, *groups) for e in tiers.every))
    merged: dict[str, list[str]] = {}
    for code, text in caveats:
        if code not in LANE_CAVEATS:
            merged.setdefault(code, []).append(text)
    notes = tuple(
        Note(kind="caveat", heading=HEADINGS.get(code, capital(code)), paragraphs=tuple(texts))
        for code, texts in merged.items()
    )
    parts.append(
        Part(
            notes=notes,
            figures=(_difference_figure(index, gap, context),),
            targets=target_table(gap, context, caption=f"Difference: {gap.item}"),
            sentences=(citation(gap.members), *(citation(tiers.members) for tiers in groups)),
        )
    )
    return Block(
        anchor=f"c-{index}",
        kicker=" · ".join(part for part in ("Comparison of two groups", f"{sizes} respondents", places) if part),
        label=f"{question.label}: {gap.item}",
        lede=lede,
        judged=Judged(shape=mark.shape, text=words) if mark else None,
        parts=tuple(parts),
    )


def _groups_figure(index: int, groups: tuple[Tiers, ...], context: Context) -> Figure:
    names = [tiers.item.rpartition(" among ")[2] for tiers in groups]
    labels = [(f"{capital(name)}: {_of(tiers)}", span(tiers.people)) for name, tiers in zip(names, groups, strict=True)]
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


def _of(tiers: Tiers) -> str:
    return count_text(tiers).partition(" (")[0]


def _difference_figure(index: int, gap: Tiers, context: Context) -> Figure:
    drawing, title, caption = difference_parts(gap, context)
    return Figure(title=title, svg=fluid_svg(drawing, name=f"gap-{index}", look="strip full"), caption=caption)


def difference_parts(gap: Tiers, context: Context) -> tuple[Drawing, str, str]:
    """Return the drawing of a difference, its title and its caption."""
    people, shown = gap.people, gap.shown_population
    solid = people and (people.companion or people.interval)
    population = workforce_name(context.survey)
    labels = [(THESE, f"{share_text(gap)}, counted")]
    if people and solid:
        labels.append((PEOPLE, f"{context.level_text}: {interval_words(solid, 'difference').removesuffix(' points')}"))
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
        caption += f" {population}: participation ratio within about {_listed(factors)} times, assumed."
    return drawing, f"Difference, {gap.item}", caption


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def relations(context: Context) -> tuple[Relation, ...]:
    """Return what print leaves open of each relation that the survey file names as not published."""
    found = unpublished_of(context.estimates)
    blocks = []
    for relation in context.survey.crosstab:
        outcome, by = context.question(relation.outcome), context.question(relation.by)
        mine = [e for e in found if e.question == outcome.id and by.label in (e.item or "")]
        if not mine:
            continue
        groups: dict[str, list[Estimate]] = {}
        for e in mine:
            groups.setdefault(e.item or "", []).append(e)
        rows = tuple(_bound_row(item, by.label, members) for item, members in groups.items())
        blocks.append(
            Relation(
                label=f"{outcome.label} by {by.label[:1].lower()}{by.label[1:]}",
                where=relation.where,
                rows=rows if any(e.bounds != (-1.0, 1.0) for e in mine) else (),
                caveats=tuple(
                    dict.fromkeys(
                        (*(e.verdict.why for e in mine if e.verdict), *(t for _, t in doubts_of(tuple(mine))))
                    )
                ),
                sentence=sentence(mine[-1]),
            )
        )
    return tuple(blocks)


def _bound_row(item: str, by: str, members: list[Estimate]) -> BoundRow:
    outcome, _, group = item.partition(f" by {by}: ")

    def of(word: str) -> Estimate | None:
        named = [e for e in members if word in e.estimand]
        return next((e for e in named if isinstance(e.target, Respondents)), named[0] if named else None)

    difference = of("difference")
    region = next((e.interval for e in members if e.interval and e.scale == "difference"), None)
    return BoundRow(
        outcome=outcome,
        group=group,
        inside=_bounds(of("in the group")),
        outside=_bounds(of("outside")),
        difference=_bounds(difference),
        region=interval_words(region, "difference") if region else "",
    )


def _bounds(estimate: Estimate | None) -> str:
    if estimate is None or estimate.bounds is None:
        return ""
    low, high = estimate.bounds
    if estimate.scale == "difference":
        return f"{points(low)} points" if low == high else points_range(low, high)
    return f"{percent(low)}%" if low == high else f"{percent(low)} to {percent(high)}%"
