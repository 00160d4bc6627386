"""The download of Spider from its official sources; none of it is part of this project."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from text2sql.cache import cache_folder
from text2sql.digests import file_digest
from text2sql.download.archive import unpack
from text2sql.download.fetch import fetch
from text2sql.errors import DownloadError

__all__ = ["ProgressCallback", "SpiderArchive", "download_spider", "official_source"]

#: Called with the step, its bytes done, and its bytes in total (0: unknown).
ProgressCallback = Callable[[str, int, int], None]


@dataclass(frozen=True)
class SpiderArchive:
    """A ZIP archive: its URLs, and the digest it must have."""

    urls: tuple[str, ...]
    sha256: str


def official_source() -> SpiderArchive:
    """Spider 1.0, 206 MB: a copy on the hub (``HF_ENDPOINT`` is respected), else Google Drive."""
    hub = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    return SpiderArchive(
        urls=(
            f"{hub}/datasets/HAL-9001/spider-databases/resolve/main/spider_data.zip",
            "https://drive.usercontent.google.com/download"
            "?id=1403EGqzIDoHMdQF4c9Bkyl7dZLZ5Wt6J&export=download&confirm=t",
        ),
        sha256="00636695dabed6b5f4b8328a16b13e069a2f16591d5efcce57660669c85b121b",
    )


def download_spider(
    folder: Path | None = None,
    progress: ProgressCallback = lambda what, done, total: None,
    source: SpiderArchive | None = None,
    archive: Path | None = None,
) -> Path:
    """Download Spider to ``folder`` (default: the cache, where ``Catalog.open`` finds it).

    If it exists already, nothing happens. An interrupted download is continued; the folder appears
    only when it is complete. ``archive`` is a ZIP file obtained by other means, which must have the
    same digest.

    Returns:
        the folder that holds ``tables.json`` and ``database``.

    Raises:
        DownloadError: it cannot be downloaded, is not the right file, or cannot be written.
    """
    folder = (folder or cache_folder() / "spider").absolute()
    source = source or official_source()
    try:
        if (folder / "tables.json").is_file():
            return folder
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DownloadError(
                f"{str(folder)!r} exists and is not Spider; choose another folder with --to."
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0):
            _download(folder, progress, source, archive)
    except Timeout as error:
        raise DownloadError(
            f"Another process is downloading to {str(folder)!r}; wait until it is done."
        ) from error
    except OSError as error:
        raise DownloadError(
            f"{str(folder)!r} cannot be written ({error.strerror}); choose another folder with "
            "--to, or another cache with TEXT2SQL_CACHE_DIR."
        ) from error
    return folder


def _download(
    folder: Path, progress: ProgressCallback, source: SpiderArchive, archive: Path | None
) -> None:
    fetched = folder.with_name(f"{folder.name}.zip")
    if archive is None:
        fetch(source.urls, fetched, source.sha256, lambda *n: progress("Downloading", *n))
    elif not archive.is_file():
        raise DownloadError(f"There is no file {str(archive)!r}; check the path.")
    elif (found := file_digest(archive)) != source.sha256:
        raise DownloadError(
            f"{str(archive)!r} is not Spider's archive: its SHA-256 is {found}, "
            f"not {source.sha256}."
        )
    work = folder.with_name(f".{folder.name}.unpacking")
    shutil.rmtree(work, ignore_errors=True)  # left by a killed process
    unpack(archive or fetched, work, lambda *n: progress("Unpacking", *n))
    try:
        if folder.exists():
            folder.rmdir()
        _root(work).replace(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    fetched.unlink(missing_ok=True)


def _root(work: Path) -> Path:
    """The folder in Spider's layout inside the unpacked archive."""
    roots = sorted(path.parent for path in work.rglob("tables.json"))
    for root in sorted(roots, key=lambda path: len(path.parts)):
        if (root / "database").is_dir():
            return root
    raise DownloadError(
        "The archive does not hold Spider (no tables.json beside a folder database); "
        "its layout must have changed."
    )
