"""The prediction of SQL for one question in one call."""

from __future__ import annotations

from pathlib import Path

from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Database
from text2sql.generators.base import Generator
from text2sql.generators.choice import ModelChoice
from text2sql.schema import Schema

__all__ = ["predict"]


def predict(
    question: str,
    schema: str | Schema | Database | Path,
    model: str | ModelChoice | Generator = "pocket",
) -> str:
    """Return the SQL for one question about a schema or a database.

    ``schema`` is a text like ``table1(col1, col2) | table2(col3)``, a ``Schema``, a ``Database``,
    or the path of a SQLite file. With a file, candidates that fail are avoided.

    Raises:
        QuestionError: the question is empty, too long, or SQL.
        SchemaError: the text contains no table.
        DatabaseError: the file is not a usable database.
        ModelError: the model's files are missing or do not match.
    """
    return Text2SQL(model).ask(question, _database(schema)).sql


def _database(schema: str | Schema | Database | Path) -> Database:
    if isinstance(schema, Database):
        return schema
    if isinstance(schema, Schema):
        return Database("schema", schema)
    if isinstance(schema, Path):
        return Database.from_sqlite(schema)
    return Database.from_schema_text(schema)
