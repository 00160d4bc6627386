"""The proxy of ``compose.yaml``: Caddy with its Caddyfile, before servers that say who they are."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.test_container import caddyfile, composition

__all__ = ["composition"]  # a fixture

pytestmark = pytest.mark.skipif(shutil.which("caddy") is None, reason="needs caddy: install it")
_START_S = 30.0


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, ThreadingHTTPServer)
        text = f"{self.server.server_port}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@dataclass
class Proxy:
    """Its port, and the servers behind it by theirs."""

    port: int
    client: httpx.Client
    servers: dict[str, ThreadingHTTPServer] = field(default_factory=dict)

    def ask(self, path: str, cookie: str = "", method: str = "GET") -> httpx.Response:
        self.client.cookies.clear()
        headers = {"Cookie": cookie} if cookie else {}
        return self.client.request(method, f"http://127.0.0.1:{self.port}{path}", headers=headers)

    def visitor(self) -> tuple[str, str]:
        """A new one: who serves it, and its cookie."""
        response = self.ask("/")
        cookie = response.headers["Set-Cookie"].partition(";")[0]
        return response.text, cookie

    def end(self, port: str) -> None:
        """End a server as a process ends."""
        server = self.servers.pop(port)
        server.shutdown()
        server.server_close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def proxy(composition: dict[str, object], tmp_path: Path) -> Iterator[Proxy]:
    with httpx.Client(timeout=30, trust_env=False) as client:
        yield from _proxy(Proxy(_free_port(), client), composition, tmp_path)


def _proxy(proxy: Proxy, composition: dict[str, object], tmp_path: Path) -> Iterator[Proxy]:
    text = caddyfile(composition)
    for number in range(1, 5):
        port = _free_port()
        text = text.replace(f"text2sql-page-{number}:7860", f"127.0.0.1:{port}")
        if number <= 2:
            server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            proxy.servers[str(port)] = server
    address = f"http://127.0.0.1:{proxy.port} {{\n  bind 127.0.0.1"
    options = "{\n  admin off\n  auto_https off\n}\n"
    file = tmp_path / "Caddyfile"
    file.write_text(options + text.replace(":80 {", address), encoding="utf-8")
    home = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]
    with subprocess.Popen(command, env=home, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(proxy)
            yield proxy
        finally:
            process.terminate()
            for left in list(proxy.servers):
                proxy.end(left)


def _wait(proxy: Proxy) -> None:
    ends = time.monotonic() + _START_S
    while time.monotonic() < ends:
        with suppress(httpx.HTTPError):
            if proxy.ask("/").is_success:
                return
        time.sleep(0.1)
    pytest.fail("caddy did not start")


def test_a_browser_stays_with_one_process_and_all_processes_get_some(proxy: Proxy) -> None:
    served = dict(proxy.visitor() for _ in range(40))
    assert served.keys() == proxy.servers.keys()
    for port, cookie in served.items():
        paths = ["/", "/config", "/gradio_api/queue/join", "/theme.css"] * 3
        assert {proxy.ask(path, cookie).text for path in paths} == {port}


def test_both_requests_of_a_scripts_call_reach_one_process(proxy: Proxy) -> None:
    calls = [("POST", "/gradio_api/call/ask"), ("GET", "/gradio_api/call/ask/1")] * 10
    assert len({proxy.ask(path, method=method).text for method, path in calls}) == 1


def test_visitors_of_a_process_that_ended_come_to_another(proxy: Proxy) -> None:
    port, cookie = proxy.visitor()
    proxy.end(port)
    response = proxy.ask("/gradio_api/app_id", cookie)
    assert response.text in proxy.servers
    assert response.headers["Set-Cookie"].partition(";")[0] != cookie


def test_without_any_process_gradios_page_knows_that_its_server_is_gone(proxy: Proxy) -> None:
    for port in list(proxy.servers):
        proxy.end(port)
    response = proxy.ask("/gradio_api/queue/join", method="POST")
    assert response.status_code == 502  # Gradio's page takes 503 for a full queue
    assert response.json() == {"error": "Connection errored out. "}
    assert response.headers["Content-Type"] == "application/json"
    page = proxy.ask("/")
    assert (page.status_code, "load it again" in page.text) == (503, True)
