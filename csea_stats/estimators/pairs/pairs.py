"""The difference between two shares of the same people, whatever is known of who gave both answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, ClassVar, Literal, overload

from csea_stats.errors import UnsupportedTarget
from csea_stats.estimators.checking import (
    TargetOrTargets,
    check_label,
    check_level,
    check_method,
    check_threshold,
    targets,
)
from csea_stats.estimators.estimands import ByPosterior, Method, Setting
from csea_stats.estimators.inference import estimate
from csea_stats.estimators.marks import base_of, call_words, count_caveats, target_caveats
from csea_stats.estimators.pairs.spans import (
    PAIR_PRIORS,
    by_overlap,
    climbed,
    extreme_tables,
    observed_pair,
    pair_confidence,
    pair_posterior,
    pair_tables,
    worst_weights,
)
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import count_words, ratio
from csea_stats.targets.populations import Population, Respondents, Selection, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from csea_stats.estimators.estimands import End, Further, Inference, Limits, Participation, Posterior
    from csea_stats.estimators.pairs.spans import Tables
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Base, Caveat, Scale

    Count = int | AbstractSet[int]

PairMethod = Literal["dirichlet", "tango", "bonett-price"]
PAIR_METHODS: tuple[PairMethod, ...] = ("dirichlet", "tango", "bonett-price")
"""The methods for a paired difference; the first is the default."""

Full = tuple[tuple[int, ...], ...]
"""Every feasible (first, second, both, base)."""


@overload
def paired_difference(
    x1: Count,
    x2: Count,
    base: Count,
    both: Count | range | None = ...,
    *,
    method: PairMethod = ...,
    level: float = ...,
    target: Target = ...,
    threshold: float | None = ...,
    label: str | None = ...,
) -> Estimate: ...
@overload
def paired_difference(
    x1: Count,
    x2: Count,
    base: Count,
    both: Count | range | None = ...,
    *,
    method: PairMethod = ...,
    level: float = ...,
    target: Sequence[Target],
    threshold: float | None = ...,
    label: str | None = ...,
) -> Estimates: ...
def paired_difference(  # noqa: PLR0913 - settings are keyword-only
    x1: Count,
    x2: Count,
    base: Count,
    both: Count | range | None = None,
    *,
    method: PairMethod = "dirichlet",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = 0.0,
    label: str | None = None,
) -> Estimate | Estimates:
    """Estimate the difference between two shares of the same people.

    Parameters
    ----------
    x1, x2 : int or set of int
        How many gave the first answer, and the second; sets where print allows several.
    base : int or set of int
        How many were asked for both.
    both : int, set or range of int, optional
        How many gave both; 0 for two answers of a question with one answer each. None: every number that the counts
        allow, max(0, x1 + x2 - base) to min(x1, x2).
    method : str, default "dirichlet"
        "dirichlet" (credible: a Dirichlet(1/2, 1/2, 1/2, 1/2) prior on both, either alone, neither), "tango",
        "bonett-price" (confidence).
    level : float, default 0.95
    target : target or sequence of targets, default Superpopulation()
    threshold : float or None, default 0
        What probability and verdict are about, between -1 and 1; None: neither.
    label : str, optional
        Completes "39 of 49 (80%) against 35 of 49 (71%) ...".

    Returns
    -------
    Estimate or Estimates
        The value is known whatever the overlap; interval, companion (Tango's, or the Dirichlet one beside a confidence
        method), strip and probability are the hull over all overlaps. ``base`` names the same people twice.

    Raises
    ------
    CountError
        If a count is not one that a survey can have, or no table has these counts.
    InputError
        If another argument is none of those allowed.
    UnsupportedTarget
        If there is no such method for such a target.

    Notes
    -----
    With b who gave the first answer alone and c the second alone, the shares of these two and of the rest are
    Dirichlet(b + 1/2, c + 1/2, base - b - c + 1). The difference is S (2V - 1), with S ~ Beta(b + c + 1,
    base - b - c + 1) and V ~ Beta(b + 1/2, c + 1/2) independent, and positive with the probability of V > 1/2; limits
    by quadrature to 1e-6 or better. Every overlap is looked at; among people like these both intervals are the wider
    the fewer gave both (a test looks at many counts). Taking the two answers as independent lies in between: it is no
    safe choice. Ends are not closed: where all gave the first answer and nobody the second, the limit is
    below 1.

    ============================ ================================================================
    target                       methods
    ============================ ================================================================
    Respondents                  all (counted: no interval)
    Superpopulation              all
    Population, Selection        dirichlet: shares of the three kinds times exp(-lambda), lambda
                                 independent Normal(0, tau^2 / 2), scaled to sum to 1
    Population, SelectionBounds  dirichlet, tango: the worst weights within the ratio
    ============================ ================================================================

    With a `Selection` any two of the three kinds (first alone, second alone, the rest) have a log participation ratio
    with standard deviation tau; its ``correlation``, which is about two groups, does not enter. The confidence
    companion is Tango's score interval of the reweighted shares, at the worst weights.

    References
    ----------
    Tango (1998), Statistics in Medicine 17, 891-908; Bonett & Price (2012), Journal of Educational and Behavioral
    Statistics 37, 479-488; Fagerland, Lydersen & Laake (2014), Statistics in Medicine 33, 2850-2875.

    Examples
    --------
    >>> gap = paired_difference(39, 35, 49)
    >>> round(gap.interval.lower, 3), round(gap.interval.upper, 3), gap.verdict.word
    (-0.112, 0.266, 'not settled')
    >>> round(gap.companion.lower, 3), round(gap.companion.upper, 3), [round(p, 3) for p in gap.probability]
    (-0.116, 0.273, [0.793, 0.985])
    >>> paired_difference(46, 35, 49).verdict.word  # whatever the overlap
    'supported'
    """
    tables, full = pair_tables(x1, x2, base, both)
    wanted, several = targets(target)
    setting = Setting(
        method=check_method(method, PAIR_METHODS),
        level=check_level(level),
        threshold=check_threshold(threshold, -1.0, 1.0),
        label=check_label(label),
    )
    quantity, found = PairedDifference(tables=tables, full=full), []
    for member in wanted:
        overlap = set(both) if isinstance(both, range) else both
        settings: dict[str, tuple[object, object]] = {"both": (overlap, None)}
        settings |= setting.told(member, method="dirichlet", threshold=0.0)
        found.append(
            estimate(quantity, member, setting, call=call_words("paired_difference", (x1, x2, base), settings))
        )
    return Estimates(found) if several else found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference(ByPosterior):
    """The difference between two shares of the same people, over every table that the counts allow.

    Parameters
    ----------
    tables : tuple of (b, c, n)
        How many gave the first answer alone, the second alone, and how many there are.
    full : tuple of (first, second, both, base)
    """

    name: ClassVar[str] = "paired difference"
    scale: ClassVar[Scale] = "difference"
    methods: ClassVar[Mapping[str, Method]] = {
        "dirichlet": Method(kind="credible", prior=True),
        "tango": Method(),
        "bonett-price": Method(bounds=False),
        "uniform": Method(kind="credible", offered=False),
    }
    priors: ClassVar[tuple[str, ...]] = tuple(PAIR_PRIORS)
    companion: ClassVar[str] = "tango"
    bounding: ClassVar[str] = "tango"
    tables: Tables
    full: Full

    @property
    def counts(self) -> Full:
        """Both counts."""
        return tuple(sorted({(a, b) for a, b, _, _ in self.full}))

    @property
    def base(self) -> tuple[Base, Base]:
        """The same people twice."""
        base = base_of(n for *_, n in self.full)
        return base, base

    @property
    def data(self) -> object:
        """Every table."""
        return self.full

    def observed(self) -> list[float]:
        """Return the difference of each table."""
        return [(b - c) / n for b, c, n in self.tables]

    def shifted(self, who: Participation) -> Limits:
        """At the worst weights."""
        return observed_pair(self.tables, who.ratios[1])

    def posteriors(self, prior: str, who: Participation, end: End) -> Iterator[Posterior]:
        """With a prior on who took part, or at the worst weights within bounds."""
        for table, weights in product(extreme_tables(self.tables, end), worst_weights(who.ratios[1], end)):
            yield pair_posterior(table, prior, who, weights)

    def extreme(self, prior: str, who: Participation, end: End, rule: Further) -> float:
        """Return it from evenly spaced overlaps on to wherever the next ones lead."""
        found = [
            climbed([partial(pair_posterior, one, prior, who, weights) for one in chain], rule)
            for chain in by_overlap(self.tables, end)
            for weights in worst_weights(who.ratios[1], end)
        ]
        return min(found) if end == "low" else max(found)

    def confidence(self, method: str, level: float, who: Participation) -> Limits:
        """Of every table, at the worst weights within bounds."""
        return pair_confidence(self.tables, method, level, who)

    def check(self, target: Target, method: str) -> None:
        """Refuse a mean, too, which does not say how those who gave both answers took part."""
        ByPosterior.check(self, target, method)
        if isinstance(target, Population) and isinstance(target.selection, Selection) and target.selection.mean:
            message = (
                "paired_difference has no form for a Selection with a mean, which does not say how those who gave both "
                "answers took part: use mean=0, or SelectionBounds(ratio=...)"
            )
            raise UnsupportedTarget(message)

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:  # noqa: ARG002
        """Yield the target's, either count's, and what is known of the overlap."""
        told = ("selection-assumed", "selection-bounded")
        yield from (doubt for doubt in target_caveats(target) if doubt.code not in told)
        if isinstance(target, Population):
            sure = ", with 95% probability" if isinstance(target.selection, Selection) else ""
            yield caveat("selection-by-pair", ratio=ratio(target.selection.ratio), probability=sure)
        for place in (0, 1):
            pairs = tuple(sorted({(table[place], table[3]) for table in self.full}))
            yield from count_caveats(pairs, target)
        overlaps = sorted({table[2] for table in self.full})
        if len(overlaps) == 1:
            yield caveat("same-people", both=overlaps[0])
        elif not isinstance(target, Respondents):
            yield caveat("overlap-open", both=count_words(tuple(overlaps)))
