"""Labels that a page, a paper, a workbook, a terminal or a figure would take for code, through every writer."""

import csv
import inspect
import io
import json
import re
import warnings
from xml.etree import ElementTree as ET

import numpy as np
import openpyxl
import pandas as pd
import pytest
from docx import Document

import csea_stats as cs
from csea_stats.cli.terminal import shown
from csea_stats.errors import CONTROLS, TURNING
from csea_stats.publication import latex
from csea_stats.publication.spreadsheets import FORMULA
from csea_stats.publication.table import Draft, Entered, lettered
from csea_stats.survey.loading import load_survey
from tests.fuzz.hostile_texts import HOSTILE
from tests.publication.test_tables import Parsed
from tests.report.test_page import Outline

LABELS = (
    *HOSTILE,
    *(r"\input{/etc/passwd}", r"\write18{ls}", r"\end{document}", r"a\\b", "$x^2$", r"$\undefined$", "$", "$$", "%"),
    *("</script><script>x</script>", "</style>", "</title>", "<!--", "-->", "<![CDATA[", "&lt;b&gt;", "&#0;", "#1"),
    *('" onload="x', "javascript:alert(1)", "<img src=x onerror=x>", "<svg/onload=x>", "<a href=//x>", "`x`"),
    *("[a](http://x)", "![a](b)", "+1", "-1+2", "\t=1+1", "\r=1+1", " =1+1", "'=1", "=HYPERLINK(1)", "@SUM(1)"),
    *("|cmd", "a|b", "a\nb", "a\tb", "_x0041_", "\u0645\u0631\u062d\u0628\u0627", "\u05e9\u05dc\u05d5\u05dd"),
    *("\u4e2d\u6587", "\U0001f600", "\ufffd", "\u200b", "\u200f", "{{ 7*7 }}", "{% x %}", "%(a)s", "${x}", "%n"),
    *("a" * 300, "Table", "Total", "N", "yes + no", "low or lower", "95% CI"),
)
SIGNS = "ab$\\{}%&#_^~<>\"'`|=+-@;,:/[]()!*\t\n\u202e\u200f\u05d0é中"


def some_label(rng):
    if rng.random() < 0.7:
        return rng.choice(LABELS)
    return "".join(rng.choice(SIGNS) for _ in range(rng.randint(1, 12)))


def some_labels(rng, number):
    """Draw labels that a codebook takes: other than each other, without blanks around them."""
    found = dict.fromkeys(" ".join(some_label(rng).split()) for _ in range(4 * number))
    return [label for label in found if label][:number]


COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)


def commands_of(text):
    return set(COMMAND.findall(text))


def plain_table(label):
    rows = [[Entered(text=label), Entered(text="35", value=35)]]
    return lettered(Draft(caption=label, heads=(label, label), rows=rows, general=(label,), source=label))


COMMANDS = {*commands_of(inspect.getsource(latex)), *commands_of(plain_table("a").to_latex())}
"""Those that the writer knows of: a label brings none of its own."""
STEERING = re.compile(f"[{CONTROLS}{TURNING}]")
TAGS = {"sup", *(tag for tag, _ in Parsed(plain_table("a").to_html()).tags)}


