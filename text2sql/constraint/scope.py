"""The scope of one SELECT: the names it uses, and whether its FROM can still provide them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from text2sql.constraint.cache import CACHE
from text2sql.query import quote_identifier
from text2sql.schema import Schema

__all__ = [
    "FROM",
    "GROUP",
    "HAVING",
    "LIMIT",
    "MAX_SOURCES",
    "ORDER",
    "WHERE",
    "NamedTable",
    "SchemaNames",
    "SelectScope",
]

#: The stages of a SELECT: its clauses in their order.
FROM, WHERE, GROUP, HAVING, ORDER, LIMIT = range(6)

#: Tables in one FROM. Spider's longest has five.
MAX_SOURCES = 6
_MAX_STEPS = 500


class NamedTable(NamedTuple):
    """A table in FROM: its position in the schema, and its name or alias."""

    name: str
    table: int


class SelectScope(NamedTuple):
    """One SELECT so far. Names are lower-case and quoted as SQL needs them.

    ``arity`` is the number of columns it must have (None: any), ``columns`` the number it has
    without ``*``. ``used`` holds names without a table, ``qualified`` pairs of (alias or table,
    column); both are only kept until FROM is complete. ``stage`` is its current clause.
    """

    arity: int | None = None
    columns: int = 0
    star: bool = False
    aggregated: bool = False
    used: frozenset[str] = frozenset()
    qualified: frozenset[tuple[str, str]] = frozenset()
    sources: tuple[NamedTable, ...] = ()
    stage: int = 0
    compound: bool = False
    depth: int = 0


class SchemaNames:
    """The names of a schema as written in SQL, and the tables that have them, as bit sets."""

    def __init__(self, schema: Schema) -> None:
        self.tables = [quote_identifier(t.name).lower() for t in schema.tables]
        # tables.json lists SQLite's internal tables, which a query may not use
        self.columns = [
            tuple(dict.fromkeys(quote_identifier(c.name).lower() for c in t.columns))
            if not t.name.lower().startswith("sqlite_")
            else ()
            for t in schema.tables
        ]
        self.keys = [
            {quote_identifier(c.name).lower() for c in t.columns if c.primary_key}
            for t in schema.tables
        ]
        for key in schema.foreign_keys:
            self.keys[key.ref_table].add(
                quote_identifier(schema.tables[key.ref_table].columns[key.ref_column].name).lower()
            )
        self.position = {
            name: n for n, name in reversed(list(enumerate(self.tables))) if self.columns[n]
        }
        self.holders: dict[str, int] = {}
        for n, columns in enumerate(self.columns):
            for column in columns:
                self.holders[column] = self.holders.get(column, 0) | 1 << n
        self.aliases = [f"t{n}" for n in range(1, MAX_SOURCES + 1)]
        self.aliases = [alias for alias in self.aliases if alias not in self.position]
        self._find = CACHE.keep(self._missing)

    def tables_in(self, bits: int) -> Iterator[int]:
        return (n for n in range(len(self.tables)) if bits >> n & 1)

    def missing(
        self,
        used: frozenset[str],
        qualified: frozenset[tuple[str, str]],
        sources: tuple[NamedTable, ...],
    ) -> tuple[NamedTable, ...] | None:
        """Sources to add so that each name has one table; () if none, None if impossible."""
        if not sources and not qualified:
            bits = -1
            for name in used:
                bits &= self.holders[name]
            if used and bits:  # the usual case: one table has them all
                table = (bits & -bits).bit_length() - 1
                return (NamedTable(self.tables[table], table),)
        named = {name for name, _ in qualified}
        plain = tuple(s if s.name in named else NamedTable("", s.table) for s in sources)
        return self._find(used, qualified, plain)

    def satisfied(self, scope: SelectScope) -> bool:
        return self.missing(scope.used, scope.qualified, scope.sources) == ()

    def _missing(
        self,
        used: frozenset[str],
        qualified: frozenset[tuple[str, str]],
        sources: tuple[NamedTable, ...],
    ) -> tuple[NamedTable, ...] | None:
        """``missing``; added sources that no column is qualified with have no name."""
        given = dict(sources)
        wanted: dict[str, int] = {}
        for name, column in qualified:
            bits = self._bits(name) & self.holders.get(column, 0)
            if name in given and not bits >> given[name] & 1:
                return None
            wanted[name] = wanted.get(name, -1) & bits
        open_names = sorted(name for name in wanted if name not in given)
        if any(not wanted[name] for name in open_names):
            return None
        search = _SourceSearch(self, used, [(name, wanted[name]) for name in open_names], sources)
        return search.run()

    def _bits(self, name: str) -> int:
        """The tables that ``name`` may stand for: its own, or any for an alias."""
        table = self.position.get(name)
        return (1 << len(self.tables)) - 1 if table is None else 1 << table


class _SourceSearch:
    """A depth-first search for the missing sources."""

    def __init__(
        self,
        names: SchemaNames,
        used: Iterable[str],
        wanted: list[tuple[str, int]],
        sources: tuple[NamedTable, ...],
    ) -> None:
        self.names = names
        self.used = sorted(used, key=lambda u: names.holders[u].bit_count())
        self.wanted = wanted
        self.sources = sources
        self.steps = 0

    def run(self) -> tuple[NamedTable, ...] | None:
        tables = [source.table for source in self.sources]
        if any(self._count(column, tables) > 1 for column in self.used):
            return None
        added = self._add(tables, 0)
        return None if added is None else tuple(added)

    def _count(self, column: str, tables: list[int]) -> int:
        bits = self.names.holders[column]
        return sum(bits >> table & 1 for table in tables)

    def _add(self, tables: list[int], bound: int) -> list[NamedTable] | None:
        self.steps += 1
        if len(tables) > MAX_SOURCES or self.steps > _MAX_STEPS:
            return None
        if bound < len(self.wanted):
            name, bits = self.wanted[bound]
            return self._try(name, bits, tables, bound + 1)
        for column in self.used:
            if self._count(column, tables) == 0:
                return self._try(None, self.names.holders[column], tables, bound)
        return []

    def _try(
        self, name: str | None, bits: int, tables: list[int], bound: int
    ) -> list[NamedTable] | None:
        """Try to add each table in ``bits``, the one that provides most names first."""
        options = sorted(self.names.tables_in(bits), key=self._provides)
        for table in options:
            grown = [*tables, table]
            own = name or self.names.tables[table]
            if any(self._count(column, grown) > 1 for column in self.used):
                continue
            rest = self._add(grown, bound)
            if rest is not None:
                return [NamedTable(own, table), *rest]
        return None

    def _provides(self, table: int) -> int:
        return -sum(self.names.holders[column] >> table & 1 for column in self.used)
