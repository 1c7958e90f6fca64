"""Checklists for reporting: what an analysis itself can fill in, and what its author has to write."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from csea_stats.auditing.audit import Audit
from csea_stats.claims.results import Claims
from csea_stats.errors import InputError, check_choice, check_kind
from csea_stats.publication.lettered_notes import joined
from csea_stats.publication.table import plain_table
from csea_stats.regression.fit import Fit
from csea_stats.regression.summary import FAMILIES, those_used
from csea_stats.respondents.microdata import Microdata
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates, Members
from csea_stats.results.methods_texts import assumed
from csea_stats.results.numbers import number_of
from csea_stats.results.phrases import is_synthetic
from csea_stats.survey.documents import Problem, control_signs, decoded, file_error, parsed, shown, unknown
from csea_stats.survey.loading import load_survey
from csea_stats.survey.named_files import content_of, shipped_folder, survey_names
from csea_stats.survey.survey import Survey
from csea_stats.targets.populations import Population

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from csea_stats.publication.table import Table
    from csea_stats.respondents.funnels import Funnel
    from csea_stats.survey.source import Source, TargetWords

Checked = Estimates | Fit | Claims | Survey | Audit | Microdata

Name = Literal["barg", "cross", "aapor", "strobe", "cherries", "robust"]

State = Literal["filled", "asked", "does not apply"]

UNKNOWN = "not told"
"""What stands in a source for what nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFact:
    """What is known: its text and where it is from; without a field, why it does not apply."""

    name: str
    text: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """One item of a checklist.

    Parameters
    ----------
    id : str
    asks : str
        What has to be reported.
    state : {"filled", "asked", "does not apply"}
        "asked": the author has to write it, or to add to what is known.
    text : str
        What is known of it; of an item that does not apply, why.
    field : str
        Where the text is from; "answers" is the author.
    """

    id: str
    asks: str
    state: State
    text: str = ""
    field: str = ""

    def __str__(self) -> str:
        told = f" {self.text}" if self.text else ""
        return f"{self.id} ({self.state}): {self.asks}{told}"


