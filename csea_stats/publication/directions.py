"""Texts of two directions on one page: a label that is read from right to left turns nothing around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from html import escape

from csea_stats.publication.markup import printable

FROM_THE_RIGHT = re.compile(
    "[\u061c\u200f\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""Signs of scripts that are read from right to left, and the marks that stand for one."""


def _texts(value: object) -> Iterator[str]:
    """Yield every text within a value."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for entry in fields(value):
            yield from _texts(getattr(value, entry.name))
    elif isinstance(value, Mapping):
        yield from _texts((*value, *value.values()))
    elif isinstance(value, Iterable):
        for member in value:
            yield from _texts(member)


def isolated(html: str, *sources: object) -> str:
    r"""Return a page on which whatever is read from right to left stands by itself, as ``<bdi>`` would have it.

    Signs that turn the direction of all that follows are shown as replacement marks.

    Parameters
    ----------
    html : str
    *sources : values
        Whose texts are the labels on it.

    Examples
    --------
    >>> ascii(isolated("<p>35 of 49: \u05db\u05df (71%)</p>", ["\u05db\u05df"]))
    "'<p>35 of 49: \\u2068\\u05db\\u05df\\u2069 (71%)</p>'"
    """
    from markupsafe import escape as as_templates_do

    turned = {printable(text) for text in _texts(sources) if FROM_THE_RIGHT.search(text)}
    labels = {str(escaped(text)) for text in turned for escaped in (escape, as_templates_do)}
    html = printable(html)
    if not labels:
        return html
    longest_first = sorted(labels, key=lambda label: (-len(label), label))
    return re.sub("|".join(map(re.escape, longest_first)), "\u2068\\g<0>\u2069", html)
