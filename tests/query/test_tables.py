"""Which tables a query reads."""

import pytest

from text2sql.query.tables import tables_used
from text2sql.schema import Schema

SCHEMA = Schema.from_text("Singer(id, name) | Concert(id, singer_id) | stadium(id)")


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT name FROM singer", ("Singer",)),
        (
            "SELECT * FROM concert AS c JOIN singer ON c.singer_id = singer.id",
            ("Concert", "Singer"),
        ),
        ("SELECT id FROM stadium WHERE id IN (SELECT id FROM concert)", ("stadium", "Concert")),
        ("SELECT 1", ()),
        ("SELECT x FROM nowhere", ()),
        ("DELETE FROM singer", ()),
        ("(" * 3000, ()),
    ],
    ids=lambda value: str(value)[:30],
)
def test_tables_are_named_once_as_the_schema_spells_them(sql: str, tables: tuple[str, ...]) -> None:
    assert tables_used(sql, SCHEMA) == tables
