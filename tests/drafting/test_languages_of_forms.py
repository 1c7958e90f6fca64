"""Google Forms in the languages of its users: the first column is the tool's own."""

import pytest

from csea_stats import Multiple, draft_codebook
from csea_stats.drafting.column_facts import is_date

from .test_exports_by_hand import ROWS, column, kinds, why, written


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("Zeitstempel", "2025/03/{:02} 10:00:00 vorm. MEZ"),
        ("Zeitstempel", "2025/03/{:02} 4:05:10 nachm. MESZ"),
        ("Timestamp", "2025/03/{:02} 10:00:00 vorm. MEZ"),
        ("Timestamp", "2025/03/{:02} 10:00:00 AM GMT+1"),
        ("Marca temporal", "2025/03/{:02} 10:00:00 a. m. CET"),
        ("Marca temporal", "2025/03/{:02} 10:00:00\u202fp.\u00a0m. GMT-6"),
        ("Vremenska oznaka", "2025/03/{:02} 10:00:00 prijepodne CET"),
        ("Vremenska oznaka", "{}.3.2025. 10:00:00"),
        ("Временска ознака", "2025/03/{:02} 10:00:00 пре подне CET"),
        ("Horodateur", "2025/03/{:02} 10:00:00 AM UTC+1"),
        ("Vula kohore", "2025/03/{:02} 10:00:00 e paradites CET"),
    ],
)
def test_the_time_stamp_is_known(tmp_path, name, time):
    stamps = [name, *(time.format(row) for row in range(1, ROWS + 1))]
    uses = column("Womit?", "Rad, Bus", "Bus, Bahn", "Bahn", "Rad, Floß")
    uses[-1] = "Bus, zu Fuß mit dem Hund"
    path = written(tmp_path, [stamps, uses])
    assert "? looks like an export of google_forms" in dict(draft_codebook(path).remarks)[""]
    assert why(path)[" ".join(name.split())] == "the tool's own column"
    assert isinstance(kinds(path)["womit"], Multiple)


@pytest.mark.parametrize("text", ["2025/03/01 10:00:00 meeting", "2025/03/01 vorm.", "10:00 a. m. heute"])
def test_a_note_with_a_date_is_no_date(text):
    assert not is_date(text)
