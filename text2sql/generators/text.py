"""The base class of text generators: prompt, constraint, and SQL from tokens."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from text2sql.byte_cache import ByteCache
from text2sql.databases import Database
from text2sql.generators.base import Candidate
from text2sql.generators.input_format import InputFormat
from text2sql.prompt import Prompt, clean_sql
from text2sql.schema import Schema

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from text2sql.constraint.processor import Constraint

__all__ = ["TextGenerator"]

_KEPT_SCHEMAS_BYTES = 50_000_000  # in addition to text2sql/constraint/cache.py
_COLUMN_BYTES = 2000  # of a column in a constraint, in addition to its name
_log = logging.getLogger(__name__)


class TextGenerator:
    """The base class of ``Seq2SeqGenerator`` and ``CTranslateGenerator``.

    ``folder`` is that of the adapter, or of the whole model if it has none; it holds the
    ``InputFormat``. ``weights`` is the ``weights_digest`` of all folders of the model.

    Raises:
        ModelError: the input format cannot be read.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        name: str,
        folder: Path | None = None,
        weights: str = "unsaved",
    ) -> None:
        self.tokenizer = tokenizer
        self.name = name
        self.folder = folder
        self.weights = weights
        self.reads = InputFormat.of(folder)
        self.lock = threading.Lock()
        self._constraints: ByteCache[Schema, Constraint] = ByteCache(
            _KEPT_SCHEMAS_BYTES, _constraint_bytes
        )

    def prompt(self, question: str, database: Database) -> Prompt:
        """Return the prompt; ``dropped`` names the tables that did not fit."""
        return self.reads.prompt(question, database, self._count_tokens)

    def encode(self, question: str, database: Database) -> list[int]:
        """Return the tokens of the prompt; log a warning about tables that did not fit."""
        prompt = self.prompt(question, database)
        if prompt.dropped:
            _log.warning(
                "The schema of %r is longer than the %d tokens that %s reads; left out: %s.",
                database.db_id,
                self.reads.max_input,
                self.name,
                ", ".join(prompt.dropped),
            )
        return self._prompt_ids(prompt.text)

    def candidates(
        self, outputs: Iterable[Sequence[int]], scores: Iterable[float], question: str
    ) -> list[Candidate]:
        """Convert output tokens to SQL; drop duplicates and beams without a finite score."""
        lacking = self._lacking(question)
        found: dict[str, float] = {}
        for tokens, score in zip(outputs, scores, strict=True):
            sql = clean_sql(self.decode(tokens), question, lacking)
            if sql and score > float("-inf"):
                found.setdefault(sql, score)
        return [Candidate(sql, score) for sql, score in found.items()]

    def decode(self, tokens: Sequence[int]) -> str:
        """Decode tokens, keeping ``<unk>`` for characters that the tokenizer lacks."""
        unknown = self.tokenizer.unk_token_id
        dropped = set(self.tokenizer.all_special_ids) - {unknown}
        kept = [t for t in tokens if t not in dropped and t < len(self.tokenizer)]
        return str(self.tokenizer.decode(kept, clean_up_tokenization_spaces=False))

    def constraint(self, schema: Schema) -> Constraint:
        """Return the constraint for ``schema``, which is cached."""
        from text2sql.constraint import Automaton, Vocabulary
        from text2sql.constraint.processor import Constraint

        if not hasattr(self, "_vocabulary"):
            self._vocabulary = Vocabulary.of(self.tokenizer)
        return self._constraints.get(
            schema, lambda: Constraint(self._vocabulary, Automaton(schema))
        )

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, truncation=False, verbose=False)["input_ids"]
        return ids

    def _prompt_ids(self, text: str) -> list[int]:
        """Tokenize a whole input."""
        return self._ids(text)

    def _count_tokens(self, text: str) -> int:
        return len(self._prompt_ids(text))

    def _lacking(self, question: str) -> str:
        """Return the characters of the question that the tokenizer lacks."""
        unknown = self.tokenizer.unk_token_id
        return "".join(
            c for c in dict.fromkeys(question) if not c.isspace() and unknown in self._ids(c)
        )


def _constraint_bytes(constraint: Constraint) -> int:
    names = [name for columns in constraint.automaton.grammar.names.columns for name in columns]
    tokens = sum(map(len, constraint.vocabulary.plain.values()))
    return 8 * tokens + sum(_COLUMN_BYTES + 20 * len(name) for name in names)
