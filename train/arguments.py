"""The settings of the library's trainer for a recipe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from transformers import Seq2SeqTrainingArguments

from train.config import TextRecipe
from train.devices import check_processes, device_of, process_count, share_batch

__all__ = ["training_arguments"]

#: The settings that no recipe changes.
_FIXED: dict[str, Any] = {
    "optim": "adamw_torch_fused",
    "bf16": False,
    "activation_checkpointing_kwargs": {"use_reentrant": False},
    "remove_unused_columns": False,  # the collator refuses unused columns instead
    "eval_strategy": "epoch",
    "save_strategy": "epoch",
    "logging_strategy": "epoch",
    "save_total_limit": 2,  # the best and the last
    "load_best_model_at_end": True,
    "metric_for_best_model": "exact_match",
    "greater_is_better": True,
    "predict_with_generate": True,
    "disable_tqdm": False,  # by default, the bar vanishes with the library's warnings
    "ddp_find_unused_parameters": False,
}


def training_arguments(
    recipe: TextRecipe, out: Path, track: str | None = None
) -> Seq2SeqTrainingArguments:
    """The library's settings for ``recipe``, with checkpoints under ``out``.

    Raises:
        RecipeError: the number of processes or GPUs does not fit the recipe's step size.
    """
    batch, accumulation = share_batch(recipe.batch_size, recipe.accumulation, process_count())
    if track == "tensorboard":
        os.environ.setdefault("TENSORBOARD_LOGGING_DIR", str(out / "tensorboard"))
    device = device_of(recipe)
    arguments = Seq2SeqTrainingArguments(
        output_dir=str(out / "checkpoints"),
        use_cpu=device == "cpu",  # without it, processes on CPUs do not connect
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=accumulation,
        per_device_eval_batch_size=recipe.evaluation_batch_size,
        num_train_epochs=recipe.epochs,
        learning_rate=recipe.rate,
        lr_scheduler_type=recipe.schedule,
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        max_grad_norm=recipe.max_norm,
        tf32=True if device == "cuda" and torch.cuda.get_device_capability() >= (8, 0) else None,
        activation_checkpointing=recipe.gradient_checkpointing,
        generation_max_length=recipe.max_output,
        generation_num_beams=recipe.evaluation_beams,
        dataloader_pin_memory=device == "cuda",
        report_to=[track] if track else [],
        seed=recipe.seed,
        data_seed=recipe.seed,
        **_FIXED,
    )
    check_processes(arguments)
    return arguments
