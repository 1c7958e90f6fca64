"""The page's words: whom a number speaks for, verdicts with their marks, headings of caveats, kinds of question."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from csea_stats.publication.markup import in_columns
from csea_stats.report.context import ratio_of
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import number_of, ratio, small
from csea_stats.targets.populations import Population, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Verdict
    from csea_stats.survey.survey import Group, Question, Survey

NARROW = frozenset("iljtfrI.,:;'|!()[]{}/ ’“”·-")

WIDE = frozenset("mwMW@%—…")


def text_width(text: str, size: float = 13.0) -> float:
    """Return about how wide a text is in DejaVu Sans, a wide face, in pixels; rather too much than too little.

    Examples
    --------
    >>> text_width("") == 0, text_width("mm") > text_width("ii")
    (True, True)
    """
    return size * sum(map(_advance, text))


@cache
def _advance(character: str) -> float:
    if combining(character):
        return 0.0
    if east_asian_width(character) in "WF":
        return 1.05
    if character in NARROW:
        return 0.42
    if character in WIDE:
        return 1.0
    return 0.72 if character.isupper() else 0.65


def wrapped(text: str, width: float, size: float = 13.0) -> tuple[str, ...]:
    """Return the lines of a text set to a width in pixels; a word wider than a line is broken.

    Examples
    --------
    >>> wrapped("one two three", 60)
    ('one two', 'three')
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _pieces(word, width, size):
            joined = f"{line} {piece}" if line else piece
            if line and text_width(joined, size) > width:
                lines.append(line)
                line = piece
            else:
                line = joined
    return (*lines, line) if line else tuple(lines)


def _pieces(word: str, width: float, size: float) -> list[str]:
    pieces, rest = [], word
    while rest and text_width(rest, size) > width:
        length = max(1, next(k for k in range(1, len(rest) + 1) if text_width(rest[:k], size) > width) - 1)
        pieces.append(rest[:length])
        rest = rest[length:]
    return [*pieces, rest] if rest else pieces


def text_columns(grid: Sequence[Sequence[str]], right: Sequence[bool], widest: int) -> str:
    """Return rows of text in columns, the first row a head; long entries are broken, control characters are spaces.

    Parameters
    ----------
    grid : sequence of rows
        All of one length.
    right : sequence of bool
        Which columns are flush right.
    widest : int
        Characters of the widest column.
    """
    (head, *rows), rule = in_columns([[_lines(entry, widest) for entry in row] for row in grid], right, len)
    return "\n".join([*head, rule, *(line for row in rows for line in row)]) + "\n"


def _lines(entry: str, widest: int) -> list[str]:
    from textwrap import wrap

    clean = "".join(c if c.isprintable() else " " for c in entry)
    return wrap(clean, widest) or [""]


THESE = "These respondents"

PEOPLE = "People like these"

SHAPES: dict[str, str] = {
    "supported": "filled",
    "true of them": "filled",
    "depends on who took part": "half",
    "print unclear": "half",
    "not settled": "open",
    "too few answers": "open",
    "not true of them": "cross",
    "contradicted": "cross",
    "cannot be checked": "dash",
    "inconsistent": "cross",
    "consistent": "filled",
}
"""Shape beside each verdict, so that it reads without colour."""

