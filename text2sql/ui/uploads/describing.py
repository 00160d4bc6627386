"""The form that changes the types and descriptions of an uploaded database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr
from markupsafe import Markup
from pydantic import ValidationError

from text2sql.descriptions import ColumnText, Descriptions, TableText
from text2sql.errors import UploadError
from text2sql.ui import messages
from text2sql.ui.html import html
from text2sql.ui.remembered_choices import unchecked
from text2sql.ui.updates import Updates
from text2sql.ui.uploads.drafts import Drafts, Fields
from text2sql.ui.uploads.view import DESCRIBING
from text2sql.uploads.chosen_types import TYPES
from text2sql.uploads.importing import Imported
from text2sql.wording import enumerated

__all__ = ["DescribingForm", "all_changed", "changed", "unsaved"]

_AS_FOUND = "as found"
_NO_DRAFTS = Drafts()
_MOST_NAMED = 5  # columns with changes


class DescribingForm:
    """Fields for one table or column; ``fields`` are the values that ``changed`` takes.

    What was typed about one column comes back with it until it is saved. ``filled`` says of which
    column the fields on the page are, because the choice in ``place`` is ahead of them. They take
    nothing until they are filled (fields.js).
    """

    def __init__(self) -> None:
        self.filled = gr.Textbox(visible=False, label="Described column")
        self.drafts = gr.State(_NO_DRAFTS)
        with gr.Accordion(
            "Change a column", open=False, elem_id="describing", elem_classes="t2s-fold"
        ) as self.fold:
            html(DESCRIBING)
            self.place = gr.Dropdown(
                [], label="Table or column", filterable=True, elem_id="described-place"
            )
            unchecked(self.place)
            with gr.Row(elem_classes="t2s-held"):
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
                label="Description",
                max_lines=3,
                max_length=2_000,
                elem_id="described-text",
                elem_classes="t2s-held",
            )
            self.synonyms = gr.Textbox(
                label="Also called",
                placeholder="price; takings = sum of fee",
                max_lines=2,
                max_length=1_000,
                elem_id="described-synonyms",
                elem_classes="t2s-held",
            )
            with gr.Row(elem_classes=["t2s-bar", "t2s-held"]):
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
    def entered(self) -> list[Any]:
        """The components whose values ``keep`` takes."""
        return [self.drafts, self.filled, *self.fields]

    @property
    def outputs(self) -> list[Any]:
        return [self.place, self.status, *self.entered]

    def keep(
        self, own: Mapping[str, Imported], drafts: Drafts, filled: str | None, *fields: str | None
    ) -> Drafts:
        """Return ``drafts`` with what is on the page, if that is not saved."""
        place, _, db_id = (filled or "").partition(" ")
        if db_id not in own:
            return drafts
        typed = tuple(field or "" for field in fields)
        new = typed if unsaved(own[db_id], place, typed) else None
        return drafts.changed(db_id, place, new)

    def show(
        self, imported: Imported | None, place: str | None = None, drafts: Drafts = _NO_DRAFTS
    ) -> Updates:
        """Fill the form for a column; for the first one if ``place`` is not there."""
        if imported is None:
            return {self.place: gr.Dropdown([], value=None), self.filled: "", self.drafts: drafts}
        places = _places(imported)
        names = [value for _, value in places]
        chosen = place if place in names else names[min(1, len(names) - 1)]
        filled = self.fill(imported, chosen, drafts)
        return {self.place: gr.Dropdown(places, value=chosen), **filled}

    def fill(self, imported: Imported, place: str, drafts: Drafts) -> Updates:
        """Fill the fields with what was typed or saved about the table or column at ``place``."""
        table, column = _parse(place)
        db_id = imported.database.db_id
        typed = column is not None and bool(imported.sources)
        mine = drafts.of(db_id)
        saved = _saved(imported, table, column)
        name, kind, description, synonyms = mine.get(place, saved)
        return {
            self.drafts: drafts,
            self.filled: f"{place} {db_id}",
            self.status: _not_saved(imported, list(mine)),
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


def _not_saved(imported: Imported, places: Sequence[str]) -> Markup:
    """Say which columns were changed and are not saved."""
    names = [label for label, place in _places(imported) if place in places]
    if not names:
        return Markup()
    shown = [*names[:_MOST_NAMED], *(["others"] if len(names) > _MOST_NAMED else [])]
    return messages.note(f"Not saved yet: {enumerated(shown)}.")


def all_changed(imported: Imported, typed: Mapping[str, Fields]) -> Descriptions:
    """Return the descriptions of ``imported`` with what was ``typed`` at each place.

    Raises:
        UploadError: as ``changed``.
    """
    for place, fields in typed.items():
        imported = replace(imported, said=changed(imported, place, *fields))
    return imported.said


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
