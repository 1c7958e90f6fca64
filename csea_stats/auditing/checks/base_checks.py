"""Bases: nested in the group they are of, none above all respondents, subgroups within their totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.auditing.checks.table_checks import left_over
from csea_stats.auditing.consistent_sets import reach
from csea_stats.auditing.explanations import counts_in, listing
from csea_stats.auditing.facts import positions, ranges_of, united
from csea_stats.auditing.findings import Finding
from csea_stats.auditing.number_words import amount_in_words
from csea_stats.results.values import Hull
from csea_stats.survey.survey import JOIN, cell_name

if TYPE_CHECKING:
    from csea_stats.auditing.constraints import Ranges
    from csea_stats.auditing.printed_tables import Book
    from csea_stats.auditing.two_way import Said, TwoWay
    from csea_stats.survey.survey import Cell, Group, Question

BASE_USED = "the base printed with the numbers is used"

SLIP = "one of the numbers is a slip of the pen"

EXACT = "any other number would have been caught"


Disputed = Mapping["tuple[str, Group | None]", frozenset[str]]
"""For each table, of a question or of a group in it, the answers that findings on it touch."""


def alternatives(
    book: Book,
    question_id: str,
    items: tuple[str, ...],
    disputed: Disputed,
    *,
    among: Group | None = None,
    base: int | None = None,
) -> Ranges:
    """Return the counts that print allows for answers; where print disputes them, all that it says, or leaves for them.

    A count that contradicts its own table is not held against other tables too.
    """
    members = positions(book.question(question_id), items)
    windows: list[tuple[int, int]] = []
    for table in book.tables(question_id, among):
        if base is not None and table.base != base:
            continue
        windows += ranges_of(table.counts_of(members))
        if disputed.get((question_id, among), frozenset()).intersection(items):
            windows += [one for fact in table.facts if fact.members == members for one in fact.ranges]
            rest = left_over(table, members)
            windows += [] if rest is None else [rest]
    return united(windows)


def check_bases(book: Book, question: Question) -> list[Finding]:
    """Check the bases that one question prints against those who were asked."""
    findings = []
    limit = book.survey.people
    if isinstance(question.base, int) and limit is not None and question.base > limit:
        findings.append(_above(question, question.base, "respondents of the survey", limit, (question.id,)))
    own = max(book.bases(question.id))
    for cell in question.cells:
        name = cell_name(question, cell)
        if isinstance(cell.base, int) and cell.among is None and cell.base > own:
            findings.append(_above(question, cell.base, "asked the question", own, (name,)))
        findings += _named(book, question, cell)
    return findings


def check_groups(book: Book, disputed: Disputed) -> list[Finding]:
    """Compare the bases printed for a group with how many are printed to have given the answer that defines it.

    One finding for each group, whatever the number of questions that print its base.
    """
    printed: dict[Group, dict[int, list[str]]] = {}
    for question in book.survey.question:
        if question.among is not None and isinstance(question.base, int):
            printed.setdefault(question.among, {}).setdefault(question.base, []).append(f"{question.id}/base")
        for cell in question.cells:
            if cell.among is not None and isinstance(cell.base, int):
                printed.setdefault(cell.among, {}).setdefault(cell.base, []).append(cell_name(question, cell))
    found = [_nested(book, group, bases, disputed) for group, bases in printed.items()]
    return [one for one in found if one is not None]


def _nested(book: Book, group: Group, bases: dict[int, list[str]], disputed: Disputed) -> Finding | None:
    counts = alternatives(book, group.question, group.items, disputed)
    most = counts[-1][1]
    if counts == ((0, max(book.bases(group.question))),) and max(bases) <= most:
        return None  # nothing is printed of the group's size
    wrong = [base for base in bases if base > most]
    fewer = [base for base in bases if base < counts[0][0]]
    asked = book.question(group.question)
    cells = [
        cell_name(asked, cell) for cell in asked.cells if set(cell.items) == set(group.items) and cell.among is None
    ]
    name, size = JOIN.join(group.items), counts_in(counts)
    return Finding(
        code="nested-base",
        question=group.question,
        cells=(*dict.fromkeys(cells), *dict.fromkeys(name for base in bases for name in bases[base])),
        printed=f"base {listing(bases, 'and')}; {name}: {size}",
        expected=f"{listing(fewer, 'and')} of the {size} answered" if fewer and not wrong else f"a base of {size}",
        verdict="inconsistent" if wrong else "consistent",
        explanations=("the base counts answers, not respondents", SLIP) if wrong else (),
        consequence=BASE_USED,
        power=f"a base above {most} would have been caught",
        items=group.items,
    )


def _above(question: Question, base: int, words: str, limit: int, cells: tuple[str, ...]) -> Finding:
    return Finding(
        code="base-above-respondents",
        question=question.id,
        cells=cells,
        printed=f"base {base}; {limit} {words}",
        expected=f"a base of at most {limit}",
        verdict="inconsistent",
        explanations=("the base counts answers, not respondents", SLIP),
        consequence=BASE_USED,
        power=f"any base above {limit} would have been caught",
    )


def _named(book: Book, question: Question, cell: Cell) -> list[Finding]:
    """Compare a base named in words ("all seven") with the cell's own."""
    of = amount_in_words(cell.words).of if cell.words else None
    if of is None or cell.among is None:
        return []
    bases = book.bases(question.id, cell.among)
    if of in bases:
        return []
    return [
        Finding(
            code="number-in-words",
            question=question.id,
            cells=(cell_name(question, cell),),
            printed=f'"{cell.words}"; base {listing(bases)}',
            expected=f"a base of {of}",
            verdict="inconsistent",
            explanations=(SLIP,),
            consequence=BASE_USED,
            power=EXACT,
            items=cell.items,
        )
    ]


