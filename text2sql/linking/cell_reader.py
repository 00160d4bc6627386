"""The cells of a database, read in the sandbox, column by column, within limits."""

from __future__ import annotations

import time
from collections.abc import Sequence

from text2sql.databases import Database
from text2sql.query import quote_identifier
from text2sql.sandbox import Limits, run_query

__all__ = ["CellReader", "texts_of"]

_MAX_ROWS = 200_000  # rows of a table that are read
_MAX_CELLS = 20_000  # distinct cells of a column that are indexed
_MAX_COLUMN_BYTES = 64_000_000
_COLUMN_S = 5.0


class CellReader:
    """Reads the cells of one database in the sandbox.

    A visitor's file may contain endless views or values of a gigabyte. A column that cannot be read
    in time has no cells.
    """

    def __init__(self, database: Database, timeout_s: float) -> None:
        self.database = database
        self.ends = time.monotonic() + timeout_s

    def cells(self, table: str, column: str) -> list[object]:
        """Up to 20,000 different values of a column; one of them is None if it has NULLs."""
        left_s = min(_COLUMN_S, self.ends - time.monotonic())
        if left_s <= 0:
            return []
        name = quote_identifier(column)
        sql = (
            f"SELECT DISTINCT {name} AS cell FROM (SELECT {name} FROM {quote_identifier(table)} "
            f"LIMIT {_MAX_ROWS}) LIMIT {_MAX_CELLS}"
        )
        result = run_query(self.database, sql, Limits(left_s, _MAX_CELLS, _MAX_COLUMN_BYTES))
        return [cell for (cell,) in result.rows]


def texts_of(cells: Sequence[object]) -> list[str]:
    """The texts of a column that are not empty, without surrounding blanks.

    Blanks that pad every value to one width, and several blanks at the end, are kept: without them,
    no comparison finds the value.
    """
    texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    padded = len({len(text) for text in texts}) == 1 and len({len(t.rstrip()) for t in texts}) > 1
    return [text if padded or text.endswith("  ") else text.strip() for text in texts]
