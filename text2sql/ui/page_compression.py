"""Middleware that compresses the page itself, a quarter of a megabyte of HTML.

Gradio compresses addresses with a file ending only: its scripts and styles, but not ``/``.
"""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["PageCompression"]

_LEVEL = 6  # a higher level takes longer and saves little


class PageCompression(GZipMiddleware):
    """ASGI middleware that compresses answers to addresses without a file ending.

    Streams of events and what is compressed already pass unchanged.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and "." not in scope["path"].rpartition("/")[2]:
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)