def check_subgroups(book: Book, question: Question, disputed: Disputed) -> list[Finding]:
    """Check that groups fit into the total: each answer by itself, then the whole table.

    Groups that are answers to one question that everybody answers once are added up. What could not fail is not told.
    """
    splits = book.two_ways(question.id)
    return [finding for split in splits for finding in _added_up(book, question, split, disputed)]


def _added_up(book: Book, question: Question, split: TwoWay, disputed: Disputed) -> list[Finding]:
    groups = tuple(split.division.groups)
    sums: dict[tuple[str, ...], list[Group]] = {}
    for cell in question.cells:
        if cell.among in groups and cell.unlabelled is None and cell.among is not None:
            sums.setdefault(question.in_order(cell.items), []).append(cell.among)
    sizes = replace(
        split,
        answers=1,
        one_answer=False,
        chosen=None,
        totals={base: {} for base in split.totals},
        within=lambda group, base: None if split.within(group, base) is None else {},
    )
    said = {cell.among for cell in question.cells if cell.among in groups and cell.count != 0 and not cell.weighted}
    nobody = any(book.bases(question.id, group) == (0,) for group in said)  # of whom something is printed
    if sizes.found == () or nobody or (sizes.found is None and not _fit(book, question, split)):
        return _sizes(book, question, split)
    found = [_sum(book, question, split, disputed, items, some) for items, some in sums.items()]
    findings = [one for one in found if one is not None]
    clean = all(one.verdict == "consistent" for one in findings)
    clean = clean and not any(disputed.get((question.id, group)) for group in (None, *groups))
    if clean and split.found == ():
        findings.append(_whole(book, question, split))
    return findings


def _apart(split: TwoWay) -> list[Group]:
    """Return groups that have nobody in common."""
    found: list[Group] = []
    for group, rows in split.division.groups.items():
        if not any(set(rows) & set(split.division.groups[other]) for other in found):
            found.append(group)
    return found


