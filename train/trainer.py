"""The library's trainer with the exact loss, a reproducible order, and a checked step size."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as functional
from peft import PeftModel
from torch import Tensor
from torch.utils.data import Sampler
from transformers import PreTrainedTokenizerBase, Seq2SeqTrainer

from train.config import RecipeError, TextRecipe
from train.data import IGNORED
from train.lora import merged
from train.loss import token_loss
from train.order import LengthGroups

__all__ = ["TextTrainer"]


class TextTrainer(Seq2SeqTrainer):
    """Trains and evaluates an encoder-decoder model; checkpoints of adapters are small."""

    def __init__(
        self, *, recipe: TextRecipe, tokenizer: PreTrainedTokenizerBase, **options: Any
    ) -> None:
        super().__init__(compute_loss_func=token_loss, processing_class=tokenizer, **options)
        self.recipe = recipe
        self.tokenizer = tokenizer
        self.trained_examples = 0  # by all processes, since this one started

    @property
    def step_size(self) -> int:
        """The number of examples in a step, over all processes."""
        return self.recipe.batch_size * self.recipe.accumulation

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        examples: Any = train_dataset if train_dataset is not None else self.train_dataset
        lengths = [len(item["input_ids"]) for item in examples]
        return LengthGroups(lengths, self.step_size, self.recipe.seed, self.recipe.repeat)

    def get_batch_samples(self, *args: Any, **kwargs: Any) -> tuple[list[Any], Any]:
        """A step's batches, after a check of their size.

        Raises:
            RecipeError: the step has not as many examples as the recipe says.
        """
        batches, items = super().get_batch_samples(*args, **kwargs)
        self.check_step(sum(len(batch["labels"]) for batch in batches))
        return batches, items

    def check_step(self, examples: int) -> None:
        """Count the step's ``examples`` of one process and compare them with the recipe.

        The last step of an epoch may have fewer.
        """
        self.trained_examples += examples * self.args.world_size
        together, all_ = examples * self.args.world_size, len(self._examples)
        steps = math.ceil(all_ / self.step_size)  # of an epoch
        last = self.state.global_step % steps == steps - 1 and all_ % self.step_size > 0
        if together == self.step_size or (last and together < self.step_size):
            return
        raise RecipeError(
            f"A step has {together} examples but the recipe says {self.step_size} (batch_size x "
            "accumulation); start the run with `python -m train` on one device, or with "
            "`torchrun --nproc-per-node N -m train` on N."
        )

    @property
    def _examples(self) -> Any:
        return self.train_dataset

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> Any:
        """The library's loop with the adapter merged, as it is served; this is also faster."""
        with merged(self.model):
            return super().evaluation_loop(*args, **kwargs)

    def prediction_step(
        self,
        model: Any,
        inputs: dict[str, Any],
        prediction_loss_only: bool,
        ignore_keys: list[str] | None = None,
        **generation: Any,
    ) -> tuple[Any, Tensor, Tensor]:
        """The loss per token as in training, and the generated tokens, padded to one length."""
        inputs = self._prepare_inputs(inputs)
        labels = inputs["labels"]
        settings = {k: v for k, v in self._gen_kwargs.items() if v is not None}
        with torch.no_grad():
            loss = self.compute_loss(model, dict(inputs))
            generated = self.write(inputs, settings)
        longest = self.recipe.max_output
        padding = (0, longest - min(longest, generated.shape[1]))
        generated = functional.pad(generated[:, :longest], padding, value=IGNORED)
        return loss, generated, labels

    def write(self, inputs: dict[str, Any], settings: dict[str, Any]) -> Tensor:
        """Generate tokens for the inputs of a batch."""
        read = {k: inputs[k] for k in ("input_ids", "attention_mask")}
        found: Tensor = self._model.generate(**read, **settings)
        return found

    @property
    def _model(self) -> Any:
        return self.model  # the library types it as a plain module

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        if not isinstance(self.model, PeftModel):
            super()._save(output_dir, state_dict)
        elif self.args.should_save:
            folder = output_dir or str(self.args.output_dir)
            # with another value, peft may ask the hub whether the vocabulary has grown
            self.model.save_pretrained(folder, save_embedding_layers=False)
            self.tokenizer.save_pretrained(folder)
