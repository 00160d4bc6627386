"""The cache of the next choices in known states of a query, bounded in bytes."""

from __future__ import annotations

from text2sql.memo import Memo

__all__ = ["CACHE"]

CACHE = Memo(30_000_000)
