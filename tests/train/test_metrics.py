"""Token ids decoded to SQL, and their scores."""

from __future__ import annotations

import numpy as np
from transformers import EvalPrediction, PreTrainedTokenizerBase

from text2sql.databases import Database
from text2sql.spider import Example
from train.config import Seq2SeqRecipe
from train.lora import build_tokenizer
from train.metrics import PredictionScorer, decode, score


def tokenizer_of(recipe: Seq2SeqRecipe) -> PreTrainedTokenizerBase:
    return build_tokenizer(recipe, [])


def test_ids_without_a_token_do_not_crash(recipe: Seq2SeqRecipe) -> None:
    tokenizer = tokenizer_of(recipe)
    ids = tokenizer("SELECT count(*) FROM flights").input_ids
    wild = [[*ids, -100, -1, len(tokenizer), len(tokenizer) + 27, 2**31 - 1]]
    assert decode(tokenizer, wild) == ["SELECT count(*) FROM flights"]


def test_less_than_is_decoded(recipe: Seq2SeqRecipe) -> None:
    tokenizer = tokenizer_of(recipe)
    for sql in ("a < 5", "a <= 5 AND b < 6", "a <> 5"):
        decoded = decode(tokenizer, [tokenizer(sql).input_ids])[0]
        assert decoded.replace(" ", "") == sql.replace(" ", "")


def test_quotes_and_spaces_are_decoded_as_they_were(recipe: Seq2SeqRecipe) -> None:
    tokenizer = tokenizer_of(recipe)
    sql = "SELECT name FROM t WHERE a = 'n ' AND b = 1"
    assert decode(tokenizer, [tokenizer(sql).input_ids]) == [sql]


def test_a_score_has_every_measure(databases: dict[str, Database]) -> None:
    gold = "SELECT count(*) FROM flights WHERE status = 'cancelled'"
    asked = [Example("q", gold, "airline")] * 4
    predictions = [
        gold.lower(),
        "SELECT count(*) FROM flights WHERE status = 'delayed'",
        "SELECT count(*) FROM pilots",
        "no SQL",
    ]
    found = score(predictions, asked, databases)
    assert sorted(found) == ["exact_match", "exact_set", "execution", "rouge1"]
    assert (found["exact_match"], found["exact_set"], found["execution"]) == (25, 50, 25)
    assert 50 < found["rouge1"] < 75


def test_execution_is_left_out_if_a_database_has_no_file() -> None:
    schema_only = {"x": Database.from_schema_text("flights(status)")}
    asked = [Example("q", "SELECT status FROM flights", "x")]
    assert score(["SELECT status FROM flights"], asked, schema_only) == {
        "exact_match": 100,
        "rouge1": 100,
        "exact_set": 100,
    }


def test_a_scorer_keeps_the_predictions(
    recipe: Seq2SeqRecipe, examples: list[Example], databases: dict[str, Database]
) -> None:
    tokenizer = tokenizer_of(recipe)
    scorer = PredictionScorer(tokenizer, examples[:1], databases)
    ids = np.array([tokenizer(examples[0].query).input_ids])
    assert scorer(EvalPrediction(predictions=ids, label_ids=ids))["exact_match"] == 100
    assert scorer.predictions == [examples[0].query]
