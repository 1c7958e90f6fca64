"""Random counts, answers, surveys and formulas through every public call, and through every method of what it returns.

Each gives an answer inside its own logic or a documented error: never NaN, another exception, or a warning from below
(a warning is an error in these tests). A few calls by default; ``FUZZ=1000 uv run pytest tests/fuzz -m long`` for many.
"""

import inspect
import json
import math
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.errors import CseaStatsError
from csea_stats.results.contradictions import contradictions
from csea_stats.survey.source import Source, TargetWords
from csea_stats.survey.survey import Cell, Group, Question, Survey

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("FUZZ", "60"))
SETTINGS = {"deadline": None, "suppress_health_check": list(HealthCheck)}

LEVELS = st.sampled_from([0.95, 0.5, 0.8, 0.9, 0.99, 0.999])
TARGETS = st.sampled_from(
    [
        cs.Respondents(),
        cs.Superpopulation(),
        cs.Superpopulation(design_effect=1.7),
        cs.FinitePopulation(60),
        cs.Population(cs.Selection(tau=0.5)),
        cs.Population(cs.Selection(tau=0.1, mean=-0.4, reason="a register", correlation=0.0)),
        cs.Population(cs.SelectionBounds(ratio=2.0)),
        cs.Population(cs.SelectionBounds(ratio=math.inf), size=60),
    ]
)
NUMBERS = st.integers(0, 30)
SIZES = st.integers(1, 30)
CLAIMS = st.sampled_from([None, None, "above", "below"])
SHARES = st.sampled_from([0.5, 0.3, 0.05, 0.999])
GAPS = st.sampled_from([0.0, 0.1, -0.35])
VECTORS = st.lists(st.integers(0, 12), min_size=2, max_size=5)


@st.composite
def pairs(draw):
    base = draw(SIZES)
    return draw(st.integers(0, base) | st.sets(st.integers(0, base), min_size=1, max_size=3)), base


@st.composite
def one_share(draw):
    asked = draw(st.sampled_from(["threshold", "within", "none"]))
    more = {"threshold": {"threshold": draw(SHARES), "claim": draw(CLAIMS)}, "within": {"within": (0.2, 0.7)}}
    return draw(pairs()), {**more.get(asked, {"threshold": None}), "level": draw(LEVELS), "target": draw(TARGETS)}


@st.composite
def two_shares(draw):
    measure = draw(st.sampled_from(["difference", "ratio", "odds-ratio"]))
    ratios = {"threshold": draw(st.sampled_from(["alike", 0.5, 2.0]))}
    asked = {"threshold": draw(GAPS)} if measure == "difference" else ratios
    within = {"within": (-0.2, 0.3) if measure == "difference" else (0.5, 1.5)}
    more = draw(st.sampled_from([{**asked, "claim": draw(CLAIMS)}, within]))
    return (draw(pairs()), draw(pairs())), {"measure": measure, "level": draw(LEVELS), "target": draw(TARGETS), **more}


@st.composite
def paired(draw):
    n = draw(SIZES)
    counts = draw(st.integers(0, n)), draw(st.integers(0, n)), n
    more = draw(st.sampled_from([{"threshold": draw(GAPS), "claim": draw(CLAIMS)}, {"within": (-0.2, 0.1)}]))
    return counts, {"level": draw(LEVELS), "target": draw(TARGETS), **more}


