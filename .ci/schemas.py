"""Write the JSON Schemas that are shipped beside the surveys and the claims, from the classes that check a file.

Run by hand after a class changes: ``uv run python .ci/schemas.py``. A test says when a shipped schema no longer fits.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from csea_stats.claims.format import FORMAT as CLAIMS
from csea_stats.claims.format import ClaimFile
from csea_stats.survey.printed_numbers import PLAIN, PRINTED, UNITS
from csea_stats.survey.short_forms import DEFAULTS, MATRIX
from csea_stats.survey.survey import FORMAT as SURVEY
from csea_stats.survey.survey import Percent, Survey

PACKAGE = Path(__file__).parents[1] / "csea_stats"
SHIPPED: dict[Path, tuple[str, type]] = {
    PACKAGE / "survey" / "data" / "csea-survey-1.schema.json": (f"A survey file, {SURVEY}", Survey),
    PACKAGE / "claims" / "data" / "csea-claims-1.schema.json": (f"A claim file, {CLAIMS}", ClaimFile),
}
"""The shipped files, with a title and the class that each is made from."""


STRICT = json.dumps(TypeAdapter(Percent).json_schema()["pattern"])
"""The pattern of a percentage in the plain document."""

ANSWERS: dict[str, Any] = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
NUMBER: dict[str, Any] = {
    "type": ["integer", "string"],
    "description": 'A whole number, or the text as printed: "8.5", "12,5", "<1", "29-31", "12 (58%)"; "" for none.',
}
NUMBERS: dict[str, Any] = {"type": "object", "additionalProperties": NUMBER, "minProperties": 1}
NAMED: dict[str, Any] = {"anyOf": [ANSWERS, {"type": "string"}]}

SHORT: dict[str, dict[str, Any]] = {
    "answers": {**NAMED, "description": "The answers, or the name of a list in [answers]; instead of categories."},
    "counts": {**NUMBERS, "description": "Printed numbers of respondents by answer, instead of cells."},
    "percents": {**NUMBERS, "description": "Printed percentages by answer, instead of cells."},
    "unit": {"enum": list(UNITS), "description": 'What the numbers are; in "12 (58%)" the first of the two.'},
    "columns": {
        "type": "array",
        "items": {"anyOf": [{"type": "string"}, ANSWERS]},
        "description": "The answer of each number, or the answers of a sum, where they are not the answers in order.",
    },
}
"""Short forms of a question or a matrix."""


def with_short_forms(made: dict[str, Any]) -> dict[str, Any]:
    """Add to the schema of the plain document what a survey file may hold instead."""
    definitions, properties = made["$defs"], made["properties"]
    for holder in ("Cell", "BatteryCell"):
        keys = definitions[holder]["properties"]
        definitions[holder]["required"].remove("where")
        keys["where"]["description"] = "The figure or section; left out: that of the question, or of [defaults]."
        for name in ("percent", "unlabelled", "range"):
            if name in keys:
                pattern = json.dumps(PRINTED if name == "percent" else PLAIN)
                keys[name] = json.loads(json.dumps(keys[name]).replace(STRICT, pattern))
    question = definitions["Question"]["properties"]
    question |= {key: SHORT[key] for key in ("answers", "counts", "percents")}
    shared = {key: question[key] for key in question if key in MATRIX and key not in SHORT}
    row = {"anyOf": [{"type": "array", "items": NUMBER, "minItems": 1}, {"$ref": "#/$defs/Row"}]}
    rows = {"type": "object", "additionalProperties": row, "minProperties": 2}
    matrix = shared | {key: SHORT[key] for key in ("answers", "columns", "unit")}
    matrix |= {"rows": {**rows, "description": "A list of numbers for each question, by its label."}}
    matrix["cells"] = definitions["Battery"]["properties"]["cells"]
    definitions["Matrix"] = {
        "type": "object",
        "description": "A battery as a table: a row of printed numbers for each question.",
        "properties": {key: matrix[key] for key in MATRIX},
        "required": ["id", "label", "kind", "unit", "rows"],
        "additionalProperties": False,
    }
    values = {"type": "array", "items": NUMBER, "description": "The row's numbers."}
    definitions["Row"] = {
        "type": "object",
        "description": "A row with keys of its own: any of a question.",
        "properties": {"values": values, **question},
        "required": ["values"],
        "additionalProperties": False,
    }
    defaults = {key: NAMED if key == "answers" else question[key] for key in DEFAULTS}
    properties["defaults"] = {
        "type": "object",
        "description": "What every question and matrix takes that does not say otherwise.",
        "properties": defaults,
        "additionalProperties": False,
    }
    properties["answers"] = {
        "type": "object",
        "description": "Lists of answers by name, for questions that share them.",
        "additionalProperties": ANSWERS,
    }
    properties["matrix"] = {"type": "array", "items": {"$ref": "#/$defs/Matrix"}}
    made["required"].remove("question")
    return made | {"anyOf": [{"required": ["question"]}, {"required": ["matrix"]}]}


def schema(path: Path) -> dict[str, Any]:
    """Make the JSON Schema (draft 2020-12) of a shipped file."""
    title, shape = SHIPPED[path]
    made = TypeAdapter(shape).json_schema(mode="validation")
    made = with_short_forms(made) if shape is Survey else made
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title} | {
        key: value for key, value in made.items() if key != "title"
    }


def text(path: Path) -> str:
    """Give the schema as the text that is shipped."""
    return json.dumps(schema(path), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write both."""
    for path in SHIPPED:
        path.write_text(text(path), encoding="utf-8")


if __name__ == "__main__":
    main()
