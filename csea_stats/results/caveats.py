"""Every doubt this package can attach to a number: code, severity and wording, declared once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.errors import UnknownName
from csea_stats.results.fit_caveats import FIT_CAVEATS
from csea_stats.results.values import Caveat

if TYPE_CHECKING:
    from csea_stats.publication.lettered_notes import Severity

CAVEATS: dict[str, tuple[Severity, str]] = {
    "counted": (
        "note",
        "Counted, not estimated: this says nothing about anyone who did not answer.",
    ),
    "census": ("note", "Everybody in it answered: counted, nothing is estimated."),
    "chance-alone": (
        "caution",
        (
            "Allows for chance alone, as if those who answered were a random draw from all who could have been "
            "recruited the same way; bias from who took part is not in the interval."
        ),
    ),
    "who-took-part-ignored": (
        "serious",
        "Treats those who answered as a random draw from a population of {size}; nothing allows for who took part.",
    ),
    "selection-assumed": (
        "serious",
        (
            "Assumes that those who gave this answer and the others were equally likely to take part to within a "
            "factor of about {ratio} either way, with 95% probability; the survey cannot tell."
        ),
    ),
    "selection-bounded": (
        "serious",
        (
            "Assumes that those who gave this answer and the others were equally likely to take part to within a "
            "factor of {ratio} either way; the survey cannot tell."
        ),
    ),
    "nothing-assumed": (
        "note",
        "Assumes nothing about who took part: all who did not answer may say otherwise, or the same.",
    ),
    "turned-away": (
        "caution",
        "Counts in the {number} who began but did not meet the entry conditions, as if all of them had.",
    ),
    "selection-centred": (
        "serious",
        (
            "Assumes that those who gave this answer were about {centre} times as likely to take part as the others, "
            "to within a factor of about {ratio} either way, with 95% probability; the survey cannot tell."
        ),
    ),
    "selection-direction": ("serious", "Assumes a direction of who took part: {reason}."),
    "print-ambiguous": (
        "caution",
        "Print leaves several counts possible ({counts}); intervals cover all of them.",
    ),
    "print-conflict": (
        "serious",
        "Print contradicts itself here ({detail}); intervals cover every count that it allows.",
    ),
    "print-impossible": (
        "serious",
        (
            "No count gives what is printed ({detail}); intervals cover every count that another rounding would allow, "
            "or the two nearest."
        ),
    ),
    "label-by-order": ("caution", "The label of this value is inferred from the order of print."),
    "label-unknown": (
        "serious",
        "Print does not say which of several values belongs to this answer; intervals cover every value it could be.",
    ),
    "weighted": (
        "serious",
        (
            "A weighted percentage, as printed: no count of people has it, the weights are not published, and it was "
            "not held against other print."
        ),
    ),
    "no-spread": (
        "caution",
        'A {name} as printed, "{printed}": print gives no spread, so it has no interval, and says nothing of others.',
    ),
    "spread-printed": (
        "caution",
        (
            'A mean as printed, "{printed}", with a standard deviation of {sd}: no interval is made of the two, and it '
            "says nothing of others."
        ),
    ),
    "average-conflict": ("serious", "Print contradicts itself here ({detail}); it is told as printed."),
    "equal-scores": ("note", "A mean takes the answers as the numbers {scores}."),
    "effective-size": (
        "caution",
        (
            "The interval takes the printed effective number of respondents, {size}, as that of a simple random "
            "sample; it allows for nothing that the weights do not mend."
        ),
    ),
    "implied": ("note", "The count is not printed; it follows from others that are."),
    "closed-end": (
        "note",
        (
            "With {count} of {base} the interval is closed at {end}: its credibility from one side is "
            "{credibility}, and the prior decides much of the other limit."
        ),
    ),
    "closed-band": (
        "note",
        "With a count of 0 or all the band is closed at the end, so it holds a little more than the level.",
    ),
    "few": ("caution", "Only {base}: one person is {points} percentage points."),
    "one-at-a-time": (
        "note",
        "One interval at a time: it backs no statement that one answer beats another.",
    ),
    "long-list": ("caution", "The credible band of a long list can hold about equal shares less often than it says."),
    "all-at-once": ("note", "The level holds for all {number} intervals jointly."),
    "one-sided-cuts": (
        "note",
        "Left out and not counted among them, because nobody or everybody gave it, whatever the group: {left}.",
    ),
    "quartiles": (
        "note",
        "Quartiles of the {people}: {lower} and {upper} (linear between neighbours, R's type 7).",
    ),
    "quartiles-rounded": ("note", "Quartiles: {lower} and {upper}. {note}"),
    "median-alone": (
        "note",
        (
            "No credible interval stands beside it: without a model of the distribution a posterior of the median is "
            "this interval again (Hill's assumption), or one that holds less often than it says (Bayesian bootstrap)."
        ),
    ),
    "median-of-few": (
        "caution",
        "Of {people} people not even the smallest and the largest value bound the median at this level.",
    ),
    "ranks-listed": (
        "note",
        (
            "Ranks are among the {number} answers listed, from the most named to the least; equal shares have all the "
            "ranks that they share."
        ),
    ),
    "not-shown-nobody": (
        "note",
        "Of {offered} answers offered print shows {shown}; the others are taken to have been named by nobody.",
    ),
    "list-shortened": (
        "caution",
        "Print does not show every answer that was offered; those it leaves out have no rank.",
    ),
    "any-dependence": ("note", "Holds however the answers hang together."),
    "ranks-one-at-a-time": (
        "caution",
        "Each probability is a statement of its own; that several of them hold together is less probable.",
    ),
    "exactly-k-model": (
        "caution",
        (
            "Supposes that the answers of a respondent hang together only because {chosen} named (the conditional "
            "Bernoulli model, each log weight Normal(0, {spread}²) beforehand); published counts cannot show otherwise."
        ),
    ),
    "one-choice-model": (
        "note",
        "Supposes that respondents answer independently of each other, with a Dirichlet(1/2) prior on the shares.",
    ),
    "from-draws": (
        "note",
        "Computed from weighted random draws worth {effective} independent ones; the seed is {seed}.",
    ),
    "picked-by-count": (
        "note",
        "The counts decide which answers are compared, so all {number} pairs of answers are allowed for.",
    ),
    "pair-model": (
        "caution",
        (
            "Under a model in which the answers of a respondent hang together only because {chosen} named, the "
            "difference is {span} ({level} credible interval, this pair alone); print does not show whether they do."
        ),
    ),
    "choices-compete": (
        "note",
        (
            "Each respondent named {chosen}: naming one answer leaves less room for another, so shares hang together "
            "negatively, and a low share means not among the {chosen}."
        ),
    ),
    "choices-recognised": (
        "note",
        (
            "The counts add up to {chosen} × {base}, so each respondent seems to have named {chosen}, which is not "
            "printed: naming one answer leaves less room for another, so shares hang together negatively, and a low "
            "share means not among the {chosen}."
        ),
    ),
    "mentions": (
        "note",
        "Answers were given freely and coded: not mentioning it does not mean not holding it.",
    ),
    "subgroup": (
        "caution",
        "Speaks of a part of the respondents only: {group}.",
    ),
    "chosen-after": (
        "serious",
        "The group was singled out after the answers were seen; no unadjusted interval allows for that.",
    ),
    "group-tiers": (
        "note",
        "Each group has its own selection; the groups' intervals do not add up to the total's.",
    ),
    "prior-decides": (
        "caution",
        "Another customary prior changes which side of the threshold the interval lies on.",
    ),
    "rate-simulated": (
        "note",
        "Simulated {number} times at 0: the verdict's rule decided {rate} (standard error {error}).",
    ),
    "judged-as": ("note", "Judged by the intervals of the {judge}; those of the {named} both leave out {threshold}."),
    "methods-disagree": (
        "caution",
        "The two methods disagree about the threshold, so it is not settled.",
    ),
    "not-identified": (
        "serious",
        (
            "Not identified from what is published: print gives each question's answers but not how they go together; "
            "every value between the bounds fits."
        ),
    ),
    "margin-not-printed": ("serious", "Print does not give {missing} at all."),
    "group-size-fixed": (
        "caution",
        "Takes the size of the group as known; that it too would differ by chance, or by who took part, is left out.",
    ),
    "one-true-value": ("note", "The intervals are for the one true value within the bounds, not for all of them."),
    "every-table": ("note", "The intervals hold the interval of every table that fits what is printed."),
    "coupling-supposed": (
        "serious",
        (
            "Among these respondents, supposing {coupling}, the difference is above 0 with probability {probability}. "
            "That is the supposition's doing; nothing printed bears on it."
        ),
    ),
    "equal-clusters": ("caution", "Allows for clustering of answers by a design effect of {effect}, assumed."),
    "views-not-events": (
        "note",
        "A share of those who answered and of their views; it is no rate of how often anything happens.",
    ),
    "independent-groups": (
        "note",
        "Treats the two groups as independent samples; the same person must not be in both.",
    ),
    "any-overlap": (
        "note",
        "Who is in both is not printed: the range holds whatever the overlap, so it is wider than with it known.",
    ),
    "superiority": (
        "note",
        (
            "The chance that someone drawn from the first group answers higher than someone from the second, equal "
            "answers counting as half; it says nothing of how far apart their answers are."
        ),
    ),
    "one-odds-ratio-supposed": (
        "serious",
        "The proportional-odds interval supposes one odds ratio at every cut; else it can hold half as often.",
    ),
    "overlap-open": (
        "note",
        (
            "The same people gave both answers, and who gave both is not printed ({both} of them can have): the "
            "intervals hold whatever their number."
        ),
    ),
    "same-people": ("note", "Both answers are of the same people; {both} of them gave both."),
    "steps-moved": (
        "note",
        "The same people answered twice: {same} gave the same answer; how many moved by how many steps: {steps}.",
    ),
    "selection-by-pair": (
        "serious",
        (
            "Assumes that {kinds} were equally likely to take part to within a factor of about {ratio} of each "
            "other{probability}; the survey cannot tell."
        ),
    ),
    "surveys-same-people": (
        "caution",
        (
            "The same people may have answered both surveys, and print does not say whether they did; the surveys are "
            "taken as independent."
        ),
    ),
    "surveys-populations": (
        "serious",
        "The two surveys are of different populations ({first}; {second}): the difference does not say why.",
    ),
    "surveys-years": ("caution", "Asked in different years ({first} and {second}): the difference may be theirs."),
    "surveys-ways": (
        "caution",
        (
            "How respondents were found, or how they answered, is not told alike of the two surveys; the difference "
            "may come from that."
        ),
    ),
    "surveys-wording": ("caution", "Worded differently: “{first}” and “{second}”."),
    "surveys-wording-unknown": (
        "note",
        "The full wording is not at hand; that both surveys asked the same is taken from the question's short label.",
    ),
    "surveys-answers": (
        "caution",
        "Other answers could be given ({first}; {second}), which moves the share of each.",
    ),
    "surveys-bases": ("caution", "The shares are not of alike people: of {first}, and of {second}."),
    "base-uncertain": ("caution", "Print leaves several bases possible ({bases}); intervals cover all of them."),
    "association": (
        "caution",
        (
            "Compares people who are alike in what else the model holds; it does not show what would happen if one of "
            "them changed."
        ),
    ),
    "selection-by-group": (
        "serious",
        (
            "Assumes that who took part depended on the answer to within a factor of about {ratio} either way in each "
            "of the groups compared, {correlation}; the survey cannot tell."
        ),
    ),
    "selection-correlated": (
        "serious",
        (
            "Assumes that who took part depended on the answer in both of the groups compared, {correlation}; the "
            "survey cannot tell."
        ),
    ),
    "apart": ("caution", "{who}{answered} of {total} gave an answer that is counted here; not counted: {why}."),
    "released": ("note", "Respondents' answers as they may be passed on: {rule}"),
    "excluded": ("note", "Who counts: {funnel}"),
    "stand-ins": ("caution", "Texts that stand for a number: {texts}."),
    "clustered": ("caution", "Answers of the same {cluster} may be alike; the interval treats all as independent."),
    "people-exchanged": (
        "caution",
        "The test exchanges people between groups, so it takes them as independent; colleagues may answer alike.",
    ),
    "few-clusters": (
        "caution",
        "Only {number} clusters ({cluster}): even with the correction for few the interval may be too narrow.",
    ),
    "test-and-interval": (
        "caution",
        "The test and the interval, which is approximate, disagree about 0: what they are about is not settled.",
    ),
    "test-limits": (
        "note",
        "A large p-value does not show that there is no association, nor a small one that it is strong.",
    ),
    "tipping-between": (
        "note",
        (
            "Were the participation ratio the same in both groups the difference would keep its sign, whatever the "
            "ratio; opposite ratios in the two need the square root each (at the observed shares: {root})."
        ),
    ),
    "odds-not-shares": (
        "note",
        "An odds ratio lies farther from 1 than the ratio of the shares: it does not say how many times as many.",
    ),
    "zero-cell": (
        "caution",
        (
            "A cell of the table is 0, so the answers bound the {ratio} from one side only: how far it may reach on "
            "the other is the prior's or the penalty's doing, or left open."
        ),
    ),
    "ratio-not-defined": (
        "serious",
        (
            "Where nobody, or everybody, in both groups gave this answer the counts define no {ratio}; the limits are "
            "the prior's or the penalty's, or everything is left open."
        ),
    ),
    "synthetic": ("serious", "SYNTHETIC: made from random numbers to fit printed tables; evidence of nothing."),
    **FIT_CAVEATS,
}
"""Severity and wording of every caveat; braces are filled in by the code that knows the numbers."""


def caveat(code: str, **values: object) -> Caveat:
    """Make a declared caveat, its braces filled in.

    Parameters
    ----------
    code : str
        A key of `CAVEATS`.
    **values
        What its braces name.

    Returns
    -------
    Caveat

    Raises
    ------
    UnknownName
        If no caveat has that code.

    Examples
    --------
    >>> caveat("few", base="7 people", points=14).text
    'Only 7 people: one person is 14 percentage points.'
    """
    if code not in CAVEATS:
        raise UnknownName("caveat", code, CAVEATS)
    severity, text = CAVEATS[code]
    return Caveat(code=code, text=text.format(**values), severity=severity)
