"""The statements of a report, each with its verdicts: what a reader who wants to use the report looks at first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.claims.claim_sentences import read_otherwise
from csea_stats.claims.format import CrosstabTest, DifferenceTest, EachTest, NoNumber, OverlappingTest, PairedTest
from csea_stats.claims.results import ClaimRow, is_tested
from csea_stats.publication.table_parts import FlatTable
from csea_stats.report.notes import check_reference
from csea_stats.report.ratios import claim_key
from csea_stats.report.tables import rows_table
from csea_stats.report.target_tables import judged
from csea_stats.report.text import PEOPLE, THESE, capital, in_words, listed, the_workforce, workforce_name
from csea_stats.results.numbers import at_most, interval_words, number_of, ratio, span_words, thresholds_of
from csea_stats.results.sentences import counted
from csea_stats.targets.populations import TAUS, Population, Respondents, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.claims.results import ClaimResult, Claims
    from csea_stats.report.context import PageContext
    from csea_stats.report.views import Judged, Reference
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One statement: its words, how it was read, and for each target a verdict and a number."""

    text: str
    href: str
    references: tuple[Reference, ...]
    section: str
    reading: str
    these: Judged | None
    counted: str
    people: Judged | None
    interval: str
    workforce: Judged | None
    tipping: str
    observed: str
    why: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimGroup:
    """Statements told together, closed until a reader opens them."""

    title: str
    note: str
    lines: tuple[ClaimLine, ...]
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsView:
    """The table of statements."""

    intro: tuple[str, ...]
    note: str
    heads: tuple[str, str, str]
    headlines: tuple[ClaimLine, ...]
    groups: tuple[ClaimGroup, ...]


def claims_view(claims: Claims | None, context: PageContext) -> ClaimsView | None:
    """Return what the page shows of claims; None where there are none."""
    if not claims:
        return None
    rest = [result for result in claims if not result.claim.headline]
    return ClaimsView(
        intro=_intro(claims, context),
        note=_note(claims, context),
        heads=(THESE, PEOPLE, workforce_name(context.survey)),
        headlines=tuple(_line(r, context) for r in sorted((r for r in claims if r.claim.headline), key=_firmness)),
        groups=tuple(group for group in _groups(rest, context) if group.lines),
    )


def _groups(rest: list[ClaimResult], context: PageContext) -> tuple[ClaimGroup, ...]:
    numbers = [r for r in rest if r.claim.test.kind == "printed"]
    silent = [r for r in rest if r.claim.test.kind == "no-number"]
    others = [r for r in rest if r.claim.test.kind not in ("printed", "no-number")]
    wrong = sum(_word(r.verdicts.respondents) == "not true of them" for r in numbers)
    unclear = sum(_word(r.verdicts.respondents) == "print unclear" for r in numbers)
    return (
        ClaimGroup(
            title=f"{_capital(len(others), 'other statement', 'other statements')}, tested the same way",
            note="",
            lines=tuple(_line(r, context) for r in others),
            kind="tested",
        ),
        ClaimGroup(
            title=_printed_words(len(numbers), wrong, unclear),
            note="A number that fits print as a whole is true of these respondents. It is no statement about anyone "
            "else: for that, see the interval behind each.",
            lines=tuple(_line(r, context) for r in sorted(numbers, key=_fits)),
            kind="printed",
        ),
        ClaimGroup(
            title=f"{_capital(len(silent), 'statement', 'statements')} that no number of the survey bears on",
            note="They may be right; the survey cannot show it.",
            lines=tuple(_line(r, context) for r in silent),
            kind="silent",
        ),
    )


def _capital(number: int, one: str, many: str) -> str:
    return f"{capital(in_words(number))} {one if number == 1 else many}"


def _printed_words(number: int, wrong: int, unclear: int) -> str:
    """Return what is folded of printed numbers, and what other print says of them.

    Examples
    --------
    >>> _printed_words(70, 7, 1)
    '70 printed counts and percentages, seven of them contradicted by other print and one unclear'
    >>> _printed_words(1, 0, 0), _printed_words(1, 1, 0)
    ('One printed count or percentage', 'One printed count or percentage, contradicted by other print')
    >>> _printed_words(3, 0, 0), _printed_words(3, 0, 2)
    ('Three printed counts and percentages', 'Three printed counts and percentages, two of them unclear')
    """
    told = [(wrong, "contradicted by other print"), (unclear, "unclear")]
    few = [f"{in_words(count)} {words}" if number > 1 else words for count, words in told if count]
    if few and number > 1:
        few[0] = few[0].replace(" ", " of them ", 1)
    title = _capital(number, "printed count or percentage", "printed counts and percentages")
    return f"{title}, {' and '.join(few)}" if few else title


FIRMNESS = ("supported", "contradicted", "not settled", "too few answers", "", "cannot be checked")
"""The order of headline statements, by the verdict for people like these."""


def _firmness(result: ClaimResult) -> int:
    return FIRMNESS.index(_word(result.verdicts.people))


