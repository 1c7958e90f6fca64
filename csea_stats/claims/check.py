"""Every claim of a file put to the test: the closed list of kinds, and the sentence that tells the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csea_stats.auditing.audit import audit as audited
from csea_stats.claims.claim_files import claim_names, load_claims
from csea_stats.claims.claim_sentences import read_otherwise, told
from csea_stats.claims.difference_claims import (
    tested_crosstab,
    tested_difference,
    tested_overlapping,
    tested_paired,
    tested_superiority,
)
from csea_stats.claims.evidence import ClaimContext, TestedClaim, rated, unknown
from csea_stats.claims.results import ClaimResult, Claims, is_tested
from csea_stats.claims.share_claims import tested_each, tested_printed, tested_rank, tested_share
from csea_stats.errors import check_kind
from csea_stats.estimators.arguments import check_level
from csea_stats.results.estimates import Estimates
from csea_stats.survey.loading import fingerprint, load_survey
from csea_stats.survey.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from os import PathLike

    from csea_stats.auditing.audit import Audit
    from csea_stats.claims.format import Claim, NoNumber


def check_claims(survey: Survey, claims: str | PathLike[str] | None = None, *, level: float = 0.95) -> Claims:
    """Put every statement of a report on a survey to the test, for each target.

    Parameters
    ----------
    survey : Survey
    claims : str or path, optional
        A claim file; by default the shipped claims about that survey. docs/claims.md tells the format.
    level : float, default 0.95
        Of every interval.

    Returns
    -------
    Claims
        A result per claim, in the file's order.

    Raises
    ------
    UnknownName
        There is no such file, or no shipped claims about that survey.
    SurveyFileError
        The file is wrong: line, key, what was found and what is allowed for each problem.

    Examples
    --------
    >>> import csea_stats as cs
    >>> found = check_claims(cs.load_survey("bosnia-herzegovina-2021"))
    >>> poor = next(result for result in found if result.claim.id == "awareness-poor-majority")
    >>> [verdict.word for verdict in poor.verdicts]
    ['true of them', 'supported', 'not settled']
    """
    check_kind("check_claims", survey, Survey)
    return checked_claims(survey, audited(survey), claims, level=level)


def checked_claims(
    survey: Survey, audit: Audit, claims: str | PathLike[str] | None = None, *, level: float = 0.95
) -> Claims:
    """Check claims about a survey whose audit is made already; see `check_claims`."""
    return tested_claims(load_claims(survey, claims), survey, audit, level=level)


def tested_claims(claims: Iterable[Claim], survey: Survey, audit: Audit, *, level: float) -> Claims:
    """Check claims as values; see `check_claims`."""
    context = ClaimContext(survey=survey, audit=audit, level=check_level(level), data_hash=fingerprint(survey))

    def tested(test: Any) -> TestedClaim:
        return rated(TESTS[test.kind](test, context))

    found = [(claim, tested(claim.test)) for claim in claims]
    strict = {claim.id: tuple(tested(one.test).verdicts for one in claim.other) for claim, _ in found}
    family = sum(is_tested(outcome.verdicts) for _, outcome in found)
    return Claims(
        ClaimResult(
            claim=claim,
            verdicts=outcome.verdicts,
            estimates=Estimates(outcome.estimates),
            paragraph=" ".join((told(outcome, survey, family), *read_otherwise(claim, strict[claim.id]))),
            probability=outcome.probability,
            confidence=outcome.confidence,
            tipping=outcome.tipping,
            false_sign=outcome.false_sign,
            bounds=outcome.bounds,
            findings=outcome.findings,
            other=strict[claim.id],
        )
        for claim, outcome in found
    )


def has_claims(survey: Survey) -> bool:
    """Whether claims are shipped about this very survey, rather than about one that was changed."""
    return survey.id in claim_names() and fingerprint(survey) == fingerprint(load_survey(survey.id))


def tested_nothing(test: NoNumber, context: ClaimContext) -> TestedClaim:
    """Say what would be needed to test a claim."""
    return unknown(f"no number in {context.teller} bears on it; needed: {test.needs}.")


TESTS: dict[str, Callable[[Any, ClaimContext], TestedClaim]] = {
    "share": tested_share,
    "difference": tested_difference,
    "paired": tested_paired,
    "overlapping": tested_overlapping,
    "rank": tested_rank,
    "superiority": tested_superiority,
    "crosstab": tested_crosstab,
    "each": tested_each,
    "printed": tested_printed,
    "no-number": tested_nothing,
}
"""How each kind of claim is tested."""
