"""The paper and the notebook in the docs are made anew, and nobody typed a number of theirs."""

import ast
import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
BUILD = DOCS / "paper/build.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("pypandoc")
    made = tmp_path_factory.mktemp("paper")
    runpy.run_path(str(BUILD))["main"](made)
    return made


@pytest.mark.slow
def test_the_paper_is_what_the_package_makes_today(folder):
    assert (folder / "paper.md").read_text(encoding="utf-8") == (BUILD.parent / "paper.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_word_has_its_tables_figures_and_sentences(folder):
    docx = pytest.importorskip("docx")
    document = docx.Document(str(folder / "paper.docx"))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert len(document.tables) == 2
    assert len(document.inline_shapes) == 3
    assert any(
        text.startswith("35 of 49 workers rate public awareness poor (71%; 95% CrI, 58 to 83%") for text in texts
    )
    assert any("singled out after the answers were seen" in text for text in texts)


@pytest.mark.slow
def test_latex_is_whole(folder):
    text = (folder / "paper.tex").read_text(encoding="utf-8")
    assert text.rstrip().endswith(r"\end{document}")
    assert text.count(r"\begin{longtable}") == text.count(r"\end{longtable}") == 2
    assert sorted(re.findall(r"\{(\w+\.pdf)\}", text)) == ["awareness.pdf", "effects.pdf", "tipping.pdf"]


def test_the_authors_words_hold_no_digits():
    tree = ast.parse(BUILD.read_text(encoding="utf-8"))
    words = [
        part.value
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
        if isinstance(part, ast.Constant)
    ]
    assert len(words) > 20
    assert not [text for text in words if re.search(r"\d", text)]


@pytest.mark.slow
def test_the_notebook_runs_from_file_to_word(monkeypatch):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    monkeypatch.chdir(DOCS.parent / "examples")
    notebook = nbformat.read(DOCS / "notebooks/from-file-to-word.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    nbclient.NotebookClient(notebook, timeout=300).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert all(output.output_type != "error" and output.get("name") != "stderr" for output in outputs)
    assert all(len(str(output)) < 100_000 for output in outputs)
    assert "['contrasts.json', 'results.docx']" in str(outputs[-1])
