"""Models compared by how well they predict an answer that they have not seen: leave-one-out log scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from csea_stats.errors import InputError, described, in_short
from csea_stats.publication.table import Table, plain_table
from csea_stats.regression.datatree import answers_of
from csea_stats.regression.densities import answers_log_likelihood, people_log_likelihood
from csea_stats.regression.design import MOST
from csea_stats.regression.engines.weights import limit_of_k, smooth
from csea_stats.regression.fitted import FittedModel
from csea_stats.regression.rows import variables_of
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import MINUS, fixed, integer, number_of

if TYPE_CHECKING:
    import pandas as pd

    from csea_stats.regression.problem import Array
    from csea_stats.results.values import Caveat

SMALL, NOISE = 100, 4.0
"""Answers below which, and differences of log scores within which, the difference is not told (Sivula et al. 2020)."""

ALIKE = 8
"""Draws by which answers of the same log probability are found."""

SHARED = ("synthetic", "incomplete", "clustered", "excluded")
"""Doubts about the answers that a comparison passes on from its fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelScore:
    """How well one of several models predicts.

    Parameters
    ----------
    name, formula : str
    elpd, se : float
        Sum of the log probabilities of answers left out, and its standard error over the answers.
    difference, difference_se : float
        Of that to the best model's, 0 or less, and the standard error of the difference, answer by answer.
    parameters : float
        Effective number: how much better the model predicts answers that it has seen.
    weight : float
        Of the mixture of the models that predicts best; no probability of the model.
    unstable : int
        Answers whose score rests on too few draws, by their Pareto k.
    told : str
        "best", "not told apart", or "predicts less well".
    """

    name: str
    formula: str
    elpd: float
    se: float
    difference: float
    difference_se: float
    parameters: float
    weight: float
    unstable: int
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelComparison:
    """Models side by side, the best first; made by `csea_stats.compare_models`. `str` of it tells all of it.

    Parameters
    ----------
    scores : tuple of ModelScore
    outcome : str
        The question.
    people, answers : int
        How many respondents, and answers of theirs, every model predicts.
    caveats : tuple of Caveat
    """

    scores: tuple[ModelScore, ...]
    outcome: str
    people: int
    answers: int
    caveats: tuple[Caveat, ...]

    def __str__(self) -> str:
        best, *others = self.scores
        of = "" if self.answers == self.people else f", {number_of(self.answers, 'answers')}"
        lines = [
            f"Each answer to {self.outcome} predicted from all others: {number_of(self.people, 'respondents')}{of}.",
            f"{_named(best)}: log score {_told(best.elpd)}, standard error {fixed(best.se, 1)}; {_weight(best)}.",
        ]
        lines += [
            f"{_named(one)}: {fixed(-one.difference, 1)} less, standard error {fixed(one.difference_se, 1)}, "
            f"{one.told}; {_weight(one)}."
            for one in others
        ]
        return "\n".join([*lines, " ".join(doubt.text for doubt in self.caveats)])

    def table(self, *, caption: str | None = None) -> Table:
        """Return a table for a publication: a row per model, the best first."""
        heads = ("Model", "Log score (SE)", "Difference to the best (SE)", "Weight", "Told apart?")
        rows = [
            (
                _named(one),
                f"{_told(one.elpd)} ({fixed(one.se, 1)})",
                f"{_told(one.difference)} ({fixed(one.difference_se, 1)})",
                fixed(one.weight, 2),
                one.told,
            )
            for one in self.scores
        ]
        name = f"Each answer to {self.outcome} predicted from all others (n = {self.people})"
        weights = "Weights are those of the mixture that predicts best, no probabilities of the models."
        doubts = (weights, *(doubt.text for doubt in self.caveats))
        return plain_table(caption or name, heads, rows, general=doubts)

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row per model, the best first; nothing in it is of a single respondent."""
        import pandas as pd

        return pd.DataFrame([asdict(one) for one in self.scores])


def _named(one: ModelScore) -> str:
    return one.name if one.name == one.formula else f"{one.name} ({one.formula})"


def _told(value: float) -> str:
    return fixed(value, 1).replace("-", MINUS)


def _weight(one: ModelScore) -> str:
    return f"weight {fixed(one.weight, 2)}"


def compare_models(fits: Mapping[str, FittedModel]) -> ModelComparison:
    """Compare models by how well they predict the answer of a respondent that they have not seen.

    Parameters
    ----------
    fits : mapping of name to Fit
        Two or more Bayesian fits of one question to the same respondents.

    Returns
    -------
    ModelComparison
        The best first, each with its difference to it and the difference's standard error.

    Raises
    ------
    InputError
        The fits are of different respondents or questions, or frequentist; the text says what to do.

    Notes
    -----
    The log score (elpd) is the sum over the answers of the log probability that a model gives each from all others, by
    Pareto-smoothed importance sampling of the draws (PSIS-LOO). Models are told apart only where the difference is
    at least 4 and more than two of its standard errors: among fewer than 100 answers, and between models that
    predict alike, the standard error is too small and the distribution skewed. Where people gave several answers each,
    one answer is left out, not one person. Weights are those of the mixture of the models' predictions with the
    largest log score (stacking): a model that adds nothing to a better one has weight 0, however good it is.

    References
    ----------
    Vehtari, A., Gelman, A. and Gabry, J. (2017). Practical Bayesian model evaluation using leave-one-out
    cross-validation and WAIC. Statistics and Computing 27, 1413-1432, doi:10.1007/s11222-016-9696-4.
    Sivula, T., Magnusson, M., Matamoros, A. A. and Vehtari, A. (2020). Uncertainty in Bayesian leave-one-out
    cross-validation based model comparison. arXiv:2008.10296.
    Yao, Y., Vehtari, A., Simpson, D. and Gelman, A. (2018). Using stacking to average Bayesian predictive
    distributions. Bayesian Analysis 13, 917-1007, doi:10.1214/17-BA1091.

    Examples
    --------
    >>> import csea_stats as cs
    >>> data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    >>> by_age, alone = cs.fit("awareness ~ cat(age)", data), cs.fit("awareness ~ 1", data)
    >>> found = compare_models({"by age": by_age, "alone": alone})
    >>> len(found.scores), found.scores[0].difference
    (2, 0.0)
    """
    _check(fits)
    units = _same_units(fits)
    scored = {name: _left_out(values) for name, values in units.scores.items()}
    each = np.stack([one for one, _, _ in scored.values()])
    total, number = each.sum(axis=1), each.shape[1]
    best = int(np.argmax(total))
    apart = each - each[best]
    errors, ses = (np.sqrt(number) * one.std(axis=1, ddof=1) for one in (apart, each))
    weights = stacking_weights(each)
    found = [
        ModelScore(
            name=name,
            formula=fit.model.formula,
            elpd=float(total[place]),
            se=float(ses[place]),
            difference=float(apart[place].sum()),
            difference_se=float(errors[place]),
            parameters=scored[name][1],
            weight=float(weights[place]),
            unstable=scored[name][2],
            told="best" if place == best else _word(float(apart[place].sum()), float(errors[place])),
        )
        for place, (name, fit) in enumerate(fits.items())
    ]
    first = next(iter(fits.values()))
    return ModelComparison(
        scores=tuple(sorted(found, key=lambda one: -one.elpd)),
        outcome=first.design.outcome,
        people=first.design.people,
        answers=number,
        caveats=_doubts(fits, found, number, several=units.several),
    )


def _word(difference: float, error: float) -> str:
    return "predicts less well" if difference <= -NOISE and difference < -2 * error else "not told apart"


def _doubts(
    fits: Mapping[str, FittedModel], found: list[ModelScore], number: int, *, several: bool
) -> tuple[Caveat, ...]:
    told = [doubt for fit in fits.values() for doubt in fit.caveats if doubt.code in SHARED]
    if number < SMALL:
        told.append(caveat("scores-small", number=number_of(number, "answers")))
    told += [
        caveat("scores-unstable", number=number_of(one.unstable, "answers"), name=one.name)
        for one in found
        if one.unstable
    ]
    if several:
        told.append(caveat("scores-of-answers"))
    return tuple(dict.fromkeys((*told, caveat("scores-alike"), caveat("stacking"))))


# ---------------------------------------------------------------------- what is scored


@dataclass(frozen=True, slots=True, kw_only=True)
class _Units:
    """Log probabilities of the same answers under each model, and whether people gave several of them."""

    scores: dict[str, Array]
    several: bool


def _check(fits: object) -> None:
    if not isinstance(fits, Mapping) or len(fits) < 2:
        what = f"{number_of(len(fits), 'models')}" if isinstance(fits, Mapping) else described(fits)
        message = f"compare_models: found {what}; allowed is a mapping of two names or more, {{'a': fit_a, 'b': fit_b}}"
        raise InputError(message)
    for name, fit in fits.items():
        if not isinstance(name, str) or not isinstance(fit, FittedModel):
            message = f"compare_models: found {in_short(name)}: {described(fit)}; allowed is a name and a Fit (fit)"
            raise InputError(message)
        fit.refuse_imputed(f"compare_models: {name!r}")
        if not fit.bayes:
            message = f"compare_models: {name!r} has no draws to predict by; fit with method='bayes'"
            raise InputError(message)
        if len(fit.readings) > 1:
            message = (
                f"compare_models: {name!r} is fitted to the {len(fit.readings)} tables that print leaves open, and "
                "which model predicts best may differ between them; allowed are respondents' answers, or a single table"
            )
            raise InputError(message)
        if fit.design.people > MOST:
            message = (
                f"compare_models: {name!r} has {integer(fit.design.people)} respondents; allowed are at most "
                f"{integer(MOST)}: of so many a difference that matters shows in the effects"
            )
            raise InputError(message)
    first, *others = fits.items()
    for name, fit in others:
        told = [(one.design.outcome, one.design.answers) for one in (first[1], fit)]
        if first[1].number != fit.number:
            message = (
                f"compare_models: {first[0]!r} and {name!r}: found a number beside answers; allowed is one of both"
            )
            raise InputError(message)
        if told[0] != told[1]:
            asked = " and ".join(
                f"{which!r} of {question} ({', '.join(answers)})"
                for which, (question, answers) in (zip((first[0], name), told, strict=True))
            )
            message = f"compare_models: {asked} predict different answers; allowed are models of one question"
            raise InputError(message)


def _same_units(fits: Mapping[str, FittedModel]) -> _Units:
    """Return everybody's log probabilities, in one order for all models; refuse models of different people."""
    if all(fit.design.rows is None for fit in fits.values()):
        return _Units(scores=_of_table(fits), several=False)
    if any(fit.design.rows is None for fit in fits.values()):
        message = "compare_models: found fits of respondents beside fits of a table of counts; allowed is one of both"
        raise InputError(message)
    keys, scores = {}, {}
    for name, fit in fits.items():
        keys[name], scores[name] = _of_rows(fit)
    first, *others = keys.values()
    if any(list(one) != list(first) for one in others):
        raise InputError(_different(fits, keys))
    if any(one != first for one in others):
        message = (
            "compare_models: respondents at the same places of the data gave different answers; fit every model to the "
            "same data"
        )
        raise InputError(message)
    return _Units(scores=scores, several=len(first) > next(iter(fits.values())).design.people)


