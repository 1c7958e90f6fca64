"""Read a survey: by the name of a shipped one, or from a TOML file of the reader's own."""

from __future__ import annotations

import hashlib
import json
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from csea_stats.survey.cells import base_of, cell_name
from csea_stats.survey.format import Survey

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from os import PathLike

__all__ = ["base_of", "cell_name", "fingerprint", "load_survey", "survey_names"]


def _folder() -> Traversable:
    return resources.files("csea_stats") / "survey" / "data"


def survey_names() -> list[str]:
    """List the surveys that are shipped with the package.

    Examples
    --------
    >>> survey_names()
    ['bosnia-herzegovina-2021']
    """
    return sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))


@cache
def _adapter() -> TypeAdapter[Survey]:
    return TypeAdapter(Survey)


def load_survey(name_or_path: str | PathLike[str]) -> Survey:
    """Read a survey."""
    text = (_folder() / f"{name_or_path}.toml").read_text(encoding="utf-8")
    return _adapter().validate_json(json.dumps(tomllib.loads(text), default=str), strict=True)


def fingerprint(survey: Survey) -> str:
    """Give the SHA-256 of a survey's canonical JSON."""
    return hashlib.sha256(_adapter().dump_json(survey)).hexdigest()
