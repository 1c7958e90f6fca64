"""The shipped lists of words and names by which a draft calls what the structure of a file shows."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from html import unescape
from importlib import resources
from typing import TYPE_CHECKING, Any

from csea_stats.respondents.texts import compared, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CYRILLIC = str.maketrans(
    dict(zip("абвгдђежзиѝјклмнопрстћуфхцчшыэ", "abvgdđežziijklmnoprstćufhcčšye", strict=True))
    | {"љ": "lj", "њ": "nj", "џ": "dž", "щ": "št", "ю": "ju", "я": "ja", "ъ": "", "ь": ""}
)

_LETTERS = str.maketrans({"đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe"})

_ENDING = re.compile(r"(?<=\w\w)\(\w{1,3}\)|(?<=\w{4})/-?\w{1,3}\b")
"""The other form of a word that changes with the person: "satisfait(e)", "zadovoljan/a"."""

_TWO = re.compile(r"[/(),;]|\b(?:or|ili|oder|ou|ose)\b")
"""What stands between two answers of one kind."""

LONGEST_REASON = 80
"""Signs of two answers off the scale."""

_TELLING = re.compile(r"[\d+<>=%#*&@~^$€£]|^-|-$")
"""Signs without which a text would be another one: "10+" is not "10"."""


def latin(text: str) -> str:
    """Return a text in lower case, in Latin letters without accents.

    Examples
    --------
    >>> latin("Često"), latin("често"), latin("weiß nicht")
    ('cesto', 'cesto', 'weiss nicht')
    """
    if text.isascii():
        return text.lower()
    small = unicodedata.normalize("NFC", text.casefold()).translate(_CYRILLIC)
    bare = unicodedata.normalize("NFKD", small)
    return "".join(sign for sign in bare if not unicodedata.combining(sign)).translate(_LETTERS)


@cache
def folded(text: str) -> str:
    """Return the form in which words are looked up: without case, accents, punctuation and endings of persons.

    Examples
    --------
    >>> folded("Très satisfait(e)"), folded("teils, teils"), folded("N/A")
    ('tres satisfait', 'teils teils', 'n a')
    """
    return " ".join(re.findall(r"[^\W_]+", _ENDING.sub("", latin(compared(text)))))


def same_form(text: str) -> tuple[str, str]:
    """Return what two texts that differ only in their form have in common."""
    return folded(text), "".join(_TELLING.findall(text)) or ("" if folded(text) else text)


@cache
def _list(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("csea_stats") / "drafting" / "words" / name).read_text(encoding="utf-8"))


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(folded(word) for word in _list("marks.toml")["answers"][name])


def is_off_scale(text: str) -> bool:
    """Whether a text is an answer that is no point of a scale, or two such answers.

    Examples
    --------
    >>> is_off_scale("Don’t know"), is_off_scale("не знам"), is_off_scale("no"), is_off_scale("Don't know / refused")
    (True, True, False, True)
    """
    words = _words("off_scale")
    if folded(text) in words:
        return True
    parts = [part for part in _TWO.split(text) if folded(part)] if len(text) < LONGEST_REASON else []
    return len(parts) > 1 and all(folded(part) in words for part in parts)


def is_nothing(text: str) -> bool:
    """Whether a text says "none of these"."""
    return folded(text) in _words("nothing")


def is_other(text: str) -> bool:
    """Whether a text says "other, please tell".

    Examples
    --------
    >>> is_other("Other (please specify)"), is_other("-oth-"), is_other("Other - Write In")
    (True, False, True)
    """
    return folded(text) in _words("other")


def is_sum(text: str) -> bool:
    """Whether a text says that a row sums up others, as "Total" does."""
    return folded(text) in _words("sums")


def is_legend(text: str) -> bool:
    """Whether a sheet is called as one that tells what codes mean."""
    return bool(set(folded(text).split()) & {folded(word) for word in _list("marks.toml")["layout"]["legends"]})


@cache
def common_names() -> frozenset[str]:
    """Return names of tools' columns that questions may have, too."""
    return frozenset(_list("marks.toml")["layout"]["common"])


def asks_who(text: str) -> bool:
    """Whether a column asks for who somebody is: a full name, an address, a number of a register."""
    words = f" {folded(text)} "
    return any(f" {folded(word)} " in words for word in _list("marks.toml")["personal"]["question_words"])


def is_name(text: str) -> bool:
    """Whether a column is called as one that holds names of people."""
    return folded(text) in {folded(word) for word in _list("marks.toml")["personal"]["name_words"]}


def personal_pattern(kind: str) -> re.Pattern[str]:
    """Return what a cell with an "email", an "ip" or a "phone" looks like."""
    return re.compile(_list("marks.toml")["personal"][kind], re.IGNORECASE)


def no_yes(texts: Iterable[str]) -> tuple[str, str] | None:
    """Return two texts as no and yes where they are that in one language.

    Examples
    --------
    >>> no_yes(["Yes", "No"]), no_yes(["Sí", "no"]), no_yes(["yes", "nein"])
    (('No', 'Yes'), ('no', 'Sí'), None)
    """
    found = {folded(text): text for text in texts}
    return next(((found[no], found[yes]) for no, yes in no_yes_pairs() if set(found) == {no, yes}), None)


