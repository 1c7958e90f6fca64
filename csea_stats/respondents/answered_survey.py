"""What a report of respondents' answers would print: a survey like any other."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.shared_numbers import shared_quartiles
from csea_stats.errors import InputError, check_kind, check_list, check_whole, described, is_of
from csea_stats.respondents.columns import (
    MISSING,
    NOT_ASKED,
    CodedColumn,
    Column,
    MultipleColumn,
    NumberColumn,
    reason_of,
)
from csea_stats.respondents.declarations import UNTOLD
from csea_stats.respondents.kinds import Number, wording
from csea_stats.respondents.microdata import Microdata
from csea_stats.results.numbers import number_of
from csea_stats.results.recipes import Verbatim, call_words
from csea_stats.survey.short_forms import identifier
from csea_stats.survey.source import CountedAnswers, Source, TargetWords
from csea_stats.survey.survey import JOIN, Battery, Cell, Group, PrintedAverage, Question, Survey, Uncounted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from csea_stats.respondents.kinds import Kind
    from csea_stats.survey.survey import Kind as QuestionKind

    Rows = NDArray[np.bool_]
    Counted = CodedColumn | MultipleColumn

ROUNDED = "Rounded, so that five people or more share each number as it is told."

NO_ANSWER = "no answer"

_OF_SINGLE_PEOPLE = re.compile(r"^rows |: .* was read as \S+ \([1-4] answers?\)$", re.DOTALL)
"""Notes on alike rows, and on texts of fewer than five that were read as numbers: for whoever holds the answers."""

IN_A_BATTERY = 3
"""Neighbours with the same scale that are a battery, though their labels do not say of what."""


def as_survey(
    data: Microdata,
    by: str | Iterable[str] | None = None,
    questions: str | Iterable[str] | None = None,
    *,
    smallest: int = 1,
) -> Survey:
    """Tell respondents' answers as a report would print them: counts of every question, in all and by group.

    Parameters
    ----------
    data : Microdata
    by : str or sequence of str, optional
        Variables with one answer each, by whose groups every other question is told; by default the codebook's
        ``groups``.
    questions : str or sequence of str, optional
        The variables that are told; by default all but those that only decide who counts (the codebook's ``eligible``).
        Those that make groups, and those that say who was asked, are told with them.
    smallest : int, default 1
        Groups of fewer people are told as one, with the next smallest where they are too few together; by a variable
        that has then one group left nothing is told. From 2 on numbers are told as no single person's: by their median
        from ten people on, their quartiles from 40 on, rounded so that five people or more share each. A page is made
        with 5.

    Returns
    -------
    Survey
        A survey like a printed one: `csea_stats.audit`, `estimate`, `check_claims`, `write_report`, `compare_surveys`
        take it, and ``to_toml()`` writes it. Who gave no answer, or one off the scale, is told apart. A number is told
        by its median and quartiles (linear between neighbours, R's type 7), and by its bands where the codebook has
        some. No row and no id leave.

    Raises
    ------
    InputError
        If nobody counts as a respondent, or a group is none of one answer each.
    UnknownName
        If there is no such variable.

    Examples
    --------
    >>> import csea_stats as cs
    >>> answers = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    >>> survey = as_survey(answers, by="organisation", questions="awareness")
    >>> [question.id for question in survey.question]
    ['organisation', 'awareness']
    >>> sum(cell.count for cell in survey.question[1].cells if cell.among is None)
    49
    """
    check_kind("as_survey", data, Microdata)
    if not len(data):
        message = "no row counts as a respondent, so that there is nothing to tell; see data.funnel"
        raise InputError(message)
    smallest = check_whole("smallest", smallest, 1)
    by, questions = (None if each is None else _names(each, ()) for each in (by, questions))
    settings = {"by": (by, None), "questions": (questions, None), "smallest": (smallest, 1)}
    book = data.codebook
    grouping = [book.name(name) for name in _names(by, book.groups)]
    writer = _Questions(data, told_variables(data, questions, grouping), grouping, smallest)
    told = tuple(map(writer.question, writer.ids))
    name = data.source.replace("\\", "/").rsplit("/", 1)[-1]
    source = book.source or Source(**UNTOLD)
    title = f"Answers in {name}" if source.title == UNTOLD["title"] else source.title
    return Survey(
        format="csea-survey/1",
        id=identifier(name.rsplit(".", 1)[0]) or "answers",
        title=title,
        respondents=len(data),
        source=replace(source, title=title),
        targets=book.targets or _words(len(data)),
        question=told,
        battery=tuple(_batteries(told)),
        sample=_sample(data, writer.ids, call_words("as_survey", [Verbatim("data")], settings)),
    )


def told_variables(data: Microdata, questions: str | Iterable[str] | None, grouping: Iterable[str]) -> list[str]:
    """Return the variables that a survey of the answers tells of, in the codebook's order; see `as_survey`."""
    book = data.codebook
    hurdles = {step.variable for step in data.funnel.steps}
    wanted = {book.name(name) for name in _names(questions, tuple(set(book) - hurdles))} | set(grouping)
    if not wanted:
        message = f"questions: found {described(questions)} of nothing; allowed is a variable or several"
        raise InputError(message)
    for name in reversed(tuple(book)):  # who is asked of whom is told with the question
        wanted |= {book.name(parent) for parent, _ in book[name].asked} if name in wanted else set()
    return [name for name in book if name in wanted]


def _names(found: str | Iterable[str] | None, default: tuple[str, ...]) -> tuple[str, ...]:
    return default if found is None else (found,) if is_of(found, str) else check_list("variables", found)


def _words(people: int) -> TargetWords:
    return TargetWords(
        respondents=f"the {number_of(people, 'respondents')}",
        superpopulation="people like these respondents",
        population="the population that the respondents are from",
    )


def _sample(data: Microdata, ids: dict[str, str], call: str) -> CountedAnswers:
    cluster = data.codebook.cluster or "cluster"
    alike = data.clusters is not None and len(np.unique(data.clusters)) < len(data)
    return CountedAnswers(
        rows=data.funnel.started,
        call=call,
        funnel=str(data.funnel) if data.funnel.excluded else None,
        cluster=cluster if alike else None,
        notes=tuple(note for note in data.notes if not _OF_SINGLE_PEOPLE.search(note)),
        repeated=data.repeated or None,
        stand_ins={
            ids[name]: "; ".join(told for other, told in data.stand_ins if other == name)
            for name, _ in data.stand_ins
            if name in ids
        },
        synthetic=data.synthetic,
        seed=data.seed,
        invented=tuple(name for name in data.invented if name in ids),
    )


def _batteries(told: Sequence[Question]) -> Iterator[Battery]:
    """Yield neighbours on one scale that are rows of a grid by their labels; of the others three and more."""
    alike: list[list[Question]] = []
    for question in told:
        if question.kind != "ordinal" or question.measured_in is not None:
            alike.append([])
        elif alike and alike[-1] and _scale(alike[-1][-1]) == _scale(question):
            alike[-1].append(question)
        else:
            alike.append([question])
    for run in (list(part) for one in alike for _, part in groupby(one, key=lambda question: _stem(question.label))):
        stem = _stem(run[0].label)
        if len(run) >= (2 if stem else IN_A_BATTERY):
            ends = f"From “{run[0].categories[0]}” to “{run[0].categories[-1]}”"
            ids = tuple(question.id for question in run)
            yield Battery(id=f"{ids[0][:70]}-and-next", label=stem or ends, questions=ids)


def _scale(question: Question) -> tuple[object, ...]:
    return question.categories, question.among


def _stem(label: str) -> str:
    """Return the question that a row of a grid belongs to: "Trust" of "Trust [police]"; empty of a label alone.

    Examples
    --------
    >>> _stem("Trust [police]"), _stem("Trust | courts"), _stem("Public awareness")
    ('Trust', 'Trust', '')
    """
    for sign in (" [", " | ", ": ", " - "):
        stem, found, _ = label.rpartition(sign)
        if found and stem.strip():
            return stem.strip()
    return ""


def _headline(kind: QuestionKind, labels: tuple[str, ...]) -> str | tuple[str, ...] | None:
    """Return what a question is led by: of two answers the later; of a scale its lower half, without an odd middle."""
    if kind in ("yes-no", "single") and len(labels) == 2:
        return "yes" if kind == "yes-no" else labels[1]
    half = labels[: len(labels) // 2]
    return None if kind != "ordinal" or not half else half[0] if len(half) == 1 else half


class _Questions:
    """Respondents' answers as the questions of a survey."""

    def __init__(self, data: Microdata, names: Sequence[str], grouping: Sequence[str], smallest: int) -> None:
        self.data, self.smallest = data, smallest
        self.ids = _ids(names)
        self.groups: list[tuple[Group, str, Rows]] = []
        for name in grouping:
            column = data.column(name)
            if not isinstance(column, CodedColumn) or name not in self.ids:
                message = f"by {name!r}: allowed are variables with one answer each, Ordered or Categories"
                raise InputError(message)
            for labels in _joined(column, smallest):
                item = tuple(map(_answer, labels))
                group = Group(question=self.ids[name], item=item if len(item) > 1 else item[0])
                self.groups.append((group, name, np.isin(column.codes, [column.labels.index(one) for one in labels])))

    def question(self, name: str) -> Question:
        """Return a variable as a question."""
        data, column = self.data, self.data.column(name)
        kind = data.codebook[name]
        counted = _counted(column, kind)
        among, asked = self._asked(column, kind)
        base = int(column.answered.sum())
        told: list[tuple[Group | None, Rows]] = [(None, asked)]
        told += [(group, rows & asked) for group, by, rows in self.groups if by != name and (rows & asked).any()]
        apart = [one for group, rows in told for one in _apart(column, group, rows, routed=among is not None)]
        labels = _checked(name, _labels(counted)) if counted is not None else ()
        return Question(
            id=self.ids[name],
            label=wording(name, kind).strip().rstrip(".") or name,
            kind=_kind(counted, labels),
            categories=labels,
            says=_by_answer(getattr(kind, "says", ()), labels),
            named=_by_answer(getattr(kind, "named", ()), labels),
            base=base if base < int(asked.sum()) or among is not None else None,
            among=among,
            chosen=column.chosen if isinstance(column, MultipleColumn) else None,
            partial=counted is None,
            headline=_headline(_kind(counted, labels), labels),
            cells=tuple(cell for group, rows in told for cell in self._cells(counted, group, rows)),
            where=f"column {kind.column or name}",
            averages=tuple(one for group, rows in told for one in _averages(column, group, rows, self.smallest)),
            measured_in=(column.unit or "its own unit") if isinstance(column, NumberColumn) else None,
            apart=tuple(apart),
        )

    def _asked(self, column: Column, kind: Kind) -> tuple[Group | None, Rows]:
        """Return the group that was asked and its rows; everybody where some answered who are not known to be in it."""
        everybody = np.ones(len(self.data), dtype=np.bool_)
        if not kind.asked:
            return None, everybody
        asked, rows = [], everybody.copy()
        for parent, labels in kind.asked:
            name = self.data.codebook.name(parent)
            other = self.data.column(name)
            if isinstance(other, MultipleColumn):
                inside = np.any([other.item(label) == 1 for label in labels], axis=0)
            else:
                inside = np.isin(other.codes, [other.labels.index(label) for label in labels])  # type: ignore[union-attr]
            items = tuple(map(_answer, labels))
            asked.append(Group(question=self.ids[name], item=items[0] if len(items) == 1 else items))
            rows &= inside
        if np.any(~rows & ~np.isin(column.reasons, [MISSING, NOT_ASKED])):  # who was asked is not known of some
            return None, everybody
        return replace(asked[0], also=tuple(asked[1:])), rows

    def _cells(self, column: Counted | None, group: Group | None, rows: Rows) -> Iterator[Cell]:
        if column is None:
            return
        part = column.taken(rows & column.answered)
        base = len(part.reasons)
        # a group is told with its base only where somebody of it gave no answer, or was not asked; of several answers
        # each where somebody of all did so, as counts do not add up to it
        untold = isinstance(column, MultipleColumn) and not column.answered.all()
        whole = group is None or (base == int(self._rows(group).sum()) and not untold)
        where = f"column {self.data.codebook[column.name].column or column.name}"
        for label, count in zip(_labels(column), part.counts, strict=True):
            yield Cell(item=label, where=where, count=count, base=None if whole else base, among=group)

    def _rows(self, group: Group) -> Rows:
        return next(rows for known, _, rows in self.groups if known == group)


def _joined(column: CodedColumn, smallest: int) -> list[tuple[str, ...]]:
    """Return the groups that somebody is in, those of too few people as one."""
    sizes = {label: count for label, count in zip(column.labels, column.counts, strict=True) if count}
    pool = [label for label in sizes if sizes[label] < smallest]
    rest = sorted((label for label in sizes if label not in pool), key=lambda label: -sizes[label])
    while pool and rest and sum(sizes[label] for label in pool) < smallest:
        pool.append(rest.pop())
    if pool and not rest:
        return []
    joined = tuple(label for label in sizes if label in pool)
    return [*((label,) for label in sizes if label in rest), *([joined] if joined else [])]


def _ids(names: Iterable[str]) -> dict[str, str]:
    """Return an id for each variable."""
    found: dict[str, str] = {}
    for number, name in enumerate(names, start=1):
        wanted = made = identifier(name) or f"question-{number}"
        again = 1
        while made in found.values():
            again += 1
            made = f"{wanted}-{again}"
        found[name] = made
    return found


def _answer(label: str) -> str:
    """Return an answer without the sign that joins the answers of a sum."""
    return label.replace(JOIN, "+")


def _by_answer(words: Iterable[tuple[str, str]], labels: tuple[str, ...]) -> dict[str, str]:
    return {_answer(one) if _answer(one) in labels else one: text for one, text in words}


def _counted(column: Column, kind: Kind) -> Counted | None:
    """Return a column whose answers are counted: of a number its bands; None of one without."""
    if not isinstance(column, NumberColumn):
        return column
    return column.banded(kind.bands, kind.band_labels) if isinstance(kind, Number) and kind.bands else None


def _checked(name: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse answers that differ only in how they are joined."""
    again = next((label for place, label in enumerate(labels) if label in labels[:place]), None)
    if again is not None:
        message = (
            f"{name!r}: two answers become {again!r}, because {JOIN!r} joins the answers of a sum in a survey; name "
            "one of them otherwise, by values"
        )
        raise InputError(message)
    return labels


def _labels(column: Counted) -> tuple[str, ...]:
    return tuple(map(_answer, column.labels if isinstance(column, CodedColumn) else column.items))


def _kind(column: Counted | None, labels: tuple[str, ...]) -> QuestionKind:
    if isinstance(column, MultipleColumn):
        return "pick" if column.chosen is not None else "multiple"
    if isinstance(column, CodedColumn) and column.ordered:
        return "ordinal"
    return "yes-no" if set(labels) == {"yes", "no"} else "single"


def _apart(column: Column, group: Group | None, rows: Rows, *, routed: bool) -> Iterator[Uncounted]:
    """Yield how many are in no count, by reason; who was not asked is none of them where print says who was."""
    for reason, count in column.taken(rows).why.items():
        if reason == reason_of(NOT_ASKED, ()):
            if not routed:
                yield Uncounted(reason=reason, count=count, among=group)
        else:
            off = reason in column.off_scale
            yield Uncounted(reason=reason if off else NO_ANSWER, count=count, off_scale=off, among=group)


def _averages(column: Column, group: Group | None, rows: Rows, smallest: int) -> Iterator[PrintedAverage]:
    """Yield the median and the quartiles of a number; with a smallest group as no single person's numbers."""
    if not isinstance(column, NumberColumn):
        return
    values = column.values[rows & column.answered]
    alone = smallest == 1
    found = np.quantile(values, [0.25, 0.5, 0.75]).tolist() if alone and len(values) else ()
    told = tuple(map(_printed, found if alone else shared_quartiles(values, np.ones(len(values)))))
    if told:
        yield PrintedAverage(
            where=f"column {column.name}",
            median=told[len(told) // 2],
            quartiles=(told[0], told[-1]) if len(told) > 1 else None,
            base=len(values),
            among=group,
            note=None if alone else ROUNDED,
        )


def _printed(value: float) -> str:
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
