"""Drafts of pasted tables, put into a survey file and read."""

import pytest

import csea_stats as cs
from csea_stats.encoding.drafts import draft
from csea_stats.encoding.grids import grids_of
from csea_stats.encoding.starting import SKELETON

HEAD = SKELETON[: SKELETON.index("[[question]]")].replace('"ID"', '"pasted"').replace("= 100 ", "= 1000 ")


def drafted(text, form=""):
    return draft(grids_of(text, "here", form))


@pytest.fixture
def load(tmp_path):
    def read(text):
        path = tmp_path / "pasted.toml"
        path.write_text(f"{HEAD}\n{text}", encoding="utf-8")
        return cs.load_survey(path)

    return read
