"""Which column a name means: the FROM clause of one SELECT, and the queries around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from text2sql.query.model import ColumnRef, Source, Unit
from text2sql.schema import Schema

__all__ = ["Scope"]


@dataclass(frozen=True)
class _Entry:
    """One entry of FROM under the ``name`` it goes by, with the columns it shows, lower case."""

    source: Source
    name: str
    columns: Mapping[str, ColumnRef]


class Scope:
    """What one SELECT calls its tables and columns; ``outer`` is the scope of the query around.

    Names count in any case. Where several entries have a column, the first one is meant.
    """

    def __init__(self, schema: Schema, outer: Scope | None) -> None:
        self.schema = schema
        self.outer = outer
        self.entries: list[_Entry] = []
        self.aliases: dict[str, Unit] = {}  # of the SELECT clause, once it has been read

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(entry.source for entry in self.entries)

    def add_table(self, table: int, name: str) -> None:
        """Append table number ``table``, called ``name`` in this query."""
        position = len(self.entries)
        names = [column.name.lower() for column in self.schema.tables[table].columns]
        columns = {name: ColumnRef(table, i, position) for i, name in reversed([*enumerate(names)])}
        self.entries.append(_Entry(Source(table=table), name.lower(), columns))

    def add_query(self, source: Source, name: str, columns: Mapping[str, ColumnRef]) -> None:
        """Append a subquery that shows ``columns``."""
        position = len(self.entries)
        here = {n: replace(ref, source=position, outer=0) for n, ref in columns.items()}
        self.entries.append(_Entry(source, name.lower(), here))

    def columns(self) -> dict[str, ColumnRef]:
        """Everything that ``SELECT *`` shows."""
        return {
            name: ref for entry in reversed(self.entries) for name, ref in entry.columns.items()
        }

    def find_in(self, positions: Iterable[int], name: str) -> ColumnRef | None:
        """The column ``name`` of the first of these entries that has one."""
        found = (self.entries[position].columns.get(name.lower()) for position in positions)
        return next((ref for ref in found if ref is not None), None)

    def resolve(self, qualifier: str, name: str) -> ColumnRef | None:
        """The column meant by ``name`` or ``qualifier.name`` here or in a query further out."""
        for own_name in (False, True) if qualifier else (False,):
            for depth, scope in enumerate(self.outwards()):
                positions = scope._positions(qualifier, own_name)
                found = scope.find_in(positions, name)
                if found is not None:
                    return replace(found, outer=depth) if depth else found
        return None

    def outwards(self) -> Iterator[Scope]:
        """This scope and those around it, the nearest first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def _positions(self, qualifier: str, own_name: bool) -> list[int]:
        """Entries that ``qualifier`` may mean; none given means all.

        Spider's golds also call an aliased table by its own name, which SQL does not allow:
        ``own_name`` asks for those, once nothing in any scope goes by that name.
        """
        if not qualifier:
            return list(range(len(self.entries)))
        if not own_name:
            return [i for i, entry in enumerate(self.entries) if entry.name == qualifier.lower()]
        table = self.schema.find_table(qualifier)
        return [
            i
            for i, entry in enumerate(self.entries)
            if table is not None and entry.source.table == table
        ]
