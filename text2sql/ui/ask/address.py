"""The address of the Ask tab: opens what it names on loading, by Back, and by every choice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from text2sql.ui import messages
from text2sql.ui.ask.choices import database_choices
from text2sql.ui.ask.steps import earlier_steps
from text2sql.ui.ask.tab import AskTab
from text2sql.ui.library import Library
from text2sql.ui.updates import QUIET, Updates

__all__ = ["Address"]


class Address:
    """Opens the database and the question that the address names in ``tab``."""

    def __init__(self, tab: AskTab) -> None:
        self.tab = tab
        self.address, self.token = (
            gr.Textbox(visible=False, label=name) for name in ("Address", "Visit")
        )

    def wire(self, load: Callable[..., Any], opener: gr.Button) -> None:
        """Open the address when the page is loaded, and when address.js presses ``opener``.

        The question of the address is in its field at once. The database follows; until
        ``t2s.opened`` is called, address.js holds what the visitor does with a database.
        """
        tab = self.tab
        opening: dict[str, Any] = QUIET | {
            "inputs": [self.address, self.token, tab.database],
            "outputs": [self.address, tab.database, *tab.described],
            "js": "(address, token, db) => [...t2s.toOpen(), db]",
        }
        field = tab.bar.field
        load(None, field, field, js="(typed) => typed || t2s.question(typed)")
        opener.click(None, field, field, js="(typed) => t2s.question(typed)")
        for opened in (load(self.open, **opening), opener.click(self.go_to, **opening)):
            opened.failure(None, js="() => { t2s.opened(); }")
            answered = opened.then(
                self.answer,
                [self.address, tab.picker.choice],
                js="(address, model) => [t2s.opened(address), model]",
                **tab.answering,
            )
            tab.add_after(answered)
            answered.then(None, js="() => t2s.runShared()")

    def open(self, address: str, token: str, shown: str | None) -> Updates:
        """Open the database of an address, ``?db=...&q=...``, in place of the one that is shown.

        ``token`` is the secret of the browser tab, which may have brought the database.
        """
        tab, catalog = self.tab, self.tab.catalog
        query = dict(parse_qsl(address.lstrip("?")))
        wanted = query.get("db")
        if not wanted:
            nothing: Updates = gr.skip()
            return nothing
        if isinstance(catalog, Library):
            catalog.arrive(token)
            if "own" in query and wanted not in catalog:
                minutes = round(catalog.store.idle_s / 60)
                missing = tab.lacks(messages.not_brought(wanted, minutes))
                return {self.address: address, **missing}
        updates = {self.address: address, **tab.choose(wanted)}
        if wanted in catalog and wanted != shown:
            choices = database_choices(catalog)
            updates[tab.database] = gr.Dropdown(choices, value=wanted)
        return updates

    def go_to(self, address: str, token: str, shown: str | None) -> Updates:
        """Open an address; one without a database is where the page began."""
        if address:
            return self.open(address, token, shown)
        first = next(iter(self.tab.catalog)).db_id
        return {self.address: "", **self.tab.choose(first), self.tab.database: first}

    async def answer(self, address: str, model: str) -> AsyncIterator[Updates]:
        """Answer the question of an address, if it has one, after those before it."""
        yield gr.skip()  # an event that yields nothing would empty its outputs
        query = dict(parse_qsl(address.lstrip("?")))
        question, db_id = query.get("q", ""), query.get("db", "")
        if not question.strip() or db_id not in self.tab.catalog:
            return
        talk = None
        for step in earlier_steps(query.get("after", "")):
            before = talk
            async for update in self.tab.answer(step.question, db_id, model, before):
                talk = update.get(self.tab.conversation.talk, talk)
                if talk is before:  # it waits, or has failed
                    yield update
            if talk is None or talk is before:
                return
            talk = talk.with_sql(step.sql)
        async for update in self.tab.answer(question, db_id, model, talk):
            yield update
