"""The launch of the page: its server, its upload limits and its cleanup thread."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import httpx
from gradio import http_server
from gradio.exceptions import ServerFailedToStartError
from starlette.middleware import Middleware

from text2sql.errors import Text2SQLError, UploadError
from text2sql.ui.cleanup import Cleanup
from text2sql.ui.mcp_callers import McpCallers
from text2sql.ui.page_compression import PageCompression
from text2sql.ui.sessions import use_small_sessions
from text2sql.ui.theme import launch_options
from text2sql.ui.upload_limiter import UploadLimiter
from text2sql.ui.upload_reader import read_uploads_aside

if TYPE_CHECKING:
    from text2sql.uploads.store import UploadStore

__all__ = ["launch", "own_upload_folder"]

_START_S = 120.0
_PROBE_S = 10.0
_TURN_S = 0.0005  # a computing thread lets the event loop in ten times sooner than by default
_VARIABLE = "GRADIO_TEMP_DIR"


def own_upload_folder(store: UploadStore) -> None:
    """Make Gradio store uploads in a folder that is deleted when this process ends.

    Call this before components are made. A folder named in ``GRADIO_TEMP_DIR`` takes precedence.
    """
    with suppress(UploadError):  # reported when somebody uploads a file
        os.environ.setdefault(_VARIABLE, str(store.arriving()))


def launch(
    demo: gr.Blocks,
    store: UploadStore,
    host: str = "127.0.0.1",
    port: int | None = None,
) -> str:
    """Serve the page in background threads and return its address on this machine.

    Raises:
        Text2SQLError: the page does not answer within two minutes.
    """
    raw = Path(gr.utils.get_upload_folder())
    sys.setswitchinterval(_TURN_S)
    read_uploads_aside()
    with _patience():
        _, url, _ = demo.launch(
            server_name=host,
            server_port=port,
            quiet=True,
            prevent_thread_lock=True,
            # Gradio's own check of whether the page answers gives up after three seconds
            _frontend=False,
            app_kwargs={
                "middleware": [
                    Middleware(PageCompression),
                    Middleware(McpCallers),
                    Middleware(UploadLimiter, folder=raw),
                ]
            },
            **launch_options(),
        )
    _wait_for(url)
    Cleanup(demo, use_small_sessions(demo), store, raw).start()
    return url.rstrip("/")


def _wait_for(url: str) -> None:
    ends = time.monotonic() + _START_S
    while time.monotonic() < ends:
        with suppress(httpx.HTTPError):
            if httpx.head(url, timeout=_PROBE_S, trust_env=False).status_code < 500:
                return
        time.sleep(0.2)
    raise Text2SQLError(
        f"The page at {url} does not answer after {_START_S:g} s; "
        "check that this machine can reach itself and is not overloaded."
    )


@contextmanager
def _patience() -> Iterator[None]:
    """Give Gradio's server two minutes to start instead of five seconds, for busy machines."""
    impatient = http_server.Server.run_in_thread

    def run_in_thread(server: Any) -> None:
        server.thread = threading.Thread(target=server.run, daemon=True)
        server.thread.start()
        ends = time.monotonic() + _START_S
        while not server.started:
            if not server.thread.is_alive() or time.monotonic() > ends:
                raise ServerFailedToStartError("The server failed to start.")
            time.sleep(0.005)

    http_server.Server.run_in_thread = run_in_thread  # type: ignore[method-assign]
    try:
        yield
    finally:
        http_server.Server.run_in_thread = impatient  # type: ignore[method-assign]
