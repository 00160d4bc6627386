import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.databases import Catalog, Database
from text2sql.errors import DatabaseError
from text2sql.metrics import execution, test_suite
from text2sql.metrics.suite_builder import Suite, SuiteBuilder
from text2sql.metrics.test_suite import suite_for
from text2sql.schema import Schema

GOLD = "SELECT name FROM singer WHERE age > 25"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the suites of these tests are kept."""
    return tmp_path_factory.mktemp("suites")


@pytest.mark.parametrize(
    ("gold", "lucky"),
    [
        (GOLD, "SELECT name FROM singer WHERE age >= 30"),
        (GOLD, "SELECT name FROM singer WHERE id IN (1, 3)"),
        ("SELECT max(age) FROM singer", "SELECT age FROM singer WHERE id = 3"),
        ("SELECT count(*) FROM song", "SELECT max(id) FROM song"),
        ("SELECT name FROM singer WHERE rank < 3", "SELECT name FROM singer WHERE rank != 3"),
        (
            "SELECT country FROM singer GROUP BY country HAVING count(*) > 1",
            "SELECT country FROM singer GROUP BY country",
        ),
        (
            "SELECT name FROM singer WHERE id NOT IN (SELECT singer_id FROM song)",
            "SELECT name FROM singer WHERE id IN (2, 4)",
        ),
    ],
)
def test_luck_on_one_database_does_not_last(
    database: Database, folder: Path, gold: str, lucky: str
) -> None:
    assert execution(gold, lucky, database).match
    verdict = test_suite(gold, lucky, database, folder=folder)
    assert not verdict.match
    assert verdict.tested > 1
    assert verdict.failed is not None


@pytest.mark.parametrize(
    ("gold", "same"),
    [
        (GOLD, GOLD),
        (GOLD, "SELECT T1.name FROM singer AS T1 WHERE 25 < T1.age ORDER BY T1.id"),
        (
            "SELECT DISTINCT name FROM singer JOIN song ON singer.id = singer_id",
            "SELECT name FROM song JOIN singer ON singer_id = singer.id",
        ),
        (
            "SELECT name FROM singer ORDER BY age DESC LIMIT 1",  # ties must not count against it
            "SELECT name FROM (SELECT * FROM singer ORDER BY id DESC) ORDER BY age DESC LIMIT 1",
        ),
        (
            # nor ties of groups, which come in the order of their keys wherever their rows lie
            "SELECT T1.id FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id "
            "GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1",
            "SELECT T1.id FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id "
            "GROUP BY -T1.id ORDER BY count(*) DESC LIMIT 1",
        ),
        (
            "SELECT T1.name, count(*) FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id "
            "GROUP BY T1.id",
            "SELECT count(*), name FROM song JOIN singer ON singer_id = singer.id "
            "GROUP BY singer_id",
        ),
    ],
)
def test_another_way_to_say_it_passes(
    database: Database, folder: Path, gold: str, same: str
) -> None:
    assert test_suite(gold, same, database, folder=folder).match


def test_what_fails_on_the_database_itself_needs_no_suite(
    database: Database, tmp_path: Path
) -> None:
    verdict = test_suite(GOLD, "SELECT nope", database, folder=tmp_path)
    assert (verdict.match, verdict.tested) == (False, 1)
    assert list(tmp_path.iterdir()) == []


def test_distinct_counts_on_request(database: Database, folder: Path) -> None:
    gold, prediction = "SELECT DISTINCT id FROM singer", "SELECT id FROM singer"
    assert test_suite(gold, prediction, database, folder=folder, keep_distinct=True).match
    gold, prediction = (
        "SELECT DISTINCT rank FROM singer WHERE id < 4 AND id > 1",
        ("SELECT rank FROM singer WHERE id = 3"),
    )
    assert execution(gold, prediction, database, keep_distinct=True).match
    assert not test_suite(gold, prediction, database, folder=folder, keep_distinct=True).match


def _contents(suite: Suite) -> list[list[str]]:
    found = []
    for path in suite.paths:
        with closing(sqlite3.connect(path)) as connection:
            found.append(list(connection.iterdump()))
    return found


def test_a_suite_is_the_same_wherever_it_is_made(database: Database, tmp_path: Path) -> None:
    one, two = (suite_for(GOLD, database, folder=tmp_path / name) for name in ("a", "b"))
    assert _contents(one) == _contents(two) != []
    other = suite_for(GOLD, database, folder=tmp_path / "c", seed=1)
    assert _contents(other) != _contents(one)


def test_a_suite_is_made_once(database: Database, tmp_path: Path) -> None:
    first = suite_for(GOLD, database, folder=tmp_path)
    made = first.paths[0].stat().st_mtime_ns
    assert suite_for(GOLD, database, folder=tmp_path) == first
    assert first.paths[0].stat().st_mtime_ns == made
    assert len(list(tmp_path.rglob("suite.json"))) == 1


def test_another_content_has_another_suite(database: Database, tmp_path: Path) -> None:
    assert database.path is not None
    copy = tmp_path / "music.sqlite"
    shutil.copy(database.path, copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE singer SET age = age + 1")
    changed = Database("music", database.schema, copy)
    before, after = (suite_for(GOLD, d, folder=tmp_path / "s") for d in (database, changed))
    assert before.paths[0].parent != after.paths[0].parent


def test_a_gold_that_does_not_run_has_an_empty_suite(database: Database, folder: Path) -> None:
    assert suite_for("SELECT nope", database, folder=folder) == Suite((), 0, 0)


def test_a_database_without_a_file_is_an_error(schema: Schema, folder: Path) -> None:
    with pytest.raises(DatabaseError, match="There is no database file for 'music'"):
        test_suite(GOLD, GOLD, Database("music", schema), folder=folder)


def test_databases_on_which_the_gold_has_no_one_answer_are_left_out(
    database: Database, tmp_path: Path
) -> None:
    gold = "SELECT name FROM singer ORDER BY rank LIMIT 1"
    several = []
    for path in SuiteBuilder(
        gold, database, tmp_path, keep_distinct=False, seed="0"
    ).fuzzed_databases():
        with closing(sqlite3.connect(path)) as connection:
            best = connection.execute(
                "SELECT count(DISTINCT name) FROM singer "
                "WHERE rank IS (SELECT rank FROM singer ORDER BY rank LIMIT 1)"
            ).fetchone()
        several.append(best[0] > 1)
    assert len(several) > 5
    assert not any(several)


def test_it_catches_nearly_every_mistake_in_the_samples_golds(folder: Path) -> None:
    from text2sql.benchmark.mutations import measure

    catalog = Catalog.open()
    samples = [
        (example.query, database)
        for database in catalog.groups()["Samples"]
        for example in catalog.examples(database.db_id)[::9]
    ]
    found = measure(samples, folder)
    assert found.caught > 80
    assert found.percent >= 95


def test_a_gold_that_is_too_slow_has_the_suite_that_was_made_in_time(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[SuiteBuilder.__module__], "_LONGEST_S", -1.0)
    builder = SuiteBuilder("SELECT name FROM singer WHERE age > 20", database, folder, False, "0")
    assert builder.build() == Suite((), 0, 0)
