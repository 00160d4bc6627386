"""Schemas: read from SQLite, from tables.json and from text; written as text."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2sql.errors import DatabaseError, SchemaError
from text2sql.read_only import connect_read_only
from text2sql.schema import (
    Column,
    ForeignKey,
    Schema,
    Table,
    natural_name,
)


@pytest.fixture
def database(tmp_path: Path) -> Any:
    """Makes a SQLite file from a script."""

    def make(script: str, name: str = "made.sqlite") -> Path:
        path = tmp_path / name
        connection = sqlite3.connect(path)
        connection.executescript(script)
        connection.close()
        return path

    return make


def _names(schema: Schema) -> dict[str, list[str]]:
    return {table.name: [column.name for column in table.columns] for table in schema.tables}


# SQLite


def test_tables_columns_types_and_keys_are_read_as_declared(database):
    path = database(
        "CREATE TABLE singer (Singer_ID INTEGER PRIMARY KEY, stageName TEXT, born DATE,"
        " active BOOLEAN, fee REAL, photo BLOB);"
        "CREATE TABLE song (id INTEGER PRIMARY KEY, singer INT REFERENCES singer (Singer_ID));"
    )
    assert Schema.from_sqlite(path) == Schema(
        (
            Table(
                "singer",
                (
                    Column("Singer_ID", "number", "singer id", primary_key=True),
                    Column("stageName", "text", "stage name"),
                    Column("born", "time", "born"),
                    Column("active", "boolean", "active"),
                    Column("fee", "number", "fee"),
                    Column("photo", "others", "photo"),
                ),
                "singer",
            ),
            Table(
                "song",
                (
                    Column("id", "number", "id", primary_key=True),
                    Column("singer", "number", "singer"),
                ),
                "song",
            ),
        ),
        (ForeignKey(1, 1, 0, 0),),
    )


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("INTEGER", "number"),
        ("DECIMAL(8, 2)", "number"),
        ("double precision", "number"),
        ("VARCHAR(20)", "text"),
        ("", "text"),
        ("TIMESTAMP", "time"),
        ("year", "time"),
        ("bit", "boolean"),
        ("LONGBLOB", "others"),
    ],
)
def test_declared_types_become_one_of_spiders_five(database, declared, expected):
    path = database(f"CREATE TABLE t (x {declared})")
    assert Schema.from_sqlite(path).tables[0].columns[0].type == expected


@pytest.mark.parametrize(
    "name", ["two words", 'a "quoted" name', "order", "größe", "名前", "a]b", "it's", "a.b", "x;y"]
)
def test_any_name_that_sqlite_takes_is_read_with_its_keys(database, name):
    quoted = '"' + name.replace('"', '""') + '"'
    path = database(
        f"CREATE TABLE {quoted} ({quoted} INTEGER PRIMARY KEY);"
        f"CREATE TABLE other (x INT REFERENCES {quoted} ({quoted}))"
    )
    schema = Schema.from_sqlite(path)
    assert _names(schema) == {name: [name], "other": ["x"]}
    assert schema.foreign_keys == (ForeignKey(1, 0, 0, 0),)


def test_a_table_without_a_primary_key_has_none(database):
    path = database("CREATE TABLE t (a INT, b INT)")
    assert [c.primary_key for c in Schema.from_sqlite(path).tables[0].columns] == [False, False]


def test_every_column_of_a_composite_key_is_part_of_it(database):
    path = database("CREATE TABLE t (a INT, b INT, c INT, PRIMARY KEY (c, a))")
    keys = [c.primary_key for c in Schema.from_sqlite(path).tables[0].columns]
    assert keys == [True, False, True]


def test_references_without_a_column_means_the_primary_key(database):
    path = database(
        "CREATE TABLE child (x INT REFERENCES parent);"
        "CREATE TABLE parent (a TEXT, id INTEGER PRIMARY KEY)"
    )
    assert Schema.from_sqlite(path).foreign_keys == (ForeignKey(0, 0, 1, 1),)


def test_a_composite_reference_without_columns_follows_the_order_of_the_key(database):
    path = database(
        "CREATE TABLE parent (a INT, b INT, PRIMARY KEY (b, a));"
        "CREATE TABLE child (x INT, y INT, FOREIGN KEY (x, y) REFERENCES parent)"
    )
    assert Schema.from_sqlite(path).foreign_keys == (ForeignKey(1, 0, 0, 1), ForeignKey(1, 1, 0, 0))


def test_foreign_keys_come_in_the_order_of_declaration_and_find_names_in_any_case(database):
    path = database(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, up INT REFERENCES A (ID));"
        "CREATE TABLE b (x INT REFERENCES A (Id), y INT REFERENCES a (id))"
    )
    assert Schema.from_sqlite(path).foreign_keys == (
        ForeignKey(0, 1, 0, 0),
        ForeignKey(1, 0, 0, 0),
        ForeignKey(1, 1, 0, 0),
    )


@pytest.mark.parametrize(
    "reference", ["gone (id)", "gone", "t (gone)", "keyless", "keyless (gone)", "v (a)"]
)
def test_a_foreign_key_that_points_at_nothing_is_left_out(database, reference):
    path = database(
        "CREATE TABLE t (a INTEGER PRIMARY KEY); CREATE TABLE keyless (b INT);"
        f"CREATE VIEW v AS SELECT a FROM t; CREATE TABLE u (x INT REFERENCES {reference})"
    )
    assert Schema.from_sqlite(path).foreign_keys == ()


def test_generated_columns_are_columns(database):
    path = database("CREATE TABLE t (a INT, b INT AS (a * 2), c INT AS (a + 1) STORED)")
    assert _names(Schema.from_sqlite(path)) == {"t": ["a", "b", "c"]}


def test_views_come_after_the_tables_and_those_behind_the_scenes_are_left_out(database):
    path = database(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);"
        "CREATE VIEW v AS SELECT id, id + 1 AS next FROM t;"
        "CREATE VIEW broken AS SELECT id FROM nowhere;"
        "CREATE VIRTUAL TABLE found USING fts5 (body);"
    )
    schema = Schema.from_sqlite(path)
    assert _names(schema) == {"t": ["id"], "found": ["body"], "v": ["id", "next"]}
    assert [table.name for table in schema.tables if table.view] == ["v"]


def test_a_virtual_table_of_a_missing_extension_does_not_hide_the_others(database):
    path = database(
        "CREATE TABLE t (a INT);"
        "PRAGMA writable_schema = ON;"
        "INSERT INTO sqlite_master VALUES"
        " ('table', 'shape', 'shape', 0, 'CREATE VIRTUAL TABLE shape USING nowhere (x)');"
    )
    assert _names(Schema.from_sqlite(path)) == {"t": ["a"]}


def test_a_thousand_columns_are_read(database):
    path = database(f"CREATE TABLE wide ({', '.join(f'c{i} INT' for i in range(1000))})")
    assert Schema.from_sqlite(path).column_count == 1000


def test_names_in_broken_utf_8_are_read_with_marks_in_their_place(tmp_path):
    path = tmp_path / "latin1.sqlite"
    connection = sqlite3.connect(path)
    connection.execute('CREATE TABLE t ("caf#" INT)')
    connection.close()
    path.write_bytes(path.read_bytes().replace(b"caf#", b"caf\xe9"))
    assert _names(Schema.from_sqlite(path)) == {"t": ["caf\N{REPLACEMENT CHARACTER}"]}


def _truncated(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "".join(
                f"CREATE TABLE t{i} ({', '.join(f'c{j} TEXT' for j in range(99))});"
                for i in range(40)
            )
        )
    connection.close()
    path.write_bytes(path.read_bytes()[:8192])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: None, "There is no database file at"),
        (Path.mkdir, "There is no database file at"),
        (lambda path: path.write_bytes(b""), "has no tables; choose a database that has some"),
        (lambda path: path.write_bytes(b"name,age\nAnna,3\n" * 99), "cannot be read as a SQLite"),
        (_truncated, "cannot be read as a SQLite database"),
    ],
    ids=["missing", "a folder", "empty", "a spreadsheet", "cut off"],
)
def test_a_file_that_is_no_usable_database_is_refused_by_name(tmp_path, spoil, message):
    path = tmp_path / "bad.sqlite"
    spoil(path)
    with pytest.raises(DatabaseError, match=message) as caught:
        Schema.from_sqlite(path)
    assert str(path) in str(caught.value)


def test_a_file_that_may_not_be_opened_is_refused_by_name(tmp_path, monkeypatch):
    path = tmp_path / "locked.sqlite"
    path.touch()

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(sqlite3, "connect", refuse)
    with pytest.raises(
        DatabaseError, match=r"locked\.sqlite' cannot be opened .*check its permissions"
    ):
        connect_read_only(path)


@pytest.mark.parametrize("name", ["a b.db", "a#b.db", "a?mode=rwc.db", "100%.db", "größe.db"])
def test_a_path_may_hold_letters_that_mean_something_in_a_uri(database, name):
    assert _names(Schema.from_sqlite(database("CREATE TABLE t (a INT)", name))) == {"t": ["a"]}


def test_a_connection_for_reading_cannot_write_or_make_a_file(database, tmp_path):
    connection = connect_read_only(database("CREATE TABLE t (a INT)"))
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("INSERT INTO t VALUES (1)")
    connection.close()
    with pytest.raises(DatabaseError):
        connect_read_only(tmp_path / "new.sqlite")
    assert not (tmp_path / "new.sqlite").exists()


def test_a_database_in_wal_mode_is_read_and_nothing_appears_beside_it(database, tmp_path):
    path = database("PRAGMA journal_mode=WAL; CREATE TABLE t (a INT)")
    assert path.read_bytes()[18:20] == b"\x02\x02"
    assert _names(Schema.from_sqlite(path)) == {"t": ["a"]}
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_connection_for_reading_stops_when_its_time_is_over(database):
    connection = connect_read_only(database("CREATE TABLE t (a INT)"), timeout_s=0.1)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT max(i) FROM n"
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        connection.execute(endless)
    connection.close()


# tables.json


def _entry(**changes: Any) -> dict[str, Any]:
    return {
        "db_id": "concert",
        "table_names_original": ["Singer", "Song"],
        "table_names": ["singer", "song"],
        "column_names_original": [[-1, "*"], [0, "ID"], [0, "nm"], [1, "Singer_ID"], [1, "no"]],
        "column_names": [[-1, "*"], [0, "id"], [0, "name"], [1, "singer id"], [1, "number"]],
        "column_types": ["text", "number", "text", "number", "number"],
        "primary_keys": [1],
        "foreign_keys": [[3, 1]],
        **changes,
    }


def test_an_entry_of_tables_json_gives_natural_names_types_and_keys():
    assert Schema.from_tables_json(_entry()) == Schema(
        (
            Table(
                "Singer",
                (
                    Column("ID", "number", "id", primary_key=True),
                    Column("nm", "text", "name"),
                ),
                "singer",
            ),
            Table(
                "Song",
                (Column("Singer_ID", "number", "singer id"), Column("no", "number", "number")),
                "song",
            ),
        ),
        (ForeignKey(1, 0, 0, 0),),
    )


def test_composite_keys_may_be_listed_flat_or_as_lists():
    flat = Schema.from_tables_json(_entry(primary_keys=[1, 3, 4]))
    assert Schema.from_tables_json(_entry(primary_keys=[1, [3, 4]])) == flat
    assert [c.primary_key for c in flat.tables[1].columns] == [True, True]


@pytest.mark.parametrize(
    "changes",
    [
        {"table_names": ["singer"]},
        {"column_names": []},
        {"column_types": ["text"]},
        {"primary_keys": [17]},
        {"primary_keys": [0]},
        {"foreign_keys": [[3, 17]]},
        {"foreign_keys": [[3]]},
        {"column_names_original": [[-1, "*"], [7, "x"]]},
        {"column_names_original": [[-1, "*"], [0, 5]]},
        {"column_names_original": None},
        {"table_names_original": [], "column_names_original": [], "table_names": []},
    ],
    ids=str,
)
def test_an_entry_that_does_not_hold_together_is_refused_with_its_name(changes):
    with pytest.raises(SchemaError, match=r"^The tables.json entry of 'concert' is not in Spider"):
        Schema.from_tables_json(_entry(**changes))


@pytest.mark.parametrize("missing", sorted(_entry().keys() - {"db_id"}))
def test_an_entry_that_lacks_a_field_is_refused_with_the_fields_name(missing):
    entry = _entry()
    del entry[missing]
    with pytest.raises(SchemaError, match=missing):
        Schema.from_tables_json(entry)


@pytest.mark.parametrize("entry", [None, [], "concert", 3])
def test_something_other_than_an_entry_is_refused(entry):
    with pytest.raises(SchemaError, match="is not in Spider's form"):
        Schema.from_tables_json(entry)


# text


def test_a_schema_text_is_read_and_written():
    text = "singer(id, Home Town, first_name) | song(id, singerId)"
    schema = Schema.from_text(text)
    assert schema.serialize() == text
    assert schema.tables[0] == Table(
        "singer",
        (
            Column("id", natural="id"),
            Column("Home Town", natural="home town"),
            Column("first_name", natural="first name"),
        ),
        "singer",
    )
    assert schema.foreign_keys == ()


@pytest.mark.parametrize(
    "text",
    [
        "singer(id, name)|song(id)",
        "  singer( id ,name )  |song( id )  ",
        "singer(id, name)\nsong(id)\n",
        "singer(id,\n    name) |\n\nsong(id)",
        "singer : id (number) , name (text) | song : id (number)",
        "singer(id (number), name (text)) | song(id (number))",
    ],
)
def test_spacing_line_ends_and_types_do_not_matter(text):
    assert Schema.from_text(text).serialize() == "singer(id, name) | song(id)"


def test_types_are_read_where_the_text_states_them():
    schema = Schema.from_text("t : a (number) , b (time) , c")
    assert [column.type for column in schema.tables[0].columns] == ["number", "time", "text"]


def test_brackets_in_a_column_name_are_part_of_it():
    text = "t(Height (cm), Price (net, EUR), c : d)"
    assert _names(Schema.from_text(text)) == {"t": ["Height (cm)", "Price (net, EUR)", "c : d"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The schema text is empty"),
        (" | ", "The schema text is empty"),
        ("singer", "Cannot read a table from 'singer'"),
        ("singer(id", "Cannot read a table from 'singer(id'"),
        ("singer)", "Cannot read a table from 'singer)'"),
        ("singer(id) song(id) x", "Cannot read a table from"),
        ("(id, name)", "A table needs a name and columns"),
        ("singer()", "A table needs a name and columns"),
        ("singer : ", "Cannot read a table from 'singer :'"),
    ],
)
def test_a_text_without_tables_is_refused_with_the_form_it_should_have(text, message):
    with pytest.raises(SchemaError) as caught:
        Schema.from_text(text)
    assert str(caught.value).startswith(message)
    assert str(caught.value).endswith("write it as: table1(col1, col2) | table2(col3).")


_NAMES = st.text(
    st.characters(exclude_characters="|(),\n:", codec="utf-8"), min_size=1, max_size=9
).filter(lambda name: name == name.strip())


@given(
    st.lists(st.tuples(_NAMES, st.lists(_NAMES, min_size=1, max_size=4)), min_size=1, max_size=4)
)
def test_what_was_written_is_read_back(tables):
    schema = Schema(
        tuple(
            Table(name, tuple(Column(c, natural=natural_name(c)) for c in own), natural_name(name))
            for name, own in tables
        )
    )
    assert Schema.from_text(schema.serialize()) == schema


@given(st.text())
def test_any_text_gives_a_schema_or_a_schema_error(text):
    try:
        schema = Schema.from_text(text)
    except SchemaError:
        return
    assert all(table.name and table.columns for table in schema.tables)


# names


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("releaseYear", "release year"),
        ("Release_Year", "release year"),
        ("HTTPServerID", "http server id"),
        ("song2Album", "song2 album"),
        ("Date of Birth", "date of birth"),
        ("first-name", "first name"),
        ("_", "_"),
        ("名前", "名前"),
    ],
)
def test_an_identifier_reads_as_english(identifier, expected):
    assert natural_name(identifier) == expected


def test_tables_and_columns_are_found_in_any_case_and_the_first_of_a_name_wins():
    columns = (Column("Id"), Column("ID"), Column("Name"))
    schema = Schema((Table("Singer", columns), Table("SINGER", columns[2:])))
    assert schema.find_table("sINGER") == 0
    assert schema.find_column(0, "id") == 0
    assert schema.find_column(0, "NAME") == 2
    assert schema.find_table("song") is None
    assert schema.find_column(1, "id") is None


# Spider


def test_the_schemas_of_spider_agree_in_all_three_forms(spider_dir):
    entries = json.loads((spider_dir / "tables.json").read_text(encoding="utf-8"))
    strangers = []
    for entry in entries:
        schema = Schema.from_tables_json(entry)
        assert Schema.from_text(schema.serialize()).serialize() == schema.serialize()
        path = spider_dir / "database" / entry["db_id"] / f"{entry['db_id']}.sqlite"
        if path.is_file():
            found = Schema.from_sqlite(path)
            if {t.name.lower() for t in found.tables} & {t.name.lower() for t in schema.tables}:
                assert _unordered(found) == _unordered(schema)
            else:
                strangers.append(entry["db_id"])
    # a copy of Spider may hold another database under one of its names
    assert len(strangers) <= 1


def _unordered(schema: Schema) -> list[str]:
    """Tables as text; some files hold them in another order, or SQLite's own one besides."""
    tables = [Schema((table,)).serialize().lower() for table in schema.tables]
    return sorted(text for text in tables if not text.startswith("sqlite_"))
