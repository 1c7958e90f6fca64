"""How much prior and single respondents decide: the strip, power scaling, influence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError
from csea_stats.regression.densities import answers_log_likelihood, log_likelihood, log_priors, people_log_likelihood
from csea_stats.regression.effects import effects
from csea_stats.regression.engines import quick
from csea_stats.regression.fitted import FREE, FittedModel, FittedTable
from csea_stats.regression.quantities import Quantity, drawn
from csea_stats.results.numbers import number_of
from csea_stats.results.verdicts import disagree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from csea_stats.regression.engines.weights import Draws
    from csea_stats.regression.problem import Array
    from csea_stats.regression.settings import PredictorContrast
    from csea_stats.regression.variables import Variable
    from csea_stats.results.estimates import Estimates

FLAG = 0.05
"""Power-scaling gradient from which a posterior counts as sensitive (Kallioinen et al. 2024)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """How far the posterior of one coefficient moves when the prior, or the likelihood, is raised to a power near 1.

    Parameters
    ----------
    item : str
    prior, likelihood : float
        Gradient of the cumulative Jensen-Shannon distance.
    diagnosis : {"none", "prior-data conflict", "prior-dominated"}
    """

    item: str
    prior: float
    likelihood: float
    diagnosis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How much the prior decides.

    Parameters
    ----------
    strip : tuple of (prior, Estimates)
        The effects under each customary prior.
    power : tuple of Power
    sentence : str
    synthetic : bool
        Whether the answers were made up, which the sentence then says first.
    """

    strip: tuple[tuple[str, Estimates], ...]
    power: tuple[Power, ...]
    sentence: str
    synthetic: bool = False

    def __str__(self) -> str:
        return self.sentence

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row per prior and effect."""
        import pandas as pd

        rows = [
            (prior, one.item, one.estimand, one.value, one.interval.lower, one.interval.upper)
            for prior, estimates in self.strip
            for one in estimates
            if one.interval
        ]
        frame = pd.DataFrame(rows, columns=["prior", "item", "estimand", "value", "lower", "upper"])
        return frame.assign(synthetic=True) if self.synthetic else frame


def prior_sensitivity(fit: FittedModel, own: Estimates) -> Sensitivity:
    """Refit under the customary priors; scale prior and likelihood."""
    if not fit.bayes:
        message = "prior_sensitivity: a frequentist fit has no prior; fit with method='bayes'"
        raise InputError(message)
    from csea_stats.regression.fitting import fit_again

    strip = fit_again(fit)
    under = tuple((prior, own if one.model is fit.model else effects(one)) for prior, one in strip)
    densities, draws = _densities(fit.readings[0]), fit.readings[0].even.named
    power = tuple(_power(draws[item], item, densities) for item in _items(fit))
    return Sensitivity(strip=under, power=power, sentence=_sentence(fit, own, under, power), synthetic=fit.synthetic)


def _items(fit: FittedModel) -> tuple[str, ...]:
    return (*fit.design.linear_items, *fit.design.monotonic_items)


def _sentence(
    fit: FittedModel, own: Estimates, strip: tuple[tuple[str, Estimates], ...], power: tuple[Power, ...]
) -> str:
    told = _decided(own, strip)
    which = {how: "; ".join(estimands) for how, estimands in told.items()}
    priors = ", ".join(prior for prior, _ in strip)
    parts = []
    if not own:
        parts.append("There is no effect that a prior could decide.")
    elif not told["side"] and not told["size"]:
        parts.append(
            f"The prior does not decide: under {priors} every interval lies on the same side of 0, or holds it, and "
            "none has its middle outside another."
        )
    if told["side"]:
        parts.append(
            f"Depends on the prior: under {priors} the interval lies on different sides of 0 for {which['side']}."
        )
    if told["size"]:
        parts.append(
            f"The prior decides much of the size: under {priors} an interval has its middle outside another for "
            f"{which['size']}."
        )
    if told["steps"]:
        parts.append(f"With free steps the interval is another one for {which['steps']}.")
    text = " ".join(parts)
    flagged = [one for one in power if one.diagnosis != "none"]
    if flagged:
        text += " Power scaling: " + "; ".join(f"{one.item} {one.diagnosis}" for one in flagged) + "."
    return f"{fit.stamp} {text}".strip()


def _decided(own: Estimates, strip: tuple[tuple[str, Estimates], ...]) -> dict[str, list[str]]:
    """Return the effects of which a prior decides the side or the size, or the steps of a monotonic term either."""
    told: dict[str, list[str]] = {"side": [], "size": [], "steps": []}
    for place, one in enumerate(own):
        free = [span for name, span in one.sensitivity if name == FREE]
        spans = [one.interval, *(span for name, span in one.sensitivity if name != FREE)]
        if not one.sensitivity:
            spans += [estimates[place].interval for _, estimates in strip]
        if how := disagree([span for span in spans if span], 0.0):
            told[how].append(one.estimand)
        if free and one.interval and disagree([one.interval, *free], 0.0):
            told["steps"].append(one.estimand)
    return told


