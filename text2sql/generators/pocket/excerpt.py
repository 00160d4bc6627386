"""The part of a very large schema that the model reads for a question.

Time and memory grow with the square of the number of names: half a gigabyte at 1,000 columns, and
more than a computer has at 10,000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from text2sql.generators.pocket.ir import ColumnToken, TableToken, Token
from text2sql.linking.engine_tables import own_columns
from text2sql.linking.linked_schema import linked_places, select_columns
from text2sql.linking.values import ValueCandidate
from text2sql.schema import ColumnPosition, Schema

__all__ = ["MOST_COLUMNS", "excerpt", "over_whole_schema"]

#: A schema with at most this many columns is read whole; Spider's largest has 352.
MOST_COLUMNS = 400
_MOST_TABLES = 32


def excerpt(
    question: str, schema: Schema, values: Sequence[ValueCandidate]
) -> tuple[Schema, list[ValueCandidate]]:
    """The part of ``schema`` to read for ``question``, and ``values`` with their columns there.

    SQLite's own tables are left out, because a schema may list them though they are absent. A small
    schema is otherwise kept whole. Of a very large one, the part holds the tables whose names,
    columns or cells the question mentions, and the tables that join them; of a wide table, only the
    keys and the mentioned columns.
    """
    own = own_columns(schema)
    if len(own) == schema.column_count <= MOST_COLUMNS:
        return schema, list(values)
    if len(own) <= MOST_COLUMNS:
        return _part(schema, own, values)
    whole = schema.column_positions
    held = {whole[column] for value in values for column in value.columns if value.number is None}
    most, places = _MOST_TABLES, linked_places(question, schema, held, _MOST_TABLES)
    while len(places) > MOST_COLUMNS and most > 1:
        most //= 2
        places = linked_places(question, schema, held, most)
    return _part(schema, sorted(places.intersection(own))[:MOST_COLUMNS], values)


def _part(
    schema: Schema, kept: Sequence[ColumnPosition], values: Sequence[ValueCandidate]
) -> tuple[Schema, list[ValueCandidate]]:
    """The columns at ``kept`` alone, and ``values`` with their columns there."""
    numbers = {place: number for number, place in enumerate(schema.column_positions)}
    moved = {numbers[place]: position for position, place in enumerate(kept)}
    return select_columns(schema, kept), [
        replace(v, columns={moved[column] for column in v.columns if column in moved})
        for v in values
    ]


def over_whole_schema(tokens: Sequence[Token], part: Schema, schema: Schema) -> list[Token]:
    """Translate tokens over ``part`` to tokens over the whole ``schema``."""
    if part == schema:
        return list(tokens)
    tables = {table.name: t for t, table in enumerate(schema.tables)}

    def moved(token: Token) -> Token:
        if not isinstance(token, TableToken | ColumnToken):
            return token
        table = part.tables[token.table]
        place = tables[table.name]
        if isinstance(token, TableToken):
            return TableToken(place)
        names = [column.name for column in schema.tables[place].columns]
        return ColumnToken(place, names.index(table.columns[token.column].name))

    return [moved(token) for token in tokens]
