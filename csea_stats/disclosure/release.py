"""Respondents' answers as a survey that may be passed on: `release`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.shared_numbers import SHARED
from csea_stats.disclosure.groupings import Grouping, grouping_of
from csea_stats.disclosure.ledger import batteries_of, held_against, name_of, read_ledger
from csea_stats.disclosure.released_questions import AskedAnswers, Keyed, single_question, ticked_question
from csea_stats.errors import InputError, check_kind, check_list
from csea_stats.respondents.answered_survey import NO_ANSWER, as_survey, told_variables
from csea_stats.respondents.columns import MISSING, NOT_ASKED, OFF_SCALE, CodedColumn, MultipleColumn, reason_of
from csea_stats.respondents.disclosure_rules import Disclosure, rule_of
from csea_stats.respondents.kinds import Number, sources_of
from csea_stats.respondents.microdata import Microdata
from csea_stats.results.numbers import number_of
from csea_stats.results.recipes import Verbatim, call_words

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from csea_stats.survey.source import CountedAnswers
    from csea_stats.survey.survey import Question, Survey


def release(
    data: Microdata,
    policy: Disclosure | str | None = None,
    *,
    by: str | Iterable[str] | None = None,
    questions: str | Iterable[str] | None = None,
    earlier: str | os.PathLike[str] | None = None,
) -> Survey:
    """Tell respondents' answers as counts that may be passed on: no small count can be worked out from them.

    Parameters
    ----------
    data : Microdata
    policy : {"light", "standard", "strict"} or Disclosure, optional
        By default the codebook's ``disclosure``, else "standard".
        Counts of fewer than 3, 5 or 10 people are hidden, and no group of fewer than 5, 10 or 10 is told by itself.
    by : str or sequence of str, optional
        Variables with one answer each, by whose groups other questions are told; by default the codebook's ``groups``.
    questions : str or sequence of str, optional
        The variables that are told; by default all.
    earlier : path, optional
        The folder of an earlier release of these respondents, which holds ``disclosure.json``: what that tells is told
        the same, or not at all, neither a question nor its groups; `write_report` looks into the folder it writes to.

    Returns
    -------
    Survey
        A survey like a printed one, whose counts are exact, "under 5", or ranges: all that is made for print takes it
        (`csea_stats.audit`, `estimate`, `write_report`, ...), and says no more than it does. The same answers give the
        same survey. The rule stands in ``sample.release``, what is not told in ``sample.notes``.

    Raises
    ------
    InputError
        If there are fewer respondents than the rule's smallest group, another number than in an earlier release, or
        nothing can be told.
    UnknownName
        If there is no such rule or variable.

    Notes
    -----
    First the tables are protected, then everything is computed from them. A count below the rule's minimum, 0 included,
    is told as "under 5"; others are told as ranges where a small one could else be found by subtraction. Of each table
    the pattern is proved: by tables that fit all that is told of the question, by every grouping at once, a reader who
    knows everybody's groups is left three values of every hidden count, a respondent who uses their own answer two, and
    nobody sees what everybody else of a group answered. Where no pattern is proved, answers are joined, then the table
    is not told. Among the patterns that need the fewest ranges, or up to two more, a key made of all answers chooses.

    A variable that makes groups is told by the groups that are told. A question that only some were asked is told where
    how many they are is told; it is not told by group, nor are questions of which each respondent chose a fixed number.
    Numbers are told by their bands; without bands by median and quartiles, each shared by five people or more as it is
    rounded (a rule of thumb, not a proof).

    Not promised: a reader who knows the answers of all but one respondent may find the last; who took part, releases
    made elsewhere of the same answers, and what labels say are outside.

    References
    ----------
    .. [1] Salazar-Gonzalez JJ (2003). Partial cell suppression: a new methodology for statistical disclosure control.
       Statistics and Computing 13, 13-21. doi:10.1023/A:1021961910480

    Examples
    --------
    >>> import csea_stats as cs
    >>> answers = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    >>> survey = release(answers, "standard", by="organisation", questions="awareness")
    >>> [cell.count or cell.words for cell in survey.question[1].cells if cell.among is None][0]
    'under 5'
    """
    check_kind("release", data, Microdata)
    rule = rule_of(policy, data.codebook.disclosure)
    if len(data) < rule.group:
        message = (
            f"release: {number_of(len(data), 'respondents')}, and the rule tells of no group of fewer than "
            f"{rule.group}; there is nothing that may be told"
        )
        raise InputError(message)
    by, questions = (
        each if each is None else (each,) if isinstance(each, str) else check_list(name, each, "names of questions")
        for name, each in (("by", by), ("questions", questions))
    )
    settings = {"policy": (_rule_words(policy), None), "by": (by, None), "questions": (questions, None)}
    groups = _grouping_names(data, by)
    wanted = told_variables(data, questions, map(data.codebook.name, groups))
    raw = as_survey(data, by=(), questions=wanted, smallest=rule.group)
    ids = {name: question.id for name, question in zip(wanted, raw.question, strict=True)}
    ledger = None if earlier is None else read_ledger(earlier)
    keyed = replace(_keyed(data, raw, ids, rule, groups), earlier={} if ledger is None else ledger.limits)
    releasing = _Releasing(data, raw, ids, keyed)
    told = {name: releasing.question(name) for name in wanted}
    kept = tuple(question for question in told.values() if question is not None)
    if not kept:
        message = "release: no question can be told by this rule; see a laxer rule: Disclosure(...)"
        raise InputError(message)
    silent = [name for name, question in told.items() if question is None]
    survey = replace(
        raw,
        question=kept,
        battery=tuple(batteries_of(raw.battery, {question.id for question in kept})),
        sample=replace(
            _sample(raw.sample, data, rule, silent),  # type: ignore[arg-type]
            call=call_words("release", [Verbatim("data")], settings),
        ),
    )
    return survey if ledger is None else held_against(survey, ledger)


def _rule_words(policy: Disclosure | str | None) -> object:
    """Return a rule as it would be typed."""
    if not isinstance(policy, Disclosure):
        return policy
    return Verbatim(
        call_words("Disclosure", [], {one.name: (getattr(policy, one.name), one.default) for one in fields(policy)})
    )


def _grouping_names(data: Microdata, by: tuple[str, ...] | None) -> tuple[str, ...]:
    names = data.codebook.groups if by is None else by
    for name in names:
        if not isinstance(data.column(name), CodedColumn):
            message = f"by {name!r}: allowed are variables with one answer each, Ordered or Categories"
            raise InputError(message)
    return tuple(data.codebook.name(name) for name in names)


def _keyed(data: Microdata, raw: Survey, ids: dict[str, str], rule: Disclosure, by: Iterable[str]) -> Keyed:
    """Return the rule with its secret: a hash of all answers, ids and clusters, which is never told."""
    secret = hashlib.sha256("\0".join((data.data_hash, *data.ids)).encode())
    if data.clusters is not None:
        secret.update(np.ascontiguousarray(data.clusters.astype("<i8")).tobytes())
    groupings = []
    labels = {question.id: question.categories for question in raw.question}
    for name in dict.fromkeys(by):
        column = data.column(name)
        if isinstance(column, CodedColumn) and not data.codebook[name].asked:
            grouping = grouping_of(column, labels[ids[name]], rule.group)
            if len(grouping.names) > 1:
                groupings.append((ids[name], grouping))
    names = {question.id: name_of(question) for question in raw.question}
    return Keyed(rule=rule, secret=secret.digest(), groupings=tuple(groupings), people=len(data), names=names)


@dataclass(frozen=True, slots=True)
class _Releasing:
    """The questions of one release."""

    data: Microdata
    raw: Survey
    ids: dict[str, str]
    keyed: Keyed
    told: dict[str, Question | None] = field(default_factory=dict)
    """What was worked out: a question that leads to others is asked for again."""

    def question(self, name: str) -> Question | None:
        """Return a variable as it may be told; None where it may not be."""
        if name not in self.told:
            self.told[name] = self._question(name)
        return self.told[name]

    def _question(self, name: str) -> Question | None:
        found = self._protected(name)
        kind, told = self.data.codebook[name], self._raw(name)
        secret = name not in dict(self.keyed.rule.public) or told.id in dict(self.keyed.groupings) or kind.asked
        if secret or self._again(name) or not self.data.column(name).answered.all():
            return found
        by_group = () if found is None else tuple(cell for cell in found.cells if cell.among is not None)
        return replace(told, cells=(*told.cells, *by_group))

    def _raw(self, name: str) -> Question:
        return next(one for one in self.raw.question if one.id == self.ids[name])

    def _protected(self, name: str) -> Question | None:  # noqa: PLR0911 - one answer a kind of variable
        question = self._raw(name)
        column, kind = self.data.column(name), self.data.codebook[name]
        if self._again(name):
            return None
        grouping = next((one for by, one in self.keyed.groupings if by == question.id), None)
        if grouping is not None:
            return self._grouping(question, grouping)
        rows = np.ones(len(self.data), dtype=np.bool_)
        if kind.asked:
            asked = self._asked(question)
            if asked is None:
                return None
            rows = asked
        elif np.any(column.reasons == NOT_ASKED):
            return None
        column = column.taken(rows)
        if isinstance(kind, Number) and not isinstance(column, (CodedColumn, MultipleColumn)):
            if not kind.bands:
                return self._number(question, column.why, int(rows.sum()))
            column = column.banded(kind.bands, kind.band_labels)
        if isinstance(column, MultipleColumn):
            marks = column.marks[column.answered].tolist()
            reasons = {
                _told(why, column.off_scale): (count, why in column.off_scale) for why, count in column.why.items()
            }
            return ticked_question(question, marks, reasons, self.keyed, grouped=not kind.asked)
        if not isinstance(column, CodedColumn):
            return None
        return single_question(question, _answers(column, question.categories), self.keyed, grouped=not kind.asked)

    def _again(self, name: str) -> bool:
        """Whether the same columns are told by an earlier variable, whose counts it would be held against."""

        def source(one: str) -> frozenset[str]:
            return frozenset(sources_of(one, self.data.codebook[one]))

        names = list(self.ids)
        return source(name) in map(source, names[: names.index(name)])

    def _grouping(self, question: Question, grouping: Grouping) -> Question | None:
        answers = AskedAnswers(labels=grouping.names, reasons=(), given=grouping.codes)
        same = grouping.names == question.categories
        asked = replace(
            question,
            categories=grouping.names,
            says={key: text for key, text in question.says.items() if key in grouping.names},
            headline=question.headline if same else None,
            kind=question.kind if same or question.kind == "ordinal" else "single",
        )
        return single_question(asked, answers, self.keyed, grouped=True)

    def _asked(self, question: Question) -> NDArray[np.bool_] | None:
        """Return who was asked, where it is told how many they are; else None."""
        group = question.among
        parent = next((name for name, one in self.ids.items() if group is not None and one == group.question), None)
        if group is None or group.also or parent is None:
            return None
        told = self.question(parent)
        cells = {cell.item: cell.count for cell in told.cells_among(None)} if told is not None else {}
        if any(cells.get(item) is None for item in group.items) or (
            told and not told.one_answer and len(group.items) > 1
        ):
            return None
        column = self.data.column(parent)
        labels = next(one.categories for one in self.raw.question if one.id == group.question)
        if isinstance(column, MultipleColumn):
            rows = np.any([column.marks[:, labels.index(item)] == 1 for item in group.items], axis=0)
        elif isinstance(column, CodedColumn):
            rows = np.isin(column.codes, [labels.index(item) for item in group.items])
        else:
            return None
        return (
            np.asarray(rows, dtype=np.bool_)
            if int(rows.sum()) == sum(cells[item] or 0 for item in group.items)
            else None
        )

    def _number(self, question: Question, why: dict[str, int], people: int) -> Question | None:
        """Return a number without bands: its median and quartiles, which are rounded for people to share them."""
        if self.keyed.rule.minimum > SHARED or not question.averages:
            return None
        base = question.base
        if any(count < self.keyed.rule.minimum for count in why.values()):
            base = "not printed"
        elif why or question.among is not None:
            base = people - sum(why.values())
        hidden = base == "not printed"
        return replace(
            question,
            base=None if hidden else base,
            missing="some" if hidden else None,
            apart=() if hidden else question.apart,
            averages=tuple(replace(one, base=base) for one in question.averages),
        )


def _told(reason: str, off_scale: tuple[str, ...]) -> str:
    return reason if reason in off_scale else NO_ANSWER


def _answers(column: CodedColumn, labels: tuple[str, ...]) -> AskedAnswers:
    """Return the answers of a column, and the reasons that some have."""
    codes = column.codes.tolist()
    there = [code for code in (MISSING, *range(OFF_SCALE, OFF_SCALE - len(column.off_scale), -1)) if code in codes]
    places = {code: len(labels) + place for place, code in enumerate(there)}
    reasons = tuple((_told(reason_of(code, column.off_scale), column.off_scale), code <= OFF_SCALE) for code in there)
    return AskedAnswers(labels=labels, reasons=reasons, given=tuple(places.get(code, code) for code in codes))


def _sample(sample: CountedAnswers, data: Microdata, rule: Disclosure, silent: list[str]) -> CountedAnswers:
    """Return how answers became counts, without what is about few people."""
    excluded = data.funnel.excluded
    few = 0 < excluded < rule.minimum
    funnel = None
    if few:
        funnel = f"Under {rule.minimum} rows do not count as respondents; they are left out of the number of rows."
    elif excluded:
        funnel = f"{number_of(data.funnel.started, 'rows')}, of which {len(data)} count as respondents."
    notes = ["Ranges are told where a small count could else be worked out."]
    notes += [f"Not told by this rule: {', '.join(silent)}."] if silent else []
    return replace(
        sample,
        rows=len(data) if few else sample.rows,
        funnel=funnel,
        release=rule.text,
        notes=tuple(notes),
        stand_ins=dict.fromkeys(sample.stand_ins, "Some texts were read as numbers."),
    )
