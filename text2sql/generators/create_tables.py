"""A schema as CREATE TABLE statements, for the prompt of a served model."""

from __future__ import annotations

from text2sql.query import quote_identifier
from text2sql.schema import Column, Schema, Table

__all__ = ["create_tables"]

_LONGEST_COMMENT = 500  # characters of the description of a table or column


def create_tables(schema: Schema, limit: int) -> tuple[str, tuple[str, ...]]:
    """Return CREATE TABLE statements, and the tables left out because of ``limit`` characters."""
    texts, dropped, length = [], [], 0
    for number, table in enumerate(schema.tables):
        lines = [
            f"  {quote_identifier(c.name)} {c.type.upper()}" + " PRIMARY KEY" * c.primary_key
            for c in table.columns
        ]
        entries: tuple[Table | Column, ...] = (table, *table.columns)
        said = [comment for entry in entries if (comment := _comment(entry))]
        keys = sum(column.primary_key for column in table.columns)
        if keys > 1:  # a key of several columns is declared after them
            lines = [line.removesuffix(" PRIMARY KEY") for line in lines]
            names = (quote_identifier(c.name) for c in table.columns if c.primary_key)
            lines.append(f"  PRIMARY KEY ({', '.join(names)})")
        for key in schema.foreign_keys:
            if key.table == number:
                there = schema.tables[key.ref_table]
                column = quote_identifier(table.columns[key.column].name)
                target = quote_identifier(there.columns[key.ref_column].name)
                other = quote_identifier(there.name)
                lines.append(f"  FOREIGN KEY ({column}) REFERENCES {other} ({target})")
        text = f"CREATE TABLE {quote_identifier(table.name)} (\n" + ",\n".join(lines) + "\n);"
        text = "\n".join([text, *said])
        length += len(text) + 1
        if length > limit:
            dropped.append(table.name)
        else:
            texts.append(text)
    return "\n".join(texts), tuple(dropped)


def _comment(entry: Table | Column) -> str:
    """Return what people say of a table or column as a line of SQL comment; empty if nothing."""
    parts = [entry.description, *entry.synonyms]
    text = " ".join("; ".join(filter(None, parts)).split())
    return f"-- {entry.name}: {text[:_LONGEST_COMMENT]}" if text else ""
