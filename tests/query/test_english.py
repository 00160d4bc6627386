"""Queries in English: complete, without SQL, and for every query that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given

from tests.query.singers import SCHEMA
from tests.query.test_round_trip import queries
from text2sql.databases import Catalog
from text2sql.errors import QueryError
from text2sql.query.english import in_english
from text2sql.query.nodes import Statement
from text2sql.query.nouns import plural, singular
from text2sql.query.reading import read
from text2sql.schema import Column, ForeignKey, Schema, Table
from text2sql.wording import enumerated

SINGERS = Schema(
    (
        Table(
            "singer",
            (
                Column("id", "number", primary_key=True),
                Column("name"),
                Column("age", "number"),
                Column("born_on", "time"),
                Column("town_id", "number"),
            ),
        ),
        Table("town", (Column("id", "number", primary_key=True), Column("name"))),
        Table("song", (Column("singer_id", "number"), Column("title"))),
    ),
    (ForeignKey(0, 4, 1, 0), ForeignKey(2, 0, 0, 0)),
)
KEYWORDS = re.compile(
    r"\b(SELECT|FROM|WHERE|JOIN|GROUP|ORDER|BY|HAVING|LIMIT|DISTINCT|COUNT|SUM|AVG|MIN|MAX|"
    r"AND|OR|NOT|IN|LIKE|BETWEEN|UNION|INTERSECT|EXCEPT|AS|ON|DESC|ASC|NULL)\b"
)


@pytest.mark.parametrize(
    ("sql", "english"),
    [
        ("SELECT name, age FROM singer", "The name and age of each singer."),
        ("SELECT * FROM singer", "Everything about each singer."),
        ("SELECT count(*) FROM singer", "The number of singers."),
        ("SELECT count(DISTINCT age) FROM singer", "The number of different ages of all singers."),
        (
            "SELECT avg(age), max(age), min(born_on) FROM singer",
            "The average age, highest age and earliest born on of all singers.",
        ),
        ("SELECT DISTINCT name FROM singer", "The different names of all singers."),
        (
            "SELECT name FROM singer WHERE age > 30 ORDER BY age LIMIT 3",
            "The name of each singer where the age is more than 30, lowest age first; "
            "only the first 3.",
        ),
        (
            "SELECT name FROM singer ORDER BY age DESC LIMIT 1",
            "The name of the singer with the highest age.",
        ),
        (
            "SELECT name FROM singer WHERE age BETWEEN 1 AND 2 OR name LIKE 'A%' AND age != 3",
            "The name of each singer where the age is between 1 and 2, or the name starts with “A” "
            "and the age is not 3.",
        ),
        (
            "SELECT name FROM singer WHERE name NOT LIKE '%b%' AND age IS NOT NULL",
            "The name of each singer where the name does not contain “b” and the age is known.",
        ),
        (
            "SELECT name FROM singer WHERE born_on >= '2000-01-01' AND age IS NULL",
            "The name of each singer where the born on is on or after “2000-01-01” "
            "and the age is missing.",
        ),
        (
            "SELECT title FROM song JOIN singer ON song.singer_id = singer.id WHERE age = 4",
            "The title of each song where the singer age is 4.",
        ),
        (
            "SELECT count(*) FROM song JOIN singer ON song.singer_id = singer.id",
            "The number of songs with a singer.",
        ),
        (
            "SELECT avg(age) FROM (SELECT age FROM singer)",
            "The average age of all rows of (the age of each singer).",
        ),
        (
            "SELECT singer.name, count(*) FROM song JOIN singer ON song.singer_id = singer.id "
            "GROUP BY singer.id HAVING count(*) >= 2",
            "For each singer for which the number of songs is at least 2: "
            "the singer name and the number of songs.",
        ),
        (
            "SELECT age FROM singer GROUP BY age ORDER BY count(*) DESC LIMIT 1",
            "The age with the highest number of singers.",
        ),
        (
            "SELECT singer.name, count(*) FROM song JOIN singer ON song.singer_id = singer.id "
            "GROUP BY singer.id ORDER BY count(*) DESC LIMIT 1",
            "The singer name and the number of songs of the singer with the highest number of "
            "songs.",
        ),
        (
            "SELECT town.name FROM town LEFT JOIN singer ON singer.town_id = town.id "
            "GROUP BY town.id ORDER BY count(singer.id) LIMIT 1",
            "The town name of the town with the lowest number of singers, also without a singer.",
        ),
        (
            "SELECT max(age) FROM singer ORDER BY name LIMIT 1",
            "The highest age of all singers, in order of name; only the first one.",
        ),
        (
            "SELECT name FROM singer WHERE age > (SELECT avg(age) FROM singer)",
            "The name of each singer where the age is more than (the average age of all singers).",
        ),
        (
            "SELECT name FROM singer WHERE id NOT IN (SELECT singer_id FROM song)",
            "The name of each singer where the id is not among (the singer id of each song).",
        ),
        (
            "SELECT name FROM singer EXCEPT SELECT name FROM town ORDER BY name",
            "Whatever is in the first of these but not in the second: (1) the name of each singer; "
            "(2) the name of each town – the whole, in order of name.",
        ),
        (
            "SELECT name FROM singer UNION SELECT name FROM town EXCEPT SELECT title FROM song",
            "Take (1) the name of each singer; then add (2) the name of each town; "
            "then take away (3) the title of each song.",
        ),
        (
            "SELECT a.name FROM singer AS a JOIN singer AS b ON a.town_id = b.town_id "
            "WHERE a.age > b.age",
            "The singer 1 name of each combination of singer and singer where the singer 1 "
            "town id is the singer 2 town id and the singer 1 age is more than the singer 2 age.",
        ),
        ("SELECT count(id) FROM singer WHERE age > 3",
         "The number of singers where the age is more than 3."),
        ("SELECT 100.0 * sum(age > 30) / count(*) FROM singer WHERE town_id = 1",
         "The percentage of singers where the age is more than 30, among the singers where the "
         "town id is 1."),
        ("SELECT strftime('%Y', born_on), count(*) FROM singer GROUP BY strftime('%Y', born_on)",
         "For each year of the born on: the number of singers."),
        ("SELECT (julianday('now') - julianday(born_on)) / 365 FROM singer",
         "The days from the born on to “now” divided by 365 of each singer."),
        ("SELECT age FROM singer WHERE (age = 1 OR age = 2) AND name IN ('A', 'B')",
         "The age of each singer where (the age is 1 or the age is 2) and the name is “A” or “B”."),
        ("SELECT town.name, count(singer.id) FROM town LEFT JOIN singer "
         "ON singer.town_id = town.id GROUP BY town.id",
         "For each town, also without a singer: the town name and the number of singers."),
        ("SELECT avg(n) FROM (SELECT count(*) AS n FROM song GROUP BY singer_id)",
         "The average number of songs of all rows of (for each singer id: the number of songs)."),
        ("SELECT name FROM singer ORDER BY age DESC LIMIT 1 OFFSET 2",
         "The name of each singer, highest age first; only number 3 of them."),
        ("SELECT CASE WHEN age > 30 THEN 'old' ELSE 'young' END FROM singer",
         "(“old” if the age is more than 30; “young” otherwise) of each singer."),
        ("SELECT name, rank() OVER (PARTITION BY town_id ORDER BY age DESC) FROM singer",
         "The name and rank, highest age first, within each town id of each singer."),
        ("SELECT name FROM singer AS s WHERE age > (SELECT avg(age) FROM singer AS o "
         "WHERE o.town_id = s.town_id)",
         "The name of each singer where the age is more than (the average age of the singers "
         "where the town id is the town id of that singer)."),
        ("SELECT name FROM singer WHERE NOT EXISTS (SELECT * FROM song WHERE singer_id = id)",
         "The name of each singer where there is no row of (everything about each song where the "
         "singer id is the id of that singer)."),
        ("SELECT singer.*, town.name FROM singer JOIN town ON singer.town_id = town.id",
         "Everything about the singer and the town name of each singer."),
        (
            "SELECT singer.name FROM singer JOIN town ON singer.name = town.name",
            "The singer name of each combination of singer and town where the singer name is "
            "the town name.",
        ),
    ],
)  # fmt: skip
def test_a_query_reads_as_a_sentence(sql: str, english: str) -> None:
    assert in_english(read(sql, SINGERS), SINGERS) == english


def golds(catalog: Catalog) -> Iterator[tuple[Statement, Schema]]:
    for database in catalog:
        for gold in dict.fromkeys(e.query for e in catalog.examples(database.db_id)):
            try:
                yield read(gold, database.schema), database.schema
            except QueryError:
                continue


def check_golds(catalog: Catalog, at_least: int) -> None:
    sentences = [in_english(query, schema) for query, schema in golds(catalog)]
    unquoted = [re.sub("“.*?”", "“”", sentence) for sentence in sentences]
    assert [sentence for sentence in unquoted if KEYWORDS.search(sentence)] == []
    assert [s for s in unquoted if not s.endswith(".") or "  " in s] == []
    assert len(sentences) >= at_least


def test_every_gold_of_the_samples_can_be_said_without_sql() -> None:
    check_golds(Catalog.open(), 140)


def test_every_gold_of_spider_can_be_said_without_sql(spider_dir: Path) -> None:
    check_golds(Catalog.open(spider_dir), 5200)


@given(queries())
def test_whatever_can_be_written_can_be_said(query: Statement) -> None:
    assert in_english(query, SCHEMA).endswith(".")


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("singer", "singers"), ("city", "cities"), ("day", "days"), ("class", "classes"),
        ("status", "statuses"), ("box", "boxes"), ("branch", "branches"), ("person", "people"),
        ("movie", "movies"), ("aircraft", "aircraft"), ("bus", "buses"), ("house", "houses"),
        ("song title", "song titles"), ("assigned to", "assigned to"),
        ("sale us", "sales us"), ("vente eu", "ventes eu"), ("cars data", "cars data"),
    ],
)  # fmt: skip
def test_nouns_have_a_singular_and_a_plural(one: str, many: str) -> None:
    assert (singular(one), plural(one), singular(many), plural(many)) == (one, many, one, many)


def test_a_list_has_its_last_word() -> None:
    assert [enumerated(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
