"""Findings: possible faults of a gold query, with evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from text2sql.sandbox import plain_value
from text2sql.spider import Example

__all__ = ["KINDS", "Finding", "FindingKind"]


@dataclass(frozen=True)
class FindingKind:
    """A kind of finding; ``weight`` estimates (from manual checks) how often it is a real fault."""

    title: str
    weight: float


KINDS: Mapping[str, FindingKind] = {
    "does_not_run": FindingKind("The gold query does not run", 1.0),
    "contradicts": FindingKind("The same question has another gold elsewhere", 0.8),
    "systems_disagree": FindingKind("Most systems agree on other rows than the gold's", 0.75),
    "no_such_value": FindingKind("No cell holds a value of the query", 0.7),
    "text_as_number": FindingKind("Numbers stored as text are compared as text", 0.7),
    "only_null": FindingKind("It returns only NULL", 0.65),
    "null_first": FindingKind("NULL sorts first", 0.6),
    "no_rows": FindingKind("It returns no rows", 0.6),
    "word_ignored": FindingKind("A number or name in the question is not used", 0.55),
    "arbitrary_row": FindingKind("A column comes from an arbitrary row", 0.5),
    "join_without_key": FindingKind("Tables are joined without a key", 0.5),
    "tie_at_limit": FindingKind("A tie decides which rows are returned", 0.45),
    "limit_without_order": FindingKind("LIMIT without ORDER BY", 0.4),
}
"""All kinds of findings, by short name."""


@dataclass(frozen=True)
class Finding:
    """A possible fault of the gold of question ``number`` (from 0), described in one sentence.

    ``evidence`` maps headings to rows or values that show it. ``weight`` ranks findings.
    """

    number: int
    example: Example
    kind: str
    text: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON-serializable values."""
        return {
            "number": self.number,
            "db_id": self.example.db_id,
            "question": self.example.question,
            "gold": self.example.query,
            "kind": self.kind,
            "title": KINDS[self.kind].title,
            "text": self.text,
            "evidence": {name: _plain(value) for name, value in self.evidence.items()},
            "weight": round(self.weight, 3),
        }

    def evidence_lines(self) -> Iterator[str]:
        """The evidence as text, one line per heading."""
        for name, value in self.evidence.items():
            yield f"{name.replace('_', ' ')}: {_value_text(value)}"


def _value_text(value: Any) -> str:
    """Rows separated by semicolons, their cells by commas."""
    if isinstance(value, list | tuple):
        apart = "; " if any(isinstance(item, list | tuple) for item in value) else ", "
        return apart.join(_value_text(item) for item in value) if value else "none"
    return "NULL" if value is None else str(plain_value(value))


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return plain_value(value)
