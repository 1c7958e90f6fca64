"""Relations between two questions that print does not give: what their margins leave possible."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.rank_sets import MOST_VECTORS
from csea_stats.estimators.crosstab import crosstab_bounds
from csea_stats.estimators.multinomial import multinomial
from csea_stats.estimators.paired_difference import counted_difference
from csea_stats.estimators.proportion import proportion
from csea_stats.estimators.ranking import RANK_METHODS, RankSetting, rank_estimates
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.values import Comparison, Hull, Provenance
from csea_stats.results.verdicts import uncheckable
from csea_stats.tabulation.naming import targets_of
from csea_stats.targets.populations import Respondents, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.base.rank_sets import Whole
    from csea_stats.results.values import Interval
    from csea_stats.survey.source import Crosstab
    from csea_stats.survey.survey import Battery, BatteryCell, Question, Survey
    from csea_stats.targets.populations import Target


def battery_differences(survey: Survey, audit: Audit, *, level: float = 0.95) -> Iterator[Estimate]:
    """Yield the difference between any two questions of a battery, for each printed range.

    Print gives the smallest and the largest share over the questions and not which question has which. So every two of
    them have the same feasible counts, and one set of numbers holds for each pair, whatever the overlap.

    Parameters
    ----------
    survey : Survey
    audit : Audit
    level : float, default 0.95
    """
    for battery in survey.battery:
        for cell in battery.cells:
            if cell.range is not None:
                yield from _any_two(survey, audit, battery, cell, level)


def _any_two(survey: Survey, audit: Audit, battery: Battery, cell: BatteryCell, level: float) -> Iterator[Estimate]:
    pairs = {_pairs(audit, battery, two, cell.items) for two in combinations(battery.questions, 2)}
    bases = {audit.base(name) for name in battery.questions}
    if len(pairs) != 1 or len(bases) != 1 or not isinstance(base := bases.pop(), int) or not base:
        return  # print tells some questions apart from others
    (counts,) = pairs
    first, second = {x for x, _ in counts}, {y for _, y in counts}
    what = " or ".join(cell.items)
    labels = [question.label for question in survey.question if question.id in battery.questions]
    gaps = [(x - y) / base for x, y in counts]
    ends = min(gaps), max(gaps)
    signs = uncheckable("print does not say which question has which number.") if ends[0] < 0 < ends[1] else None
    for estimate in counted_difference(first, second, base, level=level, target=targets_of(survey.targets)[:2]):
        yield replace(
            estimate,
            question=battery.id,
            item=f"{' + '.join(cell.items)}: any question minus another",
            label=f"of “{what}” between {_two_of(labels)}",
            value=ends[0] if ends[0] == ends[1] else None,
            bounds=None if ends[0] == ends[1] else ends,
            probability=None,
            verdict=signs or estimate.verdict,
            counts=counts,
            base=(base,),
            caveats=(caveat("not-identified"), caveat("label-unknown"), *estimate.caveats),
            provenance=replace(estimate.provenance, places=(cell.where,)),
        )


def _two_of(labels: Sequence[str]) -> str:
    """Return which pairs of questions are meant, a long list by its ends.

    Examples
    --------
    >>> _two_of(["Funding", "Training"]), _two_of([*"ABCDE"])
    ('Funding and Training', 'any two of 5 items from “A” to “E”')
    """
    if len(labels) > 3:
        return f"any two of {len(labels)} items from “{labels[0]}” to “{labels[-1]}”"
    return " and ".join(labels) if len(labels) == 2 else f"any two of: {'; '.join(labels)}"


def _pairs(audit: Audit, battery: Battery, two: tuple[str, str], items: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return the counts that two questions can have together: of some assignment where values have no labels."""
    found = audit.book.assigned(battery)
    if found and found[0].number:
        first, second = (battery.questions.index(name) for name in two)
        question = audit.book.question(two[0])
        return found[0].pairs((first, second), [question.categories.index(item) for item in items])
    one, other = (audit.counts_of(name, items) for name in two)
    return tuple((x, y) for x in one for y in other)


