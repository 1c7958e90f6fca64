"""Engine `laplace`: importance sampling around the posterior's modes, which says how far it can be trusted.

Newton finds the modes, a mixture of split t distributions around them proposes draws, and Pareto-smoothed
importance weights correct them; the shape k of the weights' tail and their effective sample size are the diagnostics.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from csea_stats.errors import InputError
from csea_stats.regression.engines.families import posterior_of
from csea_stats.regression.engines.nets import net
from csea_stats.regression.engines.penalised import dependent
from csea_stats.regression.engines.proposal import Component, Mixture, initial, modes, refitted
from csea_stats.regression.engines.weights import Draws, effective_size, limit_of_k, resample, smooth
from csea_stats.regression.problem import Array, Diagnostic, EngineProblem, Places, Sample
from csea_stats.results.numbers import rounded

if TYPE_CHECKING:
    from csea_stats.regression.engines.likelihood import LogPosterior

BATCH, FIRST = 6_000, 16_384
"""Draws of a round, and of the first one, which is mostly the only one."""
FRESH = 10_000
"""Draws of a refitted proposal from which k is reported; stopping on a k hides part of it."""
REPLICATES = 8
"""Independent nets that draws come in: how far they differ is the simulation error."""
ENOUGH, LEAST = 4_000, 1_000
"""Effective sample sizes to pass, and below which a fit fails."""
GOOD = 0.5
"""Pareto k below which the variance of the weights is finite."""
MOST, ROUNDS, REFITS = 120_000, 40, 3
SECOND = 2
"""How often the proposal is refitted where fresh draws find a tail that the draws it was stopped on did not show."""


@dataclass(slots=True)
class _Pool:
    """All draws so far, weighted against the mixture of everything they were drawn from (balance heuristic)."""

    posterior: LogPosterior
    points: Array
    heights: Array
    components: list[Component]
    drawn: list[int]
    densities: list[Array]
    parts: list[Places]

    def add(self, mixture: Mixture, number: int, rng: np.random.Generator) -> None:
        axes = self.posterior.layout.size + 1
        counts = [-(-count // REPLICATES) if count else 0 for count in mixture.apportion(number)]
        blocks = [
            one.through(net(count, axes, rng, REPLICATES))
            for one, count in zip(mixture.components, counts, strict=True)
            if count
        ]
        fresh = np.concatenate(blocks, axis=1)
        self.parts += [np.repeat(np.arange(REPLICATES), count) for count in counts]
        self.heights = np.concatenate([self.heights, self.posterior.log_density(fresh)])
        for place, known in enumerate(self.components):
            self.densities[place] = np.concatenate([self.densities[place], known.log_density(fresh)])
        self.points = np.concatenate([self.points, fresh], axis=1)
        for one, count in zip(mixture.components, counts, strict=True):
            place = next((i for i, known in enumerate(self.components) if known is one), -1)
            if place >= 0:
                self.drawn[place] += REPLICATES * count
            elif count:
                self.components.append(one)
                self.drawn.append(REPLICATES * count)
                self.densities.append(one.log_density(self.points))

    def log_weights(self) -> Array:
        shares = np.log(np.asarray(self.drawn) / sum(self.drawn))
        total = shares[0] + self.densities[0]
        for share, density in zip(shares[1:], self.densities[1:], strict=True):
            total = np.logaddexp(total, share + density)
        return np.asarray(self.heights - total)

    def judged(self, rng: np.random.Generator) -> float:
        """Pareto k of fresh draws from everything drawn from so far: draws that no decision has looked at."""
        before = self.heights.size
        self.add(self.everything(), FRESH, rng)
        return smooth(self.log_weights()[before:])[1]

    def refit(self, mixture: Mixture, weights: Array) -> Mixture:
        """Move a mixture to the weighted draws."""
        places = [next(i for i, known in enumerate(self.components) if known is one) for one in mixture.components]
        return refitted(mixture, self.points, weights, np.array([self.densities[i] for i in places]))

    def everything(self) -> Mixture:
        """Mixture of all components, by how often each was drawn."""
        return Mixture(components=tuple(self.components), shares=tuple(count / sum(self.drawn) for count in self.drawn))


def laplace(problem: EngineProblem, *, draws: int = 4_000, seed: int = 1) -> Sample:
    """Draw from the posterior of an ordinal or binary regression by importance sampling.

    Parameters
    ----------
    problem : EngineProblem
    draws : int, default 4000
        Equally weighted draws to return.
    seed : int, default 1
        The same seed gives the same draws.

    Returns
    -------
    Sample
        With the diagnostics "pareto k" and "effective sample size"; a fit that failed says "fail" in one of them;
        with "collinearity" where the data leave a coefficient open.

    Raises
    ------
    InputError
        If `draws` is not a positive whole number.

    Notes
    -----
    The draws are eight independent scrambled Sobol nets, some 16,000 points in all, which the sample holds as
    `weighted`; `draws` equally weighted ones come of them by systematic resampling in random order. The effective
    sample size reported is that of the 95% limits of the parameters, from how far the nets differ. k is that of draws
    by which nothing was chosen: the first ones if they pass, else fresh ones from the final proposal; where they find
    it too large the proposal is refitted, twice at most, and judged by fresh draws again. Diagnostics: k passes below
    0.5, is doubtful below min(0.7, 1 - 1/log10 S) and fails above; the smaller of both effective sizes, of the limits
    and of the weights, passes from 4,000 and fails below 1,000. No diagnostic can see a mode that no start leads to.

    Examples
    --------
    >>> import numpy as np
    >>> from csea_stats.regression.problem import EngineProblem
    >>> sample = laplace(EngineProblem(counts=np.array([[14.0, 35.0]]), linear=np.zeros((1, 0))))
    >>> share = 1 / (1 + np.exp(-sample.thresholds[:, 0]))  # of the lower answer: Beta(14.5, 35.5)
    >>> bool(abs(share.mean() - 14.5 / 50) < 0.005)
    True
    >>> [diagnostic.state for diagnostic in sample.diagnostics]
    ['pass', 'pass']
    """
    if draws < 1:
        message = f"draws: found {draws!r}; allowed is a whole number of at least 1"
        raise InputError(message)
    rng = np.random.default_rng(seed)
    posterior = posterior_of(problem)
    pool, mixture, k = _fill(posterior, rng)
    for _ in range(SECOND):
        if k < GOOD:
            break
        mixture = pool.refit(mixture, smooth(pool.log_weights())[0])
        pool.add(mixture, FRESH, rng)
        k = pool.judged(rng)
    weights, _ = smooth(pool.log_weights())
    order = np.argsort(np.concatenate(pool.parts), kind="stable")
    weights = weights[order]
    whole = replace(posterior.unpack(pool.points[:, order]), weights=weights, replicates=REPLICATES)
    sample = taken(whole, resample(weights, draws, rng))
    told = (*_diagnostics(k, effective_size(weights), tail_size(sample), weights.size), *unseen(problem))
    return replace(sample, diagnostics=told)


def _fill(posterior: LogPosterior, rng: np.random.Generator) -> tuple[_Pool, Mixture, float]:
    """Draw, judge, and refit the proposal until the draws are enough or the limits are reached; the last is k."""
    found = modes(posterior)
    pool = _Pool(posterior, np.empty((posterior.layout.size, 0)), np.empty(0), [], [], [], [])
    mixture = initial(posterior, found)
    number, refits = FIRST, 0
    for turn in range(ROUNDS):
        pool.add(mixture, number, rng)
        total = pool.heights.size
        weights, k = smooth(pool.log_weights())
        size = effective_size(weights)
        last = refits >= REFITS
        if size >= ENOUGH and k < GOOD and turn == 0:
            return pool, mixture, k  # nothing was chosen by it
        if (size >= ENOUGH and k < (limit_of_k(total) if last else GOOD)) or total >= MOST:
            break
        missing = total * (ENOUGH / size - 1)
        number = int(np.clip(np.ceil(missing), BATCH // 4, BATCH))
        if not last and (k >= GOOD or missing > 2.5 * BATCH):
            mixture = pool.refit(mixture, weights)
            number, refits = BATCH, refits + 1
    return pool, mixture, pool.judged(rng)


TAIL = 0.025
"""Probability beyond each limit of a 95% interval."""


def taken(whole: Sample, chosen: Places) -> Sample:
    """Return some of a weighted sample's draws, equally weighted."""
    return replace(
        whole,
        thresholds=whole.thresholds[chosen],
        linear=whole.linear[chosen],
        monotonic=whole.monotonic[chosen],
        zetas=tuple(zeta[chosen] for zeta in whole.zetas),
        weights=None,
        replicates=1,
        weighted=whole,
    )


