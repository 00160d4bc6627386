"""The cost of a run: its hours, machine, peak memory and examples per second."""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

__all__ = ["Usage", "UsageMeter", "machine_name"]


@dataclass(frozen=True)
class Usage:
    """The cost of a run, summed over its resumes.

    ``seconds`` include the evaluations between epochs and ``training_seconds`` do not; neither
    includes loading the model, the last test or saving.
    ``peak_memory_mb`` is the peak of the GPU's memory, or on a CPU of the process's.
    """

    machine: str
    processes: int = 1
    seconds: float = 0.0
    training_seconds: float = 0.0
    examples: int = 0
    peak_memory_mb: float = 0.0

    @property
    def examples_per_s(self) -> float:
        return self.examples / self.training_seconds if self.training_seconds else 0.0

    def to_dict(self) -> dict[str, Any]:
        """The values for the manifest."""
        rounded = {k: round(v, 1) if isinstance(v, float) else v for k, v in asdict(self).items()}
        return {**rounded, "examples_per_s": round(self.examples_per_s, 2)}

    @classmethod
    def before(cls, manifest: Mapping[str, Any], machine: str, processes: int) -> Usage:
        """The cost of a resumed run so far, from its manifest; zero if it is unknown."""
        try:
            found = dict(manifest["usage"])
            del found["examples_per_s"], found["machine"]
            if not all(isinstance(value, int | float) for value in found.values()):
                raise TypeError("not numbers")
            return replace(cls(machine, **found), processes=processes)
        except (KeyError, TypeError, ValueError):
            return cls(machine, processes)

    def sentence(self) -> str:
        """The cost as a text: ``3.1 h on NVIDIA L4, 8.1 examples a second, 14.2 GB at most``."""
        hours = self.seconds / 3600
        time_ = f"{hours:.1f} h" if hours >= 1 else f"{self.seconds / 60:.1f} min"
        where = self.machine if self.processes == 1 else f"{self.processes} x {self.machine}"
        return (
            f"{time_} on {where}, {self.examples_per_s:.1f} examples a second, "
            f"{self.peak_memory_mb / 1024:.1f} GB at most"
        )


class UsageMeter(TrainerCallback):
    """Measures a run, and calls ``save`` with its cost so far after each of its evaluations.

    An evaluation after the end of the run costs it nothing.
    """

    def __init__(
        self, before: Usage, trained_examples: Callable[[], int], save: Callable[[Usage], None]
    ) -> None:
        self.usage = self._before = before
        self.trained_examples = trained_examples  # by all processes, since this one started
        self.save = save
        self._training = 0.0
        self._runs = False

    def on_train_begin(self, *args: Any, **kwargs: Any) -> None:
        self._started = self._since = time.perf_counter()
        self._runs = True

    def on_train_end(self, *args: Any, **kwargs: Any) -> None:
        self._runs = False

    def on_epoch_begin(self, *args: Any, **kwargs: Any) -> None:
        self._since = time.perf_counter()

    def on_step_end(self, *args: Any, **kwargs: Any) -> None:
        now = time.perf_counter()
        self._training += now - self._since
        self._since = now

    def on_evaluate(self, *args: Any, **kwargs: Any) -> None:
        if not self._runs:
            return
        before = self._before
        self.usage = replace(
            before,
            seconds=before.seconds + time.perf_counter() - self._started,
            training_seconds=before.training_seconds + self._training,
            examples=before.examples + self.trained_examples(),
            peak_memory_mb=max(before.peak_memory_mb, peak_memory_mb()),
        )
        self.save(self.usage)


def peak_memory_mb() -> float:
    """The peak memory so far: the GPU's if it is used, else the process's."""
    if torch.cuda.is_available() and torch.cuda.max_memory_allocated():
        return torch.cuda.max_memory_allocated() / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def machine_name(device: str) -> str:
    """The name of the GPU, or that of the processor with its number of cores."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()} ({cores} cores)" + (", its GPU" if device == "mps" else "")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
