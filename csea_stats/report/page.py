"""The page: every value it shows, then one self-contained HTML file, complete without its script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.publication.directions import isolated
from csea_stats.report import methods, print_checks, sample
from csea_stats.report import opening as front
from csea_stats.report.batteries import shared_of, shared_sentences
from csea_stats.report.claims import claims_view
from csea_stats.report.comparisons import comparisons, relations
from csea_stats.report.context import PageContext, context_of
from csea_stats.report.printed_fits import fitted_blocks, fitted_methods
from csea_stats.report.questions import question_charts
from csea_stats.report.ratios import ratios_data, ratios_json, strength_words
from csea_stats.report.templating import css_text, stylesheet, template
from csea_stats.report.text import sample_words, stamp, the_workforce, told_once
from csea_stats.report.views import Block, Chart, ComparisonView, Page
from csea_stats.results.sentences import citation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.claims.results import Claims
    from csea_stats.regression.fit import Fit
    from csea_stats.regression.from_print import PrintedFit
    from csea_stats.results.estimates import Estimates
    from csea_stats.survey.survey import Survey


def page_view(
    context: PageContext,
    fits: Sequence[PrintedFit] = (),
    claims: Claims | None = None,
    again: str = "",
    models: Sequence[Fit] = (),
    draft: str = "",
) -> Page:
    """Return everything the page shows."""
    survey = context.survey
    fitted = fitted_blocks(fits, context)
    charts, compared = question_charts(context), comparisons(context)
    blocks = _blocks(charts, compared)
    sentences = _sentences(context, blocks)
    return Page(
        title=survey.title,
        raw=sample.is_raw(survey),
        kicker=sample.kicker(survey),
        stamp=stamp(survey),
        draft=draft,
        deck=sample.deck(survey),
        facts=sample.facts(survey),
        summary=front.summary(context),
        lanes=front.lanes(context),
        axis=front.lane_axis(),
        whom=front.whom(context),
        level=context.level_text,
        headlines=front.headlines(context),
        headline_note=front.headline_note(context),
        questions=charts,
        comparisons=compared,
        fitted=fitted,
        models=sample.model_links(models, [fit_page_name(place) for place, _ in enumerate(models, 1)]),
        sample=sample.sample_view(survey),
        relations=relations(context),
        relations_head=("Answer", "Group", "In the group", "Outside it", "Difference, points"),
        checks_intro=print_checks.intro(context),
        checks=print_checks.checks(context, "inconsistent"),
        checks_remarks=print_checks.remark_text(context),
        checks_powers=print_checks.powers(context),
        unchecked=print_checks.checks(context, "cannot be checked"),
        passed=print_checks.passed(context),
        methods=(*methods.methods(context), *fitted_methods(fits)),
        provenance=methods.provenance(
            context, dict.fromkeys([*(one.fit.seed for one in fits), *(one.seed for one in models)]), again
        ),
        sentences=sentences,
        caveats=_caveats(context, charts, blocks, sentences),
        foot=f"{sample_words(survey)}. Every number says whom it speaks for.",
        ratios=ratios_json(ratios_data(context, claims)),
        strengths=strength_words(),
        many=survey.targets.many,
        workforce=the_workforce(survey),
    )


def fit_page_name(place: int) -> str:
    """Return the name of the page of a model, counted from 1."""
    return f"fit-{place}.html"


def _blocks(charts: Sequence[Chart], compared: Sequence[ComparisonView]) -> tuple[Block, ...]:
    """Return everything that is folded."""
    found = (*(row.block for chart in charts for row in chart.rows), *(chart.block for chart in charts))
    return (*(block for block in found if block), *(row.block for one in compared for row in one.rows))


def _sentences(context: PageContext, blocks: Sequence[Block]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return a sentence to cite for every item whose sentence stands in no block; what repeats is told once."""
    given = {sentence for block in blocks for part in block.parts for sentence in part.sentences}
    together = {block.anchor for block in blocks if block.others}
    found = []
    shared = {name: s for s in shared_of(context) if f"b-{s.batteries[0].id}" in together for name in s.questions}
    for question in context.survey.question:
        group = shared.get(question.id)
        label = group.batteries[0].label if group else question.label
        texts = (
            shared_sentences(group, context)
            if group
            else tuple(citation(tiers.members) for tiers in context.items[question.id])
        )
        left = tuple(sentence for sentence in dict.fromkeys(texts) if sentence not in given)
        given.update(left)
        if left:
            found.append((label, left))
    return tuple(found)


def _caveats(
    context: PageContext,
    charts: Sequence[Chart],
    blocks: Sequence[Block],
    sentences: Sequence[tuple[str, tuple[str, ...]]],
) -> tuple[str, ...]:
    """Return every caveat whose whole text stands in no sentence and no note; what differs in one number, once."""
    told = [text for _, found in sentences for text in found]
    told += [chart.answers.key for chart in charts if chart.answers]
    for part in (part for block in blocks for part in block.parts):
        told += [
            *part.sentences,
            part.foot,
            part.answers.key if part.answers else "",
            *(p for note in part.notes for p in note.paragraphs),
        ]
    whole = "\n".join(told)
    by_code: dict[str, list[str]] = {}
    for doubt in (d for e in context.estimates for d in e.caveats):
        by_code.setdefault(doubt.code, []).append(doubt.text)
    left = [texts for texts in by_code.values() if not all(text in whole for text in told_once(texts))]
    return told_once(text for texts in left for text in texts if text not in whole)


def page_html(  # noqa: PLR0913 - what a page holds
    survey: Survey,
    audit: Audit,
    estimates: Estimates,
    claims: Claims | None = None,
    fits: Sequence[PrintedFit] = (),
    again: str = "",
    *,
    models: Sequence[Fit] = (),
    draft: str = "",
) -> str:
    """Return the report page as one self-contained HTML document.

    Parameters
    ----------
    survey : Survey
    audit : Audit
        Of that survey.
    estimates : Estimates
        Of that survey, as `csea_stats.estimate` returns them.
    claims : Claims, optional
        Of that survey; they stand right after the summary.
    fits : sequence of PrintedFit, optional
        Of that survey.
    again : str, optional
        The command that makes the page again.
    models : sequence of Fit, optional
        Models fitted to the answers that the survey was made from; each has a page beside this one.
    draft : str, optional
        What of the file is still to be written or confirmed, in words.

    Returns
    -------
    str
        HTML that loads nothing, complete without its script; the same input gives the same text.
    """
    from markupsafe import Markup

    context = context_of(survey, audit, estimates)
    view = page_view(context, fits, claims, again, models, draft)
    css = stylesheet().replace("@foot@", css_text(view.foot))
    script = stylesheet("page.js")
    html = template("page.html.j2").render(
        page=view,
        claims=claims_view(claims, context),
        css=Markup(css),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        data=Markup(view.ratios),  # noqa: S704 - no "<" is left in it
    )
    return isolated(html, survey)
