"""The filters for the items of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from text2sql.evaluation.features import FEATURES
from text2sql.evaluation.items import Item
from text2sql.evaluation.report.text import CLAUSE_NAMES, OUTPUT_NAMES
from text2sql.metrics import LEVELS

__all__ = ["FILTER_NAMES", "Choices", "Filters", "is_right", "matching"]

#: The metrics that decide whether an item is right: the first of these that was measured.
_DECIDING = ("execution", "test_suite", "exact_set", "fair_string_match", "string_match")
_PROBLEM = "could not be measured"
_MOST_DATABASES = 500  # that the filter offers


@dataclass(frozen=True)
class Filters:
    """The conditions on an item; an empty text is no condition.

    ``verdict`` is right, wrong, or a kind of output; ``clause`` is a clause that differs or a
    feature of the gold query. All words of ``text`` must occur in the question, either query, the
    reason or the name of the database.
    """

    database: str = ""
    hardness: str = ""
    verdict: str = ""
    clause: str = ""
    text: str = ""
    disagree: bool = False

    def accepts(self, item: Item) -> bool:
        return (
            self.database in ("", item.example.db_id)
            and self.hardness in ("", item.hardness)
            and (not self.verdict or self.verdict in _verdicts(item))
            and (not self.clause or self.clause in _clauses(item))
            and (not self.disagree or item.disagreement is not None)
            and all(word in _words(item) for word in self.text.lower().split())
        )

    def among(self, choices: Choices) -> Filters:
        """Drop the conditions that another run does not offer."""
        kept = {
            name: wanted
            for name in ("database", "hardness", "verdict", "clause")
            if (wanted := getattr(self, name)) in {value for _, value in getattr(choices, name)}
        }
        return replace(Filters(text=self.text, disagree=self.disagree), **kept)


@dataclass(frozen=True)
class Choices:
    """The values that a run offers for each filter, as ``(label with count, value)``."""

    database: tuple[tuple[str, str], ...]
    hardness: tuple[tuple[str, str], ...]
    verdict: tuple[tuple[str, str], ...]
    clause: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, items: Sequence[Item]) -> Choices:
        asked = Counter(item.example.db_id for item in items)
        databases = sorted(name for name, _ in asked.most_common(_MOST_DATABASES))
        kinds = [name for kind, name in OUTPUT_NAMES.items() if kind != "ok"]
        verdicts = ["right", "wrong", *kinds, _PROBLEM]
        clauses = [f"{name} differs" for name in CLAUSE_NAMES.values()]
        clauses += [f"gold has {feature}" for feature in FEATURES]
        return cls(
            _counted(items, databases, lambda item: [item.example.db_id]),
            _counted(items, LEVELS, lambda item: [item.hardness or ""]),
            _counted(items, verdicts, _verdicts),
            _counted(items, clauses, _clauses),
        )


def matching(items: Sequence[Item], filters: Filters) -> tuple[int, ...]:
    """Return the positions, from 0, of the items that match the filters."""
    return tuple(place for place, item in enumerate(items) if filters.accepts(item))


def is_right(item: Item) -> bool:
    """Whether an item is right by execution, or else by the next metric that was measured."""
    return next((item.scores[name] > 0 for name in _DECIDING if name in item.scores), False)


def _verdicts(item: Item) -> Iterator[str]:
    yield "right" if is_right(item) else "wrong"
    if item.output != "ok":
        yield OUTPUT_NAMES[item.output]
    if item.repetitive:
        yield OUTPUT_NAMES["repetitive"]
    if item.problem is not None:
        yield _PROBLEM


def _clauses(item: Item) -> Iterator[str]:
    for clause, match in (item.clauses or {}).items():
        if clause in CLAUSE_NAMES and not match.match:
            yield f"{CLAUSE_NAMES[clause]} differs"
    yield from (f"gold has {feature}" for feature in item.features)


def _words(item: Item) -> str:
    example = item.example
    texts = (example.question, example.query, item.prediction, item.reason, example.db_id)
    return "\n".join(texts).lower()


def _counted(
    items: Sequence[Item], names: Sequence[str], of: Callable[[Item], Iterator[str] | list[str]]
) -> tuple[tuple[str, str], ...]:
    counts = Counter(name for item in items for name in of(item))
    return tuple((f"{name} ({counts[name]:,})", name) for name in names if counts[name])


FILTER_NAMES = tuple(field.name for field in fields(Filters))
"""The names of the filters in the order of the fields on the page."""
