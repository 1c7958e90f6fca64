"""All shares of a question with one answer each, with intervals that hold jointly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from types import NoneType
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from scipy import special

from csea_stats.base.binomial import ShareMethod, interval_limits
from csea_stats.base.dirichlet import dirichlet_band
from csea_stats.errors import CountError, InputError, check_kind, check_list, in_short
from csea_stats.estimators.arguments import (
    TargetOrTargets,
    check_label,
    check_level,
    check_method,
    check_side,
    check_threshold,
    count_vectors,
    targets,
)
from csea_stats.estimators.assumptions import count_caveats, target_caveats
from csea_stats.estimators.estimand import Method, Participation, Setting
from csea_stats.estimators.inference import estimate, infer, interval_of, jointly
from csea_stats.estimators.proportion import Share, share_setting
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.recipes import call_words
from csea_stats.targets.populations import Population, Respondents, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from csea_stats.estimators.estimand import Inference, Limits
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.goals import Direction, Goal
    from csea_stats.results.values import Caveat, Interval

JointMethod = Literal["dirichlet", "goodman", "bonferroni-clopper-pearson"]

JOINT_METHODS: tuple[JointMethod, ...] = ("dirichlet", "goodman", "bonferroni-clopper-pearson")
"""The methods for all shares jointly; the first is the default."""

PSEUDO = {"dirichlet": 0.5, "dirichlet(1)": 1.0}
"""Pseudo-counts that each prior adds to every answer."""

LONG = 6
"""Answers beyond which a Goodman band falls short (to .72 at 12 answers), a Dirichlet one where shares are equal."""

Vectors = tuple[tuple[int, ...], ...]

Band = tuple[tuple[float, ...], tuple[float, ...]]


def multinomial(  # noqa: PLR0913 - settings are keyword-only
    counts: Sequence[int] | Mapping[str, int] | AbstractSet[tuple[int, ...]],
    *,
    method: JointMethod = "dirichlet",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = None,
    claim: Literal["above", "below"] | None = None,
    label: str | None = None,
) -> Estimates:
    """Estimate every share of a question with one answer each, with intervals that hold jointly.

    Parameters
    ----------
    counts : sequence, mapping of answer to count, or set of tuples
        One count for each answer; a set of feasible count vectors where print allows several.
    method : str, default "dirichlet"
        "dirichlet" (credible: the balanced joint band of a Dirichlet(1/2, ..., 1/2) prior, closed at a count of 0),
        "goodman" (confidence: Wilson at level 1 - (1 - level)/K), "bonferroni-clopper-pearson" (confidence, at least
        the level whatever the shares).
    level : float, default 0.95
        Of all intervals jointly.
    target : target or sequence of targets, default Superpopulation()
    threshold : float, optional
        By default no share is held against any.
    claim : {"above", "below"}, optional
        On which side of the threshold each share is claimed to be. By default on the side that was observed.
    label : str, optional
        Verb phrase; by default the answer.

    Returns
    -------
    Estimates
        One for each answer, for each target in turn; ``interval.simultaneous`` is their number. The companion is
        Goodman's, of more than six answers Bonferroni-Clopper-Pearson, or the Dirichlet band beside a confidence
        method; the strip has the band of a Dirichlet(1, ..., 1)
        prior. The probability is that of the answer alone.

    Raises
    ------
    CountError
        If a count is not one that a survey can have, or there are fewer than two answers.
    UnsupportedTarget
        If there is no such method for such a target.

    Notes
    -----
    For a population, of known size or not, each answer against the rest has its own log participation ratio, as in
    `proportion`, and level 1 - (1 - level)/K: by Bonferroni's inequality the level holds jointly however the K ratios
    hang together, which is not assumed. "dirichlet" then stands for Jeffreys' interval of each, "goodman" for Wilson's.

    Joint coverage at 49 people over four shapes: Dirichlet band .948 to .976, Goodman .933 to .969; at 24 people
    Goodman .917 to .946. The margin of the Dirichlet is not the interval of `proportion`, which has a prior of its
    own: a single named answer is the table of two cells.

    References
    ----------
    Goodman (1965), Technometrics 7, 247-254, https://doi.org/10.1080/00401706.1965.10490252; Besag, Green, Higdon &
    Mengersen (1995), Statistical Science 10, 3-66, https://doi.org/10.1214/ss/1177010123

    Examples
    --------
    >>> shares = multinomial({"none": 3, "poor": 20, "fair": 17, "good": 7, "excellent": 2})
    >>> shares[1].item, round(shares[1].interval.lower, 3), round(shares[1].interval.upper, 3)
    ('poor', 0.236, 0.575)
    """
    labels, vectors = count_vectors(counts)
    method, level = check_method(method, JOINT_METHODS), check_level(level)  # type: ignore[assignment]
    asked, label = check_threshold(threshold, 0.0, 1.0), check_label(label)
    side = check_side(claim, asked)
    wanted, _ = targets(target)
    given = set(vectors) if len(vectors) > 1 else _typed(labels, vectors[0])
    found: list[Estimate] = []
    for member in wanted:
        settings = {
            "method": (method, "dirichlet"),
            "level": (level, 0.95),
            "target": (member, Superpopulation()),
            "threshold": (asked, None),
            "claim": (side, None),
            "label": (label, None),
        }
        call = call_words("multinomial", (given,), settings)
        for place in range(len(vectors[0])):
            item = labels[place] if labels else None
            words = label if label is not None else item
            setting = Setting(method=method, level=level, threshold=asked, direction=side, label=words)
            found.append(_share(vectors, place, member, setting, call=f"{call}[{place}]", item=item))
    return Estimates(found)


def _share(vectors: Vectors, place: int, target: Target, setting: Setting, *, call: str, item: str | None) -> Estimate:
    """Return one of the shares: in the joint band, or of a population by itself at a level that holds jointly."""
    pairs = tuple(sorted({(vector[place], sum(vector)) for vector in vectors}))
    share = JointShare(pairs=pairs, vectors=vectors, place=place)
    if isinstance(target, (Respondents, Superpopulation)):
        return estimate(share, target, setting, call=call, item=item)
    share.check(target, setting.method)
    doubts = (caveat("all-at-once", number=share.number),)
    one = estimate(
        Share(pairs=pairs),
        target,
        share.alone(target, setting),
        call=call,
        doubts=doubts,
        estimand=share.name,
        item=item,
    )
    return jointly(one, number=share.number, level=setting.level, words=", Bonferroni")


def _typed(labels: tuple[str, ...] | None, vector: tuple[int, ...]) -> object:
    return list(vector) if labels is None else dict(zip(labels, vector, strict=True))


ALONE: dict[str, ShareMethod] = {
    "dirichlet": "jeffreys",
    "goodman": "wilson",
    "bonferroni-clopper-pearson": "clopper-pearson",
}
"""The interval of one answer against the rest that stands for each joint method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointShare(Share):
    """The share of one of several answers, over every feasible count vector, with intervals for all of them jointly.

    Parameters
    ----------
    vectors : tuple of tuple of int
    place : int
        Of the answer.
    """

    call: ClassVar[str] = "multinomial"
    name: ClassVar[str] = "share, jointly"
    methods: ClassVar[Mapping[str, Method]] = {
        "dirichlet": Method(kind="credible", prior=True, size=True),
        "goodman": Method(size=True),
        "bonferroni-clopper-pearson": Method(),
        "dirichlet(1)": Method(kind="credible", offered=False),
    }
    priors: ClassVar[tuple[str, ...]] = ("dirichlet", "dirichlet(1)")
    companion: ClassVar[str] = "goodman"
    bounding: ClassVar[str] = "goodman"
    vectors: Vectors
    place: int

    def beside(self, method: str) -> str:
        """Return the guaranteed one of a long list, of which Goodman's holds less than it says."""
        found = Share.beside(self, method)
        return "bonferroni-clopper-pearson" if found == "goodman" and self.number > LONG else found

    @property
    def data(self) -> object:
        """The whole vectors."""
        return self.vectors

    @property
    def number(self) -> int:
        """All answers."""
        return len(self.vectors[0])

    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """Of the answer, in the band of all of them."""
        found = [joint_limits(vector, method, level, who.design_effect) for vector in self.vectors]
        return min(lower[self.place] for lower, _ in found), max(upper[self.place] for _, upper in found)

    def above(self, threshold: float, prior: str, who: Participation) -> Limits:
        """By the margin of the Dirichlet posterior."""
        added, found = PSEUDO[prior], []
        for vector in self.vectors:
            x, n = vector[self.place] / who.design_effect, sum(vector) / who.design_effect
            rest = n - x + added * (self.number - 1)
            found.append(float(special.betainc(rest, x + added, 1 - threshold)))
        return min(found), max(found)

    def guaranteed(self, who: Participation) -> str:  # noqa: ARG002
        """Those of all shares at once."""
        return "bonferroni-clopper-pearson"

    def utmost(self, direction: Direction, sized: Callable[[int], int]) -> JointShare:
        """All of them, or none, the rest at another answer."""
        base = sized(max(n for _, n in self.pairs))
        number, here = self.number, base if direction == "above" else 0
        vector = [0] * number
        vector[self.place], vector[self.place - 1] = here, base - here
        return replace(self, pairs=((here, base),), vectors=(tuple(vector),))

    def least(self, goal: Goal, level: float, rule: tuple[str, ...]) -> None:  # noqa: ARG002
        """Return None: it depends on how many answers there are."""
        return

    def error_rate(self, goal: Goal, level: float, rule: tuple[str, ...], who: Participation) -> float | None:  # noqa: ARG002
        """Return what the guaranteed limits leave for all shares together."""
        return 1 - level if who.design_effect == 1 else None

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:
        """Yield those of a share, and that the level is that of all of them."""
        yield from (*target_caveats(target), *count_caveats(self.pairs, target))
        if not isinstance(target, Respondents):
            yield caveat("all-at-once", number=self.number)
            if self.number > LONG and getattr(found.interval, "kind", "") == "credible":
                yield caveat("long-list", number=self.number)
            if any(x in (0, n) for x, n in self.pairs):
                yield caveat("closed-band")

    def alone(self, target: Target, setting: Setting) -> Setting:
        """Return how the answer is estimated by itself so that the level holds jointly, of a target that says more.

        A verdict on a population looks at the band of people like these, too, so that it is never the surer one.
        """
        strict = 1 - (1 - setting.level) / self.number
        also: tuple[Interval, ...] = ()
        if isinstance(target, Population) and target.size is None and setting.threshold is not None:
            people = Participation(design_effect=target.design_effect)
            among = infer(self, Superpopulation(design_effect=target.design_effect), setting)
            sure = interval_of(self, self.guaranteed(people), setting.level, people)
            spans = (among.interval, among.companion, sure, *(one for _, one in among.strip))
            also = tuple(span for span in spans if span)
        return replace(setting, method=ALONE[setting.method], level=strict, also=also)


