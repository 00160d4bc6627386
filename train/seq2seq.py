"""Fine-tunes a T5: ``text2sql train --recipe flan-t5-large-lora``."""

from __future__ import annotations

import json
import math
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from peft import PeftModel
from torch import Tensor
from torch.utils.data import Sampler
from transformers import (
    PreTrainedTokenizerBase,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    set_seed,
)
from transformers.trainer_callback import ProgressCallback
from transformers.trainer_pt_utils import get_length_grouped_indices

from text2sql.atomic import is_disk_full, new_folder, save_error
from text2sql.errors import DataError, SaveError
from text2sql.generators.input_format import FILE, InputFormat
from train.callbacks import EpochReport, PrecisionCheck, QuietProgress
from train.config import RecipeError, Seq2SeqRecipe
from train.data import IGNORED, Collator, Encoder, Features, Splits, read_splits
from train.lora import build_model, build_tokenizer, check_precision, count_trainable, frozen_dtype
from train.loss import token_loss
from train.metrics import Judge
from train.report import (
    epoch_rows,
    make_manifest,
    model_card,
    save_json,
)

__all__ = ["LengthGroups", "Run", "SpiderTrainer", "share_batch", "training_arguments"]


class LengthGroups(Sampler[int]):
    """Random order in which examples of similar length meet in one step.

    It depends on the seed, the epoch and the size of a step, not on how many processes share the
    step, and not on what happened before a resume. Where the examples are there ``repeat`` times,
    each time is ordered by itself: copies of an example, which are of one length, would else fill
    whole steps.
    """

    def __init__(self, lengths: Sequence[int], step_size: int, seed: int, repeat: int = 1) -> None:
        self.repeat = repeat
        self.lengths = list(lengths)
        self.step_size = step_size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the trainer before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed * 1000 + self.epoch)
        group: Any = get_length_grouped_indices  # untyped
        once = len(self.lengths) // self.repeat
        for start in range(0, len(self.lengths), once):
            order = group(self.lengths[:once], self.step_size, generator=generator)
            yield from (start + index for index in order)


def share_batch(batch_size: int, accumulation: int, processes: int) -> tuple[int, int]:
    """Batch and accumulation of each process, so that a step has as many examples as with one.

    Raises:
        RecipeError: the examples of a step cannot be shared out evenly.
    """
    step = batch_size * accumulation
    if step % processes:
        raise RecipeError(
            f"A step has {step} examples (batch_size x accumulation), which {processes} processes "
            "cannot share evenly; change one of the three."
        )
    mine = step // processes
    batch = math.gcd(batch_size, mine)
    return batch, mine // batch


def training_arguments(
    recipe: Seq2SeqRecipe, out: Path, track: str | None = None
) -> Seq2SeqTrainingArguments:
    """The library's settings for ``recipe``, with checkpoints under ``out``."""
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    batch, accumulation = share_batch(recipe.batch_size, recipe.accumulation, processes)
    if track == "tensorboard":
        os.environ.setdefault("TENSORBOARD_LOGGING_DIR", str(out / "tensorboard"))
    cuda = torch.cuda.is_available() and not recipe.cpu
    return Seq2SeqTrainingArguments(
        output_dir=str(out / "checkpoints"),
        use_cpu=recipe.cpu,
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=accumulation,
        per_device_eval_batch_size=recipe.evaluation_batch_size,
        num_train_epochs=recipe.epochs,
        learning_rate=recipe.rate,
        lr_scheduler_type=recipe.schedule,
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        max_grad_norm=recipe.max_norm,
        optim="adamw_torch_fused",
        bf16=False,
        activation_checkpointing=recipe.gradient_checkpointing,
        activation_checkpointing_kwargs={"use_reentrant": False},
        remove_unused_columns=False,  # the collator refuses them instead
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        save_total_limit=2,  # the best and the last
        load_best_model_at_end=True,
        metric_for_best_model="exact_match",
        greater_is_better=True,
        predict_with_generate=True,
        generation_max_length=recipe.max_output,
        generation_num_beams=recipe.evaluation_beams,
        dataloader_pin_memory=cuda,
        disable_tqdm=False,  # by default, the bar goes with the library's warnings
        ddp_find_unused_parameters=False,
        report_to=[track] if track else [],
        seed=recipe.seed,
        data_seed=recipe.seed,
    )


