"""The command: what it prints, and how it ends."""

import csv
import io
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main


@pytest.fixture
def run():
    runner = CliRunner()

    def call(*arguments):
        return runner.invoke(main, list(arguments), catch_exceptions=False)

    return call


def test_help_lists_the_commands(run):
    shown = run("--help")
    assert shown.exit_code == 0
    assert all(name in shown.output for name in ("report", "tables", "audit", "estimate", "surveys"))
    assert run("--version").output.startswith("csea-stats, version 0")


LIGHT = """
import sys
from click.testing import CliRunner
from csea_stats.cli import main
for line in sys.argv[1:]:
    found = CliRunner().invoke(main, line.split())
    told = found.exit_code == 0 if line.endswith("--help") else found.exit_code == 2 and found.output
    assert told, (line, found.output, found.exception)
print(*sorted({"numpy", "pydantic", "pandas", "scipy"} & set(sys.modules)))
"""


def test_help_and_a_first_mistake_load_nothing_heavy():
    lines = ["--help", "tables --help", "audit --help", "fit --help", "report nosuch", "report nosuch.csv"]
    lines += [
        "audit nosuch.toml",
        "audit --answers nosuch.csv",
        "tables --format x",
        "claims nosuch",
        "check nosuch.toml",
    ]
    lines += ["fit nosuch a.csv", "fit a~b nosuch.csv", "fit a~b README.md --codebook nosuch", "models show nosuch"]
    lines += ["estimate a/b", "bases x", "import nosuch.csv", "synthesise nosuch --out a.csv", "synthesise --out a.txt"]
    shown = subprocess.run([sys.executable, "-c", LIGHT, *lines], capture_output=True, text=True, check=False)
    assert (shown.stdout, shown.stderr) == ("\n", "")


def test_surveys(run):
    shown = run("surveys").output.splitlines()
    assert [line.partition(":")[0] for line in shown] == cs.survey_names()
    assert shown[0].startswith("bosnia-herzegovina-2021: ")
    assert shown[0].endswith("(Bosnia and Herzegovina, 2021; n = 49)")


def test_estimate_a_share(run):
    shown = run("estimate", "35/49")
    assert shown.exit_code == 0
    assert "35 of 49 respondents (71%)" in shown.output
    assert "(95% CrI, 58 to 83%; 95% CI, 58 to 82%)" in shown.output
    assert "The data support that more than half do." in shown.output
    assert "chance alone" in shown.output


def test_estimate_a_difference(run):
    shown = run("estimate", "7/7", "28/42")
    assert "7 of 7 in the first group (100%) and 28 of 42 in the second (67%)" in shown.output
    assert "+2 to +45" in shown.output
    assert "not settled" in shown.output


def test_estimate_at_strengths(run):
    shown = run("estimate", "35/49", "--tau", "0.5", "--tau", "1")
    assert "44 to 89%" in shown.output
    assert "24 to 95%" in shown.output


@pytest.mark.parametrize(
    ("arguments", "needles"),
    [
        (("estimate", "50/49"), ("50", "49")),
        (("estimate", "0/0"), ("0",)),
        (("estimate", "-1/49"), ("-1", "at least 0")),
        (("report", "--out", ""), ("''", "folder")),
        (("estimate", "35"), ("35/49",)),
        (("estimate", "3.5/49"), ("3.5/49",)),
        (("estimate", "1/2", "1/2", "1/2"), ("3 shares",)),
        (("estimate", "35/49", "--method", "wald"), ("wald", "wilson")),
        (("estimate", "35/49", "--level", "95"), ("level", "95")),
        (("estimate", "35/49", "--measure", "ratio"), ("ratio", "two shares")),
        (("estimate", "7/7", "28/42", "--measure", "odds"), ("odds", "odds-ratio")),
        (("estimate", "35/49", "--tau", "-1"), ("tau",)),
        (("estimate", "35/49", "--tau", "nan"), ("tau",)),
        (("report", "no-such-survey"), ("no-such-survey", "bosnia-herzegovina-2021")),
        (("tables", "no-such-survey"), ("no-such-survey",)),
        (("audit", "no-such-survey"), ("no-such-survey",)),
    ],
)
def test_a_mistake_is_told_in_a_line_with_status_2(run, arguments, needles):
    shown = run(*arguments)
    assert shown.exit_code == 2
    assert all(needle in shown.stderr for needle in needles), shown.stderr
    assert "Traceback" not in shown.output
    assert shown.stderr.startswith("csea-stats: ")


