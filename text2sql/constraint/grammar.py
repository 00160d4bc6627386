"""The grammar of a query over one schema: which words may follow each other.

A method belongs to the position of its name in ``State.at``, and takes the arguments there.
"""

from __future__ import annotations

from collections.abc import Callable

from text2sql.constraint.cache import CACHE
from text2sql.constraint.expressions import COMPARISONS, MAX_DEPTH, Expressions
from text2sql.constraint.scope import (
    FROM,
    GROUP,
    HAVING,
    LIMIT,
    MAX_SOURCES,
    ORDER,
    WHERE,
    SelectScope,
)
from text2sql.constraint.states import Choice, NextWords, OpenBracket, State, also
from text2sql.schema import Schema

__all__ = ["SqlGrammar"]

_SETS = ("union", "union all", "intersect", "except")
_JOINS = ("join", "left join", "inner join")


class SqlGrammar(Expressions):
    """SQLite's SELECT over one schema, as far as ``text2sql.constraint`` describes it."""

    def __init__(self, schema: Schema) -> None:
        super().__init__(schema)
        self.start = State(("query",), SelectScope())
        self.choice: Callable[[State], Choice] = CACHE.keep(self._choice)

    def _choice(self, state: State) -> Choice:
        method: Callable[..., Choice] = getattr(self, f"_{state.at[0]}")
        return method(state, *state.at[1:])

    # SELECT

    def _query(self, state: State) -> Choice:
        return Choice({"select": (state.to("first"),)})

    def _first(self, state: State) -> Choice:
        items = self._operand(state, "item")
        words = dict(items.words)
        also(words, "distinct", state.to("operand", "item"))
        return items.plus(words)

    def _starred(self, state: State) -> Choice:
        words: NextWords = {"from": (state.to("source", True),)}
        if state.scope.arity is None:
            words[","] = (state.to("operand", "item"),)
        return Choice(words)

    def _after_item(self, state: State) -> Choice:
        arity, columns = state.scope.arity, state.scope.columns
        words: NextWords = {}
        if arity is None or columns < arity:
            words[","] = (state.to("operand", "item"),)
        if arity is None or columns == arity:
            words["from"] = (state.to("source", True),)
        return Choice(words)

    # FROM

    def _source(self, state: State, first: bool) -> Choice:
        words: NextWords = {}
        scope = state.scope
        for name, table in self.names.position.items():
            if self.visible.unaliased(scope, table) or self.visible.aliased(scope, table):
                words[name] = (state.to("named", first, table),)
        nothing_named = not (scope.used or scope.qualified) and scope.arity is None
        if first and nothing_named and scope.depth < MAX_DEPTH:
            inner = SelectScope(depth=scope.depth + 1)
            words["("] = (
                State(("query",), inner, (*state.stack, OpenBracket(("derived",), scope))),
            )
        return Choice(words)

    def _named(self, state: State, first: bool, table: int) -> Choice:
        """After a table: its alias, or what may follow without one."""
        words: NextWords = {}
        if self.visible.aliased(state.scope, table):
            words["as"] = (state.to("alias", first, table),)
        scope = self.visible.unaliased(state.scope, table)
        if scope is None:
            return Choice(words)
        return self.choice(state.within(scope).to("joined", first)).plus(words)

    def _alias(self, state: State, first: bool, table: int) -> Choice:
        found = self.visible.aliased(state.scope, table)
        return Choice({a: (state.within(s).to("joined", first),) for a, s in found.items()})

    def _joined(self, state: State, first: bool) -> Choice:
        """After a complete table: what may follow FROM, or the ON of a joined table.

        ON is required: a product of two tables with thousands of rows each is not an answer, and
        exceeds the time limit.
        """
        return self.follow(state) if first else Choice({"on": (state.to("on"),)})

    def _on(self, state: State) -> Choice:
        """The condition must link the new table to another one, or the join is a product."""
        scope = state.scope
        words: NextWords = {}
        for column, used in self.visible.usable(scope):
            owner = self.visible.owner(scope, column)
            words[column] = (state.within(used).to("equals", owner, column),)
        for source in scope.sources:
            also(words, source.name, state.to("dot", source.name, ("equals", source.name)))
        return Choice(words)

    def _equals(self, state: State, left: str, column: str) -> Choice:
        return Choice({"=": (state.to("right", left, column),)})

    def _right(self, state: State, left: str, column: str) -> Choice:
        """A column of the new table, or of another one if the left-hand side is the new table's.

        From the third table on, one side must be a key if there is one: such joins do not
        multiply rows.
        """
        free = len(state.scope.sources) < 3
        free = free or column in self.names.keys[dict(state.scope.sources)[left]]
        words = self._partners(state, left, keys_only=not free)
        return Choice(words or self._partners(state, left, keys_only=False))

    def _partners(self, state: State, left: str, keys_only: bool) -> NextWords:
        scope = state.scope
        newest = scope.sources[-1].name
        others = [s.name for s in scope.sources[:-1]]
        partners = others if left == newest else [newest]
        words: NextWords = {}
        keys = {name: self.names.keys[dict(scope.sources)[name]] for name in partners}
        for column, used in self.visible.usable(scope):
            owner = self.visible.owner(scope, column)
            if owner in partners and (not keys_only or column in keys[owner]):
                words[column] = (state.within(used).to("linked"),)
        for name in partners:
            if not keys_only:
                also(words, name, state.to("dot", name, ("linked",)))
            elif keys[name]:
                also(words, name, state.to("point", name))
        return words

    def _point(self, state: State, name: str) -> Choice:
        return Choice({".": (state.to("key", name),)})

    def _key(self, state: State, name: str) -> Choice:
        keys = self.names.keys[dict(state.scope.sources)[name]]
        return Choice(dict.fromkeys(sorted(keys), (state.to("linked"),)))

    def _linked(self, state: State) -> Choice:
        more = (state.to("operand", "on"),)
        return self.follow(state).plus(dict.fromkeys(("and", "or"), more))

    def _after_on(self, state: State) -> Choice:
        return Choice(dict.fromkeys(COMPARISONS, (state.to("value", "on"),)))

    def _derived(self, state: State) -> Choice:
        """After a SELECT in FROM: its columns are not tracked, so they cannot be named."""
        closed = state.within(state.scope._replace(stage=ORDER)).to("bare")
        words: NextWords = {"as": (closed.to("derived_as"),)} if self.names.aliases else {}
        return self.follow(closed).plus(words)

    def _derived_as(self, state: State) -> Choice:
        return Choice({self.names.aliases[0]: (state.to("bare"),)})

    def _bare(self, state: State) -> Choice:
        return self.follow(state)

    # GROUP BY, ORDER BY, LIMIT, and what follows a complete clause

    def _after_group(self, state: State) -> Choice:
        return self.follow(state).plus({",": (state.to("operand", "group"),)})

    def _after_order(self, state: State) -> Choice:
        directed = (state.to("directed"),)
        return self._directed(state).plus({"asc": directed, "desc": directed})

    def _directed(self, state: State) -> Choice:
        return self.follow(state).plus({",": (state.to("operand", "order"),)})

    def _limit(self, state: State) -> Choice:
        return Choice({}, number=state.to("bare"), whole=True, signed=False)

    def _done(self, state: State) -> Choice:
        return Choice({}, ends=True)

    def follow(self, state: State) -> Choice:
        """What may follow a clause that could be the last."""
        scope, stack = state.scope, state.stack
        words: NextWords = {}
        if scope.stage == FROM:
            if self._may_join(scope):
                words.update(dict.fromkeys(_JOINS, (state.to("source", False),)))
            if self.visible.needs_more(scope) or not self.names.satisfied(scope):
                return Choice(words)
            scope = self.visible.resolved(scope)
        words.update(self._clauses(scope, stack))
        if not stack:
            words[";"] = (State(("done",), scope),)
        elif stack[-1].scope is not None:
            words[")"] = (State(stack[-1].then, stack[-1].scope, stack[:-1]),)
        return Choice(words, ends=not stack)

    def _clauses(self, scope: SelectScope, stack: tuple[OpenBracket, ...]) -> NextWords:
        words: NextWords = {}
        for word, stage, place in (
            ("where", WHERE, ("operand", "where")),
            ("group by", GROUP, ("operand", "group")),
            ("having", HAVING, ("operand", "having")),
            ("order by", ORDER, ("operand", "order")),
            ("limit", LIMIT, ("limit",)),
        ):
            possible = {HAVING: scope.stage == GROUP, ORDER: not scope.compound}
            if scope.stage < stage and possible.get(stage, True):
                aggregated = scope.aggregated or stage == GROUP
                grown = scope._replace(stage=stage, aggregated=aggregated)
                words[word] = (State(place, grown, stack),)
        if scope.stage < ORDER:
            again = SelectScope(arity=scope.columns, compound=True, depth=scope.depth)
            words.update(dict.fromkeys(_SETS, (State(("query",), again, stack),)))
        return words

    def _may_join(self, scope: SelectScope) -> bool:
        full = scope.star and scope.arity is not None and not self.visible.needs_more(scope)
        if full or len(scope.sources) >= MAX_SOURCES:
            return False
        return bool(self.choice(State(("source", False), scope)).words)
