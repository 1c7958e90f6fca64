"""A fit as text: the model, who is in it, its checks, coefficients and effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.regression.model import StatedPrior
from csea_stats.results.numbers import integer, interval_words, number_of, thresholds_of
from csea_stats.results.sentences import what_interval

if TYPE_CHECKING:
    from csea_stats.regression.fitted import FittedModel
    from csea_stats.regression.model import Model
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
        *(f"  {one.state}: {one.name}: {one.text}" for one in fit.diagnostics),
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
