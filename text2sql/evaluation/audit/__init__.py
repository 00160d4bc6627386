"""Audit of gold queries: which of a benchmark's gold queries are probably wrong, and why."""

from text2sql.evaluation.audit.audit import Audit, audit
from text2sql.evaluation.audit.corrections import Correction, apply_corrections, load_corrections
from text2sql.evaluation.audit.finding import KINDS, Finding

__all__ = [
    "KINDS",
    "Audit",
    "Correction",
    "Finding",
    "apply_corrections",
    "audit",
    "load_corrections",
]
