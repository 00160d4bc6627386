"""What the queries that a turn may mean return, as features of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from text2sql.answering.conversation.options import Option
from text2sql.sandbox import QueryResult

__all__ = ["Outcome", "with_outcomes"]


@dataclass(frozen=True)
class Outcome:
    """What a query returned: a ``key`` of its rows in any order, and their number.

    ``unknown`` says whether the first rows are all NULL, ``zero`` whether the answer is a single 0.
    """

    key: bytes
    count: int
    unknown: bool
    zero: bool

    @classmethod
    def of(cls, result: QueryResult | None) -> Outcome | None:
        """Return the outcome; None if the query failed or was not run."""
        if result is None or result.error:
            return None
        rows = result.rows
        unknown = bool(rows) and all(value is None for row in rows[:3] for value in row)
        text = "\n".join(sorted(map(repr, rows)))
        return cls(blake2b(text.encode()).digest(), len(rows), unknown, rows == ((0,),))


def with_outcomes(
    options: Sequence[Option], outcomes: Sequence[Outcome | None], before: Outcome | None
) -> list[Mapping[str, float]]:
    """Return the features of ``options`` with those of what they returned.

    Args:
        before: what the query before returned.
    """
    shares: dict[str, dict[bytes, float]] = defaultdict(lambda: defaultdict(float))
    for option, outcome in zip(options, outcomes, strict=True):
        if outcome is not None:
            for source, share in option.shares.items():
                shares[source][outcome.key] += share
    return [
        {**option.features, **dict(_features(outcome, shares, before))}
        for option, outcome in zip(options, outcomes, strict=True)
    ]


def _features(
    outcome: Outcome | None, shares: Mapping[str, Mapping[bytes, float]], before: Outcome | None
) -> Iterator[tuple[str, float]]:
    if outcome is None:
        yield "fails", 1.0
        return
    for source, of_rows in shares.items():
        yield f"rows {source}", min(of_rows.get(outcome.key, 0.0), 1.0)
    truths = {
        "none": not outcome.count,
        "unknown": outcome.unknown,
        "zero": outcome.zero,
        "the same": before is not None and outcome.key == before.key,
        "more": before is not None and outcome.count > before.count,
        "fewer": before is not None and outcome.count < before.count,
    }
    yield from ((f"rows are {word}", 1.0) for word, true in truths.items() if true)
