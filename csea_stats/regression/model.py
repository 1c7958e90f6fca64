"""The shape of a model file, ``csea-model/1``: frozen values that check themselves when made.

A model is a question in words, the outcome, the predictors with their role, priors each with its reason, and what is
to be estimated on the scale of probabilities. The data decide the rest: labels, levels, how many answers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import field, fields, is_dataclass, replace
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, ValidationError
from pydantic.dataclasses import dataclass

from csea_stats.errors import InputError, in_short
from csea_stats.publication.lettered_notes import joined
from csea_stats.regression.formula import Formula, TermKind, parse_formula, write_name, write_term
from csea_stats.regression.priors import AVERAGES, DEFAULTS, EXACTLY, REASONS, read_prior
from csea_stats.regression.problem import Family
from csea_stats.survey.source import STRICT, Identifier, Text

FORMAT = "csea-model/1"

CHOSEN = "Chosen by the analyst."
"""The reason of a prior changed in a call, where none is given."""

FAMILIES: tuple[Family, ...] = get_args(Family)

SEVERAL: tuple[Family, ...] = ("cumulative", "multinomial", "adjacent", "continuation")
"""Those of three answers or more."""

Role = Literal["exposure", "adjustment", "group"]

Slot = Literal["coefficients", "interactions", "departures", "thresholds", "intercept", "simplexes", "scales"]

SLOTS: tuple[Slot, ...] = get_args(Slot)

NEEDS: dict[Slot, str] = {
    "coefficients": "a predictor other than a group effect, and not exactly k of a list",
    "interactions": "an interaction, x * z",
    "departures": "a term without one odds ratio for every cut, free(x)",
    "thresholds": "three answers or more",
    "intercept": "two answers, or a number",
    "simplexes": "a monotonic term, mo(x)",
    "scales": "a group effect, (1 | x), several answers of each respondent, or a number as outcome",
}
"""What a model has to have for a kind of parameter to be in it."""

ColumnName = Annotated[str, Field(pattern=r"^[^`\x00-\x1f]*[^\s`\x00-\x1f][^`\x00-\x1f]*$", max_length=300)]
"""A variable, or one option of a question with several answers each: ``services[legal aid]``."""

Positive = Annotated[float, Field(gt=0)]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Outcome:
    """What is explained: a column, or several with the same answers."""

    name: ColumnName
    """The column; for several questions at once, a name for them together."""
    label: Text | None = None
    """A short wording: "Public awareness"."""
    questions: Annotated[tuple[ColumnName, ...], Field(min_length=2)] | None = None
    """For several questions with the same answers: their columns."""
    order: Annotated[tuple[Text, ...], Field(min_length=2)] | None = None
    """The answers from low to high, where the codebook does not order them."""
    chosen: Annotated[int, Field(ge=1)] | None = None
    """For ``conditional-bernoulli``: how many each respondent names."""
    trials: ColumnName | None = None
    """For ``binomial``: the column that says of how many the outcome is counted."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Predictor:
    """One term."""

    name: ColumnName
    term: TermKind = "plain"
    """How it enters: plain (a number centred per 2 standard deviations; categories against the first), per, mo
    (monotonic), score (1, 2, ... per step), cat (each level against the first), free (as plain or cat, without one odds
    ratio for every cut of the answers), group (a group effect)."""
    per: Positive | None = None
    """For ``per``: how many units the coefficient speaks of."""
    role: Role = "exposure"
    """exposure: asked about; adjustment: held fixed; group: answers hang together within it."""
    slopes: Annotated[tuple[ColumnName, ...], Field(min_length=1)] | None = None
    """For ``group``: the predictors whose effects differ between the groups."""
    within: ColumnName | None = None
    """For ``group``: the column of the wider groups that these are parts of."""
    reason: Text | None = None
    """Why it is in the model."""

    def __post_init__(self) -> None:
        if (self.per is None) == (self.term == "per"):
            message = (
                f"per: found {self.per!r} with the term {self.term!r}; allowed is a number above 0 with 'per' only"
            )
            raise ValueError(message)  # pydantic tells it with its place
        if (self.role == "group") != (self.term == "group"):
            message = (
                f"role: found {self.role!r} with the term {self.term!r}; the two say 'group' together or not at all"
            )
            raise ValueError(message)
        if (self.slopes or self.within) and self.term != "group":
            message = f"slopes, within: found with the term {self.term!r}; allowed are they with 'group' only"
            raise ValueError(message)

    @property
    def written(self) -> str:
        """The term as a formula holds it."""
        return write_term(self.term, self.name, self.per, self.slopes or (), self.within)

    @property
    def group(self) -> str:
        """What its groups are called: ``country``, or ``country:city`` of those within others."""
        return f"{self.within}:{self.name}" if self.within else self.name


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Interaction:
    """Two predictors whose effects depend on each other."""

    between: tuple[ColumnName, ColumnName]
    """Both are predictors themselves."""
    reason: Text | None = None
    """Why it is in the model."""

    @property
    def written(self) -> str:
        """The interaction as a formula holds it."""
        return ":".join(map(write_name, self.between))


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class StatedPrior:
    """A prior with its reason."""

    prior: Text
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class CoefficientPrior:
    """The prior of one coefficient, with its reason."""

    of: ColumnName
    """A coefficient, as a fit names it, or a predictor for all of its coefficients."""
    prior: Text
    reason: Text

    def __post_init__(self) -> None:
        try:
            read_prior("coefficient", self.prior)
        except InputError as error:
            raise ValueError(str(error)) from None

    @property
    def centre(self) -> float:
        """What is taken to be likeliest before any answer."""
        return read_prior("coefficient", self.prior).centre


