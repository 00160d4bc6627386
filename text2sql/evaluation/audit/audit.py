"""The audit: it runs every check on every gold query and ranks the findings."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from text2sql.databases import Catalog
from text2sql.errors import Text2SQLError
from text2sql.evaluation.audit.agreement import contradictions, outvoted
from text2sql.evaluation.audit.clauses import clause_findings
from text2sql.evaluation.audit.finding import KINDS, Finding
from text2sql.evaluation.audit.gold import Gold
from text2sql.evaluation.audit.rows import row_findings
from text2sql.evaluation.audit.values import value_findings
from text2sql.evaluation.audit.words import word_findings
from text2sql.spider import Example

__all__ = ["Audit", "audit"]

_CHECKS: tuple[Callable[[Gold], Iterator[Finding]], ...] = (
    row_findings,
    clause_findings,
    value_findings,
    word_findings,
)
_NEXT_FINDING = 0.5  # share of its weight that a further finding of a question adds


@dataclass(frozen=True)
class Audit:
    """``findings``, the likeliest faults first; ``problems`` says what could not be audited."""

    questions: int
    findings: tuple[Finding, ...]
    problems: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings of each kind there are, in the order of ``KINDS``."""
        found = Counter(finding.kind for finding in self.findings)
        return {kind: found[kind] for kind in KINDS if found[kind]}

    def to_dict(self) -> dict[str, Any]:
        return {
            "questions": self.questions,
            "flagged": len({finding.number for finding in self.findings}),
            "counts": dict(self.counts),
            "problems": list(self.problems),
            "findings": [finding.to_dict() for finding in self.findings],
        }


def audit(
    examples: Sequence[Example],
    catalog: Catalog,
    systems: Mapping[str, Sequence[str]] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Audit:
    """Find gold queries that are probably wrong.

    Args:
        systems: predictions by system name, one per question. With three or more systems, the audit
            also finds gold queries whose rows differ from those that most systems return.
        progress: called with the number of questions done.
    """
    problems: list[str] = []
    golds = list(_golds(examples, catalog, problems))

    def checked(gold: Gold) -> list[Finding]:
        found = [finding for check in _CHECKS for finding in check(gold)]
        predicted = {name: queries[gold.number] for name, queries in (systems or {}).items()}
        return found + list(outvoted(gold, {name: sql for name, sql in predicted.items() if sql}))

    findings: list[Finding] = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # SQLite does most of the work
        for done, found in enumerate(threads.map(checked, golds), start=1):
            findings += found
            progress(done)
    findings += contradictions(golds)
    return Audit(len(examples), tuple(_ranked(findings)), tuple(problems))


def _golds(examples: Sequence[Example], catalog: Catalog, problems: list[str]) -> Iterator[Gold]:
    for number, example in enumerate(examples):
        try:
            database = catalog.get(example.db_id)
        except Text2SQLError as error:
            problem = str(error)
        else:
            if database.path is not None:
                yield Gold(number, example, database)
                continue
            problem = f"There is no database file for {example.db_id!r}."
        if problem not in problems:
            problems.append(problem)


def _ranked(findings: Sequence[Finding]) -> list[Finding]:
    """Sort the findings by weight; several about one question raise its weight."""
    own = {id(f): KINDS[f.kind].weight + f.weight for f in findings}
    of_question: defaultdict[int, float] = defaultdict(float)
    for finding in findings:
        of_question[finding.number] += own[id(finding)]
    weighed = [
        replace(f, weight=own[id(f)] + _NEXT_FINDING * (of_question[f.number] - own[id(f)]))
        for f in findings
    ]
    return sorted(weighed, key=lambda finding: (-finding.weight, finding.number))
