"""A formula in words of a closed grammar; nothing in it is ever run.

::

    name    := column | column "[" option "]"
    formula := name "~" term ("+" term)*
    term    := "1" | name | "mo(" name ")" | "score(" name ")" | "cat(" name ")"
             | "per(" name "," number ")" | "(1 | " name ")"

1, the intercept, changes nothing; C(x) and factor(x) are cat(x); a name may stand in backticks.
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
    r"""|`(?P<quoted>[^\W\d][\w-]*)`"""
    r"""|(?P<name>[^\W\d][\w-]*(?:\[(?:"[^"]+"|'[^']+'|[^\[\]"']+)\])?)|(?P<sign>[~+(),|]))""",
    re.UNICODE,
)

_WRAPS = ("mo", "score", "cat", "per")

_ALIKE = {"C": "cat", "factor": "cat"}
"""What other packages call a term."""

_INSTEAD = tuple(
    (re.compile(pattern), advice)
    for pattern, advice in (
        (r"[\u223c\u02dc\uff5e]", "the sign between outcome and predictors is ~"),
        (r"^[^~]*=", "write ~ between outcome and predictors: y ~ x"),
        (r"~.*~", "write ~ once"),
        (r"weights?\(|offset\(|\bse\(", "leave it out: a model has no weights and no offset"),
        (
            r"^\s*\w[\w.]*\(",
            (
                "write the outcome's name alone; its order is declared: Ordered(...) in the codebook, or "
                "pd.Categorical(..., ordered=True)"
            ),
        ),
        (r"^[^~]*[+,|]", "write one outcome; several questions with the same answers go into a model file"),
        (
            r"as\.factor|as\.ordered|ordered\(|relevel|Treatment|Sum\(",
            (
                "write x for categories, mo(x), score(x) or cat(x) "
                "for ordered answers; the first answer declared is the reference"
            ),
        ),
        (r"monotonic\(", "write mo(x)"),
        (r"(^|[~+\s])0\s*($|\+)|-\s*1\b|-1", "leave 0 and -1 out: a model always has its thresholds, or its intercept"),
        (r"~\s*\.\s*($|[-+])|\.\.\.", "name each predictor: y ~ x + z"),
        (
            r"\([^()|]*[A-Za-z_+*/:|0][^()|]*\|+|\|\||\(1\s*\|\s*\w+\s*[/:]",
            "write (1 | g), and + (1 | h) for further groups: only levels differ between groups",
        ),
        (
            r"\b(I|poly|s|te|ti|t2|bs|ns|cr|cc|cs|gp|lo|rcs)\(|\^\s*\d|\*\*",
            "make bands of the number and write mo(x) or cat(x), or compute the column first: there are no curves",
        ),
        (
            r"^[^(]*,\s*\w+\s*=",
            "family, data and the like are no part of a formula: csea_stats.Model.from_formula(text, family=...)",
        ),
        (
            r"\b(np\.\w+|log\w*|exp|sqrt|abs|lag|diff|ifelse|cut|scale|standardi[sz]e|center|rescale)\(|[<>=]=?|^[^~]*~.*\d\s*\*",
            "compute the column first and name it: nothing in a formula is computed; numbers are centred by themselves",
        ),
        (
            r"\w\s*(:|\*|/|%in%|%)\s*\w|\)\s*[*:^]",
            (
                "make one column of categories of both, such as under 30 and NGO, and write "
                "its name: there are no interactions"
            ),
        ),
        (r"\bQ\(|[`\"']", "write a name of letters, digits, _ and - without quotes: rename the column"),
        (r"\$|\.", "write the column's name alone; rename a column with a dot in it"),
        (r"^[^~]*~\s*\(|\+\s*\(", "leave brackets out, but for (1 | g)"),
        (r"[^(]\|", "write (1 | g) for groups"),
        (r"\+\s*$", "write a term after +, or leave it out"),
    )
)
"""What to write in place of what users of other packages would."""

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
        instead = next((f" Instead: {advice}." for pattern, advice in _INSTEAD if pattern.search(self.text)), "")
        where = f"{shown}\n  {' ' * (at - start)}^"
        message = f"formula, character {at + 1}: found {found}; allowed is {allowed}.{instead}\n  {where}"
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
        name = self.take("quoted") or self.take("name")
        if name is None:
            self.fail(allowed)
        option = option_of(name)
        return name if option is None else option_name(*option)

    def formula(self) -> tuple[str, tuple[Term, ...]]:
        outcome = self.column("the outcome's name, then ~")
        self.need("~", "~ after the outcome")
        terms: list[Term] = []
        intercept = False
        while True:
            start = self.at
            if not intercept and self.take("number") == "1":
                intercept = True
                if not self.text[self.at :].strip():
                    return outcome, tuple(terms)
                self.need("+", "+ and a term, or the end")
                continue
            self.at = start
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
        name = _ALIKE.get(name, name)
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