MOST_READINGS = 40
"""Readings over which a joint band is computed one by one; with more, Bonferroni limits of each item are used."""


def joint_shares(
    question: Question, audit: Audit, *, level: float, names: tuple[str, ...], target: Target
) -> Iterator[tuple[str, Estimate]]:
    """Yield (item, estimate) with intervals for all answers jointly.

    One answer each: the Dirichlet band, its hull over the readings of print. Several answers each: Clopper-Pearson
    at level 1 - (1 - level)/K, which holds however the answers hang together.
    """
    base = audit.base(question.id)
    if not isinstance(base, int) or len(names) < 3 or not base:
        return
    readings = audit.feasible(question.id)
    complete = question.one_answer and not question.partial and names == question.categories
    if complete and len(readings) <= MOST_READINGS and audit.listed(question.id):
        yield from _bands(question, audit, level, target)
    else:
        shares = [(name, audit.counts_of(question.id, (name,))) for name in names]
        yield from _bonferroni(shares, base, level, target)


def _bands(question: Question, audit: Audit, level: float, target: Target) -> Iterator[tuple[str, Estimate]]:
    readings = audit.feasible(question.id)
    whole = [reading.counts + ((reading.missing,) if reading.missing else ()) for reading in readings]
    bands = [multinomial(counts, level=level, target=target) for counts in dict.fromkeys(whole)]
    for index, category in enumerate(question.categories):
        members = [band[index] for band in bands]
        if any(member.interval is None for member in members):
            return
        shares = [reading.counts[index] / sum(vector) for reading, vector in zip(readings, whole, strict=True)]
        several = min(shares) < max(shares)
        yield (
            category,
            replace(
                members[0],
                interval=_hull(member.interval for member in members),
                companion=None,
                sensitivity=(),
                counts=tuple(sorted({member.counts[0] for member in members})),
                value=None if several else shares[0],
                bounds=(min(shares), max(shares)) if several else None,
                caveats=tuple(dict.fromkeys(doubt for member in members for doubt in member.caveats)),
            ),
        )


def _hull(intervals: Iterable[Interval | None]) -> Interval:
    kept = [interval for interval in intervals if interval]
    return replace(kept[0], lower=min(one.lower for one in kept), upper=max(one.upper for one in kept))


def _bonferroni(
    shares: list[tuple[str, tuple[int, ...]]], base: int, level: float, target: Target
) -> Iterator[tuple[str, Estimate]]:
    strict = 1 - (1 - level) / len(shares)
    doubt = caveat("all-at-once", number=len(shares))
    for name, counts in shares:
        estimate = proportion(set(counts), base, method="clopper-pearson", level=strict, target=target, threshold=None)
        if estimate.interval is None:
            return
        joint = replace(estimate.interval, level=level, method="bonferroni-clopper-pearson", simultaneous=len(shares))
        yield (
            name,
            replace(estimate, interval=joint, companion=None, sensitivity=(), caveats=(*estimate.caveats, doubt)),
        )


FEWEST = 3
"""Answers from which their order is a question of its own."""


def joint_ranks(question: Question, audit: Audit, *, level: float, target: Target) -> Iterator[tuple[str, Estimate]]:
    """Yield (answer, estimate of its rank) for a question whose answers have no order of their own.

    All answers of the list are ranked, those included of which print gives no number: their counts are open. Answers
    that print does not show at all are named by nobody where it says so; else the shown ones are ranked among
    themselves. Of answers given freely print shows those named most, out of an unknown number: no ranks.
    """
    base = audit.base(question.id)
    names = question.categories
    if question.kind in ("ordinal", "yes-no") or len(names) < FEWEST or not isinstance(base, int) or not base:
        return
    if question.kind == "open-coded" and question.partial:
        return
    offered = question.list_length or 0
    hidden = max(offered - len(names), 0) if question.partial == "nobody" else 0
    counts = [audit.counts_of(question.id, (name,)) for name in names] + [(0,)] * hidden
    low, high = (np.pad(box, ((0, 0), (0, hidden))) for box in _boxes(question, audit))
    listed = ((*names, *("",) * hidden), counts, base)
    found = rank_estimates((low, high), listed, target, RankSetting(RANK_METHODS[0], level), "ranks")
    doubts = []
    if hidden:
        doubts.append(caveat("not-shown-nobody", offered=len(counts), shown=len(names)))
    elif question.partial or offered > len(names):
        doubts.append(caveat("list-shortened"))
    for name, estimate in zip(names, found, strict=False):
        yield name, replace(estimate, caveats=(*estimate.caveats, *doubts))


