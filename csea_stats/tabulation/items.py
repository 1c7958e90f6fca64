"""An item: an answer, or a sum of answers, with every count that its source allows, and the words it is told with.

Print and respondents' answers both end here: whatever the source, an item becomes estimates in one way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from csea_stats.estimators.proportion import proportion
from csea_stats.estimators.tipping import tipping_ratio
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import base_words
from csea_stats.results.values import Hull
from csea_stats.survey.survey import groups_within
from csea_stats.tabulation.association_data import left_out_words, together
from csea_stats.tabulation.naming import HALF, asks_half, choices_each, conflict_code
from csea_stats.targets.populations import Respondents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Caveat
    from csea_stats.survey.survey import Group, Question, Survey
    from csea_stats.targets.populations import Target

Counts = set[int] | set[tuple[int, int]]


def sized(pairs: Iterable[tuple[int, int]]) -> tuple[Counts, set[int]]:
    """Return feasible pairs of a count and its base as an estimator takes them."""
    found = set(pairs)
    bases = {n for _, n in found}
    return ({x for x, _ in found}, bases) if len(bases) == 1 else (found, bases)


def is_anything(pairs: set[tuple[int, int]]) -> bool:
    """Whether of every base each count from none to all may be, so that nothing is told."""
    return all({(0, n), (n, n)} <= pairs for n in {n for _, n in pairs})


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the numbers of an item come from.

    Parameters
    ----------
    question : str
        Its id.
    survey : str or None
    places : tuple of str
        Where they are printed.
    data_hash : str
    call : str
        The call that makes the estimates again.
    doubts : tuple of Caveat
        What the source adds to every estimate.
    synthetic : bool
        Whether the answers are made up.
    seed : int or None
    """

    question: str
    survey: str | None
    places: tuple[str, ...]
    data_hash: str
    call: str
    doubts: tuple[Caveat, ...] = ()
    synthetic: bool = False
    seed: int | None = None


NOT_OF_THE_COUNTED = ("one-at-a-time", "all-at-once", "few", "clustered")
"""Doubts about chance, which a count of these respondents has not."""


def loading_call(survey: Survey) -> str:
    """Return the call that gives a survey."""
    if survey.sample is None:
        return f"csea_stats.load_survey({survey.id!r})"
    usual = "csea_stats.as_survey(data)" if survey.sample.release is None else "csea_stats.release(data)"
    return survey.sample.call or usual


def of_survey(survey: Survey, question: str, *, places: Iterable[str], data_hash: str, call: str) -> Origin:
    """Return where the numbers on a question of a survey come from; of answers with what is in doubt of them all.

    Parameters
    ----------
    survey : Survey
    question : str
        Its id.
    places : iterable of str
    data_hash : str
    call : str
        The call that makes the estimates again.
    """
    sample = survey.sample
    return Origin(
        question=question,
        survey=survey.id,
        places=tuple(dict.fromkeys(places)),
        data_hash=data_hash,
        call=call,
        doubts=tuple(caveat(code, **dict(values)) for code, values in answer_doubts(survey, question)),
        synthetic=sample is not None and sample.synthetic,
        seed=sample.seed if sample is not None else None,
    )


def answer_doubts(survey: Survey, question: str) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yield what is in doubt of a question's answers where a survey was made from answers: code and values."""
    sample = survey.sample
    if sample is None:
        return
    if sample.release is not None:
        yield "released", (("rule", sample.release),)
    if sample.funnel is not None:
        yield "excluded", (("funnel", sample.funnel),)
    if question in sample.stand_ins:
        yield "stand-ins", (("texts", sample.stand_ins[question]),)
    if sample.cluster is not None:
        yield "clustered", (("cluster", sample.cluster),)


def not_counted(
    question: Question, groups: Sequence[Group | None], answered: object, who: str = ""
) -> Iterator[Caveat]:
    """Yield who was asked and is in no count, and why, where a survey tells.

    Parameters
    ----------
    question : Question
    groups : sequence of Group or None
        Groups of which nobody is in two; None is everybody.
    answered : int, or anything else where print leaves it open
    who : str, optional
        The name of a side of a comparison.
    """
    reasons = together((one.reason, one.count) for one in question.apart if one.among in groups)
    if reasons and isinstance(answered, int):
        yield left_out_words(reasons, answered, who)


def not_counted_beside(
    question: Question, audit: Audit, group: Group, answered: tuple[object, object], names: tuple[str, str]
) -> tuple[tuple[Caveat, ...], tuple[Caveat, ...]]:
    """Return who of a group, and who of all others, is in no count; nothing of others whom print has in no group."""
    others = [one for one in groups_within(question) if one.question == group.question and one != group]
    items = [item for one in (group, *others) for item in one.items]
    bases = [base for one in others if isinstance(base := audit.base(question.id, one), int)]
    whole = len(set(items)) == len(items) and len(bases) == len(others) and sum(bases) == answered[1]
    sides = ((group,), tuple(others) if whole else ())
    first, second = (tuple(not_counted(question, *side)) for side in zip(sides, answered, names, strict=True))
    return first, second


