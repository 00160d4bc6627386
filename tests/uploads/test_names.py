"""Names of tables and columns, cleaned."""

from __future__ import annotations

import pytest

from text2sql.uploads.names import clean_names, plural, singular, words


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


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("home_team_ids", ("home", "team", "id")),
        ("HomeTeamID", ("home", "team", "id")),
        ("Countries", ("country",)),
        ("status", ("status",)),
        ("id", ("id",)),
    ],
)
def test_a_name_is_read_as_words_with_the_last_in_its_singular(
    name: str, parts: tuple[str, ...]
) -> None:
    assert words(name) == parts


@pytest.mark.parametrize(
    ("one", "several"), [("city", "cities"), ("bus", "buses"), ("day", "days"), ("box", "boxes")]
)
def test_words_are_made_several(one: str, several: str) -> None:
    assert (plural(one), plural(plural(one)), singular(one)) == (several, several, one)
