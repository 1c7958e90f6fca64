"""One share: a count of a base, for each kind of target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, overload

from csea_stats.errors import InputError, UnsupportedTarget
from csea_stats.estimators.checking import (
    Pair,
    TargetOrTargets,
    check_label,
    check_level,
    check_method,
    check_threshold,
    share_pairs,
    targets,
)
from csea_stats.estimators.marks import Shown, base_of, call_words, provenance, share_caveats
from csea_stats.estimators.shares.intervals import PRIORS, SHARE_METHODS, ShareMethod
from csea_stats.estimators.shares.nonresponse import worst_case
from csea_stats.estimators.shares.spans import (
    Span,
    bounded_span,
    finite_span,
    probability_above,
    sampled_span,
    selected_spans,
    shifted_share,
)
from csea_stats.results.caveats import caveat
from csea_stats.results.collection import Estimates
from csea_stats.results.numbers import ratio
from csea_stats.results.values import Caveat, Estimate, Interval
from csea_stats.results.verdicts import counted_verdict, population_verdict, sampled_verdict, side
from csea_stats.targets.populations import (
    TAUS,
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

WHOLE_COUNTS_ONLY = ("blaker", "mid-p")
"""Methods that have no meaning for the fractional counts of a design effect."""


@overload
def proportion(
    count: int | AbstractSet[int],
    base: int | AbstractSet[int],
    *,
    method: ShareMethod = ...,
    level: float = ...,
    target: Target = ...,
    threshold: float | None = ...,
    label: str | None = ...,
) -> Estimate: ...
@overload
def proportion(
    count: int | AbstractSet[int],
    base: int | AbstractSet[int],
    *,
    method: ShareMethod = ...,
    level: float = ...,
    target: Sequence[Target],
    threshold: float | None = ...,
    label: str | None = ...,
) -> Estimates: ...
def proportion(  # noqa: PLR0913 - settings are keyword-only
    count: int | AbstractSet[int],
    base: int | AbstractSet[int],
    *,
    method: ShareMethod = "jeffreys",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = 0.5,
    label: str | None = None,
) -> Estimate | Estimates:
    """Estimate one share, with two kinds of interval, for a target or several.

    Parameters
    ----------
    count : int or set of int
        How many gave the answer; a set where print allows several.
    base : int or set of int
        Of how many.
    method : str, default "jeffreys"
        "jeffreys", "uniform" (credible); "wilson", "clopper-pearson", "blaker", "mid-p", "agresti-coull"
        (confidence).
    level : float, default 0.95
        Between 0 and 1.
    target : target or sequence of targets, default Superpopulation()
        Whom the number speaks for; a sequence, such as `TIERS`, gives `Estimates`.
    threshold : float or None, default 0.5
        What probability and verdict are about, between 0 and 1; None: neither.
    label : str, optional
        Verb phrase that completes "35 of 49 ...".

    Returns
    -------
    Estimate or Estimates
        ``companion`` is the default interval of the other kind: Wilson, or Jeffreys; for a population with a prior on
        who took part it is Wilson with that ratio anywhere in its 95 % range. With sets every interval is the hull
        over all feasible pairs of count and base.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If another argument is none of those allowed.
    UnsupportedTarget
        If there is no such method for such a target; the text says which to use.

    Notes
    -----
    ============================ ==================================================================
    target                       methods
    ============================ ==================================================================
    Respondents                  all (counted: no interval)
    Superpopulation              all; with a design effect not blaker, mid-p
    FinitePopulation             jeffreys, uniform (beta-binomial), wilson (corrected variance)
    Population, Selection        jeffreys, uniform (by quadrature)
    Population, SelectionBounds  all; with a size jeffreys, uniform, wilson
    ============================ ==================================================================

    A confidence method has no prior, so its probability is that of Jeffreys. For a population the verdict looks at
    tau of .25, .5, 1 and the target's own.

    Examples
    --------
    >>> share = proportion(35, 49, label="rate public awareness poor")
    >>> round(share.interval.lower, 3), round(share.interval.upper, 3), share.verdict.word
    (0.578, 0.826, 'supported')
    >>> round(share.companion.lower, 3), round(share.companion.upper, 3), share.companion.method
    (0.576, 0.822, 'wilson')
    >>> proportion({9, 10}, 24).bounds
    (0.375, 0.4166666666666667)
    """
    pairs = share_pairs(count, base)
    wanted, several = targets(target)
    setting = Setting(
        method=check_method(method, SHARE_METHODS),
        level=check_level(level),
        threshold=check_threshold(threshold, 0.0, 1.0),
        label=check_label(label),
    )
    found = []
    for member in wanted:
        call = call_words("proportion", (count, base), {**setting.told(), "target": (member, Superpopulation())})
        found.append(share_estimate(pairs, member, setting, call=call))
    return Estimates(found) if several else found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a share is estimated: the settings common to every target."""

    method: str = "jeffreys"
    level: float = 0.95
    threshold: float | None = 0.5
    label: str | None = None

    def told(self, *, threshold: float | None = 0.5, method: str = "jeffreys") -> dict[str, tuple[object, object]]:
        """Return each setting with its default, for the call that makes the estimate again."""
        return {
            "method": (self.method, method),
            "level": (self.level, 0.95),
            "threshold": (self.threshold, threshold),
            "label": (self.label, None),
        }

    @property
    def prior(self) -> str:
        """The prior of probabilities: the method's own, or Jeffreys beside a confidence method."""
        return self.method if self.method in PRIORS else "jeffreys"

    @property
    def other(self) -> str:
        """The default method of the other kind."""
        return "wilson" if self.method in PRIORS else "jeffreys"


