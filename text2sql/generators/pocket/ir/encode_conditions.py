"""Translates conditions of a query tree into tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.encode_expressions import TRUTH, ExpressionEncoder
from text2sql.generators.pocket.ir.vocabulary import (
    COMPARISONS,
    PATTERNS,
    ColumnToken,
    Token,
    ValueToken,
)
from text2sql.query.nodes import Call, Expression, Literal, Select, SelectItem, Star, Subquery

__all__ = ["ConditionEncoder"]

_PATTERN_WORDS = {shape: word for word, shape in reversed(PATTERNS.items())}


class ConditionEncoder(ExpressionEncoder):
    """Translates the expressions and the conditions of one SELECT."""

    def conjunction(self, conditions: Sequence[Expression]) -> list[Token]:
        """Conditions joined by AND, in the order of their columns in the schema."""
        parts = sorted((list(self._operand(c)) for c in conditions), key=_first_column)
        return _separated("and", parts)

    def condition(self, node: Expression) -> list[Token]:
        if isinstance(node, Call) and node.name == "and":
            return self.conjunction(node.arguments)
        if isinstance(node, Call) and node.name == "or":
            return _separated("or", [self.condition(a) for a in node.arguments])
        return list(self._operand(node))

    def _operand(self, node: Expression) -> Iterator[Token]:
        if not isinstance(node, Call) or node.name not in (*TRUTH, "glob"):
            yield from (*self.expression(node), "is_true")
            return
        name, arguments = node.name, node.arguments
        if name in ("and", "or"):
            yield from ("(", *self.condition(node), ")")
        elif name == "not":
            yield from self._negated(arguments[0])
        elif name == "exists":
            yield from ("exists", *self._exists(arguments[0]))
        elif name in ("is", "is not"):
            yield from self._is(name, *arguments)
        elif name == "like":
            yield from self._like(arguments[0], arguments[1], False)
        elif name == "in":
            if _listed(arguments):
                yield from self._in(arguments, negated=False)
            else:
                yield from ("(", *self.condition(_as_alternatives(arguments)), ")")
        elif name in COMPARISONS:
            yield from self.expression(arguments[0])
            yield name
            for value in arguments[1:]:
                yield from self._right(value)
        else:
            raise QueryError(f"The condition {name!r} has no tokens.")

    def _right(self, node: Expression) -> Iterator[Token]:
        if node == Literal(None):
            raise QueryError("A comparison with NULL has no tokens.")
        yield from self.expression(node)

    def _negated(self, inner: Expression) -> Iterator[Token]:
        if isinstance(inner, Call):
            if inner.name == "exists":
                yield from ("not_exists", *self._exists(inner.arguments[0]))
                return
            if inner.name == "like":
                yield from self._like(inner.arguments[0], inner.arguments[1], True)
                return
            if inner.name == "in" and _listed(inner.arguments):
                yield from self._in(inner.arguments, negated=True)
                return
            if inner.name == "between":
                yield from self.expression(inner.arguments[0])
                yield "not_between"
                for value in inner.arguments[1:]:
                    yield from self._right(value)
                return
        if not isinstance(inner, Call) or inner.name not in TRUTH:
            yield from (*self.expression(inner), "is_false")
            return
        yield from ("not", "(", *self.condition(inner), ")")

    def _exists(self, node: Expression) -> Iterator[Token]:
        """The query in EXISTS without its select list, which has no effect."""
        if not isinstance(node, Subquery):
            raise QueryError("EXISTS without a query has no tokens.")
        if isinstance(node.query, Select) and not node.query.group_by:
            node = Subquery(replace(node.query, items=(SelectItem(Star()),), order_by=()))
        return self.subquery(node, exists=True)

    def _is(self, name: str, left: Expression, right: Expression) -> Iterator[Token]:
        yield from self.expression(left)
        if right == Literal(None):
            yield "is_null" if name == "is" else "not_null"
            return
        yield "same_as" if name == "is" else "not_same_as"
        yield from self.expression(right)

    def _in(self, arguments: Sequence[Expression], negated: bool) -> Iterator[Token]:
        left, *items = arguments
        yield from self.expression(left)
        if len(items) == 1 and isinstance(items[0], Subquery):
            yield "not_in" if negated else "in"
            yield from self.expression(items[0])
            return
        yield "none_of" if negated else "any_of"
        for item in items:
            yield from self.expression(item)

    def _like(self, left: Expression, right: Expression, negated: bool) -> Iterator[Token]:
        yield from self.expression(left)
        if not isinstance(right, Literal) or not isinstance(right.value, str):
            yield "not_like_raw" if negated else "like"
            yield from self.expression(right)
            return
        text = right.value
        before, after = text[:1] == "%", text[-1:] == "%" and len(text) > 1
        inner = text[before : len(text) - after]
        if not inner or "%" in inner:
            before, after, inner = False, False, text
        yield _PATTERN_WORDS[negated, "%" if before else "", "%" if after else ""]
        yield ValueToken(inner)


def _listed(arguments: Sequence[Expression]) -> bool:
    """Whether IN is followed by a query or plain values."""
    items = arguments[1:]
    if len(items) == 1 and isinstance(items[0], Subquery):
        return True
    return all(isinstance(item, Literal) and item.value is not None for item in items)


def _as_alternatives(arguments: Sequence[Expression]) -> Call:
    """``a IN (b, c)`` as ``a = b OR a = c``."""
    left, *items = arguments
    return Call("or", tuple(Call("=", (left, item)) for item in items if item != Literal(None)))


def _separated(word: str, parts: Sequence[list[Token]]) -> list[Token]:
    joined: list[Token] = []
    for number, part in enumerate(parts):
        joined += [word, *part] if number else part
    return joined


def _first_column(tokens: Sequence[Token]) -> tuple[int, int]:
    found = next((t for t in tokens if isinstance(t, ColumnToken)), None)
    return (found.table, found.column) if found else (10_000, 0)