def _of_rows(fit: FittedModel) -> tuple[dict[tuple[int, str], str], Array]:
    """Return what was answered by respondent and question, and the log probability of each, in that order."""
    reading, design = fit.readings[0], fit.design
    index = np.empty(0) if design.rows is None else design.rows.index
    patterns, items, answers = answers_of(reading)
    values = people_log_likelihood(design, reading.drawn, patterns, answers, items)
    if design.exactly:
        told = [((int(row), "set"), str(one)) for row, one in zip(index, answers.reshape(len(index), -1), strict=True)]
    else:
        whom = patterns if design.grouped else np.arange(len(index))
        given = answers if design.trials is None else design.trials[:, 1:]
        names = design.items if design.several else ("",)
        whose = zip(index[whom], items, given, strict=True)
        told = [((int(row), names[item]), str(answer)) for row, item, answer in whose]
    order = sorted(range(len(told)), key=lambda place: told[place][0])
    return dict(told[place] for place in order), values[:, order]


def _different(fits: Mapping[str, FittedModel], keys: Mapping[str, Mapping[tuple[int, str], str]]) -> str:
    """Say that models are of different people, and what to do."""
    exactly = {name for name, one in keys.items() if any(item == "set" for _, item in one)}
    if exactly and len(exactly) < len(keys):
        return "compare_models: found sets of exactly k beside single answers; allowed is one of both"
    common = set.intersection(*(set(one) for one in keys.values()))
    sizes = ", ".join(f"{name!r} {integer(len(one))}" for name, one in keys.items())
    columns = list(dict.fromkeys(one for fit in fits.values() for one in variables_of(fit.model)))
    return (
        f"compare_models: found models of different respondents (answers: {sizes}; {integer(len(common))} in all); log "
        f"scores are compared on the same. Before fitting, leave out whoever lacks one of {', '.join(columns)}: of a "
        f"frame frame.dropna(subset={columns!r}), and answers off the scale"
    )


