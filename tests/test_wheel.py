"""What ships: the wheel holds the tracked files of the package and of models/, and nothing else."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_wheel_holds_exactly_the_tracked_files(tmp_path):
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("no git checkout to compare with (2026-11-24)")
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on the path (2026-11-24)")
    subprocess.run([uv, "build", "--wheel", "--out-dir", str(tmp_path), str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    listed = subprocess.run(
        ["git", "ls-files", "csea_stats", "models"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    tracked = {("csea_stats/" + name if name.startswith("models/") else name) for name in listed}
    assert shipped == tracked
    assert "csea_stats/py.typed" in shipped
