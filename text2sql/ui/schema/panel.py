"""The schema of the chosen database: its tables, the diagram, and what the model reads."""

from __future__ import annotations

from typing import Any

import gradio as gr

from text2sql.databases import Database
from text2sql.ui.schema import diagram
from text2sql.ui.schema.peek import peek
from text2sql.ui.schema.view import model_input_html, summary_html, tables_html

__all__ = ["SchemaPanel"]

_TOOLS = (
    '<div class="t2s-tools" role="toolbar" aria-label="Diagram">'
    '<button type="button" data-zoom="in" aria-label="Zoom in">+</button>'
    '<button type="button" data-zoom="out" aria-label="Zoom out">−</button>'
    '<button type="button" data-zoom="fit">Fit</button>'
    '<button type="button" data-zoom="full">Full screen</button></div>'
)


class SchemaPanel:
    """Four pieces of HTML that change together; ``outputs`` lists them in order."""

    def __init__(self, database: Database) -> None:
        summary, tables, picture, model_input = self.show(database)
        self.summary = gr.HTML(summary, elem_id="summary", apply_default_css=False)
        with gr.Tabs(elem_id="schema"):
            with gr.Tab("Tables"):
                self.tables = gr.HTML(tables, elem_id="tables", apply_default_css=False)
            with gr.Tab("Diagram"):
                self.diagram = gr.HTML(picture, elem_id="diagram", apply_default_css=False)
            with gr.Tab("Model input"):
                self.model_input = gr.HTML(
                    model_input, elem_id="model-input", apply_default_css=False
                )

    @property
    def outputs(self) -> list[Any]:
        return [self.summary, self.tables, self.diagram, self.model_input]

    @staticmethod
    def show(database: Database) -> tuple[str, str, str, str]:
        """The HTML of ``outputs``."""
        looks = peek(database)
        return (
            summary_html(database, looks),
            tables_html(database.schema, looks),
            f'<div class="t2s-canvas">{_TOOLS}{diagram.draw(database.schema)}</div>',
            model_input_html(database.schema),
        )