class SpiderTrainer(Seq2SeqTrainer):
    """The library's trainer with the exact loss, one order of examples, and small checkpoints."""

    def __init__(
        self, *, recipe: Seq2SeqRecipe, tokenizer: PreTrainedTokenizerBase, **options: Any
    ) -> None:
        super().__init__(compute_loss_func=token_loss, processing_class=tokenizer, **options)
        self.recipe = recipe
        self.tokenizer = tokenizer

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        examples: Any = train_dataset if train_dataset is not None else self.train_dataset
        lengths = [len(item["input_ids"]) for item in examples]
        step = self.recipe.batch_size * self.recipe.accumulation
        return LengthGroups(lengths, step, self.recipe.seed, self.recipe.repeat)

    def prediction_step(
        self,
        model: Any,
        inputs: dict[str, Any],
        prediction_loss_only: bool,
        ignore_keys: list[str] | None = None,
        **generation: Any,
    ) -> tuple[Any, Tensor, Tensor]:
        """Loss per token as in training, and freely generated tokens, padded to one length."""
        inputs = self._prepare_inputs(inputs)
        labels = inputs.pop("labels")
        settings = {k: v for k, v in self._gen_kwargs.items() if v is not None}
        with torch.no_grad():
            loss = token_loss(model(**inputs), labels)
            read = {k: inputs[k] for k in ("input_ids", "attention_mask")}
            generated = self._model.generate(**read, **settings)
        longest = self.recipe.max_output
        padding = (0, longest - min(longest, generated.shape[1]))
        generated = functional.pad(generated[:, :longest], padding, value=IGNORED)
        return loss, generated, labels

    @property
    def _model(self) -> Any:
        return self.model  # the library knows no more of it than that it is a module

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        if not isinstance(self.model, PeftModel):
            super()._save(output_dir, state_dict)
        elif self.args.should_save:
            folder = output_dir or str(self.args.output_dir)
            # told otherwise, peft may ask the hub whether the vocabulary has grown
            self.model.save_pretrained(folder, save_embedding_layers=False)
            self.tokenizer.save_pretrained(folder)


@dataclass(frozen=True)
class Encoded:
    """The parts of the data as token ids, and what it cost to fit them."""

    train: list[Features]
    validation: list[Features]
    test: list[Features]
    reports: dict[str, dict[str, int]]


