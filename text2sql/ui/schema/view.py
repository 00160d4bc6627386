"""A database's tables as cards of HTML: columns, types, keys, row counts and first rows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from text2sql.databases import Database
from text2sql.schema import Schema
from text2sql.ui.cells import html_table
from text2sql.ui.schema.peek import Peek
from text2sql.ui.wording import counted

__all__ = ["model_input_html", "summary_html", "tables_html"]

_OPEN_COLUMNS = 60  # with more in all, the cards show only their names until clicked


def summary_html(database: Database, peeks: Sequence[Peek]) -> str:
    """One line: the name of the database and how large it is."""
    schema = database.schema
    parts = [counted(len(schema.tables), "table"), counted(schema.column_count, "column")]
    counts = [p.row_count for p in peeks]
    if counts and all(count is not None for count in counts):
        parts.append(counted(sum(c for c in counts if c is not None), "row"))
    if database.path is None:
        parts.append("schema only: queries can be written, not run")
    return (
        f'<p class="t2s-summary"><strong>{escape(database.db_id)}</strong> '
        f"<span>{' · '.join(parts)}</span></p>"
    )


def tables_html(schema: Schema, peeks: Sequence[Peek]) -> str:
    """A card for each table; ``peeks`` are in the order of the tables."""
    cards = (
        _card(schema, table, look, schema.column_count <= _OPEN_COLUMNS)
        for table, look in enumerate(peeks)
    )
    return f'<div class="t2s-cards">{"".join(cards)}</div>'


def model_input_html(schema: Schema) -> str:
    """The serialized schema, as a text generator reads it."""
    text = schema.serialize()
    return (
        f'<p class="t2s-hint">The schema as the model reads it, {len(text):,} characters.</p>'
        f'<pre class="t2s-serialized" tabindex="0">{escape(text)}</pre>'
    )


def _card(schema: Schema, table: int, look: Peek, open_: bool) -> str:
    name = schema.tables[table].name
    peek = _first_rows(name, look)
    size = "" if look.row_count is None else counted(look.row_count, "row")
    lines = "".join(_column(schema, table, c) for c in range(len(schema.tables[table].columns)))
    return (
        f'<details class="t2s-card"{" open" if open_ else ""}>'
        f'<summary><span class="t2s-name">{escape(name)}</span><span class="t2s-size">{size}</span>'
        f'</summary><ul class="t2s-columns">{lines}</ul>{peek}</details>'
    )


def _column(schema: Schema, table: int, position: int) -> str:
    column = schema.tables[table].columns[position]
    marks = '<abbr title="Primary key">PK</abbr>' if column.primary_key else ""
    for key in schema.foreign_keys:
        if (key.table, key.column) == (table, position):
            target = schema.tables[key.ref_table]
            name = f"{target.name}.{target.columns[key.ref_column].name}"
            marks += f'<span class="t2s-ref" title="Foreign key">→ {escape(name)}</span>'
    return (
        f'<li><span class="t2s-column">{escape(column.name)}</span>{marks}'
        f'<span class="t2s-type">{escape(column.type)}</span></li>'
    )


def _first_rows(name: str, look: Peek) -> str:
    if not look.columns:
        return ""
    if not look.rows:
        return '<p class="t2s-hint">No rows.</p>'
    label = f"First rows of {name}"
    return (
        '<details class="t2s-peek"><summary>First rows</summary>'
        f'<div class="t2s-scroll" tabindex="0" role="region" aria-label="{escape(label)}">'
        f"{html_table(look.columns, look.rows, label)}</div></details>"
    )
