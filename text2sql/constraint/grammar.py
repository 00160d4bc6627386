"""The grammar of a query over one schema: which words may follow each other.

A ``State`` is a position in the query: ``at`` says what is expected there (the name of a method
below and its arguments), ``scope`` what this SELECT has used so far, and ``stack`` the open
parentheses around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from text2sql.constraint.cache import CACHE
from text2sql.constraint.scope import MAX_SOURCES, Names, Scope, Source
from text2sql.schema import Schema

__all__ = ["AGGREGATES", "Choice", "Grammar", "State"]

AGGREGATES = ("count", "sum", "avg", "min", "max")
_COMPARISONS = ("=", "!=", "<>", "<", ">", "<=", ">=")
_SETS = ("union", "union all", "intersect", "except")
_JOINS = ("join", "left join", "inner join")
_MAX_DEPTH = 3
_MAX_OPEN = 6
# the clauses in their order
_FROM, _WHERE, _GROUP, _HAVING, _ORDER, _LIMIT = range(6)

Place = tuple[Any, ...]


class Frame(NamedTuple):
    """An open parenthesis: ``then`` follows it in ``scope`` (None: in the same SELECT)."""

    then: Place
    scope: Scope | None


class State(NamedTuple):
    at: Place
    scope: Scope
    stack: tuple[Frame, ...] = ()

    def to(self, *at: Any) -> State:
        return State(at, self.scope, self.stack)

    def within(self, scope: Scope) -> State:
        return State(self.at, scope, self.stack)


Words = dict[str, tuple[State, ...]]


class Choice(NamedTuple):
    """What may come next: words, or a literal with its next state; ``ends`` if nothing must."""

    words: Words
    string: State | None = None
    number: State | None = None
    whole: bool = False  # only a whole number, without a sign
    signed: bool = True
    ends: bool = False

    def plus(self, words: Words) -> Choice:
        return self._replace(words={**self.words, **words})


class Grammar:
    """SQLite's SELECT over one schema, as far as ``text2sql.constraint`` describes it."""

    def __init__(self, schema: Schema) -> None:
        self.names = Names(schema)
        self.start = State(("query",), Scope())
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
        _also(words, "distinct", state.to("operand", "item"))
        return items.plus(words)

    def _star(self, state: State) -> Words:
        scope = state.scope
        fits = scope.arity is None or (not scope.columns and self._may_fill(scope.arity))
        if scope.star or not fits:
            return {}
        return {"*": (state.within(scope._replace(star=True)).to("starred"),)}

    def _may_fill(self, columns: int, tables: int = 2) -> bool:
        """Whether one table or two have exactly this number of columns together."""
        widths = {len(table) for table in self.names.columns}
        return columns in widths or (tables > 1 and any(columns - w in widths for w in widths))

    def _starred(self, state: State) -> Choice:
        words: Words = {"from": (state.to("source", True),)}
        if state.scope.arity is None:
            words[","] = (state.to("operand", "item"),)
        return Choice(words)

    def _after_item(self, state: State) -> Choice:
        arity, columns = state.scope.arity, state.scope.columns
        words: Words = {}
        if arity is None or columns < arity:
            words[","] = (state.to("operand", "item"),)
        if arity is None or columns == arity:
            words["from"] = (state.to("source", True),)
        return Choice(words)

    # expressions

    def _operand(self, state: State, clause: str) -> Choice:
        """A column or an aggregate; at the start of a condition, also NOT and a parenthesis."""
        words = self._values(state, clause)
        if clause == "item":
            words.update(self._star(state))
        if clause in ("where", "having"):
            _also(words, "not", state.to("negated", clause))
            if len(state.stack) < _MAX_OPEN:
                opened = (*state.stack, Frame(("end", clause), None))
                _also(words, "(", State(("operand", clause), state.scope, opened))
        return Choice(words)

    def _negated(self, state: State, clause: str) -> Choice:
        words = dict(self._operand(state, clause).words)
        words["not"] = tuple(s for s in words["not"] if s.at[0] != "negated")
        return Choice({word: states for word, states in words.items() if states})

    def _values(self, state: State, clause: str) -> Words:
        words = self._columns(state, ("after", clause))
        if self._may_aggregate(state.scope, clause):
            for name in AGGREGATES:
                _also(words, name, state.to("call", clause, name))
        return words

    def _may_aggregate(self, scope: Scope, clause: str) -> bool:
        if clause == "order":
            return scope.aggregated
        return clause in ("item", "having")

    def _call(self, state: State, clause: str, name: str) -> Choice:
        inner = state.within(state.scope._replace(aggregated=True))
        return Choice({"(": (inner.to("argument", clause, name),)})

    def _argument(self, state: State, clause: str, name: str) -> Choice:
        words = self._columns(state, ("inside", clause))
        _also(words, "distinct", state.to("plain", clause))
        if name == "count":
            words["*"] = (state.to("close", clause),)
        return Choice(words)

    def _plain(self, state: State, clause: str) -> Choice:
        return Choice(self._columns(state, ("inside", clause)))

    def _inside(self, state: State, clause: str) -> Choice:
        """After a column in an aggregate: arithmetic, or the end of the call."""
        arithmetic: Words = dict.fromkeys("+-*/", (state.to("plain", clause),))
        return self._close(state, clause).plus(arithmetic)

    def _close(self, state: State, clause: str) -> Choice:
        return Choice({")": (self._counted(state, ("after", clause)),)})

    @staticmethod
    def _counted(state: State, then: Place) -> State:
        """The state after an operand, which may have completed a select item."""
        scope = state.scope
        if then == ("after", "item"):
            scope = scope._replace(columns=scope.columns + 1)
        return State(then, scope, state.stack)

    def _columns(self, state: State, then: Place) -> Words:
        """Every column that can be named here, with and without its table."""
        words: Words = {}
        for name, scope in self._usable(state.scope):
            words[name] = (self._counted(state.within(scope), then),)
        for name in self._qualifiers(state.scope):
            _also(words, name, state.to("dot", name, then))
        return words

    def _usable(self, scope: Scope) -> Iterator[tuple[str, Scope]]:
        """Columns without their table, each with the scope after its use."""
        offered = [self.names.columns[source.table] for source in scope.sources]
        for name in self.names.holders:
            if offered and sum(name in columns for columns in offered) != 1:
                continue  # in ON, only tables to the left can be named
            if scope.stage > _FROM:
                if offered:
                    yield name, scope
                continue
            used = scope.used | {name}
            if self.names.missing(used, scope.qualified, scope.sources) is not None:
                yield name, scope._replace(used=used)

    def _qualifiers(self, scope: Scope) -> list[str]:
        """The tables and aliases that may qualify a column."""
        if scope.sources or scope.stage > _FROM:
            return [source.name for source in scope.sources]
        named = {name for name, _ in scope.qualified}
        fresh = next((a for a in self.names.aliases if a not in named), None)
        room = fresh is not None and self._has_columns(scope, fresh)
        aliases = [a for a in self.names.aliases if room or a in named]
        return [*aliases, *(t for t in self.names.position if self._has_columns(scope, t))]

    def _has_columns(self, scope: Scope, name: str) -> bool:
        return next(iter(self._columns_of(scope, name)), None) is not None

    def _columns_of(self, scope: Scope, name: str) -> Iterator[str]:
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

    def _dot(self, state: State, name: str, then: Place) -> Choice:
        return Choice({".": (state.to("column", name, then),)})

    def _column(self, state: State, name: str, then: Place) -> Choice:
        """The columns of the table or alias before the dot."""
        scope = state.scope
        words: Words = {}
        for column in self._columns_of(scope, name):
            grown = scope
            if not scope.sources:
                grown = scope._replace(qualified=scope.qualified | {(name, column)})
            place = (*then, column) if then[0] == "equals" else then
            words[column] = (self._counted(state.within(grown), place),)
        return Choice(words)

    def _after(self, state: State, clause: str) -> Choice:
        """After an operand: arithmetic if allowed, and what may follow in its clause."""
        follow: Callable[[State], Choice] = getattr(self, f"_after_{clause}")
        if clause in ("item", "where", "having", "order"):
            arithmetic: Words = dict.fromkeys("+-*/", (state.to("second", clause),))
            return follow(state).plus(arithmetic)
        return follow(state)

    def _second(self, state: State, clause: str) -> Choice:
        """The right-hand side of arithmetic."""
        scope = state.scope
        if clause == "item":  # its left-hand side was counted already
            scope = scope._replace(columns=scope.columns - 1)
        words = self._values(state.within(scope), clause)
        # a sign after a minus would begin a comment
        return Choice(words, number=state.to("after", clause), signed=False)

    # FROM

    def _source(self, state: State, first: bool) -> Choice:
        words: Words = {}
        for name, table in self.names.position.items():
            if self.unaliased(state.scope, table) or self._aliased(state.scope, table):
                words[name] = (state.to("named", first, table),)
        scope = state.scope
        nothing_named = not (scope.used or scope.qualified) and scope.arity is None
        if first and nothing_named and scope.depth < _MAX_DEPTH:
            inner = Scope(depth=scope.depth + 1)
            words["("] = (State(("query",), inner, (*state.stack, Frame(("derived",), scope))),)
        return Choice(words)

    def _with_source(self, scope: Scope, name: str, table: int) -> Scope | None:
        """The scope with one more table; None if its names could then not be resolved."""
        if any(source.name == name for source in scope.sources):
            return None
        if scope.star and scope.arity is not None:  # as many as the other side
            rest = scope.arity - self._width(scope) - len(self.names.columns[table])
            if rest and (scope.sources or not self._may_fill(rest, tables=1)):
                return None
        sources = (*scope.sources, Source(name, table))
        if self.names.missing(scope.used, scope.qualified, sources) is None:
            return None
        return scope._replace(sources=sources)

    def unaliased(self, scope: Scope, table: int) -> Scope | None:
        return self._with_source(scope, self.names.tables[table], table)

    def _aliased(self, scope: Scope, table: int) -> dict[str, Scope]:
        found = {alias: self._with_source(scope, alias, table) for alias in self.names.aliases}
        return {alias: grown for alias, grown in found.items() if grown is not None}

    def _named(self, state: State, first: bool, table: int) -> Choice:
        """After a table: its alias, or what may follow without one."""
        words: Words = {}
        if self._aliased(state.scope, table):
            words["as"] = (state.to("alias", first, table),)
        scope = self.unaliased(state.scope, table)
        if scope is None:
            return Choice(words)
        return self.choice(state.within(scope).to("joined", first)).plus(words)

    def _alias(self, state: State, first: bool, table: int) -> Choice:
        found = self._aliased(state.scope, table)
        return Choice({a: (state.within(s).to("joined", first),) for a, s in found.items()})

    def _joined(self, state: State, first: bool) -> Choice:
        """After a complete table: what may follow FROM, or the ON of a joined table.

        ON is required: a product of two tables with thousands of rows each is not an answer, and
        exceeds the time limit.
        """
        return self._follow(state) if first else Choice({"on": (state.to("on"),)})

    def _on(self, state: State) -> Choice:
        """The condition must link the new table to another one, or the join is a product."""
        scope = state.scope
        words: Words = {}
        for column, used in self._usable(scope):
            owner = self._owner(scope, column)
            words[column] = (state.within(used).to("equals", owner, column),)
        for source in scope.sources:
            _also(words, source.name, state.to("dot", source.name, ("equals", source.name)))
        return Choice(words)

    def _owner(self, scope: Scope, column: str) -> str:
        return next(s.name for s in scope.sources if column in self.names.columns[s.table])

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

    def _partners(self, state: State, left: str, keys_only: bool) -> Words:
        scope = state.scope
        newest = scope.sources[-1].name
        others = [s.name for s in scope.sources[:-1]]
        partners = others if left == newest else [newest]
        words: Words = {}
        keys = {name: self.names.keys[dict(scope.sources)[name]] for name in partners}
        for column, used in self._usable(scope):
            owner = self._owner(scope, column)
            if owner in partners and (not keys_only or column in keys[owner]):
                words[column] = (state.within(used).to("linked"),)
        for name in partners:
            if not keys_only:
                _also(words, name, state.to("dot", name, ("linked",)))
            elif keys[name]:
                _also(words, name, state.to("point", name))
        return words

    def _point(self, state: State, name: str) -> Choice:
        return Choice({".": (state.to("key", name),)})

    def _key(self, state: State, name: str) -> Choice:
        keys = self.names.keys[dict(state.scope.sources)[name]]
        return Choice(dict.fromkeys(sorted(keys), (state.to("linked"),)))

    def _linked(self, state: State) -> Choice:
        more = (state.to("operand", "on"),)
        return self._follow(state).plus(dict.fromkeys(("and", "or"), more))

    def _after_on(self, state: State) -> Choice:
        return Choice(dict.fromkeys(_COMPARISONS, (state.to("value", "on"),)))

    def _derived(self, state: State) -> Choice:
        """After a SELECT in FROM: its columns are not tracked, so they cannot be named."""
        closed = state.within(state.scope._replace(stage=_ORDER)).to("bare")
        words: Words = {"as": (closed.to("derived_as"),)} if self.names.aliases else {}
        return self._follow(closed).plus(words)

    def _derived_as(self, state: State) -> Choice:
        return Choice({self.names.aliases[0]: (state.to("bare"),)})

    def _bare(self, state: State) -> Choice:
        return self._follow(state)

    # conditions

    def _after_where(self, state: State) -> Choice:
        return self._comparisons(state, "where")

    def _after_having(self, state: State) -> Choice:
        return self._comparisons(state, "having")

    def _comparisons(self, state: State, clause: str) -> Choice:
        words: Words = dict.fromkeys(_COMPARISONS, (state.to("value", clause),))
        for negation in ("", "not "):
            words[f"{negation}in"] = (state.to("in", clause),)
            words[f"{negation}like"] = (state.to("pattern", clause),)
            words[f"{negation}between"] = (state.to("low", clause),)
        words["is null"] = words["is not null"] = (state.to("end", clause),)
        return Choice(words)

    def _value(self, state: State, clause: str) -> Choice:
        """The right-hand side of a comparison."""
        end = state.to("end", clause)
        words = {} if clause == "having" else self._columns(state, end.at)
        if clause != "on":
            words.update(self._subquery(state, end.at))
        return Choice(words, string=end, number=end)

    def _subquery(self, state: State, then: Place) -> Words:
        if state.scope.depth >= _MAX_DEPTH:
            return {}
        inner = Scope(arity=1, depth=state.scope.depth + 1)
        return {"(": (State(("query",), inner, (*state.stack, Frame(then, state.scope))),)}

    def _pattern(self, state: State, clause: str) -> Choice:
        return Choice({}, string=state.to("end", clause))

    def _low(self, state: State, clause: str) -> Choice:
        then = state.to("between", clause)
        return Choice(self._subquery(state, then.at), string=then, number=then)

    def _between(self, state: State, clause: str) -> Choice:
        return Choice({"and": (state.to("high", clause),)})

    def _high(self, state: State, clause: str) -> Choice:
        end = state.to("end", clause)
        return Choice(self._subquery(state, end.at), string=end, number=end)

    def _in(self, state: State, clause: str) -> Choice:
        inner = self._subquery(state, ("end", clause)).get("(", ())
        return Choice({"(": (state.to("listed", clause), *inner)})

    def _listed(self, state: State, clause: str) -> Choice:
        more = state.to("more", clause)
        return Choice({}, string=more, number=more)

    def _more(self, state: State, clause: str) -> Choice:
        return Choice({",": (state.to("listed", clause),), ")": (state.to("end", clause),)})

    def _end(self, state: State, clause: str) -> Choice:
        """After one condition."""
        words: Words = dict.fromkeys(("and", "or"), (state.to("operand", clause),))
        if state.stack and state.stack[-1].scope is None:
            words[")"] = (State(state.stack[-1].then, state.scope, state.stack[:-1]),)
            return Choice(words)
        return self._follow(state).plus(words)

    # GROUP BY, ORDER BY, LIMIT, and what follows a complete clause

    def _after_group(self, state: State) -> Choice:
        return self._follow(state).plus({",": (state.to("operand", "group"),)})

    def _after_order(self, state: State) -> Choice:
        directed = (state.to("directed"),)
        return self._directed(state).plus({"asc": directed, "desc": directed})

    def _directed(self, state: State) -> Choice:
        return self._follow(state).plus({",": (state.to("operand", "order"),)})

    def _limit(self, state: State) -> Choice:
        return Choice({}, number=state.to("bare"), whole=True, signed=False)

    def _done(self, state: State) -> Choice:
        return Choice({}, ends=True)

    def _follow(self, state: State) -> Choice:
        """What may follow a clause that could be the last."""
        scope, stack = state.scope, state.stack
        words: Words = {}
        if scope.stage == _FROM:
            if self._may_join(scope):
                words.update(dict.fromkeys(_JOINS, (state.to("source", False),)))
            if self.needs_more(scope) or not self.names.satisfied(scope):
                return Choice(words)
            scope = self._resolved(scope)
        words.update(self._clauses(scope, stack))
        if not stack:
            words[";"] = (State(("done",), scope),)
        elif stack[-1].scope is not None:
            words[")"] = (State(stack[-1].then, stack[-1].scope, stack[:-1]),)
        return Choice(words, ends=not stack)

    def _clauses(self, scope: Scope, stack: tuple[Frame, ...]) -> Words:
        words: Words = {}
        for word, stage, place in (
            ("where", _WHERE, ("operand", "where")),
            ("group by", _GROUP, ("operand", "group")),
            ("having", _HAVING, ("operand", "having")),
            ("order by", _ORDER, ("operand", "order")),
            ("limit", _LIMIT, ("limit",)),
        ):
            possible = {_HAVING: scope.stage == _GROUP, _ORDER: not scope.compound}
            if scope.stage < stage and possible.get(stage, True):
                aggregated = scope.aggregated or stage == _GROUP
                grown = scope._replace(stage=stage, aggregated=aggregated)
                words[word] = (State(place, grown, stack),)
        if scope.stage < _ORDER:
            again = Scope(arity=scope.columns, compound=True, depth=scope.depth)
            words.update(dict.fromkeys(_SETS, (State(("query",), again, stack),)))
        return words

    def _may_join(self, scope: Scope) -> bool:
        full = scope.star and scope.arity is not None and not self.needs_more(scope)
        if full or len(scope.sources) >= MAX_SOURCES:
            return False
        return bool(self.choice(State(("source", False), scope)).words)

    def _resolved(self, scope: Scope) -> Scope:
        """The scope with FROM complete: `*` is counted, and names can be looked up."""
        columns = scope.columns + (self._width(scope) if scope.star else 0)
        return scope._replace(columns=columns, star=False, used=frozenset(), qualified=frozenset())

    def _width(self, scope: Scope) -> int:
        """The number of columns that `*` stands for."""
        return sum(len(self.names.columns[source.table]) for source in scope.sources)

    def needs_more(self, scope: Scope) -> bool:
        """Whether `*` still stands for fewer columns than it must."""
        return scope.star and scope.arity is not None and self._width(scope) < scope.arity


def _also(words: Words, word: str, state: State) -> None:
    """Add a further meaning of ``word``."""
    words[word] = (*words.get(word, ()), state)
