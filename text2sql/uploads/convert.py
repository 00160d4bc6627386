"""The process that imports uploaded files: it reads rows, schema and cells within limits.

``importing.py`` starts it with a JSON object on standard input, and it writes a JSON object to
standard output. The parsers of workbooks and Parquet files are large and read hostile bytes. Here
their memory, time and output are limited, and a crash does not affect the application.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from text2sql.databases import Database
from text2sql.errors import UploadError
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.key_names import primary_key
from text2sql.linking.keys import with_keys
from text2sql.schema import Schema
from text2sql.uploads.columns import TypedColumn, typed_column
from text2sql.uploads.declared import read_declared, schema_to_json
from text2sql.uploads.limits import UploadLimits
from text2sql.uploads.names import clean_names
from text2sql.uploads.sheets import Sheet, read_sheets

__all__ = ["convert", "index_of", "main", "request_json"]


_SHORT = 60  # characters of a name in a note


@dataclass(frozen=True)
class _Table:
    name: str
    columns: dict[str, TypedColumn]
    primary: str | None

    @property
    def cells(self) -> dict[str, tuple[Any, ...]]:
        return {name: column.cells for name, column in self.columns.items()}


def convert(files: list[tuple[str, Path]], target: Path, limits: UploadLimits) -> list[str]:
    """Write ``files``, given as ``(name, path)``, as tables of a new database ``target``.

    Returns:
        Notes about changes, as sentences.

    Raises:
        UploadError: a file cannot be read or exceeds a limit.
    """
    sheets = [sheet for name, path in files for sheet in read_sheets(name, path, limits)]
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
    names = clean_names([sheet.name for sheet in sheets], "table")
    tables = [_table(name, sheet, names) for name, sheet in zip(names, sheets, strict=True)]
    _write(tables, target)
    return _renamed(sheets, tables)


def _table(name: str, sheet: Sheet, names: list[str]) -> _Table:
    columns = clean_names(sheet.header, "column")
    cells: Iterable[tuple[Any, ...]] = zip(*sheet.rows, strict=True)
    if not sheet.rows:
        cells = [()] * len(columns)
    typed = {c: typed_column(values) for c, values in zip(columns, cells, strict=True)}
    called = primary_key(name, columns, names)
    primary = next((c for c in called if _is_unique(typed[c].cells)), None)
    return _Table(name, typed, primary)


def _is_unique(cells: Sequence[Any]) -> bool:
    return bool(cells) and None not in cells and len(set(cells)) == len(cells)


def _write(tables: list[_Table], target: Path) -> None:
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


def _declaration(table: _Table) -> str:
    """Return the CREATE TABLE statement; names hold only letters, digits and underscores."""
    columns = (
        f"[{name}] {column.declared}" + (" PRIMARY KEY" if name == table.primary else "")
        for name, column in table.columns.items()
    )
    return f"CREATE TABLE [{table.name}] ({', '.join(columns)})"


def _renamed(sheets: list[Sheet], tables: list[_Table]) -> list[str]:
    return [
        f"{table.name}: column {_short(was)!r} was renamed to {name}."
        if was
        else f"{table.name}: a column without a name was called {name}."
        for sheet, table in zip(sheets, tables, strict=True)
        for was, name in zip(sheet.header, table.columns, strict=True)
        if was != name
    ]


def _short(name: str) -> str:
    return name if len(name) <= _SHORT else f"{name[:_SHORT]}…"


def _guessed_keys(schema: Schema) -> Iterator[str]:
    """Yield a sentence for each guessed key."""
    for key in schema.foreign_keys:
        if key.guessed:
            here, there = schema.tables[key.table], schema.tables[key.ref_table]
            yield (
                f"Guessed key: {here.name}.{here.columns[key.column].name} refers to "
                f"{there.name}.{there.columns[key.ref_column].name}."
            )


def _confine(limits: UploadLimits) -> None:
    if os.name != "posix":
        return
    os.nice(3)  # the page and its model have priority
    import resource

    for name, value in (
        ("RLIMIT_AS", limits.memory_bytes),
        ("RLIMIT_CPU", int(limits.timeout_s + limits.index_s) + 1),
        ("RLIMIT_FSIZE", limits.database_bytes),
        ("RLIMIT_CORE", 0),
    ):
        with suppress(AttributeError, ValueError, OSError):  # not every system has every limit
            resource.setrlimit(getattr(resource, name), (value, value))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    limits = UploadLimits(**request["limits"])
    _confine(limits)
    files = [(name, Path(path)) for name, path in request["files"]]
    try:
        return _import(files, Path(request["target"]), request["name"], limits)
    except UploadError as error:
        problem = str(error)
    except (MemoryError, RecursionError):
        problem = "These files need too much memory; upload fewer or smaller files."
    except FileNotFoundError:
        problem = "A file is missing; upload it again."
    except (sqlite3.Error, OSError):
        size = f"{limits.database_bytes / 1e6:,.0f} MB"
        problem = f"The database would be larger than {size}, the limit; upload fewer rows."
    except Exception as error:  # a crafted file can make parsers raise anything
        what = type(error).__name__
        problem = f"These files cannot be read ({what}); save them again, or choose others."
    return {"problem": problem}


def _import(
    files: list[tuple[str, Path]], target: Path, name: str, limits: UploadLimits
) -> dict[str, Any]:
    """Make ``target`` from ``files``, or use it as it is if there are none, and index its cells."""
    notes = convert(files, target, limits) if files else []
    schema = read_declared(name, target, limits)
    database = with_keys(Database("taken in", schema, target))
    CellIndex.read(database, limits.index_s).save(index_of(target))
    notes += _guessed_keys(database.schema)
    more = len(notes) - limits.notes
    if more > 0:
        notes = [*notes[: limits.notes], f"{more:,} more notes of this kind."]
    return {"problem": None, "notes": notes, "schema": schema_to_json(database.schema)}


def index_of(target: Path) -> Path:
    """Return the path of the cell index of a database."""
    return target.with_suffix(".cells")


def request_json(
    files: list[tuple[str, Path]], target: Path, name: str, limits: UploadLimits
) -> str:
    """Return the request that this process reads; messages call ``target`` ``name``."""
    named = [(file, str(path)) for file, path in files]
    return json.dumps(
        {"files": named, "target": str(target), "name": name, "limits": asdict(limits)}
    )


def main() -> None:
    """Answer one request."""
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)
