"""One cause for several contradictions: the percentages of a table are of other people than print says, or of ticks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

from csea_stats.auditing.facts import agreed, groups_of, meet, united
from csea_stats.auditing.rounding import units, window

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from csea_stats.auditing.constraints import Ranges
    from csea_stats.auditing.facts import PrintedFact
    from csea_stats.survey.survey import Question

NEAR = 5
"""How far below the printed base one is looked for that print names nowhere."""

MOST_TRIED = 2_000
"""How many bases are tried at most."""

BY_CHANCE = 0.2
"""An explanation that would fit so often by chance is none."""

SUMMED = 0.1
"""How often the percentages of a question with several answers sum to 100 by chance, at most."""

A_FEW = 3
"""Of the bases that one percentage with its count leaves, the next count has no more percentages than about these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherBase:
    """What explains the contradictions of a table: bases that each fit all of its percentages.

    Parameters
    ----------
    base : int
        As printed.
    bases : tuple of int
        In increasing order.
    ticks : bool
        Whether they are the ticks of a question with several answers: the sum of its counts.
    facts : tuple of PrintedFact
        The percentages, and what is printed of the same answers.
    """

    base: int
    bases: tuple[int, ...]
    ticks: bool
    facts: tuple[PrintedFact, ...]


Spoken = dict[tuple[int, ...], list["PrintedFact"]]
"""For each answer, or sum of answers, what is printed of it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, what is printed of its answers, and of those of which a percentage is; and which contradict it."""

    question: Question
    groups: Spoken
    spoken: Spoken
    wrong: list[tuple[int, ...]]


def _asked(question: Question, facts: Sequence[PrintedFact], base: int) -> _Asked:
    groups = groups_of(facts)
    spoken = {
        members: some
        for members, some in groups.items()
        if any(one.kind == "percent" and one.base == base for one in some)
    }
    wrong = [
        members
        for members, some in spoken.items()
        if any(one.soft and one.kind == "percent" for one in some) or agreed(some, base, len(members))[1]
    ]
    return _Asked(question, groups, spoken, wrong)


def other_base(
    question: Question,
    facts: Sequence[PrintedFact],
    base: int,
    elsewhere: Collection[int],
    shared: tuple[int, ...] = (),
) -> OtherBase | None:
    """Look for a base that fits all percentages of a table, where the printed one contradicts several of them.

    Parameters
    ----------
    question : Question
    facts : sequence of PrintedFact
        Of one table.
    base : int
        Of that table, as printed.
    elsewhere : collection of int
        Numbers of people that print names elsewhere.
    shared : tuple of int
        What `shared_base` found for the questions of its battery.

    Returns
    -------
    OtherBase or None
        None also where a base would fit by chance in more than one case of five.
    """
    if base < 1:
        return None
    asked = _asked(question, facts, base)
    if shared and asked.wrong:
        return _made(shared, base, asked, ticks=False)
    if not question.one_answer:  # all of them, or, as that they sum to 100 is strong evidence, all but one
        for kept in (asked, *(_without(asked, left) for left in asked.wrong if len(asked.wrong) > 2)):
            if ticks := _ticks(kept, base):
                return _made(ticks, base, kept, ticks=True)
    bases = _bases([asked], base, elsewhere)
    return _made(bases, base, asked, ticks=False) if bases else None


def _without(asked: _Asked, left: tuple[int, ...]) -> _Asked:
    """Leave one answer's percentages out, which may have a contradiction of their own."""
    others = [fact for fact in asked.groups[left] if fact.kind != "percent"]
    groups = {**asked.groups, left: others} if others else {m: s for m, s in asked.groups.items() if m != left}
    spoken = {members: some for members, some in asked.spoken.items() if members != left}
    return _Asked(asked.question, groups, spoken, [members for members in asked.wrong if members != left])


def shared_base(
    told: Iterable[tuple[Question, Sequence[PrintedFact]]], base: int, elsewhere: Collection[int]
) -> tuple[int, ...]:
    """Return the bases, other than the printed one, that fit all percentages of several questions; none if none."""
    every = [_asked(question, facts, base) for question, facts in told]
    several = sum(bool(asked.wrong) for asked in every) > 1
    return _bases([asked for asked in every if asked.spoken], base, elsewhere) if several else ()


def _ticks(asked: _Asked, base: int) -> tuple[int, ...]:
    """Return the sums of all counts of which the percentages can be, where they are not of respondents."""
    question = asked.question
    total = None if question.chosen is None else question.chosen * base
    if len(asked.wrong) < 2 and (total is None or not asked.spoken or _can_sum(asked, base, base, total)):
        return ()
    seeds = _seeds(asked)
    tried = _of_pairs(seeds) if seeds else () if total is None else (total,)
    found = tuple(n for n in tried if n != base and _fits(asked, n, base) and _can_sum(asked, n, base, n))
    by_chance = SUMMED * _chance([asked], found, seeded=True) if found and seeds else 0.0
    return found if by_chance < BY_CHANCE else ()


def _bases(every: Sequence[_Asked], base: int, elsewhere: Collection[int]) -> tuple[int, ...]:
    """Return the bases, other than the printed one, that fit all percentages."""
    if sum(len(asked.wrong) for asked in every) < 2:
        return ()
    seeds = [some for asked in every for some in _seeds(asked)]
    named = tuple(n for n in elsewhere if 0 < n != base)
    near = tuple(n for n in range(max(base - NEAR, 1), base) if n not in named)
    # a number that print names needs less evidence than one that it does not; a pair leaves few
    for tried in (_of_pairs(seeds),) if seeds else (named, (*named, *near)):
        most = max(elsewhere, default=base)
        found = tuple(
            n for n in sorted(tried) if n != base and n <= most and all(_whole(asked, n, base) for asked in every)
        )
        times = 1 if seeds else len(tried)
        if found and times * _chance(every, found, seeded=bool(seeds)) < BY_CHANCE:
            return found
    return ()


