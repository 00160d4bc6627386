"""The port of the page."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from text2sql.errors import Text2SQLError
from text2sql.ui.port import free_port


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_free_port_is_taken_as_asked() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        free = other.getsockname()[1]
    assert free_port("127.0.0.1", free) == free


def test_without_a_wish_the_next_free_port_is_taken(busy: int) -> None:
    assert busy < free_port("127.0.0.1", first=busy) < busy + 100


def test_a_busy_port_that_was_asked_for_is_named(busy: int) -> None:
    with pytest.raises(Text2SQLError) as caught:
        free_port("127.0.0.1", busy)
    assert str(caught.value) == f"Port {busy} is in use on 127.0.0.1; choose another with --port."
