"""How a survey's answers, sums of answers and groups are named in estimates."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from csea_stats.estimators.proportion import proportion_interval
from csea_stats.results.numbers import base_words, small
from csea_stats.survey.survey import base_of, group_count, groups_within
from csea_stats.targets.populations import TIERS, FinitePopulation, Population, Respondents, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.auditing.findings import Finding
    from csea_stats.base.binomial import ShareMethod
    from csea_stats.results.values import Base
    from csea_stats.survey.source import TargetWords
    from csea_stats.survey.survey import Group, Question, Survey


def item_name(question: Question, items: Sequence[str]) -> str:
    """Return the name of an item or of a sum of items.

    A lower part of an ordered scale is "poor or lower", an upper one "good or higher", any other sum "a + b".
    """
    categories, found = question.categories, tuple(items)
    if len(found) == 1:
        return found[0]
    if question.kind == "ordinal" and found == categories[: len(found)]:
        return f"{found[-1]} or lower"
    if question.kind == "ordinal" and found == categories[-len(found) :]:
        return f"{found[0]} or higher"
    return " + ".join(found)


def item_label(question: Question, items: Sequence[str]) -> str:
    """Return the verb phrase that completes "35 of 49 ..."."""
    said = question.says.get(" + ".join(items))
    if said:
        return said
    verb = "gave" if question.one_answer else "named"
    return f"{verb} {_either(question, tuple(items))} ({question.label})"


def _either(question: Question, items: tuple[str, ...]) -> str:
    """Return answers as an alternative: “none” or “poor”, “none” to “fair” on a scale, “a”, “b” or “c”."""
    quoted = [f"“{item}”" for item in items]
    if question.kind == "ordinal" and len(items) > 2:
        return f"{quoted[0]} to {quoted[-1]}"
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


def targets_of(words: TargetWords) -> tuple[Target, ...]:
    """Return the tiers with the words for them."""
    return tuple(worded(target, words) for target in TIERS)


def worded[T: Target](target: T, words: TargetWords | None) -> T:
    """Return a target with a source's words for it, where the call gave none."""
    usual = next(field.default for field in fields(target) if field.name == "words")
    if words is None or target.words != usual:
        return target
    named = {
        Respondents: words.respondents,
        Superpopulation: words.superpopulation,
        Population: words.population,
        FinitePopulation: words.population,
    }
    return replace(target, words=named[type(target)], many=words.many)


def words_among(survey: Survey, group: Group | None, base: Base) -> TargetWords:
    """Return the survey's words for the targets, or those for a group of its respondents, with the group in them."""
    words = survey.targets
    if group is None:
        return words
    who, size = group_phrase(group, survey), group_count(survey, group)
    few = isinstance(base, int) and size is not None and base < size
    return replace(
        words,
        respondents=f"{_some(words, base)}, of the {size} who {who}"
        if few
        else f"the {base_words(base)} {words.many} who {who}",
        superpopulation=f"{words.many} like these {base_words(base)}",
        population=f"{words.population} who {who}",
    )


def _some(words: TargetWords, base: Base) -> str:
    return f"the {base_words(base)} {words.many} with an answer that counts here"


def words_of_the_rest(survey: Survey, group: Group, base: Base, other: Group | None = None) -> TargetWords:
    """Return the words for all respondents but a group, or for the other group that they are."""
    if other is not None:
        return words_among(survey, other, base)
    words, size = survey.targets, group_count(survey, group)
    asked = base_of(survey, next(question for question in survey.question if question.id == group.question))
    others = None if asked is None or size is None else asked - size
    few = isinstance(base, int) and others is not None and base < others
    return replace(
        words,
        respondents=f"{_some(words, base)}, of the {others} others"
        if few
        else f"the other {base_words(base)} {words.many}",
        superpopulation=f"{words.many} like these other {base_words(base)}",
        population=f"{words.population} other than those who {group_phrase(group, survey)}",
    )


def group_phrase(group: Group, survey: Survey) -> str:
    """Return a verb phrase for the members of a group: "have supported girls"."""
    return " and ".join(_part_phrase(part, survey) for part in group.parts)


def _part_phrase(part: Group, survey: Survey) -> str:
    question = next(question for question in survey.question if question.id == part.question)
    said = question.says.get(" + ".join(part.items))
    return said or f"answered {_either(question, part.items)} to “{question.label}”"


