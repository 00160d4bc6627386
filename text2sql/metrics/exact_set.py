"""Exact set match: whether a prediction has the same clauses as the gold query.

    >>> exact_set("SELECT name FROM singer", "select Name from singer", schema).match
    True

``exact_set(gold, prediction, schema)`` gives the verdict of Spider's official script (Yu et al.,
EMNLP 2018) with the partial score of every clause. It ignores values unless ``values=True`` and
DISTINCT unless ``distinct=True``.

The quirks of the official verdict are kept, because published numbers depend on them.
``strict=True`` turns off those that cause false positives:

- JOIN conditions are not compared (taoyds/spider issues 47 and 82).
- Columns linked by a foreign key count as one column, so ``a != b`` equals ``b != b``, and a filter
  on the other end of a key passes (taoyds/test-suite-sql-eval issue 7).
- A column on the right-hand side of a condition counts as a value and is ignored.
- AND and OR are compared as a set: ``a AND b OR c`` equals ``a OR b AND c``.
- The number after LIMIT is ignored even with ``values``.

These remain even with ``strict``:

- The two sides of a self-join count as one table.
- ORDER BY has one direction for all its terms: the last one stated.
- HAVING and GROUP BY are compared in the order written.
- A subquery in FROM is compared as written, with its values and DISTINCT. In a subquery inside a
  condition, DISTINCT counts and columns linked by keys stay different columns.
- A prediction that the official parser cannot read is wrong (``text2sql.metrics.official`` lists
  what it cannot read). If it cannot read the gold query, ``text2sql.query.parse`` reads both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from text2sql.errors import QueryError
from text2sql.metrics.exact_set_rules import QueryReducer, Rules
from text2sql.metrics.official import OfficialQuery
from text2sql.metrics.pair import QueryPair
from text2sql.metrics.parts import all_conditions, join_conditions
from text2sql.query import (
    STAR,
    ColumnUnit,
    Condition,
    Conditions,
    Query,
    Unit,
)
from text2sql.schema import Schema

__all__ = ["CLAUSES", "ClauseMatch", "ExactSet", "exact_set", "exact_set_of"]

CLAUSES = (
    "select",
    "select(no AGG)",
    "where",
    "where(no OP)",
    "group(no Having)",
    "group",
    "order",
    "and/or",
    "IUEN",
    "keywords",
)
"""The names of the partial scores in the official script, in its order."""


@dataclass(frozen=True)
class ClauseMatch:
    """One partial score: which of the two queries has the clause, and whether they agree on it.

    Over many items, precision (the official script says accuracy) is the share of matches among
    the ``predicted``, recall the share among the ``expected``.
    """

    expected: bool
    predicted: bool
    match: bool


@dataclass(frozen=True)
class ExactSet:
    """The verdict; ``partial`` holds scores by clause, ``error`` why a prediction is unreadable."""

    match: bool
    parsed: bool
    partial: Mapping[str, ClauseMatch]
    error: str | None = None


_NOTHING = OfficialQuery(select=(), sources=())


def exact_set(
    gold: str,
    prediction: str,
    schema: Schema,
    *,
    values: bool = False,
    distinct: bool = False,
    strict: bool = False,
    official: bool = False,
) -> ExactSet:
    """Compare two queries clause by clause, as Spider's official script does.

    ``official`` replaces ``value`` in the prediction even inside names, as that script does.
    ``strict`` also compares what that script ignores (see above), so every strict match is also an
    official match.

    Raises:
        QueryError: the gold query cannot be read.
    """
    pair = QueryPair(gold, prediction, schema, official)
    return exact_set_of(pair, values=values, distinct=distinct, strict=strict)


def exact_set_of(
    pair: QueryPair, *, values: bool = False, distinct: bool = False, strict: bool = False
) -> ExactSet:
    """As ``exact_set``, for queries that may be read already.

    Raises:
        QueryError: the gold query cannot be read.
    """
    expected, error = pair.expected, None
    try:
        found = pair.predicted
    except QueryError as unreadable:
        found, error = _NOTHING, str(unreadable)
    match, partial = _QueryComparer(pair.schema, Rules(values, distinct, strict)).compare(
        expected, found
    )
    return ExactSet(match, error is None, partial, error)


class _QueryComparer:
    """Compares queries under some rules."""

    def __init__(self, schema: Schema, rules: Rules) -> None:
        self.schema = schema
        self.rules = rules
        self.reducer = QueryReducer(schema, rules)

    def compare(self, gold: Query, found: Query) -> tuple[bool, dict[str, ClauseMatch]]:
        return self._match(self.reducer.reduce(gold), self.reducer.reduce(found))

    def _match(self, gold: Query, found: Query) -> tuple[bool, dict[str, ClauseMatch]]:
        partial = self._partial(gold, found)
        same_tables = not gold.sources or Counter(gold.sources) == Counter(found.sources)
        match = same_tables and all(clause.match for clause in partial.values())
        if match and self.rules.distinct:
            match = gold.distinct == found.distinct
        if match and self.rules.strict:
            match = _strictly_same(gold, found, self.rules.values)
        return match, partial

    def _partial(self, gold: Query, found: Query) -> dict[str, ClauseMatch]:
        def sides(get: Callable[[Query], object]) -> ClauseMatch:
            expected, predicted = get(gold), get(found)
            return ClauseMatch(bool(expected), bool(predicted), expected == predicted)

        and_or = sides(lambda q: set(q.where.connectors))
        # the official script counts agreement as "both have it", and otherwise swaps the sides
        and_or = (
            ClauseMatch(True, True, True)
            if and_or.match
            else ClauseMatch(and_or.predicted, and_or.expected, False)
        )
        return {
            "select": sides(lambda q: Counter(q.select)),
            "select(no AGG)": sides(lambda q: Counter(map(_without_aggregate, q.select))),
            "where": sides(lambda q: Counter(q.where.items)),
            "where(no OP)": sides(lambda q: Counter(c.left for c in q.where)),
            "group(no Having)": sides(lambda q: Counter(self._name(u) for u in q.group_by)),
            "group": sides(_grouping),
            "order": sides(lambda q: (q.order_by, q.limit is None) if q.order_by else ()),
            "and/or": and_or,
            "IUEN": self._set_operation(gold, found),
            "keywords": sides(_keywords),
        }

    def _name(self, unit: ColumnUnit) -> str:
        """``group(no Having)`` compares columns by name alone, ``group`` in full."""
        if unit.column == STAR:
            return "*"
        return self.schema.tables[unit.column.table].columns[unit.column.column].name.lower()

    def _set_operation(self, gold: Query, found: Query) -> ClauseMatch:
        same = gold.set_operator == found.set_operator
        if same and gold.right is not None and found.right is not None:
            same = self._match(gold.right, found.right)[0]
        return ClauseMatch(gold.right is not None, found.right is not None, same)


def _without_aggregate(unit: Unit) -> Unit:
    return replace(unit, aggregate=None)


def _grouping(query: Query) -> object:
    return ([u.column for u in query.group_by], query.having) if query.group_by else ()


def _keywords(query: Query) -> frozenset[str]:
    conditions, connectors = all_conditions(query)
    operators = {c.operator for c in conditions}
    words = {
        "where": bool(query.where),
        "group": bool(query.group_by),
        "having": bool(query.having),
        "order": bool(query.order_by),
        "desc": any(item.descending for item in query.order_by),
        "limit": query.limit is not None,
        query.set_operator or "union": query.right is not None,
        "or": "or" in connectors,
        "not": any(c.negated for c in conditions),
        "in": "in" in operators,
        "like": "like" in operators,
    }
    return frozenset(word for word, there in words.items() if there)


def _strictly_same(gold: Query, found: Query, values: bool) -> bool:
    """Compare what the official script ignores, in two queries that it finds equal."""
    return (
        Counter(map(_unordered, join_conditions(gold)))
        == Counter(map(_unordered, join_conditions(found)))
        and _alternatives(join_conditions(gold)) == _alternatives(join_conditions(found))
        and _alternatives(gold.where) == _alternatives(found.where)
        and (not values or gold.limit == found.limit)
    )


def _unordered(condition: Condition) -> object:
    """``a = b`` is ``b = a``."""
    if condition.operator == "=":
        return frozenset((condition.left, condition.right)), condition.negated
    return condition


def _alternatives(conditions: Conditions) -> Counter[frozenset[tuple[object, int]]]:
    """The alternatives separated by OR, each as the conditions that AND joins."""
    groups: list[list[Condition]] = [[]]
    for condition, before in zip(conditions, ("and", *conditions.connectors), strict=False):
        if before == "or":
            groups.append([])
        groups[-1].append(condition)
    return Counter(frozenset(Counter(map(_unordered, group)).items()) for group in groups)
