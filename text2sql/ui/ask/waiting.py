"""The question that each visitor is waiting for; a new question cancels the previous one."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import Any
from weakref import WeakKeyDictionary

from text2sql.ui.ticket import Ticket
from text2sql.ui.visitor import current_visitor

__all__ = ["Waiting"]

_FIRST_S = 0.2  # quicker answers appear without a waiting message
_TICK_S = 1.0  # how often a handler checks whether its visitor is still connected
_REPLACED = "replaced"


class Waiting:
    """One ticket per visitor; a new ticket cancels the previous one.

    Only the waiting handler writes to the page, so cancelling signals that handler. If the Cancel
    event itself cleared the page, a last update of the cancelled handler could arrive after it
    (Gradio runs a cancelling event before it cancels).
    """

    def __init__(self) -> None:
        self._tickets: dict[str | None, Ticket[Any]] = {}
        self._farewells: WeakKeyDictionary[Ticket[Any], str] = WeakKeyDictionary()

    async def wait_for(self, ticket: Ticket[Any]) -> AsyncGenerator[tuple[int, float]]:
        """Wait for ``ticket``, and yield its place in the queue and the seconds so far.

        Leaving the loop early gives the ticket up; Gradio does so when a visitor disconnects.
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
        """Return the message for a cancelled ticket, or None if a new question replaced it."""
        said = self._farewells.pop(ticket, "")
        return None if said is _REPLACED else said

    def _stop(self, visitor: str | None, final_message: str) -> None:
        ticket = self._tickets.pop(visitor, None)
        if ticket is not None and ticket.waiting:
            self._farewells[ticket] = final_message
            ticket.give_up()
