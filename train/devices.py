"""What a run computes on: its device, its processes, and the precision of frozen weights."""

from __future__ import annotations

import math
import os
import shlex
import sys
from typing import Any

import torch
from transformers import TrainingArguments

from text2sql.generators import accelerator
from train.config import RecipeError, TextRecipe

__all__ = [
    "check_processes",
    "device_of",
    "fitting_micro_batch",
    "frozen_dtype",
    "process_count",
    "share_batch",
]


def device_of(recipe: TextRecipe) -> str:
    """``cuda``, ``mps`` or ``cpu``."""
    return "cpu" if recipe.cpu else accelerator.local_device()


def process_count() -> int:
    """How many processes torchrun or accelerate started for this run."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def frozen_dtype(recipe: TextRecipe) -> torch.dtype:
    """The precision of frozen weights; ``auto`` depends on what the run computes on.

    bf16 where the device multiplies in it; else fp32, as on a T4: T5 overflows in fp16. Under
    ``4bit`` it is what the 4-bit weights are multiplied in, fp16 where there is no bf16.
    """
    if recipe.base_dtype not in ("auto", "4bit"):
        found: torch.dtype = getattr(torch, recipe.base_dtype)
        return found
    if accelerator.multiplies_bf16(device_of(recipe)):
        return torch.bfloat16
    return torch.float16 if recipe.base_dtype == "4bit" else torch.float32


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


def check_processes(arguments: TrainingArguments) -> None:
    """Refuse what would train another model than the recipe's, or several.

    Raises:
        RecipeError: several GPUs in one process, where a step would be as many times as large, or
            processes that were started together and do not know of each other.
    """
    if arguments.n_gpu > 1:
        command = shlex.join(sys.argv[1:])
        raise RecipeError(
            f"{arguments.n_gpu} GPUs are visible to one process, which would make each step "
            f"{arguments.n_gpu} times as large; use all with `torchrun --nproc-per-node "
            f"{arguments.n_gpu} -m train {command}`, or one with CUDA_VISIBLE_DEVICES=0."
        )
    if arguments.world_size != process_count():
        raise RecipeError(
            f"{process_count()} processes were started and {arguments.world_size} train together; "
            f"start them with `torchrun --nproc-per-node {process_count()} -m train ...`, or one "
            "alone with `python -m train`."
        )


def fitting_micro_batch(step: int, attempt: Any) -> int:
    """The most examples of a step that fit into the GPU's memory at once; 1 if nothing is sure.

    ``attempt`` runs forward and backward over so many of the longest examples. A small step is
    bound by kernel launches, so that one piece of 16 takes far less time than four of 4.
    """
    size = step
    while size > 1:
        try:
            attempt(size)
        except torch.cuda.OutOfMemoryError:
            torch.cuda.empty_cache()
            size = next(n for n in range(size // 2, 0, -1) if step % n == 0)
            continue
        break
    return size
