"""Anything at all given as any argument of any public call: an answer or a documented error, nothing from below."""

import collections
import decimal
import fractions
import inspect
import math

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import CseaStatsError
from tests.fuzz.odd_things import ODD

SURVEY = cs.load_survey("bosnia-herzegovina-2021")
ANSWERS = cs.synthesise(SURVEY, seed=1)
TABLE = cs.tabulate(ANSWERS, "awareness", by="organisation")
GROUPS = ((7, 7), (28, 42))
POPULATION = cs.Population(cs.Selection(tau=0.5))

CALLS = {
    "Caveat": ((), {"code": "few", "text": "x"}),
    "Categories": (("a", "b"), {}),
    "FinitePopulation": ((100,), {}),
    "certify": (("proportion",), {"n": 9}),
    "plan": ((), {"width": 0.5}),
    "Interval": ((), {"lower": 0.1, "upper": 0.2, "level": 0.95, "kind": "credible", "method": "jeffreys"}),
    "Multiple": ((), {"items": ("a", "b"), "separator": ";"}),
    "Number": ((), {}),
    "Ordered": (("a", "b"), {}),
    "Population": ((cs.Selection(),), {}),
    "Respondents": ((), {}),
    "Selection": ((), {}),
    "SelectionBounds": ((), {"ratio": 2.0}),
    "Superpopulation": ((), {}),
    "as_survey": ((ANSWERS,), {}),
    "association": ((ANSWERS, "awareness", "organisation"), {}),
    "audit": ((SURVEY,), {}),
    "bases_for": ((["41", "59"],), {}),
    "breakdown_ratio": ((35, 49), {}),
    "characteristics": ((ANSWERS,), {}),
    "characteristics_table": ((ANSWERS,), {}),
    "check_claims": ((SURVEY,), {}),
    "compare_answers": ((SURVEY, ANSWERS), {}),
    "compare_surveys": ((SURVEY, cs.load_survey("dask-users-2019"), "awareness"), {}),
    "crosstab_bounds": (([3, 4],), {"column": [3, 4], "base": 7}),
    "data_defect_correlation": ((0.4, 4, 9), {"ratio": 2}),
    "design_effect": ((10, 0.1), {}),
    "difference": (GROUPS, {}),
    "difference_breakdown": (GROUPS, {}),
    "difference_interval": ((7, 7, 28, 42), {}),
    "effective_sample_size": ((0.7, 49, POPULATION), {}),
    "estimate": ((TABLE,), {}),
    "exact_test": (GROUPS, {}),
    "feasible_counts": (("41", 49), {}),
    "feasible_tables": ((["41", "59"], 49), {}),
    "fit": (("awareness ~ organisation", ANSWERS), {"method": "frequentist"}),
    "load_fit": (("no-such-folder",), {}),
    "load_model": (("services-by-organisation",), {}),
    "load_survey": (("bosnia-herzegovina-2021",), {}),
    "multinomial": (([3, 4, 5],), {}),
    "ordinal": (([3, 4], ("low", "high")), {}),
    "paired_difference": ((3, 9, 12), {}),
    "paired_test": ((3, 9, 12), {}),
    "pick_contrasts": (([3, 9, 6], 9, 2), {}),
    "picks": (([3, 9, 6], 9, 2), {}),
    "proportion": ((35, 49), {}),
    "proportion_interval": ((35, 49), {}),
    "rank_probabilities": (([3, 9, 6], 9, 2), {}),
    "ranks": (([3, 9, 6], 9), {}),
    "superiority": (([3, 4], [5, 2]), {}),
    "synthesise": ((SURVEY,), {}),
    "tabulate": ((ANSWERS, "awareness"), {}),
    "tipping_difference": (GROUPS, {}),
    "tipping_ratio": ((35, 49), {}),
}
"""A right call of each name, of whose arguments one at a time is replaced."""

