"""The names that one SELECT may use next, and the tables that its FROM may still get."""

from __future__ import annotations

from collections.abc import Iterator

from text2sql.constraint.scope import FROM, NamedTable, SchemaNames, SelectScope

__all__ = ["Visible"]


class Visible:
    """Decides about names in a scope; ``names`` are those of the schema."""

    def __init__(self, names: SchemaNames) -> None:
        self.names = names

    def usable(self, scope: SelectScope) -> Iterator[tuple[str, SelectScope]]:
        """Columns without their table, each with the scope after its use."""
        offered = [self.names.columns[source.table] for source in scope.sources]
        for name in self.names.holders:
            if offered and sum(name in columns for columns in offered) != 1:
                continue  # in ON, only tables to the left can be named
            if scope.stage > FROM:
                if offered:
                    yield name, scope
                continue
            used = scope.used | {name}
            if self.names.missing(used, scope.qualified, scope.sources) is not None:
                yield name, scope._replace(used=used)

    def qualifiers(self, scope: SelectScope) -> list[str]:
        """The tables and aliases that may qualify a column."""
        if scope.sources or scope.stage > FROM:
            return [source.name for source in scope.sources]
        named = {name for name, _ in scope.qualified}
        fresh = next((a for a in self.names.aliases if a not in named), None)
        room = fresh is not None and self._has_columns(scope, fresh)
        aliases = [a for a in self.names.aliases if room or a in named]
        return [*aliases, *(t for t in self.names.position if self._has_columns(scope, t))]

    def _has_columns(self, scope: SelectScope, name: str) -> bool:
        return next(iter(self.columns_of(scope, name)), None) is not None

    def columns_of(self, scope: SelectScope, name: str) -> Iterator[str]:
        """The columns that the table or alias ``name`` has, or may still turn out to have."""
        bound = dict(scope.sources)
        if name in bound:
            yield from self.names.columns[bound[name]]
            return
        table = self.names.position.get(name)
        columns = self.names.holders if table is None else self.names.columns[table]
        for column in columns:
            pairs = scope.qualified | {(name, column)}
            if self.names.missing(scope.used, pairs, scope.sources) is not None:
                yield column

    def owner(self, scope: SelectScope, column: str) -> str:
        """The name of the only source that has ``column``."""
        return next(s.name for s in scope.sources if column in self.names.columns[s.table])

    def _with_source(self, scope: SelectScope, name: str, table: int) -> SelectScope | None:
        """The scope with one more table; None if its names could then not be resolved."""
        if any(source.name == name for source in scope.sources):
            return None
        if scope.star and scope.arity is not None:  # as many as the other side
            rest = scope.arity - self._width(scope) - len(self.names.columns[table])
            if rest and (scope.sources or not self.may_fill(rest, tables=1)):
                return None
        sources = (*scope.sources, NamedTable(name, table))
        if self.names.missing(scope.used, scope.qualified, sources) is None:
            return None
        return scope._replace(sources=sources)

    def unaliased(self, scope: SelectScope, table: int) -> SelectScope | None:
        """The scope with ``table`` under its own name; None if that is impossible."""
        return self._with_source(scope, self.names.tables[table], table)

    def aliased(self, scope: SelectScope, table: int) -> dict[str, SelectScope]:
        """The scopes with ``table`` by the alias that it may get."""
        found = {alias: self._with_source(scope, alias, table) for alias in self.names.aliases}
        return {alias: grown for alias, grown in found.items() if grown is not None}

    def may_fill(self, columns: int, tables: int = 2) -> bool:
        """Whether one table or two have exactly this number of columns together."""
        widths = {len(table) for table in self.names.columns}
        return columns in widths or (tables > 1 and any(columns - w in widths for w in widths))

    def resolved(self, scope: SelectScope) -> SelectScope:
        """The scope with FROM complete: `*` is counted, and names can be looked up."""
        columns = scope.columns + (self._width(scope) if scope.star else 0)
        return scope._replace(columns=columns, star=False, used=frozenset(), qualified=frozenset())

    def _width(self, scope: SelectScope) -> int:
        """The number of columns that `*` stands for."""
        return sum(len(self.names.columns[source.table]) for source in scope.sources)

    def needs_more(self, scope: SelectScope) -> bool:
        """Whether `*` still stands for fewer columns than it must."""
        return scope.star and scope.arity is not None and self._width(scope) < scope.arity
