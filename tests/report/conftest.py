"""Surveys that the page is tried on: the shipped one, and one of every other kind of question, small and large."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from csea_stats.auditing.audit import audit
from csea_stats.cli import main
from csea_stats.regression.from_print import fits_from_print
from csea_stats.report.files import report_files
from csea_stats.report.page import page_html
from csea_stats.survey.loading import load_survey
from csea_stats.survey.source import Source, TargetWords
from csea_stats.survey.survey import Cell, Group, Question, Survey
from csea_stats.workflow import estimate

LONG_WORD = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunt"
LONG_LABEL = (
    "An answer that goes on for as long as an answer in a survey file may reasonably go on, with commas, clauses and a "
    f"word such as {LONG_WORD}, and then some more."
)
HOSTILE = ("<script>alert(1)</script>", r"$\frac{1}{2}$ \textbf{x}", "=cmd|' /C calc'!A0", "two\nlines & “quotes”")


def other_survey(n: int = 40) -> Survey:
    """Make a survey of every kind of question, with long and hostile labels, for n respondents (n at least 3)."""

    def share(part: float) -> int:
        return round(n * part)

    pick_counts = (n, share(0.6), n - share(0.6))
    questions = (
        Question(
            id="visited",
            label=LONG_LABEL,
            kind="yes-no",
            cells=(Cell(item="yes", count=share(0.7), where="Table 1"),),
        ),
        Question(
            id="transport",
            label="Means of transport",
            kind="single",
            categories=("on foot", LONG_LABEL, LONG_WORD),
            cells=(
                Cell(item="on foot", count=share(0.5), where="Table 2"),
                Cell(item=LONG_LABEL, count=share(0.2), where="Table 2"),
                Cell(item=LONG_WORD, count=n - share(0.5) - share(0.2), where="Table 2"),
            ),
        ),
        Question(
            id="agreement",
            label="Agreement",
            kind="ordinal",
            categories=("very low", "low", "rather low", "middle", "rather high", "high", "very high"),
            headline=("very low", "low", "rather low"),
            cells=tuple(
                Cell(item=item, count=count, where="Figure 1")
                for item, count in zip(
                    ("very low", "low", "rather low", "middle", "rather high", "high", "very high"),
                    (share(0.1), 0, share(0.3), 0, share(0.2), 0, n - share(0.1) - share(0.3) - share(0.2)),
                    strict=True,
                )
            ),
        ),
        Question(
            id="two-of-three",
            label="Two of three",
            kind="pick",
            chosen=2,
            categories=("first", "second", "third"),
            cells=tuple(
                Cell(item=item, count=count, where="Figure 2")
                for item, count in zip(("first", "second", "third"), pick_counts, strict=True)
            ),
        ),
        Question(
            id="hostile",
            label="Labels <b>as</b> text & more",
            kind="multiple",
            categories=HOSTILE,
            cells=tuple(
                Cell(item=item, count=share(0.2 * (index + 1)), where="<i>Figure</i> 3")
                for index, item in enumerate(HOSTILE)
            ),
        ),
        Question(
            id="remarks",
            label="Remarks",
            kind="open-coded",
            partial=True,
            categories=("too long",),
            cells=(Cell(item="too long", count=1, where="Text"),),
        ),
        Question(
            id="why-not",
            label="Reason, of those who said no",
            kind="single",
            categories=("time", "money"),
            among=Group(question="visited", item="no"),
            cells=(Cell(item="time", count=0, where="Text"),),
        ),
        Question(id="silent", label="A question of which nothing is printed", kind="yes-no"),
    )
    return Survey(
        format="csea-survey/1",
        id="other",
        title="A survey with <em>another</em> title",
        respondents=n,
        source=Source(
            title="Report & tables",
            publisher=("An <agency>",),
            country="Nowhere",
            year=1999,
            mode="On paper.",
            recruitment="Whoever came by.",
        ),
        targets=TargetWords(
            respondents=f"the {n} visitors who answered",
            superpopulation="visitors like those who answered",
            population="all visitors of the museum and of its neighbouring institutions in the old town",
            workforce="all visitors of the museum and of its neighbouring institutions",
        ),
        question=questions,
    )


@pytest.fixture(scope="session")
def samples():
    return SimpleNamespace(other_survey=other_survey, hostile=HOSTILE, long_word=LONG_WORD)


@pytest.fixture(scope="session")
def other_of_40():
    survey = other_survey(40)
    return survey, audit(survey), estimate(survey)


@pytest.fixture(scope="session")
def market():
    """A survey of 40 printed cells of another kind: groups, a battery with its own numbers, a list of answers."""
    survey = load_survey(Path(__file__).parent / "data" / "market.toml")
    return survey, audit(survey), estimate(survey)


@pytest.fixture(scope="session")
def market_page(market):
    return page_html(*market)


@pytest.fixture(scope="session")
def shipped(shipped_survey, shipped_audit, shipped_estimates):
    return shipped_survey, shipped_audit, shipped_estimates


@pytest.fixture(scope="session")
def other_of_40_page(other_of_40):
    return page_html(*other_of_40)


@pytest.fixture(
    scope="session", params=[40, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 3000))], ids="n={}".format
)
def other(request):
    if request.param == 40:
        return request.getfixturevalue("other_of_40")
    survey = other_survey(request.param)
    return survey, audit(survey), estimate(survey)


@pytest.fixture(scope="session")
def shipped_page(shipped, shipped_claims):
    return page_html(*shipped, shipped_claims)


@pytest.fixture(scope="session")
def other_page(request, other):
    return request.getfixturevalue("other_of_40_page") if other[0].respondents == 40 else page_html(*other)


@pytest.fixture(scope="session")
def shipped_files(shipped, shipped_claims):
    return dict(report_files(*shipped, shipped_claims, fits_from_print(shipped[1])))


@pytest.fixture(scope="session")
def answered(tmp_path_factory):
    """A folder with answers of 46 people and a codebook, the page of them in `out`, and what the command told."""
    from tests.report.test_answers_page import answers

    folder = tmp_path_factory.mktemp("answers")
    frame, book = answers()
    frame.to_csv(folder / "answers.csv", index=False)
    (folder / "book.toml").write_text(book.to_toml(), encoding="utf-8")
    call = ["report", folder / "answers.csv", "--codebook", folder / "book.toml", "--model", "aware ~ team"]
    told = CliRunner().invoke(main, [*map(str, call), "--out", str(folder / "out")], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return folder, told.output
