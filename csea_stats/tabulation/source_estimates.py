"""Every printed number of a survey as estimates, for every target.

The one place where survey, audit and estimators meet: which items there are, which counts print allows for each,
and which doubts go with it. The estimators do the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.base.binomial import interval_limits
from csea_stats.base.two_binomials import gap_limits
from csea_stats.estimators.assumptions import base_of, target_caveats
from csea_stats.estimators.difference import difference
from csea_stats.estimators.proportion import proportion
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import NOISE
from csea_stats.results.recipes import Verbatim, call_words
from csea_stats.results.values import Comparison, Hull, Interval
from csea_stats.survey.loading import fingerprint
from csea_stats.survey.survey import base_of as printed_base
from csea_stats.survey.survey import cell_name, groups_within
from csea_stats.tabulation.items import (
    Item,
    Origin,
    choice_doubts,
    conflicts,
    is_anything,
    kind_doubts,
    loading_call,
    not_counted,
    not_counted_beside,
    of_survey,
    sized,
    with_source,
)
from csea_stats.tabulation.naming import (
    HALF,
    group_in_words,
    group_name,
    group_nouns,
    item_label,
    item_name,
    targets_of,
    words_among,
    words_of_the_rest,
)
from csea_stats.tabulation.relations import battery_differences, joint_ranks, joint_shares, unpublished_crosstabs
from csea_stats.targets.populations import Population, Respondents, SelectionBounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.results.values import Caveat, KindOfInterval
    from csea_stats.survey.survey import BatteryCell, Cell, Group, PrintedAverage, Question, Survey


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
    whole = [cell for cell in question.cells if cell.among is None and not cell.weighted]
    battery = [cell for b in survey.battery if question.id in b.questions for cell in b.cells]
    told: list[Cell | BatteryCell] = [*whole, *battery]
    if not told:  # the sum of the groups, where these are everybody
        return tuple(
            Shown(question=question, items=(item,), cells=tuple(cell for cell in question.cells if item in cell.items))
            for item in question.categories
            if question.cells and len(audit.pairs(question.id, (item,))) == 1
        )
    named = {(item,) for cell in told for item in cell.items if len(cell.items) == 1 or cell.unlabelled}
    cuts = [question.categories[: k + 1] for k in range(1, len(question.categories) - 1)]
    sums = [question.in_order(cell.items) for cell in told if len(cell.items) > 1 and not cell.unlabelled]
    wanted = [
        *((category,) for category in question.categories),
        *(cuts if question.kind == "ordinal" else ()),
        *sums,
        question.in_order(question.leading),
    ]
    kept = named | set(sums) | {wanted[-1]}
    return tuple(
        Shown(question=question, items=items, cells=tuple(cell for cell in told if _tells(cell, items)))
        for items in dict.fromkeys(wanted)
        if items and (items in kept or _all_but_fixed(audit, question, items))
    )


def _all_but_fixed(audit: Audit, question: Question, items: tuple[str, ...], among: Group | None = None) -> bool:
    if not question.one_answer or question.kind == "yes-no":
        return False
    counts, base = audit.counts_of(question.id, items, among), audit.base(question.id, among)
    return isinstance(base, int) and max(counts) - min(counts) <= base / 10


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
            found.extend(context.shares(item))
        found.extend(context.weighted(question))
        found.extend(context.averages(question))
        found.extend(context.joint(question, shown))
        found.extend(context.subgroups(question))
    found.extend(
        replace(
            estimate,
            provenance=replace(
                estimate.provenance,
                survey=survey.id,
                data_hash=context.data_hash,
                call=context.call(str(estimate.question), str(estimate.item)),
            ),
        )
        for relations in (battery_differences, unpublished_crosstabs)
        for estimate in relations(survey, audit, level=level)
    )
    return Estimates(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedComparison:
    """A printed group against all others of whom print says what they answered.

    Parameters
    ----------
    question : Question
    items : tuple of str
        The answer, or the answers of a sum.
    group : Group
    other : Group or None
        The one printed group that all others are; None where they are something else.
    pairs : tuple of ((count, base), (count, base))
        Of the group and of the others, every pair that print allows.
    cells : tuple of Cell
        Where it is printed.
    all_told : bool
        Whether print tells this of each group that the others are in.
    too_many : bool
        Whether print leaves so much open that no pairs are told.
    """

    question: Question
    items: tuple[str, ...]
    group: Group
    other: Group | None
    pairs: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    cells: tuple[Cell, ...]
    all_told: bool = False
    too_many: bool = False

    @property
    def missing(self) -> str:
        """What print would have to tell for a comparison; empty where it tells enough."""
        if self.too_many:
            return "print leaves more sizes of the groups open than can be gone through"
        if not self.pairs:
            return "print about the groups and print about everybody contradict each other"
        if any(n == 0 for _, (_, n) in self.pairs) or any(n == 0 for (_, n), _ in self.pairs):
            return "print does not say how many are in the group, and how many are not"
        if any(count > n for pair in self.pairs for count, n in pair):
            return "several answers each may together be more than there are people: no share of them"
        outside = {pair[1] for pair in self.pairs}
        if is_anything(outside):
            return "print gives neither the answers of everybody nor those of the others"
        return ""


def every_comparison(question: Question, audit: Audit) -> Iterator[PrintedComparison]:
    """Yield each answer, or sum, that print tells of a group, against all others; of two groups that are all, once.

    The headline's comes first; one of several answers also where print tells of each of them alone. Of respondents'
    answers, where everything is told, a question with a headline is compared by it alone.
    """
    seen = _told_of_groups(question, audit)
    done: set[tuple[tuple[str, ...], Group]] = set()
    for (items, group), cells in seen.items():
        split = audit.book.two_way(question.id, group)
        beside = set() if split is None else set(split.division.beside(group))
        others = [one for one, rows in split.division.groups.items() if set(rows) == beside] if split else []
        other = others[0] if others and (items, others[0]) in seen else None
        told = {row for alike, one in seen if alike == items and split for row in split.division.groups.get(one, ())}
        if other is not None and (items, other) in done:
            continue
        done.add((items, group))
        yield PrintedComparison(
            question=question,
            items=items,
            group=group,
            other=other,
            pairs=audit.complement(question.id, items, group),
            cells=(*cells, *(seen[items, other] if other is not None else ())),
            all_told=split is not None and beside <= told,
            too_many=split is not None and split.found is None,
        )


def _told_of_groups(question: Question, audit: Audit) -> dict[tuple[tuple[str, ...], Group], list[Cell]]:
    """Return what print tells of groups, and where: the headline's answer, or sum, first."""
    leading = question.in_order(question.leading)
    cells = [cell for cell in question.cells if cell.among and not cell.unlabelled and not cell.weighted]
    seen: dict[tuple[tuple[str, ...], Group], list[Cell]] = {}
    for cell in cells:
        seen.setdefault((question.in_order(cell.items), cell.among), []).append(cell)  # type: ignore[arg-type]
    summed: dict[tuple[tuple[str, ...], Group], list[Cell]] = {}
    for _, group in seen:
        told = [cell for cell in cells if cell.among == group and len(leading) > 1]
        if (leading, group) in seen:
            summed[leading, group] = seen[leading, group]
        elif told and _all_but_fixed(audit, question, leading, group):
            parts = [cell for cell in told if set(cell.items) <= set(leading)]
            summed[leading, group] = parts or told
    if audit.survey.sample is not None and leading and question.one_answer:  # one thing is asked
        return {(items, group): cells for (items, group), cells in (summed | seen).items() if items == leading}
    return summed | seen


