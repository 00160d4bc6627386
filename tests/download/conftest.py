"""A web server on this machine, which can misbehave, and an archive of Spider's form."""

from __future__ import annotations

import hashlib
import io
import json
import re
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Server:
    """What is served at ``/file``, how the next answers go wrong, and what was asked for."""

    content: bytes = b""
    faults: list[str] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/file"


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.ranges.append(self.headers["Range"])
            _answer(self, state, state.faults.pop(0) if state.faults else "")

        def log_message(self, *_: Any) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = web.server_port
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    web.shutdown()
    thread.join()
    web.server_close()


def _answer(handler: BaseHTTPRequestHandler, state: Server, fault: str) -> None:
    """Serve the file, or its rest; ``fault`` is a status, ``cut``, ``no-range`` or ``shifted``."""
    if fault.isdigit():
        handler.send_error(int(fault))
        return
    asked = re.fullmatch(r"bytes=(\d+)-", handler.headers["Range"] or "")
    start = int(asked[1]) if asked and fault != "no-range" else 0
    size = len(state.content)
    if start >= size > 0:
        handler.send_error(416)
        return
    handler.send_response(206 if start else 200)
    if start:
        first = start + 1 if fault == "shifted" else start
        handler.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
    handler.send_header("Content-Length", str(size - start))
    handler.end_headers()
    body = state.content[start:]
    handler.wfile.write(body[: len(body) // 2] if fault == "cut" else body)
    handler.close_connection = True


def zipped(files: dict[str, bytes | str]) -> bytes:
    """A ZIP archive as bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def spider_zip(tmp_path: Path) -> bytes:
    """The official archive in small: one folder inside, and what macOS adds."""
    path = tmp_path / "opera.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE singer (id INTEGER PRIMARY KEY)")
    entry = {
        "db_id": "opera",
        "table_names_original": ["singer"],
        "table_names": ["singer"],
        "column_names_original": [[-1, "*"], [0, "id"]],
        "column_names": [[-1, "*"], [0, "id"]],
        "column_types": ["text", "number"],
        "primary_keys": [1],
        "foreign_keys": [],
    }
    content = path.read_bytes()
    path.unlink()
    return zipped(
        {
            "spider_data/tables.json": json.dumps([entry]),
            "spider_data/dev.json": json.dumps(
                [{"question": "How many?", "query": "SELECT 1", "db_id": "opera"}]
            ),
            "spider_data/database/opera/opera.sqlite": content,
            "spider_data/.DS_Store": b"noise",
            "__MACOSX/spider_data/._dev.json": b"noise",
        }
    )