def with_source(
    estimate: Estimate, origin: Origin, *, item: str, estimand: str | None = None, doubts: Iterable[Caveat] = ()
) -> Estimate:
    """Return an estimate with its question, item, origin and the doubts that the source adds; a stamp first."""
    counted = isinstance(estimate.target, Respondents)
    more = [one for one in (*doubts, *origin.doubts) if not (counted and one.code in NOT_OF_THE_COUNTED)]
    stamp = [caveat("synthetic")] if origin.synthetic else []
    label = estimate.label
    return replace(
        estimate,
        question=origin.question,
        item=item,
        label=f"{label} [SYNTHETIC]" if origin.synthetic and label is not None else label,
        says=estimate.says or label,
        estimand=estimand or estimate.estimand,
        caveats=tuple(dict.fromkeys((*stamp, *estimate.caveats, *more))),
        provenance=replace(
            estimate.provenance,
            survey=origin.survey,
            places=origin.places,
            data_hash=origin.data_hash,
            call=origin.call,
            seed=origin.seed,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An answer, or a sum of answers, of all who were asked or of a group, with every count that its source allows.

    Parameters
    ----------
    name : str
        What tables call it: "poor", "poor or lower", "yes among under 30".
    label : str
        The verb phrase that completes "35 of 49 ...".
    estimand : str
    pairs : tuple of (count, base)
        Every pair that the source allows.
    targets : tuple of Target
        With the source's words for them.
    doubts : tuple of Caveat
    origin : Origin
    asked : bool
        Whether more than half is a question to ask of it.
    hull : bool
        Whether its two bases stand for all between them.
    """

    name: str
    label: str
    estimand: str
    pairs: tuple[tuple[int, int], ...]
    targets: tuple[Target, ...]
    doubts: tuple[Caveat, ...]
    origin: Origin
    asked: bool = True
    hull: bool = False

    def told(self, estimate: Estimate, estimand: str | None = None, doubts: Iterable[Caveat] = ()) -> Estimate:
        """Return an estimate of this item with its name, its origin and its doubts."""
        more = (*self.doubts, *doubts)
        if self.hull:
            estimate = _of_all_between(estimate)
        return with_source(estimate, self.origin, item=self.name, estimand=estimand or self.estimand, doubts=more)

    def estimates(self, level: float) -> Iterator[Estimate]:
        """Yield the share for every target, and the tipping point where half is asked; nothing of nobody.

        Nor of a sum of several answers each that may be more than there are people: it is no share of them.
        """
        counts, bases = sized(self.pairs)
        if not self.pairs or 0 in bases or any(count > base for count, base in self.pairs):
            return
        half = HALF if self.asked and asks_half(self.pairs, level) else None
        asked: dict[str, Any] = {"level": level, "claim": "above", "label": self.label}
        for one in proportion(counts, bases, target=self.targets, threshold=half, **asked):
            yield self.told(one)
        if half is not None:
            tipping = tipping_ratio(counts, bases, threshold=HALF, **asked)
            yield self.told(replace(tipping, target=self.targets[1]), "tipping point")


def _of_all_between(estimate: Estimate) -> Estimate:
    """Return an estimate whose two bases, each with its counts, stand for all between."""
    bases = [base for some in estimate.base for base in ((some,) if isinstance(some, int) else some)]
    counts = [vector[0] for vector in estimate.counts]
    words = {
        "base-uncertain": {"bases": base_words(Hull(min(bases), max(bases)))},
        "print-ambiguous": {"counts": base_words(Hull(min(counts), max(counts)))},
    }
    doubts = tuple(caveat(one.code, **words[one.code]) if one.code in words else one for one in estimate.caveats)
    return replace(estimate, base=(Hull(min(bases), max(bases)),), caveats=doubts)


def conflicts(audit: Audit, question: Question, items: Iterable[str]) -> Iterator[Caveat]:
    """Yield the contradictions of print that touch some answers to a question."""
    touched = set(items)
    for finding in audit.findings:
        code = conflict_code(finding, question)
        if code and touched & set(finding.items):
            yield caveat(code, detail=finding.printed)


def choice_doubts(audit: Audit, question: Question) -> Iterator[Caveat]:
    """Yield what it means that each named so many answers, and that those asked speak of what they have seen."""
    chosen = choices_each(question, audit)
    if chosen:
        code = "choices-compete" if question.chosen else "choices-recognised"
        yield caveat(code, chosen=chosen, base=audit.base(question.id))
    if question.among is not None:
        yield caveat("views-not-events")


def kind_doubts(question: Question) -> Iterator[Caveat]:
    """Yield what the kind of a question leaves open about one of its answers."""
    if len(question.categories) > 2:
        yield caveat("one-at-a-time")
    if question.kind == "open-coded":
        yield caveat("mentions")
