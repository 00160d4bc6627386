"""Corrections of queries that contradict their question, and penalties for remaining mistakes.

SQLite accepts these mistakes silently: finding the oldest by the latest birth, comparing numbers
that are stored as text, ``x > max(x)``. A query is corrected only if the words of the question and
the cells of the database leave no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from text2sql.generators.base import Candidate
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.words import stem, words_of
from text2sql.schema import Column, Schema

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["corrected"]

_MISTAKE = 3.0  # penalty, equal to that of implausible queries
_MAY_BE_WRONG = re.compile(
    r"\b(?:OR|BETWEEN|NOT|EXCEPT)\b|!=|<>|(?:sum|avg)\(|\(SELECT (?:max|min)|(\S+) [<>=]+ \1(?!\S)",
    re.IGNORECASE,
)
_CUES = re.compile(r"\b(?:all|every|and)\b|(?:old|young|new|eld)est|senior")
_BIRTHS = re.compile(r"birth|born|\bdob\b|found(ed|ing|ation)|establish|\bbuilt\b|construct|opened")
_OLD = re.compile(r"\b(oldest|eldest|most senior)\b")
_YOUNG = re.compile(r"\b(youngest|newest)\b")
_NEGATION = re.compile(
    r"\b(not|no|non|never|neither|nor|without|except|excluding|exclude|outside|but|other|others|"
    r"different|differs?|besides|apart|none|nobody|nothing|cannot|un\w+|dis\w+|in\w+ble|lack\w*|"
    r"miss\w*|rather|instead|elsewhere|all|every|any|only|each|rest|remaining)\b|n't|-free\b"
)
_ONLY = re.compile(r"\b(only|just)\b[^.?]*\bfrom\b")
_ALL = re.compile(
    r"^(?:please )?(?:show|list|display|give|get|return|see|print)(?: me)? (?:all|every)(?: of)?"
    r"(?: the| our| my)? (?P<table>[\w ]+?)[.?! ]*$"
)
_LIST = re.compile(
    r"^(?:please )?(?:show|list|display|give|get|return|find|what (?:is|are))(?: me)?(?: the| a)?"
    r" (?P<list>[\w ]+?(?:, [\w ]+?)*,? and (?:the )?[\w ]+?) (?:of|for) "
)


def corrected(candidate: Candidate, question: str, schema: Schema, index: CellIndex) -> Candidate:
    """Return ``candidate`` with mistakes corrected, and a penalty for each that remains.

    Args:
        index: the cells of the database, which show which texts are numbers.
    """
    asked = " ".join(question.lower().split())
    if not (_CUES.search(asked) or _MAY_BE_WRONG.search(candidate.sql) or index.numeric_texts):
        return candidate
    tree = _parsed(candidate.sql)
    if tree is None:
        return candidate
    query = _Query(tree, schema, index)
    changed = [query.turn(asked), query.compare_numbers(), query.show_all(asked)]
    changed.append(query.show_listed(asked))
    penalty = _MISTAKE * len(set(query.mistakes(asked)))
    return replace(
        candidate,
        sql=tree.sql(dialect="sqlite") if any(changed) else candidate.sql,
        score=candidate.score - penalty,
        penalty=candidate.penalty + penalty,
    )


def _parsed(sql: str) -> exp.Select | None:
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read="sqlite")
    except (SqlglotError, RecursionError):
        return None
    return tree if isinstance(tree, exp.Select) else None


class _Query:
    """One SELECT over a schema, changed in place."""

    def __init__(self, tree: exp.Select, schema: Schema, index: CellIndex) -> None:
        from sqlglot import exp

        self.tree = tree
        self.schema = schema
        self.index = index
        self.tables: dict[str, int] = {}
        self.shown: dict[int, str] = {}  # names or aliases of the tables in the outer FROM
        for table in tree.find_all(exp.Table):
            place = schema.find_table(table.name)
            if place is not None:
                self.tables[table.alias_or_name.lower()] = place
                if table.find_ancestor(exp.Select) is tree:
                    self.shown[place] = table.alias_or_name
        self.first = [0]
        for one in schema.tables:
            self.first.append(self.first[-1] + len(one.columns))

    def place(self, column: exp.Column) -> tuple[int, int] | None:
        """Return the positions of table and column in the schema, or None if they are ambiguous."""
        named = self.tables.get(column.table.lower()) if column.table else None
        tables = [named] if column.table else sorted(set(self.tables.values()))
        found = [
            (table, place)
            for table in tables
            if table is not None
            and (place := self.schema.find_column(table, column.name)) is not None
        ]
        return found[0] if len(found) == 1 else None

    def column(self, node: object) -> Column | None:
        from sqlglot import exp

        place = self.place(node) if isinstance(node, exp.Column) else None
        return None if place is None else self.schema.tables[place[0]].columns[place[1]]

    # oldest, youngest

    def turn(self, asked: str) -> bool:
        """Correct the direction of births and ages for ``oldest`` and ``youngest``."""
        old, young = bool(_OLD.search(asked)), bool(_YOUNG.search(asked))
        if old == young:
            return False
        return any([self._turn_order(old), self._turn_extremes(old)])

    def _turn_order(self, old: bool) -> bool:
        from sqlglot import exp

        order = self.tree.args.get("order")
        if order is None or self.tree.args.get("limit") is None or len(order.expressions) != 1:
            return False
        item = order.expressions[0]
        descending = self._descending(item.this, old)
        if descending is None or bool(item.args.get("desc")) == descending:
            return False
        item.set("desc", descending)
        item.set("nulls_first", not descending)
        if not descending:  # NULL would come first
            known = exp.Not(this=exp.Is(this=item.this.copy(), expression=exp.Null()))
            self.tree.where(known, copy=False)
        return True

    def _turn_extremes(self, old: bool) -> bool:
        from sqlglot import exp

        changed = False
        for found in list(self.tree.find_all(exp.Max, exp.Min)):
            greatest = self._descending(found.this, old)
            if greatest is not None and isinstance(found, exp.Max) != greatest:
                found.replace((exp.Max if greatest else exp.Min)(this=found.this.copy()))
                changed = True
        return changed

    def _descending(self, node: object, old: bool) -> bool | None:
        """Whether the question asks for the largest values; None if that is unknown."""
        column = self.column(node)
        if column is None:
            return None
        name = f"{column.natural} {column.name}".lower()
        if re.search(r"\bage\b", name):
            return old
        return not old if _BIRTHS.search(name) else None

    # numbers as text

    def compare_numbers(self) -> bool:
        """Compare and order numbers that are stored as text as numbers."""
        from sqlglot import exp

        changed = False
        ordering = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.Ordered, exp.Max, exp.Min)
        for node in list(self.tree.find_all(*ordering)):
            for column in [side for side in node.iter_expressions() if self._numeric_text(side)]:
                column.replace(exp.cast(column.copy(), "REAL"))
                changed = True
                for literal in node.iter_expressions():
                    if isinstance(literal, exp.Literal) and literal.is_string:
                        literal.replace(exp.Literal.number(literal.this))
        return changed

    def _numeric_text(self, node: object) -> bool:
        from sqlglot import exp

        place = self.place(node) if isinstance(node, exp.Column) else None
        column = self.column(node)
        if place is None or column is None or column.type != "text":
            return False
        return self.first[place[0]] + place[1] in self.index.numeric_texts

    # all columns, and those of a list

    def show_all(self, asked: str) -> bool:
        """Select all columns for questions like ``show all tickets``."""
        from sqlglot import exp

        match = _ALL.match(asked)
        if match is None or len(self.shown) != 1 or not self._bare():
            return False
        table = self.schema.tables[next(iter(self.shown))]
        if _stems(match["table"]) not in (_stems(table.natural), _stems(table.name)):
            return False
        self.tree.set("expressions", [exp.Star()])
        self.tree.set("distinct", None)
        return True

    def _bare(self) -> bool:
        from sqlglot import exp

        clauses = ("where", "group", "having", "order", "limit", "joins")
        plain = all(isinstance(shown, exp.Column) for shown in self.tree.expressions)
        return plain and not any(self.tree.args.get(clause) for clause in clauses)

    def show_listed(self, asked: str) -> bool:
        """Select all columns that a question lists by name."""
        from sqlglot import exp

        match, shown = _LIST.match(asked), self.tree.expressions
        if match is None or not all(isinstance(column, exp.Column) for column in shown):
            return False
        items = re.split(r",\s*(?:and )?(?:the )?| and (?:the )?", match["list"])
        wanted = [self._listed(item) for item in items if item.strip()]
        if any(len(found) != 1 for found in wanted) or self.tree.args.get("group"):
            return False
        places = list(dict.fromkeys(found[0] for found in wanted))
        have = [self.place(column) for column in shown]
        if not set(have) < set(places):
            return False
        qualified = len(self.shown) > 1
        self.tree.set(
            "expressions",
            [
                exp.column(
                    exp.to_identifier(self.schema.tables[table].columns[column].name),
                    table=self.shown[table] if qualified else None,
                )
                for table, column in places
            ],
        )
        return True

    def _listed(self, item: str) -> list[tuple[int, int]]:
        """Return the columns in FROM with exactly this name."""
        wanted = _stems(item)
        return [
            (table, place)
            for table in sorted(self.shown)
            for place, column in enumerate(self.schema.tables[table].columns)
            if wanted in (_stems(column.natural), _stems(column.name.replace("_", " ")))
        ]

    # mistakes

    def mistakes(self, asked: str) -> Iterator[str]:
        """Yield conditions that are always or never true, and negations without a reason."""
        from sqlglot import exp

        compared = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
        for node in self.tree.walk():
            if isinstance(node, compared):
                if node.this == node.expression and isinstance(node.this, exp.Column):
                    yield "a column compared with itself"
                if self._beyond(node):
                    yield "more than the most"
            elif isinstance(node, exp.Between) and node.args["low"] == node.args["high"]:
                yield "between one value and itself"
            elif isinstance(node, exp.Or | exp.And) and node.this == node.expression:
                yield "the same condition twice"
            elif isinstance(node, exp.Sum | exp.Avg) and self._is_key(node.this):
                yield "a sum of keys"
        denied = self.tree.find(exp.NEQ, exp.Not, exp.Except) is not None
        if denied and (_ONLY.search(asked) or not _NEGATION.search(asked)):
            known = self.tree.find(exp.Null) is not None
            if not known:
                yield "a denial that nobody asked for"

    def _beyond(self, node: exp.Binary) -> bool:
        """Whether the condition is like ``x > (SELECT max(x) FROM its_table)``."""
        from sqlglot import exp

        inner = node.args["expression"]
        inner = inner.this if isinstance(inner, exp.Subquery) else inner
        if not isinstance(inner, exp.Select) or inner.args.get("where") or inner.args.get("joins"):
            return False
        extreme = exp.Max if isinstance(node, exp.GT) else exp.Min
        if not isinstance(node, exp.GT | exp.LT):
            return False
        shown = inner.expressions[0] if len(inner.expressions) == 1 else None
        if not isinstance(shown, extreme):
            return False
        return isinstance(shown.this, exp.Column) and shown.this.name == node.this.name

    def _is_key(self, node: object) -> bool:
        from sqlglot import exp

        place = self.place(node) if isinstance(node, exp.Column) else None
        if place is None:
            return False
        table, column = place
        refers = any((k.table, k.column) == place for k in self.schema.foreign_keys)
        return refers or self.schema.tables[table].columns[column].primary_key


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words_of(text.replace("_", " ")))
