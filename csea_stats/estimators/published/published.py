"""Every printed number of a survey as estimates, for every target.

The one place where survey, audit and estimators meet: which items there are, which counts print allows for each,
and which doubts go with it. The estimators do the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from csea_stats.estimators.assumptions import base_of
from csea_stats.estimators.breakdown import breakdown_ratio
from csea_stats.estimators.difference import difference
from csea_stats.estimators.proportion import proportion, proportion_interval
from csea_stats.estimators.published.batteries import battery_differences
from csea_stats.estimators.published.joint import joint_shares
from csea_stats.estimators.published.naming import (
    conflict_code,
    item_label,
    item_name,
    targets_of,
    words_among,
    words_of_the_rest,
)
from csea_stats.estimators.published.ranks import joint_ranks
from csea_stats.estimators.published.unpublished import unpublished_crosstabs
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.survey.loading import fingerprint
from csea_stats.targets.populations import Population, Respondents, SelectionBounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Base, Caveat
    from csea_stats.survey.survey import BatteryCell, Cell, Question, Survey

HALF = 0.5

RECOGNISABLE = 20
"""Below so many respondents a total that is a multiple of the base says too little: chance alone gives one in base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An answer, or a sum of answers, that print tells something about."""

    question: Question
    items: tuple[str, ...]
    cells: tuple[Cell | BatteryCell, ...]

    @property
    def name(self) -> str:
        """The item's name in tables: "poor", "poor or lower", "a + b"."""
        return item_name(self.question, self.items)

    @property
    def is_cut(self) -> bool:
        """Whether it is the lower part of an ordered scale."""
        lowest = self.question.categories[: len(self.items)]
        return self.question.kind == "ordinal" and len(self.items) > 1 and self.items == lowest


def shown_items(survey: Survey, audit: Audit, question: Question) -> tuple[Shown, ...]:
    """Return what print tells of a question: its answers in order, then cuts of a scale, then other printed sums.

    An answer, or a cut of an ordered scale, that print names nowhere is shown where the rest of the print all but
    fixes it: its feasible counts lie within a tenth of the base.
    """
    whole = [cell for cell in question.cells if cell.among is None]
    battery = [cell for b in survey.battery if question.id in b.questions for cell in b.cells]
    told: list[Cell | BatteryCell] = [*whole, *battery]
    if not told:
        return ()
    named = {(item,) for cell in told for item in cell.items if len(cell.items) == 1 or cell.unlabelled}
    cuts = [question.categories[: k + 1] for k in range(1, len(question.categories) - 1)]
    sums = [_in_order(question, cell.items) for cell in told if len(cell.items) > 1 and not cell.unlabelled]
    lead = () if question.headline is None else question.headline
    wanted = [
        *((category,) for category in question.categories),
        *(cuts if question.kind == "ordinal" else ()),
        *sums,
        (lead,) if isinstance(lead, str) else lead,
    ]
    kept = named | set(sums) | {wanted[-1]}
    return tuple(
        Shown(question=question, items=items, cells=tuple(cell for cell in told if _tells(cell, items)))
        for items in dict.fromkeys(wanted)
        if items and (items in kept or _all_but_fixed(audit, question, items))
    )


def _all_but_fixed(audit: Audit, question: Question, items: tuple[str, ...]) -> bool:
    if not question.one_answer or question.kind == "yes-no":
        return False
    counts, base = audit.counts_of(question.id, items), audit.base(question.id)
    return isinstance(base, int) and max(counts) - min(counts) <= base / 10


def _in_order(question: Question, items: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(items, key=question.categories.index))


def _tells(cell: Cell | BatteryCell, items: tuple[str, ...]) -> bool:
    if cell.unlabelled:
        return len(items) == 1 and items[0] in cell.items
    return set(cell.items) == set(items) or (len(cell.items) == 1 and cell.items[0] in items)


