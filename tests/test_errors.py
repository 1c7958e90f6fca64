"""The tree of errors, and what a call says to an argument of the wrong kind."""

import inspect
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats import errors


def test_the_drawn_tree_is_the_tree():
    """Each class stands under the one that it derives from, and every class is drawn."""
    drawn, above = {}, []
    for line in inspect.getdoc(errors).splitlines():
        if found := re.match(r"( *[│├└─ ]*)([A-Z]\w+)( {2}|$)", line):
            depth = len(found[1]) // 4
            above[depth - 1 :] = [found[2]]
            drawn[found[2]] = above[depth - 2] if depth > 1 else ""
    real = {name: found for name, found in vars(errors).items() if inspect.isclass(found)}
    assert drawn == {
        name: found.__bases__[0].__name__ if name != "CseaStatsError" else ""
        for name, found in real.items()
        if issubclass(found, errors.CseaStatsError)
    }


@pytest.fixture(scope="module")
def things():
    survey = cs.load_survey("bosnia-herzegovina-2021")
    answers = cs.synthesise(survey, seed=1)
    return {
        "survey": survey,
        "answers": answers,
        "tabulation": cs.tabulate(answers, "awareness"),
        "claims": cs.Claims(()),
        "audit": cs.audit(survey),
        "codebook": answers.codebook,
        "frame": pd.DataFrame({"a": [1]}),
        "table": np.array([["x"]]),
        "text": "answers.csv",
        "path": Path("answers.csv"),
        "number": 2.5,
        "nothing": None,
        "something": object(),
    }


PATHS = ("text", "path")
CALLS = {  # what follows the first argument, and the things that are of the right kind
    "association": (("awareness", "organisation"), ("answers", "survey")),
    "audit": ((), ("survey",)),
    "bases_for": ((49,), ()),
    "breakdown_ratio": ((49,), ()),
    "tipping_ratio": ((49,), ()),
    "anonymity": ((), ("answers",)),
    "certify": ((), ("path",)),  # a model's file
    "checklist": ((None,), ()),
    "check_claims": ((), ("survey",)),
    "compare_answers": ((None,), ("survey",)),
    "compare_models": ((), ()),
    "compare_surveys": ((None, "awareness"), ("survey",)),
    "crosstab_bounds": ({"column": [3, 4], "base": 7}, ()),
    "data_defect_correlation": ({"base": 4, "size": 9, "ratio": 2}, ()),
    "design_effect": ((0.1,), ("number",)),
    "difference": (((7, 9),), ()),
    "difference_breakdown": (((7, 9),), ()),
    "tipping_difference": (((7, 9),), ()),
    "difference_interval": ((9, 4, 9), ("frame", "claims")),  # an array of numbers, and an empty one
    "draft_codebook": ((), (*PATHS, "frame")),
    "effective_sample_size": ((49, cs.Superpopulation()), ()),
    "estimate": ((), ("survey", "answers", "tabulation")),
    "exact_test": (((7, 9),), ()),
    "paired_test": ((3, 9), ()),
    "feasible_counts": ((49,), ()),
    "feasible_tables": ((49,), ()),
    "fit": ((None,), PATHS),
    "load_fit": ((), PATHS),
    "load_model": ((), PATHS),
    "load_survey": ((), PATHS),
    "multinomial": ((), ()),
    "ordinal": ((("low", "high"),), ()),
    "paired_difference": ((3, 9), ()),
    "paired_shift": ((), ()),
    "pick_contrasts": ((9, 2), ()),
    "picks": ((9, 2), ()),
    "proportion": ((49,), ()),
    "proportion_interval": ((49,), ("frame", "claims")),
    "rank_probabilities": ((9, 2), ()),
    "ranks": ((9,), ()),
    "read_respondents": (("bosnia-herzegovina-2021",), (*PATHS, "frame")),
    "prior_predictive": ((None,), PATHS),
    "release": ((), ("answers",)),
    "release_check": ((), PATHS),
    "save_tables": (("a.csv",), ("claims",)),  # an empty list of them
    "verify": ((), PATHS),
    "simulated_rates": ((), ()),
    "superiority": (([3, 4],), ()),
    "synthesise": ((), ("survey",)),
    "tabulate": (("awareness",), ("survey", "answers")),
    "write_report": (("/dev/null",), ("survey", "answers")),
    "as_survey": ((), ("answers",)),
    "characteristics": ((), ("answers",)),
    "characteristics_table": ((), ("answers",)),
}
TAKE_NOTHING = {"model_names", "survey_names", "plan", "result_schema"}


def test_the_calls_are_all_calls():
    assert set(CALLS) | TAKE_NOTHING == {name for name in cs.__all__ if inspect.isfunction(getattr(cs, name))}


