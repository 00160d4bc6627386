"""The whole page and its API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from text2sql.ui import about
from text2sql.ui.api import add_endpoints
from text2sql.ui.ask.tab import AskTab
from text2sql.ui.model_thread import ModelThread

if TYPE_CHECKING:
    from text2sql.databases import Catalog
    from text2sql.pipeline import Text2SQL

__all__ = ["build_demo"]

_AT_ONCE = 8  # handlers of one kind that may run side by side, the model's aside


def build_demo(text2sql: Text2SQL, catalog: Catalog) -> gr.Blocks:
    """The page; launch it with ``text2sql.ui.theme.launch_options()``.

    ``catalog`` must hold at least one database; the first is shown to begin with.
    """
    model = ModelThread(text2sql)
    demo = gr.Blocks(title="Text to SQL", analytics_enabled=False)
    with demo:
        gr.HTML(about.HEADER, apply_default_css=False)
        with gr.Tabs():
            with gr.Tab("Ask", id="ask"):
                tab = AskTab(model, catalog)
            with gr.Tab("About", id="about"):
                gr.Markdown(about.text(catalog), elem_id="about")
        tab.restore_on(demo.load)
        add_endpoints(model, catalog)
    demo.queue(default_concurrency_limit=_AT_ONCE)
    return demo
