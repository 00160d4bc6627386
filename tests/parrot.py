"""A model that needs no weights."""

from __future__ import annotations

from text2sql.databases import Database
from text2sql.generators.base import Candidate, Options

__all__ = ["Parrot"]


class Parrot:
    """Writes the queries it was given, whatever the question, and remembers what it was asked."""

    name = "parrot"

    def __init__(self, *queries: str) -> None:
        self.queries = queries
        self.asked: list[tuple[str, Options]] = []

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        self.asked.append((question, options))
        candidates = [Candidate(sql, -0.5 * n) for n, sql in enumerate(self.queries)]
        return candidates[: options.beams]
