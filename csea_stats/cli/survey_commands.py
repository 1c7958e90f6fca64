"""The subcommands about a survey, printed or answered: page, tables, audit, claims, saved numbers made again."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from csea_stats.cli.commands import FAILED, main
from csea_stats.cli.parameters import (
    SHIPPED,
    AnswersFile,
    Named,
    claims_option,
    format_option,
    is_answers,
    json_option,
    level_option,
    needed_codebook,
    read_answers,
    survey_argument,
    written_option,
)
from csea_stats.cli.terminal import echo, json_text
from csea_stats.errors import UnknownName
from csea_stats.results.numbers import number_of, people_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.publication.table import Table
    from csea_stats.survey.survey import Survey
    from csea_stats.workflow import MadeReport


@main.command()
@click.argument("source", metavar="[SURVEY]", type=Named("survey", answers=True), default=SHIPPED)
@click.option(
    "--out",
    default="csea-report",
    show_default=True,
    help="Folder to write into.",
)
@click.option("--codebook", type=Named("codebook"), help="Of SURVEY, a file of answers: what its columns hold.")
@click.option("--model", "models", multiple=True, help="A model to fit to the answers; may be given several times.")
@claims_option
@level_option
@click.option("--archive", is_flag=True, help="Write claims and models fitted from print as JSON too, for verify.")
@click.option("--png", is_flag=True, help="Draw every figure as PNG too.")
@click.option("--release", help="Of answers: light, standard, strict or none.")
@json_option
def report(
    source: str, out: str, codebook: str | None, models: Sequence[str], *, as_json: bool, **settings: Any
) -> None:
    """Write the page, the tables and the figures of SURVEY: a shipped name, a survey file, or a file of answers."""
    if is_answers(source) or codebook is not None:
        codebook = needed_codebook(source, codebook)
    from csea_stats import load_survey, read_respondents
    from csea_stats.publication.writing import checked_folder
    from csea_stats.workflow import made_report

    checked_folder(out)  # a mistake is told before the work is done
    found = read_respondents(Path(source), codebook) if codebook else load_survey(source)
    told = {"codebook": codebook, "claims": settings["claims"], "release": settings["release"]}
    again = ["csea-stats", "report", Path(source).name]
    again += [part for key, value in told.items() if value for part in (f"--{key}", Path(value).name)]
    again += [part for model in models for part in ("--model", model)]
    again += ["--level", f"{settings['level']:g}"] if settings["level"] != 0.95 else []
    made = made_report(found, out, models=models, again=shlex.join(again), **settings)
    if as_json:
        echo(json_text(_summary(made)))
    else:
        _tell(made, Path(out), codebook or source)


def _tell(made: MadeReport, out: Path, source: str) -> None:
    """Say what was read, found and written, and on stderr what is left to do."""
    from csea_stats.report.sample import HOW_TO_RELEASE, small_words
    from csea_stats.survey.draft_marks import marks_words
    from csea_stats.survey.survey import rows

    survey = made.survey
    echo(
        f"Read      {survey.id}: {people_words(survey.people)}, {number_of(len(survey.question), 'questions')}, "
        f"{number_of(len(rows(survey)), 'numbers' if survey.sample else 'printed numbers')}"
    )
    echo(f"Estimated {number_of(len(made.estimates), 'numbers')}, each for a named target")
    if survey.sample is None:
        wrong = sum(finding.verdict == "inconsistent" for finding in made.audit.findings)
        echo(f"Audited   {number_of(wrong, 'inconsistencies')} in print (audit.csv)")
    if made.claims is not None:
        tested = f"{made.claims.tested} of {number_of(len(made.claims), 'statements')}"
        echo(f"Tested    {tested} of the report (claims.csv)")
    names = [path.name for path in made.written if path.suffix not in (".svg", ".png")]
    figures = sum(path.suffix == ".svg" for path in made.written)
    echo(f"Wrote     {out / names[0]}, {', '.join(names[1:])}, {number_of(figures, 'figures')}")
    if made.left:
        echo(f"Left      {marks_words(made.left)} in {Path(source).name}; the page says so", err=True)
    if survey.sample and survey.sample.release:
        for note in survey.sample.notes:
            echo(f"Released  {note}")
    if small := small_words(survey):
        echo(f"Small     {small}. {HOW_TO_RELEASE}", err=True)
    if made.older:
        kept = f"{number_of(len(made.older), 'files')} of an earlier run, such as {made.older[0].name}"
        echo(f"Kept      {kept}: take them out before the folder is passed on", err=True)


def _summary(made: MadeReport) -> dict[str, object]:
    """Return what was read, found and written."""
    from csea_stats.survey.draft_marks import counted_marks
    from csea_stats.survey.survey import rows

    survey, claims = made.survey, made.claims
    return {
        "survey": survey.id,
        "respondents": survey.people,
        "questions": len(survey.question),
        "numbers": len(rows(survey)),
        "estimates": len(made.estimates),
        "audit": Counter(finding.verdict for finding in made.audit.findings),
        "claims": None if claims is None else {"statements": len(claims), "tested": claims.tested},
        "left": counted_marks(made.left),
        "written": map(str, made.written),
        "older": map(str, made.older),
    }


@main.command()
@click.argument("source", metavar="[SURVEY]", type=Named("survey", answers=True), default=SHIPPED)
@format_option
@click.option(
    "--layout",
    help="A table for a publication instead: topline, contrasts, tiers, ranks, coefficients, claims or audit; "
    "of answers also characteristics, who answered.",
)
@click.option("--question", multiple=True, help="With --layout: of these questions alone.")
@click.option("--by", help="With --layout, of answers: the variable whose groups are told apart.")
@click.option("--codebook", type=Named("codebook"), help="Of SURVEY, a file of answers: what its columns hold.")
@click.option("--out", type=click.Path(path_type=Path), help="With --layout: a file (.docx .xlsx .html .md .tex .csv).")
def tables(source: str, style: str, layout: str | None, out: Path | None, codebook: str | None, **told: Any) -> None:
    """Print every printed number of SURVEY, a row each; or a table for a publication, by its layout."""
    from csea_stats import as_survey, characteristics_table, load_survey, read_respondents

    by, questions = told["by"], told["question"]
    if layout is None and (out is not None or questions or by):
        raise click.UsageError("--out, --question and --by go with --layout, such as --layout topline")
    answers = None
    if is_answers(source) or codebook is not None:
        answers = read_respondents(source, needed_codebook(source, codebook))
    if answers is None and (by or layout == "characteristics"):
        raise click.UsageError("--by and --layout characteristics are of a file of answers, with its --codebook")
    if answers is not None and layout == "characteristics":
        made = characteristics_table(answers, by, questions or None)
    else:
        survey = load_survey(source) if answers is None else as_survey(answers, by, questions or None)
        if layout is None:
            from csea_stats.report.tables import survey_table, write_table

            echo(write_table(survey_table(survey), style), nl=False)
            return
        made = _laid_out(survey, layout, questions)
    if out is not None:
        written = made.save(out)
        echo(json_text({"written": str(written)}) if style == "json" else f"Wrote {written}.")
        return
    write = {"csv": made.to_csv, "json": made.to_json}.get(style)
    echo(write() if write else made.to_text(), nl=write is None)


def _laid_out(survey: Survey, layout: str, questions: Sequence[str]) -> Table:
    """Return a survey's estimates, claims or audit as a table for a publication."""
    from csea_stats import Estimates, audit, check_claims, estimate

    if layout == "audit":
        return audit(survey).table()
    if layout == "claims":
        return check_claims(survey).table()
    labels = {one.id: one.label for one in survey.question}
    for name in questions:
        if name not in labels:
            raise UnknownName("question", name, tuple(labels))
    found = estimate(survey)
    if questions:
        found = Estimates(one for one in found if one.question in questions)
    return found.table(layout, labels=labels)  # type: ignore[arg-type]


