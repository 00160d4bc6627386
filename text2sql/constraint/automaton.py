"""Reads a query character by character and knows what may come next, and how it can end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from text2sql.constraint.closing import is_word
from text2sql.constraint.grammar import Choice, Grammar, State
from text2sql.schema import Schema

__all__ = ["EMPTY", "TOUCHING", "Automaton", "Thread", "Threads", "is_number_part"]

# what is written of the current word, where that is no word yet
TOUCHING = "\0"  # nothing: the last word ended in a letter or digit, so a space must come first
FRESH = ""  # nothing, and a space may come first
SPACED = " "  # nothing but a space
EMPTY = (TOUCHING, FRESH, SPACED)
_MOST_DIGITS = 9
_QUOTES = "'\""


class Thread(NamedTuple):
    """One reading of the text: a place in the grammar and what is written of the next word."""

    state: State
    written: str


#: All readings of a text; it is no beginning of a query where there are none.
Threads = tuple[Thread, ...]


class Automaton:
    """Reads queries over one schema. Letters count as lower-case; immutable but for its memory."""

    def __init__(self, schema: Schema) -> None:
        self.grammar = Grammar(schema)
        self.start: Threads = (Thread(self.grammar.start, FRESH),)
        self.prefixes: Callable[[State], frozenset[str]] = lru_cache(10_000)(self._prefixes)
        self.step: Callable[[Threads, str], Threads] = lru_cache(200_000)(self._step)
        self.starts: Callable[[Threads], frozenset[str] | None] = lru_cache(20_000)(self._starts)

    def read(self, text: str, threads: Threads | None = None) -> Threads:
        """The readings of ``text``, which goes on from ``threads``; () if there are none."""
        threads = self.start if threads is None else threads
        for character in text.lower():
            threads = self.step(threads, character)
        return threads

    def ends(self, threads: Threads) -> bool:
        """Whether what was read is a complete query."""
        return any(
            self.grammar.choice(after).ends for thread in threads for after in self._after(thread)
        )

    def accepts(self, sql: str) -> bool:
        """Whether ``sql`` is a complete query of the kind that the constraint lets through."""
        return self.ends(self.read(" ".join(sql.split())))

    def in_string(self, threads: Threads) -> str | None:
        """The quote that will end the literal that every reading is inside of."""
        written = {thread.written for thread in threads}
        only = written.pop() if len(written) == 1 else ""
        # a quote may also begin a name, where no literal can be
        literal = all(self.grammar.choice(t.state).string is not None for t in threads)
        return only if only and only in _QUOTES and literal else None

    # one character

    def _step(self, threads: Threads, character: str) -> Threads:
        found = [after for thread in threads for after in self._read_one(thread, character)]
        return tuple(dict.fromkeys(found))

    def _read_one(self, thread: Thread, character: str) -> Iterable[Thread]:
        state, written = thread
        if written in EMPTY:
            if character == " ":
                return () if written == SPACED else (Thread(state, SPACED),)
            if written == TOUCHING and is_word(character):
                return ()
            return self._begin(state, character)
        return [*self._go_on(state, written, character), *self._finish(thread, character)]

    def _begin(self, state: State, character: str) -> Iterable[Thread]:
        """The first character of a word or literal."""
        choice = self.grammar.choice(state)
        if character in self.prefixes(state):
            yield Thread(state, character)
        if choice.string is not None and character in _QUOTES:
            yield Thread(state, character)
        if choice.number is not None and _is_digit(character):
            yield Thread(state, "0")
        if choice.number is not None and character == "-" and choice.signed:
            yield Thread(state, "-")

    def _go_on(self, state: State, written: str, character: str) -> Iterable[Thread]:
        """One more character of the same word or literal."""
        choice = self.grammar.choice(state)
        if written + character in self.prefixes(state):
            yield Thread(state, written + character)
        if choice.string is not None and written in _QUOTES:  # the text itself is not kept
            yield Thread(state, written * 2 if character == written else written)
        elif choice.string is not None and written in ("''", '""') and character == written[0]:
            yield Thread(state, character)  # a doubled quote stands for one in the text
        if choice.number is not None and is_number_part(written):
            if _is_digit(character) and len(written) < _MOST_DIGITS:
                yield Thread(state, written + "0")
            whole = choice.whole or "." in written or len(written) + 2 > _MOST_DIGITS
            if character == "." and written.endswith("0") and not whole:
                yield Thread(state, written + ".")

    def _finish(self, thread: Thread, character: str) -> Iterable[Thread]:
        """The word or literal is complete, and ``character`` comes after it."""
        touching = is_word(thread.written[-1])
        if touching and is_word(character):
            return ()
        states = self._after(thread)
        if character == " ":
            return [Thread(state, SPACED) for state in states]
        return [begun for state in states for begun in self._begin(state, character)]

    def _after(self, thread: Thread) -> tuple[State, ...]:
        """Where the query stands if the current word is complete; () if it is not."""
        state, written = thread
        if written in EMPTY:
            return (state,)
        choice = self.grammar.choice(state)
        found = choice.words.get(written, ())
        if choice.string is not None and written in ("''", '""'):
            found = (*found, choice.string)
        if choice.number is not None and is_number_part(written) and written[-1] == "0":
            found = (*found, choice.number)
        return found

    # what a thread can go on with

    def _prefixes(self, state: State) -> frozenset[str]:
        words = self.grammar.choice(state).words
        return frozenset(word[:n] for word in words for n in range(1, len(word) + 1))

    def _starts(self, threads: Threads) -> frozenset[str] | None:
        """A small set that holds every character that may come next; None if any may."""
        found: set[str] = set()
        for state, written in threads:
            choice = self.grammar.choice(state)
            if written and written in _QUOTES and choice.string is not None:
                return None
            for after in self._after(Thread(state, written)):
                found |= _first_characters(self.grammar.choice(after))
            if written not in EMPTY:
                length = len(written)
                found |= {p[-1] for p in self.prefixes(state) if len(p) == length + 1}
                if choice.number is not None:
                    found |= set("0123456789.")
                if choice.string is not None:
                    found |= set(_QUOTES)
        return frozenset(found | {" "})


def _first_characters(choice: Choice) -> set[str]:
    found = {word[0] for word in choice.words}
    if choice.string is not None:
        found |= set(_QUOTES)
    if choice.number is not None:
        found |= set("-0123456789")
    return found


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


def is_number_part(written: str) -> bool:
    return written[-1:] in ("0", "-", ".") and set(written) <= set("-0.")
