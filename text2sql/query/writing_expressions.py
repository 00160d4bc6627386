"""The writer of expressions and conditions as SQL for SQLite, with brackets only where needed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from text2sql.query.calls import BINARY
from text2sql.query.nodes import (
    Call,
    Case,
    ColumnRef,
    Expression,
    Literal,
    Order,
    Ordinal,
    Star,
    Statement,
    Subquery,
    Window,
)
from text2sql.query.spelling import spelled

__all__ = ["ExpressionWriter", "direction"]

_OR, _AND, _NOT, _COMPARED, _LEAST = 0, 1, 2, 3, 10


class ExpressionWriter(ABC):
    """Writes the expressions of one SELECT."""

    @abstractmethod
    def column(self, column: ColumnRef) -> str:
        """The name of a column, with the alias of its table if needed."""

    @abstractmethod
    def star(self, source: int) -> str:
        """All columns of an entry of FROM: ``T1.*``."""

    @abstractmethod
    def subquery(self, query: Statement) -> str:
        """A query inside an expression, without brackets."""

    def text(self, node: Expression, binds: int = _OR) -> str:
        """``node`` as SQL, in brackets if its context binds at least as tightly (``binds``)."""
        if isinstance(node, ColumnRef):
            return self.column(node)
        if isinstance(node, Star):
            return "*" if node.source is None else self.star(node.source)
        if isinstance(node, Literal):
            return _literal(node.value)
        if isinstance(node, Ordinal):
            return str(node.number + 1)
        if isinstance(node, Subquery):
            return f"({self.subquery(node.query)})"
        if isinstance(node, Case):
            return self._case(node)
        if isinstance(node, Window):
            return self._window(node)
        text, own = self._call(node)
        return f"({text})" if own < binds else text

    def _case(self, case: Case) -> str:
        branches = " ".join(f"WHEN {self.text(c)} THEN {self.text(r)}" for c, r in case.branches)
        empty = case.otherwise == Literal(None)
        otherwise = "" if empty else f" ELSE {self.text(case.otherwise)}"
        return f"CASE {branches}{otherwise} END"

    def _window(self, window: Window) -> str:
        parts = []
        if window.partition:
            parts.append("PARTITION BY " + ", ".join(map(self.text, window.partition)))
        if window.order:
            parts.append("ORDER BY " + self.orders(window.order))
        return f"{self.text(window.call)} OVER ({' '.join(parts)})"

    def _call(self, call: Call) -> tuple[str, int]:
        """The text of a call, and how tightly it binds."""
        plain = spelled(call)
        if plain is not call:
            if isinstance(plain, Call):
                return self._call(plain)
            return self.text(plain), _LEAST
        name, arguments = call.name, call.arguments
        if name in ("and", "or"):
            own = _AND if name == "and" else _OR
            return f" {name.upper()} ".join(self.text(a, own + 1) for a in arguments), own
        if name == "not":
            return self._not(arguments[0])
        if name in ("in", "between", "exists"):
            return self._condition(call, ""), _COMPARED
        if name in BINARY:
            own, word = BINARY[name], name.upper()
            left = self.text(arguments[0], own)
            return f"{left} {word} {self.text(arguments[1], own + 1)}", own
        if name == "negative":
            inside = self.text(arguments[0], _LEAST)  # "--" would begin a comment
            return (f"-({inside})" if inside.startswith("-") else f"-{inside}"), 9
        if name.startswith("cast_"):
            return f"CAST({self.text(arguments[0])} AS {name[5:].upper()})", _LEAST
        if name in ("current_date", "current_timestamp"):
            return name.upper(), _LEAST
        inside = ", ".join(map(self.text, arguments))
        return f"{name}({'DISTINCT ' if call.distinct else ''}{inside})", _LEAST

    def _not(self, inner: Expression) -> tuple[str, int]:
        plain = spelled(inner) if isinstance(inner, Call) else inner
        if isinstance(plain, Call):
            if plain.name in ("in", "between", "like", "glob", "exists"):
                return self._condition(plain, "NOT "), _COMPARED
            if plain.name == "is":
                return self._call(Call("is not", plain.arguments))
        return f"NOT {self.text(inner, _NOT + 1)}", _NOT

    def _condition(self, call: Call, negation: str) -> str:
        name, arguments = call.name, call.arguments
        if name == "exists":
            return f"{negation}EXISTS {self.text(arguments[0])}"
        left = self.text(arguments[0], _COMPARED + 1)
        if name == "between":
            low, high = (self.text(a, _COMPARED + 1) for a in arguments[1:])
            return f"{left} {negation}BETWEEN {low} AND {high}"
        if name == "in":
            if len(arguments) == 2 and isinstance(arguments[1], Subquery):
                return f"{left} {negation}IN {self.text(arguments[1])}"
            return f"{left} {negation}IN ({', '.join(map(self.text, arguments[1:]))})"
        return f"{left} {negation}{name.upper()} {self.text(arguments[1], _COMPARED + 1)}"

    def orders(self, orders: Iterable[Order]) -> str:
        return ", ".join(self.text(order.expression) + direction(order) for order in orders)


def direction(order: Order) -> str:
    """The direction of a term of ORDER BY, with a space before it; empty if ascending."""
    text = " DESC" if order.descending else ""
    if order.nulls_last is not None:
        text += " NULLS LAST" if order.nulls_last else " NULLS FIRST"
    return text


def _literal(value: str | float | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)
