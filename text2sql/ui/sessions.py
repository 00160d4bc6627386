"""Gradio sessions that keep the values of ``gr.State`` and nothing else.

For its deep links, which this page does not offer, Gradio would keep the last value of every
component, including all rows of a table, for the lifetime of the process. And each call of the API
without a session opens one: a thousand calls would push out the sessions of everybody's pages,
which then know neither their uploads nor their conversations.
"""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta
from typing import Any

import gradio as gr
from gradio.state_holder import SessionState, StateHolder

__all__ = ["Sessions", "use_small_sessions"]

_CLOSED_S = 60  # how long a session's state outlives its page


class _Session(SessionState):
    def __init__(self, blocks: gr.Blocks) -> None:
        self.blocks_config = blocks.default_config  # all sessions share it until they change it
        self._changed = False
        self.config_values = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, Any] = {}
        self._closed = False
        self.STATE_TTL_WHEN_CLOSED = _CLOSED_S

    @property
    def is_closed(self) -> bool:
        """Whether the page of this session was closed or reloaded."""
        return self._closed

    @is_closed.setter
    def is_closed(self, closed: bool) -> None:
        # Gradio counts from when a state was set: an old one would end before a reload is done
        self._closed, now = closed, datetime.now()
        self._state_ttl = {key: (ttl, now) for key, (ttl, _) in self._state_ttl.items()}

    def __setitem__(self, key: int, value: Any) -> None:
        """Keep ``value`` without computing the component's config, which Gradio would keep, too."""
        block = self.blocks_config.blocks.get(key)
        if isinstance(block, gr.State):
            self._state_ttl[key] = (block.time_to_live, datetime.now())
            self.state_data[key] = value
            return
        if not self._changed:
            self.blocks_config, self._changed = copy(self.blocks_config), True
        self.blocks_config.blocks[key] = value

    @property
    def holds_nothing(self) -> bool:
        """Whether a new session would be the same."""
        return not self._changed and not self.state_data

    def _update_config(self, key: int) -> None:
        """Keep nothing."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Keep nothing."""


class Sessions(StateHolder):
    """Small sessions, with a method that deletes unused ones."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.set_blocks(blocks)

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = _Session(self.blocks)
        return super().__getitem__(session_id)

    def update(self, session_id: str) -> None:
        """Note a session's use; if there are too many, drop one, preferably one without a loss."""
        with self.lock:
            if session_id in self.session_data:
                self.session_data.move_to_end(session_id)
            if len(self.session_data) > self.capacity:
                oldest = next(iter(self.session_data))
                others = (name for name in self.session_data if name != session_id)
                dropped = next((n for n in others if self._holds_nothing(n)), oldest)
                del self.session_data[dropped]
                self.time_last_used.pop(dropped, None)

    def _holds_nothing(self, session_id: str) -> bool:
        session = self.session_data[session_id]
        return isinstance(session, _Session) and session.holds_nothing

    def drop_unused(self, idle_s: float) -> list[str]:
        """Delete the sessions that were unused for ``idle_s``; return their names."""
        before = datetime.now() - timedelta(seconds=idle_s)
        old = [name for name, used in list(self.time_last_used.items()) if used < before]
        for name in old:
            self.delete_state(name)
            self.session_data.pop(name, None)
            self.time_last_used.pop(name, None)
        return old


def use_small_sessions(demo: gr.Blocks) -> Sessions:
    """Replace the sessions of a launched page by small ones."""
    sessions = Sessions(demo)
    demo.app.state_holder = sessions
    return sessions
