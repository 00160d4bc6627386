"""Samples of a run: the model's answer to the same question after each evaluation."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from text2sql.atomic import write_text

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
    """
    path = out / SAMPLES
    before = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    kept = [line for line in before if json.loads(line)["step"] < step]
    entry = {"epoch": epoch, "step": step, **asdict(sample)}
    lines = [*kept, json.dumps(entry, ensure_ascii=False)]
    write_text(path, "".join(f"{line}\n" for line in lines), errors="replace")
