"""Readable names, descriptions and synonyms that people give for tables and columns.

They are kept in a small JSON file, whose keys are the names in the file that they describe::

    {"tables": {"visit": {"synonyms": ["appointment"], "columns": {
        "fee": {"name": "fee in euros", "type": "number", "description": "paid by the patient",
                "synonyms": ["price", "takings = sum of fee"]}}}},
     "keys": ["visit.patient_id = patient.id"]}

Spider's ``tables.json`` and BIRD's ``database_description/*.csv`` are also read.
"""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from text2sql.errors import DataError
from text2sql.schema import Column, Schema, Table

__all__ = [
    "NOTHING_SAID",
    "ColumnText",
    "Descriptions",
    "TableText",
    "described",
    "described_by_bird",
    "is_description",
    "read_descriptions",
]

_log = logging.getLogger(__name__)
_MOST_BYTES = 2_000_000
_MOST_TABLES = 1_000
_MOST_SYNONYMS = 20
_MOST_KEYS = 500
_JSON = (b"{", b"[")
_BIRD = ("original_column_name", "column_name", "column_description", "value_description")
_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
_Key = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: _Name = ""
    description: _Text = ""
    synonyms: tuple[_Name, ...] = ()


class ColumnText(_Said):
    """The description of a column; ``type`` is one that uploads offer, for files of rows."""

    type: _Name = ""


class TableText(_Said):
    """The description of a table; the keys of ``columns`` are their names in the file."""

    columns: dict[str, ColumnText] = {}


class Descriptions(BaseModel):
    """The descriptions of the tables of a database, by their names in the file.

    ``keys`` are foreign keys such as ``sale.customer_id = customer.id``, in place of guessed ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tables: dict[str, TableText] = {}
    keys: tuple[_Key, ...] | None = None

    def table(self, name: str) -> TableText:
        """Return the description of a table; the case of its name does not matter."""
        return _find(self.tables, name) or TableText()

    def column(self, table: str, name: str) -> ColumnText:
        """Return the description of a column; the case of its name does not matter."""
        return _find(self.table(table).columns, name) or ColumnText()

    def with_column(self, table: str, name: str, text: ColumnText) -> Descriptions:
        """Return a copy with ``text`` for a column."""
        old = self.table(table)
        columns = {**_without(old.columns, name), name: text}
        changed = old.model_copy(update={"columns": columns})
        return self._with(table, changed)

    def with_table(self, name: str, text: TableText) -> Descriptions:
        """Return a copy with ``text`` for a table, whose columns keep their descriptions."""
        changed = text.model_copy(update={"columns": self.table(name).columns})
        return self._with(name, changed)

    def _with(self, table: str, text: TableText) -> Descriptions:
        tables = {**_without(self.tables, table), table: text}
        return Descriptions(tables=tables, keys=self.keys)

    def joined(self, other: Descriptions) -> Descriptions:
        """Return these descriptions, in which those of ``other`` take precedence."""
        found = self
        for name, text in other.tables.items():
            found = found.with_table(name, _over(found.table(name), text))
            for column, said in text.columns.items():
                found = found.with_column(name, column, _over(found.column(name, column), said))
        return found if other.keys is None else found.model_copy(update={"keys": other.keys})

    def to_json(self) -> str:
        """Return the file that ``read_descriptions`` reads, without empty entries."""
        return json.dumps(self.model_dump(exclude_defaults=True), ensure_ascii=False, indent=1)


NOTHING_SAID = Descriptions()


def _find(texts: Mapping[str, Any], name: str) -> Any:
    return texts.get(name) or {key.lower(): text for key, text in texts.items()}.get(name.lower())


def _without(texts: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: text for key, text in texts.items() if key.lower() != name.lower()}


def _over(old: Any, new: Any) -> Any:
    """Return ``old`` with the values that ``new`` has."""
    said = new.model_dump(exclude_defaults=True, exclude={"columns"})
    return old.model_copy(update=said)


def is_description(start: bytes) -> bool:
    """Whether a file whose first 200 bytes are ``start`` describes a database."""
    return _text_start(start).startswith((*_JSON, b"original_column_name"))


def _text_start(raw: bytes) -> bytes:
    return raw[:200].removeprefix(b"\xef\xbb\xbf").lstrip()


def read_descriptions(name: str, raw: bytes, tables: Sequence[str] = ()) -> Descriptions | None:
    """Read the file ``name`` if it describes a database, else return None.

    Args:
        tables: the names of the tables that are described, to find their entry in a
            ``tables.json`` of many databases.

    Raises:
        DataError: it is such a file, but it is damaged or too large.
    """
    if not is_description(raw[:200]):
        return None
    if not _text_start(raw).startswith(_JSON):
        return _from_bird(name, _decoded(name, raw))
    try:
        found = json.loads(_decoded(name, raw))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name!r} is not valid JSON ({error}); save it again.") from error
    if isinstance(found, list) or "table_names_original" in found:
        return _from_spider(name, found if isinstance(found, list) else [found], tables)
    return _checked(name, found)


def _decoded(name: str, raw: bytes) -> str:
    if len(raw) > _MOST_BYTES:
        raise DataError(
            f"{name!r} has {len(raw) / 1e6:,.1f} MB; "
            f"a file of descriptions may have {_MOST_BYTES / 1e6:g} MB."
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")  # some of BIRD's are


def _checked(name: str, found: Any) -> Descriptions:
    try:
        return _bounded(name, Descriptions.model_validate(found))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))[:200]
        raise DataError(
            f"{name!r} does not describe a database: {place or 'the file'}: {first['msg']}."
        ) from error


def _bounded(name: str, found: Descriptions) -> Descriptions:
    many = max((len(text.synonyms) for text in _all_texts(found)), default=0)
    keys = len(found.keys or ())
    if len(found.tables) > _MOST_TABLES or many > _MOST_SYNONYMS or keys > _MOST_KEYS:
        raise DataError(
            f"{name!r} describes too much; up to {_MOST_TABLES:,} tables, {_MOST_KEYS} keys, and "
            f"{_MOST_SYNONYMS} synonyms of each name are read."
        )
    return found


def _all_texts(found: Descriptions) -> Iterable[_Said]:
    for table in found.tables.values():
        yield table
        yield from table.columns.values()


def _from_bird(name: str, text: str) -> Descriptions:
    """Read a CSV file of BIRD, which is named after its table."""
    columns = {}
    for row in csv.DictReader(io.StringIO(text)):
        cells = {key: (row.get(key) or "").strip() for key in _BIRD}
        parts = [cells["column_description"], cells["value_description"]]
        if cells["original_column_name"]:
            said = " ".join(dict.fromkeys(filter(None, parts)))
            columns[cells["original_column_name"]] = {
                "name": cells["column_name"][:200],
                "description": said[:2_000],
            }
    return _checked(name, {"tables": {Path(name).stem: {"columns": columns}}})


def _from_spider(name: str, entries: Sequence[Any], tables: Sequence[str]) -> Descriptions:
    """Read the entry of Spider's ``tables.json`` whose tables are the most alike."""
    wanted = {table.lower() for table in tables}

    def alike(entry: Any) -> float:
        own = {table.lower() for table in entry["table_names_original"]}
        return len(own & wanted) / max(1, len(own | wanted))

    try:
        entry = max(entries, key=alike)
        if tables and not alike(entry):
            return Descriptions()
        schema = Schema.from_tables_json(entry)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{name!r} is not in the form of Spider's tables.json.") from error
    found = {table.name: _spider_table(table) for table in schema.tables}
    return _bounded(name, Descriptions(tables=found))


