"""SQL laid out for reading says what it said before."""

from __future__ import annotations

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from text2sql.query.layout import lay_out_sql, on_one_line


def test_a_short_query_stays_on_its_line() -> None:
    assert lay_out_sql("  SELECT count(*)\n FROM singer ") == "SELECT count(*) FROM singer"


def test_clauses_start_lines_and_subqueries_are_indented() -> None:
    sql = (
        "SELECT T1.name FROM a AS T1 LEFT OUTER JOIN b AS T2 ON T1.id = T2.id "
        "WHERE x BETWEEN 1 AND 2 AND y NOT IN "
        "(SELECT z FROM c WHERE k = 'GROUP BY' OR l IN (1, 2)) "
        "GROUP BY T1.name HAVING count(*) > 1 ORDER BY count(*) DESC LIMIT 3"
    )
    assert lay_out_sql(sql) == (
        "SELECT T1.name\n"
        "FROM a AS T1\n"
        "LEFT OUTER JOIN b AS T2 ON T1.id = T2.id\n"
        "WHERE x BETWEEN 1 AND 2\n"
        "  AND y NOT IN (\n"
        "    SELECT z\n"
        "    FROM c\n"
        "    WHERE k = 'GROUP BY'\n"
        "      OR l IN (1, 2)\n"
        "  )\n"
        "GROUP BY T1.name\n"
        "HAVING count(*) > 1\n"
        "ORDER BY count(*) DESC\n"
        "LIMIT 3"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 -- a comment that must keep its line\nFROM t WHERE a = 1 AND b = 2 AND c = 3",
        "SELECT 'never closed FROM t",
        "",
    ],
)
def test_what_cannot_be_laid_out_stays_as_it_is(sql: str) -> None:
    assert lay_out_sql(sql) == sql


KEYWORDS = "SELECT FROM WHERE JOIN LEFT UNION AND OR BETWEEN ORDER LIMIT WITH AS".split()
SIGNS = "( ) , * = ; ' \"".split()
OTHERS = ["GROUP BY", "a", "T1.b", "'it''s  x'", '"order by"', "[q r]", "1.5", "count("]
WORDS = st.sampled_from([*KEYWORDS, *SIGNS, *OTHERS])


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_only_white_space_between_tokens_changes(sql: str) -> None:
    def tokens(text: str) -> list[str]:
        return [text[t.start : t.end + 1] for t in sqlglot.tokenize(text, read="sqlite")]

    try:
        expected = tokens(sql)
    except sqlglot.errors.TokenError:
        return
    assert tokens(lay_out_sql(sql)) == expected


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_laying_out_twice_changes_nothing_more(sql: str) -> None:
    assert lay_out_sql(lay_out_sql(sql)) == lay_out_sql(sql)


@pytest.mark.parametrize(
    ("sql", "flat"),
    [
        ("SELECT a\nFROM  t\n  WHERE b = 'x  y\nz'", "SELECT a FROM t WHERE b = 'x  y\nz'"),
        ("SELECT a -- why\nFROM t", "SELECT a -- why\nFROM t"),
        ("SELECT 'open", "SELECT 'open"),
        (" ", ""),
    ],
)
def test_on_one_line_strings_and_comments_stay_as_they_are(sql: str, flat: str) -> None:
    assert on_one_line(sql) == flat
