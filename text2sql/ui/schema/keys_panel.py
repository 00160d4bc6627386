"""The Keys tab: guessed foreign keys to uncheck, and a field for another key."""

from __future__ import annotations

from typing import Any

import gradio as gr

from text2sql.databases import Database
from text2sql.linking.key_edits import key_text, undeclared_keys

__all__ = ["KeysPanel"]


class KeysPanel:
    """Check boxes of guessed keys and a field to add one; ``outputs`` lists what changes."""

    def __init__(self, database: Database) -> None:
        texts = self._texts(database)
        self.kept = gr.CheckboxGroup(
            texts,
            value=texts,
            label="Guessed foreign keys",
            info="The database does not declare these keys; they were guessed from names and "
            "values. Uncheck wrong ones, so that your questions do not join on them.",
            elem_id="keys",
        )
        with gr.Row():
            self.new = gr.Textbox(
                label="Add a foreign key",
                placeholder="sale.customer_id = customer.id",
                max_lines=1,
                max_length=500,
                elem_id="new-key",
            )
            self.add = gr.Button("Add", scale=0, min_width=80, elem_id="add-key")

    @property
    def outputs(self) -> list[Any]:
        return [self.kept, self.new]

    @classmethod
    def show(cls, database: Database) -> tuple[Any, Any]:
        """Return new settings of ``outputs``."""
        texts = cls._texts(database)
        return gr.CheckboxGroup(texts, value=texts), ""

    @staticmethod
    def _texts(database: Database) -> list[str]:
        return [key_text(key, database.schema) for key in undeclared_keys(database)]
