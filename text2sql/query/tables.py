"""The tables of a database that a query reads."""

from __future__ import annotations

from sqlglot import exp

from text2sql.errors import QueryError
from text2sql.query.tree import statement
from text2sql.schema import Schema

__all__ = ["tables_used"]


def tables_used(sql: str, schema: Schema) -> tuple[str, ...]:
    """Return the names of the tables, as ``schema`` spells them, in the order of the query.

    The result is empty if ``sql`` cannot be parsed.
    """
    try:
        named = statement(sql).find_all(exp.Table, bfs=False)
        places = [schema.find_table(table.name) for table in named]
    except (QueryError, RecursionError):
        return ()
    return tuple(dict.fromkeys(schema.tables[place].name for place in places if place is not None))
