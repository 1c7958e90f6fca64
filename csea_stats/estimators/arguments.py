"""Checks of what a user gives: counts, bases, levels, methods, thresholds, targets."""

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from numbers import Integral
from typing import Any

from csea_stats.base.rank_sets import sums_after
from csea_stats.errors import (
    MOST,
    CountError,
    InputError,
    UnsupportedTarget,
    check_choice,
    check_list,
    described,
    in_short,
    is_of,
    members,
    pairs_of,
    plain_text,
    real_number,
    whole_number,
)
from csea_stats.results.goals import Direction
from csea_stats.results.numbers import number_of, with_unit
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    SelectionBounds,
    Superpopulation,
    Target,
)


def check_margins(
    counts: Sequence[tuple[int, ...]], base: int, chosen: int, labels: tuple[str, ...] | None = None
) -> None:
    """Raise a CountError unless respondents who each name exactly ``chosen`` answers can give such counts.

    Parameters
    ----------
    counts : sequence of tuple of int
        Feasible counts of each answer, rising.
    base, chosen : int
    labels : tuple of str, optional

    Notes
    -----
    By the theorem of Gale and Ryser, with every respondent's row adding up to k, there is such a table exactly if no
    count is above the base and the counts add up to k times the base.

    References
    ----------
    Gale (1957), Pacific Journal of Mathematics 7, 1073-1082, https://doi.org/10.2140/pjm.1957.7.1073; Ryser (1957),
    Canadian Journal of Mathematics 9, 371-377, https://doi.org/10.4153/CJM-1957-044-3
    """
    if not 1 <= chosen <= len(counts):
        message = f"chosen: found {chosen} of {number_of(len(counts), 'answers')}; allowed is 1 to {len(counts)}"
        raise CountError(message)
    for place, values in enumerate(counts):
        if values[0] > base:
            name = count_name(place, labels)
            message = f"{name}: found {values[0]} of {base}; allowed is at most the base, {base}"
            raise CountError(message)
    kept = [tuple(value for value in values if value <= base) for values in counts]
    due = base * chosen
    if due in sums_after(kept)[0]:
        return
    low, high = sum(values[0] for values in kept), sum(values[-1] for values in kept)
    total = str(low) if low == high else f"{low} to {high}"
    open_ones = [count_name(place, labels) for place, values in enumerate(kept) if len(values) > 1]
    gap = f", and {', '.join(open_ones)} cannot make it up" if open_ones and low <= due <= high else ""
    message = (
        f"counts: found {with_unit(total, 'answers')} in all; {number_of(base, 'respondents')} at {chosen} each "
        f"give {due}{gap}. Check the "
        "counts, or use proportion for each answer, which does not suppose exactly that many"
    )
    raise CountError(message)


def count_name(place: int, labels: tuple[str, ...] | None) -> str:
    """Return how an error names a count."""
    return f"counts[{place}]" if labels is None else f"counts[{labels[place]!r}]"


Pair = tuple[int, int]
"""A count and its base."""

ONE_COUNT = "a whole number of people, or a set of those that print allows, such as {9, 10}"


def whole(value: object, name: str) -> int:
    """Return a whole number of people, at least 0.

    Raises
    ------
    CountError
        If it is anything else; a number in words, a bool, a float with decimals, NaN.
    """
    found = whole_number(value)
    if found is None:
        more = ""
        if is_of(value, Integral) and not is_of(value, bool):
            more = ", at least 0" if int(value) < 0 else f", at most {MOST:,}"
        message = f"{name}: found {described(value)}; allowed is a whole number of people{more}"
        raise CountError(message)
    return found


def feasible(value: object, name: str) -> tuple[int, ...]:
    """Return the feasible counts in rising order: one, or the members of a set.

    Raises
    ------
    CountError
        If it is a list, an empty set, or holds anything but whole numbers from 0 up.
    """
    if is_of(value, AbstractSet):
        if not value:
            message = f"{name}: found an empty set; allowed is {ONE_COUNT}"
            raise CountError(message)
        return tuple(sorted({whole(member, name) for member in value}))
    if is_of(value, Sequence, Mapping) or hasattr(type(value), "__len__"):
        if isinstance(value, str):
            message = f"{name}: found the text {described(value)}; allowed is {ONE_COUNT}"
            raise CountError(message)
        message = (
            f"{name}: found {described(value)}; allowed is {ONE_COUNT}. For one interval for each of several counts "
            "use proportion_interval"
        )
        raise CountError(message)
    return (whole(value, name),)