def group_nouns(group: Group, other: Group | None, survey: Survey) -> tuple[str, str]:
    """Return noun phrases for a group and those it is compared with, who are all others where no group is named.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> from csea_stats.survey.survey import Group
    >>> survey = load_survey("bosnia-herzegovina-2021")
    >>> group_nouns(Group(question="age", item="under 30"), None, survey)
    ('workers under 30', 'others')
    """
    many = survey.targets.many
    first = " and ".join(_part_noun(part, survey, many if place == 0 else "") for place, part in enumerate(group.parts))
    if other is None:
        return first, "others"
    second = " and ".join(_part_noun(part, survey, "") for part in other.parts)
    return first, second


def _part_noun(part: Group, survey: Survey, many: str) -> str:
    question = next(question for question in survey.question if question.id == part.question)
    return answer_noun(question, part.items, many)


def answer_noun(question: Question, items: Sequence[str], many: str) -> str:
    """Return a noun phrase for those who gave an answer; without `many`, as it stands after another."""
    key = " + ".join(items)
    if key in question.named:
        return question.named[key]
    if key in question.says:
        return f"{many} who {question.says[key]}".strip()
    if question.kind == "yes-no":
        return f"{many} with {_either(question, tuple(items))} to “{question.label}”".strip()
    return f"{many} with {small(question.label)} {_either(question, tuple(items))}".strip()


def group_name(group: Group, survey: Survey) -> str:
    """Return a group's name: its answer, or its question and answer where the answer alone says too little.

    That is where the question is answered by yes or no, or another question makes a group of the same name.
    """
    return " and ".join(f"{label}: {name}" if label else name for name, label in _part_names(group, survey))


def group_in_words(group: Group, survey: Survey) -> str:
    """Return a group as a sentence has it: as `group_name`, but “yes” to “Lives in a town”."""
    return " and ".join(f"“{name}” to “{label}”" if label else name for name, label in _part_names(group, survey))


def _part_names(group: Group, survey: Survey) -> Iterator[tuple[str, str]]:
    """Yield each answer of a group, and its question where the answer alone says too little."""
    for part in group.parts:
        yield _part_name(part, survey)


def _part_name(part: Group, survey: Survey) -> tuple[str, str]:
    questions = {question.id: question for question in survey.question}
    question = questions[part.question]
    name = item_name(question, part.items)
    others = {
        item_name(questions[other.question], other.items)
        for asked in survey.question
        for group in groups_within(asked)
        for other in group.parts
        if other.question != part.question
    }
    return name, question.label if question.kind == "yes-no" or name in others else ""


def conflict_code(finding: Finding, question: Question) -> str | None:
    """Return the caveat that an inconsistency of a question puts on the numbers it touches, or None.

    A total that misses a rule which print does not state leaves every count as it is.
    """
    its = finding.question == question.id or (
        finding.code == "other-base" and any(cell.startswith(f"{question.id}/") for cell in finding.cells)
    )
    if finding.verdict != "inconsistent" or not its or finding.code == "pick-total":
        return None
    return "print-impossible" if finding.code == "percent-and-base" else "print-conflict"


def teller(survey: Survey) -> str:
    """Return what tells of respondents: print, or the survey that their answers were made into."""
    return "print" if survey.sample is None else "the survey"


HALF = 0.5

RECOGNISABLE = 20
"""Below so many respondents a total that is a multiple of the base says too little: chance alone gives one in base."""


def choices_each(question: Question, audit: Audit) -> int | None:
    """Return how many answers each respondent named: as printed, or as the audit recognised from the total.

    None where each names one, or any number.
    """
    if question.chosen is not None:
        return question.chosen
    base = audit.base(question.id)
    recognised = any(
        finding.code == "pick-total" and finding.verdict == "consistent" and finding.question == question.id
        for finding in audit.findings
    )
    if not recognised or not isinstance(base, int) or base < RECOGNISABLE:
        return None
    return sum(audit.counts_of(question.id, (item,))[0] for item in question.categories) // base


METHODS: tuple[ShareMethod, ...] = ("jeffreys", "wilson")


def asks_half(pairs: Iterable[tuple[int, int]], level: float) -> bool:
    """Whether "more than half" is a question to ask of an item.

    It is asked where an interval for people like these reaches one half; of an answer that is clearly a minority's
    it would only say so once more.
    """
    largest: dict[int, int] = {}
    for count, base in pairs:
        largest[base] = max(count, largest.get(base, 0))
    counts, bases = list(largest.values()), list(largest)
    return any((proportion_interval(counts, bases, method=m, level=level)[1] >= HALF).any() for m in METHODS)
