"""No SQL text keeps the parser busy, however it is made."""

from __future__ import annotations

import time

import pytest

from text2sql.errors import QueryError
from text2sql.query.limits import read_trees

DOUBLING = {
    "joins without a condition": "select * from a" + " join b" * 30,
    "types as functions": "select " + "char(" * 25 + "1" + ")" * 25 + " from a",
    "a type in a quoted name": 'select cast(x as "' + "int(" * 25 + "1" + ")" * 25 + '") from a',
}


@pytest.mark.parametrize("sql", DOUBLING.values(), ids=DOUBLING)
def test_reading_that_doubles_is_stopped(sql: str) -> None:
    started = time.process_time()
    with pytest.raises(QueryError, match="takes too long to read"):
        read_trees(sql)
    assert time.process_time() - started < 0.5


def test_a_dozen_joins_without_a_condition_are_read() -> None:
    assert len(read_trees("select * from a" + " join b" * 12)) == 1