def tables(rng, folder, ask):
    """A table of such labels, in every form: what is text stays text, and the form stays whole."""
    labels = [some_label(rng) for _ in range(rng.randint(3, 8))]
    rows = [[Entered(text=one, notes=(rng.choice(labels),)), Entered(text="35", value=35)] for one in labels]
    draft = Draft(caption=labels[0], heads=(labels[1], labels[2]), rows=rows, general=(labels[-1],), source=labels[1])
    table = ask("table", lambda: lettered(draft))
    html = table.to_html()
    assert {tag for tag, _ in Parsed(html).tags} <= TAGS
    assert not any(name.startswith("on") for _, attrs in Parsed(html).tags for name in attrs)
    lines = [re.sub(r"\\.", "", line) for line in table.to_markdown().splitlines()]
    bars = {line.count("|") for line in lines if line[:1] == "|"}
    assert bars == {3}, bars
    told = table.to_latex()
    assert not commands_of(told) - COMMANDS, commands_of(told) - COMMANDS
    bare = re.sub(r"\\.", "", told)
    assert bare.count("{") == bare.count("}")
    assert not re.search(r"[$#~^_]", bare)
    assert not STEERING.search(table.to_text())
    for row in csv.reader(io.StringIO(table.to_csv(), newline="")):
        assert not any(cell.startswith(FORMULA) for cell in row), row
    json.loads(table.to_json(), parse_constant=pytest.fail)
    if rng.random() < 0.3:
        for sheet in openpyxl.load_workbook(ask("workbook", lambda: table.save(folder / "t.xlsx"))).worksheets:
            assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert len(Document(ask("document", lambda: table.save(folder / "t.docx"))).tables) == 1


def answered(rng, folder, ask):
    """Such labels as answers and names of questions, from the data to sentences, tables, figures and pages."""
    labels, names = some_labels(rng, 3), some_labels(rng, 2)
    if len(labels) < 3 or len(names) < 2:
        return
    book = ask(
        "codebook",
        lambda: cs.Codebook(
            {"q": cs.Ordered(*labels, label=names[0], column="c"), "g": cs.Categories("a", labels[0], label=names[1])}
        ),
    )
    frame = pd.DataFrame({"c": [rng.choice(labels) for _ in range(20)], "g": ["a", labels[0]] * 10})
    data = None if book is None else ask("answers", lambda: cs.read_respondents(frame, book))
    if data is None:
        return
    found = ask("tabulation", lambda: cs.tabulate(data, "q", by="g"))
    estimates = ask("estimates", lambda: cs.estimate(found))
    for text in (str(found), str(estimates), str(estimates.sentences()) if estimates else ""):
        assert not set(shown(text)) & set("\x1b\x07\x9b\u202e\u200f\0")
    if estimates is None:
        return
    assert list(cs.Estimates.from_json(estimates.to_json())) == list(estimates)
    whole_svg(ask("figure", lambda: drawn(estimates)))
    if rng.random() < 0.15:
        written = ask("report", lambda: cs.write_report(data, folder / "report"))
        looked_through(written)
    if rng.random() < 0.1:
        survey = ask("survey", lambda: cs.as_survey(data, by="g"))
        if survey is not None:
            (folder / "a.toml").write_text(survey.to_toml(), encoding="utf-8")
            assert load_survey(folder / "a.toml") == survey


def drawn(estimates):
    with warnings.catch_warnings():  # which signs its font does not have is told
        warnings.filterwarnings("ignore", message="the font of figures has no")
        return estimates.figure().to_svg()


def whole_svg(text):
    if text is None:
        return
    for element in ET.fromstring(text).iter():
        assert element.tag.rpartition("}")[2] not in ("script", "foreignObject", "image", "a"), element.tag
        assert not any(name.startswith("on") for name in element.attrib)


def is_number(text):
    try:
        return np.isfinite(float(text))
    except ValueError:
        return False


def looked_through(written):
    for path in written or ():
        content = path.read_bytes()
        if path.suffix == ".svg":
            whole_svg(content.decode())
        elif path.suffix == ".html":
            outline = Outline(content.decode())
            assert outline.faults == outline.open == []
            tags = {tag for tag, _ in outline.tags}
            assert not tags & {"link", "img", "iframe", "object", "form", "base", "embed"}
            assert not any(name.startswith("on") or name == "src" for _, attrs in outline.tags for name in attrs)
            assert not any(a.get("href", "#")[:1] != "#" for tag, a in outline.tags if tag in ("a", "use"))
            assert sum(tag == "script" for tag, _ in outline.tags) <= 2
        elif path.suffix == ".csv":
            for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
                assert not any(cell.startswith(FORMULA) and not is_number(cell) for cell in row), row


KINDS = {"labels-tables": tables, "labels-answers": answered}
