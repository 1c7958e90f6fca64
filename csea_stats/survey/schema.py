"""The JSON Schema of a survey file, made from the classes that check it.

It is shipped beside the surveys, so that an editor can complete and check a file while it is written; a test holds
it equal to the classes. ``python -m csea_stats.survey.schema`` prints it.
"""

from __future__ import annotations

import json
import sys
from importlib import resources
from typing import Any

from pydantic import TypeAdapter

from csea_stats.survey.format import FORMAT, Survey

FILE = f"{FORMAT.replace('/', '-')}.schema.json"
"""Name of the shipped schema, in the folder of the shipped surveys."""


def schema() -> dict[str, Any]:
    """Make the JSON Schema (draft 2020-12) of a survey file.

    Examples
    --------
    >>> schema()["properties"]["respondents"]["minimum"]
    1
    """
    made = TypeAdapter(Survey).json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"A survey file, {FORMAT}"} | {
        key: value for key, value in made.items() if key != "title"
    }


def schema_text() -> str:
    """Give the schema as the text that is shipped."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def shipped_schema() -> str:
    """Give the shipped file's text."""
    return (resources.files("csea_stats") / "survey" / "data" / FILE).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.write(schema_text())
