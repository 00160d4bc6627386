"""The output while a model trains: a progress bar, and after each epoch a line and a sample."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import ProgressCallback

from train.lora import check_precision
from train.metrics import PredictionScorer
from train.report import HEADS, cells, epoch_rows, save_curves, save_metrics
from train.samples import DebugSample, record_sample

__all__ = ["EpochReport", "PrecisionCheck", "QuietProgress"]


class QuietProgress(ProgressCallback):
    """The library's progress bar without the dictionaries that it prints as well."""

    def on_log(self, *args: Any, **kwargs: Any) -> None:
        """Print nothing; ``EpochReport`` prints the numbers."""


class PrecisionCheck(TrainerCallback):
    """A check, at the start and after a resume, that weights are in their precision."""

    def __init__(self, base_dtype: torch.dtype) -> None:
        self.base_dtype = base_dtype

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: Any,
    ) -> None:
        check_precision(kwargs["model"], self.base_dtype)


class EpochReport(TrainerCallback):
    """After each epoch, prints a line of the table and one sample, and writes the files again.

    The files are ``metrics.csv``, ``curves.svg`` and ``samples.jsonl``.
    """

    def __init__(self, scorer: PredictionScorer, out: Path) -> None:
        self.scorer = scorer
        self.out = out
        self.started = False

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: Any,
    ) -> None:
        if not state.is_world_process_zero:
            return
        rows = epoch_rows(state.log_history)
        if not rows:
            return
        lines = [] if self.started else [table_head()]
        shown = rows[-1:] if self.started else rows  # a resumed run shows what came before
        self.started = True
        lines += [table_line(cells(row)) for row in shown]
        sample = self._sample()
        if sample is not None:
            lines += sample_lines(sample)
            record_sample(self.out, rows[-1].epoch, state.global_step, sample)
        tqdm.write("\n".join(lines))
        save_metrics(rows, self.out / "metrics.csv")
        save_curves(rows, self.out / "curves.svg")

    def _sample(self) -> DebugSample | None:
        example = self.scorer.shown
        if not self.scorer.predictions or example is None:
            return None
        predicted = self.scorer.predictions[list(self.scorer.examples).index(example)]
        return DebugSample(example.question, example.query, predicted)


def sample_lines(sample: DebugSample) -> list[str]:
    return [
        f"    question   {sample.question}",
        f"    gold       {sample.gold}",
        f"    predicted  {textwrap.shorten(sample.predicted, 300)}",
    ]


def table_head() -> str:
    return table_line(list(HEADS.values()))


def table_line(texts: list[str]) -> str:
    widths = [max(6, len(head)) for head in HEADS.values()]
    return "  ".join(text.rjust(width) for text, width in zip(texts, widths, strict=True))