def mark_pairs() -> list[tuple[str, str]]:
    """Return what marks an answer as not chosen and as chosen, in the form of `folded`; "" for a blank."""
    return [(folded(no), folded(yes)) for no, yes in _list("marks.toml")["answers"]["marks"]]


def no_yes_pairs() -> list[tuple[str, str]]:
    """Return no and yes in each language, in the form of `folded`."""
    return [(folded(no), folded(yes)) for no, yes in _list("marks.toml")["answers"]["no_yes"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerScale:
    """Answers on a scale.

    Parameters
    ----------
    name : str
        The scale's name, with its language.
    answers : tuple of str
        From low to high.
    """

    name: str
    answers: tuple[str, ...]


@cache
def _scales() -> list[tuple[str, int, dict[str, int]]]:
    """Return each scale: its name, how many points it has, and the rank of each wording."""
    return [
        (
            f"{name} ({language})",
            len(points),
            {folded(word.format(of)): rank for rank, words in enumerate(points) for word in words},
        )
        for language, scales in _list("scales.toml").items()
        if isinstance(scales, dict)
        for name, points in scales.items()
        if name != "of"
        for of in (scales["of"] if "{}" in points[0][0] else [""])
    ]


def scale_of(texts: Sequence[str]) -> AnswerScale | None:
    """Return the answers in the order of a scale where every one is a point of it and no two have one rank.

    Where several scales fit they have to give one order; the shortest names it. No and yes alone are none.

    Examples
    --------
    >>> scale_of(["good", "poor", "fair"])
    AnswerScale(name='quality (en)', answers=('poor', 'fair', 'good'))
    >>> scale_of(["good", "bus"]) is None
    True
    """
    forms = [folded(text) for text in texts]
    found: list[tuple[int, AnswerScale]] = []
    for name, points, ranks in _scales():
        places = [ranks.get(form, -1) for form in forms]
        if min(places, default=-1) >= 0 and len(set(places)) == len(places):
            order = tuple(text for _, text in sorted(zip(places, texts, strict=True)))
            found.append((points, AnswerScale(name=name, answers=order)))
    if len(texts) < 2 or no_yes(texts) is not None or len({scale.answers for _, scale in found}) != 1:
        return None
    return min(found, key=lambda pair: pair[0])[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolMarks:
    """The columns of its own that a survey tool writes.

    Parameters
    ----------
    name : str
    metadata, ending, like, first, respondent, filled, blank : tuple of str
        Names of columns, ends of names, patterns of names; names of a first column with dates; columns of ids, of the
        time of sending off; texts that are no answer.
    real, unreal, whole : dict
        From a column to the texts of rows that are no test, that were rejected, that were finished.
    off_scale : dict
        From a code to the answer off the scale that it is.
    """

    name: str
    metadata: tuple[str, ...] = ()
    ending: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    respondent: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    real: dict[str, list[str]]
    unreal: dict[str, list[str]]
    whole: dict[str, list[str]]
    off_scale: dict[str, str]


@cache
def tool_marks() -> tuple[ToolMarks, ...]:
    """Return every known tool."""
    maps = ("real", "unreal", "whole", "off_scale")
    made = []
    for name, table in _list("marks.toml")["tool"].items():
        texts: dict[str, Any] = {
            key: (value,) if isinstance(value, str) else tuple(value) for key, value in table.items() if key not in maps
        }
        made.append(ToolMarks(name=name, **texts, **{key: table.get(key, {}) for key in maps}))
    return tuple(made)


LONGEST = 40
"""Signs of a name that is made."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def variable_name(text: str) -> str:
    """Return a name: an identifier stays; else lower case without accents, other signs as one underscore.

    Examples
    --------
    >>> variable_name("Q3_1"), variable_name("Koliko često dolazite?"), variable_name("rate[SQ001]")
    ('Q3_1', 'koliko_cesto_dolazite', 'rate_sq001')
    >>> variable_name("How often do you use public transport? | Response")
    'how_often_do_you_use_public_transport'
    """
    if _IDENTIFIER.fullmatch(text):
        return text
    name = re.sub(r"[^a-z0-9]+", "_", latin(re.sub(r"<[^<>]*>", " ", unescape(text)))).strip("_")
    if len(name) > LONGEST:
        cut = name[:LONGEST]
        name = cut if name[LONGEST] == "_" or "_" not in cut else cut[: cut.rindex("_")]
    return name.strip("_")


def distinct_name(text: str, place: int, taken: set[str]) -> str:
    """Return a name that no other variable has, and add it to those taken; "_2" marks the second one.

    Examples
    --------
    >>> taken = set()
    >>> distinct_name("Other", 0, taken), distinct_name("Other", 1, taken), distinct_name("?", 2, taken)
    ('Other', 'Other_2', 'column_3')
    """
    name = variable_name(text) or f"column_{place + 1}"
    number, made = 2, name
    while plain(made) in taken:
        made, number = f"{name}_{number}", number + 1
    taken.add(plain(made))
    return made
