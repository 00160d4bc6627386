"""Reading SQL: what a query means, and what is refused."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.query.singers import GROUP, SCHEMA, SINGER, SONG
from text2sql.errors import QueryError
from text2sql.query import (
    STAR,
    Arithmetic,
    ColumnId,
    ColumnUnit,
    Condition,
    Conditions,
    Join,
    Literal,
    OrderItem,
    Query,
    Source,
    parse,
)

ID, NAME, AGE, TOWN, BOSS = (ColumnUnit(ColumnId(SINGER, i)) for i in range(5))
ALL = ColumnUnit(STAR)
COUNT = ColumnUnit(STAR, "count")
FROM_SINGER = (Source(SINGER),)


def where(condition: str) -> Conditions:
    return parse(f"SELECT name FROM singer WHERE {condition}", SCHEMA).where


def test_a_query_with_every_clause_is_read_into_its_parts():
    query = parse(
        "SELECT DISTINCT T1.name, count(DISTINCT T2.title), max(T2.id - T1.id) FROM singer AS T1 "
        "JOIN song AS T2 ON T1.id = T2.singer_id WHERE T1.age > 20 AND T2.title LIKE '%a%' "
        "GROUP BY T1.id HAVING count(*) >= 2 ORDER BY sum(T2.id) DESC, T1.name LIMIT 3",
        SCHEMA,
    )
    title, song_id = ColumnId(SONG, 2, 1), ColumnUnit(ColumnId(SONG, 0, 1))
    expected = Query(
        select=(
            NAME,
            ColumnUnit(title, "count", distinct=True),
            Arithmetic("-", song_id, ID, "max"),
        ),
        sources=(Source(SINGER), Source(SONG)),
        distinct=True,
        joins=(Join(ID.column, ColumnId(SONG, 1, 1), 1),),
        where=Conditions(
            (
                Condition(AGE, ">", Literal(20)),
                Condition(ColumnUnit(title), "like", Literal("%a%")),
            ),
            ("and",),
        ),
        group_by=(ID,),
        having=Conditions((Condition(COUNT, ">=", Literal(2)),)),
        order_by=(
            OrderItem(ColumnUnit(song_id.column, "sum"), descending=True),
            OrderItem(NAME),
        ),
        limit=3,
    )
    assert repr(query) == repr(expected)  # repr: sources do not count for equality


def test_names_count_in_any_case():
    assert parse('select NAME from SINGER where "HOME TOWN" = 1', SCHEMA) == parse(
        'SELECT name FROM singer WHERE "Home Town" = 1', SCHEMA
    )


@pytest.mark.parametrize("name", ['"Home Town"', "[Home Town]", "`Home Town`"])
def test_a_name_may_be_quoted_in_all_of_sqlites_ways(name):
    query = parse(f"SELECT {name} FROM singer ORDER BY singer.{name}", SCHEMA)
    assert query == Query((TOWN,), FROM_SINGER, order_by=(OrderItem(TOWN),))


def test_reserved_words_and_other_scripts_are_names_when_quoted():
    query = parse('SELECT "größe", T1."a""b" FROM "group" AS T1', SCHEMA)
    assert query.select == (ColumnUnit(ColumnId(GROUP, 1)), ColumnUnit(ColumnId(GROUP, 2)))


# conditions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age = 3", Condition(AGE, "=", Literal(3))),
        ("age == 3", Condition(AGE, "=", Literal(3))),
        ("age <> 3", Condition(AGE, "!=", Literal(3))),
        ("NOT age = 3", Condition(AGE, "=", Literal(3), negated=True)),
        ("NOT (age = 3)", Condition(AGE, "=", Literal(3), negated=True)),
        ("age = (-3)", Condition(AGE, "=", Literal(-3))),
        ("age > 2.50", Condition(AGE, ">", Literal(2.5))),
        ("age > 1e3", Condition(AGE, ">", Literal(1000.0))),
        ("id = 9007199254740993", Condition(ID, "=", Literal(9007199254740993))),
        ("name = 'O''Hara'", Condition(NAME, "=", Literal("O'Hara"))),
        ("name = 'Ω \"x\"'", Condition(NAME, "=", Literal('Ω "x"'))),
        ("name LIKE 'a%'", Condition(NAME, "like", Literal("a%"))),
        ("name NOT LIKE 'a%'", Condition(NAME, "like", Literal("a%"), negated=True)),
        ("NOT name LIKE 'a%'", Condition(NAME, "like", Literal("a%"), negated=True)),
        ("NOT name NOT LIKE 'a%'", Condition(NAME, "like", Literal("a%"))),
        ("age BETWEEN 1 AND 2", Condition(AGE, "between", Literal(1), Literal(2))),
        (
            "age NOT BETWEEN 1 AND 2",
            Condition(AGE, "between", Literal(1), Literal(2), negated=True),
        ),
        ("age IS NULL", Condition(AGE, "is", Literal(None))),
        ("age ISNULL", Condition(AGE, "is", Literal(None))),
        ("age IS NOT NULL", Condition(AGE, "is", Literal(None), negated=True)),
        ("age NOTNULL", Condition(AGE, "is", Literal(None), negated=True)),
        ("NOT age IS NOT NULL", Condition(AGE, "is", Literal(None))),
        ("age IN (1)", Condition(AGE, "in", Literal(1), items=(Literal(1),))),
        (
            "name NOT IN ('a', \"b\")",
            Condition(NAME, "in", Literal("a"), negated=True, items=(Literal("a"), Literal("b"))),
        ),
        ("age > boss", Condition(AGE, ">", BOSS)),
        ("age - boss > 1", Condition(Arithmetic("-", AGE, BOSS), ">", Literal(1))),
        ("age = TRUE", Condition(AGE, "=", Literal(1))),
    ],
)
def test_a_condition_is_read(text, expected):
    assert where(text) == Conditions((expected,))


def test_conditions_stay_in_order_with_what_connects_them():
    a, b, c = (Condition(AGE, "=", Literal(i)) for i in (1, 2, 3))
    assert where("age = 1 AND age = 2 OR age = 3") == Conditions((a, b, c), ("and", "or"))
    assert where("(age = 1) OR (age = 2 AND age = 3)") == Conditions((a, b, c), ("or", "and"))


def test_a_double_quoted_word_is_a_string_unless_a_table_here_has_such_a_column():
    assert where('name = "Ann"') == Conditions((Condition(NAME, "=", Literal("Ann")),))
    assert where('name = "home town"') == Conditions((Condition(NAME, "=", TOWN),))
    assert where('name = "title"') == Conditions((Condition(NAME, "=", Literal("title")),))


def test_a_subquery_is_read_as_the_value_of_a_condition():
    inner = Query((ColumnUnit(ColumnId(SONG, 1)),), (Source(SONG),))
    sql = "(SELECT singer_id FROM song)"
    assert where(f"id IN {sql}").items == (Condition(ID, "in", inner),)
    assert where(f"id NOT IN ({sql})").items == (Condition(ID, "in", inner, negated=True),)
    assert where(f"id = {sql}").items == (Condition(ID, "=", inner),)
    assert where(f"NOT EXISTS {sql}").items == (Condition(None, "exists", inner, negated=True),)


def outer_levels(sql: str) -> tuple[int, int, int]:
    """Table, source and level of what the only condition of the innermost query compares with."""
    query = parse(sql, SCHEMA)
    while isinstance(query.where.items[-1].right, Query):
        query = query.where.items[-1].right
    unit = query.where.items[-1].right
    assert isinstance(unit, ColumnUnit)
    return unit.column.table, unit.column.source, unit.column.outer


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("song AS S WHERE S.id = T2.id", (SONG, 1, 1)),
        ("song WHERE singer_id = boss", (SINGER, 0, 1)),
        ("song WHERE title = name", (SONG, 0, 0)),
        ("singer AS S WHERE S.age = T1.age", (SINGER, 0, 1)),
        ("song AS T2 WHERE singer_id = T2.id", (SONG, 0, 0)),
        ("song WHERE id IN (SELECT id FROM song WHERE singer_id = T1.boss)", (SINGER, 0, 2)),
    ],
)
def test_a_name_means_the_nearest_query_that_has_it(inside, expected):
    sql = (
        f"SELECT T1.name FROM singer AS T1 JOIN song AS T2 WHERE T1.id IN (SELECT id FROM {inside})"
    )
    assert outer_levels(sql) == expected


def test_an_outer_table_of_the_same_kind_is_not_taken_for_the_inner_one():
    inside = "SELECT max(S.age) FROM singer AS S WHERE S.boss = singer.boss"
    assert outer_levels(f"SELECT name FROM singer WHERE age = ({inside})") == (SINGER, 0, 1)


def test_an_aliased_table_may_go_by_its_own_name_as_in_some_golds():
    query = parse("SELECT singer.name FROM singer AS T1 JOIN song AS T2", SCHEMA)
    assert query.select == (NAME,)


# FROM


@pytest.mark.parametrize("joined", [", song AS T2", " JOIN song T2", " CROSS JOIN song AS T2"])
def test_tables_may_stand_side_by_side(joined):
    query = parse(f"SELECT T2.id FROM singer AS T1{joined}", SCHEMA)
    assert repr(query) == repr(
        Query((ColumnUnit(ColumnId(SONG, 0, 1)),), (Source(SINGER), Source(SONG)))
    )


@pytest.mark.parametrize("on", ["ON T1.id = T2.id", "USING (id)", "ON (T1.id = T2.id)"])
def test_a_join_condition_is_read_from_on_and_from_using(on):
    query = parse(f"SELECT T1.id FROM singer AS T1 INNER JOIN song AS T2 {on}", SCHEMA)
    assert repr(query.joins) == repr((Join(ID.column, ColumnId(SONG, 0, 1), 1),))


def test_a_self_join_keeps_apart_which_of_the_two_is_meant():
    query = parse("SELECT T2.name FROM singer AS T1 JOIN singer AS T2 ON T1.boss = T2.id", SCHEMA)
    assert query.select[0] == NAME
    assert repr(query.select[0]) == repr(ColumnUnit(ColumnId(SINGER, 1, source=1)))


def test_a_subquery_in_from_passes_its_columns_on():
    query = parse("SELECT T.name FROM (SELECT name, age FROM singer) AS T WHERE age > 3", SCHEMA)
    assert query == Query(
        (NAME,),
        (Source(query=Query((NAME, AGE), FROM_SINGER)),),
        where=Conditions((Condition(AGE, ">", Literal(3)),)),
    )
    assert parse("SELECT age FROM (SELECT * FROM singer)", SCHEMA).select == (AGE,)


@pytest.mark.parametrize(
    "inside",
    [
        "SELECT name AS title FROM singer",
        "SELECT title AS name FROM song",
        "SELECT count(*) AS name, T1.name FROM singer AS T1",
        "SELECT T1.name AS x, T2.name FROM singer AS T1 JOIN song AS T2",
    ],
)
def test_a_name_that_an_alias_in_from_gives_or_hides_is_refused(inside):
    with pytest.raises(QueryError, match="There is no column"):
        parse(f"SELECT name, title FROM ({inside})", SCHEMA)


# ORDER BY, GROUP BY and set operations


def ordered_by(sql: str) -> str:
    query = parse(sql, SCHEMA)
    while query.right is not None:
        query = query.right
    return repr(query.order_by[0].unit)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT max(age) AS age FROM singer ORDER BY age", ColumnUnit(AGE.column, "max")),
        ("SELECT count(*) AS n FROM singer GROUP BY age ORDER BY n DESC", COUNT),
        ("SELECT name, age FROM singer ORDER BY 2", AGE),
        ("SELECT name FROM singer UNION SELECT title FROM song ORDER BY name", "title"),
        ("SELECT name, age FROM singer UNION SELECT title, id FROM song ORDER BY age", "song id"),
        ("SELECT age AS n FROM singer EXCEPT SELECT id FROM song ORDER BY N", "song id"),
        ("SELECT title FROM song UNION SELECT name FROM singer ORDER BY name", NAME),
        ("SELECT title FROM song UNION SELECT name FROM singer ORDER BY 1", NAME),
    ],
)
def test_a_term_of_order_by_means_what_sqlite_takes_it_for(sql, expected):
    song = {"title": ColumnUnit(ColumnId(SONG, 2)), "song id": ColumnUnit(ColumnId(SONG, 0))}
    assert ordered_by(sql) == repr(song.get(expected, expected))


@pytest.mark.parametrize("term", ["age", "1", "n"])
def test_group_by_may_name_or_count_a_selected_column(term):
    assert parse(f"SELECT age AS n FROM singer GROUP BY {term}", SCHEMA).group_by == (AGE,)


def test_a_column_goes_before_an_alias_in_group_by():
    query = parse("SELECT boss AS age FROM singer GROUP BY age", SCHEMA)
    assert query.group_by == (AGE,)


def test_a_chain_of_set_operations_keeps_all_its_parts_in_order():
    query = parse(
        "SELECT id FROM singer UNION SELECT age FROM singer EXCEPT SELECT boss FROM singer "
        "INTERSECT SELECT id FROM song ORDER BY id LIMIT 2",
        SCHEMA,
    )
    song_id = ColumnUnit(ColumnId(SONG, 0))
    last = Query((song_id,), (Source(SONG),), order_by=(OrderItem(song_id),), limit=2)
    third = Query((BOSS,), FROM_SINGER, set_operator="intersect", right=last)
    second = Query((AGE,), FROM_SINGER, set_operator="except", right=third)
    assert query == Query((ID,), FROM_SINGER, set_operator="union", right=second)


# refusals


def refusal(sql: str) -> str:
    """What is said about ``sql``; nothing where it could be read."""
    try:
        parse(sql, SCHEMA)
    except QueryError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT name FROM singer LEFT JOIN song ON singer.id = song.id", "LEFT JOIN song"),
        ("SELECT title FROM singer NATURAL JOIN song", "NATURAL JOIN song"),
        ("SELECT name FROM singer UNION ALL SELECT title FROM song", "UNION ALL"),
        ("SELECT name FROM singer LIMIT 2 OFFSET 1", "OFFSET"),
        ("SELECT name FROM singer LIMIT 1, 2", "OFFSET"),
        ("SELECT name FROM singer LIMIT -1", "LIMIT needs a whole number, got '-1'"),
        ("SELECT name FROM singer LIMIT 1 + 1", "LIMIT needs a whole number"),
        ("SELECT T1.* FROM singer AS T1 JOIN song AS T2", r"T1\.\*"),
        ("SELECT * FROM singer JOIN song USING (id)", "USING"),
        ("SELECT name FROM singer ORDER BY age NULLS LAST", "NULLS LAST"),
        ("SELECT name FROM singer ORDER BY age DESC NULLS FIRST", "NULLS FIRST"),
        ("SELECT name FROM singer ORDER BY name COLLATE NOCASE", "COLLATE"),
        ("SELECT name FROM singer WHERE (age = 1 OR age = 2) AND id = 3", "OR in brackets"),
        ("SELECT name FROM singer WHERE NOT (age = 1 AND id = 3)", "Cannot read the condition"),
        ("SELECT name FROM singer WHERE age IS TRUE", "IS TRUE"),
        ("SELECT name FROM singer WHERE name LIKE 'a!%' ESCAPE '!'", "ESCAPE"),
        ("SELECT name FROM singer WHERE name GLOB 'a*'", "GLOB"),
        ("SELECT name FROM singer WHERE age", "Cannot read the condition 'age'"),
        ("SELECT name FROM singer WHERE id IN song", "FIELD"),
        ("SELECT name FROM singer WHERE id IN (age)", "Cannot read the list"),
        ("SELECT name FROM singer WHERE id IN ()", "Cannot read the list"),
        ("SELECT name FROM singer WHERE age = 1e999", "'1e999' is not a number"),
        ("SELECT name FROM singer WHERE age = -'x'", "Cannot read"),
        ("SELECT name FROM singer WHERE age = ?", "Cannot read"),
        ("SELECT name FROM singer WHERE name = x'ab'", "Cannot read"),
        ("SELECT count() FROM singer", "Cannot read"),
        ("SELECT count(1) FROM singer", "Cannot read"),
        ("SELECT count(DISTINCT id, age) FROM singer", "Cannot read"),
        ("SELECT max(id, age) FROM singer", "Cannot read"),
        ("SELECT lower(name) FROM singer", "Cannot read 'lower"),
        ("SELECT sum(age) OVER () FROM singer", "Cannot read"),
        ("SELECT count(*) FILTER (WHERE age > 1) FROM singer", "Cannot read"),
        ("SELECT CASE WHEN age > 1 THEN 1 END FROM singer", "Cannot read"),
        ("SELECT age - boss - id FROM singer", "Cannot read"),
        ("SELECT age + 1 FROM singer", "Cannot read '1' as a column"),
        ("SELECT 'x' FROM singer", "Cannot read"),
        ("SELECT name FROM singer GROUP BY 2", "There is no column number 2"),
        ("SELECT * FROM singer ORDER BY 1", "Column number 1 cannot be counted"),
        ("SELECT name FROM singer GROUP BY age - id", "outside"),
        ("SELECT name FROM singer WINDOW w AS (ORDER BY id)", "WINDOWS"),
        ("WITH x AS (SELECT 1) SELECT name FROM singer", "WITH"),
        ("SELECT 1", "There is no FROM"),
        ("SELECT name FROM other.singer", "name of a database"),
        ("SELECT name FROM singer AS s(a, b)", "not supported in FROM"),
        ("SELECT name FROM json_each('[1]')", "not supported in FROM"),
        ("SELECT name FROM (singer JOIN song)", "Expected a SELECT"),
        ("SELECT name FROM (SELECT name FROM singer) JOIN nothing", "no table 'nothing'"),
        ("SELECT name FROM singer JOIN song ON singer.id = 3", "join condition"),
        ("SELECT name FROM singer JOIN song ON singer.id BETWEEN 1 AND 2", "join condition"),
        ("SELECT name FROM singer JOIN song ON 1", "join condition"),
        ("SELECT name FROM singer JOIN song USING (age)", "no common column 'age'"),
        ("SELECT name FROM nothing", "There is no table 'nothing'"),
        ("SELECT nothing FROM singer", "There is no column 'nothing'"),
        ("SELECT T2.name FROM singer AS T1", "There is no column 'T2.name'"),
        ("SELECT id FROM singer UNION (SELECT id FROM song)", "no brackets"),
        ("(SELECT id FROM singer) UNION SELECT id FROM song", "no brackets"),
        ("SELECT id FROM singer LIMIT 1 UNION SELECT id FROM song", "after the last SELECT"),
        ("SELECT id FROM singer UNION SELECT id FROM song ORDER BY title", "only selected columns"),
        ("", "Expected one SELECT statement, got ''"),
        ("How many singers are there?", "Expected one SELECT"),
        ("DELETE FROM singer", "Expected one SELECT"),
        ("VACUUM INTO 'x'", "Expected one SELECT"),
        ("SELECT id FROM singer; SELECT id FROM song", "Expected one SELECT"),
        ("SELECT id FROM singer WHERE", "Cannot parse"),
        ("SELECT 'id FROM singer", "is a quote left open"),
        ("((((", "Cannot parse"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(sql, message):
    with pytest.raises(QueryError, match=message) as caught:
        parse(sql, SCHEMA)
    assert str(caught.value).endswith((".", "?", "fragment", "ON"))


def test_an_alias_of_a_query_further_out_is_not_taken_for_a_string():
    inside = '(SELECT id FROM song WHERE title = "x")'
    with pytest.raises(QueryError, match="ambiguous"):
        parse(f"SELECT name AS x FROM singer WHERE id IN {inside}", SCHEMA)


def test_a_trailing_semicolon_and_comments_do_not_matter():
    sql = "/* all */ SELECT name -- who\nFROM singer ;;"
    assert parse(sql, SCHEMA) == Query((NAME,), FROM_SINGER)


@pytest.mark.parametrize("depth", [3, 400, 20_000])
@pytest.mark.parametrize(
    ("before", "part", "after"),
    [
        ("SELECT name FROM singer WHERE age = 1", " AND age = 1", ""),
        ("SELECT name FROM singer WHERE age = ", "(", "1"),
        ("SELECT name FROM singer WHERE ", "NOT ", "age = 1"),
    ],
)
def test_however_deep_a_query_nests_it_is_read_or_refused(depth, before, part, after):
    closing = ")" * depth if part == "(" else ""
    assert len(refusal(before + part * depth + after + closing)) < 300


@given(st.text())
def test_any_text_at_all_is_refused_in_a_sentence(text):
    with pytest.raises(QueryError, match=r"^[A-Z].{10,}"):
        parse(text, SCHEMA)


_WORDS = """
    SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT JOIN LEFT ON AS AND OR NOT IN LIKE BETWEEN IS
    NULL UNION INTERSECT EXCEPT ALL EXISTS DISTINCT CASE WHEN THEN END CAST OVER WITH DESC ( ( ) )
    , . * = < >= != + - / ; ? :x -- /* */ ' " ` [ ] count( max( singer song T1 name age id title
    1 2.5 'x' "x" "name" 1e9 0x1 x'00' \0 é
"""


@given(st.lists(st.sampled_from(_WORDS.split()), max_size=14))
def test_any_heap_of_sql_words_is_read_or_refused_in_a_sentence(words):
    said = refusal("SELECT name FROM singer " + " ".join(words))
    assert said == "" or 10 < len(said) < 400


def test_a_refusal_prints_nothing_beside(capfd, caplog):
    caplog.set_level(logging.DEBUG)
    for sql in (
        "VACUUM INTO 'x'",
        "EXPLAIN SELECT 1",
        "SELECT group_concat(name, age) FROM singer",
    ):
        with pytest.raises(QueryError):
            parse(sql, SCHEMA)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
