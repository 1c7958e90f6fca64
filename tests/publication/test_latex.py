"""Tables in LaTeX: columns that a line has room for, long tables over pages, signs that pdfLaTeX lacks named."""

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.publication.latex import UNICODE, latex_text, widths
from csea_stats.publication.table import plain_table

LONG = "works together with the agencies, the police and the schools of the place rather poorly than well $ & 100% _x"

PAGE = r"""\documentclass{article}
\usepackage{booktabs,threeparttable,rotating,array,longtable}
\begin{document}
\input{tables.tex}
\end{document}
"""


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 20)), min_size=1, max_size=12), st.floats(10, 130))
def test_only_the_widest_columns_are_made_narrower(columns, room):
    needs, words = [max(pair) for pair in columns], [pair[1] for pair in columns]
    given_ = widths(needs, words, room)
    assert all(found <= need for found, need in zip(given_, needs, strict=True))
    assert all(found >= min(need, max(5, word)) for found, need, word in zip(given_, needs, words, strict=True))
    if sum(needs) <= room:
        assert given_ == needs
    elif sum(given_) > room + 1e-6:  # nothing can be narrower
        assert all(found <= max(5, word) + 1e-6 for found, word in zip(given_, words, strict=True) if found > 5)
    narrowed = [found for found, need in zip(given_, needs, strict=True) if found < need - 1e-9]
    whole = [need for found, need in zip(given_, needs, strict=True) if found >= need - 1e-9]
    if narrowed and max(words) <= 5:
        assert not whole or max(whole) <= min(narrowed) + 1e-6


def test_a_table_is_broken_where_a_line_or_a_page_has_no_room():
    few = plain_table("Few", ("what", "n"), [("a", 1)]).to_latex()
    assert r"\begin{table}" in few
    assert "p{" not in few
    wide = plain_table("Wide", ("what", "n"), [(LONG, 1)]).to_latex()
    assert re.search(r"raggedright\\arraybackslash\}p\{0\.\d+\\linewidth\}r", wide)
    long = plain_table("Long", ("what", "n"), [(LONG, k) for k in range(60)]).to_latex()
    assert r"\begin{longtable}" in long
    assert r"\endhead" in long
    assert "threeparttable" not in long


def test_raised_letters_and_signs_that_pdflatex_lacks(tmp_path):
    assert latex_text("not settled.ᵃᵇ") == r"not settled.\textsuperscript{ab}"
    sentences = cs.Estimates([cs.proportion(35, 49, label="rate it poor")] * 2).sentences()
    text = sentences.save(tmp_path / "a.tex").read_text(encoding="utf-8")
    assert r".\textsuperscript{ab}" in text
    assert UNICODE not in text
    assert UNICODE in cs.proportion(35, 49, label="שלום").table().to_latex()
    assert UNICODE not in cs.proportion(35, 49, label="Für Ärzte “so”").table().to_latex()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="2026-11: no LaTeX is installed")
@pytest.mark.parametrize("encoding", ["", "\\usepackage[T1]{fontenc}\n"])
def test_tables_are_set_without_an_error_and_inside_the_page(encoding, tmp_path, shipped_estimates):
    tables = [
        plain_table(
            'Signs: " < > | ~ ^ \\ { } # $ % & _', ("[a] [b]", "n"), [("[x] = y", "−1"), (LONG, 2), ("", "a\tb")]
        ),
        plain_table("Long", ("what", *"bcdefghi"), [(LONG, *[f"{k} to {k}" for _ in range(8)]) for k in range(60)]),
        shipped_estimates.where(question="awareness").table("topline"),
        shipped_estimates.where(question="awareness").table("tiers"),
        shipped_estimates.where(question="awareness").table("contrasts"),
        shipped_estimates.table("topline"),
    ]
    cs.save_tables(tables, tmp_path / "tables.tex")
    shipped_estimates[:40].sentences().save(tmp_path / "sentences.tex")
    for name in ("tables", "sentences"):
        page = PAGE.replace("tables.tex", f"{name}.tex").replace("\\begin{doc", f"{encoding}\\begin{{doc")
        (tmp_path / "page.tex").write_text(page, encoding="utf-8")
        run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
        told = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False).stdout.decode(errors="replace")
        assert not [line for line in told.splitlines() if line.startswith("!")], told[-2000:]
        assert "too large for page" not in told
        wide = [float(found) for found in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\) in alignment", told)]
        assert max(wide, default=0) < 12
