"""The fine-tune of a decoder-only model: ``python -m train --recipe smollm2-135m-lora``.

The model reads question and schema as a user's message and learns only the reply: the tokens of
the prompt do not count in the loss. All prompts of a batch end at the same column and the replies
begin after it, so that the same batch serves training, loss and generation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from text2sql.errors import ModelError
from text2sql.generators.chat import chat_ids
from train.config import TextRecipe
from train.data import IGNORED, Encoder
from train.devices import frozen_dtype
from train.lora import add_lora, from_hub, has_tokenizer, load_adapter
from train.loss import token_loss
from train.run import TrainingRun
from train.trainer import TextTrainer

__all__ = ["CausalRun", "CausalTrainer", "ChatCollator", "ChatEncoder"]


class ChatEncoder(Encoder):
    """Questions as chats, gold SQL as replies that end the turn."""

    def _prompt_ids(self, text: str) -> list[int]:
        return chat_ids(self.tokenizer, text)

    def _label_ids(self, query: str) -> list[int]:
        ids = self.tokenizer(query, add_special_tokens=False)["input_ids"]
        return [*ids, int(self.tokenizer.eos_token_id)]


class ChatCollator:
    """Prompts padded on the left, replies on the right."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self.pad = int(tokenizer.pad_token_id)

    def __call__(self, features: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
        prompts = [list(item["input_ids"]) for item in features]
        replies = [list(item["labels"]) for item in features]
        read, written = max(map(len, prompts)), max(map(len, replies))
        return {
            "input_ids": torch.tensor([[self.pad] * (read - len(p)) + p for p in prompts]),
            "attention_mask": torch.tensor([[0] * (read - len(p)) + [1] * len(p) for p in prompts]),
            "labels": torch.tensor([r + [IGNORED] * (written - len(r)) for r in replies]),
        }


class CausalTrainer(TextTrainer):
    """Learns to write the reply after the prompt."""

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """Cross-entropy per token of the replies; only their logits are computed."""
        labels = inputs["labels"]
        read = inputs["attention_mask"]
        written = labels.clamp(min=0)
        mask = torch.cat([read, (labels != IGNORED).to(read.dtype)], dim=1)
        outputs = model(
            input_ids=torch.cat([inputs["input_ids"], written], dim=1),
            attention_mask=mask,
            position_ids=(mask.cumsum(1) - 1).clamp(min=0),
            logits_to_keep=labels.shape[1] + 1,
        )
        # the logits of a column predict the next token, so those of the last have no label
        loss = token_loss({"logits": outputs.logits[:, :-1]}, labels, num_items_in_batch)
        if num_items_in_batch is not None and self.args.average_tokens_across_devices:
            loss = loss * self.args.world_size  # the processes' gradients are averaged
        return (loss, outputs) if return_outputs else loss

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: torch.device) -> Any:
        """Count the tokens of a step's replies; the library would omit the first of each."""
        count = sum((batch["labels"] != IGNORED).sum() for batch in batch_samples)
        if not isinstance(count, Tensor):
            return None
        if self.args.average_tokens_across_devices and self.args.world_size > 1:
            count = self.accelerator.gather(count.to(device)).sum()
        return count.to(device)

    def write(self, inputs: dict[str, Any], settings: dict[str, Any]) -> Tensor:
        """Generate, and return the tokens of the replies without the prompts."""
        read = inputs["input_ids"].shape[1]
        options = {k: v for k, v in settings.items() if k != "max_length"}
        found: Tensor = self._model.generate(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            max_new_tokens=self.recipe.max_output,
            do_sample=False,
            **options,
        )
        return found[:, read:]


class CausalRun(TrainingRun):
    """A run of a model that reads a chat."""

    trainer_name = "causal"
    trainer_class = CausalTrainer
    encoder_class = ChatEncoder

    def build_tokenizer(self) -> PreTrainedTokenizerBase:
        recipe = self.recipe
        source = recipe.adapter if has_tokenizer(recipe.adapter) else recipe.base
        tokenizer: PreTrainedTokenizerBase = from_hub(AutoTokenizer, str(source))
        if not tokenizer.chat_template:
            raise ModelError(
                f"The tokenizer of {str(source)!r} has no chat template; use the model's variant "
                "that was trained for chats, often called Instruct."
            )
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token
        tokenizer.padding_side = "left"
        return tokenizer

    def build_model(self) -> Any:
        recipe = self.recipe
        base = _load_base(recipe)
        base.generation_config.max_length = None
        if recipe.lora is None:
            return base
        if recipe.adapter is not None:
            return load_adapter(base, recipe.adapter)
        return add_lora(base, recipe.lora, recipe.base, task="CAUSAL_LM")

    def build_collator(self) -> ChatCollator:
        return ChatCollator(self.tokenizer)


def _load_base(recipe: TextRecipe) -> Any:
    """Load the pretrained weights, in four bits if the recipe says so."""
    config = from_hub(AutoConfig, recipe.base)
    if config.is_encoder_decoder:
        raise ModelError(
            f"The base {recipe.base!r} is a model of type {config.model_type!r}, which has an "
            "encoder; recipes of the trainer seq2seq train T5."
        )
    dtype = torch.float32 if recipe.lora is None else frozen_dtype(recipe)
    options = {"quantization_config": _four_bits(dtype)} if recipe.base_dtype == "4bit" else {}
    return from_hub(AutoModelForCausalLM, recipe.base, dtype=dtype, **options)


def _four_bits(dtype: torch.dtype) -> Any:
    if find_spec("bitsandbytes") is None or not torch.cuda.is_available():
        raise ModelError(
            "A base in four bits needs an NVIDIA GPU and the package bitsandbytes "
            "(pip install bitsandbytes); use --set base_dtype=auto, or a smaller base."
        )
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )
