"""One thing that looks wrong about a gold query, with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from text2sql.sandbox import plain_value
from text2sql.spider import Example

__all__ = ["KINDS", "Finding", "Kind"]


@dataclass(frozen=True)
class Kind:
    """``weight`` is how likely such a finding is a real fault, as far as it was read by hand."""

    title: str
    weight: float


KINDS: Mapping[str, Kind] = {
    "does_not_run": Kind("The gold query does not run", 1.0),
    "contradicts": Kind("The same question has another gold elsewhere", 0.8),
    "systems_disagree": Kind("Most systems agree with one another and not with the gold", 0.75),
    "no_such_value": Kind("A value that no cell holds", 0.7),
    "text_as_number": Kind("Numbers kept as text are compared as text", 0.7),
    "only_null": Kind("It returns only NULL", 0.65),
    "null_first": Kind("NULL comes first in the order", 0.6),
    "no_rows": Kind("It returns no rows", 0.6),
    "word_ignored": Kind("A number or a name of the question is not used", 0.55),
    "arbitrary_row": Kind("A column is shown of no row in particular", 0.5),
    "join_without_key": Kind("Tables are joined on no key", 0.5),
    "tie_at_limit": Kind("A tie decides which rows are shown", 0.45),
    "limit_without_order": Kind("LIMIT without an order", 0.4),
}
"""What is looked for, by its short name."""


@dataclass(frozen=True)
class Finding:
    """Something odd about the gold of question ``number`` (from 0), said in one sentence.

    ``evidence`` are rows or values that show it, by a heading each. ``weight`` ranks findings.
    """

    number: int
    example: Example
    kind: str
    text: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON can hold it."""
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
        """The evidence for people to read, a line for each heading."""
        for name, value in self.evidence.items():
            yield f"{name.replace('_', ' ')}: {_said(value)}"


def _said(value: Any) -> str:
    """Rows apart by semicolons, their cells by commas."""
    if isinstance(value, list | tuple):
        apart = "; " if any(isinstance(item, list | tuple) for item in value) else ", "
        return apart.join(_said(item) for item in value) if value else "none"
    return "NULL" if value is None else str(plain_value(value))


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return plain_value(value)
