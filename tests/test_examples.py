"""Every example runs, ends in a figure and in a sentence that says for whom it speaks."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "examples"


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.py")))
def test_it_runs(name, tmp_path):
    ran = subprocess.run(
        [sys.executable, "-W", "error", FOLDER / f"{name}.py", tmp_path], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / f"{name}.png").stat().st_size > 5_000
    sentence, notes = ran.stdout.strip().splitlines()[-2:]
    assert "95% CrI, " in sentence
    assert notes.startswith("Notes: ")
    assert "CrI, credible interval" in notes
    assert notes.endswith(".")


@pytest.mark.slow
def test_the_published_share_lies_on_its_axis(tmp_path, monkeypatch, capsys):
    import matplotlib.pyplot as plt

    monkeypatch.setattr(sys, "argv", ["published_report.py", str(tmp_path)])
    runpy.run_path(str(FOLDER / "published_report.py"))
    (axes,) = plt.gcf().axes
    bars = [list(line.get_xdata()) for line in axes.lines if line.get_lw() == 4]
    plt.close("all")
    assert len(bars) == 4
    assert [round(end) for end in bars[0]] == [58, 83]
    assert all(0 <= low < high <= 100 for low, high in bars)
    assert [b[0] for b in bars] == sorted((b[0] for b in bars), reverse=True)  # each step says less
    assert "58 to 83%" in capsys.readouterr().out


def test_there_are_six_and_the_readme_names_them():
    names = sorted(path.name for path in FOLDER.glob("*.py"))
    assert len(names) == 6
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(name in told for name in names)