class Run:
    """One fine-tune from data to model folder; ``out`` receives everything."""

    def __init__(
        self,
        name: str,
        recipe: Seq2SeqRecipe,
        spider_dir: Path | None,
        out: Path,
        track: str | None = None,
    ) -> None:
        self.name = name
        self.recipe = recipe
        self.out = out
        set_seed(recipe.seed)
        self.splits = read_splits(recipe, spider_dir)
        self.arguments = training_arguments(recipe, out, track)
        self.main = self.arguments.process_index == 0
        self.tokenizer = build_tokenizer(recipe, list(_texts(self.splits)))
        self.base_dtype = frozen_dtype(recipe)
        self.model = build_model(recipe, self.tokenizer)
        check_precision(self.model, self.base_dtype)
        self.data = self._encode()
        self.judge = Judge(self.tokenizer, self.splits.validation, self.splits.databases)
        self.manifest = self._manifest()
        self.trainer = self._trainer()

    def _encode(self) -> Encoded:
        encoder = Encoder(self.tokenizer, self.recipe, self.splits.databases)
        parts, reports = {}, {}
        for name in ("train", "validation", "test"):
            examples = getattr(self.splits, name)
            parts[name] = encoder.encode(examples, training=name == "train")
            reports[name] = encoder.report.to_dict()
            if examples:
                self._say(encoder.report.sentence(name, self.recipe.max_input))
        for note in self.splits.notes:
            self._say(note)
        if not parts["train"]:
            raise DataError("No training example is left; raise limit or max_output.")
        return Encoded(**parts, reports=reports)

    def _manifest(self) -> dict[str, Any]:
        trained, total = count_trainable(self.model)
        self._say(
            f"Trained are {trained:,} of {total:,} parameters ({100 * trained / total:.1f}%)."
        )
        settings = asdict(self.recipe)
        if self.recipe.lora is not None:  # what "auto" is here: a resumed run must find the same
            settings["base_dtype"] = str(self.base_dtype).removeprefix("torch.")
        manifest = make_manifest(self.name, "seq2seq", settings, self.splits.files)
        parameters = {"trained": trained, "all": total}
        whole = {
            **manifest,
            "processes": self.arguments.world_size,
            "parameters": parameters,
            "inputs": self.data.reports,
        }
        as_read: dict[str, Any] = json.loads(json.dumps(whole))  # tuples are lists in a file
        return as_read

    def _trainer(self) -> SpiderTrainer:
        trainer = SpiderTrainer(
            recipe=self.recipe,
            model=self.model,
            args=self.arguments,
            train_dataset=self.data.train * self.recipe.repeat,
            eval_dataset=self.data.validation,
            data_collator=Collator(self.tokenizer, self.model),
            tokenizer=self.tokenizer,
            compute_metrics=self.judge,
            callbacks=[PrecisionCheck(self.base_dtype), EpochReport(self.judge, self.out)],
        )
        if trainer.pop_callback(ProgressCallback) is not None:
            trainer.add_callback(QuietProgress())
        return trainer

    def run(self, resume: bool = False) -> dict[str, dict[str, float]]:
        """Train, measure and save; the numbers of the best epoch, by part.

        Raises:
            SaveError: something could not be written.
            RecipeError: the run to resume was another one.
        """
        checkpoint = self._checkpoint() if resume else None
        if self.main:
            self.out.mkdir(parents=True, exist_ok=True)
            save_json(self.manifest, self.out / "manifest.json")
        try:
            self.trainer.train(resume_from_checkpoint=checkpoint)
        except Exception as error:
            if is_disk_full(error, self.out):
                raise save_error(error, self.out / "checkpoints") from error
            raise
        check_precision(self.model, self.base_dtype)
        result = self._measure()
        if self.main:
            self._save(result)
        return result

    def _measure(self) -> dict[str, dict[str, float]]:
        """The best epoch's numbers on validation, and those of its weights on test."""
        rows = epoch_rows(self.trainer.state.log_history)
        best = max(rows, key=lambda row: row.exact_match)  # the first of equals, as the library
        numbers = {k: v for k, v in asdict(best).items() if v is not None}
        del numbers["epoch"], numbers["validation_loss"]
        numbers.pop("train_loss", None)
        result = {"validation": numbers}
        if self.data.test:
            self.trainer.compute_metrics = Judge(
                self.tokenizer, self.splits.test, self.splits.databases
            )
            features: Any = self.data.test
            outcome = self.trainer.predict(features, metric_key_prefix="test")
            measured = outcome.metrics or {}
            result["test"] = {k: measured[f"test_{k}"] for k in numbers if f"test_{k}" in measured}
        return result

    def _save(self, result: dict[str, dict[str, float]]) -> None:
        questions = {"validation": len(self.splits.validation), "test": len(self.splits.test)}
        manifest = {**self.manifest, "result": {**result, "questions": questions}}
        rows = epoch_rows(self.trainer.state.log_history)
        card = model_card(manifest, rows)
        with new_folder(self.model_folder) as part:
            self._write_model(part, card)
        save_json(manifest, self.out / "manifest.json")

    @property
    def model_folder(self) -> Path:
        """Where the model is saved: ``adapter``, or ``model`` where all weights are trained."""
        return self.out / ("model" if self.recipe.lora is None else "adapter")

    def _write_model(self, folder: Path, card: str) -> None:
        options = {} if self.recipe.lora is None else {"save_embedding_layers": False}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # peft's advice on embeddings that are not saved
            self.model.save_pretrained(folder, **options)
        self.tokenizer.save_pretrained(folder)
        (folder / "README.md").write_text(card, encoding="utf-8")
        recipe = self.recipe
        reads = InputFormat(recipe.schema, recipe.max_input, recipe.max_output)
        save_json(reads.to_dict(), folder / FILE)

    def _checkpoint(self) -> str | None:
        """The last whole checkpoint of the same run; None where it had not come to one.

        Raises:
            RecipeError: the run was started with other settings or other data.
        """
        path = self.out / "manifest.json"
        if not path.is_file():
            raise RecipeError(
                f"There is no run in {str(self.out)!r} to resume; leave out --resume."
            )
        _check_same(json.loads(path.read_text(encoding="utf-8")), self.manifest, self.out)
        found = last_checkpoint(self.out / "checkpoints")
        self._say(f"Resuming from {found}." if found else "No epoch was finished; starting again.")
        return str(found) if found else None

    def _say(self, text: str) -> None:
        if self.main:
            print(text, flush=True)


def _texts(splits: Splits) -> Iterator[str]:
    for example in splits.train:
        yield example.question
        yield example.query
    for database in splits.databases.values():
        yield f"Translate English to SQL: | Schemas: {database.schema.serialize()}"


def _check_same(before: dict[str, Any], now: dict[str, Any], out: Path) -> None:
    for part in ("settings", "data"):
        for key, value in now[part].items():
            old = before.get(part, {}).get(key)
            if old != value:
                raise RecipeError(
                    f"The run in {str(out)!r} was started with {key}={old!r} and now it is "
                    f"{value!r}; use the same, or another --out."
                )


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that was written to its end: its state comes last."""
    numbered = sorted(
        (path for path in folder.glob("checkpoint-*") if path.name[11:].isdigit()),
        key=lambda path: int(path.name[11:]),
        reverse=True,
    )
    for path in numbered:
        try:
            json.loads((path / "trainer_state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        return path
    return None


def push(folder: Path, repository: str) -> str:
    """Upload a model folder to the hub; its address.

    Raises:
        SaveError: the hub cannot be reached or does not let us.
    """
    from huggingface_hub import HfApi

    try:
        api = HfApi()
        api.create_repo(repository, repo_type="model", exist_ok=True)
        api.upload_folder(repo_id=repository, folder_path=str(folder))
    except Exception as error:  # whatever the hub's client raises
        raise SaveError(
            f"{repository!r} could not be pushed ({type(error).__name__}: "
            f"{str(error).splitlines()[0][:200]}); log in with `hf auth login` and run "
            f"hf upload {repository} {folder}. The model itself is saved."
        ) from error
    return f"https://huggingface.co/{repository}"
