"""What a table's margins, and facts about its cells, leave open: the ends of each count and each contrast, exactly.

Margins alone have closed forms. With further facts the ends are those of an integer programme; its solutions are
checked in whole numbers, and kept, since one that attains what the margins alone allow ends another search.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from csea_stats.base.rank_sets import sums_after
from csea_stats.errors import CountError, InputError, UnknownName, in_short, is_of, pairs_of
from csea_stats.estimators.arguments import ONE_COUNT, feasible, labelled, whole
from csea_stats.results.numbers import count_words, with_unit

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

MOST_VECTORS = 5_000
"""Feasible count vectors of one margin that are listed."""

ALONE = {"row": ("yes", "no"), "column": ("in", "out")}
"""Names of an answer and of its opposite, of a group and of all others, where one count is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """The counts of the answers to one question.

    Parameters
    ----------
    side : {"row", "column"}
    labels : tuple of str
        Names for print.
    keys : tuple
        What facts call them: the labels of a mapping, the places of a sequence.
    vectors : tuple of tuple of int
        Every feasible one; each adds up to the base.
    alone : bool
        Whether one count was given, so that its complement is asked nothing of.
    """

    side: str
    labels: tuple[str, ...]
    keys: tuple[Hashable, ...]
    vectors: tuple[tuple[int, ...], ...]
    alone: bool

    @property
    def asked(self) -> tuple[int, ...]:
        """The places that something is asked of."""
        return (0,) if self.alone else tuple(range(len(self.labels)))

    def sums(self, places: Iterable[int]) -> tuple[int, ...]:
        """Return what a sum of counts can be, in rising order."""
        chosen = tuple(places)
        return tuple(sorted({sum(vector[place] for place in chosen) for vector in self.vectors}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a sum of cells can be.

    Parameters
    ----------
    rows, columns : tuple of int
        The cells where they cross.
    values : tuple of int
        In rising order.
    words : str
        How an error names the fact.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    values: tuple[int, ...]
    words: str


def margin_of(value: object, base: int, side: str) -> Margin:
    """Return a margin from one count, or from a mapping or sequence of counts; each may be a set of feasible ones.

    Raises
    ------
    CountError
        If no feasible counts add up to the base.

    Examples
    --------
    >>> margin_of({"poor": 35, "fair": {10, 11}, "good": {3, 4}}, 49, "row").vectors
    ((35, 10, 4), (35, 11, 3))
    """
    if not _is_several(value):
        counts = feasible(value, side)
        if counts[-1] > base:
            message = f"{side}: found {counts[-1]} of {base}; allowed is at most the base, {base}"
            raise CountError(message)
        vectors = tuple((count, base - count) for count in counts)
        return Margin(side=side, labels=ALONE[side], keys=ALONE[side], vectors=vectors, alone=True)
    names, values = labelled(value, name=side)
    if len(values) < 2:
        message = f"{side}: found {in_short(value)}; allowed are at least two counts, or {ONE_COUNT}"
        raise CountError(message)
    each = [feasible(one, f"{side}[{(names[i] if names else i)!r}]") for i, one in enumerate(values)]
    keys = tuple(range(len(each))) if names is None else tuple(key for key, _ in value.items())  # type: ignore[attr-defined]
    labels = names or tuple(f"{side}[{place}]" for place in range(len(each)))
    return Margin(side=side, labels=labels, keys=keys, vectors=_vectors(each, base, side), alone=False)


def _is_several(value: object) -> bool:
    """Whether a value holds a count for each of several answers: a mapping, a Series, a list, an array."""
    return hasattr(type(value), "__len__") and not is_of(value, str, bytes, AbstractSet)


def told(value: object) -> object:
    """Return a margin that `margin_of` took in the plain form in which a call tells it."""

    def one(count: object) -> object:
        values = feasible(count, "count")
        return values[0] if len(values) == 1 else set(values)

    if not _is_several(value):
        return one(value)
    if isinstance(value, Mapping) or hasattr(value, "items"):
        return {key: one(count) for key, count in value.items()}
    return [one(count) for count in value]  # type: ignore[attr-defined]


def _vectors(each: Sequence[tuple[int, ...]], base: int, side: str) -> tuple[tuple[int, ...], ...]:
    """Return every choice of feasible counts that adds up to the base."""
    after = sums_after(each)
    if base not in after[0]:
        found = count_words(after[0])
        message = (
            f"{side}: found {with_unit(found, 'people')} in all; allowed is the base, {base}: each respondent gives "
            "one answer, so rows and columns have the same total. Those who gave none, or are in no group, "
            "need a count of their own"
        )
        raise CountError(message)
    vectors: list[tuple[int, ...]] = [()]
    for place, values in enumerate(each):
        vectors = [(*v, x) for v in vectors for x in values if base - sum(v) - x in after[place + 1]]
        if len(vectors) > MOST_VECTORS:
            message = (
                f"{side}: found more than {MOST_VECTORS:,} feasible count vectors; allowed are fewer: narrow the sets"
            )
            raise InputError(message)
    return tuple(vectors)


def known_facts(given: object, rows: Margin, columns: Margin) -> tuple[Known, ...]:
    """Return the facts about cells that a mapping of (row, column) to a count, a set or a range tells.

    Either half of a key may be a tuple of labels, for a sum of cells.

    Raises
    ------
    InputError, UnknownName
        If it is no such mapping, or names what is no answer or group.
    CountError
        If a fact is no count, or more than its row or its column holds.
    """
    if given is None:
        return ()
    if not is_of(given, Mapping):
        message = f"given: found {in_short(given)}; allowed is a mapping of (row, column) to a count, a set or a range"
        raise InputError(message)
    return tuple(_known(key, amount, rows, columns) for key, amount in pairs_of("given", given))


def _known(key: object, amount: object, rows: Margin, columns: Margin) -> Known:
    words = f"given[{key!r}]"
    if not isinstance(key, tuple) or len(key) != 2:
        message = (
            f"{words}: allowed are keys (row, column), such as ('poor', 'government') or (('none', 'poor'), 'NGO')"
        )
        raise InputError(message)
    places = tuple(_places(half, margin) for half, margin in zip(key, (rows, columns), strict=True))
    values = feasible(set(amount), words) if isinstance(amount, range) else feasible(amount, words)
    for half, margin, inside in zip(key, (rows, columns), places, strict=True):
        most = margin.sums(inside)[-1]
        if values[0] > most:
            message = f"{words}: found {values[0]}, more than {margin.side} {half!r} holds; allowed is at most {most}"
            raise CountError(message)
    return Known(rows=places[0], columns=places[1], values=values, words=words)


def _places(half: object, margin: Margin) -> tuple[int, ...]:
    names = half if isinstance(half, tuple) else (half,)
    for name in names:
        if name not in margin.keys:
            raise UnknownName(margin.side, str(name), map(str, margin.keys), "(in given)")
    return tuple(sorted({margin.keys.index(name) for name in names}))


def margin_pairs(rows: Margin, columns: Margin) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield every pair of feasible margins."""
    yield from product(rows.vectors, columns.vectors)


def whole_base(base: object) -> int:
    """Return the base, at least 1."""
    number = whole(base, "base")
    if number == 0:
        message = "base: found 0; allowed is at least 1 person: a share of nobody is not defined"
        raise CountError(message)
    return number


MOST_MARGINS = 60
"""Pairs of feasible margins for each of which integer programmes are solved, where facts constrain cells."""

Ends = tuple[float, float]

Exact = tuple[Fraction, Fraction]

Places = tuple[int, ...]


def cell_range(row: int, column: int, base: int) -> tuple[int, int]:
    """Return the smallest and the largest count of a cell that its margins allow.

    References
    ----------
    Frechet (1951), Annales de l'Universite de Lyon A 14, 53-77; Duncan & Davis (1953), American Sociological Review
    18, 665-666, https://doi.org/10.2307/2088122

    Examples
    --------
    >>> cell_range(35, 24, 49)
    (10, 24)
    """
    return max(0, row + column - base), min(row, column)


def gap_range(row: int, sizes: tuple[int, int], base: int) -> Exact:
    """Return the ends of the difference between two groups' shares that the margins allow.

    The first group's count is largest where the second's is smallest: whoever has the answer fills the first, then
    everybody else, then the second.

    Examples
    --------
    >>> [str(end) for end in gap_range(35, (27, 14), 49)]
    ['-14/27', '1']
    """
    (low, high), (other_low, other_high) = (cell_range(row, size, base) for size in sizes)
    first, second = sizes
    return (
        Fraction(low, first) - Fraction(other_high, second),
        Fraction(high, first) - Fraction(other_low, second),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Every table with the given margins that meets the given facts.

    Parameters
    ----------
    rows, columns : Margin
    base : int
    facts : tuple of Known
    """

    rows: Margin
    columns: Margin
    base: int
    facts: tuple[Known, ...]
    _searches: list[_Search] = field(default_factory=list, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.facts:
            return
        pairs = tuple(margin_pairs(self.rows, self.columns))
        if len(pairs) > MOST_MARGINS:
            message = (
                f"given: found {len(pairs)} pairs of feasible margins; with facts on cells allowed are at most "
                f"{MOST_MARGINS}: narrow the sets in row or column"
            )
            raise InputError(message)
        searches = (_Search(row=row, column=column, facts=self.facts) for row, column in pairs)
        self._searches.extend(search for search in searches if search.possible())
        if not self._searches:
            raise CountError(_contradiction(self, pairs))

    @property
    def vectors(self) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
        """Pairs of feasible margins that some table has."""
        if not self.facts:
            return tuple(margin_pairs(self.rows, self.columns))
        return tuple((search.row, search.column) for search in self._searches)

    def cells(self, event: Places, group: int) -> dict[tuple[int, int], tuple[int, int]]:
        """Return the smallest and the largest count of an answer (or a sum of several) in a group.

        Returns
        -------
        dict
            By the answer's total and the group's size, of which print may allow several.
        """
        found: dict[tuple[int, int], tuple[int, int]] = {}
        if not self.facts:
            totals = product(self.rows.sums(event), self.columns.sums((group,)))
            return {pair: cell_range(*pair, self.base) for pair in totals}
        for search in self._searches:
            total, size = sum(search.row[place] for place in event), search.column[group]
            weights = {(place, group): 1 for place in event}
            bounds = cell_range(total, size, self.base)
            low, high = (search.extreme(weights, end, greatest=g) for end, g in zip(bounds, (False, True), strict=True))
            before = found.get((total, size), (low, high))
            found[total, size] = min(low, before[0]), max(high, before[1])
        return found

    def gaps(self, event: Places, groups: tuple[int, int]) -> Exact:
        """Return the ends of the difference between an answer's shares in two groups."""
        if not self.facts:
            sizes = {tuple(vector[group] for group in groups) for vector in self.columns.vectors}
            ends = [gap_range(row, size, self.base) for row in self.rows.sums(event) for size in sizes]  # type: ignore[arg-type]
        else:
            ends = [_searched_gap(search, event, groups, self.base) for search in self._searches]
        return min(low for low, _ in ends), max(high for _, high in ends)


def _searched_gap(search: _Search, event: Places, groups: tuple[int, int], base: int) -> Exact:
    sizes = search.column[groups[0]], search.column[groups[1]]
    outer = gap_range(sum(search.row[place] for place in event), sizes, base)
    weights = {(place, groups[0]): sizes[1] for place in event} | {(place, groups[1]): -sizes[0] for place in event}
    whole = sizes[0] * sizes[1]
    low, high = (
        search.extreme(weights, int(end * whole), greatest=greatest)
        for end, greatest in zip(outer, (False, True), strict=True)
    )
    return Fraction(low, whole), Fraction(high, whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """The tables with one pair of margins that meet the facts; those found so far are kept."""

    row: tuple[int, ...]
    column: tuple[int, ...]
    facts: tuple[Known, ...]
    found: list[tuple[tuple[int, ...], ...]] = field(default_factory=list)
    programme: list[dict[str, Any]] = field(default_factory=list)

    def possible(self) -> bool:
        """Whether there is such a table; keeps one."""
        return self._solve({}, greatest=False) is not None

    def extreme(self, weights: dict[tuple[int, int], int], outer: int, *, greatest: bool) -> int:
        """Return the smallest or largest weighted sum of cells, given what it cannot pass."""

        def value(table: tuple[tuple[int, ...], ...]) -> int:
            return sum(weight * table[i][j] for (i, j), weight in weights.items())

        if any(value(table) == outer for table in self.found):
            return outer
        table = self._solve(weights, greatest=greatest)
        if table is None:
            message = "given: no table was found where there is one; the counts are too large for this search"
            raise InputError(message)
        return value(table)

    def _solve(self, weights: dict[tuple[int, int], int], *, greatest: bool) -> tuple[tuple[int, ...], ...] | None:
        from scipy.optimize import milp

        if not self.programme:
            self.programme.append(_programme(self.row, self.column, self.facts))
        columns = len(self.column)
        objective = [0.0] * len(self.programme[0]["integrality"])
        for (i, j), weight in weights.items():
            objective[i * columns + j] = float(-weight if greatest else weight)
        result = milp(objective, options={"mip_rel_gap": 0.0}, **self.programme[0])
        if result.x is None:
            return None
        cells = [round(value) for value in result.x]
        table = tuple(tuple(cells[i * columns : (i + 1) * columns]) for i in range(len(self.row)))
        if not _meets(table, self.row, self.column, self.facts):
            return None
        self.found.append(table)
        return table


def _meets(
    table: tuple[tuple[int, ...], ...], row: Sequence[int], column: Sequence[int], facts: Sequence[Known]
) -> bool:
    """Whether a table has these margins and meets these facts, in whole numbers."""
    return (
        all(min(cells) >= 0 and sum(cells) == total for cells, total in zip(table, row, strict=True))
        and all(sum(cells) == total for cells, total in zip(zip(*table, strict=True), column, strict=True))
        and all(sum(table[i][j] for i in fact.rows for j in fact.columns) in fact.values for fact in facts)
    )


def _programme(row: Sequence[int], column: Sequence[int], facts: Sequence[Known]) -> dict[str, Any]:
    """Return the constraints as scipy wants them: a cell each, then a switch for each value of a set with gaps."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint

    gapped = [fact for fact in facts if fact.values[-1] - fact.values[0] >= len(fact.values)]
    size, width = len(row) * len(column), len(column)
    total = size + sum(len(fact.values) for fact in gapped)
    lines, lower, upper = [], [], []

    def add(places: Iterator[int], low: int, high: int, switches: dict[int, int] | None = None) -> None:
        line = np.zeros(total)
        line[list(places)] = 1.0
        for place, weight in (switches or {}).items():
            line[place] = weight
        lines.append(line)
        lower.append(low)
        upper.append(high)

    for i, count in enumerate(row):
        add(iter(range(i * width, (i + 1) * width)), count, count)
    for j, count in enumerate(column):
        add(iter(range(j, size, width)), count, count)
    start = size
    for fact in facts:
        cells = (i * width + j for i in fact.rows for j in fact.columns)
        if fact not in gapped:
            add(cells, fact.values[0], fact.values[-1])
            continue
        own = range(start, start + len(fact.values))
        add(iter(own), 1, 1)
        add(cells, 0, 0, {place: -value for place, value in zip(own, fact.values, strict=True)})
        start += len(fact.values)
    most = np.ones(total)
    most[:size] = sum(row)
    return {
        "constraints": LinearConstraint(np.array(lines), lower, upper),
        "integrality": np.ones(total),
        "bounds": Bounds(0, most),
    }


def _contradiction(tables: Tables, pairs: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]) -> str:
    """Return which facts no table meets: a smallest set of them, found by leaving out one after the other."""
    needed = list(tables.facts)
    for fact in tables.facts:
        rest = tuple(one for one in needed if one is not fact)
        if not any(_Search(row=row, column=column, facts=rest).possible() for row, column in pairs):
            needed = list(rest)
    told = " and ".join(f"{fact.words} = {count_words(fact.values)}" for fact in needed)
    them = "it" if len(needed) == 1 else "them together"
    return f"{told}: no table with these margins has {them}; correct or leave out one"
