"""What may follow in states of a query that were met before, in one bound."""

from __future__ import annotations

from text2sql.memo import Memo

__all__ = ["KEPT"]

KEPT = Memo(30_000_000)
