"""What `csea_stats.check_claims` returns: a result per claim, as an immutable sequence."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from csea_stats.claims.cited import claim_sentence
from csea_stats.claims.claim_verdicts import Verdicts
from csea_stats.claims.format import Claim
from csea_stats.errors import InputError, in_short
from csea_stats.publication.table import Draft, Entered, lettered
from csea_stats.results.citable import Sentence, Sentences, notes_of
from csea_stats.results.estimate_frames import ids
from csea_stats.results.estimates import Estimates, Members
from csea_stats.results.field_kinds import is_kind
from csea_stats.results.json_reader import ResultsFile, check_rows, ends, parsed, read_verdict, results_of
from csea_stats.results.json_writer import FORMAT, claim_verdict, number, pair, results_document, results_text
from csea_stats.results.numbers import ratio
from csea_stats.results.phrases import Length, Reader, Style, Telling
from csea_stats.results.values import Verdict

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import TypeAdapter

    from csea_stats.publication.table import Table
    from csea_stats.results.citations import Form

FIRST = "csea-claim-results/1"
"""The first format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """One claim with its verdict for each target, and the numbers that they rest on.

    Parameters
    ----------
    claim : Claim
    verdicts : Verdicts
        ``respondents``, ``people``, ``workforce``: each a `Verdict`, or None where the claim says nothing of them.
    estimates : Estimates
    paragraph : str
        The claim, its threshold and its verdicts in plain words.
    probability : (float, float) or None
        Posterior probability, for people like these, that the claim is true: lowest and highest over the feasible
        counts.
    confidence : (float, float) or None
        One minus the one-sided p-value of the confidence method against it, likewise.
    tipping : (float, float) or None
        Participation ratio at which the claim turns: allowing for chance (the smaller), and as observed.
    false_sign : float or None
        Largest probability that chance alone makes the rule decide, either way, where the truth is at the threshold.
    bounds : (float, float) or None
        What print leaves open where it identifies no value.
    findings : tuple of str
        Ids of the audit's contradictions that touch it.
    other : tuple of Verdicts
        Under each of the claim's stricter readings (``claim.other``).
    """

    claim: Claim
    verdicts: Verdicts
    estimates: Estimates
    paragraph: str = ""
    probability: tuple[float, float] | None = None
    confidence: tuple[float, float] | None = None
    tipping: tuple[float, float] | None = None
    false_sign: float | None = None
    bounds: tuple[float, float] | None = None
    findings: tuple[str, ...] = ()
    other: tuple[Verdicts, ...] = ()

    def __post_init__(self) -> None:
        pairs = dict.fromkeys(("probability", "confidence", "tipping", "bounds"), tuple[float, float] | None)
        for name, hint in {**pairs, "false_sign": float | None, "findings": tuple[str, ...], "paragraph": str}.items():
            if not is_kind(found := getattr(self, name), hint):
                message = f"{name}: found {in_short(found)}, which is nothing that a claim tells there"
                raise InputError(message)

    def sentence(self, length: Length = "full", *, style: Style = "plain", reader: Reader = "journal") -> Sentence:
        """Return the outcome as a sentence to cite, as `Estimate.sentence`; ``paragraph`` tells it at length."""
        telling = Telling(length=length, style=style, reader=reader)
        return claim_sentence(self.claim.text, self.verdicts, self.estimates, self.tipping, telling)

    def __str__(self) -> str:
        return f"{self.claim.text} {self.paragraph}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One result, flat."""

    id: str
    section: str
    headline: bool
    text: str
    kind: str
    respondents: str | None
    people: str | None
    workforce: str | None
    probability_lower: float | None
    probability_upper: float | None
    confidence_lower: float | None
    confidence_upper: float | None
    tipping_limit: float | None
    tipping_observed: float | None
    false_sign: float | None
    bounds_lower: float | None
    bounds_upper: float | None
    findings: str
    sentence: str


