"""Checks of the clauses of a gold query: its joins, and columns of an arbitrary row."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from text2sql.evaluation.audit.finding import Finding
from text2sql.evaluation.audit.gold import Gold, sources
from text2sql.schema import ColumnPosition

__all__ = ["clause_findings"]

#: With exactly one of these, SQLite takes the other columns from the row with that value.
_SELECTING_A_ROW = (exp.Max, exp.Min)


def clause_findings(gold: Gold) -> Iterator[Finding]:
    """Find joins without a key, and columns beside an aggregate that no GROUP BY determines."""
    for select in gold.selects():
        yield from _joins(gold, select)
        yield from _arbitrary(gold, select)


def _joins(gold: Gold, select: exp.Select) -> Iterator[Finding]:
    tables = sources(select)
    if len(tables) < 2:
        return
    pairs = list(_equated(gold, select))
    joined = {alias for pair in pairs for alias in pair[2]}
    alone = [name for alias, name in tables if alias.lower() not in joined]
    if alone and len(tables) == len(select.args.get("joins") or []) + 1:
        yield Finding(
            gold.number,
            gold.example,
            "join_without_key",
            f"No condition links {', '.join(alone)} to the other tables: the join is a product.",
        )
        return
    for left, right, _ in pairs:
        if not _may_join(gold, left, right):
            yield Finding(
                gold.number,
                gold.example,
                "join_without_key",
                f"{gold.named(left)} = {gold.named(right)} joins on two columns, neither of which "
                "is a key or refers to one.",
                {"some_of_each": [gold.cells(place, rows=3) for place in (left, right)]},
            )


def _equated(
    gold: Gold, select: exp.Select
) -> Iterator[tuple[ColumnPosition, ColumnPosition, set[str]]]:
    """The pairs of columns that ON or WHERE sets equal, with the aliases of their tables."""
    owners = {alias.lower(): alias for alias, _ in sources(select)}
    for node in select.find_all(exp.EQ):
        left, right = node.this, node.expression
        if not (isinstance(left, exp.Column) and isinstance(right, exp.Column)):
            continue
        if node.find_ancestor(exp.Select) is not select or left.table == right.table:
            continue
        places = gold.place(left), gold.place(right)
        if places[0] is not None and places[1] is not None:
            aliases = {c.table.lower() for c in (left, right) if c.table.lower() in owners}
            if not all(c.table for c in (left, right)):
                aliases |= {alias.lower() for alias in owners}  # unqualified: it may be any of them
            yield places[0], places[1], aliases


def _may_join(gold: Gold, left: ColumnPosition, right: ColumnPosition) -> bool:
    schema = gold.database.schema
    for key in schema.foreign_keys:
        if {(key.table, key.column), (key.ref_table, key.ref_column)} == {left, right}:
            return True
    columns = [gold.column(place) for place in (left, right)]
    same_name = columns[0].name.lower() == columns[1].name.lower()
    return same_name or any(column.primary_key for column in columns) or not schema.foreign_keys


def _arbitrary(gold: Gold, select: exp.Select) -> Iterator[Finding]:
    shown = [e.this if isinstance(e, exp.Alias) else e for e in select.expressions]
    aggregates = [e for e in shown if isinstance(e, exp.AggFunc)]
    bare = [e for e in shown if isinstance(e, exp.Column) and not isinstance(e.this, exp.Star)]
    group = select.args.get("group")
    if not aggregates or not bare or group is not None:
        return
    if len(aggregates) == 1 and isinstance(aggregates[0], _SELECTING_A_ROW):
        return
    yield Finding(
        gold.number,
        gold.example,
        "arbitrary_row",
        f"{bare[0].sql('sqlite')} stands beside {aggregates[0].sql('sqlite')} without a GROUP BY: "
        "its value comes from an arbitrary row.",
    )
