"""Write a set of named files into a folder: the only place of the page's stage that touches the disk.

Every file is first written whole under a temporary name in its own folder; then each replaces its target at once.
A failure before the first replacement changes nothing and leaves no temporary behind.
"""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from csea_stats.errors import InputError, OutputError, check_kind
from csea_stats.regression.effects import shared_predictions
from csea_stats.regression.plots import kinds_of, size
from csea_stats.report.claims import claims_table
from csea_stats.report.context import context_of
from csea_stats.report.drawing import sheet_svg
from csea_stats.report.fit_page import fit_html
from csea_stats.report.model_card import methods_paragraph, model_card
from csea_stats.report.page import fit_page_name, page_html
from csea_stats.report.png import png_bytes
from csea_stats.report.sheets import question_sheets
from csea_stats.report.tables import audit_table, estimates_table, to_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    found = [(f"{name}.csv", told.to_frame().to_csv(index=False).encode()) for name, told in tables.items()]
    found += [
        ("effects.json", effects.to_json().encode()),
        ("sentences.txt", ("\n\n".join(map(str, effects)) + "\n").encode()),
        ("summary.txt", (fit.summary() + "\n").encode()),
        ("methods.md", (methods_paragraph(fit) + "\n").encode()),
        ("model-card.md", model_card(fit.design.resolved).encode()),
        ("model.toml", fit.model.to_toml().encode()),
    ]
    return [*found, *((f"{kind}.svg", _svg(fit, kind, effects)) for kind in kinds_of(fit))]


def _svg(fit: Fit, kind: str, effects: Estimates) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "csea", "svg.fonttype": "path"}):
        figure = Figure(figsize=size(fit, kind, effects), layout="constrained")
        FigureCanvasSVG(figure)
        fit.plot(kind, ax=figure.add_subplot())
        content = io.BytesIO()
        figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()


def write_files(folder: str | os.PathLike[str], files: Iterable[tuple[str, bytes]]) -> tuple[Path, ...]:
    """Write named files into a folder; everything else in it stays as it is.

    Parameters
    ----------
    folder : path
        Made if missing, with its parents.
    files : iterable of (name, bytes)
        Names are relative, parts separated by "/"; a subfolder is made if missing.

    Returns
    -------
    tuple of Path
        The files written, in the order given.

    Raises
    ------
    OutputError
        If a folder or a file cannot be written; names the path. Unless it says which files were replaced, nothing was.
    """
    root = checked_folder(folder)
    wanted = tuple((root.joinpath(*_parts(name)), content) for name, content in files)
    made = _folders(root, tuple(path for path, _ in wanted))
    temporaries: list[tuple[str, Path]] = []
    try:
        for path, content in wanted:
            temporaries.append((_written(path, content), path))
    except BaseException:  # an interruption too leaves nothing behind
        _discard([name for name, _ in temporaries], made)
        raise
    replaced: list[Path] = []
    for position, (temporary, path) in enumerate(temporaries):
        try:
            os.replace(temporary, path)  # noqa: PTH105 - the call whose atomicity is meant
        except OSError as error:
            _discard([name for name, _ in temporaries[position:]], () if replaced else made)
            done = (
                f" Already replaced: {', '.join(p.name for p in replaced)}." if replaced else " Nothing was replaced."
            )
            message = f"{path}: could not be written ({_reason(error)}).{done}"
            raise OutputError(message) from error
        replaced.append(path)
    return tuple(path for path, _ in wanted)


def checked_folder(folder: str | os.PathLike[str]) -> Path:
    """Return a folder to write into, whether or not it is there yet.

    Raises
    ------
    InputError
        If it is no path.
    OutputError
        If it is the empty text.
    """
    check_kind("the folder to write into", folder, str, os.PathLike)
    if not os.fspath(folder):
        message = "the folder to write into: found '' (an unset variable?); allowed is a path, '.' for this folder"
        raise OutputError(message)
    return Path(folder)


def _parts(name: str) -> tuple[str, ...]:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or any(part in ("..", "") or "\\" in part or ":" in part for part in parts):
        message = f"a file's name: found {name!r}; allowed is a relative path without '..'"
        raise InputError(message)
    return parts


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _folders(root: Path, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Make the folders that are missing and return them; refuse a target that is a folder or lies behind a link."""
    made: list[Path] = []
    try:
        for folder in dict.fromkeys((root, *(path.parent for path in paths))):
            _refuse_link(folder, root)
            for new in reversed([f for f in (folder, *folder.parents) if not f.exists() and not f.is_symlink()]):
                new.mkdir()
                made.append(new)
            _refuse_file(folder)
        for path in paths:
            _refuse_folder(path)
    except OutputError:
        _discard([], made)
        raise
    except OSError as error:
        _discard([], made)
        message = f"{error.filename or root}: could not be made ({_reason(error)}); nothing was written."
        raise OutputError(message) from error
    return tuple(made)


def _refuse_link(folder: Path, root: Path) -> None:
    if folder != root and folder.is_symlink():
        message = f"{folder}: is a link to another place; nothing was written. Remove it or choose another folder."
        raise OutputError(message)


def _refuse_file(folder: Path) -> None:
    if not folder.is_dir():
        message = f"{folder}: is a file, not a folder; nothing was written. Choose another folder."
        raise OutputError(message)


def _refuse_folder(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        message = f"{path}: is a folder where a file is to be written; nothing was written. Move it away."
        raise OutputError(message)


def _written(path: Path, content: bytes) -> str:
    """Write a file whole under a temporary name beside its target and return that name."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:60]}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        message = f"{path.parent}: cannot be written to ({_reason(error)}); nothing was replaced."
        raise OutputError(message) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o666 & ~_umask())
    except OSError as error:
        _discard([name], ())
        message = f"{path}: could not be written ({_reason(error)}); nothing was replaced."
        raise OutputError(message) from error
    return name


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _discard(temporaries: Iterable[str], folders: Iterable[Path]) -> None:
    """Remove temporaries, and the folders that were made for them where they are empty."""
    for name in temporaries:
        Path(name).unlink(missing_ok=True)
    for folder in reversed(tuple(folders)):
        try:
            folder.rmdir()
        except OSError:
            continue


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
    png : bool, default False
        Whether every figure is drawn as PNG too.

    Returns
    -------
    tuple of (name, bytes)
        ``report.html``, ``fit-1.html`` and so on for each model, ``estimates.csv``, ``estimates.json``,
        ``audit.csv`` (of answers ``survey.toml``, their counts), ``claims.csv`` if there are claims, then
        ``figures/<question>.svg``, and ``.png`` if asked for. The same input gives the same bytes: no clock is in them.
    """
    sheets = question_sheets(context_of(survey, audit, estimates))
    texts = (
        ("report.html", page_html(survey, audit, estimates, claims, fits, again, models=models)),
        *((fit_page_name(place), fit_html(one, funnel)) for place, one in enumerate(models, 1)),
        ("estimates.csv", to_csv(estimates_table(estimates))),
        ("estimates.json", estimates.to_json()),
        ("audit.csv", to_csv(audit_table(audit))) if survey.sample is None else ("survey.toml", survey.to_toml()),
        *([("claims.csv", to_csv(claims_table(claims)))] if claims else []),
        *((f"figures/{name}.svg", sheet_svg(sheet)) for name, sheet in sheets),
    )
    return (
        *((name, text.encode("utf-8")) for name, text in texts),
        *((f"figures/{name}.png", png_bytes(sheet)) for name, sheet in sheets if png),
    )
