"""What a test database must hold to test a gold query: its literals and group sizes."""

from __future__ import annotations

from text2sql.errors import QueryError
from text2sql.metrics.fuzzed_databases import DatabaseFuzzer
from text2sql.metrics.official import read_gold
from text2sql.metrics.parts import all_conditions, selects
from text2sql.metrics.random_rows import CellValue, Hints
from text2sql.query import STAR, ColumnUnit, Literal
from text2sql.schema import ColumnPosition, Schema

__all__ = ["near_misses", "read_hints"]

_LARGEST_GROUP = 30


def read_hints(gold: str, schema: Schema, fuzzer: DatabaseFuzzer) -> Hints:
    """Collect the literals that ``gold`` compares each column with, and the group sizes it tests.

    A query that cannot be read gives no hints.
    """
    try:
        query = read_gold(gold, schema)
    except QueryError:
        return Hints()
    literals: dict[ColumnPosition, list[CellValue]] = {}
    sizes: dict[ColumnPosition, list[int]] = {}
    for select in selects(query):
        for condition in all_conditions(select)[0]:
            left, values = condition.left, (condition.right, condition.upper, *condition.items)
            given = [value.value for value in values if isinstance(value, Literal)]
            if not given or not isinstance(left, ColumnUnit):
                continue
            if left.aggregate is None:
                for place in _places(left, schema, fuzzer):
                    literals.setdefault(place, []).extend(v for g in given for v in near_misses(g))
            elif left.aggregate == "count":
                for unit in select.group_by:
                    for place in _places(unit, schema, fuzzer):
                        sizes.setdefault(place, []).extend(s for g in given for s in _sizes(g))
    return Hints(literals, sizes)


def near_misses(value: CellValue) -> list[CellValue]:
    """A literal and values close to it: n - 1 and n + 1, or longer texts that contain it.

    The literal itself occurs as often as all others together.
    """
    if isinstance(value, int | float):
        return [value, value, value - 1, value + 1]
    if not isinstance(value, str):
        return []
    core = value.strip("%_")
    longer: list[CellValue] = [f"{core} x", f"x {core}"]
    if core != value:
        longer.append(f"x {core} x")
    return [*[core] * len(longer), *longer]


def _sizes(count: CellValue) -> list[int]:
    """Group sizes at and around a count; none if it would make tables too large."""
    if not isinstance(count, int) or not 0 < count <= _LARGEST_GROUP:
        return []
    return [size for size in (count, count + 1, count - 1) if size > 0]


def _places(unit: ColumnUnit, schema: Schema, fuzzer: DatabaseFuzzer) -> list[ColumnPosition]:
    if unit.column == STAR:
        return []
    table = schema.tables[unit.column.table]
    place = fuzzer.place(table.name, table.columns[unit.column.column].name)
    return [] if place is None else [place]
