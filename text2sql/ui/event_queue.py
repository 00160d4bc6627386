"""Gradio's queue of events, with an answer stream of its own for each call of the API.

The calls of a session share one stream in Gradio, which hands an answer to whichever call reads
first: of two calls at the same time, each may get the answer of the other.

The queue also does without what costs more with every event. After each one, Gradio computes
statistics of the last 10,000 in pandas for a dashboard that this page does not offer: some
milliseconds of the page's only event loop at first. And it keeps an entry for every session that
ever called (gradio 6.31, ``gradio/queueing.py``, ``gradio/routes.py``).
"""

from __future__ import annotations

import time
from typing import Any

import gradio as gr
from gradio.queueing import Queue

__all__ = ["EventQueue", "use_small_queue"]

_SWEEP_S = 15.0
_POLL_S = 0.005  # how often the queue looks for new events; Gradio polls five times as often


class EventQueue(Queue):
    """A queue whose calls get their own answers, and which does not grow with past events."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ANALYTICS_MAX_EVENTS = 0
        self.sleep_when_free = _POLL_S
        self._swept = time.monotonic()
        self._served: set[str] = set()  # sessions that waited for nothing at the last sweep

    async def push(self, body: Any, *args: Any, **kwargs: Any) -> Any:
        """Queue an event of a session, which then is in use."""
        session = body.session_hash
        self._served.discard(session)
        if not body.simple_format:
            return await super().push(body, *args, **kwargs)
        body.session_hash = None  # without a session, Gradio opens a stream for the event
        pushed = await super().push(body, *args, **kwargs)
        body.session_hash = session or body.session_hash
        return pushed

    def compute_analytics_summary(self, records: Any) -> dict[str, Any]:
        """Compute nothing."""
        return {}

    async def process_events(self, *args: Any, **kwargs: Any) -> None:
        """Handle events, and now and then forget the sessions that wait for nothing."""
        await super().process_events(*args, **kwargs)
        if time.monotonic() - self._swept >= _SWEEP_S:
            self._swept = time.monotonic()
            self.forget_served()

    def forget_served(self) -> None:
        """Forget the sessions that waited for nothing at this sweep and at the last one.

        A browser may be about to open the stream of a session that was served just now; without the
        session, it would show an error. Call this in the event loop.
        """
        served = {name for name in self.pending_event_ids_session if self._waits_for_nothing(name)}
        for session in served & self._served:
            del self.pending_event_ids_session[session]
            self.pending_messages_per_session.pop(session, None)
        self._served = served - self._served

    def _waits_for_nothing(self, session: str) -> bool:
        """Whether a session has no event, no message to read and no stream that waits for one."""
        messages = self.pending_messages_per_session.get(session)
        read = messages is None or (messages.empty() and not getattr(messages, "_getters", ()))
        return read and not self.pending_event_ids_session[session]


def use_small_queue(demo: gr.Blocks, at_once: int) -> None:
    """Give ``demo`` this queue, in which ``at_once`` handlers of one kind may run."""
    demo.queue(default_concurrency_limit=at_once)
    demo._queue = EventQueue(
        live_updates=demo._queue.live_updates,
        concurrency_count=demo.max_threads,
        update_intervals=demo._queue.update_intervals,
        max_size=demo._queue.max_size,
        blocks=demo,
        default_concurrency_limit=at_once,
    )
