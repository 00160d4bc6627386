"""Visits: a browser tab keeps its uploads when the page is reloaded."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict

__all__ = ["Visits"]

_MOST = 10_000  # sessions that are remembered
_TOKEN = re.compile(r"[0-9a-f]{32}")  # 128 random bits, which page.js keeps in the tab


class Visits:
    """The visit of each session. Thread-safe.

    Each loading of the page is a session of its own. Sessions of one tab send the same secret
    token, so they are one visit. A session without a token is a visit by itself.
    """

    def __init__(self, most: int = _MOST) -> None:
        self.most = most
        self._visits: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def join(self, session: str, token: str | None) -> None:
        """Make ``session`` part of the visit with ``token``; without a valid one, do nothing."""
        if not _TOKEN.fullmatch(token or ""):
            return
        with self._lock:
            self._visits[session] = f"visit {token}"  # no session has this name
            self._visits.move_to_end(session)
            while len(self._visits) > self.most:
                self._visits.popitem(last=False)

    def of(self, session: str) -> str:
        """Return the visit of a session."""
        return self._visits.get(session, session)

    def leave(self, session: str) -> str | None:
        """End a session; return its visit if no other session is part of it."""
        with self._lock:
            visit = self._visits.pop(session, session)
            return None if visit in self._visits.values() else visit
