"""The process that imports uploaded files: it reads rows, schema and cells within limits.

``import_process.py`` starts it or forks it from ``serve``. It reads a JSON object and writes one.
The parsers of workbooks and Parquet files are large and read hostile bytes. Here their memory,
time and output are limited, and a crash does not affect the application.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from text2sql.databases import Database
from text2sql.descriptions import (
    NOTHING_SAID,
    Descriptions,
    TableText,
    described,
    read_descriptions,
)
from text2sql.errors import DataError, UploadError
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.keys import with_keys
from text2sql.schema import Schema
from text2sql.uploads.chosen_types import TYPES
from text2sql.uploads.declared import read_declared, schema_to_json
from text2sql.uploads.described_keys import with_described_keys
from text2sql.uploads.import_process import serve_forks
from text2sql.uploads.limits import UploadLimits
from text2sql.uploads.tables import Converted, convert

__all__ = ["Request", "index_of", "main", "serve"]

_MOST_SYNONYMS = 1_000  # of one database
# what is imported on first use otherwise
_PARSERS = ("sqlite_utils", "chardet", "openpyxl", "python_calamine", "pyarrow.parquet")
_NICENESS = 5  # as the model: after the page's events, before queries, which may have no end


@dataclass(frozen=True)
class Request:
    """What this process is asked for: to make ``target`` from ``files``, or, without files, to use
    the SQLite file at ``target``, which messages call ``name``.

    Files are pairs of a name and a path; ``describing`` holds files that describe the tables, and
    ``said`` the JSON text of descriptions that take precedence over them.
    """

    files: tuple[tuple[str, str], ...]
    target: str
    name: str
    limits: UploadLimits
    describing: tuple[tuple[str, str], ...] = ()
    said: str = "{}"

    def to_json(self) -> str:
        """Return the text that this process reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Request:
        """Read what ``to_json`` wrote."""
        return cls(**{**found, "limits": UploadLimits(**found["limits"])})


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
    os.nice(_NICENESS)
    import resource

    signal.alarm(math.ceil(limits.longest_s))

    for name, value in (
        ("RLIMIT_AS", limits.memory_bytes),
        ("RLIMIT_CPU", int(limits.timeout_s + limits.index_s) + 1),
        ("RLIMIT_FSIZE", limits.database_bytes),
        ("RLIMIT_CORE", 0),
    ):
        with suppress(AttributeError, ValueError, OSError):  # not every system has every limit
            resource.setrlimit(getattr(resource, name), (value, value))


def _answer(found: dict[str, Any]) -> dict[str, Any]:
    request = Request.from_json(found)
    limits = request.limits
    _confine(limits)
    try:
        return _import(request)
    except (UploadError, DataError) as error:
        problem = str(error)
    except (MemoryError, RecursionError):
        problem = "These files need too much memory; upload fewer or smaller files."
    except FileNotFoundError:
        problem = "A file is missing; upload it again."
    except (sqlite3.Error, OSError):
        size = f"{limits.database_bytes / 1e6:,.0f} MB"
        problem = f"The database would be larger than {size}, the limit; upload fewer rows."
    except BaseException as error:  # a crafted file can make parsers raise anything, even panics
        what = type(error).__name__
        problem = f"These files cannot be read ({what}); save them again, or choose others."
    return {"problem": problem}


def _import(request: Request) -> dict[str, Any]:
    """Make or read the database, describe it and index its cells."""
    target, limits = Path(request.target), request.limits
    own = read_descriptions("descriptions", request.said.encode()) or NOTHING_SAID
    files = [(name, Path(path)) for name, path in request.files]
    if files:
        # descriptions have to be known before the types are, and Spider's before the tables are
        said = _said(request, [Path(name).stem for name, _ in files]).joined(own)
        made = convert(files, target, limits, said)
    else:
        made = Converted((), {})
    schema = read_declared(request.name, target, limits)
    names = made.names or _names(schema)
    if not files:
        said = _said(request, list(names)).joined(own)
    database = with_keys(Database("taken in", _described(schema, names, said), target))
    database, unknown = with_described_keys(database, said.keys, names)
    CellIndex.read(database, limits.index_s).save(index_of(target))
    guessed = _guessed_keys(database.schema) if said.keys is None else ()
    notes = [*made.notes, *_unknown(names, said), *unknown, *guessed]
    more = len(notes) - limits.notes
    if more > 0:
        notes = [*notes[: limits.notes], f"{more:,} more notes of this kind."]
    return {
        "problem": None,
        "notes": notes,
        "schema": schema_to_json(database.schema),
        "names": names,
        "said": said.to_json(),
    }


def _names(schema: Schema) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the names of tables and columns that are as in the file."""
    return {t.name: (t.name, tuple(c.name for c in t.columns)) for t in schema.tables}


def _said(request: Request, tables: list[str]) -> Descriptions:
    """Read the files that describe the tables.

    Raises:
        UploadError: they have too many synonyms.
    """
    found = NOTHING_SAID
    for name, path in request.describing:
        found = found.joined(read_descriptions(name, Path(path).read_bytes(), tables) or found)
    synonyms = sum(len(s) for t in found.tables.values() for s in _synonyms(t))
    if synonyms > _MOST_SYNONYMS:
        raise UploadError(f"There are {synonyms:,} synonyms; the limit is {_MOST_SYNONYMS:,}.")
    return found


def _synonyms(table: TableText) -> Iterator[tuple[str, ...]]:
    yield table.synonyms
    yield from (column.synonyms for column in table.columns.values())


def _described(
    schema: Schema, names: dict[str, tuple[str, tuple[str, ...]]], said: Descriptions
) -> Schema:
    """Describe tables and columns, whose descriptions are found by their names in the files."""
    now: dict[str, TableText] = {}
    for table in schema.tables:
        given, columns = names[table.name]
        texts = (said.column(given, column) for column in columns)
        own = dict(zip((column.name for column in table.columns), texts, strict=True))
        now[table.name] = said.table(given).model_copy(update={"columns": own})
    return described(schema, Descriptions(tables=now))


def _unknown(names: dict[str, tuple[str, tuple[str, ...]]], said: Descriptions) -> Iterator[str]:
    """Yield notes about descriptions of what is not there."""
    given = {table.lower(): {c.lower() for c in columns} for table, columns in names.values()}
    for name, text in said.tables.items():
        columns = given.get(name.lower())
        if columns is None:
            yield f"The descriptions name a table {name!r}, which these files do not have."
            continue
        for column, said_of_it in text.columns.items():
            if column.lower() not in columns:
                yield f"The descriptions name a column {name}.{column}, which is not there."
            elif said_of_it.type and said_of_it.type not in TYPES:
                yield f"{name}.{column}: there is no type {said_of_it.type!r}; choose another one."


def index_of(target: Path) -> Path:
    """Return the path of the cell index of a database."""
    return target.with_suffix(".cells")


def main() -> None:
    """Answer one request from standard input on standard output."""
    sys.stdout.buffer.write(_answer_text(sys.stdin.buffer.read()))


def serve() -> None:
    """Load all parsers, and answer each request in a fork of this process."""
    for parser in _PARSERS:
        with suppress(ImportError):  # the file that needs it is refused
            importlib.import_module(parser)
    serve_forks(_answer_text)


def _answer_text(request: bytes) -> bytes:
    return json.dumps(_answer(json.loads(request))).encode()
