"""The address of the Ask tab: restores what it names on loading, by Back and by Forward."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from text2sql.ui import messages
from text2sql.ui.ask.choices import database_choices
from text2sql.ui.ask.conversation import earlier_questions
from text2sql.ui.ask.tab import REMEMBER_EARLIER, AskTab
from text2sql.ui.library import Library
from text2sql.ui.updates import QUIET, Updates

__all__ = ["Address"]


class Address:
    """Restores the database and the question that the address names in ``tab``."""

    def __init__(self, tab: AskTab) -> None:
        self.tab = tab
        self.fields = [gr.Textbox(visible=False, label=name) for name in ("Address", "Visit")]

    def restore_on(self, load: Callable[..., Any], question: gr.Button, sql: gr.Button) -> None:
        """Restore the question in the address when the page is loaded, and by Back and Forward.

        address.js presses ``question`` to restore one, and ``sql`` to run edited SQL.
        """
        tab = self.tab
        opening: dict[str, Any] = QUIET | {
            "inputs": self.fields,
            "outputs": [*tab.asked, *tab.described],
            "js": "() => t2s.opened()",
        }
        answering = tab.asking | {
            "fn": self.answer_shared,
            "inputs": [*tab.asking["inputs"], self.fields[0]],
            "js": "(...values) => [...values.slice(0, -1), t2s.opened()[0]]",
            "trigger_mode": "multiple",  # Back is often pressed again before an answer is there
        }
        for opened in (
            load(self.restore, **opening),
            question.click(self.go_back, trigger_mode="multiple", **opening),
        ):
            answered = opened.then(**answering)
            tab.history.add_after(answered, tab.panel.asked)
            answered.then(None, js=REMEMBER_EARLIER)
            answered.then(None, js="() => t2s.runShared()")
        tab.panel.run_shared_on(sql, tab.database)

    def restore(self, address: str, token: str) -> Updates:
        """Restore the database and the question of the address, ``?db=...&q=...``.

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
                return {tab.status: messages.alert(messages.not_brought(wanted, minutes))}
        updates = tab.choose(wanted)
        if tab.examples in updates:  # it was found
            choices = database_choices(catalog)
            shown = gr.Dropdown(choices, value=wanted) if "own" in query else wanted
            updates |= {tab.database: shown, tab.question: query.get("q", "")}
        return updates

    def go_back(self, address: str, token: str) -> Updates:
        """Restore an address; one without a database is where the page began."""
        if address:
            return self.restore(address, token)
        first = next(iter(self.tab.catalog)).db_id
        return {**self.tab.choose(first), self.tab.database: first, self.tab.question: ""}

    async def answer_shared(
        self, question: str, db_id: str, model: str, address: str
    ) -> AsyncIterator[Updates]:
        """Answer the question of a shared address, if it has one, after those before it."""
        yield gr.skip()  # an event that yields nothing would empty its outputs
        if not question.strip():
            return
        earlier = earlier_questions(dict(parse_qsl(address.lstrip("?"))).get("after", ""))
        talk = None
        for one in earlier:
            async for update in self.tab.answer(one, db_id, model, talk):
                talk = update.get(self.tab.conversation.talk, talk)
        async for update in self.tab.answer(question, db_id, model, talk):
            yield update
