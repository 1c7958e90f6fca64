"""The public surface: what is listed is there, and nothing replaces it."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import csea_stats


def test_the_list_is_sorted_and_complete():
    names = csea_stats.__all__
    assert list(names) == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert set(csea_stats._HOME) == set(names)
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
    code = (
        "import ast, csea_stats, pathlib\n"
        "tree = ast.parse(pathlib.Path(csea_stats.__file__).read_text())\n"
        "block = next(n for n in tree.body if isinstance(n, ast.If))\n"
        "print(' '.join(sorted(a.name for n in block.body for a in n.names)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == sorted(csea_stats.__all__)
