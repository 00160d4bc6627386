"""The rewriting of a query's text by Spider's official script before it runs the query.

Source: ``evaluation.py``, ``exec_eval.py``, ``parse.py`` in github.com/taoyds/test-suite-sql-eval.
The script replaces every ``value`` in a prediction by ``1``, even inside names such as
``market_value``, keeps only the first statement of a text, and removes every DISTINCT.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from text2sql.sandbox.statement import MAX_SQL_LENGTH
from text2sql.schema import Schema

__all__ = ["QUOTED", "fill_placeholders", "first_statement", "official_execution_text", "runnable"]

_SPACED_OPERATOR = re.compile(r"(?P<sign>[><!]) =")
_CURRENT_YEAR = re.compile(r"(?P<year>YEAR\s*\(\s*CURDATE\s*\(\s*\)\s*\)\s*)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"(?P<value>(?<= )value(?= ))")
#: Quoted text or a comment; an unclosed one extends to the end, which also keeps matching linear.
QUOTED = (
    r"""'(?:[^']|'')*(?:'|\Z)|"(?:[^"]|"")*(?:"|\Z)|`[^`]*(?:`|\Z)"""
    r"""|\[[^\]]*(?:\]|\Z)|--[^\n]*|/\*.*?(?:\*/|\Z)"""
)


def runnable(sql: str) -> str:
    """``sql`` with ``> =`` joined and MySQL's current year replaced by 2020, outside quotes."""
    return _outside_quotes(_CURRENT_YEAR, "2020", _outside_quotes(_SPACED_OPERATOR, r"\1=", sql))


def _outside_quotes(pattern: re.Pattern[str], replacement: str, sql: str) -> str:
    if not pattern.search(sql):
        return sql
    either = re.compile(f"{pattern.pattern}|{QUOTED}", pattern.flags | re.DOTALL)
    return either.sub(lambda m: m.expand(replacement) if m.lastgroup else m[0], sql)


def fill_placeholders(prediction: str, schema: Schema | None = None) -> str:
    """Replace the bare word ``value``, which some models write as a placeholder, by a number.

    The word stays inside quotes, and everywhere if the schema has a table or column of that name.
    """
    if schema is not None and "value" in _names(schema):
        return prediction
    return _outside_quotes(_PLACEHOLDER, "1", prediction)


def _names(schema: Schema) -> Iterable[str]:
    for table in schema.tables:
        yield table.name.lower()
        yield from (column.name.lower() for column in table.columns)


def first_statement(sql: str) -> tuple[str, str]:
    """Split a text with sqlparse into its first statement and the rest.

    A rest of spaces, semicolons and comments only is returned as empty.
    """
    if ";" not in sql.rstrip("; \t\r\n") or len(sql) > MAX_SQL_LENGTH:
        return sql, ""
    statements = _statements(sql)
    rest = sql[len(statements[0]) :] if statements else ""
    code = any(not _is_idle(statement) for statement in statements[1:])
    return (statements[0].rstrip(), rest.strip()) if code else (sql, "")


def official_execution_text(sql: str, *, gold: bool, keep_distinct: bool = False) -> str:
    """The text that the official script would run for a gold query or a prediction."""
    sql = sql if gold else sql.replace("value", "1")
    sql = _CURRENT_YEAR.sub("2020", _SPACED_OPERATOR.sub(r"\1=", sql))
    return sql if keep_distinct or len(sql) > MAX_SQL_LENGTH else _first_without_distinct(sql)


def _first_without_distinct(sql: str) -> str:
    from sqlparse.engine import FilterStack

    for statement in FilterStack().run(sql):
        values = (str(token.value) for token in statement.flatten())
        return "".join(value for value in values if value.lower() != "distinct")
    return ""


def _statements(sql: str) -> list[str]:
    from sqlparse.engine import FilterStack

    return [str(statement) for statement in FilterStack().run(sql)]


def _is_idle(statement: str) -> bool:
    """Whether a statement holds nothing but spaces, semicolons and comments."""
    without = re.sub(r"--[^\n]*|/\*.*?(?:\*/|\Z)", " ", statement, flags=re.DOTALL)
    return not without.strip("; \t\r\n")
