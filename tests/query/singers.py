"""A small database whose names ask for quotes, for the tests of queries."""

from __future__ import annotations

import sqlite3

from text2sql.schema import Column, Schema, Table

DDL = """
CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT, age INT, "Home Town" TEXT, boss INT);
CREATE TABLE song (id INTEGER PRIMARY KEY, singer_id INT, title TEXT, "order" INT, name TEXT);
CREATE TABLE "group" (id INTEGER PRIMARY KEY, "größe" INT, "a""b" TEXT, age INT);
"""
SCHEMA = Schema(
    tuple(
        Table(table, tuple(Column(column) for column in columns))
        for table, columns in (
            ("singer", ("id", "name", "age", "Home Town", "boss")),
            ("song", ("id", "singer_id", "title", "order", "name")),
            ("group", ("id", "größe", 'a"b', "age")),
        )
    )
)
SINGER, SONG, GROUP = range(3)


def connect() -> sqlite3.Connection:
    """The database in memory, with ties, NULLs and strings that are also names of columns."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(DDL)
    singers = [
        (1, "Ann", 30, "Ghent", None),
        (2, "Bo", 41, "name", 1),
        (3, "O'Hara", 30, None, 1),
        (4, "ann", None, "Home Town", 2),
        (5, "Cy", 20, "Ghent", 4),
        (6, "Rome", 44, "Rome", 2),
    ]
    songs = [
        (1, 1, "Rain", 1, "Ann"),
        (2, 1, "Sun", 2, "b"),
        (3, 2, "Rain", None, "Bo"),
        (4, 3, "Moon", 1, "a"),
        (5, 9, "Fog", 3, "Cy"),
        (6, 5, "Sun", 2, None),
    ]
    connection.executemany("INSERT INTO singer VALUES (?, ?, ?, ?, ?)", singers)
    connection.executemany("INSERT INTO song VALUES (?, ?, ?, ?, ?)", songs)
    groups = [(1, 2, "x", 30), (2, 3, "y", 20), (3, 2, "x", 41)]
    connection.executemany('INSERT INTO "group" VALUES (?, ?, ?, ?)', groups)
    connection.commit()
    return connection
