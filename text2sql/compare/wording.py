"""Parts of a query as SQL without aliases, for people to read."""

from __future__ import annotations

from dataclasses import dataclass

from text2sql.metrics.parts import join_conditions
from text2sql.query import (
    STAR,
    ColumnRef,
    ColumnUnit,
    Condition,
    Conditions,
    Literal,
    OrderItem,
    Query,
    Source,
    Unit,
)
from text2sql.schema import Schema

__all__ = ["Wording"]


@dataclass(frozen=True)
class Wording:
    """Writes parts of queries; ``qualified`` puts the table before a column."""

    schema: Schema
    qualified: bool = False

    def column(self, ref: ColumnRef) -> str:
        if ref == STAR:
            return "*"
        table = self.schema.tables[ref.table]
        name = table.columns[ref.column].name
        return f"{table.name}.{name}" if self.qualified else name

    def unit(self, unit: Unit) -> str:
        if isinstance(unit, ColumnUnit):
            text = ("DISTINCT " if unit.distinct else "") + self.column(unit.column)
        else:
            text = f"{self.unit(unit.left)} {unit.operator} {self.unit(unit.right)}"
        return f"{unit.aggregate}({text})" if unit.aggregate else text

    def source(self, source: Source) -> str:
        if source.query is not None:
            return f"({self.query(source.query)})"
        return self.schema.tables[source.table].name if source.table is not None else "?"

    def order(self, item: OrderItem) -> str:
        return self.unit(item.unit) + (" DESC" if item.descending else "")

    def condition(self, condition: Condition) -> str:
        words = [self.unit(condition.left)] if condition.left is not None else []
        operator = condition.operator.upper()
        if condition.negated:
            words.append(f"{operator} NOT" if operator == "IS" else f"NOT {operator}")
        else:
            words.append(operator)
        if condition.items:
            words.append(f"({', '.join(self._value(item) for item in condition.items)})")
        else:
            words.append(self._value(condition.right))
        if operator == "BETWEEN":
            words += ["AND", self._value(condition.upper)]
        return " ".join(words)

    def conditions(self, conditions: Conditions) -> str:
        words: list[str] = []
        for condition, before in zip(conditions, ("", *conditions.connectors), strict=False):
            words += [before.upper(), self.condition(condition)]
        return " ".join(words[1:])

    def _value(self, value: Literal | Unit | Query | None) -> str:
        if isinstance(value, Query):
            return f"({self.query(value)})"
        if not isinstance(value, Literal):
            return "?" if value is None else self.unit(value)
        if isinstance(value.value, str):
            return "'" + value.value.replace("'", "''") + "'"
        return "NULL" if value.value is None else str(value.value)

    def query(self, query: Query) -> str:
        """Write a whole query on one line."""
        wording = Wording(self.schema, len(query.sources) > 1)
        on = join_conditions(query)
        parts = [
            "SELECT" + (" DISTINCT" if query.distinct else ""),
            ", ".join(map(wording.unit, query.select)),
            "FROM",
            " JOIN ".join(map(wording.source, query.sources)),
        ]
        parts += ["ON", wording.conditions(on)] if on else []
        parts += ["WHERE", wording.conditions(query.where)] if query.where else []
        parts += (
            ["GROUP BY", ", ".join(map(wording.unit, query.group_by))] if query.group_by else []
        )
        parts += ["HAVING", wording.conditions(query.having)] if query.having else []
        parts += (
            ["ORDER BY", ", ".join(map(wording.order, query.order_by))] if query.order_by else []
        )
        parts += [f"LIMIT {query.limit}"] if query.limit is not None else []
        if query.right is not None:
            parts += [(query.set_operator or "").upper(), wording.query(query.right)]
        return " ".join(parts)
