"""The processes that import uploaded files, one for each upload.

On Linux, they are forks of a server process that has loaded all parsers: loading them takes two
seconds of a core, importing a small file a tenth of that. The server never reads an uploaded file.
It ends when it has not been used for a while, and when this process ends. Elsewhere, where forks
are unsafe or missing, each import starts Python anew.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from text2sql.sandbox.confinement import end_with_parent

__all__ = ["answer_of_process", "serve_forks"]

_ROOT = Path(__file__).parents[2]
_FORKS = sys.platform == "linux"
_START = "from text2sql.uploads.convert import {0}; {0}()"
_IDLE_S = 900.0
_MOST_BYTES = 50_000_000  # of an answer
_END_S = 1.0  # in which the end of a process is known on a busy machine
# the processes get none of the page's secrets, and use one core
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
_ENVIRONMENT = {
    **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def answer_of_process(request: str, timeout_s: float) -> bytes | None:
    """Return what a process writes that reads ``request``; None if it took longer.

    The answer of a process that was killed is empty or incomplete.
    """
    return _server.answer(request, timeout_s) if _FORKS else _answer_anew(request, timeout_s)


def _command(function: str) -> list[str]:
    return [sys.executable, "-c", _START.format(function)]


def _answer_anew(request: str, timeout_s: float) -> bytes | None:
    try:
        return subprocess.run(
            _command("main"),
            cwd=_ROOT,
            env=_ENVIRONMENT,
            input=request.encode(),
            capture_output=True,
            timeout=timeout_s,
            check=False,
        ).stdout
    except subprocess.TimeoutExpired:
        return None


class _ForkServer:
    """The server process as this process sees it: started when needed, asked for forks, ended.

    Thread-safe. Each fork gets one end of a pair of sockets, and ends by itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        atexit.register(self.close)

    def answer(self, request: str, timeout_s: float) -> bytes | None:
        """Do as ``answer_of_process``."""
        answer, server = self._answer(request, timeout_s)
        if answer == b"":
            with suppress(subprocess.TimeoutExpired):
                server.wait(_END_S)  # if it ended before it could fork, it is started again
                answer, _ = self._answer(request, timeout_s)
        return answer

    def _answer(
        self, request: str, timeout_s: float
    ) -> tuple[bytes | None, subprocess.Popen[bytes]]:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                server = self._send(theirs)
            ends = time.monotonic() + timeout_s
            ours.settimeout(timeout_s)
            try:
                ours.sendall(request.encode())
                ours.shutdown(socket.SHUT_WR)
                return _received(ours, ends), server
            except TimeoutError:
                return None, server
            except OSError:  # nobody reads it any more
                return b"", server

    def _send(self, theirs: socket.socket) -> subprocess.Popen[bytes]:
        """Let the server fork a process that has ``theirs``."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            assert self._process is not None
            assert self._socket is not None
            with suppress(OSError):  # it has just ended; the caller sees that nobody answers
                socket.send_fds(self._socket, [b"!"], [theirs.fileno()])
            return self._process

    def _start(self) -> None:
        self._close()
        self._socket, standard_input = socket.socketpair()
        with standard_input:
            self._process = subprocess.Popen(
                _command("serve"),
                cwd=_ROOT,
                env=_ENVIRONMENT,
                stdin=standard_input.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C goes to this process, whose end ends the server
            )

    def close(self) -> None:
        """End the server, and with it its forks."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._socket = None


def _received(connection: socket.socket, ends: float) -> bytes:
    """Return what arrives until the other side closes; hostile files may have taken it over.

    Raises:
        TimeoutError: there was no end at ``ends``, on the monotonic clock.
    """
    found = bytearray()
    while len(found) <= _MOST_BYTES:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        part = connection.recv(65_536)
        if not part:
            break
        found += part
    return bytes(found[:_MOST_BYTES])


_server = _ForkServer()


def serve_forks(answer: Callable[[bytes], bytes]) -> None:
    """Fork a process for each socket that arrives on standard input, until its end.

    A fork answers what it reads from its socket, and ends with this process.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(fileno=os.dup(0)) as coming:
        coming.settimeout(_IDLE_S)
        while True:
            try:
                message, sockets, _, _ = socket.recv_fds(coming, 1, 1)
            except TimeoutError:
                return
            if not message:
                return
            with socket.socket(fileno=sockets[0]) as asking:
                if os.fork() == 0:
                    coming.close()
                    _answer(asking, answer)


def _answer(asking: socket.socket, answer: Callable[[bytes], bytes]) -> None:
    """Answer one request in a fork, and end it."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        end_with_parent()
        asking.settimeout(None)
        with asking.makefile("rwb") as stream:
            stream.write(answer(stream.read()))
    finally:
        os._exit(0)
