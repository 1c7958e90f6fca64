"""Answers made from random numbers that add up to a published survey: for examples and tests, never as evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.auditing.audit import audit
from csea_stats.errors import InputError, check_kind, check_seed
from csea_stats.respondents.codebook import OTHER, Codebook
from csea_stats.respondents.codebook_files import codebook_of
from csea_stats.respondents.coding import coded_column, multiple_column
from csea_stats.respondents.columns import MISSING, NOT_ASKED, OFF_SCALE, Column
from csea_stats.respondents.funnels import Funnel
from csea_stats.respondents.kinds import Categories, Multiple, changed
from csea_stats.respondents.microdata import Microdata
from csea_stats.results.numbers import number_of
from csea_stats.survey.survey import Survey, groups_within
from csea_stats.synthesis.inventing import invent, repair
from csea_stats.synthesis.wanted_margins import AskedPeople, WantedMargin, can_pick, choose, picked, shuffled, ticked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from csea_stats.auditing.audit import Audit
    from csea_stats.survey.survey import Group, Question

MOST = 100_000
"""Respondents of a survey whose answers are made at most."""


def synthesise(survey: Survey, seed: int = 1) -> Microdata:
    """Make answers from random numbers that add up to what a survey printed.

    Parameters
    ----------
    survey : Survey
    seed : int, default 1
        The same seed makes the same answers.

    Returns
    -------
    Microdata
        Stamped: `Microdata.synthetic` is true, ``invented`` names what no printed number stands behind (variables, and
        printed cells that were set aside), and every estimate made from it says SYNTHETIC.

    Notes
    -----
    For each question one reading of the audit is drawn (of those with the fewest missing answers, where each gives one)
    and met exactly, every printed subgroup included. Subgroups get their answers first, in random order, then
    all others get what is left. Several answers each are ticked independently, or picked so that each respondent has
    exactly as many as the codebook says. So no relation between two questions is in the answers beyond what subgroups
    print. Questions that print tells only within bounds get answers each as likely, within the bounds; variables that
    print tells nothing of are drawn from the codebook's ``invented``, or each value as likely.

    Examples
    --------
    >>> import csea_stats as cs
    >>> data = synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    >>> data.column("police-knowledge").counts
    (3, 20, 17, 7, 2)
    >>> "experience" in data.invented
    True
    """
    check_kind("synthesise", survey, Survey)
    seed = check_seed(seed)
    if survey.people is None:
        message = f"synthesise: print does not say how many answered {survey.id!r}; give `respondents` a number"
        raise InputError(message)
    if survey.people > MOST:
        message = f"synthesise: found {number_of(survey.people, 'respondents')}; allowed is at most {MOST:,}"
        raise InputError(message)
    maker = _Maker(codebook_of(survey), audit(survey), np.random.default_rng(seed))
    return maker.run(seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """Made answers in the survey's own order of categories."""

    question: Question
    values: NDArray[np.int16]  # (n,) codes, or (n, J) marks

    def gave(self, item: str) -> NDArray[np.bool_]:
        place = self.question.categories.index(item)
        return np.equal(self.values, place) if self.values.ndim == 1 else np.equal(self.values[:, place], 1)


