"""A fit saved and loaded: nothing lost, nothing run."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.fitted import Later


@pytest.mark.parametrize("which", ["fitted", pytest.param("profiled", marks=pytest.mark.slow)])
def test_nothing_is_lost(which, request, tmp_path):
    fit = request.getfixturevalue(which)
    again = cs.load_fit(fit.save(tmp_path / "fit"))
    assert list(again.effects()) == list(fit.effects())
    assert list(again.coefficients()) == list(fit.coefficients())
    assert list(again.thresholds()) == list(fit.thresholds())
    assert again.model == fit.model
    assert again.diagnostics == fit.diagnostics
    assert again.log_likelihood == fit.log_likelihood
    for name, values in fit.draws.items():
        assert np.array_equal(again.draws[name], values)


def test_files_are_plain(fitted, tmp_path):
    folder = fitted.save(tmp_path / "fit")
    assert {path.name for path in folder.iterdir()} == {"fit.json", "model.toml", "arrays.npz", "PRIVATE"}
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}  # the answers are in it
    assert json.loads((folder / "fit.json").read_text())["format"] == "csea-fit/1"
    assert cs.load_model(folder / "model.toml") == fitted.model
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fiu" for name in arrays.files)


def test_a_folder_without_a_fit(fitted, tmp_path):
    with pytest.raises(InputError, match=r"found no fit\.json"):
        cs.load_fit(tmp_path)
    folder = fitted.save(tmp_path / "fit")
    (folder / "fit.json").write_text("{}")
    with pytest.raises(InputError, match="no whole fit"):
        cs.load_fit(folder)
    (folder / "fit.json").write_text('{"format": "csea-fit/9"}')
    with pytest.raises(InputError, match="csea-fit/9"):
        cs.load_fit(folder)


def test_a_fit_is_a_value_that_another_process_takes(fitted):
    again = pickle.loads(pickle.dumps(fitted))
    assert [one.interval for one in again.coefficients()] == [one.interval for one in fitted.coefficients()]
    assert [prior for prior, _ in again.strip] == [prior for prior, _ in fitted.strip]


def test_what_whoever_fits_gave_goes_along_with_a_changed_copy(fitted):
    other = replace(fitted, level=0.5)
    assert other.strip is fitted.strip
    assert other.counterpart is fitted.counterpart
    assert replace(fitted, beside=Later(tuple)).coefficients()[0].companion is None
