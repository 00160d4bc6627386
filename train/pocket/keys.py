"""Foreign keys that a database does not declare, taken from the joins in its gold queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from text2sql.linking.joins import join_keys
from text2sql.query.nodes import Call, ColumnRef, Entry, Select, Statement, walk
from text2sql.schema import ColumnPosition, ForeignKey, Schema

__all__ = ["joins_of", "with_keys_of"]

#: Two columns that join, in order.
JoinedColumns = tuple[ColumnPosition, ColumnPosition]


def with_keys_of(queries: Iterable[Statement], schema: Schema) -> Schema:
    """Add a foreign key to ``schema`` for each pair of columns that ``queries`` join on.

    A pair that the schema's keys join already gets no further key.
    """
    new: dict[JoinedColumns, ForeignKey] = {}
    for query in queries:
        for left, right in joins_of(query):
            if left[0] != right[0] and not _tied(schema, left, right):
                new.setdefault((left, right), _key(schema, left, right))
    return replace(schema, foreign_keys=(*schema.foreign_keys, *new.values()))


def joins_of(query: Statement) -> Iterator[JoinedColumns]:
    """The pairs of columns that ``query`` and its subqueries join on, each pair in order."""
    for select in walk(query):
        sources = select.sources if isinstance(select, Select) else ()
        for entry in sources:
            for node in walk(entry.on, inside=False):
                if isinstance(node, Call) and node.name == "=":
                    yield from _pair(node, sources)


def _pair(equality: Call, sources: Sequence[Entry]) -> Iterator[JoinedColumns]:
    """The columns that ``equality`` compares, if they belong to two tables."""
    ends = [
        (sources[column.source].table, column.column)
        for column in equality.arguments
        if isinstance(column, ColumnRef) and not column.outer
    ]
    tables = [(table, column) for table, column in ends if table is not None]
    if len(tables) == 2:
        left, right = sorted(tables)
        yield left, right


def _tied(schema: Schema, left: ColumnPosition, right: ColumnPosition) -> bool:
    return any((left[1], right[1]) in key for key in join_keys(schema, left[0], right[0]))


def _key(schema: Schema, left: ColumnPosition, right: ColumnPosition) -> ForeignKey:
    """The foreign key between two columns; it refers to the one that is a primary key."""
    right_is_key = schema.tables[right[0]].columns[right[1]].primary_key
    left_is_key = schema.tables[left[0]].columns[left[1]].primary_key
    if left_is_key and not right_is_key:
        left, right = right, left
    return ForeignKey(*left, *right)