class _Maker:
    def __init__(self, book: Codebook, checked: Audit, rng: np.random.Generator) -> None:
        self.book, self.audit, self.rng = book, checked, rng
        self.survey = checked.survey
        self.people = checked.survey.people or 0
        self.made: dict[str, _Answers] = {}
        self.invented: list[str] = []
        self.unpicked: set[str] = set()

    def run(self, seed: int) -> Microdata:
        for question in _parents_first(self.survey):
            if question.categories:
                self.made[question.id] = _Answers(question=question, values=self.answers(question))
        columns: dict[str, Column] = {}
        for name, _ in self.book.variables:
            if name in self.made:
                columns[name] = self.column(name, self.made[name])
        made_up = invent(self.book, columns, self.people, self.rng)
        ids = tuple(str(number + 1) for number in range(self.people)) if self.book.respondent else ()
        return Microdata(
            source=f"synthesise({self.survey.id!r}, seed={seed})",
            codebook=self.loosened(),
            columns=tuple(columns.get(name) or made_up[name] for name, _ in self.book.variables),
            funnel=Funnel(started=self.people, steps=(), respondents=self.people),
            ids=ids,
            synthetic=True,
            invented=(*made_up, *self.invented),
            seed=seed,
        )

    def loosened(self) -> Codebook:
        """Return the codebook, without an exact number of picks where print does not add up to it."""
        if not self.unpicked:
            return self.book
        variables = tuple(
            (name, changed(kind, chosen=None) if name in self.unpicked else kind) for name, kind in self.book.variables
        )
        return changed(self.book, variables=variables)

    def asked(self, question: Question) -> NDArray[np.bool_]:
        return np.ones(self.people, dtype=np.bool_) if question.among is None else self.members(question.among)

    def members(self, group: Group) -> NDArray[np.bool_]:
        """Return who is in a group, by those of its questions that have answers yet."""
        inside = np.ones(self.people, dtype=np.bool_)
        for part in group.parts:
            if part.question in self.made:
                inside &= np.any([self.made[part.question].gave(item) for item in part.items], axis=0)
        return inside

    def untold(self, question: Question) -> NDArray[np.bool_]:
        """Return of whom print does not tell whether they were asked: they gave no answer to what leads to it."""
        unsaid = np.zeros(self.people, dtype=np.bool_)
        for part in question.among.parts if question.among else ():
            parent = self.made.get(part.question)
            if parent is not None and parent.values.ndim == 1:
                unsaid |= np.equal(parent.values, MISSING) & (not parent.question.partial)
            elif parent is not None:
                places = [parent.question.categories.index(item) for item in part.items]
                unsaid |= np.any(np.equal(parent.values[:, places], MISSING), axis=1)
        return unsaid

    def answers(self, question: Question) -> NDArray[np.int16]:
        """Make the answers to one question."""
        asked = self.asked(question)
        masks = {
            group: self.members(group) & asked
            for group in groups_within(question)
            if all(part.question in self.made for part in group.parts)
        }
        kind = dict(self.book.variables).get(question.id)
        chosen = kind.chosen if isinstance(kind, Multiple) else None
        disjoint = bool(np.sum(list(masks.values()), axis=0).max(initial=0) <= 1) if masks else True
        sizes = {group: int(mask.sum()) for group, mask in masks.items()}
        who = AskedPeople(people=int(asked.sum()), groups=sizes, disjoint=disjoint, chosen=chosen)
        margin = choose(self.audit, question, who, self.rng)
        if chosen is not None and not can_pick(margin.counts, who.people, chosen):
            self.unpicked.add(question.id)
            chosen = None
        early = tuple(group for group in groups_within(question) if group not in masks)  # each tells of the other
        self.note(question, replace(margin, dropped=(*margin.dropped, *early)))
        shape = (self.people,) if question.one_answer else (self.people, len(question.categories))
        values = np.full(shape, NOT_ASKED, dtype=np.int16)
        values[self.untold(question) & ~asked] = MISSING
        if disjoint:
            self.fill(question, values, (asked, masks), margin, chosen)
        else:
            values[asked] = self.draw(question, margin.counts, who.people, chosen)
            targets = [(masks[group], part) for group, part in margin.parts]
            if not repair(values, asked, targets, self.rng):
                self.note(question, replace(margin, dropped=tuple(masks)))
        return values

    def fill(
        self,
        question: Question,
        values: NDArray[np.int16],
        who: tuple[NDArray[np.bool_], dict[Group, NDArray[np.bool_]]],
        margin: WantedMargin,
        chosen: int | None,
    ) -> None:
        """Fill in subgroups first, then everybody else."""
        asked, masks = who
        left, rest = np.array(margin.counts), asked.copy()
        for group, part in margin.parts:
            values[masks[group]] = self.draw(question, part, int(masks[group].sum()), chosen)
            left, rest = left - part, rest & ~masks[group]
        values[rest] = self.draw(question, tuple(int(count) for count in left), int(rest.sum()), chosen)

    def draw(self, question: Question, counts: tuple[int, ...], size: int, chosen: int | None) -> NDArray[np.int16]:
        if question.one_answer:
            return shuffled(counts, size, self.rng)
        if chosen is not None:
            return picked(counts, size, chosen, self.rng).astype(np.int16)
        base = self.audit.base(question.id)
        smaller = size if not isinstance(base, int) or base >= size else max(base, *counts)
        marks = np.full(
            (size, len(counts)), MISSING, dtype=np.int16
        )  # whom print leaves out of the base gave no answer
        marks[self.rng.permutation(size)[:smaller]] = ticked(counts, smaller, self.rng)
        return marks

    def note(self, question: Question, margin: WantedMargin) -> None:
        if margin.invented:
            self.invented.append(question.id)
        elif not question.one_answer:
            named = {item for cell in question.cells for item in cell.items}
            self.invented += [f"{question.id}: {item}" for item in question.categories if item not in named]
        self.invented += [name for name in margin.set_aside if name not in self.invented]
        dropped = [f"{question.id} among {group}" for group in margin.dropped]
        self.invented += [name for name in dropped if name not in self.invented]

    def column(self, name: str, answers: _Answers) -> Column:
        """Return made answers as a column of the codebook, its labels in the codebook's order."""
        kind, categories = self.book[name], answers.question.categories
        if isinstance(kind, Categories):
            places = [kind.labels.index(category) for category in categories]
            missing = OFF_SCALE - kind.off_scale.index(OTHER) if OTHER in kind.off_scale else MISSING
            table = np.array([*places, NOT_ASKED, missing], dtype=np.int16)
            return coded_column(name, kind, table[answers.values])
        if isinstance(kind, Multiple):
            order = [categories.index(item) for item in kind.items]
            picks = changed(kind, chosen=None) if name in self.unpicked else kind
            return multiple_column(name, picks, answers.values[:, order].astype(np.int8))
        message = f"synthesise: the codebook says {name!r} is a number, the survey that it has answers"
        raise InputError(message)


def _parents_first(survey: Survey) -> Iterator[Question]:
    """Yield questions so that those that define a group come before those that speak of it."""
    known = {question.id: question for question in survey.question}
    done: set[str] = set()

    def visit(question: Question, open_: tuple[str, ...]) -> Iterator[Question]:
        if question.id in done or question.id in open_:
            return
        groups = [*groups_within(question), *((question.among,) if question.among else ())]
        on = [part.question for group in groups for part in group.parts]
        for name in on:
            yield from visit(known[name], (*open_, question.id))
        if question.id not in done:
            done.add(question.id)
            yield question

    for question in survey.question:
        yield from visit(question, ())
