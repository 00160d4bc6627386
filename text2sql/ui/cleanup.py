"""A background thread that deletes unused sessions, uploads and undelivered answers.

Lifetimes count from the last use rather than from a signal by the visitor's client. So scripts and
clients that vanish leave no more behind than a browser whose tab is closed.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.ui.upload_limiter import remove_old

if TYPE_CHECKING:
    import gradio as gr

    from text2sql.ui.sessions import Sessions
    from text2sql.uploads.store import UploadStore

__all__ = ["Cleanup"]

_EVERY_S = 15.0
_RAW_S = 240.0  # for an uploaded file that was not imported
_LYING_S = 120.0  # for an answer that was not delivered
_log = logging.getLogger(__name__)


class Cleanup(threading.Thread):
    """Deletes what was unused for the store's ``idle_s``, four times a minute."""

    def __init__(self, demo: gr.Blocks, sessions: Sessions, store: UploadStore, raw: Path) -> None:
        super().__init__(name="cleanup", daemon=True)
        self.demo = demo
        self.sessions = sessions
        self.store = store
        self.raw = raw
        self._undelivered: dict[str, float] = {}  # sessions, and since when
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(_EVERY_S):
            try:
                self.clean_up()
            except Exception:
                _log.exception("Cleaning up failed")

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()

    def clean_up(self) -> None:
        """Delete everything that is unused now."""
        self.sessions.drop_unused(self.store.idle_s)
        self.store.forget_unused()
        self._drop_undelivered()
        remove_old(self.raw, _RAW_S)
        _give_memory_back()

    def _drop_undelivered(self) -> None:
        """Drop answers that wait for a client: one that listens gets them at once."""
        queue: Any = self.demo._queue
        now = time.monotonic()
        lying = {
            session: self._undelivered.get(session, now)
            for session, messages in list(queue.pending_messages_per_session.items())
            if not messages.empty()
        }
        for session in [session for session, since in lying.items() if now - since >= _LYING_S]:
            queue.pending_messages_per_session.pop(session, None)
            queue.pending_event_ids_session.pop(session, None)
            del lying[session]
        self._undelivered = lying


def _give_memory_back() -> None:
    """Make glibc return freed memory to the operating system."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # not glibc
            ctypes.CDLL("libc.so.6").malloc_trim(0)
