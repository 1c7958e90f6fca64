"""Names of variables from the names of columns."""

from __future__ import annotations

import re

from csea_stats.drafting.word_lists import latin
from csea_stats.respondents.texts import plain

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
    name = re.sub(r"[^a-z0-9]+", "_", latin(text)).strip("_")
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
