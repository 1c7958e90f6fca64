"""Models that print alone is enough for: an ordered question by the groups that print tells of, one fit per reading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from csea_stats.errors import InputError
from csea_stats.regression.fit_calls import fit
from csea_stats.regression.fitted import Later
from csea_stats.regression.library import load_model, model_names
from csea_stats.regression.model import Model, ModelEstimand, Outcome, Predictor
from csea_stats.survey.survey import Group, Question, groups_within
from csea_stats.tabulation.printed import tabulate_print

if TYPE_CHECKING:
    from csea_stats.auditing.audit import Audit
    from csea_stats.regression.fit import Fit
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.estimates import Estimates
    from csea_stats.tabulation.tabulation import Tabulation

MOST_READINGS = 12
"""Tables of counts up to which a printed cross-tabulation is fitted without being asked for."""

MOST_PAIRS = 2_000
"""Pairs of readings, of everybody and of a group, that are looked through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFit:
    """A model fitted to a cross-tabulation that print gives.

    Parameters
    ----------
    question : Question
    tabulation : Tabulation
        Every table of counts that print allows.
    fit : Fit
    effects : Estimates
        The model's estimands, for people like these.
    readings : tuple of (words, Estimate)
        The first of them by each table alone; empty where print leaves one.
    predictions : Estimates
        Shares of each answer in each group, for people like these, with credible intervals alone: limits of the other
        kind for every answer would take longer than all the rest of a report.
    """

    question: Question
    tabulation: Tabulation
    fit: Fit
    effects: Estimates
    readings: tuple[tuple[str, Estimate], ...]
    predictions: Estimates

    @property
    def effect(self) -> Estimate:
        """The first effect, for people like these."""
        return self.effects[0]


def fits_from_print(audit: Audit, *, level: float = 0.95) -> tuple[PrintedFit, ...]:
    """Fit every ordered question that print gives by the groups of another, in enough detail.

    Parameters
    ----------
    audit : Audit
    level : float, default 0.95

    Returns
    -------
    tuple of PrintedFit
        By the shipped model ``<question>-by-<other>-from-print`` where there is one that fits; else by the formula
        ``question ~ other``. A question of which print leaves more than `MOST_READINGS` tables is left out.

    Examples
    --------
    >>> import csea_stats as cs
    >>> found = fits_from_print(cs.audit(cs.load_survey("bosnia-herzegovina-2021")))
    >>> [(one.fit.model.id, len(one.fit.readings)) for one in found]
    [('awareness-by-age-from-print', 3)]
    """
    found = []
    for question in audit.survey.question:
        groups = groups_within(question)
        for parent in dict.fromkeys(group.question for group in groups):
            shown = [group for group in groups if group.question == parent]
            tabulation = _tabulation(audit, question, parent, shown)
            if tabulation is not None:
                found.append(_fitted(question, tabulation, _model(question, tabulation, shown), level))
    return tuple(found)


def _tabulation(audit: Audit, question: Question, parent: str, shown: list[Group]) -> Tabulation | None:
    """Return the tables that print allows; None where they are too many, or tell too little."""
    if question.kind != "ordinal" or len(question.categories) < 3 or question.among is not None:
        return None
    pairs = len(audit.book.readings(question.id))
    for group in shown:
        pairs *= len(audit.book.readings(question.id, group))
    if not 0 < pairs <= MOST_PAIRS:
        return None
    try:
        tabulation = tabulate_print(audit, question.id, parent)
    except InputError:  # print contradicts itself on it, which the audit tells
        return None
    tables = {table.counts for table in tabulation.tables}
    empty = any(sum(row) == 0 for counts in tables for row in counts)
    alike = any(sum(sum(row[k] for row in counts) > 0 for k in range(len(tabulation.labels))) < 2 for counts in tables)
    if len(tabulation.groups) < 2 or len(tables) > MOST_READINGS or empty or alike:
        return None
    return tabulation


def _model(question: Question, tabulation: Tabulation, shown: list[Group]) -> Model:
    """Return the declared model if there is one that fits these groups and answers, else one by formula."""
    name = f"{tabulation.outcome}-by-{tabulation.by}-from-print"
    if name in model_names():
        declared = load_model(name)
        if all(_fits(one, tabulation) for one in declared.estimand):
            return declared
    by = tabulation.by or ""
    estimands = tuple(
        ModelEstimand(
            variable=by,
            compare=(_others(tabulation, name), name),
            outcome=_cut(question),
        )
        for name in (" + ".join(group.items) for group in shown)
        if name in tabulation.groups
    )
    return Model(
        id="formula",
        question=f"Does {question.label} differ by {tabulation.by_label}?",
        outcome=Outcome(name=tabulation.outcome, label=question.label),
        predictor=(Predictor(name=by, term="cat" if tabulation.groups_ordered else "plain", role="exposure"),),
        estimand=estimands[:1] if len(tabulation.groups) == 2 else estimands,
    )


def _fits(estimand: ModelEstimand, tabulation: Tabulation) -> bool:
    named = {side for side in estimand.compare or () if isinstance(side, str)}
    return named <= set(tabulation.groups) and estimand.outcome in tabulation.labels[:-1]


def _others(tabulation: Tabulation, item: str) -> str:
    rest = [group for group in tabulation.groups if group != item]
    return rest[0] if len(rest) == 1 else "others"


def _cut(question: Question) -> str:
    """Return the answer at or below which the question's headline lies; without one, the middle of the scale."""
    places = [question.categories.index(name) for name in question.leading if name in question.categories]
    last = len(question.categories) - 1
    cut = max(places) if places and max(places) < last else min(places) - 1 if places else (last + 1) // 2 - 1
    return question.categories[min(max(cut, 0), last - 1)]


def _fitted(question: Question, tabulation: Tabulation, model: Model, level: float) -> PrintedFit:
    whole = fit(model, tabulation, level=level)
    readings: tuple[tuple[str, Estimate], ...] = ()
    if len(whole.readings) > 1:
        words = reading_words(tabulation)
        readings = tuple((words[place], whole_of(whole, place).effects()[0]) for place in range(len(whole.readings)))
    return PrintedFit(
        question=question,
        tabulation=tabulation,
        fit=whole,
        effects=whole.effects(),
        readings=readings,
        predictions=_alone(whole).predictions(by=tabulation.by),
    )


def _alone(whole: Fit) -> Fit:
    """Return the fit without the one of the other kind."""
    return replace(whole, beside=Later(tuple))


def whole_of(whole: Fit, place: int) -> Fit:
    """Return the fit of one reading of print alone, without fitting anything again."""
    strip = [(prior, readings[place : place + 1]) for prior, readings in whole.strip]
    beside = Later(tuple, whole.counterpart[place : place + 1])
    return replace(whole, readings=(whole.readings[place],), beside=beside, under=Later(tuple, strip))


def reading_words(tabulation: Tabulation) -> tuple[str, ...]:
    """Return what tells each table of counts from the others: the cells that differ.

    Examples
    --------
    >>> import csea_stats as cs
    >>> reading_words(cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age"))[1]
    '30 and over: none 0, excellent 1'
    """
    tables = tuple(dict.fromkeys(table.counts for table in tabulation.tables))
    told = []
    for counts in tables:
        parts = []
        for group, name in enumerate(tabulation.groups):
            differ = [k for k in range(len(tabulation.labels)) if len({table[group][k] for table in tables}) > 1]
            if differ:
                cells = ", ".join(f"{tabulation.labels[k]} {counts[group][k]}" for k in differ)
                parts.append(f"{name}: {cells}")
        told.append("; ".join(parts))
    return tuple(told)
