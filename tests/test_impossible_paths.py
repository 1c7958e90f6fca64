"""A path that no file can have: told in our words, once, and cut where it is long."""

import pytest

import csea_stats as cs
from csea_stats.claims.claim_files import load_claims
from csea_stats.errors import CseaStatsError, path_text
from csea_stats.publication.writing import write_files

BOOK = cs.Codebook({"q": cs.Categories("a", "b")})
SURVEY = cs.load_survey("bosnia-herzegovina-2021")
TABLE = cs.proportion(35, 49)
CALLS = {
    "load_fit": cs.load_fit,
    "load_survey": cs.load_survey,
    "load_model": cs.load_model,
    "verify": cs.verify,
    "read_respondents": lambda path: cs.read_respondents(path, BOOK),
    "draft_codebook": cs.draft_codebook,
    "release_check": cs.release_check,
    "load_claims": lambda path: load_claims(SURVEY, path),
    "write_files": lambda path: write_files(path, [("a.txt", b"a")]),  # as a report, a fit, tables are written
    "save_tables": lambda path: cs.save_tables([], path),
    "save": lambda path: cs.Estimates([TABLE]).table().save(path),
}
PATHS = ["x" * 5_000, "x" * 5_000 + ".toml", "x" * 5_000 + ".csv", "a/" * 3_000, "x" * 300, "a\0b", "a\0b.csv"]
PATHS += ["\ud800", "\ud800.csv", "\x1b[31m.csv/a", "a\0/b.csv"]


@pytest.mark.parametrize("name", CALLS)
def test_an_impossible_path_is_told(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in PATHS:
        if name == "write_files" and "\x1b" in path:
            continue  # a folder that can be
        with pytest.raises(CseaStatsError) as caught:
            CALLS[name](path)
        told = str(caught.value)
        assert len(told) < 1_500
        assert told.count("xxxxxxxxxx" * 10) <= 2, told
        assert "\0" not in told
        told.encode()
    assert not any(tmp_path.iterdir())


def test_a_path_is_told_by_its_ends():
    assert path_text("a" * 150 + "b" * 150) == "a" * 100 + "..." + "b" * 100
    assert path_text("a\0b\x1b\ud800") == r"a\x00b\x1b\ud800"
