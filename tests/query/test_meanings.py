"""What people ask for in one breath, found in the ways in which SQL spells it."""

from __future__ import annotations

import pytest

from text2sql.query.meanings import folded
from text2sql.query.nodes import Call, Select
from text2sql.query.reading import read
from text2sql.query.writing import write
from text2sql.schema import Schema

SALES = Schema.from_text("sale(id, state, total, sold, paid)")


def _meaning(expression: str) -> str:
    tree = folded(read(f"SELECT {expression} FROM sale", SALES))
    assert isinstance(tree, Select)
    call = tree.items[0].expression
    return call.name if isinstance(call, Call) else type(call).__name__


@pytest.mark.parametrize(
    ("meaning", "spellings"),
    [
        (
            "percent",
            [
                "100.0 * count(CASE WHEN state = 'x' THEN 1 END) / count(*)",
                "CAST(SUM(CASE WHEN state = 'x' THEN 1 ELSE 0 END) AS REAL) * 100 / COUNT(*)",
                "SUM(IIF(state = 'x', 1, 0)) * 100.0 / count(*)",
                "100.0 * sum(state = 'x') / count(*)",
                "avg(CASE WHEN state = 'x' THEN 100.0 ELSE 0 END)",
                "count(*) FILTER (WHERE state = 'x') * 100.0 / count(*)",
            ],
        ),
        ("percent_of", ["100.0 * sum(total) / max(total)", "sum(total) * 1.0 / max(total) * 100"]),
        ("ratio", ["sum(total) * 1.0 / 3", "CAST(total AS REAL) / 3", "total / 3.0"]),
        ("/", ["sum(total) / 3", "total * 100 / 3"]),
        ("count_if", ["sum(state = 'x')", "count(CASE WHEN state = 'x' THEN id END)"]),
        ("sum_if", ["sum(CASE WHEN state = 'x' THEN total ELSE 0 END)"]),
        ("avg_if", ["avg(CASE WHEN state = 'x' THEN total END)"]),
        ("year", ["strftime('%Y', sold)"]),
        ("days_between", ["julianday(paid) - julianday(sold)"]),
        ("minutes_between", ["(julianday(paid) - julianday(sold)) * 24 * 60"]),
        (
            "age",
            [
                "CAST(strftime('%Y', 'now') AS INTEGER) - CAST(strftime('%Y', sold) AS INTEGER)"
                " - (strftime('%m-%d', 'now') < strftime('%m-%d', sold))"
            ],
        ),
    ],
)
def test_a_meaning_has_many_spellings(meaning: str, spellings: list[str]) -> None:
    assert {_meaning(spelling) for spelling in spellings} == {meaning}


@pytest.mark.parametrize(
    "condition",
    [
        "strftime('%m', sold) = '05'",
        "CAST(strftime('%m', sold) AS INTEGER) = 5",
        "CAST(strftime('%m', sold) AS INT) = '5'",
    ],
)
def test_parts_of_dates_are_compared_as_numbers(condition: str) -> None:
    tree = folded(read(f"SELECT id FROM sale WHERE {condition}", SALES))
    assert write(tree, SALES) == (
        "SELECT id FROM sale WHERE CAST(strftime('%m', sold) AS INTEGER) = 5"
    )


def test_what_is_folded_once_stays_as_it_is() -> None:
    tree = folded(read("SELECT 100.0 * sum(state = 'x') / count(*) FROM sale", SALES))
    assert folded(tree) == tree
    assert folded(read(write(tree, SALES), SALES)) == tree
