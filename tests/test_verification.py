"""What was saved is made again: the same, or the difference is found; a file's text is never run."""

import json
import random
from collections import Counter

import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main
from csea_stats.errors import InputError

COUNTS = cs.Estimates(
    [
        *cs.proportion({34, 35}, 49, target=cs.TIERS, threshold=0.4),
        cs.difference((7, 7), ({27, 28}, 42), measure="ratio"),
        cs.paired_difference(39, 35, 49),
        *cs.multinomial([11, 13, 9]),
        *cs.ordinal([3, 20], ["a", "b"]),
        *cs.ranks([9, 3, 4], 16),
        *cs.crosstab_bounds(35, 24, 49),
        cs.superiority([1, 5], [7, 4]),
        cs.tipping_ratio(35, 49),
    ]
)


def states(path, data=None):
    return Counter(row.state for row in cs.verify(path, data))


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "numbers.json"
    path.write_text(COUNTS.to_json())
    return path


def numbers_of(body, path=()):
    """Yield the place of every number of the estimates, but for those of versions."""
    if isinstance(body, dict):
        for key, value in body.items():
            if key != "versions":
                yield from numbers_of(value, (*path, key))
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from numbers_of(value, (*path, index))
    elif isinstance(body, (int, float)) and not isinstance(body, bool):
        yield path


def changed(body, path):
    """Return the file with one number changed in its second digit."""
    copy = json.loads(json.dumps(body))
    place = copy
    for key in path[:-1]:
        place = place[key]
    value = place[path[-1]]
    place[path[-1]] = value + 1 if isinstance(value, int) else value * 1.01 + (0.001 if value == 0 else 0)
    return copy


def check(body, places, path):
    """Hold each mutant to be found, or to be refused when it is read."""
    for place in places:
        path.write_text(json.dumps(changed(body, place)))
        try:
            found = states(path)
        except InputError:
            continue
        assert found["differs"] == 1, place


def test_what_was_saved_is_the_same(saved):
    assert states(saved) == {"same": len(COUNTS)}


def test_a_changed_number_is_found_wherever_it_stands(saved, tmp_path):
    body = json.loads(saved.read_text())
    places = [path for path in numbers_of(body) if path[0] == "estimates"]
    assert len(places) > 200
    check(body, random.Random(1).sample(places, 40), tmp_path / "mutant.json")


@pytest.mark.slow
def test_every_number_of_a_file_is_held(saved, tmp_path):
    body = json.loads(saved.read_text())
    check(body, [path for path in numbers_of(body) if path[0] == "estimates"], tmp_path / "mutant.json")


def test_the_shipped_survey_is_the_same_and_a_changed_count_is_not(tmp_path):
    estimates = cs.estimate(cs.load_survey("bosnia-herzegovina-2021"))
    body = json.loads(estimates.to_json())
    path = tmp_path / "estimates.json"
    path.write_text(json.dumps(body))
    assert states(path) == {"same": len(estimates)}
    place = next(i for i, one in enumerate(estimates) if one.question == "awareness" and one.counts == ((35,),))
    body["estimates"][place]["counts"] = [[36]]
    path.write_text(json.dumps(body))
    assert states(path)["differs"] == 1


def test_fits_need_their_answers(tmp_path):
    data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    path = tmp_path / "fit.json"
    path.write_text(cs.fit("awareness ~ organisation", data, method="frequentist").effects().to_json())
    assert set(states(path, data)) == {"same"}
    assert set(states(path)) == {"cannot be checked"}


@pytest.mark.parametrize(
    "call",
    [
        "__import__('os').system('true')",
        "csea_stats.proportion(35, 49).__class__",
        "csea_stats.write_report('x', 'y')",
        "csea_stats.proportion(*[35, 49])",
        "csea_stats.proportion(**{'count': 35})",
        "(lambda: 1)()",
        "[x for x in (1, 2)]",
        "open('/etc/passwd').read()",
        "csea_stats.proportion(35",
        "(" * 500,
        "csea_stats.proportion()",
    ],
)
def test_a_recipe_is_read_and_never_run(call, tmp_path):
    body = json.loads(cs.Estimates([cs.proportion(35, 49)]).to_json())
    body["estimates"][0]["provenance"]["call"] = call
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(body))
    (row,) = cs.verify(path)
    assert row.state == "differs"


def test_the_command_tells_by_its_status(saved, tmp_path):
    run = CliRunner().invoke
    told = run(main, ["verify", str(saved)])
    assert (told.exit_code, told.output.strip()) == (0, f"{len(COUNTS)} same")
    body = json.loads(saved.read_text())
    body["estimates"][0]["counts"] = [[12]]
    saved.write_text(json.dumps(body))
    told = run(main, ["verify", str(saved)])
    assert told.exit_code == 1
    assert "differs: counts" in told.output
    assert json.loads(run(main, ["verify", str(saved), "--json"]).output)[0]["state"] == "differs"
    (tmp_path / "no.json").write_text("{")
    assert run(main, ["verify", str(tmp_path / "no.json")]).exit_code == 2


@pytest.mark.slow
def test_claims_are_made_again(tmp_path):
    path = tmp_path / "claims.json"
    path.write_text(cs.check_claims(cs.load_survey("bosnia-herzegovina-2021")).to_json())
    assert set(states(path)) == {"same"}
