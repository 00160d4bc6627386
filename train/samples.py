"""The same question after each evaluation, kept in a file beside the numbers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from text2sql.atomic import write_text

__all__ = ["SAMPLES", "DebugSample", "record_sample"]

SAMPLES = "samples.jsonl"


@dataclass(frozen=True)
class DebugSample:
    """A question with its gold query, and what the model wrote for it this time."""

    question: str
    gold: str
    predicted: str


def record_sample(out: Path, epoch: float, step: int, sample: DebugSample) -> None:
    """Add what the model wrote after ``step``, in ``epoch``, to the samples in the folder ``out``.

    A resumed run takes some steps again: what stands there from them and later ones gives way.
    """
    path = out / SAMPLES
    before = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    kept = [line for line in before if json.loads(line)["step"] < step]
    entry = {"epoch": epoch, "step": step, **asdict(sample)}
    lines = [*kept, json.dumps(entry, ensure_ascii=False)]
    write_text(path, "".join(f"{line}\n" for line in lines), errors="replace")
