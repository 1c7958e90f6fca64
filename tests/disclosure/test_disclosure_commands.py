"""The commands about what may be passed on."""

import json

import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main
from tests.respondents.test_anonymity import people


def run(*call):
    return CliRunner().invoke(main, [str(part) for part in call], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path):
    frame, kinds = people(1)
    book = cs.Codebook(kinds, disclosure={"key": ["age"]})
    frame.to_csv(tmp_path / "answers.csv", index=False)
    (tmp_path / "book.toml").write_text(book.to_toml(), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("keys", [(), ("age", "years")])
def test_anonymity(folder, keys):
    call = ["anonymity", folder / "answers.csv", "--codebook", folder / "book.toml"]
    call += [part for key in keys for part in ("--key", key)]
    data = cs.read_respondents(folder / "answers.csv", folder / "book.toml")
    found = cs.anonymity(data, keys or None)
    assert run(*call).output == f"{found}\n"
    told = json.loads(run(*call, "--json", "--groups").output)
    assert (told["k"], told["l"], told["alone"]) == (found.k, found.least_answers, found.uniques)
    assert sum(size for _, size in told["groups"]) == 60
    assert "people" in run(*call, "--groups").output
