"""The answers of several models to one question: which return the same rows, which are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from text2sql.answering.agreement import comparable_rows
from text2sql.answering.answer import Answer
from text2sql.wording import enumerated

if TYPE_CHECKING:
    from text2sql.compare import Verdict

__all__ = ["ModelAnswer", "agreement_sentence", "groups"]


@dataclass(frozen=True)
class ModelAnswer:
    """The answer of ``model``, a name that people choose, or the ``error`` that prevented it.

    ``verdict`` compares the answer with the gold query; None if the question has none.
    """

    model: str
    answer: Answer | None = None
    error: str = ""
    verdict: Verdict | None = None

    @property
    def right(self) -> bool | None:
        """Whether the rows are those of the gold query; None if that is not known."""
        return None if self.verdict is None else self.verdict.execution

    def to_dict(self) -> dict[str, Any]:
        """Return the answer for JSON, with its ``error`` and whether it is ``right``."""
        found = {} if self.answer is None else self.answer.to_dict()
        failed = {"error": self.error} if self.error else {}
        return {**found, **failed, "asked": self.model, "right": self.right}


def groups(found: Sequence[ModelAnswer]) -> list[list[str]]:
    """Return the names of the models that return the same rows, for each different result.

    The largest group is first. Models whose SQL did not run are in none. The order of rows does not
    count.
    """
    by_rows: dict[tuple[str, ...], list[str]] = {}
    for one in found:
        rows = comparable_rows(one.answer.result) if one.answer is not None else None
        if rows is not None:
            by_rows.setdefault(rows, []).append(one.model)
    return sorted(by_rows.values(), key=len, reverse=True)


def agreement_sentence(found: Sequence[ModelAnswer]) -> str:
    """Say which models return the same rows; empty for fewer than two results."""
    same = groups(found)
    if sum(map(len, same)) < 2:
        return ""
    if len(same) == 1:
        return f"{enumerated(same[0])} return the same rows."
    if len(same[0]) == 1:
        return "No two models return the same rows."
    parts = [f"{enumerated(names)} return the same rows" for names in same if len(names) > 1]
    alone = [names[0] for names in same if len(names) == 1]
    if alone:
        parts.append(
            f"{enumerated(alone)} {'returns' if len(alone) == 1 else 'each return'} others"
        )
    return "; ".join(parts) + "."