def _row(result: ClaimResult) -> ClaimRow:
    empty = (None, None)
    words = [verdict.word if verdict else None for verdict in result.verdicts]
    return ClaimRow(
        id=result.claim.id,
        section=result.claim.section,
        headline=result.claim.headline,
        text=result.claim.text,
        kind=result.claim.test.kind,
        respondents=words[0],
        people=words[1],
        workforce=words[2],
        probability_lower=(result.probability or empty)[0],
        probability_upper=(result.probability or empty)[1],
        confidence_lower=(result.confidence or empty)[0],
        confidence_upper=(result.confidence or empty)[1],
        tipping_limit=(result.tipping or empty)[0],
        tipping_observed=(result.tipping or empty)[1],
        false_sign=result.false_sign,
        bounds_lower=(result.bounds or empty)[0],
        bounds_upper=(result.bounds or empty)[1],
        findings=" ".join(result.findings),
        sentence=result.paragraph,
    )


class Claims(Members[ClaimResult]):
    """An immutable sequence of results, in the claim file's order; made by `csea_stats.check_claims`.

    Parameters
    ----------
    members : iterable of ClaimResult
    """

    __slots__ = ()
    _kind = ClaimResult
    _words = "results of claims"

    @property
    def tested(self) -> int:
        """How many claims a number could be held against, for people like these."""
        return sum(is_tested(result.verdicts) for result in self)

    def rows(self) -> tuple[ClaimRow, ...]:
        """Return a flat row per claim."""
        return tuple(map(_row, self))

    def sentences(self, length: Length = "full", *, style: Style = "plain", reader: Reader = "journal") -> Sentences:
        """Return a sentence to cite for each, as `ClaimResult.sentence`; what holds for several stands in one note."""
        telling, notes = Telling(length=length, style=style, reader=reader), notes_of(self.estimates)
        return Sentences(
            claim_sentence(one.claim.text, one.verdicts, one.estimates, one.tipping, telling, notes) for one in self
        )

    def table(self, *, caption: str | None = None) -> Table:
        """Return a table for a publication: each statement with its verdict for each of those it may speak for."""
        rows = []
        for result in self:
            told = [
                Entered(text=verdict.word if verdict else "—", notes=(verdict.why,) if verdict and verdict.why else ())
                for verdict in result.verdicts
            ]
            turns = "" if result.tipping is None else "{} ({})".format(*map(ratio, result.tipping))
            doubts = dict.fromkeys(doubt.text for one in result.estimates for doubt in one.caveats)
            rows.append([Entered(text=result.claim.text, notes=tuple(doubts)), *told, Entered(text=turns)])
        general = (
            f"{self.tested} of {len(self)} statements could be held against a number.",
            "Turns at: the participation ratio at which it turns, allowing for chance; in brackets as observed.",
        )
        heads = ("Statement", "These respondents", "People like these", "Population", "Turns at")
        return lettered(Draft(caption=caption or "Statements put to the test", heads=heads, rows=rows, general=general))

    @property
    def estimates(self) -> Estimates:
        """The numbers that the results rest on, each once, in order."""
        return Estimates(dict.fromkeys(one for result in self for one in result.estimates))

    def cite(self, form: Form = "text") -> str:
        """Return what the results are cited with: the package, a shipped survey, and the works behind the methods."""
        return self.estimates.cite(form)

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row per claim."""
        import pandas as pd

        names = [field.name for field in fields(ClaimRow)]
        return pd.DataFrame([[getattr(row, name) for name in names] for row in self.rows()], columns=names)

    def to_json(self) -> str:
        """Return JSON text from which `from_json` makes equal results; docs/files.md tells every key."""
        estimates = self.estimates
        names = dict(zip(estimates, ids(estimates), strict=True))
        rows = [_encoded(result, [names[one] for one in result.estimates]) for result in self]
        return results_text(results_document("claims", estimates, {"claims": rows}, names=list(names.values())))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the results that `to_json` wrote, now or in its first format.

        Raises
        ------
        InputError
            If the text is something else, or what it says contradicts itself.
        """
        body = parsed(text)
        first = body.get("format") == FIRST
        members = body.get("results" if first else "claims")
        if not isinstance(members, list):
            message = f"format: found {body.get('format')!r}; allowed is {FORMAT!r} or {FIRST!r} with a list of results"
            raise InputError(message)
        file = None if first else results_of(body, "claims")
        try:
            results = cls(_first(one) if file is None else _decoded(one, file) for one in members)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"a result has a wrong or missing key: {error}"
            raise InputError(message) from error
        if not first:
            check_rows(body, results.to_json(), "claims")
        return results


