"""The subcommands that make files to start from, and check them: surveys, drafts, codebooks, made-up answers."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from csea_stats.cli.commands import main
from csea_stats.cli.parameters import Named, json_option, survey_argument
from csea_stats.cli.terminal import echo, json_text
from csea_stats.errors import InputError, SurveyFileError
from csea_stats.results.numbers import number_of


@main.command("new")
@click.argument("name")
@json_option
def new_command(name: str, *, as_json: bool) -> None:
    """Write NAME.toml, a commented survey file to start from, and the schema that editors check it by."""
    from csea_stats.encoding.starting import skeleton
    from csea_stats.publication.writing import write_files

    path = Path(name)
    files = skeleton(path.name)
    if (path.parent / files[0][0]).exists():
        message = f"NAME: {path.parent / files[0][0]} is there already and is not overwritten; give another name"
        raise InputError(message)
    written = write_files(path.parent, files)
    echo(json_text({"written": map(str, written)}) if as_json else "\n".join(f"Wrote     {one}" for one in written))


@main.command("import")
@click.argument("source", default="-")
@json_option
def import_command(source: str, *, as_json: bool) -> None:
    """Draft questions from the tables of SOURCE (.csv, .tsv, .md, .html, .xlsx; - or nothing: a paste).

    What a table does not say is guessed and marked with "# guess: ..."; put the text into a survey file and check it.
    """
    if source != "-" and not Path(source).exists():
        raise SurveyFileError(source, ["there is no such file"])
    from csea_stats.encoding.drafts import draft
    from csea_stats.encoding.grids import grids_of, read_grids
    from csea_stats.survey.documents import decoded
    from csea_stats.survey.named_files import LARGEST

    if source == "-":
        pasted = decoded("the paste", sys.stdin.buffer.read(LARGEST + 1))
        made = draft(grids_of(pasted, "the paste"))
    else:
        made = draft(read_grids(source))
    echo(json_text({"toml": made}) if as_json else made)


@main.command("codebook")
@click.argument("file")
@click.option("--sheet", help="Of a workbook; by default the fullest that is shown.")
@json_option
def codebook_command(file: str, sheet: str | None, *, as_json: bool) -> None:
    """Draft the codebook of the answers in FILE (.csv, .xlsx, .sav, .dta); read its remarks before it is used."""
    from csea_stats import draft_codebook
    from csea_stats.drafting.codebook_drafts import draft_summary

    book = draft_codebook(file, sheet=sheet)
    echo(json_text({"toml": book.to_toml()}) if as_json else book.to_toml(), nl=as_json)
    echo(draft_summary(book), err=True)


@main.command("check")
@click.argument("file", type=Named("survey"))
@json_option
def check_command(file: str, *, as_json: bool) -> None:
    """Say whether the survey FILE is right, and what it holds; else every mistake with its line."""
    from csea_stats import load_survey
    from csea_stats.encoding.starting import inventory

    held = inventory(load_survey(file))
    echo(json_text(held) if as_json else held)


@main.command()
@survey_argument
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same answers.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="CSV file to write.")
@json_option
def synthesise(survey: str, seed: int, out: Path, *, as_json: bool) -> None:
    """Make SYNTHETIC answers that add up to SURVEY (a shipped name or a file): for examples, no evidence."""
    if out.suffix.lower() != ".csv":
        message = f"--out: found {str(out)!r}; allowed is a file that ends in .csv"
        raise InputError(message)
    from csea_stats import load_survey
    from csea_stats import synthesise as make
    from csea_stats.publication.writing import write_files

    data = make(load_survey(survey), seed=seed)
    (written,) = write_files(out.parent, [(out.name, data.to_csv().encode())])
    if as_json:
        told = {"written": str(written), "respondents": len(data), "variables": len(data.columns), "synthetic": True}
        echo(json_text(told | {"invented": data.invented}))
        return
    echo(
        f"Wrote     {written}: {number_of(len(data), 'SYNTHETIC respondents')}, "
        f"{number_of(len(data.columns), 'variables')}; no evidence"
    )
    echo(f"Invented  {', '.join(data.invented) or 'nothing'}")
