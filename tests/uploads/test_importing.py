"""Files that become databases, and files that must not."""

from __future__ import annotations

import io
import sqlite3
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from text2sql.errors import UploadError
from text2sql.linking.keys import with_keys
from text2sql.sandbox import run_query
from text2sql.schema import ForeignKey
from text2sql.uploads.importing import UploadedFile, import_files
from text2sql.uploads.limits import LIMITS

TextFile = Callable[[str, str | bytes], UploadedFile]
SqliteFile = Callable[[str, str], UploadedFile]

CUSTOMERS = "Customer ID;First Name;born;\n1;Zoë;24.12.1990;\n2;O'Hara;1.2.1991;\n"
SALES = "id,customer_id,total\n1,1,9.5\n2,1,20\n3,,7.25\n"


def test_text_files_become_one_database_with_types_names_and_keys(
    text_file: TextFile, folder: Path
) -> None:
    files = [text_file("customers.csv", CUSTOMERS), text_file("../sales!.tsv", SALES)]
    (imported,) = import_files(files, folder)
    database = imported.database
    assert (database.db_id, database.group) == ("my_data", "Your data")
    assert database.schema.serialize() == (
        "customers(Customer_ID, First_Name, born) | sales(id, customer_id, total)"
    )
    types = [[(c.type, c.primary_key) for c in t.columns] for t in database.schema.tables]
    assert types == [
        [("number", True), ("text", False), ("time", False)],
        [("number", True), ("number", False), ("number", False)],
    ]
    assert imported.notes == (
        "customers.born: '24.12.1990' was read as 1990-12-24.",
        "customers: column 'Customer ID' was renamed to Customer_ID.",
        "customers: column 'First Name' was renamed to First_Name.",
        "Guessed key: sales.customer_id refers to customers.Customer_ID.",
    )
    sql = "SELECT First_Name, born, sum(total) FROM customers JOIN sales USING (customer_id)"
    assert run_query(database, sql).rows == (("Zoë", "1990-12-24", 29.5),)
    assert {file.suffix for file in folder.iterdir()} == {".sqlite", ".cells", ".source"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encodings_that_people_have(
    text_file: TextFile, folder: Path, encoding: str
) -> None:
    file = text_file("städte.csv", "name\tland\nMünchen\tDE\n".encode(encoding))
    database = import_files([file], folder)[0].database
    assert database.db_id == "städte"
    assert run_query(database, "SELECT name FROM städte").rows == (("München",),)


def test_a_first_line_of_numbers_is_data(text_file: TextFile, folder: Path) -> None:
    imported = import_files([text_file("n.csv", "1,2\n3,4\n")], folder)[0]
    assert run_query(imported.database, "SELECT column_2 FROM n").rows == ((2,), (4,))
    assert imported.notes == (
        "n: its first line '1 | 2' is data, so its columns have no names; "
        "name them under “Change a column”.",
    )


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_each_filled_sheet_of_a_workbook_is_a_table(text_file: TextFile, folder: Path) -> None:
    content = workbook(
        {
            "Teams": [[], ["id", "name"], [1, "Reds"], [2, "Blues"]],
            "Matches": [["home_team_id", "played"], [2, "2024-05-01"], [None, None], [1, None]],
        }
    )
    imported = import_files([text_file("league.xlsx", content)], folder)[0]
    schema = imported.database.schema
    assert schema.serialize() == "Teams(id, name) | Matches(home_team_id, played)"
    assert with_keys(imported.database).schema.foreign_keys == (ForeignKey(1, 0, 0, 0),)
    rows = run_query(imported.database, "SELECT * FROM Matches").rows
    assert rows == ((2, "2024-05-01"), (1, None))


def test_a_parquet_file_keeps_its_types(text_file: TextFile, folder: Path) -> None:
    table = pyarrow.table(
        {"n": [1, None], "ok": [True, False], "tags": [["a"], []], "1": ["x", "y"]},
    )
    content = io.BytesIO()
    pyarrow.parquet.write_table(table, content)
    database = import_files([text_file("t.parquet", content.getvalue())], folder)[0].database
    types = [(c.name, c.type) for c in database.schema.tables[0].columns]
    assert types == [("n", "number"), ("ok", "boolean"), ("tags", "text"), ("column_1", "text")]
    assert run_query(database, "SELECT * FROM t").rows == (
        (1, 1, '["a"]', "x"),
        (None, 0, "[]", "y"),
    )


def test_a_sqlite_file_is_copied_and_keeps_its_declarations(
    sqlite_file: SqliteFile, folder: Path
) -> None:
    file = sqlite_file("../../my shop.db", "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT)")
    database = import_files([file], folder)[0].database
    assert (database.db_id, database.schema.serialize()) == ("my_shop", "a(id, x)")
    assert database.path is not None
    assert database.path.parent == folder
    file.path.unlink()
    assert run_query(database, "SELECT count(*) FROM a").rows == ((0,),)


def test_a_database_in_wal_mode_is_asked_without_a_file_beside_it(
    sqlite_file: SqliteFile, folder: Path
) -> None:
    script = "PRAGMA journal_mode=WAL; CREATE TABLE a (x); INSERT INTO a VALUES (1)"
    database = import_files([sqlite_file("w.db", script)], folder)[0].database
    assert run_query(database, "SELECT x FROM a").rows == ((1,),)
    assert {file.suffix for file in folder.iterdir()} == {".sqlite", ".cells"}


def test_views_triggers_and_generated_columns_run_nothing_when_a_file_arrives(
    sqlite_file: SqliteFile, folder: Path
) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    script = f"""
        CREATE TABLE a (x INTEGER, y TEXT AS (hex(zeroblob(x))) VIRTUAL);
        INSERT INTO a (x) VALUES (40000000);
        CREATE VIEW hang AS {endless} WHERE i < 0;
        CREATE VIEW file AS SELECT load_extension('/tmp/x.so');
        CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; END;
        CREATE VIRTUAL TABLE words USING fts5(line);
    """
    started = time.perf_counter()
    database = import_files([sqlite_file("trap.db", script)], folder)[0].database
    assert time.perf_counter() - started < 20
    assert database.schema.serialize() == "a(x, y) | words(line) | hang(i)"
    error = run_query(database, "SELECT * FROM file").error
    assert error is not None


# refused


def refused(files: list[UploadedFile], folder: Path, limits: object = LIMITS) -> str:
    with pytest.raises(UploadError) as caught:
        import_files(files, folder, limits)  # type: ignore[arg-type]
    assert list(folder.iterdir()) == []
    return str(caught.value)


def test_a_file_of_ten_gigabytes_is_refused_without_being_read(
    tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.write(b"SQLite format 3\0")
        file.truncate(10_000_000_000)
    started = time.perf_counter()
    assert refused([UploadedFile("big.db", path)], folder) == (
        "'big.db' has 10,000 MB; the limit is 50 MB."
    )
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "'x' is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "'x' is not a CSV, TSV, SQLite"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "'x' cannot be read as a workbook"),
        (b"PK\x03\x04 broken", "'x' cannot be read as a workbook"),
        (b"PAR1 broken PAR1", "'x' cannot be read as a Parquet file"),
        (b"SQLite format 3\0 broken", "'x' cannot be read as a SQLite database"),
        (b"a,b\n1,2,3\n", "Row 2 of 'x' has more cells than there are names of columns"),
        (b'a,b\n"' + b"1" * 1_100_000, "'x' cannot be read as CSV near line"),
        (b"\n\n", "'x' has no rows"),
        (b",".join(b"c%d" % n for n in range(201)), "'x' has 201 columns; the limit is 200"),
    ],
    ids=lambda value: value[:12].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    text_file: TextFile, folder: Path, content: bytes, sentence: str
) -> None:
    assert sentence in refused([text_file("x", content)], folder)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("files", 0, "You chose 1 files; the limit is 0 per upload."),
        ("rows", 2, "'s.csv' has more than 2 rows, the limit; upload fewer rows."),
        ("columns", 2, "'s.csv' has 3 columns; the limit is 2."),
        ("tables", 0, "These files have 1 tables; the limit is 0."),
        ("file_bytes", 10, "'s.csv' has 0 MB; the limit is 0 MB."),
        ("database_bytes", 4096, "The database would be larger than 0 MB"),
    ],
)
def test_each_limit_is_kept(
    text_file: TextFile, folder: Path, name: str, value: int, sentence: str
) -> None:
    limits = replace(LIMITS, **{name: value})
    assert sentence in refused([text_file("s.csv", SALES)], folder, limits)


