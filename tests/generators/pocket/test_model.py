"""The network: padding, caches and files change nothing; the beam finds what the scores say."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from text2sql.answering.pipeline import load_generator
from text2sql.databases import Database
from text2sql.errors import ModelError
from text2sql.generators import Options
from text2sql.generators.pocket.batch import collate
from text2sql.generators.pocket.decoding import beam_search
from text2sql.generators.pocket.features import QuestionFeatures, encode_question, encode_schema
from text2sql.generators.pocket.generator import PocketGenerator
from text2sql.generators.pocket.grammar import Grammar
from text2sql.generators.pocket.ir import KEYWORDS, ColumnToken, TableToken, ValueToken
from text2sql.generators.pocket.model import PocketModel
from text2sql.generators.pocket.pieces import Pieces
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.values import find_candidates
from text2sql.linking.words import split_words
from text2sql.sandbox import run_query

_SHORT = "How many concerts?"
_LONG = "What are the names of all stadiums in Glasgow with more than 5000 seats?"


def _features(question: str, database: Database, pieces: Pieces) -> QuestionFeatures:
    words = split_words(question)
    values = find_candidates(question, words, CellIndex.read(database))
    return encode_question(words, values, encode_schema(database.schema, pieces), pieces)


@pytest.fixture
def two(stadiums: Database, pieces: Pieces) -> list[QuestionFeatures]:
    return [_features(q, stadiums, pieces) for q in (_SHORT, _LONG)]


@torch.inference_mode()
def test_a_question_is_encoded_alike_alone_and_beside_a_longer_one(
    model: PocketModel, two: list[QuestionFeatures]
) -> None:
    alone = model.encode(collate(two[:1]))
    beside = model.encode(collate(two))
    torch.testing.assert_close(
        beside.memory[0, : two[0].nodes], alone.memory[0], atol=1e-5, rtol=1e-4
    )


@torch.inference_mode()
def test_step_by_step_gives_the_logits_of_all_at_once(
    model: PocketModel, two: list[QuestionFeatures]
) -> None:
    batch = collate(two)
    inputs = torch.tensor([[1, 3, 4, 12], [1, 3, 4, 16]])
    at_once, _ = model(batch, inputs)
    encoded, rows = model.encode(batch), torch.tensor([0, 1])
    steps = model.start(encoded)
    for place in range(inputs.shape[1]):
        logits = steps.logits(rows, inputs[:, place], place)
        torch.testing.assert_close(logits, at_once[:, place], atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def test_hypotheses_of_one_question_share_what_they_attend_to(
    model: PocketModel, two: list[QuestionFeatures]
) -> None:
    alone, twice = (model.encode(collate([two[1]] * count)) for count in (1, 2))
    outputs = torch.tensor([3, 4])
    shared = model.start(alone)
    shared.logits(torch.tensor([0]), torch.tensor([1]), 0)
    shared.select([0, 0])
    apart = model.start(twice)
    apart.logits(torch.tensor([0, 1]), torch.tensor([1, 1]), 0)
    torch.testing.assert_close(
        shared.logits(torch.tensor([0, 0]), outputs, 1),
        apart.logits(torch.tensor([0, 1]), outputs, 1),
        atol=1e-5,
        rtol=1e-4,
    )


def test_decoding_refuses_an_adapter_that_it_would_leave_out(
    model: PocketModel, two: list[QuestionFeatures]
) -> None:
    model.keyword_logits = torch.nn.Sequential(model.keyword_logits)  # type: ignore[assignment]
    with pytest.raises(TypeError, match="not Sequential; merge an adapter into the model first"):
        model.start(model.encode(collate(two)))


@torch.inference_mode()
def test_a_beam_over_a_batch_is_the_beam_over_each_question(
    model: PocketModel, two: list[QuestionFeatures]
) -> None:
    together = beam_search(model, model.encode(collate(two)), two, beams=3, max_length=30)
    for row, features in enumerate(two):
        alone = beam_search(model, model.encode(collate([features])), [features], 3, 30)[0]
        assert [h.outputs for h in together[row]] == [h.outputs for h in alone]


@torch.inference_mode()
def test_hypotheses_end_keep_to_the_grammar_and_come_best_first(
    model: PocketModel, two: list[QuestionFeatures]
) -> None:
    for row, found in enumerate(beam_search(model, model.encode(collate(two)), two, 4, 60)):
        assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)
        for hypothesis in found:
            grammar = Grammar()
            for token in hypothesis.tokens(two[row]):
                assert grammar.allows(token)
                grammar = grammar.push(token)
            assert grammar.done


def test_every_token_has_an_output_and_every_output_its_token(two: list[QuestionFeatures]) -> None:
    features = two[1]
    for token in ("select", TableToken(1), ColumnToken(1, 2), ValueToken("Glasgow")):
        output = features.token_id(token)
        assert output is not None
        assert features.token(output) == token
    assert features.token_id(ValueToken("Paris")) is None
    outputs = range(len(KEYWORDS) + features.words, len(KEYWORDS) + features.nodes - 1)
    assert [features.token_id(features.token(o)) for o in outputs] == list(outputs)


def test_a_segment_that_two_questions_share_is_read_once(two: list[QuestionFeatures]) -> None:
    segments = sum(len(group) for group in collate(two).pieces)
    assert segments == 2 + 3  # two questions, three tables


def test_saving_keeps_the_weights_to_a_hundredth_of_each_row(
    model: PocketModel, tmp_path: Path
) -> None:
    model.save_pretrained(tmp_path)
    again = PocketModel.from_pretrained(tmp_path).state_dict()
    for name, weight in model.state_dict().items():
        largest = weight.abs().amax() if weight.ndim < 2 else weight.abs().amax(1, keepdim=True)
        assert ((again[name] - weight).abs() <= largest / 250 + 1e-6).all(), name


def test_a_folder_without_a_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config.json is missing.*text2sql train"):
        PocketGenerator.load(tmp_path)


def test_a_trained_model_is_chosen_by_its_folder(
    model: PocketModel, tmp_path: Path, vocabulary: Path
) -> None:
    model.save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").write_bytes(vocabulary.read_bytes())
    assert isinstance(load_generator(str(tmp_path)), PocketGenerator)


def test_broken_weights_are_named(model: PocketModel, tmp_path: Path, vocabulary: Path) -> None:
    model.save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").write_bytes(vocabulary.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match="cannot be read"):
        PocketGenerator.load(tmp_path)


def test_candidates_of_random_weights_differ_and_run(
    model: PocketModel, pieces: Pieces, stadiums: Database
) -> None:
    generator = PocketGenerator(model, pieces)
    found = [c for q in (_SHORT, _LONG) for c in generator.generate(q, stadiums, Options(4, 60))]
    assert found
    assert all(run_query(stadiums, c.sql).error is None for c in found)
    assert len({c.sql for c in generator.generate(_LONG, stadiums, Options(4, 60))}) == len(
        generator.generate(_LONG, stadiums, Options(4, 60))
    )


def test_a_table_read_before_gives_the_same_answer(
    model: PocketModel, pieces: Pieces, stadiums: Database
) -> None:
    generator = PocketGenerator(model, pieces)
    first = generator.generate(_LONG, stadiums, Options(4, 60))
    assert generator.generate(_LONG, stadiums, Options(4, 60)) == first