def _spider_table(table: Table) -> TableText:
    columns = {column.name: ColumnText(name=column.natural[:200]) for column in table.columns}
    return TableText(name=table.natural[:200], columns=columns)


def described_by_bird(schema: Schema, folder: Path) -> Schema:
    """Return ``schema`` with the descriptions of its columns in BIRD's CSV files in ``folder``.

    Names stay as they are. A damaged file is left out, and a warning says so.
    """
    said = NOTHING_SAID
    for path in sorted(folder.glob("*.csv")):
        try:
            found = read_descriptions(path.name, path.read_bytes())
        except (OSError, DataError) as error:
            _log.warning("The descriptions in %r are not used: %s", str(path), error)
            continue
        for table, text in (found.tables if found is not None else {}).items():
            columns = {n: c.model_copy(update={"name": ""}) for n, c in text.columns.items()}
            said = said.joined(Descriptions(tables={table: TableText(columns=columns)}))
    return described(schema, said)


def described(schema: Schema, said: Descriptions) -> Schema:
    """Return ``schema`` with the names, descriptions and synonyms that people gave."""
    return replace(schema, tables=tuple(_table(table, said) for table in schema.tables))


def _table(table: Table, said: Descriptions) -> Table:
    text = said.table(table.name)
    columns = tuple(_column(c, said.column(table.name, c.name)) for c in table.columns)
    return replace(
        table,
        natural=text.name.lower() or table.natural,
        description=text.description or table.description,
        synonyms=text.synonyms or table.synonyms,
        columns=columns,
    )


def _column(column: Column, text: ColumnText) -> Column:
    return replace(
        column,
        natural=text.name.lower() or column.natural,
        description=text.description or column.description,
        synonyms=text.synonyms or column.synonyms,
    )
