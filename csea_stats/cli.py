"""The command ``csea-stats``: each subcommand is one call of the package and prints what it returns."""

from __future__ import annotations

import codecs
import os
import shlex
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from csea_stats.errors import AnswersError, CseaStatsError, InputError, SurveyFileError, UnknownName
from csea_stats.results.numbers import number_of, people_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.publication.table import Table
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.tabulation.tabulation import Tabulation
    from csea_stats.targets.populations import Target

SHIPPED = "bosnia-herzegovina-2021"
"""The survey that a command means when none is named."""

MISTAKE = 2
FAILED = 1

_CONTROLS = (*range(9), *range(11, 32), *range(127, 160), 0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F))
_STEERING = {sign: f"\\u{sign:04x}" for sign in (*_CONTROLS, *range(0x2066, 0x206A))}
"""Control signs but the tab and the end of a line, and those that turn the direction of writing, as they are shown."""

_LIKE = {"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2192": "->", "\u2264": "<=", "\u2265": ">=", "\u03c4": "tau"}
"""Signs that have no plain form of their own, in signs that every encoding has."""


def shown(text: str) -> str:
    """Return a text with every sign that would steer a terminal written out."""
    return text.replace("\r\n", "\n").translate(_STEERING)


def echo(message: object = "", *, nl: bool = True, err: bool = False) -> None:
    """Write a message with nothing in it that steers a terminal, in the encoding that the stream says."""
    stream = sys.stderr if err else sys.stdout
    stream.write(shown(str(message)) + "\n" * nl)
    stream.flush()


def _in_plain_signs(error: UnicodeError) -> tuple[str, int]:
    """Replace signs that an encoding lacks by the nearest that it has: a minus by a hyphen."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    plain = "".join(_LIKE.get(sign) or unicodedata.normalize("NFKD", sign) for sign in lacking)
    return plain.encode("ascii", "backslashreplace").decode("ascii"), error.end


def _make_writable() -> None:
    codecs.register_error("csea-plain", _in_plain_signs)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="csea-plain")


class _Commands(click.Group):
    """A group whose commands turn the package's errors into a line on stderr and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        _make_writable()
        try:
            return super().invoke(ctx)
        except CseaStatsError as error:
            echo(f"csea-stats: {error}", err=True)
            ctx.exit(MISTAKE)
        except BrokenPipeError:  # the reader of our output has left; say nothing more
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:  # a full disk, a closed terminal
            with Path(os.devnull).open("wb") as nowhere:  # so that the end of the process does not fail for it again
                os.dup2(nowhere.fileno(), 1)
            echo(f"csea-stats: the output could not be written: {error.strerror or error}", err=True)
            ctx.exit(MISTAKE)


class _Writers(click.Choice[str]):
    """The writers' names, looked up where a table is written: other commands start without them."""

    def __init__(self) -> None:
        self.case_sensitive = True

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        from csea_stats.report.tables import WRITERS

        return tuple(WRITERS)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="csea-stats", prog_name="csea-stats")
def main() -> None:
    """Honest conclusions from a small published survey."""


class _Named(click.ParamType[str]):
    """A shipped file's name or a path, looked for before the packages are loaded: a mistake is told at once."""

    name = "text"

    def __init__(self, what: str, *, answers: bool = False) -> None:
        self.what = what
        self.answers = answers

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from csea_stats.survey.named_files import content_of, own_path, shipped_folder, shipped_names, survey_names

        if self.what == "model" and ("~" in value or "\n" in value):
            return value
        if self.answers and _is_answers(value):
            return str(_AnswersFile().convert(value, param, ctx))
        names = shipped_names(shipped_folder("models")) if self.what == "model" else survey_names()
        path = own_path(self.what, value, names)
        if path is not None:
            content_of(value, path)
        return value


