"""The page: every value it shows, then one self-contained HTML file without a script or a request."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from csea_stats.report import front, methods, print_checks
from csea_stats.report.comparisons import comparison_blocks
from csea_stats.report.context import Context, context_of
from csea_stats.report.questions import question_blocks
from csea_stats.report.relations import relations
from csea_stats.report.views import Block, Page
from csea_stats.results.numbers import integer
from csea_stats.results.sentences import citation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from csea_stats.auditing.audit import Audit
    from csea_stats.results.collection import Estimates
    from csea_stats.survey.format import Survey


def page_view(context: Context) -> Page:
    """Return everything the page shows."""
    survey = context.survey
    questions, comparisons = question_blocks(context), comparison_blocks(context)
    return Page(
        title=survey.title,
        kicker=f"Estimates from a published survey · {survey.source.country}, {survey.source.year} · made with "
        "csea-stats",
        deck=front.deck(survey),
        facts=front.facts(survey),
        summary=front.summary(context),
        lanes=front.lanes(context),
        axis=front.lane_axis(),
        headline_question=front.headline_question(context),
        headlines=front.headlines(context),
        headline_note=front.headline_note(context),
        questions=questions,
        comparisons=comparisons,
        relations=relations(context),
        relations_head=("Answer", "Group", "In the group", "Outside it", "Difference, points"),
        checks_intro=print_checks.intro(context),
        checks=print_checks.checks(context, "inconsistent"),
        unchecked=print_checks.checks(context, "cannot be checked"),
        passed=print_checks.passed(context),
        methods=methods.methods(context),
        provenance=methods.provenance(context),
        sentences=_sentences(context, (*questions, *comparisons)),
        foot=_foot(survey),
    )


def _foot(survey: Survey) -> str:
    kind = "random sample" if survey.source.probability_sample else "not a random sample"
    return f"{integer(survey.respondents)} respondents, {kind}. Every number says whom it speaks for."


def _sentences(context: Context, blocks: Sequence[Block]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return a sentence to cite for every item whose sentence stands in no block."""
    given = {sentence for block in blocks for part in block.parts for sentence in part.sentences}
    found = []
    for question in context.survey.question:
        told = dict.fromkeys(citation(tiers.members) for tiers in context.items[question.id])
        left = tuple(sentence for sentence in told if sentence not in given)
        if left:
            found.append((question.label, left))
    return tuple(found)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("csea_stats.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


def stylesheet() -> str:
    """Return the page's CSS."""
    return (resources.files("csea_stats.report") / "templates" / "page.css").read_text(encoding="utf-8")


def _css_text(text: str) -> str:
    """Return a text as a CSS string: no quote, backslash or markup can end it."""
    return '"' + "".join(c if c.isalnum() or c in " .,-:;%" else f"\\{ord(c):x} " for c in text) + '"'


def page_html(survey: Survey, audit: Audit, estimates: Estimates) -> str:
    """Return the report page as one self-contained HTML document.

    Parameters
    ----------
    survey : Survey
    audit : Audit
        Of that survey.
    estimates : Estimates
        Of that survey, as `csea_stats.estimate` returns them.

    Returns
    -------
    str
        HTML that loads nothing and runs nothing; the same input gives the same text.
    """
    from markupsafe import Markup

    view = page_view(context_of(survey, audit, estimates))
    css = stylesheet().replace("@foot@", _css_text(view.foot))
    return _template().render(page=view, css=Markup(css))  # noqa: S704 - our own file