def tail_size(sample: Sample) -> float:
    """Independent draws that would tell the 95% limits of the parameters as well, on average over them."""
    square = []
    whole = sample.weighted or sample
    for name in ("thresholds", "linear", "monotonic"):
        limits = np.quantile(getattr(sample, name), [TAIL, 1 - TAIL], axis=0)
        for column, ends in zip(getattr(whole, name).T, limits.T, strict=True):
            draws = Draws(column, whole.weights, whole.replicates)
            square += [draws.spread(float(end), at) ** 2 for end, at in zip(ends, (TAIL, 1 - TAIL), strict=True)]
    return TAIL * (1 - TAIL) / max(float(np.mean(square)), 1e-300)


def _diagnostics(k: float, size: float, tail: float, drawn: int) -> tuple[Diagnostic, Diagnostic]:
    limit = limit_of_k(FRESH)
    state: Literal["pass", "warn", "fail"] = "pass" if k < GOOD else "warn" if k < limit else "fail"
    told = {
        "pass": "the importance weights have no heavy tail",
        "warn": "the importance weights have a heavy tail; means and intervals hold, extreme tails less so",
        "fail": "the importance weights have too heavy a tail for any number computed from them",
    }
    shape = Diagnostic(
        name="pareto k",
        value=float(k),
        state=state,
        text=f"{rounded((float(k),), 2, (GOOD, limit))[0]}: {told[state]}.",
    )
    least = min(size, tail)
    enough: Literal["pass", "warn", "fail"] = "pass" if least >= ENOUGH else "warn" if least >= LEAST else "fail"
    text = (
        f"The {drawn:,} weighted draws tell the limits of 95% intervals as well as {_hundreds(tail)} independent ones "
        f"would, and are worth {_hundreds(size)} by their weights; {ENOUGH:,} of either are asked for."
    )
    return shape, Diagnostic(name="effective sample size", value=tail, state=enough, text=text)


def _hundreds(number: float) -> str:
    return f"{number // 100 * 100:,.0f}" if number >= 1_000 else f"{number // 1:.0f}"  # never above what it is


def unseen(problem: EngineProblem) -> tuple[Diagnostic, ...]:
    """Say which coefficients the data cannot tell apart or do not see at all; nothing where there are none."""
    columns = dependent(problem.counts, problem.located)
    present = problem.counts.sum(axis=1) > 0
    flat = [place for place, step in enumerate(problem.steps) if (step[present] == step[present][:1]).all()]
    told = [*(f"linear column {place}" for place in columns), *(f"monotonic term {place}" for place in flat)]
    if not told:
        return ()
    text = (
        f"The same for everybody who answered, or a combination of one another: {', '.join(told)}; "
        "what the data leave open there, the prior alone decides."
    )
    return (Diagnostic(name="collinearity", value=float(len(told)), state="warn", text=text),)
