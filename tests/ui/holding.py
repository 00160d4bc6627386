"""A connection that holds back what the page asks of its server, as a slow one does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route

__all__ = ["held_events"]

_EVENTS = "**/gradio_api/queue/join*"


@contextmanager
def held_events(page: Page, newest_first: bool = False) -> Iterator[list[Route]]:
    """Hold the events that the page sends, and let them go at the end."""
    held: list[Route] = []
    holding = True

    def hold(route: Route) -> None:
        if holding:
            held.append(route)
        else:
            route.continue_()

    page.route(_EVENTS, hold)
    yield held
    holding = False
    for route in reversed(held) if newest_first else held:
        route.continue_()
