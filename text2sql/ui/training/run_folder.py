"""What a training run has left in its folder so far; read anew whenever it changes."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Sample", "TrainingRun", "read_run", "run_names", "signature"]

_FILES = ("metrics.csv", "manifest.json", "samples.jsonl")
_MOST_BYTES = 5_000_000  # of a file that is read; those of long runs have some kilobytes


@dataclass(frozen=True)
class Sample:
    """The same question after each evaluation, with what the model wrote that time."""

    epoch: float
    step: int
    question: str
    gold: str
    predicted: str


@dataclass(frozen=True)
class TrainingRun:
    """``rows`` are those of metrics.csv, numbers by column; None where one was not measured."""

    name: str
    manifest: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, float | None], ...]
    samples: tuple[Sample, ...]


def run_names(folder: Path) -> list[str]:
    """The runs in ``folder``, the one that changed last first; folders of other things are none."""
    try:
        inside = [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []
    runs = [p for p in inside if any((p / name).is_file() for name in _FILES[:2])]
    return [path.name for path in sorted(runs, key=lambda p: (signature(p), p.name), reverse=True)]


def signature(run: Path) -> tuple[int, ...]:
    """Something that changes whenever one of the run's files does."""
    return max(_changed(run / name) for name in _FILES), *(_changed(run / n) for n in _FILES)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def read_run(folder: Path, name: str) -> TrainingRun | None:
    """The run called ``name``, or None: names are looked up, so none leads out of ``folder``."""
    if name not in run_names(folder):
        return None
    path = folder / name
    columns, rows = _metrics(_text(path / "metrics.csv"))
    samples = tuple(_samples(_text(path / "samples.jsonl")))
    return TrainingRun(name, _manifest(_text(path / "manifest.json")), columns, rows, samples)


def _text(path: Path) -> str:
    """A file as it stands, which a trainer may be writing to at this moment."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            return file.read(_MOST_BYTES)
    except OSError:
        return ""


def _manifest(text: str) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _metrics(text: str) -> tuple[tuple[str, ...], tuple[Mapping[str, float | None], ...]]:
    reader = csv.DictReader(text.splitlines())
    columns = tuple(reader.fieldnames or ())
    rows = [{name: _number(row.get(name)) for name in columns} for row in reader]
    return columns, tuple(row for row in rows if row.get("epoch") is not None)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _samples(text: str) -> Iterator[Sample]:
    for line in text.splitlines():
        try:
            read = json.loads(line)
            yield Sample(
                float(read["epoch"]),
                int(read["step"]),
                str(read["question"]),
                str(read["gold"]),
                str(read["predicted"]),
            )
        except (ValueError, KeyError, TypeError):  # half a line, or another file's
            continue
