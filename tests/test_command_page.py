"""The page of the command: what it says of JSON is what the program writes, and a shell completes what it names."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
OWN = [str(ROOT / "examples" / "own_answers.csv"), "--codebook", str(ROOT / "examples" / "own_answers.toml")]
DASK = "dask-users-2019"
CALLS = {
    "`anonymity`": ["anonymity", *OWN, "--key", "place"],
    "`audit`": ["audit", DASK],
    "`bases`": ["bases", "18.3", "60"],
    "`check` of a survey": ["check", DASK],
    "`check` of a codebook": ["check", OWN[2]],
    "`check` of answers": ["check", *OWN],
    "`codebook`": ["codebook", OWN[0]],
    "`estimate`": ["estimate", "35/49"],
    "`import`": ["import"],
    "`models`": ["models"],
    "`models show`": ["models", "show", "awareness-by-age-from-print"],
    "`new`": ["new", "OUT/new"],
    "`plan`": ["plan", "--width", ".2"],
    "`release-check`": ["release-check", "OUT"],
    "`surveys`": ["surveys"],
    "`synthesise`": ["synthesise", DASK, "--out", "OUT/made.csv"],
    "`tables`": ["tables", DASK],
    "`verify`": ["verify", "OUT/share.json"],
}
SLOW = {
    "`claims`": ["claims", DASK],
    "`certify`": ["certify", "proportion", "--n", "12"],
    "`fit`": ["fit", "would_attend ~ place", *OWN],
    "`report`": ["report", DASK, "--out", "OUT/report"],
}


def told():
    """What the page says: from a command to its form and its keys."""
    rows = [
        line.split("|")[1:-1] for line in PAGE.partition("## What `--json` writes")[2].splitlines() if line[:1] == "|"
    ]
    return {command.strip(): (form.strip(), keys) for command, form, keys in rows[2:]}


def keys_of(text):
    """The keys that a row names, without those in brackets, and those that an option adds."""
    return re.findall("`([^`]+)`", re.sub(r"\([^)]*\)", "", text.partition("; with")[0]))


def test_every_command_that_writes_json_is_on_the_page():
    def named(group, before=""):
        for name, command in group.commands.items():
            if any("--json" in option.opts for option in command.params):
                yield f"{before}{name}"
            if hasattr(command, "commands"):
                yield from named(command, f"{name} ")

    assert {row.partition("`")[2].partition("`")[0] for row in told()} == set(named(main))
    assert set(told()) == CALLS.keys() | SLOW.keys()


@pytest.mark.parametrize("row", [*CALLS, *(pytest.param(row, marks=pytest.mark.slow) for row in SLOW)])
def test_the_keys_of_a_row_are_those_that_are_written(row, tmp_path):
    (tmp_path / "share.json").write_text(cs.Estimates([cs.proportion(35, 49)]).to_json())
    (tmp_path / "book.toml").write_text('format = "csea-codebook/1"\n')
    if row == "`release-check`":
        (tmp_path / "figure.svg").write_text("<!-- csea-release: no -->")
    call = [part.replace("OUT", str(tmp_path)) for part in (CALLS | SLOW)[row]]
    run = CliRunner().invoke(main, [*call, "--json"], input="Answer;n\nyes;10\nno;10\n")
    form, keys = told()[row]
    body = json.loads(run.stdout)
    assert isinstance(body, list) == (form == "list")
    assert body.get("format") == "csea-results/2" if form == "results" else True
    assert list(body[0] if form == "list" else body) == keys_of(keys), run.stderr


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("csea-stats models show awareness-by-age-f", "awareness-by-age-from-print"),
        ("csea-stats report research-engineers-s", "research-engineers-south-africa-2017"),
        ("csea-stats fit --engine least", "least-squares"),
    ],
)
def test_a_shell_completes_what_the_page_says(typed, offered):
    assert "_CSEA_STATS_COMPLETE=bash_source" in PAGE
    asked = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")), "_CSEA_STATS_COMPLETE": "bash_complete"}
    code = "from csea_stats.cli import main; main(prog_name='csea-stats')"
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | asked, capture_output=True, text=True, check=False
    )
    assert f"plain,{offered}" in run.stdout.splitlines()