@st.composite
def listed(draw):
    n, m, k = draw(SIZES), draw(st.integers(2, 5)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    named = [rng.permutation(m)[:k] for _ in range(n)]
    return np.bincount(np.concatenate(named), minlength=m).tolist(), n, min(k, m)


@st.composite
def picked(draw, **more):
    counts, n, k = draw(listed())
    return (counts, n, k), {"level": draw(LEVELS), "target": draw(TARGETS)} | {k: draw(one) for k, one in more.items()}


@st.composite
def ranked(draw):
    counts, n, _ = draw(listed())
    at = draw(st.sampled_from([None, 1.5, 2.0]))
    return (counts, n), {"level": draw(LEVELS), "target": draw(TARGETS), "threshold": at, "claim": draw(CLAIMS)}


@st.composite
def ordered_groups(draw):
    size = draw(st.integers(2, 4))
    groups = [draw(st.lists(st.integers(0, 9), min_size=size, max_size=size)) for _ in range(2)]
    more = draw(st.sampled_from([{"threshold": 0.5, "claim": draw(CLAIMS)}, {"within": (0.35, 0.65)}]))
    return tuple(groups), {"level": draw(st.sampled_from([0.95, 0.8])), "target": draw(TARGETS), **more}


@st.composite
def planned(draw):
    n = draw(st.integers(1, 40))
    size = st.integers(1, 8)
    asked = draw(
        st.sampled_from(
            [
                {"width": 0.3},
                {"truth": draw(st.floats(0.01, 0.99)), "n": n, "selection": cs.Selection(tau=0.1, reason="a register")},
                {"truth": (0.8, 0.2), "n": (draw(size), draw(size))},
                {"observed": (draw(st.integers(0, n)), n)},
            ]
        )
    )
    return (), {"more": draw(st.integers(0, 6)), "claim": draw(CLAIMS), "level": draw(LEVELS), **asked}


def plain(*arguments, **named):
    return st.tuples(st.tuples(*arguments), st.fixed_dictionaries(named))


PERCENTS = st.decimals(0, 100, places=0).map(str)
COUNTED = {
    "proportion": one_share(),
    "proportion_interval": plain(st.lists(st.integers(0, 9), max_size=3), st.just(9), level=LEVELS),
    "difference": two_shares(),
    "difference_interval": plain(NUMBERS, st.just(30), NUMBERS, st.just(30), level=LEVELS),
    "tipping_difference": plain(pairs(), pairs(), level=LEVELS),
    "difference_breakdown": plain(pairs(), pairs()),
    "tipping_ratio": st.tuples(pairs(), st.fixed_dictionaries({"threshold": SHARES, "claim": CLAIMS, "level": LEVELS})),
    "breakdown_ratio": st.tuples(pairs(), st.just({})),
    "exact_test": plain(pairs(), pairs()),
    "paired_difference": paired(),
    "paired_test": plain(NUMBERS, NUMBERS, SIZES),
    "paired_shift": plain(st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=3, max_size=3)),
    "multinomial": plain(VECTORS, threshold=SHARES, claim=CLAIMS, level=LEVELS, target=TARGETS),
    "ordinal": plain(st.lists(NUMBERS, min_size=3, max_size=3), st.just(["a", "b", "c"]), claim=CLAIMS, target=TARGETS),
    "picks": picked(threshold=SHARES, claim=CLAIMS),
    "pick_contrasts": picked(),
    "ranks": ranked(),
    "rank_probabilities": st.tuples(listed(), st.just({})),
    "superiority": ordered_groups(),
    "crosstab_bounds": plain(NUMBERS, NUMBERS, SIZES, target=TARGETS),
    "plan": planned(),
    "certify": plain(st.sampled_from(["proportion", "difference", "paired_difference"]), n=st.integers(1, 5)),
    "bases_for": plain(st.lists(PERCENTS, max_size=3), at_most=st.integers(1, 60)),
    "feasible_counts": plain(PERCENTS, SIZES),
    "feasible_tables": plain(st.lists(PERCENTS, min_size=1, max_size=3), SIZES),
    "design_effect": plain(st.floats(1, 50), st.floats(0, 1)),
    "effective_sample_size": plain(st.floats(0, 1), SIZES, TARGETS),
    "data_defect_correlation": plain(st.floats(0, 1), SIZES, SIZES, ratio=st.floats(0.1, 10)),
}
"""Calls that take counts, with what they are given."""