def share_pairs(count: object, base: object, *, name: str = "count") -> tuple[Pair, ...]:
    """Return every feasible pair of a count and its base: every combination, unless the counts are pairs themselves.

    Raises
    ------
    CountError
        If a base is 0, or a count is above every base.

    Examples
    --------
    >>> share_pairs({1, 2}, {4, 8}), share_pairs({(1, 4), (2, 8)}, {4, 8})
    (((1, 4), (2, 4), (1, 8), (2, 8)), ((1, 4), (2, 8)))
    """
    if is_of(count, AbstractSet) and count and all(isinstance(one, tuple) and len(one) == 2 for one in count):
        bases = feasible(base, "base")
        pairs = sorted({(whole(n, "base"), whole(x, name)) for x, n in count})
        wrong = next((one for one in pairs if one[0] not in bases or not one[1] <= one[0] or not one[0]), None)
        if wrong is not None:
            message = (
                f"{name}: found {wrong[1]} of {wrong[0]}; allowed is at most the base, which is one of "
                f"{', '.join(map(str, bases[:10]))} and above 0"
            )
            raise CountError(message)
        return tuple((x, n) for n, x in pairs)
    counts, bases = feasible(count, name), feasible(base, "base")
    if bases[0] == 0:
        message = "base: found 0; allowed is at least 1 person: a share of nobody is not defined"
        raise CountError(message)
    if counts[-1] > bases[-1]:
        message = f"{name}: found {counts[-1]} of {bases[-1]}; allowed is at most the base, {bases[-1]}"
        raise CountError(message)
    return tuple((x, n) for n in bases for x in counts if x <= n)


def group_pairs(group: object, name: str) -> tuple[Pair, ...]:
    """Return every feasible pair of a group that is given as a count and its base.

    Raises
    ------
    CountError
        If it is no such pair.
    """
    pair = members(group)
    if pair is None or len(pair) != 2:
        message = f"{name}: found {described(group)}; allowed is a count and its base, such as (7, 7)"
        raise CountError(message)
    return share_pairs(pair[0], pair[1], name=f"{name} count")


def joint_tables(
    value: object, sides: tuple[tuple[Pair, ...], tuple[Pair, ...]]
) -> tuple[tuple[tuple[Pair, ...], tuple[Pair, ...]], tuple[tuple[int, int, int, int], ...]]:
    """Return the feasible pairs of two groups, and their combinations that are feasible; none where all of them are.

    Raises
    ------
    CountError
        If it is no set of combinations.
    """
    if value is None:
        return sides, ()
    allowed = "a set of ((count, base), (count, base)), such as {((15, 20), (10, 20)), ((16, 20), (9, 20))}"
    if not is_of(value, AbstractSet) or not value:
        message = f"together: found {described(value)}; allowed is {allowed}"
        raise CountError(message)
    for one in value:
        if not (isinstance(one, tuple) and len(one) == 2 and one[0] in sides[0] and one[1] in sides[1]):
            message = f"together: found {in_short(one)}; allowed is {allowed}, each a count and a base of its group"
            raise CountError(message)
    first, second = (tuple(sorted({one[place] for one in value})) for place in (0, 1))
    tables = tuple(sorted((*one, *other) for one, other in value))
    return (first, second), () if len(tables) == len(first) * len(second) else tables


Ends = tuple[float, float]

NEAREST = 1e-9
"""How near to 0 or 1 a level may be: beyond that no method of this package tells its limits apart."""


def check_level(level: object) -> float:
    """Return the level, between 0 and 1."""
    found = real_number(level)
    if found is not None and NEAREST <= found <= 1 - NEAREST:
        return found
    hint = ""
    if found is not None and 1 < found < 100:
        hint = f"; for {found:g}% write {found / 100:g}"
    message = f"level: found {described(level)}; allowed is a number between 0 and 1, such as 0.95{hint}"
    raise InputError(message)


def check_method(method: object, allowed: Sequence[str]) -> str:
    """Return the method's name."""
    return check_choice("method", method, allowed)


def check_claim(claim: object) -> Direction | None:
    """Return the side that is claimed, or None where it is the estimand's own."""
    if claim is None:
        return None
    return "above" if check_choice("claim", claim, ("above", "below"), " or None") == "above" else "below"


def check_without(name: str, **others: object) -> None:
    """Raise where an argument is given with others that do not go together with it: with any that is not None."""
    given = [other for other, value in others.items() if value is not None]
    if given:
        beside = " and ".join(given)
        message = f"{name}: found with {beside}, not used where {name} is given; leave out {beside}, or {name}"
        raise InputError(message)


def check_side(claim: object, threshold: float | None) -> Direction | None:
    """Return the side of a threshold that is claimed, or None where it is the estimand's own."""
    side = check_claim(claim)
    if side is not None and threshold is None:
        message = (
            f"claim: found {described(claim)} without a threshold, of which it is a side; give threshold, or no claim"
        )
        raise InputError(message)
    return side


def check_goal(claim: object, threshold: object, within: object, ends: Ends, usual: float) -> dict[str, Any]:
    """Return what is asked of an estimand, as threshold, direction and within of a setting.

    Parameters
    ----------
    ends : (float, float)
        Between which the estimand lies.
    usual : float
        The threshold where none is given.
    """
    at = check_threshold(threshold, *ends)
    if within is None:
        # With threshold=None nothing is asked, whatever a call that is made for many items says of a side.
        return {"threshold": at, "direction": check_claim(claim), "within": None}
    check_without("within", claim=check_claim(claim), threshold=None if at == usual else at)
    return {"threshold": None, "direction": None, "within": check_within(within, *ends)}


