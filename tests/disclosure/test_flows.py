"""Ends of cells by flows are those of every table that fits."""

import random
from itertools import product

import pytest

from csea_stats.auditing.constraints import Limit, System, extreme
from csea_stats.disclosure.flows import BoundedTable


def random_table(rng, rows, wide, summed, totals):
    counts = tuple(rng.randrange(5) for _ in range(rows * wide))
    low = tuple(max(count - rng.randrange(3), 0) for count in counts)
    high = tuple(count + rng.randrange(3) for count in counts)
    return BoundedTable(counts=counts, low=low, high=high, wide=wide, summed=summed, totals=totals)


def sums(table, counts):
    rows = [sum(counts[i : i + table.wide]) for i in range(0, len(counts), table.wide)] if table.summed else []
    return rows + [sum(counts[i :: table.wide]) for i in range(table.wide) if table.totals]


@pytest.mark.parametrize(("summed", "totals"), [(True, True), (True, False), (False, True), (False, False)])
def test_ends_are_those_of_every_table(summed, totals):
    rng = random.Random(f"{summed}{totals}")
    for _ in range(6):
        table = random_table(rng, 2, 3, summed, totals)
        ranges = [range(low, high + 1) for low, high in zip(table.low, table.high, strict=True)]
        fitting = [one for one in product(*ranges) if sums(table, one) == sums(table, table.counts)]
        for cell in range(6):
            values = {one[cell] for one in fitting}
            assert table.span(cell) == (min(values), max(values))
            assert len(values) == max(values) - min(values) + 1


def test_ends_of_larger_tables_are_those_of_the_search():
    rng = random.Random(1)
    for _ in range(3):
        table = random_table(rng, 3, 5, summed=True, totals=True)
        cells = range(15)
        lines = [tuple(cells[i : i + 5]) for i in range(0, 15, 5)] + [tuple(cells[i::5]) for i in range(5)]
        limits = [Limit(line, *[sum(table.counts[i] for i in line)] * 2) for line in lines]
        system = System(tuple((ends,) for ends in zip(table.low, table.high, strict=True)), tuple(limits))
        for cell in cells:
            low, high = (extreme(system, (cell,), greatest=greatest)[cell] for greatest in (False, True))
            assert table.span(cell) == (low, high)
