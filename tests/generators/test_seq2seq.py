"""The large model's backends on a tiny T5: the same tokens, valid SQL, the reference's input."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import torch

from tests.tiny_t5 import save_base
from text2sql.answering.predict import predict
from text2sql.databases import Catalog, Database
from text2sql.generators.base import Options
from text2sql.generators.checkpoint import Checkpoint
from text2sql.generators.ctranslate import CTranslateGenerator, convert
from text2sql.generators.seq2seq import Seq2SeqGenerator
from text2sql.prompt import build_prompt
from text2sql.sandbox import run_query
from text2sql.schema import Column, Schema, Table

QUESTION = "How many doctors are there?"


@pytest.fixture(scope="module", params=[(True, 2), (False, 0)], ids=["flan", "t5"])
def checkpoint(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Checkpoint:
    """Flan's kind and the original: they differ in the scale of the decoder's output.

    Their seeds were chosen so that no two sequences are nearly tied: with weights that are off by
    a ten-thousandth, much more than rounding, both write the same in a dozen tokens.
    """
    flan, seed = request.param
    return Checkpoint.find(str(save_base(tmp_path_factory.mktemp("base"), flan=flan, seed=seed)))


@pytest.fixture
def clinic() -> Database:
    return Catalog.open().get("clinic")


@pytest.fixture
def _cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path / "cache"))


def load(checkpoint: Checkpoint, constrained: bool = False) -> Seq2SeqGenerator:
    return Seq2SeqGenerator.load(checkpoint, constrained, dtype=torch.float32, device="cpu")


@pytest.mark.usefixtures("_cache")
@pytest.mark.parametrize("beams", [1, 4])
def test_ctranslate2_writes_what_transformers_writes(
    checkpoint: Checkpoint, clinic: Database, beams: int
) -> None:
    options = Options(beams=beams, max_length=12)
    ours = load(checkpoint).generate(QUESTION, clinic, options)
    theirs = CTranslateGenerator.load(checkpoint, False, "float32").generate(
        QUESTION, clinic, options
    )
    assert [c.sql for c in theirs] == [c.sql for c in ours]
    assert [c.score for c in theirs] == pytest.approx([c.score for c in ours], abs=1e-3)


@pytest.mark.usefixtures("_cache")
def test_a_model_is_converted_once_and_again_when_its_weights_change(tmp_path: Path) -> None:
    base = save_base(tmp_path / "base")
    steps: list[tuple[int, int]] = []

    def count(what: str, done: int, total: int) -> None:
        steps.append((done, total))

    first = convert(Checkpoint(str(base)), "int8", count)
    assert convert(Checkpoint(str(base)), "int8", count) == first
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]
    save_base(base, seed=1)
    assert convert(Checkpoint(str(base)), "int8", count) != first
    assert [p.name for p in first.parent.iterdir() if p.name.endswith(".converting")] == []


def test_constrained_output_of_random_weights_runs(
    checkpoint: Checkpoint, clinic: Database
) -> None:
    found = load(checkpoint, constrained=True).generate(QUESTION, clinic, Options(2, 100))
    assert [run_query(clinic, candidate.sql).error for candidate in found] == [None] * len(found)
    assert found[0].score >= found[-1].score


def test_the_model_reads_the_reference_s_prompt(checkpoint: Checkpoint) -> None:
    """Question and schema text in, SQL out, as the reference's function of that name."""
    generator = load(checkpoint)
    schema = "singer(id, name) | song(id, singer_id)"
    ids = generator.tokenizer(build_prompt("How many?", schema), return_tensors="pt").input_ids
    with torch.inference_mode():
        written = generator.model.generate(ids, num_beams=4, max_length=128, do_sample=False)[0]
    text = generator.tokenizer.decode(written, skip_special_tokens=True)
    sql = predict("How many?", schema, generator)
    assert sql.replace("<", "").split() == text.split()


def test_tables_that_do_not_fit_are_left_out_aloud(
    checkpoint: Checkpoint, caplog: pytest.LogCaptureFixture
) -> None:
    tables = tuple(
        Table(f"archive_{n}", tuple(Column(f"entry_{m}") for m in range(30))) for n in range(20)
    )
    schema = Schema((*tables, Table("doctor", (Column("name"),))))
    generator = load(checkpoint)
    with caplog.at_level(logging.WARNING):
        ids = generator.encode("Which doctor?", Database("wide", schema))
    assert len(ids) <= 512
    assert "doctor" not in generator.prompt("Which doctor?", Database("wide", schema)).dropped
    said = [record.getMessage() for record in caplog.records if record.name.startswith("text2sql")]
    assert len(said) == 1
    assert said[0].startswith("The schema of 'wide' is longer than the 512 tokens that")
