"""Choice of the port that the page listens on."""

from __future__ import annotations

import errno
import socket

from text2sql.errors import Text2SQLError

__all__ = ["FIRST", "free_port"]

#: The first port to try.
FIRST = 7860
_TRIED = 100


def free_port(host: str, wanted: int | None = None, first: int = FIRST) -> int:
    """Return the port to listen on: ``wanted``, or the first free one from ``first`` on.

    Raises:
        Text2SQLError: ``wanted`` or all tried ports are in use, or ``host`` is not an address of
            this machine.
    """
    ports = [wanted] if wanted is not None else range(first, first + _TRIED)
    for port in ports:
        if _is_free(host, port):
            return port
    busy = f"Port {wanted} is" if wanted is not None else f"Ports {first} to {ports[-1]} are"
    raise Text2SQLError(f"{busy} in use on {host}; choose another with --port.")


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