HEADINGS: dict[str, str] = {
    "counted": "Counted only",
    "chance-alone": "Chance alone",
    "selection-assumed": "Who took part is assumed",
    "selection-bounded": "Who took part is assumed",
    "selection-direction": "A direction is assumed",
    "who-took-part-ignored": "Who took part is ignored",
    "print-ambiguous": "Print leaves several counts",
    "print-conflict": "Print contradicts itself",
    "print-impossible": "No count fits print",
    "choices-recognised": "Choices compete",
    "label-by-order": "Labels by the order of print",
    "label-unknown": "Labels not published",
    "implied": "Counts that follow from others",
    "closed-end": "All or none",
    "few": "Few people",
    "one-at-a-time": "One interval at a time",
    "all-at-once": "All answers at once",
    "choices-compete": "Choices compete",
    "mentions": "Mentions, not opinions",
    "subgroup": "A part of the respondents",
    "chosen-after": "Chosen after the answers",
    "group-tiers": "Each group's own selection",
    "selection-by-group": "Who took part, by group",
    "selection-correlated": "Who took part, by group",
    "group-size-fixed": "The group's size",
    "closed-band": "None or all of them",
    "census": "Everybody answered",
    "prior-decides": "The prior decides",
    "methods-disagree": "The methods disagree",
    "not-identified": "Not identified",
    "margin-not-printed": "Not printed at all",
    "equal-clusters": "Clustered answers",
    "views-not-events": "Views, not events",
    "independent-groups": "Two groups, apart",
    "base-uncertain": "The base is not certain",
    "synthetic": "Synthetic",
    "association": "Association, not cause",
    "exaggerates": "Likely to overstate",
    "ambiguous-fit": "Several tables fit print",
    "incomplete": "Not everybody is in the model",
    "prior-chosen": "Priors chosen",
    "fit-check": "A check of the fit",
    "one-direction": "One direction",
    "equal-steps": "Equal steps",
    "answers-apart": "Not every answer is in the model",
    "few-groups": "Few groups",
    "stand-ins": "Texts read as numbers",
    "described": "Described, not estimated",
}
"""Heading of each caveat's note."""

LANE_CAVEATS = frozenset({"counted", "chance-alone", "selection-assumed"})
"""Caveats of a whole target: told in full where the strips are explained, in short beside every number."""

KINDS = {
    "single": "One answer each",
    "ordinal": "Ordered answers",
    "yes-no": "Yes or no",
    "pick": "Choice of several",
    "multiple": "Several answers possible",
    "open-coded": "Open question, coded",
}

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def capital(text: str) -> str:
    """Return a text with a capital first letter."""
    return text[:1].upper() + text[1:]


def in_words(number: int) -> str:
    """Return a small number in words.

    Examples
    --------
    >>> in_words(3), in_words(40)
    ('three', '40')
    """
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)


DETERMINERS = ("the ", "all ", "every ", "each ", "any ")


def full_workforce(survey: Survey) -> str:
    """Return the population's name as the survey file gives it, as a heading."""
    return capital(survey.targets.workforce)


def workforce_name(survey: Survey) -> str:
    """Return the population's name for rows and lanes: the file's own, or "The population" where that is long."""
    name = full_workforce(survey)
    return name if text_width(name) <= 140 else "The population"


def the_workforce(survey: Survey) -> str:
    """Return the population's short name inside a sentence: "the national workforce"."""
    name = small(workforce_name(survey))
    return name if name.startswith(DETERMINERS) else f"the {name}"


def assumed_words(estimate: Estimate) -> str:
    """Return what a population estimate assumes: "assuming ratios up to about 2.7"."""
    if not isinstance(estimate.target, Population):
        return "chance alone"
    about = "about " if isinstance(estimate.target.selection, Selection) else ""
    return f"assuming ratios up to {about}{ratio(ratio_of(estimate))}"


def verdict_text(verdict: Verdict | None) -> str:
    """Return a verdict's word with a capital."""
    return capital(verdict.word) if verdict else ""


def kind_words(question: Question) -> str:
    """Return a question's kind in words."""
    words = KINDS[question.kind]
    if question.kind == "ordinal":
        total = len(question.categories)
        return f"{words}, {in_words(total)} steps" if total > 2 else words
    offered = question.list_length or (None if question.partial else len(question.categories))
    if question.kind == "pick":
        chosen = f"{in_words(question.chosen)} each" if question.chosen else "several each"
        return f"Choice of {chosen}" + (f" from {offered}" if offered else "")
    if question.kind == "multiple" and question.list_length:
        return f"{words}, {question.list_length} offered"
    return words


def group_label(group: Group, survey: Survey) -> str:
    """Return a subgroup in words: its answer and its question's label."""
    labels = {question.id: question.label for question in survey.question}
    return "those who answered " + " and ".join(
        f"{' or '.join(f'“{item}”' for item in part.items)} to “{labels[part.question]}”" for part in group.parts
    )