def archive(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return content.getvalue()


def test_a_zip_bomb_is_refused_by_the_size_it_would_have(text_file: TextFile, folder: Path) -> None:
    bomb = archive({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"0" * 400_000_000})
    assert refused([text_file("bomb.xlsx", bomb)], folder) == (
        "'bomb.xlsx' would unpack to 400 MB; the limit is 300 MB."
    )


def test_an_archive_that_is_no_workbook_is_refused(text_file: TextFile, folder: Path) -> None:
    sentence = refused([text_file("x.xlsx", archive({"../../etc/passwd": b"x"}))], folder)
    assert sentence == "'x.xlsx' is a ZIP archive, not a workbook; unpack it and upload its files."


def test_reading_that_takes_too_long_is_ended(text_file: TextFile, folder: Path) -> None:
    content = workbook({"a": [["x", "y"], *([n, n] for n in range(3_000))]})
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        files = {name: book.read(name) for name in book.namelist()}
    merged = b'<mergeCell ref="A2:B3001"/>' * 100_000
    name = "xl/worksheets/sheet2.xml"
    cells = b"</sheetData>"
    files[name] = files[name].replace(cells, cells + b"<mergeCells>" + merged + b"</mergeCells>")
    assert merged in files[name]
    limits = replace(LIMITS, timeout_s=2.0, index_s=1.0)
    sentence = refused([text_file("far.xlsx", archive(files))], folder, limits)
    assert "need more than 2 s or too much memory" in sentence


def test_a_parquet_file_that_unfolds_beyond_memory_is_refused(
    text_file: TextFile, folder: Path
) -> None:
    indices = pyarrow.array([0] * 20_000, pyarrow.int32())
    column = pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(["x" * 1_000_000]))
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"a": column}), content)
    assert len(content.getvalue()) < 1_100_000
    limits = replace(LIMITS, memory_bytes=3 * 2**29)
    sentence = refused([text_file("fold.parquet", content.getvalue())], folder, limits)
    assert "too much memory" in sentence


def test_a_link_to_another_file_is_not_followed(tmp_path: Path, folder: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "secret.db")) as connection, connection:
        connection.execute("CREATE TABLE a (x)")
    (tmp_path / "link").symlink_to(tmp_path / "secret.db")
    assert refused([UploadedFile("a.db", tmp_path / "link")], folder) == (
        "'a.db' is missing; upload it again."
    )


def test_too_many_tables_are_refused_before_they_are_read(
    sqlite_file: SqliteFile, folder: Path
) -> None:
    script = ";".join(f"CREATE TABLE t{n} (x)" for n in range(101))
    assert refused([sqlite_file("many.db", script)], folder) == (
        "'many.db' has 101 tables; the limit is 100."
    )


def test_one_bad_file_among_good_ones_leaves_nothing_behind(
    text_file: TextFile, sqlite_file: SqliteFile, folder: Path
) -> None:
    files = [sqlite_file("good.db", "CREATE TABLE a (x)"), text_file("bad.csv", b"a,b\n1,2,3\n")]
    assert "Row 2 of 'bad.csv'" in refused(files, folder)
