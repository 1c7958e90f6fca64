"""A test together with the estimates it is about; neither is told without the other."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, Self

from csea_stats.errors import InputError, check_whole, in_short, real_number
from csea_stats.publication.lettered_notes import by_letter, joined, marks
from csea_stats.publication.table import Draft, Entered, lettered
from csea_stats.results import phrases
from csea_stats.results.citable import (
    Sentence,
    Sentences,
    capital,
    methods_note,
    notes_of,
    of_how_many,
    pointed,
    sentence_of,
)
from csea_stats.results.estimate_frames import ids, tidy
from csea_stats.results.estimate_tables import TableSetting
from csea_stats.results.estimates import Estimates, Members
from csea_stats.results.field_kinds import hints_of, is_kind
from csea_stats.results.json_reader import check_rows, parsed, real, results_of
from csea_stats.results.json_writer import number, results_document, results_text
from csea_stats.results.numbers import (
    integer,
    interval_words,
    level_words,
    number_of,
    rounded,
    span_words,
    thresholds_of,
)
from csea_stats.results.sentences import what_interval

if TYPE_CHECKING:
    import pandas as pd

    from csea_stats.publication.lettered_notes import Note
    from csea_stats.publication.table import Table
    from csea_stats.results.estimate import Estimate

Exactness = Literal["exact", "Monte Carlo", "asymptotic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisTest:
    """One test, chosen by the kinds of the two questions and never by its result.

    Parameters
    ----------
    name : str
        The field's name, such as "Fisher-Freeman-Halton".
    null : str
        What is tested, as a clause.
    p : float
        0 to 1; where print allows several tables, the largest over them.
    sides : str
        How both sides count, such as "two-sided: tables no more probable than the observed one".
    exactness : {"exact", "Monte Carlo", "asymptotic"}
    p_least : float, optional
        The smallest over the tables that print allows; None: `p` itself.
    statistic : float, optional
        None where the probability of the table itself is the statistic.
    statistic_name : str
    degrees : float, optional
        Degrees of freedom of an asymptotic reference distribution.
    draws : int, optional
        Of a Monte Carlo test.
    simultaneous : int, default 1
        For how many tests jointly the p-value holds; 1: for this one alone.

    Raises
    ------
    InputError
        If p is no probability, or a Monte Carlo test does not say its number of draws.
    """

    name: str
    null: str
    p: float
    sides: str
    exactness: Exactness
    p_least: float | None = None
    statistic: float | None = None
    statistic_name: str = ""
    degrees: float | None = None
    draws: int | None = None
    simultaneous: int = 1

    def __post_init__(self) -> None:
        if (p := real_number(self.p)) is None or not 0 <= p <= 1:
            message = f"p: found {in_short(self.p)}; allowed is a number between 0 and 1"
            raise InputError(message)
        if wrong := [name for name, hint in hints_of(HypothesisTest).items() if not is_kind(getattr(self, name), hint)]:
            message = f"{wrong[0]}: found {in_short(getattr(self, wrong[0]))}, which is nothing that a test tells there"
            raise InputError(message)
        if self.p_least is not None and not 0 <= self.p_least <= self.p:
            message = f"p_least: found {in_short(self.p_least)}; allowed is a number from 0 to p, {self.p:g}"
            raise InputError(message)
        check_whole("simultaneous", self.simultaneous, 1)
        check_whole("draws", self.draws or 1, 1)
        if (self.exactness == "Monte Carlo") != (self.draws is not None):
            message = f"draws: found {in_short(self.draws)} for a test that is {self.exactness}"
            raise InputError(message)

    @property
    def error(self) -> float | None:
        """Standard error of a Monte Carlo p-value; None of any other."""
        return None if self.draws is None else (self.p * (1 - self.p) / (self.draws + 1)) ** 0.5

    def __str__(self) -> str:
        how: str = self.exactness
        if self.draws is not None and self.error is not None:
            how = f"Monte Carlo, {integer(self.draws)} draws, standard error {max(self.error, 1e-4):.4f}"
        joint = f", adjusted for {number_of(self.simultaneous, 'tests')}" if self.simultaneous > 1 else ""
        least = "" if self.p_least is None or self.p_least == self.p else f"{p_words(self.p_least)} to "
        name = self.name[:1].upper() + self.name[1:]
        return f"{name} test that {self.null} ({how}; {self.sides}{joint}): p = {least}{p_words(self.p)}."


def p_words(p: float) -> str:
    """Return a p-value with two digits after its zeros, at most four decimals; more where it would be told as .05 or 1.

    Examples
    --------
    >>> p_words(0.1697), p_words(0.0333), p_words(0.00412), p_words(0.00001), p_words(1.0), p_words(0.9963)
    ('0.17', '0.033', '0.0041', 'under 0.0001', '1', '0.996')
    """
    if p < 1e-4:
        return "under 0.0001"
    return rounded((p,), 2 if p >= 0.1 else 3 if p >= 0.01 else 4, (0.05,), ends=(0, 1))[0]


def p_clause(test: HypothesisTest, style: phrases.Style = "plain", null: str = "") -> str:
    """Return a test and its p-value as a clause: "Fisher's exact test, p = 0.16"; in papers' styles without the zero.

    Parameters
    ----------
    test : HypothesisTest
    style : {"plain", "apa", "ama"}
    null : str
        The null hypothesis: "that they agree"; empty where the sentence tells it elsewhere.

    Examples
    --------
    >>> test = HypothesisTest(name="exact", null="they agree", p=0.157, sides="two-sided", exactness="exact")
    >>> [p_clause(test, style) for style in ("plain", "apa", "ama")]
    ['exact test, p = 0.16', 'exact test, p = .16', 'exact test, P = .16']
    >>> p_clause(test, null="of the null hypothesis that they agree")
    'exact test of the null hypothesis that they agree, p = 0.16'
    """
    ends = [test.p] if test.p_least is None or test.p_least == test.p else [test.p_least, test.p]
    told = " to ".join(p_words(end) for end in ends)
    if style != "plain":
        told = told.replace("0.", ".")
    joint = f", adjusted for {number_of(test.simultaneous, 'tests')}" if test.simultaneous > 1 else ""
    letter = "P" if style == "ama" else "p"
    name, comma, how = test.name.partition(", ")
    of = f" {null}" if null else ""
    return f"{name} test{of}{comma}{how}, {letter} {'' if told.startswith('under') else '= '}{told}{joint}"


def _null(test: HypothesisTest, telling: phrases.Telling) -> str:
    """Return the null hypothesis after the test's name: whose shares or odds, the sentence has told."""
    told = test.null.partition(" (")[0] if test.null.startswith(EQUAL) else test.null
    return f"of the null hypothesis that {told}" if telling.length == "full" else f"that {told}"


