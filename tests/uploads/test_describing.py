"""Descriptions that come with files, and that are changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from text2sql.descriptions import ColumnText, Descriptions, TableText
from text2sql.errors import UploadError
from text2sql.sandbox import run_query
from text2sql.uploads.described_keys import key_texts
from text2sql.uploads.importing import UploadedFile, describe_again, import_files
from text2sql.uploads.limits import LIMITS
from text2sql.uploads.store import UploadStore

TextFile = Callable[[str, str | bytes], UploadedFile]
SqliteFile = Callable[[str, str], UploadedFile]

VISITS = "id,who,fee,day\n1,1,$5.00,03/04/2024\n2,1,n/a?,05/06/2024\n"
PEOPLE = "id,name\n1,Ann\n2,Bob\n"


def said(columns: dict[str, ColumnText], keys: tuple[str, ...] | None = None) -> Descriptions:
    return Descriptions(tables={"visit": TableText(columns=columns)}, keys=keys)


def test_a_file_of_descriptions_names_types_and_connects_the_columns_of_the_others(
    text_file: TextFile, folder: Path
) -> None:
    columns = {
        "fee": ColumnText(name="Fee (USD)", type="number", synonyms=("price",)),
        "day": ColumnText(type="date, day first", description="of the visit"),
        "when": ColumnText(name="gone"),
        "id": ColumnText(type="roman number"),
    }
    described = said(columns, ("visit.who = person.id", "visit.who = nobody.id"))
    files = [text_file("visit.csv", VISITS), text_file("person.csv", PEOPLE)]
    (imported,) = import_files([*files, text_file("s.json", described.to_json())], folder)
    schema = imported.database.schema
    assert schema.serialize() == "visit(id, who, Fee_USD, day) | person(id, name)"
    fee, day = schema.tables[0].columns[2:]
    assert (fee.natural, fee.synonyms, day.description) == (
        "fee (usd)",
        ("price",),
        "of the visit",
    )
    assert run_query(imported.database, "SELECT Fee_USD, day FROM visit").rows == (
        (5, "2024-04-03"),
        (None, "2024-06-05"),
    )
    assert imported.notes == (
        "visit.Fee_USD: it was read as a number, as you chose; "
        "1 cell that is not a number became empty: 'n/a?'.",
        "visit.day: it was read as a date, day first, as you chose.",
        "The descriptions name a column visit.when, which is not there.",
        "visit.id: there is no type 'roman number'; choose another one.",
        "The descriptions have a key 'visit.who = nobody.id', whose columns are not there.",
    )
    assert key_texts(imported.database, imported.names) == ("visit.who = person.id",)


def test_describing_again_starts_from_the_file_so_nothing_is_lost(
    text_file: TextFile, folder: Path
) -> None:
    (first,) = import_files([text_file("visit.csv", VISITS)], folder)
    number = describe_again(first, said({"fee": ColumnText(type="number")}), LIMITS)
    text = describe_again(number, said({"fee": ColumnText(type="text", name="paid")}), LIMITS)
    assert run_query(number.database, "SELECT fee FROM visit").rows == ((5,), (None,))
    assert run_query(text.database, "SELECT paid FROM visit").rows == (("$5.00",), ("n/a?",))
    assert text.names == {"visit": ("visit", ("id", "who", "fee", "day"))}


def test_birds_descriptions_come_with_a_sqlite_file_which_stays_as_it_is(
    text_file: TextFile, sqlite_file: SqliteFile, folder: Path
) -> None:
    database = sqlite_file(
        "frpm.sqlite",
        "CREATE TABLE frpm (cds TEXT); CREATE VIEW large AS SELECT cds FROM frpm;",
    )
    text = (
        "original_column_name,column_name,column_description,data_format,value_description\n"
        "cds,CDS code,code of a school,text,\n"
    )
    (imported,) = import_files([database, text_file("frpm.csv", text)], folder)
    table, view = imported.database.schema.tables
    assert (table.columns[0].name, table.columns[0].natural) == ("cds", "cds code")
    assert table.columns[0].description == "code of a school"
    assert (table.view, view.view) == (False, True)
    assert imported.notes == ()


def test_descriptions_with_too_many_synonyms_are_refused(text_file: TextFile, folder: Path) -> None:
    many = {f"c{n}": {"synonyms": [f"s{i}" for i in range(20)]} for n in range(51)}
    raw = json.dumps({"tables": {"visit": {"columns": many}}})
    with pytest.raises(UploadError, match=r"There are 1,020 synonyms; the limit is 1,000\."):
        import_files([text_file("visit.csv", VISITS), text_file("s.json", raw)], folder)
    assert list(folder.iterdir()) == []


def kept(folder: Path) -> list[str]:
    """Return the endings of the files that hold a visitor's data."""
    files = (file.suffix for file in folder.rglob("*") if file.is_file())
    return sorted(suffix for suffix in files if suffix != ".lock")


def test_a_visitor_describes_her_own_database_and_its_old_files_go(
    tmp_path: Path, text_file: TextFile
) -> None:
    store = UploadStore(tmp_path / "store")
    store.add("ann", [text_file("visit.csv", VISITS)])
    database = store.describe("ann", "visit", said({"who": ColumnText(name="patient")}))
    assert database.schema.serialize() == "visit(id, patient, fee, day)"
    assert store.of("ann")["visit"].database is database
    assert kept(tmp_path / "store") == [".cells", ".source", ".sqlite"]
    with pytest.raises(UploadError, match="There is no database 'visit'"):
        store.describe("bob", "visit", Descriptions())
    store.remove("ann", "visit")
    assert kept(tmp_path / "store") == []
    store.close()
