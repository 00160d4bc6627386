"""The reader of SQL: the grammar is sqlglot's, and names are resolved as SQLite does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp
from sqlglot.errors import SqlglotError

from text2sql.errors import QueryError
from text2sql.query.nodes import (
    Call,
    Compound,
    Entry,
    Expression,
    Order,
    Ordinal,
    Select,
    SelectItem,
    Star,
    Statement,
)
from text2sql.query.reading_expressions import ExpressionReader, NamedSource, joined
from text2sql.query.tree import bare, statement, text_of
from text2sql.schema import Schema

__all__ = ["joined", "read", "read_node"]

_OPERATORS = {exp.Intersect: "intersect", exp.Except: "except"}


def read(sql: str, schema: Schema) -> Statement:
    """Parse ``sql``, a query on ``schema``, into a tree.

    A double-quoted word that is not the name of a column is a string, as in SQLite.

    Raises:
        QueryError: it is not one SELECT, uses a name that the schema lacks, or uses something that
            the tree lacks (recursive WITH, window frames, VALUES in FROM).
    """
    return read_node(statement(sql), schema)


def read_node(node: exp.Expr, schema: Schema) -> Statement:
    """As ``read``, for a syntax tree of sqlglot."""
    try:
        return _SelectReader(schema, None, {}).statement(node)
    except (RecursionError, SqlglotError) as error:  # sqlglot cannot write everything it parses
        raise QueryError(f"{text_of(node)} nests too deeply to be read.") from error


@dataclass(frozen=True)
class _Shared:
    """A table of WITH: its query and its columns' names."""

    query: Statement
    columns: tuple[str, ...]


