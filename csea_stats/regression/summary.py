"""A fit as text: the model, who is in it, its checks, its numbers; its methods; and all of it as JSON."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, get_args

from csea_stats.errors import check_choice
from csea_stats.regression.model import Model, StatedPrior, model_toml
from csea_stats.regression.predictive import expected
from csea_stats.regression.problem import each_once
from csea_stats.results.estimate_frames import ids
from csea_stats.results.json_writer import number, pair, results_document, results_text
from csea_stats.results.methods_texts import MethodsLength
from csea_stats.results.numbers import integer, interval_words, number_of, thresholds_of
from csea_stats.results.sentences import what_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from csea_stats.regression.fitted import FittedModel
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.estimates import Estimates

FAMILIES = {
    "cumulative": "cumulative logit",
    "bernoulli": "logistic",
    "multinomial": "multinomial logit",
    "adjacent": "adjacent-category logit",
    "continuation": "continuation-ratio logit",
    "binomial": "logistic (how many of how many)",
    "linear": "linear, with Student-t errors",
    "conditional-bernoulli": "conditional Bernoulli (exactly k chosen)",
}


RATIOS = {
    "multinomial": "of each answer against the first",
    "adjacent": "of each answer against the one before",
    "continuation": "of going on to a later answer",
}
"""Which odds the coefficients of a family are about, where not those of later answers."""


def summary(fit: FittedModel, coefficients: Estimates, effects: Estimates) -> str:
    """Tell the model, who is in it, its checks, coefficients and effects."""
    priors = those_used(fit.design.resolved) if fit.bayes else []
    lines = [
        *([fit.stamp] if fit.synthetic else []),
        fit.model.question,
        f"{fit.model.formula} ({fit.engine}), {number_of(fit.design.people, 'respondents')}",
        *(f"  {told}" for told in fit.taken),
        *(f"  prior of {name}: {stated.prior}" for name, stated in priors),
        *(f"  {integer(number)} left out: {reason}" for reason, number in fit.design.left_out),
        "Checks",
        *(f"  {one.state}: {one.name}: {one.text}" for one in each_once(fit.diagnostics)),
        f"Coefficients ({_kind(fit)})",
        *(f"  {one.item}: {line(one)}" for one in coefficients),
        f"Effects (differences of {'averages' if fit.number else 'probabilities'}, averaged over the respondents)",
        *(f"  {one.estimand}: {line(one)}" for one in effects),
        "Doubts",
        *(f"  {doubt.text}" for doubt in fit.caveats),
    ]
    return "\n".join(lines)


def _kind(fit: FittedModel) -> str:
    if fit.number:
        return "differences of the average"
    return f"log odds ratios {RATIOS.get(fit.design.resolved.family or '', 'towards later answers')}"


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


def those_used(model: Model) -> list[tuple[str, StatedPrior]]:
    """Return the priors of those kinds of parameter that the model has, or, before the answers are known, can have."""
    open_ = {"thresholds": " (three answers or more)", "intercept": " (two answers)"} if model.family is None else {}
    own = [(one.of, StatedPrior(prior=one.prior, reason=one.reason)) for one in model.coefficient_prior]
    return [*((slot + open_.get(slot, ""), model.prior(slot)) for slot in model.slots), *own]


def methods_paragraph(fit: FittedModel, length: MethodsLength = "paragraph") -> str:
    """Tell how the numbers were made, for a methods section.

    Raises
    ------
    InputError
        For another length.
    """
    check_choice("length", length, get_args(MethodsLength))
    model = fit.design.resolved
    kind = FAMILIES[model.family or "cumulative"]
    made = {
        "laplace": "importance sampling around the posterior's modes",
        "slice": "a thousand short Markov chains of elliptical slice sampling",
        "nuts": "Hamiltonian Monte Carlo (NUTS, PyMC with nutpie)",
        "log-f": "likelihood penalised by a log-F(1, 1) density on each slope, with profile intervals",
        "ml": "maximum likelihood with profile intervals",
        "firth": "likelihood penalised as Firth proposed, with profile intervals",
        "least-squares": "least squares, with Student's t intervals",
    }[fit.engine]
    people = number_of(fit.design.people, "respondents")
    first = f"{kind[:1].upper()}{kind[1:]} model {model.formula}, fitted to the answers of {people} by {made}."
    parts = [*([fit.stamp] if fit.synthetic else []), first]
    if not fit.bayes and fit.design.groups:
        parts.append("The groups are averaged over; each spread has a penalty, its logarithm.")
    if fit.bayes:
        parts.append(f"Priors: {'; '.join(f'{name} {stated.prior}' for name, stated in those_used(model))}.")
    left = sum(number for _, number in fit.design.left_out)
    if left:
        parts.append(f"{number_of(left, 'were')} left out, as an answer is missing.")
    parts.append(
        f"Effects are differences of {'averages' if fit.number else 'probabilities'}, each respondent's predictor set "
        "to one value and then the other and all else left as it is, averaged over the respondents."
    )
    told = ", ".join(f"{name} {version}" for name, version in fit.provenance.versions)
    parts.append(f"Software: {told}; seed {fit.seed}; made again by {fit.provenance.call}.")
    return " ".join(parts[: 1 + fit.synthetic] if length == "sentence" else parts)


def fit_json(fit: FittedModel, parts: Mapping[str, Estimates], strip: Mapping[str, Estimates]) -> str:
    """Return a fit as JSON text, every number of it an estimate; docs/files.md tells every key.

    Parameters
    ----------
    fit : FittedModel
    parts : mapping of str to Estimates
        Effects, coefficients, thresholds, predictions.
    strip : mapping of prior to Estimates
        The effects under each customary prior.
    """
    names = iter(ids(all_of := [one for part in (*parts.values(), *strip.values()) for one in part]))
    told = {part: list(islice(names, len(held))) for part, held in parts.items()}
    shown = expected(fit)
    counts = [
        {
            "answer": label,
            "observed": [min(seen), max(seen)],
            "before": pair(shown.span(place, fit.level, prior=True)),
            "after": pair(shown.span(place, fit.level)),
        }
        for place, (label, seen) in enumerate(zip(shown.labels, shown.observed, strict=True))
    ]
    model = fit.design.resolved
    rows = {
        "model": {
            "question": model.question,
            "formula": model.formula,
            "family": model.family,
            "toml": model_toml(fit.model),
        },
        "fit": {"method": fit.method, "engine": fit.engine, "level": fit.level, "people": fit.design.people},
        "left_out": [{"reason": reason, "people": people} for reason, people in fit.design.left_out],
        "diagnostics": [
            {"name": one.name, "value": number(float(one.value)), "state": one.state, "text": one.text}
            for one in fit.diagnostics
        ],
        **told,
        "expected": {"base": shown.base, "answers": counts},
        "sensitivity": {prior: list(islice(names, len(held))) for prior, held in strip.items()},
    }
    return results_text(results_document("fit", all_of, rows))
