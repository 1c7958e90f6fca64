"""The files of a report and of a fit: names and contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.publication.spreadsheets import to_csv
from csea_stats.regression.effects import shared_predictions
from csea_stats.report.drawing import sheet_svg
from csea_stats.report.fit_page import fit_html
from csea_stats.report.fit_sheets import fit_sheets
from csea_stats.report.model_card import model_card
from csea_stats.report.png import png_bytes
from csea_stats.report.sample import is_raw
from csea_stats.report.tables import audit_table
from csea_stats.results.estimate_frames import tidy
from csea_stats.survey.loading import is_shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.claims.results import Claims
    from csea_stats.regression.fit import Fit
    from csea_stats.regression.from_print import PrintedFit
    from csea_stats.respondents.funnels import Funnel
    from csea_stats.results.estimates import Estimates
    from csea_stats.survey.survey import Survey


def fit_files(fit: Fit) -> list[tuple[str, bytes]]:
    """Make the files of a fit.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    list of (name, content)
        effects.csv, coefficients.csv, predictions.csv, sentences.txt, summary.txt, methods.md, model-card.md,
        model.toml and a figure of each kind that the fit has as SVG.
    """
    effects = fit.effects()
    names = [one.name for one in fit.design.variables]
    predicted = shared_predictions(fit, names[0]) if names else fit.predictions()
    tables = {"effects": effects, "coefficients": fit.coefficients(), "predictions": predicted}
    found = [(f"{name}.csv", to_csv(tidy(told)).encode()) for name, told in tables.items()]
    found += [
        ("effects.json", effects.to_json().encode()),
        ("sentences.txt", ("\n\n".join(map(str, effects)) + "\n").encode()),
        ("summary.txt", (fit.summary() + "\n").encode()),
        ("methods.md", (fit.methods_text() + "\n").encode()),
        ("model-card.md", model_card(fit.design.resolved).encode()),
        ("model.toml", fit.model.to_toml().encode()),
    ]
    raw = fit.holds_answers
    return [*found, *((f"{kind}.svg", sheet_svg(sheet, raw=raw).encode()) for kind, sheet in fit_sheets(fit))]


def report_files(  # noqa: PLR0913 - settings are keyword-only
    survey: Survey,
    audit: Audit,
    estimates: Estimates,
    claims: Claims | None = None,
    fits: Sequence[PrintedFit] = (),
    *,
    models: Sequence[Fit] = (),
    funnel: Funnel | None = None,
    again: str = "",
    draft: str = "",
    archive: bool = False,
    png: bool = False,
) -> tuple[tuple[str, bytes], ...]:
    """Return the page, the tables and every figure of a survey.

    Parameters
    ----------
    survey : Survey
    audit : Audit
        Of that survey.
    estimates : Estimates
        Of that survey.
    claims : Claims, optional
        Of that survey.
    fits : sequence of PrintedFit, optional
        Models fitted to what that survey prints.
    models : sequence of Fit, optional
        Models fitted to the answers that the survey was made from.
    funnel : Funnel, optional
        Who of those that began is among these answers.
    again : str, optional
        The command that makes them again.
    draft : str, optional
        What of the file is still to be written or confirmed, in words.
    archive : bool, default False
        Whether claims and models fitted from print are written as JSON too.
    png : bool, default False
        Whether every figure is drawn as PNG too.

    Returns
    -------
    tuple of (name, bytes)
        ``report.html``, ``fit-1.html`` and so on for each model, ``estimates.csv``, ``estimates.json``,
        ``audit.csv`` and ``.json`` (not of answers), ``survey.toml`` unless it is shipped, ``claims.csv`` if there are
        claims, ``fit-1.json`` and so on for models; of an archive ``claims.json`` and ``printed-fit-1.json``; then
        ``figures/<question>.svg``, and ``.png`` if asked for. The same input gives the same bytes: no clock is in them.
    """
    # A fit's files are made without these.
    from csea_stats.report.claims import claims_table
    from csea_stats.report.context import context_of
    from csea_stats.report.page import fit_page_name, page_html
    from csea_stats.report.sheets import question_sheets

    printed = survey.sample is None
    sheets = question_sheets(context_of(survey, audit, estimates))
    repeated = survey.sample.repeated if survey.sample and funnel else None
    texts = (
        ("report.html", page_html(survey, audit, estimates, claims, fits, again, models=models, draft=draft)),
        *((fit_page_name(place), fit_html(one, funnel, repeated)) for place, one in enumerate(models, 1)),
        ("estimates.csv", to_csv(tidy(estimates))),
        ("estimates.json", estimates.to_json()),
        *([("audit.csv", to_csv(audit_table(audit))), ("audit.json", audit.to_json())] if printed else []),
        *([] if printed and is_shipped(survey) else [("survey.toml", survey.to_toml())]),
        *([("claims.csv", to_csv(claims_table(claims)))] if claims else []),
        *([("claims.json", claims.to_json())] if claims and archive else []),
        *((f"printed-fit-{place}.json", one.fit.to_json()) for place, one in enumerate(fits if archive else (), 1)),
        *((fit_page_name(place).replace(".html", ".json"), one.to_json()) for place, one in enumerate(models, 1)),
        *((f"figures/{name}.svg", sheet_svg(sheet, raw=is_raw(survey))) for name, sheet in sheets),
    )
    return (
        *((name, text.encode("utf-8")) for name, text in texts),
        *((f"figures/{name}.png", png_bytes(sheet)) for name, sheet in sheets if png),
    )
