"""Differences between two queries, clause by clause, on sqlglot's syntax tree.

Aliases, letter case and the order of columns, tables and conditions do not count, nor whether a
condition stands after ON or WHERE of an inner join (``naming``, ``normal_form``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from sqlglot import exp
from sqlglot.errors import SqlglotError

from text2sql.compare.naming import (
    base_tables,
    give_names,
    leave_out_names,
    repeated_table,
    sources_of,
)
from text2sql.compare.normal_form import flattened, put_in_normal_form
from text2sql.compare.sql_text import focused, shortened, sql_text
from text2sql.errors import QueryError
from text2sql.metrics.pair import QueryPair
from text2sql.query.tree import shorten
from text2sql.schema import Schema

__all__ = ["ClauseDifference", "clause_differences"]

_MOST_SHOWN = 240  # characters of the parts of a clause that one query has
_MOST_INSTANCES = 4  # of a table whose order is tried
_SET_WORDS = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}


@dataclass(frozen=True)
class ClauseDifference:
    """The parts of a clause that only the gold or only the prediction has; either may be empty."""

    clause: str
    expected: str
    found: str

    def __str__(self) -> str:
        if self.expected and self.found:
            return f"{self.clause}: expected {self.expected}, got {self.found}"
        what = f"missing {self.expected}" if self.expected else f"unexpected {self.found}"
        return f"{self.clause}: {what}"


def clause_differences(pair: QueryPair) -> tuple[ClauseDifference, ...]:
    """List every difference between two queries that SQLite can run.

    If a query reads a table twice or more, the places are taken in the order with the fewest
    differences.

    Raises:
        QueryError: one of them is not a single SELECT that can be parsed.
    """
    sides = [(pair.gold, pair.gold_tree), (pair.prediction, pair.prediction_tree)]
    try:
        return min(_in_every_order(sides, pair.schema), key=_size)
    except (RecursionError, SqlglotError) as error:
        raise QueryError(f"{shorten(pair.prediction)} nests too deeply to be compared.") from error


def _size(differences: Sequence[ClauseDifference]) -> int:
    return sum(len(d.expected) + len(d.found) for d in differences)


def _in_every_order(
    sides: Sequence[tuple[str, exp.Expr]], schema: Schema
) -> Iterator[tuple[ClauseDifference, ...]]:
    """The differences for every order of the places where one query reads a table again."""
    repeated = [repeated_table(tree) for _, tree in sides]
    times = [found[2] if found is not None else 1 for found in repeated]
    place = 1 if times[1] >= times[0] else 0
    orders: Iterable[tuple[int, ...] | None] = [None]
    if 1 < times[place] <= _MOST_INSTANCES:
        orders = permutations(range(1, times[place] + 1))
    for order in orders:
        trees = [tree.copy() for _, tree in sides]
        for number, (sql, _) in enumerate(sides):
            give_names(trees[number], sql, schema, order if number == place else None)
        _simplify(trees)
        found = tuple(_differences(trees[0], trees[1]))
        yield found
        if not found:
            return


def _simplify(trees: Sequence[exp.Expr]) -> None:
    """Leave out the names of tables if there is only one, and put both in normal form."""
    alone = len({name for tree in trees for name in base_tables(tree)}) <= 1
    for tree in trees:
        if alone:
            for column in tree.find_all(exp.Column):
                column.set("table", None)
        else:
            for select in list(tree.find_all(exp.Select)):
                if not _is_source(select):
                    leave_out_names(select)
        put_in_normal_form(tree)


def _is_source(select: exp.Select) -> bool:
    """Whether a SELECT is a query of its own or stands in FROM, and may be compared by clause."""
    around = select.find_ancestor(exp.Where, exp.Having, exp.Select, exp.From, exp.Join)
    return around is None or isinstance(around, exp.From | exp.Join)


def _differences(gold: exp.Expr, found: exp.Expr) -> Iterator[ClauseDifference]:
    pair = gold, found = _unwrapped(gold), _unwrapped(found)
    yield from _bags("WITH", *map(_ctes, pair))
    if isinstance(gold, exp.SetOperation) or isinstance(found, exp.SetOperation):
        yield from _set_operation(gold, found)
        return
    words = [("DISTINCT",) if query.args.get("distinct") else () for query in pair]
    yield from _bags("DISTINCT", *words)
    yield from _bags("SELECT", *map(_selected, pair))
    yield from _sources_differ(gold, found)
    joined, filtered = zip(*map(_join_and_where, pair), strict=True)
    yield from _bags("JOIN", *joined)
    yield from _bags("WHERE", *filtered)
    yield from _bags("GROUP BY", *(_listed(query.args.get("group")) for query in pair))
    yield from _bags("HAVING", *(_conditions(query.args.get("having")) for query in pair))
    yield from _bags("WINDOW", *(list(map(sql_text, q.args.get("windows") or [])) for q in pair))
    yield from _tail(gold, found)


def _sources_differ(gold: exp.Expr, found: exp.Expr) -> Iterator[ClauseDifference]:
    """Compare tables by name; if both queries read a single subquery, compare inside it."""
    inner = [[s for s in sources_of(q) if isinstance(s, exp.Subquery)] for q in (gold, found)]
    sides = [_tables(query) for query in (gold, found)]
    if [len(subqueries) for subqueries in inner] == [1, 1]:
        for difference in _differences(inner[0][0].this, inner[1][0].this):
            yield replace(difference, clause=f"in the subquery, {difference.clause}")
        sides = [[table for table in side if "(SELECT" not in table] for side in sides]
    yield from _bags("FROM", *sides)


def _tail(gold: exp.Expr, found: exp.Expr) -> Iterator[ClauseDifference]:
    """Compare ORDER BY (in its order), LIMIT and OFFSET."""
    orders = [_listed(query.args.get("order")) for query in (gold, found)]
    if orders[0] != orders[1]:
        yield ClauseDifference("ORDER BY", *focused(*(", ".join(order) for order in orders)))
    for clause, key in (("LIMIT", "limit"), ("OFFSET", "offset")):
        numbers = [query.args.get(key) for query in (gold, found)]
        texts = ["" if n is None else sql_text(n.expression or n.this) for n in numbers]
        if texts[0] != texts[1]:
            yield ClauseDifference(clause, *texts)


def _set_operation(gold: exp.Expr, found: exp.Expr) -> Iterator[ClauseDifference]:
    operators = [_operator(query) for query in (gold, found)]
    if operators[0] != operators[1]:
        yield ClauseDifference("Set operation", *(_tail_of(query) for query in (gold, found)))
        starts = [q.this if isinstance(q, exp.SetOperation) else q for q in (gold, found)]
        yield from _differences(*starts)
        return
    yield from _differences(gold.this, found.this)
    for difference in _differences(gold.args["expression"], found.args["expression"]):
        yield replace(difference, clause=f"after {operators[0]}, {difference.clause}")
    yield from _tail(gold, found)


def _operator(query: exp.Expr) -> str:
    word = next((word for kind, word in _SET_WORDS.items() if isinstance(query, kind)), "")
    return f"{word} ALL" if word == "UNION" and not query.args.get("distinct") else word


def _tail_of(query: exp.Expr) -> str:
    if not isinstance(query, exp.SetOperation):
        return ""
    return shortened(f"{_operator(query)} {sql_text(query.args['expression'])}")


def _unwrapped(query: exp.Expr) -> exp.Expr:
    while isinstance(query, exp.Subquery) and isinstance(query.this, exp.Query):
        query = query.this
    return query


def _bags(clause: str, gold: Sequence[str], found: Sequence[str]) -> Iterator[ClauseDifference]:
    """The parts that only one of the queries has; of parts that are alike, where they differ."""
    sides = [list((a - b).elements()) for a, b in _both_ways(Counter(gold), Counter(found))]
    if not any(sides):
        return
    if len(sides[0]) == len(sides[1]):
        pairs = [focused(one, other) for one, other in zip(*sides, strict=True)]
        sides = [list(side) for side in zip(*pairs, strict=True)]
    yield ClauseDifference(clause, *(_list(side) for side in sides))


def _both_ways(
    one: Counter[str], other: Counter[str]
) -> tuple[tuple[Counter[str], Counter[str]], tuple[Counter[str], Counter[str]]]:
    return (one, other), (other, one)


def _list(parts: Sequence[str]) -> str:
    """The parts with commas; from 240 characters on, only how many more there are."""
    shown: list[str] = []
    for part in map(shortened, parts):
        if shown and sum(map(len, shown)) + len(part) > _MOST_SHOWN:
            return f"{', '.join(shown)}, and {len(parts) - len(shown)} more"
        shown.append(part)
    return ", ".join(shown)


def _ctes(query: exp.Expr) -> list[str]:
    with_ = query.args.get("with_")
    return [] if with_ is None else [sql_text(cte) for cte in with_.expressions]


def _selected(query: exp.Expr) -> list[str]:
    """The selected expressions, without labels and enclosing brackets."""
    found = []
    for node in query.expressions:
        while isinstance(node, exp.Alias | exp.Paren):
            node = node.this
        found.append(sql_text(node))
    return found


def _tables(query: exp.Expr) -> list[str]:
    joins = query.args.get("joins") or []
    source = query.args.get("from_")
    found = [] if source is None else [_source_text(source.this)]
    for join in joins:
        kind = " ".join(filter(None, (join.method, join.side))).upper()
        found.append(f"{kind} JOIN {_source_text(join.this)}" if kind else _source_text(join.this))
    return found


def _source_text(source: exp.Expr) -> str:
    if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Select):
        source = source.copy()
        leave_out_names(source.this)
    return sql_text(source)


def _join_and_where(query: exp.Expr) -> tuple[list[str], list[str]]:
    """How tables are joined, and the other conditions, wherever an inner join has them."""
    joined: list[str] = []
    rest = flattened(_condition(query.args.get("where")))
    for join in query.args.get("joins") or []:
        on = flattened(join.args.get("on"))
        if join.side:
            joined += map(sql_text, on)
        else:
            rest += on
        joined += [f"USING {sql_text(column)}" for column in join.args.get("using") or []]
    keys = [condition for condition in rest if _is_key(condition)]
    filters = [sql_text(condition) for condition in rest if not _is_key(condition)]
    return [*joined, *map(sql_text, keys)], filters


def _is_key(condition: exp.Expr) -> bool:
    """Whether a condition equates the columns of two tables."""
    left, right = condition.this, condition.args.get("expression")
    if not (isinstance(left, exp.Column) and isinstance(right, exp.Column)):
        return False
    return isinstance(condition, exp.EQ) and left.table != right.table


def _condition(clause: exp.Expr | None) -> exp.Expr | None:
    return None if clause is None else clause.this


def _conditions(clause: exp.Expr | None) -> list[str]:
    return [sql_text(condition) for condition in flattened(_condition(clause))]


def _listed(clause: exp.Expr | None) -> list[str]:
    return [] if clause is None else [sql_text(term) for term in clause.expressions]
