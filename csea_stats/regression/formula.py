"""A formula in words of a closed grammar; nothing in it is ever run.

::

    name    := column | column "[" option "]" | "`" any name "`"
    formula := name ["|" "trials(" name ")"] "~" sum
    sum     := product (("+" | "-") product)*
    product := joint ("*" joint)*
    joint   := part (":" part)*
    part    := "1" | term | "(" sum ")" | "(" sum ")^2" | "(" ("1" ("+" name)* | name ("+" name)*) "|" groups ")"
    groups  := name | name "/" name | name ":" name
    term    := name | "mo(" name ")" | "score(" name ")" | "cat(" name ")" | "free(" name ")"
             | "per(" name "," number ")"

x * z is x + z + x:z, and x:z the interaction of the two, which stands with both; (x + z + w)^2 has all pairs; - takes
out. 1, the intercept, changes nothing; C(x) and factor(x) are cat(x), Q("my x") is `my x`. Inside x:z a column enters
as it does by itself. (1 + x | g) are groups that differ in level and in the effect of x, (1 | a/b) groups b within
groups a, with a level for either, (1 | a:b) the inner level alone.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Literal, NoReturn

from csea_stats.errors import InputError, in_short
from csea_stats.respondents.columns import option_name, option_of

LONGEST = 2_000
"""Characters that a formula may have."""

MOST_TERMS = 40

MOST_BRACKETS = 5
"""Brackets within brackets."""

MOST_PRODUCTS = 1_000

_NAME = r"""[^\W\d][\w-]*(?:\[(?:"[^"]+"|'[^']+'|[^\[\]"']+)\])?"""
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)(?![\w.])|`(?P<quoted>[^`\x00-\x1f]{1,300})`|(?P<name>"""
    + _NAME
    + r""")|(?P<text>"[^"]+"|'[^']+')|(?P<sign>\*\*|[~+(),|*/:^-]))""",
    re.UNICODE,
)
_BARE = re.compile(_NAME, re.UNICODE)
_NO_INTERCEPT = re.compile(r"-1$")
"""A name that ends so is more likely a formula of R without an intercept."""
_GROUP = re.compile(r"\((?=[^()|]*\|(?!\|))")

_WRAPS = ("mo", "score", "cat", "per", "free")

_ALIKE = {"C": "cat", "factor": "cat"}
"""What other packages call a term."""

_INSTEAD = tuple(
    (re.compile(pattern), advice)
    for pattern, advice in (
        (r"[\u223c\u02dc\uff5e]", "the sign between outcome and predictors is ~"),
        (
            r"\brandom\s*=|\b(re|Error|cluster|frailty|mm|gr|ranef|RE)\(",
            "write (1 | g) for groups, (1 + x | g) where the effect of x differs between them",
        ),
        (r"\bstrata\(", "write the column as a predictor, or (1 | g) for groups"),
        (
            r"^\s*(bf|brmsformula|glm|lm|clmm?|polr|vglm|feols|lmer|glmer|brm|ols|logit|Formula)\(",
            "write it alone: y ~ x",
        ),
        (r"^[^~]*\bmvbind\(", "write one outcome; several questions with the same answers go into a model file"),
        (
            r"^[^~]*\b(cbind|prop|proportion|p|c)\(|^\s*[\w`]+\s*/\s*[\w`]+\s*~|^[^~]*\|\s*trials\(\s*\d",
            "write how many of how many as y | trials(n), two columns; several questions go into a model file",
        ),
        (r"mo\([^()]*,", "write mo(x): each term has steps of its own"),
        (r"\(\s*[\w`]+\s*[-+]\s*\d", "write the name alone: numbers are centred by themselves"),
        (r"\bmi\(", "write the column alone and csea_stats.fit(..., missing='impute')"),
        (r"\bme\(", "write the column alone: numbers are taken as they are, without errors of measurement"),
        (r"^[^~]*\|\s*(cens|trunc|thres|resp_\w+|rate|cat|subset|dec|vint|vreal)\(", "write the outcome alone: y ~ x"),
        (r"(^|[~+\s])(cs|nominal|acat)\(", "write free(x): an odds ratio of its own at each cut of the answers"),
        (
            r"\bas\.(numeric|integer|double)\(|\bunclass\(",
            "write score(x) for equal steps of ordered answers, the name alone for a number",
        ),
        (r"\b[ci]\.\w|#", "write x * z for both with their interaction; a name that has a dot in backticks: `x.1`"),
        (
            r"\bC\(\s*[\w`]+\s*,|\bcontr\.|\b(dummy|dummies|get_dummies|one_?hot)\(",
            "write x for categories, cat(x) for ordered answers: each against the first, the reference",
        ),
        (r"\([^()|]*(mo|score|cat|per|free)\([^|]*\|", "write mo(x) + (1 + x | g): in groups the column's name alone"),
        (r"~.*[\w`\])]\s*/\s*\d", "write per(x, 10): the coefficient is then per ten units"),
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
            r"\([^()|]*[*/:0][^()|]*\||\|\||\(1\s*\|\s*\w+\s*[/:]\s*\w+\s*[/:]",
            "write (1 | g), (1 + x | g) or (1 | a/b), and + (1 | h) for further groups",
        ),
        (r"\((1\s*\+\s*)?[^\W\d][^()|:/*]*\|[^|]", "write x + (1 + x | g): x as a predictor, too"),
        (r"\bI\(\s*\w+\s*\*\s*[^\W\d]\w*\s*\)", "write x * z: both predictors and their interaction"),
        (
            r"\b(I|poly|s|te|ti|t2|bs|ns|cr|cc|gp|hsgp|lo|rcs|pspline|spline)\(|\^|\*\*",
            "make bands of the number and write mo(x) or cat(x), or compute the column first: there are no curves",
        ),
        (
            r"^[^(]*,\s*\w+\s*=",
            "family, data and the like are no part of a formula: csea_stats.Model.from_formula(text, family=...)",
        ),
        (
            r"\b(np\.\w+|log\w*|exp|sqrt|abs|lag|diff|ifelse|cut|scale|standardi[sz]e|center|rescale|mean|median|pmin|pmax|min|max|round|floor|rank|zscore|demean|z)\(|[<>=]=?|^[^~]*~.*\d\s*\*",
            "compute the column first and name it: nothing in a formula is computed; numbers are centred by themselves",
        ),
        (r"\w\s*(/|%in%|%)\s*\w", "write x * z: both predictors and their interaction"),
        (r"[`\"']", "write a name with blanks or dots in backticks: `my x`"),
        (r"\$|\.", "write the column's name alone, in backticks if it has a dot: `x.1`"),
        (r"[^(]\|", "write (1 | g) for groups"),
        (r"\+\s*$", "write a term after +, or leave it out"),
        (
            r"~.*[\w`\])]\s*(&|;|,|\band\b)\s*[\w`]|[^\W\d]\w*[ \t]+[^\W\d]\w*",
            "write + between terms, and a name with blanks in backticks: `my x`",
        ),
    )
)
"""What to write in place of what users of other packages would."""

