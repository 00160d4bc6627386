"""Safe unpacking of an untrusted ZIP file."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from text2sql.errors import DownloadError

__all__ = ["MAX_BYTES", "MAX_FILES", "unpack"]

#: Several times the unpacked size of Spider.
MAX_BYTES = 8 * 1024**3
MAX_FILES = 20_000
_CHUNK = 1 << 20


def unpack(
    archive: Path,
    folder: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    max_bytes: int = MAX_BYTES,
) -> None:
    """Unpack ``archive`` into ``folder``, which must not exist yet.

    Before anything is written, every name must be inside the folder, no member may be a link or a
    device, and the total size must be within ``max_bytes``. If a member is longer than declared,
    unpacking stops and the folder is removed. ``progress`` gets the bytes done and in total. macOS
    resource files are left out.

    Raises:
        DownloadError: the archive breaks one of these rules, is damaged, or cannot be written.
    """
    with _explained(archive, folder), zipfile.ZipFile(archive) as opened:
        members = list(_members(opened, archive))
        total = sum(member.file_size for member in members)
        if total > max_bytes or len(members) > MAX_FILES:
            raise DownloadError(
                f"{str(archive)!r} would unpack to {total:,} bytes in {len(members):,} files, "
                "more than Spider can be; it is not the right file."
            )
        folder.mkdir(parents=True)
        done = 0
        for member in members:
            done = _extract(opened, member, folder, done, lambda n: progress(n, total))


@contextmanager
def _explained(archive: Path, folder: Path) -> Iterator[None]:
    """Remove the folder after an error, and turn the error into a sentence."""
    existed = folder.exists()
    try:
        yield
    except BaseException as error:
        if not existed:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise DownloadError(
                f"{str(archive)!r} cannot be unpacked into {str(folder)!r} ({error.strerror}); "
                "check the free space and your permissions there."
            ) from error
        if isinstance(error, zipfile.BadZipFile | zlib.error | EOFError | NotImplementedError):
            raise DownloadError(
                f"{str(archive)!r} is damaged ({error}); delete it and download it again."
            ) from error
        raise


def _members(opened: zipfile.ZipFile, archive: Path) -> Iterator[zipfile.ZipInfo]:
    for member in opened.infolist():
        path = PurePosixPath(member.filename)
        kind = stat.S_IFMT(member.external_attr >> 16)
        if (
            path.is_absolute()
            or ".." in path.parts
            or any(bad in member.filename for bad in "\\:\0")
            or kind not in (0, stat.S_IFREG, stat.S_IFDIR)
            or member.flag_bits & 1
        ):
            raise DownloadError(
                f"{str(archive)!r} holds {member.filename!r}, which is a link, encrypted, or leads "
                "out of the folder; nothing was unpacked."
            )
        if not member.is_dir() and "__MACOSX" not in path.parts and path.name != ".DS_Store":
            yield member


def _extract(
    opened: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    folder: Path,
    done: int,
    progress: Callable[[int], None],
) -> int:
    """Write one file in chunks and report to ``progress``; return the bytes done so far."""
    target = folder / member.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(member) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            file.write(chunk)
            done += len(chunk)
            progress(done)
    return done
