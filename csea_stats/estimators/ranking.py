"""Ranks of the answers of a question, as sets that hold for all of them at once."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy import special

from csea_stats.base.conditional_bernoulli import SPREAD, posterior_draws
from csea_stats.base.rank_sets import count_boxes, joint_rank_sets, observed_ranks, pairwise_rank_sets
from csea_stats.errors import CountError, UnsupportedTarget, check_seed, in_short, whole_number
from csea_stats.estimators import arguments
from csea_stats.estimators.assumptions import count_caveats, provenance, target_caveats
from csea_stats.results.caveats import caveat
from csea_stats.results.certificates import certificate_name
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimates import Estimates
from csea_stats.results.goals import against
from csea_stats.results.numbers import integer, number_of, ratio
from csea_stats.results.rank_probabilities import RankProbabilities
from csea_stats.results.recipes import call_words
from csea_stats.results.values import Interval
from csea_stats.results.verdicts import UNRATED, Evidence, counted_verdict, population_verdict, sampled_verdict
from csea_stats.targets.populations import Population, Respondents, Selection, SelectionBounds, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from csea_stats.base.rank_sets import Whole
    from csea_stats.estimators.estimand import Limits
    from csea_stats.results.goals import Direction, Side
    from csea_stats.results.values import Verdict

    Count = int | AbstractSet[int]
    Array = NDArray[np.float64]

RankMethod = Literal["klein-wright-wieczorek", "pairwise"]

RANK_METHODS: tuple[RankMethod, ...] = ("klein-wright-wieczorek", "pairwise")
"""The methods for all ranks jointly; the first is the default."""

Sets = tuple["Whole", "Whole"]
"""The first and the last rank of each answer, or the low and the high of boxes of counts."""


def ranks(  # noqa: PLR0913 - settings are keyword-only
    counts: Sequence[Count] | Mapping[str, Count],
    base: int,
    *,
    method: RankMethod = "klein-wright-wieczorek",
    level: float = 0.95,
    target: arguments.TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    chosen: int | None = None,
    threshold: float | None = None,
    claim: Literal["above", "below"] | None = None,
    label: str | None = None,
) -> Estimates:
    """Estimate which ranks each answer of a question can have, for all answers jointly.

    Parameters
    ----------
    counts : sequence, or mapping of answer to count
        How many named each answer, those that nobody named included: the list decides how many ranks there are. A set
        in place of a count where print allows several.
    base : int
        How many respondents.
    method : str, default "klein-wright-wieczorek"
        "klein-wright-wieczorek" (from Clopper-Pearson limits of all shares jointly) or "pairwise" (from exact McNemar
        tests of all pairs at their worst overlap, with Holm's correction). Both hold whatever the dependence. Choose
        before looking: the smaller of the two sets, chosen afterwards, does not have the level.
    level : float, default 0.95
        Of all sets jointly.
    target : target or sequence of targets, default Superpopulation()
    chosen : int, optional
        How many answers each respondent named, where all named as many; the counts must then fit, and of several
        feasible counts only those that do are used.
    threshold : float, optional
        A rank that each is held against: below 3.5 are the first three. By default none.
    claim : {"above", "below"}, optional
        On which side of the threshold each rank is claimed to be. By default on the side that was observed.
    label : str, optional
        Verb phrase; by default the answer.

    Returns
    -------
    Estimates
        One for each answer, for each target in turn: ``value`` is the observed rank (1: named most), None where it is
        tied or print leaves it open, with the ranks it can have as ``bounds``; ``interval.simultaneous`` is the number
        of answers. Over several feasible counts every set is the hull.

    Raises
    ------
    CountError
        If a count is above the base, there are fewer than two answers, or the counts cannot be those of ``chosen``
        answers each.
    UnsupportedTarget
        If there is no such method for such a target; the text says which to use.

    Notes
    -----
    All m Clopper-Pearson intervals at level 1 - (1 - level)/m hold together with probability ``level`` at least, by
    Bonferroni's inequality. An answer whose lower limit is above another's upper one then surely ranks before it, and
    the set of an answer is what this leaves (Klein, Wright & Wieczorek 2020). For a population whose participation
    ratios lie within a bound the odds of every limit are shifted by it first, each answer in its own direction.

    With one answer each, "pairwise" is the finite-sample method of Bazylik et al. for multinomial counts.

    References
    ----------
    Klein, Wright & Wieczorek (2020), JRSS C 69, 589-606, https://doi.org/10.1111/rssc.12402; Mogstad, Romano, Shaikh
    & Wilhelm (2024), Review of Economic Studies 91, 476-518, https://doi.org/10.1093/restud/rdad006; Holm (1979),
    Scandinavian Journal of Statistics 6, 65-70

    Examples
    --------
    >>> counts = {"training": 35, "funds": 30, "staff": 24, "law": 18, "data": 14, "time": 12, "space": 9, "other": 5}
    >>> found = ranks(counts, 49, chosen=3)
    >>> [(rank.item, rank.value, rank.interval.lower, rank.interval.upper) for rank in found[:2]]
    [('training', 1.0, 1.0, 4.0), ('funds', 2.0, 1.0, 6.0)]
    >>> ranks(counts, 49, chosen=3, threshold=4.5, claim="below")[0].verdict.why
    'Among the first 4: every interval lies on that side.'
    """
    labels, named, number, picked = checked_list(counts, base, chosen)
    asked = arguments.check_threshold(threshold, 1.0, float(len(named)))
    side = arguments.check_side(claim, asked)
    setting = RankSetting(
        arguments.check_method(method, RANK_METHODS),
        arguments.check_level(level),
        arguments.check_label(label),
        asked,
        side,
    )
    given = [value[0] if len(value) == 1 else set(value) for value in named]
    typed = dict(zip(labels, given, strict=True)) if labels else given
    boxes = count_boxes(named, None if picked is None else picked * number)
    found: list[Estimate] = []
    for member in arguments.targets(target)[0]:
        told = {
            "method": (method, RANK_METHODS[0]),
            "level": (level, 0.95),
            "target": (member, Superpopulation()),
            "chosen": (picked, None),
            "threshold": (asked, None),
            "claim": (side, None),
            "label": (label, None),
        }
        call = call_words("ranks", (typed, number), told)
        found.extend(rank_estimates(boxes, (labels, named, number), member, setting, call))
    return Estimates(found)


Listed = tuple[tuple[str, ...] | None, list[tuple[int, ...]], int]


class RankSetting(NamedTuple):
    """How ranks are estimated."""

    method: str
    level: float
    label: str | None = None
    threshold: float | None = None
    claim: Direction | None = None


def checked_list(counts: object, base: object, chosen: object) -> tuple[*Listed, int | None]:
    """Return labels, feasible counts, base and number of choices, or raise a CountError."""
    labels, values = arguments.labelled(counts)
    number = arguments.whole(base, "base")
    named = [arguments.feasible(value, arguments.count_name(place, labels)) for place, value in enumerate(values)]
    if len(named) < 2:
        message = f"counts: found {in_short(counts)}; allowed are at least two answers"
        raise CountError(message)
    kept = [
        tuple(x for x, _ in arguments.share_pairs(set(value), number, name=arguments.count_name(place, labels)))
        for place, value in enumerate(named)
    ]
    picked = None if chosen is None else arguments.whole(chosen, "chosen")
    if picked is not None:
        arguments.check_margins(kept, number, picked, labels)
    return labels, kept, number, picked


def rank_estimates(boxes: Sets, listed: Listed, target: Target, setting: RankSetting, call: str) -> Iterator[Estimate]:
    """Yield the estimate of every answer's rank, from boxes of counts."""
    (labels, named, base), (method, level, label) = listed, setting[:3]
    observed, sets, how = _sets(boxes, base, target, method, level)
    number = len(named)
    plain = isinstance(target, Superpopulation) and target.design_effect == 1
    certified = certificate_name("ranks" if plain else "", method, level)
    for place, values in enumerate(named):
        first, last = float(observed[0][place]), float(observed[1][place])
        pairs = tuple((x, base) for x in values)
        doubts = [*target_caveats(target), *count_caveats(pairs, target)]
        doubts.append(caveat("ranks-listed", number=number))
        main = None
        if sets is not None:
            doubts += [caveat("all-at-once", number=number), caveat("any-dependence")]
            ends = {"lower": float(sets[0][place]), "upper": float(sets[1][place])}
            main = Interval(**ends, level=level, kind="confidence", method=how, simultaneous=number)
        item = labels[place] if labels else None
        yield Estimate(
            item=item,
            label=label if label is not None else item,
            estimand="rank, jointly",
            scale="rank",
            target=target,
            value=first if first == last else None,
            bounds=None if first == last else (first, last),
            interval=main,
            threshold=setting.threshold,
            verdict=_verdict(_by_side(boxes, place, (first, last)), main, target, setting),
            counts=tuple((x,) for x in values),
            base=(base,),
            caveats=tuple(doubts),
            provenance=provenance(f"{call}[{place}]", named, certified),
        )


def _by_side(boxes: Sets, place: int, ends: Limits) -> dict[Side, Limits]:
    """Return the least and the greatest rank that print allows an answer, by the side that is claimed.

    Answers that are tied share all their ranks: to be clearly among the first is to be so by the last of them, and
    clearly not by the first. Where all counts are known and a tie is what holds both sides, no side is seen.
    """
    low, high = (np.array(box) for box in boxes)
    others = np.delete(low, place, axis=1), np.delete(high, place, axis=1)
    best = float((1 + (others[0] >= high[:, [place]]).sum(axis=1)).min())
    worst = float((1 + (others[1] > low[:, [place]]).sum(axis=1)).max())
    found: dict[Side, Limits] = {"below": (best, ends[1]), "above": (ends[0], worst)}
    return {**found, "either": ends} if np.array_equal(low, high) and len(low) == 1 else found


def _verdict(
    ends: Mapping[Side, Limits], main: Interval | None, target: Target, setting: RankSetting
) -> Verdict | None:
    """Return the verdict on a rank: the sets hold for all answers jointly at the level, so no other test is needed."""
    at = setting.threshold
    if at is None:
        return None
    first, last = ends.get("either", ends["below"])
    seen: Side = "below" if first + last < 2 * at else "above"
    if "either" in ends and first < at < last:
        seen = "either"
    goal = against(at, setting.claim or seen, seen=setting.claim is None)
    if main is None or isinstance(target, Respondents):
        values = (at,) if goal.either else ends[goal.direction]
        return counted_verdict(values, goal, scale="rank")
    found = Evidence(intervals=[main])
    if isinstance(target, Population):
        verdict = population_verdict({target.selection.ratio: found}, goal, scale="rank")
    else:
        verdict = sampled_verdict(found, goal, scale="rank")
    if target.design_effect != 1:
        return replace(verdict, unrated=UNRATED["design effect"])
    return replace(verdict, rate=1 - setting.level)


def _sets(boxes: Sets, base: int, target: Target, method: str, level: float) -> tuple[Sets, Sets | None, str]:
    """Return the observed ranks, the sets with their level, and the method in words, for one target."""
    if isinstance(target, Respondents):
        return observed_ranks(boxes, base), None, method
    bound = 1.0
    if isinstance(target, Population) and isinstance(target.selection, SelectionBounds) and target.size is None:
        bound = target.selection.ratio
    elif not isinstance(target, Superpopulation):
        raise UnsupportedTarget(_instead(target))
    arguments.check_bounded([target], "ranks")
    observed = observed_ranks(boxes, base, ratio=bound)
    words = method if bound == 1 else f"{method}, participation ratio within {ratio(bound)}"
    if method == "klein-wright-wieczorek":
        return observed, joint_rank_sets(boxes, base, level, design_effect=target.design_effect, ratio=bound), words
    if bound != 1 or target.design_effect != 1:
        what = "a design effect" if bound == 1 else "bounds on who took part"
        message = f"method 'pairwise' counts whole people and has no form with {what}: use 'klein-wright-wieczorek'"
        raise UnsupportedTarget(message)
    return observed, pairwise_rank_sets(boxes, base, level), words


def _instead(target: Target) -> str:
    name = type(target).__name__
    if isinstance(target, Population) and isinstance(target.selection, Selection):
        return (
            "sets of ranks are confidence sets, which take no prior on who took part: use "
            f"Population(SelectionBounds(ratio={ratio(target.selection.ratio)})), or Superpopulation()"
        )
    what = "of known size" if isinstance(target, Population) else name
    return f"ranks have no sets for a population {what}: use Superpopulation(), or Population(SelectionBounds(ratio=2))"


ALPHA = 0.5
"""Pseudo-count of each answer where each respondent gives one."""

STEP = 0.2
"""Distance of the nodes of a quadrature, in standard deviations of the log of the narrowest Gamma."""

LOWEST = 1e-17
"""Probability left out below the nodes of a quadrature."""


def rank_probabilities(
    counts: Sequence[int] | Mapping[str, int], base: int, chosen: int, *, seed: int = 1
) -> RankProbabilities:
    """Estimate how probable each rank of each answer is among people like these, under a model.

    Parameters
    ----------
    counts : sequence, or mapping of answer to count
        How many named each answer, those that nobody named included.
    base : int
        How many respondents.
    chosen : int
        How many answers each of them named; 1: one answer each.
    seed : int, default 1
        Of the draws; not used with one answer each. The same seed gives the same numbers.

    Returns
    -------
    RankProbabilities
        Statements of one rank at a time; the sets that hold for all answers at once are those of `ranks`.

    Raises
    ------
    CountError
        If print leaves several counts possible, or the counts cannot be those of ``chosen`` answers each. With one
        answer each they may add up to less than the base.

    Notes
    -----
    One answer each: Dirichlet(1/2, ..., 1/2), by quadrature. Its shares have the order of independent Gammas, so given
    the value of one answer's the number of those above it is a sum of independent indicators.

    Several: the conditional Bernoulli model, P(set) proportional to the product of its answers' weights, each log
    weight Normal(0, 1.5^2) beforehand; by importance sampling, to about .005. It supposes that the answers of a
    respondent hang together only through their number.

    References
    ----------
    Chen, Dempster & Liu (1994), Biometrika 81, 457-469, https://doi.org/10.1093/biomet/81.3.457

    Examples
    --------
    >>> found = rank_probabilities([35, 30, 24, 18, 14, 12, 9, 5], 49, 3)
    >>> round(found.ranks[0][0], 2), round(found.top[2], 2)  # the first leads; the first three are the three leading
    (0.83, 0.84)
    """
    seed = check_seed(seed)
    one = whole_number(chosen) == 1
    labels, named, number, picked = checked_list(counts, base, None if one else chosen)
    if picked is None and not one:
        message = (
            "chosen: found None; how many answers each respondent named must be known, as the model is about sets of "
            "so many. csea_stats.ranks needs no model"
        )
        raise CountError(message)
    if any(len(values) > 1 for values in named):
        message = "counts: found sets of counts; allowed is one count for each answer: ask for each feasible vector"
        raise CountError(message)
    x = tuple(values[0] for values in named)
    if one and sum(x) > number:
        message = (
            f"counts: found {number_of(sum(x), 'answers')} of {number_of(number, 'respondents')} who gave one each"
        )
        raise CountError(message)
    typed = dict(zip(labels, x, strict=True)) if labels else list(x)
    settings = {"seed": (seed, 1)}
    doubts = [*target_caveats(Superpopulation()), caveat("ranks-listed", number=len(x))]
    if picked is None:
        table, beats, top = _one_choice(np.array(x, float))
        doubts.append(caveat("one-choice-model"))
    else:
        table, beats, top, effective = _exactly(x, number, picked, seed)
        doubts.append(caveat("exactly-k-model", chosen=number_of(picked, "are"), spread=f"{SPREAD:g}"))
        doubts.append(caveat("from-draws", effective=integer(int(effective)), seed=seed))
    doubts.append(caveat("ranks-one-at-a-time"))
    order = sorted(x, reverse=True)
    clear = [order[k - 1] > order[k] for k in range(1, len(x))]
    return RankProbabilities(
        items=labels or tuple(f"answer {place}" for place in range(1, len(x) + 1)),
        counts=x,
        base=number,
        chosen=1 if picked is None else picked,
        ranks=tuple(tuple(row) for row in table.tolist()),
        beats=tuple(tuple(row) for row in beats.tolist()),
        top=tuple(value if told else None for value, told in zip(top, clear, strict=True)),
        model="Dirichlet" if picked is None else "conditional Bernoulli",
        caveats=tuple(doubts),
        provenance=provenance(call_words("rank_probabilities", (typed, number, chosen), settings), x),
    )


def _exactly(x: tuple[int, ...], base: int, chosen: int, seed: int) -> tuple[Array, Array, list[float], float]:
    """Return P(rank), P(row beats column), P(the k leading ones lead) from weighted draws, and their worth."""
    number = len(x)
    scores, weights, effective = posterior_draws(x, base, chosen, seed=seed)
    places = np.argsort(-scores, axis=0)  # row r: which answer has rank r + 1
    table = np.array([np.bincount(row, weights, minlength=number) for row in places]).T
    beats = np.array([(score > scores) @ weights for score in scores])
    lead = scores[np.argsort(-np.array(x), kind="stable")]
    least = np.minimum.accumulate(lead, axis=0)[:-1]
    most = np.maximum.accumulate(lead[::-1], axis=0)[::-1][1:]
    return table, beats, ((least > most) @ weights).tolist(), effective


def _one_choice(x: Array) -> tuple[Array, Array, list[float]]:
    """Return the same by quadrature over the log of one of independent Gammas, whose order is that of the shares."""
    shape = x + ALPHA
    number = len(shape)
    nodes, weights = _log_gamma_nodes(shape)
    value = np.exp(nodes)
    density = np.exp(shape[:, None] * nodes - value - special.gammaln(shape)[:, None]) * weights
    below, above = special.gammainc(shape[:, None], value), special.gammaincc(shape[:, None], value)
    table = np.empty((number, number))
    for place in range(number):
        ahead = np.zeros((number, nodes.size))  # P(so many of the others are above the value)
        ahead[0] = 1.0
        for done, other in enumerate(np.delete(np.arange(number), place), start=1):
            ahead[1 : done + 1] = ahead[1 : done + 1] * below[other] + ahead[:done] * above[other]
            ahead[0] *= below[other]
        table[place] = ahead @ density[place]
    beats = special.betainc(shape[None, :], shape[:, None], 0.5)  # P(V < 1/2), V the column's part of the two
    np.fill_diagonal(beats, 0.0)
    order = np.argsort(-x, kind="stable")
    return table, beats, [_leads(density, below, above, order[:k], order[k:]) for k in range(1, number)]


def _leads(density: Array, below: Array, above: Array, front: Whole, rest: Whole) -> float:
    """Return the probability that the least of the front is above all the rest."""
    total = 0.0
    for place in front:
        others = above[front[front != place]].prod(axis=0)
        total += float(density[place] @ (others * below[rest].prod(axis=0)))
    return total


def _log_gamma_nodes(shape: Array) -> tuple[Array, float]:
    """Return evenly spaced nodes of the log of Gammas and their distance; the rule's error falls exponentially."""
    step = STEP * math.sqrt(float(special.polygamma(1, shape.max())))
    least = shape.min()
    low = (math.log(LOWEST) + float(special.gammaln(least + 1))) / float(least)  # P(G < g) is at most this near 0
    high = math.log(float(special.gammainccinv(shape.max(), LOWEST)))
    return np.arange(low, high + step, step), step
