"""The fine-tune of a T5: ``python -m train --recipe flan-t5-large-lora``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from transformers import PreTrainedTokenizerBase

from train.data import Collator, Splits
from train.lora import build_model, build_tokenizer
from train.run import TrainingRun

__all__ = ["Seq2SeqRun"]


class Seq2SeqRun(TrainingRun):
    """A run of an encoder-decoder model."""

    trainer_name = "seq2seq"

    def build_tokenizer(self) -> PreTrainedTokenizerBase:
        return build_tokenizer(self.recipe, list(_texts(self.splits)))

    def build_model(self) -> Any:
        return build_model(self.recipe, self.tokenizer)

    def build_collator(self) -> Any:
        return Collator(self.tokenizer, self.model)


def _texts(splits: Splits) -> Iterator[str]:
    for example in splits.train:
        yield example.question
        yield example.query
    for database in splits.databases.values():
        yield f"Translate English to SQL: | Schemas: {database.schema.serialize()}"
