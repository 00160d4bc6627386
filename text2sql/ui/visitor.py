"""The visitor whose event is being handled."""

from __future__ import annotations

from gradio.context import LocalContext

from text2sql.ui.mcp_callers import mcp_caller

__all__ = ["current_caller", "current_visitor"]


def current_visitor() -> str | None:
    """Return the session whose event is being handled, or None outside an event.

    A browser tab is a session, and so is an API client. A caller without a session hash gets a new
    session with each call.
    """
    request = LocalContext.request.get(None)
    return request.session_hash if request is not None else None


def current_caller() -> str | None:
    """Return whose share of the queues the event takes, or None outside an event.

    This is the visitor, but calls without a session, each of which is a visitor of its own, share
    one place per network address: otherwise a script would get one place per call. So do calls over
    MCP, which are all one visitor. It must not decide whose a database is, because many users may
    share an address.
    """
    request = LocalContext.request.get(None)
    visitor = current_visitor()
    address = mcp_caller(request.headers) if request is not None else None
    if address is not None:
        return f"MCP calls from {address}"
    if visitor is None or visitor != LocalContext.event_id.get(None):
        return visitor
    client = getattr(request, "client", None)
    return f"calls from {client.host if client else 'an unknown address'}"
