"""The speed of the training loop: ``python -m train.benchmark``.

It times the reference's loop and ours on the same random weights and the same batches, each in its
own process, and prints examples per second, peak memory and the loss, which must be the same. The
lengths are drawn like those of Spider's training questions; nothing is downloaded. With --levers,
it also times each difference between the two loops alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict

from text2sql.terminal import format_table
from train.loops import GEOMETRIES, LEVERS, LOOPS, STEP, Measurement, Work, measure

__all__ = ["main"]

TOLERANCE = 0.01


def main(argv: Sequence[str] | None = None) -> int:
    """Measure both loops; return 1 if their losses differ by more than one percent."""
    args = _parser().parse_args(argv)
    work = _work(args)
    names = [*LOOPS, *LEVERS] if args.levers else list(LOOPS)
    rounds = [_round(names, work) for _ in range(args.rounds)]
    measured = [_middle(of_one) for of_one in zip(*rounds, strict=True)]
    difference = loss_difference(measured)
    if args.json:
        print(json.dumps({**asdict(work), "loops": [asdict(m) for m in measured]}))
    else:
        print(
            f"T5 at the geometry {work.geometry!r} on {work.device}, base in {work.dtype}: "
            f"{work.steps} steps of {STEP} examples"
        )
        print(_table(measured, _times(rounds)))
        print(f"Losses differ by {100 * difference:.3f}% at most.")
    return int(difference > TOLERANCE)


def _work(args: argparse.Namespace) -> Work:
    import torch

    from text2sql.generators.accelerator import multiplies_bf16

    device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
    return Work(
        args.geometry or ("large" if device == "cuda" else "scaled"),
        args.dtype or ("bfloat16" if multiplies_bf16(device) else "float32"),
        args.steps,
        device,
        args.threads,
    )


def loss_difference(measured: Sequence[Measurement]) -> float:
    """The largest difference in the loss of a step, as a share of the first loop's loss."""
    first, *others = measured
    pairs = (pair for m in others for pair in zip(first.losses, m.losses, strict=True))
    return max(abs(a - b) / a for a, b in pairs)


def _middle(measured: Sequence[Measurement]) -> Measurement:
    """The measurement of median speed."""
    speed = statistics.median_low(m.examples_per_s for m in measured)
    return next(m for m in measured if m.examples_per_s == speed)


def _times(rounds: Sequence[Sequence[Measurement]]) -> list[float]:
    """How many times as fast as the first loop each loop is: the median over the rounds."""
    ratios = ([m.examples_per_s / found[0].examples_per_s for m in found] for found in rounds)
    return [statistics.median(of_one) for of_one in zip(*ratios, strict=True)]


def _round(names: Sequence[str], work: Work) -> list[Measurement]:
    context = multiprocessing.get_context("spawn")
    found = []
    for name in names:
        with ProcessPoolExecutor(1, context) as pool:  # a process each, so that peaks do not mix
            found.append(pool.submit(measure, name, work).result())
    return found


def _table(measured: Sequence[Measurement], times: Sequence[float]) -> str:
    rows = [
        [
            m.loop,
            round(m.examples_per_s, 2),
            round(ratio, 2),
            round(m.peak_mb),
            round(m.losses[0], 4),
            round(m.losses[-1], 4),
        ]
        for m, ratio in zip(measured, times, strict=True)
    ]
    heads = ["loop", "examples/s", "times", "peak MB", "first loss", "last loss"]
    return format_table(heads, rows)


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
    parser.add_argument(
        "--levers", action="store_true", help="also time each difference of the two loops alone"
    )
    parser.add_argument("--device", choices=("cpu", "cuda"))
    parser.add_argument(
        "--dtype",
        choices=("bfloat16", "float32"),
        help="of the frozen base (default: bfloat16, or float32 on a CPU that only imitates it)",
    )
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads")
    parser.add_argument("--json", action="store_true", help="print JSON, with every loss")
    return parser


if __name__ == "__main__":
    sys.exit(main())
