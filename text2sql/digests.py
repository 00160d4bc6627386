"""Digests of files, which identify data and weights by content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

__all__ = ["file_digest", "files_digest", "folder_digest", "weights_digest"]

_WEIGHTS = (".safetensors", ".bin")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHOWN = 8  # hexadecimal digits


def file_digest(path: Path) -> str:
    """SHA-256 of one file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_digest(files: Iterable[tuple[str, Path]]) -> str:
    """SHA-256 of named files; of a missing file, only the name counts."""
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(name.encode() + b"\0")
        if path.is_file():
            digest.update(bytes.fromhex(file_digest(path)))
    return digest.hexdigest()


def folder_digest(folder: Path) -> str | None:
    """SHA-256 of a folder's files by name and content; None if the folder is missing."""
    if not folder.is_dir():
        return None
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return files_digest((path.relative_to(folder).as_posix(), path) for path in files)


def weights_digest(*folders: Path) -> str:
    """Identify the weights in model folders by eight hexadecimal digits.

    They are the start of the SHA-256 over the SHA-256 of each weights file.
    """
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.suffix in _WEIGHTS and path.is_file():
                digest.update(_blob_name(path) or file_digest(path).encode())
    return digest.hexdigest()[:_SHOWN]


def _blob_name(path: Path) -> bytes | None:
    """The SHA-256 of a file in the hub's cache, taken from its name without reading the file."""
    blob = path.resolve()
    is_blob = path.is_symlink() and blob.parent.name == "blobs" and _SHA256.fullmatch(blob.name)
    return blob.name.encode() if is_blob else None
