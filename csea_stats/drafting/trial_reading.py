"""Whether a variable of a draft reads its own columns: every distinct cell, or combination of cells, is tried."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import CseaStatsError
from csea_stats.respondents.coding import Notes, coded
from csea_stats.respondents.raw_columns import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.drafting.column_facts import Drafted
    from csea_stats.drafting.file_layouts import Opened
    from csea_stats.respondents.raw_columns import RawColumn


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
    columns = _distinct({name: distinct(table.columns[name]) for name in names})
    notes = Notes(missing=tuple(missing), decimal=file.layout.decimal, labels=table.labels, blank=table.blank)
    try:
        coded(names[0], one.kind, columns, {name: name for name in names}, notes)
    except CseaStatsError:
        return False
    return not notes.trouble


def _distinct(columns: dict[str, RawColumn]) -> dict[str, RawColumn]:
    """Return each combination of cells once."""
    rows = np.zeros(len(next(iter(columns.values()))), dtype=np.int64)
    for column in columns.values():
        rows = np.unique(rows * len(column.levels) + column.codes, return_inverse=True)[1].reshape(-1)
    first = np.unique(rows, return_index=True)[1]
    return {name: replace(column, codes=column.codes[first]) for name, column in columns.items()}
