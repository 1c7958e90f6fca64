"""Read the claims of a shipped survey, or a claim file of the reader's own; all that is wrong is told at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csea_stats.claims.format import (
    FORMAT,
    KINDS,
    Answer,
    Claim,
    ClaimFile,
    CrosstabTest,
    DifferenceTest,
    EachTest,
    NoNumber,
    OtherReading,
    PairedTest,
    PrintedTest,
    RankTest,
    SuperiorityTest,
    TwoAnswersTest,
)
from csea_stats.errors import InputError, UnknownName
from csea_stats.survey.answer_events import answers_meant
from csea_stats.survey.documents import AT_KIND, DocumentShape, Problem, shown, unknown
from csea_stats.survey.named_files import content_of, name_of, shipped_folder, shipped_names
from csea_stats.survey.source import tuple_of
from csea_stats.survey.survey import Group
from csea_stats.tabulation.naming import teller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csea_stats.survey.survey import Items, Question, Survey
    from csea_stats.survey.toml_places import Keys

_GOALS = ("above", "below", "between", "alike")


def check_file(found: ClaimFile, survey: Survey) -> list[Problem]:
    """Find all that is wrong with claims whose values are each of the right kind.

    Parameters
    ----------
    found : ClaimFile
    survey : Survey
        The survey that the claims are about.

    Returns
    -------
    list of Problem
        Empty where nothing is wrong.
    """
    problems = []
    if found.survey != survey.id:
        text = f"found {found.survey!r}; allowed is the id of the survey at hand, {survey.id!r}"
        problems.append(Problem(path=("survey",), text=text))
    seen: set[str] = set()
    for place, claim in enumerate(found.claim):
        path: Keys = ("claim", place)
        if claim.id in seen:
            problems.append(Problem(path=(*path, "id"), text=f"found {claim.id!r} again; each id may stand once"))
        seen.add(claim.id)
        problems += _test(claim.test, survey, (*path, "test"))
        for other, reading in enumerate(claim.other):
            problems += _test(reading.test, survey, (*path, "other", other, "test"))
    return problems


def _test(test: Any, survey: Survey, path: Keys) -> Iterator[Problem]:
    if isinstance(test, NoNumber):
        return
    if isinstance(test, TwoAnswersTest):
        for name in ("first", "second"):
            yield from _answer(getattr(test, name), survey, (*path, name))
        if (test.first.question, test.first.item) == (test.second.question, test.second.item):
            yield Problem(path=(*path, "second"), text="found the same answer as in 'first'; allowed is another")
        elif isinstance(test, PairedTest):
            yield from _apart(test, survey, path)
    elif isinstance(test, EachTest):
        for place, name in enumerate(test.questions):
            yield from _named(survey, name, test.item, (*path, "questions", place), path)
    elif isinstance(test, SuperiorityTest):
        yield from _ordered(survey, test.question, path)
    else:
        yield from _named(survey, test.question, test.item, (*path, "question"), path)
    yield from _groups(test, survey, path)
    yield from _goal(test, path)


def _answer(answer: Answer, survey: Survey, path: Keys) -> Iterator[Problem]:
    yield from _named(survey, answer.question, answer.item, (*path, "question"), path)
    if answer.among is not None:
        yield from _group(survey, answer.among, (*path, "among"))


def _apart(test: PairedTest, survey: Survey, path: Keys) -> Iterator[Problem]:
    """Find answers to a question with one answer each that are in both sums."""
    question = _question(survey, test.first.question)
    if question is None or not question.one_answer or test.first.question != test.second.question:
        return
    try:
        first, second = (meant_by(question, answer.item) for answer in (test.first, test.second))
    except (KeyError, ValueError):  # told of the answer itself
        return
    for item in second:
        if item in first:
            text = f"found {item!r} in 'first' too; of a question with one answer each an answer may stand in one"
            yield Problem(path=(*path, "second", "item"), text=text)


def meant_by(question: Question, item: Items) -> tuple[str, ...]:
    """Return the answers that an item means: an answer, several, or "X or lower", "X or higher" of a scale."""
    return answers_meant(question.categories, item, ordered=question.kind == "ordinal")


def _question(survey: Survey, name: str) -> Question | None:
    return next((question for question in survey.question if question.id == name), None)


def _named(survey: Survey, name: str, item: Any, at: Keys, path: Keys) -> Iterator[Problem]:
    question = _question(survey, name)
    if question is None:
        yield unknown(at, "question", name, (other.id for other in survey.question))
        return
    items = tuple_of(item)
    for place, one in enumerate(items):
        here = (*path, "item") if isinstance(item, str) else (*path, "item", place)
        if one not in question.categories:
            try:
                named = isinstance(item, str) and bool(meant_by(question, item))
            except UnknownName:
                named = False
            except InputError as error:
                yield Problem(path=here, text=str(error))
                continue
            if not named:
                yield unknown(here, f"answer of {name!r}", one, question.categories)
        elif one in items[:place]:
            yield Problem(path=here, text=f"found {one!r} again; each answer may stand once")


def _ordered(survey: Survey, name: str, path: Keys) -> Iterator[Problem]:
    question = _question(survey, name)
    if question is None:
        yield unknown((*path, "question"), "question", name, (other.id for other in survey.question))
    elif question.kind != "ordinal":
        text = f"found {name!r}, whose answers have no order; allowed is a question with kind = 'ordinal'"
        yield Problem(path=(*path, "question"), text=text)


def _groups(test: Any, survey: Survey, path: Keys) -> Iterator[Problem]:
    group: Group | None = getattr(test, "group", None)
    among: Group | None = getattr(test, "among", None)
    for name, found in (("group", group), ("among", among)):
        if found is not None:
            silent = isinstance(test, CrosstabTest)
            yield from _group(survey, found, (*path, name), silent=silent)
            question = _question(survey, getattr(test, "question", ""))
            if question is None or silent:
                continue
            if not any(cell.among == found for cell in question.cells):
                text = (
                    f"{teller(survey)} tells nothing of {question.id!r} among {found.told}; "
                    "for what its margins leave open use kind = 'crosstab'"
                )
                yield Problem(path=(*path, name), text=text)


def _group(survey: Survey, group: Group, path: Keys, *, silent: bool = False) -> Iterator[Problem]:
    """Check a group's names; a question of which print gives no answers may have any."""
    for part in group.parts:
        question = _question(survey, part.question)
        if question is None:
            yield unknown((*path, "question"), "question", part.question, (other.id for other in survey.question))
            continue
        for item in part.items:
            if item not in question.categories and not (silent and not question.categories):
                yield unknown((*path, "item"), f"answer of {part.question!r}", item, question.categories)


