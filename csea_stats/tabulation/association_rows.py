"""Associations that need respondents' rows: questions with several answers each, and answers in clusters."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.association_measures import MeasuredAssociation
from csea_stats.errors import InputError
from csea_stats.respondents.columns import CodedColumn, MultipleColumn
from csea_stats.results.associations import Association, Associations, HypothesisTest
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import number_of
from csea_stats.tabulation.association_data import DRAWS, LIMITS, GroupedQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from csea_stats.base.roots import Array
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Caveat
    from csea_stats.tabulation.tabulation import Tabulation


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """Log odds ratios against the first group.

    Parameters
    ----------
    values, errors : (G - 1,) arrays
    freedom : int
        Clusters less coefficients.
    correlation : float
        Within clusters.
    """

    values: Array
    errors: Array
    freedom: int
    correlation: float

    def limits(self, place: int, level: float) -> MeasuredAssociation:
        """Return one log odds ratio with its limits."""
        reach = float(special.stdtrit(self.freedom, 0.5 + level / 2)) * float(self.errors[place])
        value = float(self.values[place])
        method = f"GEE, exchangeable, Mancl-DeRouen, t with {self.freedom} degrees of freedom"
        return MeasuredAssociation(value=value, lower=value - reach, upper=value + reach, method=method)

    def p(self, place: int) -> float:
        """Return the two-sided p-value."""
        return float(2 * special.stdtr(self.freedom, -abs(self.values[place] / self.errors[place])))


def clustered(event: NDArray[np.bool_], codes: NDArray[np.int16], clusters: NDArray[np.intp]) -> Clustered:
    """Fit the odds of an event by group.

    Parameters
    ----------
    event : (n,) array of bool
    codes : (n,) array
        Groups, numbered from 0; in each some have the event and some have not.
    clusters : (n,) array
        Equal numbers mark one cluster.

    Raises
    ------
    InputError
        If there are too few clusters, or the equations are not solved.
    """
    from statsmodels.genmod.cov_struct import Exchangeable
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_estimating_equations import GEE

    order = np.argsort(clusters, kind="stable")
    event, codes, clusters = event[order], codes[order], clusters[order]
    groups = int(codes.max()) + 1
    number = len(np.unique(clusters))
    if number <= groups:
        message = (
            f"association: found {number_of(number, 'clusters')} for {number_of(groups, 'groups')}; allowed "
            "are more clusters than groups"
        )
        raise InputError(message)
    columns = np.column_stack([np.ones(len(codes)), *((codes == group) for group in range(1, groups))]).astype(float)
    model = GEE(event.astype(float), columns, groups=clusters, family=Binomial(), cov_struct=Exchangeable())
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        found = model.fit(maxiter=200, ctol=1e-9, cov_type="bias_reduced")
        errors = np.asarray(found.bse, dtype=float)[1:]
    if not found.converged or not np.isfinite(errors).all() or (errors <= 0).any():
        message = (
            "association: the estimating equations for clustered answers were not solved; compare shares instead: "
        )
        raise InputError(message + "tabulate(...).contrasts()")
    return Clustered(
        values=np.asarray(found.params, dtype=float)[1:],
        errors=errors,
        freedom=number - groups,
        correlation=float(np.asarray(found.cov_struct.dep_params)),
    )


BLOCK = 2_000_000
"""People times exchanges held at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What exchanging groups over people gives.

    Parameters
    ----------
    z : (J, D) array
        Per item and comparison.
    adjusted : (J, D) array
        Step-down p-values, which hold for all jointly.
    total : float
        Sum of the items' Pearson statistics.
    total_p : float
    draws : int
    """

    z: Array
    adjusted: Array
    total: float
    total_p: float
    draws: int


def exchange(marks: NDArray[np.int8], codes: NDArray[np.int16], *, draws: int, rng: np.random.Generator) -> Exchanged:
    """Compare every item between each group and the rest; between two groups once.

    Parameters
    ----------
    marks : (n, J) array of 0 and 1
    codes : (n,) array
        Groups, numbered from 0; each has somebody.

    Examples
    --------
    >>> marks = np.array([[1, 0], [1, 1], [1, 0], [0, 1], [0, 1], [0, 0]], dtype=np.int8)
    >>> found = exchange(marks, np.array([0, 0, 0, 1, 1, 1], dtype=np.int16), draws=999, rng=np.random.default_rng(1))
    >>> found.z.round(2).tolist(), round(found.total, 2)
    ([[2.45], [-0.82]], 6.67)
    """
    groups = int(codes.max()) + 1
    sizes = np.bincount(codes, minlength=groups).astype(float)
    people = float(len(codes))
    shares = marks.mean(axis=0)
    spread = shares * (1 - shares)
    varied = spread > 0

    def against(counts: Array) -> tuple[Array, Array]:
        """Return z, shape (B, J, D), and the sum of Pearson's statistics, from counts, shape (B, J, G)."""
        gap = counts / sizes - shares[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            total = (sizes * gap**2).sum(axis=2) / spread
            scale = np.sqrt(spread[:, None] * (people - sizes) / (people * sizes))
            z = gap / scale  # p - q between a group and the rest is gap n / (n - n_g)
        z[:, ~varied] = 0.0
        return z[:, :, : 1 if groups == 2 else groups], np.where(varied, total, 0.0).sum(axis=1)

    z, total = against(_counts(marks, codes[None], groups))
    found = [against(counts) for counts in _exchanges(marks, codes, groups, draws, rng)]
    drawn, totals = np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found])
    beyond = int((totals >= total[0] * (1 - 1e-9)).sum())
    return Exchanged(
        z=z[0],
        adjusted=_step_down(np.abs(z[0]), np.abs(drawn)),
        total=float(total[0]),
        total_p=(beyond + 1) / (draws + 1),
        draws=draws,
    )


