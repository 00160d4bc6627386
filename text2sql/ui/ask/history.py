"""The history of questions in this session, as buttons that ask them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from text2sql.ui.updates import QUIET

__all__ = ["Asked", "History", "remembered"]

_KEPT = 20
_LABEL = 60  # characters; Gradio shortens longer labels further


@dataclass(frozen=True)
class Asked:
    """The question of an answer; ``model`` is empty if the visitor entered SQL."""

    question: str
    db_id: str
    model: str = ""
    sql: str = ""


Visit = tuple[tuple[str, str], ...]


def remembered(visit: Visit, asked: Asked | None) -> Visit:
    """Add a question to a visit's ``(question, db_id)``, newest first, without duplicates."""
    if asked is None:
        return visit
    new = (asked.question, asked.db_id)
    return (new, *(old for old in visit if old != new))[:_KEPT]


class History:
    """A list of buttons with the questions of one browser tab."""

    def __init__(self) -> None:
        self.visit = gr.State(())
        self.clicked = [gr.Textbox(visible=False, label=name) for name in ("Question", "Database")]
        self.list = gr.Dataset(
            components=[
                gr.Textbox(visible=False, label="Question"),
                gr.Textbox(visible=False, label="Database"),
            ],
            label="Earlier questions",
            samples=[],
            sample_labels=[],
            layout="gallery",
            visible=False,
            elem_id="history",
            elem_classes="t2s-chips",
        )

    def wire(self) -> None:
        """Open an earlier question again when it is clicked."""
        self.list.click(_both, self.list, self.clicked, **QUIET).then(
            None, self.clicked, js="(question, db) => t2s.choose(db, question)"
        )

    def add_after(self, event: Any, asked: gr.State) -> None:
        """Add the question in ``asked`` when ``event`` has ended."""
        event.then(self.add, [self.visit, asked], [self.visit, self.list], **QUIET)

    def add(self, visit: Visit, asked: Asked | None) -> tuple[Visit, gr.Dataset]:
        """Add a question; the newest one is on the page and gets no button."""
        visit = remembered(visit, asked)
        before = visit[1:]
        return visit, gr.Dataset(
            samples=[list(item) for item in before],
            sample_labels=[_label(*item) for item in before],
            visible=bool(before),
        )


def _both(sample: list[str]) -> tuple[str, str]:
    question, db_id = sample
    return question, db_id


def _label(question: str, db_id: str) -> str:
    """Return a label that starts with the database, because long labels are cut at the end."""
    label = f"{db_id} · {question}"
    return label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"
