"""Decoder-only models: asked in a chat, with and without the constraint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny_chat import learn_tokenizer, save_base
from tests.tiny_t5 import save_base as save_t5
from text2sql.constraint import Automaton, Vocabulary
from text2sql.databases import Catalog
from text2sql.errors import ModelError
from text2sql.generators.base import Options
from text2sql.generators.causal import CausalGenerator
from text2sql.generators.chat import chat_ids
from text2sql.generators.checkpoint import Checkpoint
from text2sql.generators.choice import ModelChoice
from text2sql.generators.input_format import InputFormat
from text2sql.generators.registry import load_generator
from text2sql.sandbox import run_query
from text2sql.schema import Schema
from text2sql.spider import Example


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("chat"))


def test_a_folder_says_whether_its_model_has_an_encoder(base: Path, tmp_path: Path) -> None:
    assert Checkpoint(str(base)).kind == "causal"
    assert Checkpoint(str(save_t5(tmp_path))).kind == "seq2seq"


@pytest.mark.parametrize("beams", [1, 3])
def test_random_weights_write_queries_that_run_under_the_constraint(base: Path, beams: int) -> None:
    generator = load_generator(str(base))
    assert isinstance(generator, CausalGenerator)
    database = Catalog.open().get("clinic")
    options = Options(beams=beams, max_length=60)
    found = generator.generate("How many patients are there?", database, options)
    assert 1 <= len(found) <= beams
    assert all(run_query(database, candidate.sql).error is None for candidate in found)
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_without_the_constraint_what_is_no_query_is_no_candidate(base: Path) -> None:
    generator = load_generator(ModelChoice(str(base), constrained=False))
    database = Catalog.open().get("clinic")
    assert generator.generate("Who?", database, Options(beams=2, max_length=8)) == []


def test_the_prompt_is_a_chat_up_to_the_reply() -> None:
    tokenizer = learn_tokenizer()
    text = tokenizer.decode(chat_ids(tokenizer, "Who?"))
    assert text.endswith("<|im_start|>user\nWho?<|im_end|>\n<|im_start|>assistant\n")


def test_examples_precede_the_question_as_turns_if_they_fit(base: Path) -> None:
    generator = load_generator(str(base))
    assert isinstance(generator, CausalGenerator)
    database = Catalog.open().get("clinic")
    known = [Example("Who?", "SELECT name FROM doctor", "clinic")] * 2
    asked = "How many patients are there?"
    plain = generator.encode(asked, database)

    def turns(max_input: int) -> int:
        generator.reads = InputFormat(max_input=max_input)
        text = generator.tokenizer.decode(generator._with_examples(known, asked, database))
        return text.count("<|im_start|>assistant\nSELECT name FROM doctor<|im_end|>")

    assert [turns(n * len(plain)) for n in (1, 2, 4)] == [0, 1, 2]
    generator.reads = InputFormat()


def test_bytes_of_a_vocabulary_are_read_as_text_and_parts_of_characters_left_out() -> None:
    tokenizer = learn_tokenizer()
    vocabulary = Vocabulary.of(tokenizer)
    known = tokenizer.get_vocab()
    assert vocabulary.texts[known["ĠFROM"]] == " from"
    assert known["Ã"] not in vocabulary.texts  # a byte that only begins a character
    assert not set(tokenizer.all_special_ids) & set(vocabulary.texts)
    automaton = Automaton(Schema.from_text("singer(id, name)"))
    allowed = vocabulary.allowed(automaton, automaton.read("SELECT name"))
    assert known["ĠFROM"] in allowed.after


def test_ctranslate2_is_refused_for_them(base: Path) -> None:
    with pytest.raises(ModelError, match="which only transformers can serve; leave out --backend"):
        load_generator(ModelChoice(str(base), backend="ctranslate2"))