def _counts(marks: NDArray[np.int8], codes: NDArray[np.int16], groups: int) -> Array:
    """Return how many chose each item in each group: (B, J, G)."""
    whole = marks.astype(float)
    return np.stack([(codes == group).astype(float) @ whole for group in range(groups)], axis=2)


def _exchanges(
    marks: NDArray[np.int8], codes: NDArray[np.int16], groups: int, draws: int, rng: np.random.Generator
) -> Iterator[Array]:
    block = max(1, BLOCK // len(codes))
    for start in range(0, draws, block):
        size = min(block, draws - start)
        yield _counts(marks, rng.permuted(np.tile(codes, (size, 1)), axis=1), groups)


def _step_down(observed: Array, drawn: Array) -> Array:
    """Compare each |z| with the largest of itself and of all smaller ones, from the largest downwards."""
    flat, exchanged = observed.ravel(), drawn.reshape(len(drawn), -1)
    order = np.argsort(-flat, kind="stable")
    largest = np.maximum.accumulate(exchanged[:, order][:, ::-1], axis=1)[:, ::-1]
    beyond = (largest >= flat[order] * (1 - 1e-9)).sum(axis=0) + 1
    found = np.empty_like(flat)
    found[order] = np.maximum.accumulate(beyond / (len(drawn) + 1))
    return found.reshape(observed.shape)


FEW_CLUSTERS = 20
"""Below so many clusters an estimate carries a caveat."""


def items_associations(data: Microdata, tabulation: Tabulation, asked: GroupedQuestion) -> Associations:
    """Test every item of a question with several answers each, and all at once, by exchanging groups over people."""
    column, groups = data.column(tabulation.outcome), data.column(tabulation.by or "")
    if not isinstance(column, MultipleColumn) or not isinstance(groups, CodedColumn):
        message = "association: found other columns than a question with several answers each, and groups"
        raise InputError(message)
    kept = column.answered & (groups.codes >= 0)
    _, codes = np.unique(groups.codes[kept], return_inverse=True)
    family = tabulation.contrasts(level=asked.level, target=asked.target)
    found = exchange(column.marks[kept], codes.astype(np.int16), draws=DRAWS, rng=asked.rng())
    known = {doubt.code for doubt in asked.doubts}
    doubts = (*asked.doubts, *([] if "clustered" in known else [caveat("people-exchanged")]), LIMITS)
    estimates = [_confident(one, doubts, asked) for one in family]
    adjusted = found.adjusted.ravel()
    both = "without a direction"
    whole = HypothesisTest(
        name="summed Pearson statistics permutation",
        null=f"none of the answers to {asked.outcome} goes with {asked.by}",
        p=found.total_p,
        sides=both,
        exactness="Monte Carlo",
        draws=found.draws,
        statistic=found.total,
        statistic_name="X squared, summed over the items",
    )
    told = [Association(test=whole, estimates=Estimates(estimates))]
    for one, p, z in zip(estimates, adjusted.tolist(), found.z.ravel().tolist(), strict=True):
        test = HypothesisTest(
            name="step-down max-T",
            null=f"the shares are equal ({one.item})",
            p=p,
            sides="two-sided: absolute z",
            exactness="Monte Carlo",
            draws=found.draws,
            statistic=z,
            statistic_name="z",
            simultaneous=adjusted.size,
        )
        told.append(Association(test=test, estimates=Estimates([one])))
    return Associations(told)


def _confident(one: Estimate, doubts: tuple[Caveat, ...], asked: GroupedQuestion) -> Estimate:
    """Return a contrast with its confidence interval first."""
    return replace(
        one,
        interval=one.companion,
        companion=one.interval,
        caveats=tuple(dict.fromkeys((*one.caveats, *doubts))),
        provenance=asked.provenance,
    )


def clustered_associations(data: Microdata, outcome: str, by: str, asked: GroupedQuestion) -> Associations:
    """Estimate odds ratios against the first group at every cut of a scale, or of every answer, allowing for clusters.

    Raises
    ------
    InputError
        If no comparison has a finite odds ratio.
    """
    column, groups = data.column(outcome), data.column(by)
    if not isinstance(column, CodedColumn) or not isinstance(groups, CodedColumn) or data.clusters is None:
        message = "association: found no clusters, or a question without one answer each"
        raise InputError(message)
    kept = (column.codes >= 0) & (groups.codes >= 0)
    answers, clusters = column.codes[kept], data.clusters[kept]
    used, codes = np.unique(groups.codes[kept], return_inverse=True)
    names = [groups.labels[place] for place in used]
    events = [
        (words, event)
        for words, event in _events(column, answers)
        if all(0 < event[codes == place].mean() < 1 for place in range(len(names)))
    ]
    left = len(_events(column, answers)) - len(events)
    number = len(events) * (len(names) - 1)
    if number == 0:
        message = (
            f"association of {asked.outcome} and {asked.by}: found no answer that some in every group gave and some "
            "did not, so no odds ratio is finite; compare shares instead: tabulate(data, outcome, by).contrasts()"
        )
        raise InputError(message)
    doubts = [doubt for doubt in asked.doubts if doubt.code != "clustered"]  # here they are allowed for
    amount = len(np.unique(clusters))
    if amount < FEW_CLUSTERS:
        doubts.append(caveat("few-clusters", number=amount, cluster=data.codebook.cluster or "cluster"))
    if left:
        lost = f"{number_of(left, 'comparisons of answers have')} no finite odds ratio."
        doubts.append(caveat("fit-check", text=lost))
    asked = replace(asked, doubts=tuple(doubts))
    told = []
    for words, event in events:
        fitted = clustered(event, codes.astype(np.int16), clusters)
        for place, group in enumerate(names[1:]):
            estimate = asked.estimate(
                [fitted.limits(place, 1 - (1 - asked.level) / number)],
                f"log odds ratio of {words} ({asked.outcome}), {group} against {names[0]}, averaged over clusters",
                "log-odds",
                item=f"{words}: {group} against {names[0]}",
                base=tuple(int((codes == code).sum()) for code in (place + 1, 0)),
                jointly=number,
            )
            test = HypothesisTest(
                name="GEE Wald t" + (", Bonferroni" if number > 1 else ""),
                null=f"the odds are equal ({estimate.item})",
                p=min(1.0, number * fitted.p(place)),
                sides="two-sided",
                exactness="asymptotic",
                statistic=float(fitted.values[place] / fitted.errors[place]),
                statistic_name="t",
                degrees=float(fitted.freedom),
                simultaneous=number,
            )
            told.append(Association(test=test, estimates=Estimates([estimate])))
    return Associations(told)


def _events(column: CodedColumn, answers: NDArray[np.int16]) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return the events compared: of a scale its cuts, of two answers the later one, else every answer."""
    labels = column.labels
    if column.ordered and len(labels) > 2:
        return [(f"later than “{label}”", answers > place) for place, label in enumerate(labels[:-1])]
    places = range(1, 2) if len(labels) == 2 else range(len(labels))
    return [(f"“{labels[place]}”", answers == place) for place in places]