def _densities(reading: FittedTable) -> dict[str, Array]:
    """Log prior and log likelihood of each draw."""
    return {
        "prior": np.asarray(sum(log_priors(reading.design.problem(reading.place), reading.drawn).values())),
        "likelihood": log_likelihood(reading.design, reading.drawn, reading.place),
    }


def _power(values: Array, item: str, densities: dict[str, Array]) -> Power:
    found = {name: _gradient(values, density) for name, density in densities.items()}
    diagnosis = "none"
    if found["prior"] >= FLAG:
        diagnosis = "prior-data conflict" if found["likelihood"] >= FLAG else "prior-dominated"
    return Power(item=item, prior=found["prior"], likelihood=found["likelihood"], diagnosis=diagnosis)


def _gradient(values: Array, log_density: Array) -> float:
    """Mean distance per log2 step up and down."""
    from csea_stats.regression.engines.weights import smooth

    step = 0.01
    found = []
    for power in (1 / (1 + step), 1 + step):
        weights, _ = smooth((power - 1) * log_density)
        found.append(cumulative_distance(values, weights) / np.log2(1 + step))
    return float(np.mean(found))


def cumulative_distance(values: Array, weights: Array) -> float:
    """Cumulative Jensen-Shannon distance of draws from the same draws weighted, both ways round.

    References
    ----------
    Kallioinen, N. et al. (2024). Detecting and diagnosing prior and likelihood sensitivity with power-scaling.
    Statistics and Computing 34, 57, doi:10.1007/s11222-023-10366-5.
    """
    return max(_one_way(values, weights), _one_way(-values, weights))


def _one_way(values: Array, weights: Array) -> float:
    order = np.argsort(values)
    widths = np.diff(values[order])
    plain = np.arange(1, len(values)) / len(values)
    moved = np.cumsum(weights[order] / weights.sum())[:-1]
    middle = (plain + moved) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(plain > 0, plain * np.log2(plain / middle), 0.0)
        second = np.where(moved > 0, moved * np.log2(moved / middle), 0.0)
    half = 0.5 / np.log(2)
    divergence = (
        widths @ first + half * (widths @ (moved - plain)) + widths @ second + half * (widths @ (plain - moved))
    )
    bound = widths @ plain + widths @ moved
    return float(np.sqrt(max(divergence, 0.0) / bound))


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """The first effect without one of the respondents of a pattern and answer.

    Parameters
    ----------
    pattern : tuple of (str, str)
        Their values of the predictors.
    answer : str
    respondents : int
        How many there are of them; one is left out.
    value, lower, upper : float
        Posterior median and interval without that one.
    changes_side : bool
        Whether the interval then lies on another side of 0.
    k : float
        Shape of the weights' tail; above 0.7 it was refitted instead.
    synthetic : bool
        Whether the answers were made up.
    """

    pattern: tuple[tuple[str, str], ...]
    answer: str
    respondents: int
    value: float
    lower: float
    upper: float
    changes_side: bool
    k: float
    synthetic: bool = False


def check_influence(fit: FittedModel, what: str) -> None:
    """Refuse a fit of which the influence of respondents is not told.

    Raises
    ------
    InputError
    """
    fit.refuse_imputed(what)
    if not fit.bayes:
        message = f"{what}: is told for a Bayesian fit; fit with method='bayes'"
        raise InputError(message)
    if not fit.design.variables:
        message = f"{what}: found no predictor; allowed is a model with one, since it is told of the first effect"
        raise InputError(message)


def influence(fit: FittedModel) -> tuple[Influence, ...]:
    """Leave out one respondent of each pattern and answer; the most influential first."""
    check_influence(fit, "influence")
    if fit.design.several:
        message = (
            "influence: found several answers of each respondent; allowed is one, since a person's own effect goes "
            "with the person: fit.joint_influence(1) leaves out who raises the effect most, and who lowers it most"
        )
        raise InputError(message)
    reading, quantity = fit.readings[0], first_effect(fit)
    values = reading.weigh(drawn(reading, quantity, None))
    tail = (1 - fit.level) / 2
    whole = ends(values, tail)
    found = []
    for cell in alike(reading):
        low, middle, high, k = _without(cell, reading, quantity, values, tail, fit.seed)
        found.append(
            Influence(
                pattern=cell.pattern,
                answer=cell.answer,
                respondents=cell.respondents,
                value=middle,
                lower=low,
                upper=high,
                changes_side=(low > 0, high < 0) != (whole[0] > 0, whole[2] < 0),
                k=k,
                synthetic=fit.synthetic,
            )
        )
    return tuple(sorted(found, key=lambda one: -abs(one.value - whole[1])))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeRespondents:
    """Respondents with the same predictors, groups and answer; of several answers each a single one.

    Parameters
    ----------
    pattern : tuple of (str, str)
    answer : str
        Of several answers how many they are.
    respondents : int
    log_likelihood : (S,) array
        Of one of them, at each draw.
    places : tuple of (int, int)
        Where they stand: pattern and answer; of several answers the pattern alone.
    """

    pattern: tuple[tuple[str, str], ...]
    answer: str
    respondents: int
    log_likelihood: Array
    places: tuple[tuple[int, int], ...]


