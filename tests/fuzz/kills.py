"""Kills while files are written: ``python -m tests.fuzz.kills NUMBER SEED`` prints what each of so many left.

What a command or a call would write is made once, before and after a change; then a process of its own writes the one
over the other and is killed: before a random one of its calls to the system, or after a random time.
"""

import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from unittest import mock

import pandas as pd
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main
from csea_stats.publication import writing

STEPS = ("open", "os.rename", "os.chmod", "os.mkdir", "os.remove")
"""Calls to the system of which one may be the last."""


def captured(call):
    """Return what a call would write: the arguments of each call of `write_files`."""
    asked = []

    def kept(folder, files, **more):
        asked.append((tuple(files), more))
        return tuple(Path(folder) / name for name, _ in asked[-1][0])

    with mock.patch.object(writing, "write_files", kept), mock.patch("csea_stats.regression.storing.write_files", kept):
        call()
    return asked


def answers(shift):
    frame = pd.DataFrame({"t": ["low", "middle", "high", "low", *["high"] * shift] * 6})
    return frame.assign(q=(["a", "b", "b"] * len(frame))[: len(frame)])


def report(shift, folder):
    """Return what the report of answers writes."""
    book = cs.Codebook({"t": cs.Ordered("low", "middle", "high"), "q": cs.Categories("a", "b")})
    return captured(lambda: cs.write_report(cs.read_respondents(answers(shift), book), folder / "out"))


def command(shift, folder, *more):
    """Return what the command `fit` writes."""
    answers(shift).to_csv(folder / "a.csv", index=False)
    book = '[variable.t]\nkind = "ordered"\nlabels = ["low", "middle", "high"]\n'
    book += '[variable.q]\nkind = "categories"\nlabels = ["a", "b"]\n'
    (folder / "book.toml").write_text(f'format = "csea-codebook/1"\n{book}')
    given = [str(folder / "a.csv"), "--codebook", str(folder / "book.toml"), "--method", "frequentist"]

    def run():
        done = CliRunner().invoke(main, ["fit", "t ~ q", *given, *more])
        assert done.exit_code == 0, done.output

    return captured(run)


def fit(shift, folder):
    return command(shift, folder, "--out", str(folder / "out"))


def save(shift, folder):
    return command(shift, folder, "--save", str(folder / "out"))


KINDS = {"report": report, "fit": fit, "save": save}
SUMS = {"report": "SHA256SUMS", "fit": "fit.sha256"}


def write(asked, folder):
    for files, more in asked:
        writing.write_files(folder, files, **more)


def killed(asked, folder, *, step=None, after=None):
    """Write in a process of its own that is killed before a step, or after a time; return whether it was."""
    child = os.fork()
    if not child:
        left = [step]

        def watch(event, _):
            if event in STEPS and left[0] is not None:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(watch)
            write(asked, folder)
        finally:
            os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def steps_of(asked, folder):
    """Return how many steps writing takes, and how long."""
    counted = [0]
    running = [True]

    def watch(event, _):
        counted[0] += running[0] and event in STEPS

    sys.addaudithook(watch)
    start = time.perf_counter()
    write(asked, folder)
    running[0] = False
    return counted[0], time.perf_counter() - start


def whole_set(contents, sums):
    """Whether the hashes that a folder names are those of its files."""
    told = [line.split("  ") for line in contents[sums].decode().splitlines() if not line.startswith("#")]
    return all(hashlib.sha256(contents.get(name, b"")).hexdigest() == digest for digest, name in told)


def left(folder, old, new, kind):
    """Say what a kill left, and fail if a file is neither old nor new, or a mixed set passes for a whole one."""
    contents = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    contents = {name: content for name, content in contents.items() if not name.endswith(".tmp")}
    for name, content in contents.items():
        assert content in (old.get(name), new.get(name)), name
    assert set(contents) >= set(old) & set(new)
    sets = [name for name, some in (("old", old), ("new", new)) if all(contents.get(key) == some[key] for key in some)]
    if kind == "save":
        cs.load_fit(folder)
        return sets[0] if sets else "new fit, old words beside it"
    assert bool(sets) == whole_set(contents, SUMS[kind])
    return sets[0] if sets else "mixed, and told"


def run(kind, number, seed):
    """Kill so many; return how often which set was left."""
    rng = random.Random(f"{kind} {seed}")
    counts = Counter()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        before, after = (KINDS[kind](shift, root) for shift in (0, 1))
        old, new = ({file: content for files, _ in asked for file, content in files} for asked in (before, after))
        assert all(old[name] != new[name] for name in ("fit.zip", "SHA256SUMS", "fit.sha256") if name in old)
        steps, seconds = steps_of(after, root / "measured")
        for place in range(number):
            folder = root / "out"
            write(before, folder)
            how = {"step": rng.randrange(steps)} if place % 2 else {"after": rng.random() * seconds}
            hit = killed(after, folder, **how)
            counts[f"{kind}: {'killed' if hit else 'ended first'}; left: {left(folder, old, new, kind)}"] += 1
            write(after, folder)
            assert left(folder, old, new, kind) == "new"
            shutil.rmtree(folder)
    return counts


if __name__ == "__main__":
    for kind in KINDS:
        counts = run(kind, int(sys.argv[1]), int(sys.argv[2]))
        print("\n".join(f"{many:5} {what}" for what, many in sorted(counts.items())), flush=True)  # noqa: T201
