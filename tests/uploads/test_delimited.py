"""The rows of CSV files, with quotes as people leave them."""

from __future__ import annotations

import pytest

from text2sql.errors import UploadError
from text2sql.uploads.delimited import read_lines


def rows(text: str) -> tuple[list[list[str]], list[int]]:
    lines = read_lines("x.csv", text)
    return list(lines), lines.mended


def test_quotes_that_are_closed_stay_as_they_are() -> None:
    text = 'id,note\n1,"a\nb, c\nd, e\nf"\n2,"say ""x"""\n3,5\'10"\n'
    assert rows(text) == (
        [["id", "note"], ["1", "a\nb, c\nd, e\nf"], ["2", 'say "x"'], ["3", "5'10\""]],
        [],
    )


def test_a_recipe_in_a_cell_is_no_rows_although_some_of_its_lines_look_like_rows() -> None:
    recipe = "Take\n2 eggs, whisked\nsome flour\nand water\n3 spoons, heaped\nstir\nserve"
    text = f'id,how\n1,"{recipe}"\n2,boil\n3,fry\n4,bake\n'
    assert rows(text)[0][1:3] == [["1", recipe], ["2", "boil"]]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('2,"open,5', ["2", "open", "5"]),
        ('2,"a, b","open', ["2", "a, b", "open"]),
        ('2,x,"open', ["2", "x", "open"]),
    ],
)
@pytest.mark.parametrize("close", ["", '"'])
def test_a_quote_that_swallows_rows_is_mended_where_it_opens(
    line: str, cells: list[str], close: str
) -> None:
    text = "id,name,n\n1,a,1\n" + line + "\n3,c,3\n4,d,4\n5,e,5\n6,f" + close + ",6\n"
    found, mended = rows(text)
    assert found[2] == cells
    assert len(found) == 7
    assert mended == [3]


def test_an_open_quote_in_the_last_line_is_mended_without_a_row_lost() -> None:
    assert rows('a,b\n1,2\n3,"4\n') == ([["a", "b"], ["1", "2"], ["3", "4"]], [3])


def test_a_file_of_open_quotes_is_refused() -> None:
    with pytest.raises(UploadError, match=r"the first in line 2; check its quotation marks"):
        rows("a,b\n" + '1,"x\n2,y\n3,y\n4,y\n' * 500)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a;b\n1,5;2,5\n3,5;4\n", ";"),
        ("a,b\n1;2,x\n3;4,y\n", ","),
        ("a\tb c\n1\t2,5\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("sep=|\na;b|c\n1|2\n", "|"),
        ("word\nother\n", ","),
    ],
)
def test_the_separator_splits_all_lines_alike(text: str, separator: str) -> None:
    assert read_lines("x.csv", text).separator == separator
