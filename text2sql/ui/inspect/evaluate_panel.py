"""The panel that evaluates the page's model on questions with gold queries, and saves a run."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from text2sql.errors import Text2SQLError
from text2sql.evaluation.live import Progress
from text2sql.ui import messages
from text2sql.ui.html import html
from text2sql.ui.inspect.evaluations import Evaluations
from text2sql.ui.updates import QUIET, Updates
from text2sql.wording import counted

if TYPE_CHECKING:
    from text2sql.databases import Catalog
    from text2sql.ui.model_thread import ModelThread

__all__ = ["EvaluatePanel"]

_FEW = 20  # questions of a short evaluation
_STOPPED = "Cancelled. Nothing was saved."
_log = logging.getLogger(__name__)


class EvaluatePanel:
    """An accordion with the settings and the progress; ``made`` holds the name of a new run."""

    def __init__(self, model: ModelThread, catalog: Catalog, folder: Path, most: int) -> None:
        self.evaluations = Evaluations(model, catalog, folder)
        self.most = most  # questions of one evaluation
        files = catalog.question_files()
        self.made = gr.State("")
        with gr.Accordion(
            "New evaluation", open=False, elem_id="evaluate", elem_classes="t2s-fold"
        ):
            with gr.Row(elem_classes="t2s-evaluate", equal_height=False):
                self.questions = gr.Dropdown(
                    list(files), label="Questions", value=next(iter(files), None), min_width=140
                )
                self.limit = gr.Number(
                    min(_FEW, most),
                    label="Number of questions, at most",
                    precision=0,
                    minimum=1,
                    maximum=most,
                    min_width=120,
                )
                self.start = gr.Button(
                    "Evaluate", variant="primary", scale=0, min_width=110, elem_id="evaluate-start"
                )
                self.cancel = gr.Button(
                    "Cancel", visible=False, scale=0, min_width=110, elem_id="evaluate-cancel"
                )
            self.status = html(elem_id="evaluate-status")

    def wire(self) -> Any:
        """Connect the buttons; return the event that ends with a new run in ``made``."""
        self.cancel.click(self.stop, None, [self.status], **QUIET)
        outputs = [self.status, self.start, self.cancel, self.made]
        return self.start.click(
            self.evaluate, [self.questions, self.limit], outputs, concurrency_limit=4, **QUIET
        )

    def evaluate(self, questions: str, limit: int | None, request: gr.Request) -> Iterator[Updates]:
        """Evaluate and show the progress until the end or the Cancel button."""
        run = None
        try:
            for progress in self.evaluations.start(
                questions, min(limit or _FEW, self.most), request.session_hash
            ):
                yield self._working(progress)
                run = progress.run
        except Text2SQLError as error:
            yield self._idle(messages.alert(str(error)))
        except Exception:
            _log.exception("Evaluating on %r failed", questions)
            yield self._idle(messages.alert(messages.UNEXPECTED))
        else:
            said = messages.note(f"Saved as {run}." if run else _STOPPED)
            yield {**self._idle(said), self.made: run or ""}

    def stop(self, request: gr.Request) -> Markup:
        """Handle the Cancel button."""
        self.evaluations.stop(request.session_hash)
        return messages.note(_STOPPED)

    def _working(self, progress: Progress) -> Updates:
        done, total = progress.done, progress.total
        what = "Scoring" if done == total else f"{done:,} of {counted(total, 'question')} answered"
        return {
            self.status: messages.progress(what, done, total),
            self.start: gr.Button(visible=False),
            self.cancel: gr.Button(visible=True),
        }

    def _idle(self, status: str) -> Updates:
        return {
            self.status: status,
            self.start: gr.Button(visible=True),
            self.cancel: gr.Button(visible=False),
            self.made: "",
        }
