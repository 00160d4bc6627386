"""The port that the page listens on."""

from __future__ import annotations

import errno
import socket

from text2sql.errors import Text2SQLError

__all__ = ["FIRST", "free_port"]

#: The port of the page, where it is free.
FIRST = 7860
_TRIED = 100


def free_port(host: str, wanted: int | None = None, first: int = FIRST) -> int:
    """The port to listen on: the one asked for, else the first free one from ``first`` on.

    Raises:
        Text2SQLError: the port asked for is taken, or all that were tried are, or ``host`` is no
            address of this machine.
    """
    ports = [wanted] if wanted is not None else range(first, first + _TRIED)
    for port in ports:
        if _is_free(host, port):
            return port
    busy = f"Port {wanted} is" if wanted is not None else f"All ports from {first} on are"
    raise Text2SQLError(f"{busy} busy on {host}; choose another with --port.")


def _is_free(host: str, port: int) -> bool:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise Text2SQLError(
            f"Cannot listen on {host!r} ({error.strerror}); "
            "--host takes an address of this machine, such as 127.0.0.1 or 0.0.0.0."
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise Text2SQLError(
            f"Cannot listen on port {port} of {host} ({error.strerror}); "
            "choose another --port or --host."
        ) from error
    return True