def _fits(result: ClaimResult) -> int:
    order = ("not true of them", "print unclear", "cannot be checked", "true of them")
    return order.index(_word(result.verdicts.respondents))


def _word(verdict: Verdict | None) -> str:
    return verdict.word if verdict else ""


def _intro(claims: Claims, context: PageContext) -> tuple[str, ...]:
    """Return how many statements there are of each kind, every one counted once; then what became of each kind."""
    sorts = kinds_of(claims)
    tested, printed = sorts["tested"], sorts["printed"]
    many = context.survey.targets.many
    verb = "stands" if len(claims) == 1 else "stand"  # a claim file may hold a choice of what the report says
    kinds = (
        f"{_number(len(tested), 'says', 'say') if tested else 'none say'} something of the {many} that can be tested",
        _some(sorts["few"], "has too few answers to be tested", "have too few answers to be tested"),
        _some(printed, "is a printed count or percentage", "are printed counts or percentages"),
        _some(
            sorts["unchecked"],
            "cannot be checked against anything published",
            "cannot be checked against anything published",
        ),
        _some(sorts["rest"], "says nothing of them", "say nothing of them"),
    )
    said = f"Here {verb} {_number(len(claims), 'statement', 'statements')} of the report, in numbers or comparisons: "
    said += f"{listed([text for text in kinds if text])}."
    return tuple(text for text in (said, " ".join((*_of_tested(tested, context), *_of_printed(printed)))) if text)


def kinds_of(claims: Claims) -> dict[str, list[ClaimResult]]:
    """Return the statements by what they can be held against, each in one list."""
    found: dict[str, list[ClaimResult]] = {name: [] for name in ("tested", "few", "printed", "unchecked", "rest")}
    words = {"too few answers": "few", "cannot be checked": "unchecked"}
    for one in claims:
        verdicts = one.verdicts
        kind = "printed" if one.claim.test.kind == "printed" else "tested" if is_tested(verdicts) else ""
        found[kind or words.get(_word(verdicts.people or verdicts.respondents), "rest")].append(one)
    return found


def _some(results: list[ClaimResult], one: str, many: str) -> str:
    return _number(len(results), one, many) if results else ""


def _of_tested(tested: list[ClaimResult], context: PageContext) -> Iterable[str]:
    if not tested:
        return
    held = [sum(_word(verdicts) == word for verdicts in found) for word, found in _counts(tested)]
    are = [_number(number, "is", "are") for number in held]
    yield (
        f"Of {'the one' if len(tested) == 1 else f'the {len(tested)}'} that can be tested, {are[0]} true of these "
        f"respondents, {are[1]} supported for people like these, allowing for chance alone. For "
        f"{the_workforce(context.survey)} {are[2]} supported at every assumption on who took part that is shown, up to "
        f"a ratio of {ratio(Selection(tau=max(TAUS)).ratio)}; {are[3]} at some."
    )


def _of_printed(printed: list[ClaimResult]) -> Iterable[str]:
    wrong = sum(_word(r.verdicts.respondents) == "not true of them" for r in printed)
    unclear = sum(_word(r.verdicts.respondents) == "print unclear" for r in printed)
    if printed:
        told = f"{wrong or 'none'} contradict{'s' if wrong == 1 else ''} other print"
        told += f", and of {unclear} print leaves several readings" if unclear else ""
        yield f"Of what is printed, {told}."


def _number(number: int, one: str, many: str) -> str:
    return f"{number or 'none'} {one if number < 2 else many}"


def _counts(tested: list[ClaimResult]) -> Iterable[tuple[str, list[Verdict | None]]]:
    yield "true of them", [r.verdicts.respondents for r in tested]
    yield "supported", [r.verdicts.people for r in tested]
    yield "supported", [r.verdicts.workforce for r in tested]
    yield "depends on who took part", [r.verdicts.workforce for r in tested]


def _note(claims: Claims, context: PageContext) -> str:
    rates = [r.false_sign for r in claims if r.false_sign is not None and is_tested(r.verdicts)]
    rate = ""
    if rates:
        rate = (
            " Where the truth is at the threshold the rule decides, for or against, in at most "
            f"{at_most(max(rates))} of surveys: so far as that was worked out, "
            f"for {len(rates)} of {number_of(claims.tested, 'tests')}. Were every truth at its threshold, chance alone "
            f"would decide about {sum(rates):.1f} of these {len(rates)}."
        )
    return (
        "Words are this page’s, with the threshold that was tested. Supported: a credible and a confidence interval "
        f"({context.level_text}) and a second prior all leave the threshold out, and an exact test agrees; of a rank, "
        f"the confidence set that holds for all answers at once.{rate} "
        f"No correction for {number_of(claims.tested, 'tests')}. "
        "Not settled: shown neither to be so nor not to be. Turns at: how many times as "
        "likely to take part those who gave the answer must have been for the statement to fail, allowing for chance, "
        "and in brackets at the observed share; for a statement of less, the others. Of a group against the rest the "
        "ratios in the two are taken as opposite."
    )


