"""Read a model: by the name of a shipped one, or from a TOML file of the reader's own. Nothing in it is run."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from csea_stats.errors import ModelFileError, SurveyFileError, UnknownName
from csea_stats.regression import model as shape
from csea_stats.regression.model import Model
from csea_stats.regression.priors import DEFAULTS
from csea_stats.survey.documents import AT_KIND, DocumentShape
from csea_stats.survey.named_files import name_of, shipped_folder, shipped_names

LARGEST = 500_000
"""Bytes that a model file may have."""

SHAPE = DocumentShape(
    whole=Model,
    classes={
        (): Model,
        ("outcome",): shape.Outcome,
        ("predictor",): shape.Predictor,
        ("interaction",): shape.Interaction,
        ("priors",): shape.Priors,
        **{("priors", slot): shape.StatedPrior for slot in DEFAULTS},
        ("coefficient_prior",): shape.CoefficientPrior,
        ("estimand",): shape.ModelEstimand,
    },
    at_kind=AT_KIND | {"string_pattern_mismatch": "a column's name, without backticks"},
    what="model",
    told_at="docs/models.md",
)
"""What a model file holds."""


def model_names() -> list[str]:
    """List the models that are shipped with the package.

    Returns
    -------
    list of str
        Names that `load_model` and `fit` take.

    Examples
    --------
    >>> "awareness-by-age-and-experience" in model_names()
    True
    """
    return shipped_names(shipped_folder("models"))


def load_model(name_or_path: str | os.PathLike[str]) -> Model:
    """Read a shipped model, or a model file.

    Parameters
    ----------
    name_or_path : str or path
        A name of `model_names()`, or the path of a TOML file; docs/models.md tells what it holds. Or the text of such a
        file itself, which a text with more than one line is taken to be.

    Returns
    -------
    Model

    Raises
    ------
    UnknownName
        There is neither such a model nor such a file.
    ModelFileError
        The file cannot be read or is wrong: line, key, what was found and what is allowed for each problem.

    Examples
    --------
    >>> load_model("services-by-organisation").outcome.name
    'services'
    """
    name = name_of("load_model", name_or_path, "the name of a shipped model or the path of a TOML file")
    if "\n" in name:
        return read_model(name.encode(), "the text given")
    names = model_names()
    if name in names:
        return _shipped(name)
    path = Path(name)
    written_as_path = isinstance(name_or_path, os.PathLike) or name.endswith(".toml") or len(path.parts) > 1
    if not written_as_path or "\0" in name:
        raise UnknownName("model", name, names, "Or give the path of a model file, which ends in .toml, or a formula.")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ModelFileError(name, [f"the file cannot be read: {error.strerror or error}"]) from None
    return read_model(content, name)


@cache
def _shipped(name: str) -> Model:
    return read_model((shipped_folder("models") / f"{name}.toml").read_bytes(), name)


def read_model(content: bytes, source: str) -> Model:
    """Read a model from the bytes of a file.

    Raises
    ------
    ModelFileError
        Everything wrong with it.
    """
    if len(content) > LARGEST:
        raise ModelFileError(source, [f"found more than {LARGEST:,} bytes, which no model has"])
    try:
        return SHAPE.read(source, content, lambda _: [])
    except SurveyFileError as error:
        raise ModelFileError(error.source, error.problems) from None
