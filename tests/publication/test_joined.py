"""Words joined by commas."""

import csea_stats as cs
from csea_stats.publication.lettered_notes import joined


def test_of_none_one_and_several():
    assert [joined(parts, "or") for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a or b",
        "a, b or c",
    ]


def test_methods_of_counts_without_intervals_are_told():
    text = cs.proportion(3, 5, target=cs.Respondents()).methods_text()
    assert text.startswith("Shares of 5 respondents. ")