ANSWERED = {
    "anonymity": lambda data, survey, draw: cs.anonymity(data, draw(names(data, 1))),  # noqa: ARG005
    "as_survey": lambda data, survey, draw: cs.as_survey(data),  # noqa: ARG005
    "association": lambda data, survey, draw: cs.association(data, *draw(names(data, 2))),  # noqa: ARG005
    "audit": lambda data, survey, draw: cs.audit(survey),  # noqa: ARG005
    "characteristics": lambda data, survey, draw: cs.characteristics(data),  # noqa: ARG005
    "characteristics_table": lambda data, survey, draw: cs.characteristics_table(data),  # noqa: ARG005
    "compare_answers": lambda data, survey, draw: cs.compare_answers(survey, data),  # noqa: ARG005
    "compare_surveys": lambda data, survey, draw: cs.compare_surveys(
        survey, cs.as_survey(data), draw(names(data, 1))[0]
    ),
    "draft_codebook": lambda data, survey, draw: cs.draft_codebook(data.to_frame()),  # noqa: ARG005
    "estimate": lambda data, survey, draw: cs.estimate(draw(st.sampled_from([data, survey]))),
    "fit": lambda data, survey, draw: cs.fit(draw(formulas(data)), data, method="frequentist", level=draw(LEVELS)),  # noqa: ARG005
    "prior_predictive": lambda data, survey, draw: cs.prior_predictive(draw(formulas(data)), data),  # noqa: ARG005
    "release": lambda data, survey, draw: cs.release(data),  # noqa: ARG005
    "simulated_rates": lambda data, survey, draw: cs.simulated_rates(  # noqa: ARG005
        cs.fit(draw(formulas(data)), data, method="frequentist"), simulations=3
    ),
    "synthesise": lambda data, survey, draw: cs.synthesise(survey, seed=1),  # noqa: ARG005
    "tabulate": lambda data, survey, draw: cs.tabulate(data, draw(names(data, 1))[0], by=draw(names(data, 1))[0]),  # noqa: ARG005
}
"""Calls that take answers or a survey."""

ELSEWHERE = {
    "release_check": "paths: tests/disclosure",
    "checklist": "results of all kinds: tests/report/test_checklists.py",
    "check_claims": "claim files: tests/claims, and surveys below",
    "compare_models": "fits of one set of answers: tests/regression/test_model_comparison.py",
    "load_fit": "paths",
    "load_model": "paths",
    "load_survey": "paths: test_hostile_inputs.py",
    "model_names": "takes nothing",
    "result_schema": "takes nothing",
    "read_respondents": "makes the answers here; files in test_hostile_inputs.py",
    "save_tables": "paths",
    "survey_names": "takes nothing",
    "verify": "paths",
    "write_report": "paths",
}


def test_every_public_call_is_given_something():
    calls = {name for name in cs.__all__ if inspect.isfunction(getattr(cs, name))}
    assert calls == COUNTED.keys() | ANSWERED.keys() | ELSEWHERE.keys()


UNUSED = {
    *("save", "plot", "figure", "to_datatree", "pymc_model", "from_json", "index", "count", "of", "draws", "influence"),
    "joint_influence",
    *("prior_sensitivity", "with_traceback", "add_note", "invented", "named", "to_svg"),
}
"""Methods that write, draw, need another package, take long, or are a sequence's own."""


def answer(call):
    """Return what a call gives, or None where it is refused with a documented error."""
    try:
        return call()
    except CseaStatsError:
        return None


def looked_at(found):
    """Call every method of what came back that needs no argument, and check that it is inside its own logic."""
    told = [found]
    for name in dir(type(found)):
        if name.startswith("_") or name in UNUSED or not type(found).__module__.startswith("csea_stats"):
            continue
        member = inspect.getattr_static(type(found), name)
        if isinstance(member, (classmethod, staticmethod)):
            continue
        if not inspect.isfunction(member):
            told.append(answer(lambda name=name: getattr(found, name)))
        elif all(
            one.default is not one.empty or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
            for one in list(inspect.signature(member).parameters.values())[1:]
        ):
            told.append(answer(lambda name=name: getattr(found, name)()))
    for one in told:
        if isinstance(one, pd.DataFrame | str):  # what is blank in a frame, or in text of one
            continue
        assert "nan" not in str(one).lower().replace(":", " ").replace(",", " ").split(), type(found)
        logical(one)


def logical(found):
    """Check estimates: nothing of one contradicts the rest of it, and JSON gives it back."""
    several = [found] if isinstance(found, cs.Estimate) else list(found) if isinstance(found, cs.Estimates) else []
    for one in several:
        assert list(contradictions(one)) == []
        for span in (one.interval, one.companion):
            assert span is None or span.lower <= span.upper
        assert one.verdict is None or one.verdict.rate is None or 0 <= one.verdict.rate <= 1
    if several:
        text = cs.Estimates(several).to_json()
        json.loads(text, parse_constant=pytest.fail)
        assert list(cs.Estimates.from_json(text)) == several


@pytest.mark.parametrize("name", [*COUNTED])
@pytest.mark.sizes("examples", slow=4, long=EXAMPLES)
def test_counts(name, examples):
    @settings(max_examples=examples, derandomize=examples == 4, **SETTINGS)
    @given(COUNTED[name])
    def run(given_):
        arguments, named = given_
        found = answer(lambda: getattr(cs, name)(*arguments, **named))
        if found is not None:
            looked_at(found)

    run()


