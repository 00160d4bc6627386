"""What one visitor may ask: everybody's databases, and those that he or she brought."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

from text2sql.databases import Catalog, Database
from text2sql.linking.key_edits import with_chosen_keys
from text2sql.schema import ForeignKey
from text2sql.spider import Example
from text2sql.ui.visitor import current_visitor
from text2sql.uploads.examples import examples_from_schema
from text2sql.uploads.importing import Imported, UploadedFile
from text2sql.uploads.store import UploadStore

__all__ = ["Library"]

_MOST_EDITED = 1000  # databases whose keys visitors chose; those chosen first are forgotten


class Library(Catalog):
    """A catalog that answers each visitor differently: own databases come last, in a group.

    The visitor is the one whose event is being handled; the API, which has the shared catalog,
    never sees anybody's. Whoever guesses a name finds nothing: names are looked up among one's own.
    """

    def __init__(self, shared: Catalog, store: UploadStore) -> None:
        super().__init__(())
        self.shared = shared
        self.store = store
        self.problems = shared.problems
        self._keys: OrderedDict[tuple[str | None, str], tuple[ForeignKey, ...]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def own(self) -> dict[str, Imported]:
        """What the visitor brought, by name."""
        visitor = self.visitor
        return self.store.of(visitor) if visitor else {}

    @property
    def visitor(self) -> str | None:
        """The session whose event is being handled; None outside of one."""
        return current_visitor()

    def __iter__(self) -> Iterator[Database]:
        yield from self.shared
        yield from (imported.database for imported in self.own.values())

    def __len__(self) -> int:
        return len(self.shared) + len(self.own)

    def __contains__(self, db_id: object) -> bool:
        return db_id in self.shared or db_id in self.own

    def get(self, db_id: str) -> Database:
        """As ``Catalog.get``; the visitor's own are found too."""
        imported = self.own.get(db_id)
        database = imported.database if imported else self.shared.get(db_id)
        keys = self._keys.get((self.visitor, db_id))
        return database if keys is None else with_chosen_keys(database, keys)

    def choose_keys(self, db_id: str, keys: Sequence[ForeignKey]) -> None:
        """For this visitor, ``keys`` beside those that the database declares, and no guesses.

        Raises:
            SchemaError: there are too many.
        """
        with_chosen_keys(self.get(db_id), keys)
        with self._lock:
            self._keys[self.visitor, db_id] = tuple(keys)
            self._keys.move_to_end((self.visitor, db_id))
            while len(self._keys) > _MOST_EDITED:
                self._keys.popitem(last=False)

    def examples(self, db_id: str) -> tuple[Example, ...]:
        """As ``Catalog.examples``; those of own databases are made from the schema."""
        imported = self.own.get(db_id)
        return examples_from_schema(imported.database) if imported else self.shared.examples(db_id)

    def add_files(self, files: Sequence[UploadedFile]) -> list[Database]:
        """Take the visitor's files in.

        Raises:
            UploadError: a file cannot be used, or a limit is reached.
        """
        assert self.visitor is not None, "files arrive in an event"
        return self.store.add(self.visitor, files, self.shared)

    def remove(self, db_id: str) -> None:
        """Delete one of the visitor's databases."""
        if self.visitor is not None:
            self.store.remove(self.visitor, db_id)
