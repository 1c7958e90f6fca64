"""The subcommands that make files to start from, and check them: surveys, drafts, codebooks, made-up answers."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from csea_stats.cli.commands import FAILED, MISTAKE, main
from csea_stats.cli.parameters import Named, is_answers, is_codebook, json_option, needed_codebook, survey_argument
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
    echo(json_text({"toml": made, "ids": _ids(made)}) if as_json else made)
    echo(f"Drafted   {', '.join(_ids(made)) or 'nothing'}", err=True)


def _ids(draft: str) -> list[str]:
    """Return the ids that the questions and batteries of a draft got."""
    return re.findall('^id = "(.*)"$', draft, re.MULTILINE)


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


SCHEMAS = {"survey": "survey/data/csea-survey-1", "claims": "claims/data/csea-claims-1"}
"""The JSON Schemas that are shipped as files."""


@main.command("schema")
@click.argument("what", type=click.Choice(["results", *SCHEMAS]))
def schema_command(what: str) -> None:
    """Print the JSON Schema of files of WHAT: results, as they are written, or surveys or claims, as they are read."""
    if what == "results":
        from csea_stats import result_schema

        echo(json_text(result_schema()))
        return
    from csea_stats.survey.named_files import shipped_folder

    *folder, name = SCHEMAS[what].split("/")
    echo((shipped_folder(*folder) / f"{name}.schema.json").read_text(encoding="utf-8"), nl=False)


@main.command("check")
@click.argument("file", type=Named("survey", answers=True))
@click.option("--codebook", type=Named("codebook"), help="Of FILE, a file of answers: what its columns hold.")
@click.option("--strict", is_flag=True, help="Exit with status 1 while a TODO or a marked guess is left.")
@json_option
def check_command(file: str, codebook: str | None, *, strict: bool, as_json: bool) -> None:
    """Say whether FILE (a survey, a codebook, or answers) is right, and what it holds; else every mistake.

    What is still to be written (TODO), to be confirmed (# guess: and # ?) or to be decided (# !) is counted, with its
    lines.
    """
    from csea_stats.survey.draft_marks import marks_of_file, marks_words

    if codebook is not None or is_answers(file):
        held, told, right = _answers(file, codebook)
    elif is_codebook(file):
        held, told, right = _codebook(file)
    else:
        from csea_stats import load_survey
        from csea_stats.encoding.starting import inventory

        found = inventory(load_survey(file))
        held, told, right = asdict(found), str(found), True
    left = marks_of_file(codebook or file)
    marks = f"\nLeft      {marks_words(left)} in {Path(codebook or file).name}" if left else ""
    echo(json_text(held | {"left": [mark._asdict() for mark in left]}) if as_json else told + marks)
    if not right or (strict and left):
        click.get_current_context().exit(FAILED if right else MISTAKE)


def _answers(file: str, codebook: str | None) -> tuple[dict[str, Any], str, bool]:
    """Return what reading answers by a codebook tells, as data and in words, and whether they can be read."""
    from csea_stats.respondents.codebook_files import load_codebook

    found = load_codebook(needed_codebook(file, codebook)).check(file)
    return asdict(found), str(found), not found.problems


def _codebook(file: str) -> tuple[dict[str, Any], str, bool]:
    """Return what a codebook holds, as data and in words; a mistake in it is an error."""
    from csea_stats.respondents.codebook import kind_table
    from csea_stats.respondents.codebook_files import load_codebook

    book = load_codebook(file)
    kinds = Counter(kind_table(kind)["kind"] for _, kind in book.variables)
    made = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    told = f"Right     {Path(file).name}, a codebook\nVariables {len(book)}: {made}"
    return {"variables": len(book), "kinds": kinds}, told, True


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
