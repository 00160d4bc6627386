import pytest

from tests.metrics.conftest import Official
from text2sql.errors import QueryError
from text2sql.metrics.official import OfficialQuery, read
from text2sql.metrics.official_text import fill_placeholders
from text2sql.metrics.pair import QueryPair
from text2sql.metrics.parts import join_conditions
from text2sql.query import (
    STAR,
    Arithmetic,
    ColumnId,
    ColumnUnit,
    Condition,
    Conditions,
    Literal,
    OrderItem,
    Query,
    Source,
    parse,
)
from text2sql.schema import Schema
from text2sql.spider import Example

NAME, COUNTRY, AGE = (ColumnUnit(ColumnId(0, i)) for i in (1, 2, 3))
SINGER_ID = ColumnUnit(ColumnId(0, 0))
SONG_SINGER = ColumnUnit(ColumnId(1, 2))


def test_a_query_with_every_clause_is_read_whole(schema: Schema) -> None:
    read_query = read(
        "SELECT DISTINCT T1.name, count(*)"
        " FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id"
        " WHERE T1.age BETWEEN 20 AND 30 OR T2.title NOT LIKE '%Hey%' GROUP BY T1.id"
        " HAVING count(*) > 1 ORDER BY T1.age - T1.rank DESC LIMIT 3"
        " UNION SELECT name, age FROM singer",
        schema,
    )
    assert read_query == OfficialQuery(
        select=(NAME, ColumnUnit(STAR, "count")),
        sources=(Source(0), Source(1)),
        distinct=True,
        on=Conditions((Condition(SINGER_ID, "=", SONG_SINGER),)),
        where=Conditions(
            (
                Condition(AGE, "between", Literal(20), Literal(30)),
                Condition(ColumnUnit(ColumnId(1, 1)), "like", Literal("%Hey%"), negated=True),
            ),
            ("or",),
        ),
        group_by=(SINGER_ID,),
        having=Conditions((Condition(ColumnUnit(STAR, "count"), ">", Literal(1)),)),
        order_by=(OrderItem(Arithmetic("-", AGE, ColumnUnit(ColumnId(0, 4))), True),),
        limit=3,
        set_operator="union",
        right=OfficialQuery(select=(NAME, AGE), sources=(Source(0),)),
    )


