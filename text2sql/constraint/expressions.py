"""The part of the grammar inside a clause: columns, aggregates, arithmetic and conditions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from text2sql.constraint.scope import SchemaNames, SelectScope
from text2sql.constraint.states import Choice, Expected, NextWords, OpenBracket, State, also
from text2sql.constraint.visible import Visible
from text2sql.schema import Schema

__all__ = ["AGGREGATES", "COMPARISONS", "MAX_DEPTH", "Expressions"]

AGGREGATES = ("count", "sum", "avg", "min", "max")
COMPARISONS = ("=", "!=", "<>", "<", ">", "<=", ">=")
MAX_DEPTH = 3
_MAX_OPEN = 6


class Expressions(ABC):
    """What may follow inside the clauses of a SELECT.

    Each method belongs to the position of its name in ``State.at``.
    """

    def __init__(self, schema: Schema) -> None:
        self.names = SchemaNames(schema)
        self.visible = Visible(self.names)

    @abstractmethod
    def follow(self, state: State) -> Choice:
        """What may follow a clause that could be the last."""

    def _star(self, state: State) -> NextWords:
        scope = state.scope
        fits = scope.arity is None or (not scope.columns and self.visible.may_fill(scope.arity))
        if scope.star or not fits:
            return {}
        return {"*": (state.within(scope._replace(star=True)).to("starred"),)}

    def _operand(self, state: State, clause: str) -> Choice:
        """A column or an aggregate; at the start of a condition, also NOT and a parenthesis."""
        words = self._values(state, clause)
        if clause == "item":
            words.update(self._star(state))
        if clause in ("where", "having"):
            also(words, "not", state.to("negated", clause))
            if len(state.stack) < _MAX_OPEN:
                opened = (*state.stack, OpenBracket(("end", clause), None))
                also(words, "(", State(("operand", clause), state.scope, opened))
        return Choice(words)

    def _negated(self, state: State, clause: str) -> Choice:
        words = dict(self._operand(state, clause).words)
        words["not"] = tuple(s for s in words["not"] if s.at[0] != "negated")
        return Choice({word: states for word, states in words.items() if states})

    def _values(self, state: State, clause: str) -> NextWords:
        words = self.columns(state, ("after", clause))
        if self._may_aggregate(state.scope, clause):
            for name in AGGREGATES:
                also(words, name, state.to("call", clause, name))
        return words

    def _may_aggregate(self, scope: SelectScope, clause: str) -> bool:
        if clause == "order":
            return scope.aggregated
        return clause in ("item", "having")

    def _call(self, state: State, clause: str, name: str) -> Choice:
        inner = state.within(state.scope._replace(aggregated=True))
        return Choice({"(": (inner.to("argument", clause, name),)})

    def _argument(self, state: State, clause: str, name: str) -> Choice:
        words = self.columns(state, ("inside", clause))
        also(words, "distinct", state.to("plain", clause))
        if name == "count":
            words["*"] = (state.to("close", clause),)
        return Choice(words)

    def _plain(self, state: State, clause: str) -> Choice:
        return Choice(self.columns(state, ("inside", clause)))

    def _inside(self, state: State, clause: str) -> Choice:
        """After a column in an aggregate: arithmetic, or the end of the call."""
        arithmetic: NextWords = dict.fromkeys("+-*/", (state.to("plain", clause),))
        return self._close(state, clause).plus(arithmetic)

    def _close(self, state: State, clause: str) -> Choice:
        return Choice({")": (self._counted(state, ("after", clause)),)})

    @staticmethod
    def _counted(state: State, then: Expected) -> State:
        """The state after an operand, which may have completed a select item."""
        scope = state.scope
        if then == ("after", "item"):
            scope = scope._replace(columns=scope.columns + 1)
        return State(then, scope, state.stack)

    def columns(self, state: State, then: Expected) -> NextWords:
        """Every column that can be named here, with and without its table."""
        words: NextWords = {}
        for name, scope in self.visible.usable(state.scope):
            words[name] = (self._counted(state.within(scope), then),)
        for name in self.visible.qualifiers(state.scope):
            also(words, name, state.to("dot", name, then))
        return words

    def _dot(self, state: State, name: str, then: Expected) -> Choice:
        return Choice({".": (state.to("column", name, then),)})

    def _column(self, state: State, name: str, then: Expected) -> Choice:
        """The columns of the table or alias before the dot."""
        scope = state.scope
        words: NextWords = {}
        for column in self.visible.columns_of(scope, name):
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
            arithmetic: NextWords = dict.fromkeys("+-*/", (state.to("second", clause),))
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

    # conditions

    def _after_where(self, state: State) -> Choice:
        return self._comparisons(state, "where")

    def _after_having(self, state: State) -> Choice:
        return self._comparisons(state, "having")

    def _comparisons(self, state: State, clause: str) -> Choice:
        words: NextWords = dict.fromkeys(COMPARISONS, (state.to("value", clause),))
        for negation in ("", "not "):
            words[f"{negation}in"] = (state.to("in", clause),)
            words[f"{negation}like"] = (state.to("pattern", clause),)
            words[f"{negation}between"] = (state.to("low", clause),)
        words["is null"] = words["is not null"] = (state.to("end", clause),)
        return Choice(words)

    def _value(self, state: State, clause: str) -> Choice:
        """The right-hand side of a comparison."""
        end = state.to("end", clause)
        words = {} if clause == "having" else self.columns(state, end.at)
        if clause != "on":
            words.update(self._subquery(state, end.at))
        return Choice(words, string=end, number=end)

    def _subquery(self, state: State, then: Expected) -> NextWords:
        if state.scope.depth >= MAX_DEPTH:
            return {}
        inner = SelectScope(arity=1, depth=state.scope.depth + 1)
        return {"(": (State(("query",), inner, (*state.stack, OpenBracket(then, state.scope))),)}

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
        words: NextWords = dict.fromkeys(("and", "or"), (state.to("operand", clause),))
        if state.stack and state.stack[-1].scope is None:
            words[")"] = (State(state.stack[-1].then, state.scope, state.stack[:-1]),)
            return Choice(words)
        return self.follow(state).plus(words)
