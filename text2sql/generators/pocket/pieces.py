"""The wordpieces of single words, by the vocabulary of the text encoder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from tokenizers import Tokenizer

from text2sql.errors import ModelError

__all__ = ["Pieces"]

_LONGEST_KEPT = 30


class Pieces:
    """Wordpieces of single words, by the encoder's own vocabulary."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ModelError(f"There is no tokenizer at {str(path)!r}; a model folder holds one.")
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.start, self.end, self.unknown = map(self._id, ("[CLS]", "[SEP]", "[UNK]"))
        self._of_short = lru_cache(maxsize=20_000)(self._of)

    def _id(self, token: str) -> int:
        number = self._tokenizer.token_to_id(token)
        if number is None:
            raise ModelError(f"The tokenizer has no {token!r}; take the one of a BERT model.")
        return number

    def of(self, text: str) -> tuple[int, ...]:
        """The wordpieces of a word, cached for words of up to 30 characters (20 MB at most)."""
        return self._of_short(text) if len(text) <= _LONGEST_KEPT else self._of(text)

    def _of(self, text: str) -> tuple[int, ...]:
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return tuple(ids) or (self.unknown,)
