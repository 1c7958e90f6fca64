"""What makes a `Fit`: a model and answers, a model and its priors alone, a folder that one was saved into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from csea_stats.regression.fit import Fit

if TYPE_CHECKING:
    import os

    from csea_stats.regression.missing import Missing
    from csea_stats.regression.model import Model


def fit(  # noqa: PLR0913 - each is asked for by name
    model: Model | str | os.PathLike[str],
    data: Any,
    *,
    method: Literal["bayes", "frequentist"] = "bayes",
    engine: str | None = None,
    level: float = 0.95,
    seed: int = 1,
    frequency: str | None = None,
    weights: object = None,
    missing: Missing = "complete",
    imputations: int = 20,
) -> Fit:
    """Fit a model to respondents' answers, or to a published cross-tabulation.

    Parameters
    ----------
    model : Model, str or path
        A model, the name of a shipped one (`model_names`), a model file, or a formula such as
        ``"awareness ~ mo(age_band) + per(experience, 5) + organisation"``.
    data : Microdata, Tabulation, Survey, or a pandas or polars frame; a mapping of names to tabulations or surveys
        Of a survey the table of the model's two questions that print gives; several surveys by their names are the
        groups of ``(1 | survey)``. Of a frame only the model's columns are
        looked at, and their types say what they hold, as `Codebook.from_frame` tells: a column of texts is an error,
        several answers each need a codebook, and nobody's ids are guessed.
    method : {"bayes", "frequentist"}
    engine : str, optional
        bayes: "laplace" (importance sampling, the default, nested where there are group effects; where it fails its
        checks "slice" takes over by itself, and then "nuts"), "slice" (a thousand chains), "nuts"; frequentist: "log-f"
        (penalised, the default), "ml" (refused where there is no maximum), "firth" (two answers); with group effects
        the first alone, averaged over five groups or more of one question; of a number "least-squares" alone.
    level : float, default 0.95
        Of every interval.
    seed : int, default 1
    frequency : str, optional
        A column of a frame, or a number of a codebook, that says how many people each row stands for: a table of
        counts, long.
    weights : None
        Declined, and why is said.
    missing : {"complete", "level", "impute"}
        Whom the fit is of where a predictor's answer is missing: those who answered everything; or all, with a level
        "missing" of each predictor that is one of categories; or all, with answers imputed several times by chained
        models (`imputations` times), the draws of all fits mixed. The outcome has to be there.
    imputations : int, default 20

    Returns
    -------
    Fit

    Raises
    ------
    InputError
        The model and the data do not go together, or there is nothing to fit; the text says what and why.
    UnknownName
        There is no such model, column or answer.

    Examples
    --------
    >>> import csea_stats as cs
    >>> book = cs.Codebook({"rating": cs.Ordered("poor", "fair", "good"), "years": cs.Number(unit="years")})
    >>> import pandas as pd
    >>> table = pd.DataFrame({"rating": ["poor", "fair", "good", "fair"] * 6, "years": range(24)})
    >>> found = cs.fit("rating ~ per(years, 5)", cs.read_respondents(table, book))
    >>> found.engine, found.design.people, [one.item for one in found.coefficients()]
    ('laplace', 24, ['years'])

    A frame says itself what its columns hold:

    >>> table["rating"] = pd.Categorical(table["rating"], ["poor", "fair", "good"], ordered=True)
    >>> cs.fit("rating ~ per(years, 5)", table).taken
    ("rating was taken for ordered answers: 'poor', 'fair', 'good'", 'years was taken for a number')
    """
    from csea_stats.regression.fitting import fit_model

    asked: dict[str, Any] = {"method": method, "engine": engine, "level": level, "seed": seed, "frequency": frequency}
    asked |= {"weights": weights, "missing": missing, "imputations": imputations}
    return Fit.of(fit_model(model, data, **asked))


def prior_predictive(
    model: Model | str | os.PathLike[str], data: Any, *, level: float = 0.95, seed: int = 1, draws: int = 4_000
) -> Fit:
    """Tell what a model expects before any answer is seen: shares, effects and coefficients by the priors alone.

    Parameters
    ----------
    model : Model, str or path
        As for `fit`.
    data : Codebook, Microdata, Tabulation, or a pandas or polars frame
        Who is asked. Of a codebook every mixture of the predictors' levels is equally often, and a number takes five
        values over the lower half between its minimum and its maximum; of data the predictors stay as they are, and
        their answers are not looked at.
    level : float, default 0.95
    seed : int, default 1
    draws : int, default 4000

    Returns
    -------
    Fit
        Its draws are those of the priors: ``predictions()`` tells which shares are plausible, ``effects()`` which
        differences, ``coefficients()`` which odds ratios. A serious caveat of every number says so.

    Raises
    ------
    InputError
        As for `fit`; or a number of the codebook has no minimum and maximum.

    Examples
    --------
    >>> import csea_stats as cs
    >>> book = cs.Codebook({"rating": cs.Ordered("poor", "fair", "good"), "team": cs.Categories("north", "south")})
    >>> expected = cs.prior_predictive("rating ~ team", book)
    >>> span = expected.effects(outcome="poor")[0].interval
    >>> -0.8 < span.lower < -0.4 < 0.4 < span.upper < 0.8
    True
    """
    from csea_stats.estimators.arguments import check_level
    from csea_stats.regression.fitting import as_answers, as_model
    from csea_stats.regression.predictive import prior_fit
    from csea_stats.respondents.codebook import Codebook

    chosen = as_model(model)
    if isinstance(data, Codebook):
        from csea_stats.regression.blank_answers import blank_answers

        data = blank_answers(chosen, data)
    else:
        data = as_answers(chosen, data)[0]
    return Fit.of(prior_fit(chosen, data, seed=seed, draws=draws, level=check_level(level)))


def load_fit(path: str | os.PathLike[str]) -> Fit:
    """Read a fit that `Fit.save` wrote.

    Parameters
    ----------
    path : path
        The folder.

    Returns
    -------
    Fit
        Its effects equal those of the fit that was saved, exactly.

    Raises
    ------
    InputError
        If the folder holds no fit.
    """
    from csea_stats.regression.storing import load

    return Fit.of(load(path))
