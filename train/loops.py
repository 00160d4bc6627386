"""The reference's training loop and ours, on random weights, for ``train.benchmark``."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

__all__ = [
    "GEOMETRIES",
    "LEVERS",
    "LOOPS",
    "STEP",
    "Geometry",
    "Loop",
    "Measurement",
    "Work",
    "draw_batches",
    "measure",
]

STEP = 16  # examples, as in the reference
WARM_UP = 1  # steps that are not timed


@dataclass(frozen=True)
class Geometry:
    """Sizes of a T5 with gated GELU."""

    width: int
    feed_forward: int
    layers: int
    heads: int
    head_width: int = 64
    vocabulary: int = 32_128


GEOMETRIES = {
    "large": Geometry(1024, 2816, 24, 16),
    "base": Geometry(768, 2048, 12, 12),
    # the vocabulary makes the output layer the same share of the decoder's work as in large, 8%
    "scaled": Geometry(256, 704, 4, 4, 64, 1_376),
    "smallest": Geometry(32, 64, 1, 2, 16, 512),
}


@dataclass(frozen=True)
class Loop:
    """The details in which two training loops with the same steps differ."""

    micro_batch: int
    multiple: int  # lengths are padded to a multiple of this
    exact_loss: bool  # over unpadded tokens only, in fp32; else the model's own loss
    fused: bool  # whether AdamW is fused


_REFERENCE = Loop(4, 1, exact_loss=False, fused=False)

LOOPS = {
    "reference": _REFERENCE,
    "ours": Loop(STEP, 8, exact_loss=True, fused=True),
}

LEVERS = {
    "one piece": replace(_REFERENCE, micro_batch=STEP),
    "padded to eights": replace(_REFERENCE, multiple=8),
    "exact loss": replace(_REFERENCE, exact_loss=True),
    "fused AdamW": replace(_REFERENCE, fused=True),
}
"""The reference's loop with one detail changed to ours."""


@dataclass(frozen=True)
class Work:
    """The workload of every loop; ``dtype`` is that of the frozen base."""

    geometry: str
    dtype: Literal["bfloat16", "float32"]
    steps: int = 20
    device: str = "cpu"
    threads: int = 0  # of the CPU; 0 leaves it to torch


@dataclass(frozen=True)
class Measurement:
    """One loop's numbers; ``losses`` has the loss per token of each step."""

    loop: str
    examples_per_s: float
    peak_mb: float
    losses: tuple[float, ...]


def draw_batches(steps: int, vocabulary: int, seed: int = 0) -> list[list[dict[str, list[int]]]]:
    """Draw steps of 16 examples of similar length: median 129 tokens, 5% over 441, at most 512."""
    rng = random.Random(seed)
    spread = math.log(441 / 129) / 1.645

    def example() -> dict[str, list[int]]:
        inputs = min(512, round(129 * math.exp(spread * rng.gauss(0, 1))))
        labels = min(128, round(30 * math.exp(0.6 * rng.gauss(0, 1))))
        return {
            "input_ids": [rng.randrange(3, vocabulary - 28) for _ in range(max(20, inputs))],
            "labels": [rng.randrange(3, vocabulary - 28) for _ in range(max(5, labels))],
        }

    examples = sorted((example() for _ in range(steps * STEP)), key=lambda e: len(e["input_ids"]))
    batches = [examples[n : n + STEP] for n in range(0, len(examples), STEP)]
    rng.shuffle(batches)
    return batches


def measure(name: str, work: Work) -> Measurement:
    """Run one loop in this process and measure it."""
    import torch
    from tqdm import tqdm

    from train.usage import peak_memory_mb

    if work.threads:
        torch.set_num_threads(work.threads)
    torch.manual_seed(0)
    loop, geometry, device = (LOOPS | LEVERS)[name], GEOMETRIES[work.geometry], work.device
    model = _build(geometry, getattr(torch, work.dtype)).to(device).train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=3e-4, weight_decay=5e-4, fused=loop.fused)
    batches = draw_batches(work.steps, geometry.vocabulary)
    longest = max(batches, key=lambda batch: len(batch[-1]["input_ids"]))
    for _ in range(WARM_UP):  # without an update, so that both loops start from the same weights
        _gradients(model, longest, loop, device)
        optimizer.zero_grad(set_to_none=True)
    _wait(device)
    started = time.perf_counter()
    losses = []
    for batch in tqdm(batches, desc=name, unit="step"):
        losses.append(_gradients(model, batch, loop, device))
        torch.nn.utils.clip_grad_norm_(trained, 2.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    _wait(device)
    seconds = time.perf_counter() - started
    found = tuple(float(loss) for loss in losses)
    return Measurement(name, work.steps * STEP / seconds, peak_memory_mb(), found)


def _build(geometry: Geometry, dtype: Any) -> Any:
    from transformers import T5Config, T5ForConditionalGeneration

    from train.config import Lora
    from train.lora import add_lora

    config = T5Config(
        vocab_size=geometry.vocabulary,
        d_model=geometry.width,
        d_kv=geometry.head_width,
        d_ff=geometry.feed_forward,
        num_layers=geometry.layers,
        num_heads=geometry.heads,
        feed_forward_proj="gated-gelu",
        dropout_rate=0.0,  # so that both loops have the same losses
    )
    config.decoder_start_token_id = config.pad_token_id
    model: Any = T5ForConditionalGeneration(config)
    return add_lora(model.to(dtype), Lora())


def _gradients(model: Any, batch: Sequence[dict[str, list[int]]], loop: Loop, device: str) -> Any:
    """Accumulate the gradients of one step and return its loss per token."""
    from train.loss import token_loss

    count = sum(len(example["labels"]) for example in batch)
    total: Any = 0.0
    for start in range(0, len(batch), loop.micro_batch):
        part = batch[start : start + loop.micro_batch]
        inputs = _padded(part, loop.multiple, model, device)
        if loop.exact_loss:
            labels = inputs.pop("labels")
            loss: Any = token_loss(model(**inputs), labels, count)
        else:
            weight = sum(len(example["labels"]) for example in part) / count
            loss = model(**inputs).loss * weight
        loss.backward()
        total = total + loss.detach()
    return total


def _padded(
    part: Sequence[dict[str, list[int]]], multiple: int, model: Any, device: str
) -> dict[str, Any]:
    import torch

    def rectangle(rows: Sequence[list[int]], fill: int) -> Any:
        width = math.ceil(max(map(len, rows)) / multiple) * multiple
        return torch.tensor([row + [fill] * (width - len(row)) for row in rows], device=device)

    ids = rectangle([example["input_ids"] for example in part], 0)
    labels = rectangle([example["labels"] for example in part], -100)
    return {
        "input_ids": ids,
        "attention_mask": (ids != 0).long(),
        "labels": labels,
        "decoder_input_ids": model.prepare_decoder_input_ids_from_labels(labels),
    }


def _wait(device: str) -> None:
    if device == "cuda":
        import torch

        torch.cuda.synchronize()