def _stated(slot: str) -> StatedPrior:
    return StatedPrior(prior=DEFAULTS[slot], reason=REASONS[slot])


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Priors:
    """The prior of each kind of parameter."""

    coefficients: StatedPrior = field(default_factory=lambda: _stated("coefficients"))
    interactions: StatedPrior = field(default_factory=lambda: _stated("interactions"))
    departures: StatedPrior = field(default_factory=lambda: _stated("departures"))
    thresholds: StatedPrior = field(default_factory=lambda: _stated("thresholds"))
    intercept: StatedPrior = field(default_factory=lambda: _stated("intercept"))
    simplexes: StatedPrior = field(default_factory=lambda: _stated("simplexes"))
    scales: StatedPrior = field(default_factory=lambda: _stated("scales"))

    def __post_init__(self) -> None:
        for slot in DEFAULTS:
            try:
                read_prior(slot, getattr(self, slot).prior)
            except InputError as error:
                raise ValueError(str(error)) from None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ModelEstimand:
    """A difference of probabilities, averaged over the respondents."""

    variable: ColumnName
    compare: tuple[Text | Annotated[tuple[Text, ...], Field(min_length=1)], Text | tuple[Text, ...]] | None = None
    """From which level to which; a label, a list of labels, or "lowest", "highest", "others", "reference"."""
    shift: Annotated[float, Field(gt=0)] | None = None
    """For a number: by how many units everybody is moved."""
    outcome: Text | None = None
    """The answer: for ordered ones "poor" means poor or lower. None: every one."""
    words: Text | None = None
    """What it is, in words."""

    def __post_init__(self) -> None:
        if self.compare is not None and self.shift is not None:
            message = "an estimand compares two levels or shifts a number, not both"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Model:
    """A model as data: validated, immutable. Made by `csea_stats.load_model` or `Model.from_formula`."""

    format: Literal["csea-model/1"] = "csea-model/1"
    id: Identifier
    question: Text
    """What is asked, in words."""
    outcome: Outcome
    family: Family | None = None
    """None: the outcome's kind decides."""
    predictor: tuple[Predictor, ...] = ()
    interaction: tuple[Interaction, ...] = ()
    priors: Priors = field(default_factory=Priors)
    coefficient_prior: tuple[CoefficientPrior, ...] = ()
    """In place of that of all coefficients, of interactions or of departures."""
    estimand: tuple[ModelEstimand, ...] = ()
    target: Text = "people like those who answered"
    """Whom it is about."""
    limits: Text | None = None
    """What it cannot show, one or two sentences."""
    references: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        names = [predictor.name for predictor in self.predictor]
        again = sorted({name for name in names if names.count(name) > 1})
        if again:
            message = f"predictor: {again[0]!r} stands twice; each column enters once"
            raise ValueError(message)
        if self.outcome.name in names or set(self.outcome.questions or ()) & set(names):
            message = "predictor: the outcome is among the predictors; take it out"
            raise ValueError(message)
        self._check_interactions()
        own = [one.of for one in self.coefficient_prior]
        if again := sorted({name for name in own if own.count(name) > 1}):
            message = f"coefficient_prior: {again[0]!r} stands twice"
            raise ValueError(message)
        self._check_slopes()
        for estimand in self.estimand:
            if estimand.variable not in names:
                message = (
                    f"estimand: there is no predictor {estimand.variable!r}; there is: {', '.join(names) or 'none'}"
                )
                raise ValueError(message)
        if self.family == "conditional-bernoulli" and self.outcome.chosen is None:
            message = "outcome.chosen: conditional-bernoulli needs how many each respondent names, such as chosen = 3"
            raise ValueError(message)

    def _check_slopes(self) -> None:
        plain = [predictor.name for predictor in self.predictor if predictor.term != "group"]
        for predictor in self.predictor:
            for slope in predictor.slopes or ():
                if slope not in plain:
                    message = (
                        f"slopes: {slope!r} differs between the groups of {predictor.name!r} and is no predictor; "
                        f"allowed are predictors: add {slope} + {predictor.written}"
                    )
                    raise ValueError(message)

    def _check_interactions(self) -> None:
        terms = {predictor.name: predictor.term for predictor in self.predictor}
        pairs = [frozenset(one.between) for one in self.interaction]
        for one in self.interaction:
            lacking = [name for name in one.between if name not in terms]
            if lacking or len(set(one.between)) < 2:
                message = f"interaction: found {one.written}; allowed are two of the predictors: {', '.join(terms)}"
                raise ValueError(message)
            if pairs.count(frozenset(one.between)) > 1:
                message = f"interaction: {one.written} stands twice"
                raise ValueError(message)
            for name in one.between:
                if terms[name] == "group":
                    message = f"interaction: {name!r} is a group effect; allowed are two predictors that are none"
                    raise ValueError(message)
            if all(terms[name] == "mo" for name in one.between):
                first, second = one.between
                message = (
                    f"interaction: {first!r} and {second!r} are both monotonic; allowed is one of them: write "
                    f"score({second}), equal steps, or cat({second}), each level for itself"
                )
                raise ValueError(message)

    @property
    def formula(self) -> str:
        """The model in one line."""
        of = f" | trials({write_name(self.outcome.trials)})" if self.outcome.trials else ""
        terms = [one.written for one in self.predictor] + [one.written for one in self.interaction]
        return f"{write_name(self.outcome.name)}{of} ~ {' + '.join(terms) or '1'}"

    def prior(self, slot: Slot, *, exactly: bool = False) -> StatedPrior:
        """Return the prior in use of a kind of parameter; `exactly`: where exactly k of a list are chosen."""
        stated: StatedPrior = getattr(self.priors, slot)
        exactly = exactly or self.family == "conditional-bernoulli"
        if slot == "intercept" and exactly and stated == _stated(slot):
            return StatedPrior(prior=EXACTLY[0], reason=EXACTLY[1])
        if self.family == "linear" and stated == _stated(slot) and slot in AVERAGES:
            return StatedPrior(prior=AVERAGES[slot][0], reason=AVERAGES[slot][1])
        return stated

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The kinds of parameter that the model has; where the answers decide, as long as `family` is None, both."""
        terms = [predictor.term for predictor in self.predictor]
        has = {
            "coefficients": self.family != "conditional-bernoulli" and any(term != "group" for term in terms),
            "interactions": bool(self.interaction),
            "departures": "free" in terms,
            "thresholds": self.family in (None, *SEVERAL),
            "intercept": self.family not in SEVERAL,
            "simplexes": "mo" in terms,
            "scales": "group" in terms or self.family == "linear",
        }
        return tuple(slot for slot in SLOTS if has[slot])

    @property
    def chosen_priors(self) -> tuple[tuple[Slot, str], ...]:
        """Those of `slots` that are another law than the default."""
        found = []
        for slot in self.slots:
            usual = replace(self, priors=Priors()).prior(slot).prior
            if read_prior(slot, self.prior(slot).prior) != read_prior(slot, usual):
                found.append((slot, self.prior(slot).prior))
        return tuple(found)

    @property
    def stated_priors(self) -> dict[Slot, StatedPrior]:
        """Those that differ from the default, in law or in reason."""
        return {slot: prior for slot in SLOTS if (prior := getattr(self.priors, slot)) != _stated(slot)}

    @classmethod
    def from_formula(cls, formula: str, family: str | None = None) -> Self:
        """Make a model from one line; nothing in it is run.

        Parameters
        ----------
        formula : str
            Such as ``"awareness ~ mo(age_band) + per(experience, 5) + organisation"``. A number enters centred, per 2
            standard deviations, or ``per(x, 5)``; categories against the first; an ordered column as ``mo(x)``,
            ``score(x)`` or ``cat(x)``; ``(1 | g)`` is a group effect, ``(1 + x | g)`` has one of ``x`` for each group,
            too, ``(1 | a/b)`` groups b within groups a; ``x * z`` are both with their interaction;
            ``free(x)`` has an odds ratio of its own at each cut. A name with blanks stands in backticks. An outcome
            ``k | trials(n)`` is how many of how many.
        family : {"cumulative", "adjacent", "continuation", "multinomial", "bernoulli", "binomial", "linear"}, optional
            By default the outcome's kind decides: cumulative for ordered answers, multinomial for three or more in no
            order, bernoulli for two, linear for a number, binomial for trials. The whole numbers of a short scale, such
            as 0 to 10, are ordered answers in the families of these.

        Returns
        -------
        Model

        Raises
        ------
        InputError
            If the formula is anything else; the text points at the place.

        Examples
        --------
        >>> Model.from_formula("awareness ~ mo(age_band) + per(experience, 5)").formula
        'awareness ~ mo(age_band) + per(experience, 5)'
        """
        read = parse_formula(formula)
        if family is not None and family not in FAMILIES:
            message = f"family: found {in_short(family)}; allowed is one of {', '.join(FAMILIES)}, or None"
            raise InputError(message)
        if family == "conditional-bernoulli":
            message = "family: conditional-bernoulli needs a model file that says how many each respondent names"
            raise InputError(message)
        try:
            return cls._of_terms(read, family)
        except ValidationError as error:
            first = error.errors()[0]
            found = f"{in_short(first['input'])}: " if first["type"] == "string_pattern_mismatch" else ""
            why = "a control sign, or no name" if found else first["msg"].removeprefix("Value error, ")
            message = f"formula: {found}{why}"
            raise InputError(message) from None

    @classmethod
    def _of_terms(cls, read: Formula, family: Family | None) -> Self:
        outcome, terms = read.outcome, read.terms
        predictors = tuple(
            Predictor(
                name=term.name,
                term=term.kind,
                per=term.per,
                role="group" if term.kind == "group" else "exposure",
                slopes=term.slopes or None,
                within=term.within,
            )
            for term in terms
        )
        interactions = tuple(Interaction(between=pair) for pair in read.interactions)
        steps = {one.name for one in terms if one.kind == "mo"}
        if both := [pair for pair in read.interactions if steps.issuperset(pair)]:
            first, second = both[0]
            message = (
                f"formula: found mo({first}):mo({second}), the products of whose steps are of no one way; allowed is "
                f"one monotonic term: write score({second}), equal steps, or cat({second}), each level for itself"
            )
            raise InputError(message)
        return cls(
            id="formula",
            question=(
                f"How does {_plain(outcome)} go with {joined([_plain(p.name) for p in predictors], 'and')}?"
                if predictors
                else f"How are the answers to {_plain(outcome)} distributed?"
            ),
            outcome=Outcome(name=outcome, trials=read.trials),
            family=family,
            predictor=predictors,
            interaction=interactions,
        )

    def with_priors(  # noqa: PLR0913 - one for each kind of parameter
        self,
        *,
        coefficients: str | None = None,
        interactions: str | None = None,
        departures: str | None = None,
        thresholds: str | None = None,
        intercept: str | None = None,
        simplexes: str | None = None,
        scales: str | None = None,
        each: Mapping[str, str] | None = None,
        reason: str = CHOSEN,
    ) -> Self:
        """Return a copy with other priors, each on the parameter as reported.

        Parameters
        ----------
        coefficients : str, default "logistic(0, 1)"
            Also normal, student-t.
        interactions : str, default "logistic(0, 0.5)"
            Of the coefficients of interactions; the same families.
        departures : str, default "logistic(0, 0.5)"
            Of how far a ``free(x)`` tilts answers away from one odds ratio for every cut, in log odds of the answer
            most raised against the one most lowered; the same families.
        thresholds : str, default "dirichlet(0.5)"
        intercept : str, default "beta(0.5, 0.5)"
            For two answers: of the share of the later one at the averages of the predictors. Also normal, student-t, of
            its log odds, about any number. Where exactly k of a list are chosen, these two alone.
        simplexes : str, default "dirichlet(1)"
        scales : str, default "half-normal(1)"
            Of standard deviations; also half-t and exponential.
        each : mapping of str to str, optional
            Priors of single coefficients, as a fit names them, or of all of a predictor: ``{"organisation[NGO]":
            "normal(0.5, 0.4)"}``. One about another number than 0 says what is known beforehand: it needs a reason, and
            every number tells it.
        reason : str
            Why; stands in the result.

        Returns
        -------
        Model

        Raises
        ------
        InputError
            If a prior is not one of those, or has a scale that is not above 0. That the fitted model has no such
            parameter, which the answers decide, is told by `csea_stats.fit`.

        Examples
        --------
        >>> Model.from_formula("y ~ x").with_priors(coefficients="normal(0, 1.5)").priors.coefficients.prior
        'normal(0, 1.5)'
        """
        given = {
            "coefficients": coefficients,
            "interactions": interactions,
            "departures": departures,
            "thresholds": thresholds,
            "intercept": intercept,
            "simplexes": simplexes,
            "scales": scales,
        }
        changed = {}
        for slot, text in given.items():
            if text is not None:
                read_prior(slot, text)
                changed[slot] = StatedPrior(prior=text, reason=reason)
        if each is not None and not isinstance(each, Mapping):
            message = f"each: found {each!r}; allowed is a mapping such as {{'organisation[NGO]': 'normal(0.5, 0.4)'}}"
            raise InputError(message)
        own = {one.of: one for one in self.coefficient_prior}
        for name, text in (each or {}).items():
            if read_prior("coefficient", text).centre != 0 and reason == CHOSEN:
                message = (
                    f"prior of {name}: found {in_short(text)} without a reason; say what it rests on: reason='...'"
                )
                raise InputError(message)
            own[name] = CoefficientPrior(of=name, prior=text, reason=reason)
        return replace(self, priors=replace(self.priors, **changed), coefficient_prior=tuple(own.values()))

    def to_toml(self) -> str:
        """Write the model as a file that `csea_stats.load_model` reads back to an equal one.

        Returns
        -------
        str
            TOML.
        """
        return model_toml(self)


def model_toml(model: Model, *, short: bool = False) -> str:
    """Write a model; keys at their default are left out, priors always stand, but where it is to be short."""
    head: list[str] = []
    tables: list[str] = []
    for entry in fields(model):
        value = getattr(model, entry.name)
        if value is None or value == () or (short and value == entry.default):
            continue
        if is_dataclass(value):
            tables.extend(_table(entry.name, value, only=model.stated_priors if short else None))
        elif isinstance(value, tuple) and is_dataclass(value[0]):
            for member in value:
                tables.extend(["", f"[[{entry.name}]]", *_pairs(member)])
        else:
            head.append(f"{entry.name} = {_value(value)}")
    return "\n".join([*head, *tables]) + "\n"


def _plain(name: str) -> str:
    """Return a column's name as words: "age band"."""
    return name.replace("_", " ").strip() or name


def _table(name: str, value: Any, only: Collection[str] | None = None) -> list[str]:
    inner = [entry.name for entry in fields(value) if is_dataclass(getattr(value, entry.name))]
    if not inner:
        return ["", f"[{name}]", *_pairs(value)]
    inner = [key for key in inner if only is None or key in only]
    return [line for key in inner for line in _table(f"{name}.{key}", getattr(value, key))]


def _pairs(value: Any) -> list[str]:
    found = [(entry.name, getattr(value, entry.name)) for entry in fields(value)]
    return [f"{key} = {_value(member)}" for key, member in found if member is not None]


def _value(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, (int, float)):
        return repr(value)
    message = f"no TOML for {value!r}"
    raise TypeError(message)
