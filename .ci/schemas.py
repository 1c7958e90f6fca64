"""Write the JSON Schemas that are shipped beside the surveys and the claims, from the classes that check a file.

Run by hand after a class changes: ``uv run python .ci/schemas.py``. A test says when a shipped schema no longer fits.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from csea_stats.claims.format import FORMAT as CLAIMS
from csea_stats.claims.format import ClaimFile
from csea_stats.survey.survey import FORMAT as SURVEY
from csea_stats.survey.survey import Survey

PACKAGE = Path(__file__).parents[1] / "csea_stats"
SHIPPED: dict[Path, tuple[str, type]] = {
    PACKAGE / "survey" / "data" / "csea-survey-1.schema.json": (f"A survey file, {SURVEY}", Survey),
    PACKAGE / "claims" / "data" / "csea-claims-1.schema.json": (f"A claim file, {CLAIMS}", ClaimFile),
}
"""The shipped files, with a title and the class that each is made from."""


def schema(path: Path) -> dict[str, Any]:
    """Make the JSON Schema (draft 2020-12) of a shipped file."""
    title, shape = SHIPPED[path]
    made = TypeAdapter(shape).json_schema(mode="validation")
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
