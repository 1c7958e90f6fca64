"""Tables and figures of respondents' answers carry a mark until a release is made; those of print never do."""

import zipfile

import pytest

import csea_stats as cs
from tests.respondents.test_anonymity import people

SURVEY = cs.load_survey("bosnia-herzegovina-2021")

ENDINGS = (".html", ".md", ".tex", ".docx", ".xlsx", ".svg")


@pytest.fixture(scope="module")
def data():
    frame, kinds = people(1)
    return cs.read_respondents(frame, cs.Codebook(kinds, groups=("age",)))


def shares(survey):
    return [one for one in cs.estimate(survey) if isinstance(one.target, cs.Superpopulation)][:3]


SOURCES = {
    "answers": lambda data: shares(cs.as_survey(data)),
    "tabulation": lambda data: cs.estimate(cs.tabulate(data, "seen")),
    "fit": lambda data: cs.fit("seen ~ age", data).effects(),
    "release": lambda data: shares(cs.release(data)),
    "print": lambda _: shares(SURVEY),
    "fit of print": lambda _: cs.fit("awareness-by-age-from-print", SURVEY).effects(),
    "counts": lambda _: [cs.proportion(35, 49)],
    "made up": lambda _: cs.estimate(cs.tabulate(cs.synthesise(SURVEY, seed=1), "age")),
}


def content(path):
    if path.suffix not in (".docx", ".xlsx"):
        return path.read_bytes()
    with zipfile.ZipFile(path) as file:
        return file.read("docProps/core.xml")


@pytest.mark.slow_for("print")
@pytest.mark.few(2)
@pytest.mark.parametrize("name", SOURCES)
def test_marks(name, data, tmp_path):
    estimates = cs.Estimates(SOURCES[name](data))
    for ending in ENDINGS:
        made = estimates.figure() if ending == ".svg" else estimates.table()
        text = content(made.save(tmp_path / f"x{ending}"))
        marked = b"csea-release: no" in text or b'data-csea-release="no"' in text
        assert marked == (name in ("answers", "tabulation", "fit")), ending
