"""What the page's slider moves: each share's interval, bound and verdict at each of a row of participation ratios."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from csea_stats.estimators.arguments import share_pairs
from csea_stats.estimators.ratio_grid import RATIOS, AtRatio, shares_at_ratios
from csea_stats.report.context import has_open_pairs, key_of, ratio_of
from csea_stats.report.strips import contrast_axis
from csea_stats.report.target_tables import bound, span
from csea_stats.report.text import SHAPES, capital
from csea_stats.results.goals import against
from csea_stats.results.numbers import NOISE, interval_words, ratio, thresholds_of
from csea_stats.results.verdicts import Evidence, population_verdict
from csea_stats.targets.populations import TAUS, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.claims.results import ClaimResult, Claims
    from csea_stats.report.context import PageContext, Tiers
    from csea_stats.report.strips import Axis
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.goals import Direction

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
    shown = {key: t.population[0] for key, t in tiers.items() if not has_open_pairs(t)}
    found = shares_at_ratios([_pairs(one) for one in shown.values()], level=context.level)
    items = {
        key: _share(each, thresholds_of(one), one.threshold)
        for (key, one), each in zip(shown.items(), found, strict=True)
    }
    items |= {key: _stepped(t) for key, t in tiers.items() if has_open_pairs(t)}
    for index, one in enumerate(context.contrasts, 1):
        items[f"c-{index}"] = _stepped(one.gap, contrast_axis(context, one.by))
    items |= {key: {"v": word} for key, word in claimed(claims, context.level).items()}
    return {
        "ratios": list(RATIOS),
        "words": [ratio(one) for one in RATIOS],
        "assumed": [f"assuming ratios up to about {ratio(one)}" if one > 1 else "chance alone" for one in RATIOS],
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
    judged = [population_verdict({at.ratio: at.every}, against(threshold, direction)) for at in each]
    return "".join(str(WORDS.index(one.word)) for one in judged)


def _stepped(tiers: Tiers, axis: Axis | None = None) -> dict[str, Any]:
    """Return an item at the strengths that it is estimated at; a ratio between takes the next, none beyond.

    A share's verdict is that on the intervals of that strength. A difference is judged by another estimand, whose
    intervals it does not carry: it has an axis, and its verdict stays.
    """
    known = {ratio_of(e): e for e in (*tiers.population, *([tiers.people] if tiers.people else []))}
    told: dict[str, list[Any]] = {"b": [], "i": [], "w": [], "v": []}
    for wanted in RATIOS:
        found = known.get(min((at for at in known if at >= wanted * (1 - NOISE)), default=0.0))
        spans = [one for one in (found.interval, found.companion) if one] if found else []
        ends = [end for one in (spans * 2)[:2] for end in (one.lower, one.upper)]
        told["b"].append([round(1000 * (axis.at(end) if axis else end)) for end in ends])
        words = [span(found).removesuffix(" points"), bound(found).removesuffix(" points")] if spans else ["", ""]
        if found and spans and ratio_of(found) > wanted * (1 + NOISE):  # it is that of the next strength: say so
            words[0] = f"{words[0]} (at {ratio(ratio_of(found))})"
        told["i"].append(words[0] or "not computed")
        told["w"].append(words[1] or "not computed")
        told["v"].append(_word_at(found) if found and spans else WORDS.index("not settled"))
    items: dict[str, Any] = {**told, "v": "".join(map(str, told["v"]))}
    return {name: items[name] for name in ("b", "i", "w", *(() if axis or not tiers.population[0].verdict else ("v",)))}


def _word_at(estimate: Estimate) -> int:
    """Return the verdict on a share at the strength of one estimate by itself.

    Which count goes with which base the estimate does not tell, so no exact test is made of it: where its verdict,
    which had one, is not for the claim at any strength, neither is this.
    """
    own = [one for name, one in estimate.sensitivity if not name.startswith("tau ")]
    every = [one for one in (estimate.interval, estimate.companion, *own) if one]
    threshold = 0.5 if estimate.threshold is None else estimate.threshold
    word = population_verdict({ratio_of(estimate): Evidence(intervals=every)}, against(threshold)).word
    known = estimate.verdict is None or estimate.verdict.word in ("supported", "depends on who took part")
    return WORDS.index("not settled" if word == "supported" and not known else word)


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
            side: Direction = "below" if verdict.direction == "below" else "above"
            told[claim_key(result)] = _verdicts(each, verdict.threshold, side)
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
    return single and bool(shares) and all(_has_pairs(e) for e in shares)


def _has_pairs(estimate: Estimate) -> bool:
    """Whether an estimate of one share tells which count goes with which base."""
    one_base = len(estimate.base) == 1 and (isinstance(estimate.base[0], int) or len(estimate.base[0]) == 1)
    return estimate.scale == "share" and (one_base or (len(estimate.base) == 1 and len(estimate.counts) == 1))
