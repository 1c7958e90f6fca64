"""Labels that are read from right to left stand by themselves on a page; signs that turn all that follows are shown."""

import re

import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.report.fit_page import fit_html

HEBREW = "\u05db\u05df (\u05de\u05d0\u05d5\u05d3)"
ARABIC = "\u0644\u0627 & \"'\u0646\u0639\u0645'\""
TURNED = "b\u202egnp.exe"


def alone(page):
    """Whether whatever is read from right to left stands between the signs that isolate it, and nothing turns."""
    outside = re.sub("\u2068[^\u2066-\u2069]*\u2069", "", page)
    return not re.search("[\u0590-\u08ff\u202a-\u202e\u2066-\u2069]", outside) and "\u2068" in page


@pytest.mark.slow
def test_labels_of_two_directions(tmp_path):
    book = cs.Codebook({"q": cs.Ordered(HEBREW, TURNED, ARABIC), "g": cs.Categories("m", ARABIC)})
    frame = pd.DataFrame({"q": [HEBREW, TURNED, ARABIC, ARABIC] * 9, "g": ["m", ARABIC] * 18})
    data = cs.read_respondents(frame, book)
    cs.write_report(data, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert alone(page)
    assert "b\ufffdgnp.exe" in page
    for figure in tmp_path.rglob("*.svg"):
        assert not set("\u202e\u202c") & set(figure.read_text(encoding="utf-8")), figure
    assert alone(fit_html(cs.fit("q ~ g", data, method="frequentist")))
