"""What names say of keys."""

from __future__ import annotations

import pytest

from text2sql.linking.key_names import (
    Named,
    _abbreviates,
    likeness,
    primary_key,
    shared_prefixes,
    without,
    words,
)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("home_team_ids", ("home", "team", "id")),
        ("HomeTeamID", ("home", "team", "id")),
        ("Countries", ("country",)),
        ("status", ("status",)),
        ("memid", ("mem", "id")),
        ("paid", ("paid",)),
        ("Booking No", ("booking", "no")),
        ("id", ("id",)),
    ],
)
def test_a_name_is_read_as_words_in_their_singular(name: str, parts: tuple[str, ...]) -> None:
    assert words(name) == parts


@pytest.mark.parametrize(
    ("table", "columns", "key"),
    [
        ("customers", ["name", "id"], ["id"]),
        ("customers", ["region_id", "customer_id"], ["customer_id"]),
        ("big_cities", ["name", "CityCode"], ["CityCode"]),
        ("countries", ["code", "name"], ["code"]),
        ("sales", ["amount"], []),
        ("matches", ["home_team_id", "played"], []),
    ],
)
def test_a_primary_key_is_called_like_one(table: str, columns: list[str], key: list[str]) -> None:
    assert primary_key(table, columns, ["teams", "matches"])[:1] == key


@pytest.mark.parametrize(
    ("child", "parent", "meant"),
    [
        ("match.team_id", "teams.id", True),
        ("match.home_team_id", "teams.team_id", True),
        ("match.team", "teams.id", True),
        ("orders.cust_id", "customers.id", True),
        ("hero_power.hero_id", "superhero.id", True),
        ("staff.reports_to", "staff.id", True),
        ("staff.parent_id", "staff.id", True),
        ("visit.approved_by", "employees.emp_no", True),
        ("sale.club_id_1", "clubs.club_id", True),
        ("whs_stock.sku", "whs_item.sku", True),
        ("song.name", "singer.name", False),  # anything has a name
        ("song.id", "singer.id", False),
        ("match.points", "teams.id", False),
        ("room_type.max_guests", "guests.id", False),
        ("stadium.number_of_game", "game.id", False),
    ],
)
def test_a_reference_is_called_like_a_table_its_key_or_a_role(
    child: str, parent: str, meant: bool
) -> None:
    assert (likeness(_named(child), _named(parent), sole=True) >= 1) is meant


def _named(place: str) -> Named:
    table, column = place.split(".")
    return Named(words(table), words(column), words(table)[-1] in ("employee", "staff"))


def test_what_most_tables_begin_with_says_nothing() -> None:
    prefixes = shared_prefixes(["sbCustomer", "sbTicker", "sbTransaction", "other"])
    assert without(words("sbTickerId"), prefixes) == ("ticker", "id")
    assert without(("sb",), prefixes) == ("sb",)


def test_a_word_before_a_minority_of_the_tables_is_no_shared_prefix() -> None:
    shared = shared_prefixes(["sb_customer", "sb_order", "sb_item", "home_team"])
    assert shared - shared_prefixes([]) == {"sb"}


def test_two_letters_abbreviate_no_table() -> None:
    assert not _abbreviates(("cu",), ("customer",))
    assert _abbreviates(("cust",), ("customer",))
