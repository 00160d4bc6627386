"""Files that strangers might send to the page, made small and quickly."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

__all__ = ["ACCEPTED", "REFUSED", "Maker"]

Maker = Callable[[Path], None]
"""Writes one file."""


def _bytes(content: bytes) -> Maker:
    def make(path: Path) -> None:
        path.write_bytes(content)

    return make


def _text(content: str) -> Maker:
    return _bytes(content.encode("utf-8", "surrogatepass"))


def _sqlite(script: str) -> Maker:
    def make(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript(script)

    return make


def _rewritten(script: str, name: str, sql: str, kind: str = "table") -> Maker:
    """A SQLite file whose catalogue says of a table what SQLite itself would refuse."""

    def make(path: Path) -> None:
        _sqlite(script)(path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA writable_schema=ON")
            connection.execute(
                "UPDATE sqlite_master SET sql = ?, type = ? WHERE name = ?", (sql, kind, name)
            )

    return make


def _damaged(start: int, content: bytes) -> Maker:
    """A SQLite file that is overwritten from a place on."""

    def make(path: Path) -> None:
        _sqlite("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x');")(path)
        raw = bytearray(path.read_bytes())
        raw[start : start + len(content)] = content
        path.write_bytes(raw)

    return make


def _zip(**files: Any) -> Maker:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name.replace("__", "/"), content)

    return make


def _workbook(rows: Iterator[list[object]] | list[list[object]], sheets: int = 1) -> Maker:
    def make(path: Path) -> None:
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        kept = [list(row) for row in rows]
        for number in range(sheets):
            page = book.create_sheet(f"s{number}")
            for row in kept:
                page.append(row)
        target = io.BytesIO()
        book.save(target)
        path.write_bytes(target.getvalue())

    return make


def _merged(ranges: int) -> Maker:
    """A workbook whose cells are all merged many times."""

    def make(path: Path) -> None:
        _workbook([["a", "b"], [1, 2], [3, 4]])(path)
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        merged = '<mergeCell ref="A2:XFD1048576"/>' * ranges
        name = "xl/worksheets/sheet1.xml"
        parts[name] = parts[name].replace(
            b"</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>".encode()
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in parts.items():
                archive.writestr(part, content)

    return make


def _parquet(**columns: Any) -> Maker:
    def make(path: Path) -> None:
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.table(columns), path)

    return make


def _cut(maker: Maker, kept: float) -> Maker:
    """The first part of another file."""

    def make(path: Path) -> None:
        maker(path)
        raw = path.read_bytes()
        path.write_bytes(raw[: max(1, int(len(raw) * kept))])

    return make


_WIDE = ",".join(f"c{n}" for n in range(1000))
_T = "CREATE TABLE t (a TEXT);"
_TABLES_101 = "".join(f"CREATE TABLE t{n} (a);" for n in range(101))
_COLUMNS_1600 = "".join(
    f"CREATE TABLE t{n} ({','.join(f'c{i}' for i in range(160))});" for n in range(10)
)
_VIEWS = _T + "".join(f"CREATE VIEW v{n} AS SELECT 1;" for n in range(1001))
_INDEXES = _T + "".join(f"CREATE INDEX i{n} ON t (a);" for n in range(1001))
_TRIGGERS = _T + "".join(
    f"CREATE TRIGGER g{n} AFTER INSERT ON t BEGIN SELECT 1; END;" for n in range(1001)
)
_GOOD_BOOK = _workbook([["id", "name"], [1, "Ann"]])
_GOOD_PARQUET = _parquet(id=[1, 2], name=["Ann", "Bob"])
_GOOD_SQLITE = _sqlite(_T + "INSERT INTO t VALUES ('x');")
_XML_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]><workbook><x>&j;</x></workbook>"
)
_OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<workbook><x>&a;</x></workbook>"
)

#: Each is refused with a sentence that holds these words.
REFUSED: dict[str, tuple[str, Maker, str]] = {
    "nothing": ("a.csv", _bytes(b""), "is empty"),
    "spaces": ("a.csv", _bytes(b" \n \n"), "has no rows"),
    "zeros": ("a.csv", _bytes(b"\0" * 5000), "not a CSV"),
    "noise": ("a.csv", _bytes(bytes(range(256)) * 40), "not a CSV"),
    "a program": ("a.exe", _bytes(b"\x7fELF" + b"\0" * 100), "not a CSV"),
    "a picture": ("a.png", _bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 64), "not a CSV"),
    "an old workbook": (
        "a.xls", _bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600), "cannot be read as a workbook",
    ),
    "a wide line": ("a.csv", _text(_WIDE + "\n" + _WIDE), "columns; the limit is 200"),
    "a long cell": ("a.csv", _text("a,b\n1," + "x" * 1_000_001), "cannot be read as CSV"),
    "a quotation that never ends": (
        "a.csv", _text('a,b\n1,"' + "x\n" * 600_000), "more than 200,000 rows",
    ),
    "quotations that never end": (
        "a.csv", _text('a,b\n' + '1,"x\n2,y\n3,y\n4,y\n' * 500), "many quotation marks",
    ),
    "more cells than names": ("a.csv", _text("a,b\n1,2,3\n"), "names of columns (2)"),
    "descriptions alone": ("a.json", _text('{"tables": {}}'), "together with their files"),
    "many rows": ("a.csv", _text("a\n" + "1\n" * 200_001), "more than 200,000 rows"),
    "a half of UTF-16": ("a.csv", _bytes(b"\xff\xfea\0b"), "not a CSV"),
    "an archive": ("a.zip", _zip(**{"a.txt": "x"}), "not a workbook"),
    "an archive with nothing": ("a.xlsx", _zip(), "not a workbook"),
    "a workbook in name only": ("a.xlsx", _zip(xl__workbook=""), "not a workbook"),
    "an empty workbook file": ("a.xlsx", _zip(**{"xl__workbook.xml": ""}), "cannot be read"),
    "entities in entities": ("a.xlsx", _zip(**{"xl__workbook.xml": _XML_BOMB}), "cannot be read"),
    "an entity from outside": ("a.xlsx", _zip(**{"xl__workbook.xml": _OUTSIDE}), "cannot be read"),
    "half a workbook": ("a.xlsx", _cut(_GOOD_BOOK, 0.5), "cannot be read"),
    "the start of a workbook": ("a.xlsx", _cut(_GOOD_BOOK, 0.02), "cannot be read"),
    "an archive that swells": (
        "a.xlsx",
        _zip(**{"xl__workbook.xml": "<x/>", "xl__big.xml": b"\0" * 301_000_000}),
        "would unpack to 301 MB",
    ),
    "a workbook without rows": ("a.xlsx", _workbook([]), "no sheet with rows"),
    "a wide workbook": ("a.xlsx", _workbook([[f"c{n}" for n in range(201)]]), "the limit is 200"),
    "a workbook of many sheets": (
        "a.xlsx", _workbook([["a", "b"], [1, 2]], sheets=101), "These files have 101 tables",
    ),
    "a workbook of many columns in all": (
        "a.xlsx", _workbook([[f"c{n}" for n in range(160)], [1] * 160], 10), "1,600 columns in all",
    ),
    "half a Parquet file": ("a.parquet", _cut(_GOOD_PARQUET, 0.5), "cannot be read as a Parquet"),
    "four letters of Parquet": ("a.parquet", _bytes(b"PAR1"), "cannot be read as a Parquet"),
    "Parquet around nothing": (
        "a.parquet", _bytes(b"PAR1" + b"\0" * 8 + b"PAR1"), "cannot be read",
    ),
    "Parquet with a huge footer": (
        "a.parquet", _bytes(b"PAR1" + b"\0" * 40 + b"\xff\xff\xff\x7fPAR1"), "cannot be read",
    ),
    "a wide Parquet file": (
        "a.parquet", _parquet(**{f"c{n}": [1] for n in range(201)}), "the limit is 200",
    ),
    "a tall Parquet file": (
        "a.parquet", _parquet(a=list(range(200_001))), "more than 200,000 rows",
    ),
    "sixteen bytes of SQLite": ("a.db", _bytes(b"SQLite format 3\0"), "cannot be "),
    "a header of SQLite and noise": (
        "a.db", _bytes(b"SQLite format 3\0" + bytes(range(256)) * 16), "cannot be ",
    ),
    "a SQLite file without tables": ("a.db", _sqlite("PRAGMA user_version = 1"), "no tables"),
    "101 tables": ("a.db", _sqlite(_TABLES_101), "has 101 tables; the limit is 100"),
    "many columns in all": ("a.db", _sqlite(_COLUMNS_1600), "1,600 columns in all"),
    "a wide table": ("a.db", _sqlite(f"CREATE TABLE t ({_WIDE})"), "a table with 1,000 columns"),
    "many views": ("a.db", _sqlite(_VIEWS), "has 1,002 tables, views"),
    "many indexes": ("a.db", _sqlite(_INDEXES), "has 1,002 tables, views"),
    "many triggers": ("a.db", _sqlite(_TRIGGERS), "has 1,002 tables, views"),
    "a long name of a table": (
        "a.db", _sqlite(f'CREATE TABLE "{"t" * 100_000}" (a)'), "with 100,000 characters",
    ),
    "a long name of a column": (
        "a.db", _sqlite(f'CREATE TABLE t ("{"c" * 100_000}" TEXT)'), "with 100,000 characters",
    ),
    "a long name of a view": (
        "a.db", _sqlite(f'{_T} CREATE VIEW "{"v" * 1_000}" AS SELECT 1'), "a name with 1,000",
    ),
    "a long declaration": (
        "a.db",
        _sqlite(f"CREATE TABLE t (a TEXT DEFAULT '{'x' * 1_100_000}')"),
        "characters of declarations",
    ),
    "declarations that are long together": (
        "a.db",
        _sqlite("".join(f"CREATE TABLE t{n} (a DEFAULT '{'x' * 300_000}');" for n in range(4))),
        "characters of declarations",
    ),
    "a declaration that is none": ("a.db", _rewritten(_T, "t", "CREATE nonsense"), "cannot be "),
    "a declaration of another kind": (
        "a.db", _rewritten(_T, "t", "DROP TABLE t"), "cannot be ",
    ),
    "half a SQLite file": ("a.db", _cut(_GOOD_SQLITE, 0.4), "cannot be "),
    "a root page beyond the file": ("a.db", _damaged(100, b"\xff" * 100), "cannot be "),
    "a page size of one": ("a.db", _damaged(16, b"\0\1\0\1"), "cannot be "),
    "an unknown format": ("a.db", _damaged(18, b"\x09\x09"), "cannot be "),
}  # fmt: skip

#: Each is taken in, and what is shown of it is short.
ACCEPTED: dict[str, tuple[str, Maker]] = {
    "names of 100 KB": ("a.csv", _text(",".join("n" * 100_000 + str(n) for n in range(9)) + "\n1")),
    "names that are markup": ("a.csv", _text("<script>,${x},{{y}},'; --\n1,2,3,4\n")),
    "names that are all equal": (
        "a.csv",
        _text(",".join(["a"] * 150) + "\n" + ",".join("1" * 150)),
    ),
    "no names": ("a.csv", _text("1,2,3\n4,5,6\n")),
    "names of SQLite's own": ("sqlite_master.csv", _text("rowid,sqlite_x,oid\n1,2,3\n")),
    "a path for a name": ("../../../etc/passwd", _text("a,b\n1,2\n")),
    "a name of 250 letters": ("x" * 250 + ".csv", _text("a,b\n1,2\n")),
    "a name from right to left": ("\u202egpj.vsc", _text("a,b\n1,2\n")),
    "lone surrogates": ("a.csv", _bytes(b"a,b\n\xed\xa0\x80,2\n")),
    "numbers without an end": ("a.csv", _text("a,b\n" + "9" * 4000 + ",1e999\n-1e999,nan\n")),
    "formulas": ("a.csv", _text("a,b\n=cmd|' /C calc'!A0,@SUM(1)\n")),
    "a trigger that writes": (
        "a.db",
        _sqlite(_T + "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END;"),
    ),
    "a view without an end": (
        "a.db",
        _sqlite(
            _T + "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
            " SELECT i FROM n;"
        ),
    ),
    "a generated column that is huge": (
        "a.db",
        _sqlite(
            "CREATE TABLE t (a, b AS (hex(zeroblob(15000000))) VIRTUAL); INSERT INTO t VALUES (1)"
        ),
    ),
    "keys in a circle": (
        "a.db",
        _sqlite("CREATE TABLE a (x REFERENCES b(y)); CREATE TABLE b (y REFERENCES a(x));"),
    ),
    "a key to nowhere": ("a.db", _sqlite("CREATE TABLE a (x REFERENCES nowhere(y))")),
    "a table with the name of a keyword": (
        "a.db",
        _sqlite('CREATE TABLE "select" ("from" TEXT, "where ]" TEXT, """" TEXT)'),
    ),
    "a table with the name of a path": ("a.db", _sqlite('CREATE TABLE "/etc/passwd" (a)')),
    "cells merged over and over": ("a.xlsx", _merged(2_000)),
    "an encoding that is none": ("a.db", _damaged(56, b"\0\0\0\x09")),
    "the mark of a write-ahead log": ("a.db", _damaged(18, b"\x02\x02")),
}
