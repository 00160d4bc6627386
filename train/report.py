"""The files of a run: its manifest, its numbers per epoch, and their curves."""

from __future__ import annotations

import csv
import json
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib import metadata
from pathlib import Path
from typing import Any

from text2sql.atomic import new_file, write_text
from text2sql.digests import files_digest
from text2sql.plots.curves import lines, save_picture

__all__ = [
    "EpochRow",
    "epoch_rows",
    "make_manifest",
    "save_curves",
    "save_json",
    "save_metrics",
]

_LIBRARIES = ("torch", "transformers", "peft", "accelerate", "tokenizers", "sqlglot", "rouge-score")
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class EpochRow:
    """One line of the table: losses per token, the rest in percent, None if not measured."""

    epoch: float
    train_loss: float | None
    validation_loss: float
    exact_match: float
    rouge1: float
    exact_set: float
    execution: float | None = None


HEADS = {
    "epoch": "epoch",
    "train_loss": "train loss",
    "validation_loss": "validation loss",
    "exact_match": "exact match",
    "rouge1": "ROUGE-1",
    "exact_set": "exact set",
    "execution": "execution",
}


def epoch_rows(history: Sequence[Mapping[str, Any]]) -> list[EpochRow]:
    """Make the table of a run from its trainer's log, which includes what preceded a resume."""
    losses = {entry["epoch"]: entry["loss"] for entry in history if "loss" in entry}
    return [
        EpochRow(
            epoch=round(entry["epoch"], 4),
            train_loss=losses.get(entry["epoch"]),
            validation_loss=entry["eval_loss"],
            exact_match=entry["eval_exact_match"],
            rouge1=entry["eval_rouge1"],
            exact_set=entry["eval_exact_set"],
            execution=entry.get("eval_execution"),
        )
        for entry in history
        if "eval_loss" in entry
    ]


def cells(row: EpochRow) -> list[str]:
    """Format a row: losses with four decimals, percentages with one."""
    texts = []
    for name, value in asdict(row).items():
        digits = 4 if name.endswith("loss") else 1
        texts.append("-" if value is None else f"{value:.{digits}f}")
    texts[0] = f"{row.epoch:g}"
    return texts


def save_metrics(rows: Sequence[EpochRow], path: Path) -> None:
    """Write all ``rows`` as CSV, replacing the file."""
    with new_file(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(EpochRow)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def save_curves(rows: Sequence[EpochRow], path: Path) -> None:
    """Draw losses and percentages over epochs as an SVG file."""
    plots = []
    for names, most in (
        (("train_loss", "validation_loss"), None),  # per token
        (("exact_match", "rouge1", "exact_set", "execution"), 100),
    ):
        series = {HEADS[n]: [(r.epoch, v) for r in rows if (v := getattr(r, n)) is not None]
                  for n in names}  # fmt: skip
        if series := {name: points for name, points in series.items() if points}:
            plots.append(lines(series, "epoch", most))
    with new_file(path) as part:
        save_picture(plots, part, "Losses, and percent of the validation questions")


def make_manifest(
    name: str, trainer: str, settings: Mapping[str, Any], files: Sequence[Path]
) -> dict[str, Any]:
    """Describe everything that a run's numbers depend on: recipe, versions, data and code."""
    return {
        "recipe": name,
        "trainer": trainer,
        "settings": dict(settings),
        "data": {path.name: files_digest([(path.name, path)]) for path in files},
        "versions": dict(_versions()),
        "git_commit": _git_commit(),
    }


def _versions() -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    for name in _LIBRARIES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def _git_commit() -> str | None:
    """The commit of the code, marked if files differ from it; None outside a checkout."""
    try:
        commit = _git("rev-parse", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{commit} with changes" if changed else commit


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(_ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def save_json(value: Any, path: Path) -> None:
    """Write JSON atomically: a reader sees the old file or the whole new one.

    Raises:
        SaveError: the file cannot be written.
    """
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False))
