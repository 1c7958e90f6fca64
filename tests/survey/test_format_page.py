"""The description of the format names every key, and no limit that is not the code's."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from csea_stats.survey import survey as shape
from csea_stats.survey.loading import LARGEST
from csea_stats.survey.short_forms import DEFAULTS, MATRIX, MORE_OF_FILE, MORE_OF_QUESTION

PAGE = (Path(__file__).parents[2] / "docs" / "survey-format.md").read_text(encoding="utf-8")

SECTIONS = {
    "The file": shape.Survey,
    "`[source]`": shape.Source,
    "`[targets]`": shape.TargetWords,
    "`[[question]]`": shape.Question,
    "`cells`": shape.Cell,
    "`averages`": shape.PrintedAverage,
    "`[[battery]]`": shape.Battery,
    "`[[fact]]`": shape.Fact,
    "`[[event]]`": shape.Event,
    "`[[crosstab]]`": shape.Crosstab,
}


def section(title):
    start = PAGE.index(f"## {title}")
    return PAGE[start : PAGE.find("\n## ", start + 1) if "\n## " in PAGE[start + 1 :] else None]


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_is_told(title):
    told = set(re.findall(r"`([a-z0-9_]+)`", section(title)))
    assert {field.name for field in fields(SECTIONS[title])} <= told


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("The file", MORE_OF_FILE),
        ("`[[question]]`", MORE_OF_QUESTION),
        ("`[defaults]`", DEFAULTS),
        (
            "`[[matrix]]`",
            [key for key in MATRIX if key in ("id", "label", "kind", "answers", "columns", "unit", "rows")],
        ),
    ],
)
def test_every_key_of_a_short_form_is_told(title, keys):
    assert set(keys) <= set(re.findall(r"`([a-z0-9_]+)`", section(title)))


def test_every_kind_and_status_is_told():
    for word in (
        "single",
        "ordinal",
        "yes-no",
        "pick",
        "multiple",
        "open-coded",
        "printed",
        "order",
        "unlabelled",
        "implied",
    ):
        assert f'`"{word}"`' in PAGE


def test_the_limit_is_the_codes():
    assert f"{LARGEST:,} bytes" in PAGE
    assert shape.FORMAT in PAGE