_GROUPS = "a group effect, written (1 | g), (1 + x | g) or (1 | a/b)"

_ALLOWED = "a column's name, x[option], mo(x), score(x), cat(x), free(x), per(x, 5) or (1 | x); or 1 alone"

_TOGETHER = "an interaction beside both of its predictors: x * z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of a formula.

    Parameters
    ----------
    kind : {"plain", "mo", "score", "cat", "free", "per", "group"}
    name : str
        The column.
    per : float or None
        For ``per``: how many units.
    slopes : tuple of str
        Of groups: the predictors whose effects differ between them.
    within : str or None
        Of groups: the wider ones that they are parts of.
    """

    kind: TermKind
    name: str
    per: float | None = None
    slopes: tuple[str, ...] = ()
    within: str | None = None

    @property
    def written(self) -> str:
        """The term as a formula holds it."""
        return write_term(self.kind, self.name, self.per, self.slopes, self.within)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula, read.

    Parameters
    ----------
    outcome : str
    terms : tuple of Term
        Each column once, in the order in which they stand.
    interactions : tuple of (str, str)
        Pairs of columns among them.
    trials : str or None
        The column that says of how many the outcome is counted.
    """

    outcome: str
    terms: tuple[Term, ...]
    interactions: tuple[tuple[str, str], ...] = ()
    trials: str | None = None


def parse_formula(text: str) -> Formula:
    """Read a formula.

    Parameters
    ----------
    text : str
        Such as ``"awareness ~ mo(age_band) + per(experience, 5)"``.

    Returns
    -------
    Formula

    Raises
    ------
    InputError
        If it is anything but the grammar; the text points at the place.

    Examples
    --------
    >>> parse_formula("rating ~ mo(age) + (1 | country)").terms[1]
    Term(kind='group', name='country', per=None, slopes=(), within=None)
    >>> parse_formula("rating ~ organisation * years").interactions
    (('organisation', 'years'),)
    >>> parse_formula("reported | trials(cases) ~ organisation").trials
    'cases'
    """
    if not isinstance(text, str):
        message = (
            f"formula: found {in_short(text)}; allowed is a text such as 'awareness ~ mo(age_band) + organisation'"
        )
        raise InputError(message)
    if len(text) > LONGEST:
        message = f"formula: found {len(text):,} characters; allowed are {LONGEST:,}: write a model file instead"
        raise InputError(message)
    return _Reader(text).formula()