def test_tables_in_three_formats(run):
    columns = ["question", "item", "base", "percent", "count", "where", "status", "note"]
    rows = list(csv.reader(io.StringIO(run("tables", "--format", "csv").output)))
    assert rows[0][:8] == columns
    body = json.loads(run("tables", "--format", "json").output)
    assert len(body) == len(rows) - 1
    assert "police-knowledge" in run("tables").output


@pytest.mark.slow
def test_tables_of_answers(run, tmp_path):
    answers = ("examples/own_answers.csv", "--codebook", "examples/own_answers.toml")
    shown = run("tables", *answers, "--layout", "characteristics", "--by", "place", "--question", "years").output
    assert "Mobile library (N = 11)" in shown
    assert "median (Q1, Q3)" in shown
    assert "18 (42%)" not in shown
    assert "Wrote" in run("tables", *answers, "--layout", "topline", "--out", str(tmp_path / "t.docx")).output
    assert "characteristics are of a file of answers" in run("tables", "--layout", "characteristics").stderr


def test_two_shares_as_a_ratio_or_an_odds_ratio(run):
    assert "the ratio of the shares is estimated at" in run("estimate", "7/7", "28/42", "--measure", "ratio").output
    told = run("estimate", "7/7", "28/42", "--measure", "odds-ratio", "--method", "log-f").output
    assert "log-F(1, 1)" in told


def test_the_audit_fits_a_terminal_and_tells_all_as_csv(run):
    lines = run("audit").output.splitlines()
    assert lines[0].split() == ["id", "verdict", "question", "code", "printed", "expected"]
    assert max(map(len, lines)) <= 200
    assert {"explanations", "power", "cells"} <= set(run("audit", "--format", "csv").output.splitlines()[0].split(","))


def test_audit_strict_ends_with_status_1(run):
    assert run("audit").exit_code == 0
    assert run("audit", "--strict").exit_code == 1
    verdicts = {row["verdict"] for row in json.loads(run("audit", "--format", "json").output)}
    assert "inconsistent" in verdicts


@pytest.mark.slow
def test_audit_holds_answers_against_print(run, tmp_path):
    answers = tmp_path / "answers.csv"
    assert run("synthesise", "--seed", "1", "--out", str(answers)).exit_code == 0
    alone = json.loads(run("audit", "--format", "json").output)
    both = json.loads(run("audit", "--answers", str(answers), "--format", "json").output)
    more = both[len(alone) :]
    assert both[: len(alone)] == alone
    assert {row["code"] for row in more} == {"answers-and-print"}
    poor = next(row for row in more if "awareness/poor @" in row["cells"])
    assert poor["verdict"] == "consistent"
    assert "35 of 49" in poor["expected"]
    assert "SYNTHETIC" in poor["expected"]


@pytest.mark.slow
def test_numbers_of_a_survey_are_counted_alike_wherever_they_are(run, tmp_path):
    name = "dask-users-2019"
    listed = json.loads(run("tables", name, "--format", "json").output)
    held = json.loads(run("check", name, "--json").output)
    told = json.loads(run("report", name, "--json", "--out", str(tmp_path)).output)
    assert len(listed) == held["printed"] == told["numbers"]
    assert f"Numbers   {len(listed)} printed: " in run("check", name).output
    kinds = {"percentages": "percent", "counts": "count"}
    assert {kind: sum(row[key] is not None for row in listed) for kind, key in kinds.items()} == {
        kind: held["numbers"][kind] for kind in kinds
    }
