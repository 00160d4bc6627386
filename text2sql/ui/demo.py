"""The whole page and its API."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from text2sql.atomic import sweep
from text2sql.evaluation.folder import RunFolder
from text2sql.ui import about
from text2sql.ui.api import add_endpoints
from text2sql.ui.ask.spider_state import SpiderState
from text2sql.ui.ask.tab import AskTab
from text2sql.ui.html import html
from text2sql.ui.inspect.tab import InspectTab
from text2sql.ui.launch import own_upload_folder
from text2sql.ui.library import Library
from text2sql.ui.model_thread import ModelThread
from text2sql.ui.queries import Queries
from text2sql.ui.report.tab import ReportTab
from text2sql.ui.training.tab import TrainingTab
from text2sql.ui.updates import QUIET
from text2sql.ui.uploads.tab import UploadsTab
from text2sql.uploads.store import UploadStore

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Catalog
    from text2sql.download.background import SpiderFetch
    from text2sql.feedback import FeedbackFile

__all__ = ["build_demo"]

_AT_ONCE = 8  # handlers of one kind that may run side by side, the model's aside
_RUNS = Path("runs")


def build_demo(
    text2sql: Text2SQL,
    catalog: Catalog,
    runs: Path = _RUNS,
    spider: SpiderFetch | None = None,
    others: Sequence[Text2SQL] = (),
    feedback: FeedbackFile | None = None,
    store: UploadStore | None = None,
    evaluating: int = 0,
) -> gr.Blocks:
    """The page; open it with ``text2sql.ui.launch.launch``.

    ``catalog`` must hold at least one database; the first is shown to begin with. ``runs`` is the
    folder of evaluations and training runs, which need not exist. ``spider`` is on its way into the
    catalog. ``others`` are models that a visitor may choose instead; ``feedback`` is where
    verdicts on answers are kept, if anywhere, and ``store`` where what visitors bring is.
    ``evaluating`` is how many questions one evaluation of a visitor's may have: none is offered
    where it is 0.
    """
    sweep(runs)  # of what a page that was killed left behind
    folder = RunFolder(runs)
    model = ModelThread(text2sql)
    store = UploadStore() if store is None else store
    own_upload_folder(store)
    library, queries = Library(catalog, store), Queries()
    demo = gr.Blocks(title="Text to SQL", analytics_enabled=False)
    with demo:
        html(about.HEADER)
        with gr.Tabs() as tabs:
            with gr.Tab("Ask", id="ask"):
                arriving = None if spider is None else SpiderState(spider, library)
                tab = AskTab([model, *map(ModelThread, others)], library, queries, feedback)
            with gr.Tab("Inspect", id="inspect") as inspect_tab:
                inspect = InspectTab(model, catalog, folder, evaluating)
            with gr.Tab("Report", id="report") as report_tab:
                report = ReportTab(folder)
            with gr.Tab("Your data", id="uploads"):
                uploads = UploadsTab(library)
            with gr.Tab("Train", id="train") as train_tab:
                training = TrainingTab(runs)
            with gr.Tab("About", id="about"):
                gr.Markdown(about.text(catalog), elem_id="about")
        # outside the tabs, because a tab that is not shown is not in the page
        opener = gr.Button("Open item", visible="hidden", elem_id="open-item")
        inspect.wire(opener, tabs, inspect_tab, demo.load)
        report.wire(report_tab, demo.load)
        _open_named_tab(demo, tabs)
        uploads.wire(tabs, tab)
        training.wire(demo.load, train_tab, tabs)
        tab.restore_on(demo.load)
        if arriving is not None:
            arriving.wire(demo.load, tab.database)
        add_endpoints(model, catalog, queries)
    demo.queue(default_concurrency_limit=_AT_ONCE)
    return demo


def _open_named_tab(demo: gr.Blocks, tabs: gr.Tabs) -> None:
    """``?tab=NAME`` opens that tab, and the address follows the tab that is shown."""
    names = [tab.id for tab in tabs.children if isinstance(tab, gr.Tab)]

    def named(request: gr.Request) -> Any:
        name = request.query_params.get("tab")
        return gr.Tabs(selected=name) if name in names else gr.skip()

    demo.load(named, None, tabs, **QUIET).then(None, js="() => t2s.settle()")
    for tab in tabs.children:
        if isinstance(tab, gr.Tab):
            tab.select(None, js=f"() => t2s.showTab('{tab.id}')")