def is_tested(verdicts: Verdicts) -> bool:
    """Whether a claim was held against a number for people like these, and the answers could have supported it."""
    return verdicts.people is not None and verdicts.people.word not in ("cannot be checked", "too few answers")


@cache
def _claims() -> TypeAdapter[Claim]:
    from pydantic import TypeAdapter

    return TypeAdapter(Claim)


def _encoded(result: ClaimResult, names: list[str]) -> dict[str, object]:
    tipping = result.tipping
    return {
        **_claims().dump_python(result.claim, mode="json", exclude_none=True),
        "verdicts": _verdicts(result.verdicts),
        "other_verdicts": [_verdicts(verdicts) for verdicts in result.other],
        "probability": pair(result.probability),
        "confidence": pair(result.confidence),
        "tipping": None if tipping is None else {"limit": number(tipping[0]), "observed": number(tipping[1])},
        "false_sign": result.false_sign,
        "bounds": pair(result.bounds),
        "findings": list(result.findings),
        "estimates": names,
        "tested": is_tested(result.verdicts),
        "paragraph": result.paragraph,
    }


def _verdicts(verdicts: Verdicts) -> dict[str, object]:
    return {who: claim_verdict(verdict) for who, verdict in verdicts._asdict().items()}


def _read(told: dict[str, Any]) -> Verdicts:
    return Verdicts(**{who: read_verdict(verdict) for who, verdict in told.items()})


def _decoded(row: dict[str, Any], file: ResultsFile) -> ClaimResult:
    tipping = row["tipping"]
    return ClaimResult(
        claim=_claim({field.name: row[field.name] for field in fields(Claim) if field.name in row}),
        verdicts=_read(row["verdicts"]),
        other=tuple(map(_read, row["other_verdicts"])),
        estimates=Estimates(file.named(row["estimates"])),
        paragraph=str(row["paragraph"]),
        tipping=None if tipping is None else ends([tipping["limit"], tipping["observed"]]),
        **{name: ends(row[name]) for name in ("probability", "confidence", "bounds")},
        false_sign=row["false_sign"],
        findings=tuple(row["findings"]),
    )


def _claim(told: dict[str, Any]) -> Claim:
    return _claims().validate_json(json.dumps(told), strict=True)


def _first(body: dict[str, Any]) -> ClaimResult:
    """Return a result of the first format."""
    return ClaimResult(
        claim=_claim(body["claim"]),
        verdicts=Verdicts(*map(_verdict, body["verdicts"])),
        estimates=Estimates.from_json(json.dumps(body["estimates"])),
        paragraph=str(body["sentence"]),
        **{name: ends(body[name]) for name in ("probability", "confidence", "tipping", "bounds")},
        false_sign=body["false_sign"],
        findings=tuple(body["findings"]),
        other=tuple(Verdicts(*map(_verdict, one)) for one in body.get("other", ())),
    )


def _verdict(found: dict[str, Any] | None) -> Verdict | None:
    if found is None:
        return None
    lists = {name: value and tuple(value) for name, value in found.items() if name in ("held", "needed", "within")}
    return Verdict(**{**found, **lists, "held": tuple(found.get("held", ()))})
