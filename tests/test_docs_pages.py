"""The pages: every call in the table of functions works."""

import re
from pathlib import Path

import pytest

import csea_stats as cs

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs/methods/index.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:-1] for line in TABLE.splitlines() if line.startswith("|")][2:]
CALLS = list(dict.fromkeys(call for row in ROWS for cell in row[1:3] for call in re.findall(r"`(.+?)`", cell)))


@pytest.fixture(scope="module")
def names():
    data = cs.read_respondents(ROOT / "examples/own_answers.csv", ROOT / "examples/own_answers.toml")
    return {name: getattr(cs, name) for name in cs.__all__} | {
        "survey": cs.load_survey("bosnia-herzegovina-2021"),
        "data": data,
    }


@pytest.mark.slow_for("estimate(survey)", 'tabulate(survey, "awareness", by="age").contrasts()')
@pytest.mark.parametrize("call", CALLS)
def test_each_call_of_the_table_of_functions_works(call, names):
    assert eval(call, names) is not None


def test_the_table_of_functions_names_a_page_in_every_row():
    for *_, page in ROWS:
        (target,) = re.findall(r"\]\((.+?)\)", page)
        assert (ROOT / "docs/methods" / target).is_file(), page


def test_every_page_is_in_the_contents():
    listed = {
        (page.parent / line.strip()).resolve()
        for page in (ROOT / "docs").rglob("*.md")
        for contents in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        for line in contents.splitlines()
        if line.strip() and not line.startswith(":")
    }
    pages = {page.resolve().with_suffix("") for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts}
    assert pages - listed == {ROOT / "docs/index"}
