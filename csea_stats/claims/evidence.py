"""What a test makes of a claim: estimates, verdicts, and how firm they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from csea_stats.claims.claim_files import meant_by
from csea_stats.claims.claim_verdicts import Verdicts, not_checkable
from csea_stats.estimators.estimand import Participation
from csea_stats.results.caveats import caveat
from csea_stats.tabulation.items import choice_doubts, conflicts, not_counted, of_survey, with_source
from csea_stats.tabulation.naming import conflict_code, targets_of, teller
from csea_stats.targets.populations import Population, Respondents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.auditing.findings import Finding
    from csea_stats.estimators.estimand import Estimand
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.goals import Goal
    from csea_stats.results.values import Caveat, Scale, Verdict
    from csea_stats.survey.source import TargetWords
    from csea_stats.survey.survey import Group, Items, Question, Survey
    from csea_stats.targets.populations import Target


ALONE = Participation()
"""Chance alone."""


class Sure[T](Protocol):
    """How sure a claim about a table's quantity is: one minus a one-sided p-value."""

    def __call__(self, table: T, threshold: float, /, *, up: bool) -> float:
        """Return it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedClaim:
    """One test done.

    Parameters
    ----------
    verdicts : Verdicts
    estimates : tuple of Estimate
    goal : Goal or None
        What was asked of the estimates; None where no threshold is asked.
    probability, confidence : (float, float) or None
        For people like these, over the feasible counts: the posterior probability that the claim is true, and one
        minus the one-sided p-value of the confidence method against it.
    tipping : (float, float) or None
        Participation ratio at which the claim turns: allowing for chance, and at the observed value.
    false_sign : float or None
        Largest probability that chance alone makes the rule decide, either way, where the truth is at the threshold.
    bounds : (float, float) or None
        What print leaves open where it identifies no value.
    scale : str
        Of the bounds.
    findings : tuple of str
        Ids of contradictions in print that touch it.
    """

    verdicts: Verdicts
    estimates: tuple[Estimate, ...] = ()
    goal: Goal | None = None
    probability: tuple[float, float] | None = None
    confidence: tuple[float, float] | None = None
    tipping: tuple[float, float] | None = None
    false_sign: float | None = None
    bounds: tuple[float, float] | None = None
    scale: Scale = "difference"
    findings: tuple[str, ...] = ()


def unknown(why: str, findings: tuple[str, ...] = ()) -> TestedClaim:
    """Return that print tells nothing that bears on a claim."""
    return TestedClaim(verdicts=not_checkable(why), findings=findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimContext:
    """A survey with its audit, and the level of every interval."""

    survey: Survey
    audit: Audit
    level: float
    data_hash: str

    def question(self, name: str) -> Question:
        """Return a question by its id."""
        return self.audit.book.question(name)

    def asked(self, name: str, item: Items | None) -> tuple[Question, tuple[str, ...], tuple[str, ...]]:
        """Return a question, answers in its order (all by default), and the contradictions in print that touch them."""
        question = self.question(name)
        items = question.categories if item is None else meant_by(question, item)
        return question, items, tuple(finding.id for finding in self.conflicts(question, items))

    def targets(self, words: TargetWords | None = None) -> tuple[Target, ...]:
        """Return the targets, with the survey's words for them."""
        return targets_of(words or self.survey.targets)

    def conflicts(self, question: Question, items: Iterable[str]) -> tuple[Finding, ...]:
        """Return the contradictions in print that touch answers of a question."""
        wanted = set(items)
        found = [f for f in self.audit.findings if conflict_code(f, question) and wanted & set(f.items)]
        return tuple(found)

    def _doubts(self, question: Question, items: Sequence[str]) -> Iterator[Caveat]:
        """Yield what print, the kind of question and the way of its print leave open about answers."""
        yield from conflicts(self.audit, question, items)
        told = {cell.status for cell in question.cells if set(cell.items) & set(items) and cell.among is None}
        if "order" in told and "printed" not in told:
            yield caveat("label-by-order")
        if question.kind == "open-coded":
            yield caveat("mentions")
        yield from choice_doubts(self.audit, question)

    def apart(self, question: Question, among: Group | None = None, who: str = "") -> Iterator[Caveat]:
        """Yield who was asked a question, of all or of a group, and is in no count."""
        return not_counted(question, (among,), self.audit.base(question.id, among), who)

    @property
    def teller(self) -> str:
        """What tells of respondents: "print", or "the survey" of their answers."""
        return teller(self.survey)

    def dressed(
        self,
        estimates: Sequence[Estimate],
        question: Question,
        items: Sequence[str],
        item: str,
        apart: Iterable[Caveat] | None = None,
    ) -> tuple[Estimate, ...]:
        """Return estimates with their question, item, origin, the doubts that print adds, and who is in no count."""
        apart = self.apart(question) if apart is None else apart
        doubts = (*self._doubts(question, items), *apart)
        places = tuple(dict.fromkeys(cell.where for cell in question.cells if set(cell.items) & set(items)))

        def told(estimate: Estimate) -> Estimate:
            call = estimate.provenance.call
            origin = of_survey(self.survey, question.id, places=places, data_hash=self.data_hash, call=call)
            return with_source(estimate, origin, item=item, doubts=doubts)

        return tuple(map(told, estimates))


