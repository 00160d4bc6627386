"""What every way of writing SQL looks like from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from text2sql.databases import Database
from text2sql.generators.confidence import Confidence

__all__ = [
    "Batching",
    "Calibrated",
    "Candidate",
    "Generator",
    "Options",
    "Preparing",
    "Signs",
    "Weighted",
]


@dataclass(frozen=True)
class Signs:
    """What a model that reads the schema knows of a query beside its probability.

    ``omitted`` and ``mentioned`` are probabilities that the query uses a table or column: the
    highest of those that it leaves out, and the highest of all. ``alike``, from -1 to 1, is how
    near the words of the question come to the names of the schema, in the mean. ``tables`` and
    ``columns`` are the log-probabilities that a query uses just those tables and those columns.
    """

    omitted: float
    mentioned: float
    alike: float
    tables: float = 0.0
    columns: float = 0.0


@dataclass(frozen=True)
class Candidate:
    """One SQL query with its log-probability; best candidates come first.

    ``doubt`` is what the model's own log-probability was higher by before it was asked whether the
    query makes sense.
    """

    sql: str
    score: float
    signs: Signs | None = None
    doubt: float = 0.0


@dataclass(frozen=True)
class Options:
    """How to search: ``beams`` hypotheses of at most ``max_length`` model tokens."""

    beams: int = 4
    max_length: int = 128


class Generator(Protocol):
    """A model that writes SQL; ``name`` is what people choose it by."""

    name: str

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]: ...


@runtime_checkable
class Batching(Protocol):
    """A generator that is faster at several questions on one database than at one at a time."""

    def generate_all(
        self, questions: Sequence[str], database: Database, options: Options
    ) -> list[list[Candidate]]: ...


@runtime_checkable
class Preparing(Protocol):
    """A generator that reads a database before its first question, which needs no model."""

    def prepare(self, database: Database) -> None: ...


@runtime_checkable
class Calibrated(Protocol):
    """A generator that may know how likely its answers are to be right."""

    confidence: Confidence | None


@runtime_checkable
class Weighted(Protocol):
    """A generator with weights of its own; ``weights`` is their ``weights_digest``."""

    weights: str