def _seeds(asked: _Asked) -> list[list[PrintedFact]]:
    return [asked.spoken[members] for members in asked.wrong if _count(asked.spoken[members]) is not None]


def _made(bases: tuple[int, ...], base: int, asked: _Asked, *, ticks: bool) -> OtherBase:
    told = tuple(one for some in asked.spoken.values() for one in some if one.kind in ("percent", "count"))
    return OtherBase(base=base, bases=bases, ticks=ticks, facts=told)


def _count(some: Iterable[PrintedFact]) -> int | None:
    return next((one.ranges[0][0] for one in some if one.kind == "count"), None)


def _of_pairs(seeds: Sequence[list[PrintedFact]]) -> tuple[int, ...]:
    """Return the bases of which counts are the percentages beside them: only the ends where there are too many."""
    low, high = 1, 0
    for some in seeds:
        count = _count(some) or 0
        for one in some:
            if one.kind == "percent":
                value, hundred = units(one.value)
                least = -(-2 * hundred * count // (2 * value + 1))
                most = 2 * hundred * count // (2 * value - 1) if value else least
                low, high = max(low, least), min(high or most, most)
    tried = range(max(low, 1), high + 1)
    return tuple(tried) if len(tried) <= MOST_TRIED else (tried[0], tried[-1])


def _allowed(some: Sequence[PrintedFact], n: int, base: int, size: int) -> Ranges:
    """Return the counts of an answer, or of a sum of several, if its percentages are of n."""
    found: Ranges = ((0, base * size),)
    for one in some:
        if one.kind == "percent" and one.base == base:
            fits = window(one.value, n)
            found = meet(found, () if fits is None else (fits,))
        elif one.kind == "count":
            found = meet(found, one.ranges)
    return found


def _fits(asked: _Asked, n: int, base: int) -> bool:
    return all(_allowed(some, n, base, len(members)) for members, some in asked.spoken.items())


def _ends(question: Question, groups: Spoken, n: int, base: int) -> list[tuple[int, int]]:
    """Return the least and the greatest count of each answer of which print tells."""
    found = [_allowed(groups[i,], n, base, 1) for i in range(len(question.categories)) if (i,) in groups]
    return [(one[0][0], one[-1][1]) if one else (0, base) for one in found]


def _can_sum(asked: _Asked, n: int, base: int, total: int) -> bool:
    """Whether all answers together can make a total; all must be told."""
    ends = _ends(asked.question, asked.groups, n, base)
    whole = asked.question.shows_all and len(ends) == len(asked.question.categories)
    return whole and sum(low for low, _ in ends) <= total <= sum(high for _, high in ends)


def _whole(asked: _Asked, n: int, base: int) -> bool:
    """Whether all percentages fit a base, and where everybody gives one answer, all counts too."""
    question = asked.question
    if not _fits(asked, n, base):
        return False
    if not question.one_answer:
        return True
    ends = _ends(question, asked.groups, n, base)
    if len(ends) == len(question.categories) and not question.partial:
        return n < base and _can_sum(asked, n, base, n)
    return sum(low for low, _ in ends) <= min(n, base)


def _chance(every: Sequence[_Asked], bases: Sequence[int], *, seeded: bool) -> float:
    """Return how often such percentages would fit a base by chance; a pair that led to it is no evidence for it."""
    shares = []
    for some in (some for asked in every for some in asked.spoken.values()):
        hundred = max(units(one.value)[1] for one in some if one.kind == "percent")
        fitting = A_FEW if _count(some) is not None else bases[-1] + 1
        shares.append((_count(some) is None, min(1.0, fitting / (hundred + 1))))
    shares.sort()
    return prod(share for _, share in islice(shares, int(seeded), None))


def explained(question: Question, facts: Sequence[PrintedFact], cause: OtherBase) -> tuple[PrintedFact, ...]:
    """Return what a table's facts say once their cause is known.

    A printed count stands. Where there is none, a percentage of ticks says what it is of them; one of another base what
    either base allows.
    """
    groups = groups_of(facts)
    found = []
    for fact in facts:
        if fact not in cause.facts or fact.kind != "percent" or fact.base != cause.base:
            found.append(fact)
        elif _count(groups[fact.members]) is None:
            ranges = united(one for n in cause.bases for one in _follows(question, groups, fact, n, cause))
            ranges = ranges if cause.ticks else united((*ranges, *fact.ranges))
            found.append(replace(fact, ranges=ranges, soft=False))
    return tuple(found)


def _follows(question: Question, groups: Spoken, fact: PrintedFact, n: int, cause: OtherBase) -> Ranges:
    """Return the counts of an answer if its percentage is of n; of ticks, what the other answers leave of them."""
    mine = _allowed(groups[fact.members], n, cause.base, len(fact.members))
    if not cause.ticks or len(fact.members) > 1:
        return mine
    ends = _ends(question, groups, n, cause.base)
    low, high = sum(low for low, _ in ends) - mine[0][0], sum(high for _, high in ends) - mine[-1][1]
    return meet(mine, ((n - high, n - low),))
