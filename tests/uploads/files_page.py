"""Writes the table of ``docs/files.md``: ``python -m tests.uploads.files_page``."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from tests.uploads.people_files import FILES, PeopleFile
from text2sql.uploads.limits import LIMITS
from text2sql.uploads.tables import convert
from text2sql.wording import counted

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[2] / "docs" / "files.md"
_HEADING = "## How each kind of file is read"


def page() -> str:
    """Return the page with its table as it should be."""
    before, heading, _ = PAGE.read_text(encoding="utf-8").partition(_HEADING)
    rows = [_row(number, file) for number, file in enumerate(FILES, start=1)]
    head = "| | a file with | the table that it becomes | what the page says |\n|---|---|---|---|\n"
    return f"{before}{heading}\n\n{head}" + "".join(rows)


def _row(number: int, file: PeopleFile) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "arrived", Path(folder) / "made.sqlite"
        source.write_bytes(file.content())
        notes: tuple[str, ...] = ()
        if file.name.endswith(".db"):
            target = source
        else:
            notes = convert([(file.name, source)], target, LIMITS).notes
        with closing(sqlite3.connect(target)) as connection:
            tables = connection.execute(
                "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"
            ).fetchall()
            became = [_table(connection, name) for name, _ in tables]
    said = "<br>".join(map(_cell, notes)) or "nothing"
    return f"| {number} | {_cell(file.what)} | {'<br>'.join(became)} | {said} |\n"


def _table(connection: sqlite3.Connection, name: str) -> str:
    columns = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
    (count,) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()
    listed = ", ".join(f"{column} {type_}" for _, column, type_, *_ in columns)
    return f"`{name}({listed})`: {counted(count, 'row')}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
