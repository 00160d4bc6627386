"""Gold queries that another gold of the same question contradicts, or most systems do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from text2sql.evaluation.audit.finding import Finding
from text2sql.evaluation.audit.gold import Gold
from text2sql.linking.words import normal_form
from text2sql.metrics.execution import Row, same_rows

__all__ = ["contradictions", "outvoted"]

_LEAST_SYSTEMS = 3
_MAJORITY = 0.6
_LARGEST = 2_000  # rows of a result that are compared


def contradictions(golds: Sequence[Gold]) -> Iterator[Finding]:
    """Find equal questions about one database whose gold queries return different rows."""
    asked: defaultdict[tuple[str, str], list[Gold]] = defaultdict(list)
    for gold in golds:
        if gold.result.failure is None:
            asked[gold.example.db_id, normal_form(gold.example.question)].append(gold)
    for same in asked.values():
        for first, second in pairwise(same):
            if not same_rows(first.result.rows, second.result.rows, ordered=False):
                for one, other in ((first, second), (second, first)):
                    yield Finding(
                        one.number,
                        one.example,
                        "contradicts",
                        f"Question {other.number + 1} is the same; its gold returns other rows.",
                        {
                            "other_gold": other.example.query,
                            "rows_here": list(one.result.rows[:5]),
                            "rows_there": list(other.result.rows[:5]),
                        },
                    )


def outvoted(gold: Gold, predictions: Mapping[str, str]) -> Iterator[Finding]:
    """Find a gold whose rows differ from those on which most of at least three systems agree.

    Args:
        predictions: the SQL of each system for this question, by the system's name.
    """
    if gold.result.failure is not None or len(predictions) < _LEAST_SYSTEMS:
        return
    groups = _groups_by_rows(gold, predictions)
    if not groups:
        return
    rows, names = max(groups, key=lambda group: len(group[1]))
    share = len(names) / len(predictions)
    if share < _MAJORITY or not rows or same_rows(gold.result.rows, rows, ordered=False):
        return
    sql = Counter(predictions[name] for name in names).most_common(1)[0][0]
    yield Finding(
        gold.number,
        gold.example,
        "systems_disagree",
        f"{len(names)} of {len(predictions)} systems return the same rows, unlike the gold query.",
        {
            "their_query": sql,
            "their_rows": list(rows[:5]),
            "gold_rows": list(gold.result.rows[:5]),
            "systems": names,
        },
        weight=0.25 * share,
    )


def _groups_by_rows(
    gold: Gold, predictions: Mapping[str, str]
) -> list[tuple[tuple[Row, ...], list[str]]]:
    """The different results of the predictions that run, each with the systems that return it."""
    groups: list[tuple[tuple[Row, ...], list[str]]] = []
    for name, sql in predictions.items():
        result = gold.run(sql, _LARGEST)
        if result.failure is not None or result.truncated:
            continue
        for rows, names in groups:
            if same_rows(rows, result.rows, ordered=False):
                names.append(name)
                break
        else:
            groups.append((result.rows, [name]))
    return groups
