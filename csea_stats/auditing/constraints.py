"""Whole numbers under bounds on sums: every solution, or the extremes of a sum; by propagation and bisection.

Pure integer arithmetic. Each unknown lies in ranges; each `Limit` bounds the sum of some of them. Bounds are tightened
until nothing changes, then the first open unknown is halved: a dead end is left as soon as one bound fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, permutations
from math import log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.auditing.rounding import Window

Ranges = tuple[tuple[int, int], ...]
"""Disjoint windows in increasing order: the values that an unknown may take."""

Vector = tuple[int, ...]


MOST_NODES = 500
"""How many halvings in a row may lead to no solution before a search for all of them is given up."""

FEW_NODES = 30
"""The same of a search for one."""

MOST_ROUNDS = 6
"""After so many rounds of tightening an open system is halved instead."""


class TooHardError(Exception):
    """A search took more halvings than allowed (caught inside this package)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds on a sum: ``low <= sum of the members <= high``."""

    members: tuple[int, ...]
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class System:
    """Unknown whole numbers, the ranges of each, and bounds on sums of them."""

    domains: tuple[Ranges, ...]
    limits: tuple[Limit, ...]


def _snap(domain: Ranges, low: int, high: int) -> Window | None:
    """Move two bounds inwards to values of the domain."""
    if len(domain) == 1:
        first, last = domain[0]
        low, high = max(low, first), min(high, last)
        return (low, high) if low <= high else None
    inside = [(max(low, first), min(high, last)) for first, last in domain if last >= low and first <= high]
    return (inside[0][0], inside[-1][1]) if inside else None


def _tighten(system: System, low: list[int], high: list[int]) -> bool:
    """Tighten the bounds in place until nothing changes, or slowly; False if there is no solution."""
    for rounds in count():
        if rounds > MOST_ROUNDS and low != high:  # wide ranges can shrink by one a round: halving is faster
            return True
        changed = False
        for limit in system.limits:
            least, greatest = sum(low[i] for i in limit.members), sum(high[i] for i in limit.members)
            if least > limit.high or greatest < limit.low:
                return False
            if least < limit.low or greatest > limit.high:
                found = _tighten_one(system, limit, low, high)
                if found is None:
                    return False
                changed = changed or found
        if not changed:
            break
    return True


def _tighten_one(system: System, limit: Limit, low: list[int], high: list[int]) -> bool | None:
    """Tighten the bounds of one limit's members in place: whether any changed; None if there is no solution."""
    least, greatest = sum(low[i] for i in limit.members), sum(high[i] for i in limit.members)
    changed = False
    for i in limit.members:
        down, up = limit.low - greatest + high[i], limit.high - least + low[i]
        if low[i] == high[i] or (down <= low[i] and up >= high[i]):
            continue
        found = _snap(system.domains[i], max(down, low[i]), min(up, high[i]))
        if found is None:
            return None
        if found != (low[i], high[i]):
            least, greatest = least + found[0] - low[i], greatest + found[1] - high[i]
            low[i], high[i] = found
            changed = True
    return changed


def _with_differences(system: System) -> System:
    """Add what two limits of which one holds the other say about the rest.

    Bounds on single unknowns do not see it: if all must sum to 100 and a + b to at least 70, the others sum to at
    most 30.
    """
    known: dict[tuple[int, ...], Limit] = {}
    for limit in system.limits:
        other = known.get(limit.members, limit)
        known[limit.members] = Limit(limit.members, max(limit.low, other.low), min(limit.high, other.high))
    if len(known) < 2:
        return System(system.domains, tuple(known.values()))
    added: dict[tuple[int, ...], Limit] = {}
    for outer, inner in permutations(known.values(), 2):
        if len(inner.members) < len(outer.members) and set(inner.members) <= set(outer.members):
            rest = tuple(i for i in outer.members if i not in inner.members)
            limit = Limit(rest, outer.low - inner.high, outer.high - inner.low)
            other = added.get(rest, limit)
            added[rest] = Limit(rest, max(limit.low, other.low), min(limit.high, other.high))
    return System(system.domains, (*known.values(), *added.values()))


def _start(system: System) -> tuple[list[int], list[int]] | None:
    if not all(system.domains):
        return None
    low, high = [domain[0][0] for domain in system.domains], [domain[-1][1] for domain in system.domains]
    return (low, high) if _tighten(system, low, high) else None


def tightens(system: System) -> bool:
    """Whether bounds alone leave room for a solution."""
    return _start(system) is not None


Hoped = tuple[Vector, Vector, tuple[int, int]]
"""Bounds on each unknown, and on all of them together."""


def hoped_of(system: System) -> Hoped:
    """Return what bounds alone say of a system's unknowns, and of their sum."""
    system = _with_differences(system)
    low, high = _start(system) or ([0] * len(system.domains), [0] * len(system.domains))
    whole = [(one.low, one.high) for one in system.limits if len(one.members) == len(low)]
    least, most = whole[0] if whole else (sum(low), sum(high))
    return tuple(low), tuple(high), (max(least, sum(low)), min(most, sum(high)))


def hope(bounds: Hoped, members: Sequence[int], *, greatest: bool) -> int:
    """Return what a sum cannot pass by bounds alone.

    Examples
    --------
    >>> hope(((0, 0), (9, 7), (10, 10)), (0,), greatest=False), hope(((0, 0), (9, 7), (10, 10)), (0,), greatest=True)
    (3, 9)
    """
    low, high, (least, most) = bounds
    others = [i for i in range(len(low)) if i not in members]
    if greatest:
        return min(sum(high[i] for i in members), most - sum(low[i] for i in others))
    return max(sum(low[i] for i in members), least - sum(high[i] for i in others))


