"""Conditions on flags that are never missing: ``not cancelled`` is 0, not NULL."""

from __future__ import annotations

from text2sql.answering.corrections.question_context import QuestionContext
from text2sql.query.nodes import Call, ColumnRef, Literal, Select, Statement, walk
from text2sql.query.scopes import Scope, each_select, in_select
from text2sql.schema import ColumnPosition

__all__ = ["compared_as_flags"]

#: The two cells of a column that says yes or no, no first.
_ANSWERS = (("n", "y"), ("no", "yes"), ("false", "true"), ("f", "t"), ("off", "on"))


def compared_as_flags(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with no and yes in place of NULL in flags that have a value in every row."""
    return each_select(query, context.schema, lambda scope: _compared(scope, context))


def _compared(scope: Scope, context: QuestionContext) -> Select:
    select = scope.select
    used = set(walk((select.items, select.group_by, select.order_by), inside=False))

    def change(node: object) -> object:
        if not isinstance(node, Call) or node.name not in ("is", "is not"):
            return node
        column, value = node.arguments
        if value != Literal(None) or not isinstance(column, ColumnRef) or column.outer:
            return node
        place = scope.place(column)
        if place is None or select.sources[column.source].join != "inner":
            return node
        flags = _flags(place, context)
        if flags is None or (node.name == "is not" and column in used):  # an average of those known
            return node
        return Call("=", (column, Literal(flags[node.name == "is not"])))

    return in_select(select, change)


def _flags(
    place: ColumnPosition, context: QuestionContext
) -> tuple[str, str] | tuple[int, int] | None:
    """Return the values of a column for no and for yes, if it has no others."""
    number, index = context.number(place), context.index
    if number in index.nulls:
        return None
    texts = {text.lower(): text for text in index.choices.get(number, ())}
    for no, yes in _ANSWERS:
        if texts.keys() == {no, yes}:
            return texts[no], texts[yes]
    if texts or index.number_counts[number] != 2:
        return None
    both = all(number in index.numbers.get(flag, set()) for flag in (0, 1))
    return (0, 1) if both else None
