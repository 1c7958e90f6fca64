"""The JSON Schema of a claim file, made from the classes that check it.

It is shipped beside the claims, so that an editor can complete and check a file while it is written.
``python -m csea_stats.claims.schema`` prints it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic import TypeAdapter

from csea_stats.claims.format import FORMAT, ClaimFile

FILE = f"{FORMAT.replace('/', '-')}.schema.json"
"""Name of the shipped schema, in the folder of the shipped claims."""


def schema() -> dict[str, Any]:
    """Make the JSON Schema (draft 2020-12) of a claim file.

    Examples
    --------
    >>> sorted(schema()["properties"])
    ['claim', 'format', 'survey']
    """
    made = TypeAdapter(ClaimFile).json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"A claim file, {FORMAT}"} | {
        key: value for key, value in made.items() if key != "title"
    }


def schema_text() -> str:
    """Give the schema as the text that is shipped."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