def _least(question: Question, split: TwoWay, group: Group) -> int:
    """Return how many of a group answered at least: its printed base, else the largest count that is printed of it."""
    counts = [cell.count for cell in question.cells_among(group) if cell.count is not None and len(cell.items) == 1]
    return min(split.printed[group]) if split.printed[group] else max(counts, default=0)


def _fit(book: Book, question: Question, split: TwoWay) -> bool:
    """Whether groups can be as many as answered, where ways to choose sizes are too many to go through."""
    most = book.most_answered(question)
    least = {group: _least(question, split, group) for group in split.division.groups}
    return most is None or max(sum(least[group] for group in _apart(split)), *least.values()) <= most


def _room(book: Book, question: Question, split: TwoWay, counts: Mapping[Group, Ranges], total: Ranges) -> bool:
    """Whether counts in groups can be those of all, where ways to choose sizes are too many to go through."""
    apart = _apart(split)
    least = max(sum(counts[group][0][0] for group in apart if group in counts), *(one[0][0] for one in counts.values()))
    answered = book.most_answered(question)
    if answered is None or not question.one_answer:
        return least <= total[-1][1]
    told = [group for group in apart if group in counts and split.printed[group]]
    others = answered - sum(_least(question, split, group) for group in told)
    return least <= total[-1][1] and total[0][0] <= sum(counts[group][-1][1] for group in told) + others


def _cells_on(question: Question, split: TwoWay, items: tuple[str, ...] | None = None) -> tuple[str, ...]:
    within = (None, *split.division.groups)
    cells = [c for c in question.cells if c.among in within and items in (None, question.in_order(c.items))]
    return tuple(dict.fromkeys(cell_name(question, cell) for cell in cells))


def _sizes(book: Book, question: Question, split: TwoWay) -> list[Finding]:
    """Tell that groups do not fit into those who answered, unless a base above its own group's size is why."""
    bases = {group: book.bases(question.id, group) for group in split.division.groups}
    largest = {
        group: max((sum(one[row] for row in rows) for one in split.division.sizes or ()), default=0)
        for group, rows in split.division.groups.items()
    }
    if split.division.sizes is not None and any(min(some) > largest[group] for group, some in bases.items()):
        return []
    total = listing(split.totals)
    return [
        Finding(
            code="group-sizes",
            question=question.id,
            cells=_cells_on(question, split),
            printed="; ".join(f"{listing(some)} among {group.told}" for group, some in bases.items())
            + f"; {total} in all",
            expected=f"groups that make up the {total} who answered",
            verdict="inconsistent",
            explanations=("some respondents are in none of the groups, or in several", SLIP),
            consequence=BASE_USED,
            power="any other size of a group would have been caught",
            items=question.categories,
        )
    ]


def _sum(
    book: Book,
    question: Question,
    split: TwoWay,
    disputed: Disputed,
    items: tuple[str, ...],
    told: list[Group],
) -> Finding | None:
    """Check one answer, or one sum: what the groups make of it against what is printed of all."""
    total = {base: alternatives(book, question.id, items, disputed, base=base) for base in split.totals}
    printed = any(table.facts or table.unlabelled_cells for table in book.tables(question.id))
    if not printed or all(ranges == ((0, base),) for base, ranges in total.items()):
        return None

    one = replace(
        split,
        answers=1,
        each=1 if question.one_answer else len(items),
        one_answer=False,
        chosen=None,
        totals={base: {(0,): ranges} for base, ranges in total.items()},
        within=_told_within(book, question, split, disputed, items, told),
    )
    everybody = united(window for ranges in total.values() for window in ranges)
    if one.found is None:
        counts = {
            group: alternatives(book, question.id, items, disputed, among=group)
            if split.printed[group]
            else united(
                (cell.count, cell.count)
                for cell in question.cells_among(group)
                if cell.count and set(cell.items) == set(items)
            )
            or ((0, 0),)
            for group in dict.fromkeys(told)
        }
        if _room(book, question, split, counts, everybody):
            return None
    groups = tuple(dict.fromkeys(told))
    inside = {group: (book.counts_of(question.id, items, group), book.bases(question.id, group)) for group in groups}
    said = [
        f"{counts_in(ranges_of(counts))} of {listing(bases)} among {group.told}"
        for group, (counts, bases) in inside.items()
    ]
    agree = bool(one.found)
    return Finding(
        code="subgroup-within-total",
        question=question.id,
        cells=_cells_on(question, split, items),
        printed=f"{'; '.join(said)}; {counts_in(everybody)} of {listing(total)} in all",
        expected=_left(one, groups, split) if agree else _makes(inside, everybody, max(total)),
        verdict="consistent" if agree else "inconsistent",
        explanations=() if agree else ("the groups are not parts of these respondents", SLIP),
        consequence="" if agree else "groups and total are each told as printed; no count of the rest is derived",
        power="a count in all that the groups do not leave room for would have been caught",
        items=items,
    )


