"""Files and folders that appear whole or not at all, whatever happens while they are written.

What is written stands beside its final name, hidden and locked, until it is complete and on the
disk; then it is renamed. A writer that is killed leaves its part behind without a lock, and the
next writer in that folder, or ``sweep``, takes it away.
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
except ImportError:  # Windows: who died is told by age alone
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
    """Put ``text`` in UTF-8 into the file ``path``, all of it or nothing.

    Raises:
        SaveError: it cannot be written; what was there before still is.
    """
    write_bytes(path, text.encode("utf-8", errors))


def write_bytes(path: Path, content: bytes) -> None:
    """Put ``content`` into the file ``path``, all of it or nothing.

    Raises:
        SaveError: it cannot be written; what was there before still is.
    """
    with new_file(path) as part:
        part.write_bytes(content)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """An empty file to write to, which takes the place of ``path`` at the end of the block.

    Raises:
        SaveError: it cannot be written, or an error of the disk ended the block; what was there
            before still is.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        yield path  # a pipe or a device, such as /dev/stdout
        return
    path = path.resolve()  # what a link leads to is replaced, and not the link
    with _part_of(path, folder=False) as part:
        yield part
        if path.is_file():
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        sync(part)
        part.replace(path)


@contextmanager
def new_folder(path: Path, replace: bool = True) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of ``path`` at the end of the block.

    Without ``replace``, a folder that somebody else has put there meanwhile stays.

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
    """Remove what writers left behind in ``folder`` that were killed; others' parts stay."""
    try:
        left = [path for path in folder.iterdir() if _PART.fullmatch(path.name)]
    except OSError:
        return
    for path in left:
        with suppress(OSError):
            if _abandoned(path):
                _take_away(path)


def is_disk_full(error: BaseException, folder: Path) -> bool:
    """Whether ``error`` means a full disk, which SQLite, safetensors and torch tell in words."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    words = ("No space left", "os error 28", "disk is full", "File too large", "os error 27")
    if any(word in str(error) for word in words):
        return True
    writer_failed = "PytorchStreamWriter" in str(error) or "unexpected pos" in str(error)
    return writer_failed and shutil.disk_usage(folder).free < 2**20


@contextmanager
def _part_of(path: Path, folder: bool) -> Iterator[Path]:
    """A hidden neighbour of ``path``, locked while the block goes on and gone after it."""
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
    """While the block goes on, nobody takes ``path`` for abandoned, whatever its name is."""
    held = os.open(path, os.O_RDONLY)
    try:
        if fcntl is not None:
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def save_error(error: BaseException, path: Path) -> SaveError:
    """What a person is told about ``error`` while ``path`` was written."""
    if is_disk_full(error, path.parent):
        return SaveError(
            f"The disk is full: {str(path)!r} was not written, and nothing half-written is left "
            "in its place; free some space and run the same command again."
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
        if part.exists():  # else a sweep came between making and locking it
            return held
        os.close(held)


def _abandoned(part: Path) -> bool:
    """Whether nobody writes to a hidden part any more."""
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
    """Delete a part; a folder whose successor never came goes back to its name."""
    found = _PART.fullmatch(part.name)
    home = part.with_name(found[1]) if found else part
    if found and found[2] == "old" and not home.exists():
        part.rename(home)
    elif part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have what was written reach the disk, so that a rename never comes before it."""
    if os.name != "posix" and path.is_dir():
        return
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
