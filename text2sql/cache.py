"""The cache folder, for files that can be downloaded or made again."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """``TEXT2SQL_CACHE_DIR``, else ``text2sql`` in ``XDG_CACHE_HOME`` or ``~/.cache``.

    This does not create the folder; its writers do.
    """
    named = os.environ.get("TEXT2SQL_CACHE_DIR")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "text2sql"
