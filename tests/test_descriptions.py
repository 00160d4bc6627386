"""Descriptions of tables and columns: their file, Spider's and BIRD's."""

from __future__ import annotations

import json

import pytest

from text2sql.descriptions import ColumnText, Descriptions, TableText, described, read_descriptions
from text2sql.errors import DataError
from text2sql.schema import Schema

SAID = Descriptions(
    tables={
        "visit": TableText(
            synonyms=("appointment",),
            columns={"fee": ColumnText(name="Fee in euros", type="number", synonyms=("price",))},
        )
    },
    keys=("visit.who = patient.id",),
)


def test_the_file_holds_what_was_said_and_nothing_else() -> None:
    text = SAID.to_json()
    assert json.loads(text) == {
        "tables": {
            "visit": {
                "synonyms": ["appointment"],
                "columns": {
                    "fee": {"name": "Fee in euros", "synonyms": ["price"], "type": "number"}
                },
            }
        },
        "keys": ["visit.who = patient.id"],
    }
    assert read_descriptions("x.json", text.encode("utf-8-sig")) == SAID


def test_a_schema_gets_names_descriptions_and_synonyms_in_any_letter_case() -> None:
    schema = described(Schema.from_text("VISIT(Id, FEE) | patient(id)"), SAID)
    visit, patient = schema.tables
    assert (visit.natural, visit.synonyms) == ("visit", ("appointment",))
    assert [c.natural for c in visit.columns] == ["id", "fee in euros"]
    assert visit.columns[1].synonyms == ("price",)
    assert patient == Schema.from_text("patient(id)").tables[0]


def test_later_descriptions_take_precedence_column_by_column() -> None:
    more = Descriptions(tables={"Visit": TableText(columns={"FEE": ColumnText(name="charge")})})
    found = SAID.joined(more)
    assert found.column("visit", "fee") == ColumnText(
        name="charge", type="number", synonyms=("price",)
    )
    assert (found.table("visit").synonyms, found.keys) == (("appointment",), SAID.keys)


def test_birds_file_of_a_table_is_read() -> None:
    text = (
        "original_column_name,column_name,column_description,data_format,value_description\n"
        "cds,CDS code,the code of a school,integer,\n"
        'Charter,,is it a charter school,integer,"0: no, 1: yes"\n'
    )
    assert read_descriptions("frpm.csv", text.encode()) == Descriptions(
        tables={
            "frpm": TableText(
                columns={
                    "cds": ColumnText(name="CDS code", description="the code of a school"),
                    "Charter": ColumnText(description="is it a charter school 0: no, 1: yes"),
                }
            )
        }
    )


def entry(table: str, column: str, natural: str) -> dict[str, object]:
    return {
        "db_id": table,
        "table_names_original": [table],
        "table_names": [f"{table} list"],
        "column_names_original": [[-1, "*"], [0, column]],
        "column_names": [[-1, "*"], [0, natural]],
        "column_types": ["text", "text"],
        "primary_keys": [],
        "foreign_keys": [],
    }


def test_spiders_entry_with_the_same_tables_is_read() -> None:
    entries = [entry("song", "sg", "song name"), entry("Singer", "nm", "singer name")]
    raw = json.dumps(entries).encode()
    found = read_descriptions("tables.json", raw, ["singer"])
    assert found == Descriptions(
        tables={
            "Singer": TableText(name="Singer list", columns={"nm": ColumnText(name="singer name")})
        }
    )
    assert read_descriptions("tables.json", raw, ["car"]) == Descriptions()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"{", "is not valid JSON"),
        (b"[" * 100_000, "is not valid JSON"),
        (b'{"tables": {"a": {"colums": {}}}}', "tables.a.colums: Extra inputs"),
        (b'{"tables": {"a": {"name": 7}}}', "tables.a.name: Input should be a valid string"),
        (b'{"tables": {"a": {"name": "%s"}}}' % (b"x" * 201), "at most 200 characters"),
        (b'{"keys": [%s]}' % b",".join([b'"a.b = c.d"'] * 501), "describes too much"),
        (b'[{"table_names_original": 1}]', "Spider's tables.json"),
        (b"[7]", "Spider's tables.json"),
        (b"{" + b" " * 2_000_001, "2.0 MB; a file of descriptions may have 2 MB"),
    ],
)
def test_a_damaged_file_is_refused_with_its_first_fault(raw: bytes, words: str) -> None:
    with pytest.raises(DataError) as caught:
        read_descriptions("x.json", raw)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 500


def test_files_of_rows_are_no_descriptions() -> None:
    assert read_descriptions("a.csv", b"a,b\n1,2\n") is None
