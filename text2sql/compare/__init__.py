"""A prediction beside its gold: which clauses differ, which rows, and the verdict in words."""

from text2sql.compare.clauses import ClauseDifference, clause_differences
from text2sql.compare.rows import RowDifference, row_difference
from text2sql.compare.verdict import Disagreement, Verdict, verdict

__all__ = [
    "ClauseDifference",
    "Disagreement",
    "RowDifference",
    "Verdict",
    "clause_differences",
    "row_difference",
    "verdict",
]
