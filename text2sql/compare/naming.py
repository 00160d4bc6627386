"""The same names for the same things in two queries, so that they can be compared.

Aliases are removed: a column has the name of its table (``atom.element``; ``atom#2.element`` if a
query reads the table a second time). A name has the schema's spelling. A WITH that is read once
replaces its name. Labels and numbers in ORDER BY and GROUP BY become what they stand for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from text2sql.compare.sql_text import instance
from text2sql.schema import Schema

__all__ = ["base_tables", "give_names", "leave_out_names", "repeated_table", "sources_of"]

_SUBQUERY = "subquery"


@dataclass
class _Source:
    """One entry of FROM: how the query calls it, its name in the result, and its columns."""

    alias: str
    name: str
    columns: frozenset[str] | None  # None if they are not known
    node: exp.Expr


@dataclass
class _Scope:
    """The sources of one SELECT, and the labels of its columns."""

    sources: list[_Source]
    labels: Mapping[str, exp.Expr] = field(default_factory=dict)

    def owner(self, column: exp.Column) -> _Source | None:
        qualifier = column.table.lower()
        if qualifier:
            return next((s for s in self.sources if s.alias == qualifier), None)
        name = column.name.lower()
        known = [s for s in self.sources if s.columns is not None and name in s.columns]
        if len(known) == 1:
            return known[0]
        alone = len(self.sources) == 1 and self.sources[0].columns is None
        return self.sources[0] if alone and not known else None

    def is_ambiguous(self, column: exp.Column) -> bool:
        """Whether several sources have such a column; SQLite then refuses the query."""
        name = column.name.lower()
        return not column.table and sum(name in (s.columns or ()) for s in self.sources) > 1


def give_names(
    tree: exp.Expr, sql: str, schema: Schema, order: tuple[int, ...] | None = None
) -> None:
    """Change a tree in place as this module says; ``sql`` is its text.

    ``order`` numbers the places where the query reads ``repeated_table(tree)``.
    """
    _put_in_place(tree)
    repeated = repeated_table(tree)
    selects = list(tree.find_all(exp.Select))
    scopes = {}
    for select in selects:
        mine = order if repeated is not None and repeated[0] is select else None
        scopes[id(select)] = _scope(select, schema, mine, repeated[1] if repeated else "")
    for select in selects:
        _follow_labels(select, scopes[id(select)])
    for column in list(tree.find_all(exp.Column)):
        _name_column(column, scopes, sql)
    for scope in scopes.values():
        for source in scope.sources:
            _name_source(source)
    _spell(tree, schema)


def leave_out_names(select: exp.Select) -> None:
    """Leave out the name of the table in a SELECT that reads only one."""
    sources = sources_of(select)
    if len(sources) == 1 and isinstance(sources[0], exp.Table):
        for column in select.find_all(exp.Column):
            if column.table == sources[0].name and column.find_ancestor(exp.Select) is select:
                column.set("table", None)


def repeated_table(tree: exp.Expr) -> tuple[exp.Select, str, int] | None:
    """The outermost SELECT that reads a table twice or more, the table, and how often."""
    for select in tree.find_all(exp.Select):
        names = Counter(s.name.lower() for s in sources_of(select) if isinstance(s, exp.Table))
        for name, times in names.most_common(1):
            if times > 1:
                return select, name, times
    return None


def base_tables(tree: exp.Expr) -> set[str]:
    """The names of all tables that a query reads, in lower case."""
    return {table.name.lower() for table in tree.find_all(exp.Table)}


def sources_of(query: exp.Expr) -> list[exp.Expr]:
    """The tables and subqueries in FROM and JOIN of one SELECT."""
    joined = [join.this for join in query.args.get("joins") or []]
    source = query.args.get("from_")
    return joined if source is None else [source.this, *joined]


def _put_in_place(tree: exp.Expr) -> None:
    """Replace each table of WITH that is read once by its query."""
    with_ = tree.args.get("with_")
    if with_ is None or with_.args.get("recursive"):
        return
    for cte in list(with_.expressions):
        inside = {id(table) for table in cte.find_all(exp.Table)}
        read = [
            table
            for table in tree.find_all(exp.Table)
            if table.name.lower() == cte.alias.lower() and id(table) not in inside
        ]
        if len(read) == 1 and not cte.args["alias"].columns and isinstance(cte.this, exp.Query):
            alias = exp.TableAlias(this=exp.to_identifier(read[0].alias or cte.alias))
            cte.pop()
            read[0].replace(exp.Subquery(this=cte.this, alias=alias))
    if not with_.expressions:
        tree.set("with_", None)


def _scope(
    select: exp.Select, schema: Schema, order: tuple[int, ...] | None, repeated: str
) -> _Scope:
    seen: Counter[str] = Counter()
    found = []
    for node in sources_of(select):
        name = node.name if isinstance(node, exp.Table) else _SUBQUERY
        seen[name.lower()] += 1
        number = seen[name.lower()]
        if order is not None and name.lower() == repeated:
            number = order[number - 1]
        found.append(
            _Source(
                node.alias_or_name.lower(), instance(name, number), _columns(node, schema), node
            )
        )
    labels = {e.alias.lower(): e.this for e in select.expressions if isinstance(e, exp.Alias)}
    return _Scope(found, labels)


def _columns(node: exp.Expr, schema: Schema) -> frozenset[str] | None:
    if isinstance(node, exp.Table):
        place = schema.find_table(node.name)
        if place is not None:
            return frozenset(column.name.lower() for column in schema.tables[place].columns)
    elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
        names = [selected.alias_or_name.lower() for selected in node.this.selects]
        if "*" not in names and all(names):
            return frozenset(names)
    return None


def _follow_labels(select: exp.Select, scope: _Scope) -> None:
    """Put the selected expression where ORDER BY, GROUP BY or HAVING names or numbers it."""
    for clause in ("order", "group", "having"):
        node = select.args.get(clause)
        if node is None:
            continue
        if clause != "having":
            _follow_numbers(node, select)
        for column in list(node.find_all(exp.Column)):
            meant = None if column.table else scope.labels.get(column.name.lower())
            own = column.find_ancestor(exp.Select) is select
            # ORDER BY prefers the label, GROUP BY and HAVING the column of a table
            if meant is not None and own and (clause == "order" or scope.owner(column) is None):
                column.replace(meant.copy())


def _follow_numbers(clause: exp.Expr, select: exp.Select) -> None:
    for term in list(clause.expressions):
        number = term.this if isinstance(term, exp.Ordered) else term
        if isinstance(number, exp.Literal) and number.name.isdecimal():
            place = int(number.name) - 1
            if 0 <= place < len(select.expressions) and not select.is_star:
                number.replace(select.expressions[place].unalias().copy())


def _name_column(column: exp.Column, scopes: Mapping[int, _Scope], sql: str) -> None:
    """Put the name of its table before a column; a quoted word that is not a column is a text."""
    around = list(_around(column, scopes))
    for distance, scope in enumerate(around):
        owner = scope.owner(column)
        if owner is not None:
            subquery = isinstance(owner.node, exp.Subquery)
            alone = subquery and len(scope.sources) == 1 and distance == 0
            column.set("table", None if alone else exp.to_identifier(owner.name))
        if owner is not None or scope.is_ambiguous(column):
            return
    # SQLite reads "x" as a text if no column has that name
    name = column.name.lower()
    columns = [s.columns for scope in around for s in scope.sources]
    meant = any(c is None or name in c for c in columns) or any(name in s.labels for s in around)
    if not meant and not column.table and f'"{column.name}"' in sql:
        column.replace(exp.Literal.string(column.name))


def _around(column: exp.Column, scopes: Mapping[int, _Scope]) -> Iterator[_Scope]:
    """The scopes that a column may refer to, the innermost first."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        if id(select) in scopes:
            yield scopes[id(select)]
        select = select.find_ancestor(exp.Select)


def _name_source(source: _Source) -> None:
    source.node.set("alias", None)
    if isinstance(source.node, exp.Table):
        source.node.set("this", exp.to_identifier(source.name))


def _spell(tree: exp.Expr, schema: Schema) -> None:
    """Write names as the schema does; names that it lacks stay, in the case of their first use."""
    spelling: dict[str, str] = {}
    for table in schema.tables:
        for name in (*(column.name for column in table.columns), table.name):
            spelling[name.lower()] = name
    for identifier in tree.find_all(exp.Identifier):
        name, mark, number = identifier.name.partition("#")
        written = spelling.setdefault(name.lower(), name) + mark + number
        if written != identifier.name:
            identifier.set("this", written)
