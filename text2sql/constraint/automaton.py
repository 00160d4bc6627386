"""An automaton that reads a query by character and knows what may follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from text2sql.constraint.cache import CACHE
from text2sql.constraint.closing import is_word
from text2sql.constraint.grammar import SqlGrammar
from text2sql.constraint.states import Choice, State
from text2sql.schema import Schema

__all__ = ["EMPTY", "TOUCHING", "Automaton", "Thread", "Threads", "is_number_part"]

# the written part of the current word, before it has any letters
TOUCHING = "\0"  # nothing; a space must come first after a letter or digit
FRESH = ""  # nothing, and a space may come first
SPACED = " "  # nothing but a space
EMPTY = (TOUCHING, FRESH, SPACED)
_MOST_DIGITS = 9
_QUOTES = "'\""


class Thread(NamedTuple):
    """One reading of the text: a grammar state and the written part of the next word."""

    state: State
    written: str


#: All readings of a text; empty if it is not the beginning of a query.
Threads = tuple[Thread, ...]


class _Continuations(NamedTuple):
    """What may come next in a state: its words, and the characters after each prefix of one."""

    choice: Choice
    follows: dict[str, frozenset[str]]


class Automaton:
    """Reads queries over one schema, ignoring letter case. Immutable apart from caches."""

    def __init__(self, schema: Schema) -> None:
        self.grammar = SqlGrammar(schema)
        self.start: Threads = (Thread(self.grammar.start, FRESH),)
        # one look-up for both, because hashing a state is slow
        self._at: Callable[[State], _Continuations] = CACHE.keep(self._place)
        self.step: Callable[[Threads, str], Threads] = CACHE.keep(self._step)
        self.starts: Callable[[Threads], frozenset[str] | None] = CACHE.keep(self._starts)

    def read(self, text: str, threads: Threads | None = None) -> Threads:
        """Read ``text`` on from ``threads``; return the readings, () if there are none."""
        threads = self.start if threads is None else threads
        for character in text.lower():
            threads = self.step(threads, character)
        return threads

    def ends(self, threads: Threads) -> bool:
        """Whether the text read so far is a complete query."""
        return any(
            self.grammar.choice(after).ends for thread in threads for after in self._after(thread)
        )

    def accepts(self, sql: str) -> bool:
        """Whether ``sql`` is a complete query that the constraint allows."""
        return self.ends(self.read(" ".join(sql.split())))

    def in_string(self, threads: Threads) -> str | None:
        """The quote that ends the current literal; None unless all readings are inside one."""
        written = {thread.written for thread in threads}
        only = written.pop() if len(written) == 1 else ""
        # a quote may also begin a name where a literal is impossible
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
        place = self._at(state)
        found = self._go_on(thread, place, character)
        if not (is_word(written[-1]) and is_word(character)):
            found.extend(self._finish(thread, place.choice, character))
        return found

    def _begin(self, state: State, character: str) -> Iterable[Thread]:
        """The first character of a word or literal."""
        choice, follows = self._at(state)
        if character in follows[""]:
            yield Thread(state, character)
        if choice.string is not None and character in _QUOTES:
            yield Thread(state, character)
        if choice.number is not None and _is_digit(character):
            yield Thread(state, "0")
        if choice.number is not None and character == "-" and choice.signed:
            yield Thread(state, "-")

    def _go_on(self, thread: Thread, place: _Continuations, character: str) -> list[Thread]:
        """One more character of the same word or literal."""
        state, written = thread
        choice, follows = place
        found = []
        if character in follows.get(written, ()):
            found.append(Thread(state, written + character))
        if choice.string is not None and written in _QUOTES:  # the text itself is not kept
            found.append(Thread(state, written * 2 if character == written else written))
        elif choice.string is not None and written in ("''", '""') and character == written[0]:
            found.append(Thread(state, character))  # a doubled quote stands for one in the text
        if choice.number is not None and is_number_part(written):
            if _is_digit(character) and len(written) < _MOST_DIGITS:
                found.append(Thread(state, written + "0"))
            whole = choice.whole or "." in written or len(written) + 2 > _MOST_DIGITS
            if character == "." and written.endswith("0") and not whole:
                found.append(Thread(state, written + "."))
        return found

    def _finish(self, thread: Thread, choice: Choice, character: str) -> Iterable[Thread]:
        """The word or literal is complete, and ``character`` comes after it."""
        states = _completed(choice, thread.written)
        if character == " ":
            return [Thread(state, SPACED) for state in states]
        return [begun for state in states for begun in self._begin(state, character)]

    def _after(self, thread: Thread) -> tuple[State, ...]:
        """The grammar states if the current word is complete; () if it is not."""
        state, written = thread
        return (state,) if written in EMPTY else _completed(self._at(state).choice, written)

    # continuations of a thread

    def _place(self, state: State) -> _Continuations:
        choice = self.grammar.choice(state)
        follows: defaultdict[str, set[str]] = defaultdict(set, {"": set()})
        for word in choice.words:
            for n, character in enumerate(word):
                follows[word[:n]].add(character)
        return _Continuations(choice, {start: frozenset(found) for start, found in follows.items()})

    def _starts(self, threads: Threads) -> frozenset[str] | None:
        """A small superset of the characters that may come next; None if any may."""
        found: set[str] = set()
        for state, written in threads:
            choice, follows = self._at(state)
            if written and written in _QUOTES and choice.string is not None:
                return None
            for after in self._after(Thread(state, written)):
                found |= self._first_characters(after)
            if written not in EMPTY:
                found |= follows.get(written, frozenset())
                if choice.number is not None:
                    found |= set("0123456789.")
                if choice.string is not None:
                    found |= set(_QUOTES)
        return frozenset(found | {" "})

    def _first_characters(self, state: State) -> set[str]:
        choice, follows = self._at(state)
        found = set(follows[""])
        if choice.string is not None:
            found |= set(_QUOTES)
        if choice.number is not None:
            found |= set("-0123456789")
        return found


def _completed(choice: Choice, written: str) -> tuple[State, ...]:
    """The grammar states after the whole word or literal ``written``; () if it is not one."""
    found = choice.words.get(written, ())
    if choice.string is not None and written in ("''", '""'):
        found = (*found, choice.string)
    if choice.number is not None and is_number_part(written) and written[-1] == "0":
        found = (*found, choice.number)
    return found


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


def is_number_part(written: str) -> bool:
    return written[-1:] in ("0", "-", ".") and set(written) <= set("-0.")
