"""The page with all of its tabs, and its API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr

from text2sql.atomic import sweep
from text2sql.evaluation.folder import RunFolder
from text2sql.ui import about
from text2sql.ui.api import add_endpoints
from text2sql.ui.ask.address import Address
from text2sql.ui.ask.spider_state import SpiderState
from text2sql.ui.ask.tab import AskTab
from text2sql.ui.event_queue import use_small_queue
from text2sql.ui.html import html
from text2sql.ui.inspect.tab import InspectTab
from text2sql.ui.launch import own_upload_folder
from text2sql.ui.library import Library
from text2sql.ui.model_thread import model_threads
from text2sql.ui.queries import Queries
from text2sql.ui.report.tab import ReportTab
from text2sql.ui.training.tab import TrainingTab
from text2sql.ui.uploads.tab import UploadsTab
from text2sql.uploads.store import UploadStore

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Catalog
    from text2sql.download.background import SpiderFetch
    from text2sql.feedback import FeedbackStore

__all__ = ["build_demo"]

_AT_ONCE = 8  # handlers of one kind that may run at the same time, except those of queues
_RUNS = Path("runs")
_OPENED = ("item", "report", "question", "sql", "tab")


def build_demo(
    text2sql: Text2SQL,
    catalog: Catalog,
    runs: Path = _RUNS,
    spider: SpiderFetch | None = None,
    others: Sequence[Text2SQL] = (),
    feedback: FeedbackStore | None = None,
    store: UploadStore | None = None,
    evaluating: int = 0,
) -> gr.Blocks:
    """Build the page; open it with ``text2sql.ui.launch.launch``.

    Args:
        text2sql: the default model
        catalog: at least one database; the page opens with the first
        runs: the folder of evaluations and training runs, which need not exist
        spider: a running download whose databases will join the catalog
        others: models that a visitor may choose instead
        feedback: the place for visitors' feedback; without one, the page does not ask for any
        store: the store for visitors' databases
        evaluating: the most questions of an evaluation on the page; 0 disables evaluations
    """
    sweep(runs)  # remove what a killed page left behind
    folder = RunFolder(runs)
    models = model_threads(text2sql, others)
    model = models[0]
    store = UploadStore() if store is None else store
    own_upload_folder(store)
    library, queries = Library(catalog, store), Queries()
    demo = gr.Blocks(title="Text to SQL", analytics_enabled=False)
    with demo:
        html(about.HEADER)
        # no overflow menu: a tab could move into it while a visitor is about to press it
        with gr.Tabs(overflow_behavior="wrap") as tabs:
            with gr.Tab("Ask", id="ask"):
                arriving = None if spider is None else SpiderState(spider, library)
                tab = AskTab(models, library, queries, feedback)
            with gr.Tab("Inspect", id="inspect") as inspect_tab:
                inspect = InspectTab(model, catalog, folder, evaluating)
            with gr.Tab("Report", id="report") as report_tab:
                report = ReportTab(folder, bool(evaluating))
            with gr.Tab("Your data", id="uploads"):
                uploads = UploadsTab(library)
            with gr.Tab("Train", id="train") as train_tab:
                training = TrainingTab(runs)
            with gr.Tab("About", id="about"):
                told = gr.Markdown(about.text(catalog), elem_id="about")
        # for address.js; outside the tabs, because tabs that are not shown are not in the DOM
        item, run, question, sql, tab_opener = map(_opener, _OPENED)
        inspect.wire(item, inspect_tab, demo.load)
        report.wire(run, report_tab, demo.load)
        demo.load(None, told, told, js=about.TO_ADDRESS)
        _open_named_tab(demo, tabs, tab_opener)
        uploads.wire(tabs, tab, demo.load)
        training.wire(demo.load, train_tab, tabs)
        tab.wire(sql)
        Address(tab).wire(demo.load, question)
        if arriving is not None:
            arriving.wire(demo.load, tab.database)
        add_endpoints(model, catalog, queries, tab.examples_for)
    use_small_queue(demo, _AT_ONCE)
    return demo


def _opener(what: str) -> gr.Button:
    """Return a hidden button that address.js presses to open what the address names."""
    return gr.Button(f"Open {what}", visible="hidden", elem_id=f"open-{what}")


def _open_named_tab(demo: gr.Blocks, tabs: gr.Tabs, opener: gr.Button) -> None:
    """Open the tab that ``?tab=NAME`` names, and keep the address in step with the open tab."""
    names = [tab.id for tab in tabs.children if isinstance(tab, gr.Tab)]
    for opened in (demo.load, opener.click):
        # in the browser: a late reply of the server would take back a visitor who went elsewhere
        opened(None, None, tabs, js=f"() => t2s.openTab({json.dumps(names)})")
    for tab in tabs.children:
        if isinstance(tab, gr.Tab):
            tab.select(None, js=f"() => t2s.showTab('{tab.id}')")
