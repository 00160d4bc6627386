"""Comparison of a prediction with its gold query: clauses, rows, and a verdict in words."""

from text2sql.compare.clauses import ClauseDifference, clause_differences
from text2sql.compare.rows import NearMiss, RowDifference, RowMarks, row_difference, row_marks
from text2sql.compare.verdict import Disagreement, Verdict, query_differences, verdict

__all__ = [
    "ClauseDifference",
    "Disagreement",
    "NearMiss",
    "RowDifference",
    "RowMarks",
    "Verdict",
    "clause_differences",
    "query_differences",
    "row_difference",
    "row_marks",
    "verdict",
]