ELSEWHERE = {
    "compare_models",  # takes fits alone
    "simulated_rates",  # likewise
    "prior_predictive",  # as fit
    "checklist",  # results of all kinds: tests/report/test_checklists.py
    "release",  # answers alone: tests/disclosure
    "anonymity",  # likewise
    "release_check",  # paths: tests/disclosure
    "verify",  # files: tests/test_verification.py
    "draft_codebook",  # paths and frames: tests/respondents/test_damaged_files.py
    "paired_shift",  # as paired_difference
    "read_respondents",
    "save_tables",
    "write_report",  # paths: tests/publication
    "model_names",
    "survey_names",
    "result_schema",  # as the two before it: takes nothing
}


class Odd:
    """Something that is nothing in particular."""


ANYTHING = {
    "None": None,
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "empty": "",
    "text": "x",
    "long": "x" * 300,
    "surrogate": "\ud800",
    "zero byte": "a\0b",
    "escape": "\x1b[31m",
    "True": True,
    "-1": -1,
    "0": 0,
    "0.5": 0.5,
    "2.5": 2.5,
    "huge": 10**400,
    "-huge": -(10**400),
    "large": 10**18,
    "1e308": 1e308,
    "tiny": 5e-324,
    "array": np.array([1, 2]),
    "point": np.array(3),
    "square": np.zeros((2, 2)),
    "no array": np.array([]),
    "dict": {},
    "mapping": {"a": 1},
    "list": [],
    "list of None": [None],
    "list of nan": [math.nan, 1.0],
    "texts": ["a", "b"],
    "nested": [[1, 2], [3, 4]],
    "no set": set(),
    "set": {1, 2},
    "tuple": (1, 2),
    "negative": (-1, 2),
    "bytes": b"x",
    "complex": 1j,
    "object": Odd(),
    "type": int,
    "function": len,
    "np.int64": np.int64(3),
    "np.uint8": np.uint8(3),
    "np.float32": np.float32(0.5),
    "np.inf": np.float32("inf"),
    "np.bool": np.bool_(True),
    "np.str": np.str_("awareness"),
    "decimal": decimal.Decimal("0.5"),
    "no decimal": decimal.Decimal("NaN"),
    "fraction": fractions.Fraction(1, 2),
    "NA": pd.NA,
    "NaT": pd.NaT,
    "series": pd.Series([1, 2]),
    "frame": pd.DataFrame({"a": [1]}),
    "survey": SURVEY,
    "range": range(3),
    "slice": slice(1),
    "text that holds itself": collections.UserString("a"),
    "masked": np.ma.array([1, 2, 3], mask=[0, 1, 0]),
    "long name": "x" * 400,
    "index": pd.Index([1, 2]),
    "a float of one's own": type("Own", (float,), {})(0.5),
    "module": cs,
}

THINGS = {**{key: (lambda thing=thing: thing) for key, thing in ANYTHING.items()}, **ODD}
"""All of it, each with what makes it: some are used up by one call."""

SHARE = 46
"""Of how many things one is given by default, each argument others; all of them in the slow run."""


def arguments_of(name):
    """Yield each argument of a call: its place, or its name."""
    places, named = CALLS[name]
    yield from range(len(places))
    for place, one in enumerate(inspect.signature(getattr(cs, name)).parameters.values()):
        positional = one.kind is one.POSITIONAL_OR_KEYWORD and place < len(places)
        if one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD) and not positional:
            yield one.name
    assert named.keys() <= inspect.signature(getattr(cs, name)).parameters.keys()


def called(name, argument, thing):
    places, named = list(CALLS[name][0]), dict(CALLS[name][1])
    if isinstance(argument, int):
        places[argument] = thing
    else:
        named[argument] = thing
    return getattr(cs, name)(*places, **named)


def judged(name, argument, key):
    """Say what is wrong with the answer to one call; nothing where it is right, or a documented error."""
    try:
        found = called(name, argument, THINGS[key]())
        told = str(found)
    except CseaStatsError as error:
        return f"a message of {len(str(error))} letters" if len(str(error)) > 1_500 else ""
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return f"{type(error).__name__}: {error}"
    estimates = found if isinstance(found, cs.Estimates) else [found] if isinstance(found, cs.Estimate) else []
    if any(one.bounds[0] > one.bounds[1] for one in estimates if one.bounds is not None):
        return "ends the wrong way round"
    return "NaN" if "nan" in told.lower().replace(":", " ").split() else ""


