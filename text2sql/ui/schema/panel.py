"""The schema panel: tables, diagram, keys and model input of the chosen database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr
from markupsafe import Markup

from text2sql.databases import Catalog, Database
from text2sql.errors import Text2SQLError
from text2sql.linking.engine_tables import without_engine_tables
from text2sql.linking.key_edits import parse_key, undeclared_keys
from text2sql.linking.keys import with_keys
from text2sql.schema import ForeignKey
from text2sql.ui import messages
from text2sql.ui.html import html
from text2sql.ui.library import Library
from text2sql.ui.schema import diagram
from text2sql.ui.schema.keys_panel import KeysPanel
from text2sql.ui.schema.peek import peek
from text2sql.ui.schema.view import model_input_html, summary_html, tables_html
from text2sql.ui.updates import QUIET, Updates

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

    def __init__(self, catalog: Catalog, database: Database) -> None:
        self.catalog = catalog
        summary, tables, picture, model_input = self.show(database)
        self.summary = html(summary, elem_id="summary")
        with gr.Tabs(elem_id="schema", overflow_behavior="wrap"):
            with gr.Tab("Tables"):
                self.tables = html(tables, elem_id="tables")
            with gr.Tab("Diagram"):
                self.diagram = html(picture, elem_id="diagram")
            with gr.Tab("Keys"):
                self.keys = KeysPanel(database)
            with gr.Tab("Model input"):
                self.model_input = html(model_input, elem_id="model-input")
                self.examples = html(elem_id="model-examples")  # differ between visitors

    @property
    def outputs(self) -> list[Any]:
        shown = [self.summary, self.tables, self.diagram, self.model_input]
        return [*shown, *self.keys.outputs]

    def wire(self, database: gr.Dropdown, status: gr.HTML) -> None:
        """Connect the keys of the choice in ``database``; errors go to ``status``."""
        self.status = status
        keys, outputs = self.keys, [*self.outputs, status]
        keys.kept.input(self.keep_keys, [keys.kept, database], outputs, **QUIET)
        added = [keys.add.click, keys.new.submit]
        gr.on(added, self.add_key, [keys.new, database], outputs, **QUIET)

    def keep_keys(self, texts: list[str], db_id: str) -> Updates:
        """Use the checked keys, in addition to the declared ones, for this session."""
        return self._with_keys(
            db_id, lambda database: [parse_key(t, database.schema) for t in texts]
        )

    def add_key(self, text: str, db_id: str) -> Updates:
        """Add a key for this session."""
        return self._with_keys(
            db_id,
            lambda database: [*undeclared_keys(database), parse_key(text, database.schema)],
        )

    def _with_keys(self, db_id: str, chosen: Callable[[Database], Sequence[ForeignKey]]) -> Updates:
        try:
            database = self.catalog.get(db_id)
            if isinstance(self.catalog, Library):
                self.catalog.choose_keys(db_id, chosen(database))
            return {**self.all_of(self.catalog.get(db_id)), self.status: ""}
        except Text2SQLError as error:
            return {self.status: messages.alert(str(error))}

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