def _goal(test: Any, path: Keys) -> Iterator[Problem]:
    if isinstance(test, RankTest):
        many = 1 if isinstance(test.item, str) else len(test.item)
        if test.top < many:
            text = f"found {test.top}; allowed is at least the number of answers named, {many}"
            yield Problem(path=(*path, "top"), text=text)
        return
    if isinstance(test, PrintedTest):
        if test.count is None and test.percent is None:
            yield Problem(path=path, text="found no number; needed is one of count, percent, or both")
        return
    goals = [name for name in _GOALS if getattr(test, name, None) is not None]
    allowed = [name for name in _GOALS if hasattr(test, name)]
    if len(goals) != 1:
        text = f"found {', '.join(goals) or 'none'}; needed is exactly one of {', '.join(allowed)}"
        yield Problem(path=path, text=text)
    between = getattr(test, "between", None)
    if between is not None and not between[0] < between[1]:
        text = f"found {shown(list(between))}; allowed is the smaller first, such as [0.28, 0.34]"
        yield Problem(path=(*path, "between"), text=text)
    if getattr(test, "alike", None) is False:
        yield Problem(path=(*path, "alike"), text="found false; allowed is true, or leave it out")
    if isinstance(test, (CrosstabTest, DifferenceTest)) and test.group.question == test.question:
        text = f"found {test.question!r}, the question itself; allowed is another"
        yield Problem(path=(*path, "group", "question"), text=text)


def _classes(at: tuple[str, ...]) -> dict[tuple[str, ...], type]:
    """Return what stands below a test."""
    return {
        **{(*at, kind): made for kind, made in KINDS.items()},
        **{(*at, kind, name): Group for kind in KINDS for name in ("group", "among")},
        **{(*at, kind, name): Answer for kind in KINDS for name in ("first", "second")},
        **{(*at, kind, name, "among"): Group for kind in KINDS for name in ("first", "second")},
    }


SHAPE = DocumentShape(
    whole=ClaimFile,
    classes={
        (): ClaimFile,
        ("claim",): Claim,
        ("claim", "other"): OtherReading,
        **_classes(("claim", "test")),
        **_classes(("claim", "other", "test")),
    },
    at_key={
        "format": f'"{FORMAT}"',
        "item": "an answer in quotes, or a list of answers in brackets",
        "between": "two numbers, the smaller first, such as [0.28, 0.34]",
        "percent": 'a percentage as printed, in quotes and without its sign, such as "41"',
        "test": 'a table with a kind, such as { kind = "share", question = "...", item = "...", above = 0.5 }',
    },
    at_kind=AT_KIND
    | {
        "greater_than_equal": "a number of at least {ge:g}",
        "less_than_equal": "a number of at most {le:g}",
        "less_than": "a number below {lt:g}: shares go from 0 to 1",
    },
    what="claim file",
    told_at="docs/claims.md",
)
"""What a claim file holds."""


def claim_names() -> list[str]:
    """List the surveys whose claims are shipped.

    Examples
    --------
    >>> claim_names()[:2]
    ['bosnia-herzegovina-2021', 'dask-users-2019']
    """
    return shipped_names(shipped_folder("claims", "data"))


def load_claims(survey: Survey, source: str | os.PathLike[str] | None = None) -> tuple[Claim, ...]:
    """Read the claims about a survey.

    Parameters
    ----------
    survey : Survey
    source : str or path, optional
        A claim file, or the name of a survey whose claims are shipped; by default those of this survey.

    Returns
    -------
    tuple of Claim
        In the file's order.

    Raises
    ------
    UnknownName
        There are no such claims.
    SurveyFileError
        The file cannot be read or is wrong: line, key, what was found and what is allowed for each problem.
    """
    given: object = survey.id if source is None else source
    name = name_of("claims", given, "the path of a TOML file, or nothing for the shipped claims")
    names = claim_names()
    if name in names:
        return _claims(name, (shipped_folder("claims", "data") / f"{name}.toml").read_bytes(), survey)
    path = Path(name)
    written_as_path = isinstance(given, os.PathLike) or name.endswith(".toml") or len(path.parts) > 1
    if source is None or (not written_as_path and not os.path.exists(path)):  # noqa: PTH110 - False of no possible path
        raise UnknownName("shipped claim file for", name, names, "Give the path of a claim file, which ends in .toml.")
    return _claims(name, content_of(name, path), survey)


def _claims(source: str, content: bytes, survey: Survey) -> tuple[Claim, ...]:
    return SHAPE.read(source, content, lambda found: check_file(found, survey)).claim