def with_verdicts(estimates: Sequence[Estimate], verdicts: Verdicts, goal: Goal) -> tuple[Estimate, ...]:
    """Return estimates that carry the verdict on the claim for their own target; of a range they carry none.

    An estimate's verdict names one threshold, which a range has not.
    """
    if len(goal.thresholds) != 1:
        return tuple(replace(estimate, verdict=None) for estimate in estimates)

    def own(estimate: Estimate) -> Estimate:
        if isinstance(estimate.target, Respondents):
            return replace(estimate, verdict=verdicts.respondents)
        return replace(
            estimate, verdict=verdicts.workforce if isinstance(estimate.target, Population) else verdicts.people
        )

    return tuple(map(own, estimates))


def rated(outcome: TestedClaim) -> TestedClaim:
    """Return a test whose verdict on people like these, in its estimates too, tells how often the rule decides."""
    people = outcome.verdicts.people
    if people is None or outcome.false_sign is None:
        return outcome
    rate = outcome.false_sign

    def told(one: Estimate) -> Estimate:
        if one.verdict is None or isinstance(one.target, (Respondents, Population)):
            return one
        return replace(one, verdict=replace(one.verdict, rate=rate))

    verdicts = outcome.verdicts._replace(people=replace(people, rate=rate))
    return replace(outcome, verdicts=verdicts, estimates=tuple(map(told, outcome.estimates)))


def unrated(verdicts: Verdicts, why: str) -> Verdicts:
    """Return verdicts of which those that rest on a sample tell why they have no rate."""

    def told(verdict: Verdict | None) -> Verdict | None:
        if verdict is None or verdict.word == "cannot be checked":
            return verdict
        return replace(verdict, rate=None, unrated=why)

    return verdicts._replace(people=told(verdicts.people), workforce=told(verdicts.workforce))


def flagged(verdicts: Verdicts, findings: Sequence[str]) -> Verdicts:
    """Return verdicts that say whether print contradicts itself about the counts."""
    if not findings:
        return verdicts
    return Verdicts(*(v and replace(v, printed_inconsistently=True) for v in verdicts))


def never_surer(tipping: tuple[float, float] | None, verdicts: Verdicts) -> tuple[float, float] | None:
    """Return a tipping point that allows for chance no more than the verdict for people like these does.

    The verdict looks at other priors too: where these leave a claim open, no ratio is needed to undo it. Of the two
    numbers the one that allows for chance is never the larger.
    """
    if tipping is None or verdicts.people is None:
        return tipping
    limit, observed = tipping
    return min(limit, observed, float("inf") if verdicts.people.word == "supported" else 1.0), observed


def unclear(verdicts: Verdicts) -> bool:
    """Whether a claim is true of these respondents for some of the counts that print allows only."""
    return verdicts.respondents is not None and verdicts.respondents.word == "print unclear"


def probabilities(goal: Goal, prior: str, quantities: Iterable[Estimand]) -> tuple[float, float] | None:
    """Return the posterior probability of a goal by chance alone, lowest and highest over some quantities."""
    if goal.alike:
        return None
    found = []
    for one in quantities:
        over = one.above(goal.low, prior, ALONE) if goal.low is not None else (1.0, 1.0)
        past = one.above(goal.high, prior, ALONE) if goal.high is not None else (0.0, 0.0)
        found += [max(over[0] - past[1], 0.0), max(over[1] - past[0], 0.0)]
    return min(found), max(found)


def confidences[T](goal: Goal, tables: Iterable[T], sure: Sure[T]) -> tuple[float, float] | None:
    """Return one minus the one-sided p-value of a goal, lowest and highest over the feasible tables.

    Of a range the smaller of its two sides (two one-sided tests).

    Parameters
    ----------
    goal : Goal
    tables : iterable
    sure : callable
        One minus the p-value of the claim that a table's quantity is above (`up`) or below a threshold.
    """
    if goal.alike:
        return None
    sides = [(t, up) for t, up in ((goal.low, True), (goal.high, False)) if t is not None]
    found = [min(sure(table, t, up=up) for t, up in sides) for table in tables]
    return min(found), max(found)


def chosen_after(estimates: Iterable[Estimate], *, planned: bool | None) -> tuple[Estimate, ...]:
    """Return estimates that say that their group was chosen after the answers were seen, unless it was planned."""
    after = () if planned else (caveat("chosen-after"),)
    return tuple(replace(one, caveats=(*one.caveats, *after)) for one in estimates)
