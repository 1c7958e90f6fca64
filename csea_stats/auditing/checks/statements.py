"""Statements about one answer, or one sum: each percentage against its base, and each against the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.auditing.explanations import (
    WEAK,
    as_percent,
    counts_in,
    listing,
    made_to_hundred,
    one_digit_off,
    one_off,
    other_bases,
    other_roundings,
    pair_power,
    percent_power,
    sums_of_rounded,
    sums_without_labels,
    unlabelled_sums,
)
from csea_stats.auditing.facts import agreed, binding, cells_of, groups_of
from csea_stats.auditing.findings import Finding
from csea_stats.auditing.rounding import bracket
from csea_stats.results.numbers import number_of
from csea_stats.survey.survey import JOIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from csea_stats.auditing.causes import OtherBase
    from csea_stats.auditing.facts import PrintedFact, Unlabelled
    from csea_stats.survey.survey import Question

CARRIED = "every count that this allows is carried into the estimates; intervals cover all of them"
MOST_TOLD = 4
"""So many counts of the other base are spelt out."""

STANDS = "the printed number stands; the words beside it are not used"
SOFTENED = "the counts that a rescue would allow are carried into the estimates, with a caveat"


def shown(fact: PrintedFact) -> str:
    """Return a fact as print has it: "24%", "n=11"."""
    if fact.kind == "percent":
        return f"{fact.value}%"
    if fact.kind == "count":
        return f"n={fact.value}"
    return f"{fact.value}%" if fact.kind == "range" else f'"{fact.value}"'


def _places(fact: PrintedFact) -> str:
    where = dict.fromkeys(name.partition(" @ ")[2].partition(" among ")[0] for name in fact.cells)
    return listing(where, "and")


def check_statements(
    question: Question,
    facts: Sequence[PrintedFact],
    unlabelled: Sequence[Unlabelled],
    base: int,
    printed_bases: Sequence[int],
) -> list[Finding]:
    """Check every answer's statements, one finding for each answer that is contradicted.

    Parameters
    ----------
    question : Question
    facts : sequence of PrintedFact
        Of one table.
    unlabelled : sequence of Unlabelled
        Of the same table.
    base : int
        Of that table.
    printed_bases : sequence of int
        Every base that the survey prints, for explanations.
    """
    findings = []
    for members, some in groups_of(facts).items():
        _, broken = agreed(some, base, len(members))
        soft = [fact for fact in some if fact.soft and fact.kind == "percent"]
        if soft:
            findings.append(_impossible(question, soft, some, facts, unlabelled, printed_bases=printed_bases))
        elif broken:
            findings.append(_contradiction(question, some, facts))
        elif own := [fact for fact in some if fact.soft and fact.cells[0].startswith(f"{question.id}/")]:
            findings.append(_out_of_reach(question, own))  # a battery's ranges are checked with the battery
    found = {(fact.value, fact.base) for fact in facts if fact.soft and fact.kind == "percent"}
    for group in unlabelled:
        values = [value for value in dict.fromkeys(group.values) if (value, group.base) not in found]
        soft = [fact for value in values if (fact := group.fact(group.members[0], value)).soft]
        findings += [_impossible_value(question, fact, group, facts, printed_bases) for fact in soft]
    return findings


def tell_cause(
    told: Sequence[tuple[Question, OtherBase]], people: Mapping[int, str], battery: str | None = None
) -> Finding:
    """Tell once that the percentages of a question, or of several, are of another base, or of ticks.

    Parameters
    ----------
    told : sequence of (Question, OtherBase)
        With the same bases.
    people : mapping of int to str
        Numbers of people that print names elsewhere, and whose they are.
    battery : str, optional
        Id of what the questions make up.
    """
    first, cause = told[0]
    groups = [(one, members, some) for one, its in told for members, some in groups_of(its.facts).items()]
    names = [
        f"{f'{one.id}, ' * (len(told) > 1)}{JOIN.join(one.categories[i] for i in members)}: "
        f"{', '.join(map(shown, some))}"
        for one, members, some in groups
    ]
    named = [_names(one, its.facts) for one, its in told]
    few = listing(cause.bases) if len(cause.bases) < MOST_TOLD else None
    bases, n = few or f"{cause.bases[0]} to {cause.bases[-1]}", cause.bases[0]
    what = "answers given" if first.kind == "open-coded" else "ticks"
    fit = [
        f"{count} of {n} is {as_percent(count, n, one.value)}%"
        for _, _, some in groups
        for count in _counts(some)[:1]
        for one in some
        if one.kind == "percent"
    ]
    explanations = [listing(dict.fromkeys(fit[:MOST_TOLD]), "and")] if fit else []
    if cause.ticks:
        explanations.append(f"all answers together make {bases}")
    elif not fit:
        explanations.append(f"all the percentages together fit a base of {bases}; {WEAK}")
    explanations += [f"{base} is printed elsewhere: {people[base]}" for base in cause.bases if base in people]
    known = all(_counts(some) for _, _, some in groups)
    rest = "; where there is none, every count that the percentage allows is carried into the estimates"
    return Finding(
        code="other-base",
        question=battery or first.id,
        cells=tuple(dict.fromkeys(cell for cells, _ in named for cell in cells)),
        printed=f"{'; '.join(names)}; base {cause.base}",
        expected=f"the percentages are of {f'the {bases} {what}' if cause.ticks else bases}, "
        f"not of the {number_of(cause.base, 'respondents')}",
        verdict="inconsistent",
        explanations=(*explanations, "weighting, or several slips of the pen"),
        consequence=f"printed counts stand{'' if known else rest}",
        power="percentages of another base would have been caught wherever counts or rounding tell",
        items=tuple(dict.fromkeys(item for _, items in named for item in items)),
    )


def _impossible_value(
    question: Question, fact: PrintedFact, group: Unlabelled, facts: Sequence[PrintedFact], printed_bases: Sequence[int]
) -> Finding:
    """Report a value without a label that is no rounding of any count of its base."""
    found = impossible_value(fact.value, fact.base, unlabelled_sums(fact, group, facts), printed_bases)
    return replace(
        found,
        question=question.id,
        cells=(group.cell,),
        printed=f"{fact.value}% ({_places(fact)}, without a label); base {fact.base}",
        items=tuple(question.categories[i] for i in group.members),
    )


def impossible_value(value: str, base: int, sums: Sequence[str], printed_bases: Sequence[int]) -> Finding:
    """Return the finding of a percentage that is no rounding of any count, without where it is printed."""
    near = [f"{count} of {base} is {as_percent(count, base, value)}%" for count in bracket(value, base)]
    told = (*other_roundings(value, base), *sums, *other_bases(value, base, printed_bases))
    return Finding(
        code="percent-and-base",
        question=None,
        cells=(),
        printed=f"{value}%; base {base}",
        expected=f"no count gives {value}% of {base}: {' and '.join(near)}",
        verdict="inconsistent",
        explanations=tuple(dict.fromkeys((*told, "weighting, or a slip of the pen"))),
        consequence=SOFTENED,
        power=percent_power(value, base),
    )


def _names(question: Question, facts: Iterable[PrintedFact]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    several = list(facts)
    cells = cells_of(several)
    items = tuple(dict.fromkeys(question.categories[i] for fact in several for i in fact.members))
    return cells, items


def _quoted(facts: Iterable[PrintedFact]) -> str:
    several = list(facts)
    bases = dict.fromkeys(fact.base for fact in several)
    parts = [f"{shown(fact)} ({_places(fact)})" for fact in several]
    return f"{', '.join(parts)}; base {listing(bases, 'and')}"


def _counts(facts: Iterable[PrintedFact]) -> list[int]:
    return list(dict.fromkeys(fact.ranges[0][0] for fact in facts if fact.kind == "count"))


def _impossible(
    question: Question,
    soft: list[PrintedFact],
    some: list[PrintedFact],
    facts: Sequence[PrintedFact],
    unlabelled: Sequence[Unlabelled],
    *,
    printed_bases: Sequence[int],
) -> Finding:
    """Report percentages that are no rounding of any count of their base."""
    counts = _counts(some)
    expected, explanations = [], []
    for fact in soft:
        low, high = bracket(fact.value, fact.base)
        near = [f"{count} of {fact.base} is {as_percent(count, fact.base, fact.value)}%" for count in (low, high)]
        told = [f"{n} of {fact.base} is {as_percent(n, fact.base, fact.value)}%" for n in counts if n <= fact.base]
        expected.append(f"no count gives {fact.value}% of {fact.base}: {' and '.join(told or near)}")
        explanations += other_roundings(fact.value, fact.base)
        explanations += made_to_hundred(question, fact)
        explanations += sums_of_rounded(question, fact, facts) + sums_without_labels(fact, unlabelled)
        explanations += other_bases(fact.value, fact.base, printed_bases)
    if not explanations:
        explanations.append("no nearby base, no rounding and no sum of printed figures gives it")
    explanations.append("weighting, or a slip of the pen")
    cells, items = _names(question, some)
    return Finding(
        code="percent-and-base",
        question=question.id,
        cells=cells,
        printed=_quoted(some),
        expected="; ".join(expected),
        verdict="inconsistent",
        explanations=tuple(dict.fromkeys(explanations)),
        consequence=SOFTENED,
        power=percent_power(soft[0].value, soft[0].base),
        items=items,
    )


def _out_of_reach(question: Question, soft: list[PrintedFact]) -> Finding:
    """Report words, or a range, that no count of the base meets."""
    cells, items = _names(question, soft)
    first = soft[0]
    if first.kind == "words":
        code, expected = "number-in-words", f"no count of {first.base} is {shown(first)}"
        explanations = (f"{counts_in(first.ranges)} of {first.base} comes nearest", "the words may be loose")
    else:
        code, expected = "range-and-base", f"an end of the range is no percentage of {first.base}"
        explanations = ("the ends may be of another base", "the ends may be round numbers")
    return Finding(
        code=code,
        question=question.id,
        cells=cells,
        printed=_quoted(soft),
        expected=expected,
        verdict="inconsistent",
        explanations=explanations,
        consequence=SOFTENED,
        items=items,
    )


_CODES = {
    frozenset({"percent", "count"}): "percent-and-count",
    frozenset({"percent"}): "percent-twice",
    frozenset({"count"}): "count-twice",
}


def exchanged(question: Question, facts: Sequence[PrintedFact], others: Sequence[PrintedFact]) -> list[str]:
    """Say where a number is printed as that of another answer too: which of them may be the wrong way round."""
    told = [
        f"{shown(fact)} ({_places(fact)}) is printed for {_answers(question, other)} too ({_places(other)}): "
        "one of them may stand the wrong way round"
        for fact in facts
        for other in others
        if fact.kind in ("percent", "count")
        and (fact.kind, fact.value, fact.base) == (other.kind, other.value, other.base)
        and not set(fact.members) & set(other.members)
        and _places(fact) != _places(other)
    ]
    return told[:1]


def _answers(question: Question, fact: PrintedFact) -> str:
    return f"“{JOIN.join(question.categories[i] for i in fact.members)}”"


def _complements(question: Question, clash: Sequence[PrintedFact]) -> list[str]:
    """Say whether two numbers of one of two answers make the base together, so that one may be the other answer's."""
    if len(clash) != 2 or len(question.categories) != 2 or not question.one_answer or len(clash[0].members) != 1:
        return []
    (low, high), base = ([one.ranges[end][end] for one in clash] for end in (0, -1)), clash[0].base
    if base != clash[1].base or not sum(low) <= base <= sum(high):
        return []
    other = question.categories[1 - clash[0].members[0]]
    return [f"{' and '.join(map(shown, clash))} make all {base}: one of them may be of “{other}”"]


