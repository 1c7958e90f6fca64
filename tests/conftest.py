"""Settings of the tests: how many examples, which files share a worker, and what is computed once for all of them."""

import gc
import os
from collections import defaultdict
from contextlib import contextmanager

# A worker for each core is enough: BLAS threads beside them would wait for each other. NumPy reads it when imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Grids of megabytes come and go: a worker that gives them back each time spends a quarter of it on mapping memory.
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(2**30))
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(2**30))

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

# The clock of a busy machine is no property of the code; and a run that decides about a change is repeatable.
CLOCKS = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("few", **CLOCKS, max_examples=5, derandomize=True)
settings.register_profile("some", **CLOCKS, max_examples=20, derandomize="CI" in os.environ)
settings.register_profile("many", **CLOCKS, derandomize="CI" in os.environ)
PROFILES = {"not slow and not long": "few", "slow and not long": "some"}
"""Examples of each property by what is asked for; 100 by anything else, as by ``-m "slow or long"``."""


def is_default(config):
    return PROFILES.get(config.getoption("markexpr")) == "few"


def pytest_configure(config):
    """A property has few examples by default; the slow tests repeat it with more, the long ones with many."""
    if config.option.markexpr == "slow":
        config.option.markexpr = "slow and not long"
    settings.load_profile(PROFILES.get(config.getoption("markexpr"), "many"))


def pytest_generate_tests(metafunc):
    """Run the same at several sizes."""
    for mark in metafunc.definition.iter_markers("sizes"):
        cases = [
            pytest.param(size, marks=[] if run == "default" else getattr(pytest.mark, run))
            for run, size in mark.kwargs.items()
        ]
        metafunc.parametrize(mark.args[0], cases)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Of many cases few run by default; properties and what has a stopwatch are among the slow tests too."""
    cases = defaultdict(list)
    for item in items:
        if any(item.callspec.id in mark.args for mark in item.iter_markers("slow_for")):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("few"):
            cases[item.nodeid.partition("[")[0]].append(item)
    for several in cases.values():
        mark = several[0].get_closest_marker("few")
        (number,), more = mark.args, mark.kwargs.get("slow", len(several))
        for place, item in enumerate(several):
            if place * number % len(several) >= number:
                item.add_marker(pytest.mark.slow if place * more % len(several) < more else pytest.mark.long)
    if not is_default(config):
        for item in items:
            is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
            if (is_property or "within" in getattr(item, "fixturenames", ())) and not item.get_closest_marker("long"):
                item.add_marker(pytest.mark.slow)


def pytest_collection_finish():
    """What is there by now stays: a collector of garbage that walks over it with every test finds nothing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


TOGETHER = {
    "shipped": (
        "docs/",
        "tests/claims/",
        "tests/publication/",
        "tests/report/",
        "tests/results/test_citations",
        "tests/results/test_sentences",
        "tests/tabulation/test_published",
        "tests/tabulation/test_tabulations",
        "tests/test_doctests",
        "tests/test_verification",
    ),
    "statsmodels": (
        *("tests/base/test_pingouin", "tests/tabulation/test_association", "tests/respondents/test_readers"),
        *("tests/regression/engines/test_penalised", "tests/regression/test_references"),
    ),
    "fits": ("tests/regression/",),
}
"""Files that need the same costly values, or the same large package."""


class Together(LoadFileScheduling):
    """Each file goes to one worker, and so do files of one group."""

    def _split_scope(self, nodeid):
        names = (name for name, starts in TOGETHER.items() if nodeid.startswith(starts))
        return next(names, super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


@pytest.fixture
def within(request):
    """Run a block in so many seconds of the processor: others may use the machine. By default nothing is timed."""

    @contextmanager
    def run(seconds):
        start = os.times()
        yield
        took = sum(end - begin for begin, end in zip(start[:4], os.times()[:4], strict=True))
        assert is_default(request.config) or took < seconds

    return run


@pytest.fixture(scope="session")
def shipped_survey():
    import csea_stats

    return csea_stats.load_survey("bosnia-herzegovina-2021")


@pytest.fixture(scope="session")
def shipped_audit(shipped_survey):
    import csea_stats

    return csea_stats.audit(shipped_survey)


@pytest.fixture(scope="session")
def shipped_estimates(shipped_survey):
    import csea_stats

    return csea_stats.estimate(shipped_survey)


@pytest.fixture(scope="session")
def shipped_claims(shipped_survey):
    import csea_stats

    return csea_stats.check_claims(shipped_survey)