def published_estimates(survey: Survey, audit: Audit, *, level: float = 0.95) -> Estimates:
    """Estimate every printed number for every tier, over every count that print allows.

    Parameters
    ----------
    survey : Survey
    audit : Audit
        Its readings give the feasible counts.
    level : float, default 0.95

    Returns
    -------
    Estimates
        In print's order: per question its items and cuts, joint intervals, subgroups; then what is not identified.
    """
    context = _Context(survey=survey, audit=audit, level=level, data_hash=fingerprint(survey))
    found: list[Estimate] = []
    for question in survey.question:
        shown = shown_items(survey, audit, question)
        for item in shown:
            found.extend(context.item(item))
        found.extend(context.joint(question, shown))
        found.extend(context.subgroups(question))
    found.extend(
        replace(estimate, provenance=replace(estimate.provenance, survey=survey.id, data_hash=context.data_hash))
        for relations in (battery_differences, unpublished_crosstabs)
        for estimate in relations(survey, audit, level=level)
    )
    return Estimates(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    survey: Survey
    audit: Audit
    level: float
    data_hash: str

    def item(self, shown: Shown) -> Iterator[Estimate]:
        """Yield one item's estimates for every tier, and its tipping point where half is asked."""
        question = shown.question
        counts, base = set(self.audit.counts_of(question.id, shown.items)), _as_set(self.audit.base(question.id))
        if 0 in base:
            return
        threshold = HALF if asks_half(counts, base, self.level) else None
        label = item_label(question, shown.items)
        targets = targets_of(words_among(self.survey, question.among, self.audit.base(question.id)))
        tiers = proportion(
            counts,
            base,
            level=self.level,
            target=targets,
            threshold=threshold,
            label=label,
        )
        doubts = (*self.doubts(shown), *_kind_doubts(question))
        estimand = "cumulative share" if shown.is_cut else "share"
        for estimate in tiers:
            yield self.dressed(estimate, question, item=shown.name, estimand=estimand, doubts=doubts, cells=shown.cells)
        if threshold is not None:
            tipping = breakdown_ratio(counts, base, threshold=HALF, level=self.level, label=label)
            tipping = replace(tipping, target=targets[1])
            yield self.dressed(
                tipping, question, item=shown.name, estimand="tipping point", doubts=doubts, cells=shown.cells
            )
            yield from self._began(question, shown, counts, base, label)

    def _began(
        self, question: Question, shown: Shown, counts: set[int], base: set[int], label: str | None
    ) -> Iterator[Estimate]:
        """Yield the bounds on the share of all who began, where some were turned away."""
        source = self.survey.source
        if question.among is not None or not source.disqualified or base != {self.survey.respondents}:
            return
        size = source.started or self.survey.respondents + source.disqualified
        began = Population(SelectionBounds(ratio=math.inf), size=size, words=f"all {size} who began the survey")
        bounds = proportion(counts, base, level=self.level, target=began, threshold=HALF, label=label)
        doubts = (*self.doubts(shown), caveat("turned-away", number=source.disqualified))
        yield self.dressed(
            bounds, question, item=shown.name, estimand="share of all who began", doubts=doubts, cells=shown.cells
        )

    def joint(self, question: Question, shown: Sequence[Shown]) -> Iterator[Estimate]:
        """Yield intervals of shares, and sets of ranks, that hold for all answers of a question at once."""
        single = [item for item in shown if len(item.items) == 1]
        target = targets_of(words_among(self.survey, question.among, self.audit.base(question.id)))[1]
        labelled = {item.name: item for item in single}
        for name, estimate in joint_shares(
            question, self.audit, level=self.level, names=tuple(labelled), target=target
        ):
            item = labelled[name]
            yield self.dressed(
                replace(estimate, label=item_label(question, item.items)),
                question,
                item=name,
                estimand="share, jointly",
                doubts=self.doubts(item),
                cells=item.cells,
            )
        for name, estimate in joint_ranks(question, self.audit, level=self.level, target=target):
            if name in labelled:
                item = labelled[name]
                told = replace(estimate, label=item_label(question, item.items))
                yield self.dressed(told, question, item=name, doubts=self.doubts(item), cells=item.cells)

    def subgroups(self, question: Question) -> Iterator[Estimate]:
        """Yield a printed subgroup against the rest, and their difference."""
        seen: dict[tuple[tuple[str, ...], str, str], list[Cell]] = {}
        for cell in question.cells:
            if cell.among is not None and not cell.unlabelled:
                key = (_in_order(question, cell.items), cell.among.question, cell.among.item)
                seen.setdefault(key, []).append(cell)
        for (items, _, _), cells in seen.items():
            yield from self._contrast(question, items, cells)

    def _contrast(self, question: Question, items: tuple[str, ...], cells: Sequence[Cell]) -> Iterator[Estimate]:
        group = cells[0].among
        if group is None:
            return
        pairs = self.audit.complement(question.id, items, group)
        inside, outside = {pair[0][0] for pair in pairs}, {pair[1][0] for pair in pairs}
        inside_base, outside_base = ({pair[side][1] for pair in pairs} for side in (0, 1))
        if not pairs or 0 in inside_base | outside_base:
            return
        name, label, words = item_name(question, items), item_label(question, items), group.item
        after = caveat("chosen-after")
        for part, counts, base, who, doubts in (
            (
                f"{name} among {words}",
                inside,
                inside_base,
                words_among(self.survey, group, base_of(inside_base)),
                (after,),
            ),
            (
                f"{name} among the rest",
                outside,
                outside_base,
                words_of_the_rest(self.survey, group, base_of(outside_base)),
                (after, caveat("implied")),
            ),
        ):
            for estimate in proportion(
                counts, base, threshold=None, label=label, target=targets_of(who), level=self.level
            ):
                yield self.dressed(estimate, question, item=part, estimand="share", doubts=doubts, cells=cells)
        for estimate in difference(
            (inside, inside_base),
            (outside, outside_base),
            label=f"{label}, {words} against the rest",
            target=targets_of(self.survey.targets),
            level=self.level,
        ):
            part = f"{name}: {words} minus the rest"
            yield self.dressed(estimate, question, item=part, estimand="difference", doubts=(after,), cells=cells)

    def doubts(self, shown: Shown) -> tuple[Caveat, ...]:
        """Return what print leaves open about an item."""
        direct = [cell for cell in shown.cells if set(cell.items) == set(shown.items) or cell.unlabelled]
        statuses = {cell.status for cell in direct}
        found: list[Caveat] = []
        if direct and all(cell.unlabelled for cell in direct):
            found.append(caveat("label-unknown"))
        elif "order" in statuses and "printed" not in statuses:
            found.append(caveat("label-by-order"))
        elif not direct or statuses == {"implied"}:
            found.append(caveat("implied"))
        found.extend(
            caveat(code, detail=finding.printed)
            for finding in self.audit.findings
            if (code := conflict_code(finding, shown.question)) and set(finding.items) & set(shown.items)
        )
        chosen = choices_each(shown.question, self.audit)
        if chosen:
            told = "choices-compete" if shown.question.chosen else "choices-recognised"
            found.append(caveat(told, chosen=chosen, base=self.audit.base(shown.question.id)))
        if shown.question.among is not None:
            found.append(caveat("views-not-events"))
        return tuple(found)

    def dressed(
        self,
        estimate: Estimate,
        question: Question,
        *,
        item: str | None = None,
        estimand: str | None = None,
        doubts: Iterable[Caveat] = (),
        cells: Sequence[Cell | BatteryCell] = (),
    ) -> Estimate:
        """Return an estimate with its question, item, origin and the doubts that print adds."""
        counted = isinstance(estimate.target, Respondents)
        kept = [doubt for doubt in doubts if not (counted and doubt.code in ("one-at-a-time", "few"))]
        caveats = tuple(dict.fromkeys((*estimate.caveats, *kept)))
        call = f'csea_stats.estimate(csea_stats.load_survey("{self.survey.id}")).where(question="{question.id}"'
        provenance = replace(
            estimate.provenance,
            survey=self.survey.id,
            places=tuple(dict.fromkeys(cell.where for cell in cells)),
            data_hash=self.data_hash,
            call=f'{call}, item="{item}")',
        )
        return replace(
            estimate,
            question=question.id,
            item=item,
            estimand=estimand or estimate.estimand,
            caveats=caveats,
            provenance=provenance,
        )


def _as_set(base: Base) -> set[int]:
    return {base} if isinstance(base, int) else set(base)


def choices_each(question: Question, audit: Audit) -> int | None:
    """Return how many answers each respondent named: as printed, or as the audit recognised from the total.

    None where each names one, or any number.
    """
    if question.chosen is not None:
        return question.chosen
    base = audit.base(question.id)
    recognised = any(
        finding.code == "pick-total" and finding.verdict == "consistent" and finding.question == question.id
        for finding in audit.findings
    )
    if not recognised or not isinstance(base, int) or base < RECOGNISABLE:
        return None
    return sum(audit.counts_of(question.id, (item,))[0] for item in question.categories) // base


def asks_half(counts: Iterable[int], bases: Iterable[int], level: float) -> bool:
    """Whether "more than half" is a question to ask of an item.

    It is asked where an interval for people like these reaches one half; of an answer that is clearly a minority's
    it would only say so once more.
    """
    smallest = min(bases)
    uppers = [
        float(proportion_interval(max(counts), smallest, method=m, level=level)[1]) for m in ("jeffreys", "wilson")
    ]
    return max(uppers) >= HALF


def _kind_doubts(question: Question) -> tuple[Caveat, ...]:
    found = []
    if len(question.categories) > 2:
        found.append(caveat("one-at-a-time"))
    if question.kind == "open-coded":
        found.append(caveat("mentions"))
    return tuple(found)
