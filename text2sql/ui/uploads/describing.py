"""The form that changes the types and descriptions of an uploaded database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
from pydantic import ValidationError

from text2sql.descriptions import ColumnText, Descriptions, TableText
from text2sql.errors import UploadError
from text2sql.ui.html import html
from text2sql.ui.updates import Updates
from text2sql.ui.uploads.view import DESCRIBING
from text2sql.uploads.chosen_types import TYPES
from text2sql.uploads.importing import Imported

__all__ = ["DescribingForm", "changed", "unsaved"]

_AS_FOUND = "as found"


class DescribingForm:
    """Fields for one table or column; ``fields`` are the values that ``changed`` takes."""

    def __init__(self) -> None:
        with gr.Accordion(
            "Change a column", open=False, elem_id="describing", elem_classes="t2s-fold"
        ) as self.fold:
            html(DESCRIBING)
            self.place = gr.Dropdown(
                [], label="Table or column", filterable=True, elem_id="described-place"
            )
            with gr.Row():
                self.name = gr.Textbox(
                    label="Name", max_lines=1, max_length=200, elem_id="described-name"
                )
                self.type = gr.Dropdown(
                    [_AS_FOUND, *TYPES],
                    value=_AS_FOUND,
                    label="Type",
                    filterable=False,
                    elem_id="described-type",
                )
            self.description = gr.Textbox(
                label="Description", max_lines=3, max_length=2_000, elem_id="described-text"
            )
            self.synonyms = gr.Textbox(
                label="Also called",
                placeholder="price; takings = sum of fee",
                max_lines=2,
                max_length=1_000,
                elem_id="described-synonyms",
            )
            with gr.Row(elem_classes="t2s-bar"):
                self.save = gr.Button(
                    "Save", size="sm", variant="primary", scale=0, min_width=96, elem_id="describe"
                )
                self.download = gr.Button(
                    "Download descriptions", size="sm", scale=0, elem_id="descriptions"
                )
            self.status = html(elem_id="described-status")

    @property
    def fields(self) -> list[Any]:
        """The components whose values ``changed`` takes, after the place."""
        return [self.name, self.type, self.description, self.synonyms]

    @property
    def outputs(self) -> list[Any]:
        return [self.place, *self.fields, self.status]

    def show(self, imported: Imported | None, place: str | None = None) -> Updates:
        """Fill the form for a column; for the first one if ``place`` is not there."""
        if imported is None:
            return {self.place: gr.Dropdown([], value=None)}
        places = _places(imported)
        names = [value for _, value in places]
        chosen = place if place in names else names[min(1, len(names) - 1)]
        return {self.place: gr.Dropdown(places, value=chosen), **self.fill(imported, chosen)}

    def fill(self, imported: Imported, place: str) -> Updates:
        """Fill the fields with the description of the table or column at ``place``."""
        table, column = _parse(place)
        typed = column is not None and bool(imported.sources)
        name, kind, description, synonyms = _saved(imported, table, column)
        return {
            self.status: "",
            self.name: name,
            self.type: gr.Dropdown(_types(imported, table, column), value=kind, visible=typed),
            self.description: description,
            self.synonyms: synonyms,
        }


def unsaved(imported: Imported, place: str, fields: Sequence[str | None]) -> bool:
    """Whether ``fields`` say something else about ``place`` than what is saved."""
    if place not in [value for _, value in _places(imported)]:
        return False
    return _saved(imported, *_parse(place)) != tuple(field or "" for field in fields)


def changed(
    imported: Imported, place: str, name: str, kind: str, description: str, synonyms: str
) -> Descriptions:
    """Return the descriptions of ``imported`` with the values of the form.

    Raises:
        UploadError: the place is not there, or a text is too long.
    """
    try:
        table, column = _parse(place)
        given, columns = imported.names[imported.database.schema.tables[table].name]
        texts = {
            "name": "" if name.strip() == _name(imported, table, column) else name,
            "description": description,
            "synonyms": [part.strip() for part in synonyms.split(";") if part.strip()][:20],
        }
        old = _text(imported, table, column)
        if old.name and name.strip() == _name(imported, table, column):
            texts["name"] = old.name
        if column is None:
            return imported.said.with_table(given, TableText.model_validate(texts))
        texts["type"] = kind if kind in TYPES else ""
        return imported.said.with_column(given, columns[column], ColumnText.model_validate(texts))
    except ValidationError as error:
        raise UploadError(
            "A name or a synonym may have 200 characters, and a description 2,000; shorten it."
        ) from error
    except (IndexError, KeyError, ValueError) as error:
        raise UploadError("This column is not there any more; choose another one.") from error


def _places(imported: Imported) -> list[tuple[str, str]]:
    """Return labels of the tables and columns, with their positions as text."""
    found = []
    for t, table in enumerate(imported.database.schema.tables):
        found.append((f"{table.name} (table)", f"{t}"))
        found += [(f"{table.name}.{c.name}", f"{t}.{n}") for n, c in enumerate(table.columns)]
    return found


def _parse(place: str) -> tuple[int, int | None]:
    table, _, column = place.partition(".")
    return int(table), int(column) if column else None


def _types(imported: Imported, table: int, column: int | None) -> list[str | tuple[str, str]]:
    """Return the choices of a type; the first one names the detected type."""
    found = "" if column is None else imported.database.schema.tables[table].columns[column].type
    return [(f"{_AS_FOUND} ({found})" if found else _AS_FOUND, _AS_FOUND), *TYPES]


def _saved(imported: Imported, table: int, column: int | None) -> tuple[str, str, str, str]:
    """Return the values of the fields for a table or column."""
    said = _text(imported, table, column)
    kind = said.type if isinstance(said, ColumnText) and said.type in TYPES else _AS_FOUND
    name = said.name or _name(imported, table, column)
    return name, kind, said.description, "; ".join(said.synonyms)


def _text(imported: Imported, table: int, column: int | None) -> ColumnText | TableText:
    given, columns = imported.names[imported.database.schema.tables[table].name]
    if column is None:
        return imported.said.table(given)
    return imported.said.column(given, columns[column])


def _name(imported: Imported, table: int, column: int | None) -> str:
    entry = imported.database.schema.tables[table]
    return entry.name if column is None else entry.columns[column].name
