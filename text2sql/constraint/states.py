"""Positions in a query that is being written, and what may come next there."""

from __future__ import annotations

from typing import Any, NamedTuple

from text2sql.constraint.scope import SelectScope

__all__ = ["Choice", "Expected", "NextWords", "OpenBracket", "State", "also"]

Expected = tuple[Any, ...]
"""What may come next: the name of a method of the grammar, and its arguments."""


class OpenBracket(NamedTuple):
    """An open parenthesis: ``then`` follows it in ``scope`` (None: in the same SELECT)."""

    then: Expected
    scope: SelectScope | None


class State(NamedTuple):
    """A position in a query: ``at`` says what is expected there.

    ``scope`` is what this SELECT has used so far, and ``stack`` the open parentheses around it.
    """

    at: Expected
    scope: SelectScope
    stack: tuple[OpenBracket, ...] = ()

    def to(self, *at: Any) -> State:
        return State(at, self.scope, self.stack)

    def within(self, scope: SelectScope) -> State:
        return State(self.at, scope, self.stack)


NextWords = dict[str, tuple[State, ...]]


class Choice(NamedTuple):
    """What may come next: words, or a literal with its next state; ``ends`` if nothing must."""

    words: NextWords
    string: State | None = None
    number: State | None = None
    whole: bool = False  # only a whole number, without a sign
    signed: bool = True
    ends: bool = False

    def plus(self, words: NextWords) -> Choice:
        return self._replace(words={**self.words, **words})


def also(words: NextWords, word: str, state: State) -> None:
    """Add a further meaning of ``word``."""
    words[word] = (*words.get(word, ()), state)
