"""The verdict on one prediction, with its reason in words."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any
from typing import Literal as Choice

from text2sql.compare.clauses import ClauseDifference, clause_differences
from text2sql.compare.rows import RowDifference, row_difference
from text2sql.compare.slips import not_sql, slips
from text2sql.databases import Database
from text2sql.errors import QueryError
from text2sql.metrics import ExactSet, Execution, execution
from text2sql.metrics.exact_set import exact_set_of
from text2sql.metrics.execution import SCORING
from text2sql.metrics.pair import QueryPair
from text2sql.query.tree import shorten
from text2sql.sandbox import Limits

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
    pair = QueryPair(gold, prediction, database.schema)
    match, run = measured_exact_set(pair), None
    if database.path is not None:
        run = execution(gold, prediction, database, limits=limits)
    return explain(pair, match, run)


def measured_exact_set(pair: QueryPair) -> ExactSet | None:
    """Compute exact set match; None if the gold lies outside Spider's fragment.

    Raises:
        QueryError: the gold is not a single SELECT that can be parsed.
    """
    try:
        return exact_set_of(pair)
    except QueryError:
        _ = pair.gold_tree  # it is read, or the error says why not
        return None


def explain(pair: QueryPair, match: ExactSet | None, run: Execution | None) -> Verdict:
    """Give the verdict from metrics that are already computed."""
    exact, executed = (None if m is None else m.match for m in (match, run))
    rows = row_difference(run) if run is not None else None
    if not pair.prediction.strip():
        return Verdict(exact, executed, "There is no prediction.", (), rows)
    if (exact and executed is not False) or (exact is executed is None):
        reason = _agreement(exact, executed, rows) + _left_out(run)
        return Verdict(exact, executed, reason, (), rows)
    clauses = query_differences(pair)
    if run is not None and run.prediction.error is not None and run.gold.error is None:
        reason = _failure(pair.prediction, run.prediction.error, _said(clauses or ()))
    elif clauses == () and executed is not False:
        objection = f" {_officially(match)}." if exact is False else ""
        reason = _agreement(True, executed, rows) + objection
    else:
        reason = _reason(exact, executed, _said(clauses or ()) or _officially(match), rows)
        reason += _slips(pair, run) if run is not None and not run.match else ""
    return Verdict(exact, executed, reason + _left_out(run), clauses or (), rows)


def _agreement(exact: bool | None, executed: bool | None, rows: RowDifference | None) -> str:
    said = "The query says the same" if exact is not None else "The query was not compared"
    if executed is None:
        return f"{said}."
    return f"{said} and returns the right rows" + (f" ({rows})." if rows else ".")


def _said(clauses: tuple[ClauseDifference, ...]) -> str:
    """The differences as text; from 450 characters on, only the names of the clauses."""
    shown: list[str] = []
    for text in map(str, clauses):
        text = text if len(text) <= _LONGEST_LIST else f"{text[: _LONGEST_LIST - 3]}..."
        if shown and sum(map(len, shown)) + len(text) > _LONGEST_LIST:
            left = [found.clause.split(", ")[-1] for found in clauses[len(shown) :]]
            more = dict.fromkeys(left)
            return f"{'; '.join(shown)}; more in {', '.join(more)}"
        shown.append(text)
    return "; ".join(shown)


def _officially(match: ExactSet | None) -> str:
    """What Spider's script objects to, where the queries have no difference that can be shown."""
    if match is None or match.match:
        return ""
    if match.error is not None:
        return f"Exact set match cannot read it: {match.error.rstrip('.')}"
    failed = [name for name, score in match.partial.items() if not score.match]
    return f"Spider's script sees a difference in {', '.join(failed) or 'FROM'}"


def _failure(prediction: str, error: str, said: str) -> str:
    written = not_sql(prediction, error)
    if written.startswith("it starts"):  # SQLite's own words would not say more
        return f"It does not run: {written}, which is not SQL."
    reason = f"It does not run: {' '.join(error.split()).rstrip('.')}"
    reason += f" ({written})." if written else "."
    return f"{reason} It differs from the gold query. {said}." if said else reason


def _reason(
    exact: bool | None, executed: bool | None, said: str, rows: RowDifference | None
) -> str:
    if executed is None:
        return f"{said}."
    if executed:
        aside = f" ({rows})" if rows else ""
        return f"Returns the right rows{aside} with a different query. {said}."
    if exact:
        uncounted = f" Exact set match ignores this: {said}." if said else ""
        return f"Says the same, but {rows}.{uncounted}"
    return f"{said}. With this, {rows}." if said else f"The rows are wrong: {rows}."


def _slips(pair: QueryPair, run: Execution) -> str:
    """Sentences about common slips, each after a space; a result of NULL has other causes."""
    if run.prediction.rows and None in run.prediction.rows[0]:
        return ""
    with suppress(QueryError):
        return "".join(f" {text}" for text in slips(pair.gold_tree, pair.prediction_tree))
    return ""


def _left_out(run: Execution | None) -> str:
    """A sentence if the prediction has more than one statement, of which one was scored."""
    if run is None or not run.left_out:
        return ""
    return f" Only its first statement was scored; it is followed by {shorten(run.left_out)}."


def query_differences(pair: QueryPair) -> tuple[ClauseDifference, ...] | None:
    """List the differences between two queries; None if one of them cannot be parsed."""
    with suppress(QueryError):
        return clause_differences(pair)
    return None
