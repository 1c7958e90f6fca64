"""What the page tells of how often chance alone decides its verdicts."""

import re

from csea_stats.report.target_tables import chance_words
from csea_stats.results.values import Verdict


def verdict(rate):
    return Verdict(word="not settled", threshold=0.5, direction="above", why="", rate=rate)


def test_how_often_chance_alone_decides():
    assert chance_words([]) == chance_words([verdict(None), None]) == ""
    assert chance_words([verdict(0.0384)]).endswith("decide the verdict in at most 3.9% of surveys.")
    several = chance_words([verdict(0.0384), verdict(0.044), None, verdict(0.05)])
    assert several.endswith("each of these 3 verdicts in at most 5% of surveys, about 0.1 of them in one survey.")


def test_the_page_tells_it_beside_its_verdicts(shipped_page):
    assert len(re.findall(r"chance alone would decide each of these \d+ verdicts in at most", shipped_page)) == 1
    rates = re.findall(
        r"People like these: [a-z ]+ \(at the threshold decided by chance in at most ([\d.]+)%\)", shipped_page
    )
    assert len(rates) > 10
    assert all(float(rate) <= 5 for rate in rates)
