"""What the page's slider moves: each share's interval, bound and verdict at each of a row of participation ratios."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from csea_stats.estimators.arguments import share_pairs
from csea_stats.estimators.ratio_grid import RATIOS, AtRatio, shares_at_ratios
from csea_stats.report.context import key_of, ratio_of
from csea_stats.report.strips import contrast_axis
from csea_stats.report.text import SHAPES, capital
from csea_stats.results.numbers import interval_words, ratio, thresholds_of
from csea_stats.results.verdicts import population_verdict
from csea_stats.targets.populations import TAUS, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.claims.results import ClaimResult, Claims
    from csea_stats.report.context import Contrast, PageContext
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Interval
    from csea_stats.results.verdicts import Direction

MARKS = tuple(RATIOS.index(Selection(tau=tau).ratio) for tau in TAUS)
"""Places of the customary strengths among the ratios."""

WORDS = ("supported", "contradicted", "not settled")
"""What a verdict at one ratio can be."""


def ratios_data(context: PageContext, claims: Claims | None) -> dict[str, Any]:
    """Return what the page's script needs: nothing is computed or worded in a browser.

    Returns
    -------
    dict
        The ratios, their words, and for each key bars (interval and bound in thousandths of the axis), the words of
        both, and a digit for each ratio's verdict, which is that of `population_verdict`.
    """
    tiers = {key_of(t): t for items in context.items.values() for t in items if key_of(t)}
    shown = {key: t.population[0] for key, t in tiers.items()}
    found = shares_at_ratios([_pairs(one) for one in shown.values()], level=context.level)
    items = {
        key: _share(each, thresholds_of(one), one.threshold)
        for (key, one), each in zip(shown.items(), found, strict=True)
    }
    items |= {f"c-{index}": _difference(one, context) for index, one in enumerate(context.contrasts, 1)}
    items |= {key: {"v": word} for key, word in claimed(claims, context.level).items()}
    return {
        "ratios": list(RATIOS),
        "words": [ratio(one) for one in RATIOS],
        "assumed": [f"if about {ratio(one)} times, assumed" if one > 1 else "chance alone" for one in RATIOS],
        "marks": list(MARKS),
        "verdicts": [capital(word) for word in WORDS],
        "shapes": [SHAPES[word] for word in WORDS],
        "items": items,
    }


def strength_words() -> tuple[str, ...]:
    """Return the ratios of the customary strengths: "1.6", "2.7", "7.1"."""
    return tuple(ratio(RATIOS[place]) for place in MARKS)


def ratios_json(data: dict[str, Any]) -> str:
    """Return it as JSON that no text in it can end early."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _pairs(estimate: Estimate) -> tuple[tuple[int, int], ...]:
    base = estimate.base[0]
    return share_pairs({vector[0] for vector in estimate.counts}, {base} if isinstance(base, int) else set(base))


def _share(each: Sequence[AtRatio], thresholds: tuple[float, ...], threshold: float | None) -> dict[str, Any]:
    spans = [(at.interval, at.bound) for at in each]
    told: dict[str, Any] = {
        "b": [[round(1000 * end) for one in pair for end in (one.lower, one.upper)] for pair in spans],
        "i": [interval_words(one, "share", thresholds) for one, _ in spans],
        "w": [interval_words(one, "share", thresholds) for _, one in spans],
    }
    if threshold is not None:
        told["v"] = _verdicts(each, threshold, "above")
    return told


def _verdicts(each: Iterable[AtRatio], threshold: float, direction: Direction) -> str:
    """Return a digit for the verdict at each ratio by itself."""
    judged = [population_verdict({at.ratio: at.every}, threshold=threshold, direction=direction) for at in each]
    return "".join(str(WORDS.index(one.word)) for one in judged)


def _difference(one: Contrast, context: PageContext) -> dict[str, Any]:
    """Return a difference at the strengths that it is estimated at; a ratio between takes the next, none beyond."""
    axis = contrast_axis(context, one.by)
    known = {ratio_of(e): e for e in (*one.gap.population, *([one.gap.people] if one.gap.people else []))}
    bars, words = [], []
    for wanted in RATIOS:
        at = min((r for r in known if r >= wanted * (1 - 1e-9) and known[r].interval), default=None)
        span: Interval | None = known[at].interval if at is not None else None
        bars.append([round(1000 * axis.at(end)) for end in (span.lower, span.upper)] * 2 if span else [])
        words.append(
            interval_words(span, "difference", thresholds_of(known[at])).removesuffix(" points")
            if span and at is not None
            else "not computed"
        )
    return {"b": bars, "i": words}


def claimed(claims: Claims | None, level: float) -> dict[str, str]:
    """Return the verdicts at each ratio of statements about one share against one threshold, by the key of their row.

    Of other statements the page's word stands: that at the three strengths.
    """
    wanted = [result for result in claims or () if _share_claim(result)]
    found = shares_at_ratios([_pairs(_population(result)) for result in wanted], level=level)
    told = {}
    for result, each in zip(wanted, found, strict=True):
        verdict = result.verdicts.workforce
        if verdict is not None:
            told[claim_key(result)] = _verdicts(each, verdict.threshold, verdict.direction)
    return told


def claim_key(result: ClaimResult) -> str:
    """Return the key of a statement's verdict; empty where the ratio does not move it."""
    return f"s-{result.claim.id}" if _share_claim(result) else ""


def _population(result: ClaimResult) -> Estimate:
    return next(e for e in result.estimates if ratio_of(e) > 1)


def _share_claim(result: ClaimResult) -> bool:
    test = result.claim.test
    single = test.kind == "share" and getattr(test, "between", None) is None and result.verdicts.workforce is not None
    shares = [e for e in result.estimates if ratio_of(e) > 1]
    return single and bool(shares) and all(e.scale == "share" and len(e.base) == 1 for e in shares)
