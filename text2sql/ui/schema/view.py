"""A database's tables as cards of HTML: columns, types, keys, row counts and first rows."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from text2sql.databases import Database
from text2sql.schema import Column, Schema, Table
from text2sql.spider import Example
from text2sql.ui.cells import html_table
from text2sql.ui.schema.peek import Peek
from text2sql.wording import counted

__all__ = ["examples_html", "model_input_html", "summary_html", "tables_html"]

_OPEN_COLUMNS = 60  # in the whole schema; the cards of larger schemas start closed


def summary_html(database: Database, peeks: Sequence[Peek]) -> Markup:
    """Return the name and the size of the database on one line."""
    schema = database.schema
    parts = [counted(len(schema.tables), "table"), counted(schema.column_count, "column")]
    counts = [p.row_count for p in peeks]
    if counts and all(count is not None for count in counts):
        parts.append(counted(sum(c for c in counts if c is not None), "row"))
    if database.path is None:
        parts.append("schema only, so queries cannot be run")
    return Markup('<p class="t2s-summary"><strong>{}</strong> <span>{}</span></p>').format(
        database.db_id, " · ".join(parts)
    )


def tables_html(schema: Schema, peeks: Sequence[Peek]) -> Markup:
    """Return a card for each table; ``peeks`` are in the order of the tables."""
    cards = (
        _card(schema, table, look, schema.column_count <= _OPEN_COLUMNS)
        for table, look in enumerate(peeks)
    )
    return Markup('<div class="t2s-cards">{}</div>').format(Markup("").join(cards))


def model_input_html(schema: Schema) -> Markup:
    """Return the serialized schema, which text-to-text models read."""
    text = schema.serialize()
    return Markup(
        '<p class="t2s-hint">The schema as text-to-text models read it: {:,} characters.</p>'
        '<pre class="t2s-serialized" tabindex="0">{}</pre>'
    ).format(len(text), text)


def examples_html(examples: Sequence[Example]) -> Markup:
    """Return the questions whose SQL people gave; nothing without any."""
    if not examples:
        return Markup()
    text = "\n\n".join(f"{e.question}\n{' '.join(e.query.split())}" for e in reversed(examples))
    return Markup(
        '<p class="t2s-hint">Questions whose SQL was given here. The most similar ones precede '
        "your question in the prompt of models that read a chat; for every model, the SQL of the "
        "most similar one is a candidate if it differs in values only.</p>"
        '<pre class="t2s-serialized" tabindex="0">{}</pre>'
    ).format(text)


def _card(schema: Schema, table: int, look: Peek, open_: bool) -> Markup:
    name = schema.tables[table].name
    peek = _first_rows(name, look)
    size = "" if look.row_count is None else counted(look.row_count, "row")
    lines = Markup("").join(
        _column(schema, table, c) for c in range(len(schema.tables[table].columns))
    )
    return Markup(
        '<details class="t2s-card"{}>'
        '<summary><span class="t2s-name">{}</span><span class="t2s-size">{}</span>'
        '</summary>{}<ul class="t2s-columns">{}</ul>{}</details>'
    ).format(" open" if open_ else "", name, size, _said(schema.tables[table]), lines, peek)


def _column(schema: Schema, table: int, position: int) -> Markup:
    column = schema.tables[table].columns[position]
    marks = Markup()
    if column.primary_key:
        title, sign = (
            ("Guessed primary key", "PK?") if column.guessed_key else ("Primary key", "PK")
        )
        marks = Markup('<abbr title="{}">{}</abbr>').format(title, sign)
    for key in schema.foreign_keys:
        if (key.table, key.column) == (table, position):
            target = schema.tables[key.ref_table]
            name = f"{target.name}.{target.columns[key.ref_column].name}"
            title = "Guessed foreign key, not declared" if key.guessed else "Foreign key"
            marks += Markup('<span class="t2s-ref{}" title="{}">→ {}{}</span>').format(
                " t2s-guessed" if key.guessed else "", title, name, "?" if key.guessed else ""
            )
    return Markup(
        '<li><span class="t2s-column">{}</span>{}<span class="t2s-type">{}</span>{}</li>'
    ).format(column.name, marks, column.type, _said(column))


def _said(entry: Table | Column) -> Markup:
    """Return what people say of a table or column, on a line of its own."""
    parts = [entry.description, *entry.synonyms]
    text = "; ".join(filter(None, parts))
    return Markup('<span class="t2s-said">{}</span>').format(text) if text else Markup()


def _first_rows(name: str, look: Peek) -> Markup:
    if not look.columns:
        return Markup()
    if not look.rows:
        return Markup('<p class="t2s-hint">No rows.</p>')
    label = f"First rows of {name}"
    return Markup(
        '<details class="t2s-peek"><summary>First rows</summary>'
        '<div class="t2s-scroll" tabindex="0" role="region" aria-label="{}">'
        "{}</div></details>"
    ).format(label, html_table(look.columns, look.rows, label))