def solutions(system: System, most: int = MOST_NODES) -> Iterator[Vector]:
    """Yield every solution, in increasing order.

    Raises
    ------
    TooHardError
        If more halvings in a row than these lead to none.
    """
    system = _with_differences(system)
    start = _start(system)
    if start is None:
        return
    if _is_plain(system):
        yield from _plain_solutions(system)
        return
    stack, nodes = [start], 0
    while stack:
        low, high = stack.pop()
        if not _tighten(system, low, high):
            continue
        nodes += 1
        if nodes > most:
            raise TooHardError
        i = next((i for i, (a, b) in enumerate(zip(low, high, strict=True)) if a < b), None)
        if i is None:
            nodes = 0
            yield tuple(low)
            continue
        middle = (low[i] + high[i]) // 2
        for bounds in ((middle + 1, high[i]), (low[i] + 1, middle), (low[i], low[i])):  # the least is the likeliest
            found = _snap(system.domains[i], *bounds) if bounds[0] <= bounds[1] else None
            if found is not None:
                lower, higher = low.copy(), high.copy()
                lower[i], higher[i] = found
                stack.append((lower, higher))


def effort(system: System) -> float:
    """Return about how many steps it takes to halve a system's ranges until one sum is at its end."""
    if _is_plain(system):
        return 0.0
    widest = max((domain[-1][1] - domain[0][0] for domain in system.domains if domain), default=0)
    return sum(len(limit.members) for limit in system.limits) * log2(widest + 2)


def _is_plain(system: System) -> bool:
    """Whether each unknown lies in one window and there is one limit at most: nothing need be searched for."""
    return len(system.limits) <= 1 and all(len(domain) == 1 for domain in system.domains)


def _plain_solutions(system: System) -> Iterator[Vector]:
    """Yield every solution of a plain system that has one: each prefix that the rest can make up for."""
    windows = [domain[0] for domain in system.domains]
    limit = system.limits[0] if system.limits else Limit((), 0, 0)
    least, most = [limit.low], [limit.high]  # what the sum may be before the last unknowns, from the last on
    for place in range(len(windows) - 1, -1, -1):
        low, high = windows[place] if place in limit.members else (0, 0)
        least.append(least[-1] - high)
        most.append(most[-1] - low)
    least, most = least[::-1], most[::-1]
    inside = frozenset(limit.members)

    def choices(place: int, total: int) -> Iterator[int]:
        low, high = windows[place] if place < len(windows) else (1, 0)
        if place in inside:
            low, high = max(low, least[place + 1] - total), min(high, most[place + 1] - total)
        return iter(range(low, high + 1))

    stack: list[tuple[Vector, int, Iterator[int]]] = [((), 0, choices(0, 0))]
    while stack:
        prefix, total, left = stack[-1]
        if len(prefix) == len(windows):
            yield prefix
        x = next(left, None)
        if x is None:
            stack.pop()
            continue
        place = len(prefix)
        longer = total + x * (place in inside)
        stack.append(((*prefix, x), longer, choices(place + 1, longer)))


def _plain_extreme(system: System, chosen: tuple[int, ...], *, greatest: bool) -> Vector:
    """Return a solution of a plain system that has one, in which a sum is at its end.

    The chosen start at their own end and all others at the opposite one; what the limit then lacks the others make up,
    and what it has too much of the chosen give back.
    """
    ends = [(domain[0][::-1] if greatest else domain[0]) for domain in system.domains]  # (wanted, opposite)
    vector = [wanted if place in chosen else opposite for place, (wanted, opposite) in enumerate(ends)]
    for limit in system.limits:
        total = sum(vector[place] for place in limit.members)
        for place in sorted(limit.members, key=lambda place: place in chosen):
            low, high = system.domains[place][0]
            lack = min(max(total, limit.low), limit.high) - total
            moved = min(max(vector[place] + lack, low), high)
            total, vector[place] = total + moved - vector[place], moved
    return tuple(vector)


def one_solution(system: System) -> Vector | None:
    """Return the smallest solution; None if there is none.

    Examples
    --------
    >>> one_solution(System((((0, 3),), ((0, 3),)), (Limit((0, 1), 5, 9),)))
    (2, 3)
    """
    return next(solutions(system, FEW_NODES), None)


def extreme(system: System, members: Sequence[int], *, greatest: bool) -> Vector | None:
    """Return a solution in which a sum is as small, or as great, as it can be; None if there is no solution."""
    whole = _with_differences(system)
    start = _start(whole)
    best = None if start is None else one_solution(system)
    if start is None or best is None:
        return None
    chosen = tuple(members)
    if _is_plain(whole):
        return _plain_extreme(whole, chosen, greatest=greatest)
    value = sum(best[i] for i in chosen)
    bound = sum(start[greatest][i] for i in chosen)
    step = 1 if greatest else -1
    at_bound = one_solution(System(system.domains, (*system.limits, Limit(chosen, bound, bound))))
    if at_bound is not None:  # the usual case
        return at_bound
    while value != bound:  # some solution reaches at least `value`; none passes `bound`
        middle = value + step * ((abs(bound - value) + 1) // 2)
        ends = (middle, bound) if greatest else (bound, middle)
        found = one_solution(System(system.domains, (*system.limits, Limit(chosen, *ends))))
        if found is None:
            bound = middle - step
        else:
            best, value = found, sum(found[i] for i in chosen)
    return best
