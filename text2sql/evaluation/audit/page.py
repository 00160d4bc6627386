"""An audit as one HTML page for manual review, which exports the corrections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from text2sql.evaluation.audit.audit import Audit
from text2sql.evaluation.audit.finding import KINDS, Finding
from text2sql.evaluation.report.html import page_environment
from text2sql.spider import Example

__all__ = ["audit_html"]


@dataclass(frozen=True)
class _Card:
    """All findings about one question."""

    number: int
    example: Example
    findings: Sequence[Finding]

    @property
    def kinds(self) -> list[str]:
        return sorted({finding.kind for finding in self.findings})


def audit_html(audit: Audit, title: str) -> str:
    """Render the page; all text from questions, models and databases is escaped."""
    template = page_environment("text2sql.evaluation.audit").get_template("audit.html")
    return template.render(audit=audit, title=title, cards=list(_cards(audit)), kinds=KINDS)


def _cards(audit: Audit) -> Iterator[_Card]:
    """The questions, sorted by their likeliest fault."""
    ranks: dict[int, int] = {}
    for rank, finding in enumerate(audit.findings):
        ranks.setdefault(finding.number, rank)
    ordered = sorted(audit.findings, key=lambda finding: ranks[finding.number])
    for number, group in groupby(ordered, key=lambda finding: finding.number):
        findings = list(group)
        unique = list({(f.kind, f.text): f for f in findings}.values())
        yield _Card(number, findings[0].example, unique)
