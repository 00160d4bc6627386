"""The columns that a question names, or all columns if it asks for a whole table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from text2sql.answering.corrections.question_context import (
    QuestionContext,
    column_of,
    stems,
    tables_of,
)
from text2sql.query.nodes import (
    ColumnRef,
    Expression,
    Literal,
    Select,
    SelectItem,
    Star,
    Statement,
    aggregated,
)
from text2sql.query.scopes import Scope
from text2sql.schema import ColumnPosition

__all__ = ["shown_as_asked"]

_ALL = re.compile(
    r"^(?:please )?(?:show|list|display|give|get|return|see|print)(?: me)? (?:all|every)(?: of)?"
    r"(?: the| our| my)? (?P<table>[\w ]+?)[.?! ]*$"
)
_LIST = re.compile(
    r"^(?:please )?(?:show|list|display|give|get|return|find|what (?:is|are))(?: me)?(?: the| a)?"
    r" (?P<list>[\w ]+?(?:, [\w ]+?)*,? and (?:the )?[\w ]+?) (?:of|for) "
)
_MOST = (
    r"(?:highest|lowest|largest|smallest|greatest|biggest|longest|shortest|maximum|minimum"
    r"|latest|earliest|most|least)"
)
_EXTREME = re.compile(
    rf"^what (?:is|was) the {_MOST} (?P<column>[\w ]+?)(?: (?:of|for|in) .*)?\??$"
)
_WHICH = re.compile(rf"^(?:which|what) (?P<table>[\w ]+?) (?:has|have|had) the {_MOST} ")


def shown_as_asked(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with the columns that its question names without doubt."""
    if not isinstance(query, Select) or query.group_by:
        return query
    scope = Scope(query, context.schema)
    for show in (_all, _listed, _extreme, _which):
        items = show(scope, context)
        if items is not None:
            return replace(query, items=tuple(map(SelectItem, items)))
    return query


def _all(scope: Scope, context: QuestionContext) -> Sequence[Expression] | None:
    """Show all columns for ``show all tickets``."""
    match, select = _ALL.match(context.text), scope.select
    if (
        match is None
        or len(select.sources) != 1
        or select != Select(select.items, select.sources, select.distinct)
    ):
        return None
    tables = [context.schema.tables[table] for table in tables_of(select)]
    called = [name for table in tables for name in (stems(table.natural), stems(table.name))]
    return [Star()] if stems(match["table"]) in called and _plain(scope) is not None else None


def _plain(scope: Scope) -> list[ColumnPosition] | None:
    """Return the columns that are shown; None if other expressions are shown."""
    shown = [scope.place_of(item.expression) for item in scope.select.items]
    found = [place for place in shown if place is not None]
    return found if len(found) == len(shown) else None


def _listed(scope: Scope, context: QuestionContext) -> Sequence[Expression] | None:
    """Show all columns of a list of which the query shows some."""
    match, have = _LIST.match(context.text), _plain(scope)
    if match is None or have is None:
        return None
    items = re.split(r",\s*(?:and )?(?:the )?| and (?:the )?", match["list"])
    wanted = [_called(item, scope, context) for item in items if item.strip()]
    columns = list(dict.fromkeys(found[0] for found in wanted if len(found) == 1))
    if any(len(found) != 1 for found in wanted):
        return None
    places = {scope.place(column) for column in columns}
    return columns if set(have) < places else None


def _called(name: str, scope: Scope, context: QuestionContext) -> list[ColumnRef]:
    """Return the columns in FROM with exactly this name."""
    wanted = stems(name)
    return [
        ColumnRef(source, place)
        for table, source in sorted(tables_of(scope.select).items())
        for place, column in enumerate(context.schema.tables[table].columns)
        if wanted in (stems(column.natural), stems(column.name))
    ]


def _extreme(scope: Scope, context: QuestionContext) -> Sequence[Expression] | None:
    """Show the height for ``what is the greatest height``, not a name."""
    match, order = _EXTREME.match(context.text), scope.select.order_by
    if match is None or len(order) != 1 or scope.select.limit != Literal(1):
        return None
    place = column_of(order[0].expression, scope)
    if place is None or place in [column_of(i.expression, scope) for i in scope.select.items]:
        return None
    called = _called(match["column"], scope, context)
    found = [column for column in called if scope.place(column) == place]
    return found if len(called) == 1 and found else None


def _which(scope: Scope, context: QuestionContext) -> Sequence[Expression] | None:
    """Show the whole row for ``which order has the highest price`` if none of it is shown."""
    match, select = _WHICH.match(context.text), scope.select
    if match is None or not select.order_by or select.limit is None:
        return None
    wanted, shown = stems(match["table"]), _plain(scope)
    tables = {
        table: source
        for table, source in tables_of(select).items()
        if wanted
        in (stems(context.schema.tables[table].natural), stems(context.schema.tables[table].name))
    }
    if len(tables) != 1 or shown is None or aggregated(select.order_by[0].expression):
        return None
    (table, source), *_ = tables.items()
    return None if any(place[0] == table for place in shown) else [Star(source)]
