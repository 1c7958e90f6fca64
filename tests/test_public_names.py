"""The public surface: what is listed is there, and nothing replaces it."""

import importlib
import pkgutil
import runpy
from pathlib import Path

import pytest

import csea_stats


def test_the_list_is_sorted_and_complete():
    names = csea_stats.__all__
    assert list(names) == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert set(names) <= set(dir(csea_stats))


def test_names_survive_importing_every_module():
    before = {name: getattr(csea_stats, name) for name in csea_stats.__all__}
    for module in pkgutil.walk_packages(csea_stats.__path__, "csea_stats."):
        importlib.import_module(module.name)
    assert {name: getattr(csea_stats, name) for name in csea_stats.__all__} == before


def test_no_public_name_is_a_module():
    modules = {module.name for module in pkgutil.iter_modules(csea_stats.__path__)}
    assert not modules & set(csea_stats.__all__)


def test_an_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = csea_stats.no_such_name


def test_every_public_name_has_a_docstring():
    bare = [name for name in csea_stats.__all__ if name != "TIERS" and not getattr(csea_stats, name).__doc__]
    assert not bare


def test_type_checkers_see_the_same_names():
    maker = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "public_names.py"))
    assert maker["STUB"].read_text(encoding="utf-8") == maker["text"](), "run: uv run python .ci/public_names.py"
