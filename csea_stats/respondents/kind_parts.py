"""Parts of what a codebook declares of a variable, checked and frozen: codes, marks, words, who was asked."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import NoneType

from csea_stats.errors import (
    InputError,
    check_kind,
    check_list,
    described,
    in_short,
    is_of,
    members,
    pairs_of,
    plain_text,
    plain_value,
)
from csea_stats.respondents.texts import Value, compared, declared_text, declared_texts

Asked = tuple[tuple[str, tuple[str, ...]], ...]
"""Who was asked: variables, and the answers that lead to the question."""

Pairs = tuple[tuple[str, str], ...]
"""A mapping of texts, frozen."""


def limits_words(low: float | None, high: float | None) -> str:
    """Return limits in words.

    Examples
    --------
    >>> limits_words(0, 60), limits_words(None, 5), limits_words(None, None)
    ('at least 0 and at most 60', 'at most 5', '')
    """
    told = [] if low is None else [f"at least {low:g}"]
    return " and ".join(told if high is None else [*told, f"at most {high:g}"])


def check_distinct(what: str, labels: Iterable[str]) -> None:
    """Refuse labels that stand more than once, in the form in which they are compared with the cells."""
    forms: dict[str, list[str]] = {}
    for label in labels:
        forms.setdefault(compared(plain_text(label)), []).append(label)
    again = [label for alike in forms.values() if len(alike) > 1 for label in dict.fromkeys(alike)]
    if again:
        message = f"{what}: found {', '.join(map(repr, again))} more than once; each may stand once"
        raise InputError(message)


def frozen_pairs(what: str, found: Mapping[Value, str] | None, known: tuple[str, ...]) -> Pairs:
    """Freeze a mapping from the data's codes to labels, and check it."""
    check_kind(what, found, Mapping, NoneType)
    pairs = tuple((declared_text(what, code), plain_value(label)) for code, label in pairs_of(what, found))
    check_distinct(what, (code for code, _ in pairs))
    for code, label in pairs:
        if not isinstance(label, str) or label not in known:
            message = (
                f"{what}: found {code!r} for {in_short(label)}; allowed are the labels {', '.join(map(repr, known))}"
            )
            raise InputError(message)
        if code in known and code != label:
            message = (
                f"{what}: found {code!r} for {in_short(label)}, but {code!r} is itself a label; rename one of them"
            )
            raise InputError(message)
    return pairs


def answer_words(what: str, found: Mapping[str, str] | None, known: Iterable[str]) -> Pairs:
    """Freeze verb phrases by answer, or by several joined by " + "."""
    names = tuple(known)
    check_kind(what, found, Mapping, NoneType)
    pairs = pairs_of(what, found)
    for answer, phrase in pairs:
        check_kind(what, answer, str)
        check_kind(f"{what}: {answer!r}", phrase, str)
        if not set(answer.split(" + ")) <= set(names) and answer not in names:
            message = f"{what}: found words for {answer!r}; allowed are the labels {', '.join(map(repr, names))}"
            raise InputError(message)
    return pairs


def who_asked(found: Mapping[str, str | Iterable[str]] | None) -> Asked:
    """Freeze who was asked: from a variable to one answer or several."""
    check_kind("asked", found, Mapping, NoneType)
    pairs = pairs_of("asked", found)
    declared_texts("asked", [name for name, _ in pairs])
    return tuple(
        (name, declared_texts(f"asked: {name}", (labels,) if isinstance(labels, str) else labels))
        for name, labels in pairs
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTexts:
    """The answer that texts of one's own are read as.

    Parameters
    ----------
    label : str
        The answer.
    column : str or None
        The column of such texts; None: every text of the variable's own column that is not declared.
    """

    label: str
    column: str | None = None


def other_texts(what: str, found: str | Mapping[str, str] | None, *, cell: bool) -> OtherTexts | None:
    """Return the answer that texts of one's own are; ``cell``: whether those of the variable's own column may be."""
    if found is None:
        return None
    keys = {"label": found} if is_of(found, str) else dict(pairs_of(f"{what}: other", found))
    if set(keys) - {"label", "column"} or "label" not in keys or ("column" not in keys and not cell):
        message = f'{what}: other: found {in_short(found)}; allowed is {{ column = "...", label = "other" }}'
        raise InputError(message + (', or the answer: "other"' if cell else ""))
    told = declared_texts(f"{what}: other", keys.values())
    return OtherTexts(**dict(zip(keys, told, strict=True)))


def mark_texts(what: str, found: Value | Iterable[Value]) -> tuple[str, ...]:
    """Return one mark or several as texts."""
    several = members(found)
    marks = tuple(declared_text(what, mark) for mark in ((found,) if several is None else several))
    if not marks:
        message = f"{what}: found {in_short(found)}; allowed is a text or a list of texts"
        raise InputError(message)
    return marks


def column_answers(what: str, columns: Iterable[str] | Mapping[str, str]) -> tuple[str, ...]:
    """Return the answer of each column; a list of columns names them."""
    what = f"{what}: columns"
    of_each = [answer for _, answer in pairs_of(what, columns)] if isinstance(columns, Mapping) else columns
    return declared_texts(what, of_each)


def missing_texts(what: str, found: Iterable[str]) -> tuple[str, ...]:
    """Return texts that mean no answer to one question."""
    if is_of(found, str):
        message = f"{what}: missing: found the text {in_short(found)}; allowed is a list of texts"
        raise InputError(message)
    return tuple(declared_text(f"{what}: missing", mark) for mark in check_list(f"{what}: missing", found))


def both_marks(
    what: str, yes: Value | Iterable[Value], no: Value | Iterable[Value], marked: object, *, columns: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what marks a chosen and a not chosen answer."""
    ticked, unticked = mark_texts(f"{what}: yes", yes), mark_texts(f"{what}: no", no)
    if (marked is not None and (not is_of(marked, str) or plain_text(marked) != "anything")) or (
        marked is not None and (ticked != ("yes",) or not columns)
    ):
        allowed = '"anything", with a column per answer and without yes: whatever is not blank marks an answer'
        message = f"{what}: marked: found {described(marked)}; allowed is {allowed}"
        raise InputError(message)
    both = [mark for mark in ticked if mark in unticked]
    if both:
        message = f"{what}: found {in_short(both[0])} for both yes and no"
        raise InputError(message)
    return ticked, unticked


def band_ends(bands: Iterable[float], minimum: float | None, maximum: float | None) -> tuple[float, ...]:
    """Check where bands begin: numbers that rise, with somebody possible below the first and from the last on."""
    check_kind("Number: bands", bands, list, tuple)
    found = check_list("Number: bands", bands)
    for start in found:
        check_kind("Number: bands", start, int, float)
    low, high = -math.inf if minimum is None else minimum, math.inf if maximum is None else maximum
    if any(not before < start for before, start in pairwise((low, *found))) or not all(
        one <= high and one < math.inf for one in found
    ):
        limits = [] if minimum is None else [f"above {minimum:g}"]
        limits += [] if maximum is None else [f"at most {maximum:g}"]
        rule = ", ".join(["numbers that rise, each the beginning of a further band", *limits])
        message = f"Number: bands: found {in_short(bands)}; allowed are {rule}"
        raise InputError(message)
    return found
