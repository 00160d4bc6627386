"""The visitor whose event is being handled."""

from __future__ import annotations

from gradio.context import LocalContext

__all__ = ["current_visitor"]


def current_visitor() -> str | None:
    """Return the session whose event is being handled, or None outside an event.

    A browser tab is a session, and so is an API client. A caller without a session hash gets a new
    session with each call.
    """
    request = LocalContext.request.get(None)
    return request.session_hash if request is not None else None
