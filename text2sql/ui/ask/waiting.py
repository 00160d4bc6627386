"""What each visitor waits for: the newest question, until it is answered or given up."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import Any
from weakref import WeakKeyDictionary

from text2sql.ui.fair_queue import Ticket
from text2sql.ui.visitor import current_visitor

__all__ = ["Waiting"]

_FIRST_S = 0.2  # a quick answer comes without a word about waiting
_TICK_S = 1.0  # how often a handler looks whether its visitor is still there
_REPLACED = "replaced"


class Waiting:
    """One ticket a visitor; taking another gives the one before up.

    A page is written to by the handler that waits and by nobody else, so stopping is done by
    telling that handler: an event of its own that cleared the page could be overtaken by the last
    words of the one it stops (Gradio runs a cancelling event before it cancels).
    """

    def __init__(self) -> None:
        self._tickets: dict[str | None, Ticket[Any]] = {}
        self._farewells: WeakKeyDictionary[Ticket[Any], str] = WeakKeyDictionary()

    async def wait_for(self, ticket: Ticket[Any]) -> AsyncGenerator[tuple[int, float]]:
        """Wait for ``ticket``: its place in line and the seconds so far, now and then.

        Leaving the loop early, as Gradio makes a handler do whose visitor has gone, gives it up.
        """
        visitor, started = current_visitor(), time.perf_counter()
        self._stop(visitor, _REPLACED)
        self._tickets[visitor] = ticket
        try:
            tick_s = _FIRST_S
            while await ticket.waits(tick_s):
                yield ticket.place, time.perf_counter() - started
                tick_s = _TICK_S
        finally:
            if ticket.waiting:
                ticket.give_up()
            if self._tickets.get(visitor) is ticket:
                del self._tickets[visitor]

    def stop(self, final_message: str = "") -> None:
        """Cancel what the visitor waits for, if anything, and show ``final_message`` instead."""
        self._stop(current_visitor(), final_message)

    def final_message(self, ticket: Ticket[Any]) -> str | None:
        """What to show in place of a given-up ticket's result; None where the page has moved on."""
        said = self._farewells.pop(ticket, "")
        return None if said is _REPLACED else said

    def _stop(self, visitor: str | None, final_message: str) -> None:
        ticket = self._tickets.pop(visitor, None)
        if ticket is not None and ticket.waiting:
            self._farewells[ticket] = final_message
            ticket.give_up()
