"""Examples in docstrings run: by default those of modules that hold a public name, all others with ``-m slow``."""

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

import csea_stats

PACKAGE = Path(csea_stats.__file__).parent


def module_name(path):
    return ".".join(("csea_stats", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


WITH_EXAMPLES = sorted(module_name(path) for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text("utf-8"))
PUBLIC = {f"csea_stats.{csea_stats._HOME[name]}" for name in csea_stats.__all__} & set(WITH_EXAMPLES)


def examples(name):
    """Give the examples of a module: those of its docstring, its functions, its classes and their methods."""
    return [test for test in doctest.DocTestFinder().find(importlib.import_module(name)) if test.examples]


@pytest.mark.few(22)
@pytest.mark.parametrize(
    "name", [name if name in PUBLIC else pytest.param(name, marks=pytest.mark.slow) for name in WITH_EXAMPLES]
)
def test_examples_of_a_module_show_what_they_print(name):
    told = []
    for test in examples(name):
        told.append(test.name)
        report = []
        doctest.DocTestRunner(verbose=False).run(test, out=report.append)
        assert not report, "".join(report)
    assert told


def test_every_public_function_shows_an_example_that_is_run():
    ran = {test.name for name in PUBLIC for test in examples(name)}
    functions = [name for name in csea_stats.__all__ if inspect.isfunction(getattr(csea_stats, name))]
    homes = {name: getattr(csea_stats, name) for name in functions}
    homes = {name: f"{one.__module__}.{one.__name__}" for name, one in homes.items()}  # an older name is its function
    bare = [name for name, home in homes.items() if home not in ran]
    assert bare == ["load_fit", "write_report"]  # both need a folder