class _AnswersFile(click.Path):
    """The path of a file of answers, or what else may stand there; it has to be there."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from csea_stats.survey.named_files import survey_names

        path = Path(str(super().convert(value, param, ctx)))
        if not path.exists() and str(path) not in survey_names():
            raise AnswersError(str(path), ["there is no such file"])
        return path


_survey = click.argument("survey", type=_Named("survey"), default=SHIPPED)
_level = click.option("--level", type=float, default=0.95, show_default=True, help="Level of every interval.")
_claims = click.option("--claims", help="A claim file; by default the shipped claims about the survey.")
_format = click.option("--format", "style", type=_Writers(), default="table", show_default=True)


@main.command()
@click.argument("source", metavar="[SURVEY]", type=_Named("survey", answers=True), default=SHIPPED)
@click.option(
    "--out",
    default="csea-report",
    show_default=True,
    help="Folder to write into.",
)
@click.option("--codebook", type=_Named("codebook"), help="Of SURVEY, a file of answers: what its columns hold.")
@click.option("--model", "models", multiple=True, help="A model to fit to the answers; may be given several times.")
@_claims
@_level
@click.option("--png", is_flag=True, help="Draw every figure as PNG too.")
def report(source: str, out: str, codebook: str | None, models: Sequence[str], **settings: Any) -> None:
    """Write the page, the tables and the figures of SURVEY: a shipped name, a survey file, or a file of answers."""
    if _is_answers(source) and codebook is None:
        message = (
            f"{source}: found a file of answers; give --codebook, what its columns hold (csea-stats codebook "
            f"{Path(source).name} drafts one), or the name of the survey that was answered"
        )
        raise InputError(message)
    from csea_stats import load_survey, read_respondents
    from csea_stats.publication.writing import checked_folder
    from csea_stats.workflow import made_report

    checked_folder(out)  # a mistake is told before the work is done
    found = read_respondents(Path(source), codebook) if codebook else load_survey(source)
    told = {"codebook": codebook, "claims": settings["claims"]}
    again = ["csea-stats", "report", Path(source).name]
    again += [part for key, value in told.items() if value for part in (f"--{key}", Path(value).name)]
    again += [part for model in models for part in ("--model", model)]
    again += ["--level", f"{settings['level']:g}"] if settings["level"] != 0.95 else []
    made = made_report(found, out, models=models, again=shlex.join(again), **settings)
    survey = made.survey
    cells = sum(len(question.cells) for question in survey.question)
    echo(
        f"Read      {survey.id}: {people_words(survey.people)}, {number_of(len(survey.question), 'questions')}, "
        f"{number_of(cells, 'counts' if survey.sample else 'printed cells')}"
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
    echo(f"Wrote     {Path(out) / names[0]}, {', '.join(names[1:])}, {number_of(figures, 'figures')}")
    if made.older:
        kept = f"{number_of(len(made.older), 'files')} of an earlier run, such as {made.older[0].name}"
        echo(f"Kept      {kept}: take them out before the folder is passed on", err=True)


def _is_answers(source: str) -> bool:
    """Whether a file holds answers, by its ending."""
    from csea_stats.survey.named_files import ANSWERS

    return Path(source).suffix.lower() in ANSWERS


@main.command()
@_survey
@_format
@click.option(
    "--layout",
    help="A table for a publication instead: topline, contrasts, tiers, ranks, coefficients, claims or audit.",
)
@click.option("--question", multiple=True, help="With --layout: of these questions alone.")
@click.option("--out", type=click.Path(path_type=Path), help="With --layout: a file (.docx .xlsx .html .md .tex .csv).")
def tables(survey: str, style: str, layout: str | None, question: Sequence[str], out: Path | None) -> None:
    """Print every printed cell of SURVEY, a row each; or a table for a publication, by its layout."""
    from csea_stats import load_survey

    if layout is None:
        if out is not None or question:
            raise click.UsageError("--out and --question go with --layout, such as --layout topline")
        from csea_stats.report.tables import survey_table, write_table

        echo(write_table(survey_table(load_survey(survey)), style), nl=False)
        return
    made = _laid_out(survey, layout, question)
    if out is not None:
        echo(f"Wrote {made.save(out)}.")
        return
    told = {"csv": made.to_csv, "json": made.to_json}.get(style)
    echo(told() if told else made.to_text(), nl=told is None)


def _laid_out(survey: str, layout: str, questions: Sequence[str]) -> Table:
    """Return a survey's estimates, claims or audit as a table for a publication."""
    from csea_stats import Estimates, audit, check_claims, estimate, load_survey

    known = load_survey(survey)
    if layout == "audit":
        return audit(known).table()
    if layout == "claims":
        return check_claims(known).table()
    labels = {one.id: one.label for one in known.question}
    for name in questions:
        if name not in labels:
            raise UnknownName("question", name, tuple(labels))
    found = estimate(known)
    if questions:
        found = Estimates(one for one in found if one.question in questions)
    return found.table(layout, labels=labels)  # type: ignore[arg-type]


