"""The subcommands about models: the shipped ones, and fits to answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from csea_stats.cli.commands import Commands, main
from csea_stats.cli.parameters import SHIPPED, AnswersFile, FitChoice, Named, json_option, level_option, read_answers
from csea_stats.cli.terminal import echo, json_text
from csea_stats.errors import InputError

if TYPE_CHECKING:
    from csea_stats.regression.model import Model
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.tabulation.tabulation import Tabulation


@main.group(invoke_without_command=True, cls=Commands)
@json_option
@click.pass_context
def models(ctx: click.Context, *, as_json: bool) -> None:
    """List the models shipped with the package; `models show NAME` tells one in full."""
    if ctx.invoked_subcommand is None:
        from csea_stats import load_model, model_names

        asked = {name: load_model(name).question for name in model_names()}
        rows = [{"name": name, "question": question} for name, question in asked.items()]
        echo(json_text(rows) if as_json else "\n".join(f"{name}: {question}" for name, question in asked.items()))


@models.command("show")
@click.argument("name", type=Named("model"))
@click.option("--toml", is_flag=True, help="The file itself, to start one of your own from.")
@json_option
def models_show(name: str, *, toml: bool, as_json: bool) -> None:
    """Print the card of model NAME (a shipped name, a file, or a formula)."""
    from csea_stats.regression.fitting import as_model
    from csea_stats.report.model_card import model_card

    found = as_model(name)
    if as_json:
        told = {"name": name, "question": found.question, "formula": found.formula, "family": found.family}
        echo(json_text(told | {"toml": found.to_toml()}))
        return
    echo(found.to_toml() if toml else model_card(found), nl=False)


ENGINES = ("laplace", "slice", "nuts", "log-f", "ml", "firth", "least-squares")

FAMILIES = ("cumulative", "multinomial", "adjacent", "continuation", "bernoulli", "binomial", "linear")


@main.command("fit")
@click.argument("model", type=Named("model"))
@click.argument("data", type=AnswersFile())
@click.option("--codebook", type=Named("codebook"), help="A codebook file, or the survey that was answered.")
@click.option("--method", type=click.Choice(["bayes", "frequentist"]), default="bayes", show_default=True)
@click.option(
    "--engine", type=FitChoice(*ENGINES), help="laplace, slice, nuts; log-f, ml, firth. By default the method's first."
)
@click.option(
    "--family", type=FitChoice(*FAMILIES), help="Of a formula: cumulative, multinomial, bernoulli and others."
)
@click.option(
    "--missing",
    type=FitChoice("complete", "level", "impute"),
    default="complete",
    help="Where a predictor's answer is missing: leave out who (complete), a level of its own, or impute.",
)
@click.option("--imputations", type=int, default=20, show_default=True, help="Completed sets, with --missing impute.")
@click.option("--frequency", help="The variable that says how many people each row of DATA stands for.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write a page, tables, figures and the card into."
)
@click.option("--save", type=click.Path(path_type=Path), help="Folder for the fit itself, which holds the answers.")
@level_option
@json_option
def fit_command(  # noqa: PLR0913 - each is an option
    model: str,
    data: Path,
    codebook: str | None,
    family: str | None,
    out: Path | None,
    save: Path | None,
    *,
    as_json: bool,
    **settings: Any,
) -> None:
    """Fit MODEL (a shipped name, a file, or a formula) to the answers in DATA.

    DATA is a file of respondents' answers, or a survey (a shipped name or a .toml file) whose print is enough for it.
    """
    from csea_stats import fit
    from csea_stats.publication.writing import with_sums, write_files
    from csea_stats.report.files import fit_files
    from csea_stats.report.fit_page import fit_html

    answers = _answers(model, data, codebook)
    found = fit(model if family is None else _of_family(model, family), answers, **settings)
    if as_json:
        echo(found.to_json(), nl=False)
    else:
        echo(found.summary())
    effects = found.effects()
    if effects and not as_json:
        echo(f"\n{(effects if out is None else effects[:1]).sentences()}")
    if out is not None:
        who = (getattr(answers, name, None) for name in ("funnel", "repeated"))  # print has neither
        page = ("fit.html", fit_html(found, *who).encode())
        written = write_files(out, with_sums([page, *fit_files(found)], "fit.sha256"))
        if len(effects) > 1 and not as_json:
            echo(f"\nIn sentences.txt a sentence for each of the {len(effects)} effects")
        echo(f"\nWrote     {', '.join(path.name for path in written)} into {out}", err=as_json)
    if save is not None:
        echo(f"Saved     the fit into {found.save(save)}: for those who may see the answers", err=as_json)


def _of_family(model: str, family: str) -> Model:
    """Return the model of a formula with a family.

    Raises
    ------
    InputError
        If the model is a shipped one, or a file, which say theirs.
    """
    from csea_stats import Model

    if "~" not in model:
        message = f"--family: found {family!r} with {model!r}, which has a family of its own; allowed is a formula"
        raise InputError(message)
    return Model.from_formula(model, family)


def _answers(model: str, data: Path, codebook: str | None) -> Microdata | Tabulation:
    """Read respondents' answers, or what a survey prints of the model's outcome by its predictor."""
    from csea_stats import load_survey, survey_names, tabulate
    from csea_stats.regression.fitting import as_model

    named = str(data) in survey_names() and not data.exists()
    if not named and data.suffix.lower() != ".toml":
        return read_answers(data, codebook, SHIPPED)
    asked = as_model(model)
    if len(asked.predictor) > 1:
        message = (
            f"DATA: found a survey; print tells one question by the groups of another, and {asked.formula!r} asks for "
            f"{len(asked.predictor)} predictors. Give a file of respondents' answers"
        )
        raise InputError(message)
    by = asked.predictor[0].name if asked.predictor else None
    return tabulate(load_survey(str(data)), asked.outcome.name, by=by)
