"""Names of tables and columns, cleaned."""

from __future__ import annotations

import pytest

from text2sql.uploads.names import clean_names


@pytest.mark.parametrize(
    ("names", "cleaned"),
    [
        (["First Name", "e-mail", "größe"], ["First_Name", "e_mail", "größe"]),
        (["", "  ", "?!"], ["column_1", "column_2", "column_3"]),
        (["id", "ID", "id"], ["id", "ID_2", "id_3"]),
        (["2024", "sqlite_master"], ["column_2024", "column_sqlite_master"]),
        (['a"; DROP TABLE x; --', "[x]"], ["a_DROP_TABLE_x", "x"]),
        (["../../etc/passwd", "a\0b"], ["etc_passwd", "a_b"]),
        (["share %"], ["share_percent"]),
        (["x" * 500], ["x" * 60]),
        (["column_2", ""], ["column_2", "column_2_2"]),
    ],
)
def test_clean_names_are_words_and_each_is_there_once(names: list[str], cleaned: list[str]) -> None:
    assert clean_names(names, "column") == cleaned