def test_every_public_call_is_in_the_table():
    calls = {name for name in cs.__all__ if inspect.isfunction(getattr(cs, name))}
    assert calls <= CALLS.keys() | ELSEWHERE
    assert not CALLS.keys() & ELSEWHERE


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("share", [SHARE, pytest.param(1, marks=pytest.mark.slow)])
def test_anything_is_answered_or_told(name, share):
    wrong = []
    for number, argument in enumerate(arguments_of(name)):
        keys = list(THINGS)[(len(name) + 5 * number) % share :: share]
        wrong += [f"{argument}={key}: {said}" for key in keys if (said := judged(name, argument, key))]
    assert not wrong


SEPARATE = [
    ("proportion", {"within": (0.4, 0.6), "claim": "above"}, "within.*claim"),
    ("proportion", {"within": (0.4, 0.6), "threshold": 0.3}, "within.*threshold"),
    ("difference", {"within": (-0.1, 0.1), "claim": "above", "threshold": 0.2}, "within.*claim and threshold"),
    ("difference", {"within": (0.9, 1.1), "measure": "ratio", "threshold": 1.5}, "within.*threshold"),
    ("superiority", {"within": (0.4, 0.6), "claim": "below"}, "within.*claim"),
    ("paired_difference", {"within": (-0.1, 0.1), "threshold": 0.1}, "within.*threshold"),
    ("multinomial", {"claim": "above"}, "claim.*threshold"),
    ("ranks", {"claim": "below"}, "claim.*threshold"),
    ("plan", {"claim": "above", "n": 9}, "width.*claim and n"),
    ("plan", {"more": 9, "selection": cs.Selection()}, "width.*more and selection"),
    ("plan", {"threshold": 0.6, "power": 0.9}, "width.*threshold and power"),
    ("plan", {"width": None, "truth": 0.7, "n": 20, "power": 0.9}, "n: .*power"),
    ("plan", {"width": None, "observed": (7, 20), "power": 0.9}, "observed: .*power"),
]


@pytest.mark.parametrize(("name", "given", "words"), SEPARATE)
def test_what_does_not_go_together_is_not_left_out_silently(name, given, words):
    places, named = CALLS[name]
    with pytest.raises(CseaStatsError, match=words):
        getattr(cs, name)(*places, **{**named, **given})


@pytest.mark.parametrize("within", [(0.6, 0.2), (0.2, 0.2), (-0.1, 0.4), (0.4,), "0.2 to 0.6", (None, 0.5)])
def test_a_range_says_how_it_is_written(within):
    with pytest.raises(
        CseaStatsError, match=r"^within: found .*between 0 and 1, the smaller first, such as \(0.4, 0.6\)"
    ):
        cs.proportion(35, 49, within=within)


@pytest.mark.few(4)
@pytest.mark.parametrize(
    ("python", "other"),
    [
        (
            lambda: cs.proportion(35, 49, level=0.5),
            lambda: cs.proportion(np.int64(35), np.uint8(49), level=np.float32(0.5)),
        ),
        (lambda: cs.FinitePopulation(100), lambda: cs.FinitePopulation(np.int16(100))),
        (lambda: cs.Selection(tau=0.5), lambda: cs.Selection(tau=np.float64(0.5))),
        (lambda: cs.Selection(tau=0.5), lambda: cs.Selection(tau=fractions.Fraction(1, 2))),
        (lambda: cs.ranks([3, 9, 6], 9), lambda: cs.ranks(np.array([3, 9, 6]), np.int8(9))),
        (lambda: cs.feasible_counts("41", 49), lambda: cs.feasible_counts(np.str_("41"), np.int32(49))),
        (lambda: cs.design_effect(10, 0.5), lambda: cs.design_effect(np.int32(10), np.float16(0.5))),
        (lambda: cs.synthesise(SURVEY, seed=1).data_hash, lambda: cs.synthesise(SURVEY, seed=np.int64(1)).data_hash),
    ],
)
def test_numbers_of_numpy_are_numbers(python, other):
    assert python() == other()
    assert repr(python()) == repr(other())
    assert str(python()) == str(other())


def test_numbers_of_very_many_digits_are_told():
    with pytest.raises(CseaStatsError, match="found a whole number of very many digits"):
        cs.proportion(10**5_000, 49)