def _told_within(
    book: Book, question: Question, split: TwoWay, disputed: Disputed, items: tuple[str, ...], told: list[Group]
) -> Callable[[Group, int], Said | None]:
    """Return what gives the counts of an answer, or of a sum, in a group of which print tells, for each base."""
    # of bases that are many only the ends are read
    open_ended = {group for group in told if isinstance(book.bases(question.id, group), Hull)}

    def within(group: Group, base: int) -> Said | None:
        said = split.within(group, base)
        if said is None or group not in told:
            return None if said is None else {}
        if group in open_ended:
            contradicted = disputed.get((question.id, group), frozenset()).intersection(items)
            anything: Ranges = ((0, base * len(items)),)
            return {(0,): anything if contradicted else said.get(positions(question, items), anything)}
        return {(0,): alternatives(book, question.id, items, disputed, among=group, base=base)}

    return within


def _left(one: TwoWay, groups: tuple[Group, ...], split: TwoWay) -> str:
    """Return what the groups leave for everybody else."""
    rows = {row for group in groups for row in split.division.groups[group]}
    rest = [row for row in range(len(split.division.rows)) if row not in rows]
    ends: set[int] = set()
    bases: set[int] = set()
    for sized in one.found or ():
        bases.add(sum(sized.sizes[row] for row in rest))
        for system in sized.systems:
            ends.update(reach(system, tuple(rest), greatest=g).bound if rest else 0 for g in (False, True))
    if bases == {0} or not bases:
        return "the groups add up to the total"
    return f"{listing(sorted({min(ends), max(ends)}), 'to')} of {listing(sorted(bases))} among the rest"


def _makes(inside: Mapping[Group, tuple[tuple[int, ...], tuple[int, ...]]], total: Ranges, base: int) -> str:
    low, high = (sum(end(counts) for counts, _ in inside.values()) for end in (min, max))
    if low > total[-1][1]:
        made = "the groups make" if len(inside) > 1 else "the group has"
        return f"at least as many in all as in the groups: {made} {counts_in(((low, high),))}"
    rest = base - sum(max(bases) for _, bases in inside.values())
    return f"at most {max(rest, 0)} more in all than in the groups, which have {counts_in(((low, high),))}"


def _whole(book: Book, question: Question, split: TwoWay) -> Finding:
    """Tell that every answer by itself fits, and all of them together do not."""
    groups = [f"{listing(book.bases(question.id, g))} among {g.told}" for g in split.division.groups]
    return Finding(
        code="groups-and-total",
        question=question.id,
        cells=_cells_on(question, split),
        printed=f"all answers; {'; '.join(groups)}; {listing(split.totals)} in all",
        expected="a table of answers by groups that meets all that is printed",
        verdict="inconsistent",
        explanations=("some in a group gave none of the answers", SLIP),
        consequence="groups and total are each told as printed; no count of the rest is derived",
        power="a change of any one count that the other cells leave no room for would have been caught",
        items=question.categories,
    )
