"""One question of two surveys side by side: the shares of each answer in both, and their difference."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from csea_stats.errors import InputError, UnknownName, check_kind, described, is_of, members
from csea_stats.estimators.arguments import check_level
from csea_stats.estimators.difference import difference
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.recipes import argument_words
from csea_stats.results.values import Comparison
from csea_stats.survey.loading import fingerprint
from csea_stats.survey.source import TargetWords
from csea_stats.survey.survey import JOIN, Survey
from csea_stats.tabulation.items import is_anything, sized
from csea_stats.tabulation.naming import item_label, targets_of
from csea_stats.tabulation.tabulate import tabulate
from csea_stats.tabulation.tabulated_estimates import tabulated_estimates
from csea_stats.targets.populations import Population, Respondents, Selection, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Caveat
    from csea_stats.survey.survey import Question
    from csea_stats.tabulation.tabulation import Tabulation


def compare_surveys(
    first: Survey,
    second: Survey,
    question: str | tuple[str, str],
    *,
    answers: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Estimates:
    """Compare the answers to one question of two surveys.

    Parameters
    ----------
    first, second : Survey
        Two surveys, or one in two years; not the same survey twice.
    question : str or (str, str)
        Id of the question; its ids in the first and in the second survey, if these differ.
    answers : mapping of str to str, optional
        Names of answers in the first survey and of those they are held against in the second; a sum of answers joins
        their names with " + ". Only these are then compared. By default answers of the same name.
    level : float, default 0.95

    Returns
    -------
    Estimates
        For each answer its share in the first survey, its share in the second, and the first minus the second; each for
        these respondents, for people like these, and for the populations at each selection strength.

    Raises
    ------
    InputError
        If it is the same survey twice, print tells of no answer in both, or ``answers`` is no mapping of names.
    UnknownName
        If a survey has no such question, or a question no such answer.

    Notes
    -----
    Every pair of counts that the two prints allow is carried on, each count with its own base. The two surveys are
    taken as independent, and so are the participation ratios of their populations (`Selection.correlation` 0), so that
    nothing of who took part cancels in the difference. Where the surveys differ in population, year, way of asking,
    wording, answers or base, a caveat says so: the difference is between the surveys as they were done. Percentages of
    weighted answers, and answers by group, are not compared.

    Examples
    --------
    >>> import csea_stats as cs
    >>> dutch = cs.load_survey("research-engineers-netherlands-2017")
    >>> south_african = cs.load_survey("research-engineers-south-africa-2017")
    >>> found = compare_surveys(dutch, south_african, "open-source", answers={"yes": "yes"})
    >>> gap = found.where(target=cs.Superpopulation)[-1]
    >>> gap.item, gap.verdict.word
    ('yes: Netherlands, 2017 minus South Africa, 2017', 'supported')
    >>> round(gap.value, 3), round(gap.interval.lower, 3), round(gap.interval.upper, 3)
    (0.409, 0.166, 0.626)
    """
    sides = _sides(first, second, question)
    level = check_level(level)
    matched = _matched(sides, answers)
    call = _call(sides, answers, level)
    found: list[Estimate] = []
    for names, places in matched:
        parts = [_reduced(side, name, place) for side, name, place in zip(sides, names, places, strict=True)]
        for side, part in zip(sides, parts, strict=True):
            shares = (one for one in tabulated_estimates(part, level=level) if one.estimand == "share")
            found.extend(replace(one, item=f"{one.item} in {side.name}") for one in shares)
        found.extend(_differences(sides, parts, names, level=level))
    return Estimates(
        replace(estimate, provenance=replace(estimate.provenance, call=f"{call}[{place}]"))
        for place, estimate in enumerate(found)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveySide:
    """One of two surveys that are compared, with the question and what print tells of it."""

    name: str
    survey: Survey
    question: Question
    table: Tabulation

    def told(self, places: Sequence[int]) -> bool:
        """Whether print tells something of an answer: not every count of every base would fit."""
        pairs = self.table.pairs((0,), places)
        return all(n for _, n in pairs) and not is_anything(pairs)


def _sides(first: Survey, second: Survey, question: object) -> tuple[SurveySide, SurveySide]:
    for what, survey in (("first", first), ("second", second)):
        check_kind(f"compare_surveys: {what}", survey, Survey)
    if fingerprint(first) == fingerprint(second):
        message = f"compare_surveys: found the survey {first.id!r} twice; allowed are two different surveys"
        raise InputError(message)
    ids = (question, question) if is_of(question, str) else members(question)
    if ids is None or len(ids) != 2 or not all(isinstance(one, str) for one in ids):
        message = (
            f"question: found {described(question)}; allowed is an id, or a pair of ids such as ('age', 'age-group')"
        )
        raise InputError(message)
    names = [
        survey.title if survey.sample else f"{survey.source.country}, {survey.source.year}"
        for survey in (first, second)
    ]
    if names[0] == names[1]:
        names = [first.id, second.id]
    if names[0] == names[1]:
        names = ["the first survey", "the second survey"]
    sides = []
    for name, survey, wanted in zip(names, (first, second), ids, strict=True):
        questions = {one.id: one for one in survey.question}
        if wanted not in questions:
            hint = "Give a pair of ids where the two surveys name the question differently."
            raise UnknownName(f"question of {survey.id!r}", wanted, questions, hint)
        table = tabulate(survey, wanted)
        sides.append(SurveySide(name=name, survey=survey, question=questions[wanted], table=table))
    return sides[0], sides[1]


Matched = list[tuple[tuple[str, str], tuple[tuple[int, ...], tuple[int, ...]]]]
"""The names of an answer in both surveys, and its places among the labels of both."""


def _matched(sides: tuple[SurveySide, SurveySide], answers: object) -> Matched:
    ours, theirs = (side.table.labels for side in sides)
    if answers is None:
        names = [(label, label) for label in ours if label in theirs]
    elif isinstance(answers, Mapping) and answers and all(isinstance(n, str) for pair in answers.items() for n in pair):
        names = list(answers.items())
    else:
        message = (
            f"answers: found {described(answers)}; allowed is a mapping of names in the first survey to the second's"
        )
        raise InputError(message)
    matched = [(pair, (_places(sides[0], pair[0]), _places(sides[1], pair[1]))) for pair in names]
    kept = [one for one in matched if all(side.told(places) for side, places in zip(sides, one[1], strict=True))]
    if kept:
        return kept
    listed = "; ".join(f"{side.name}: {', '.join(map(repr, side.table.labels))}" for side in sides)
    why = "print tells of no answer in both surveys" if matched else "the two questions have no answer of the same name"
    hint = "" if answers else "; answers={...} names those to hold against each other"
    message = f"question {_ids(sides)}: {why} ({listed}){hint}"
    raise InputError(message)


def _places(side: SurveySide, name: str) -> tuple[int, ...]:
    labels = side.table.labels
    parts = [name] if name in labels else name.split(JOIN)
    for part in parts:
        if part not in labels:
            raise UnknownName(f"answer to {side.question.id!r} of {side.survey.id!r}", part, labels)
    if len(set(parts)) > 1 and side.table.several:
        message = (
            f"answers: found {name!r}, a sum of answers to {side.question.id!r} of {side.survey.id!r}, of which a "
            "respondent may have given several; allowed is one answer"
        )
        raise InputError(message)
    return tuple(sorted({labels.index(part) for part in parts}))


def _ids(sides: tuple[SurveySide, SurveySide]) -> str:
    return " and ".join(dict.fromkeys(repr(side.question.id) for side in sides))


def _reduced(side: SurveySide, name: str, places: Sequence[int]) -> Tabulation:
    """Return the table of one answer alone, or of a sum as one answer."""
    tables = [
        replace(table, counts=((sum(table.counts[0][place] for place in places),),)) for table in side.table.tables
    ]
    said = {name: item_label(side.question, tuple(side.table.labels[place] for place in places))}
    question = replace(side.question, says={**side.question.says, **said})
    return replace(side.table, labels=(name,), ordered=False, tables=tuple(dict.fromkeys(tables)), question=question)


def _differences(
    sides: tuple[SurveySide, SurveySide],
    parts: Sequence[Tabulation],
    names: tuple[str, str],
    *,
    level: float,
) -> Iterator[Estimate]:
    """Yield the first share minus the second for every target, with every doubt that two surveys raise."""
    groups = [sized(part.pairs((0,), (0,))) for part in parts]
    phrase = item_label(parts[0].question, (names[0],))
    if names[0] != names[1]:
        phrase = f"gave “{names[0]}” and “{names[1]}” ({sides[0].question.label})"
    label = f"{phrase}, {sides[0].name} against {sides[1].name}"
    apart = (one for side, part in zip(sides, parts, strict=True) for one in part.not_counted((0,), side.name))
    doubts = [*_doubts(sides), *_print_doubts(parts), *apart]
    conflict = any(code in ("print-conflict", "print-impossible") for part in parts for code, _ in part.doubts)
    hashes = "".join(fingerprint(side.survey) for side in sides)
    for estimate in difference(groups[0], groups[1], level=level, target=_targets(sides), label=label):
        counted = isinstance(estimate.target, Respondents)
        kept = [doubt for doubt in doubts if not (counted and doubt.code == "surveys-same-people")]
        verdict = estimate.verdict
        if verdict is not None and conflict:
            verdict = replace(verdict, printed_inconsistently=True)
        yield replace(
            estimate,
            question=sides[0].question.id,
            says=phrase,
            comparison=Comparison(
                by="survey",
                level=sides[0].name,
                reference=sides[1].name,
                groups=tuple(f"in {one.name}" for one in sides),
            ),
            item=f"{' / '.join(dict.fromkeys(names))}: {sides[0].name} minus {sides[1].name}",
            verdict=verdict,
            caveats=tuple(dict.fromkeys((*estimate.caveats, *kept))),
            provenance=replace(
                estimate.provenance,
                survey=f"{sides[0].survey.id} and {sides[1].survey.id}",
                places=tuple(f"{side.survey.id}: {place}" for side in sides for place in side.table.places),
                data_hash=hashlib.sha256(hashes.encode()).hexdigest(),
            ),
        )


def _targets(sides: tuple[SurveySide, SurveySide]) -> tuple[Target, ...]:
    """Return the tiers with the words of both surveys; who took part in one tells nothing of the other."""
    words = [side.table.words or side.survey.targets for side in sides]

    def both(key: str) -> str:
        return " and ".join(f"{getattr(one, key)} ({side.name})" for one, side in zip(words, sides, strict=True))

    joined = TargetWords(
        respondents=both("respondents"), superpopulation=both("superpopulation"), population=both("population")
    )
    return tuple(_apart(target) for target in targets_of(joined))


def _apart(target: Target) -> Target:
    if isinstance(target, Population) and isinstance(target.selection, Selection):
        return replace(target, selection=replace(target.selection, correlation=0.0))
    return target


def _print_doubts(parts: Sequence[Tabulation]) -> Iterator[Caveat]:
    if any(part.synthetic for part in parts):
        yield caveat("synthetic")
    for part in parts:
        for code, values in part.doubts:
            yield caveat(code, **dict(values))


def _doubts(sides: tuple[SurveySide, SurveySide]) -> Iterator[Caveat]:
    """Yield what makes two surveys hard to compare, from what their files say."""
    (a, b), (one, other) = sides, (side.survey for side in sides)
    same_people = _same(one.targets.population, other.targets.population)
    if same_people or _same(one.source.country, other.source.country):
        yield caveat("surveys-same-people")
    if not same_people:
        yield caveat("surveys-populations", first=one.targets.population, second=other.targets.population)
    if one.source.year != other.source.year and "not told" not in (one.source.year, other.source.year):
        yield caveat("surveys-years", first=one.source.year, second=other.source.year)
    if not (_same(one.source.mode, other.source.mode) and _same(one.source.recruitment, other.source.recruitment)):
        yield caveat("surveys-ways")
    if a.question.asked and b.question.asked:
        if not _same(a.question.asked, b.question.asked):
            yield caveat("surveys-wording", first=a.question.asked, second=b.question.asked)
    elif _same(a.question.label, b.question.label):
        yield caveat("surveys-wording-unknown")
    else:
        yield caveat("surveys-wording", first=a.question.label, second=b.question.label)
    if set(a.table.labels) != set(b.table.labels) or a.question.kind != b.question.kind:
        yield caveat("surveys-answers", first=_offered(a), second=_offered(b))
    asked = [_asked(side) for side in sides]
    if asked[0] != asked[1]:
        yield caveat("surveys-bases", first=asked[0], second=asked[1])


def _same(first: str, second: str) -> bool:
    return first.casefold().split() == second.casefold().split()


def _offered(side: SurveySide) -> str:
    kinds = {"pick": f"{side.question.chosen} of a list", "multiple": "any of a list", "open-coded": "in own words"}
    return f"{side.name}, {kinds.get(side.question.kind, 'one answer each')}: {', '.join(side.table.labels)}"


def _asked(side: SurveySide) -> str:
    """Return of whom the share is one: those asked, and whether all of them answered."""
    people, bases = side.survey.people, side.table.bases(0)
    if side.question.among is not None:
        return f"those who answered {side.question.among.told}"
    return "all respondents" if bases == {people} else "those of the respondents who answered"


def _call(sides: tuple[SurveySide, SurveySide], answers: Mapping[str, str] | None, level: float) -> str:
    loads = ", ".join(f"csea_stats.load_survey({side.survey.id!r})" for side in sides)
    ids = tuple(side.question.id for side in sides)
    told = [loads, argument_words(ids[0] if ids[0] == ids[1] else ids)]
    told += [f"answers={argument_words(dict(answers))}"] if answers else []
    told += [f"level={level}"] if level != 0.95 else []  # the default of the call
    return f"csea_stats.compare_surveys({', '.join(told)})"
