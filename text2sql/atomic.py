"""Atomic writes: files and folders that appear complete or not at all.

Content is written under a hidden, locked temporary name in the same folder. Once it is complete and
on the disk, it is renamed. If a writer is killed, its temporary file stays without a lock; the next
writer in that folder, or ``sweep``, removes it.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from text2sql.errors import SaveError

try:
    import fcntl
except ImportError:  # Windows: only age shows that a writer died
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "is_disk_full",
    "new_file",
    "new_folder",
    "save_error",
    "sweep",
    "sync",
    "write_bytes",
    "write_text",
]

_PART = re.compile(r"\.(.+)\.[0-9a-f]{8}\.(part|old)")
_ABANDONED_S = 86_400.0
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_text(path: Path, text: str, errors: str = "strict") -> None:
    """Write ``text`` in UTF-8 to the file ``path`` atomically.

    Raises:
        SaveError: it cannot be written; an existing file is unchanged.
    """
    write_bytes(path, text.encode("utf-8", errors))


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to the file ``path`` atomically.

    Raises:
        SaveError: it cannot be written; an existing file is unchanged.
    """
    with new_file(path) as part:
        part.write_bytes(content)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Yield an empty file that replaces ``path`` at the end of the block.

    Raises:
        SaveError: it cannot be written, or a disk error ended the block; an existing file is
            unchanged.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        yield path  # a pipe or a device, such as /dev/stdout
        return
    path = path.resolve()  # replace the target of a link, not the link
    with _part_of(path, folder=False) as part:
        yield part
        if path.is_file():
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        sync(part)
        part.replace(path)


@contextmanager
def new_folder(path: Path, replace: bool = True) -> Iterator[Path]:
    """Yield an empty folder that replaces ``path`` at the end of the block.

    Without ``replace``, a folder that another process created meanwhile stays.

    Raises:
        SaveError: as ``new_file``.
    """
    with _part_of(path, folder=True) as part:
        yield part
        for inside in (*part.rglob("*"), part):
            sync(inside)
        if not path.exists():
            part.rename(path)
        elif replace:
            _exchange(part, path)


def _exchange(part: Path, path: Path) -> None:
    old = _hidden(path, "old")
    with _locked(path):
        path.rename(old)
        part.rename(path)
        shutil.rmtree(old, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove the temporary files of killed writers in ``folder``; those in use stay."""
    try:
        left = [path for path in folder.iterdir() if _PART.fullmatch(path.name)]
    except OSError:
        return
    for path in left:
        with suppress(OSError):
            if _abandoned(path):
                _take_away(path)


def is_disk_full(error: BaseException, folder: Path) -> bool:
    """Whether ``error`` means a full disk; SQLite, safetensors and torch only say it in text."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    words = ("No space left", "os error 28", "disk is full", "File too large", "os error 27")
    if any(word in str(error) for word in words):
        return True
    writer_failed = "PytorchStreamWriter" in str(error) or "unexpected pos" in str(error)
    return writer_failed and shutil.disk_usage(folder).free < 2**20


@contextmanager
def _part_of(path: Path, folder: bool) -> Iterator[Path]:
    """A hidden temporary sibling of ``path``, locked during the block and removed after it."""
    part, held = _hidden(path, "part"), None
    try:
        if folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        held = _made(part, folder)
        yield part
        sync(path.parent)
    except Exception as error:
        full = is_disk_full(error, path.parent)
        if full or isinstance(error, OSError):
            raise save_error(error, path) from error
        raise
    finally:
        with suppress(OSError):
            _take_away(part)
        if held is not None:
            os.close(held)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lock ``path`` during the block, so that no other process considers it abandoned."""
    held = os.open(path, os.O_RDONLY)
    try:
        if fcntl is not None:
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def save_error(error: BaseException, path: Path) -> SaveError:
    """The error message for a failed write of ``path``."""
    if is_disk_full(error, path.parent):
        return SaveError(
            f"The disk is full: {str(path)!r} was not written, and nothing incomplete is left; "
            "free some space and run the same command again."
        )
    reason = (isinstance(error, OSError) and error.strerror) or error
    return SaveError(f"{str(path)!r} cannot be written ({reason}); choose another name or folder.")


def _hidden(path: Path, ending: str) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.{ending}")


def _made(part: Path, folder: bool) -> int:
    """An open, locked file descriptor of the new ``part``."""
    while True:
        if folder:
            part.mkdir()
            held = os.open(part, os.O_RDONLY)
        else:
            held = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        if fcntl is not None:
            fcntl.flock(held, fcntl.LOCK_EX)
        if part.exists():  # else a sweep removed it before it was locked
            return held
        os.close(held)


def _abandoned(part: Path) -> bool:
    """Whether the writer of a hidden temporary file has ended."""
    if fcntl is None:
        return time.time() - part.lstat().st_mtime > _ABANDONED_S
    if part.is_symlink() or not (part.is_file() or part.is_dir()):
        return False
    held = os.open(part, os.O_RDONLY | os.O_NONBLOCK)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(held)
    return True


def _take_away(part: Path) -> None:
    """Delete a temporary file; an old folder without a successor gets its name back."""
    found = _PART.fullmatch(part.name)
    home = part.with_name(found[1]) if found else part
    if found and found[2] == "old" and not home.exists():
        part.rename(home)
    elif part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Flush a file to the disk, so that a rename never precedes its content."""
    if os.name != "posix" and path.is_dir():
        return
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
