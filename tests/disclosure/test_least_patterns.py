"""The fewest cells that must be told as ranges, against an integer programme that HiGHS solves."""

import random

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from csea_stats.disclosure.patterns import CountTable, ShownCounts, valid_patterns
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


def test_no_fewer_cells_would_do():
    check(12, seed=8)


@pytest.mark.slow
def test_no_fewer_cells_would_do_of_many_tables():
    check(500, seed=9)


def test_the_programme_finds_what_a_pattern_lacks():
    table = CountTable(rows=((18, 9), (14, 2)), people=(27, 16), totals=True)
    assert Programme(table).least() == 3