@main.command("audit")
@_survey
@click.option("--strict", is_flag=True, help="Exit with status 1 if anything printed is inconsistent.")
@click.option("--answers", type=_AnswersFile(), help="Respondents' answers, held against print as well.")
@click.option("--codebook", type=_Named("codebook"), help="Of the answers; by default that of SURVEY.")
@_format
def audit_command(survey: str, answers: Path | None, codebook: str | None, style: str, *, strict: bool) -> None:
    """Say which printed numbers of SURVEY cannot be true together.

    As csv or json also with the cells, what could explain each finding, and what the check could have caught.
    """
    from csea_stats import audit, compare_answers, load_survey
    from csea_stats.report.tables import audit_lines, audit_table, write_table

    checked = audit(load_survey(survey))
    if answers is not None:
        compared = compare_answers(checked.survey, _read(answers, codebook, survey))
        checked = replace(checked, findings=(*checked.findings, *compared))
    echo(write_table(audit_lines(checked) if style == "table" else audit_table(checked), style), nl=False)
    if strict and any(finding.verdict == "inconsistent" for finding in checked.findings):
        click.get_current_context().exit(FAILED)


@main.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--survey", type=_Named("survey"), help="The survey that the numbers were made of, if it is not shipped.")
@click.option("--answers", type=_AnswersFile(), help="Respondents' answers that they were made of.")
@click.option("--codebook", type=_Named("codebook"), help="Of the answers.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def verify_command(
    file: Path, survey: str | None, answers: Path | None, codebook: str | None, *, as_json: bool
) -> None:
    """Make every number of FILE (estimates or claims as JSON) again; exit with status 1 if one differs."""
    import json
    from collections import Counter
    from dataclasses import asdict

    from csea_stats import load_survey, verify

    data = (
        _read(answers, codebook, survey or SHIPPED) if answers is not None else load_survey(survey) if survey else None
    )
    rows = verify(file, data)
    counted = Counter(row.state for row in rows)
    if as_json:
        echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))
    else:
        for row in rows:
            if row.state != "same":
                echo(str(row))
        echo(", ".join(f"{number} {state}" for state, number in counted.items()) or "no numbers")
    if counted["differs"]:
        click.get_current_context().exit(FAILED)


@main.command("certify")
@click.argument("what", type=click.Choice(["proportion", "difference", "paired_difference"]))
@click.option("--method", help="By default the first of that call.")
@click.option("--n", "bases", multiple=True, help="A base, of a difference two: 24/25; may be given several times.")
@_level
def certify_command(what: str, bases: Sequence[str], **settings: Any) -> None:
    """Enumerate how often the intervals of WHAT cover, and how often verdicts err and decide."""
    from csea_stats.calibration.certifying import bases_of, certify

    echo(certify(what, n=bases_of(bases), **settings))


@main.command("plan")
@click.option("--width", type=float, help="How wide an interval of a share may be: .1 is ten points.")
@click.option("--truth", type=float, multiple=True, help="Or the share that is supposed; of two groups both.")
@click.option("--threshold", type=float, help="Of one share; by default .5.")
@click.option("--power", type=float, default=0.8, show_default=True, help="Probability that the claim is supported.")
@_level
def plan_command(truth: tuple[float, ...], **settings: Any) -> None:
    """Say how many answers a width, or a verdict, takes."""
    from csea_stats import plan

    echo(plan(truth=truth[0] if len(truth) == 1 else truth or None, **settings))  # type: ignore[arg-type]


@main.command("claims")
@_survey
@_claims
@_format
@_level
def claims_command(survey: str, claims: str | None, style: str, level: float) -> None:
    """Put every statement of a report on SURVEY to the test, for each target."""
    from csea_stats import check_claims, load_survey
    from csea_stats.report.claims import claims_table, verdicts_table
    from csea_stats.report.tables import write_table

    found = check_claims(load_survey(survey), claims, level=level)
    table = verdicts_table(found) if style == "table" else claims_table(found)
    echo(found.to_json() if style == "json" else write_table(table, style), nl=style == "json")


@main.command("estimate", context_settings={"ignore_unknown_options": True})
@click.argument("counts", nargs=-1, required=True, metavar="COUNT/BASE [COUNT/BASE]")
@click.option("--method", help="The interval's method; by default Jeffreys, or Logistic for an odds ratio.")
@click.option("--measure", help="Of two shares: difference (by default), ratio or odds-ratio.")
@click.option("--tau", type=float, multiple=True, help="Estimate for the population at this selection strength.")
@_level
def estimate_command(
    counts: Sequence[str], method: str | None, measure: str | None, tau: Sequence[float], level: float
) -> None:
    """Estimate a share (35/49), or the difference of two (7/7 28/42)."""
    pairs = [_pair(text) for text in counts]
    from csea_stats import Population, Selection, Superpopulation, difference, proportion

    targets: list[Target] = [Population(Selection(tau=value)) for value in tau] or [Superpopulation()]
    chosen: dict[str, Any] = {"target": targets, "level": level} | ({"method": method} if method else {})
    if len(pairs) == 1 and measure is None:
        echo(proportion(*pairs[0], **chosen))
    elif len(pairs) == 1:
        message = f"--measure {measure} compares two shares; found one ({counts[0]}); allowed is 7/7 28/42"
        raise InputError(message)
    elif len(pairs) == 2:
        chosen |= {"measure": measure} if measure else {}
        echo(difference(pairs[0], pairs[1], **chosen))
    else:
        message = f"found {len(pairs)} shares; allowed is one (35/49) or two (7/7 28/42)"
        raise InputError(message)


