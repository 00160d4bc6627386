"""Descriptions of columns that were typed and are not saved yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Drafts", "Fields"]

_MOST = 200  # columns; the oldest are forgotten

#: The name, type, description and synonyms of a table or column, as typed.
Fields = tuple[str, ...]


@dataclass(frozen=True)
class Drafts:
    """What was typed, by the name of the database and the place in it."""

    typed: Mapping[tuple[str, str], Fields] = field(default_factory=dict)

    def of(self, db_id: str) -> dict[str, Fields]:
        """Return what was typed about one database, by place."""
        return {place: fields for (name, place), fields in self.typed.items() if name == db_id}

    def changed(self, db_id: str, place: str, fields: Fields | None) -> Drafts:
        """Return these drafts with ``fields`` for a place, or without it."""
        kept = {key: typed for key, typed in self.typed.items() if key != (db_id, place)}
        if fields is not None:
            kept[db_id, place] = fields
        return Drafts(dict(list(kept.items())[-_MOST:]))

    def without(self, db_id: str) -> Drafts:
        """Return these drafts without those of one database."""
        return Drafts({key: typed for key, typed in self.typed.items() if key[0] != db_id})