def _boxes(question: Question, audit: Audit) -> tuple[Whole, Whole]:
    """Return the feasible vectors, or one box around them where there are too many to list."""
    readings = audit.feasible(question.id)
    if audit.listed(question.id) and len(readings) <= MOST_VECTORS:
        vectors = np.array([reading.counts for reading in readings])
        return vectors, vectors
    counts = [audit.counts_of(question.id, (name,)) for name in question.categories]
    return np.array([[min(values) for values in counts]]), np.array([[max(values) for values in counts]])


def unpublished_crosstabs(survey: Survey, audit: Audit, *, level: float = 0.95) -> Iterator[Estimate]:
    """Yield the bounds of every relation that the survey file names as not published.

    Each answer of the outcome whose count print fixes is set against each group of the other question: the share in
    the group, outside it, and their difference; where print tells of three or more groups, also the difference between
    each two. Where print does not give the groups, or the number of an answer, only that is said.
    """
    questions = {question.id: question for question in survey.question}
    for relation in survey.crosstab:
        outcome, by = questions[relation.outcome], questions[relation.by]
        groups = tuple(item for item in by.categories if _told(by, item))
        for answer in _answers(outcome):
            if groups and any(_told(outcome, item) for item in answer):
                yield from _bounds(survey, audit, relation, (outcome, answer), (by, groups), level)
            else:
                yield _unknown(
                    survey, relation, (outcome, answer), by, "" if groups else f"the answers to “{by.label}”"
                )


def _told(question: Question, item: str) -> bool:
    return any(item in cell.items and not cell.unlabelled and cell.among is None for cell in question.cells)


def _listed(question: Question, item: str) -> bool:
    return any(item in cell.items and cell.unlabelled for cell in question.cells)


def _answers(question: Question) -> list[tuple[str, ...]]:
    """Return the answers that a relation is about: the headline of one answer, else all but those without labels."""
    if question.headline is not None and question.one_answer:
        return [question.leading]
    return [(item,) for item in question.categories if _told(question, item) or not _listed(question, item)]


def _bounds(
    survey: Survey,
    audit: Audit,
    relation: Crosstab,
    answer: tuple[Question, tuple[str, ...]],
    groups: tuple[Question, tuple[str, ...]],
    level: float,
) -> Iterator[Estimate]:
    (outcome, items), (by, names) = answer, groups
    base = audit.base(outcome.id)
    if not isinstance(base, int) or audit.base(by.id) != base:
        return
    yes, words = " + ".join(items), survey.targets.superpopulation
    quoted = " or ".join(f"“{item}”" for item in items)
    row, columns = _values(audit.counts_of(outcome.id, items)), _columns(audit, by, names, base)
    if len(names) == 1 or not _few(row, columns, base):
        named = []
        for name in names:
            margins = ends_of_margins(row, columns[name], base)
            if margins is None:
                yield _unknown(survey, relation, answer, by, f"how many are in “{name}” and how many are not")
            else:
                named += [(estimate, name) for estimate in crosstab_bounds(*margins, base, level=level)]
    else:
        sets = {name: set(sizes) for name, sizes in columns.items()}
        found = crosstab_bounds({yes: set(row), _OTHERS: {base - x for x in row}}, sets, base, level=level)
        named = [(e, (e.item or "").removeprefix(f"{yes}: ")) for e in found if (e.item or "").startswith(f"{yes}: ")]
    for estimate, who in named:
        if estimate.scale == "count" or _OTHERS in who:
            continue
        yield replace(
            estimate,
            question=outcome.id,
            item=f"{yes} by {by.label}: {who}",
            target=replace(estimate.target, words=words)
            if isinstance(estimate.target, Superpopulation)
            else estimate.target,
            label=f"of {quoted} ({outcome.label}) by “{who}” ({by.label})",
            comparison=_compared(by.id, who),
            provenance=replace(estimate.provenance, places=(relation.where,)),
        )


