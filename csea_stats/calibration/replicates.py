"""Many runs of one task: over workers of any kind, counted, kept one by one, and taken up again where they ended."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from csea_stats.errors import InputError, MissingPackage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Row = list[Any]
"""What a run gives: numbers and texts."""

CHUNKS = 8
"""Times each worker comes for more, so that a worker that is slow, or stops, holds up little."""

LONGEST = 50
"""Runs of one chunk at most: of so many, those done are lost where all is stopped."""


class Task(Protocol):
    """A run by its number: the same number gives the same row, whoever runs it."""

    def __call__(self, number: int) -> Row:
        """Return the row of a run."""

    @property
    def fingerprint(self) -> str:
        """What rows of the same task share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Who runs a task.

    Parameters
    ----------
    number : int
        Processes of this machine; 1: none but this one.
    scheduler : str or None
        Address of a Dask scheduler, such as "tcp://10.0.0.1:8786", whose workers run it instead.
    progress : bool
        Whether how many are done is told on stderr.
    """

    number: int = 1
    scheduler: str | None = None
    progress: bool = False


def run(task: Task, replicates: int, file: Path | None = None, workers: Workers | None = None) -> list[Row]:
    """Return the rows of the first so many runs, in order.

    Parameters
    ----------
    task : Task
    replicates : int
    file : pathlib.Path, optional
        Where rows are kept as they come in, a line each: what stands there is not run again.
    workers : Workers, optional

    Raises
    ------
    InputError
        If the file holds rows of another task.
    MissingPackage
        If a scheduler is given and Dask is not installed.
    """
    workers = workers or Workers()
    known = {} if file is None else _kept(file, task.fingerprint)
    left = [number for number in range(replicates) if number not in known]
    step = min(LONGEST, max(1, len(left) // (CHUNKS * workers.number)))
    chunks = [left[start : start + step] for start in range(0, len(left), step)]
    for rows in _each(task, chunks, workers):
        if file is not None:
            _append(file, [[number, row] for number, row in rows.items()])
        known.update(rows)
        if workers.progress:
            sys.stderr.write(f"\r{sum(number < replicates for number in known)} of {replicates}")
            sys.stderr.flush()
    if workers.progress and left:
        sys.stderr.write("\n")
    return [known[number] for number in range(replicates)]


def _each(task: Task, chunks: Sequence[Sequence[int]], workers: Workers) -> Iterator[dict[int, Row]]:
    """Yield the rows of each chunk as it is done."""
    if workers.scheduler is None and workers.number == 1:
        yield from (_chunk(task, chunk) for chunk in chunks)
        return
    import joblib

    with _cluster(workers.scheduler):
        # A cluster has as many at work as it has workers.
        jobs = -1 if workers.scheduler else workers.number
        pool = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
        yield from pool(joblib.delayed(_chunk)(task, chunk) for chunk in chunks)


@contextmanager
def _cluster(scheduler: str | None) -> Iterator[None]:
    """Let joblib find the workers of a scheduler; of none, nothing changes."""
    if scheduler is None:
        yield
        return
    import joblib

    try:
        from distributed import Client
    except ImportError as error:
        raise MissingPackage("distributed", "runs over a Dask scheduler") from error
    with Client(scheduler), joblib.parallel_config("dask"):
        yield


def _chunk(task: Task, numbers: Sequence[int]) -> dict[int, Row]:
    return {number: task(number) for number in numbers}


def _append(file: Path, lines: Sequence[object]) -> None:
    """Write whole lines by one call, and see them on the disk: what is stopped between leaves no half of one behind."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _kept(file: Path, fingerprint: str) -> dict[int, Row]:
    """Return the rows that a file holds of the same task; a new file begins with what it is of."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        _append(file, [{"task": fingerprint}])
        return {}
    text = file.read_text(encoding="utf-8")
    whole, end, torn = text.rpartition("\n")
    lines = whole.splitlines()
    if not lines or json.loads(lines[0]) != {"task": fingerprint}:
        message = f"{file}: found rows of another task; allowed are those of this one: name a new file"
        raise InputError(message)
    if torn:  # a line that was being written when all stopped
        with file.open("r+", encoding="utf-8") as handle:
            handle.truncate(len((whole + end).encode()))
    return dict(json.loads(line) for line in lines[1:])