def share_estimate(  # noqa: PLR0913
    pairs: tuple[Pair, ...],
    target: Target,
    setting: Setting,
    *,
    call: str,
    estimand: str = "share",
    item: str | None = None,
    doubts: Sequence[Caveat] = (),
) -> Estimate:
    """Return the estimate of one share for one target, over every feasible pair of count and base."""
    check_rule(pairs, target, setting)
    shown = _shown(pairs, target, setting)
    closed = any("jeffreys" in span.method for span in (shown.interval, shown.companion) if span)
    counts = tuple((x,) for x in sorted({x for x, _ in pairs}))
    base = (base_of(n for _, n in pairs),)
    values = shown.values
    several = len(pairs) > 1
    return Estimate(
        item=item,
        label=setting.label,
        estimand=estimand,
        scale="share",
        target=target,
        value=None if several or values[0] != values[1] else values[0],
        bounds=values if several or values[0] != values[1] else None,
        interval=shown.interval,
        companion=shown.companion,
        threshold=setting.threshold,
        probability=shown.probability,
        sensitivity=shown.strip,
        verdict=shown.verdict,
        counts=counts,
        base=base,
        caveats=(
            *share_caveats(pairs, target, level=setting.level, closed=closed),
            *_disagreements(shown, setting.threshold, target),
            *doubts,
        ),
        provenance=provenance(call, (counts, base)),
    )


def check_rule(pairs: tuple[Pair, ...], target: Target, setting: Setting) -> None:
    """Raise if there is no such method for such a target."""
    method = setting.method
    size = getattr(target, "size", None)
    if size is not None and size < max(n for _, n in pairs):
        base = max(n for _, n in pairs)
        message = f"size: found {size}, but {base} people answered; allowed is at least {base}"
        raise InputError(message)
    credible = method in PRIORS
    if isinstance(target, Population) and isinstance(target.selection, Selection) and not credible:
        factor = ratio(target.selection.ratio)
        message = (
            f"method {method!r} gives confidence intervals, which take no prior on who took part: use "
            f"method='jeffreys' with Selection(tau={target.selection.tau:g}), or keep {method!r} with "
            f"SelectionBounds(ratio={factor})"
        )
        raise UnsupportedTarget(message)
    if size is not None and not credible and method != "wilson":
        message = f"method {method!r} has no form for a population of known size: use 'jeffreys' or 'wilson'"
        raise UnsupportedTarget(message)
    if getattr(target, "design_effect", 1.0) > 1 and method in WHOLE_COUNTS_ONLY:
        message = (
            f"method {method!r} counts whole people and has no form with a design effect: use 'jeffreys', 'wilson' "
            "or 'clopper-pearson'"
        )
        raise UnsupportedTarget(message)


def kind_of(method: str) -> Literal["credible", "confidence"]:
    """Return which kind of interval a method for one share gives."""
    return "credible" if method in PRIORS else "confidence"


def _interval(span: Span, method: str, level: float, words: str = "") -> Interval:
    return Interval(lower=span.lower, upper=span.upper, level=level, kind=kind_of(method), method=method + words)


def _shown(pairs: tuple[Pair, ...], target: Target, setting: Setting) -> Shown:
    shares = [x / n for x, n in pairs]
    observed = (min(shares), max(shares))
    if isinstance(target, Respondents):
        asked = setting.threshold
        verdict = None if asked is None else counted_verdict(shares, threshold=asked)
        return Shown(values=observed, verdict=verdict)
    if isinstance(target, Population):
        if isinstance(target.selection, Selection):
            return _selected(pairs, target, target.selection, setting)
        if target.selection.ratio == math.inf:
            return worst_case(pairs, target.size, setting.threshold)
        return _bounded(pairs, target, target.selection, setting)
    return _sampled(pairs, target, setting, observed)


