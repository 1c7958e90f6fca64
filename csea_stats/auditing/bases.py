"""Which bases allow printed percentages: where print does not say of how many, and where it may have erred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.auditing.rounding import printed_texts, window
from csea_stats.errors import InputError, check_flag, check_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_TRIED = 1_000_000
"""The largest number of bases times percentages that is gone through; above it a call is refused."""


def bases_for(percents: Sequence[str], at_most: int = 1000, *, ticks: bool = False) -> tuple[int, ...]:
    """List the bases of which printed percentages can be nearest roundings of counts.

    Parameters
    ----------
    percents : sequence of str
        Percentages of one base as printed strings, each with its own decimals.
    at_most : int
        The largest base that is tried; at least 1.
    ticks : bool
        Whether they are shares of one total, such as all ticks of a question with several answers, so that the counts
        must also sum to the base.

    Returns
    -------
    tuple of int
        In increasing order; empty if there is none.

    Raises
    ------
    InputError
        If a percentage is no printed string of 0 to 100, there is none, ``at_most`` is no whole number of at least 1,
        or there would be more than 1,000,000 pairs of a base and a percentage.

    Notes
    -----
    Exact: a base n allows u units of 10^-d % if some whole count c has ``|100 * 10^d * c / n - u| <= 1/2``; a half may
    have gone either way. The counts that a percentage allows are consecutive, so counts within theirs sum to n if and
    only if the lowest sum to at most n and the highest to at least n. Every base of at least 100 * 10^d allows any
    percentage with d decimals, so a list that ends below that tells more than one that does not.

    References
    ----------
    .. [1] Brown NJL, Heathers JAJ (2017). The GRIM test. Social Psychological and Personality Science 8(4),
       363-369. doi:10.1177/1948550616673876

    Examples
    --------
    >>> bases_for(["18.3", "21.7", "60"], at_most=130)
    (60, 115, 120)
    >>> bases_for(["37", "27", "36"], at_most=70, ticks=True)
    (56, 59, 64, 67, 70)
    """
    listed, ticks = printed_texts(percents), check_flag("ticks", ticks)
    at_most = check_whole("at_most", at_most, 1)
    if at_most * len(listed) > MOST_TRIED:
        most = MOST_TRIED // len(listed)
        message = f"at_most: found {at_most:,}; with {len(listed)} percentages at most {most:,} is gone through"
        raise InputError(message)
    return tuple(base for base in range(1, at_most + 1) if _allows(base, listed, ticks=ticks))


def _allows(base: int, percents: tuple[str, ...], *, ticks: bool) -> bool:
    lowest = highest = 0
    for percent in percents:
        found = window(percent, base)
        if found is None:
            return False
        lowest, highest = lowest + found[0], highest + found[1]
    return not ticks or lowest <= base <= highest


def runs(numbers: Sequence[int]) -> str:
    """Write increasing numbers, those that follow each other as one run.

    Examples
    --------
    >>> runs((7, 14, 15, 21, 22, 23, 24))
    '7, 14, 15, 21-24'
    """
    told: list[list[int]] = []
    for number in numbers:
        if told and number == told[-1][-1] + 1:
            told[-1].append(number)
        else:
            told.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in told)
