"""The page of a fit: what was asked, who answered, effects for every target, and how far the fit can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.publication.directions import isolated
from csea_stats.regression.predictive import expected
from csea_stats.regression.problem import each_once
from csea_stats.regression.summary import FAMILIES, those_used
from csea_stats.report import fit_tables
from csea_stats.report.model_card import estimands_told, mathematics, outcome_words
from csea_stats.report.notes import notes_of
from csea_stats.report.templating import css_text, stylesheet, template
from csea_stats.report.text import capital
from csea_stats.report.views import FitPage, FitSection, FittedRow, Grid, HeadedText
from csea_stats.results.certificates import shipped_certificate
from csea_stats.results.numbers import base_words, integer, level_words, number_of
from csea_stats.results.sentences import method_words

if TYPE_CHECKING:
    from csea_stats.regression.fit import Fit
    from csea_stats.respondents.funnels import Funnel
    from csea_stats.results.estimates import Estimates

MOST_CITED = 6
"""Effects of which the page has a sentence for every target; of more, for people like these alone."""

MOST_SHOWN = 6
"""Sentences that all stand open; of more, all but two are folded."""


def fit_page(fit: Fit, funnel: Funnel | None = None, repeated: str | None = None) -> FitPage:
    """Return everything that the page of a fit shows.

    Parameters
    ----------
    fit : Fit
    funnel : Funnel, optional
        Who of those that began counts as a respondent.
    repeated : str, optional
        How many rows hold the same answers as another, in words.
    """
    found = fit_tables.effects_by_target(fit)
    sections = (
        _who(fit, funnel, repeated),
        _effects(fit, found),
        _within(fit),
        _sentences(found),
        _predictions(fit),
        _prior(fit, found[1]),
        _checks(fit),
        _influence(fit),
        _card(fit),
        _methods(fit),
    )
    return FitPage(
        title=fit.model.question,
        raw=fit.holds_answers,
        kicker="A fitted model · made with csea-stats",
        stamp=fit.stamp,
        deck=_deck(fit),
        facts=_facts(fit),
        sections=tuple(one for one in sections if one is not None),
        foot=f"{'SYNTHETIC, evidence of nothing. ' if fit.synthetic else ''}{_people(fit)}. Every number says whom it "
        "speaks for.",
    )


def _people(fit: Fit) -> str:
    return f"{number_of(fit.design.base, 'respondents')}"


def _deck(fit: Fit) -> str:
    model = fit.design.resolved
    outcome = model.outcome.label or model.outcome.name
    return (
        f"{capital(outcome)}{_answers(fit)}. {capital(FAMILIES[model.family or 'cumulative'])} model, {model.formula}."
    )


def _answers(fit: Fit) -> str:
    design = fit.design
    if design.by_item:
        return f": {number_of(len(design.items), 'answers')}, several possible"
    several = f" ({len(design.items)} questions)" if design.several else ""
    if fit.number or fit.model.outcome.trials:
        return ", a number" if fit.number else f" of {fit.model.outcome.trials}"
    if len(design.answers) == 2:
        return f"{several}: {' or '.join(design.answers)}"
    order = "from low to high" if design.ordered else "in no order"
    return f"{several}, {order}: {', '.join(design.answers)}"


def _facts(fit: Fit) -> tuple[HeadedText, ...]:
    kind = "Bayesian" if fit.bayes else "Frequentist"
    limits = fit.model.limits or (
        "An association among those who answered: it shows no cause, and people who did not answer may differ."
    )
    return (
        HeadedText(head="Respondents", text=base_words(fit.design.base), look="n"),
        HeadedText(
            head="Whom it speaks for", text=capital(fit.words.superpopulation if fit.words else fit.model.target) + "."
        ),
        HeadedText(
            head="How it was fitted",
            text=f"{kind}, {method_words(fit.engine)}, {level_words(fit.level)} intervals, seed {fit.seed}.",
        ),
        HeadedText(head="What it can show", text=limits),
    )


def _who(fit: Fit, funnel: Funnel | None, repeated: str | None) -> FitSection:
    steps: list[tuple[str, str, str]] = []
    if funnel is not None:
        steps.append(("Began", integer(funnel.started), ""))
        steps += [
            (
                f"Passed “{step.variable}”",
                integer(step.passed),
                _lost(step.reached - step.passed, step.why, step.allowed),
            )
            for step in funnel.steps
        ]
        steps.append(("Count as respondents", integer(funnel.respondents), ""))
    steps += [(f"Left out: {reason}", integer(number), "") for reason, number in fit.design.left_out]
    steps.append(("In the model", base_words(fit.design.base), ""))
    columns = 2 if any(why for _, _, why in steps) else 1
    funnelled = Grid(
        caption="From those who began to those in the model" if funnel is not None else "Who is in the model",
        heads=("Step", "People", "Why")[: columns + 1],
        rows=tuple(FittedRow(name=name, cells=(number, why)[:columns]) for name, number, why in steps),
    )
    told = [repeated] if repeated else []
    if len(fit.readings) > 1:
        told.append(
            f"Print leaves {len(fit.readings)} tables of counts possible. Each was fitted by itself; every interval "
            "covers all of them, and the numbers of people by predictor are those of the first."
        )
    return FitSection(
        anchor="who",
        title="Who answered",
        short="Who answered",
        told=tuple(told),
        grids=(funnelled, *fit_tables.predictor_rows(fit)),
    )


def _lost(number: int, why: tuple[tuple[str, int], ...], allowed: str) -> str:
    if not number:
        return f"has to be {allowed}"
    return f"{integer(number)} out: has to be {allowed} ({', '.join(f'{reason} {times}' for reason, times in why)})"


def _effects(fit: Fit, found: tuple[Estimates, Estimates, Estimates | None]) -> FitSection:
    told = (
        "Everybody’s value of a predictor is set to the one side, then to the other, all else left as it is. The "
        f"effect is the change of the {'number' if fit.number else 'share'} that the model predicts, averaged over the "
        "respondents."
    )
    doubts = tuple(one for part in found if part for one in part)
    return FitSection(
        anchor="effects",
        title="Effects",
        short="Effects",
        told=(told,),
        effects=fit_tables.effect_table(fit, found),
        notes=notes_of(doubts, frozenset()),
    )


def _within(fit: Fit) -> FitSection | None:
    found = fit_tables.effects_within_levels(fit)
    if found is None:
        return None
    told = (
        "Everybody’s value of the other predictor is set to each of its levels in turn, and the effect is found there; "
        "then how much more it is at each level than at the first, which is what the interaction says in shares."
    )
    return FitSection(
        anchor="within",
        title="Effects within levels",
        short="Within levels",
        told=(told,),
        effects=fit_tables.effect_table(fit, (*found, None)),
        notes=notes_of(tuple(one for part in found for one in part), frozenset()),
    )


def _sentences(found: tuple[Estimates, Estimates, Estimates | None]) -> FitSection:
    _, people, population = found
    several = len(people) > MOST_CITED
    told = "Each can be cited as it stands: it carries its target, what the intervals are, and its caveats."
    if several and population:
        told += " Those for the population come from fit.effects(target=csea_stats.Population())."
    shown = (people,) if several or not population else (people, population)
    texts = tuple(str(part[place]) for place in range(len(people)) for part in shown)
    return FitSection(
        anchor="sentences",
        title="Sentences to cite",
        short="Sentences",
        told=(told,),
        sentences=texts,
        shown=len(texts) if len(texts) <= MOST_SHOWN else 2,
    )


def _predictions(fit: Fit) -> FitSection | None:
    if not fit.design.variables:
        return None
    tables = fit_tables.prediction_tables(fit)
    title = "Predicted averages" if fit.number else "Predicted shares"
    return FitSection(anchor="predictions", title=title, short=title, grids=tables)


def _prior(fit: Fit, effects: Estimates) -> FitSection | None:
    strip, power = fit_tables.prior_table(fit, effects), fit_tables.power_table(fit)
    if strip is None:
        return None
    told = [fit.prior_sensitivity().sentence] if fit.bayes else []
    if not fit.bayes:
        told.append("The fit itself has no prior; these are the Bayesian fits that its verdicts are held against.")
    grids = tuple(one for one in (strip, power) if one)
    return FitSection(anchor="prior", title="What the prior decides", short="Prior", told=tuple(told), grids=grids)


def _checks(fit: Fit) -> FitSection:
    found = expected(fit)
    outside = found.outside(fit.level)
    level = level_words(fit.level)
    if outside:
        text = f"Outside what the fitted model expects in {level} of sets: {', '.join(outside)}."
    else:
        text = f"Every count lies within what the fitted model expects in {level} of sets."
    looked = None if fit.design.several or not fit.design.variables else fit.check()
    text += f" {looked.sentence}" if looked else " This looks at one margin only: a wrong model may pass it."
    words = {"pass": "passed", "warn": "in part", "fail": "not passed"}
    rows = tuple(
        FittedRow(name=capital(one.name), cells=(words[one.state], one.text)) for one in each_once(fit.diagnostics)
    )
    checks = Grid(caption="Checks of the computation", heads=("Check", "Result", "What it says"), rows=rows, text=2)
    more = (fit_tables.level_table(looked) if looked else None, fit_tables.cuts_table(fit), checks if rows else None)
    grids = (fit_tables.expected_table(fit, found), *(one for one in more if one))
    return FitSection(anchor="checks", title="Checks", short="Checks", told=(text,), grids=grids)


def _influence(fit: Fit) -> FitSection | None:
    text = fit_tables.influence_words(fit)
    if not text:
        return None
    return FitSection(anchor="influence", title="Single respondents", short="Influence", told=(text,))


def _card(fit: Fit) -> FitSection:
    model = fit.design.resolved
    facts = [
        HeadedText(head="Question", text=model.question),
        HeadedText(head="Outcome", text=(model.outcome.label or model.outcome.name) + outcome_words(model)),
        HeadedText(head="Formula", text=model.formula, look="code"),
        *(HeadedText(head="In mathematics", text=line) for line in mathematics(model)),
        *(
            HeadedText(head=f"Enters: {one.written}", text=f"As {one.role}. {one.reason or ''}".strip())
            for one in model.predictor
        ),
        *(
            HeadedText(head=f"Enters: {one.written}", text=f"As an interaction. {one.reason or ''}".strip())
            for one in model.interaction
        ),
        *(
            HeadedText(head=f"Prior of {kind}", text=f"{stated.prior}. {stated.reason}")
            for kind, stated in (those_used(model) if fit.bayes else [])
        ),
        *(HeadedText(head="Estimated", text=line.removeprefix("- ")) for line in estimands_told(model)),
        *(HeadedText(head="Reference", text=reference) for reference in model.references),
    ]
    return FitSection(anchor="model", title="The model", short="Model", facts=tuple(facts))


def _methods(fit: Fit) -> FitSection:
    made = fit.provenance
    facts = [
        HeadedText(head="For a methods section", text=fit.methods_text()),
        HeadedText(head="Calibration", text=calibration_words(fit)),
        HeadedText(head="Software", text=", ".join(f"{name} {version}" for name, version in made.versions)),
        HeadedText(head="Call", text=made.call, look="code"),
        HeadedText(head="Survey", text=made.survey or ""),
        HeadedText(head="Counts, SHA-256", text=made.data_hash, look="code"),
        HeadedText(head="Cite", text=_cite(fit)),
    ]
    return FitSection(
        anchor="methods", title="Methods", short="Methods", facts=tuple(fact for fact in facts if fact.text)
    )


def calibration_words(fit: Fit) -> str:
    """Say how often a fit's posterior and intervals are right, or how to find out; nothing of a frequentist fit."""
    if fit.method != "bayes":
        return ""
    if fit.provenance.certificate is None:
        return "Not looked at for this model and these people: csea_stats.certify(model, data) draws, fits and counts."
    return shipped_certificate(fit.model.id, fit.engine).model_words


