"""The constraint as a logits processor for transformers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

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
from text2sql.constraint.cache import CACHE
from text2sql.constraint.closing import UNSPEAKABLE, Closing
from text2sql.constraint.vocabulary import AllowedTokens, Vocabulary

__all__ = ["Constraint", "ConstraintProcessor"]

#: How many of the model's best tokens are tried per wanted token, before all are searched.
_TRIES = 4

Prefix = tuple[int, ...]


class Constraint:
    """The tokens that may follow over one schema; results are cached across questions."""

    def __init__(self, vocabulary: Vocabulary, automaton: Automaton) -> None:
        self.vocabulary = vocabulary
        self.automaton = automaton
        self._closing = Closing(automaton.grammar, vocabulary.length)
        self.allowed: Callable[[Threads], AllowedTokens] = CACHE.keep(self._find_allowed)
        self.length: Callable[[Threads], int | None] = CACHE.keep(self._find_length)
        self._plain = {q: torch.tensor(ids) for q, ids in vocabulary.plain.items()}

    def _find_allowed(self, threads: Threads) -> AllowedTokens:
        return self.vocabulary.allowed(self.automaton, threads)

    def tokens(self, threads: Threads, room: int) -> Tensor:
        """The ids of the tokens that may come next if ``room`` tokens are left, end included.

        Each of them leaves room for the shortest completion of the query, however long that is:
        EXCEPT after ``SELECT *`` over wide tables requires as many columns again.
        """
        allowed = self.allowed(threads)
        found = [token for token, after in allowed.after.items() if self._fits(after, room)]
        if self.automaton.ends(threads):
            found.append(self.vocabulary.end)
        literal = allowed.quote is not None and self._fits(threads, room)
        if not found and not literal:
            found = list(allowed.after)  # too little room from the start
        ids = torch.tensor(found, dtype=torch.long)
        return torch.cat([ids, self._plain[str(allowed.quote)]]) if literal else ids

    def favourites(
        self, threads: Threads, room: int, best: Sequence[int], scores: Tensor, most: int
    ) -> list[int]:
        """Of ``tokens``, the ``most`` with the highest scores [vocabulary], or all if they are few.

        ``best`` holds the model's best tokens in order. With a trained model they are nearly always
        allowed, and searching all allowed tokens takes a hundred times as long.
        """
        found = self._first(threads, room, best, most)
        if len(found) == most:
            return found
        offered = self.tokens(threads, room).to(scores.device)
        chosen: list[int] = offered[scores[offered].argsort(descending=True)][:most].tolist()
        return chosen

    def _first(self, threads: Threads, room: int, order: Sequence[int], most: int) -> list[int]:
        starts = self.automaton.starts(threads)
        texts = self.vocabulary.texts
        # most tokens are ruled out by their first character
        likely = order if starts is None else [t for t in order if texts.get(t, " ")[0] in starts]
        return list(islice((t for t in likely if self._may_follow(threads, t, room)), most))

    def after(self, threads: Threads, token: int) -> Threads:
        """The readings after ``token``; () if it may not follow."""
        text = self.vocabulary.texts.get(token)
        return self.automaton.read(text, threads) if text is not None else ()

    def _may_follow(self, threads: Threads, token: int, room: int) -> bool:
        if token == self.vocabulary.end:
            return self.automaton.ends(threads)
        after = self.after(threads, token)
        return bool(after) and self._fits(after, room)

    def _fits(self, threads: Threads, room: int) -> bool:
        """Whether the query and its end have room after one more token."""
        length = self.length(threads)
        return length is not None and length + 2 <= room

    def _find_length(self, threads: Threads) -> int | None:
        """The fewest tokens that complete the query."""
        return min((way for thread in threads for way in self._ways(thread)), default=None)

    def _ways(self, thread: Thread) -> Iterator[int]:
        """The tokens needed to complete the query, per word that the current one may become."""
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
        length = self.vocabulary.length(text) if text else 0
        return UNSPEAKABLE if length is None else length


class ConstraintProcessor(LogitsProcessor):
    """Masks the scores of tokens that cannot continue a query; use one per generation.

    ``max_length`` counts all tokens of a sequence, as ``generate`` does. This includes the first
    ``begin`` tokens before the query: a decoder's start token, or the prompt of a decoder-only
    model. The query is completed before that length. Scores are [sequences, vocabulary].
    """

    def __init__(self, constraint: Constraint, max_length: int, begin: int = 1) -> None:
        self.constraint = constraint
        self.max_length = max_length
        self.begin = begin
        self._read: dict[Prefix, Threads] = {}

    def __call__(self, input_ids: LongTensor, scores: Tensor) -> Tensor:
        kept: dict[Prefix, Threads] = {}
        limited = torch.full_like(scores, float("-inf"))
        room = self.max_length - input_ids.shape[1]
        most = 2 * len(scores)  # a beam search uses no more per row; see its beams_to_keep
        best = scores.topk(min(_TRIES * most, scores.shape[1])).indices.tolist()
        for row, sequence in enumerate(input_ids.tolist()):
            prefix = tuple(sequence[self.begin :])
            threads = kept[prefix] = self._threads(prefix)
            if not threads:  # ended, or a beam that the search keeps as a placeholder
                limited[row] = scores[row]
                continue
            ids = self.constraint.favourites(threads, room, best[row], scores[row], most)
            limited[row, ids] = scores[row, ids]
        self._read = kept
        return limited

    def _threads(self, prefix: Prefix) -> Threads:
        """The readings of the tokens of a query."""
        if prefix in self._read:
            return self._read[prefix]
        if not prefix:
            return self.constraint.automaton.start
        before = self._read.get(prefix[:-1])
        if before is None:
            before = self._threads(prefix[:-1])
        return self.constraint.after(before, prefix[-1]) if before else ()
