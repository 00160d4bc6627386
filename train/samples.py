"""Samples of a run: the model's answer to the same question after each evaluation."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from text2sql.atomic import write_text
from train.resuming import read_samples

__all__ = ["SAMPLES", "DebugSample", "record_sample"]

SAMPLES = "samples.jsonl"


@dataclass(frozen=True)
class DebugSample:
    """A question, its gold query, and the model's latest prediction."""

    question: str
    gold: str
    predicted: str


def record_sample(out: Path, epoch: float, step: int, sample: DebugSample) -> None:
    """Add the prediction after ``step``, in ``epoch``, to the samples in the folder ``out``.

    A resumed run repeats some steps; it replaces their samples and those of later steps.

    Raises:
        RecipeError: the file is damaged.
    """
    path = out / SAMPLES
    kept = [entry for entry in read_samples(path) if entry["step"] < step]
    entries = [*kept, {"epoch": epoch, "step": step, **asdict(sample)}]
    lines = (json.dumps(entry, ensure_ascii=False) for entry in entries)
    write_text(path, "".join(f"{line}\n" for line in lines), errors="replace")