EQUAL = ("the shares are equal (", "the odds are equal (")
"""How null hypotheses about two groups begin, before they say which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A test with its estimates, each with an interval; `str` of it tells all of both.

    Parameters
    ----------
    test : HypothesisTest
    estimates : Estimates
        The first is what the test is about; never empty.

    Raises
    ------
    InputError
        If there is no estimate, or one has no interval.
    """

    test: HypothesisTest
    estimates: Estimates

    def __post_init__(self) -> None:
        if not self.estimates or any(one.interval is None for one in self.estimates):
            message = f"a test is told with estimates and their intervals; {self.test.name!r} lacks them"
            raise InputError(message)

    @property
    def estimate(self) -> Estimate:
        """The first of the estimates."""
        return self.estimates[0]

    def sentence(
        self, length: phrases.Length = "full", *, style: phrases.Style = "plain", reader: phrases.Reader = "journal"
    ) -> Sentence:
        """Return the estimate with its interval and the test as a sentence to cite, as `Estimate.sentence`.

        Examples
        --------
        >>> from csea_stats import association
        >>> told = association({"30 and over": [14, 28], "under 30": [0, 7]})[0].sentence("note").text
        >>> print(told.partition(")")[2])
        ; Fisher's exact test that the answers and the groups are independent, p = 0.16.ᵃᵇᶜ
        """
        return self._cited(phrases.Telling(length=length, style=style, reader=reader))

    def _cited(self, telling: phrases.Telling, notes: dict[tuple[str, str], Note] | None = None) -> Sentence:
        if len({one.item for one in self.estimates}) > 1:
            return _of_several(self, telling, notes_of(self.estimates) if notes is None else notes)
        return sentence_of(self.estimate, telling, notes, p_clause(self.test, telling.style, _null(self.test, telling)))

    def __str__(self) -> str:
        told = [_estimate_words(one) for one in self.estimates]
        doubts = dict.fromkeys(doubt.text for one in self.estimates for doubt in one.caveats)
        return " ".join([*told, str(self.test), *doubts])

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(str(self))}</p>"


