"""What people give by mistake, on the command line: a sentence each, and no traceback."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.parrot import Parrot
from text2sql.answering.pipeline import Text2SQL
from text2sql.cli import main
from text2sql.databases import Catalog, Database
from text2sql.errors import DatabaseError
from text2sql.query import quote_identifier
from text2sql.sandbox import run_query

NOT_SQLITE = "cannot be read as a SQLite database (file is not a database); choose a .sqlite or .db"
DAMAGED = "cannot be read as a SQLite database (database disk image is malformed); choose a"
NO_TABLES = "has no tables; choose a database that has some."
NOT_THERE = "There is no database file at"


def make(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def _text(path: Path) -> None:
    path.write_text("name,age\nZoë,7\n" * 100, encoding="utf-8")


def _header_only(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def _emptied(path: Path) -> None:
    make(path, "CREATE TABLE t (a); DROP TABLE t;")


def _scrambled(path: Path) -> None:
    make(path, "CREATE TABLE t (a); CREATE TABLE u (b);")
    content = bytearray(path.read_bytes())
    content[110:3000] = bytes(2890)
    path.write_bytes(content)


def _cut(path: Path) -> None:
    make(path, "CREATE TABLE t (a); CREATE TABLE u (b); CREATE TABLE v (c);")
    path.write_bytes(path.read_bytes()[:5000])


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a text file": (_text, NOT_SQLITE),
    "a header and nothing else": (_header_only, NOT_SQLITE),
    "a file cut in the middle": (_cut, DAMAGED),
    "a scrambled file": (_scrambled, DAMAGED),
    "an empty file": (Path.touch, NO_TABLES),
    "no tables": (_emptied, NO_TABLES),
    "a folder": (Path.mkdir, NOT_THERE),
    "nothing at all": (lambda path: None, NOT_THERE),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("command", [["ask", "How many?"], ["run", "SELECT 1"], ["databases"]])
def test_a_file_that_is_no_database_is_named_with_a_way_out(
    command: list[str], kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build, sentence = FILES[kind]
    path = tmp_path / "mine.sqlite"
    build(path)
    assert main([*command, "--sqlite", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("text2sql: ")
    assert captured.err.count("\n") == 1
    assert repr(str(path)) in captured.err
    assert sentence in captured.err


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("", "The question is empty; ask something like: How many singers are there?"),
        ("  \n ", "The question is empty; ask something like: How many singers are there?"),
        (
            "why? " * 2000,
            "The question has 9,999 characters, and the limit is 2,000; ask it in fewer words.",
        ),
        (
            "SELECT count(*) FROM doctor",
            "This is SQL, not a question; run it with text2sql run, or ask in words.",
        ),
    ],
)
def test_a_question_that_is_none_is_explained(
    question: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", question, "--db", "clinic"]) == 2
    assert capsys.readouterr() == ("", f"text2sql: {sentence}\n")


@pytest.mark.parametrize(
    "question", ["¿Cuántos médicos hay?", "有多少医生？", "Wie viele Ärzte? 🩺"]
)
def test_a_question_in_another_language_is_tried(
    question: str, parrot: Parrot, capsys: pytest.CaptureFixture[str]
) -> None:
    parrot.queries = ("SELECT 1",)
    assert main(["ask", question, "--db", "clinic", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == question


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (
            "gpt",
            "There is no model 'gpt'; name pocket, flan-t5-large, a hub id such as owner/name, "
            "or the folder of a trained model.",
        ),
        (
            "/none",
            "There is no model '/none'; name pocket, flan-t5-large, a hub id such as owner/name, "
            "or the folder of a trained model.",
        ),
    ],
)
def test_a_model_that_is_not_there_is_named(
    model: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "How many?", "--db", "clinic", "--model", model]) == 2
    assert capsys.readouterr() == ("", f"text2sql: {sentence}\n")


def test_a_folder_without_a_model_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "How many?", "--db", "clinic", "--model", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"text2sql: {str(tmp_path)!r} contains no model: ")


def test_a_spider_folder_that_is_none_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["databases", "--spider-dir", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"text2sql: {str(tmp_path)!r} (--spider-dir) is not a Spider folder; "
        "it needs a file tables.json.\n"
    )


def test_a_cache_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert main(["download", "spider"]) == 2
    assert capsys.readouterr().err == (
        f"text2sql: {str(tmp_path / 'file' / 'cache' / 'spider')!r} cannot be written (Not a "
        "directory); choose another folder with --to, or another cache with TEXT2SQL_CACHE_DIR.\n"
    )


def test_a_cache_folder_that_cannot_be_written_hinders_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert main(["run", "SELECT 1", "--db", "clinic", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [[1]]


def test_a_file_that_went_away_is_named(tmp_path: Path) -> None:
    path = make(tmp_path / "mine.sqlite", "CREATE TABLE t (a)")
    database = Database.from_sqlite(path)
    path.unlink()
    with pytest.raises(DatabaseError) as caught:
        Text2SQL(Parrot("SELECT 1")).ask("How many?", database)
    assert str(caught.value) == (
        "The file of 'mine' no longer exists; restore it, or choose another database."
    )


ODD_NAMES = [
    "two words",
    'quo"te',
    "apos'trophe",
    "back`tick",
    "brack[et]s",
    "semi;colon",
    "dash--dash",
    "select",
    "order",
    "from",
    "group",
    "values",
    "1st",
    "имя",
    "日本",
    "naïve",
    "emoji🎵",
    "percent%s",
    "<img src=x onerror=alert(1)>",
    "new\nline",
    "a.b",
    "$dollar",
    "current_date",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_listed_quoted_and_read(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = '"' + name.replace('"', '""') + '"'
    path = make(
        tmp_path / "odd.sqlite",
        f"CREATE TABLE {written} ({written} INTEGER); INSERT INTO {written} VALUES (7);",
    )
    database = Database.from_sqlite(path)
    assert [(t.name, [c.name for c in t.columns]) for t in database.schema.tables] == [
        (name, [name])
    ]
    quoted = quote_identifier(name)
    result = run_query(database, f"SELECT {quoted} FROM {quoted}")
    assert (result.error, result.columns, result.rows) == (None, (name,), ((7,),))
    assert main(["databases", "--sqlite", str(path)]) == 0
    assert "odd " in capsys.readouterr().out


def test_a_thousand_columns_are_listed_and_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ", ".join(f"c{n} INTEGER" for n in range(1000))
    path = make(
        tmp_path / "wide.sqlite", f"CREATE TABLE w ({columns}); INSERT INTO w DEFAULT VALUES"
    )
    assert main(["run", "SELECT * FROM w", "--sqlite", str(path), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (len(result["columns"]), len(result["rows"][0])) == (1000, 1000)
    assert main(["run", "SELECT * FROM w", "--sqlite", str(path)]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


def test_a_file_in_a_folder_with_odd_characters_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "ünï #1 100%? 日本"
    folder.mkdir()
    path = make(folder / "my data.sqlite", "CREATE TABLE t (a); INSERT INTO t VALUES (1)")
    catalog = Catalog.open(sqlite=[path])
    assert run_query(catalog.get("my data"), "SELECT a FROM t").rows == ((1,),)
