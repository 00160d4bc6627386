"""Fine-tunes of decoder-only models: the loss on replies, and loading with common tools."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.tiny_chat import save_base
from text2sql.generators.chat import INSTRUCTION
from text2sql.spider import Example
from train.causal import CausalRun, ChatCollator
from train.config import CausalRecipe, Lora, Seq2SeqRecipe
from train.data import IGNORED
from train.usage import Usage

_PLAIN = """
import json, sys
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer
base, folder, instruction, prompts = json.load(sys.stdin)
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), folder)
tokenizer = AutoTokenizer.from_pretrained(folder)
outputs = []
for prompt in prompts:
    chat = [{"role": "system", "content": instruction}, {"role": "user", "content": prompt}]
    inputs = tokenizer.apply_chat_template(
        chat, add_generation_prompt=True, return_dict=True, return_tensors="pt")
    ids = model.generate(**inputs, max_new_tokens=24, do_sample=False)
    outputs.append(tokenizer.decode(ids[0, inputs["input_ids"].shape[1]:],
                                    skip_special_tokens=True).strip())
assert not {"text2sql", "train"} & set(sys.modules)
print(json.dumps(outputs))
"""


@pytest.fixture(scope="module")
def chat_recipe(recipe: Seq2SeqRecipe, tmp_path_factory: pytest.TempPathFactory) -> CausalRecipe:
    base = save_base(tmp_path_factory.mktemp("chat"))
    return CausalRecipe(
        base=str(base),
        base_dtype="float32",
        lora=Lora(r=4, alpha=8, targets=("q_proj", "v_proj", "down_proj")),
        data="samples",
        train_files=recipe.train_files,
        validation_file=recipe.validation_file,
        halve=False,
        epochs=2,
        rate=1e-2,
        max_output=24,
        evaluation_batch_size=16,
        cpu=True,
    )


@pytest.fixture(scope="module")
def finished(chat_recipe: CausalRecipe, tmp_path_factory: pytest.TempPathFactory) -> CausalRun:
    run = CausalRun("test", chat_recipe, None, tmp_path_factory.mktemp("runs") / "run")
    run.run()
    return run


def test_plain_peft_writes_what_the_run_wrote(finished: CausalRun, examples: list[Example]) -> None:
    finished.trainer.evaluate()
    prompts = [
        str(finished.tokenizer.decode(item["input_ids"])).split("user\n")[1].split("<|im_end|>")[0]
        for item in finished.data.validation
    ]
    given = [finished.recipe.base, str(finished.model_folder), INSTRUCTION, prompts]
    done = subprocess.run(
        [sys.executable, "-I", "-c", _PLAIN],
        input=json.dumps(given), capture_output=True, text=True, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == finished.scorer.predictions


def test_the_loss_counts_only_the_replies(finished: CausalRun) -> None:
    """Each example by itself, unpadded, with the model's own loss, agrees with the batch's."""
    features = finished.data.train[:5]
    batch: Any = ChatCollator(finished.tokenizer)(features)
    model: Any = finished.model.eval()
    tokens = sum(len(item["labels"]) for item in features)
    with torch.no_grad():
        found = finished.trainer.compute_loss(model, batch, num_items_in_batch=tokens)
        expected = 0.0
        for item in features:
            ids = torch.tensor([item["input_ids"] + item["labels"]])
            labels = torch.tensor([[IGNORED] * len(item["input_ids"]) + item["labels"]])
            loss = model(input_ids=ids, labels=labels).loss
            expected += float(loss) * len(item["labels"])
    assert float(found) == pytest.approx(expected / tokens, rel=1e-4)


def test_a_reply_ends_with_the_end_token_and_follows_the_prompt(finished: CausalRun) -> None:
    item, tokenizer = finished.data.train[0], finished.tokenizer
    assert tokenizer.decode(item["input_ids"]).endswith("<|im_start|>assistant\n")
    assert item["labels"][-1] == tokenizer.eos_token_id


def test_four_batches_count_the_tokens_of_one(
    chat_recipe: CausalRecipe, finished: CausalRun, tmp_path: Path
) -> None:
    """The library would leave out the first token of each reply."""
    whole = replace(chat_recipe, batch_size=16, accumulation=1)
    run = CausalRun("test", whole, None, tmp_path / "run")
    run.run()
    losses = [
        [e["loss"] for e in r.trainer.state.log_history if "loss" in e] for r in (run, finished)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_the_manifest_has_the_cost_of_the_run(finished: CausalRun) -> None:
    whole = (finished.out / "manifest.json").read_text()
    finished.trainer.evaluate()
    assert (finished.out / "manifest.json").read_text() == whole
    manifest = json.loads(whole)
    usage = manifest["usage"]
    assert manifest["trainer"] == "causal"
    assert usage["examples"] == 2 * len(finished.data.train)
    assert usage["processes"] == 1
    assert 0 < usage["training_seconds"] < usage["seconds"]
    assert usage["examples_per_s"] > 0
    assert usage["peak_memory_mb"] > 50
    assert usage["machine"]
    card = (finished.model_folder / "README.md").read_text()
    took = Usage.before(manifest, usage["machine"], 1)
    assert f"Training took {took.sentence()}." in card