@main.command("audit")
@survey_argument
@click.option("--strict", is_flag=True, help="Exit with status 1 if anything printed is inconsistent.")
@click.option("--answers", type=AnswersFile(), help="Respondents' answers, held against print as well.")
@click.option("--codebook", type=Named("codebook"), help="Of the answers; by default that of SURVEY.")
@written_option
@json_option
def audit_command(
    survey: str, answers: Path | None, codebook: str | None, style: str, *, strict: bool, as_json: bool
) -> None:
    """Say which printed numbers of SURVEY cannot be true together.

    As csv or json also with the cells, what could explain each finding, and what the check could have caught; with
    --json also what print allows of each question.
    """
    from csea_stats import audit, compare_answers, load_survey
    from csea_stats.report.tables import audit_lines, audit_table, write_table

    checked = audit(load_survey(survey))
    if answers is not None:
        compared = compare_answers(checked.survey, read_answers(answers, codebook, survey))
        checked = replace(checked, findings=(*checked.findings, *compared))
    if as_json:
        echo(checked.to_json(), nl=False)
    else:
        echo(write_table(audit_lines(checked) if style == "table" else audit_table(checked), style), nl=False)
    if strict and any(finding.verdict == "inconsistent" for finding in checked.findings):
        click.get_current_context().exit(FAILED)


