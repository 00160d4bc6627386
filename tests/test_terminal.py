"""Tables that fit, and nothing that a terminal would obey."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from text2sql.terminal import bold, dim, format_table, print_json


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_numbers_stand_right_and_text_left() -> None:
    table = format_table(("id", "name"), [(1, "Zoë"), (None, None), (300, "O'Neil")], 80)
    assert table.splitlines() == [
        "  id  name",
        "----  ------",
        "   1  Zoë",
        "NULL  NULL",
        " 300  O'Neil",
    ]


def test_an_empty_result_shows_its_columns() -> None:
    assert format_table(("a", "bc"), [], 80).splitlines() == ["a  bc", "-  --"]


def test_the_widest_column_gives_way_first() -> None:
    table = format_table(("id", "text"), [(1, "x" * 100), (2, "short")], 30)
    assert table.splitlines() == [
        "id  text",
        "--  " + "-" * 26,
        " 1  " + "x" * 25 + "…",
        " 2  short",
    ]


@pytest.mark.parametrize("width", [30, 40, 80, 200])
@pytest.mark.parametrize("columns", [1, 3, 12, 1000])
def test_no_line_is_wider_than_the_terminal(width: int, columns: int) -> None:
    names = [f"column_{n}" for n in range(columns)]
    rows: list[list[Any]] = [[("long " * n)[:70] for n in range(columns)], list(range(columns))]
    lines = format_table(names, rows, width).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) == 4


def test_columns_without_room_are_counted() -> None:
    header = format_table([f"c{n}" for n in range(1000)], [], 60).splitlines()[0]
    assert header.endswith("  (+990 columns)")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("\x1b[31mred\x07", "\ufffd[31mred\ufffd"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("right\u202eleft", "right\ufffdleft"),
        (b"\x00" * 2000, "<2,000 bytes>"),
        ("日本", "日本"),
    ],
)
def test_a_cell_is_one_harmless_line(value: object, shown: str) -> None:
    assert format_table(("c",), [(value,)], 80).splitlines()[2] == shown


def test_wide_characters_take_two_columns() -> None:
    lines = format_table(("a", "b"), [("日本", "x"), ("abc", "y")], 80).splitlines()
    assert lines[1:] == ["----  -", "日本  x", "abc   y"]


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert (bold("x", Terminal()), dim("x", Terminal())) == ("\x1b[1mx\x1b[0m", "\x1b[2mx\x1b[0m")
    assert bold("x", io.StringIO()) == "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert bold("x", Terminal()) == "x"


@pytest.mark.parametrize(("encoding", "text"), [("utf-8", '["é"]\n'), ("latin-1", '["\\u00e9"]\n')])
def test_json_is_escaped_only_where_it_must_be(
    monkeypatch: pytest.MonkeyPatch, encoding: str, text: str
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    print_json(["é"])
    sys.stdout.flush()
    assert raw.getvalue().decode(encoding) == text