def _compared(by: str, who: str) -> Comparison:
    """Return which groups of a question are compared, by the names that `crosstab_bounds` gives them."""
    level, _, reference = who.partition(" minus ")
    return Comparison(by=by, level=level, reference=reference)


_OTHERS = "(all others)"
"""Those who gave none of the answers that print tells of."""


def _columns(audit: Audit, by: Question, names: Sequence[str], base: int) -> dict[str, Sequence[int]]:
    """Return the feasible sizes of the groups, and of everybody who is in none of them."""
    sizes = {name: _values(audit.counts_of(by.id, (name,))) for name in names}
    rest = [base - total for total in _values(audit.counts_of(by.id, names))]
    return {**sizes, _OTHERS: rest} if rest != [0] else sizes


def _values(counts: Sequence[int]) -> Sequence[int]:
    return range(counts[0], counts[-1] + 1) if isinstance(counts, Hull) else counts


MOST_MARGINS = 5_000
"""Of more feasible margins, each group is set against everybody else, at the margins that can be an end."""


def _few(row: Sequence[int], columns: Mapping[str, Sequence[int]], base: int) -> bool:
    """Whether each column is a group, and margins are few enough to go through."""
    groups = all(min(sizes) > 0 and max(sizes) < base for sizes in columns.values())
    return groups and prod(map(len, (row, *sorted(columns.values(), key=len)[:-1]))) <= MOST_MARGINS


def ends_of_margins(row: Iterable[int], sizes: Iterable[int], base: int) -> tuple[set[int], set[int]] | None:
    """Return the counts of an answer and the sizes of a group at which what they leave open can be at an end.

    Nobody, and everybody, are no group: None where it can be nothing else. Of many counts the ends are left, and those
    at which all of the group, or all others, are just as many as gave the answer: between these each share in the
    group, outside it, and their difference, goes one way.

    Examples
    --------
    >>> [sorted(ends) for ends in ends_of_margins(range(400, 500), range(450, 600), 1000)]
    [[400, 401, 450, 499], [450, 499, 501, 599]]
    """
    counts, inside = sorted(row), sorted(size for size in sizes if 0 < size < base)
    if not inside:
        return None
    if len(counts) * len(inside) <= MOST_PAIRS:
        return set(counts), set(inside)
    rows, columns = {counts[0], counts[-1]}, {inside[0], inside[-1]}
    met = {other for size in columns for other in (size, base - size)}
    sized = {other for count in rows for other in (count, base - count)}
    return rows | met.intersection(counts), columns | sized.intersection(inside)


MOST_PAIRS = 400
"""Of more pairs of a count and a size, those stand for all at which what they leave open can be at an end."""


def _unknown(
    survey: Survey, relation: Crosstab, answer: tuple[Question, tuple[str, ...]], by: Question, silent: str
) -> Estimate:
    """Say that print does not give the answers to a question, or the number of an answer, or of a group."""
    outcome, items = answer
    yes, quoted = " or ".join(items), " or ".join(f"“{item}”" for item in items)
    missing = silent or f"the number of {quoted}"
    why = f"print does not give {missing}, so no number published bears on it."
    return Estimate(
        question=outcome.id,
        item=f"{yes} by {by.label}",
        label=f"of {quoted} ({outcome.label}) by “{by.label}”",
        comparison=_compared(by.id, ""),
        estimand="difference between groups",
        scale="difference",
        target=Respondents(words=survey.targets.respondents),
        bounds=(-1.0, 1.0),
        verdict=uncheckable(why),
        caveats=(caveat("margin-not-printed", missing=missing),),
        provenance=Provenance(places=(relation.where,)),
    )
