"""Rows into a design of several answers each, or of people in groups: who is in, and what groups there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import InputError
from csea_stats.regression.design import MOST, Design
from csea_stats.regression.estimable import check_columns, check_free, check_interactions
from csea_stats.regression.groups import FEW_GROUPS
from csea_stats.regression.outcomes import outcome_codes
from csea_stats.regression.rows import check_people, coded_predictor, empty_levels, rows_of, source_doubts
from csea_stats.regression.variables import make_variable
from csea_stats.respondents.columns import MultipleColumn, complete, reason_of
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import integer, number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.model import Model, Predictor
    from csea_stats.results.values import Caveat


def grouped_design(model: Model, data: Any) -> Design:
    """Make the design of several answers each, or of people in groups.

    Raises
    ------
    InputError
        The model and the data do not go together.
    """
    implied = ("item", "respondent")
    terms = [one for one in model.predictor if one.term != "group"]
    grouping = [one for one in model.predictor if one.term == "group" and one.name not in implied]
    _check_terms(model)
    names = model.outcome.questions or (model.outcome.name,)
    outcomes = [data.column(name) for name in names]
    answers, items, codes = _answers(model, outcomes)
    wider = [name for name in dict.fromkeys(one.within for one in grouping) if name]
    columns = [data.column(name) for name in (*(one.name for one in (*terms, *grouping)), *wider)]
    kept, left_out = complete(columns, len(data))
    silent = kept & (codes < 0).all(axis=1)
    silent_for = [
        (f"{model.outcome.name}: {reason_of(code, outcomes[0].off_scale)}", number)
        for code, number in _reasons(outcomes[0].reasons[silent])
    ]
    left_out = (*left_out, *silent_for)
    kept &= ~silent
    check_people(int(kept.sum()), len(data), left_out)
    coded = [coded_predictor(one, column, kept) for one, column in zip(terms, columns, strict=False)]
    person, item = np.nonzero(codes[kept] >= 0)
    answer = codes[kept][person, item]
    _check_answers(model, answers, answer)
    patterns = np.stack([one.levels[one.codes] for one in coded], axis=1) if coded else np.zeros((int(kept.sum()), 0))
    totals = np.ones(len(patterns))
    groups = tuple(_group(one, data, kept) for one in grouping)
    several = len(items) > 1
    table = np.zeros((len(patterns), len(answers)))
    np.add.at(table, (person, answer), 1.0)
    design = Design(
        model=model,
        outcome=model.outcome.name,
        answers=answers,
        variables=tuple(make_variable(one, patterns[:, place], totals) for place, one in enumerate(coded)),
        patterns=patterns,
        tables=(table,),
        items=items,
        answered=(person, item, answer) if several else None,
        groups=groups,
        slopes=slopes_of(grouping, terms),
        persons=several and model.family != "conditional-bernoulli",
        family=model.family or ("bernoulli" if len(answers) == 2 else "cumulative"),
        left_out=left_out,
        doubts=(
            *source_doubts(model, data, kept, tuple(codes for _, _, codes in groups)),
            *few_groups(groups),
            *unrelated(grouping),
            *empty_levels(terms, columns, kept),
            *_partial(outcomes, codes[kept]),
        ),
        rows=rows_of(data, kept, np.zeros((int(kept.sum()), 0), dtype=np.int64)) if kept.sum() <= MOST else None,
    )
    _check_columns(design)
    return design


def _check_terms(model: Model) -> None:
    """Refuse a total effect where there is none."""
    special = [one.written for one in model.predictor if one.term == "mo"]
    if model.family == "conditional-bernoulli" and special:
        message = (
            f"{special[0]}: where exactly k of a list are chosen only how the items compare can be told, each by "
            "level; allowed are x, cat(x) or score(x)"
        )
        raise InputError(message)


def _check_answers(model: Model, answers: tuple[str, ...], given: Any) -> None:
    """Refuse one answer to everything, and two answers as a scale."""
    if len(answers) == 2 and model.family == "cumulative":
        message = (
            f"family 'cumulative': found the two answers {answers[0]!r} and {answers[1]!r}; allowed with them is "
            "bernoulli, or no family"
        )
        raise InputError(message)
    if len(np.unique(given)) < 2:
        message = (
            f"outcome {model.outcome.name!r}: everybody gave {answers[int(given[0])]!r} to everything; "
            "allowed are two answers that somebody gave"
        )
        raise InputError(message)


def _check_columns(design: Design) -> None:
    """Refuse models of which nothing differs, and predictors that nobody has, or that follow from others."""
    if not design.spreads:
        found = "exactly k answers each, and no predictor" if design.exactly else "one answer each, and no group"
        message = (
            f"outcome {design.outcome!r}: found {found} by which anything could differ; allowed is a model with one: "
            "leave (1 | respondent) out, or name a predictor. Shares alone are csea_stats.tabulate's"
        )
        raise InputError(message)
    check_free(design)
    every = replace(design, family="bernoulli") if design.exactly else design
    linear, steps = every.columns(design.patterns)
    located = linear[:, : len(design.located_terms)]
    whole = np.concatenate([located, *(step.mean(axis=1, keepdims=True) for step in steps)], axis=1)
    check_interactions(design, design.tables[0])
    check_columns(whole, (*design.located_terms, *design.monotonic_terms))


def few_groups(groups: tuple[tuple[str, tuple[str, ...], Any], ...]) -> tuple[Caveat, ...]:
    """Return a doubt for each group effect of few groups."""
    return tuple(
        caveat("few-groups", number=len(labels), name=name) for name, labels, _ in groups if len(labels) < FEW_GROUPS
    )


def slopes_of(grouping: Sequence[Predictor], terms: Sequence[Predictor]) -> tuple[tuple[int, int], ...]:
    """Return places of groups and of the predictors whose effects differ between them."""
    names = [one.name for one in terms]
    return tuple((place, names.index(slope)) for place, one in enumerate(grouping) for slope in one.slopes or ())


def unrelated(grouping: Sequence[Predictor]) -> tuple[Caveat, ...]:
    """Return what is assumed of groups that differ in level and in effects."""
    return tuple(
        caveat("slopes-unrelated", name=one.group, slopes=" and ".join(one.slopes)) for one in grouping if one.slopes
    )


def _reasons(codes: Any) -> list[tuple[int, int]]:
    """Return each code below 0 with how often it stands, missing first."""
    found, counts = np.unique(codes[codes < 0], return_counts=True)
    return [(int(code), int(number)) for code, number in zip(found[::-1], counts[::-1], strict=True)]


def _partial(outcomes: list[Any], codes: Any) -> tuple[Caveat, ...]:
    """Return what several answers of each add: some that are lacking, a fixed number of them."""
    found = []
    if _reasons(codes):
        why: dict[str, int] = {}
        for place, column in enumerate(outcomes):
            part = codes if len(outcomes) == 1 else codes[:, place]
            for code, number in _reasons(part):
                reason = reason_of(code, column.off_scale)
                why[reason] = why.get(reason, 0) + number
        told = ", ".join(f"{reason} {integer(number)}" for reason, number in why.items())
        given = int((codes >= 0).sum())
        found.append(caveat("answers-apart", answered=integer(given), total=integer(codes.size), why=told))
    if isinstance(outcomes[0], MultipleColumn) and outcomes[0].chosen:
        found.append(caveat("choices-compete", chosen=outcomes[0].chosen))
    return tuple(found)


def _answers(model: Model, outcomes: list[Any]) -> tuple[tuple[str, ...], tuple[str, ...], Any]:
    """Answers, items, and everybody's code of each."""
    first = outcomes[0]
    if isinstance(first, MultipleColumn):
        if model.family == "cumulative":
            message = f"outcome {first.name!r}: found several answers each; cumulative takes one: use bernoulli"
            raise InputError(message)
        chosen = model.outcome.chosen
        codes = first.marks.astype(np.int64)
        if model.family == "conditional-bernoulli":
            wrong = (codes.min(axis=1) >= 0) & ((codes == 1).sum(axis=1) != chosen)
            if wrong.any():
                message = (
                    f"outcome {first.name!r}: {number_of(int(wrong.sum()), 'respondents')} named another number "
                    f"than {chosen}; "
                    f"allowed is exactly {chosen} each"
                )
                raise InputError(message)
            codes = np.where(codes.min(axis=1, keepdims=True) < 0, -1, codes)
        return ("no", "yes"), first.items, codes
    if model.family == "conditional-bernoulli":
        message = (
            f"outcome {first.name!r}: conditional-bernoulli takes a question with exactly k answers each (Multiple)"
        )
        raise InputError(message)
    found = [outcome_codes(model, column) for column in outcomes]
    if any(answers != found[0][0] for answers, _ in found):
        message = (
            f"outcome {model.outcome.name!r}: the questions have different answers; allowed are questions with the same"
        )
        raise InputError(message)
    items = tuple(column.name for column in outcomes)
    return found[0][0], items, np.stack([codes for _, codes in found], axis=1)


