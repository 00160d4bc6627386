"""Whole runs: they learn, they are repeatable, they survive a stop, they leave a usable folder."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import (
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    Seq2SeqTrainingArguments,
    TrainerCallback,
)

from text2sql.atomic import save_error
from text2sql.errors import SaveError
from text2sql.spider import Example
from train.arguments import training_arguments
from train.config import (
    RecipeError,
    Seq2SeqRecipe,
    build_recipe,
    read_recipe_file,
    with_settings,
)
from train.devices import check_processes, share_batch
from train.hub import push
from train.lora import check_precision
from train.order import LengthGroups
from train.resuming import last_checkpoint
from train.seq2seq import Seq2SeqRun as Run

ROOT = Path(__file__).parents[2]

Weights = dict[str, torch.Tensor]


def weights(model: Any) -> Weights:
    return {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}


def assert_same(found: Weights, expected: Weights, tolerance: float = 0.0) -> None:
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=tolerance, atol=tolerance)


@pytest.fixture(scope="module")
def finished(recipe: Seq2SeqRecipe, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of two epochs that was not interrupted."""
    run = Run("test", recipe, None, tmp_path_factory.mktemp("runs") / "run")
    run.run()
    return run


def table(out: Path) -> list[dict[str, str]]:
    with (out / "metrics.csv").open() as file:
        return list(csv.DictReader(file))


# what a run leaves


