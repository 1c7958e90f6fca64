"""Read a model: by the name of a shipped one, or from a TOML file of the reader's own. Nothing in it is run."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from csea_stats.errors import InputError, ModelFileError, SurveyFileError, UnknownName
from csea_stats.regression import model as shape
from csea_stats.regression.model import Model
from csea_stats.regression.priors import DEFAULTS
from csea_stats.survey.documents import Problem, decoded, file_error, parsed, shown, unknown

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from pydantic_core import ErrorDetails

    from csea_stats.survey.documents import Keys

LARGEST = 500_000
"""Bytes that a model file may have."""

_CLASSES: dict[tuple[str, ...], type] = {
    (): Model,
    ("outcome",): shape.Outcome,
    ("predictor",): shape.Predictor,
    ("priors",): shape.Priors,
    **{("priors", slot): shape.StatedPrior for slot in DEFAULTS},
    ("estimand",): shape.ModelEstimand,
}

_ALLOWED = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list in brackets",
    "dataclass_type": "a table of keys and values",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a text of at most {max_length:,} characters",
    "string_pattern_mismatch": "a name: letters, digits and hyphens",
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a whole number of at least {ge}",
    "too_short": "a list of at least {min_length}",
    "finite_number": "a finite number",
}


def _folder() -> Traversable:
    shipped = resources.files("csea_stats") / "models"
    return shipped if shipped.is_dir() else Path(__file__).parents[2] / "models"


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
    return sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))


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
    given: object = name_or_path
    name = os.fspath(given) if isinstance(given, (str, os.PathLike)) else None
    if not isinstance(name, str):
        message = (
            f"load_model: found {name_or_path!r}; allowed is the name of a shipped model or the path of a TOML file"
        )
        raise InputError(message)
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
    return read_model((_folder() / f"{name}.toml").read_bytes(), name)


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
        text = decoded(source, content)
        document = parsed(source, text)
        try:
            return _adapter().validate_json(json.dumps(document, default=str), strict=True)
        except ValidationError as error:
            raise file_error(source, text, _problems(error, document)) from None
        except RecursionError:
            raise SurveyFileError(source, ["the file nests far deeper than a model does"]) from None
    except SurveyFileError as error:
        raise ModelFileError(error.source, error.problems) from None


@cache
def _adapter() -> TypeAdapter[Model]:
    return TypeAdapter(Model)


def _problems(error: ValidationError, document: dict[str, Any]) -> list[Problem]:
    found: dict[tuple[Keys, str], Problem] = {}
    for detail in error.errors(include_url=False, include_input=False):
        problem = _problem(detail, document)
        found.setdefault((problem.path, problem.text), problem)
    return list(found.values())


def _problem(detail: ErrorDetails, document: dict[str, Any]) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    path: Keys = ()
    value: Any = document
    for part in detail["loc"]:
        inside = isinstance(value, dict) and part in value
        if inside or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            path, value = (*path, part), value[part]
    names = tuple(part for part in path if isinstance(part, str))
    if kind == "json_invalid":
        return Problem(path=(), text="the file nests far deeper than a model does")
    if kind == "unexpected_keyword_argument":
        return unknown(path, "key", names[-1], [entry.name for entry in fields(_CLASSES[names[:-1]])])
    if kind == "missing":
        return Problem(
            path=(*path, detail["loc"][-1]), text=f"the key {shown(detail['loc'][-1])} is missing; it must be given"
        )
    if kind == "value_error":  # one of the checks of spec.py, in our words
        return Problem(path=path, text=str(context["error"]))
    if kind == "literal_error":
        return Problem(path=path, text=f"found {shown(value)}; allowed is one of {context['expected']}")
    allowed = _ALLOWED.get(kind, "what docs/models.md says").format(**context)
    return Problem(path=path, text=f"found {shown(value)}; allowed is {allowed}")
