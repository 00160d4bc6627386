"""Keys that golds join on but the database does not declare."""

from __future__ import annotations

from text2sql.query.reading import read
from text2sql.schema import ForeignKey, Schema
from train.pocket.keys import joins_of, with_keys_of

_SCHEMA = Schema.from_text("boat(nr, skipper, club) | person(code, name) | club(id, name)")


def test_columns_that_a_gold_joins_on_become_a_key() -> None:
    query = read("SELECT name FROM boat JOIN person ON boat.skipper = person.code", _SCHEMA)
    schema = with_keys_of([query, query], _SCHEMA)
    assert schema.foreign_keys == (ForeignKey(0, 1, 1, 0),)


def test_joins_in_a_subquery_become_keys() -> None:
    inner = "SELECT skipper FROM boat JOIN club ON boat.club = club.name"
    query = read(f"SELECT name FROM person WHERE code IN ({inner})", _SCHEMA)
    assert list(joins_of(query)) == [((0, 2), (2, 1))]


def test_columns_with_a_key_get_no_further_key() -> None:
    declared = Schema(_SCHEMA.tables, (ForeignKey(0, 1, 1, 0),))
    query = read("SELECT name FROM boat JOIN person ON boat.skipper = person.code", declared)
    assert with_keys_of([query], declared) == declared
