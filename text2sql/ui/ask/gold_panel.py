"""The panel with the gold query of a question, and its comparison with the SQL in the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from text2sql.errors import Text2SQLError
from text2sql.query.layout import lay_out_sql
from text2sql.sandbox import Limits
from text2sql.ui import messages
from text2sql.ui.html import html
from text2sql.ui.updates import Updates

if TYPE_CHECKING:
    from text2sql.databases import Catalog
    from text2sql.ui.queries import Queries

__all__ = ["GoldPanel"]

#: Limits of each query of a comparison.
COMPARING = Limits(max_rows=10_000)


class GoldPanel:
    """An accordion with the gold query; opening it computes the verdict."""

    def __init__(self, catalog: Catalog, queries: Queries) -> None:
        self.catalog = catalog
        self.queries = queries
        with gr.Accordion(
            "Gold query", open=False, elem_id="gold", elem_classes="t2s-fold"
        ) as self.fold:
            self.verdict = html(elem_id="verdict")
            self.query = gr.Code(
                language="sql-sqlite",
                interactive=False,
                show_label=False,
                show_line_numbers=False,
                wrap_lines=True,
                lines=1,
                buttons=["copy"],
                elem_classes="t2s-code",
            )
            self.run = gr.Button("Run the gold query", size="sm", scale=0, elem_id="run-gold")

    @property
    def outputs(self) -> list[Any]:
        return [self.fold, self.verdict, self.query]

    def wire(self, sql: gr.Code, database: gr.Dropdown, **event: Any) -> None:
        """Compare the SQL in the editor with the gold query when the accordion is opened."""
        self.fold.expand(self.judge, [sql, self.query, database], self.verdict, **event)

    def show(self, gold: str | None) -> Updates:
        """Show the gold query of a new answer, or hide the panel if there is none."""
        return {
            self.fold: gr.Accordion(visible=gold is not None, open=False),
            self.verdict: "",
            self.query: lay_out_sql(gold or ""),
        }

    def fold_again(self) -> Updates:
        """Close the accordion, because the verdict on earlier SQL is out of date."""
        return {self.fold: gr.Accordion(open=False), self.verdict: ""}

    def judge(self, sql: str, gold: str, db_id: str) -> Markup:
        """Return the verdict and its reason as HTML."""
        from text2sql.compare import verdict  # needed only here

        try:
            database = self.catalog.get(db_id)
            judged = self.queries.in_turn(lambda: verdict(gold, sql, database, COMPARING))
            return messages.verdict(judged.result())
        except Text2SQLError as error:
            return messages.alert(str(error))