def shown_name(question: Question, item: str, quote: str = "{}") -> str:
    """Return an item as the page names it: "none or poor", "none to fair", "yes"; ``quote`` holds each answer.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> scale = SimpleNamespace(kind="ordinal", categories=("none", "poor", "fair", "good"))
    >>> [shown_name(scale, item) for item in ("poor", "poor or lower", "fair or lower", "fair or higher")]
    ['poor', 'none or poor', 'none to fair', 'fair or good']
    >>> shown_name(scale, "none + good")
    'none or good'
    >>> shown_name(scale, "none + fair + good")
    'none, fair or good'
    >>> shown_name(scale, "poor or lower", "“{}”"), shown_name(scale, "poor", "“{}”")
    ('“none” or “poor”', '“poor”')
    """
    names, answers = question.categories, tuple(map(quote.format, question.categories))
    if item in names:
        return quote.format(item)
    if question.kind == "ordinal" and item.endswith(" or lower") and item.removesuffix(" or lower") in names:
        return joined(answers[: names.index(item.removesuffix(" or lower")) + 1])
    if question.kind == "ordinal" and item.endswith(" or higher") and item.removesuffix(" or higher") in names:
        return joined(answers[names.index(item.removesuffix(" or higher")) :])
    parts = item.split(" + ")
    if not all(part in names for part in parts):
        return quote.format(item)
    *first, last = map(quote.format, parts)
    return f"{', '.join(first)} or {last}"


def quoted_name(question: Question, item: str) -> str:
    """Return an item as the page names it, each answer within quotation marks: “none” or “poor”."""
    return shown_name(question, item, "“{}”")


def joined(names: tuple[str, ...]) -> str:
    """Return a run of a scale in words: "none or poor", "none to fair", "25 to 34 up to 45 to 54"."""
    if len(names) == 1:
        return names[0]
    between = "up to" if any(" to " in name for name in (names[0], names[-1])) else "to"
    return f"{names[0]} or {names[1]}" if len(names) == 2 else f"{names[0]} {between} {names[-1]}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list: "one", "one and two", "one, two and three"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def stamp(survey: Survey) -> str:
    """Return what stands on everything that is made of synthetic answers; empty of others."""
    return caveat("synthetic").text if survey.sample is not None and survey.sample.synthetic else ""


def sample_words(survey: Survey) -> str:
    """Return how many answered, and whether they were drawn at random."""
    kind = "random sample" if survey.source.probability_sample else "not a random sample"
    if survey.sample is not None and not survey.source.probability_sample:
        kind = "no random draw is reported"
    people = "number of respondents not printed" if survey.people is None else number_of(survey.people, "respondents")
    return f"{'SYNTHETIC, evidence of nothing: ' if stamp(survey) else ''}{people}, {kind}"


def signs(text: str) -> str:
    """Return a text with the signs of arithmetic: × and a true minus.

    Examples
    --------
    >>> signs("3 x 49 = 147"), signs("41% = 100% - 38% - 21%")
    ('3 × 49 = 147', '41% = 100% − 38% − 21%')
    """
    text = re.sub(r"(?<=\d) x (?=\d)", " × ", text)
    return re.sub(r"(?<=[\d%]) - (?=\d)", " − ", text)


NUMBER = re.compile(r"(\d[\d.,]*\d|\d)")


def told_once(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts, those that differ in one number only told as one.

    Examples
    --------
    >>> told_once(["Of 5 answers, 95%.", "Of 18 answers, 95%.", "Of 3 answers, 95%.", "No number."])
    ('Of 3, 5 or 18 answers, 95%.', 'No number.')
    """
    alike: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for text in texts:
        pieces = NUMBER.split(text)
        alike.setdefault(tuple(pieces[::2]), {})[text] = pieces[1::2]
    found: list[str] = []
    for words, numbers in alike.items():
        slots = [list(dict.fromkeys(slot)) for slot in zip(*numbers.values(), strict=True)]
        if sum(len(slot) > 1 for slot in slots) != 1:
            found += numbers
            continue
        told = [_either(slot) for slot in slots]
        found.append("".join(a + b for a, b in zip(words, [*told, ""], strict=True)))
    return tuple(found)


def _either(numbers: list[str]) -> str:
    listed = sorted(numbers, key=lambda number: float(number.replace(",", "")))
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"
