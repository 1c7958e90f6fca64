"""Random and hostile inputs of every kind of file: a right answer or a documented error.

By hand, with the counts: ``FUZZ=10000 uv run pytest tests/fuzz -m "slow or long" -n 0 -s``, and
``python -m tests.fuzz.long``.
"""

import json
import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.errors import CseaStatsError
from csea_stats.survey.named_files import shipped_folder
from tests.fuzz.kinds import KINDS
from tests.fuzz.long import run

EXAMPLES = int(os.environ.get("FUZZ", "150"))
MORE = "FUZZ" in os.environ or settings.default.max_examples >= 100  # as by -m "slow or long"
SHIPPED = (shipped_folder("survey", "data") / "bosnia-herzegovina-2021.toml").read_bytes()
ESTIMATES = cs.Estimates([cs.proportion(35, 49, threshold=0.5)]).to_json()
BOOK = cs.Codebook({"q": cs.Categories("a", "b")})
COUNTS: Counter[str] = Counter()

pytestmark = pytest.mark.slow
fuzzed = settings(
    max_examples=EXAMPLES if MORE else 20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True, scope="module")
def _told():
    yield
    print("", *(f"{number:7,} {what}" for what, number in sorted(COUNTS.items())), sep="\n")  # noqa: T201 - asked for


@pytest.mark.sizes("number", slow=12, long=EXAMPLES)
@pytest.mark.parametrize("kind", KINDS)
def test_some_of_each_kind(kind, number):
    COUNTS.update(run(kind, min(number, 40) if kind == "statistics" else number, 1))


def answered(kind, call):
    """Call; count what came of it. Whatever is no documented error goes on up and fails the test."""
    try:
        found = call()
    except CseaStatsError as error:
        COUNTS[f"{kind}: {type(error).__name__}"] += 1
        return None
    COUNTS[f"{kind}: answered"] += 1
    return found


CELLS = st.sampled_from(
    ["a", "b", "", " ", "q", ",", ";", "\t", '"', "\n", "\r", "\u2028", "\v", "\f", "\x85", "\0", "\ufeff"]
)


@fuzzed
@given(
    text=st.lists(CELLS | st.text(max_size=3), max_size=40).map("".join), start=st.sampled_from(["q\n", "", "q,t\n"])
)
@example(text="a\n\nb\n\n\na\n", start="q\n")
@example(text=",\n,,,\n,,\n", start="q,t\n")
@example(text="b\u2028b,y\n", start="q,t\n")
@example(text="\n\nq\na\n", start="")
def test_files_of_answers(text, start, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes((start + text).encode("utf-8", "surrogatepass"))
    data = answered("answers", lambda: cs.read_respondents(path, BOOK))
    if data is not None:
        column = data.column("q")
        assert sum(column.counts) + sum(column.why.values()) == len(data)
    answered("codebook", lambda: cs.draft_codebook(path))


@fuzzed
@given(data=st.data())
def test_survey_files_with_changed_bytes(data, tmp_path):
    content = bytearray(SHIPPED)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3) | st.just(b'"]\n'))
    path = tmp_path / "a.toml"
    path.write_bytes(bytes(content))
    answered("survey", lambda: cs.load_survey(path))


@fuzzed
@given(
    key=st.sampled_from(
        ["value", "bounds", "interval", "verdict", "probability", "counts", "base", "scale", "target", "caveats"]
    ),
    thing=st.none()
    | st.floats()
    | st.text(max_size=3)
    | st.lists(st.floats(), max_size=3)
    | st.just({"type": "Estimate"}),
)
def test_estimates_with_a_changed_key(key, thing):
    body = json.loads(ESTIMATES)
    body["estimates"][0][key] = thing
    answered("estimates", lambda: cs.Estimates.from_json(json.dumps(body)))


@fuzzed
@given(
    count=st.integers(-2, 60) | st.sets(st.integers(0, 60), max_size=4),
    base=st.integers(-1, 60) | st.sets(st.integers(0, 60), max_size=3),
    level=st.floats(0, 1) | st.just(0.95),
)
@example(count=1, base=1, level=5e-324)
@example(count=0, base=10**15, level=0.95)
def test_shares(count, base, level):
    estimate = answered("share", lambda: cs.proportion(count, base, level=level))
    if estimate is not None:
        assert 0 <= estimate.interval.lower <= estimate.interval.upper <= 1
        assert cs.Estimates.from_json(cs.Estimates([estimate]).to_json())[0] == estimate