def test_a_run_leaves_these_files(finished: Run) -> None:
    names = {path.name for path in finished.out.iterdir()}
    files = {"curves.svg", "manifest.json", "metrics.csv", "samples.jsonl"}
    assert names == {"adapter", "checkpoints"} | files
    adapter = {path.name for path in (finished.out / "adapter").iterdir()}
    assert adapter == {
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
        "text2sql.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_every_epoch_is_a_row_and_both_losses_fall(finished: Run) -> None:
    rows = table(finished.out)
    assert [row["epoch"] for row in rows] == ["1.0", "2.0"]
    assert float(rows[1]["train_loss"]) < float(rows[0]["train_loss"])
    assert float(rows[1]["validation_loss"]) < float(rows[0]["validation_loss"])
    # per token, not per accumulated batch: the defect would show as a factor of four
    assert float(rows[0]["train_loss"]) < 1.5 * float(rows[0]["validation_loss"])


def test_the_same_question_is_recorded_after_each_epoch(finished: Run) -> None:
    lines = (finished.out / "samples.jsonl").read_text(encoding="utf-8").splitlines()
    samples = [json.loads(line) for line in lines]
    assert [sample["epoch"] for sample in samples] == [1.0, 2.0]
    assert samples[0]["step"] < samples[1]["step"]
    assert len({(sample["question"], sample["gold"]) for sample in samples}) == 1


def test_the_precision_is_right_at_the_end(finished: Run) -> None:
    check_precision(finished.model)


def test_the_adapter_loads_onto_the_base(finished: Run, recipe: Seq2SeqRecipe) -> None:
    folder = finished.out / "adapter"
    base = AutoModelForSeq2SeqLM.from_pretrained(recipe.base, dtype=torch.bfloat16)
    loaded = PeftModel.from_pretrained(base, folder, is_trainable=True)
    assert_same(weights(loaded), weights(finished.model))
    assert len(AutoTokenizer.from_pretrained(folder)) == len(finished.tokenizer)


def test_the_manifest_and_the_card_have_the_measured_numbers(finished: Run) -> None:
    manifest = json.loads((finished.out / "manifest.json").read_text())
    assert manifest["settings"]["rate"] == 3e-3
    assert list(manifest["data"]) == ["questions.json"]
    assert manifest["inputs"]["train"]["examples"] == 32
    assert manifest["result"]["questions"] == {"validation": 32, "test": 0}
    assert set(manifest["result"]["validation"]) == {
        "exact_match",
        "rouge1",
        "exact_set",
        "execution",
    }
    card = (finished.out / "adapter" / "README.md").read_text()
    assert "- validation (32 questions): exact match" in card
    assert "| 2 |" in card


def test_each_epoch_prints_a_line_and_the_same_question(
    recipe: Seq2SeqRecipe,
    examples: list[Example],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Run("test", replace(recipe, limit=4), None, tmp_path / "run").run()
    out, err = capsys.readouterr()
    assert "2/2 [" in err  # the bar, with the time that is left
    assert "'eval_loss'" not in out
    assert out.count("train loss  validation loss  exact match  ROUGE-1  exact set") == 1
    assert out.count(f"    question   {examples[0].question}\n    gold       SELECT") == 2
    assert "Trained are " in out
    assert "train: 4 examples, inputs of " in out


# the same again


def test_two_runs_with_one_seed_are_equal(
    finished: Run, recipe: Seq2SeqRecipe, tmp_path: Path
) -> None:
    again = Run("test", recipe, None, tmp_path / "run")
    again.run()
    assert_same(weights(again.model), weights(finished.model))
    assert table(again.out) == table(finished.out)


class _Stop(TrainerCallback):
    """Ends the run hard once a step is reached."""

    def __init__(self, step: int, act: Callable[[], None]) -> None:
        self.step = step
        self.act = act

    def on_step_end(self, *args: Any, **kwargs: Any) -> None:
        if args[1].global_step == self.step:
            self.act()


def _fail() -> None:
    raise RuntimeError("stopped by the test")


def test_a_resumed_run_ends_with_the_same_numbers(
    finished: Run, recipe: Seq2SeqRecipe, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    stopped = Run("test", recipe, None, out)
    stopped.trainer.add_callback(_Stop(3, _fail))  # in the second of two epochs
    with pytest.raises(RuntimeError, match="stopped by the test"):
        stopped.run()
    assert len(table(out)) == 1
    resumed = Run("test", recipe, None, out)
    resumed.run(resume=True)
    assert_same(weights(resumed.model), weights(finished.model))
    assert table(out) == table(finished.out)
    check_precision(resumed.model)


def test_an_incomplete_checkpoint_is_skipped(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path) is None
    for step, state in ((9, "{}"), (10, "{}"), (11, '{"ep'), (12, None)):
        (tmp_path / f"checkpoint-{step}").mkdir()
        if state is not None:
            (tmp_path / f"checkpoint-{step}" / "trainer_state.json").write_text(state)
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-10"


def test_a_run_is_resumed_with_its_own_settings_only(finished: Run, recipe: Seq2SeqRecipe) -> None:
    changed = Run("test", replace(recipe, rate=1e-3), None, finished.out)
    with pytest.raises(RecipeError, match=r"was started with rate=0\.003 and now it is 0\.001"):
        changed.run(resume=True)


def test_a_full_disk_during_a_run_is_an_error_and_leaves_no_model(
    recipe: Seq2SeqRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PeftModel, "save_pretrained", full)
    run = Run("test", replace(recipe, limit=4, epochs=1), None, tmp_path / "run")
    with pytest.raises(SaveError, match=r"The disk is full: .*checkpoints' was not written"):
        run.run()
    assert not run.model_folder.exists()


# learning by heart


def test_the_tiny_recipe_memorizes_questions(tmp_path: Path) -> None:
    """In a shorter form: fewer questions and a smaller model."""
    settings = ["limit=6", "repeat=60", "batch_size=6"]
    settings += ["tiny.width=64", "tiny.feed_forward=128", "tiny.layers=1"]
    recipe = build_recipe(Seq2SeqRecipe, with_settings(read_recipe_file("tiny").values, settings))
    result = Run("tiny", recipe, None, tmp_path / "run").run()
    assert result["validation"]["exact_match"] == 100
    model = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "run" / "model")
    assert isinstance(model, torch.nn.Module)


# several processes


@pytest.mark.parametrize(
    ("processes", "expected"),
    [(1, (4, 4)), (2, (4, 2)), (4, (4, 1)), (8, (2, 1)), (16, (1, 1))],
)
def test_a_step_has_sixteen_examples_on_any_number_of_processes(
    processes: int, expected: tuple[int, int]
) -> None:
    batch, accumulation = share_batch(4, 4, processes)
    assert (batch, accumulation) == expected
    assert batch * accumulation * processes == 16


def test_a_step_that_the_processes_cannot_share_evenly_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"16 examples .* 3 processes cannot share evenly"):
        share_batch(4, 4, 3)


def test_the_order_of_examples_depends_on_seed_and_epoch_alone() -> None:
    lengths = [n % 7 + 1 for n in range(40)]

    def order(seed: int, epoch: int) -> list[int]:
        sampler = LengthGroups(lengths, 4, seed)
        sampler.set_epoch(epoch)
        torch.rand(3)  # what happened before does not matter
        return list(sampler)

    assert order(1, 0) == order(1, 0)
    assert sorted(order(1, 0)) == list(range(40))
    assert len({tuple(order(s, e)) for s in (1, 2) for e in (0, 1)}) == 4


def test_no_step_holds_an_example_twice_if_examples_are_repeated() -> None:
    lengths = [n % 7 + 1 for n in range(48)]
    order = list(LengthGroups(lengths * 5, 16, seed=0, repeat=5))
    assert sorted(order) == list(range(48 * 5))
    steps = [order[n : n + 16] for n in range(0, len(order), 16)]
    assert {len({index % 48 for index in step}) for step in steps} == {16}
    assert order[:48] != [index % 48 for index in order[48:96]]


def test_two_processes_train_and_measure_the_same(
    finished: Run, recipe: Seq2SeqRecipe, tmp_path: Path
) -> None:
    """Two CPU processes over gloo: the same steps, and evaluation shared between them."""
    out = tmp_path / "run"
    settings = {"trainer": "seq2seq", **finished.manifest["settings"], "cpu": False}
    (tmp_path / "two.json").write_text(json.dumps(settings))
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    launch += ["--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0"]
    launch += ["-m", "train", "--recipe", str(tmp_path / "two.json"), "--out", str(out)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(launch, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]

    manifest = json.loads((out / "manifest.json").read_text())
    assert {**manifest["settings"], "cpu": True} == finished.manifest["settings"]
    assert manifest["processes"] == 2
    state = json.loads(
        (last_checkpoint(out / "checkpoints") or out).joinpath("trainer_state.json").read_text()
    )
    assert state["global_step"] == finished.trainer.state.global_step == 4
    for found, expected in zip(table(out), table(finished.out), strict=True):
        for name in ("epoch", "train_loss", "validation_loss"):
            assert float(found[name]) == pytest.approx(float(expected[name]), rel=2e-3), name

    alone = Run("test", replace(recipe, adapter=str(out / "adapter")), None, tmp_path / "alone")
    changed = {n: w for n, w in weights(alone.model).items() if "lora_B" in n}  # from zero
    difference = {n: w - weights(finished.model)[n] for n, w in changed.items()}
    assert norm(difference) < 0.05 * norm(changed)

    alone.out.mkdir(exist_ok=True)
    measured = alone.trainer.evaluate()  # the same weights as the first epoch's, in one process
    row = table(out)[0]
    for name in ("exact_match", "rouge1", "exact_set", "execution"):
        assert measured[f"eval_{name}"] == pytest.approx(float(row[name])), name
    assert measured["eval_loss"] == pytest.approx(float(row["validation_loss"]), rel=1e-3)


def norm(tensors: Weights) -> float:
    return float(torch.stack([tensor.norm() for tensor in tensors.values()]).norm())


def test_two_gpus_in_one_process_are_refused_with_the_command_to_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Seq2SeqTrainingArguments, "n_gpu", 2)
    monkeypatch.setattr(sys, "argv", ["train", "--recipe", "my recipe.json"])
    with pytest.raises(RecipeError) as caught:
        training_arguments(Seq2SeqRecipe(cpu=True), tmp_path)
    assert "2 GPUs are visible to one process, which would make each step 2 times" in str(
        caught.value
    )
    assert "`torchrun --nproc-per-node 2 -m train --recipe 'my recipe.json'`" in str(caught.value)


def test_processes_that_are_not_connected_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = training_arguments(Seq2SeqRecipe(cpu=True), tmp_path)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(RecipeError, match="2 processes were started and 1 train together"):
        check_processes(arguments)


@pytest.mark.parametrize("change", ["per_device_train_batch_size", "gradient_accumulation_steps"])
def test_a_step_of_another_size_than_the_recipe_s_stops_the_run(
    change: str, recipe: Seq2SeqRecipe, tmp_path: Path
) -> None:
    """Whatever made it so: here the settings, after they were checked."""
    run = Run("test", recipe, None, tmp_path / "run")
    setattr(run.arguments, change, 8)
    run.trainer._train_batch_size = run.arguments.train_batch_size
    run.trainer.accelerator.gradient_accumulation_steps = run.arguments.gradient_accumulation_steps
    with pytest.raises(RecipeError, match="A step has 32 examples but the recipe says 16"):
        run.run()


def test_the_last_step_of_an_epoch_may_be_smaller(recipe: Seq2SeqRecipe, tmp_path: Path) -> None:
    run = Run("test", replace(recipe, limit=20, epochs=2), None, tmp_path / "run")
    run.run()
    assert run.trainer.state.global_step == 4


# settings and the hub


def test_the_recipe_reaches_the_library(tmp_path: Path) -> None:
    recipe = Seq2SeqRecipe(cpu=True)
    found = training_arguments(recipe, tmp_path)
    assert isinstance(found, Seq2SeqTrainingArguments)
    assert found.lr_scheduler_type == "cosine"
    assert (found.warmup_steps, found.weight_decay, found.max_grad_norm) == (0.1, 5e-4, 2.0)
    assert (found.learning_rate, found.num_train_epochs, found.bf16) == (3e-4, 10, False)
    assert found.label_smoothing_factor == 0
    assert found.generation_max_length == 128
    assert found.report_to == []
    assert not found.disable_tqdm


def test_a_model_folder_is_pushed_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, dict[str, Any]]] = []
    for name in ("create_repo", "upload_folder"):
        monkeypatch.setattr(
            f"huggingface_hub.HfApi.{name}",
            lambda self, *a, _n=name, **k: calls.append((_n, {"a": a, **k})),
        )
    assert push(tmp_path, "me/model") == "https://huggingface.co/me/model"
    assert calls == [
        ("create_repo", {"a": ("me/model",), "repo_type": "model", "exist_ok": True}),
        ("upload_folder", {"a": (), "repo_id": "me/model", "folder_path": str(tmp_path)}),
    ]


def test_a_push_that_fails_says_how_to_do_it_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise PermissionError("401 Unauthorized")

    monkeypatch.setattr("huggingface_hub.HfApi.create_repo", refuse)
    with pytest.raises(SaveError, match=r"401 Unauthorized.*hf upload me/model .* is saved"):
        push(tmp_path, "me/model")


def test_other_write_errors_name_the_folder(tmp_path: Path) -> None:
    told = save_error(PermissionError(13, "Permission denied"), tmp_path / "adapter")
    assert "adapter' cannot be written" in str(told)
