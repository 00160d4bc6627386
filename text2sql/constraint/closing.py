"""The shortest completion of a query, for when little room is left.

It finds one completion for each state without asking the grammar for all others, because it is
computed for every token that could come next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from text2sql.constraint.cache import CACHE
from text2sql.constraint.expressions import AGGREGATES
from text2sql.constraint.grammar import SqlGrammar
from text2sql.constraint.scope import FROM, NamedTable
from text2sql.constraint.states import State

__all__ = ["UNSPEAKABLE", "Closing"]

_NO_COLUMNS = frozenset({"not", "(", "distinct", "*"})
_FIXED = {
    "query": "select",
    "call": "(",
    "argument": "*",
    "close": ")",
    "inside": ")",
    "starred": "from",
    "dot": ".",
    "point": ".",
    "equals": "=",
    "in": "(",
    "between": "and",
}
_COUNT = "count"

UNSPEAKABLE = 10_000
"""The cost in tokens of a word that the vocabulary cannot spell; it never fits."""


class Closing:
    """Completes queries over the schema of a grammar; ``length`` counts the tokens of a text."""

    def __init__(self, grammar: SqlGrammar, length: Callable[[str], int | None]) -> None:
        self.grammar = grammar
        self.length = length
        self.cost: Callable[[State, str], int] = CACHE.keep(self._cost)
        self.next: Callable[[State], tuple[str, State] | None] = CACHE.keep(self._next)

    def text(self, state: State) -> str:
        """The text that completes the query from ``state``."""
        words = []
        step = self.next(state)
        while step is not None:
            word, state = step
            words.append(word)
            step = self.next(state)
        return " ".join(words)

    def _cost(self, state: State, before: str) -> int:
        """The number of tokens of that text after the character ``before``."""
        total = 0
        step = self.next(state)
        while step is not None:
            word, state = step
            total += self._word_cost(word, before)
            before = word[-1]
            step = self.next(state)
        return total

    def _word_cost(self, word: str, before: str) -> int:
        """The number of tokens of a word, with a space before it if needed or allowed."""
        spaced = None if before == " " else self.length(f" {word}")
        touching = is_word(before) and is_word(word[0])
        plain = None if touching else self.length(word)
        # a word that cannot be spelled is no completion
        return min((n for n in (spaced, plain) if n is not None), default=UNSPEAKABLE)

    def _next(self, state: State) -> tuple[str, State] | None:
        """The next word and the state after it; None at the end."""
        place = state.at[0]
        special: Any = getattr(self, f"_next_{place}", None)
        if special is not None:
            found: tuple[str, State] | None = special(state)
            return found
        if place in ("after", "end", "linked", "directed", "bare", "derived"):
            return self._next_after(state)
        choice = self.grammar.choice(state)
        if choice.ends:
            return None
        if place in _FIXED and _FIXED[place] in choice.words:
            return _FIXED[place], choice.words[_FIXED[place]][0]
        if choice.number is not None:
            return "1", choice.number
        if choice.string is not None:
            return "''", choice.string
        word = min(choice.words, key=lambda w: (_detour(w, choice.words[w][0]), len(w), w))
        return word, choice.words[word][0]

    # SELECT

    def _next_first(self, state: State) -> tuple[str, State]:
        return self._next_operand(state.to("operand", "item"))

    def _next_operand(self, state: State) -> tuple[str, State]:
        """``*`` or ``count(*)`` if allowed, else the shortest column."""
        clause, scope = state.at[1], state.scope
        if clause == "item" and scope.arity is None and not scope.star:
            return "*", state.within(scope._replace(star=True)).to("starred")
        if clause == "item" or (clause == "having"):
            return _COUNT, state.to("call", clause, _COUNT)
        words = self.grammar.choice(state).words
        word = min(words, key=lambda w: (_detour(w, words[w][0]), len(w), w))
        return word, words[word][0]

    _next_negated = _next_operand

    def _next_call(self, state: State) -> tuple[str, State]:
        inner = state.within(state.scope._replace(aggregated=True))
        return "(", inner.to("argument", *state.at[1:])

    def _next_starred(self, state: State) -> tuple[str, State]:
        return "from", state.to("source", True)

    def _next_after(self, state: State) -> tuple[str, State] | None:
        """Leave the clause, then the parenthesis, then the query."""
        clause = state.at[1] if len(state.at) > 1 else ""
        if state.at[0] == "after" and clause == "item":
            scope = state.scope
            if scope.arity is not None and scope.columns < scope.arity:
                return ",", state.to("operand", "item")
            return "from", state.to("source", True)
        if state.at[0] == "after" and clause in ("where", "having", "on"):
            return "=", state.to("value", clause)
        if state.at[0] == "end" and state.stack and state.stack[-1].scope is None:
            return ")", State(state.stack[-1].then, state.scope, state.stack[:-1])
        if self._missing(state):
            return "join", state.to("source", False)
        if self.grammar.visible.needs_more(state.scope):
            return "join", state.to("source", False)
        if state.stack and (outer := state.stack[-1].scope) is not None:
            return ")", State(state.stack[-1].then, outer, state.stack[:-1])
        return None

    # FROM

    def _missing(self, state: State) -> tuple[NamedTable, ...]:
        scope = state.scope
        if scope.stage > FROM:
            return ()
        return self.grammar.names.missing(scope.used, scope.qualified, scope.sources) or ()

    def _next_source(self, state: State) -> tuple[str, State]:
        """A table that the columns so far need, else any short one."""
        names = self.grammar.names
        missing = self._missing(state)
        if missing and not self.grammar.visible.needs_more(state.scope):
            table = missing[0].table
            return names.tables[table], state.to("named", state.at[1], table)
        words = self.grammar.choice(state).words
        word = min((w for w in words if w != "("), key=lambda w: (len(w), w))
        return word, words[word][0]

    def _next_named(self, state: State) -> tuple[str, State] | None:
        """Give the table an alias if needed."""
        _, first, table = state.at
        names = self.grammar.names
        own = [source.name for source in self._missing(state) if source.table == table]
        if not own or own[0] == names.tables[table]:
            plain = self.grammar.visible.unaliased(state.scope, table)
            if plain is not None:
                return self.next(state.within(plain).to("joined", first))
        return "as", state.to("alias", first, table)

    def _next_alias(self, state: State) -> tuple[str, State]:
        table = state.at[2]
        words = self.grammar.choice(state).words
        for source in self._missing(state):
            if source.table == table and source.name in words:
                return source.name, words[source.name][0]
        alias = min(words)
        return alias, words[alias][0]

    def _next_joined(self, state: State) -> tuple[str, State] | None:
        return self._next_after(state) if state.at[1] else ("on", state.to("on"))


def _detour(word: str, state: State) -> int:
    """How much longer a word makes the query than a plain column does."""
    if word in _NO_COLUMNS or (word in AGGREGATES and state.at[0] == "call"):
        return 2
    return int(state.at[0] in ("dot", "point"))


def is_word(character: str) -> bool:
    """Whether a character is part of a name or number; in SQLite, all beyond ASCII are."""
    return bool(character) and (character.isalnum() or character in "_$" or character > "\x7f")
