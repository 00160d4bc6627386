"""An evaluation in the background of the page, which shows its progress and can stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.evaluation.answering import Asker, predict_example
from text2sql.evaluation.evaluate import score_answers
from text2sql.evaluation.items import usual_metrics
from text2sql.evaluation.manifest import data_manifest, model_manifest
from text2sql.evaluation.run import Run
from text2sql.evaluation.scoring import Scorer
from text2sql.generators.base import Options
from text2sql.spider import Example

__all__ = ["LiveEvaluation", "Progress", "evaluate_in_steps", "spread"]


_Item = TypeVar("_Item")
_NAMING = threading.Lock()  # two evaluations may end in the same second


@dataclass(frozen=True)
class Progress:
    """How far an evaluation is; ``run`` is the file name once everything is scored and saved."""

    done: int
    total: int
    run: str | None = None


def evaluate_in_steps(
    asker: Asker,
    model: str,
    options: Options,
    examples: Sequence[Example],
    catalog: Catalog,
    folder: Path,
) -> Generator[Progress, None, None]:
    """Ask one question per step, then save the scored run in ``folder`` under a new name.

    A missing folder is created. The file only appears at the end, so a stopped evaluation leaves
    nothing and no unfinished run is ever listed.

    Raises:
        DataError: there are no questions, or the folder cannot be written.
        ModelError: the model's files are missing or do not fit.
    """
    if not examples:
        raise DataError("There are no questions to evaluate on; choose a set that has some.")
    _create(folder)
    manifest = {**model_manifest(model, options), **data_manifest(examples, catalog)}
    with Run.start(None, manifest) as run:
        started = time.perf_counter()
        for number, example in enumerate(examples):
            yield Progress(number, len(examples))
            run.add_prediction(number, example, predict_example(asker, example, catalog))
        yield Progress(len(examples), len(examples))
        found = run.predictions()
        answers = [found[number] for number in range(len(examples))]
        scorer = Scorer(catalog, usual_metrics(examples))
        score_answers(run, examples, answers, scorer, (), started, False)
        yield Progress(len(examples), len(examples))
        with _NAMING:
            file = _new_file(folder, model)
            run.save_as(file)
    yield Progress(len(examples), len(examples), file.name)


class LiveEvaluation:
    """Runs the steps of an evaluation in one thread, because SQLite connections require that."""

    def __init__(self, steps: Generator[Progress, None, None]) -> None:
        self.progress = Progress(0, 0)
        self.stopped = False
        self._error: BaseException | None = None
        self._ended = threading.Event()
        threading.Thread(target=self._go, args=(steps,), name="evaluation", daemon=True).start()

    def _go(self, steps: Generator[Progress, None, None]) -> None:
        try:
            with closing(steps):
                for progress in steps:
                    self.progress = progress
                    if self.stopped:
                        break
        except BaseException as error:  # raised again by ``run``
            self._error = error
        finally:
            self._ended.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end, up to ``timeout_s``; return whether the evaluation still runs."""
        return not (self._ended.wait(timeout_s) or self.stopped)

    def stop(self) -> None:
        """Stop after the question that is being answered; nothing is saved."""
        self.stopped = True

    def stop_unless_ended(self) -> None:
        """Stop, if the evaluation still runs."""
        self.stopped = self.stopped or not self._ended.is_set()

    def run(self) -> str | None:
        """The name of the saved run, None if it was stopped; only valid after the end.

        Raises:
            Text2SQLError: the error that ended the evaluation.
        """
        if self._error is not None and not self.stopped:
            raise self._error
        return self.progress.run


def spread(items: Sequence[_Item], limit: int) -> list[_Item]:
    """Pick up to ``limit`` items at equal distances, so that all databases are represented."""
    count = min(limit, len(items))
    return [items[place * len(items) // count] for place in range(count)]


def _create(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"No run can be saved in {str(folder)!r} ({error.strerror}); name another folder "
            "with --runs."
        ) from error


def _new_file(folder: Path, model: str) -> Path:
    """An unused file name with model and time: ``pocket-20261124-165130.db``."""
    name = Path(model).name or "model"
    stem = f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    number, file = 1, folder / f"{stem}.db"
    while file.exists():
        number += 1
        file = folder / f"{stem}-{number}.db"
    return file
