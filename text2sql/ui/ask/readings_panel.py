"""The panel that asks "Did you mean ... or ...?" and shows both readings with their first rows."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

import gradio as gr
from markupsafe import Markup

from text2sql.answering.asking_back import Reading
from text2sql.sandbox import QueryResult
from text2sql.schema import Schema
from text2sql.ui.ask.headline import phrase
from text2sql.ui.cells import html_table, rounded
from text2sql.ui.html import html
from text2sql.ui.rows import in_words
from text2sql.ui.updates import Updates
from text2sql.wording import counted

__all__ = ["ReadingsPanel", "marked", "question_html", "reading_html"]

_ROWS = 3
_COLUMNS = 4
_LONGEST = 180  # characters of a question that repeats both readings


class ReadingsPanel:
    """Two readings side by side with a button each; hidden unless they are close.

    The keys 1 and 2 press the buttons.
    """

    def __init__(self) -> None:
        self.offered = gr.State(())  # the SQL of both readings
        self.described: list[gr.HTML] = []
        self.choose: list[gr.Button] = []
        with gr.Column(visible=False, elem_id="did-you-mean") as self.box:
            self.question = html(elem_id="asks-back")
            with gr.Row(elem_classes="t2s-readings"):
                for number in (1, 2):
                    with gr.Column(min_width=240, elem_classes="t2s-reading-card"):
                        self.described.append(html(elem_id=f"reading-{number}"))
                        self.choose.append(
                            gr.Button(
                                f"I meant this (key {number})",
                                size="sm",
                                elem_id=f"choose-{number}",
                            )
                        )
            self.neither = gr.Button("Neither", size="sm", scale=0, elem_id="choose-neither")

    @property
    def outputs(self) -> list[Any]:
        return [self.offered, self.box, self.question, *self.described]

    def hide(self) -> Updates:
        """Hide the panel."""
        return {self.offered: (), self.box: gr.Column(visible=False)}

    def show(self, readings: tuple[Reading, Reading], schema: Schema) -> Updates:
        """Offer the readings of a question about ``schema``."""
        first, second = readings
        words = marked(first.words, second.words), marked(second.words, first.words)
        return {
            self.offered: (first.sql, second.sql),
            self.box: gr.Column(visible=True),
            self.question: question_html(first.words, second.words),
            **{
                described: reading_html(said, in_words(reading.result, reading.sql, schema))
                for described, said, reading in zip(self.described, words, readings, strict=True)
            },
        }


def question_html(first: str, second: str) -> Markup:
    """Return the question with both readings in it, if they are short enough."""
    asked = f"Did you mean {phrase(first)}, or {phrase(second)}?"
    said = asked if len(asked) <= _LONGEST else "Which of these did you mean?"
    return Markup('<p class="t2s-asks-back" role="status">{}</p>').format(said)


def marked(words: str, other: str) -> Markup:
    """Return ``words``, in bold where ``other`` has another word at the same place."""
    here, there = words.split(), other.split()
    parts = [
        (" ".join(here[start:end]), kind == "equal")
        for kind, start, end, _, _ in SequenceMatcher(None, here, there, False).get_opcodes()
        if start < end
    ]
    return Markup(" ").join(
        part if same else Markup("<b>{}</b>").format(part) for part, same in parts
    )


def reading_html(words: Markup, result: QueryResult) -> Markup:
    """Return a reading with its first rows and the number of the others."""
    rows = [list(map(rounded, row[:_COLUMNS])) for row in result.rows[:_ROWS]]
    caption = f"First rows of: {words.striptags()}"
    table = html_table(result.columns[:_COLUMNS], rows, caption)
    more = len(result.rows) - len(rows)
    rest = f"and {counted(more, 'more row')}" if more else "" if rows else "No rows"
    return Markup(
        '<p class="t2s-reading">{}</p><div class="t2s-scroll">{}</div><p class="t2s-hint">{}</p>'
    ).format(words, table, rest)
