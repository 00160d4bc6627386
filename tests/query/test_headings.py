"""Headings of results in English."""

from __future__ import annotations

import pytest

from tests.query.test_english import SINGERS
from text2sql.query.headings import headings


@pytest.mark.parametrize(
    ("sql", "columns", "said"),
    [
        ("SELECT name, count(*) FROM singer GROUP BY name",
         "name|count(*)", "name|number of singers"),
        ("SELECT avg(age) AS mean, age FROM singer", "mean|age", "mean|age"),
        ("SELECT *, max(age) FROM town JOIN singer ON town.id = singer.town_id",
         "id|name|id|name|age|born_on|town_id|max(age)",
         "id|name|id|name|age|born_on|town_id|highest age"),
        ("SELECT count(*) FROM singer UNION SELECT count(*) FROM town",
         "count(*)", "number of singers"),
        ("SELECT 7 FROM singer", "7", "7"),
        ("SELECT nothing FROM nowhere", "nothing", "nothing"),
        ("SELECT count(*), name FROM singer", "count(*)", "count(*)"),
        ("SELECT avg(age * age * age * age * age * age) FROM singer", "avg(...)", "avg(...)"),
    ],
)  # fmt: skip
def test_what_sql_computes_is_named_in_english(sql: str, columns: str, said: str) -> None:
    assert headings(sql, SINGERS, columns.split("|")) == tuple(said.split("|"))
