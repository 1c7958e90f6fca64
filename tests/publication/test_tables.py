"""Tables for a publication: every writer tells what the table holds, and nothing in a label is read as code."""

import csv
import io
import re
from html.parser import HTMLParser

import openpyxl
import pytest
from docx import Document
from scipy.stats import beta

import csea_stats as cs
from csea_stats.errors import InputError, OutputError
from csea_stats.publication.saving import WRITERS
from csea_stats.publication.table import Draft, Entered, lettered

HOSTILE = '=1+1 <b>&"|$\\frac{a}{b}$ 100% _x_ #~^ \x00\x1b[31m \u202eevil 中文 שלום'


@pytest.fixture(scope="module")
def shipped(shipped_estimates):
    return shipped_estimates


@pytest.fixture(scope="module")
def table(shipped):
    return shipped.where(question="awareness").table(labels={"awareness": "Public awareness"})


@pytest.fixture
def hostile():
    rows = [
        [Entered(text=HOSTILE, notes=(HOSTILE,)), Entered(text="35", value=35)],
        [Entered(text="b"), Entered(text="")],
    ]
    return lettered(Draft(caption=HOSTILE, heads=("what", HOSTILE), rows=rows, general=(HOSTILE,), source=HOSTILE))


class Parsed(HTMLParser):
    """Count of each tag, which must close in order, and the texts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.texts = [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def test_a_topline_tells_counts_and_both_intervals(table):
    heads = [column.head for column in table.columns]
    assert heads == ["Answer", "n", "%", "95% CrI", "95% CI", "Over half?"]
    shown = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert shown["poor"] == ["35", "71", "58 to 83", "58 to 82", "supported"]
    assert shown["excellent"][:2] == ["0 or 1", "0 to 2"]  # print leaves both
    assert table.caption == "Share of each answer: Public awareness (N = 49)"
    assert "credible interval (Jeffreys); CI, confidence interval (Wilson)" in table.general_note
    assert "further estimates of other kinds are not in this table" in table.general_note


def test_no_caveat_of_a_row_is_lost(shipped, table):
    told = " ".join(table.footnotes)
    for one in shipped.where(question="awareness", estimand="share", target=cs.Superpopulation):
        if one.comparison is None:
            (row,) = (row for row in table.rows if row[0].value == one.item)
            notes = {note.text for note in row[0].notes}
            for doubt in one.caveats:
                assert (
                    doubt.text in notes
                    or doubt.text in table.general_note
                    or re.sub(r"\d", "", doubt.text)[:40] in told
                )


def test_letters_come_in_the_order_of_the_cells_and_each_note_once(table):
    pointed = [note.letter for row in table.rows for cell in row for note in cell.notes]
    assert list(dict.fromkeys(pointed)) == [note.letter for note in table.notes] == sorted(set(pointed))
    assert len({note.text for note in table.notes}) == len(table.notes)


def test_html_is_whole_and_says_what_heads_are_of(table, hostile):
    found = Parsed(table.to_html())
    kinds = [tag for tag, _ in found.tags]
    assert kinds.count("tr") == len(table.rows) + 2
    assert all(attrs.get("scope") for tag, attrs in found.tags if tag == "th")
    assert "script" not in kinds
    assert "id" not in {name for _, attrs in found.tags for name in attrs}
    told = Parsed(hostile.to_html())
    assert "b" not in [tag for tag, _ in told.tags]
    assert "\x00" not in hostile.to_html()
    assert "\u202e" not in hostile.to_html()
    assert any("中文 שלום" in text for text in told.texts)


def test_markdown_has_as_many_bars_in_each_row(table, hostile):
    for one in (table, hostile):
        lines = [line for line in one.to_markdown().splitlines() if line.startswith("|")]
        bars = {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
        assert bars == {len(one.columns) + 1}


def test_latex_is_balanced_and_escaped(table, hostile):
    for one in (table, hostile):
        text = one.to_latex()
        begun = re.findall(r"\\begin\{(\w+)\}", text)
        ended = re.findall(r"\\end\{(\w+)\}", text)
        assert sorted(begun) == sorted(ended)
        bare = re.sub(r"\\.", "", text)
        assert bare.count("{") == bare.count("}")
        assert not re.search(r"[$#~^_]", bare)
        rows = [line for line in text.splitlines() if line.endswith(r"\\") and "multicolumn" not in line]
        assert {len(re.findall(r"(?<!\\)&", line)) for line in rows} == {len(one.columns) - 1}
        for note in one.notes:
            assert rf"\item[{note.letter}]" in text
    assert r"\frac" not in hostile.to_latex()


def test_word_is_read_back_as_it_was(table, hostile, tmp_path):
    for one in (table, hostile):
        document = Document(one.save(tmp_path / "t.docx"))
        (grid,) = document.tables
        texts = [[cell.text for cell in row.cells] for row in grid.rows]
        assert len(texts) == len(one.rows) + 1
        below = [paragraph.text for paragraph in document.paragraphs]
        assert len(below) >= 1 + len(one.footnotes)
        assert grid.rows[0]._tr.xml.count("tblHeader") == 1
        assert "SEQ Table" in document.element.xml
    first = [cell.text for cell in Document(table.save(tmp_path / "a.docx")).tables[0].rows[2].cells]
    assert first[1:] == ["35", "71", "58 to 83", "58 to 82", first[-1]]
    assert (tmp_path / "a.docx").read_bytes() == table.save(tmp_path / "b.docx").read_bytes()


def test_excel_holds_numbers_as_numbers_and_no_formula(table, hostile, tmp_path):
    book = openpyxl.load_workbook(table.save(tmp_path / "t.xlsx"))
    assert book.sheetnames == ["Table 1", "data 1"]
    rows = list(book["data 1"].values)
    assert len(rows[0]) == 22
    poor = next(dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row[2] == "poor")
    assert (poor["count"], poor["base"]) == (35, 49)
    assert poor["cri_low"] == pytest.approx(beta.ppf(0.025, 35.5, 14.5), abs=1e-9)
    for sheet in openpyxl.load_workbook(hostile.save(tmp_path / "h.xlsx")).worksheets:
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert (tmp_path / "t.xlsx").read_bytes() == table.save(tmp_path / "u.xlsx").read_bytes()


def test_csv_is_the_tidy_data(table, hostile):
    rows = list(csv.DictReader(io.StringIO(table.to_csv())))
    assert [row["outcome"] for row in rows] == ["none", "poor", "fair", "good", "excellent"]
    assert float(rows[1]["ci_high"]) == pytest.approx(0.8224, abs=1e-3)
    assert not re.search(r"^=", hostile.to_csv(), flags=re.MULTILINE)
    named = lettered(Draft(caption="a", heads=("=1+1", "@a"), rows=[[Entered(text="a"), Entered(text="b")]]))
    assert named.to_csv().splitlines() == ["'=1+1,'@a", "a,b"]


@pytest.mark.parametrize("ending", WRITERS)
def test_a_file_is_written_whole_or_an_error_says_why(table, ending, tmp_path):
    assert table.save(tmp_path / f"new/t{ending}").stat().st_size > 200
    (tmp_path / f"folder{ending}").mkdir()
    with pytest.raises(OutputError, match="folder"):
        table.save(tmp_path / f"folder{ending}")


def test_an_unknown_ending_or_layout_says_what_is_allowed(table, shipped, tmp_path):
    with pytest.raises(InputError, match=r"'\.pdf'; allowed is one of \.docx"):
        table.save(tmp_path / "t.pdf")
    with pytest.raises(InputError, match="allowed is one of 'topline'"):
        shipped.table("tbl")
    with pytest.raises(InputError, match="allowed is one of 'topline'"):
        cs.proportion(35, 49).table("ranks")
    with pytest.raises(InputError, match="allowed is a Table"):
        cs.save_tables(["a"], tmp_path / "t.md")
    with pytest.raises(InputError, match="found none"):
        cs.Estimates().table()


def test_several_tables_are_numbered(table, tmp_path):
    path = cs.save_tables([table, cs.difference((7, 7), (28, 42)).table()], tmp_path / "s.docx")
    assert len(Document(path).tables) == 2
    assert [
        sheet.title for sheet in openpyxl.load_workbook(cs.save_tables([table] * 2, tmp_path / "s.xlsx")).worksheets
    ] == [
        "Table 1",
        "data 1",
        "Table 2",
        "data 2",
    ]


def test_every_layout_of_the_shipped_survey(shipped, shipped_claims, shipped_audit):
    for layout, least in {"topline": 100, "contrasts": 1, "ranks": 20, "tiers": 300, "coefficients": 300}.items():
        made = shipped.table(layout)
        assert len(made.rows) >= least
        assert len(made.data.rows) == len(made.rows)
    assert len(shipped_claims.table().rows) == len(shipped_claims)
    audit = shipped_audit.table()
    assert {row[4].text for row in audit.rows} == {"inconsistent", "cannot be checked"}


def test_a_crosstab_tells_every_count_that_print_allows():
    made = cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age").table()
    cells = {row[0].text: [cell.text for cell in row[1:]] for row in made.rows}
    assert cells["poor"] == ["7 (100)", "28 (67)", "35 (71)"]
    assert cells["none"] == ["0 (0)", "0 or 1 (0 to 2)", "0 or 1 (0 to 2)"]
    assert made.columns[1].head == "under 30, n (%); N = 7"


@pytest.mark.slow
def test_made_up_answers_say_so_in_the_caption():
    data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    made = cs.tabulate(data, "awareness", by="organisation")
    assert made.table().caption.startswith("SYNTHETIC. ")
    assert made.contrasts("pairs").table().caption.startswith("SYNTHETIC. ")
    assert cs.association(data, "awareness", "organisation").table().caption.startswith("SYNTHETIC. ")


@pytest.mark.slow
def test_the_command_prints_and_saves_layouts(tmp_path):
    from click.testing import CliRunner

    from csea_stats.cli import main

    run = CliRunner().invoke
    told = run(main, ["tables", "--layout", "topline", "--question", "awareness"])
    assert told.exit_code == 0, told.output
    assert told.output.startswith("Share of each answer: Public awareness (N = 49)")
    saved = run(main, ["tables", "--layout", "topline", "--question", "awareness", "--out", str(tmp_path / "t.docx")])
    assert saved.exit_code == 0, saved.output
    assert len(Document(tmp_path / "t.docx").tables) == 1
    assert run(main, ["tables", "--question", "awareness"]).exit_code == 2
    unknown = run(main, ["tables", "--layout", "topline", "--question", "awarenes"])
    assert unknown.exit_code == 2
    assert "awareness" in unknown.output


def test_a_caption_longer_than_a_title_may_be_stands_whole_in_word(tmp_path):
    named = lettered(Draft(caption="long " * 80, heads=("a",), rows=[[Entered(text="b")]]))
    assert any("long " * 60 in one.text for one in Document(named.save(tmp_path / "t.docx")).paragraphs)


def test_heads_of_csv_are_no_formulas_either(tmp_path):
    named = lettered(Draft(caption="a", heads=("what", "=F (N = 1)"), rows=[[Entered(text="b"), Entered(text="1")]]))
    assert named.save(tmp_path / "t.csv").read_text(encoding="utf-8").startswith("what,'=F (N = 1)\n")
