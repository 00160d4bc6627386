"""Metrics: one per file, each a pure function of a gold query and a prediction."""

from text2sql.metrics.exact_set import ExactSet, exact_set
from text2sql.metrics.execution import Execution, execution
from text2sql.metrics.hardness import LEVELS, Hardness, hardness
from text2sql.metrics.rouge import rouge1
from text2sql.metrics.string_match import fair_string_match, string_match
from text2sql.metrics.test_suite import TestSuite, test_suite

__all__ = [
    "LEVELS",
    "ExactSet",
    "Execution",
    "Hardness",
    "TestSuite",
    "exact_set",
    "execution",
    "fair_string_match",
    "hardness",
    "rouge1",
    "string_match",
    "test_suite",
]
