"""The command that prints a draft, and how long a draft of a large file takes."""

import csv
import io
import random
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from csea_stats import draft_codebook, read_respondents
from csea_stats.cli import main
from csea_stats.respondents.codebook_files import load_codebook

FOLDER = Path(__file__).parents[1] / "respondents" / "exports"


def test_the_command_prints_a_codebook_that_reads_the_file(tmp_path):
    sample = FOLDER / "google_forms.csv"
    found = CliRunner().invoke(main, ["codebook", str(sample)])
    assert (found.exit_code, found.stdout) == (0, draft_codebook(sample).to_toml())
    assert found.stderr.splitlines() == [
        "Read        5 columns as 5 variables",
        "To confirm  7 lines (?)",
        "To decide   1 line (!)",
        "Not read    3 columns",
    ]
    path = tmp_path / "book.toml"
    path.write_text(found.stdout, encoding="utf-8")
    assert len(read_respondents(sample, path)) == 10


def test_the_command_takes_a_sheet():
    workbook = str(FOLDER / "excel_merged.xlsx")
    found = CliRunner().invoke(main, ["codebook", workbook, "--sheet", "old"])
    assert found.exit_code == 2
    assert "no column can be read" in found.stderr
    found = CliRunner().invoke(main, ["codebook", workbook, "--sheet", "Answers"])
    assert load_lines(found.stdout)["sheet"] == '"Answers"'


def load_lines(text):
    return dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line and line[0] != "#")


def test_the_command_tells_what_is_wrong_as_the_others_do(tmp_path):
    found = CliRunner().invoke(main, ["codebook", str(tmp_path / "none.csv")])
    assert found.exit_code == 2
    assert found.stderr.endswith("there is no such file\n")


def test_remarks_survive_an_edit(tmp_path):
    path = tmp_path / "book.toml"
    draft = draft_codebook(FOLDER / "jotform.csv").to_toml()
    edited = draft.replace('items = ["Friday"', '# checked by Ana # twice\nitems = ["Friday", "Sunday"').replace(
        'separator = "\\n"', 'separator = "\\n" # a line each'
    )
    path.write_text(edited, encoding="utf-8")
    book = load_codebook(path)
    assert book["which_days_suit_you"].items[:2] == ("Friday", "Sunday")
    remarks = dict(book.remarks)
    assert remarks["which_days_suit_you"][1:] == ("checked by Ana # twice", "a line each")
    assert remarks[" "] == ("Not read:", '  "Submission Date": the tool\'s own column')
    path.write_text(book.to_toml(), encoding="utf-8")
    assert (load_codebook(path).remarks, load_codebook(path)) == (book.remarks, book)


@pytest.mark.slow
def test_a_large_file_is_drafted_in_the_time_that_it_takes_to_parse_it_some_times(tmp_path):
    rng, size = random.Random(1), 100_000
    columns = {"id": map(str, range(size))}
    columns |= {
        f"Please rate [item {n}]": rng.choices(["poor", "fair", "good", "", "Don't know"], k=size) for n in range(30)
    }
    columns |= {f"Q{n}": rng.choices("12345", k=size) for n in range(30)}
    columns |= {f"use[SQ{n:03}]": rng.choices(["Y", ""], k=size) for n in range(20)}
    columns |= {f"place {n}?": rng.choices(["North", "South", "East"], k=size) for n in range(15)}
    columns |= {f"km {n}": (f"{rng.random() * 1000:.1f}" for _ in range(size)) for n in range(2)}
    columns |= {"why?": (f"words {rng.random()}" if row % 5 else "" for row in range(size))}
    columns |= {"when": (f"2024-03-{row % 28 + 1:02} 10:{row % 60:02}:00" for row in range(size))}
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *zip(*columns.values(), strict=True)])
    text = path.read_text(encoding="utf-8")
    start = time.process_time()
    rows = list(csv.reader(io.StringIO(text)))
    parsing = time.process_time() - start
    assert (len(rows), len(rows[0])) == (size + 1, 100)
    del rows, text
    start = time.process_time()
    book = draft_codebook(path)
    assert len(book) == 78
    assert time.process_time() - start < 6 * parsing  # about 3 seconds where parsing takes 1