def test_subqueries_are_read_in_from_and_in_conditions(schema: Schema) -> None:
    inner = OfficialQuery(select=(ColumnUnit(AGE.column, "avg"),), sources=(Source(0),))
    assert read("SELECT count(*) FROM (SELECT avg(age) FROM singer)", schema) == OfficialQuery(
        select=(ColumnUnit(STAR, "count"),), sources=(Source(query=inner),)
    )
    assert read(
        "SELECT name FROM singer WHERE age > (SELECT avg(age) FROM singer)", schema
    ) == OfficialQuery(
        select=(NAME,), sources=(Source(0),), where=Conditions((Condition(AGE, ">", inner),))
    )


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT name FROM singer WHERE age=1", "There is no column 'age=1' in the tables"),
        ("SELECT name FROM singer WHERE age >=1", "no column '=1'"),
        ("SELECT name FROM singer WHERE age <> 1", "no column '>'"),
        ("SELECT name FROM singer WHERE name = 'it''s'", 'no column \'"...""..."\''),
        ('SELECT name FROM singer WHERE name = "it\'s"', "The quotes do not pair up"),
        ("SELECT name FROM singer s", "There is no table 's'"),
        ("SELECT name FROM singer, song", "There is no table ','"),
        ("SELECT name FROM singer LEFT JOIN song ON a = b", "There is no table 'left'"),
        ("SELECT song.title FROM singer AS song", "The alias 'song' is also the name of a table."),
        ("SELECT name AS n FROM singer", "There is no column 'as'"),
        ("SELECT 1 FROM singer", "There is no column '1'"),
        ("SELECT T1.* FROM singer AS T1", "There is no column 't1.'"),
        ("SELECT name FROM singer WHERE age IN (1, 2)", "Expected ')', got ','."),
        ("SELECT name FROM singer WHERE age IS NULL", "There is no column 'null'"),
        ("SELECT name FROM singer WHERE NOT age = 1", "There is no column 'not'"),
        ("SELECT name FROM singer WHERE (age = 1)", "Expected ')', got '='."),
        ("SELECT name FROM singer WHERE EXISTS (SELECT id FROM song)", "no column 'exists'"),
        ("SELECT name FROM singer HAVING count(*) > 1", "There is no table 'having'"),
        ("SELECT name FROM singer UNION ALL SELECT name FROM singer", "Expected 'select'"),
        ("SELECT (count(*)) FROM singer", "An aggregate in brackets"),
        ("SELECT max(count(*)) FROM singer", "An aggregate of an aggregate"),
        ("SELECT title FROM singer", "There is no column 'title'"),
        (
            "SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song WHERE age = 1)",
            "There is no column 'age'",
        ),
        ("SELECT n FROM (SELECT name FROM singer)", "There is no column 'n'"),
        ("SELECT name FROM singer WHERE age >", "The query ends where a column should stand."),
        ("SELECT name FROM singer ORDER BY age LIMIT", "LIMIT stands at the end"),
        ("SELECT name FROM singer AS", "The query ends with AS."),
        ("SELECT name", "There is no FROM."),
        ("", "There is no FROM."),
        ("SELECT name FROM nobody", "There is no table 'nobody'"),
    ],
)
def test_what_the_official_script_cannot_read_is_refused(
    schema: Schema, sql: str, reason: str
) -> None:
    with pytest.raises(QueryError) as caught:
        read(sql, schema)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("sql", "read_as"),
    [
        ("SELECT name FROM singer LIMIT 3 OFFSET 2 and more", "SELECT name FROM singer LIMIT 3"),
        (
            "SELECT id FROM singer GROUP BY age GROUP BY age",
            "SELECT id FROM singer GROUP BY age",
        ),
        (
            "SELECT name FROM singer ORDER BY age DESC, name",
            "SELECT name FROM singer ORDER BY age DESC, name DESC",
        ),
        ("SELECT name FROM singer WHERE song.title = 'x'", None),
        (
            "SELECT name FROM singer WHERE age = rank OR age = 1",
            "SELECT name FROM singer WHERE age = rank",
        ),
        ("SELECT name age FROM singer", "SELECT name, age FROM singer"),
        ("SELECT name FROM singer WHERE age > = 1", "SELECT name FROM singer WHERE age >= 1"),
        ("SELECT name FROM singer;", "SELECT name FROM singer"),
        (
            "SELECT T1.name FROM singer AS T1 WHERE id IN (SELECT T1.singer_id FROM song AS T1)",
            "error",
        ),
    ],
)
def test_what_it_misreads_is_misread_the_same_way(
    schema: Schema, sql: str, read_as: str | None
) -> None:
    if read_as == "error":  # the alias means its last table everywhere
        with pytest.raises(QueryError, match=r"no column 't1.name'"):
            read(sql, schema)
    elif read_as is None:  # a column of a table that is not in FROM
        (condition,) = read(sql, schema).where
        assert condition.left == ColumnUnit(ColumnId(1, 1))
    else:
        assert read(sql, schema) == read(read_as, schema)


def test_a_deeply_nested_text_is_refused_and_not_a_crash(schema: Schema) -> None:
    with pytest.raises(QueryError, match="nests too deeply"):
        read("SELECT name FROM singer WHERE age IN " * 1000 + "(" * 2000, schema)
    with pytest.raises(QueryError, match="nests too deeply"):
        read("SELECT name FROM singer WHERE age IN (" * 1000, schema)


def test_the_source_of_a_column_is_its_place_in_from(schema: Schema) -> None:
    query = read("SELECT T2.name FROM singer AS T1 JOIN singer AS T2 ON T1.id = T2.age", schema)
    (unit,) = query.select
    assert isinstance(unit, ColumnUnit)
    assert (unit.column.table, unit.column.source) == (0, 1)


def test_a_bare_value_stands_for_a_number() -> None:
    assert fill_placeholders("WHERE age > value AND x") == "WHERE age > 1 AND x"


def test_both_readers_have_the_same_join_conditions(schema: Schema) -> None:
    sql = "SELECT name FROM singer JOIN song ON singer.id = song.singer_id"
    expected = Conditions((Condition(SINGER_ID, "=", SONG_SINGER),))
    readings: list[Query] = [read(sql, schema), parse(sql, schema)]
    assert [join_conditions(query) for query in readings] == [expected, expected]


def test_every_dev_gold_is_read(
    dev_golds: list[Example], spider_schemas: dict[str, Schema]
) -> None:
    for example in dev_golds:
        read(example.query, spider_schemas[example.db_id])


def test_it_reads_exactly_the_predictions_that_the_official_script_reads(
    official: Official,
) -> None:
    wrong = []
    for row in official.rows:
        pair = QueryPair(row["gold"], row["pred"], official.schemas[row["db_id"]])
        if row["parsed"] != _is_read(pair):
            wrong.append(row["pred"])
    assert wrong == []


def _is_read(pair: QueryPair) -> bool:
    try:
        return isinstance(pair.predicted, Query)
    except QueryError:
        return False
