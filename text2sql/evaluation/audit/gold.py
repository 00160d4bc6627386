"""A gold query with its syntax tree, its columns in the schema and its rows, each read once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from text2sql.databases import Database
from text2sql.errors import QueryError
from text2sql.query import quote_identifier
from text2sql.query.tree import statement
from text2sql.sandbox import Limits, QueryResult, run_query
from text2sql.schema import Column, ColumnPosition
from text2sql.spider import Example

__all__ = ["Gold"]

LIMITS = Limits(timeout_s=10.0, max_rows=20_000)


@dataclass(frozen=True)
class Gold:
    """Question ``number`` with its database; everything else is computed on first use."""

    number: int
    example: Example
    database: Database

    @cached_property
    def tree(self) -> exp.Expr | None:
        """The syntax tree, or None if the text is not a single SELECT."""
        try:
            return statement(self.example.query)
        except (QueryError, RecursionError):
            return None

    @cached_property
    def result(self) -> QueryResult:
        return self.run(self.example.query)

    def run(self, sql: str, max_rows: int = LIMITS.max_rows) -> QueryResult:
        return run_query(self.database, sql, Limits(LIMITS.timeout_s, max_rows))

    def selects(self) -> Iterator[exp.Select]:
        """Every SELECT in the query, subqueries included."""
        yield from self.tree.find_all(exp.Select) if self.tree is not None else ()

    def place(self, column: exp.Column) -> ColumnPosition | None:
        """The column of the schema that is meant; None for a column of a subquery."""
        select = column.find_ancestor(exp.Select)
        while select is not None:
            for alias, table in sources(select):
                if column.table and alias.lower() != column.table.lower():
                    continue
                found = self._find(table, column.name)
                if found is not None:
                    return found
            select = select.find_ancestor(exp.Select)
        return None

    def _find(self, table: str, column: str) -> ColumnPosition | None:
        schema = self.database.schema
        position = schema.find_table(table)
        if position is None:
            return None
        place = schema.find_column(position, column)
        return None if place is None else (position, place)

    def column(self, place: ColumnPosition) -> Column:
        return self.database.schema.tables[place[0]].columns[place[1]]

    def named(self, place: ColumnPosition) -> str:
        """``table.column``, quoted for SQLite."""
        table = self.database.schema.tables[place[0]]
        return f"{quote_identifier(table.name)}.{quote_identifier(table.columns[place[1]].name)}"

    def cells(
        self, place: ColumnPosition, condition: str = "", rows: int = 5
    ) -> tuple[object, ...]:
        """Some distinct cells of a column without NULL; ``condition`` is an optional filter."""
        name = self.named(place)
        table = quote_identifier(self.database.schema.tables[place[0]].name)
        where = f"{name} IS NOT NULL" + (f" AND {condition}" if condition else "")
        sql = f"SELECT DISTINCT {name} FROM {table} WHERE {where} LIMIT {rows}"
        return tuple(row[0] for row in self.run(sql, rows).rows)


def sources(select: exp.Select) -> list[tuple[str, str]]:
    """The tables of a FROM clause as (alias, name)."""
    found = [join.this for join in select.args.get("joins") or []]
    source = select.args.get("from_")
    found = [source.this, *found] if source is not None else found
    return [(t.alias_or_name, t.name) for t in found if isinstance(t, exp.Table)]