class _SelectReader(ExpressionReader):
    """Reads one SELECT; ``outer`` reads the enclosing query, ``shared`` holds tables of WITH."""

    def __init__(
        self, schema: Schema, outer: _SelectReader | None, shared: Mapping[str, _Shared]
    ) -> None:
        super().__init__(outer)
        self.schema = schema
        self.shared = dict(shared)
        self.items: tuple[SelectItem, ...] = ()
        self.labels: tuple[str, ...] = ()

    def statement(self, node: exp.Expr) -> Statement:
        while isinstance(node, exp.Subquery) and not any(
            node.args.get(part) for part in ("alias", "order", "limit", "offset", "joins")
        ):
            node = node.this
        self._read_with(node)
        if isinstance(node, exp.SetOperation):
            return self._compound(node)
        if not isinstance(node, exp.Select):
            raise QueryError(f"Expected a SELECT, got {text_of(node)}.")
        return self._select(node)

    def inner(self, node: exp.Expr) -> Statement:
        return _SelectReader(self.schema, self, self.shared).statement(node)

    def _read_with(self, node: exp.Expr) -> None:
        with_ = node.args.get("with_") or node.args.get("with")
        if with_ is None:
            return
        for table in with_.expressions:
            name = table.alias.lower()
            if with_.args.get("recursive") and any(
                found.name.lower() == name for found in table.this.find_all(exp.Table)
            ):
                raise QueryError(f"WITH RECURSIVE is not supported: {text_of(table)}.")
            inner = _SelectReader(self.schema, self.outer, self.shared)
            query = inner.statement(table.this)
            columns = tuple(c.name.lower() for c in table.args["alias"].columns)
            self.shared[name] = _Shared(query, columns or inner.shown())

    def _select(self, node: exp.Select) -> Select:
        for part in ("windows", "qualify", "laterals", "connect", "kind", "hint", "into"):
            if node.args.get(part):
                raise QueryError(f"{part.upper()} is not supported: {text_of(node)}.")
        sources = tuple(self._sources(node))
        self._read_items(node)
        where, having = node.args.get("where"), node.args.get("having")
        group = node.args.get("group")
        return Select(
            items=self.items,
            sources=sources,
            distinct=node.args.get("distinct") is not None,
            where=self.read(where.this) if where else None,
            group_by=tuple(self._group(e) for e in group.expressions) if group else (),
            having=self.read(having.this) if having else None,
            order_by=tuple(self._order(node.args.get("order"))),
            **self._limit(node),
        )

    def _limit(self, node: exp.Expr) -> dict[str, Expression | None]:
        limit, offset = node.args.get("limit"), node.args.get("offset")
        return {
            "limit": self.read(limit.expression) if limit else None,
            "offset": self.read(offset.expression) if offset else None,
        }

    # FROM

    def _sources(self, node: exp.Select) -> Iterator[Entry]:
        start = node.args.get("from_")
        if start is None:
            return
        if start.this.args.get("joins"):
            raise QueryError(f"Brackets around a join are not supported: {text_of(node)}.")
        joins = node.args.get("joins") or []
        # conditions come after all tables, because an inner join may name a later one
        entries = [self._entry(part.this) for part in (start, *joins)]
        yield entries[0]
        for position, join in enumerate(joins, 1):
            side = (join.side or "INNER").lower()
            if join.method or side not in ("inner", "left", "right", "full"):
                raise QueryError(f"{text_of(join)} is not supported.")
            on = self._on(join, node, position)
            yield replace(entries[position], join=side, on=on)  # type: ignore[arg-type]

    def _on(self, join: exp.Join, select: exp.Select, here: int) -> Expression | None:
        using = join.args.get("using") or []
        if using and any(isinstance(bare(e), exp.Star) for e in select.expressions):
            raise QueryError("SELECT * with USING is not supported; write ON.")
        pairs: list[Expression] = []
        for name in (part.name.lower() for part in using):
            before = next((i for i in range(here) if name in self.named[i].columns), None)
            if before is None or name not in self.named[here].columns:
                raise QueryError(f"There is no common column {name!r} to join on.")
            pairs.append(Call("=", (self.at(before, name), self.at(here, name))))
        on = join.args.get("on")
        if on is not None and on != exp.true():
            pairs.append(self.read(on))
        return joined("and", pairs)

    def _entry(self, node: exp.Expr) -> Entry:
        alias = node.args.get("alias")
        if isinstance(node, exp.Subquery):
            inner = _SelectReader(self.schema, self.outer, self.shared)
            query = inner.statement(node.this)
            columns = tuple(c.name.lower() for c in alias.columns) if alias else ()
            self.named.append(NamedSource(node.alias.lower(), columns or inner.shown()))
            return Entry(query=query)
        named = isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier)
        if not named or (alias is not None and alias.args.get("columns")):
            raise QueryError(
                f"{text_of(node)} is not supported in FROM; use tables and subqueries."
            )
        if node.args.get("db"):
            raise QueryError(f"The name of a database is not supported: {text_of(node)}.")
        shared = self.shared.get(node.name.lower())
        if shared is not None:
            self.named.append(NamedSource((node.alias or node.name).lower(), shared.columns))
            return Entry(query=shared.query)
        table = self.schema.find_table(node.name)
        if table is None:
            raise QueryError(f"There is no table {node.name!r} in this database.")
        found = self.schema.tables[table]
        columns = tuple(column.name.lower() for column in found.columns)
        name = (node.alias or node.name).lower()
        self.named.append(NamedSource(name, columns, found.name.lower()))
        return Entry(table=table)

    # SELECT

    def _read_items(self, node: exp.Select) -> None:
        items = []
        for part in node.expressions:
            inner = part.this if isinstance(part, exp.Alias) else part
            items.append(SelectItem(self.read(inner), part.alias))
        self.items = tuple(items)
        self.labels = tuple(
            (part.alias or (bare(part).name if isinstance(bare(part), exp.Column) else "")
             or part.sql("sqlite")).lower()
            for part in node.expressions
        )  # fmt: skip
        self.aliases = {
            item.alias.lower(): item.expression for item in reversed(items) if item.alias
        }

    def shown(self) -> tuple[str, ...]:
        """The names of the columns that the query returns."""
        names: list[str] = []
        for item, label in zip(self.items, self.labels, strict=True):
            star = item.expression
            if not isinstance(star, Star):
                names.append(label)
                continue
            for source in range(len(self.named)) if star.source is None else [star.source]:
                names += self.named[source].columns
        return tuple(names)

    def _group(self, node: exp.Expr) -> Expression:
        return self._numbered(node) or self.read(node)

    def _order(self, node: exp.Expr | None) -> Iterator[Order]:
        for item in node.expressions if node is not None else []:
            yield self.ordered(item, self._term(item.this))

    def _term(self, node: exp.Expr) -> Expression:
        """A term of ORDER BY; an alias hides a column of the same name."""
        node = bare(node)
        if isinstance(node, exp.Column) and not node.table and node.name.lower() in self.aliases:
            return self.aliases[node.name.lower()]
        return self._numbered(node) or self.read(node)

    def _numbered(self, node: exp.Expr) -> Expression | None:
        node = bare(node)
        if not isinstance(node, exp.Literal) or node.is_string:
            return None
        if any(isinstance(item.expression, Star) for item in self.items):
            raise QueryError(
                f"Column number {node.name} cannot be counted beside *; name the column."
            )
        if not node.name.isdecimal() or not 1 <= int(node.name) <= len(self.items):
            raise QueryError(f"There is no column number {node.name} to sort or group by.")
        return self.items[int(node.name) - 1].expression

    # set operations

    def _compound(self, node: exp.SetOperation) -> Compound:
        parts: list[exp.Expr] = []
        operators: list[str] = []
        rest: exp.Expr = node
        while isinstance(rest, exp.SetOperation):
            parts.insert(0, rest.expression)
            union = "union" if rest.args.get("distinct") else "union all"
            operators.insert(0, _OPERATORS.get(type(rest), union))
            rest = rest.this
            if isinstance(rest, exp.Subquery) and isinstance(rest.this, exp.SetOperation):
                rest = rest.this
        readers = [self, *(_SelectReader(self.schema, self.outer, self.shared) for _ in parts)]
        selects = tuple(r._operand(p) for r, p in zip(readers, [rest, *parts], strict=True))
        order = node.args.get("order")
        terms = order.expressions if order is not None else []
        return Compound(
            selects,
            tuple(operators),  # type: ignore[arg-type]
            tuple(self.ordered(item, _ordinal(item.this, readers)) for item in terms),
            **self._limit(node),
        )

    def _operand(self, node: exp.Expr) -> Select:
        if not isinstance(node, exp.Select):
            raise QueryError(
                f"SQLite has no brackets around a side of a set operation: {text_of(node)}."
            )
        if node.args.get("order") or node.args.get("limit"):
            raise QueryError(
                "ORDER BY and LIMIT belong after the last SELECT of a set operation: "
                f"{text_of(node)}."
            )
        return self._select(node)


def _ordinal(node: exp.Expr, readers: list[_SelectReader]) -> Ordinal:
    """The column of a set operation that a term of its ORDER BY refers to."""
    node = bare(node)
    width = len(readers[0].items)
    number_ = node.name if isinstance(node, exp.Literal) and not node.is_string else ""
    if number_.isdecimal() and 1 <= int(number_) <= width:
        return Ordinal(int(number_) - 1)
    for reader in readers:
        if isinstance(node, exp.Column) and not node.table and node.name.lower() in reader.labels:
            return Ordinal(reader.labels.index(node.name.lower()))
        try:
            wanted = reader._term(node)
        except QueryError:
            continue
        for position, item in enumerate(reader.items):
            if item.expression == wanted:
                return Ordinal(position)
    raise QueryError(
        f"After a set operation, ORDER BY takes only selected columns: {text_of(node)}."
    )