@lru_cache(maxsize=4096)
def joint_limits(vector: tuple[int, ...], method: str, level: float, design_effect: float = 1.0) -> Band:
    """Return lower and upper limits of all shares of one count vector.

    Examples
    --------
    >>> [round(value, 3) for value in joint_limits((3, 20, 17, 7, 2), "goodman", 0.95)[0]]
    [0.016, 0.249, 0.2, 0.057, 0.008]
    """
    scaled = tuple(count / design_effect for count in vector)
    if method in PSEUDO:
        lower, upper, _ = dirichlet_band(scaled, level, PSEUDO[method])
    else:
        one = "wilson" if method == "goodman" else "clopper-pearson"
        lower, upper = interval_limits(np.array(scaled), sum(scaled), method=one, level=1 - (1 - level) / len(vector))
    return tuple(lower.tolist()), tuple(upper.tolist())


def ordinal(  # noqa: PLR0913 - settings are keyword-only
    counts: Sequence[int] | Mapping[str, int] | AbstractSet[tuple[int, ...]],
    categories: Sequence[str] | None = None,
    *,
    method: ShareMethod = "jeffreys",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = 0.5,
    claim: Literal["above", "below"] | None = None,
    label: str | None = None,
) -> Estimates:
    """Estimate the share of each category or lower, of a question with ordered categories.

    Parameters
    ----------
    counts : sequence, mapping of category to count, or set of tuples
        One count for each category, from the lowest; a set of feasible count vectors where print allows several.
    categories : sequence of str, optional
        From the lowest to the highest; a mapping names them itself.
    method, level, target, threshold, claim, label
        As in `proportion`.

    Returns
    -------
    Estimates
        One for each category but the last, for each target in turn; ``item`` is the category, ``label`` ends in
        "category or lower".

    Raises
    ------
    CountError
        If a count is not one that a survey can have, or there are not as many counts as categories.
    InputError, UnsupportedTarget
        As `proportion`.

    Notes
    -----
    Each cut is the two-cell table with a prior of its own (Beta(1/2, 1/2) under "jeffreys"), so a cut agrees with
    `proportion` of the same two numbers. For a population every cumulative logit is shifted by the same amount. The
    intervals hold one at a time.

    Examples
    --------
    >>> cuts = ordinal([3, 20, 17, 7, 2], ["none", "poor", "fair", "good", "excellent"])
    >>> [(cut.label, round(cut.interval.lower, 3), round(cut.interval.upper, 3)) for cut in cuts][1]
    ('poor or lower', 0.335, 0.608)
    """
    found_labels, vectors = count_vectors(counts)
    names = _names(categories, found_labels, len(vectors[0]))
    wanted, _ = targets(target)
    label = check_label(label)
    setting = share_setting(method, level, threshold, label, claim)
    given = set(vectors) if len(vectors) > 1 else list(vectors[0])
    found = []
    for member in wanted:
        call = call_words("ordinal", (given, list(names)), setting.told(member, method="jeffreys", threshold=0.5))
        for cut, name in enumerate(names[:-1]):
            pairs = tuple(sorted({(list(accumulate(vector))[cut], sum(vector)) for vector in vectors}))
            words = f"{name} or lower" if label is None else f"{label}: {name} or lower"
            found.append(
                estimate(
                    Share(pairs=pairs),
                    member,
                    replace(setting, label=words),
                    call=f"{call}[{cut}]",
                    estimand="cumulative share",
                    item=name,
                    doubts=(caveat("one-at-a-time"),) if len(names) > 2 else (),
                )
            )
    return Estimates(found)


def _names(categories: Sequence[str] | None, labels: tuple[str, ...] | None, number: int) -> tuple[str, ...]:
    check_kind("categories", categories, Iterable, NoneType)
    if isinstance(categories, str):
        message = f"categories: found the text {in_short(categories)}; allowed is a list of names, from the lowest"
        raise InputError(message)
    if categories is None and labels is None:
        message = "categories: found none; allowed is a list of names, from the lowest, one for each count"
        raise InputError(message)
    names = labels or ()
    if categories is not None:
        names = check_list("categories", categories, "a list of names, from the lowest")
        for name in names:
            check_kind("categories", name, str)
        names = tuple(map(str, names))
    if len(names) != number:
        message = f"counts: found {number} for the {len(names)} categories {list(names)}; allowed is one for each"
        raise CountError(message)
    if len(set(names)) != len(names):
        message = f"categories: found {list(names)}; allowed are different names"
        raise InputError(message)
    if labels is not None and names != labels:
        message = f"categories: found {list(names)}, but the counts are labelled {list(labels)}; give them in one order"
        raise InputError(message)
    return names
