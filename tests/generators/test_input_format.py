"""What a model reads is what it was trained to read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.tiny_t5 import save_adapter, save_base
from text2sql.databases import Catalog, Database
from text2sql.errors import ModelError
from text2sql.generators.checkpoint import Checkpoint
from text2sql.generators.ctranslate import CTranslateGenerator
from text2sql.generators.input_format import FILE, InputFormat
from text2sql.generators.seq2seq import Seq2SeqGenerator
from text2sql.generators.text import TextGenerator
from text2sql.linking.linked_schema import linked_prompt
from text2sql.prompt import build_prompt

# peft asks transformers 5 by an old name
pytestmark = pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")

QUESTION = "How many flights were cancelled?"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_adapter(tmp_path_factory.mktemp("adapter"), base)


@pytest.fixture
def airline() -> Database:
    return Catalog.open().get("airline")


def says(folder: Path, **settings: object) -> None:
    (folder / FILE).write_text(json.dumps(settings), encoding="utf-8")


def ids(generator: TextGenerator, text: str) -> list[int]:
    found: list[int] = generator.tokenizer(text, verbose=False)["input_ids"]
    return found


def test_an_adapter_that_says_nothing_reads_what_the_reference_reads(
    adapter: Path, base: Path, airline: Database
) -> None:
    (adapter / FILE).unlink(missing_ok=True)
    checkpoint = Checkpoint(str(base), str(adapter))
    generator = Seq2SeqGenerator.load(checkpoint, dtype=torch.float32, device="cpu")
    generator.reads = InputFormat(max_input=10_000)  # the tiny tokenizer spells nearly everything
    whole = build_prompt(QUESTION, airline.schema.serialize())
    assert InputFormat.of(adapter) == InputFormat("full", 512, 128)
    assert generator.encode(QUESTION, airline) == ids(generator, whole)


@pytest.mark.parametrize("backend", ["transformers", "ctranslate2"])
def test_an_adapter_trained_on_linked_schemas_is_served_them(
    backend: str,
    adapter: Path,
    base: Path,
    airline: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path))
    says(adapter, schema="linked", max_input=700, max_output=64)
    checkpoint = Checkpoint(str(base), str(adapter))
    generator = (
        Seq2SeqGenerator.load(checkpoint, dtype=torch.float32, device="cpu")
        if backend == "transformers"
        else CTranslateGenerator.load(checkpoint, quantization="float32")
    )
    expected = linked_prompt(QUESTION, airline, lambda text: len(ids(generator, text)), 700)
    assert 'status ("cancelled")' in expected.text
    assert generator.encode(QUESTION, airline) == ids(generator, expected.text)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not a valid input format (Expecting property name"),
        ('{"schema": "full", "prompt": "?"}', "got an unexpected keyword argument 'prompt'"),
        (
            '{"schema": "starred"}',
            "names the schema 'starred' in 512 tokens; it must be one of full, ",
        ),
        ('{"max_input": "many"}', "names the schema 'full' in 'many' tokens"),
        ('{"max_input": 0}', "in 0 tokens"),
    ],
)
def test_what_cannot_be_followed_is_said_and_not_guessed(
    content: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        InputFormat.of(tmp_path)
    assert sentence in str(caught.value)