class Checklist(Members[ChecklistItem]):
    """The items of a checklist, in its order; made by `csea_stats.checklist`.

    Parameters
    ----------
    members : iterable of ChecklistItem
    title : str
    note : str
        What holds for every item.
    """

    __slots__ = ("note", "title")
    _kind = ChecklistItem
    _words = "items of a checklist"

    def __init__(self, members: Any = (), *, title: str = "Checklist", note: str = "") -> None:
        super().__init__(members)
        self.title, self.note = title, note

    @property
    def open(self) -> tuple[ChecklistItem, ...]:
        """What the author has to write."""
        return tuple(item for item in self if item.state == "asked")

    def table(self) -> Table:
        """Return the checklist as a table for a publication's supplement."""
        rows = [(one.id, one.asks, one.state, one.text, one.field) for one in self]
        heads = ("Item", "What is asked", "State", "Text", "From")
        return plain_table(self.title, heads, rows, general=(self.note,) if self.note else ())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the table into a file, as `Table.save`: .docx, .xlsx, .html, .md, .tex or .csv."""
        return self.table().save(path)

    def __repr__(self) -> str:
        return f"<Checklist: {self.title}; {len(self)} items, {len(self.open)} open>"

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.title, self.note, *map(str, self))))

    def _repr_html_(self) -> str:
        return self.table().to_html()


def checklist(name: Name, x: Checked, answers: str | os.PathLike[str] | None = None) -> Checklist:
    """Fill in a checklist for reporting from what an analysis holds; the rest is asked of the author.

    Parameters
    ----------
    name : {"barg", "cross", "aapor", "strobe", "cherries", "robust"}
        Bayesian analyses; surveys; disclosure of survey methods; observational studies; internet surveys; priors.
    x : Estimates, Fit, Claims, Survey, Audit or Microdata
        What is reported. Of a shipped survey that it names, the source is read, too.
    answers : path, optional
        A TOML file of what the author writes: ``17 = "No funding."``. It stands behind what is known of an item.

    Returns
    -------
    Checklist
        ``open`` is what the author still has to write. Nothing is filled in that nobody said.

    Raises
    ------
    InputError
        For another checklist, or of anything else.
    SurveyFileError
        If the file of answers is wrong, or names an item that there is not.

    Examples
    --------
    >>> import csea_stats as cs
    >>> items = checklist("aapor", cs.load_survey("bosnia-herzegovina-2021"))
    >>> len(items), [item.id for item in items.open]
    (11, ['2', '3', '7', '8', '9', '10'])
    """
    check_choice("checklist", name, get_args(Name))
    check_kind("x", x, *get_args(Checked))
    listed = _lists()[name]
    told = {} if answers is None else _answers(answers, [one["id"] for one in listed["items"]])
    known = {one.name: one for one in _known(x)}
    items = [_item(one, known, told.get(one["id"], "")) for one in listed["items"]]
    return Checklist(items, title=listed["title"], note=caveat("synthetic").text if _synthetic(x) else "")


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads((shipped_folder("report") / "checklists.toml").read_text(encoding="utf-8"))


def _item(one: dict[str, Any], known: dict[str, ReportedFact], answer: str) -> ChecklistItem:
    if why := one.get("never"):
        state: State = "does not apply"
        facts = [ReportedFact(name="", text=why)]
    else:
        facts = [known[key] for key in one.get("from", ()) if key in known]
        there = [fact for fact in facts if fact.field]
        if there and there[0].name == one["from"][0] and not one.get("also"):
            state, facts = "filled", there
        else:
            state = "does not apply" if facts and not there else "asked"
    if answer:
        state = "filled"
        facts = [*(fact for fact in facts if fact.field), ReportedFact(name="", text=answer, field="answers")]
    text = " ".join(dict.fromkeys(fact.text for fact in facts))
    return ChecklistItem(
        id=one["id"], asks=one["ask"], state=state, text=text, field=", ".join(fact.field for fact in facts)
    )


def _answers(path: str | os.PathLike[str], ids: list[str]) -> dict[str, str]:
    """Return what the author wrote, by item."""
    check_kind("answers", path, str, Path)
    source = str(path)
    text = decoded(source, content_of(source, Path(path)))
    document = parsed(source, text)
    problems = [*control_signs(document), *(unknown((key,), "item", key, ids) for key in document if key not in ids)]
    for key, value in document.items():
        if key in ids and not (isinstance(value, str) and value.strip()):
            problems.append(Problem(path=(key,), text=f"found {shown(value)}; allowed is a text that is not empty"))
    if problems:
        raise file_error(source, text, problems)
    return document


def _synthetic(x: Checked) -> bool:
    if isinstance(x, (Fit, Microdata)):
        return x.synthetic
    if isinstance(x, (Survey, Audit)):
        sample = _survey(x).sample  # type: ignore[union-attr]
        return sample is not None and sample.synthetic
    return is_synthetic(_estimates(x))


def _estimates(x: Checked) -> Estimates:
    if isinstance(x, Fit):
        return x.effects()
    return x if isinstance(x, Estimates) else x.estimates if isinstance(x, Claims) else Estimates()


def _survey(x: Checked) -> Survey | None:
    """Return the one survey that a value is of, where it is at hand."""
    if isinstance(x, (Survey, Audit)):
        return x if isinstance(x, Survey) else x.survey
    if isinstance(x, Microdata):
        names = {x.codebook.survey}
    else:
        names = {one.provenance.survey for one in ((x,) if isinstance(x, Fit) else _estimates(x))}
    name = names.pop() if len(names) == 1 else None
    return load_survey(name) if name in survey_names() and name is not None else None


def _known(x: Checked) -> Iterator[ReportedFact]:
    """Yield all that a value says of itself, and its survey of it."""
    survey = _survey(x)
    book = x.codebook if isinstance(x, Microdata) else None
    source = (book and book.source) or (survey and survey.source)
    if source:
        yield from _of_source(source)
        yield ReportedFact(name="waves", text="The numbers are of one survey; nobody is followed over waves.")
    if targets := (book and book.targets) or (survey and survey.targets):
        yield from _of_targets(targets)
    if survey:
        yield from _of_survey(survey, printed=book is None)
    if isinstance(x, Microdata):
        yield from _of_answers(x)
    if isinstance(x, Audit):
        text = f"The audit of what is printed has {number_of(len(x.findings), 'findings')}."
        yield ReportedFact(name="processing", text=text, field="findings")
    if estimates := _estimates(x):
        yield from _of_estimates(estimates)
    if isinstance(x, Claims) and x:
        yield ReportedFact(
            name="goals", text=f"{number_of(len(x), 'statements')} were put to the test.", field="claims"
        )
    if isinstance(x, Fit):
        yield from _of_fit(x)


def _of_source(source: Source) -> Iterator[ReportedFact]:
    if source.recruitment != UNKNOWN:
        drawn = "A probability sample." if source.probability_sample else "Not a probability sample."
        yield ReportedFact(name="recruitment", text=f"{source.recruitment} {drawn}", field="source.recruitment")
    if source.mode != UNKNOWN:
        yield ReportedFact(name="mode", text=source.mode, field="source.mode")
    if source.publisher:
        text = f"Published by {joined(list(source.publisher), 'and')}."
        yield ReportedFact(name="publisher", text=text, field="source.publisher")
    if source.country != UNKNOWN:
        year = "" if source.year == UNKNOWN else f", {source.year}"
        yield ReportedFact(name="place", text=f"{source.country}{year}.", field="source.country")
    if source.languages:
        text = f"In {joined(list(source.languages), 'and')}."
        yield ReportedFact(name="languages", text=text, field="source.languages")
    if source.questions is not None:
        yield ReportedFact(
            name="questions", text=f"{number_of(source.questions, 'questions')}.", field="source.questions"
        )


def _of_targets(targets: TargetWords) -> Iterator[ReportedFact]:
    text = f"Those who answered: {targets.respondents}. The population: {targets.population}."
    yield ReportedFact(name="population", text=text, field="targets")


def _of_survey(survey: Survey, *, printed: bool) -> Iterator[ReportedFact]:
    if printed and survey.people is not None:
        yield ReportedFact(name="respondents", text=f"{number_of(survey.people, 'respondents')}.", field="respondents")
        stages = {"began": survey.source.started, "did not meet the entry conditions": survey.source.disqualified}
        told = [f"{number} {words}" for words, number in stages.items() if number is not None]
        if survey.sample and survey.sample.funnel:
            yield ReportedFact(name="funnel", text=survey.sample.funnel, field="sample.funnel")
        elif told:
            yield ReportedFact(
                name="funnel", text=f"{'; '.join((*told, f'{survey.people} answered'))}.", field="source"
            )
    if printed and survey.event:
        told = [f"{one.label}: {one.printed} ({one.where})" for one in survey.event]
        yield ReportedFact(name="dates", text=f"{'; '.join(told)}.", field="event")
    if asked := sum(one.asked is not None for one in survey.question):
        text = (
            f"What was asked is told, in words of ours, of {asked} of {number_of(len(survey.question), 'questions')}."
        )
        yield ReportedFact(name="asked", text=text, field="question.asked")
    if survey.limits:
        yield ReportedFact(name="limits", text=survey.limits, field="limits")
    if printed and survey.sample and survey.sample.notes:
        yield ReportedFact(name="changed", text=" ".join(survey.sample.notes), field="sample.notes")


def _of_answers(data: Microdata) -> Iterator[ReportedFact]:
    funnel: Funnel = data.funnel
    yield ReportedFact(name="funnel", text=str(funnel), field="funnel")
    yield ReportedFact(name="respondents", text=f"{number_of(len(data), 'respondents')}.", field="funnel.respondents")
    if not funnel.excluded:
        yield ReportedFact(name="reasons", text="No row was excluded.", field="funnel")
    else:
        yield ReportedFact(name="reasons", text=str(funnel), field="funnel.steps")
    if rules := [f"{one.variable} has to be {one.allowed}" for one in funnel.steps if one.allowed]:
        yield ReportedFact(name="eligible", text=f"Who counts: {'; '.join(rules)}.", field="funnel.steps")
    if repeated := [one.allowed for one in funnel.steps if one.allowed.endswith("row of its id")]:
        yield ReportedFact(name="duplicates", text=f"Of repeated ids only {repeated[0]} counts.", field="funnel.steps")
    lacking = [(one.name, int((~one.answered).sum())) for one in data.columns]
    told = ", ".join(f"{name} {number}" for name, number in lacking if number)
    text = f"Without an answer, of {len(data)}: {told}." if told else "Every question is answered by everybody."
    yield ReportedFact(name="missing", text=text, field="columns")
    yield ReportedFact(name="weights", text="None: every answer counts once.", field="codebook")
    if data.notes:
        yield ReportedFact(name="changed", text=" ".join(data.notes), field="notes")
        yield ReportedFact(name="processing", text=" ".join(data.notes), field="notes")


def _of_estimates(estimates: Estimates) -> Iterator[ReportedFact]:
    yield ReportedFact(name="methods", text=estimates.methods_text(), field="methods_text()")
    yield ReportedFact(name="summaries", text=estimates.methods_text("sentence"), field="methods_text()")
    if versions := dict(pair for one in estimates for pair in one.provenance.versions):
        text = f"{', '.join(f'{name} {number}' for name, number in versions.items())}."
        yield ReportedFact(name="software", text=text, field="provenance.versions")
    if calls := list(dict.fromkeys(one.provenance.call for one in estimates if one.provenance.call)):
        more = f" and {len(calls) - 1} more" if len(calls) > 1 else ""
        yield ReportedFact(name="script", text=f"{calls[0]}{more}.", field="provenance.call")
    verdicts = [one.verdict for one in estimates if one.verdict]
    if verdicts:
        words = Counter(one.word for one in verdicts)
        told = ", ".join(f"{number} {word}" for word, number in words.items())
        yield ReportedFact(name="decisions", text=f"{number_of(len(verdicts), 'verdicts')}: {told}.", field="verdict")
        ranges = sum(one.within is not None for one in verdicts)
        margin = f"{ranges} of them on a range" if ranges else "none; each verdict has a threshold"
        yield ReportedFact(name="margin", text=f"{margin[:1].upper()}{margin[1:]}.", field="verdict")
    if several := [one for one in estimates if one.sensitivity]:
        priors = joined(list(dict.fromkeys(prior for one in several for prior, _ in one.sensitivity))[:6], "and")
        text = f"{len(several)} of {number_of(len(estimates), 'numbers')} are told under other priors, too: {priors}."
        yield ReportedFact(name="sensitivity", text=text, field="sensitivity")
    strengths = {one.target.selection for one in estimates if isinstance(one.target, Population)}
    if told := " ".join(assumed(strengths)):
        yield ReportedFact(name="selection", text=told, field="target.selection")
    serious = dict.fromkeys(doubt.text for one in estimates for doubt in one.caveats if doubt.severity == "serious")
    if serious:
        yield ReportedFact(name="doubts", text=" ".join(list(serious)[:5]), field="caveats")


def _of_fit(fit: Fit) -> Iterator[ReportedFact]:
    model = fit.design.resolved
    yield ReportedFact(name="goals", text=model.question, field="model.question")
    terms = ", ".join(f"{one.name} ({one.role})" for one in model.predictor) or "no predictor"
    yield ReportedFact(name="variables", text=f"Outcome {model.outcome.name}; {terms}.", field="model.predictor")
    yield ReportedFact(name="formula", text=f"{model.formula}.", field="model.formula")
    family = FAMILIES[model.family or "cumulative"]
    yield ReportedFact(name="likelihood", text=f"A {family} model, {model.formula}.", field="model.family")
    yield ReportedFact(name="methods", text=fit.methods_text(), field="model")
    yield ReportedFact(
        name="respondents", text=f"{number_of(fit.design.people, 'respondents')}.", field="design.people"
    )
    if not fit.number:
        text = "Effects are differences of probabilities, averaged over the respondents."
        yield ReportedFact(name="absolute", text=text, field="effects()")
    left = "; ".join(f"{number} left out: {reason}" for reason, number in fit.design.left_out)
    yield ReportedFact(name="missing", text=f"{left or 'Nobody was left out of the fit'}.", field="design.left_out")
    if model.limits:
        yield ReportedFact(name="limits", text=model.limits, field="model.limits")
    if "weights" not in fit.provenance.call:
        yield ReportedFact(name="weights", text="None: every answer counts once.", field="provenance.call")
    if not fit.bayes:
        names = ("priors", "convergence", "resolution", "approximation", "sensitivity", "informed")
        why = "The fit is frequentist: it has no prior and no draws."
        yield from (ReportedFact(name=name, text=why) for name in names)
        return
    stated = "; ".join(f"{name} {one.prior}: {one.reason.rstrip('.')}" for name, one in those_used(model))
    yield ReportedFact(name="priors", text=f"{stated}.", field="model.priors")
    informed = [f"{one.of} {one.prior}: {one.reason}" for one in model.coefficient_prior if one.centre]
    if not informed:
        yield ReportedFact(name="informed", text="No informed prior is used.")
    yield from _of_draws(fit)
    if fit.engine != "prior":
        yield ReportedFact(name="sensitivity", text=fit.prior_sensitivity().sentence, field="prior_sensitivity()")
        try:
            yield ReportedFact(name="posterior-predictive", text=fit.check().sentence, field="check()")
        except InputError:  # group effects: there is no such check
            return


def _of_draws(fit: Fit) -> Iterator[ReportedFact]:
    """Yield what is known of convergence, of effective sample sizes, and of draws that are no chain's."""
    chains = fit.engine in ("slice", "nuts")
    sizes = [one for one in fit.diagnostics if one.name.startswith("effective sample size")]
    others = [one for one in fit.diagnostics if one not in sizes]
    for name, told in (("resolution", sizes), ("convergence" if chains else "approximation", others)):
        if told:
            text = " ".join(f"{one.name}: {one.text}" for one in told)
            yield ReportedFact(name=name, text=text, field="diagnostics")
    why = "Markov chains were drawn." if chains else f"There are no Markov chains: the engine is {fit.engine}."
    yield ReportedFact(name="approximation" if chains else "convergence", text=why)
