"""A formula in words of a closed grammar; nothing in it is ever run.

::

    name    := column | column "[" option "]"
    formula := name "~" ("1" | term ("+" term)*)
    term    := name | "mo(" name ")" | "score(" name ")" | "cat(" name ")"
             | "per(" name "," number ")" | "(1 | " name ")"
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from csea_stats.errors import InputError
from csea_stats.respondents.columns import option_name, option_of

LONGEST = 2_000
"""Characters that a formula may have."""

MOST_TERMS = 40

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)(?![\w.])"""
    r"""|(?P<name>[^\W\d][\w-]*(?:\[(?:"[^"]+"|'[^']+'|[^\[\]"']+)\])?)|(?P<sign>[~+(),|]))""",
    re.UNICODE,
)

_WRAPS = ("mo", "score", "cat", "per")

_ALLOWED = "a column's name, x[option], mo(x), score(x), cat(x), per(x, 5) or (1 | x); or 1 alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of a formula.

    Parameters
    ----------
    kind : {"plain", "mo", "score", "cat", "per", "group"}
    name : str
        The column.
    per : float or None
        For ``per``: how many units.
    """

    kind: TermKind
    name: str
    per: float | None = None


def parse_formula(text: str) -> tuple[str, tuple[Term, ...]]:
    """Read a formula.

    Parameters
    ----------
    text : str
        Such as ``"awareness ~ mo(age_band) + per(experience, 5)"``.

    Returns
    -------
    outcome : str
    terms : tuple of Term

    Raises
    ------
    InputError
        If it is anything but the grammar; the text points at the place.

    Examples
    --------
    >>> parse_formula("rating ~ mo(age) + (1 | country)")[1][1]
    Term(kind='group', name='country', per=None)
    """
    if not isinstance(text, str):
        message = f"formula: found {text!r}; allowed is a text such as 'awareness ~ mo(age_band) + organisation'"
        raise InputError(message)
    if len(text) > LONGEST:
        message = f"formula: found {len(text):,} characters; allowed are {LONGEST:,}: write a model file instead"
        raise InputError(message)
    return _Reader(text).formula()


def write_term(kind: str, name: str, per: float | None = None) -> str:
    """Write a term as a formula holds it, which is also the name of its coefficient.

    Examples
    --------
    >>> write_term("per", "experience", 5.0), write_term("plain", "experience"), write_term("group", "country")
    ('per(experience, 5)', 'experience', '(1 | country)')
    """
    if kind == "group":
        return f"(1 | {name})"
    if kind == "per":
        return f"per({name}, {_plain(per or 1.0)})"
    return name if kind == "plain" else f"{kind}({name})"


def _plain(number: float) -> str:
    """Write a number without an exponent, so that the grammar reads it back."""
    text = f"{number:.12f}".rstrip("0").rstrip(".")
    return text if float(text) == number else repr(number)


class _Reader:
    """One pass over the tokens; no recursion, so no depth to exhaust."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self, allowed: str, at: int | None = None) -> NoReturn:
        at = self.at if at is None else at
        at += len(self.text[at:]) - len(self.text[at:].lstrip())
        rest = self.text[at:]
        found = repr(rest if len(rest) <= 40 else rest[:37] + "...") if rest else "the end"
        start = max(0, at - 60)
        shown = self.text[start : at + 60].replace("\n", " ").replace("\t", " ")
        message = (
            f"formula, character {at + 1}: found {found}; allowed is {allowed}\n  {shown}\n  {' ' * (at - start)}^"
        )
        raise InputError(message)

    def take(self, kind: str, sign: str | None = None) -> str | None:
        match = _TOKEN.match(self.text, self.at)
        if match is None or match[kind] is None or (sign is not None and match[kind] != sign):
            return None
        self.at = match.end()
        return match[kind]

    def need(self, sign: str, allowed: str) -> None:
        if self.take("sign", sign) is None:
            self.fail(allowed)

    def column(self, allowed: str = "a column's name") -> str:
        name = self.take("name")
        if name is None:
            self.fail(allowed)
        option = option_of(name)
        return name if option is None else option_name(*option)

    def formula(self) -> tuple[str, tuple[Term, ...]]:
        outcome = self.column("the outcome's name, then ~")
        self.need("~", "~ after the outcome")
        start = self.at
        terms: list[Term] = []
        if self.take("number") == "1" and not self.text[self.at :].strip():
            return outcome, ()
        self.at = start
        while True:
            start = self.at
            term = self.term()
            if term.name == outcome:
                self.fail(f"a term without the outcome {outcome!r}", start)
            if any(other.name == term.name for other in terms):
                self.fail(f"each column once; {term.name!r} stands here again", start)
            terms.append(term)
            if len(terms) > MOST_TERMS:
                self.fail(f"at most {MOST_TERMS} terms", start)
            if not self.text[self.at :].strip():
                return outcome, tuple(terms)
            self.need("+", "+ and a further term, or the end")

    def term(self) -> Term:
        start = self.at
        if self.take("sign", "("):
            one = self.take("number")
            if one != "1" or not self.take("sign", "|"):
                self.fail("a group effect, written (1 | x)", start)
            name = self.column()
            self.need(")", "a closing bracket")
            return Term(kind="group", name=name)
        name = self.column(_ALLOWED)
        if not self.take("sign", "("):
            return Term(kind="plain", name=name)
        if name not in _WRAPS:
            self.fail(f"{_ALLOWED}; {name!r} is none of these, and nothing in a formula is run", start)
        inner = self.column()
        per = None
        if name == "per":
            self.need(",", "a comma and how many units, as in per(x, 5)")
            per = self.amount()
        self.need(")", "a closing bracket")
        return Term(kind=name, name=inner, per=per)  # type: ignore[arg-type]

    def amount(self) -> float:
        start = self.at
        number = self.take("number")
        if number is None or not 0 < float(number) < math.inf:
            self.fail("a number above 0", start)
        return float(number)


TermKind = Literal["plain", "per", "mo", "score", "cat", "group"]
