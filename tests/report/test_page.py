"""The page as text: everything told, everything escaped, nothing loaded, the same each time."""

from __future__ import annotations

import html
import itertools
import os
import re
import subprocess
import sys
from functools import cache, cached_property
from html.parser import HTMLParser

import pytest

from csea_stats.auditing.audit import audit
from csea_stats.regression.from_print import fits_from_print
from csea_stats.report.context import is_unpublished, tiers_of
from csea_stats.report.files import report_files
from csea_stats.report.page import page_html
from csea_stats.report.text import told_once
from csea_stats.results.sentences import citation
from csea_stats.survey.loading import load_survey
from csea_stats.workflow import estimate

VOID = {"meta", "link", "br", "hr", "img", "input", "col", "rect", "line", "circle", "path", "use", "wbr"}


@cache
class Outline(HTMLParser):
    """Tags in their order, with attributes; text by page; whether every tag is closed. A page is read once."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.faults: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @cached_property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def block_of(page: str, anchor: str) -> str:
    """Return what stands in the block of a question, folded or not, as text with its tags."""
    return html.unescape(re.split(r'class="q[ "]|<section id=', page[page.index(f' id="{anchor}"') :])[0])


@pytest.fixture(scope="module", params=["shipped", "other_of_40", "market"])
def told(request):
    return request.getfixturevalue(request.param), request.getfixturevalue(f"{request.param}_page")


def test_markup_is_closed_ids_are_unique_and_links_lead_somewhere(told):
    outline = Outline(told[1])
    assert outline.faults == []
    assert outline.open == []
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [a["href"] for tag, a in outline.tags if tag in ("a", "use")]
    assert {t for t in targets if not t.startswith("#")} == set()
    assert {t[1:] for t in targets} <= set(ids)
    named = [word for _, a in outline.tags if "aria-labelledby" in a for word in a["aria-labelledby"].split()]
    assert set(named) <= set(ids)


def test_headings_go_down_one_level_at_a_time(told):
    levels = [int(tag[1]) for tag, _ in Outline(told[1]).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_one_script_of_our_own_runs_and_nothing_is_loaded(told):
    page = told[1]
    outline = Outline(page)
    assert {tag for tag, _ in outline.tags} & {"link", "img", "iframe", "object", "form"} == set()
    assert not any(name.startswith("on") or name == "src" for _, attributes in outline.tags for name in attributes)
    scripts = [attributes for tag, attributes in outline.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "ratios"}, {}]
    css = page[page.index("<style>") : page.index("</style>")]
    assert "@import" not in css
    assert re.findall(r"url\(([^)]*)\)", css) == ["#hatch"]


def test_every_caveat_of_every_estimate_is_on_the_page(told):
    (_, _, estimates), page = told
    text = Outline(page).text
    said = {d.code: [] for e in estimates for d in e.caveats}
    for doubt in (d for e in estimates for d in e.caveats):
        said[doubt.code].append(re.sub(r"\s+", " ", doubt.text))
    for texts in said.values():
        left = [one for one in texts if one not in text]
        assert any(all(one in text for one in told_once(group)) for group in (left, texts)), left


def test_what_holds_jointly_is_told_once_under_a_table(shipped_page):
    for line in re.findall(r'<p class="note keyline">(.*?)</p>', shipped_page):
        assert line.count("jointly") + line.count("Thin line:") <= 1, line


def test_sentences_are_folded_and_all_there(shipped_page):
    folded = shipped_page[shipped_page.index('id="sentences"') :]
    folded = folded[folded.index("<details") : folded.index("</details>")]
    said = folded.count("<li>")
    assert said > 100
    assert f"{said} sentences" in folded


def test_caveats_stand_in_the_block_of_their_question(told):
    from csea_stats.report.text import LANE_CAVEATS

    (survey, _, estimates), page = told
    for question in survey.question:
        block = re.sub(r"\s+", " ", block_of(page, f"q-{question.id}"))
        mine = [
            t for t in tiers_of(estimates) if t.question == question.id and t.estimand in ("share", "cumulative share")
        ]
        apart = [t for t in mine if any(d.code == "chosen-after" for d in t.first.caveats)]
        doubts = {d for t in mine if t not in apart for e in t.members for d in e.caveats if d.code not in LANE_CAVEATS}
        # several sets of counts stand in one note: "Print leaves several counts possible: ... (14 or 15); ..."
        texts = {d.text[d.text.index("(") : d.text.index(")") + 1] for d in doubts if d.code == "print-ambiguous"}
        texts |= {d.text for d in doubts if d.code != "print-ambiguous"}
        assert {text for text in texts if re.sub(r"\s+", " ", text) not in block} == set()
        assert ("Print leaves several counts possible" in block) == any(d.code == "print-ambiguous" for d in doubts)


def test_every_item_has_a_sentence_to_cite(told):
    (survey, _, estimates), page = told
    text = Outline(page).text
    labels = {question.id: question.label for question in survey.question}
    for tiers in tiers_of(estimates):
        if is_unpublished(tiers.first):
            continue
        told_alone = f'<span id="q-{tiers.question}">' not in page
        whole = citation(tiers.members)
        # a battery's sentence names all the questions that it holds for
        parts = [whole] if told_alone else whole.split(labels[tiers.question])
        assert all(re.sub(r"\s+", " ", part) in text for part in parts)
        assert labels[tiers.question] in html.unescape(page)


def test_every_count_is_in_a_table(told):
    (survey, _, estimates), page = told
    text = Outline(page).text
    for question in survey.question:
        for tiers in tiers_of(estimates):
            if tiers.question == question.id and tiers.item in question.categories and tiers.counts:
                assert re.sub(r"\s+", " ", tiers.item).lower() in text.lower()


def test_every_rank_stands_in_its_row(told):
    (_, _, estimates), page = told
    for tiers in tiers_of(estimates):
        if tiers.ranks is None:
            continue
        block = block_of(page, f"q-{tiers.question}")
        interval = tiers.ranks.interval
        span = f"{interval.lower:.0f} to {interval.upper:.0f}"
        if interval.lower == interval.upper:
            span = f"{interval.lower:.0f}"
        assert "Rank, all at once" in block
        assert f"<span>{span}</span>" in block
        assert f"for all {interval.simultaneous} answers at once, people like these; 1 named most" in block


def test_every_finding_that_is_no_pass_is_told(told):
    (_, found, _), page = told
    text = Outline(page).text
    for finding in found.findings:
        if finding.code == "nothing-to-compare":
            assert f"{finding.id} · " not in text
        elif finding.verdict != "consistent":
            assert f"{finding.id} · " in text
            assert re.sub(r"\s+", " ", finding.printed)[1:] in text


def test_checks_that_could_not_fail_are_counted_and_not_told(market, market_page):
    text = Outline(market_page).text
    verdicts = [finding.verdict for finding in market[1].findings if finding.code != "nothing-to-compare"]
    assert (verdicts.count("consistent"), verdicts.count("cannot be checked"), len(verdicts)) == (14, 1, 15)
    assert "15 checks: none inconsistent, one cannot be checked, 14 consistent." in text
    assert "One more could not have failed" in text
    assert "cannot catch any" not in text


def test_what_cannot_be_checked_is_no_note_of_a_question(shipped_page):
    notes = " ".join(re.findall(r"<aside.*?</aside>", shipped_page, flags=re.DOTALL))
    assert "Print check: inconsistent" in notes
    assert "cannot be checked" not in notes
    table = shipped_page[shipped_page.index('id="h-audit"') :]
    assert all(f"{n} · " in table for n in ("A22", "A33", "A57"))


OTHER_TRADES = ("worker", "workforce", "employer", "colleague", "team", "persons they work with")


@pytest.mark.slow
def test_a_survey_of_something_else_speaks_of_its_own_people(market_page, other_page):
    text = Outline(market_page).text
    for page in (market_page, other_page):
        words = Outline(page).text.lower()
        assert [word for word in OTHER_TRADES if re.search(rf"\b{word}", words)] == []
    assert "Suppose visitors of one view were up to" in text
    assert "The population: all visitors of the street market" in text


def test_a_long_name_of_the_population_is_told(other_of_40):
    text = Outline(page_html(*other_of_40)).text
    assert other_of_40[0].targets.population in text


def test_the_page_says_how_to_make_it_again(market, shipped_page):
    origin = Outline(shipped_page[shipped_page.index('id="provenance"') :]).text
    assert "csea-stats report bosnia-herzegovina-2021" in origin
    assert "csea-stats report FILE (FILE: that of the survey “market”)" in Outline(page_html(*market)).text
    assert (
        "csea-stats report 'my market.toml'"
        in Outline(page_html(*market, again="csea-stats report 'my market.toml'")).text
    )


def test_every_figure_has_title_description_and_a_table_in_its_section(told):
    page = told[1]
    figures = re.findall(r'<svg class="[^"]*"[^>]*role="img"[^>]*>(.*?)</svg>', page, flags=re.DOTALL)
    assert figures
    for figure in figures:
        assert re.match(r"<title [^>]*>[^<]+</title><desc [^>]*>[^<]+</desc>", figure)
    for section in re.split('class="q[ "]', page)[1:]:
        if 'role="img"' in section:
            assert "<table" in section


def test_words_that_mislead_are_not_used(told):
    text = Outline(told[1]).text.lower()
    for word in ("margin of error", "significant", "***", "proves", "fraud", "representative", "sampling only"):
        assert word not in text
    assert not re.search(r"\d ?[–-] ?\d+%", text)
    assert "nan" not in re.findall(r"[a-z]+", text)
    assert not re.search(r"\bnone of none\b|\bundefined\b", text)


def test_hostile_and_long_labels_come_out_as_text(samples, other_of_40):
    survey, _, _ = values = other_of_40
    outline = Outline(page_html(*values))
    for label in (*samples.hostile, samples.long_word, survey.title, survey.source.publisher[0]):
        assert re.sub(r"\s+", " ", label) in outline.text
    assert not any(tag == "em" for tag, _ in outline.tags)
    files = dict(report_files(*values))
    for name, content in files.items():
        if name.endswith(".svg"):
            assert b"<script" not in content
    assert b"\n=cmd" not in files["estimates.csv"]
    assert b",=cmd" not in files["estimates.csv"]


def test_the_print_footer_cannot_leave_its_string():
    from csea_stats.report.templating import css_text

    assert re.fullmatch(r'"(?:[\w .,:;%-]|\\[0-9a-f]+ )*"', css_text('a"; } </style><script>\\'))


def test_all_sizes_of_another_survey_make_a_page(other, other_page):
    survey, _, _ = other
    text = Outline(other_page).text
    assert f"{survey.respondents} respondents" in text.replace(",", "")
    assert ("too many to draw one by one" in text) == (survey.respondents > 100)


def test_a_survey_without_a_number_makes_a_page(samples):
    from csea_stats.survey.survey import Question

    whole = samples.other_survey(3)
    survey = type(whole)(
        **{
            **{name: getattr(whole, name) for name in ("format", "id", "title", "respondents", "source", "targets")},
            "question": (Question(id="silent", label="Silent", kind="yes-no"),),
        }
    )
    text = Outline(page_html(survey, audit(survey), estimate(survey))).text
    assert "Print gives no number" in text


HEAVY = {"pandas", "pymc", "matplotlib", "statsmodels", "arviz", "pingouin", "scipy.stats"}

ELSEWHERE = """
import sys
from csea_stats.cli import main
main(["report", *sys.argv[1:], "--out", "page"], standalone_mode=False)
print(" ".join(sorted(sys.modules)), file=sys.stderr)
"""


def written_elsewhere(folder, *arguments):
    """Let another process write a page, with strings in another order, and return its files and what it says."""
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
    )
    imported = set(done.stderr.split())
    assert "csea_stats.report.page" in imported
    assert not HEAVY & imported
    page = folder / "page"
    return {p.relative_to(page).as_posix(): p.read_bytes() for p in page.rglob("*") if p.is_file()}, done.stdout


SMALL = """
format = "csea-survey/1"
id = "small"
title = "Small"
respondents = 30
source = { title = "t", publisher = ["p"], country = "c", year = 2021, mode = "m", recruitment = "r" }
targets = { respondents = "those who answered", superpopulation = "people like them", population = "all of them" }
question = [
  { id = "heard", label = "Heard of it", kind = "yes-no", cells = [{ item = "yes", percent = "43", where = "T" }] },
  { id = "says", label = "Says", kind = "multiple", categories = ["a", "b"], cells = [
    { item = "a", count = 9, where = "T" }, { item = "b", percent = "43", where = "T" } ] },
]
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    survey = load_survey(path)
    return survey, audit(survey), estimate(survey)


