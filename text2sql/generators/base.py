"""The interface of all models that write SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from text2sql.databases import Database
from text2sql.generators.confidence import Confidence
from text2sql.prompt import Prompt
from text2sql.query.nodes import Statement
from text2sql.spider import Example

__all__ = [
    "Batching",
    "Calibrated",
    "Candidate",
    "Generator",
    "Options",
    "Prompted",
    "ReadsExamples",
    "Resident",
    "Signals",
    "Weighted",
]


@dataclass(frozen=True)
class Signals:
    """What a model that reads the schema knows about a query in addition to its probability.

    ``omitted`` and ``mentioned`` are probabilities that the right query uses a table or column: the
    highest among those that this query omits, and the highest of all. ``alike``, from -1 to 1, is
    the average similarity of the words of the question to their nearest names in the schema.
    ``tables`` and ``columns`` are the log-probabilities of using exactly those of this query.
    """

    omitted: float
    mentioned: float
    alike: float
    tables: float = 0.0
    columns: float = 0.0


@dataclass(frozen=True)
class Candidate:
    """A SQL query with its log-probability.

    ``score`` is the log-probability minus ``penalty``, the penalty for implausible SQL. ``query``
    is the SQL as a tree, None if it was not read or if the tree cannot express it.
    """

    sql: str
    score: float
    signals: Signals | None = None
    penalty: float = 0.0
    query: Statement | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Options:
    """Options of beam search: ``beams`` hypotheses of at most ``max_length`` tokens."""

    beams: int = 4
    max_length: int = 128


class Generator(Protocol):
    """A model that writes SQL; ``name`` is the name that people choose it by."""

    name: str

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]: ...


@runtime_checkable
class Batching(Protocol):
    """A generator that answers a batch of questions on one database faster than one by one."""

    def generate_all(
        self, questions: Sequence[str], database: Database, options: Options
    ) -> list[list[Candidate]]: ...


@runtime_checkable
class Prompted(Protocol):
    """A generator that reads text, so that a question may come with a hint."""

    def prompt(self, question: str, database: Database) -> Prompt: ...


@runtime_checkable
class ReadsExamples(Protocol):
    """A generator whose prompt has room for examples; the nearest one is the last."""

    def generate_after(
        self, examples: Sequence[Example], question: str, database: Database, options: Options
    ) -> list[Candidate]: ...


@runtime_checkable
class Resident(Protocol):
    """A generator that holds its weights in memory; ``nbytes`` is their size."""

    nbytes: int


@runtime_checkable
class Calibrated(Protocol):
    """A generator that may have a fitted confidence."""

    confidence: Confidence | None


@runtime_checkable
class Weighted(Protocol):
    """A generator with weights; ``weights`` is their ``weights_digest``."""

    weights: str
