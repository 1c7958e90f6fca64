"""What the subcommands take: surveys, files of answers, levels and formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from csea_stats.errors import AnswersError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from csea_stats.respondents.microdata import Microdata

SHIPPED = "bosnia-herzegovina-2021"
"""The survey that a command means when none is named."""


class FitChoice(click.ParamType[str]):
    """One of some names, which `fit` checks: the regression is not loaded to complete a word."""

    name = "text"

    def __init__(self, *names: str) -> None:
        self.names = names

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """Return the names that go on so."""
        return [CompletionItem(name) for name in self.names if name.startswith(incomplete)]


class Writers(click.Choice[str]):
    """The writers' names, looked up where a table is written: other commands start without them."""

    def __init__(self) -> None:
        self.case_sensitive = True

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names."""
        from csea_stats.report.tables import WRITERS

        return tuple(WRITERS)


class Named(click.ParamType[str]):
    """A shipped file's name or a path, looked for before the packages are loaded: a mistake is told at once."""

    name = "text"

    def __init__(self, what: str, *, answers: bool = False) -> None:
        self.what = what
        self.answers = answers

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name as it was given, if it stands for something."""
        from csea_stats.survey.named_files import content_of, own_path

        if self.what == "model" and ("~" in value or "\n" in value):
            return value
        if self.answers and is_answers(value):
            return str(AnswersFile().convert(value, param, ctx))
        path = own_path(self.what, value, self._names())
        if path is not None:
            content_of(value, path)
        return value

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """Return what of the shipped names, then of the files, goes on so."""
        found = [CompletionItem(name) for name in self._names() if name.startswith(incomplete)]
        return [*found, CompletionItem(incomplete, type="file")]

    def _names(self) -> tuple[str, ...]:
        from csea_stats.survey.named_files import shipped_folder, shipped_names, survey_names

        return tuple(shipped_names(shipped_folder("models")) if self.what == "model" else survey_names())


class AnswersFile(click.Path):
    """The path of a file of answers, or what else may stand there; it has to be there."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, if there is something."""
        from csea_stats.survey.named_files import survey_names

        path = Path(str(super().convert(value, param, ctx)))
        if not path.exists() and str(path) not in survey_names():
            raise AnswersError(str(path), ["there is no such file"])
        return path


survey_argument = click.argument("survey", type=Named("survey"), default=SHIPPED)
level_option = click.option("--level", type=float, default=0.95, show_default=True, help="Level of every interval.")
claims_option = click.option("--claims", help="A claim file; by default the shipped claims about the survey.")
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout, and nothing else.")
written_option = click.option("--format", "style", type=Writers(), default="table", show_default=True)
_as_json = click.option("--json", "style", flag_value="json", help="As --format json: nothing else on stdout.")


def format_option[Command: Callable[..., Any]](command: Command) -> Command:
    """Give a subcommand --format and --json."""
    return written_option(_as_json(command))


def is_answers(source: str) -> bool:
    """Whether a file holds answers, by its ending."""
    from csea_stats.survey.named_files import ANSWERS

    return Path(source).suffix.lower() in ANSWERS


def is_codebook(file: str) -> bool:
    """Whether a file says that it is a codebook; what is wrong with it is told where it is read."""
    import re

    from csea_stats.survey.named_files import LARGEST

    try:
        with Path(file).open("rb") as opened:
            text = opened.read(LARGEST)
    except OSError:
        return False
    return re.search(rb"""^format\s*=\s*["']csea-codebook/""", text, re.MULTILINE) is not None


def needed_codebook(answers: str, codebook: str | None) -> str:
    """Return the codebook of a file of answers.

    Raises
    ------
    InputError
        If none is named, or the file is none of answers.
    """
    if not is_answers(answers):
        message = f"--codebook {codebook} goes with a file of answers; found {answers!r}"
        raise InputError(message)
    if codebook is None:
        message = (
            f"{answers}: found a file of answers; give --codebook, what its columns hold (csea-stats codebook "
            f"{Path(answers).name} drafts one), or the name of the survey that was answered"
        )
        raise InputError(message)
    return codebook


def read_answers(data: Path, codebook: str | None, survey: str) -> Microdata:
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
