"""What every way of writing SQL looks like from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from text2sql.databases import Database

__all__ = ["Candidate", "Generator", "Options"]


@dataclass(frozen=True)
class Candidate:
    """One SQL query with the log-probability the model gives it; best candidates come first."""

    sql: str
    score: float


@dataclass(frozen=True)
class Options:
    """How to search: ``beams`` hypotheses of at most ``max_length`` model tokens."""

    beams: int = 4
    max_length: int = 128


class Generator(Protocol):
    """A model that writes SQL; ``name`` is what people choose it by."""

    name: str

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]: ...
