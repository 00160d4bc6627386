"""The tables of a new database, made from the sheets of files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql.descriptions import NOTHING_SAID, Descriptions
from text2sql.errors import UploadError
from text2sql.linking.key_names import primary_key
from text2sql.uploads.chosen_types import TYPES
from text2sql.uploads.limits import UploadLimits
from text2sql.uploads.names import clean_names
from text2sql.uploads.sheets import Sheet, read_sheets
from text2sql.uploads.table_types import typed_columns
from text2sql.uploads.typed_column import TypedColumn
from text2sql.wording import cut

__all__ = ["Converted", "convert"]

_SHORT = 60  # characters of a name in a note


@dataclass(frozen=True)
class Converted:
    """The result of a conversion: ``notes`` are sentences.

    ``names`` maps each table to its name in the files and to those of its columns, in order.
    """

    notes: tuple[str, ...]
    names: dict[str, tuple[str, tuple[str, ...]]]


@dataclass(frozen=True)
class _NewTable:
    name: str
    columns: dict[str, TypedColumn]
    primary: str | None
    sheet: Sheet
    given: tuple[str, tuple[str, ...]]  # the names in the file

    @property
    def cells(self) -> dict[str, tuple[Any, ...]]:
        return {name: column.cells for name, column in self.columns.items()}


def convert(
    files: list[tuple[str, Path]],
    target: Path,
    limits: UploadLimits,
    said: Descriptions = NOTHING_SAID,
) -> Converted:
    """Write ``files``, given as ``(name, path)``, as tables of a new database ``target``.

    ``said`` names tables and columns and chooses types.

    Raises:
        UploadError: a file cannot be read or exceeds a limit.
    """
    sheets = [sheet for name, path in files for sheet in read_sheets(name, path, limits)]
    _check_sizes(sheets, limits)
    given = clean_names([sheet.name for sheet in sheets], "table")
    names = clean_names([said.table(name).name or name for name in given], "table")
    tables = [_table(*each, names, said) for each in zip(names, given, sheets, strict=True)]
    _write(tables, target)
    return Converted((*_notes(tables), *_renamed(tables)), {t.name: t.given for t in tables})


def _check_sizes(sheets: Sequence[Sheet], limits: UploadLimits) -> None:
    if len(sheets) > limits.tables:
        raise UploadError(
            f"These files have {len(sheets):,} tables; the limit is {limits.tables:,}. "
            "Upload fewer files or sheets."
        )
    columns = sum(len(sheet.header) for sheet in sheets)
    if columns > limits.columns_in_all:
        raise UploadError(
            f"These files have {columns:,} columns in all; the limit is {limits.columns_in_all:,}. "
            "Remove columns that you do not need."
        )


def _table(name: str, given: str, sheet: Sheet, names: list[str], said: Descriptions) -> _NewTable:
    own = clean_names(sheet.header, "column")
    texts = [said.column(given, column) for column in own]
    columns = clean_names([t.name or c for t, c in zip(texts, own, strict=True)], "column")
    chosen = {n: text.type for n, text in enumerate(texts) if text.type in TYPES}
    typed = dict(zip(columns, typed_columns(sheet, chosen), strict=True))
    called = primary_key(name, columns, names)
    primary = next((c for c in called if _is_unique(typed[c].cells)), None)
    return _NewTable(name, typed, primary, sheet, (given, tuple(own)))


def _is_unique(cells: Sequence[Any]) -> bool:
    return bool(cells) and None not in cells and len(set(cells)) == len(cells)


def _write(tables: list[_NewTable], target: Path) -> None:
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        for table in tables:
            connection.execute(_declaration(table))
        for table in tables:
            places = ", ".join("?" * len(table.columns))
            rows = zip(*table.cells.values(), strict=True)
            with connection:
                connection.executemany(f"INSERT INTO [{table.name}] VALUES ({places})", rows)


def _declaration(table: _NewTable) -> str:
    """Return the CREATE TABLE statement; names hold only letters, digits and underscores."""
    columns = (
        f"[{name}] {column.declared}" + (" PRIMARY KEY" if name == table.primary else "")
        for name, column in table.columns.items()
    )
    return f"CREATE TABLE [{table.name}] ({', '.join(columns)})"


def _notes(tables: list[_NewTable]) -> Iterator[str]:
    """Yield notes about omitted lines of each table, and about how its columns were read."""
    for table in tables:
        yield from (f"{table.name}: {note}" for note in table.sheet.notes)
        for name, column in table.columns.items():
            if column.note:
                yield f"{table.name}.{name}: {column.note}"


def _renamed(tables: list[_NewTable]) -> Iterator[str]:
    for table in tables:
        if not any(table.sheet.header):
            continue
        # a column that a person renamed needs no note
        for was, given, name in zip(table.sheet.header, table.given[1], table.columns, strict=True):
            if given != name:
                continue
            if not was:
                yield f"{table.name}: a column without a name was called {name}."
            elif was != name:
                yield f"{table.name}: column {cut(was, _SHORT)!r} was renamed to {name}."
