"""Doubts that a model of answers raises: code, severity and wording, declared once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csea_stats.publication.lettered_notes import Severity

FIT_CAVEATS: dict[str, tuple[Severity, str]] = {
    "tipping-slope": (
        "note",
        (
            "Selection on the answer alone, or on the predictor alone, leaves a log odds ratio as it is; this is how "
            "many times more readily those with later answers and the higher predictor must have taken part than each "
            "would suggest. Below 1: less readily."
        ),
    ),
    "described": (
        "note",
        "Describes these respondents through a model, without an interval: it says nothing about anyone else.",
    ),
    "incomplete": ("caution", "{left} of {total} respondents {verb} not in the model: {why}."),
    "one-direction": (
        "note",
        "Takes the effect of {name} to go one way over its levels; which way is left open.",
    ),
    "one-direction-each": (
        "note",
        (
            "Takes the average effect of {name} to go one way over its levels, and how much it differs by {others} to "
            "do so, too, each by steps of its own: at a single value of {others} the effect need not go one way."
        ),
    ),
    "one-odds-ratio": ("note", "Takes one odds ratio for {what}.{look}"),
    "free-odds-ratio": (
        "note",
        (
            "Lets the odds ratio of {name} differ from cut to cut, drawn towards one for all by the prior {prior} of "
            "how far answers are tilted."
        ),
    ),
    "errors-alike": ("note", "Takes numbers to scatter alike around their average, evenly to both sides."),
    "trials-alike": ("note", "Takes the {trials} of one respondent for independent; their spread shows nothing else."),
    "trials-hang-together": (
        "serious",
        (
            "The {trials} of one respondent hang together: shares spread {times} times as much as chance (variance), "
            "so intervals are too narrow. Fit the share of each respondent as a number instead."
        ),
    ),
    "odds-ratios-differ": (
        "serious",
        (
            "The model's one odds ratio for every cut does not fit: by themselves, the answers at {cuts} say "
            "otherwise.{beside}"
        ),
    ),
    "effect-averaged": (
        "note",
        "The effect of {name} is let differ by {others}: this is its average over the respondents.",
    ),
    "differences-differ": (
        "caution",
        (
            "How much two differences differ takes about four times the respondents that one difference takes: an "
            "interval that leaves out 0 tends to overstate it, one that holds 0 says little."
        ),
    ),
    "no-interaction": (
        "caution",
        (
            "The model has one odds ratio for both, so that its differences differ by where the shares lie alone; "
            "{terms} asks the answers."
        ),
    ),
    "interaction-prior": (
        "note",
        "Assumes that effects differ little between levels: interactions have the prior {prior}, others {other}.",
    ),
    "beyond-everybody": (
        "serious",
        "Reaches beyond the {name} of every respondent: there the model alone says how answers go on.",
    ),
    "imputed": (
        "caution",
        (
            "Answers that people lack ({what}) were imputed {number} from all others (chained models, seed {seed}), as "
            "if lacking one depended on answers given alone. The confidence interval covers those of five such sets."
        ),
    ),
    "missing-level": (
        "caution",
        "Holds the {number} without an answer to {name} as a level of their own, though they differ among themselves.",
    ),
    "empty-levels": ("note", "Nobody in the model has {levels} of {name}: nothing is told of it.{reference}"),
    "combination-unseen": (
        "caution",
        "No respondent has this combination of {names}: the model puts together what it takes from others.",
    ),
    "group-seen": ("note", "Takes the effect of {name} “{label}” as these answers tell it."),
    "group-new": (
        "caution",
        "Tells of a new {name}{label}: its effect is drawn from the spread of those that answered.",
    ),
    "people-averaged": ("note", "Averaged over what sets people of one kind apart, by the spread that the model has."),
    "new-people": (
        "note",
        "Allows for what is not known of the share, and for chance among the new people themselves.",
    ),
    "scores-small": (
        "caution",
        (
            "With {number} a difference of log scores below 4 is noise, and the standard error of any difference is "
            "too small (Sivula et al. 2020)."
        ),
    ),
    "scores-unstable": (
        "caution",
        "The log scores of {number} under {name} rest on few draws (Pareto k): fitting without them would tell more.",
    ),
    "scores-of-answers": (
        "note",
        "One answer is left out at a time, not one person: the others of the same person help to predict it.",
    ),
    "scores-alike": (
        "note",
        "A model that predicts no better may still be the one that the question asks for: scores do not choose it.",
    ),
    "stacking": (
        "note",
        "Weights are those of the mixture of the models that predicts best: they are no probabilities of the models.",
    ),
    "steps-decide": (
        "caution",
        "Were the steps between its levels free the interval would be {free}: that they go one way decides {what}.",
    ),
    "equal-steps": ("note", "Takes equal steps from the lowest to the highest level of {name}."),
    "prior-alone": (
        "serious",
        "No answer is in this: it is what the priors imply before any is seen, for these predictors.",
    ),
    "prior-informed": (
        "serious",
        "Assumes, before any answer is seen, that the log odds ratio of {of} follows {prior}: {reason}",
    ),
    "prior-chosen": ("note", "Priors chosen in place of the defaults: {priors}."),
    "fit-check": ("caution", "A check of the fit is not passed in full: {text}"),
    "few-groups": ("caution", "Only {number} groups of {name}: the data hardly tell how much groups differ."),
    "surveys-pooled": ("note", "Larger ones of the {number} surveys count more; each is drawn towards the others."),
    "no-companion": ("note", "No confidence interval stands beside, and so there is no verdict: {why}."),
    "prior-not-fitted": (
        "caution",
        "Importance sampling failed under {priors}, so that there is no verdict; a fit with that prior tells more.",
    ),
    "slopes-unrelated": (
        "note",
        "Takes how groups of {name} differ in level to be unrelated to how they differ in the effect of {slopes}.",
    ),
    "exaggerates": (
        "caution",
        ("With {smallest} in the smaller group, an interval that leaves out 0 tends to overstate the difference."),
    ),
    "selection-scaled": (
        "note",
        (
            "The assumption about who took part is for a contrast of {whole}; this one is {part} of it, and the two "
            "sides' participation is taken to differ in proportion."
        ),
    ),
    "ambiguous-fit": (
        "caution",
        "Print leaves {number} tables of counts possible; each was fitted, and intervals cover all of them.",
    ),
    "answers-apart": ("caution", "{answered} of {total} answers of these respondents are in the model; not: {why}."),
    "cut-levels": ("note", "Cut in two, each question has a level of its own, not drawn towards the others'."),
    "looked-at": (
        "note",
        (
            "To be looked at, not tested: the cuts rest on the same answers, so their intervals move together; see "
            "whether the effects drift along the scale, or change sign."
        ),
    ),
}
"""As `csea_stats.results.caveats.CAVEATS`, which has them all."""