def _pair(text: str) -> tuple[int, int]:
    count, _, base = text.partition("/")
    try:
        return int(count), int(base)
    except ValueError:
        message = f"{text!r}: allowed is COUNT/BASE in whole numbers, such as 35/49"
        raise InputError(message) from None


@main.command("new")
@click.argument("name")
def new_command(name: str) -> None:
    """Write NAME.toml, a commented survey file to start from, and the schema that editors check it by."""
    from csea_stats.encoding.starting import skeleton
    from csea_stats.publication.writing import write_files

    path = Path(name)
    files = skeleton(path.name)
    if (path.parent / files[0][0]).exists():
        message = f"NAME: {path.parent / files[0][0]} is there already and is not overwritten; give another name"
        raise InputError(message)
    for written in write_files(path.parent, files):
        echo(f"Wrote     {written}")


@main.command("import")
@click.argument("source", default="-")
def import_command(source: str) -> None:
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
        echo(draft(grids_of(pasted, "the paste")))
    else:
        echo(draft(read_grids(source)))


@main.command("codebook")
@click.argument("file")
@click.option("--sheet", help="Of a workbook; by default the fullest that is shown.")
def codebook_command(file: str, sheet: str | None) -> None:
    """Draft the codebook of the answers in FILE (.csv, .xlsx, .sav, .dta); read its remarks before it is used."""
    from csea_stats import draft_codebook
    from csea_stats.drafting.codebook_drafts import draft_summary

    book = draft_codebook(file, sheet=sheet)
    echo(book.to_toml(), nl=False)
    echo(draft_summary(book), err=True)


@main.command("check")
@click.argument("file", type=_Named("survey"))
def check_command(file: str) -> None:
    """Say whether the survey FILE is right, and what it holds; else every mistake with its line."""
    from csea_stats import load_survey
    from csea_stats.encoding.starting import inventory

    echo(inventory(load_survey(file)))


@main.command("bases", context_settings={"ignore_unknown_options": True})
@click.argument("percents", nargs=-1, required=True, metavar="PERCENT...")
@click.option("--at-most", type=int, default=1000, show_default=True, help="The largest base that is tried.")
@click.option("--ticks", is_flag=True, help="They are shares of one total: the counts sum to the base.")
def bases_command(percents: Sequence[str], at_most: int, *, ticks: bool) -> None:
    """Say of how many people (or ticks) printed percentages can be: 18.3 21.7 60."""
    from csea_stats import bases_for
    from csea_stats.auditing.bases import runs

    found = bases_for(percents, at_most=at_most, ticks=ticks)
    told = [f"{percent.rstrip(' %')}%" for percent in percents]
    printed = " and ".join(filter(None, (", ".join(told[:-1]), told[-1]))) + (", all of one total" if ticks else "")
    if found:
        echo(f"{len(found)} of the bases 1 to {at_most} allow{'s' * (len(found) == 1)} {printed}: {runs(found)}")
    else:
        echo(f"None of the bases 1 to {at_most} allows {printed}")


@main.command()
def surveys() -> None:
    """List the surveys shipped with the package."""
    from csea_stats import load_survey, survey_names

    for name in survey_names():
        found = load_survey(name)
        echo(f"{name}: {found.source.title} ({found.source.country}, {found.source.year}; n = {found.respondents})")


@main.group(invoke_without_command=True, cls=_Commands)
@click.pass_context
def models(ctx: click.Context) -> None:
    """List the models shipped with the package; `models show NAME` tells one in full."""
    if ctx.invoked_subcommand is None:
        from csea_stats import load_model, model_names

        for name in model_names():
            echo(f"{name}: {load_model(name).question}")


