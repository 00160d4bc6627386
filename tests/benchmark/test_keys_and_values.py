"""Guessed keys and value candidates, measured."""

from __future__ import annotations

import pytest

from text2sql.benchmark.keys import hidden, joined_columns, judge
from text2sql.benchmark.values import Needed, is_found, needed_values
from text2sql.databases import Catalog
from text2sql.linking.values import ValueCandidate
from text2sql.schema import Schema

MUSIC = Schema.from_text("singer(id, name, age) | song(id, singer_id, title)")


def test_the_keys_of_a_sample_are_found_again_with_its_declarations_hidden() -> None:
    database = Catalog.open().get("clinic")
    schema = database.schema
    assert not hidden(database).schema.foreign_keys
    truth = {
        frozenset(((k.table, k.column), (k.ref_table, k.ref_column))) for k in schema.foreign_keys
    }
    judged = judge(database, truth)
    assert (judged.found, judged.missed, judged.wrong) == (len(truth), 0, 0)


def test_golds_tell_which_columns_are_joined() -> None:
    gold = "SELECT s.title FROM song s JOIN singer AS g ON s.singer_id = g.id WHERE g.age = 3"
    assert joined_columns([gold, "SELECT nonsense FROM"], MUSIC) == {frozenset(((0, 0), (1, 1)))}


@pytest.mark.parametrize(
    ("gold", "needed"),
    [
        ("SELECT name FROM singer WHERE age > 30 LIMIT 3", {("number", 30), ("limit", 3)}),
        ('SELECT name FROM singer WHERE name = "Joe"', {("text", "Joe")}),
        ("SELECT 100.0 * count(*) FROM song WHERE title LIKE '%sun%'", {("pattern", "sun")}),
        ("SELECT id FROM song WHERE title IN ('a', 'b')", {("text", "a"), ("text", "b")}),
        ("SELECT id FROM singer WHERE age BETWEEN -1 AND 5", {("number", -1), ("number", 5)}),
        ("SELECT name FROM singer GROUP BY name HAVING count(*) > 2", {("number", 2)}),
        ("SELECT id FROM song WHERE singer_id = id LIMIT 1", set()),
    ],
)
def test_a_value_is_needed_where_a_column_is_compared_with_it(
    gold: str, needed: set[tuple[str, object]]
) -> None:
    assert {(n.kind, n.value) for n in needed_values(gold, MUSIC)} == needed


def test_a_text_is_found_as_it_is_written_unless_cases_are_alike() -> None:
    found = ValueCandidate("Joe", None, "cell")
    assert is_found(Needed("Joe", "text"), found)
    assert not is_found(Needed("joe", "text"), found)
    assert is_found(Needed("joe", "pattern", any_case=True), found)
    assert is_found(Needed("7", "text"), ValueCandidate("7", 7, "number"))
