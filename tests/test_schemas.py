"""The shipped JSON Schemas and the classes say the same."""

from __future__ import annotations

import runpy
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from csea_stats.survey import survey as shape

MAKER = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "schemas.py"))
OWN = Path(__file__).parent / "survey" / "data" / "adelaide-students.toml"
SHIPPED = Path(shape.__file__).parent / "data"


@pytest.mark.parametrize("path", MAKER["SHIPPED"], ids=lambda path: path.name)
def test_the_shipped_file_is_made_from_the_classes(path):
    assert path.read_text(encoding="utf-8") == MAKER["text"](path), "run: uv run python .ci/schemas.py"


def schema():
    return MAKER["schema"](SHIPPED / "csea-survey-1.schema.json")


def described(made, definition):
    """Every key that the schema's definition of a class names, with what it must be."""
    names = made["properties"] if definition == "Survey" else made["$defs"][definition]["properties"]
    required = made["required"] if definition == "Survey" else made["$defs"][definition].get("required", [])
    return names, required


def test_keys_and_descriptions_are_those_of_the_classes():
    made = schema()
    for name in (
        "Survey",
        "Source",
        "TargetWords",
        "Question",
        "Cell",
        "Group",
        "Battery",
        "BatteryCell",
        "Fact",
        "Event",
    ):
        names, required = described(made, name)
        assert list(names) == [field.name for field in fields(getattr(shape, name))]
        assert set(required) <= set(names)
    assert made["additionalProperties"] is False
    assert "without its sign" in made["$defs"]["Cell"]["properties"]["percent"]["description"]


def keys(value):
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def test_the_schema_knows_every_key_of_the_surveys():
    known = keys(schema())
    for path in (OWN, SHIPPED / "bosnia-herzegovina-2021.toml"):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        for question in document["question"]:
            question.pop("says", None)
        assert keys(document) <= known
