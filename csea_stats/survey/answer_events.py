"""Answers as people name them: one, several, or an end of a scale such as "good or higher"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.errors import InputError, UnknownName, in_short, is_of, members, plain_text, plain_value

if TYPE_CHECKING:
    from collections.abc import Sequence

type Event = str | Sequence[str]
"""An answer, several answers, or "X or lower", "X or higher" of a scale."""

OR_LOWER, OR_HIGHER = " or lower", " or higher"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEvent:
    """An answer, or several, of a question.

    Parameters
    ----------
    places : tuple of int
        Among the question's answers, rising.
    words : str
        As it was asked for.
    """

    places: tuple[int, ...]
    words: str


def answer_event(answers: Sequence[str], named: Event, *, ordered: bool) -> AnswerEvent:
    """Return the answers that a name means.

    Parameters
    ----------
    answers : sequence of str
        Those of the question, from low to high where they are ordered.
    named : str or sequence of str
        An answer, several, or of ordered ones "X or lower", "X or higher".
    ordered : bool

    Raises
    ------
    UnknownName
        If there is no such answer.
    InputError
        If it is no name, or every answer is meant.

    Examples
    --------
    >>> answer_event(("poor", "fair", "good"), "fair or higher", ordered=True)
    AnswerEvent(places=(1, 2), words='fair or higher')
    >>> answer_event(("bus", "bike", "car"), ["car", "bus"], ordered=False)
    AnswerEvent(places=(0, 2), words='bus + car')
    """
    named, several = plain_value(named), members(named)
    if is_of(named, str):
        places, words = _places(answers, named, ordered=ordered), named
    elif several and all(isinstance(one, str) for one in several):
        places = tuple(sorted({place for one in several for place in _places(answers, plain_text(one), ordered=False)}))
        words = " + ".join(answers[place] for place in places)
    else:
        message = (
            f"outcome: found {in_short(named)}; allowed is an answer, such as {answers[0]!r}, or a list of answers"
        )
        raise InputError(message)
    if len(places) == len(answers) and named not in answers:
        message = f"outcome: found {in_short(named)}, which every answer is; name another"
        raise InputError(message)
    return AnswerEvent(places=places, words=words)


def answers_meant(answers: Sequence[str], item: str | tuple[str, ...], *, ordered: bool) -> tuple[str, ...]:
    """Return the answers that an item of a file means, in the question's order.

    Examples
    --------
    >>> answers_meant(("poor", "fair", "good"), "fair or higher", ordered=True)
    ('fair', 'good')
    """
    if isinstance(item, str):
        return tuple(answers[place] for place in answer_event(answers, item, ordered=ordered).places)
    return tuple(sorted(item, key=list(answers).index))


def _places(answers: Sequence[str], named: str, *, ordered: bool) -> tuple[int, ...]:
    if named in answers:
        return (list(answers).index(named),)
    for suffix in (OR_LOWER, OR_HIGHER) if ordered else ():
        end = named.removesuffix(suffix)
        if named.endswith(suffix) and end in answers:
            place = list(answers).index(end)
            return tuple(range(place + 1) if suffix == OR_LOWER else range(place, len(answers)))
    raise UnknownName("answer", named, answers, f"Or say such as '{answers[0]}{OR_LOWER}'." if ordered else "")
