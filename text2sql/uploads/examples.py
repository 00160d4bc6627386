"""Example questions and their SQL, generated from a schema."""

from __future__ import annotations

from collections.abc import Iterator

from text2sql.databases import Database
from text2sql.linking.keys import with_keys
from text2sql.query import quote_identifier
from text2sql.query.nouns import plural, singular
from text2sql.schema import Column, Schema, Table
from text2sql.spider import Example

__all__ = ["examples_from_schema"]


def examples_from_schema(database: Database) -> tuple[Example, ...]:
    """Generate a few questions about a database without examples, with their SQL."""
    schema = with_keys(database).schema
    made = [*_counts(schema), *_per_parent(schema), *_means(schema)]
    return tuple(Example(question, query, database.db_id) for question, query in made)


def _counts(schema: Schema) -> Iterator[tuple[str, str]]:
    for table in schema.tables:
        yield (
            f"How many {plural(table.natural)} are there?",
            f"SELECT count(*) FROM {quote_identifier(table.name)}",
        )


def _per_parent(schema: Schema) -> Iterator[tuple[str, str]]:
    """Ask how many rows refer to each row of another table."""
    for key in schema.foreign_keys:
        child, parent = schema.tables[key.table], schema.tables[key.ref_table]
        label = _label(parent)
        if key.table == key.ref_table or label is None:
            continue
        name = f"{quote_identifier(parent.name)}.{quote_identifier(label.name)}"
        own = f"{quote_identifier(child.name)}.{quote_identifier(child.columns[key.column].name)}"
        other = (
            f"{quote_identifier(parent.name)}."
            f"{quote_identifier(parent.columns[key.ref_column].name)}"
        )
        yield (
            f"How many {plural(child.natural)} does each {singular(parent.natural)} have?",
            f"SELECT {name}, count(*) FROM {quote_identifier(parent.name)} "
            f"JOIN {quote_identifier(child.name)} ON {own} = {other} GROUP BY {other}",
        )


def _means(schema: Schema) -> Iterator[tuple[str, str]]:
    for place, table in enumerate(schema.tables):
        keys = {key.column for key in schema.foreign_keys if key.table == place}
        for position, column in enumerate(table.columns):
            if column.type == "number" and not column.primary_key and position not in keys:
                yield (
                    f"What is the average {column.natural} of {plural(table.natural)}?",
                    f"SELECT avg({quote_identifier(column.name)}) "
                    f"FROM {quote_identifier(table.name)}",
                )
                break


def _label(table: Table) -> Column | None:
    """Return the column that identifies a row for people, such as its name or title."""
    texts = [column for column in table.columns if column.type == "text"]
    named = [c for c in texts if "name" in c.natural or "title" in c.natural]
    return next(iter([*named, *texts]), None)
