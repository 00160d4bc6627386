"""The parser of Spider's fragment of SQL."""

from __future__ import annotations

from sqlglot import exp

from text2sql.errors import QueryError
from text2sql.query.fragment import fragment
from text2sql.query.model import Query
from text2sql.query.reading import read_node
from text2sql.query.tree import statement, text_of
from text2sql.schema import Schema

__all__ = ["parse", "parse_tree"]


def parse(sql: str, schema: Schema) -> Query:
    """Parse ``sql`` against ``schema``.

    As in SQLite, a double-quoted word is a column if a table of the query has one of that name, and
    otherwise a string: Spider's golds write strings so.

    Raises:
        QueryError: it is not one SELECT, is outside the fragment, or uses a name that the schema
            lacks.
    """
    return parse_tree(statement(sql), schema)


def parse_tree(node: exp.Expr, schema: Schema) -> Query:
    """Read a syntax tree against ``schema``, as ``parse`` does; the tree stays unchanged.

    Raises:
        QueryError: as ``parse``.
    """
    if node.find(exp.With) is not None:  # the tree reads it by name, the official script does not
        raise QueryError(f"WITH is outside Spider's fragment: {text_of(node)}.")
    return fragment(read_node(node, schema), schema)