def _cite(fit: Fit) -> str:
    version = dict(fit.provenance.versions).get("csea-stats", "")
    made = "SYNTHETIC answers, evidence of nothing; " if fit.synthetic else ""
    priors = "".join(f", {slot} prior {prior}" for slot, prior in fit.design.resolved.chosen_priors)
    return (
        f"csea-stats{f' (version {version})' if version else ''}: {fit.model.formula}, {fit.engine}{priors} ({made}"
        f"{_people(fit)}). Give the target with every number."
    )


def fit_html(fit: Fit, funnel: Funnel | None = None, repeated: str | None = None) -> str:
    """Return the page of a fit as one self-contained HTML document.

    Parameters
    ----------
    fit : Fit
    funnel : Funnel, optional
        Of the answers that it was fitted to: who of those that began counts.

    Returns
    -------
    str
        HTML that loads nothing and runs nothing; the same fit gives the same text.

    Examples
    --------
    >>> import csea_stats as cs
    >>> table = cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age")
    >>> fit_html(cs.fit("awareness-by-age-from-print", table))[:15]
    '<!DOCTYPE html>'
    """
    from markupsafe import Markup

    view = fit_page(fit, funnel, repeated)
    css = stylesheet("page.css", "fit.css").replace("@foot@", css_text(view.foot))
    html = template("fit.html.j2").render(page=view, css=Markup(css))  # noqa: S704 - our own file
    design = fit.design
    return isolated(html, design.answers, [variable.labels for variable in design.variables], fit.words)
