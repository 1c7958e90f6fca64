"""Results as values: a sequence, a frame, JSON and back, a command."""

from __future__ import annotations

import json
import pickle

import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.claims.results import is_tested
from csea_stats.cli import main
from csea_stats.errors import InputError


def test_a_sequence_that_cannot_be_changed(shipped):
    assert isinstance(shipped[:3], cs.Claims)
    assert isinstance(shipped[0], cs.ClaimResult)
    assert shipped[:3] == cs.Claims(list(shipped)[:3])
    assert hash(shipped[:3]) == hash(cs.Claims(list(shipped)[:3]))
    assert pickle.loads(pickle.dumps(shipped[:5])) == shipped[:5]
    with pytest.raises(AttributeError):
        shipped[0].paragraph = "other"
    with pytest.raises(InputError, match="holds results of claims"):
        cs.Claims(["a"])
    assert str(shipped[0]).startswith(shipped[0].claim.text)


@pytest.mark.slow_for("False")
@pytest.mark.parametrize("costly", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_json_and_back_is_the_same(shipped, costly):
    """What superiority is under every prior takes seconds: it is computed where it is asked for."""
    results = cs.Claims(one for one in shipped if costly or one.claim.test.kind != "superiority")
    text = results.to_json()
    assert cs.Claims.from_json(text) == results
    assert json.loads(text)["format"] == "csea-results/2"
    assert "inf" in text  # the ratio at which 7 of 7 turns


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": "other"}', '{"format": "csea-claim-results/1", "results": [{}]}']
)
def test_another_text_is_refused(text):
    with pytest.raises(InputError):
        cs.Claims.from_json(text)


def test_a_frame_with_a_row_per_claim(shipped):
    frame = shipped.to_frame()
    assert list(frame.id) == [result.claim.id for result in shipped]
    row = frame.set_index("id").loc["awareness-poor-majority"]
    assert [row.respondents, row.people, row.workforce] == ["true of them", "supported", "not settled"]
    assert row.tipping_observed == pytest.approx(2.5)


@pytest.mark.slow
def test_the_command(written):
    run = CliRunner().invoke
    table = run(main, ["claims"])
    assert table.exit_code == 0
    assert "awareness-poor-majority" in table.output
    path = str(written('{ kind = "share", question = "awareness", item = "poor", above = 0.5 }'))
    csv = run(main, ["claims", "--claims", path, "--format", "csv"])
    assert csv.output.splitlines()[0].startswith("id,section,headline,text,kind,respondents,people,workforce")
    assert len(csv.output.splitlines()) == 2
    assert len(cs.Claims.from_json(run(main, ["claims", "--claims", path, "--format", "json"]).output)) == 1
    wrong = run(main, ["claims", "--claims", str(written('{ kind = "share" }'))])
    assert wrong.exit_code == 2
    assert "the key 'question' is missing" in wrong.stderr


def test_every_tested_verdict_on_people_tells_its_rate(shipped):
    rated = [one for one in shipped if one.false_sign is not None and is_tested(one.verdicts)]
    assert len(rated) > 30
    for one in rated:
        assert one.verdicts.people.rate == one.false_sign <= 0.05 + 1e-9
        told = [e.verdict.rate for e in one.estimates if isinstance(e.target, cs.Superpopulation) and e.verdict]
        assert all(rate == one.false_sign for rate in told)
    wide = [one.verdicts.workforce.rate for one in rated if one.claim.test.kind == "share"]
    assert wide == [pytest.approx(0.05)] * len(wide)
