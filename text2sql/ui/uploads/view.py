"""What the Your data tab says, as HTML; everything that varies is escaped."""

from __future__ import annotations

from html import escape

from text2sql.ui.schema.peek import peek
from text2sql.ui.schema.view import summary_html, tables_html
from text2sql.ui.wording import counted
from text2sql.uploads.importing import Imported
from text2sql.uploads.limits import UploadLimits

__all__ = ["INTRODUCTION", "NOTHING_YET", "imported_html", "limits_html", "reading_html"]

INTRODUCTION = (
    '<p class="t2s-lead">Bring a SQLite file, or CSV, TSV, Excel or Parquet files that become the '
    "tables of one database. Types and keys are worked out and shown; then ask about it.</p>"
)
NOTHING_YET = (
    '<p class="t2s-hint">Nothing here yet. What you bring stands here, with the types and keys of '
    "its tables.</p>"
)


def limits_html(limits: UploadLimits) -> str:
    """What may be brought, and what becomes of it."""
    return (
        f'<p class="t2s-hint">Up to {limits.files} files of {limits.file_bytes / 1e6:,.0f} MB; '
        f"tables of up to {limits.rows:,} rows and {limits.columns} columns; "
        f"{limits.databases} databases at a time. Only you can see them, on this page, and they "
        "are deleted when you remove them, or within an hour of closing or reloading it.</p>"
    )


def reading_html(files: int) -> str:
    """What stands there while files are read."""
    return (
        '<p class="t2s-working" role="status"><span class="t2s-spinner" aria-hidden="true"></span>'
        f"Reading {counted(files, 'file')}</p>"
    )


def imported_html(imported: Imported) -> str:
    """A database that was brought: its size, what was guessed, its tables."""
    looks = peek(imported.database)
    return (
        summary_html(imported.database, looks)
        + _notes(imported.notes)
        + tables_html(imported.database.schema, looks)
    )


def _notes(notes: tuple[str, ...]) -> str:
    if not notes:
        return ""
    lines = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return (
        f'<details class="t2s-notes" open><summary>{counted(len(notes), "thing")} to know'
        f"</summary><ul>{lines}</ul></details>"
    )
