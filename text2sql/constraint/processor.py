"""The constraint as transformers wants it: a step between the model's scores and the search."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

import torch
from torch import LongTensor, Tensor
from transformers import LogitsProcessor

from text2sql.constraint.automaton import (
    EMPTY,
    TOUCHING,
    Automaton,
    Thread,
    Threads,
    is_number_part,
)
from text2sql.constraint.closing import Closing
from text2sql.constraint.vocabulary import Allowed, Vocabulary

__all__ = ["Constraint", "ConstraintProcessor"]

_KEPT = 4096
#: Tokens that one more token can add to the way out; below this much room, each token is checked.
_MARGIN = 40

Prefix = tuple[int, ...]


class Constraint:
    """Which tokens may follow over one schema; keeps what it found for the next question."""

    def __init__(self, vocabulary: Vocabulary, automaton: Automaton) -> None:
        self.vocabulary = vocabulary
        self.automaton = automaton
        self._closing = Closing(automaton.grammar, vocabulary.length)
        self._allowed: OrderedDict[Threads, Allowed] = OrderedDict()
        self._lengths: OrderedDict[Threads, int | None] = OrderedDict()
        self._plain = {q: torch.tensor(ids) for q, ids in vocabulary.plain.items()}

    def allowed(self, threads: Threads) -> Allowed:
        found = self._allowed.get(threads)
        if found is None:
            found = self._allowed[threads] = self.vocabulary.allowed(self.automaton, threads)
            if len(self._allowed) > _KEPT:
                self._allowed.popitem(last=False)
        return found

    def tokens(self, threads: Threads, room: int) -> Tensor:
        """The ids of the tokens that may come next where ``room`` tokens are left, end included."""
        allowed = self.allowed(threads)
        ids = list(allowed.after)
        plain = allowed.quote
        needed = self.length(threads)
        if needed is not None and needed + _MARGIN > room:
            fits = [t for t in ids if self._fits(allowed.after[t], room)]
            literal = plain if plain and needed + 1 < room else None
            if fits or literal or self.automaton.ends(threads):  # else the limit will cut
                ids, plain = fits, literal
        if self.automaton.ends(threads):
            ids = [*ids, self.vocabulary.end]
        found = torch.tensor(ids, dtype=torch.long)
        return found if plain is None else torch.cat([found, self._plain[plain]])

    def after(self, threads: Threads, token: int) -> Threads:
        """What was read once ``token`` is, too; () where it may not follow."""
        allowed = self.allowed(threads)
        if token in allowed.after:
            return allowed.after[token]
        literal = allowed.quote is not None and token in self.vocabulary.texts
        return threads if literal else ()

    def _fits(self, threads: Threads, room: int) -> bool:
        """Whether the query and its end have room after one more token."""
        length = self.length(threads)
        return length is not None and length + 2 <= room

    def length(self, threads: Threads) -> int | None:
        """The fewest tokens that complete the query."""
        if threads not in self._lengths:
            ways = [way for thread in threads for way in self._ways(thread)]
            self._lengths[threads] = min(ways, default=None)
            if len(self._lengths) > 8 * _KEPT:
                self._lengths.popitem(last=False)
        return self._lengths[threads]

    def _ways(self, thread: Thread) -> Iterator[int]:
        """Tokens to complete the query, for each word that the current one may become."""
        state, written = thread
        if written in EMPTY:
            yield self._closing.cost(state, "a" if written == TOUCHING else written)
            return
        choice = self.automaton.grammar.choice(state)
        for word, states in choice.words.items():
            if word.startswith(written):
                rest = self._spelled(word[len(written) :])
                yield rest + self._closing.cost(states[0], word[-1])
        if choice.string is not None and written in ("'", "''", '"', '""'):
            yield 2 - len(written) + self._closing.cost(choice.string, "'")
        if choice.number is not None and is_number_part(written):
            yield (written[-1] != "0") + self._closing.cost(choice.number, "1")

    def _spelled(self, text: str) -> int:
        return self.vocabulary.length(text) or 0 if text else 0


class ConstraintProcessor(LogitsProcessor):
    """Takes away the scores of tokens that cannot continue a query; for one generation.

    ``max_length`` counts tokens with the start token, as ``generate`` does: the query is led to
    its end before. Scores are [sequences, vocabulary].
    """

    def __init__(self, constraint: Constraint, max_length: int) -> None:
        self.constraint = constraint
        self.max_length = max_length
        self._read: dict[Prefix, Threads] = {}

    def __call__(self, input_ids: LongTensor, scores: Tensor) -> Tensor:
        kept: dict[Prefix, Threads] = {}
        limited = torch.full_like(scores, float("-inf"))
        room = self.max_length - input_ids.shape[1]
        for row, sequence in enumerate(input_ids.tolist()):
            prefix = tuple(sequence)
            threads = kept[prefix] = self._threads(prefix)
            if not threads:  # ended, or a beam that the search keeps only for its place
                limited[row] = scores[row]
                continue
            ids = self.constraint.tokens(threads, room).to(scores.device)
            limited[row, ids] = scores[row, ids]
        self._read = kept
        return limited

    def _threads(self, prefix: Prefix) -> Threads:
        """What was read of a sequence, whose first token is the decoder's start."""
        if prefix in self._read:
            return self._read[prefix]
        if len(prefix) == 1:
            return self.constraint.automaton.start
        before = self._read.get(prefix[:-1])
        if before is None:
            before = self._threads(prefix[:-1])
        return self.constraint.after(before, prefix[-1]) if before else ()
