"""Every error is a value that another process takes, with all that it says."""

import copy
import inspect
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

import csea_stats as cs
from csea_stats import errors

CLASSES = [one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, errors.CseaStatsError)]
MADE_BY = {
    "UnknownName": ("survey", "bosni", ["bosnia", "other"], "Or a path."),
    "SurveyFileError": ("a.toml", ["line 1: one", "line 2: two"]),
    "ModelFileError": ("m.toml", ["line 1: one"]),
    "AnswersError": ("a.csv", ["row 2: one"], "rows counted from 0"),
    "MissingPackage": ("polars", "Reading"),
}


def made(kind):
    return kind(*MADE_BY.get(kind.__name__, ("what was found",)))


def said(error):
    return type(error), str(error), error.args, vars(error)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_is_the_same_after_a_journey(kind, protocol):
    error = made(kind)
    error.add_note("while reading")
    assert said(pickle.loads(pickle.dumps(error, protocol))) == said(error)
    assert said(copy.deepcopy(error)) == said(error)


def test_a_class_with_arguments_of_its_own_is_listed():
    own = {
        kind.__name__
        for kind in CLASSES
        if inspect.signature(kind.__init__).parameters.keys() - {"args", "kwargs"} > {"self"}
    }
    assert own == set(MADE_BY)


@pytest.mark.slow
def test_a_pool_of_processes_raises_it():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for name in ("no-such-survey", "no-such-file.toml"):
            with pytest.raises(errors.CseaStatsError, match="there is no"):
                pool.submit(cs.load_survey, name).result(timeout=120)
