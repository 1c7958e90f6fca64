"""How many respondents can have given both of two answers, from what print tells of every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.errors import CountError
from csea_stats.estimators.arguments import whole
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def feasible_overlaps(first: int, second: int, others: Sequence[int], base: int, chosen: int | None) -> range:
    """Return every number of respondents who can have given both of two answers.

    Parameters
    ----------
    first, second : int
        How many gave either answer.
    others : sequence of int
        How many gave each other answer that was offered; looked at only if ``chosen`` is a number.
    base : int
        How many answered.
    chosen : int or None
        How many answers each respondent gave, exactly; None: any number, so that only the two counts bind.

    Returns
    -------
    range
        In rising order, without gaps, never empty.

    Raises
    ------
    CountError
        If a count is above the base, or the counts are not those of ``chosen`` answers from each respondent.

    Notes
    -----
    By the margins alone ``max(0, first + second - base) <= both <= min(first, second)`` (Fréchet 1951, Annales de
    l'Université de Lyon A 14, 53-77). A table of zeros and ones with given row sums (how many other answers each
    respondent gave) and column sums exists if and only if for every t the t largest column sums are at most the sum
    over rows of min(t, row sum) (Gale 1957, Pacific Journal of Mathematics 7, 1073-1082; Ryser 1957, Canadian Journal
    of Mathematics 9, 371-377). With ``chosen`` = k the row sums are k - 2 for those who gave both, k - 1 for those who
    gave one, k for the rest; the overlap then drops out of the condition for every t but k - 1, which reads
    ``both <= base (k - 1) - (sum of the k - 1 largest others)``.

    Examples
    --------
    >>> feasible_overlaps(39, 35, (), 49, None)
    range(25, 36)
    >>> feasible_overlaps(6, 5, [9, 8, 2], 10, 3)  # 9 and 8 leave room for 3 who name neither
    range(1, 4)
    """
    base = whole(base, "base")
    pair = whole(first, "first"), whole(second, "second")
    rest = [whole(count, "others") for count in others] if chosen is not None else []
    for count in (*pair, *rest):
        if count > base:
            message = f"counts: found {count} of {base}; allowed is at most the base, {base}"
            raise CountError(message)
    low, high = max(0, sum(pair) - base), min(pair)
    if chosen is None:
        return range(low, high + 1)
    chosen = whole(chosen, "chosen")
    total = sum(pair) + sum(rest)
    if chosen == 0 or total != chosen * base:
        message = (
            f"counts: found {number_of(total, 'answers')} from {number_of(base, 'respondents')}; allowed with "
            f"{chosen} from each is "
            f"{chosen} × {base} = {chosen * base}, and at least 1 from each. Give the counts of all answers offered, "
            "or chosen=None"
        )
        raise CountError(message)
    high = min(high, base * (chosen - 1) - sum(sorted(rest, reverse=True)[: chosen - 1]))
    return range(low, high + 1)
