"""All columns for a question that names only a table: ``Show all tickets``."""

from __future__ import annotations

import re
from dataclasses import replace

from text2sql.answering.corrections.question_context import QuestionContext, stems, tables_of
from text2sql.query.nodes import ColumnRef, Select, SelectItem, Star, Statement

__all__ = ["whole_rows"]

_SHOW_ALL = re.compile(
    r"(?:please )?(?:show|list|display|view|see|give|print)(?: me| us)? (?:all|every)(?: of)?"
    r"(?: the| our| my)? (?P<name>[\w ]+?)(?: table| records| rows)?[.!?]?"
)


def whole_rows(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with ``*`` in place of some columns if it asks for one whole table."""
    match = _SHOW_ALL.fullmatch(context.text)
    if match is None or not isinstance(query, Select) or not _plain(query):
        return query
    (table,) = tables_of(query)
    names = (context.schema.tables[table].name, *_columns(context, table))
    if stems(match["name"]) != stems(names[0]) or stems(names[0]) in map(stems, names[1:]):
        return query
    return replace(query, items=(SelectItem(Star()),), distinct=False)


def _columns(context: QuestionContext, table: int) -> list[str]:
    return [column.name for column in context.schema.tables[table].columns]


def _plain(query: Select) -> bool:
    """Whether ``query`` shows only columns of one table."""
    bare = Select(query.items, query.sources, query.distinct)
    columns = all(isinstance(item.expression, ColumnRef) for item in query.items)
    return query == bare and columns and len(query.sources) == len(tables_of(query)) == 1