MOST_TABLES = 40
"""Of more feasible tables of two groups than these, the outermost stand for all."""


def outermost(
    pairs: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the tables that can be an end of an interval of the difference, or of either share.

    Of many they are the outermost by the difference itself and by Newcombe's and Wilson's limits at three levels.
    """
    if len(pairs) <= MOST_TABLES:
        return list(pairs)
    x, n, y, m = np.array([[*first, *second] for first, second in pairs], dtype=float).T
    looked_at = [x / n - y / m]
    for level in (0.8, 0.95, 0.999):
        looked_at += gap_limits((x, n, y, m), method="newcombe", level=level)
        looked_at += [
            limit for a, b in ((x, n), (y, m)) for limit in interval_limits(a, b, method="wilson", level=level)
        ]
    places = {int(place) for values in looked_at for place in (np.argmin(values), np.argmax(values))}
    return [pairs[place] for place in sorted(places)]


def comparisons_of(question: Question, audit: Audit) -> tuple[PrintedComparison, ...]:
    """Return the comparisons of groups that print allows."""
    return tuple(one for one in every_comparison(question, audit) if not one.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    survey: Survey
    audit: Audit
    level: float
    data_hash: str

    def call(self, question: str, item: str) -> str:
        """Return the call that makes the estimates of an item again."""
        source = Verbatim(loading_call(self.survey))
        whole = call_words("estimate", [source], {"level": (self.level, 0.95)})
        return f"{whole}.where(question={question!r}, item={item!r})"

    def origin(self, question: Question, item: str, cells: Sequence[Cell | BatteryCell | PrintedAverage]) -> Origin:
        """Return where the numbers of an item are printed, and the call that makes its estimates again."""
        call = self.call(question.id, item)
        places = (cell.where for cell in cells)
        return of_survey(self.survey, question.id, places=places, data_hash=self.data_hash, call=call)

    def item(self, shown: Shown) -> Item:
        """Return what print tells something about, as an item."""
        question = shown.question
        return Item(
            name=shown.name,
            label=item_label(question, shown.items),
            estimand="cumulative share" if shown.is_cut else "share",
            pairs=self.audit.pairs(question.id, shown.items),
            targets=targets_of(words_among(self.survey, question.among, self.audit.base(question.id))),
            doubts=(*self.doubts(shown), *kind_doubts(question), *self._not_counted(question)),
            origin=self.origin(question, shown.name, shown.cells),
            hull=isinstance(self.audit.base(question.id), Hull),
        )

    def _not_counted(self, question: Question) -> Iterator[Caveat]:
        return not_counted(question, (None,), self.audit.base(question.id))

    def shares(self, shown: Shown) -> Iterator[Estimate]:
        """Yield one item's estimates for every tier, its tipping point, and the share of all who began."""
        found = self.item(shown)
        half = False
        for one in found.estimates(self.level):
            half = half or one.estimand == "tipping point"
            yield one
        if half:
            yield from self._began(shown, found)

    def weighted(self, question: Question) -> Iterator[Estimate]:
        """Yield weighted percentages as printed; with an interval where print gives the effective size."""
        for cell in question.cells:
            if not cell.weighted or cell.percent is None:
                continue
            share = float(Fraction(cell.percent) / 100)
            doubts = [caveat("weighted")]
            if cell.effective is not None:
                doubts.append(caveat("effective-size", size=f"{cell.effective:g}"))
            words = words_among(self.survey, cell.among or question.among, self.audit.base(question.id, cell.among))
            items = question.in_order(cell.items)
            among = f" among {group_name(cell.among, self.survey)}" if cell.among else ""
            ends = [self._of_effective(share, cell.effective, kind) for kind in ("credible", "confidence")]
            estimate = Estimate(
                estimand="weighted share",
                scale="share",
                target=targets_of(words)[1],
                label=item_label(question, items),
                value=share,
                interval=ends[0],
                companion=ends[1],
                caveats=tuple(doubts),
            )
            name = f"{item_name(question, items)}, weighted{among}"
            yield with_source(estimate, self.origin(question, name, (cell,)), item=name)

    def averages(self, question: Question) -> Iterator[Estimate]:
        """Yield means and medians as printed, of these respondents alone."""
        for average in question.averages:
            n = printed_base(self.survey, question, average)
            words = words_among(
                self.survey, average.among or question.among, n or self.audit.base(question.id, average.among)
            )
            among = f" among {group_name(average.among, self.survey)}" if average.among else ""
            for name, printed in average.told.items():
                if name == "sd":
                    continue
                target = targets_of(words)[0]
                spread = (
                    target_caveats(target) if self.survey.sample else [caveat("no-spread", name=name, printed=printed)]
                )
                if name == "median" and average.quartiles is not None:
                    lower, upper = average.quartiles
                    told = caveat("quartiles", people="them" if n is None else n, lower=lower, upper=upper)
                    if average.note is not None:
                        told = caveat("quartiles-rounded", lower=lower, upper=upper, note=average.note)
                    spread = [*target_caveats(target), told]
                place = cell_name(question, average)
                wrong = [one for one in self.audit.findings if one.verdict == "inconsistent" and place in one.cells]
                doubts = [caveat("average-conflict", detail=one.printed) for one in wrong]
                doubts += not_counted(question, (average.among,), n)
                if name == "mean" and average.sd is not None:
                    spread = [caveat("spread-printed", printed=printed, sd=average.sd)]
                if name == "mean" and question.categories:
                    doubts.append(caveat("equal-scores", scores=", ".join(map(str, question.values or ()))))
                estimate = Estimate(
                    estimand=name,
                    scale="score",
                    target=target,
                    label=f"of “{question.label}”{among}",
                    value=float(printed),
                    base=() if n is None else (n,),
                    caveats=(*spread, *doubts),
                )
                item = f"{name}{among}"
                yield with_source(estimate, self.origin(question, item, (average,)), item=item)

    def _of_effective(self, share: float, size: float | None, kind: KindOfInterval) -> Interval | None:
        if size is None:
            return None
        method = "jeffreys" if kind == "credible" else "wilson"
        low, high = interval_limits(share * size, size, method=method, level=self.level)
        return Interval(lower=float(low), upper=float(high), level=self.level, kind=kind, method=method)

    def _began(self, shown: Shown, item: Item) -> Iterator[Estimate]:
        """Yield the bounds on the share of all who began, where some were turned away."""
        source, people = self.survey.source, self.survey.people
        counts, base = sized(item.pairs)
        if shown.question.among is not None or not source.disqualified or people is None or base != {people}:
            return
        size = source.started or people + source.disqualified
        began = Population(
            SelectionBounds(ratio=math.inf),
            size=size,
            words=f"all {size} who began the survey",
            many=self.survey.targets.many,
        )
        asked: dict[str, Any] = {"threshold": HALF, "claim": "above", "label": item.label}
        bounds = proportion(counts, base, level=self.level, target=began, **asked)
        doubts = (*self.doubts(shown), caveat("turned-away", number=source.disqualified))
        yield with_source(bounds, item.origin, item=item.name, estimand="share of all who began", doubts=doubts)

    def joint(self, question: Question, shown: Sequence[Shown]) -> Iterator[Estimate]:
        """Yield intervals of shares, and sets of ranks, that hold for all answers of a question at once."""
        single = [item for item in shown if len(item.items) == 1]
        target = targets_of(words_among(self.survey, question.among, self.audit.base(question.id)))[1]
        labelled = {item.name: item for item in single}
        shares = joint_shares(question, self.audit, level=self.level, names=tuple(labelled), target=target)
        ranks = joint_ranks(question, self.audit, level=self.level, target=target)
        for estimand, found in (("share, jointly", shares), (None, ranks)):
            for name, estimate in found:
                if name in labelled:
                    item = labelled[name]
                    told = replace(estimate, label=item_label(question, item.items))
                    origin = self.origin(question, name, item.cells)
                    doubts = (*self.doubts(item), *self._not_counted(question))
                    yield with_source(told, origin, item=name, estimand=estimand, doubts=doubts)

    def subgroups(self, question: Question) -> Iterator[Estimate]:
        """Yield a printed subgroup against the rest, and their difference."""
        for one in comparisons_of(question, self.audit):
            yield from self._contrast(one)

    def _contrast(self, one: PrintedComparison) -> Iterator[Estimate]:
        question, items, cells = one.question, one.items, one.cells
        name, label = item_name(question, items), item_label(question, items)
        first = group_name(one.group, self.survey)
        second, other = "the rest", "the rest"
        if one.other is not None:
            second, other = group_name(one.other, self.survey), group_in_words(one.other, self.survey)
        tables = set(outermost(one.pairs))
        sides = [sized(table[side] for table in tables) for side in (0, 1)]
        chosen = [] if one.all_told else [caveat("chosen-after")]  # print tells of every group, not of one it chose
        summed = self.survey.sample is None and all(set(cell.items) != set(items) for cell in cells)
        doubts = [*chosen, *([caveat("implied")] if summed else []), *conflicts(self.audit, question, items)]
        implied = [] if one.all_told else [caveat("implied")]
        bases = base_of(sides[0][1]), base_of(sides[1][1])
        words = (
            words_among(self.survey, one.group, bases[0]),
            words_of_the_rest(self.survey, one.group, bases[1], one.other),
        )
        beside = f"{second}, not {first}" if one.other is None and len(groups_within(question)) > 1 else second
        apart = not_counted_beside(question, self.audit, one.group, bases, (first, second))
        for who, side, spoken, more in zip((first, beside), (0, 1), words, ([], implied), strict=True):
            part = f"{name} among {who}"
            within = Comparison(by=one.group.question, level=who, reference="")
            for estimate in Item(
                name=part,
                label=label,
                estimand="share",
                pairs=tuple({table[side] for table in tables}),
                targets=targets_of(spoken),
                doubts=(*doubts, *more, *apart[side]),
                origin=self.origin(question, part, cells),
                asked=False,
            ).estimates(self.level):
                yield replace(estimate, comparison=within)
        part = f"{name}: {first} minus {second}"
        nouns = group_nouns(one.group, one.other, self.survey)
        compared = Comparison(by=one.group.question, level=first, reference=second, groups=nouns)
        for estimate in difference(
            *sides,
            label=f"{label}, {group_in_words(one.group, self.survey)} against {other}",
            target=targets_of(self.survey.targets),
            level=self.level,
            together=tables,
        ):
            estimate = replace(estimate, says=label, comparison=compared)  # noqa: PLW2901
            if isinstance(estimate.target, Respondents) and estimate.bounds is not None:
                gaps = [x / n - y / m for (x, n), (y, m) in one.pairs]
                same = max(gaps) - min(gaps) < NOISE
                ends = None if same else (min(gaps), max(gaps))
                estimate = replace(estimate, value=gaps[0] if same else None, bounds=ends)  # noqa: PLW2901
            told = (*doubts, *apart[0], *apart[1])
            origin = self.origin(question, part, cells)
            yield with_source(estimate, origin, item=part, estimand="difference", doubts=told)

    def doubts(self, shown: Shown) -> tuple[Caveat, ...]:
        """Return what print leaves open about an item."""
        whole = [cell for cell in shown.cells if getattr(cell, "among", None) is None]
        direct = [cell for cell in whole if set(cell.items) == set(shown.items) or cell.unlabelled]
        statuses = {cell.status for cell in direct}
        found: list[Caveat] = []
        if direct and all(cell.unlabelled for cell in direct):
            found.append(caveat("label-unknown"))
        elif "order" in statuses and "printed" not in statuses:
            found.append(caveat("label-by-order"))
        elif self.survey.sample is None and (not direct or statuses == {"implied"}):
            found.append(caveat("implied"))
        return (*found, *conflicts(self.audit, shown.question, shown.items), *choice_doubts(self.audit, shown.question))
