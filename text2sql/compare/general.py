"""Differences between any two queries, clause by clause, on sqlglot's syntax tree.

``clauses`` compares queries of Spider's fragment, with their columns resolved. This module reads
whatever else SQLite accepts: WITH, CASE, window functions, functions, arithmetic, outer joins.
Aliases, letter case and the order of columns, tables and conditions do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from text2sql.compare.clauses import ClauseDifference
from text2sql.errors import QueryError
from text2sql.query.tree import shorten, statement
from text2sql.schema import Schema

__all__ = ["general_differences"]

_LONGEST = 160  # characters of one part of a clause
_SET_WORDS = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}


def general_differences(gold: str, found: str, schema: Schema) -> tuple[ClauseDifference, ...]:
    """List every difference between two queries that SQLite can run.

    Raises:
        QueryError: one of them is not a single SELECT that can be parsed.
    """
    try:
        expected, got = (_plain(statement(sql), schema) for sql in (gold, found))
        return tuple(_differences(expected, got))
    except (RecursionError, SqlglotError) as error:
        raise QueryError(f"{shorten(found)} nests too deeply to be compared.") from error


def _plain(tree: exp.Expr, schema: Schema) -> exp.Expr:
    """The tree without aliases: columns carry their table's name, and names are as declared."""
    for select in list(tree.find_all(exp.Select)):
        _follow_labels(select)
        _name_columns(select, schema)
    declared = {name.lower(): name for name in _names(schema)}
    for node in list(tree.walk()):
        if isinstance(node, exp.Identifier):
            name = node.name.lower()
            node.set("this", declared.get(name, name))
            node.set("quoted", False)
        elif isinstance(node, exp.EQ | exp.NEQ):
            _turn(node)
    return tree


