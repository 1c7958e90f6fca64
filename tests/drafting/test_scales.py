"""The lists of scales: each gives its own order, whatever else is in the lists."""

import random
import tomllib
from importlib import resources

import pytest

from csea_stats.drafting.word_lists import scale_of

LISTS = tomllib.loads((resources.files("csea_stats") / "drafting" / "words" / "scales.toml").read_text("utf-8"))
SCALES = [
    points for scales in LISTS.values() if isinstance(scales, dict) for name, points in scales.items() if name != "of"
]

COMMON = [
    *(
        [f"{degree} {word}" for degree in ("Not at all", "Slightly", "Moderately", "Very", "Extremely")]
        for word in ("confident", "helpful", "satisfied", "likely", "useful", "concerned", "important", "familiar")
    ),
    ["Not at all helpful", "A bit helpful", "Quite helpful", "Very helpful"],
    ["Not at all", "A bit", "Quite", "Very"],
    ["Not at all", "Slightly", "Moderately", "Very", "Extremely"],
    ["Not useful", "Somewhat useful", "Useful", "Very useful"],
    ["trifft gar nicht zu", "trifft eher nicht zu", "teils-teils", "trifft eher zu", "trifft voll zu"],
    ["nie", "seltener", "monatlich", "wöchentlich", "täglich"],
    ["Nie", "Jährlich", "Vierteljährlich", "Monatlich", "Mehrmals pro Woche"],
    ["Never", "Once a year", "Every three months", "Monthly", "Weekly"],
    ["Never", "Less often", "Twice a year", "Quarterly", "Every two weeks", "Weekly", "Daily"],
    ["nikad", "rjeđe", "mjesečno", "tjedno", "svakodnevno"],
    ["Not at all", "Several days", "More than half the days", "Nearly every day"],
    ["Nijednom", "Nekoliko dana", "Više od polovine dana", "Skoro svaki dan"],
    ["Jamais", "Une fois par mois", "Une fois par semaine", "Tous les jours"],
    ["Nunca", "Una vez al año", "Una vez por semana", "A diario"],
    ["Not true", "Somewhat true", "Certainly true"],
    ["None of them", "A few", "About half", "Most of them", "All of them"],
    ["Primary education", "Secondary education", "Bachelor's degree", "Master's degree", "PhD"],
]


@pytest.mark.parametrize("answers", COMMON)
def test_a_common_scale_is_known(answers):
    mixed = random.Random(3).sample(answers, len(answers))
    found = scale_of(mixed)
    assert found is not None
    assert list(found.answers) == answers


def test_every_scale_of_the_lists_gives_its_order():
    rng = random.Random(4)
    for points in SCALES:
        words = [rng.choice(point).format("helpful") for point in points]
        found = scale_of(rng.sample(words, len(words)))
        assert found is not None
        assert list(found.answers) == words
        kept = [words[place] for place in sorted(rng.sample(range(len(words)), max(2, len(words) - 2)))]
        some = scale_of(kept[::-1])
        assert some is None or list(some.answers) == kept  # none where another scale orders them otherwise


def test_two_wordings_of_one_rank_are_no_scale():
    assert scale_of(["Not helpful", "Not at all helpful", "Very helpful"]) is None
    assert scale_of(["slightly helpful", "very useful"]) is None
