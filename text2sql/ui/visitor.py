"""Who is being served."""

from __future__ import annotations

from gradio.context import LocalContext

__all__ = ["current_visitor"]


def current_visitor() -> str | None:
    """The session whose event is being handled; None outside of one.

    A browser tab is one, and so is a client of the API; a caller that names no session is a new
    one with each call.
    """
    request = LocalContext.request.get(None)
    return request.session_hash if request is not None else None
