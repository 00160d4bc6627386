"""The cache that the constraints of all schemas share."""

from __future__ import annotations

from text2sql.memo import Memo

__all__ = ["CACHE"]

#: Bounded in bytes: visitors bring schemas, and one with 1,500 columns has megabytes of choices.
CACHE = Memo(200_000_000)
