"""How good is a prediction? One metric per file, each a pure function of gold and prediction."""

from text2sql.metrics.exact_set import ExactSet, exact_set
from text2sql.metrics.execution import Execution, execution
from text2sql.metrics.hardness import LEVELS, Hardness, hardness

__all__ = [
    "LEVELS",
    "ExactSet",
    "Execution",
    "Hardness",
    "exact_set",
    "execution",
    "hardness",
]
