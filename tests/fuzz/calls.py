"""Calls with anything as their arguments, calls with counts, and print that is true."""

import warnings

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisWarning

import csea_stats as cs
from tests import test_arguments
from tests.auditing import test_truth
from tests.fuzz import test_random_calls


def arguments(rng, folder, ask):
    """Any public call, of whose arguments one or two are something else."""
    del folder
    name = rng.choice(list(test_arguments.CALLS))
    places, named = list(test_arguments.CALLS[name][0]), dict(test_arguments.CALLS[name][1])
    for _ in range(rng.choice([1, 1, 2])):
        argument = rng.choice(list(test_arguments.arguments_of(name)))
        thing = test_arguments.THINGS[rng.choice(list(test_arguments.THINGS))]()
        if isinstance(argument, int):
            places[argument] = thing
        else:
            named[argument] = thing
    told = ask("any argument", lambda: cs_call(name, places, named))
    assert told is None or "nan" not in told.lower().replace(":", " ").split(), told


def cs_call(name, places, named):
    found = getattr(cs, name)(*places, **named)
    several = found if isinstance(found, cs.Estimates) else [found] if isinstance(found, cs.Estimate) else []
    assert all(one.bounds is None or one.bounds[0] <= one.bounds[1] for one in several)
    return str(found)


DRAWN = 10
"""Calls with counts drawn for one number; each is counted."""


def counted(rng, folder, ask):
    """Random counts through every call that takes counts, and through all methods of what it returns."""
    del folder
    name = rng.choice(list(test_random_calls.COUNTED))

    @seed(rng.getrandbits(60))
    @settings(
        max_examples=DRAWN,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(test_random_calls.COUNTED[name])
    def run(given_):
        places, named = given_
        found = ask("counts", lambda: getattr(cs, name)(*places, **named))
        if found is not None:
            test_random_calls.looked_at(found)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        run()


def true_print(rng, folder, ask):
    """Print of what people answered: the truth is inside everything told, and nothing is accused."""
    del folder
    kind = rng.choice(list(test_truth.KINDS))
    ask("true print", lambda: test_truth.check(kind, rng.randrange(10**9)))


KINDS = {"arguments": arguments, "counts": counted, "true": true_print}
