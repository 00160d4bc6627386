"""What the Your data tab says, as HTML; everything that varies is escaped."""

from __future__ import annotations

from markupsafe import Markup

from text2sql.ui.schema.peek import peek
from text2sql.ui.schema.view import summary_html, tables_html
from text2sql.uploads.importing import Imported
from text2sql.uploads.limits import UploadLimits
from text2sql.wording import counted

__all__ = ["INTRODUCTION", "NOTHING_YET", "imported_html", "limits_html", "reading_html"]

INTRODUCTION = Markup(
    '<p class="t2s-lead">Bring a SQLite file, or CSV, TSV, Excel or Parquet files that become the '
    "tables of one database. Types and keys are worked out and shown; then ask about it.</p>"
)
NOTHING_YET = Markup(
    '<p class="t2s-hint">Nothing here yet. What you bring stands here, with the types and keys of '
    "its tables.</p>"
)


def limits_html(limits: UploadLimits, idle_s: float) -> Markup:
    """What may be brought, and what becomes of it."""
    return Markup(
        '<p class="t2s-hint">Up to {} files of {:,.0f} MB; tables of up to {:,} rows and {} '
        "columns, {:,} columns in all; {} databases at a time. Only you can see them, on this "
        "page, and they are deleted when you remove them, soon after you close or reload it, and "
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


def reading_html(files: int) -> Markup:
    """What stands there while files are read."""
    return Markup(
        '<p class="t2s-working" role="status"><span class="t2s-spinner" aria-hidden="true"></span>'
        "Reading {}</p>"
    ).format(counted(files, "file"))


def imported_html(imported: Imported) -> Markup:
    """A database that was brought: its size, what was guessed, its tables."""
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
        '<details class="t2s-notes" open><summary>{} to know</summary><ul>{}</ul></details>'
    ).format(counted(len(notes), "thing"), lines)
