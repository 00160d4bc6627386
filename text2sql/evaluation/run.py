"""A run: an evaluation saved in one SQLite file, with its manifest, predictions and scores.

It has three tables that any SQLite tool can read: ``manifest`` (key, value as JSON),
``predictions`` and ``items`` (one row per question, numbered from 0 as in the question file).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from text2sql.atomic import new_file, save_error
from text2sql.errors import DataError
from text2sql.evaluation.items import Item
from text2sql.evaluation.run_file import checked, checked_items, finished_head, read_head
from text2sql.spider import Example

__all__ = ["Prediction", "Run"]

#: The manifest keys that must be equal to continue a run; others may differ between two starts.
IDENTITY = ("model", "model_digest", "options", "questions_digest", "databases_digest")
_LOCK_WAIT_S = 60.0
_PREDICTION_COLUMNS: dict[str, Any] = {
    "item": int,
    "db_id": str,
    "question": str,
    "gold": str,
    "sql": str,
    "seconds": float,
    "candidates": str,
    "error": str,
    "confidence": float,
}


@dataclass(frozen=True)
class Prediction:
    """A model's SQL and its confidence; ``error`` says why there is no SQL."""

    sql: str
    seconds: float | None = None
    candidates: tuple[str, ...] = ()
    error: str | None = None
    confidence: float | None = None


class Run:
    """The file of a run. Several processes may add predictions to it at the same time."""

    def __init__(self, path: Path | None = None) -> None:
        from sqlite_utils import Database as SqliteUtils  # slow to load

        self.path = path
        target = ":memory:" if path is None else str(path)
        # each prediction is one commit, so that a kill loses none
        self._connection = sqlite3.connect(target, timeout=_LOCK_WAIT_S, isolation_level=None)
        self._database = SqliteUtils(self._connection)

    @classmethod
    def start(cls, path: Path | None, manifest: Mapping[str, Any]) -> Run:
        """Start a new run, or continue one with the same model and questions.

        Raises:
            DataError: the file holds another run, is not a run, or cannot be written.
        """
        begun = read_head(path).manifest if path is not None and path.exists() else {}
        run = cls._opened(path)
        try:
            different = [key for key in IDENTITY if begun and begun.get(key) != manifest.get(key)]
            if different:
                raise DataError(
                    f"{str(path)!r} holds a run with another {different[0].replace('_', ' ')}; "
                    "choose another file for --out, or delete this one."
                )
            run.update_manifest({k: v for k, v in manifest.items() if k not in begun})
            # created here, before other processes write to it
            table = run._database.table("predictions")
            table.create(_PREDICTION_COLUMNS, pk="item", if_not_exists=True)
        except sqlite3.Error as error:
            raise DataError(_unusable(path, error)) from error
        return run

    @classmethod
    def load(cls, path: Path) -> Run:
        """Open a finished run.

        Raises:
            DataError: the file is missing, is not a run, or was never scored.
        """
        finished_head(path)
        return cls._opened(path)

    @classmethod
    def _opened(cls, path: Path | None) -> Run:
        try:
            return cls(path)
        except sqlite3.Error as error:
            raise DataError(_unusable(path, error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def save_as(self, path: Path) -> None:
        """Write the whole run to a file, which appears only when complete.

        Raises:
            SaveError: the file cannot be written.
        """
        with new_file(path) as part, closing(sqlite3.connect(part)) as copy:
            self._connection.backup(copy)

    @property
    def _named(self) -> Path:
        return self.path or Path("this run")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn errors of the disk and of concurrent writers into sentences."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise save_error(error, self._named) from error

    # the manifest

    @property
    def manifest(self) -> dict[str, Any]:
        """The description of the model, the data and the versions."""
        if "manifest" not in self._database.table_names():
            return {}
        rows = self._database.table("manifest").rows
        return {row["key"]: json.loads(row["value"]) for row in rows}

    def update_manifest(self, values: Mapping[str, Any]) -> None:
        rows = [{"key": key, "value": json.dumps(value)} for key, value in values.items()]
        with self._writing():
            self._database.table("manifest").upsert_all(rows, pk="key")

    # the predictions

    def predictions(self) -> dict[int, Prediction]:
        """The answers so far, by the number of the question."""
        if "predictions" not in self._database.table_names():
            return {}
        from text2sql.evaluation.run_schema import PredictionRow

        cursor = self._connection.execute("SELECT * FROM predictions")
        columns = [column[0] for column in cursor.description]
        rows = checked(self._named, "prediction", PredictionRow, columns, cursor)
        return {row.pop("item"): Prediction(**row) for row in rows}

    def add_prediction(self, number: int, example: Example, prediction: Prediction) -> None:
        row = {
            "item": number,
            "db_id": example.db_id,
            "question": example.question,
            "gold": example.query,
            "sql": prediction.sql,
            "seconds": prediction.seconds,
            "candidates": list(prediction.candidates),
            "error": prediction.error,
            "confidence": prediction.confidence,
        }
        # adds the column to a run from before answers had a confidence
        with self._writing():
            self._database.table("predictions").insert(row, pk="item", replace=True, alter=True)

    # the scores

    def items(self) -> list[Item]:
        """The scored items in the order of their questions."""
        cursor = self._connection.execute("SELECT * FROM items ORDER BY item")
        columns = [column[0] for column in cursor.description]
        return list(checked_items(self._named, columns, cursor))

    def save_items(self, items: Iterable[Item]) -> None:
        """Replace the scored items."""
        rows = [{"item": number, **item.to_dict()} for number, item in enumerate(items)]
        columns = {"item": int, "seconds": float, "problem": str, "disagreement": str}
        columns |= {"confidence": float, "near": str, "outside": str, "difficulty": str}
        with self._writing(), self._connection:  # all or nothing
            self._connection.execute("BEGIN IMMEDIATE")
            self._database.table("items").drop(ignore=True)
            self._database.table("items").insert_all(rows, pk="item", columns=columns)


def _unusable(path: Path | None, error: sqlite3.Error) -> str:
    return (
        f"{str(path)!r} cannot be used as a run ({error}); "
        "name a file that `evaluate --out` made, or one that does not exist yet."
    )