def _contradiction(question: Question, some: list[PrintedFact], facts: Sequence[PrintedFact]) -> Finding:
    """Report statements about the same people that no count meets together."""
    clash = _clash(some)
    kinds = frozenset(fact.kind for fact in clash)
    above = [fact for fact in some if fact.kind == "count" and fact.ranges[0][0] > fact.base * len(fact.members)]
    if above:
        code, clash = "count-above-base", above
    elif _apart(clash):
        code = "text-and-figure"
    else:
        code = _CODES.get(kinds, "number-in-words" if "words" in kinds else "range-and-statement")
    expected: list[str] = []
    explanations = exchanged(question, clash, facts) or _complements(question, clash)
    counts = _counts(some)
    for fact in clash:
        if fact.kind == "percent":
            expected.append(f"{fact.value}% of {fact.base} is {counts_in(fact.ranges)}")
            explanations += one_off(fact.value, fact.base, counts) if fact.base else []
            others = [one for one in some if one is not fact and one.kind in ("count", "percent")]
            for other in others[:1] if fact.base else ():
                explanations += one_digit_off(fact.value, fact.base, other.ranges)
        elif fact.kind == "count" and 0 <= fact.ranges[0][0] <= fact.base:
            like = next((one.value for one in some if one.kind == "percent"), "0")
            expected.append(f"{fact.value} of {fact.base} is {as_percent(fact.ranges[0][0], fact.base, like)}%")
            explanations += _count_bases(fact, some)
        elif fact.kind == "count":
            expected.append(f"a count of at most the base, {fact.base}")
            explanations += _count_bases(fact, some)
        else:
            expected.append(f"{shown(fact)} of {fact.base} is {counts_in(fact.ranges)}")
    percents = [fact for fact in clash if fact.kind == "percent"]
    others = [fact for fact in some if fact not in percents]
    cells, items = _names(question, some)
    return Finding(
        code=code,
        question=question.id,
        cells=cells,
        printed=_quoted(some),
        expected="; ".join(expected),
        verdict="inconsistent",
        explanations=(*dict.fromkeys(explanations), "one of the statements is a slip of the pen"),
        consequence=CARRIED if all(one in binding(some) for one in clash) else STANDS,
        power=pair_power(percents[0].value, percents[0].base, others[0].ranges)
        if percents and others and percents[0].base
        else "any other value in either place would have been caught",
        items=items,
    )


