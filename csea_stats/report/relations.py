"""Relations that print leaves open: what the margins of two questions allow, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.report.context import doubts_of
from csea_stats.report.target_tables import judged
from csea_stats.report.tiers import unpublished_of
from csea_stats.report.views import BoundRow, Judged, Relation
from csea_stats.report.wording import capital, in_words, shown_name, small
from csea_stats.results.numbers import percent_range, points_range, points_span
from csea_stats.results.sentences import what_interval
from csea_stats.results.values import LIMITS
from csea_stats.targets.populations import Respondents

if TYPE_CHECKING:
    from csea_stats.report.context import Context
    from csea_stats.results.estimate import Estimate
    from csea_stats.survey.survey import Question


OPEN = "0 to 100%"


def relations(context: Context) -> tuple[Relation, ...]:
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