def write_name(name: str) -> str:
    """Write a column's name as a formula holds it: in backticks where it needs them.

    Examples
    --------
    >>> write_name("years"), write_name("years in the field")
    ('years', '`years in the field`')
    """
    return name if _BARE.fullmatch(name) and not _NO_INTERCEPT.search(name) else f"`{name}`"


def write_term(
    kind: str, name: str, per: float | None = None, slopes: tuple[str, ...] = (), within: str | None = None
) -> str:
    """Write a term as a formula holds it, which is also the name of its coefficient.

    Examples
    --------
    >>> write_term("per", "experience", 5.0), write_term("plain", "experience"), write_term("group", "country")
    ('per(experience, 5)', 'experience', '(1 | country)')
    """
    name = write_name(name)
    if kind == "group":
        return f"({' + '.join(('1', *map(write_name, slopes)))} | {f'{write_name(within)}:' if within else ''}{name})"
    if kind == "per":
        return f"per({name}, {_plain(per or 1.0)})"
    return name if kind == "plain" else f"{kind}({name})"


def _plain(number: float) -> str:
    """Write a number without an exponent, so that the grammar reads it back."""
    text = f"{number:.12f}".rstrip("0").rstrip(".")
    return text if float(text) == number else repr(number)


Product = tuple[str, ...]
"""The terms that are multiplied, as they are written; none: the intercept."""