def _sampled(
    pairs: tuple[Pair, ...], target: Superpopulation | FinitePopulation, setting: Setting, observed: tuple[float, float]
) -> Shown:
    size = target.size if isinstance(target, FinitePopulation) else None

    def interval(method: str) -> Interval:
        if size is None:
            return _interval(sampled_span(pairs, method, setting.level, target.design_effect), method, setting.level)
        span = finite_span(pairs, method, setting.level, size, target.design_effect)
        return _interval(span, method, setting.level)

    main, other = interval(setting.method), interval(setting.other)
    strip = tuple((prior, interval(prior)) for prior in PRIORS)
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = sampled_verdict(everything, threshold=setting.threshold)
        none = (0.0, 0.0, 0.0)
        above = probability_above(pairs, setting.prior, setting.threshold, none, target.design_effect, size=size)
    return Shown(values=observed, interval=main, companion=other, strip=strip, probability=above, verdict=verdict)


def _bounded(pairs: tuple[Pair, ...], target: Population, selection: SelectionBounds, setting: Setting) -> Shown:
    ratios = (1 / selection.ratio, selection.ratio)
    words = f", participation ratio within {ratio(selection.ratio)}"

    def interval(method: str) -> Interval:
        span = bounded_span(pairs, method, setting.level, ratios, target.design_effect, size=target.size)
        return _interval(span, method, setting.level, words)

    main, other = interval(setting.method), interval(setting.other)
    strip = tuple((prior, interval(prior)) for prior in PRIORS)
    observed = [
        shifted_share(x / n, factor, (x, n), target.size) for x, n in pairs for factor in (ratios[0], ratios[1])
    ]
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = population_verdict({selection.ratio: everything}, threshold=setting.threshold)
        shifts = (0.0, 0.0, math.log(selection.ratio))
        above = probability_above(
            pairs, setting.prior, setting.threshold, shifts, target.design_effect, size=target.size
        )
    return Shown(
        values=(min(observed), max(observed)),
        interval=main,
        companion=other,
        strip=strip,
        probability=above,
        verdict=verdict,
    )


def _selected(pairs: tuple[Pair, ...], target: Population, selection: Selection, setting: Setting) -> Shown:
    strengths = tuple(sorted({*TAUS, selection.tau}))
    level, effect, size = setting.level, target.design_effect, target.size
    spans = selected_spans(pairs, strengths, selection.mean, level, effect, size=size)

    def interval(prior: str, tau: float) -> Interval:
        return _interval(spans[prior, tau], prior, level)

    def bound(tau: float) -> Interval:
        reach = Selection(tau=tau).ratio
        centre = math.exp(selection.mean)
        span = bounded_span(pairs, "wilson", level, (centre / reach, centre * reach), effect, size=size)
        words = f", participation ratio within {ratio(reach)}"
        if selection.mean:
            words = f", participation ratio from {ratio(centre / reach)} to {ratio(centre * reach)}"
        return _interval(span, "wilson", level, words)

    own = setting.method
    another = next(prior for prior in PRIORS if prior != own)
    strip = [(f"tau {tau:g}", interval(own, tau)) for tau in strengths]
    strip.append((another, interval(another, selection.tau)))
    verdict, above = None, None
    if setting.threshold is not None:
        by_strength = {tau: [*(interval(prior, tau) for prior in PRIORS), bound(tau)] for tau in strengths}
        verdict = population_verdict(by_strength, threshold=setting.threshold)
        shifts = (selection.mean, selection.tau, 0.0)
        above = probability_above(pairs, own, setting.threshold, shifts, effect, size=size)
    return Shown(
        values=spans[own, selection.tau].medians,
        interval=interval(own, selection.tau),
        companion=bound(selection.tau),
        strip=tuple(strip),
        probability=above,
        verdict=verdict,
    )


def _disagreements(shown: Shown, threshold: float | None, target: Target) -> list[Caveat]:
    """Return a caveat where the two methods, or the priors, fall on different sides of the threshold."""
    if threshold is None or shown.verdict is None or shown.interval is None or shown.companion is None:
        return []
    if shown.verdict.word != "not settled":
        return []
    found = []
    # the companion of a population is a bound, not another method, and its verdict says what it leaves open
    if not isinstance(target, Population) and side([shown.interval], threshold) != side([shown.companion], threshold):
        found.append(caveat("methods-disagree"))
    priors = [member for name, member in shown.strip if name in PRIORS]
    if len({side([member], threshold) for member in (shown.interval, *priors)}) > 1:
        found.append(caveat("prior-decides"))
    return found
