"""The Your data tab: upload files, see the databases made from them, and ask about them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from text2sql.errors import Text2SQLError
from text2sql.ui import messages
from text2sql.ui.ask.choices import database_choices
from text2sql.ui.fair_queue import FairQueue, QueueLimits
from text2sql.ui.html import html
from text2sql.ui.updates import QUIET, Updates
from text2sql.ui.uploads.view import (
    INTRODUCTION,
    NOTHING_YET,
    imported_html,
    limits_html,
    reading_html,
)
from text2sql.uploads.importing import UploadedFile

if TYPE_CHECKING:
    from text2sql.ui.ask.tab import AskTab
    from text2sql.ui.library import Library

__all__ = ["UploadsTab"]

_READ: dict[str, Any] = QUIET | {"concurrency_limit": None}  # the queue of files limits them
_AT_ONCE = 2  # uploads that are read at the same time
_LIMITS = QueueLimits(in_all=16, of_each=1, longest_s=30.0)
_USUAL_S = 3.0
_log = logging.getLogger(__name__)


class UploadsTab:
    """The components of the tab and what they do; make one inside a ``gr.Blocks``."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.queue = FairQueue("files", _AT_ONCE, _LIMITS, usual_s=_USUAL_S)
        # the session's state, and with it the visitor's databases, ends with the session
        self.visitor = gr.State(None, delete_callback=self._forget)
        with gr.Row(elem_classes="t2s-split"):
            with gr.Column(scale=2, min_width=340):
                html(INTRODUCTION)
                self.files = gr.File(
                    label="Files",
                    show_label=False,
                    file_count="multiple",
                    height=150,
                    elem_id="upload",
                )
                self.status = html(elem_id="upload-status")
                self._build_own()
                html(limits_html(library.store.limits, library.store.idle_s))
            with gr.Column(scale=3, min_width=420):
                self.shown = html(NOTHING_YET, elem_id="uploaded")

    def _build_own(self) -> None:
        with gr.Column(visible=False, elem_classes="t2s-own") as self.box:
            self.own = gr.Radio([], label="Your uploads", elem_id="own-databases")
            with gr.Row(elem_classes="t2s-bar"):
                self.ask = gr.Button(
                    "Ask about it",
                    variant="primary",
                    size="sm",
                    scale=0,
                    min_width=120,
                    elem_id="ask-own",
                )
                self.remove = gr.Button(
                    "Remove", size="sm", scale=0, min_width=96, elem_id="remove-own"
                )

    def wire(self, tabs: gr.Tabs, ask: AskTab) -> None:
        """Connect the events; ``ask`` is the Ask tab among ``tabs``."""
        self.tabs = tabs
        self.asking = ask
        mine = [self.status, self.files, self.visitor, self.shown, self.box, self.own]
        theirs = [ask.database, *ask.described]
        self.files.upload(self.import_uploaded, self.files, [*mine, ask.database], **_READ)
        self.own.input(self.show, self.own, self.shown, **QUIET)
        self.remove.click(self.discard, [self.own, ask.database], [*mine, *theirs], **QUIET)
        self.ask.click(self.take, self.own, [tabs, *theirs], **QUIET)

    def import_uploaded(self, paths: list[str], request: gr.Request) -> Iterator[Updates]:
        """Import the uploaded files and show the result.

        The cleanup deletes the files themselves: Gradio names them by content, so another visitor
        who uploaded the same file may still need it.
        """
        yield {self.status: reading_html(len(paths)), self.visitor: request.session_hash}
        try:
            files = [UploadedFile(Path(path).name, Path(path)) for path in paths]
            visitor = self.library.visitor
            new = self.queue.submit(lambda _: self.library.add_files(files), visitor).result()
        except Text2SQLError as error:
            yield {self.status: messages.alert(str(error)), self.files: None}
        except Exception:
            _log.exception("Reading %s failed", [Path(path).name for path in paths])
            yield {self.status: messages.alert(messages.UNEXPECTED), self.files: None}
        else:
            yield {self.status: "", self.files: None, **self._list(new[0].db_id)}

    def show(self, db_id: str) -> Markup:
        """Show one of the visitor's databases."""
        imported = self.library.own.get(db_id)
        return imported_html(imported) if imported else NOTHING_YET

    def discard(self, db_id: str, asked: str) -> Updates:
        """Handle the Remove button; if the Ask tab shows that database, switch it to another."""
        self.library.remove(db_id)
        left = list(self.library.own)
        updates = {**self._list(left[-1] if left else None), self.status: ""}
        if asked == db_id:
            first = next(iter(self.library)).db_id
            updates |= {**self.asking.choose(first), self.asking.database: self._choices(first)}
        return updates

    def take(self, db_id: str) -> Updates:
        """Handle the Ask button: open the Ask tab with this database."""
        with suppress(Text2SQLError):  # it has been removed in the meantime
            return {
                **self.asking.choose(self.library.get(db_id).db_id),
                self.asking.database: self._choices(db_id),
                self.tabs: gr.Tabs(selected="ask"),
            }
        return {self.tabs: gr.Tabs(selected="uploads")}

    def _list(self, chosen: str | None) -> Updates:
        names = list(self.library.own)
        return {
            self.box: gr.Column(visible=bool(names)),
            self.own: gr.Radio(names, value=chosen),
            self.shown: self.show(chosen) if chosen else NOTHING_YET,
            self.asking.database: gr.Dropdown(database_choices(self.library)),
        }

    def _choices(self, db_id: str) -> gr.Dropdown:
        return gr.Dropdown(database_choices(self.library), value=db_id)

    def _forget(self, visitor: str | None) -> None:
        if visitor is not None:
            self.library.store.forget(visitor)
