"""The databases that a visitor may use: the shared ones, and those that the visitor uploaded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

from text2sql.databases import Catalog, Database
from text2sql.descriptions import Descriptions
from text2sql.errors import UnknownDatabase
from text2sql.linking.key_edits import with_chosen_keys
from text2sql.schema import ForeignKey
from text2sql.spider import Example
from text2sql.ui.corrections import Corrections
from text2sql.ui.visitor import current_visitor
from text2sql.ui.visits import Visits
from text2sql.uploads.examples import examples_from_schema
from text2sql.uploads.importing import Imported, UploadedFile
from text2sql.uploads.store import UploadStore

__all__ = ["Library"]

_MOST_EDITED = 1000  # databases with keys chosen by visitors; the oldest choices are forgotten


class Library(Catalog):
    """A catalog that adds the current visitor's uploads to the shared databases.

    The current visitor is the one whose event is being handled. Names are looked up among the
    visitor's own uploads only, so nobody reaches another visitor's database by guessing its name.
    The API uses the shared catalog.
    """

    def __init__(self, shared: Catalog, store: UploadStore) -> None:
        super().__init__(())
        self.shared = shared
        self.store = store
        self.problems = shared.problems
        self.visits = Visits()
        self._corrections = Corrections(store.idle_s)
        self._keys: OrderedDict[tuple[str | None, str], tuple[ForeignKey, ...]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def own(self) -> dict[str, Imported]:
        """The visitor's uploads by name."""
        visitor = self.visitor
        return self.store.of(visitor) if visitor else {}

    @property
    def visitor(self) -> str | None:
        """The visit whose event is being handled; None outside of one."""
        session = current_visitor()
        return None if session is None else self.visits.of(session)

    def arrive(self, token: str) -> None:
        """Make the session whose event is being handled part of the visit with ``token``."""
        session = current_visitor()
        if session is not None:
            self.visits.join(session, token)

    def leave(self, session: str) -> None:
        """End a session; delete the uploads and corrections of its visit if it was the last."""
        visit = self.visits.leave(session)
        if visit is not None:
            self.store.forget(visit)
            self._corrections.forget(visit)

    def __iter__(self) -> Iterator[Database]:
        yield from self.shared
        yield from (imported.database for imported in self.own.values())

    def __len__(self) -> int:
        return len(self.shared) + len(self.own)

    def __contains__(self, db_id: object) -> bool:
        return db_id in self.shared or db_id in self.own

    def get(self, db_id: str) -> Database:
        """Do as ``Catalog.get``, including the visitor's uploads."""
        imported = self.own.get(db_id)
        database = imported.database if imported else self._shared(db_id)
        keys = self._keys.get((self.visitor, db_id))
        return database if keys is None else with_chosen_keys(database, keys)

    def _shared(self, db_id: str) -> Database:
        try:
            return self.shared.get(db_id)
        except UnknownDatabase as error:
            known = str(error) if self.shared.similar(db_id) else f"There is no database {db_id!r}."
            raise UnknownDatabase(
                f"{known} If you uploaded it, it has been deleted: upload the files again under "
                "Your data, or choose another database."
            ) from error

    def choose_keys(self, db_id: str, keys: Sequence[ForeignKey]) -> None:
        """Use ``keys`` and the declared keys for this visitor, in place of the guessed ones.

        Raises:
            SchemaError: there are too many keys.
        """
        with_chosen_keys(self.get(db_id), keys)
        with self._lock:
            self._keys[self.visitor, db_id] = tuple(keys)
            self._keys.move_to_end((self.visitor, db_id))
            while len(self._keys) > _MOST_EDITED:
                self._keys.popitem(last=False)

    def examples(self, db_id: str) -> tuple[Example, ...]:
        """Do as ``Catalog.examples``; for uploads, generate examples from the schema."""
        imported = self.own.get(db_id)
        return examples_from_schema(imported.database) if imported else self.shared.examples(db_id)

    def correct(self, question: str, db_id: str, sql: str) -> None:
        """Use ``sql``, which the visitor gave for ``question``, for the visitor's next questions.

        An empty ``sql`` takes it back.
        """
        visitor = self.visitor
        if visitor is not None and sql:
            self._corrections.add(visitor, Example(question, sql, db_id))
        elif visitor is not None:
            self._corrections.take_back(visitor, question, db_id)

    def corrected(self, db_id: str) -> tuple[Example, ...]:
        """The questions of this visitor for which the visitor gave SQL, the latest last."""
        visitor = self.visitor
        return self._corrections.of(visitor, db_id) if visitor is not None else ()

    def add_files(self, files: Sequence[UploadedFile]) -> list[Database]:
        """Import files for the visitor.

        Raises:
            UploadError: a file cannot be used, or a limit is reached.
        """
        assert self.visitor is not None, "uploads are handled in an event"
        return self.store.add(self.visitor, files, self.shared)

    def describe(self, db_id: str, said: Descriptions) -> Database:
        """Describe one of the visitor's uploads anew.

        Raises:
            UploadError: it has been removed, or a limit is exceeded.
        """
        assert self.visitor is not None, "descriptions are changed in an event"
        return self.store.describe(self.visitor, db_id, said)

    def remove(self, db_id: str) -> None:
        """Delete one of the visitor's uploads."""
        if self.visitor is not None:
            self.store.remove(self.visitor, db_id)
