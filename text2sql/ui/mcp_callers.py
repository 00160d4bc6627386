"""Middleware that tells the callers of the page's MCP tools apart.

Gradio passes all MCP calls on as one session, from this machine itself, together with the headers
of each call (gradio 6.31, ``call_tool`` in ``gradio/mcp.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["McpCallers", "mcp_caller"]

_HEADER = "x-text2sql-caller"
_PATH = "/gradio_api/mcp"


class McpCallers:
    """ASGI middleware that adds the network address of its caller to each MCP call."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and str(scope["path"]).startswith(_PATH):
            client = scope.get("client")
            MutableHeaders(scope=scope)[_HEADER] = client[0] if client else "an unknown address"
        await self.app(scope, receive, send)


def mcp_caller(headers: Mapping[str, str]) -> str | None:
    """Return the address of the MCP caller of an event with these headers; None if it has none."""
    return headers.get(_HEADER) if headers.get("x-gradio-user") == "mcp" else None