@st.composite
def answers(draw):
    """Draw answers of a few people: a few questions of every kind, blanks among them."""
    n, seed = draw(st.integers(1, 24)), draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    words, steps = ["north", "south", "west"], ["low", "middle", "high"]
    texts = {
        "region": rng.choice(words[: draw(st.integers(1, 3))], n).astype(object),
        "rating": rng.choice(steps, n, p=draw(st.sampled_from([[1, 0, 0], [0.2, 0.5, 0.3], [0, 0.1, 0.9]]))).astype(
            object
        ),
        "agrees": rng.choice(["no", "yes"], n).astype(object),
        "years": rng.integers(0, draw(st.sampled_from([1, 5, 40])), n).astype(str).astype(object),
        "chosen": np.array([";".join(np.array(["x", "y", "z"])[rng.random(3) < 0.5]) for _ in range(n)], object),
    }
    for column in texts.values():
        column[rng.random(n) < draw(st.sampled_from([0.0, 0.2, 1.0]))] = ""
    book = cs.Codebook(
        {
            "region": cs.Categories(*words),
            "rating": cs.Ordered(*steps),
            "agrees": cs.Categories("no", "yes"),
            "years": cs.Number(),
            "chosen": cs.Multiple(items=("x", "y", "z"), separator=";"),
        }
    )
    return cs.read_respondents(pd.DataFrame(texts), book)


QUESTIONS = ("region", "rating", "agrees", "years", "chosen")


def names(data, number):  # noqa: ARG001 - as the others
    return st.lists(st.sampled_from(QUESTIONS), min_size=number, max_size=number, unique=True)


@st.composite
def formulas(draw, data):  # noqa: ARG001 - as the others
    outcome = draw(st.sampled_from(QUESTIONS))
    terms = draw(st.lists(st.sampled_from(["region", "agrees", "years", "mo(rating)", "rating", "1"]), max_size=2))
    joined = draw(st.sampled_from([" + ", "*"])).join(terms or ["1"])
    return f"{outcome} ~ {joined}" + draw(st.sampled_from(["", "", " + (1 | region)", " + free(years)"]))


@st.composite
def surveys(draw):
    """Draw a printed survey: counts and percentages that may contradict each other."""
    n = draw(st.integers(1, 40))

    def cells(items, where, among=None):
        for item in items:
            count = draw(st.none() | st.integers(0, n))
            told = {"percent": str(draw(st.integers(0, 100)))} if count is None else {"count": count}
            yield Cell(item=item, where=where, among=among, **told)

    young = Group(question="age", item="young")
    return Survey(
        id="drawn",
        title="Drawn",
        respondents=n,
        format="csea-survey/1",
        source=Source(
            title="Drawn",
            publisher=("Nobody",),
            country="Nowhere",
            year=2020,
            mode="On paper.",
            recruitment="All came.",
        ),
        targets=TargetWords(
            respondents="those who answered",
            superpopulation="people like those who answered",
            population="all of them",
            workforce="all of them",
        ),
        question=(
            Question(
                id="age", label="Age", kind="single", categories=("young", "old"), cells=tuple(cells(["young"], "T1"))
            ),
            Question(
                id="rating",
                label="Rating",
                kind="ordinal",
                categories=("low", "middle", "high"),
                cells=(*cells(["low", "middle", "high"], "T2"), *cells(["low"], "T3", young)),
            ),
            Question(
                id="named",
                label="Named",
                kind="pick",
                chosen=draw(st.integers(1, 2)),
                categories=("x", "y", "z"),
                cells=tuple(cells(["x", "y", "z"], "T4")),
            ),
        ),
    )


@pytest.mark.parametrize("name", [*ANSWERED])
@pytest.mark.sizes("examples", slow=2, long=max(EXAMPLES // 2, 1))
def test_answers_and_surveys(name, examples):
    @settings(max_examples=examples, derandomize=examples == 2, **SETTINGS)
    @given(st.data())
    def run(drawn):
        data, survey = answer(lambda: drawn.draw(answers())), answer(lambda: drawn.draw(surveys()))
        if data is None or survey is None:
            return
        found = answer(lambda: ANSWERED[name](data, survey, drawn.draw))
        if found is not None:
            looked_at(found)

    run()