def _of_table(fits: Mapping[str, FittedModel]) -> dict[str, Array]:
    """Return the log probabilities of the people of one table, cell by cell; a model without groups has one row."""
    finest = max(fits.values(), key=lambda fit: len(fit.design.patterns)).readings[0]
    patterns, _, answers = answers_of(finest)
    found = {}
    for name, fit in fits.items():
        reading = fit.readings[0]
        places = patterns if len(reading.table) == len(finest.table) else np.zeros_like(patterns)
        own = finest.table if len(reading.table) == len(finest.table) else finest.table.sum(axis=0, keepdims=True)
        if not np.array_equal(reading.table, own):
            message = f"compare_models: {name!r} is fitted to another table of counts; allowed is one table for all"
            raise InputError(message)
        found[name] = answers_log_likelihood(fit.design, reading.drawn, places, answers)
    return found


# ---------------------------------------------------------------------- scores


def _left_out(values: Array) -> tuple[Array, float, int]:
    """Return the log score of each answer left out, the effective number of parameters, and how many are unstable.

    Parameters
    ----------
    values : (S, n) array
        Log probability of each answer at each draw.
    """
    # people with the same answers to everything have one score; some draws tell them from all others
    _, first, place = np.unique(values[:ALIKE], axis=1, return_index=True, return_inverse=True)
    scores, ks = np.empty(len(first)), np.empty(len(first))
    for one, column in enumerate(values[:, first].T):
        weights, ks[one] = smooth(-column)
        scores[one] = special.logsumexp(column, b=weights)
    seen = special.logsumexp(values, axis=0) - np.log(len(values))
    unstable = ks[place] > limit_of_k(len(values))
    return scores[place], float(seen.sum() - scores[place].sum()), int(unstable.sum())


def stacking_weights(scores: Array) -> Array:
    """Return the weights, summing to 1, of the mixture of predictions with the largest log score.

    Parameters
    ----------
    scores : (M, n) array
        Log score of each answer under each model.

    Examples
    --------
    >>> stacking_weights(np.log([[0.9, 0.9], [0.1, 0.1]])).round(6).tolist()
    [1.0, 0.0]
    """
    shares = np.exp(scores - scores.max(axis=0))

    def loss(weights: Array) -> tuple[float, Array]:
        mixed = weights @ shares
        return -float(np.log(mixed).sum()), -(shares / mixed).sum(axis=1)

    from scipy import optimize  # long to load

    search: Any = optimize.minimize  # its overloads do not know a function with its gradient
    models = len(scores)
    found = search(
        loss,
        np.full(models, 1 / models),
        jac=True,
        method="SLSQP",
        bounds=[(0, 1)] * models,
        constraints=[{"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like}],
        options={"ftol": 1e-12, "maxiter": 1000},
    )
    weights = np.clip(found.x, 0, None)
    return np.asarray(weights / weights.sum())
