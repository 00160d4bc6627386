"""An audit as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from text2sql.evaluation.audit.audit import Audit
from text2sql.evaluation.audit.finding import KINDS, Finding
from text2sql.evaluation.report.text import one_line
from text2sql.terminal import bold, dim, format_table

__all__ = ["audit_text"]


def audit_text(audit: Audit, shown: int) -> str:
    """Write the number of findings of each kind, and the first ``shown`` findings."""
    return "\n\n".join(_blocks(audit, shown))


def _blocks(audit: Audit, shown: int) -> Iterator[str]:
    flagged = len({finding.number for finding in audit.findings})
    yield bold(f"{audit.questions:,} questions, {flagged:,} with findings")
    if audit.counts:
        rows = [[KINDS[kind].title, count] for kind, count in audit.counts.items()]
        yield format_table(["finding", "times"], rows)
    for finding in audit.findings[:shown]:
        yield "\n".join(_lines(finding))
    if len(audit.findings) > shown:
        yield dim(f"{len(audit.findings) - shown:,} more; use --shown N, or --html for a page")
    if audit.problems:
        yield "\n".join([bold("Problems"), *(f"  {one_line(p)}" for p in audit.problems)])


def _lines(finding: Finding) -> Iterator[str]:
    example = finding.example
    yield f"{finding.number + 1}. {one_line(example.question)} {dim(example.db_id)}"
    yield f"   gold  {one_line(example.query)}"
    yield f"   {one_line(finding.text)}"
    for line in finding.evidence_lines():
        yield dim(f"   {one_line(line)}")
