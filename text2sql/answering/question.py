"""The check of a question: not empty, not too long, and not SQL."""

from __future__ import annotations

import re

from text2sql.errors import QueryError, QuestionError
from text2sql.schema import Schema

__all__ = ["MAX_QUESTION_LENGTH", "check_question", "is_sql"]

#: Characters. The longest question of Spider has 224; models read a few hundred words.
MAX_QUESTION_LENGTH = 2000


def check_question(question: str, schema: Schema) -> str:
    """Return ``question`` on one line, with unprintable characters removed.

    Raises:
        QuestionError: it is empty, longer than ``MAX_QUESTION_LENGTH``, or SQL.
    """
    readable = question.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    question = " ".join(readable.split())
    if not question:
        raise QuestionError(
            "The question is empty; ask something like: How many singers are there?"
        )
    if len(question) > MAX_QUESTION_LENGTH:
        raise QuestionError(
            f"The question has {len(question):,} characters, and the limit is "
            f"{MAX_QUESTION_LENGTH:,}; ask it in fewer words."
        )
    if is_sql(readable, schema):
        raise QuestionError(
            "This is SQL, not a question; run it with text2sql run, or ask in words."
        )
    return question


_STATEMENT = re.compile(
    r"""(insert\s+into|replace\s+into|delete\s+from|create\s+(temp\s+)?(table|view|index|trigger)
      |drop\s+(table|view|index)|alter\s+table|pragma\s+\w+\s*[(=;]?|explain\s+(query\s+plan\s+)?select
      |vacuum|attach\s+(database\s+)?['"]|update\s+\S+\s+set)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_QUERY = re.compile(r"(select|with)\b", re.IGNORECASE)


def is_sql(text: str, schema: Schema) -> bool:
    """Whether a text is SQL rather than a question.

    "Select all singers from France" looks like SQL, too. So a SELECT counts as SQL only if it
    parses and all of its names are in ``schema``, or if it contains syntax that English lacks.
    """
    text = text.strip()
    if _STATEMENT.match(text):
        return True
    return _QUERY.match(text) is not None and _is_query(text, schema)


def _is_query(text: str, schema: Schema) -> bool:
    from sqlglot import exp

    from text2sql.query.tree import statement

    try:
        tree = statement(text)
    except QueryError:
        return False
    if tree.find(exp.Star, exp.CTE):
        return True
    tables = [table.name for table in tree.find_all(exp.Table)]
    if not tables:
        return tree.find(exp.Literal, exp.Func) is not None
    known = {column.name.lower() for table in schema.tables for column in table.columns}
    known |= {alias.alias.lower() for alias in tree.find_all(exp.Alias)}
    columns = tree.find_all(exp.Column)
    named = {c.name.lower() for c in columns if not c.this.args.get("quoted")}  # not "strings"
    return named <= known and any(schema.find_table(name) is not None for name in tables)
