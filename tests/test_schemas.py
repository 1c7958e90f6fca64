"""The shipped JSON Schemas and the classes say the same."""

from __future__ import annotations

import re
import runpy
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from csea_stats.survey import survey as shape
from csea_stats.survey.printed_numbers import percent_keys, plain_percent
from csea_stats.survey.short_forms import DEFAULTS, MATRIX

MAKER = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "schemas.py"))
OWN = Path(__file__).parent / "survey" / "data" / "adelaide-students.toml"
SHORT = {"Survey": {"defaults", "answers", "matrix"}, "Question": {"answers", "counts", "percents"}}
"""Keys that only the short forms have."""
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
        "PrintedAverage",
        "Group",
        "Battery",
        "BatteryCell",
        "Fact",
        "Event",
    ):
        names, required = described(made, name)
        plain = [field.name for field in fields(getattr(shape, name))]
        assert list(names)[: len(plain)] == plain
        assert set(names) - set(plain) == SHORT.get(name, set())
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
            question.pop("named", None)
        assert keys(document) <= known


def test_the_schema_tells_the_short_forms():
    made = schema()
    matrix, row = made["$defs"]["Matrix"], made["$defs"]["Row"]
    assert set(matrix["properties"]) == set(MATRIX)
    assert set(matrix["required"]) <= set(MATRIX)
    assert set(row["properties"]) == {"values", *made["$defs"]["Question"]["properties"]}
    assert set(made["properties"]["defaults"]["properties"]) == set(DEFAULTS)
    assert all(matrix["properties"][key].get("description") for key in ("answers", "columns", "unit", "rows"))
    assert "where" not in made["$defs"]["Cell"]["required"]
    assert made["anyOf"] == [{"required": ["question"]}, {"required": ["matrix"]}]


@pytest.mark.few(2)
@pytest.mark.parametrize(
    "printed", ["41", "8.0", "12,5 %", "<1", "29-31", "less than 1%", "100.0", "101", "-8", "x", ""]
)
def test_the_schema_takes_a_percentage_where_the_reader_does(printed):
    percent = schema()["$defs"]["Cell"]["properties"]["percent"]["anyOf"][0]
    assert bool(re.search(percent["pattern"], printed)) == (percent_keys(printed) is not None)
    listed = schema()["$defs"]["Cell"]["properties"]["unlabelled"]["anyOf"][0]["items"]
    assert bool(re.search(listed["pattern"], printed)) == (plain_percent(printed) is not None)
