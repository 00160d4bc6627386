"""Values of a database as text, HTML and CSV."""

from __future__ import annotations

from typing import Any

import pytest

from text2sql.ui.cells import html_table, show


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "NULL"),
        ("", ""),
        ("Zoë", "Zoë"),
        (7, "7"),
        (0.1 + 0.2, "0.3"),
        (1e300, "1e+300"),
        (b"\x00" * 1234, "blob, 1,234 bytes"),
    ],
)
def test_a_cell_reads_as_people_read_it(value: Any, text: str) -> None:
    assert show(value) == text


def test_every_cell_and_header_of_a_table_is_escaped() -> None:
    assert html_table(["<a>"], [("<script>",), (None,), (1,)], "x & y") == (
        '<table class="t2s-rows"><caption>x &amp; y</caption>'
        '<thead><tr><th scope="col">&lt;a&gt;</th></tr></thead>'
        '<tbody><tr><td>&lt;script&gt;</td></tr><tr><td class="t2s-null">NULL</td></tr>'
        '<tr><td class="t2s-number">1</td></tr></tbody></table>'
    )


def test_rows_may_carry_a_mark_with_the_word_for_it() -> None:
    html = html_table(["a"], [("x",), ("y",)], "rows", {1: ("+", "<extra>")})
    assert html.endswith(
        '<thead><tr><td class="t2s-mark"></td><th scope="col">a</th></tr></thead>'
        '<tbody><tr><td class="t2s-mark"></td><td>x</td></tr>'
        '<tr class="t2s-differs"><td class="t2s-mark">'
        '<span role="img" aria-label="&lt;extra&gt;">+</span></td><td>y</td></tr></tbody></table>'
    )
