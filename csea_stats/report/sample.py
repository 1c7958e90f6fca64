"""Who answered, how they were found, how their answers were read; the models that were fitted to the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.regression.summary import FAMILIES
from csea_stats.report.text import capital, listed
from csea_stats.report.views import FittedRow, Grid, HeadedText, ModelLink, SampleView
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import integer, number_of, percent
from csea_stats.survey.survey import base_of
from csea_stats.tabulation.naming import group_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.fit import Fit
    from csea_stats.survey.survey import Cell, Question, Survey

HOW_TO_RELEASE = 'Before this is passed on, make it with --release standard, or write_report(..., release="standard").'

MOST_EFFECTS = 3
"""Effects of a model that the page tells in full; its own page tells all."""


FEW = 15
"""Respondents below which the opening says that they are few."""


def kicker(survey: Survey) -> str:
    """Return the line above the title."""
    source = survey.source
    if survey.sample is None:
        return f"Estimates from a published survey · {source.country}, {source.year} · made with csea-stats"
    place = [str(one) for one in (source.country, source.year) if one != UNTOLD]
    told = f" · {', '.join(place)}" if place else ""
    return f"Estimates from respondents’ answers{told} · made with csea-stats"


UNTOLD = "not told"
"""In a source what nobody has told of it."""

UNTOLD_WORDS = "Not told; say it under [source] in the codebook."


def facts(survey: Survey) -> tuple[HeadedText, ...]:
    """Return the sample and its limits."""
    source = survey.source
    found = source.recruitment
    if source.started is not None and source.disqualified is not None:
        found += f" {integer(source.started)} began; {integer(source.disqualified)} did not meet the entry conditions."
    answered = source.mode
    if source.languages:
        answered += f" In {listed(source.languages)}."
    limits_text = survey.limits or (
        f"What {survey.targets.many} said, not how often anything happens. "
        + (
            ""
            if source.probability_sample
            else "No random draw is reported, so who took part is not known to be typical."
        )
    )
    if survey.people is not None and survey.people < FEW:
        limits_text = f"Few people: one of them is {percent(1 / survey.people)} percentage points. {limits_text}"
    found, answered = (UNTOLD_WORDS if text == UNTOLD else text for text in (found, answered))
    return (
        HeadedText(
            head="Respondents", text="not printed" if survey.people is None else integer(survey.people), look="n"
        ),
        HeadedText(head="How they were found", text=found),
        HeadedText(head="How they answered", text=answered),
        HeadedText(head="What it can show", text=limits_text.strip()),
    )


def deck(survey: Survey) -> str:
    """Return the lines under the title."""
    if survey.deck:
        return survey.deck
    if survey.sample is not None:
        return (
            f"{capital(number_of(survey.people or 0, 'respondents'))} answered. This page says of each number whom it "
            "speaks for and how far."
        )
    source = survey.source
    where = f"{source.country}, {source.year}" if source.year != "not told" else source.country
    return f"This page says, for each number printed in “{source.title}” ({where}), whom it speaks for and how far."


def sample_view(survey: Survey) -> SampleView | None:
    """Return how respondents' answers became counts; None of a printed survey."""
    sample = survey.sample
    if sample is None:
        return None
    told = [sample.funnel or f"{number_of(sample.rows, 'rows')}; all of them count as respondents."]
    if sample.repeated:
        told.append(sample.repeated)
    if sample.cluster is not None:
        told.append(f"Respondents of the same {sample.cluster} may answer alike; intervals treat all as independent.")
    if sample.invented:
        told.append(f"No printed number stands behind {', '.join(sample.invented)}.")
    if sample.release is not None:
        told.append(caveat("released", rule=sample.release).text)
    if small := small_words(survey):
        told.append(f"{small}: whoever knows the people may recognise them. {HOW_TO_RELEASE}")
    return SampleView(
        told=tuple(told),
        notes=sample.notes,
        released=sample.release is not None,
        apart=_apart(survey),
        small=_small(survey),
    )


UNDER = 5
"""People below which a count may let somebody be recognised."""


def is_raw(survey: Survey) -> bool:
    """Whether a survey tells respondents' answers as they stand: not made up, and not by a rule for passing them on."""
    return survey.sample is not None and not survey.sample.synthetic and survey.sample.release is None


def small_cells(question: Question) -> list[Cell]:
    """Return the counts of one to four people."""
    return [cell for cell in question.cells if cell.count is not None and 0 < cell.count < UNDER]


def small_words(survey: Survey) -> str:
    """Return how many counts of one to four people a survey of respondents' answers tells; empty of none."""
    number = sum(len(small_cells(question)) for question in survey.question) if is_raw(survey) else 0
    return f"{number_of(number, 'counts')} of one to four people" if number else ""


def _small(survey: Survey) -> Grid | None:
    """Return every count of fewer than five people, with what to do before the page is passed on."""
    if not is_raw(survey):
        return None
    rows = []
    for question in survey.question:
        told: dict[str, list[str]] = {}
        for cell in small_cells(question):
            who = group_in_words(cell.among, survey) if cell.among else ""
            told.setdefault(who, []).append(f"{', '.join(cell.items)} {cell.count}")
        parts = [f"{who}: {', '.join(found)}" if who else ", ".join(found) for who, found in told.items()]
        if parts:
            rows.append(FittedRow(name=question.label, cells=("; ".join(parts),)))
    if not rows:
        return None
    return Grid(
        caption="Counts of one to four people",
        heads=("Question", "Counts"),
        rows=tuple(rows),
        key=f"Whoever knows the people may recognise them by such a count, above all within a group. {HOW_TO_RELEASE}",
    )


def _apart(survey: Survey) -> Grid | None:
    """Return who was asked each question and is in no count; None where everybody answered everything."""
    rows = []
    for question in survey.question:
        found = [one for one in question.apart if one.among is None]
        if found:
            silent = sum(one.count for one in found if not one.off_scale)
            off = ", ".join(f"{one.reason} {integer(one.count)}" for one in found if one.off_scale)
            cells = (integer(_asked(survey, question)), integer(silent) if silent else "", off)
            rows.append(FittedRow(name=question.label, cells=cells))
    if not rows:
        return None
    return Grid(
        caption="Questions that not everybody who was asked answered on the scale",
        heads=("Question", "Answered", "No answer", "Off the scale"),
        rows=tuple(rows),
    )


def _asked(survey: Survey, question: Question) -> int:
    averages = [one.base for one in question.averages if one.among is None and isinstance(one.base, int)]
    return base_of(survey, question) or next(iter(averages), 0)


def model_links(fits: Sequence[Fit], pages: Sequence[str]) -> tuple[ModelLink, ...]:
    """Return each model's formula and first effects, and where its page is."""
    return tuple(_link(fit, page) for fit, page in zip(fits, pages, strict=True))


def _link(fit: Fit, page: str) -> ModelLink:
    model = fit.design.resolved
    effects = fit.effects()
    return ModelLink(
        title=fit.model.question,
        href=page,
        line=f"{capital(FAMILIES[model.family or 'cumulative'])} model, {model.formula}; "
        f"{number_of(fit.design.base, 'respondents')}.",
        sentences=tuple(str(one) for one in effects[:MOST_EFFECTS]),
        more=max(len(effects) - MOST_EFFECTS, 0),
    )
