"""A fit saved and loaded: nothing lost, nothing run."""

import json
import pickle
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest

import csea_stats as cs
from csea_stats.errors import CseaStatsError, InputError, OutputError
from csea_stats.publication import writing
from csea_stats.regression import archive as stored
from csea_stats.regression.archive import packed, read_archive
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


def shortened(reading, draws):
    """Return a reading with its first draws alone."""
    whole = reading.sample
    cut = {name: getattr(whole, name)[:draws] for name in ("thresholds", "linear", "monotonic")}
    return replace(
        reading, sample=replace(whole, **cut, zetas=tuple(one[:draws] for one in whole.zetas), weighted=None)
    )


@pytest.fixture(scope="module")
def small(fitted):
    """A fit of few draws, saved at once."""
    readings = (shortened(fitted.readings[0], 20),)
    return replace(fitted, readings=readings, beside=Later(tuple), under=Later(tuple))


def test_files_are_plain(small, tmp_path):
    folder = small.save(tmp_path / "fit")
    assert {path.name for path in folder.iterdir()} == {"fit.zip", "model.toml", "PRIVATE"}
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}  # the answers are in it
    assert cs.load_model(folder / "model.toml") == small.model
    with zipfile.ZipFile(folder / "fit.zip") as archive:
        assert json.loads(archive.read("fit.json"))["format"] == "csea-fit/2"
        assert archive.read("model.toml") == (folder / "model.toml").read_bytes()
    with np.load(folder / "fit.zip", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fiu" for name in arrays.files if not name.endswith((".json", ".toml")))


def test_the_same_fit_is_the_same_bytes(small, tmp_path):
    one, other = (small.save(tmp_path / name) / "fit.zip" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


def test_a_folder_without_a_fit(small, tmp_path):
    with pytest.raises(InputError, match=r"found no fit\.zip"):
        cs.load_fit(tmp_path)
    for body, told in (("{}", "no whole fit"), ("[]", "no whole fit"), ('{"format": "csea-fit/9"}', "csea-fit/9")):
        rewritten(small, tmp_path, lambda texts, _, body=body: texts.update({"fit.json": body}))
        with pytest.raises(InputError, match=told):
            cs.load_fit(tmp_path)


def rewritten(fit, folder, change):
    """Save a fit with a change, and the checksum of what it then is."""
    texts, arrays = read_archive(fit.save(folder) / "fit.zip")
    change(texts, arrays)
    (folder / "fit.zip").write_bytes(packed(texts, arrays))


def as_the_first_release(fit, folder):
    """Leave the three files of the first release, which had no checksum."""
    texts, arrays = read_archive(fit.save(folder) / "fit.zip")
    body = {**json.loads(texts["fit.json"]), "format": "csea-fit/1"}
    (folder / "fit.json").write_text(json.dumps(body))
    np.savez_compressed(folder / "arrays.npz", **arrays)
    (folder / "fit.zip").unlink()
    return folder


def test_fits_of_the_first_release_load_and_are_superseded(small, profiled, tmp_path):
    folder = as_the_first_release(small, tmp_path)
    assert list(cs.load_fit(folder).coefficients()) == list(small.coefficients())
    profiled.save(folder)
    assert {path.name for path in folder.iterdir()} == {"fit.zip", "model.toml", "PRIVATE"}
    assert cs.load_fit(folder).method == "frequentist"


def test_arrays_of_another_fit_are_refused(small, tmp_path):
    other = replace(small, readings=(shortened(small.readings[0], 7),))
    other = replace(other, design=replace(small.design, patterns=small.design.patterns[:5]))
    folder = as_the_first_release(small, tmp_path / "one")
    shutil.copy(as_the_first_release(other, tmp_path / "other") / "arrays.npz", folder)
    with pytest.raises(InputError, match="no whole fit"):
        cs.load_fit(folder)


def test_every_damaged_byte_is_refused(small, tmp_path):
    archive = small.save(tmp_path) / "fit.zip"
    whole = archive.read_bytes()
    for place in np.random.default_rng(1).integers(0, len(whole), 40):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(InputError, match="damaged"):
            cs.load_fit(tmp_path)
        archive.write_bytes(whole[:place])
        with pytest.raises(InputError, match="damaged"):
            cs.load_fit(tmp_path)


def _grown(arrays, name):
    arrays[name] = np.concatenate([arrays[name], arrays[name]])


CHANGES = {
    "draws": lambda _, arrays: _grown(arrays, "readings-0-linear"),
    "tables": lambda _, arrays: _grown(arrays, "table0"),
    "no levels": lambda _, arrays: arrays.update(levels0=arrays["levels0"][:0]),
    "large": lambda _, arrays: arrays.update(means0=arrays["means0"] + 1e300),
    "no number": lambda _, arrays: arrays["readings-0-linear"].fill(np.nan),
    "no array": lambda _, arrays: arrays.pop("readings-0-linear"),
    "level": lambda texts, _: texts.update({"fit.json": texts["fit.json"].replace('"level": 0.95', '"level": 95')}),
    "seed": lambda texts, _: texts.update({"fit.json": texts["fit.json"].replace('"seed": 1', '"seed": "1"')}),
    "deep": lambda texts, _: texts.update({"fit.json": "[" * 100_000}),
    "model": lambda texts, _: texts.update({"model.toml": "x = 1"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_numbers_that_do_not_go_together_are_refused(change, small, tmp_path):
    rewritten(small, tmp_path, CHANGES[change])
    with pytest.raises(CseaStatsError):
        cs.load_fit(tmp_path)


def test_nothing_is_unpacked_that_no_fit_can_be(small, tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "SUSPECT", 1_000_000)
    rewritten(small, tmp_path, lambda texts, _: texts.update({"more.txt": "0" * 3_000_000}))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("something was unpacked"))
    with pytest.raises(InputError, match="it was not unpacked"):
        cs.load_fit(tmp_path)


def test_arrays_of_anything_but_numbers_are_refused(small, tmp_path):
    for wrong in (np.array(["a"]), np.array([1 + 1j])):
        rewritten(small, tmp_path, lambda _, arrays, wrong=wrong: arrays.update(more=wrong))
        with pytest.raises(InputError, match="allowed are numbers"):
            cs.load_fit(tmp_path)


@pytest.mark.parametrize("failing", range(3))
@pytest.mark.parametrize("ending", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("call", ["fdopen", "replace"])
def test_whatever_ends_a_save_leaves_the_old_fit_or_the_new(call, ending, failing, small, tmp_path, monkeypatch):
    other = replace(small, level=0.5)
    small.save(tmp_path)
    real, calls = getattr(writing.os, call), iter(range(9))

    def broken(*args):
        if next(calls) == failing:
            raise ending
        return real(*args)

    monkeypatch.setattr(writing.os, call, broken)
    with pytest.raises((CseaStatsError, KeyboardInterrupt)):
        other.save(tmp_path)
    assert cs.load_fit(tmp_path).level == (0.5 if call == "replace" and failing == 2 else 0.95)


def test_links_are_not_written_through(small, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / "fit").mkdir()
    for name in ("fit.zip", "model.toml", "PRIVATE"):
        (tmp_path / "fit" / name).symlink_to(precious)
    cs.load_fit(small.save(tmp_path / "fit"))
    assert precious.read_text() == "precious"
    assert precious.stat().st_mode & 0o077


def test_no_folder_is_not_this_folder(small):
    with pytest.raises(OutputError, match="found ''"):
        small.save("")


def test_a_fit_is_a_value_that_another_process_takes(fitted):
    assert fitted.coefficients()  # what was asked before goes along
    again = pickle.loads(pickle.dumps(fitted))
    assert [one.interval for one in again.coefficients()] == [one.interval for one in fitted.coefficients()]
    assert [prior for prior, _ in again.strip] == [prior for prior, _ in fitted.strip]


def test_what_whoever_fits_gave_goes_along_with_a_changed_copy(fitted):
    other = replace(fitted, level=0.5)
    assert other.strip is fitted.strip
    assert other.counterpart is fitted.counterpart
    assert replace(fitted, beside=Later(tuple)).coefficients()[0].companion is None
