"""Examples in docstrings run: by default those of modules that hold a public name, all others with ``-m slow``."""

import doctest
import importlib
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


def test_every_public_name_shows_an_example_that_is_run():
    ran = {test.name for name in PUBLIC for test in examples(name)}
    objects = {name: getattr(csea_stats, name) for name in csea_stats.__all__ if name != "TIERS"}
    homes = {name: f"{value.__module__}.{value.__qualname__}" for name, value in objects.items()}
    assert not [name for name, home in homes.items() if not any(f"{one}.".startswith(f"{home}.") for one in ran)]
