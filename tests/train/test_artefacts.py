"""The results of a run, loaded with common tools and without this project's code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from text2sql.generators.checkpoint import Checkpoint
from text2sql.generators.ctranslate import convert
from text2sql.spider import Example
from train.config import Lora, Seq2SeqRecipe
from train.seq2seq import Seq2SeqRun as Run

_LOAD_AND_WRITE = """
import json, sys, warnings
warnings.simplefilter("error")
warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")  # an old name
import torch
from peft import PeftModel
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
def written(base, folder, inputs):
    model = AutoModelForSeq2SeqLM.from_pretrained(base)
    if folder != base:
        model = PeftModel.from_pretrained(model, folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    outputs = []
    for start in range(0, len(inputs), 16):
        batch = tokenizer(inputs[start : start + 16], padding=True, return_tensors="pt")
        ids = model.generate(input_ids=batch.input_ids, attention_mask=batch.attention_mask,
                             max_new_tokens=23, num_beams=1)
        outputs += tokenizer.batch_decode(ids, skip_special_tokens=True)
    return [text.strip() for text in outputs]
found = {name: written(*given) for name, given in json.load(sys.stdin)[0].items()}
assert not {"text2sql", "train"} & set(sys.modules)
print(json.dumps(found))
"""

_TRANSLATE = """
import json, sys
import ctranslate2
from transformers import AutoTokenizer
folder, inputs = json.load(sys.stdin)
tokenizer = AutoTokenizer.from_pretrained(folder)
translator = ctranslate2.Translator(folder, compute_type="float32")
tokens = [tokenizer.convert_ids_to_tokens(tokenizer(text).input_ids) for text in inputs]
found = translator.translate_batch(tokens, beam_size=1, max_decoding_length=23)
ids = [tokenizer.convert_tokens_to_ids(each.hypotheses[0]) for each in found]
assert not {"text2sql", "train"} & set(sys.modules)
print(json.dumps([t.strip() for t in tokenizer.batch_decode(ids, skip_special_tokens=True)]))
"""


@pytest.fixture(scope="module")
def questions(examples: Sequence[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred of the samples' questions; gold queries are short and compare by ``<``."""
    found = []
    for n, example in enumerate(examples[:100]):
        comparison = ("<", "<=", "<>")[n % 3]
        found.append(replace(example, query=f"SELECT id FROM t WHERE n {comparison} {n % 5}"))
    path = tmp_path_factory.mktemp("questions") / "questions.json"
    path.write_text(json.dumps([asdict(example) for example in found]))
    return path


def trained(recipe: Seq2SeqRecipe, questions: Path, out: Path) -> Run:
    """A run that has learned to write queries with ``<``, and what it wrote last in its scorer."""
    files = {"train_files": (str(questions),), "validation_file": str(questions)}
    short = {"epochs": 2, "rate": 1e-2, "max_output": 24, "max_input": 128, "batch_size": 4}
    run = Run("test", replace(recipe, base_dtype="float32", **files, **short), None, out)  # type: ignore[arg-type]
    run.run()
    run.trainer.evaluate()  # with the weights of the best epoch, which are those saved
    return run


@pytest.fixture(scope="module")
def adapter(
    recipe: Seq2SeqRecipe, questions: Path, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    lora = replace(recipe, lora=Lora(r=8, alpha=32), accumulation=1)
    return trained(lora, questions, tmp_path_factory.mktemp("runs") / "adapter")


@pytest.fixture(scope="module")
def whole(recipe: Seq2SeqRecipe, questions: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(
        replace(recipe, lora=None, accumulation=1),
        questions,
        tmp_path_factory.mktemp("runs") / "whole",
    )


def by(script: str, *given: Any) -> Any:
    """What ``script`` writes in a Python that cannot see this project."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def inputs(run: Run) -> list[str]:
    """The prompts as text: the reference's form, which users write themselves."""
    ids = [item["input_ids"] for item in run.data.validation]
    return [str(text) for text in run.tokenizer.batch_decode(ids, skip_special_tokens=True)]


@pytest.fixture(scope="module")
def plain(
    adapter: Run, whole: Run, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    """What common tools write with each kind of model, in one process, as they load slowly."""
    checkpoint = Checkpoint(adapter.recipe.base, str(adapter.model_folder))
    merged = str(tmp_path_factory.mktemp("merged"))
    checkpoint.load_model().save_pretrained(merged)
    checkpoint.load_tokenizer().save_pretrained(merged)
    folder = str(whole.model_folder)
    given = {
        "adapter": (checkpoint.base, checkpoint.adapter, inputs(adapter)),
        "whole": (folder, folder, inputs(whole)),
        "merged": (merged, merged, inputs(adapter)),
    }
    found: dict[str, list[str]] = by(_LOAD_AND_WRITE, given)
    return found


def test_plain_peft_writes_what_the_run_wrote_in_100_of_100(
    adapter: Run, plain: dict[str, list[str]]
) -> None:
    own = adapter.scorer.predictions
    assert len(own) == 100
    assert sum("<" in text for text in own) > 30  # or nothing would be said about it
    assert plain["adapter"] == own


def test_plain_transformers_writes_what_a_whole_model_wrote(
    whole: Run, plain: dict[str, list[str]]
) -> None:
    assert plain["whole"] == whole.scorer.predictions


def test_a_merged_model_writes_the_same_in_plain_transformers(
    adapter: Run, plain: dict[str, list[str]]
) -> None:
    assert plain["merged"] == adapter.scorer.predictions


def test_plain_ctranslate2_writes_the_same(
    adapter: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path))
    folder = convert(Checkpoint(adapter.recipe.base, str(adapter.model_folder)), "float32")
    assert by(_TRANSLATE, str(folder), inputs(adapter)) == adapter.scorer.predictions