def _names(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        yield from (column.name for column in table.columns)
        yield table.name


def _follow_labels(select: exp.Select) -> None:
    """In ORDER BY, replace the label of a selected expression by that expression."""
    labels = {e.alias.lower(): e.this for e in select.expressions if isinstance(e, exp.Alias)}
    order = select.args.get("order")
    for term in order.expressions if order is not None else ():
        column = term.this
        if isinstance(column, exp.Column) and not column.table:
            meant = labels.get(column.name.lower())
            if meant is not None:
                term.set("this", meant.copy())


def _name_columns(select: exp.Select, schema: Schema) -> None:
    """Put the table's own name before each column, or no name if there is only one table."""
    tables = {t.alias_or_name.lower(): t.name.lower() for t in _sources(select)}
    twice = {name for name, n in Counter(tables.values()).items() if n > 1}
    for column in select.find_all(exp.Column):
        if column.find_ancestor(exp.Select) is not select:
            continue
        qualifier = column.table.lower() or _owner(column.name, tables, schema)
        name = tables.get(qualifier, qualifier)
        alone = len(tables) == 1 and qualifier in tables
        shown = "" if alone else (qualifier if name in twice else name)
        column.set("table", exp.to_identifier(shown) if shown else None)
    for table in _sources(select):
        if table.name.lower() not in twice:
            table.set("alias", None)


def _sources(select: exp.Select) -> list[exp.Table]:
    return [source for source in _all_sources(select) if isinstance(source, exp.Table)]


def _subqueries(query: exp.Expr) -> list[exp.Subquery]:
    return [source for source in _all_sources(query) if isinstance(source, exp.Subquery)]


def _all_sources(select: exp.Expr) -> list[exp.Expr]:
    joined = [join.this for join in select.args.get("joins") or []]
    source = select.args.get("from_")
    return joined if source is None else [source.this, *joined]


def _owner(column: str, tables: dict[str, str], schema: Schema) -> str:
    """The only one of ``tables`` that has such a column; empty if there is not exactly one."""
    owners = []
    for alias, name in tables.items():
        place = schema.find_table(name)
        if place is not None and schema.find_column(place, column) is not None:
            owners.append(alias)
    return owners[0] if len(owners) == 1 else ""


def _turn(node: exp.Binary) -> None:
    """Write ``b = a`` as ``a = b``, so that both compare as equal; literals stay on the right."""
    left, right = node.this, node.expression
    if isinstance(right, exp.Literal) or not isinstance(left, exp.Literal | exp.Column):
        return
    if isinstance(left, exp.Literal) or _text(right) < _text(left):
        node.set("this", right)
        node.set("expression", left)


def _differences(gold: exp.Expr, found: exp.Expr) -> Iterator[ClauseDifference]:
    gold, found = _unwrapped(gold), _unwrapped(found)
    if isinstance(gold, exp.SetOperation) or isinstance(found, exp.SetOperation):
        yield from _set_operation(gold, found)
        return
    yield from _bags("WITH", *(_ctes(query) for query in (gold, found)))
    words = [("DISTINCT",) if query.args.get("distinct") else () for query in (gold, found)]
    yield from _bags("DISTINCT", *words)
    yield from _bags("SELECT", *(_selected(query) for query in (gold, found)))
    yield from _sources_differ(gold, found)
    yield from _bags("JOIN", *(_joined_on(query) for query in (gold, found)))
    for clause, key in (("WHERE", "where"), ("HAVING", "having")):
        yield from _bags(clause, *(_conditions(query.args.get(key)) for query in (gold, found)))
    yield from _bags("GROUP BY", *(_listed(query.args.get("group")) for query in (gold, found)))
    yield from _bags("WINDOW", *(_listed_windows(query) for query in (gold, found)))
    yield from _tail(gold, found)


def _sources_differ(gold: exp.Expr, found: exp.Expr) -> Iterator[ClauseDifference]:
    """Compare tables by name; if both queries read a single subquery, compare inside it."""
    inner = [
        [s for s in _all_sources(query) if isinstance(s, exp.Subquery)] for query in (gold, found)
    ]
    if [len(subqueries) for subqueries in inner] == [1, 1]:
        for difference in _differences(inner[0][0].this, inner[1][0].this):
            yield replace(difference, clause=f"in the subquery, {difference.clause}")
        sides = [[t for t in _tables(query) if not t.startswith("(")] for query in (gold, found)]
        yield from _bags("FROM", *sides)
    else:
        yield from _bags("FROM", *(_tables(query) for query in (gold, found)))


def _tail(gold: exp.Expr, found: exp.Expr) -> Iterator[ClauseDifference]:
    """Compare ORDER BY (in its order), LIMIT and OFFSET."""
    orders = [_listed(query.args.get("order")) for query in (gold, found)]
    if orders[0] != orders[1]:
        yield ClauseDifference("ORDER BY", *(", ".join(order) for order in orders))
    for clause, key in (("LIMIT", "limit"), ("OFFSET", "offset")):
        numbers = [query.args.get(key) for query in (gold, found)]
        texts = ["" if n is None else _text(n.expression or n.this) for n in numbers]
        if texts[0] != texts[1]:
            yield ClauseDifference(clause, *texts)


def _set_operation(gold: exp.Expr, found: exp.Expr) -> Iterator[ClauseDifference]:
    operators = [_operator(query) for query in (gold, found)]
    if operators[0] != operators[1]:
        yield ClauseDifference("Set operation", *(_tail_of(query) for query in (gold, found)))
        return
    yield from _differences(gold.this, found.this)
    for difference in _differences(gold.expression, found.expression):
        yield replace(difference, clause=f"after {operators[0]}, {difference.clause}")
    yield from _tail(gold, found)


def _operator(query: exp.Expr) -> str:
    word = next((word for kind, word in _SET_WORDS.items() if isinstance(query, kind)), "")
    return f"{word} ALL" if word == "UNION" and not query.args.get("distinct") else word


def _tail_of(query: exp.Expr) -> str:
    if not isinstance(query, exp.SetOperation):
        return ""
    return f"{_operator(query)} {_text(query.expression)}"


def _unwrapped(query: exp.Expr) -> exp.Expr:
    while isinstance(query, exp.Subquery) and isinstance(query.this, exp.Query):
        query = query.this
    return query


def _bags(clause: str, gold: Sequence[str], found: Sequence[str]) -> Iterator[ClauseDifference]:
    missing, extra = Counter(gold) - Counter(found), Counter(found) - Counter(gold)
    if missing or extra:
        sides = (", ".join(map(_short, side.elements())) for side in (missing, extra))
        yield ClauseDifference(clause, *sides)


def _ctes(query: exp.Expr) -> list[str]:
    with_ = query.args.get("with_")
    return [] if with_ is None else [_text(cte.this) for cte in with_.expressions]


def _selected(query: exp.Expr) -> list[str]:
    """The selected expressions, without labels and enclosing parentheses."""
    found = []
    for node in query.expressions:
        while isinstance(node, exp.Alias | exp.Paren):
            node = node.this
        found.append(_text(node))
    return found


def _tables(query: exp.Expr) -> list[str]:
    joins = query.args.get("joins") or []
    kinds = [(join.side or "").upper() for join in joins]
    source = query.args.get("from_")
    found = [] if source is None else [_text(source.this)]
    return found + [
        f"{kind} JOIN {_text(join.this)}" if kind else _text(join.this)
        for join, kind in zip(joins, kinds, strict=True)
    ]


def _joined_on(query: exp.Expr) -> list[str]:
    found = []
    for join in query.args.get("joins") or []:
        found += _conjuncts(join.args.get("on"))
        found += [f"USING {_text(column)}" for column in join.args.get("using") or []]
    return found


def _conditions(clause: exp.Expr | None) -> list[str]:
    return [] if clause is None else _conjuncts(clause.this)


def _conjuncts(condition: exp.Expr | None) -> list[str]:
    if condition is None:
        return []
    while isinstance(condition, exp.Paren):
        condition = condition.this
    if isinstance(condition, exp.And):
        return _conjuncts(condition.this) + _conjuncts(condition.expression)
    return [_text(condition)]


def _listed(clause: exp.Expr | None) -> list[str]:
    return [] if clause is None else [_text(term) for term in clause.expressions]


def _listed_windows(query: exp.Expr) -> list[str]:
    return [_text(window) for window in query.args.get("windows") or []]


def _text(node: exp.Expr) -> str:
    return node.sql("sqlite", unsupported_level=ErrorLevel.IGNORE)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
