"""The metrics of a run: decoded predictions compared with gold queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from transformers import EvalPrediction, PreTrainedTokenizerBase

from text2sql.databases import Database
from text2sql.errors import DatabaseError, QueryError
from text2sql.metrics import exact_set, execution, rouge1, string_match
from text2sql.spider import Example

__all__ = ["PredictionScorer", "decode", "score"]


def decode(tokenizer: PreTrainedTokenizerBase, ids: Any) -> list[str]:
    """Decode token ids to SQL texts.

    The padding -100, and ids without a token, which a model with spare rows can produce, become
    the tokenizer's padding, because it would overflow on them.
    """
    ids = np.asarray(ids)
    known = np.where((ids >= 0) & (ids < len(tokenizer)), ids, tokenizer.pad_token_id)
    texts = tokenizer.batch_decode(
        known, skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    return [text.strip() for text in texts]


def score(
    predictions: Sequence[str], examples: Sequence[Example], databases: Mapping[str, Database]
) -> dict[str, float]:
    """Percentages: ``exact_match`` (the reference's string match), ``rouge1``, ``exact_set``.

    ``execution`` is included if every example has a database file. A gold query that cannot be
    read counts as not matched.
    """
    pairs = list(zip(examples, predictions, strict=True))
    found: dict[str, Sequence[float]] = {
        "exact_match": [string_match(e.query, p) for e, p in pairs],
        "rouge1": [rouge1(e.query, p) for e, p in pairs],
        "exact_set": [_exact_set(e, p, databases[e.db_id]) for e, p in pairs],
    }
    if pairs and all(databases[e.db_id].path is not None for e, _ in pairs):
        found["execution"] = [_execution(e, p, databases[e.db_id]) for e, p in pairs]
    return {k: 100 * sum(v) / max(1, len(v)) for k, v in found.items()}


def _exact_set(example: Example, prediction: str, database: Database) -> bool:
    try:
        return exact_set(example.query, prediction, database.schema).match
    except QueryError:
        return False


def _execution(example: Example, prediction: str, database: Database) -> bool:
    try:
        return execution(example.query, prediction, database).match
    except DatabaseError:
        return False


class PredictionScorer:
    """Scores a trainer's predictions for ``examples``, and keeps their texts."""

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        examples: Sequence[Example],
        databases: Mapping[str, Database],
    ) -> None:
        self.tokenizer = tokenizer
        self.examples = examples
        self.databases = databases
        self.predictions: list[str] = []
        self.shown = examples[0] if examples else None  # printed after each evaluation

    def __call__(self, outcome: EvalPrediction) -> dict[str, float]:
        self.predictions = decode(self.tokenizer, outcome.predictions)
        return score(self.predictions, self.examples, self.databases)
