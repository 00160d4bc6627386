"""What Gradio remembers of a session: the values of ``gr.State``, and nothing that was shown.

Gradio keeps the last value of every component for its deep links, which this page does not offer;
of a table that is all of its rows, for as long as the process lives.
"""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta
from typing import Any

import gradio as gr
from gradio.state_holder import SessionState, StateHolder

__all__ = ["Sessions", "use_small_sessions"]

_CLOSED_S = 60  # what a session holds stays so long after its page was closed


class _Session(SessionState):
    def __init__(self, blocks: gr.Blocks) -> None:
        self.blocks_config = copy(blocks.default_config)
        self.config_values = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, Any] = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = _CLOSED_S

    def __setitem__(self, key: int, value: Any) -> None:
        super().__setitem__(key, value)
        self.config_values.clear()

    def _update_config(self, key: int) -> None:
        """Nothing is kept."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Nothing is kept."""


class Sessions(StateHolder):
    """Sessions that hold little, and none that nobody has used for a while."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.set_blocks(blocks)

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = _Session(self.blocks)
        return super().__getitem__(session_id)

    def drop_unused(self, idle_s: float) -> list[str]:
        """Forget the sessions that were last used longer ago; their names."""
        before = datetime.now() - timedelta(seconds=idle_s)
        old = [name for name, used in list(self.time_last_used.items()) if used < before]
        for name in old:
            self.delete_state(name)
            self.session_data.pop(name, None)
            self.time_last_used.pop(name, None)
        return old


def use_small_sessions(demo: gr.Blocks) -> Sessions:
    """Give a page that was launched sessions of this kind."""
    sessions = Sessions(demo)
    demo.app.state_holder = sessions
    return sessions
