"""The fewest cells that must be told as ranges, against an integer programme that HiGHS solves."""

import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from csea_stats.disclosure.patterns import CountTable, ShownCounts, hiding, valid_patterns
from csea_stats.respondents.disclosure_rules import PRESETS
from tests.disclosure.test_attacks import random_table

RULE = PRESETS["standard"]


class Programme:
    """One choice of cells to open, and a table for each condition that has to fit what is then told."""

    def __init__(self, table):
        self.table, self.size = table, len(table.counts)
        self.shown = ShownCounts(table=table, minimum=RULE.minimum, opened=())
        self.rows, self.low, self.high, self.tables = [], [], [], 0
        for own in (None, *(cell for cell in self.shown.banded if table.counts[cell])):
            for cell in self.shown.banded:
                more, less = self.fitting(own), self.fitting(own)
                self.limit({more + cell: 1, less + cell: -1}, RULE.spread - 1 if own is None else 1, np.inf)
        for cell, count in enumerate(table.counts):
            if count > RULE.cap(table.group(cell)):
                self.limit({self.fitting(None) + cell: 1}, 0, RULE.cap(table.group(cell)))

    def limit(self, weights, low, high):
        self.rows.append(weights)
        self.low.append(low)
        self.high.append(high)

    def fitting(self, own):
        """Add a table that fits what is told, and holds the own answer of somebody; return where its cells begin."""
        self.tables += 1
        start, table = self.tables * self.size, self.table
        for line in table.lines:
            total = sum(table.counts[i] for i in line)
            self.limit({start + i: 1 for i in line}, total, total)
        for i, count in enumerate(table.counts):
            if i in self.shown.banded:
                self.limit({start + i: 1}, int(i == own), RULE.minimum - 1)
            else:
                self.limit({start + i: 1, i: count - RULE.minimum}, count, np.inf)
                self.limit({start + i: 1, i: count - table.group(i)}, -np.inf, count)
        return start

    def least(self):
        width = (self.tables + 1) * self.size
        matrix = np.zeros((len(self.rows), width))
        for place, weights in enumerate(self.rows):
            for column, weight in weights.items():
                matrix[place, column] = weight
        cost = np.zeros(width)
        cost[: self.size] = 1
        top = np.full(width, float(sum(self.table.people)))
        top[: self.size] = [float(i not in self.shown.banded) for i in range(self.size)]
        found = milp(
            cost,
            integrality=np.ones(width),
            bounds=Bounds(0, top),
            constraints=LinearConstraint(matrix, self.low, self.high),
        )
        assert found.status in (0, 2), found.message
        return round(found.fun) if found.status == 0 else None


def check(number, seed):
    rng = random.Random(seed)
    unsolved = 0
    for _ in range(number):
        table = random_table(rng)
        least = Programme(table).least()
        assert min((len(one.opened) for one in valid_patterns(table, RULE, b"k")), default=None) == least, table
        unsolved += least is None
    assert unsolved < number


@pytest.mark.slow
def test_no_fewer_cells_would_do():
    check(12, seed=8)


@pytest.mark.slow
def test_no_fewer_cells_would_do_of_many_tables():
    check(500, seed=9)


def test_the_programme_finds_what_a_pattern_lacks():
    table = CountTable(rows=((18, 9), (14, 2)), people=(27, 16), totals=True)
    assert Programme(table).least() == 3


@pytest.mark.parametrize("known", [{}, {"totals": False}, {"summed": False}])
def test_every_set_that_leaves_no_hidden_cell_alone_is_tried(known):
    rng = random.Random(4)
    for _ in range(8):
        table = replace(random_table(rng), **known)
        banded = ShownCounts(table=table, minimum=5, opened=()).banded
        others = [cell for cell in range(len(table.counts)) if cell not in banded]
        for size in range(len(others) + 1):
            tried = list(hiding(table, banded, size))
            alone = ({*banded, *more} for more in combinations(others, size))
            wanted = [one for one in alone if all(len(one.intersection(line)) != 1 for line in table.lines)]
            assert sorted(tried) == sorted(tuple(sorted(one.difference(banded))) for one in wanted)


def test_a_large_table_is_done_soon():
    rng = random.Random(1)
    answers = rng.choices(range(10), [10, 8, 8, 6, 4, 1, 1, 0.5, 0.3, 0.2], k=1000)
    rows = [[0] * 10 for _ in range(8)]
    for place, answer in enumerate(answers):
        rows[place % 8][answer] += 1
    table = CountTable(rows=tuple(map(tuple, rows)), people=(125,) * 8, totals=True)
    assert any(count < 5 for count in table.counts)
    assert next(valid_patterns(table, RULE, b"k"), None) is not None
