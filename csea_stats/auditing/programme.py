"""A table as a mixed integer programme: the bounds of its sums where its readings are too many to go through.

Each count is an unknown, and each way to meet a statement, or to give a value without a label to an answer, a switch
that bounds the unknowns when it is on. What is asked of it is how many statements can hold together, and how small or
large a sum is then. A search that is cut short still knows a bound on the far side, so no answer is ever too narrow.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scipy import optimize

    from csea_stats.auditing.constraints import Ranges, System, Vector
    from csea_stats.auditing.facts import Unlabelled

MOST_NODES = 2_000
"""Branches of one search; beyond it the bound reached so far is told."""

SURE = 1e-4
"""How far from a whole number a bound may be told by rounding in the solver."""

INFEASIBLE = 2
"""The solver's code where nothing meets all that must hold."""

_Row = tuple[dict[int, float], float, float]
"""A linear form and the bounds on it."""


class End(NamedTuple):
    """The least or the greatest value of a sum: a bound, and a count vector that attains it where one is known."""

    bound: int
    vector: Vector | None


class Programme:
    """The programme of one table.

    Parameters
    ----------
    system : System
        What must hold.
    facts : sequence of (members, ranges)
        Sums and what statements say of them; as many statements as can hold together are to hold.
    groups : sequence of Unlabelled
        Values, of which as many as can be each an answer's are to be.
    """

    def __init__(
        self, system: System, facts: Sequence[tuple[tuple[int, ...], Ranges]] = (), groups: Sequence[Unlabelled] = ()
    ) -> None:
        self._size = len(system.domains)
        self._lower = [float(domain[0][0]) for domain in system.domains]
        self._upper = [float(domain[-1][1]) for domain in system.domains]
        self._rows: list[_Row] = [
            (dict.fromkeys(one.members, 1.0), float(one.low), float(one.high)) for one in system.limits
        ]
        self._met: list[int] = []
        self._ends: dict[tuple[tuple[int, ...], bool], End] = {}
        said = [limit.members for limit in system.limits] + [group.members for group in groups]
        said += [members for members, _ in facts]
        kin: dict[object, list[int]] = {}  # unknowns of which all the same is said can change places
        for i, domain in enumerate(system.domains):
            kin.setdefault((domain, *(i in members for members in said)), []).append(i)
        self._kin = tuple(kin.values())
        for i, domain in enumerate(system.domains):
            if len(domain) > 1:
                self._rows.append((dict.fromkeys(self._switches((i,), domain), 1.0), 1.0, 1.0))
        for members, ranges in facts:
            self._met += self._switches(members, ranges)
        for group in groups:
            self._give(group)

    def _give(self, group: Unlabelled) -> None:
        """Add the ways to give a group's values to its answers, to each at most one."""
        copies = Counter(group.values)
        ranges = [(value, one) for value in copies for one in group.fact(group.members[0], value).ranges]
        given: dict[str, list[int]] = {value: [] for value in copies}
        for member in group.members:
            switches = self._switches((member,), tuple(one for _, one in ranges))
            for (value, _), switch in zip(ranges, switches, strict=True):
                given[value].append(switch)
            self._met += switches
        self._rows += [(dict.fromkeys(given[value], 1.0), 0.0, float(number)) for value, number in copies.items()]

    def _switches(self, members: Sequence[int], ranges: Ranges) -> range:
        """Add a switch for each range, at most one of them on, which keeps the sum within it."""
        places = range(len(self._upper), len(self._upper) + len(ranges))
        most = sum(self._upper[i] for i in members)
        self._lower += [0.0] * len(ranges)
        self._upper += [1.0] * len(ranges)
        form = dict.fromkeys(members, 1.0)
        lows = {place: -float(low) for place, (low, _) in zip(places, ranges, strict=True)}
        highs = {place: most - high for place, (_, high) in zip(places, ranges, strict=True)}
        self._rows.append((form | lows, 0.0, np.inf))
        self._rows.append((form | highs, -np.inf, most))
        self._rows.append((dict.fromkeys(places, 1.0), 0.0, 1.0))
        return places

    @cached_property
    def met(self) -> tuple[int, int]:
        """How many statements and values can hold together: at least, and at most."""
        if not self._met:
            return 0, 0
        end, vector = self._solve(self._met, greatest=True, held=0)
        return (0 if vector is None else vector[1]), end

    def end(self, members: Iterable[int], *, greatest: bool) -> End:
        """Return the least or the greatest value of a sum where as many statements hold as can."""
        chosen = frozenset(members)
        kin = [sorted(some, key=lambda i: (i not in chosen, i)) for some in self._kin]
        alike = tuple(sorted(sorted(some)[k] for some in kin for k in range(len(chosen.intersection(some)))))
        if (alike, greatest) not in self._ends:
            bound, found = self._solve(alike, greatest=greatest, held=self.met[0])
            self._ends[alike, greatest] = End(bound, None if found is None else found[0])
        bound, vector = self._ends[alike, greatest]
        if vector is None:
            return End(bound, None)
        counts = {i: vector[j] for some in kin for i, j in zip(some, sorted(some), strict=True)}
        return End(bound, tuple(counts[i] for i in range(self._size)))

    @cached_property
    def possible(self) -> bool:
        """Whether some counts meet all that must hold; also where the search was cut short."""
        return bool(self._solved([], held=0)[0].status != INFEASIBLE)

    def _solved(
        self, aim: Sequence[int], *, held: int, sign: int = 1
    ) -> tuple[optimize.OptimizeResult, list[int] | None]:
        """Return what the solver says, and the whole numbers it found if they meet all that must hold exactly."""
        from scipy import optimize, sparse  # an audit seldom needs them, and they take long to load

        rows = [*self._rows, (dict.fromkeys(self._met, 1.0), float(held), np.inf)]
        entries = [(weight, row, place) for row, (form, _, _) in enumerate(rows) for place, weight in form.items()]
        weights, row, column = zip(*entries, strict=True) if entries else ((), (), ())
        matrix = sparse.csr_array((weights, (row, column)), shape=(len(rows), len(self._upper)))
        low, high = np.array([low for _, low, _ in rows]), np.array([high for *_, high in rows])
        cost = np.zeros(len(self._upper))
        cost[list(aim)] = sign
        found = optimize.milp(
            cost,
            integrality=np.ones(len(self._upper), dtype=np.int64),
            bounds=optimize.Bounds(self._lower, self._upper),
            constraints=optimize.LinearConstraint(matrix, low, high),
            options={"node_limit": MOST_NODES, "mip_rel_gap": 0.0},
        )
        if found.x is None:
            return found, None
        whole = np.rint(found.x)
        made = matrix @ whole
        return found, [int(value) for value in whole] if np.all((low <= made) & (made <= high)) else None

    def _solve(self, aim: Sequence[int], *, greatest: bool, held: int) -> tuple[int, tuple[Vector, int] | None]:
        """Return a bound on a sum of unknowns, and what attains it with how many statements it meets."""
        found, whole = self._solved(aim, held=held, sign=-1 if greatest else 1)
        bound = int(sum((self._upper if greatest else self._lower)[i] for i in aim))
        if found.mip_dual_bound is not None and np.isfinite(found.mip_dual_bound):
            slack = SURE + 1e-6 * max(self._upper, default=0.0)
            bound = floor(slack - found.mip_dual_bound) if greatest else ceil(found.mip_dual_bound - slack)
        if whole is None:
            return bound, None
        return bound, (tuple(whole[: self._size]), sum(whole[place] for place in self._met))
