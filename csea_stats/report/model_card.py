"""A fit in words: summary, the sentence to cite, and the card of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.regression.summary import FAMILIES, those_used

if TYPE_CHECKING:
    from csea_stats.regression.model import Model

STACKING = ("item", "respondent")
"""Group effects of several answers of one person; others are effects of groups of people."""


def model_card(model: Model) -> str:
    """Tell a model as a page: question, formula, mathematics, priors with reasons, estimands, limits, references.

    Parameters
    ----------
    model : Model

    Returns
    -------
    str
        Markdown.

    Examples
    --------
    >>> from csea_stats.regression.library import load_model
    >>> model_card(load_model("awareness-by-age-and-experience")).splitlines()[0]
    '# awareness-by-age-and-experience'
    """
    outcome = model.outcome
    family = FAMILIES.get(model.family or "", "cumulative logit, or logistic for two answers")
    parts = [
        f"# {model.id}",
        "",
        model.question,
        "",
        f"- **Formula**: `{model.formula}`",
        f"- **Family**: {family}",
        f"- **Outcome**: {outcome.label or outcome.name}" + outcome_words(model),
        f"- **Speaks of**: {model.target}",
        "",
        "## In mathematics",
        "",
        *mathematics(model),
        "",
        "## What enters",
        "",
        "| term | role | why |",
        "|---|---|---|",
        *(_row(f"`{one.written}`", one.role, one.reason or "") for one in model.predictor),
        *(_row(f"`{one.written}`", "interaction", one.reason or "") for one in model.interaction),
        "",
        "## Priors",
        "",
        "| of | prior | reason |",
        "|---|---|---|",
        *(_row(kind, f"`{stated.prior}`", stated.reason) for kind, stated in those_used(model)),
        "",
        "## What is estimated",
        "",
        *estimands_told(model),
        "",
    ]
    if model.limits:
        parts += ["## Limits", "", model.limits, ""]
    if model.references:
        parts += ["## References", "", *(f"- {reference}" for reference in model.references), ""]
    return "\n".join(parts)


def _row(*cells: str) -> str:
    """Return a row of a Markdown table: a bar inside a cell, also in code, would part it."""
    return f"| {' | '.join(cell.replace('|', '\\|') for cell in cells)} |"


def outcome_words(model: Model) -> str:
    """Return what is known of the answers, to stand after the outcome's name."""
    if model.outcome.questions:
        return f" ({', '.join(model.outcome.questions)})"
    if model.outcome.chosen:
        return f", exactly {model.outcome.chosen} named by each"
    return f", from low to high: {', '.join(model.outcome.order)}" if model.outcome.order else ""


CENTRED = "with predictors centred over the respondents, so that {what} of a respondent at their averages"


def _other_answers(family: str, terms: list[str]) -> list[str]:
    """Return the likelihood of three or more answers that is not the cumulative one."""
    whole = " + ".join(terms) or "0"
    if family == "multinomial":
        about = CENTRED.format(what="p_k are the shares of the answers")
        return [
            (
                f"log P(Y_i = k) / P(Y_i = 1) = log p_k / p_1 + {whole}, each coefficient with one value for every "
                f"answer k but the first, {about}. Its prior is that of the log odds ratio of any two answers, "
                "whichever is the first."
            )
        ]
    if family == "adjacent":
        about = CENTRED.format(what="p_k are the shares of the answers")
        return [f"log P(Y_i = k + 1) / P(Y_i = k) = log p_k+1 / p_k + {whole}, {about}."]
    about = CENTRED.format(what="a_k is the log odds of stopping at k")
    return [f"logit P(Y_i = k given Y_i ≥ k) = a_k − ({whole}), {about}."]


ONE_NUMBER = ("bernoulli", "binomial", "linear")
"""Families of one linear predictor without thresholds."""


def _one_number(model: Model, terms: list[str]) -> list[str]:
    """Return the likelihood of two answers, of how many of how many, or of a number."""
    whole = " + ".join(["a", *terms])
    about = CENTRED.format(what=f"a is the {'average' if model.family == 'linear' else 'logit'}")
    if model.family == "bernoulli":
        return [f"logit P(Y_i = the later answer) = {whole}, {about}."]
    if model.family == "binomial":
        return [f"Y_i ~ binomial({model.outcome.trials}_i, p_i), logit p_i = {whole}, {about}."]
    return [
        (
            f"Y_i = {whole} + s·e_i, e_i ~ Student-t(n), {about}; n − 1 ~ gamma(2, 0.1). Priors are in standard "
            "deviations of Y among the respondents, that of a about their mean."
        )
    ]


def mathematics(model: Model) -> list[str]:
    """Return the likelihood in symbols."""
    grouped = any(one.name == "item" for one in model.predictor)
    if model.family == "conditional-bernoulli":
        return [
            (
                "P(person i names the set S) is proportional to the product over j in S of exp(h_j + g_j,t(i)), "
                "over all "
                f"sets of {model.outcome.chosen}; g_jt ~ Normal(0, sd²)."
            )
        ]
    if model.family == "bernoulli" and grouped:
        return [
            (
                "logit P(person i says yes to j) = a_j + d_t(i) + g_j,t(i) + u_i, with g_jt ~ Normal(0, sd²) and "
                "u_i ~ Normal(0, sd²); d_t is a fixed effect."
            )
        ]
    terms = [_term(one.term, one.name, one.per) for one in model.predictor if one.term != "group"]
    steps = {one.name: f"Σ_{{s ≤ {one.name}_i}} w_s" for one in model.predictor if one.term == "mo"}
    terms += [f"b · {' · '.join(steps.get(name, name) for name in one.between)}" for one in model.interaction]
    if grouped:
        terms += ["a_j + g_j,t(i)", "u_i"]
    groups = [one for one in model.predictor if one.term == "group" and one.name not in STACKING]
    terms += [f"g_{one.group}(i)" for one in groups]
    terms += [f"h_{one.group}(i) · {slope}_i" for one in groups for slope in one.slopes or ()]
    if model.family in ONE_NUMBER:
        return _one_number(model, terms)
    if model.family in ("multinomial", "adjacent", "continuation"):
        return _other_answers(model.family, terms)
    return [
        (
            f"logit P(Y_i ≤ k) = c_k − ({' + '.join(terms)}), with predictors centred over the respondents, "
            "so that c_k is "
            "the threshold of a respondent at their averages. A positive coefficient points towards the later answers."
        )
    ]


def _term(kind: str, name: str, per: float | None) -> str:
    if kind == "mo":
        return f"b_{name} · Σ_{{s ≤ {name}_i}} z_s"
    if kind == "free":
        return f"b_{name} · {name}_i (tilted: see departures)"
    if kind == "per":
        return f"b_{name} · {name}_i / {per:g}"
    return f"b_{name} · {name}_i"


def estimands_told(model: Model) -> list[str]:
    """Return what is estimated, a line each."""
    told = []
    for one in model.estimand:
        change = one.words or "each level against the first"
        answer = f"“{one.outcome}” or lower" if one.outcome else "every answer"
        told.append(
            f"- The change in the probability of {answer}, {change}, averaged over the respondents ({one.variable})."
        )
    of = "of the average" if model.family == "linear" else "at each answer"
    return told or [f"- Lowest against highest of each term, {of}."]
