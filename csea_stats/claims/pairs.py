"""Claims about two answers of the same respondents: every overlap that their counts allow."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from scipy import special

from csea_stats.claims.gaps import names_of, sides_of, tipping_limit
from csea_stats.claims.goals import goal_of
from csea_stats.claims.measured import (
    Context,
    Measured,
    flagged,
    items_of,
    never_surer,
    unclear,
    unknown,
    with_verdicts,
)
from csea_stats.claims.rates import pair_rate
from csea_stats.claims.shares import open_to_print, silent
from csea_stats.claims.verdicts import judge
from csea_stats.estimators.estimands import Participation
from csea_stats.estimators.pairs.pairs import PairedDifference, paired_difference
from csea_stats.estimators.pairs.spans import pair_tables
from csea_stats.results.verdicts import counted_verdict

if TYPE_CHECKING:
    from csea_stats.claims.format import PairedTest
    from csea_stats.claims.goals import Goal
    from csea_stats.estimators.pairs.spans import Table, Tables


def tested_paired(test: PairedTest, context: Context) -> Measured:
    """Test a claim about two answers of the same respondents.

    Two answers to a question with one answer each exclude each other. Of any others print does not say who gave both.
    """
    answers = (test.first, test.second)
    sides = sides_of(answers, context)
    questions = [side[0] for side in sides]
    findings = tuple(dict.fromkeys(name for side in sides for name in side[3]))
    bases = [side[2] for side in sides]
    if any(silent(counts, base) for _, counts, base, _ in sides):
        return unknown("print gives no number of one of the two answers.", findings)
    if bases[0] != bases[1] or questions[0].among != questions[1].among or test.first.among != test.second.among:
        return unknown("print does not show the two answers to be of the same respondents.", findings)
    goal = goal_of(test)
    exclusive = questions[0].id == questions[1].id and questions[0].one_answer
    tables, full = pair_tables(sides[0][1], sides[1][1], bases[0], 0 if exclusive else None)
    values = sorted({(a - b) / n for a, b, _, n in full})
    margins = [goal.margin(value) for value in values]
    parts = [(side[0], items_of(a.item, side[0]), a.among) for side, a in zip(sides, answers, strict=True)]
    if counted_verdict(margins, threshold=0.0).word == "print unclear" and open_to_print(context, parts):
        why = "print does not say how many gave one of the two answers."
        return replace(unknown(why, findings), bounds=(values[0], values[-1]))
    found = tuple(
        paired_difference(
            sides[0][1],
            sides[1][1],
            bases[0],
            0 if exclusive else None,
            level=context.level,
            target=context.targets(),
            threshold=goal.threshold,
        )
    )
    verdicts = flagged(judge(found, goal, values), findings)
    estimates = context.dressed(found, questions[0], parts[0][1], " minus ".join(names_of(sides, answers)))
    quantity = PairedDifference(tables=tables, full=full)
    return Measured(
        verdicts=verdicts,
        estimates=with_verdicts(estimates, verdicts, goal),
        goal=goal,
        probability=_probability(quantity, goal),
        confidence=_confidence(tables, goal),
        false_sign=max(pair_rate(n, context.level) for n in bases[0]) if goal.thresholds in ((0.0,), ()) else None,
        tipping=None if unclear(verdicts) else never_surer(_tipping(quantity, goal, context.level), verdicts),
        bounds=(values[0], values[-1]) if unclear(verdicts) else None,
        findings=findings,
    )


def _probability(quantity: PairedDifference, goal: Goal) -> tuple[float, float] | None:
    """Return the Dirichlet probability of a goal, lowest and highest over the feasible tables."""
    if goal.alike:
        return None
    found = []
    for table in quantity.tables:
        one, alone = replace(quantity, tables=(table,)), Participation()
        over = one.above(goal.low, "dirichlet", alone)[0] if goal.low is not None else 1.0
        past = one.above(goal.high, "dirichlet", alone)[0] if goal.high is not None else 0.0
        found.append(over - past)
    return min(found), max(found)


def _confidence(tables: Tables, goal: Goal) -> tuple[float, float] | None:
    """Return one minus the one-sided p-value of the score test that Tango's interval inverts, lowest and highest."""
    if goal.alike:
        return None
    found = [
        min(_sure(table, t, up=up) for t, up in ((goal.low, True), (goal.high, False)) if t is not None)
        for table in tables
    ]
    return min(found), max(found)


def _sure(table: Table, threshold: float, *, up: bool) -> float:
    """Return the normal probability of Tango's score statistic.

    Tango (1998), Statistics in Medicine 17, 891-908, equations 3 and 4: q is the share of those who gave the second
    answer alone that fits best where the difference is the threshold.
    """
    b, c, n = table
    t = threshold
    linear = -b - c + (2 * n - b + c) * t
    q = (math.sqrt(max(linear**2 + 8 * n * c * t * (1 - t), 0.0)) - linear) / (4 * n)
    spread = n * (2 * q + t * (1 - t))
    if spread <= 0:  # nobody gave one answer alone
        return 0.5
    z = (b - c - n * t) / math.sqrt(spread)
    return float(special.ndtr(z if up else -z))


def _tipping(quantity: PairedDifference, goal: Goal, level: float) -> tuple[float, float] | None:
    """Return the participation ratio, between those who gave either answer alone, at which a difference turns."""
    if goal.thresholds != (0.0,):
        return None
    ours = [(b, c) if goal.direction == "above" else (c, b) for b, c, _ in quantity.tables]
    observed = min(1.0 if b == c else b / c if c else float("inf") for b, c in ours)
    return tipping_limit(quantity, goal, level), observed
