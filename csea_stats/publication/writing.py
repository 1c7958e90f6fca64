"""Named files into a folder, each whole or not at all: all that the package writes for readers goes through here.

Every file is first written under a temporary name in its own folder; then each replaces its target at once. A failure
before the first replacement changes nothing and leaves no temporary behind.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from csea_stats.errors import InputError, OutputError, check_kind, in_short, path_text

if TYPE_CHECKING:
    from collections.abc import Iterable


def write_files(
    folder: str | os.PathLike[str], files: Iterable[tuple[str, bytes]], *, private: bool = False
) -> tuple[Path, ...]:
    """Write named files into a folder; everything else in it stays as it is.

    Parameters
    ----------
    folder : path
        Made if missing, with its parents.
    files : iterable of (name, bytes)
        Names are relative, parts separated by "/"; a subfolder is made if missing.
    private : bool, default False
        Whether they can be read by their owner alone.

    Returns
    -------
    tuple of Path
        The files written, in the order given.

    Raises
    ------
    OutputError
        If a folder or a file cannot be written; names the path. Unless it says which files were replaced, nothing was.
    """
    root = checked_folder(folder)
    wanted = tuple((root.joinpath(*_parts(name)), content) for name, content in files)
    made = _folders(root, tuple(path for path, _ in wanted))
    temporaries: list[tuple[str, Path]] = []
    try:
        for path, content in wanted:
            temporaries.append((_written(path, content, private=private), path))
    except BaseException:  # an interruption too leaves nothing behind
        _discard([name for name, _ in temporaries], made)
        raise
    replaced: list[Path] = []
    for position, (temporary, path) in enumerate(temporaries):
        try:
            os.replace(temporary, path)  # noqa: PTH105 - the call whose atomicity is meant
        except OSError as error:
            _discard([name for name, _ in temporaries[position:]], () if replaced else made)
            done = (
                f" Already replaced: {', '.join(p.name for p in replaced)}." if replaced else " Nothing was replaced."
            )
            message = f"{path_text(path)}: could not be written ({_reason(error)}).{done}"
            raise OutputError(message) from error
        replaced.append(path)
    return tuple(path for path, _ in wanted)


SUMS = "SHA256SUMS"


def with_sums(files: Iterable[tuple[str, bytes]], name: str = SUMS) -> tuple[tuple[str, bytes], ...]:
    """Return files with one more, to be put in place last, by which a mixed set can be told.

    It names the hash of each, as ``sha256sum -c`` takes it, and above them that of all together.

    Examples
    --------
    >>> (_, (name, content)) = with_sums([("a.txt", b"a")])
    >>> name, content.splitlines()[1][-8:]
    ('SHA256SUMS', b'b  a.txt')
    """
    given = tuple(files)
    lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {file}\n" for file, content in given).encode()
    return (*given, (name, b"# of all: " + hashlib.sha256(lines).hexdigest().encode() + b"\n" + lines))


def checked_folder(folder: str | os.PathLike[str]) -> Path:
    """Return a folder to write into, whether or not it is there yet.

    Raises
    ------
    InputError
        If it is no path.
    OutputError
        If it is the empty text.
    """
    check_kind("the folder to write into", folder, str, os.PathLike)
    if not os.fspath(folder):
        message = "the folder to write into: found '' (an unset variable?); allowed is a path, '.' for this folder"
        raise OutputError(message)
    if not _can_be(folder):
        message = f"{path_text(folder)}: no folder can have this name; nothing was written. Choose another one."
        raise OutputError(message)
    return Path(folder)


def _can_be(name: str | os.PathLike[str]) -> bool:
    """Whether a system of files can hold such a name."""
    try:
        return b"\0" not in os.fsencode(name)
    except UnicodeError:
        return False


def _parts(name: str) -> tuple[str, ...]:
    parts = PurePosixPath(name).parts
    if (
        not parts
        or not _can_be(name)
        or name.startswith("/")
        or any(part in ("..", "") or "\\" in part or ":" in part for part in parts)
    ):
        message = f"a file's name: found {in_short(name)}; allowed is a relative path without '..'"
        raise InputError(message)
    return parts


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _folders(root: Path, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Make the folders that are missing and return them; refuse a target that is a folder or lies behind a link."""
    made: list[Path] = []
    try:
        for folder in dict.fromkeys((root, *(path.parent for path in paths))):
            _refuse_link(folder, root)
            for new in reversed([f for f in (folder, *folder.parents) if not f.exists() and not f.is_symlink()]):
                new.mkdir()
                made.append(new)
            _refuse_file(folder)
        for path in paths:
            _refuse_folder(path)
    except OutputError:
        _discard([], made)
        raise
    except OSError as error:
        _discard([], made)
        message = f"{path_text(error.filename or root)}: could not be made ({_reason(error)}); nothing was written."
        raise OutputError(message) from error
    return tuple(made)


def _refuse_link(folder: Path, root: Path) -> None:
    if folder != root and folder.is_symlink():
        message = (
            f"{path_text(folder)}: is a link to another place; nothing was written. Remove it or choose another folder."
        )
        raise OutputError(message)


def _refuse_file(folder: Path) -> None:
    if not folder.is_dir():
        message = f"{path_text(folder)}: is a file, not a folder; nothing was written. Choose another folder."
        raise OutputError(message)


def _refuse_folder(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        message = f"{path_text(path)}: is a folder where a file is to be written; nothing was written. Move it away."
        raise OutputError(message)


def _written(path: Path, content: bytes, *, private: bool) -> str:
    """Write a file whole under a temporary name beside its target and return that name."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:60]}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        message = f"{path_text(path.parent)}: cannot be written to ({_reason(error)}); nothing was replaced."
        raise OutputError(message) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o600 if private else 0o666 & ~_umask())
    except OSError as error:
        _discard([name], ())
        message = f"{path_text(path)}: could not be written ({_reason(error)}); nothing was replaced."
        raise OutputError(message) from error
    return name


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _discard(temporaries: Iterable[str], folders: Iterable[Path]) -> None:
    """Remove temporaries, and the folders that were made for them where they are empty."""
    for name in temporaries:
        Path(name).unlink(missing_ok=True)
    for folder in reversed(tuple(folders)):
        try:
            folder.rmdir()
        except OSError:
            continue
