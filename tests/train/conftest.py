"""A T5 like Flan-T5, small enough to train in a test, in a folder like those of the hub."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from transformers import T5Config, T5ForConditionalGeneration

from tests.tiny_t5 import learn_tokenizer
from text2sql.databases import SAMPLES, Catalog, Database
from text2sql.prompt import build_prompt
from text2sql.spider import Example, load_examples
from train.config import Lora, Seq2SeqRecipe
from train.tiny import FREE_ROWS

_PEFT_IS_LATE = "ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings(_PEFT_IS_LATE))


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    """The samples' questions, those with the shortest gold first, as short texts train fast."""
    found = load_examples(SAMPLES / "questions.json")
    return sorted(found, key=lambda example: len(example.query))


@pytest.fixture(scope="session")
def databases() -> dict[str, Database]:
    return {database.db_id: database for database in Catalog.open()}


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory, examples: list[Example]) -> str:
    """The folder of a random model whose output layer is not its embedding, as in Flan-T5."""
    folder = tmp_path_factory.mktemp("base")
    texts = [build_prompt(e.question, "a(b, c) | d(e)") for e in examples]
    tokenizer = learn_tokenizer([*texts, *(e.query for e in examples)], 600, sentinels=4)
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=len(tokenizer) + FREE_ROWS,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        dropout_rate=0.0,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
    )
    config.decoder_start_token_id = config.pad_token_id
    model = T5ForConditionalGeneration(config)
    model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.lm_head.weight) * 0.05)
    model.config.tie_word_embeddings = False
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session")
def recipe(base: str, examples: list[Example]) -> Seq2SeqRecipe:
    """Two short epochs of LoRA on ``base``."""
    questions = Path(base).with_name("questions.json")
    questions.write_text(json.dumps([asdict(example) for example in examples[:32]]))
    return Seq2SeqRecipe(
        base=base,
        base_dtype="bfloat16",  # wherever the tests run
        lora=Lora(r=4, alpha=4),
        data="samples",
        train_files=(str(questions),),
        validation_file=str(questions),
        halve=False,
        epochs=2,
        rate=3e-3,
        evaluation_batch_size=16,
        max_output=40,
        cpu=True,
    )
