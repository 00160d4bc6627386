"""T5 models on transformers, with a merged adapter and constrained decoding."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import torch
from transformers import (
    GenerationConfig,
    LogitsProcessorList,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from text2sql.databases import Database
from text2sql.generators import accelerator
from text2sql.generators.base import Candidate, Options
from text2sql.generators.checkpoint import Checkpoint
from text2sql.generators.text import TextGenerator
from text2sql.schema import Schema

__all__ = ["Seq2SeqGenerator"]


class Seq2SeqGenerator(TextGenerator):
    """Writes SQL with a T5. Thread-safe: calls wait for each other.

    With ``constrained``, only tokens that continue a valid query over the schema are allowed.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        name: str = "seq2seq",
        constrained: bool = True,
        folder: Path | None = None,
        weights: str = "unsaved",
    ) -> None:
        super().__init__(tokenizer, name, folder, weights)
        self.model: Any = model
        self.constrained = constrained
        self._found = accelerator.on_gpu(self._search, _seconds)

    @classmethod
    def load(
        cls,
        checkpoint: Checkpoint,
        constrained: bool = True,
        dtype: torch.dtype | None = None,
        device: str | None = None,
    ) -> Self:
        """Load the base and merge the adapter, on the GPU if there is one.

        Args:
            dtype: the precision, by default ``accelerator.dtype()``.

        Raises:
            ModelError: the files are missing or do not match.
        """
        tokenizer = checkpoint.load_tokenizer()
        model: Any = checkpoint.load_model(dtype or accelerator.dtype())
        model = model.to(device=device or accelerator.device())
        base, adapter = checkpoint.folders
        name, weights = checkpoint.name, checkpoint.weights
        return cls(model, tokenizer, name, constrained, adapter or base, weights)

    @property
    def nbytes(self) -> int:
        """The size of the weights."""
        return sum(parameter.nbytes for parameter in self.model.parameters())

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        """Return candidates for ``question``, best first.

        Scores are log-probabilities per token, as transformers ranks beams.
        """
        tokens = self.encode(question, database)
        with self.lock:
            sequences, scores = self._found(tokens, database.schema, options)
        return self.candidates(sequences, scores, question)

    def _search(
        self, tokens: list[int], schema: Schema, options: Options
    ) -> tuple[list[list[int]], list[float]]:
        """The beams and their scores as plain lists: ZeroGPU searches in another process."""
        if accelerator.borrows():
            self.model.to("cuda")  # no effect if the model was loaded when the page started
        ids = torch.tensor([tokens], device=self.model.device)
        with torch.inference_mode():
            found: Any = self.model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                generation_config=self._search_settings(options),
                logits_processor=self._processors(schema, options, len(tokens)),
            )
        start = self._reply_start(len(tokens))
        return found.sequences[:, start:].tolist(), self._scores(found, options, start)

    def _search_settings(self, options: Options) -> GenerationConfig:
        """Return the reference's settings; those of the checkpoint are ignored."""
        return GenerationConfig(  # type: ignore[no-untyped-call]
            num_beams=options.beams,
            num_return_sequences=options.beams,
            do_sample=False,
            pad_token_id=self.tokenizer.pad_token_id,
            eos_token_id=self.tokenizer.eos_token_id,
            return_dict_in_generate=True,
            output_logits=options.beams == 1,
            output_scores=options.beams > 1,  # without it, sequences have no scores
            **self._length_settings(options),
        )

    def _length_settings(self, options: Options) -> dict[str, Any]:
        start = self.tokenizer.pad_token_id
        return {"max_length": options.max_length, "decoder_start_token_id": start}

    def _reply_start(self, prompt: int) -> int:
        """The position of the first token that the model wrote: after the start token."""
        return 1

    def _processors(self, schema: Schema, options: Options, prompt: int) -> LogitsProcessorList:
        return self._constrained(schema, options.max_length, 1)

    def _constrained(self, schema: Schema, max_length: int, begin: int) -> LogitsProcessorList:
        """The constraint on the tokens after the first ``begin``; ``max_length`` counts both."""
        if not self.constrained:
            return LogitsProcessorList()
        from text2sql.constraint.processor import ConstraintProcessor

        constraint = self.constraint(schema)
        return LogitsProcessorList([ConstraintProcessor(constraint, max_length, begin)])

    def _scores(self, found: Any, options: Options, start: int) -> list[float]:
        """Return the average log-probability of a sequence's tokens, which greedy search omits."""
        if options.beams > 1:
            scores: list[float] = found.sequences_scores.tolist()
            return scores
        logits = torch.stack(found.logits, dim=1).float()  # [1, tokens, vocabulary]
        tokens = found.sequences[:, start : start + logits.shape[1]]
        each = logits.log_softmax(-1).gather(-1, tokens.unsqueeze(-1)).squeeze(-1)
        return [float(each.mean())]


def _seconds(tokens: list[int], schema: Schema, options: Options) -> int:
    """The longest duration of a search on a borrowed GPU: 15 s with four beams.

    ZeroGPU gives visitors without an account 120 s a day, and reserves 60 s by default.
    """
    return min(60, 7 + 2 * options.beams)