@models.command("show")
@click.argument("name", type=_Named("model"))
@click.option("--toml", is_flag=True, help="The file itself, to start one of your own from.")
def models_show(name: str, *, toml: bool) -> None:
    """Print the card of model NAME (a shipped name, a file, or a formula)."""
    from csea_stats.regression.fitting import as_model
    from csea_stats.report.model_card import model_card

    found = as_model(name)
    echo(found.to_toml() if toml else model_card(found), nl=False)


@main.command("fit")
@click.argument("model", type=_Named("model"))
@click.argument("data", type=_AnswersFile())
@click.option("--codebook", type=_Named("codebook"), help="A codebook file, or the survey that was answered.")
@click.option("--method", type=click.Choice(["bayes", "frequentist"]), default="bayes", show_default=True)
@click.option("--engine", help="laplace, nuts; log-f, ml, firth. By default the method's first.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write a page, tables, figures and the card into."
)
@click.option("--save", type=click.Path(path_type=Path), help="Folder for the fit itself, which holds the answers.")
@_level
def fit_command(
    model: str, data: Path, codebook: str | None, out: Path | None, save: Path | None, **settings: Any
) -> None:
    """Fit MODEL (a shipped name, a file, or a formula) to the answers in DATA.

    DATA is a file of respondents' answers, or a survey (a shipped name or a .toml file) whose print is enough for it.
    """
    from csea_stats import fit
    from csea_stats.publication.writing import write_files
    from csea_stats.report.files import fit_files
    from csea_stats.report.fit_page import fit_html

    answers = _answers(model, data, codebook)
    found = fit(model, answers, **settings)
    echo(found.summary())
    effects = found.effects()
    for estimate in effects if out is None else effects[:1]:
        echo(f"\n{estimate}")
    if out is not None:
        page = ("fit.html", fit_html(found, getattr(answers, "funnel", None)).encode())
        written = write_files(out, [page, *fit_files(found)])
        if len(effects) > 1:
            echo(f"\nIn sentences.txt a sentence for each of the {len(effects)} effects")
        echo(f"\nWrote     {', '.join(path.name for path in written)} into {out}")
    if save is not None:
        echo(f"Saved     the fit into {found.save(save)}: for those who may see the answers")


def _answers(model: str, data: Path, codebook: str | None) -> Microdata | Tabulation:
    """Read respondents' answers, or what a survey prints of the model's outcome by its predictor."""
    from csea_stats import load_survey, survey_names, tabulate
    from csea_stats.regression.fitting import as_model

    named = str(data) in survey_names() and not data.exists()
    if not named and data.suffix.lower() != ".toml":
        return _read(data, codebook, SHIPPED)
    asked = as_model(model)
    if len(asked.predictor) > 1:
        message = (
            f"DATA: found a survey; print tells one question by the groups of another, and {asked.formula!r} asks for "
            f"{len(asked.predictor)} predictors. Give a file of respondents' answers"
        )
        raise InputError(message)
    by = asked.predictor[0].name if asked.predictor else None
    return tabulate(load_survey(str(data)), asked.outcome.name, by=by)


def _read(data: Path, codebook: str | None, survey: str) -> Microdata:
    """Read respondents' answers; without a codebook they have to be answers to a survey, column for column."""
    from csea_stats import read_respondents
    from csea_stats.respondents.codebook_files import load_codebook
    from csea_stats.respondents.readers import read_table
    from csea_stats.respondents.reading import columns_of

    _, absent = ({}, []) if codebook else columns_of(load_codebook(survey), read_table(data))
    if absent:
        more = f", nor {len(absent) - 1} more" if absent[1:] else ""
        message = (
            f"{data}: {absent[0].partition(';')[0]}{more} of the survey {survey!r}; give --codebook, a codebook file "
            "(.toml) or the name of the survey that was answered"
        )
        raise InputError(message)
    return read_respondents(data, codebook or survey)


@main.command()
@_survey
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same answers.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="CSV file to write.")
def synthesise(survey: str, seed: int, out: Path) -> None:
    """Make SYNTHETIC answers that add up to SURVEY (a shipped name or a file): for examples, no evidence."""
    if out.suffix.lower() != ".csv":
        message = f"--out: found {str(out)!r}; allowed is a file that ends in .csv"
        raise InputError(message)
    from csea_stats import load_survey
    from csea_stats import synthesise as make
    from csea_stats.publication.writing import write_files

    data = make(load_survey(survey), seed=seed)
    (written,) = write_files(out.parent, [(out.name, data.to_csv().encode())])
    echo(
        f"Wrote     {written}: {number_of(len(data), 'SYNTHETIC respondents')}, "
        f"{number_of(len(data.columns), 'variables')}; no evidence"
    )
    echo(f"Invented  {', '.join(data.invented) or 'nothing'}")
