"""The buttons with example questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from text2sql.ui.ask.examples import checked_samples, chips
from text2sql.ui.updates import QUIET, Updates

if TYPE_CHECKING:
    from text2sql.databases import Catalog

__all__ = ["ExampleChips"]


class ExampleChips:
    """The buttons with the example questions of a database."""

    def __init__(self, catalog: Catalog, db_id: str) -> None:
        self.catalog = catalog
        self.list = gr.Dataset(
            components=[gr.Textbox(visible=False, label="Question")],
            label="Examples",
            elem_id="examples",
            **self._offered(db_id),
        )

    def fill(self, field: gr.Textbox) -> Any:
        """Put the clicked question into ``field``; return the event."""
        return self.list.click(_question, self.list, field, **QUIET)

    def show(self, db_id: str) -> Updates:
        """Offer the examples of another database."""
        return {self.list: gr.Dataset(**self._offered(db_id))}

    def _offered(self, db_id: str) -> dict[str, Any]:
        offered = chips(db_id, self.catalog.examples(db_id), checked_samples())
        return {
            "samples": [[chip.question] for chip in offered],
            "sample_labels": [chip.label for chip in offered],
            "visible": bool(offered),
        }


def _question(sample: list[str]) -> str:
    return sample[0]
