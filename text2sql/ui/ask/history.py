"""The questions of this visit, each one click away from being asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from text2sql.ui.updates import QUIET, Updates

__all__ = ["Asked", "History", "remembered"]

_KEPT = 20
_LABEL = 60  # characters; of longer ones Gradio cuts off more


@dataclass(frozen=True)
class Asked:
    """What an answer on the page is the answer to; ``model`` is empty where SQL was typed."""

    question: str
    db_id: str
    model: str = ""
    sql: str = ""


Visit = tuple[tuple[str, str], ...]


def remembered(visit: Visit, asked: Asked | None) -> Visit:
    """The visit's ``(question, db_id)``, newest first and each once, with one more."""
    if asked is None:
        return visit
    new = (asked.question, asked.db_id)
    return (new, *(old for old in visit if old != new))[:_KEPT]


class History:
    """A list of buttons; what it holds belongs to one browser tab and ends with it."""

    def __init__(self) -> None:
        self.visit = gr.State(())
        self.list = gr.Dataset(
            components=[
                gr.Textbox(visible=False, label="Question"),
                gr.Textbox(visible=False, label="Database"),
            ],
            label="Asked before",
            samples=[],
            sample_labels=[],
            layout="gallery",
            visible=False,
            elem_id="history",
            elem_classes="t2s-chips",
        )

    def repeat(self, fn: Callable[[list[str]], Updates], outputs: Sequence[Any]) -> Any:
        """Call ``fn`` with the ``[question, db_id]`` that is clicked; the event."""
        return self.list.click(fn, self.list, outputs, **QUIET)

    def add_after(self, event: Any, asked: gr.State) -> None:
        """When ``event`` is over, keep what ``asked`` holds then."""
        event.then(self.add, [self.visit, asked], [self.visit, self.list], **QUIET)

    def add(self, visit: Visit, asked: Asked | None) -> tuple[Visit, gr.Dataset]:
        """One more question; the newest one is on the page already and is not offered."""
        visit = remembered(visit, asked)
        before = visit[1:]
        return visit, gr.Dataset(
            samples=[list(item) for item in before],
            sample_labels=[_label(*item) for item in before],
            visible=bool(before),
        )


def _label(question: str, db_id: str) -> str:
    """The database first, because what is too long for a button is cut off at its end."""
    label = f"{db_id} · {question}"
    return label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"
