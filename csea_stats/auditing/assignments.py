"""Printed values of several questions whose labels print does not give: every assignment that the rest of print allows.

Each value belongs to one answer of one question. A question takes a bundle of values whose counts make its base; a
bundle can be laid out on the answers in every order that meets the question's facts. Bundles are combined question by
question, by what is left of the values, so that assignments are counted without being listed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import product
from math import factorial, prod
from typing import TYPE_CHECKING

from csea_stats.auditing.constraints import Limit, System, TooHardError, solutions
from csea_stats.auditing.facts import percent_ranges, positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.auditing.constraints import Ranges, Vector
    from csea_stats.auditing.facts import PrintedFact
    from csea_stats.survey.survey import Battery, BatteryCell, Question

MOST_STEPS = 100_000
"""Bundles tried, layouts tried and combinations made before the search is given up (each)."""

BITS = 6
"""Bits in which the copies of one value are counted: up to 31 copies."""

MOST_COPIES = 2 ** (BITS - 1) - 1

Bundle = int
"""How many copies of each value, packed `BITS` bits each."""

Flags = int
"""Which ends of which ranges are attained, a bit each."""


@dataclass(frozen=True, kw_only=True)
class BatteryQuestion:
    """One question of a battery.

    Parameters
    ----------
    name : str
    base : int
    ranges : tuple of ranges
        For each distinct value, in the sheet's order, the counts that it allows of this base.
    facts : tuple of PrintedFact
        On sums of this question's answers.
    """

    name: str
    base: int
    ranges: tuple[Ranges, ...]
    facts: tuple[PrintedFact, ...] = ()

    @cached_property
    def single(self) -> tuple[int, ...] | None:
        """The one count of each value, where each allows one."""
        counts = tuple(one[0][0] for one in self.ranges)
        return counts if counts == tuple(one[-1][1] for one in self.ranges) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attained:
    """A sum of answers whose smallest and whose largest count over the questions print gives."""

    members: tuple[int, ...]
    lowest: tuple[int, int]
    highest: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class UnlabelledValues:
    """Values without labels, and the questions among whose answers they are shared out, each value once.

    Parameters
    ----------
    values : tuple of str
        Distinct, as printed.
    copies : tuple of int
        How often each is printed.
    answers : int
        Of each question; together as many as there are values.
    rows : tuple of Row
    attained : tuple of Attained
    """

    values: tuple[str, ...]
    copies: tuple[int, ...]
    answers: int
    rows: tuple[BatteryQuestion, ...]
    attained: tuple[Attained, ...] = ()

    @property
    def ways(self) -> int:
        """In how many distinct ways the values can be shared out, whatever else print says."""
        return factorial(sum(self.copies)) // prod(map(factorial, self.copies))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """One order of a bundle's values on the answers of a question, with the counts that it allows."""

    flags: Flags
    vectors: tuple[Vector, ...]


