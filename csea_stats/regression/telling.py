"""A fit in words: summary, the sentence to cite, and the card of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.results.numbers import integer, interval_words, number_of, thresholds_of
from csea_stats.results.sentences import what_interval

if TYPE_CHECKING:
    from csea_stats.regression.reading import FittedModel
    from csea_stats.regression.spec import Model, StatedPrior
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.estimates import Estimates

FAMILIES = {
    "cumulative": "cumulative logit",
    "bernoulli": "logistic",
    "conditional-bernoulli": "conditional Bernoulli (exactly k chosen)",
}

STACKING = ("item", "respondent")
"""Group effects of several answers of one person; others are effects of groups of people."""


def summary(fit: FittedModel, coefficients: Estimates, effects: Estimates) -> str:
    """Tell the model, who is in it, its checks, coefficients and effects."""
    priors = those_used(fit.design.resolved) if fit.bayes else []
    lines = [
        *([fit.stamp] if fit.synthetic else []),
        fit.model.question,
        f"{fit.model.formula} ({fit.engine}), {number_of(fit.design.people, 'respondents')}",
        *(f"  prior of {name}: {stated.prior}" for name, stated in priors),
        *(f"  {integer(number)} left out: {reason}" for reason, number in fit.design.left_out),
        "Checks",
        *(f"  {one.state}: {one.name}: {one.text}" for one in fit.diagnostics),
        "Coefficients (log odds ratios towards later answers)",
        *(f"  {one.item}: {line(one)}" for one in coefficients),
        "Effects (differences of probabilities, averaged over the respondents)",
        *(f"  {one.estimand}: {line(one)}" for one in effects),
        "Doubts",
        *(f"  {doubt.text}" for doubt in fit.caveats),
    ]
    return "\n".join(lines)


def line(estimate: Estimate) -> str:
    """Return the value with its intervals, for a table."""
    if estimate.interval is None:
        return "no interval"
    held = thresholds_of(estimate)
    text = f"{interval_words(estimate.interval, estimate.scale, held)} ({what_interval(estimate.interval)})"
    if estimate.companion:
        text += f"; {interval_words(estimate.companion, estimate.scale, held)} ({what_interval(estimate.companion)})"
    if estimate.verdict:
        text += f"; {estimate.verdict.word}"
    return text


def methods_paragraph(fit: FittedModel) -> str:
    """Tell how the numbers were made, as a paragraph for a methods section."""
    model = fit.design.resolved
    kind = FAMILIES[model.family or "cumulative"]
    made = {
        "laplace": "importance sampling around the posterior's modes",
        "nuts": "Hamiltonian Monte Carlo (NUTS, PyMC with nutpie)",
        "log-f": "likelihood penalised by a log-F(1, 1) density on each slope, with profile intervals",
        "ml": "maximum likelihood with profile intervals",
        "firth": "likelihood penalised as Firth proposed, with profile intervals",
    }[fit.engine]
    parts = [
        *([fit.stamp] if fit.synthetic else []),
        f"{number_of(fit.design.people, 'respondents were')} fitted with a {kind} model, {model.formula}, by {made}.",
    ]
    if fit.bayes:
        parts.append(f"Priors: {'; '.join(f'{name} {stated.prior}' for name, stated in those_used(model))}.")
    left = sum(number for _, number in fit.design.left_out)
    if left:
        parts.append(f"{number_of(left, 'were')} left out for want of an answer.")
    parts.append(
        "Effects are differences of probabilities, each respondent's predictor set to one value and then the other and "
        "all else left as it is, averaged over the respondents."
    )
    told = ", ".join(f"{name} {version}" for name, version in fit.provenance.versions)
    parts.append(f"Software: {told}; seed {fit.seed}; made again by {fit.provenance.call}.")
    return " ".join(parts)


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


def those_used(model: Model) -> list[tuple[str, StatedPrior]]:
    """Return the priors of those kinds of parameter that the model has, or, before the answers are known, can have."""
    open_ = {"thresholds": " (three answers or more)", "intercept": " (two answers)"} if model.family is None else {}
    return [(slot + open_.get(slot, ""), model.prior(slot)) for slot in model.slots]


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
    if grouped:
        terms += ["a_j + g_j,t(i)", "u_i"]
    terms += [f"g_{one.name}(i)" for one in model.predictor if one.term == "group" and one.name not in STACKING]
    if model.family == "bernoulli":
        whole = " + ".join(["a", *terms])
        about = "with predictors centred over the respondents, so that a is the logit of a respondent at their averages"
        return [f"logit P(Y_i = the later answer) = {whole}, {about}."]
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
    return told or ["- Lowest against highest of each term, at each answer."]
