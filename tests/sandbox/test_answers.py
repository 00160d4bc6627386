"""What a worker sends is checked: a worker that a query took over cannot send anything else."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from typing import Any

import pytest

from text2sql.sandbox.answer import AnswerError, checked
from text2sql.sandbox.frames import FrameError, read_frame, write_frame

END: dict[str, Any] = {"columns": ["a", "b"], "truncated": False, "elapsed_s": 0.5, "failure": None}
CELLS = [1, -(2**63), 1.5, float("inf"), "it's ä 🎵 \0 \ud800", b"", b"\x00\xff", None]


def up_to(most: int) -> Callable[[int], bool]:
    return lambda length: length <= most


def test_every_kind_of_cell_comes_through_a_frame() -> None:
    stream = io.BytesIO()
    write_frame(stream, CELLS)
    stream.seek(0)
    assert read_frame(stream, up_to(1000)) == CELLS
    assert read_frame(stream, up_to(1000)) is None


@pytest.mark.parametrize(
    "sent",
    [
        struct.pack("<Q", 2**60),
        struct.pack("<Q", 11) + b'"123456789"',
        struct.pack("<Q", 3) + b"\xff\xff\xff",
        struct.pack("<Q", 5) + b"[1, 2",
        struct.pack("<Q", 10) + b"[" * 10,
        struct.pack("<Q", 10) + b"\x80\x04cposix\n.",  # pickled
        struct.pack("<Q", 10) + b'{"base64":',
    ],
)
def test_what_is_no_message_or_too_long_is_refused(sent: bytes) -> None:
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(sent), up_to(10))


def test_base64_that_is_none_is_refused() -> None:
    body = json.dumps({"base64": "!"}).encode()
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(struct.pack("<Q", len(body)) + body), up_to(100))


@pytest.mark.parametrize(
    "sent", [b"", b"\x01", struct.pack("<Q", 10), struct.pack("<Q", 4) + b"[1"]
)
def test_a_message_cut_short_is_the_end(sent: bytes) -> None:
    assert read_frame(io.BytesIO(sent), up_to(1000)) is None


def test_an_answer_is_rows_in_several_lists_and_an_end() -> None:
    rows = ((1, "x"), (None, b"y"), (2.5, ""))
    assert checked([[[1, "x"], [None, b"y"]], [[2.5, ""]]], END, 3) == (
        ("a", "b"),
        rows,
        False,
        0.5,
        None,
    )


@pytest.mark.parametrize(
    ("lists", "changes"),
    [
        ([], {"columns": "ab"}),
        ([], {"columns": [1, 2]}),
        ([], {"columns": None}),
        ([], {"columns": ["a"] * 2001}),
        ([], {"truncated": 1}),
        ([], {"elapsed_s": "0.5"}),
        ([], {"elapsed_s": None}),
        ([], {"failure": "no such table"}),
        ([], {"failure": ["nonsense", "x"]}),
        ([], {"failure": ["timeout", 1]}),
        ([], {"more": 1}),
        ([[[1, 2]], [[1, 2], [1, 2]], [[1, 2]]], {}),
        ([[[1]]], {}),
        ([[[1, 2, 3]]], {}),
        ([[{"a": 1}]], {}),
        ([["ab"]], {}),
        ([[[1, [2]]]], {}),
        ([[[1, {"b": 2}]]], {}),
        ([[[1, True]]], {}),
    ],
)
def test_an_answer_of_another_shape_is_refused(
    lists: list[Any], changes: dict[str, object]
) -> None:
    with pytest.raises(AnswerError):
        checked(lists, {**END, **changes}, 3)


def test_an_end_without_a_part_is_refused() -> None:
    for name in END:
        with pytest.raises(AnswerError):
            checked([], {key: value for key, value in END.items() if key != name}, 3)