@dataclass(frozen=True, kw_only=True)
class Assignments:
    """Every assignment of a sheet's values that the rest of print allows.

    Parameters
    ----------
    sheet : UnlabelledValues
    layouts : tuple, a row each
        For each bundle, its layouts.
    """

    sheet: UnlabelledValues
    layouts: tuple[dict[Bundle, tuple[_Layout, ...]], ...] = field(repr=False)
    _vectors: dict[int, tuple[Vector, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _before(self) -> tuple[dict[Bundle, Counter[Flags]], ...]:
        """For each number of rows, what they can have used together: in how many ways, with which ends attained."""
        return tuple(_joined(self.layouts, _pack(self.sheet.copies)))

    @cached_property
    def _after(self) -> tuple[dict[Bundle, Counter[Flags]], ...]:
        """The same of the rows from each on."""
        if all(one is self.layouts[0] for one in self.layouts):
            return self._before[::-1]
        return tuple(_joined(self.layouts[::-1], _pack(self.sheet.copies)))[::-1]

    @cached_property
    def number(self) -> int:
        """How many assignments there are; equal values are not told apart.

        Where a value allows several counts, one counts for each set of range ends that it can attain.
        """
        return self._before[-1].get(_pack(self.sheet.copies), Counter())[self._everything]

    @cached_property
    def _everything(self) -> Flags:
        return (1 << 2 * len(self.sheet.attained)) - 1

    def vectors(self, row: int) -> tuple[Vector, ...]:
        """Return every count vector that a question has under some assignment."""
        first = next(place for place, one in enumerate(self.layouts) if one is self.layouts[row])
        if first not in self._vectors:  # questions of which print says the same have the same vectors
            self._vectors[first] = tuple(sorted({vector for one in self._possible(first) for vector in one.vectors}))
        return self._vectors[first]

    def _possible(self, row: int) -> Iterator[_Layout]:
        full = _pack(self.sheet.copies)
        for bundle, layouts in self.layouts[row].items():
            rest: set[Flags] = set()
            for used, flags in self._before[row].items():
                others = self._after[row + 1].get(full - used - bundle) if fits(full, used + bundle) else None
                if others:
                    rest.update(one | other for one, other in product(flags, others))
            yield from (layout for layout in layouts if any(layout.flags | one == self._everything for one in rest))

    def counts(self, row: int, members: Iterable[int]) -> tuple[int, ...]:
        """Return what a sum of a question's answers can be."""
        chosen = tuple(members)
        return tuple(sorted({sum(vector[i] for i in chosen) for vector in self.vectors(row)}))

    def pairs(self, rows: tuple[int, int], members: Iterable[int]) -> tuple[tuple[int, int], ...]:
        """Return what a sum of answers can be in two questions together."""
        chosen = tuple(members)
        first, second = rows
        order = [first, second, *(row for row in range(len(self.layouts)) if row not in rows)]
        others = tuple(_joined([self.layouts[row] for row in order[2:]], _pack(self.sheet.copies)))[-1]
        full = _pack(self.sheet.copies)
        found: set[tuple[int, int]] = set()
        sums = [_by_sum(self.layouts[row], chosen) for row in rows]
        for (one, ones), (other, more) in product(sums[0].items(), sums[1].items()):
            rest = others.get(full - one - other) if fits(full, one + other) else None
            if rest:
                attained = {f | g for f in {f for _, f in ones} for g in {g for _, g in more}}
                enough = {flags for flags in attained if any(flags | h == self._everything for h in rest)}
                found.update((x, y) for (x, f), (y, g) in product(ones, more) if f | g in enough)
        return tuple(sorted(found))

    def spread(self, members: Iterable[int]) -> tuple[tuple[int, int], ...]:
        """Return what the smallest and the largest of a sum of answers over the questions can be together."""
        chosen = tuple(members)
        full = _pack(self.sheet.copies)
        states: dict[Bundle, set[tuple[int, int, Flags]]] = {0: {(max(r.base for r in self.sheet.rows) + 1, -1, 0)}}
        for row, layouts in enumerate(self.layouts):
            sums = _by_sum(layouts, chosen)
            after: dict[Bundle, set[tuple[int, int, Flags]]] = {}
            for (used, so_far), (bundle, ones) in product(states.items(), sums.items()):
                if fits(full, used + bundle) and full - used - bundle in self._after[row + 1]:
                    after.setdefault(used + bundle, set()).update(
                        (min(low, x), max(high, x), f | g) for (low, high, f), (x, g) in product(so_far, ones)
                    )
            states = after
        return tuple(sorted({(low, high) for low, high, f in states.get(full, ()) if f == self._everything}))


def assignments(sheet: UnlabelledValues) -> Assignments | None:
    """Return every assignment of the values; None if there are too many bundles or layouts to go through.

    Examples
    --------
    >>> ranges = tuple(((count, count),) for count in (1, 3, 5))
    >>> rows = tuple(BatteryQuestion(name=name, base=6, ranges=ranges) for name in ("one", "other"))
    >>> found = assignments(UnlabelledValues(values=("10", "30", "50"), copies=(1, 2, 1), answers=2, rows=rows))
    >>> found.number, found.vectors(0)
    (4, ((1, 5), (3, 3), (5, 1)))
    """
    if max(sheet.copies) > MOST_COPIES or sum(sheet.copies) != sheet.answers * len(sheet.rows):
        return None
    known: dict[tuple[object, ...], dict[Bundle, tuple[_Layout, ...]]] = {}
    for row in sheet.rows:
        key = row.base, row.ranges, row.facts
        if key not in known:
            try:
                known[key] = _laid_out(sheet, row, _bundles(sheet, row))
            except TooHardError:
                return None
    found = Assignments(sheet=sheet, layouts=tuple(known[row.base, row.ranges, row.facts] for row in sheet.rows))
    try:
        found.number  # noqa: B018 - counts them, or gives up
        found._after  # noqa: B018, SLF001
    except TooHardError:
        return None
    return found


@lru_cache(maxsize=64)
def _guard(length: int) -> int:
    """Return the top bit of each field, free as long as no value has more than `MOST_COPIES` copies."""
    return sum(1 << (BITS * place + BITS - 1) for place in range(length // BITS + 1))


def fits(full: Bundle, used: Bundle) -> bool:
    """Whether a bundle holds no more copies of any value than there are: no field of the difference borrows."""
    guard = _guard(full.bit_length())
    return ((full | guard) - used) & guard == guard


def _pack(copies: Sequence[int]) -> Bundle:
    return sum(number << (BITS * place) for place, number in enumerate(copies))


def _bundles(sheet: UnlabelledValues, row: BatteryQuestion) -> Iterator[tuple[int, ...]]:
    """Yield how many copies of each value a question can take, so that its counts can make its base."""
    low = [one[0][0] for one in row.ranges]
    high = [one[-1][1] for one in row.ranges]
    size, steps = len(sheet.values), 0
    stack: list[tuple[tuple[int, ...], int, int, int]] = [((), sheet.answers, 0, 0)]
    while stack:
        taken, left, least, most = stack.pop()
        steps += 1
        if steps > MOST_STEPS:
            raise TooHardError
        place = len(taken)
        if left == 0:
            if least <= row.base <= most:
                yield taken + (0,) * (size - place)
            continue
        if place == size or least > row.base:
            continue
        stack.extend(
            ((*taken, number), left - number, least + number * low[place], most + number * high[place])
            for number in range(min(left, sheet.copies[place]) + 1)
        )


def _laid_out(
    sheet: UnlabelledValues, row: BatteryQuestion, bundles: Iterable[tuple[int, ...]]
) -> dict[Bundle, tuple[_Layout, ...]]:
    """Return the layouts of each bundle that meet a question's facts; bundles without any are left out."""
    found: dict[Bundle, tuple[_Layout, ...]] = {}
    steps = 0
    for bundle in bundles:
        kept = []
        for order in _orders(bundle, sheet.answers):
            some = _layouts(sheet, row, order)
            steps += 1 + sum(len(one.vectors) for one in some)
            if steps > MOST_STEPS:
                raise TooHardError
            kept += some
        if kept:
            found[_pack(bundle)] = tuple(kept)
    return found


def _orders(bundle: tuple[int, ...], length: int) -> Iterator[tuple[int, ...]]:
    """Yield every distinct order of a bundle's values, as places among the values."""
    stack: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), bundle)]
    while stack:
        order, left = stack.pop()
        if len(order) == length:
            yield order
            continue
        for place, number in enumerate(left):
            if number:
                stack.append(((*order, place), (*left[:place], number - 1, *left[place + 1 :])))


def _layouts(sheet: UnlabelledValues, row: BatteryQuestion, order: tuple[int, ...]) -> list[_Layout]:
    """Return one order's layouts: one for each set of range ends that its counts attain."""
    by_flags: dict[Flags, list[Vector]] = {}
    for vector in _counts(row, order):
        if all(fact.holds(vector) for fact in row.facts):
            by_flags.setdefault(_flags(sheet.attained, vector), []).append(vector)
    return [_Layout(flags=flags, vectors=tuple(some)) for flags, some in by_flags.items()]


def _counts(row: BatteryQuestion, order: tuple[int, ...]) -> Iterable[Vector]:
    if row.single is not None:  # a bundle whose counts make the base
        return (tuple(row.single[place] for place in order),)
    whole = Limit(tuple(range(len(order))), row.base, row.base)
    return solutions(System(tuple(row.ranges[place] for place in order), (whole,)))


def _flags(attained: Sequence[Attained], vector: Vector) -> Flags:
    flags = 0
    for place, one in enumerate(attained):
        total = sum(vector[i] for i in one.members)
        flags |= (one.lowest[0] <= total <= one.lowest[1]) << (2 * place)
        flags |= (one.highest[0] <= total <= one.highest[1]) << (2 * place + 1)
    return flags


def _by_sum(layouts: dict[Bundle, tuple[_Layout, ...]], members: Sequence[int]) -> dict[Bundle, set[tuple[int, Flags]]]:
    """Return for each bundle the sums of some answers, each with the range ends attained."""
    return {
        bundle: {(sum(v[i] for i in members), one.flags) for one in some for v in one.vectors}
        for bundle, some in layouts.items()
    }


def _joined(
    layouts: Sequence[dict[Bundle, tuple[_Layout, ...]]], full: Bundle
) -> Iterator[dict[Bundle, Counter[Flags]]]:
    """Yield what none of the rows, the first, the first two, ... can use together, and in how many ways."""
    guard = _guard(full.bit_length())
    room = full | guard  # a field that is overdrawn borrows its guard
    states: dict[Bundle, Counter[Flags]] = {0: Counter({0: 1})}
    yield states
    for row in layouts:
        ways = {bundle: Counter(one.flags for one in some) for bundle, some in row.items()}
        if len(states) * len(ways) > 10 * MOST_STEPS:
            raise TooHardError
        after: dict[Bundle, Counter[Flags]] = {}
        for used, so_far in states.items():
            for bundle, more in ways.items():
                if (room - used - bundle) & guard != guard:
                    continue
                joined = after.setdefault(used + bundle, Counter())
                for (one, times), (other, again) in product(so_far.items(), more.items()):
                    joined[one | other] += times * again
        states = after
        yield states


def complete(questions: Sequence[Question], cell: BatteryCell) -> bool:
    """Whether a cell's values are all values of all answers to questions with one answer each, and no more."""
    first = questions[0].categories
    same = all(one.one_answer and not one.partial and one.categories == first for one in questions)
    return same and set(cell.items) == set(first) and len(cell.unlabelled or ()) == len(first) * len(questions)


def sheet_of(
    battery: Battery, questions: Sequence[Question], base: int, facts: Sequence[tuple[PrintedFact, ...]]
) -> UnlabelledValues:
    """Return the sheet of a battery whose one cell without labels is complete.

    Parameters
    ----------
    battery : Battery
    questions : sequence of Question
    base : int
        Of each.
    facts : sequence of tuple of PrintedFact
        Of each question.
    """
    printed = Counter(value for cell in battery.cells for value in cell.unlabelled or ())
    values = tuple(sorted(printed, key=lambda value: (float(value), value)))
    ranges = tuple(percent_ranges(value, base)[0] for value in values)
    attained = []
    for cell in battery.cells:
        if cell.range is not None:
            low, high = (percent_ranges(end, base)[0] for end in cell.range)
            members = positions(questions[0], cell.items)
            attained.append(
                Attained(members=members, lowest=(low[0][0], low[-1][1]), highest=(high[0][0], high[-1][1]))
            )
    return UnlabelledValues(
        values=values,
        copies=tuple(printed[value] for value in values),
        answers=len(questions[0].categories),
        rows=tuple(
            BatteryQuestion(name=one.id, base=base, ranges=ranges, facts=own)
            for one, own in zip(questions, facts, strict=True)
        ),
        attained=tuple(dict.fromkeys(attained)),
    )


def assigned(sheet: UnlabelledValues) -> tuple[Assignments, bool] | None:
    """Return every assignment in which a printed range's ends are attained; if there is none, every one within it."""
    found = assignments(sheet)
    if found is None or found.number or not sheet.attained:
        return None if found is None else (found, True)
    found = assignments(replace(sheet, attained=()))
    return None if found is None else (found, False)