def _line(result: ClaimResult, context: PageContext) -> ClaimLine:
    verdicts, claim = result.verdicts, result.claim
    silent = _word(verdicts.respondents) == "cannot be checked"
    why = ""
    if silent and verdicts.respondents:
        why = f"Needed: {claim.test.needs}." if isinstance(claim.test, NoNumber) else capital(verdicts.respondents.why)
        if result.bounds:
            why += f" Print leaves {_span(result)} open."
    elif claim.test.kind == "printed" and _word(verdicts.respondents) != "true of them" and verdicts.respondents:
        why = capital(verdicts.respondents.why)
    tipping, observed = _tipping(result.tipping)
    return ClaimLine(
        text=claim.text,
        href=_href(result, context),
        references=tuple(check_reference(n) for n in context.numbered if n.mark in result.findings),
        section=claim.section,
        reading=" ".join(filter(None, (claim.note, *read_otherwise(claim, result.other)))),
        these=judged(verdicts.respondents),
        counted="" if silent else _counted(result),
        people=judged(verdicts.people),
        interval="" if silent else _interval(result),
        workforce=judged(verdicts.workforce),
        tipping=tipping,
        observed=observed,
        why=why,
        key=claim_key(result),
    )


def _span(result: ClaimResult) -> str:
    low, high = result.bounds or (0.0, 0.0)
    return span_words(low, high, "share" if result.claim.test.kind == "share" else "difference", _held(result))


def _held(result: ClaimResult) -> tuple[float, ...]:
    """Return the thresholds of a statement, if it has any."""
    test = result.claim.test
    found = (getattr(test, "above", None), getattr(test, "below", None), *(getattr(test, "between", None) or ()))
    return tuple(one for one in found if one is not None)


def _tipping(found: tuple[float, float] | None) -> tuple[str, str]:
    """Return the ratio at which a statement turns, allowing for chance and as observed."""
    if found is None:
        return "", ""
    limit, observed = found
    return (ratio(limit) if limit > 1 else "none to lose"), (f"({ratio(observed)})" if 1 < observed < math.inf else "")


def _counted(result: ClaimResult) -> str:
    found = [e for e in result.estimates if isinstance(e.target, Respondents)]
    told = list(dict.fromkeys(_bare(e, _held(result)) for e in found))
    return told[0] + (" each" if len(found) > 1 and len(told) == 1 else "") if len(told) == 1 else ""


def _bare(estimate: Estimate, held: tuple[float, ...]) -> str:
    low, high = estimate.bounds or (estimate.value or 0.0, estimate.value or 0.0)
    span = span_words(low, high, estimate.scale, (*thresholds_of(estimate), *held))
    if estimate.scale == "rank":
        return f"rank {span}"
    if any(doubt.code == "not-identified" for doubt in estimate.caveats):
        return f"{span}, not identified"
    return counted(estimate, held).removesuffix(f" {estimate.label}")


def _interval(result: ClaimResult) -> str:
    found = [e for e in result.estimates if not isinstance(e.target, (Respondents, Population)) and e.interval]
    if len(found) != 1 or found[0].interval is None:
        return ""
    held = (*thresholds_of(found[0]), *_held(result))
    words = interval_words(found[0].interval, found[0].scale, held)
    if found[0].companion and any(doubt.code == "methods-disagree" for doubt in found[0].caveats):
        other = interval_words(found[0].companion, found[0].scale, held)
        return f"{words.removesuffix(' points')} or {other}: the two methods disagree"
    return f"rank {words}" if found[0].scale == "rank" else words


def _href(result: ClaimResult, context: PageContext) -> str:
    """Return where on the page the numbers of a statement stand."""
    test = result.claim.test
    if isinstance(test, NoNumber):
        return ""
    if isinstance(test, CrosstabTest):
        return "#relations" if context.survey.crosstab else ""
    if isinstance(test, DifferenceTest):
        for index, one in enumerate(context.contrasts, 1):
            if one.gap.question == test.question:
                return f"#c-{index}"
    if isinstance(test, EachTest):
        name = test.questions[0]
    else:
        name = test.first.question if isinstance(test, (PairedTest, OverlappingTest)) else test.question
    return f"#q-{name}" if context.items.get(name) else ""


def claims_table(claims: Claims) -> FlatTable:
    """Return a row per statement, in the claim file's order."""
    return rows_table(ClaimRow, claims.rows())


def verdicts_table(claims: Claims) -> FlatTable:
    """Return a short row per statement, for a terminal: its words and the verdict for each target."""
    rows = tuple(
        (row.id, row.text, row.respondents, row.people, row.workforce, _tipping(result.tipping)[0])
        for row, result in zip(claims.rows(), claims, strict=True)
    )
    return FlatTable(
        columns=("id", "statement", "these respondents", "people like these", "workforce", "turns at"), rows=rows
    )