class _Reader:
    """One pass over the tokens; brackets within brackets are counted, so no depth is exhausted."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.bracket = 0
        self.terms: dict[str, Term] = {}
        self.starts: dict[Product, int] = {}
        self.same: dict[frozenset[str], Product] = {}

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

    def take(self, kind: str, *signs: str) -> str | None:
        match = _TOKEN.match(self.text, self.at)
        if match is None or match[kind] is None or (signs and match[kind] not in signs):
            return None
        self.at = match.end()
        return match[kind]

    def need(self, sign: str, allowed: str) -> None:
        if self.take("sign", sign) is None:
            self.fail(allowed)

    def column(self, allowed: str = "a column's name") -> str:
        start = self.at
        quoted = self.take("quoted")
        name = quoted or self.take("name")
        if name is not None and name.strip() == "Q" and quoted is None and self.take("sign", "("):
            name = (self.take("text") or self.fail("a name in quotes"))[1:-1]
            self.need(")", "a closing bracket")
        elif name is not None and quoted is None and _NO_INTERCEPT.search(name):
            self.fail("a name that does not end in -1, or one in backticks", start)
        if name is None or not name.strip():
            self.fail(allowed, start)
        option = option_of(name)
        return name.strip() if option is None else option_name(*option)

    def formula(self) -> Formula:
        outcome = self.column("the outcome's name, then ~")
        trials = self._trials()
        self.need("~", "~ after the outcome")
        products = self.sum()
        if self.text[self.at :].strip():
            self.fail("+ and a further term, or the end")
        self._hyphens()
        alone = [self.terms[one[0]] for one in products if len(one) == 1]
        for place, term in enumerate(alone):
            start = self.starts[(term.written,)]
            if term.name == outcome:
                self.fail(f"a term without the outcome {outcome!r}", start)
            if any(other.name == term.name for other in alone[:place]):
                self.fail(f"each column once; {term.name!r} stands here again", start)
            if place >= MOST_TERMS:
                self.fail(f"at most {MOST_TERMS} terms", start)
            for slope in term.slopes:
                if slope not in [other.name for other in alone if other.kind != "group"]:
                    self.fail(f"an effect that differs between groups beside the predictor itself, {slope}", start)
        pairs = [self._pair(one, alone) for one in products if len(one) > 1]
        once = {frozenset(pair): pair for pair in reversed(pairs)}  # cat(x):z and x:z are one
        interactions = tuple(reversed(once.values()))
        return Formula(outcome=outcome, terms=tuple(alone), interactions=interactions, trials=trials)

    def _trials(self) -> str | None:
        """Read of how many the outcome is counted."""
        if self.take("sign", "|") is None:
            return None
        start = self.at
        if self.take("name") != "trials" or self.take("sign", "(") is None:
            self.fail("trials(n), of how many the outcome is counted", start)
        name = self.column()
        self.need(")", "a closing bracket")
        return name

    def _hyphens(self) -> None:
        """Refuse x-z where x and z are terms themselves: one is more likely taken out."""
        names = {term.name for term in self.terms.values()}
        for term in self.terms.values():
            parts = term.name.split("-")
            if len(parts) > 1 and names.issuperset(parts):
                self.fail("a minus with blanks around it, or a name in backticks", self.starts[(term.written,)])

    def _pair(self, product: Product, alone: list[Term]) -> tuple[str, str]:
        """Return the two columns of an interaction."""
        start = self.starts[product]
        members = [self.terms[one] for one in product]
        if any(one.kind == "group" for one in members):
            self.fail("an interaction of two predictors; groups with slopes of their own are none", start)
        names = [one.name for one in members]
        if len(names) > 2:
            self.fail("an interaction of two: take those of three out, or write each pair, x:z + x:w", start)
        for one in members:
            if not any(one in (other, Term(kind="plain", name=other.name)) for other in alone):
                self.fail(_TOGETHER, start)
        if names[0] == names[1]:
            self.fail(f"an interaction of two; {names[0]!r} is both here", start)
        return names[0], names[1]

    def sum(self) -> list[Product]:
        start = self.at
        minus = self.take("sign", "+", "-") == "-"
        found: list[Product] = []
        while True:
            fresh = self.product()
            if minus and () in fresh:
                self.fail("a term to take out; the intercept stays", start)
            if minus and (lacking := [one for one in fresh if one not in found]):
                self.fail(f"a term to take out that stands before it; {':'.join(lacking[0])} does not", start)
            if minus:
                found = [one for one in found if one not in fresh]
            else:
                found += [one for one in fresh if one not in found]
            start = self.at
            sign = self.take("sign", "+", "-")
            if sign is None:
                return found
            minus = sign == "-"

    def product(self) -> list[Product]:
        start = self.at
        found = self.joint()
        while self.take("sign", "*"):
            more = self.joint()
            found = [*found, *more, *self._crossed(found, more, start)]
        return list(dict.fromkeys(found))

    def joint(self) -> list[Product]:
        start = self.at
        found = self.power()
        while self.take("sign", ":"):
            found = self._crossed(found, self.power(), start)
        return found

    def _crossed(self, left: list[Product], right: list[Product], start: int) -> list[Product]:
        found: dict[Product, None] = {}
        for one in left:
            for other in right:
                both = tuple(dict.fromkeys((*one, *other)))
                both = self.same.setdefault(frozenset(both), both)
                self.starts.setdefault(both, start)
                found[both] = None
                if len(found) > MOST_PRODUCTS:
                    self.fail(f"at most {MOST_PRODUCTS} terms multiplied", start)
        return list(found)

    def power(self) -> list[Product]:
        found = self.part()
        start = self.at
        if self.take("sign", "^", "**"):
            if len(found) < 2 or self.take("number") != "2":
                self.fail("a term, or ^2 of a sum in brackets", start)
            pairs = [self._crossed([left], found[place + 1 :], start) for place, left in enumerate(found)]
            found = list(dict.fromkeys([*found, *(one for several in pairs for one in several)]))
        return found

    def part(self) -> list[Product]:
        start = self.at + len(self.text[self.at :]) - len(self.text[self.at :].lstrip())
        if _GROUP.match(self.text, start):
            return [one for term in self.groups() for one in self._known(term, start)]
        if self.take("sign", "("):
            self.bracket = start if self.depth == 0 else self.bracket
            self.depth += 1
            if self.depth > MOST_BRACKETS:
                self.fail(f"at most {MOST_BRACKETS} brackets within each other", self.bracket)
            found = self.sum()
            if self.take("sign", "|"):
                self.fail(_GROUPS, start)
            self.need(")", "a closing bracket")
            self.depth -= 1
            return found
        if self.take("number") == "1":
            return [()]
        self.at = start
        return self._known(self.term(), start)

    def groups(self) -> tuple[Term, ...]:
        """Return a group effect; two where groups stand within groups."""
        start = self.at
        self.need("(", _GROUPS)
        slopes, level = [], self.take("number")
        if level not in (None, "1"):
            self.fail(_GROUPS, start)
        if level is None or self.take("sign", "+"):
            slopes.append(self.column(_GROUPS))
            while self.take("sign", "+"):
                slopes.append(self.column())
        if not self.take("sign", "|"):
            self.fail(_GROUPS, start)
        names, both = [self.column()], self.take("sign", "/") is not None
        if both or self.take("sign", ":"):
            names.append(self.column())
        self.need(")", "a closing bracket")
        inner = Term(kind="group", name=names[-1], slopes=tuple(slopes), within=names[0] if len(names) > 1 else None)
        return (replace(inner, name=names[0], within=None), inner) if both else (inner,)

    def _known(self, term: Term, start: int) -> list[Product]:
        self.terms.setdefault(term.written, term)
        self.starts.setdefault((term.written,), start)
        return [(term.written,)]

    def term(self) -> Term:
        start = self.at
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


TermKind = Literal["plain", "per", "mo", "score", "cat", "free", "group"]