def _group(predictor: Predictor, data: Any, kept: Any) -> tuple[str, tuple[str, ...], Any]:
    """Return the groups of a column that somebody is in; those within others apart where they are called alike."""
    labels, codes = _grouped(predictor.name, data.column(predictor.name), kept)
    if predictor.within:
        outer, outside = _grouped(predictor.within, data.column(predictor.within), kept)
        labels = tuple(f"{one}: {inner}" for one in outer for inner in labels)
        codes = outside * (len(labels) // len(outer)) + codes
    present = np.bincount(codes, minlength=len(labels)) > 0
    labels = tuple(label for label, used in zip(labels, present, strict=True) if used)
    if len(labels) < 2:
        message = f"group {predictor.group!r}: found {len(labels)} group; allowed are two or more: leave it out"
        raise InputError(message)
    return predictor.group, labels, (np.cumsum(present) - 1)[codes]


def _grouped(name: str, column: Any, kept: Any) -> tuple[tuple[str, ...], Any]:
    if not hasattr(column, "labels"):
        kind = "a question with several answers each" if hasattr(column, "items") else "a number"
        allowed = "a column with labels (Categories; in a frame a categorical)"
        message = f"group {name!r}: found {kind}; allowed is {allowed}"
        raise InputError(message)
    return column.labels, column.codes[kept].astype(np.int64)