@pytest.mark.few(23)
@pytest.mark.parametrize("name", CALLS)
def test_a_first_argument_of_the_wrong_kind_is_told(name, things):
    more, right = CALLS[name]
    args, settings = ((), more) if isinstance(more, dict) else (more, {})
    for thing, wrong in things.items():
        if thing in right:
            continue
        with pytest.raises(errors.CseaStatsError) as caught:
            getattr(cs, name)(wrong, *args, **settings)
        told = str(caught.value)
        assert isinstance(caught.value, (errors.InputError, errors.UnknownName)), (thing, told)
        assert "found" in told or "there is no" in told.lower(), (thing, told)
        assert len(told) < 1_500, thing


def test_what_is_told(things):
    survey, data = things["survey"], things["answers"]
    said = {
        "write_report: found dict; allowed is a Survey (load_survey) or Microdata": lambda: cs.write_report({}, "x"),
        "the folder to write into: found None; allowed is a text or a path": lambda: cs.write_report(survey, None),
        "audit: found 'a.csv'; allowed is a Survey (load_survey)": lambda: cs.audit("a.csv"),
        "tabulate: found None; allowed is Microdata (read_respondents) or a Survey": lambda: cs.tabulate(None, "a"),
        "data: found Survey; allowed is Microdata (read": lambda: cs.compare_answers(survey, survey),
        "outcome: found 3; allowed is a text": lambda: cs.tabulate(survey, 3),
        "by: found list; allowed is a text or None": lambda: cs.tabulate(data, "awareness", by=["age"]),
        "variable: found 3; allowed is a text": lambda: data.column(3),
        "outcome: found 4; allowed is a text": lambda: cs.association(data, 4, "age"),
        "data: found 3; allowed is Microdata (read_respondents), a Tab": lambda: cs.fit("a ~ b", 3),
        "categories: found 2; allowed is a list or None": lambda: cs.ordinal([3, 4], 2),
        "chosen: found ndarray; allowed is a whole number of people": lambda: cs.rank_probabilities(
            [3, 4], 9, np.array([1, 2])
        ),
        "targets: found dict; allowed is the targets of a Survey": lambda: cs.Codebook({"a": KIND}, targets=PEOPLE),
        "survey: found Survey; allowed is a text or None": lambda: cs.Codebook({"a": KIND}, survey=survey),
        "Codebook: found Survey; allowed is a mapping": lambda: cs.Codebook(survey),
    }
    for told, call in said.items():
        with pytest.raises(errors.InputError, match=re.escape(told)):
            call()


KIND = cs.Ordered("low", "high")
PEOPLE = {"respondents": "a", "superpopulation": "b", "population": "c"}


@pytest.mark.parametrize(
    "settings",
    [
        {"targets": PEOPLE},
        {"missing": 3},
        {"missing": [["NA"]]},
        {"respondent": 3},
        {"respondent": ["id"]},
        {"cluster": ("office",)},
        {"eligible": "yes"},
        {"eligible": {1: "low"}},
        {"eligible": {"n": (np.nan, None)}},
        {"invented": ["a"]},
        {"invented": {"a": {"low": 1}}},
        {"weights": "w"},
    ],
)
def test_a_codebook_of_wrong_values(settings):
    (key,) = settings
    with pytest.raises(errors.InputError, match=rf"(?s){key}.*found.*(allowed|not supported)"):
        cs.Codebook({"a": KIND, "n": cs.Number()}, **settings)


@pytest.mark.parametrize("variables", [None, 3, "a", [KIND], pd.DataFrame({"a": [1]})])
def test_a_codebook_of_no_variables(variables):
    with pytest.raises(errors.InputError, match=r"Codebook: found .*; allowed is a mapping"):
        cs.Codebook(variables)


@pytest.mark.parametrize(
    "make",
    [
        lambda: cs.Ordered("a", "b", column=3),
        lambda: cs.Ordered("a", "b", label=["x"]),
        lambda: cs.Ordered("a", "b", off_scale=3),
        lambda: cs.Ordered("a", "b", values=3),
        lambda: cs.Ordered("a", "b", values={("a",): "a"}),
        lambda: cs.Ordered("a", "b", says=3),
        lambda: cs.Ordered("a", "b", says={1: "x"}),
        lambda: cs.Ordered("a", "b", says={"a": 1}),
        lambda: cs.Ordered("a", "b", asked={"c": 3}),
        lambda: cs.Ordered("a", "b", asked={3: "c"}),
        lambda: cs.Number(3),
        lambda: cs.Number(off_scale=True),
        lambda: cs.Multiple(columns=3),
        lambda: cs.Multiple(items=3, separator=";"),
        lambda: cs.Multiple(columns=("a", "b"), yes=[["x"]]),
        lambda: cs.Multiple(items=("a", "b"), separator=";", nothing={}),
    ],
)
def test_a_variable_of_wrong_values(make):
    with pytest.raises(errors.InputError, match=r"found .*; allowed is"):
        make()


@pytest.mark.parametrize("found", [range(10**12), range(10**30)])
def test_a_range_of_more_than_there_is_room_for_is_not_gone_through(found):
    with pytest.raises(errors.InputError, match="names: found range"):
        errors.check_list("names", found)
