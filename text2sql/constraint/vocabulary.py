"""A tokenizer's tokens as text in a prefix tree, so that allowed ones are found quickly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from text2sql.constraint.automaton import Automaton, Threads
from text2sql.constraint.cache import CACHE
from text2sql.errors import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["AllowedTokens", "Vocabulary"]

_SPACE = "▁"  # how sentencepiece writes a space
_BYTE_SPACE = "Ġ"  # how a byte-level vocabulary writes one
_FEW = 3  # up to this many characters, trying all is faster than ruling some out


class _TrieNode:
    __slots__ = ("children", "ids")

    def __init__(self) -> None:
        self.children: dict[str, _TrieNode] = {}
        self.ids: list[int] = []


class AllowedTokens:
    """The tokens that may come next, each with the readings after it."""

    __slots__ = ("after", "quote")

    def __init__(self, after: dict[int, Threads], quote: str | None = None) -> None:
        self.after = after
        self.quote = quote  # inside a literal, every token without this quote is allowed, too


class Vocabulary:
    """The text of every token by its id; special tokens have none.

    Tokens that differ only in letter case have the same text, because SQL ignores case.
    """

    def __init__(self, texts: Mapping[int, str], end: int) -> None:
        self.end = end
        self.texts = {token: text.lower() for token, text in texts.items() if text}
        self._root = _TrieNode()
        for token, text in self.texts.items():
            self._add(token, text)
        self._known = frozenset(self.texts.values())
        self._longest = max(map(len, self._known), default=1)
        self._quoted = {
            quote: {token: text for token, text in self.texts.items() if quote in text}
            for quote in "'\""
        }
        self.plain = {
            quote: [token for token in self.texts if token not in self._quoted[quote]]
            for quote in "'\""
        }
        self.length: Callable[[str], int | None] = CACHE.keep(self._length)

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerBase) -> Vocabulary:
        """Read the vocabulary of a sentencepiece tokenizer, or of a byte-level one such as GPT-2's.

        If ``<`` is missing, as in T5, ``<unk>`` stands for it. Tokens that are only a part of a
        character have no text.

        Raises:
            ModelError: the tokenizer is of neither kind.
        """
        known = tokenizer.get_vocab()
        special = set(tokenizer.all_special_ids)
        plain = {n: t for t, n in known.items() if n not in special}
        if any(token.startswith(_SPACE) for token in known):
            texts = {n: t.replace(_SPACE, " ") for n, t in plain.items()}
            if not {"<", f"{_SPACE}<"} & known.keys() and tokenizer.unk_token_id is not None:
                texts[int(tokenizer.unk_token_id)] = "<"
        elif any(token.startswith(_BYTE_SPACE) for token in known):
            texts = {n: text for n, t in plain.items() if (text := _of_bytes(t)) is not None}
        else:
            raise ModelError(
                f"The tokenizer of {tokenizer.name_or_path!r} is neither of T5's kind nor of "
                "GPT-2's, so its output cannot be constrained; load the model with --unconstrained."
            )
        return cls(texts, int(tokenizer.eos_token_id))

    def _add(self, token: int, text: str) -> None:
        node = self._root
        for character in text:
            node = node.children.setdefault(character, _TrieNode())
        node.ids.append(token)

    def allowed(self, automaton: Automaton, threads: Threads) -> AllowedTokens:
        """The tokens that can continue from ``threads``."""
        quote = automaton.in_string(threads)
        if quote is None:
            return AllowedTokens(self._search(automaton, threads))
        ends = {
            token: after
            for token, text in self._quoted[quote].items()
            if (after := automaton.read(text[text.index(quote) :], threads))
        }
        return AllowedTokens(ends, quote)

    def _search(self, automaton: Automaton, threads: Threads) -> dict[int, Threads]:
        """Walk the prefix tree and the automaton in parallel."""
        found: dict[int, Threads] = {}
        walk = [(self._root, threads)]
        while walk:
            node, before = walk.pop()
            for character in self._worth_a_step(node, automaton, before):
                after = automaton.step(before, character)
                if after:
                    child = node.children[character]
                    found.update(dict.fromkeys(child.ids, after))
                    if child.children:
                        walk.append((child, after))
        return found

    @staticmethod
    def _worth_a_step(node: _TrieNode, automaton: Automaton, threads: Threads) -> Iterable[str]:
        """The next characters of some token, without those that are impossible here."""
        if len(node.children) <= _FEW:
            return node.children
        starts = automaton.starts(threads)
        return node.children if starts is None else node.children.keys() & starts

    def _length(self, text: str) -> int | None:
        """The smallest number of tokens that spell ``text``; None if none do."""
        best: list[int | None] = [0]
        for end in range(1, len(text) + 1):
            options = [
                before + 1
                for start in range(max(0, end - self._longest), end)
                if (before := best[start]) is not None and text[start:end] in self._known
            ]
            best.append(min(options, default=None))
        return best[-1]


@lru_cache(maxsize=1)
def _byte_of() -> dict[str, int]:
    """The byte that each character of a byte-level vocabulary stands for (Radford et al., 2019)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(b): b for b in printable} | {chr(256 + n): b for n, b in enumerate(others)}


def _of_bytes(token: str) -> str | None:
    """The text of a byte-level token; None if it ends inside a character."""
    try:
        return bytes(_byte_of()[character] for character in token).decode()
    except (KeyError, UnicodeDecodeError):
        return None
