"""The pinned versions are those that are installed, and cover all of them."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def pinned():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = {}
    for line in config["tool"]["uv"]["constraint-dependencies"]:
        requirement, _, marker = line.partition(";")
        name, version = re.fullmatch(r"([A-Za-z0-9._-]+)==(\S+)", requirement.strip()).groups()
        if not marker or Marker(marker).evaluate():
            found[canonicalize_name(name)] = version
    return found


def test_what_is_installed_is_what_is_pinned():
    pins = pinned()
    assert len(pins) > 50
    installed = {canonicalize_name(d.metadata["Name"]): d.version for d in distributions()}
    for name in ("csea-stats", "pip", "setuptools"):
        installed.pop(name, None)
    differing = {name: (version, pins.get(name)) for name, version in installed.items() if pins.get(name) != version}
    assert not differing, f"installed and pinned differ; renew with `uv run python .ci/pin.py`: {differing}"
