"""The common part of all fine-tunes of text models, from the data to the model folder."""

from __future__ import annotations

import json
import warnings
from abc import ABC, abstractmethod
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import torch
from peft import PeftModel
from transformers import PreTrainedTokenizerBase, set_seed
from transformers.trainer_callback import ProgressCallback

from text2sql.atomic import is_disk_full, new_folder, save_error
from text2sql.generators.input_format import FILE, InputFormat
from train.arguments import training_arguments
from train.callbacks import EpochReport, PrecisionCheck, QuietProgress
from train.card import model_card
from train.config import RecipeError, TextRecipe
from train.data import Encoder, read_splits
from train.devices import device_of, fitting_micro_batch, frozen_dtype
from train.encoded import encode_splits
from train.hub import hub_base
from train.lora import check_precision, count_trainable
from train.metrics import PredictionScorer
from train.report import epoch_rows, make_manifest, save_json
from train.resuming import last_checkpoint, read_manifest, read_samples
from train.samples import SAMPLES
from train.trainer import TextTrainer
from train.usage import Usage, UsageMeter, machine_name

__all__ = ["TrainingRun"]


class TrainingRun(ABC):
    """One fine-tune; it writes everything to the folder ``out``.

    ``repository`` is the hub repository that the model will be pushed to, if any.
    """

    trainer_name: ClassVar[str]
    trainer_class: ClassVar[type[TextTrainer]] = TextTrainer
    encoder_class: ClassVar[type[Encoder]] = Encoder

    def __init__(
        self,
        name: str,
        recipe: TextRecipe,
        spider_dir: Path | None,
        out: Path,
        track: str | None = None,
        repository: str | None = None,
    ) -> None:
        self.name = name
        self.recipe = recipe
        self.out = out
        self.repository = repository
        set_seed(recipe.seed)
        self.splits = read_splits(recipe, spider_dir)
        self.arguments = training_arguments(recipe, out, track)
        self.main = self.arguments.process_index == 0
        self.tokenizer = self.build_tokenizer()
        self.base_dtype = frozen_dtype(recipe)
        self.model = self.build_model()
        check_precision(self.model, self.base_dtype)
        encoder = self.encoder_class(self.tokenizer, recipe, self.splits.databases)
        self.data = encode_splits(self.splits, encoder, self._say)
        self.scorer = PredictionScorer(
            self.tokenizer, self.data.asked["validation"], self.splits.databases
        )
        self.scorer.shown = self.splits.validation[0] if self.splits.validation else None
        self.manifest = self._manifest()
        self.trainer = self._trainer()

    @abstractmethod
    def build_tokenizer(self) -> PreTrainedTokenizerBase:
        """Build the tokenizer that is saved with the model."""

    @abstractmethod
    def build_model(self) -> Any:
        """Build the model to train."""

    @abstractmethod
    def build_collator(self) -> Any:
        """The collator, which makes a batch of features."""

    def _manifest(self) -> dict[str, Any]:
        trained, total = count_trainable(self.model)
        self._say(
            f"Trained are {trained:,} of {total:,} parameters ({100 * trained / total:.1f}%)."
        )
        settings = asdict(self.recipe)
        if self.recipe.lora is not None:  # what "auto" is here: a resumed run must find the same
            settings["base_dtype"] = str(self.base_dtype).removeprefix("torch.")
        manifest = make_manifest(self.name, self.trainer_name, settings, self.splits.files)
        parameters = {"trained": trained, "all": total}
        whole = {
            **manifest,
            "processes": self.arguments.world_size,
            "parameters": parameters,
            "inputs": self.data.reports,
        }
        as_read: dict[str, Any] = json.loads(json.dumps(whole))  # tuples are lists in a file
        return as_read

    def _trainer(self) -> TextTrainer:
        trainer = self.trainer_class(
            recipe=self.recipe,
            model=self.model,
            args=self.arguments,
            train_dataset=self.data.train * self.recipe.repeat,
            eval_dataset=self.data.validation,
            data_collator=self.build_collator(),
            tokenizer=self.tokenizer,
            compute_metrics=self.scorer,
            callbacks=[PrecisionCheck(self.base_dtype), EpochReport(self.scorer, self.out)],
        )
        if trainer.pop_callback(ProgressCallback) is not None:
            trainer.add_callback(QuietProgress())
        return trainer

    def run(self, resume: bool = False) -> dict[str, dict[str, float]]:
        """Train, measure and save; return the numbers of the best epoch by split.

        Raises:
            SaveError: a file could not be written.
            RecipeError: the run to resume has other settings or data.
        """
        checkpoint = self._checkpoint() if resume else None
        self._measure_usage(checkpoint is not None)
        self._use_memory()
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

    def _measure_usage(self, resumed: bool) -> None:
        """Measure time and memory, adding to those of a resumed run; see ``UsageMeter``."""
        machine = machine_name(device_of(self.recipe))
        before = Usage(machine, self.arguments.world_size)
        if resumed:
            held = read_manifest(self.out / "manifest.json")
            before = Usage.before(held, machine, self.arguments.world_size)
        self.usage = before
        self.trainer.add_callback(
            UsageMeter(before, lambda: self.trainer.trained_examples, self._record)
        )

    def _record(self, usage: Usage) -> None:
        self.usage = usage
        self.manifest["usage"] = usage.to_dict()
        if self.main:
            save_json(self.manifest, self.out / "manifest.json")

    def _use_memory(self) -> None:
        """On a GPU, take as many examples of a step at once as its memory holds."""
        if device_of(self.recipe) != "cuda":
            return
        mine = self.trainer.step_size // self.arguments.world_size
        size = torch.tensor(fitting_micro_batch(mine, self._attempt), device=self.arguments.device)
        if self.arguments.world_size > 1:
            torch.distributed.all_reduce(size, torch.distributed.ReduceOp.MIN)
        micro = int(size)
        self.arguments.per_device_train_batch_size = micro
        self.arguments.gradient_accumulation_steps = mine // micro
        self.trainer._train_batch_size = micro
        self.trainer.accelerator.gradient_accumulation_steps = mine // micro
        self._say(f"Each step takes {mine // micro} batches of {micro} examples.")

    def _attempt(self, size: int) -> None:
        """Run forward and backward over the longest examples, without updating weights."""
        longest = sorted(self.data.train, key=lambda item: -sum(map(len, item.values())))[:size]
        batch = self.trainer._prepare_inputs(self.build_collator()(longest))
        self.model.to(self.arguments.device).train()
        loss: Any = self.trainer.compute_loss(self.model, batch)
        loss.backward()
        self.model.zero_grad(set_to_none=True)

    def _measure(self) -> dict[str, dict[str, float]]:
        """The best epoch's numbers on validation, and the numbers of its weights on test."""
        rows = epoch_rows(self.trainer.state.log_history)
        best = max(rows, key=lambda row: row.exact_match)  # the first of equals, as the library
        numbers = {k: v for k, v in asdict(best).items() if v is not None}
        del numbers["epoch"], numbers["validation_loss"]
        numbers.pop("train_loss", None)
        result = {"validation": numbers}
        if self.data.test:
            self.trainer.compute_metrics = PredictionScorer(
                self.tokenizer, self.data.asked["test"], self.splits.databases
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
        card = model_card(manifest, rows, hub_base(self.recipe), self.repository)
        with new_folder(self.model_folder) as part:
            self._write_model(part, card)
        save_json(manifest, self.out / "manifest.json")

    @property
    def model_folder(self) -> Path:
        """The folder of the model: ``adapter``, or ``model`` if all weights are trained."""
        return self.out / ("model" if self.recipe.lora is None else "adapter")

    def _write_model(self, folder: Path, card: str) -> None:
        if self.recipe.base_id is not None and isinstance(self.model, PeftModel):
            self.model.peft_config["default"].base_model_name_or_path = self.recipe.base_id
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
        """The last complete checkpoint of the same run; None if there is none yet.

        Raises:
            RecipeError: the run was started with other settings or other data.
        """
        path = self.out / "manifest.json"
        if not path.is_file():
            raise RecipeError(
                f"There is no run in {str(self.out)!r} to resume; leave out --resume."
            )
        _check_same(read_manifest(path), self.manifest, self.out)
        read_samples(self.out / SAMPLES)  # damage is told now, not after the next epoch
        found = last_checkpoint(self.out / "checkpoints")
        self._say(f"Resuming from {found}." if found else "No epoch was finished; starting again.")
        return str(found) if found else None

    def _say(self, text: str) -> None:
        if self.main:
            print(text, flush=True)


def _check_same(before: dict[str, Any], now: dict[str, Any], out: Path) -> None:
    for part in ("settings", "data"):
        held = before.get(part)
        for key, value in now[part].items():
            old = held.get(key) if isinstance(held, dict) else None
            if old != value:
                raise RecipeError(
                    f"The run in {str(out)!r} was started with {key}={old!r} and now it is "
                    f"{value!r}; use the same, or another --out."
                )
