"""The content of the Your data tab as HTML, with everything that varies escaped."""

from __future__ import annotations

from markupsafe import Markup

from text2sql.ui.schema.peek import peek
from text2sql.ui.schema.view import summary_html, tables_html
from text2sql.uploads.importing import Imported
from text2sql.uploads.limits import UploadLimits
from text2sql.wording import counted

__all__ = [
    "DESCRIBING",
    "INTRODUCTION",
    "NOTHING_YET",
    "imported_html",
    "limits_html",
]

INTRODUCTION = Markup(
    '<p class="t2s-lead">Upload a SQLite file, or CSV, TSV, Excel, ODS or Parquet files, which '
    "become the tables of one database. Check the types and keys that were found, then ask "
    "questions.</p>"
)
DESCRIBING = Markup(
    '<p class="t2s-hint">Correct how a column is read, and say what it holds. The models read its '
    "name and what it is also called, such as <code>price</code> or "
    "<code>takings = sum of fee</code>. Upload the descriptions together with your files the next "
    "time. Spider’s <code>tables.json</code> and BIRD’s description files work, too.</p>"
)
NOTHING_YET = Markup(
    '<p class="t2s-hint">No databases yet. After an upload, its tables with their types and keys '
    "appear here.</p>"
)


def limits_html(limits: UploadLimits, idle_s: float) -> Markup:
    """Return the limits of uploads, and their lifetime."""
    return Markup(
        '<p class="t2s-hint">Limits: {} files of {:,.0f} MB each per upload; {:,} rows and {} '
        "columns per table, {:,} columns in all; {} databases at a time. Only you can see your "
        "databases. They are deleted when you remove them, shortly after you close this page, or "
        "{} after you last used them.</p>"
    ).format(
        limits.files,
        limits.file_bytes / 1e6,
        limits.rows,
        limits.columns,
        limits.columns_in_all,
        limits.databases,
        counted(max(1, round(idle_s / 60)), "minute"),
    )


def imported_html(imported: Imported) -> Markup:
    """Return an uploaded database: its size, notes on the import, its tables."""
    looks = peek(imported.database)
    return (
        summary_html(imported.database, looks)
        + _notes(imported.notes)
        + tables_html(imported.database.schema, looks)
    )


def _notes(notes: tuple[str, ...]) -> Markup:
    if not notes:
        return Markup()
    lines = Markup("").join(Markup("<li>{}</li>").format(note) for note in notes)
    return Markup(
        '<details class="t2s-notes" open><summary>{} on the import</summary><ul>{}</ul></details>'
    ).format(counted(len(notes), "note"), lines)
