"""The Your data tab: upload files, see the databases made from them, and ask about them."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import gradio as gr
from markupsafe import Markup

from text2sql.errors import Text2SQLError, UploadError
from text2sql.ui import messages
from text2sql.ui.ask.choices import database_choices
from text2sql.ui.fair_queue import FairQueue, QueueLimits
from text2sql.ui.html import html
from text2sql.ui.remembered_choices import unchecked
from text2sql.ui.updates import QUIET, Updates
from text2sql.ui.uploads.describing import DescribingForm, all_changed
from text2sql.ui.uploads.drafts import Drafts
from text2sql.ui.uploads.view import (
    INTRODUCTION,
    NOTHING_YET,
    imported_html,
    limits_html,
)
from text2sql.uploads.described_keys import key_texts
from text2sql.uploads.importing import UploadedFile

if TYPE_CHECKING:
    from text2sql.databases import Database
    from text2sql.ui.ask.tab import AskTab
    from text2sql.ui.library import Library

__all__ = ["UploadsTab"]

# the queue of files limits them, and an upload that comes during another one waits there
_READ: dict[str, Any] = QUIET | {"concurrency_limit": None, "trigger_mode": "multiple"}
# the form takes nothing until it is filled
_FILLS: dict[str, Any] = QUIET | {"js": "(...args) => t2s.fills(args)"}
_FILLED: dict[str, Any] = {"fn": None, "js": "() => { t2s.filled(); }"}
_LAST: dict[str, Any] = _FILLS | {"trigger_mode": "always_last"}
_AT_ONCE = 2  # uploads that are read at the same time
_LIMITS = QueueLimits(in_all=6, of_each=3, longest_s=30.0)
_USUAL_S = 3.0
_TICK_S = 1.0
_log = logging.getLogger(__name__)
_Made = TypeVar("_Made")


class UploadsTab:
    """The components of the tab and what they do; make one inside a ``gr.Blocks``."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._reading: Counter[str | None] = Counter()  # uploads of each visitor
        self.queue = FairQueue("files", _AT_ONCE, _LIMITS, usual_s=_USUAL_S)
        # the session's state, and with it the visitor's databases, ends with the session
        self.visitor = gr.State(None, delete_callback=self._forget)
        self.token = gr.Textbox(visible=False, label="Visit")
        self.new = gr.Textbox(visible=False, label="New database")
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
                self.form = DescribingForm()
                self.form.fold.visible = False
                self.described = gr.Textbox(visible=False)
                html(limits_html(library.store.limits, library.store.idle_s))
            with gr.Column(scale=3, min_width=420):
                self.shown = html(NOTHING_YET, elem_id="uploaded")

    def _build_own(self) -> None:
        with gr.Column(visible=False, elem_classes="t2s-own") as self.box:
            self.own = gr.Radio([], label="Your uploads", elem_id="own-databases")
            unchecked(self.own)
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

    def wire(self, tabs: gr.Tabs, ask: AskTab, load: Callable[..., Any]) -> None:
        """Connect the events; ``ask`` is the Ask tab among ``tabs``."""
        self.asking = ask
        form = self.form
        mine = [self.status, self.files, self.visitor, self.shown, self.box, self.own]
        mine += [form.fold, *form.outputs]
        theirs = [ask.database, *ask.described]
        entered = [self.own, *form.entered]
        self.files.upload(
            self.import_uploaded,
            [self.files, self.token],
            [self.status, self.files, self.visitor, self.new],
            js="(files) => [files, t2s.visit()]",
            **_READ,
        ).then(self.show_new, [self.new, *entered], [*mine, ask.database], **_FILLS).then(**_FILLED)
        self.own.input(self.choose, entered, [self.shown, *form.outputs], **_LAST).then(**_FILLED)
        placed = [self.own, form.place, *form.entered]
        form.place.input(self.fill, placed, form.outputs, **_LAST).then(**_FILLED)
        saved = [self.own, ask.database, form.place, *form.entered]
        form.save.click(self.describe, saved, [*mine, *theirs], **_FILLS).then(**_FILLED)
        form.download.click(self.descriptions, self.own, self.described, **QUIET).then(
            None,
            [self.described, self.own],
            js="(text, name) => text && t2s.save(text, name + '.json', 'application/json')",
        )
        left = [self.own, ask.database, *form.entered]
        removed = self.remove.click(self.discard, left, [*mine, *theirs], **QUIET)
        removed.then(None, ask.database, js="(db) => t2s.forgetOther(db)")
        self.ask.click(None, self.own, tabs, js="(db) => t2s.askAbout(db)")
        load(self.arrive, self.token, [*mine, ask.database], js="() => t2s.visit()", **QUIET)

    def import_uploaded(
        self, paths: list[str], token: str, request: gr.Request
    ) -> Iterator[Updates]:
        """Import the uploaded files for the visit with ``token``, and show the result.

        The cleanup deletes the files themselves: Gradio names them by content, so another visitor
        who uploaded the same file may still need it.
        """
        self.library.arrive(token)  # these files may be here before ``arrive`` is
        # emptied at once, so that more files can be chosen while these are read
        yield {
            self.status: messages.reading_files(len(paths)),
            self.files: None,
            self.visitor: request.session_hash,
        }
        files = [UploadedFile(Path(path).name, Path(path)) for path in paths]
        new = yield from self._in_turn(
            self.status, len(paths), lambda: self.library.add_files(files)
        )
        if new is None:
            yield {self.new: ""}
        else:
            yield {self.status: self._idle(), self.new: new[0].db_id}

    def show_new(
        self, new: str, shown: str | None, drafts: Drafts, filled: str | None, *fields: str | None
    ) -> Updates:
        """Show a new database, unless that would take away what was typed about another one."""
        if not new:
            nothing: Updates = gr.skip()
            return nothing
        drafts = self.form.keep(self.library.own, drafts, filled, *fields)
        if not drafts.of(shown or ""):
            return self._list(new, drafts)
        said = f"{new} is here, too. {shown} is still shown, because your changes are not saved."
        return {
            self.own: gr.Radio(list(self.library.own), value=shown),
            self.asking.database: gr.Dropdown(database_choices(self.library)),
            self.status: messages.note(said),
        }

    def _in_turn(
        self, status: gr.HTML, files: int, work: Callable[[], _Made]
    ) -> Generator[Updates, None, _Made | None]:
        """Do ``work`` once its turn has come, and return its result.

        ``status`` shows the place in the queue and the seconds, or why there is no result.
        """
        visitor, started = self.library.visitor, time.perf_counter()
        self._reading[visitor] += 1
        try:
            ticket = self.queue.submit(lambda _: work(), visitor)
            while ticket.wait(_TICK_S):
                elapsed_s = time.perf_counter() - started
                yield {status: messages.reading_files(files, elapsed_s, ticket.place)}
            return ticket.result()
        except Text2SQLError as error:
            yield {status: messages.alert(str(error))}
        except Exception:
            _log.exception("Reading files failed")
            yield {status: messages.alert(messages.UNEXPECTED)}
        finally:
            self._reading[visitor] -= 1
            if not self._reading[visitor]:
                del self._reading[visitor]
        return None

    def _idle(self) -> Markup:
        """Return the status after an upload, while another one may still be read."""
        others = self._reading[self.library.visitor]
        return messages.reading_files(others) if others else Markup()

    def show(self, db_id: str) -> Markup:
        """Show one of the visitor's databases."""
        imported = self.library.own.get(db_id)
        return imported_html(imported) if imported else NOTHING_YET

    def choose(
        self, db_id: str, drafts: Drafts, filled: str | None, *fields: str | None
    ) -> Updates:
        """Show another one of the visitor's databases."""
        own = self.library.own
        drafts = self.form.keep(own, drafts, filled, *fields)
        return {self.shown: self.show(db_id), **self.form.show(own.get(db_id), None, drafts)}

    def fill(
        self, db_id: str, place: str, drafts: Drafts, filled: str | None, *fields: str | None
    ) -> Updates:
        """Show what is said of another column."""
        own = self.library.own
        if db_id not in own:
            nothing: Updates = gr.skip()
            return nothing
        drafts = self.form.keep(own, drafts, filled, *fields)
        return self.form.fill(own[db_id], place, drafts)

    def describe(
        self,
        db_id: str,
        asked: str,
        place: str,
        drafts: Drafts,
        filled: str | None,
        *fields: str | None,
    ) -> Iterator[Updates]:
        """Handle the Save button: read the files again, with all that was said of columns."""
        yield {self.form.status: messages.reading_files(1)}
        drafts = self.form.keep(self.library.own, drafts, filled, *fields)

        def work() -> Database:
            imported = self.library.own.get(db_id)
            if imported is None:
                raise UploadError(f"There is no database {db_id!r}; upload the files again.")
            return self.library.describe(db_id, all_changed(imported, drafts.of(db_id)))

        if (yield from self._in_turn(self.form.status, 1, work)) is None:
            return
        again = self.asking.choose(db_id) if asked == db_id else {}
        saved = {self.form.status: messages.note("Saved.")}
        yield {**again, **self._list(db_id, drafts.without(db_id), place), **saved}

    def descriptions(self, db_id: str) -> str:
        """Return the file of descriptions of one of the visitor's databases."""
        imported = self.library.own.get(db_id)
        if imported is None:
            return ""
        keys = key_texts(self.library.get(db_id), imported.names)
        return imported.said.model_copy(update={"keys": keys}).to_json()

    def discard(
        self, db_id: str, asked: str, drafts: Drafts, filled: str | None, *fields: str | None
    ) -> Updates:
        """Handle the Remove button; if the Ask tab shows that database, switch it to another."""
        self.library.remove(db_id)
        left = list(self.library.own)
        drafts = self.form.keep(self.library.own, drafts, filled, *fields).without(db_id)
        updates = {**self._list(left[-1] if left else None, drafts), self.status: ""}
        if asked == db_id:
            first = next(iter(self.library)).db_id
            updates |= {**self.asking.choose(first), self.asking.database: self._choices(first)}
        return updates

    def _list(self, chosen: str | None, drafts: Drafts, place: str | None = None) -> Updates:
        own = self.library.own
        return {
            self.box: gr.Column(visible=bool(own)),
            self.own: gr.Radio(list(own), value=chosen),
            self.shown: self.show(chosen) if chosen else NOTHING_YET,
            self.form.fold: gr.Accordion(visible=bool(own)),
            **self.form.show(own.get(chosen or ""), place, drafts),
            self.asking.database: gr.Dropdown(database_choices(self.library)),
        }

    def _choices(self, db_id: str) -> gr.Dropdown:
        return gr.Dropdown(database_choices(self.library), value=db_id)

    def _forget(self, session: str | None) -> None:
        if session is not None:
            self.library.leave(session)

    def arrive(self, token: str, request: gr.Request) -> Updates:
        """List the uploads that this browser tab brought before the page was reloaded."""
        self.library.arrive(token)
        names = list(self.library.own)
        listed = self._list(names[-1], Drafts()) if names else {}
        return {self.visitor: request.session_hash, **listed}
