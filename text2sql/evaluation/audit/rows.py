"""Checks of the rows of a gold query and of their order."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from text2sql.evaluation.audit.finding import Finding
from text2sql.evaluation.audit.gold import Gold
from text2sql.query import quote_identifier
from text2sql.schema import ColumnPosition

__all__ = ["row_findings"]

_ORDERED_COMPARISONS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)


def row_findings(gold: Gold) -> Iterator[Finding]:
    """Find golds that fail, return nothing, or depend on ties, NULL or numbers stored as text."""
    result = gold.result
    if result.failure is not None:
        yield _finding(gold, "does_not_run", f"It does not run: {result.error}")
        return
    if not result.rows:
        yield _finding(gold, "no_rows", "It returns no rows.")
    elif all(value is None for row in result.rows for value in row):
        yield _finding(gold, "only_null", "Every value that it returns is NULL.")
    for select in gold.selects():
        yield from _order_findings(gold, select)
    yield from _text_comparisons(gold)


def _finding(gold: Gold, kind: str, text: str, **evidence: object) -> Finding:
    return Finding(gold.number, gold.example, kind, text, evidence)


def _order_findings(gold: Gold, select: exp.Select) -> Iterator[Finding]:
    order, limit = select.args.get("order"), select.args.get("limit")
    if limit is None or isinstance(select.parent, exp.SetOperation):
        return
    rows = limit.expression
    if not isinstance(rows, exp.Literal) or not rows.name.isdecimal():
        return
    if order is None:
        whole = gold.run(_without_limit(select), 1000) if select is gold.tree else None
        if whole is not None and len(whole.rows) > int(rows.name):
            yield _finding(
                gold,
                "limit_without_order",
                "It returns only some rows; no ORDER BY decides which.",
            )
        return
    if select is not gold.tree:  # a subquery may use columns of the outer query
        return
    yield from _boundary(gold, select, order, int(rows.name))


def _boundary(gold: Gold, select: exp.Select, order: exp.Expr, count: int) -> Iterator[Finding]:
    """Check whether the last row returned and the first one cut off tie in the order."""
    keys = [term.this for term in order.expressions]
    wide = select.copy()
    for number, key in enumerate(keys):
        wide.append("expressions", exp.alias_(key.copy(), f"audit_key_{number}"))
    wide.set("limit", None)
    found = gold.run(wide.sql("sqlite"), 1000)
    if found.failure is not None or not found.rows:
        return
    shown = len(found.columns) - len(keys)
    ranked = [(row[shown:], row[:shown]) for row in found.rows]
    offset = select.args.get("offset")
    start = int(offset.expression.name) if offset is not None else 0
    inside, rest = ranked[start : start + count], ranked[start + count :]
    if inside and rest and inside[-1][0] == rest[0][0]:
        yield from _tie(gold, [row for key, row in ranked if key == rest[0][0]])
    if inside and inside[0][0][0] is None and any(key[0] is not None for key, _ in ranked):
        first = next(row for key, row in ranked if key[0] is not None)
        yield _finding(
            gold,
            "null_first",
            f"The first row has no {keys[0].sql('sqlite')}: NULL comes before every value.",
            shown=list(inside[0][1]),
            first_with_a_value=list(first),
        )


def _tie(gold: Gold, tied: list[tuple[object, ...]]) -> Iterator[Finding]:
    if len(set(tied)) > 1:
        yield _finding(
            gold,
            "tie_at_limit",
            f"{len(tied)} rows tie for the last place that is returned; which of them is returned "
            "is arbitrary.",
            tied=tied[:5],
        )


def _without_limit(select: exp.Select) -> str:
    whole = select.copy()
    whole.set("limit", None)
    return whole.sql("sqlite")


def _text_comparisons(gold: Gold) -> Iterator[Finding]:
    """Find numbers stored as text whose text order is not their numeric order."""
    for place, how in dict(_ordered_columns(gold)).items():
        name = gold.named(place)
        table = quote_identifier(gold.database.schema.tables[place[0]].name)
        digits = f"{name} GLOB '[0-9]*' AND {name} NOT GLOB '*[^0-9.]*'"
        digits += f" AND {name} NOT GLOB '*.*.*'"  # such as the date 01.09.1977
        numeric = f"typeof({name}) = 'text' AND {digits}"
        least = gold.run(f"SELECT min({name}), max({name}) FROM {table} WHERE {numeric}", 1)
        true = gold.run(
            f"SELECT min(CAST({name} AS REAL)), max(CAST({name} AS REAL)) FROM {table} "
            f"WHERE {numeric}",
            1,
        )
        if least.failure or true.failure or not least.rows or least.rows[0][0] is None:
            continue
        as_text = [float(value) for value in least.rows[0]]
        as_numbers = [float(value) for value in true.rows[0]]
        if as_text != as_numbers:
            yield _finding(
                gold,
                "text_as_number",
                f"{name} stores numbers as text, and {how} compares them as text: "
                f"the greatest is then {as_text[1]:g} instead of {as_numbers[1]:g}.",
                least_and_greatest_as_text=list(least.rows[0]),
                least_and_greatest_as_numbers=as_numbers,
            )


def _ordered_columns(gold: Gold) -> Iterator[tuple[ColumnPosition, str]]:
    """Columns whose order matters, and the part of the query that depends on it."""
    tree = gold.tree
    if tree is None:
        return
    for node in tree.find_all(exp.Max, exp.Min, exp.Ordered, *_ORDERED_COMPARISONS):
        column = node.this
        if isinstance(column, exp.Column) and (place := gold.place(column)) is not None:
            how = {exp.Max: "max()", exp.Min: "min()", exp.Ordered: "ORDER BY"}
            yield place, how.get(type(node), f"the comparison {node.sql('sqlite')}")
