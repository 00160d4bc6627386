"""Takes files in, in a process that may be killed at any moment: their rows, schema and cells.

Started by ``importing.py`` with one JSON object on standard input, it answers with one on
standard output. Parsers of workbooks and Parquet are large programs that read hostile bytes here:
whatever they do, memory, time and what they write are bounded, and the application goes on.
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
    """Write ``files``, each with its owner's name for it, as tables of a new database ``target``.

    Returns:
        What was guessed or changed on the way, in sentences.

    Raises:
        UploadError: a file cannot be read or is over a limit.
    """
    sheets = [sheet for name, path in files for sheet in read_sheets(name, path, limits)]
    if len(sheets) > limits.tables:
        raise UploadError(f"These are {len(sheets):,} tables; the limit is {limits.tables:,}.")
    columns = sum(len(sheet.header) for sheet in sheets)
    if columns > limits.columns_in_all:
        raise UploadError(
            f"These are {columns:,} columns in all; the limit is {limits.columns_in_all:,}. "
            "Leave out those you will not ask about."
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
    """Names are clean: letters, digits and underscores."""
    columns = (
        f"[{name}] {column.declared}" + (" PRIMARY KEY" if name == table.primary else "")
        for name, column in table.columns.items()
    )
    return f"CREATE TABLE [{table.name}] ({', '.join(columns)})"


def _renamed(sheets: list[Sheet], tables: list[_Table]) -> list[str]:
    return [
        f"{table.name}: {_short(was)!r} is called {name}."
        if was
        else f"{table.name}: {name} had no name."
        for sheet, table in zip(sheets, tables, strict=True)
        for was, name in zip(sheet.header, table.columns, strict=True)
        if was != name
    ]


def _short(name: str) -> str:
    return name if len(name) <= _SHORT else f"{name[:_SHORT]}…"


def _guessed_keys(schema: Schema) -> Iterator[str]:
    """A sentence for each key that the file does not declare."""
    for key in schema.foreign_keys:
        if key.guessed:
            here, there = schema.tables[key.table], schema.tables[key.ref_table]
            yield (
                f"{here.name}.{here.columns[key.column].name} seems to refer to "
                f"{there.name}.{there.columns[key.ref_column].name}."
            )


def _confine(limits: UploadLimits) -> None:
    if os.name != "posix":
        return
    os.nice(3)  # the page and its model go first
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
        return _taken_in(files, Path(request["target"]), request["name"], limits)
    except UploadError as error:
        problem = str(error)
    except (MemoryError, RecursionError):
        problem = "Reading these files needs too much memory; upload fewer or smaller ones."
    except FileNotFoundError:
        problem = "A file did not arrive, or has gone meanwhile; upload it again."
    except (sqlite3.Error, OSError):
        size = f"{limits.database_bytes / 1e6:,.0f} MB"
        problem = f"As a database these files are larger than {size}, the limit; upload fewer rows."
    except Exception as error:  # parsers raise whatever a crafted file makes them
        what = type(error).__name__
        problem = f"These files cannot be read ({what}); save them anew, or choose others."
    return {"problem": problem}


def _taken_in(
    files: list[tuple[str, Path]], target: Path, name: str, limits: UploadLimits
) -> dict[str, Any]:
    """``target`` made of ``files``, or a database already where there are none, and its index."""
    notes = convert(files, target, limits) if files else []
    schema = read_declared(name, target, limits)
    database = with_keys(Database("taken in", schema, target))
    CellIndex.read(database, limits.index_s).save(index_of(target))
    notes += _guessed_keys(database.schema)
    more = len(notes) - limits.notes
    if more > 0:
        notes = [*notes[: limits.notes], f"{more:,} more of this kind."]
    return {"problem": None, "notes": notes, "schema": schema_to_json(database.schema)}


def index_of(target: Path) -> Path:
    """Where the index of the cells of a database is saved."""
    return target.with_suffix(".cells")


def request_json(
    files: list[tuple[str, Path]], target: Path, name: str, limits: UploadLimits
) -> str:
    """What this process reads on its standard input; ``name`` is what ``target`` is called."""
    named = [(file, str(path)) for file, path in files]
    return json.dumps(
        {"files": named, "target": str(target), "name": name, "limits": asdict(limits)}
    )


def main() -> None:
    """Answer one request."""
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)