def _of_several(member: Association, telling: phrases.Telling, notes: dict[tuple[str, str], Note]) -> Sentence:
    """Return a test that is about several estimates together as a sentence, each of a few of them told."""
    estimates, first = member.estimates, member.estimate
    test = p_clause(member.test, telling.style, _null(member.test, telling) if telling.length == "note" else "")
    alike = len({one.estimand for one in estimates}) == 1
    measure = phrases.noun(first) if alike else f"the {first.estimand.partition(':')[0].partition(' (')[0]}"
    short = telling.length != "full"
    told = [
        f"at {phrases.value_words(one)} for {one.item} "
        f"({'; '.join(filter(None, (phrases.short_counts(one) or of_how_many(one), phrases.intervals(one, telling))))})"
        for one in estimates
    ]
    if short or len(told) > MOST_TOLD:
        ends = [end for one in estimates for end in one.bounds or (one.value, one.value) if end is not None]
        sizes = [sum(max(base) if isinstance(base, tuple) else base for base in one.base) for one in estimates]
        strata = alike and first.scale == "log-odds"  # each of other people
        people = number_of(sum(sizes) if strata else max(sizes), first.target.many)
        told = [f"at {span_words(min(ends), max(ends), first.scale)} over {len(told)} estimates, of {people}"]
    doubts = dict.fromkeys(clause for one in estimates for clause in phrases.clauses(one, short=short))
    if short:
        parts = [
            f"{measure.partition(',')[0].removeprefix('the ')} {told[0].removeprefix('at ')}",
            "chance alone",
            *doubts,
            test,
        ]
        note = telling.length == "note"
        body = (
            "; ".join(parts) if note else f"the null hypothesis that {member.test.null} is tested ({'; '.join(parts)})"
        )
    else:
        whom = f"{first.target.words}, {phrases.CHANCE}"
        body = f"the null hypothesis that {member.test.null} is tested among {whom}: {'; '.join((test, *doubts))}. "
        body += f"{capital(measure)}{',' * (', ' in measure)} is estimated {joined(told, 'and')}"
    own = tuple(sorted({note for one in estimates for note in pointed(one, notes)}, key=by_letter))
    return Sentence(text=f"{phrases.synthetic(*estimates)}{capital(body)}.{marks(own)}", notes=own)


MOST_TOLD = 3
"""So many estimates of one test a sentence tells one by one."""


def _estimate_words(estimate: Estimate) -> str:
    if estimate.interval is None:
        return ""
    held = thresholds_of(estimate)
    limits = interval_words(estimate.interval, estimate.scale, held)
    value = ""
    if estimate.value is not None:
        value = f" {span_words(estimate.value, estimate.value, estimate.scale, held)};"
    item = f"{estimate.item}: " if estimate.item else ""
    text = (
        f"{item}{estimate.estimand}:{value} among {estimate.target.words} {limits} ({what_interval(estimate.interval)}"
    )
    if estimate.companion:
        other = interval_words(estimate.companion, estimate.scale, held)
        text += f"; {other}, {what_interval(estimate.companion)}"
    people = " and ".join(
        integer(base) if isinstance(base, int) else "|".join(map(str, base)) for base in estimate.base
    )
    return f"{text[:1].upper()}{text[1:]}; of {people})."


_TEST = {{"simultaneous": "family"}.get(field.name, field.name): field.name for field in fields(HypothesisTest)}
"""How a file calls what a test says."""


