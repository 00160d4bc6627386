"""The schema panel: tables, diagram, keys and model input of the chosen database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr
from markupsafe import Markup

from text2sql.databases import Database
from text2sql.linking.engine_tables import without_engine_tables
from text2sql.linking.keys import with_keys
from text2sql.ui.html import html
from text2sql.ui.schema import diagram
from text2sql.ui.schema.keys_panel import KeysPanel
from text2sql.ui.schema.peek import peek
from text2sql.ui.schema.view import model_input_html, summary_html, tables_html
from text2sql.ui.updates import Updates

__all__ = ["SchemaPanel"]

_TOOLS = Markup(
    '<div class="t2s-tools" role="toolbar" aria-label="Diagram">'
    '<button type="button" data-zoom="in" aria-label="Zoom in">+</button>'
    '<button type="button" data-zoom="out" aria-label="Zoom out">−</button>'
    '<button type="button" data-zoom="fit">Fit</button>'
    '<button type="button" data-zoom="full">Full screen</button></div>'
)


class SchemaPanel:
    """The components that change with the database; ``outputs`` lists them in order."""

    def __init__(self, database: Database) -> None:
        summary, tables, picture, model_input = self.show(database)
        self.summary = html(summary, elem_id="summary")
        with gr.Tabs(elem_id="schema"):
            with gr.Tab("Tables"):
                self.tables = html(tables, elem_id="tables")
            with gr.Tab("Diagram"):
                self.diagram = html(picture, elem_id="diagram")
            with gr.Tab("Keys"):
                self.keys = KeysPanel(database)
            with gr.Tab("Model input"):
                self.model_input = html(model_input, elem_id="model-input")

    @property
    def outputs(self) -> list[Any]:
        shown = [self.summary, self.tables, self.diagram, self.model_input]
        return [*shown, *self.keys.outputs]

    def all_of(self, database: Database) -> Updates:
        """Return new settings of ``outputs``."""
        shown = (*self.show(database), *self.keys.show(database))
        return dict(zip(self.outputs, shown, strict=True))

    @staticmethod
    def show(database: Database) -> tuple[Markup, Markup, Markup, Markup]:
        """Return the HTML of the first four of ``outputs``."""
        read = with_keys(database).schema
        database = replace(database, schema=without_engine_tables(read))
        looks = peek(database)
        return (
            summary_html(database, looks),
            tables_html(database.schema, looks),
            Markup('<div class="t2s-canvas">{}{}</div>').format(
                _TOOLS, diagram.draw(database.schema)
            ),
            model_input_html(read),
        )
