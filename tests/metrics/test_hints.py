import pytest

from text2sql.databases import Database
from text2sql.metrics.fuzzed_databases import DatabaseFuzzer
from text2sql.metrics.hints import near_misses, read_hints
from text2sql.metrics.random_rows import CellValue, Hints


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, [5, 5, 4, 6]),
        (2.5, [2.5, 2.5, 1.5, 3.5]),
        ("Hey", ["Hey", "Hey", "Hey x", "x Hey"]),
        ("%Hey%", ["Hey", "Hey", "Hey", "Hey x", "x Hey", "x Hey x"]),
        (None, []),
    ],
)
def test_a_literal_has_near_misses(value: CellValue, expected: list[CellValue]) -> None:
    assert near_misses(value) == expected


@pytest.mark.parametrize(
    ("gold", "hints"),
    [
        ("SELECT name FROM singer WHERE age > 5", Hints({(0, 3): [5, 5, 4, 6]})),
        (
            "SELECT name FROM singer WHERE age BETWEEN 1 AND 9",
            Hints({(0, 3): [1, 1, 0, 2, 9, 9, 8, 10]}),
        ),
        (
            "SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song WHERE title = 'a')",
            Hints({(1, 1): ["a", "a", "a x", "x a"]}),
        ),
        (
            "SELECT country FROM singer GROUP BY country HAVING count(*) >= 2",
            Hints({}, {(0, 2): [2, 3, 1]}),
        ),
        (
            "SELECT country FROM singer GROUP BY country HAVING count(*) >= 900",
            Hints({}, {(0, 2): []}),
        ),
        ("SELECT country FROM singer GROUP BY country HAVING max(age) >= 2", Hints()),
        ("SELECT nope FROM singer", Hints()),
    ],
)
def test_hints_are_what_the_gold_compares_columns_with(
    database: Database, gold: str, hints: Hints
) -> None:
    assert database.path is not None
    assert read_hints(gold, database.schema, DatabaseFuzzer(database.path)) == hints
