"""The guessed keys of the chosen database: to untick what is wrong, and to add what is missing."""

from __future__ import annotations

from typing import Any

import gradio as gr

from text2sql.databases import Database
from text2sql.linking.key_edits import key_text, undeclared_keys

__all__ = ["KeysPanel"]


class KeysPanel:
    """Check boxes of keys, and a line to write another; ``outputs`` lists what changes."""

    def __init__(self, database: Database) -> None:
        texts = self._texts(database)
        self.kept = gr.CheckboxGroup(
            texts,
            value=texts,
            label="Keys that the database does not declare",
            info="Guessed from names and values. Untick what is wrong: for your visit, it is "
            "not joined on.",
            elem_id="keys",
        )
        with gr.Row():
            self.new = gr.Textbox(
                label="Another key",
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
        """New settings of ``outputs``."""
        texts = cls._texts(database)
        return gr.CheckboxGroup(texts, value=texts), ""

    @staticmethod
    def _texts(database: Database) -> list[str]:
        return [key_text(key, database.schema) for key in undeclared_keys(database)]
