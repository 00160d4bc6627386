"""Decoder-only models on transformers, prompted by a chat and constrained to valid SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transformers import LogitsProcessorList

from text2sql.databases import Database
from text2sql.generators.base import Candidate, Options
from text2sql.generators.chat import chat_ids, sql_of_reply
from text2sql.generators.seq2seq import Seq2SeqGenerator
from text2sql.schema import Schema
from text2sql.spider import Example

__all__ = ["CausalGenerator"]


class CausalGenerator(Seq2SeqGenerator):
    """Writes SQL as the reply in a chat; loads and locks the model as ``Seq2SeqGenerator`` does."""

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        """Return candidates for ``question``, best first; scores are per token."""
        return self.generate_after((), question, database, options)

    def generate_after(
        self, examples: Sequence[Example], question: str, database: Database, options: Options
    ) -> list[Candidate]:
        """As ``generate``, after as many of the last ``examples`` as fit, as turns of the chat."""
        tokens = self._with_examples(examples, question, database)
        with self.lock:
            sequences, scores = self._found(tokens, database.schema, options)
        found = self.candidates(sequences, scores, question)
        if self.constrained:
            return found
        written = [Candidate(sql_of_reply(c.sql), c.score) for c in found]
        return [candidate for candidate in written if candidate.sql]

    def _with_examples(
        self, examples: Sequence[Example], question: str, database: Database
    ) -> list[int]:
        """The tokens of the chat, with as many of the last examples as the input has room for."""
        prompt = self.prompt(question, database)
        turns = [(self.prompt(e.question, database).text, e.query) for e in examples]
        for first in range(len(turns)):
            tokens = chat_ids(self.tokenizer, prompt.text, turns[first:])
            if len(tokens) <= self.reads.max_input:
                return tokens
        return self.encode(question, database)

    def decode(self, tokens: Sequence[int]) -> str:
        """Decode tokens without special tokens."""
        return str(self.tokenizer.decode(list(tokens), skip_special_tokens=True))

    def _prompt_ids(self, text: str) -> list[int]:
        return chat_ids(self.tokenizer, text)

    def _length_settings(self, options: Options) -> dict[str, Any]:
        return {"max_new_tokens": options.max_length}  # in addition to the prompt

    def _processors(self, schema: Schema, options: Options, prompt: int) -> LogitsProcessorList:
        return self._constrained(schema, prompt + options.max_length, prompt)

    def _reply_start(self, prompt: int) -> int:
        return prompt
