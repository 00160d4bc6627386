"""The device of a run, its processes, and the precision of its frozen weights."""

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
    """The device that ``recipe`` trains on: ``cuda``, ``mps`` or ``cpu``."""
    return "cpu" if recipe.cpu else accelerator.local_device()


def process_count() -> int:
    """How many processes torchrun or accelerate started for this run."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def frozen_dtype(recipe: TextRecipe) -> torch.dtype:
    """The precision of frozen weights; with ``auto`` it depends on the device.

    That is bf16 if the device multiplies in bf16, else fp32, as on a T4: T5 overflows in fp16.
    With ``4bit`` it is the precision of the multiplications: bf16, or fp16 without bf16.
    """
    if recipe.base_dtype not in ("auto", "4bit"):
        found: torch.dtype = getattr(torch, recipe.base_dtype)
        return found
    if accelerator.multiplies_bf16(device_of(recipe)):
        return torch.bfloat16
    return torch.float16 if recipe.base_dtype == "4bit" else torch.float32


def share_batch(batch_size: int, accumulation: int, processes: int) -> tuple[int, int]:
    """Batch size and accumulation of each process, so that a step has as many examples as with one.

    Raises:
        RecipeError: the examples of a step cannot be divided evenly.
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
    """Check that the processes train one model with the recipe's step size.

    Raises:
        RecipeError: one process sees several GPUs, which would multiply the step size, or
            processes that were started together are not connected.
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
    """The most examples of a step that fit into the GPU's memory at once; 1 if two do not fit.

    ``attempt(n)`` runs forward and backward over the ``n`` longest examples. Kernel launches limit
    the speed of small batches, so that one batch of 16 takes far less time than four of 4.
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
