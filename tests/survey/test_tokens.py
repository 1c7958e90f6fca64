"""Every number that the report prints is in the encoded survey, and every number of the survey is printed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections import Counter
from pathlib import Path

import pytest

import csea_stats as cs
from csea_stats.survey.survey import rows

REFERENCE = Path(__file__).parents[1] / "reference" / "tokens.py"


def load_tokens():
    spec = importlib.util.spec_from_file_location("report_tokens", REFERENCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOKENS = load_tokens()
LISTED = TOKENS.read()
SURVEY = cs.load_survey("bosnia-herzegovina-2021")
TABLE = rows(SURVEY)


def names(row):
    return row["holds"].split(" | ") if row["holds"] else []


def numbers(row):
    """The numbers of one row of the survey's table: percentages, counts, words for numbers, a date's parts."""
    found = Counter()
    if row.percent is not None:
        found.update(f"{TOKENS.value(part)}%" for part in row.percent.split("-"))
    worded = [TOKENS.value(token.token) for token in TOKENS.find(row.words or "")]
    found.update(set(worded) | ({str(row.count)} if row.count is not None else set()))
    if row.holder == "event":
        found.update(TOKENS.value(token.token) for token in TOKENS.find(row.item))
    return found


def test_every_token_is_a_number_of_the_survey_or_has_a_reason():
    assert len(LISTED) == 441
    for row in LISTED:
        assert bool(row["holds"]) != bool(row["reason"]), row
        assert row["reason"] in ("", *TOKENS.REASONS), row
    assert {row["reason"] for row in LISTED} - {""} == set(TOKENS.REASONS)


def test_every_token_names_a_cell_that_holds_its_number():
    by_name = {}
    for row in TABLE:
        by_name.setdefault(row.name, Counter()).update(numbers(row))
    for row in LISTED:
        for name in names(row):
            assert name in by_name, row
            number = TOKENS.value(row["token"])
            assert {number, f"{number}%"} & set(by_name[name]), row


def test_a_token_stands_where_its_cell_says():
    place = {row.name: row.where for row in TABLE}
    for row in LISTED:
        for name in names(row):
            assert place[name] == row["section"], row


def test_a_percentage_is_claimed_as_one():
    by_name = {row.name: row for row in TABLE if row.status != "unlabelled"}
    for row in LISTED:
        if row["token"].endswith(("%", "percent")):
            for name in names(row):
                assert name not in by_name or by_name[name].percent is not None, row


def test_every_number_of_the_survey_is_claimed_as_often_as_it_is_printed():
    claimed = {}
    for row in LISTED:
        for name in names(row):
            claimed.setdefault(name, Counter())[TOKENS.value(row["token"])] += 1
    held = {}
    for row in TABLE:
        if not (row.holder == "fact" and row.status == "implied"):
            held.setdefault(row.name, Counter()).update(
                {number.rstrip("%"): many for number, many in numbers(row).items()}
            )
    for name, expected in held.items():
        assert set(expected) == set(claimed.get(name, ())), name
        unlabelled = name.split("/")[-1].startswith("unlabelled")
        if unlabelled:
            assert claimed[name] == expected, name


def test_values_of_tokens():
    told = {
        "Fifty-five percent": "55",
        "two thirds": "2/3",
        "half": "1/2",
        "⁴": "4",
        "94%": "94",
        "None": "0",
        "Seven": "7",
    }
    assert {token: TOKENS.value(token) for token in told} == told


def test_what_the_tokeniser_finds():
    found = TOKENS.find("All seven (38%, n=9), 29-31%; two\nthirds.⁴ Twenty-\none percent, Covid-19 n = 246-10 years")
    assert [token.token for token in found] == (
        ["seven", "38%", "9", "29", "31%", "two thirds", "⁴", "Twenty-one percent", "19", "24", "6", "10"]
    )
    assert [(token.line, token.column) for token in found[:2] + found[6:8]] == [(1, 5), (1, 12), (2, 8), (2, 10)]


def test_the_survey_names_the_text():
    assert SURVEY.source.text_sha256 == TOKENS.SHA256


def test_the_list_is_derived_from_the_text():
    path = os.environ.get("CSEA_REPORT_TEXT")
    if not path:
        pytest.skip("CSEA_REPORT_TEXT does not name the text of the report")
    content = Path(path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == TOKENS.SHA256
    derived = [tuple(map(str, token)) for token in TOKENS.find(content.decode("utf-8"))]
    assert derived == [(row["token"], row["section"], row["line"], row["column"]) for row in LISTED]