def check_within(within: object, lower: float, upper: float) -> tuple[float, float]:
    """Return the two ends of what is claimed, the smaller first."""
    ends = members(within)
    if ends is not None and len(ends) == 2:
        low, high = map(real_number, ends)
        if low is not None and high is not None and lower < low < high < upper:
            return low, high
    told = described(within) if ends is None else in_short(within)
    example = "(0.9, 1.1)" if upper > 1 else "(-0.1, 0.1)" if lower < 0 else "(0.4, 0.6)"
    message = (
        f"within: found {told}; allowed are two numbers between {lower:g} and {upper:g}, the smaller "
        f"first, such as {example}"
    )
    raise InputError(message)


def check_threshold(threshold: object, lower: float, upper: float) -> float | None:
    """Return the threshold, or None where no question is asked."""
    if threshold is None:
        return None
    found = real_number(threshold)
    if found is not None and lower < found < upper:
        return found
    message = f"threshold: found {described(threshold)}; allowed is a number between {lower:g} and {upper:g}, or None"
    raise InputError(message)


def check_label(label: object) -> str | None:
    """Return the label: text, or None."""
    if label is None or is_of(label, str):
        return label if label is None else plain_text(label)
    message = (
        f"label: found {described(label)}; allowed is text that completes a sentence such as '35 of 49 ...', or None"
    )
    raise InputError(message)


TargetOrTargets = Target | Sequence[Target]


def targets(target: TargetOrTargets) -> tuple[tuple[Target, ...], bool]:
    """Return the targets, and whether several were asked for."""
    several = is_of(target, list, tuple)
    given = members(target)
    found: Sequence[Any] = (target,) if given is None else given
    if not found:
        message = "target: found an empty sequence; allowed is a target or several, such as TIERS"
        raise InputError(message)
    for member in found:
        if not is_of(member, Respondents, Superpopulation, FinitePopulation, Population):
            message = (
                f"target: found {described(member)}; allowed is Respondents(), Superpopulation(), "
                "FinitePopulation(size), Population(selection), or a sequence of them"
            )
            raise InputError(message)
    return tuple(found), several


def check_bounded(members: Sequence[Target], name: str) -> None:
    """Raise if a target assumes nothing about who took part, where nothing then follows.

    Raises
    ------
    UnsupportedTarget
        If its participation ratio is infinite.
    """
    for member in members:
        if isinstance(member, Population) and member.selection == SelectionBounds(ratio=math.inf):
            message = (
                f"{name}: SelectionBounds(ratio=inf) assumes nothing, and then any value is possible whatever was "
                "answered: use a finite ratio"
            )
            raise UnsupportedTarget(message)


def labelled(counts: object, *, name: str = "counts") -> tuple[tuple[str, ...] | None, tuple[object, ...]]:
    """Return labels (None where there are none) and counts, from a mapping, a Series, or a sequence.

    Raises
    ------
    CountError
        If it is a single number, or text.
    """
    if is_of(counts, Mapping) or (hasattr(type(counts), "items") and hasattr(type(counts), "index")):
        pairs = pairs_of(name, counts)
        return tuple(str(label) for label, _ in pairs), tuple(value for _, value in pairs)
    allowed = "a list of counts, one for each answer, or a mapping of label to count"
    try:
        return None, check_list(name, None if is_of(counts, AbstractSet) else counts, allowed)
    except InputError:
        message = f"{name}: found {described(counts)}; allowed is {allowed}"
        raise CountError(message) from None


def count_vectors(
    counts: object, *, name: str = "counts"
) -> tuple[tuple[str, ...] | None, tuple[tuple[int, ...], ...]]:
    """Return labels and the feasible count vectors of a question with one answer each.

    A vector is a list of counts or a mapping of label to count; several feasible ones are a set of tuples.

    Raises
    ------
    CountError
        If the vectors differ in length, hold fewer than two answers, or nobody.
    """
    if is_of(counts, AbstractSet):
        labels = None
        vectors = [tuple(whole(x, name) for x in labelled(one, name=name)[1]) for one in sorted(counts, key=in_short)]
    else:
        labels, values = labelled(counts, name=name)
        vectors = [tuple(whole(x, name) for x in values)]
    if not vectors or len({len(vector) for vector in vectors}) != 1 or len(vectors[0]) < 2:
        message = (
            f"{name}: found {in_short(counts)}; allowed are at least two answers, and as many in every feasible vector"
        )
        raise CountError(message)
    for vector in vectors:
        if sum(vector) == 0:
            message = (
                f"{name}: found {in_short(vector)}; allowed is at least 1 person: a share of nobody is not defined"
            )
            raise CountError(message)
    return labels, tuple(sorted(set(vectors)))
