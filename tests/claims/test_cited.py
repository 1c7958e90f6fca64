"""Claims as sentences to cite: short, with every verdict, its intervals and its notes."""

import re

import pytest


@pytest.mark.slow
def test_every_verdict_and_interval_is_told(shipped):
    for result, told in zip(shipped, shipped.sentences(), strict=True):
        assert told.text.startswith((f"“{result.claim.text.removesuffix('.')}”", "SYNTHETIC"))
        assert len(told.text.split()) <= 80
        assert not re.search(r"significant|margin of error|\bnan\b", told.text)
        words = [verdict.word for verdict in result.verdicts if verdict]
        if set(words) <= {"cannot be checked"}:
            assert "cannot be checked" in told.text
            continue
        people = result.verdicts.people
        if people and people.word == "supported":
            assert "The data support it for " in told.text
            assert re.search(r"\(95% (simultaneous )?C", told.text)
            assert "allowing for chance alone" in told.text
        if people and people.word == "not settled":
            assert "it is not settled" in told.text


def test_the_lengths_and_readers(shipped):
    result = next(one for one in shipped if one.verdicts.people and one.verdicts.people.word == "supported")
    assert result.sentence("note").text.startswith("of them: ")
    assert "like them: supported (95%" in result.sentence("in-text").text
    assert "Holds for people like these" in result.sentence(reader="policy").text
    assert "[" in result.sentence("in-text", style="apa").text
    assert len(result.sentence("note").text.split()) <= 25


def test_notes_of_a_set_stand_once(shipped):
    told = shipped.sentences("note")
    assert len({note.text for note in told.notes}) == len(told.notes) < 80
    assert str(told).count("Notes:") == 1
