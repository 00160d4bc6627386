"""The panel of a conversation: the question before, the parts carried over, and a new start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from text2sql.answering.conversation.carried import Carried
from text2sql.answering.conversation.following import Previous, carried_between
from text2sql.answering.conversation.referring import refers_back
from text2sql.query.layout import without_layout
from text2sql.ui.ask.steps import MOST_EARLIER, Step, steps_text
from text2sql.ui.html import html
from text2sql.ui.updates import Updates

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.schema import Schema

__all__ = ["ConversationPanel", "Talk", "said"]

_LONGEST = 80  # characters of a question that is quoted


@dataclass(frozen=True)
class Talk:
    """A conversation so far: the ``steps`` that led to ``sql``, the last one last.

    ``before`` is the query that the last question went on from, empty after a new question.
    ``taken_as_new`` is true if that question sounds as if it went on from another, but did not.
    ``read_as`` is the last question after its synonyms were replaced, empty if it had none.
    """

    db_id: str
    steps: tuple[Step, ...]
    sql: str
    before: str = ""
    confidence: float | None = None
    taken_as_new: bool = False
    read_as: str = ""

    @classmethod
    def of(cls, answer: Answer, talk: Talk | None) -> Talk:
        """Return the conversation after ``answer``, which may go on from ``talk``."""
        before = talk if answer.follows else None
        return cls(
            answer.db_id,
            (*(before.steps if before else ()), Step(answer.question))[-MOST_EARLIER - 1 :],
            answer.sql,
            before.sql if before else "",
            answer.confidence,
            talk is not None and before is None and refers_back(answer.question),
            answer.read_as,
        )

    @property
    def question(self) -> str:
        """The last question."""
        return self.steps[-1].question

    @property
    def previous(self) -> Previous:
        """What the next question may go on from."""
        return Previous(self.sql, tuple(step.question for step in self.steps), self.confidence)

    def with_sql(self, sql: str | None) -> Talk:
        """Return the conversation with ``sql`` of the visitor in place of the last query.

        It is None if the last answer never reached the page, which has no editor then.
        """
        if not sql or not sql.strip() or without_layout(sql) == without_layout(self.sql):
            return self
        steps = (*self.steps[:-1], Step(self.question, sql))
        return replace(self, sql=sql, steps=steps)

    def carried(self, schema: Schema) -> tuple[Carried, ...]:
        """Return the parts that the query carries over from the one before it."""
        return carried_between(self.before, self.sql, schema) if self.before else ()


class ConversationPanel:
    """Lists the parts that are carried over; the visitor can remove them or start anew."""

    def __init__(self) -> None:
        self.talk = gr.State(None)
        with gr.Column(visible=False, elem_id="conversation") as self.box:
            self.note = html(elem_id="goes-on")
            self.parts = gr.Dataset(
                components=[gr.Textbox(visible=False), gr.Textbox(visible=False)],
                label="Carried over; select a part to leave it out",
                samples=[],
                sample_labels=[],
                layout="gallery",
                elem_id="carried",
                elem_classes="t2s-chips",
            )
            self.new = gr.Checkbox(label="Start anew", container=False, elem_id="new-question")

    @property
    def outputs(self) -> list[Any]:
        return [self.talk, self.box, self.note, self.parts, self.new]

    def show(self, talk: Talk | None, schema: Schema) -> Updates:
        """Show the parts that ``talk`` carries over, and the switch; hide both without a talk."""
        if talk is None:
            return self.hide()
        return {
            **self.show_parts(talk, schema),
            self.box: gr.Column(visible=True),
            self.note: said(talk),
            self.new: False,
        }

    def show_parts(self, talk: Talk, schema: Schema) -> Updates:
        """Show the parts that ``talk`` carries over, after its last query was changed."""
        parts = talk.carried(schema)
        return {
            self.talk: talk,
            self.parts: gr.Dataset(
                samples=[[part.text, part.without] for part in parts],
                sample_labels=[f"{part.text} ×" for part in parts],
                visible=bool(parts),
            ),
        }

    def hide(self) -> Updates:
        """Forget the conversation."""
        return {self.talk: None, self.box: gr.Column(visible=False), self.new: False}


def said(talk: Talk) -> Markup:
    """Return how the question was read and what it goes on from; its link has the earlier steps."""
    earlier = talk.steps[:-1] if talk.before else ()
    told = Markup('<data id="earlier" value="{}" data-question="{}" hidden></data>').format(
        steps_text(earlier), talk.question.strip()
    )
    parts = [f"Read as “{_short(talk.read_as)}”."] if talk.read_as else []
    if talk.taken_as_new:
        parts.append("Answered as a new question.")
    elif earlier:
        parts.append(f"Goes on from “{_short(earlier[-1].question.rstrip('. '))}”.")
    return told + Markup("<span>{}</span>").format(" ".join(parts)) if parts else told


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