@pytest.fixture(scope="module")
def small_files(small):
    return dict(report_files(*small, None, fits_from_print(small[1]), again="csea-stats report small.toml"))


@pytest.mark.slow
def test_the_command_in_another_process_writes_the_same_bytes_and_imports_nothing_heavy(small_files, tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    found, said = written_elsewhere(tmp_path, os.fspath(path))
    assert len(small_files) > 5
    assert found.pop("SHA256SUMS").count(b"\n") == len(small_files) + 1
    assert found == small_files
    assert "30 respondents" in said
    assert "report.html" in said


@pytest.mark.slow
def test_the_command_writes_the_shipped_report_alike_in_another_process(shipped_files, tmp_path):
    found, said = written_elsewhere(tmp_path)
    assert found.pop("SHA256SUMS").count(b"\n") == len(shipped_files) + 1
    assert found.keys() == shipped_files.keys()
    assert [name for name in found if found[name] != shipped_files[name]] == []
    for words in ("49 respondents", "inconsistencies", "statements of the report", "report.html"):
        assert words in said


@pytest.mark.parametrize("which", ["small", pytest.param("shipped", marks=pytest.mark.slow)])
def test_the_files_are_those_that_are_named(which, request):
    _, _, estimates = request.getfixturevalue(which)
    files = request.getfixturevalue(f"{which}_files")
    names = list(files)
    assert names[:4] == ["report.html", "estimates.csv", "estimates.json", "audit.csv"]
    with_numbers = {e.question for e in estimates if e.estimand == "share"}
    assert {f"figures/{q}.svg" for q in with_numbers} <= set(names)
    assert not any(name.endswith(".png") for name in names)
    assert all(files[name] for name in names)
    from csea_stats.results.estimates import Estimates

    assert Estimates.from_json(files["estimates.json"].decode()) == estimates


def test_asked_for_every_figure_is_a_png_too(small, small_files):
    again = "csea-stats report small.toml"
    files = dict(report_files(*small, None, fits_from_print(small[1]), again=again, png=True))
    drawn = {name: picture for name, picture in files.items() if name.endswith(".png")}
    assert {name: files[name] for name in files.keys() - drawn.keys()} == small_files
    assert {name[:-4] for name in drawn} == {name[:-4] for name in files if name.endswith(".svg")}
    assert all(picture.startswith(b"\x89PNG") for picture in drawn.values())


@pytest.mark.few(1)
@pytest.mark.few(2)
@pytest.mark.parametrize("n", [1, 14, 15])
def test_few_respondents_are_called_few_and_one_is_singular(n, samples):
    survey = samples.other_survey(n)
    text = Outline(page_html(survey, audit(survey), estimate(survey))).text
    assert ("Few people: one of them is" in text) == (n < 15)
    assert not re.search(r"\b1 respondents\b", text)


def test_no_tipping_point_is_told_below_half_and_no_number_where_there_may_be_no_majority(shipped):
    from csea_stats.report.context import context_of
    from csea_stats.report.notes import tipping_note, tipping_values

    context = context_of(*shipped)
    seen = set()
    for tiers in (t for items in context.items.values() for t in items):
        found, note = tipping_values(tiers), tipping_note(tiers, context)
        if found is None or found[3] < 1:
            assert note is None
            continue
        assert (note.big == "") == (found[0] < 1)
        assert ("there may be no majority" in note.paragraphs[0]) == (found[0] < 1)
        seen.add(found[0] < 1)
    assert seen == {True, False}