def alike(reading: FittedTable) -> tuple[AlikeRespondents, ...]:
    """Return the cells of a table of counts, those together whose patterns and groups are the same."""
    if "alike" not in reading.known:
        reading.known["alike"] = tuple((_single if reading.design.several else _alike)(reading))
    return reading.known["alike"]  # type: ignore[no-any-return]


def _alike(reading: FittedTable) -> Iterator[AlikeRespondents]:
    design, given = reading.design, np.argwhere(reading.table >= 1)
    pattern, answer = given.T
    groups = [codes[pattern] for _, _, codes in design.groups]
    key = np.column_stack([design.patterns[pattern], *groups, answer])
    _, first, place = np.unique(key, axis=0, return_index=True, return_inverse=True)
    counts = np.bincount(place.ravel(), reading.table[pattern, answer])
    logs = answers_log_likelihood(design, reading.whole, *given[first].T).T.copy()  # each cell's draws together
    for column, (at, chosen) in enumerate(given[first].tolist()):
        own = tuple((name, labels[codes[at]]) for name, labels, codes in design.groups)
        yield AlikeRespondents(
            pattern=(*_told(design.variables, design.patterns[at]), *own),
            answer=design.answers[chosen],
            respondents=int(counts[column]),
            log_likelihood=logs[column],
            places=tuple((int(row), chosen) for row in pattern[place.ravel() == column]),
        )


def _single(reading: FittedTable) -> Iterator[AlikeRespondents]:
    """Yield every respondent of several answers each."""
    design, sample = reading.design, reading.whole
    person, item, answer = design.rows_answered()
    if design.exactly:
        logs = people_log_likelihood(design, sample, person, answer, item)
    else:
        logs = np.zeros((len(sample.thresholds), len(design.patterns)))
        for one in range(len(design.items)):
            here = item == one
            logs[:, person[here]] += answers_log_likelihood(design, sample, person[here], answer[here], item[here])
    for at, number in enumerate(np.bincount(person, minlength=len(design.patterns)).tolist()):
        own = tuple((name, labels[codes[at]]) for name, labels, codes in design.groups)
        yield AlikeRespondents(
            pattern=(*_told(design.variables, design.patterns[at]), *own),
            answer=number_of(number, "answers"),
            respondents=1,
            log_likelihood=logs[:, at],
            places=((at, 0),),
        )


def _told(variables: Sequence[Variable], values: Array) -> tuple[tuple[str, str], ...]:
    return tuple((one.name, one.told(value)) for one, value in zip(variables, values, strict=True))


def first_effect(fit: FittedModel) -> Quantity:
    """Return the first effect that a model is fitted for, or else the first of its first predictor."""
    from csea_stats.regression.settings import comparisons

    variable, contrast, outcome = None, None, None
    if fit.model.estimand:
        one = fit.model.estimand[0]
        variable, contrast, outcome = one.variable, one.shift if one.shift is not None else one.compare, one.outcome
    comparison: PredictorContrast = comparisons(fit.design, variable, contrast)[0]
    return Quantity(start=comparison.start, end=comparison.end, event=fit.events(outcome)[0])


def _without(
    cell: AlikeRespondents, reading: FittedTable, quantity: Quantity, values: Draws, tail: float, seed: int
) -> tuple[float, float, float, float]:
    from csea_stats.regression.engines.weights import smooth

    before = 0.0 if values.weights is None else np.log(np.maximum(values.weights, 1e-300))
    weights, k = smooth(before - cell.log_likelihood)
    if k > 0.7:
        fresh = _refitted(cell, reading, seed)
        if all(check.state != "fail" for check in fresh.drawn.diagnostics):
            return *ends(fresh.weigh(drawn(fresh, quantity, None)), tail), k
    return *ends(replace(values, weights=weights), tail), k


def _refitted(cell: AlikeRespondents, reading: FittedTable, seed: int) -> FittedTable:
    """Return the fit without one of those."""
    table = reading.table.copy()
    table[cell.places[0]] -= 1
    return reading.with_sample(quick(reading.design.problem(table=table), seed=seed))


def ends(draws: Draws, tail: float) -> tuple[float, float, float]:
    """Lower limit, median and upper limit."""
    return draws.quantile(tail), draws.quantile(0.5), draws.quantile(1 - tail)


def mode_log_likelihood(reading: FittedTable) -> float:
    """Log likelihood at the posterior's highest mode."""
    if reading.design.grouped:
        message = (
            "log_likelihood: found group effects, whose spread has no single mode with the rest; allowed is a model "
            "without them: to_datatree().log_likelihood holds it at every draw"
        )
        raise InputError(message)
    from csea_stats.regression.engines.families import posterior_of
    from csea_stats.regression.engines.proposal import modes

    posterior = posterior_of(reading.design.problem(reading.place))
    best = max(modes(posterior), key=lambda mode: float(posterior.log_density(mode.centre[:, None])[0]))
    point = posterior.unpack(best.centre[:, None])
    return float(log_likelihood(reading.design, point, reading.place)[0])
