"""The panel of a conversation: the question before, the parts carried over, and a new start."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from text2sql.answering.conversation.carried import Carried
from text2sql.answering.conversation.following import Previous, carried_between
from text2sql.answering.question import MAX_QUESTION_LENGTH
from text2sql.ui.html import html
from text2sql.ui.updates import Updates

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.schema import Schema

__all__ = ["ConversationPanel", "Talk", "earlier_questions"]

_LONGEST = 80  # characters of a question that is quoted
_MOST_EARLIER = 4  # questions that a conversation keeps and a link takes along


@dataclass(frozen=True)
class Talk:
    """A conversation so far: the ``questions`` that led to ``sql``, the last one last.

    ``before`` is the query that the last question went on from, empty after a new question.
    ``taken_as_new`` is true if that question could have gone on from another, but did not.
    ``read_as`` is the last question after its synonyms were replaced, empty if it had none.
    """

    db_id: str
    questions: tuple[str, ...]
    sql: str
    before: str = ""
    confidence: float | None = None
    taken_as_new: bool = False
    read_as: str = ""

    @classmethod
    def of(cls, answer: Answer, before: Previous | None) -> Talk:
        """Return the conversation after ``answer``, which may go on from ``before``."""
        follows = before is not None and answer.follows
        questions = (*answer.earlier, answer.question)[-_MOST_EARLIER - 1 :]
        return cls(
            answer.db_id,
            questions,
            answer.sql,
            before.sql if before is not None and follows else "",
            answer.confidence,
            before is not None and not follows,
            answer.read_as,
        )

    def previous(self, sql: str) -> Previous:
        """Return the query that the next question may go on from; ``sql`` is in the editor."""
        return Previous(sql or self.sql, self.questions, self.confidence)

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
        parts = talk.carried(schema)
        return {
            self.talk: talk,
            self.box: gr.Column(visible=True),
            self.note: _note(talk),
            self.parts: gr.Dataset(
                samples=[[part.text, part.without] for part in parts],
                sample_labels=[f"{part.text} ×" for part in parts],
                visible=bool(parts),
            ),
            self.new: False,
        }

    def hide(self) -> Updates:
        """Forget the conversation."""
        return {self.talk: None, self.box: gr.Column(visible=False), self.new: False}

    def without(self, sql: str, talk: Talk | None, schema: Schema) -> Updates:
        """Show the remaining parts after one is removed and the query is ``sql``."""
        return {} if talk is None else self.show(replace(talk, sql=sql), schema)


def _note(talk: Talk) -> Markup:
    """How the question was read and what it goes on from; its link has the earlier questions."""
    earlier = list(talk.questions[:-1]) if talk.before else []
    told = Markup('<data id="earlier" value="{}" hidden></data>').format(json.dumps(earlier))
    if talk.read_as:
        told += Markup("Read as “{}”. ").format(_short(talk.read_as))
    if talk.taken_as_new:
        return told + Markup("Answered as a new question.")
    if not earlier:
        return told
    return told + Markup("Goes on from “{}”.").format(_short(earlier[-1]))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def earlier_questions(text: str) -> tuple[str, ...]:
    """Return the earlier questions of a link, ``["...", "..."]``; none if it is malformed."""
    if len(text) > 2 * _MOST_EARLIER * MAX_QUESTION_LENGTH:
        return ()
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return ()
    known = isinstance(found, list) and all(isinstance(one, str) for one in found)
    return tuple(one for one in found if one.strip())[-_MOST_EARLIER:] if known else ()
