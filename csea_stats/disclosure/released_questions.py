"""One question of a release: which of its counts are told, in all and by group, and how they are printed."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from csea_stats.disclosure.joint_tables import Grouped, jointly_safe
from csea_stats.disclosure.ledger import APART, Limits, Rows, limit_of
from csea_stats.disclosure.patterns import CountTable, ShownCounts, valid_patterns
from csea_stats.survey.survey import NOT_PRINTED, Cell, Group, Question, Uncounted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.disclosure.groupings import Grouping
    from csea_stats.respondents.disclosure_rules import Disclosure

RANGE = "A range, so that a small count cannot be worked out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """The rule, the secret that chooses among what it allows, and the groups by which answers are told.

    Parameters
    ----------
    rule : Disclosure
    secret : bytes
    groupings : tuple of (str, Grouping)
        Each with the id of its question.
    people : int
    names : dict
        Of each question its name in a ledger.
    earlier : dict, optional
        What an earlier release told, by question and grouping.
    """

    rule: Disclosure
    secret: bytes
    groupings: tuple[tuple[str, Grouping], ...]
    people: int
    names: dict[str, str]
    earlier: Limits = field(default_factory=dict)

    def protected(self, table: CountTable, name: str, before: Rows) -> ShownCounts | None:
        """Return what may be told of a table; its name makes the choice another one for each.

        Parameters
        ----------
        table : CountTable
        name : str
        before : rows of a ledger
            What was told of it, of the first answers of each group: the choice that tells the same, if there is one.
        """
        valid = valid_patterns(table, self.rule, hmac.digest(self.secret, name.encode(), "sha256"))
        first = next(valid, None)
        wanted = [tuple(row[2:]) for row in before if row[1] != APART]
        told = len(wanted) // len(table.rows)
        if first is None or not 0 < told <= table.wide:
            return first
        cells = [row * table.wide + column for row in range(len(table.rows)) for column in range(told)]
        return next((one for one in (first, *valid) if self._limits(one, cells) == wanted), first)

    def _limits(self, shown: ShownCounts, cells: Sequence[int]) -> list[tuple[int, int]]:
        told = (printed(shown, cell) for cell in cells)
        return [limit_of(one.get("count"), one.get("words"), self.people) for one in told]  # type: ignore[arg-type]

    def before(self, question: Question, by: str = "") -> Rows:
        """Return what was told of a question."""
        return self.earlier.get(self.names[question.id], {}).get(self.names.get(by, ""), [])


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAnswers:
    """What the people who were asked a question answered.

    Parameters
    ----------
    labels : tuple of str
        The answers.
    reasons : tuple of (str, bool)
        Why some are not told to have given one, and whether it is an answer off the scale.
    given : tuple of int
        Everybody's answer; from ``len(labels)`` on the reasons.
    """

    labels: tuple[str, ...]
    reasons: tuple[tuple[str, bool], ...]
    given: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """How many gave each answer, and had each reason."""
        return tuple(self.given.count(i) for i in range(len(self.labels) + len(self.reasons)))


def printed(shown: ShownCounts, cell: int) -> dict[str, object]:
    """Return how a cell is printed: its count, "under 5", or a range."""
    table = shown.table
    if cell in shown.banded:
        if table.counts[cell] < shown.minimum:
            least = f" ({shown.ends[cell][0]} to {shown.minimum - 1})"
            return {"words": f"under {shown.minimum}", "note": f"Under {shown.minimum} people{least}."}
        return {"words": f"at least {shown.ends[cell][0]}", "note": RANGE}
    if cell in shown.opened:
        low, high = shown.span(cell)
        return {"words": f"between {low} and {high}", "note": RANGE}
    return {"count": table.counts[cell]}


def single_question(question: Question, answers: AskedAnswers, keyed: Keyed, *, grouped: bool) -> Question | None:
    """Return a question with one answer each as it may be told; None where nothing of it may be.

    Parameters
    ----------
    question : Question
    answers : AskedAnswers
    keyed : Keyed
    grouped : bool
        Whether it may be told by group.
    """
    size, counts = len(answers.labels), answers.counts
    if len(answers.given) < keyed.rule.group:
        return None
    least = (0,) * size + (1,) * len(answers.reasons)
    table = CountTable(rows=(counts,), people=(len(answers.given),), totals=False, least=least)
    shown = keyed.protected(table, question.id, keyed.before(question))
    if shown is None:
        return None
    hidden = {*shown.banded, *shown.opened}
    reasons = range(size, len(counts))
    kept: dict[str, object] = {"base": None, "missing": None, "apart": ()}
    if hidden.intersection(reasons):
        kept["missing"] = "some"
    elif answers.reasons or question.among is not None:
        kept["base"] = len(answers.given) - sum(counts[i] for i in reasons)
    kept["apart"] = tuple(
        Uncounted(reason=reason, count=counts[i], off_scale=off)
        for i, (reason, off) in zip(reasons, answers.reasons, strict=True)
        if i not in hidden
    )
    where = question.where or question.id
    cells = [Cell(item=label, where=where, **printed(shown, i)) for i, label in enumerate(answers.labels)]  # type: ignore[arg-type]
    exact = [i for i in range(size) if i not in hidden]
    if grouped:
        base = NOT_PRINTED if answers.reasons else None
        cells += _group_cells(_tables(question, answers, exact, keyed), answers.labels, where, base)
    return replace(question, cells=tuple(cells), averages=(), **kept)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ByGroup:
    """What is told of a question by one grouping."""

    by: str
    grouping: Grouping
    told: tuple[int, ...]
    table: Grouped


def _tables(question: Question, answers: AskedAnswers, exact: Sequence[int], keyed: Keyed) -> tuple[_ByGroup, ...]:
    """Return the tables by group that may be told together: as many groupings, from the first on, as are proved."""
    own = [grouping for by, grouping in keyed.groupings if by == question.id]
    found: list[_ByGroup] = []
    for by, grouping in keyed.groupings:
        if by != question.id:
            one = _by_group(question, answers, exact, (by, grouping), keyed)
            # groups by groups are told where nothing of it need be hidden: whose answers are told by both is then open
            if one is not None and not (own and (one.table.shown.banded or one.table.shown.opened)):
                found.append(one)
    while len(found) > 1 and not jointly_safe([one.table for one in found], answers.given, keyed.rule):
        found.pop()
    return tuple(found)


def _by_group(
    question: Question, answers: AskedAnswers, exact: Sequence[int], by: tuple[str, Grouping], keyed: Keyed
) -> _ByGroup | None:
    """Return a question by groups: all answers whose totals are not told, and as many rare ones as need be, as one."""
    totals, (parent, grouping) = answers.counts, by
    told = list(exact)
    while told:
        rest = len(told) if sum(totals) > sum(totals[i] for i in told) else -1
        columns = tuple(told.index(i) if i in told else rest for i in range(len(totals)))
        rows = [[0] * (len(told) + (rest >= 0)) for _ in grouping.names]
        for group, answer in zip(grouping.codes, answers.given, strict=True):
            rows[group][columns[answer]] += 1
        table = CountTable(rows=tuple(map(tuple, rows)), people=grouping.sizes, totals=True)
        shown = keyed.protected(table, f"{question.id}/{parent}", keyed.before(question, parent))
        if shown is not None:
            grouped = Grouped(shown=shown, groups=grouping.codes, answers=columns)
            return _ByGroup(by=parent, grouping=grouping, told=tuple(told), table=grouped)
        told.remove(min(told, key=lambda i: (totals[i], i)))
    return None


def _group_cells(tables: Sequence[_ByGroup], labels: Sequence[str], where: str, base: object) -> Iterator[Cell]:
    for one in tables:
        shown = one.table.shown
        for row, name in enumerate(one.grouping.names):
            for column, answer in enumerate(one.told):
                more = printed(shown, row * shown.table.wide + column)
                among = Group(question=one.by, item=name)
                yield Cell(item=labels[answer], where=where, among=among, base=base, **more)  # type: ignore[arg-type]


def ticked_question(
    question: Question,
    marks: Sequence[Sequence[int]],
    reasons: dict[str, tuple[int, bool]],
    keyed: Keyed,
    *,
    grouped: bool,
) -> Question | None:
    """Return a question with several answers each as it may be told; None where nothing of it may be.

    Parameters
    ----------
    question : Question
    marks : sequence of sequence of int
        Of everybody who answered, for each answer whether it was given.
    reasons : dict of str to (int, bool)
        Of how many no answers are told, and whether they gave one off the scale.
    keyed : Keyed
    grouped : bool
        Whether it may be told by group.
    """
    rule, people = keyed.rule, len(marks)
    if people < rule.group or any(count < rule.minimum for count, _ in reasons.values()):
        return None
    counts = tuple(map(sum, zip(*marks, strict=True)))
    table = CountTable(rows=(counts,), people=(people,), totals=False, summed=question.chosen is not None, ticked=True)
    shown = keyed.protected(table, question.id, keyed.before(question))
    if shown is None:
        return None
    where = question.where or question.id
    cells = [Cell(item=label, where=where, **printed(shown, i)) for i, label in enumerate(question.categories)]  # type: ignore[arg-type]
    if grouped and not reasons and question.chosen is None:
        for i in range(len(counts)):
            if i not in {*shown.banded, *shown.opened}:
                given = tuple(1 - row[i] for row in marks)  # given, or not
                cells += _group_cells(_ticks(question, i, given, keyed), question.categories, where, None)
    return replace(
        question,
        cells=tuple(cells),
        base=people if reasons or question.among is not None else None,
        missing=None,
        apart=tuple(Uncounted(reason=why, count=count, off_scale=off) for why, (count, off) in reasons.items()),
        averages=(),
    )


def _ticks(question: Question, item: int, given: tuple[int, ...], keyed: Keyed) -> tuple[_ByGroup, ...]:
    """Return one of several answers by group, told together as far as it is proved."""
    found: list[_ByGroup] = []
    for by, grouping in keyed.groupings:
        ticks = list(zip(grouping.codes, given, strict=True))
        rows = tuple((ticks.count((group, 0)),) for group in range(len(grouping.names)))
        table = CountTable(rows=rows, people=grouping.sizes, totals=True, summed=False, ticked=True)
        before = [row for row in keyed.before(question, by) if row[0] == question.categories[item]]
        shown = keyed.protected(table, f"{question.id}/{item}/{by}", before)
        if shown is not None:
            grouped = Grouped(shown=shown, groups=grouping.codes, answers=(0, -1))
            found.append(_ByGroup(by=by, grouping=grouping, told=(item,), table=grouped))
    while len(found) > 1 and not jointly_safe([one.table for one in found], given, keyed.rule):
        found.pop()
    return tuple(found)