@main.command("verify")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--survey", type=Named("survey"), help="The survey that the numbers were made of, if it is not shipped.")
@click.option("--answers", type=AnswersFile(), help="Respondents' answers that they were made of.")
@click.option("--codebook", type=Named("codebook"), help="Of the answers.")
@json_option
def verify_command(
    file: Path, survey: str | None, answers: Path | None, codebook: str | None, *, as_json: bool
) -> None:
    """Make every number of FILE (results as JSON, or a report's folder) again; exit with status 1 if one differs."""
    from csea_stats import load_survey, verify

    data = (
        read_answers(answers, codebook, survey or SHIPPED)
        if answers is not None
        else load_survey(survey)
        if survey
        else None
    )
    rows = verify(file, data)
    counted = Counter(row.state for row in rows)
    if as_json:
        echo(json_text(rows))
    else:
        for row in rows:
            if row.state != "same":
                echo(str(row))
        echo(", ".join(f"{number} {state}" for state, number in counted.items()) or "no numbers")
    if counted["differs"]:
        click.get_current_context().exit(FAILED)


@main.command("claims")
@survey_argument
@claims_option
@format_option
@level_option
def claims_command(survey: str, claims: str | None, style: str, level: float) -> None:
    """Put every statement of a report on SURVEY to the test, for each target."""
    from csea_stats import check_claims, load_survey
    from csea_stats.report.claims import claims_table, verdicts_table
    from csea_stats.report.tables import write_table

    found = check_claims(load_survey(survey), claims, level=level)
    table = verdicts_table(found) if style == "table" else claims_table(found)
    echo(found.to_json() if style == "json" else write_table(table, style), nl=False)


@main.command()
@json_option
def surveys(*, as_json: bool) -> None:
    """List the surveys shipped with the package."""
    from csea_stats import load_survey, survey_names

    known = {name: load_survey(name) for name in survey_names()}
    if as_json:
        keys = ("title", "country", "year")
        told = {name: {key: getattr(one.source, key) for key in keys} for name, one in known.items()}
        echo(json_text([{"name": name} | told[name] | {"respondents": one.respondents} for name, one in known.items()]))
        return
    for name, found in known.items():
        echo(f"{name}: {found.source.title} ({found.source.country}, {found.source.year}; n = {found.respondents})")


@main.command("anonymity")
@click.argument("data", type=AnswersFile())
@click.option("--codebook", type=Named("codebook"), help="A codebook file, or the survey that was answered.")
@click.option("--key", "keys", multiple=True, help="What others know of people; may be given several times.")
@click.option("--groups", is_flag=True, help="Print each group with its people too, the smallest first.")
@json_option
def anonymity_command(data: Path, codebook: str | None, keys: Sequence[str], *, groups: bool, as_json: bool) -> None:
    """Say how far the respondents in DATA are alike in what others know of them: k, l, and who is alone."""
    from csea_stats import anonymity

    found = anonymity(read_answers(data, codebook, SHIPPED), keys or None)
    if as_json:
        told = {"keys": found.keys, "people": found.people, "k": found.k, "l": found.least_answers}
        told |= {"alone": found.uniques, "answers": dict(found.diversity)}
        echo(json_text(told | ({"groups": found.groups} if groups else {})))
        return
    echo(found)
    if groups:
        echo(f"\n{found.to_frame().to_string(index=False)}")


@main.command("release-check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--codebook", type=Named("codebook"), help="Of the answers: by its columns files of rows are known.")
@json_option
def release_check_command(paths: Sequence[Path], codebook: str | None, *, as_json: bool) -> None:
    """List what in PATHs shows respondents' answers as they stand; exit with status 1 if anything does."""
    from csea_stats import release_check

    found = release_check(*paths, codebook=codebook)
    if as_json:
        echo(json_text([{"path": str(one.path), "what": one.what} for one in found]))
    else:
        for one in found:
            echo(one)
        echo(f"{number_of(len(found), 'files')} not to be passed on" if found else "Nothing found")
    if found:
        click.get_current_context().exit(FAILED)
