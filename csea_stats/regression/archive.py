"""One file of texts and arrays that is whole or refused: a zip whose comment ends in a checksum over all before it.

Nothing is unpacked before its names, sizes, types and shapes are looked at.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError, path_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from csea_stats.regression.problem import Array

    Arrays = dict[str, Array]

LARGEST = 1 << 31
"""Bytes that a saved fit may have, packed or unpacked."""

SUSPECT = 1 << 28
"""Bytes above which what unpacks to very many times its size is refused."""

RATIO = 30
"""How many times its size an archive may unpack to: draws hardly shrink, codes of a respondent each some ten times."""

MARK = b"sha256:"

DIGITS = 64


def reason(error: Exception) -> str:
    """Return what went wrong from below in a few words; a path within it is not told again."""
    why = str(error.strerror if isinstance(error, OSError) else error)
    return f"{type(error).__name__}: {why if len(why) <= 300 else why[:297] + '...'}"


BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What reading a damaged archive, or making a fit of it, ends in."""


def packed(texts: Mapping[str, str], arrays: Arrays) -> bytes:
    """Return an archive; equal content gives equal bytes.

    Parameters
    ----------
    texts : mapping of name to text
    arrays : dict
        Of numbers alone; each is stored under its name with ".npy".
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in texts.items():
            file.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
        for name, array in arrays.items():
            stored = io.BytesIO()
            np.lib.format.write_array(stored, np.asarray(array), allow_pickle=False)
            # Draws shrink by 5 %, which is most of the time that saving takes.
            file.writestr(zipfile.ZipInfo(f"{name}.npy"), stored.getvalue(), zipfile.ZIP_STORED)
        file.comment = MARK + b"0" * DIGITS
    body = content.getvalue()[:-DIGITS]
    return body + hashlib.sha256(body).hexdigest().encode()


def read_archive(path: Path, *, checked: bool = True) -> tuple[dict[str, str], Arrays]:
    """Return the texts and the arrays of an archive.

    Parameters
    ----------
    path : Path
    checked : bool, default True
        Whether it has to end in its checksum; those of an earlier version have none.

    Raises
    ------
    InputError
        If it is no whole archive: damaged, larger than any fit, or of anything but numbers.
    """
    try:
        _check_size(path, path.stat().st_size)
        content = path.read_bytes()
        if checked:
            _check_sum(path, content)
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            _check_members(path, file, len(content))
            texts = {one.filename: file.read(one).decode() for one in file.infolist() if not _is_array(one)}
            arrays = {one.filename[:-4]: _array(path, file, one) for one in file.infolist() if _is_array(one)}
    except InputError:
        raise
    except BROKEN as error:
        message = f"{path_text(path)}: this is no whole archive of a fit ({reason(error)}); save the fit again"
        raise InputError(message) from None
    return texts, arrays


def _is_array(member: zipfile.ZipInfo) -> bool:
    return member.filename.endswith(".npy")


def _check_size(path: Path, size: int) -> None:
    if size > LARGEST:
        message = f"{path_text(path)}: found {size:,} bytes; allowed are at most {LARGEST:,}, which no fit has"
        raise InputError(message)


def _check_sum(path: Path, content: bytes) -> None:
    body = content[:-DIGITS]
    if not body.endswith(MARK) or hashlib.sha256(body).hexdigest().encode() != content[-DIGITS:]:
        message = f"{path_text(path)}: the checksum is not that of the content: the file is damaged; save the fit again"
        raise InputError(message)


def _check_members(path: Path, file: zipfile.ZipFile, size: int) -> None:
    members = file.infolist()
    total = sum(one.file_size for one in members)
    if total > LARGEST or total > max(SUSPECT, RATIO * size):
        message = (
            f"{path_text(path)}: found {size:,} bytes that unpack to {total:,}, which no fit does; it was not unpacked"
        )
        raise InputError(message)
    if len({one.filename for one in members}) != len(members):
        message = f"{path_text(path)}: found a name twice; save the fit again"
        raise InputError(message)


def _array(path: Path, file: zipfile.ZipFile, member: zipfile.ZipInfo) -> Array:
    """Read an array after its header: numbers alone, as many as the header says."""
    with file.open(member) as stream:
        np.lib.format.read_magic(stream)  # a version that NumPy does not know fails here
        shape, _, kind = np.lib.format.read_array_header_1_0(stream)
        count = int(np.prod(shape, dtype=object)) if shape else 1
        header = stream.tell()
    if kind.kind not in "fiub" or header + count * kind.itemsize != member.file_size:
        found = f"type {kind} and shape {shape} in {member.file_size:,} bytes"
        message = f"{path_text(path)}: {member.filename}: found {found}; allowed are numbers, as many as the shape says"
        raise InputError(message)
    array: Array = np.lib.format.read_array(io.BytesIO(file.read(member)), allow_pickle=False)
    return array
