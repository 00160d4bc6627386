"""The verdict on one prediction, with its reason in words."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any
from typing import Literal as Choice

from text2sql.compare.clauses import ClauseDifference, clause_differences
from text2sql.compare.general import general_differences
from text2sql.compare.rows import RowDifference, row_difference
from text2sql.databases import Database
from text2sql.errors import QueryError
from text2sql.metrics import ExactSet, Execution, exact_set, execution
from text2sql.metrics.execution import SCORING
from text2sql.metrics.official import read_pair
from text2sql.metrics.official_text import fill_placeholders
from text2sql.query import parse
from text2sql.query.tree import statement
from text2sql.sandbox import Limits
from text2sql.schema import Schema

__all__ = [
    "Disagreement",
    "Verdict",
    "explain",
    "measured_exact_set",
    "query_differences",
    "verdict",
]

Disagreement = Choice["exact_set_only", "execution_only"]

_LONGEST_LIST = 450  # characters of differences in a reason; ``clauses`` has them all


@dataclass(frozen=True)
class Verdict:
    """The verdicts of the two metrics on a prediction, with the reason.

    ``exact_set`` and ``execution`` are None if they were not measured. ``disagreement`` names the
    metric that matches if the other does not: then check the prediction or the gold query.
    """

    exact_set: bool | None
    execution: bool | None
    reason: str
    clauses: tuple[ClauseDifference, ...] = ()
    rows: RowDifference | None = None

    @property
    def disagreement(self) -> Disagreement | None:
        if self.exact_set is None or self.execution is None or self.exact_set == self.execution:
            return None
        return "exact_set_only" if self.exact_set else "execution_only"

    def to_dict(self) -> dict[str, Any]:
        """The verdict as JSON-serializable values."""
        return {
            "exact_set": self.exact_set,
            "execution": self.execution,
            "disagreement": self.disagreement,
            "reason": self.reason,
            "clauses": [asdict(clause) for clause in self.clauses],
            "rows": self.rows and self.rows.to_dict(),
        }


def verdict(gold: str, prediction: str, database: Database, limits: Limits = SCORING) -> Verdict:
    """Compare a prediction with its gold query by clauses and, if there is a file, by rows.

    Exact set match is not measured if the gold lies outside Spider's fragment. ``limits`` apply to
    each query.

    Raises:
        QueryError: the gold is not a single SELECT that can be parsed.
    """
    match, run = measured_exact_set(gold, prediction, database.schema), None
    if database.path is not None:
        run = execution(gold, prediction, database, limits=limits)
    return explain(gold, prediction, database.schema, match, run)


def measured_exact_set(gold: str, prediction: str, schema: Schema) -> ExactSet | None:
    """Compute exact set match; None if the gold lies outside Spider's fragment.

    Raises:
        QueryError: the gold is not a single SELECT that can be parsed.
    """
    try:
        return exact_set(gold, prediction, schema)
    except QueryError:
        statement(gold)
        return None


def explain(
    gold: str, prediction: str, schema: Schema, match: ExactSet | None, run: Execution | None
) -> Verdict:
    """Give the verdict from metrics that are already computed."""
    exact, executed = (None if m is None else m.match for m in (match, run))
    rows = row_difference(run) if run is not None else None
    if not prediction.strip():
        return Verdict(exact, executed, "There is no prediction.", (), rows)
    if exact is not False and executed is not False:
        return Verdict(exact, executed, _agreement(exact, executed, rows), (), rows)
    clauses = query_differences(gold, prediction, schema)
    reason = _reason(exact, executed, _said(match, clauses), rows)
    return Verdict(exact, executed, reason, clauses, rows)


def _agreement(exact: bool | None, executed: bool | None, rows: RowDifference | None) -> str:
    said = {True: "The query says the same", None: "The query was not compared"}[exact]
    if executed is None:
        return f"{said}."
    return f"{said} and returns the right rows" + (f" ({rows})." if rows else ".")


def _said(match: ExactSet | None, clauses: tuple[ClauseDifference, ...]) -> str:
    """The differences between the two queries as text."""
    if clauses:
        said = "; ".join(map(str, clauses))
        return said if len(said) <= _LONGEST_LIST else said[: _LONGEST_LIST - 3] + "..."
    if match is None or match.match:
        return ""
    if match.error is not None:
        return f"Spider's official parser cannot read it: {match.error.rstrip('.')}"
    failed = [name for name, score in match.partial.items() if not score.match]
    return f"Spider's script sees a difference in {', '.join(failed) or 'FROM'}"


def _reason(
    exact: bool | None, executed: bool | None, said: str, rows: RowDifference | None
) -> str:
    if executed is None:
        return f"{said}."
    if executed:
        return f"Returns the right rows with a different query. {said}."
    if exact:
        uncounted = f" Exact set match ignores this: {said}." if said else ""
        return f"Says the same, but {rows}.{uncounted}"
    return f"{said}. With this, {rows}." if said else f"The rows are wrong: {rows}."


def query_differences(gold: str, prediction: str, schema: Schema) -> tuple[ClauseDifference, ...]:
    """List the differences between two queries.

    Three parsers are tried in turn: that of Spider's fragment, that of SQLite's full language, and
    the official script's. Empty if none of them can read both queries.
    """
    for compare in (_in_the_fragment, general_differences, _as_officially_read):
        with suppress(QueryError):
            return compare(gold, fill_placeholders(prediction, schema), schema)
    return ()


def _in_the_fragment(gold: str, prediction: str, schema: Schema) -> tuple[ClauseDifference, ...]:
    return clause_differences(parse(gold, schema), parse(prediction, schema), schema)


def _as_officially_read(gold: str, prediction: str, schema: Schema) -> tuple[ClauseDifference, ...]:
    expected, predicted = read_pair(gold, prediction, schema)
    if isinstance(predicted, QueryError):
        raise predicted
    return clause_differences(expected, predicted, schema)
