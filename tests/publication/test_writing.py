from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csea_stats.errors import InputError, OutputError
from csea_stats.publication import writing as files
from csea_stats.publication.writing import with_sums, write_files

if TYPE_CHECKING:
    from pathlib import Path

NEW = (("report.html", b"new page"), ("figures/a.svg", b"<svg/>"), ("estimates.csv", b"a,b\n"))


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_files_are_written_and_everything_else_stays(tmp_path):
    folder = tmp_path / "deep" / "out"
    folder.mkdir(parents=True)
    (folder / "mine.txt").write_bytes(b"mine")
    (folder / "report.html").write_bytes(b"old page")
    written = write_files(folder, NEW)
    assert written == tuple(folder / name for name, _ in NEW)
    assert everything(folder) == {**dict(NEW), "mine.txt": b"mine"}


def test_a_missing_folder_is_made(tmp_path):
    write_files(tmp_path / "a" / "b", NEW)
    assert everything(tmp_path / "a" / "b") == dict(NEW)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(failing=st.integers(0, 2), stage=st.sampled_from(["mkstemp", "fdopen"]), fresh=st.booleans())
def test_a_failure_before_the_first_replacement_changes_nothing(tmp_path_factory, failing, stage, fresh):
    folder = tmp_path_factory.mktemp("out") / "report"
    if not fresh:
        folder.mkdir()
        (folder / "report.html").write_bytes(b"old page")
        (folder / "mine.txt").write_bytes(b"mine")
    before = everything(folder) if folder.exists() else None
    calls = iter(range(100))
    module = files.tempfile if stage == "mkstemp" else files.os
    real = getattr(module, stage)

    def broken(*args, **kwargs):
        if next(calls) == failing:
            if stage == "fdopen":
                os.close(args[0])
            raise OSError(28, "No space left on device")
        return real(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, stage, broken)
        with pytest.raises(OutputError, match="no space left on device"):
            write_files(folder, NEW)
    assert (everything(folder) if folder.exists() else None) == before
    assert not list(folder.parent.rglob("*.tmp"))


def test_an_interruption_leaves_no_temporary(tmp_path, monkeypatch):
    real = files.tempfile.mkstemp
    calls = iter(range(9))

    def interrupted(*args, **kwargs):
        if next(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(files.tempfile, "mkstemp", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_files(tmp_path / "out", NEW)
    assert not (tmp_path / "out").exists()


def test_a_failure_later_says_which_files_were_replaced(tmp_path, monkeypatch):
    real = files.os.replace
    calls = iter(range(9))

    def broken(source, target):
        if next(calls) == 1:
            raise OSError(5, "Input/output error")
        return real(source, target)

    monkeypatch.setattr(files.os, "replace", broken)
    with pytest.raises(OutputError, match=r"a\.svg: could not be written .*Already replaced: report\.html"):
        write_files(tmp_path, NEW)
    assert everything(tmp_path) == {"report.html": b"new page"}


def test_a_folder_that_is_a_file_names_the_path(tmp_path):
    target = tmp_path / "out"
    target.write_bytes(b"a file")
    with pytest.raises(OutputError, match="out: is a file, not a folder"):
        write_files(target, NEW)
    assert target.read_bytes() == b"a file"


def test_a_parent_that_is_a_file_names_the_path(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="file"):
        write_files(tmp_path / "file" / "out", NEW)


def test_a_name_that_is_a_folder_stops_everything(tmp_path):
    (tmp_path / "estimates.csv").mkdir()
    with pytest.raises(OutputError, match=r"estimates\.csv: is a folder"):
        write_files(tmp_path, NEW)
    assert everything(tmp_path) == {}
    assert not (tmp_path / "figures").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="2026-11: root may write anywhere")
def test_a_folder_without_permission_names_the_path(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="permission denied"):
            write_files(tmp_path, NEW)
    finally:
        tmp_path.chmod(0o700)


def test_a_linked_subfolder_is_refused_and_a_linked_file_replaced_itself(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "figures").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="figures: is a link"):
        write_files(out, NEW)
    (out / "figures").unlink()
    precious = elsewhere / "precious"
    precious.write_bytes(b"precious")
    (out / "report.html").symlink_to(precious)
    write_files(out, NEW)
    assert precious.read_bytes() == b"precious"
    assert not (out / "report.html").is_symlink()


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "", "a\\b", "c:x"])
def test_a_name_that_leaves_the_folder_is_an_error(tmp_path, name):
    with pytest.raises(InputError, match="allowed is a relative path"):
        write_files(tmp_path, [(name, b"")])
    assert everything(tmp_path) == {}


def test_written_files_have_the_usual_permissions(tmp_path):
    write_files(tmp_path, NEW)
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "report.html").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_mixed_set_can_be_told(tmp_path):
    write_files(tmp_path, with_sums(NEW))
    command = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "estimates.csv").write_bytes(b"of another run")
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (found.returncode, "estimates.csv: FAILED" in found.stdout) == (1, True)


def test_the_sums_are_put_in_place_last(tmp_path, monkeypatch):
    """Ended anywhere between, a folder holds a set that is whole, or sums that say it is not."""
    old = tuple((name, content + b"old") for name, content in NEW)
    real = files.os.replace
    for ending in range(len(NEW) + 1):
        write_files(tmp_path, with_sums(old))
        calls = iter(range(9))

        def broken(source, target, ending=ending, calls=calls):
            if next(calls) == ending:
                raise KeyboardInterrupt
            return real(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(files.os, "replace", broken)
            with pytest.raises(KeyboardInterrupt):
                write_files(tmp_path, with_sums(NEW))
        there = tuple((name, (tmp_path / name).read_bytes()) for name, _ in NEW)
        assert ((tmp_path / "SHA256SUMS").read_bytes() == with_sums(there)[-1][1]) == (there == old)