class Associations(Members[Association]):
    """An immutable sequence of tests with their estimates.

    Parameters
    ----------
    members : iterable of Association
    """

    __slots__ = ()
    _kind = Association
    _words = "associations"

    @property
    def estimates(self) -> Estimates:
        """Every estimate once, in order."""
        return Estimates(dict.fromkeys(one for member in self for one in member.estimates))

    def sentences(
        self, length: phrases.Length = "full", *, style: phrases.Style = "plain", reader: phrases.Reader = "journal"
    ) -> Sentences:
        """Return a sentence to cite for each, as `Association.sentence`; what holds for several stands in one note."""
        telling, notes = phrases.Telling(length=length, style=style, reader=reader), notes_of(self.estimates)
        return Sentences(one._cited(telling, notes) for one in self)  # noqa: SLF001 - of the same file

    def to_json(self) -> str:
        """Return JSON text from which `from_json` makes equal associations; docs/files.md tells every key."""
        estimates = self.estimates
        names = dict(zip(estimates, ids(estimates), strict=True))
        rows = [
            {
                "id": f"test/{names[member.estimate]}",
                "test": {name: number(getattr(member.test, field)) for name, field in _TEST.items()},
                "estimates": [names[one] for one in member.estimates],
            }
            for member in self
        ]
        return results_text(
            results_document("associations", estimates, {"associations": rows}, names=list(names.values()))
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the associations that `to_json` wrote.

        Raises
        ------
        InputError
            If the text is something else, or what it says contradicts itself.
        """
        body = parsed(text)
        file = results_of(body, "associations")
        try:
            members = cls(
                Association(
                    test=HypothesisTest(**{field: real(row["test"][name]) for name, field in _TEST.items()}),
                    estimates=Estimates(file.named(row["estimates"])),
                )
                for row in body["associations"]
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"an association has a wrong or missing key: {error}"
            raise InputError(message) from error
        check_rows(body, members.to_json(), "associations")
        return members

    def table(self, *, style: phrases.Style = "plain", caption: str | None = None) -> Table:
        """Return a table for a publication: a row per estimate with its interval, and the test with its p-value."""
        setting, rows = TableSetting(style=style), []
        for member in self:
            for place, one in enumerate(member.estimates):
                test = member.test
                told = (test.name, p_words(test.p)) if place == 0 else ("", "")
                null = (f"Null hypothesis: {test.null}.",) if place == 0 else ()
                limits = setting.limits(one.interval, one)
                if one.interval:
                    limits = f"{level_words(one.interval.level)} {phrases.LABELS[one.interval.kind]} {limits}"
                what, measure = one.item or one.label, one.estimand if one.item or one.label else ""
                name = Entered(text=what or one.estimand, notes=tuple(doubt.text for doubt in one.caveats))
                texts = (measure, phrases.value_words(one), limits)
                tested = Entered(text=told[0], notes=null), Entered(text=told[1], value=test.p if told[1] else None)
                rows.append([name, *(Entered(text=text) for text in texts), *tested])
        return lettered(
            Draft(
                caption=phrases.synthetic(*self.estimates) + (caption or "Associations"),
                heads=("What", "Measure", "Estimate", "Interval", "Test", "p"),
                rows=rows,
                general=(methods_note(self.estimates),),
                data=tidy(self.estimates),
                raw=phrases.unreleased(self.estimates),
            )
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row per estimate, as `Estimates.to_frame`, and its test in further columns.

        Returns
        -------
        pandas.DataFrame
            ``test``, ``null``, ``p_least``, ``p``, ``p_error``, ``exactness``, ``sides``, ``statistic``, ``degrees``,
            ``adjusted_for`` after the columns of the estimate.
        """
        import pandas as pd

        parts = []
        for member in self:
            test = member.test
            parts.append(
                member.estimates.to_frame().assign(
                    test=test.name,
                    null=test.null,
                    p_least=test.p if test.p_least is None else test.p_least,
                    p=test.p,
                    p_error=float("nan") if test.error is None else test.error,
                    exactness=test.exactness,
                    sides=test.sides,
                    statistic=float("nan") if test.statistic is None else test.statistic,
                    degrees=float("nan") if test.degrees is None else test.degrees,
                    adjusted_for=test.simultaneous,
                )
            )
        if not parts:
            return pd.DataFrame()
        frame: pd.DataFrame = pd.concat(parts, ignore_index=True)
        return frame
