"""Training runs of the pocket model, from the start to the saved model."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from tests.train.pocket.conftest import collections_of
from text2sql.errors import ModelError
from text2sql.generators.pocket import layers
from text2sql.generators.pocket.generator import PocketGenerator
from text2sql.generators.pocket.model import PocketConfig, PocketModel
from train.pocket.data import PocketDataset
from train.pocket.losses import losses
from train.pocket.minilm import load_encoder
from train.pocket.recipe import PocketRecipe
from train.pocket.trainer import PocketTrainer


@pytest.fixture
def recipe(start: Path) -> PocketRecipe:
    return PocketRecipe(
        start=str(start),
        epochs=12,
        batch_size=8,
        rate=1e-2,
        text_rate=1e-3,
        held_out=0.2,
        evaluations=2,
        frozen_layers=1,
        workers=0,
        dropout=0.0,
    )


def _rows(out: Path) -> list[dict[str, str]]:
    with (out / "metrics.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_learns_and_saves_a_model_that_answers(
    recipe: PocketRecipe, spider: Path, tmp_path: Path
) -> None:
    best = PocketTrainer(recipe, collections_of(spider), tmp_path / "run").run()
    rows = _rows(tmp_path / "run")
    assert float(rows[1]["loss"]) < 0.7 * float(rows[0]["loss"])
    assert best == max(float(row["held_out"]) for row in rows)
    assert PocketGenerator.load(tmp_path / "run").model.sizes.width == 16


def test_a_run_leaves_the_arithmetic_of_its_process_as_it_was(
    recipe: PocketRecipe, spider: Path, tmp_path: Path
) -> None:
    tiny = sys.float_info.min
    PocketTrainer(replace(recipe, steps=1), collections_of(spider), tmp_path / "run").run()
    assert tiny / 2 > 0  # else numbers below the smallest normal one have become zero


def test_the_same_seed_gives_the_same_run(
    recipe: PocketRecipe, spider: Path, tmp_path: Path
) -> None:
    recipe = replace(recipe, epochs=3, dropout=0.1)
    for name in ("one", "other"):
        PocketTrainer(recipe, collections_of(spider), tmp_path / name).run()
    one, other = (_rows(tmp_path / name) for name in ("one", "other"))
    assert [row["loss"] for row in one] == [row["loss"] for row in other]


def test_a_resumed_run_continues_where_it_stopped(
    recipe: PocketRecipe, spider: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    trainer = PocketTrainer(replace(recipe, epochs=4), collections_of(spider), out)
    trainer.run()
    resumed = PocketTrainer(replace(recipe, epochs=8, evaluations=4), collections_of(spider), out)
    resumed.run(resume=True)
    assert [int(row["step"]) for row in _rows(out)] == [2, 4, 6, 8]
    assert resumed.best >= trainer.best


def test_a_run_stopped_within_an_epoch_resumes_with_the_rest_of_it(
    recipe: PocketRecipe, spider: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(recipe, batch_size=2, steps=7, evaluations=1)
    taken: list[tuple[int, int]] = []
    read = PocketDataset.__getitem__

    def recorded(self: PocketDataset, key: tuple[int, int]) -> object:
        taken.append(key)
        return read(self, key)

    monkeypatch.setattr(PocketDataset, "__getitem__", recorded)
    out = tmp_path / "run"
    PocketTrainer(replace(recipe, steps=3), collections_of(spider), out).run()
    PocketTrainer(replace(recipe, evaluations=2), collections_of(spider), out).run(resume=True)
    assert len(taken) == 14
    assert sorted(taken[:8]) == [(0, number) for number in range(8)]


def test_a_run_begins_with_the_weights_of_the_model_it_starts_from(
    recipe: PocketRecipe, spider: Path, start: Path, tmp_path: Path
) -> None:
    trainer = PocketTrainer(recipe, collections_of(spider), tmp_path / "run")
    wanted = PocketModel.from_pretrained(start).state_dict()
    torch.testing.assert_close(dict(trainer.model.state_dict()), dict(wanted))


def test_a_start_folder_without_a_model_is_named(
    recipe: PocketRecipe, spider: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"no tokenizer\.json in .*nowhere.*; choose a model's"):
        PocketTrainer(
            replace(recipe, start=str(tmp_path / "nowhere")),
            collections_of(spider),
            tmp_path / "run",
        )


@torch.inference_mode()
def test_a_batch_whose_padding_stays_in_gives_the_same_losses(
    recipe: PocketRecipe, spider: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = PocketTrainer(recipe, collections_of(spider), tmp_path / "run")
    trainer.model.train(False)
    goal = next(iter(trainer.loader))
    found = []
    for packed in (True, False):
        monkeypatch.setattr(layers, "packs", lambda _, packed=packed: packed)
        logits, mentioned = trainer.model(goal.batch, goal.inputs)
        found.append(losses(logits, mentioned, goal))
    assert not bool(goal.batch.mask.all())
    torch.testing.assert_close(found[0], found[1])


def test_a_gpu_computes_the_states_that_a_cpu_caches(
    recipe: PocketRecipe, spider: Path, tmp_path: Path
) -> None:
    trainer = PocketTrainer(recipe, collections_of(spider), tmp_path / "run")
    trainer.model.train(False)
    pieces = next(iter(trainer.loader)).batch.pieces[0]
    remembered = trainer.text._cached(pieces, trainer.frozen)
    places = pieces != 0
    computed = trainer.text._computed(pieces, trainer.frozen)
    torch.testing.assert_close(computed[places], remembered[places])


@torch.inference_mode()
def test_the_text_layers_compute_what_the_checkpoint_computes(tmp_path: Path) -> None:
    torch.manual_seed(0)
    bert = BertModel(
        BertConfig(
            vocab_size=50,
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=96,
        )
    ).eval()  # type: ignore[no-untyped-call]
    bert.save_pretrained(tmp_path)
    model = PocketModel(
        PocketConfig(vocabulary=50, text_width=24, text_layers=2, text_heads=2, width=16, heads=2)
    ).eval()  # type: ignore[no-untyped-call]
    load_encoder(model, tmp_path)
    pieces = torch.tensor([[2, 7, 9, 3, 0, 0], [2, 8, 11, 12, 13, 3]])
    wanted = bert(pieces, attention_mask=pieces != 0).last_hidden_state
    found = model.read(model.embed(pieces), pieces)
    torch.testing.assert_close(found[0, :4], wanted[0, :4], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found[1], wanted[1], atol=1e-5, rtol=1e-4)
