"""How fast the training loop is: ``python -m train.benchmark``.

Times the reference's loop and ours on the same random weights and the same batches, each in a
process of its own: examples per second, peak memory, and the loss, which must be the same. The
lengths are drawn like those of Spider's training questions; nothing is downloaded.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import random
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from text2sql.terminal import format_table

__all__ = [
    "GEOMETRIES",
    "LOOPS",
    "Geometry",
    "Loop",
    "Measurement",
    "draw_batches",
    "main",
    "measure",
]

STEP = 16  # examples, as the reference has it
WARM_UP = 2  # steps that are not timed
TOLERANCE = 0.01


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
    "scaled": Geometry(256, 512, 4, 4),
    "smallest": Geometry(32, 64, 1, 2, 16, 512),
}


@dataclass(frozen=True)
class Loop:
    """What distinguishes two training loops that take the same steps."""

    micro_batch: int
    multiple: int  # that lengths are padded to
    exact_loss: bool  # over counted tokens only, in fp32; else the model's own
    fused: bool  # AdamW
    new_rows: bool  # train the rows of < and <= as well


LOOPS = {
    "reference": Loop(4, 1, exact_loss=False, fused=False, new_rows=False),
    "ours": Loop(STEP, 8, exact_loss=True, fused=True, new_rows=True),
}


@dataclass(frozen=True)
class Measurement:
    """One loop's numbers; ``losses`` are per step and per token."""

    loop: str
    examples_per_s: float
    peak_mb: float
    losses: tuple[float, ...]


def draw_batches(steps: int, vocabulary: int, seed: int = 0) -> list[list[dict[str, list[int]]]]:
    """Steps of 16 examples of similar length: median 129 tokens, 5% over 441, at most 512."""
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


def measure(name: str, geometry: Geometry, steps: int, device: str, threads: int) -> Measurement:
    """Run one loop in this process."""
    import torch

    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(0)
    loop = LOOPS[name]
    model = _build(geometry, loop).to(device).train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=3e-4, weight_decay=5e-4, fused=loop.fused)
    batches = draw_batches(steps, geometry.vocabulary)
    longest = max(batches, key=lambda batch: len(batch[-1]["input_ids"]))
    for _ in range(WARM_UP):  # without an update, so that both loops start from the same weights
        _gradients(model, longest, loop, device)
        optimizer.zero_grad(set_to_none=True)
    _wait(device)
    started = time.perf_counter()
    losses = []
    for batch in batches:
        losses.append(_gradients(model, batch, loop, device))
        torch.nn.utils.clip_grad_norm_(trained, 2.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    _wait(device)
    seconds = time.perf_counter() - started
    found = tuple(float(loss) for loss in losses)
    return Measurement(name, steps * STEP / seconds, _peak_mb(device), found)


def _build(geometry: Geometry, loop: Loop) -> Any:
    import torch
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
    base = model.to(torch.bfloat16)
    first_free = geometry.vocabulary - 28
    return add_lora(base, Lora(), [first_free, first_free + 1] if loop.new_rows else [])


def _gradients(model: Any, batch: Sequence[dict[str, list[int]]], loop: Loop, device: str) -> Any:
    """Accumulate the gradients of one step; its loss per token."""
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


def _peak_mb(device: str) -> float:
    """Of the device's memory; on a CPU, of the whole process."""
    if device == "cuda":
        import torch

        return torch.cuda.max_memory_allocated() / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure both loops; 1 where their losses differ by more than one percent."""
    args = _parser().parse_args(argv)
    device = args.device or _best_device()
    name = args.geometry or ("large" if device == "cuda" else "scaled")
    rounds = [_round(name, args.steps, device, args.threads) for _ in range(args.rounds)]
    both = [_middle([r[n] for r in rounds]) for n in range(len(LOOPS))]
    difference = loss_difference(*both)
    if args.json:
        print(json.dumps({"geometry": name, "device": device, "loops": [asdict(m) for m in both]}))
    else:
        print(f"T5 at the geometry {name!r} on {device}: {args.steps} steps of {STEP} examples")
        print(_table(both))
        print(f"Losses differ by {100 * difference:.3f}% at most.")
    return int(difference > TOLERANCE)


def loss_difference(first: Measurement, second: Measurement) -> float:
    """The largest difference of two losses of the same step, as a share."""
    pairs = zip(first.losses, second.losses, strict=True)
    return max(abs(a - b) / a for a, b in pairs)


def _middle(measured: Sequence[Measurement]) -> Measurement:
    """The measurement of median speed."""
    speed = statistics.median_low(m.examples_per_s for m in measured)
    return next(m for m in measured if m.examples_per_s == speed)


def _round(geometry: str, steps: int, device: str, threads: int) -> list[Measurement]:
    context = multiprocessing.get_context("spawn")
    found = []
    for loop in LOOPS:
        with ProcessPoolExecutor(1, context) as pool:  # a process each: peaks do not add up
            job = pool.submit(measure, loop, GEOMETRIES[geometry], steps, device, threads)
            found.append(job.result())
    return found


def _table(both: Sequence[Measurement]) -> str:
    slowest = both[0].examples_per_s
    rows = [
        [
            m.loop,
            round(m.examples_per_s, 2),
            round(m.examples_per_s / slowest, 2),
            round(m.peak_mb),
            round(m.losses[0], 4),
            round(m.losses[-1], 4),
        ]
        for m in both
    ]
    heads = ["loop", "examples/s", "times", "peak MB", "first loss", "last loss"]
    return format_table(heads, rows)


def _best_device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m train.benchmark",
        description="Time the reference's training loop and ours on random weights.",
    )
    parser.add_argument(
        "--geometry",
        choices=list(GEOMETRIES),
        help="size of the model (default: large on a GPU, scaled on a CPU)",
    )
    parser.add_argument("--steps", type=int, default=20, metavar="N", help="(default: 20)")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="take the median of N")
    parser.add_argument("--device", choices=("cpu", "cuda"))
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads")
    parser.add_argument("--json", action="store_true", help="print JSON, with every loss")
    return parser


if __name__ == "__main__":
    sys.exit(main())