def _count_bases(fact: PrintedFact, some: list[PrintedFact]) -> list[str]:
    """Name the bases near the printed one of which the count is the percentage."""
    told = []
    for other in some:
        if other.kind == "percent":
            near = [
                n
                for n in range(max(fact.ranges[0][0], fact.base - 5, 1), fact.base + 6)
                if n != fact.base and as_percent(fact.ranges[0][0], n, other.value) == other.value
            ]
            if near:
                told.append(f"{fact.value} is {other.value}% of {listing(near)}")
    return told


def _clash(some: list[PrintedFact]) -> list[PrintedFact]:
    """Return two facts that no count meets together, else all."""
    order = {"percent": 0, "count": 1, "words": 2, "range": 3}
    ranked = sorted(some, key=lambda fact: order.get(fact.kind, 4))
    for place, one in enumerate(ranked):
        for other in ranked[place + 1 :]:
            if not any(a <= d and c <= b for a, b in one.ranges for c, d in other.ranges):
                return [one, other]
    return some


def _apart(clash: list[PrintedFact]) -> bool:
    """Whether two facts are printed in different places only, one of them a figure or a table."""
    places = [{name.partition(" @ ")[2] for name in fact.cells} for fact in clash]
    if len(places) != 2 or places[0] & places[1]:
        return False
    drawn = [any("figure" in place.lower() or "table" in place.lower() for place in some) for some in places]
    return drawn[0] != drawn[1]
