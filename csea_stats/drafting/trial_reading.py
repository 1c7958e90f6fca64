"""Whether a variable of a draft reads its own columns: every distinct cell, or combination of cells, is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import CseaStatsError
from csea_stats.respondents.coding import Notes, coded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.drafting.column_facts import Drafted
    from csea_stats.drafting.file_layouts import Opened
    from csea_stats.respondents.coding import Raw


def reads(one: Drafted, file: Opened, missing: Sequence[str]) -> bool:
    """Whether a variable reads its columns without trouble.

    Parameters
    ----------
    one : Drafted
    file : Opened
    missing : sequence of str
        The texts of the codebook that mean no answer.
    """
    table = file.table
    names = tuple(dict.fromkeys(one.columns))
    columns = _distinct({name: table.columns[name] for name in names})
    notes = Notes(missing=tuple(missing), decimal=file.layout.decimal, labels=table.labels, blank=table.blank)
    try:
        coded(names[0], one.kind, columns, {name: name for name in names}, notes)
    except CseaStatsError:
        return False
    return not notes.trouble


def _distinct(columns: dict[str, Sequence[Raw]]) -> dict[str, Sequence[Raw]]:
    """Return each combination of cells once."""
    if len(columns) == 1:
        return {name: list(dict.fromkeys(values)) for name, values in columns.items()}
    rows = np.zeros(len(next(iter(columns.values()))), dtype=np.int64)
    for values in columns.values():
        place = {value: number for number, value in enumerate(dict.fromkeys(values))}
        codes = np.fromiter(map(place.__getitem__, values), dtype=np.int64, count=len(values))
        rows = np.unique(rows * len(place) + codes, return_inverse=True)[1].reshape(-1)
    first = np.unique(rows, return_index=True)[1].tolist()
    return {name: [values[row] for row in first] for name, values in columns.items()}
