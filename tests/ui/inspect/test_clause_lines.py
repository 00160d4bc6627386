"""Queries as lines that know their clause."""

from __future__ import annotations

import pytest

from text2sql.compare import ClauseDifference
from text2sql.ui.inspect.clause_lines import clause_lines, sql_html


def test_each_line_knows_its_clause_also_those_of_a_subquery() -> None:
    sql = (
        "select a from t left join u on t.x = u.y where a in (select b from c) and d > 3 "
        "group by a having count(*) > 1 order by a limit 2"
    )
    assert [(line.clause, line.text) for line in clause_lines(sql)] == [
        ("SELECT", "select a"),
        ("FROM", "from t"),
        ("JOIN", "left join u on t.x = u.y"),
        ("WHERE", "where a in ("),
        ("WHERE", "  select b"),
        ("WHERE", "  from c"),
        ("WHERE", ")"),
        ("WHERE", "  and d > 3"),
        ("GROUP BY", "group by a"),
        ("HAVING", "having count(*) > 1"),
        ("ORDER BY", "order by a"),
        ("LIMIT", "limit 2"),
    ]


def test_behind_a_set_operator_clauses_are_named_as_differences_name_them() -> None:
    lines = clause_lines("SELECT a FROM t EXCEPT SELECT a FROM u WHERE b = 1")
    assert [line.clause for line in lines] == [
        "SELECT",
        "FROM",
        "Set operation",
        "after EXCEPT, SELECT",
        "after EXCEPT, FROM",
        "after EXCEPT, WHERE",
    ]


@pytest.mark.parametrize("sql", ["", "not SQL at all", "SELECT 'open", "SELECT a -- b\nFROM t"])
def test_what_is_no_query_stays_as_it_is(sql: str) -> None:
    assert "\n".join(line.text for line in clause_lines(sql)) == sql


def marked(sql: str, *clauses: str) -> list[str]:
    html = sql_html(sql, [ClauseDifference(clause, "x", "y") for clause in clauses])
    return [part.split("</mark>")[0].strip() for part in html.split("<mark>")[1:]]


SET = "SELECT a FROM t JOIN u WHERE c UNION SELECT b FROM v WHERE d"


@pytest.mark.parametrize(
    ("clauses", "lines"),
    [
        ((), []),
        (("WHERE",), ["<b>WHERE</b> c"]),
        (("DISTINCT",), ["<b>SELECT</b> a"]),
        (("FROM",), ["<b>FROM</b> t", "<b>JOIN</b> u"]),
        (("JOIN",), ["<b>JOIN</b> u"]),
        (("after UNION, WHERE",), ["<b>WHERE</b> d"]),
        (
            ("Set operation",),
            ["<b>UNION</b>", "<b>SELECT</b> b", "<b>FROM</b> v", "<b>WHERE</b> d"],
        ),
        (("LIMIT",), []),
    ],
)
def test_the_lines_of_clauses_that_differ_are_marked(
    clauses: tuple[str, ...], lines: list[str]
) -> None:
    assert marked(SET, *clauses) == lines


def test_what_a_model_wrote_stays_text() -> None:
    assert "<img" not in sql_html("SELECT '<img src=x>' FROM t", [])
