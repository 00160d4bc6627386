"""The evaluations that visitors have started on the page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from text2sql.answering.service import Service
from text2sql.errors import DataError, FullError
from text2sql.evaluation.live import LiveEvaluation, Progress, evaluate_in_steps, spread
from text2sql.spider import load_examples

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.databases import Catalog, Database
    from text2sql.ui.model_thread import ModelThread

__all__ = ["Evaluations"]

_ALONE = Service()
_MOST_RUNS = 100
_RETRY_S = 60
_TICK_S = 0.2  # time between two reports of the progress


class Evaluations:
    """Evaluates the page's model in turn with visitors' questions."""

    def __init__(self, model: ModelThread, catalog: Catalog, folder: Path) -> None:
        self.model = model
        self.catalog = catalog
        self.folder = folder
        self.running: dict[str | None, LiveEvaluation] = {}  # by session
        self._lock = threading.Lock()

    def start(self, questions: str, limit: int, session: str | None) -> Iterator[Progress]:
        """Evaluate up to ``limit`` questions of the file called ``questions``, and save a run.

        The last progress names the run, unless the evaluation was stopped. Closing the iterator,
        as Gradio does when the visitor disconnects, stops the evaluation.

        Raises:
            FullError: another evaluation is running.
            Text2SQLError: the questions cannot be read, the model cannot be loaded, the run cannot
                be saved, or there are too many runs.
        """
        text2sql = self.model.text2sql
        examples = spread(load_examples(self.catalog.question_files()[questions]), limit)
        steps = evaluate_in_steps(
            _InLine(self.model),
            text2sql.name,
            text2sql.options,
            examples,
            self.catalog,
            self.folder,
        )
        with self._lock:
            self._check()
            job = self.running[session] = LiveEvaluation(steps)
        try:
            while job.wait(_TICK_S):
                yield Progress(job.progress.done, len(examples))
        finally:
            job.stop_unless_ended()
            self.running.pop(session, None)
        yield Progress(job.progress.done, len(examples), job.run())

    def _check(self) -> None:
        if self.running:
            raise FullError("Another evaluation is running", _RETRY_S)
        runs = sum(1 for _ in self.folder.glob("*.db")) if self.folder.is_dir() else 0
        if runs >= _MOST_RUNS:
            raise DataError(
                f"There are {runs} saved runs, and the page saves no more than {_MOST_RUNS}; "
                "the person who runs this page can delete some."
            )

    def stop(self, session: str | None) -> None:
        """Cancel the visitor's evaluation without saving it."""
        job = self.running.get(session)
        if job is not None:
            job.stop()


class _InLine:
    """Asks the model in turn with visitors, so that nobody waits for the whole evaluation."""

    def __init__(self, model: ModelThread) -> None:
        self.model = model

    def ask(self, question: str, database: Database, service: Service = _ALONE) -> Answer:
        ticket = self.model.submit(question, database, "evaluation", patient=True, service=service)
        return ticket.result()
