"""What the constraints of all schemas keep of queries that they have read, in one bound."""

from __future__ import annotations

from text2sql.memo import Memo

__all__ = ["KEPT"]

#: Schemas are strangers': one with 1,500 columns may follow a word with megabytes of choices.
KEPT = Memo(200_000_000)
