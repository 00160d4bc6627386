"""English headings for the columns of a result, in place of SQL expressions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from text2sql.errors import QueryError
from text2sql.query.english import phrase
from text2sql.query.english_terms import Terms
from text2sql.query.meanings import folded
from text2sql.query.nodes import Call, Case, SelectItem, Window, first_select
from text2sql.query.reading import read
from text2sql.query.scopes import Scope
from text2sql.query.stars import spelled_out
from text2sql.schema import Schema

__all__ = ["headings"]

_LONGEST = 48  # characters; a longer heading would widen its column too much


def headings(sql: str, schema: Schema, columns: Sequence[str]) -> tuple[str, ...]:
    """Return ``columns`` of a result in English: ``number of singers`` for ``count(*)``.

    Columns of tables and those with an alias keep their names, as do all columns of a query that
    cannot be read.
    """
    try:
        found = list(_headings(sql, schema))
    except (QueryError, RecursionError):
        return tuple(columns)
    if len(found) != len(columns):  # such as a NATURAL JOIN
        return tuple(columns)
    return tuple(new or old for new, old in zip(found, columns, strict=True))


def _headings(sql: str, schema: Schema) -> Iterator[str]:
    """Return the heading of each column, empty for one that keeps its name."""
    query = folded(read(sql, schema))
    select = spelled_out(first_select(query), schema)
    terms = Terms(Scope(select, schema), lambda inner, scope: phrase(inner, schema, scope))
    for item in select.items:
        yield _heading(item, terms)


def _heading(item: SelectItem, terms: Terms) -> str:
    if item.alias or not isinstance(item.expression, Call | Case | Window):
        return ""
    heading = terms.name(item.expression)
    return heading if len(heading) <= _LONGEST else ""
