"""Compare ways to choose among candidates: by probability, by plausibility, by rows.

Asks every question with each number of beams, and counts the right answers of each way to choose
one of the candidates. It also counts the questions for which any candidate is right: the upper
bound for choosing. Without --questions, the bundled samples are asked.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_asked, add_json, find_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from text2sql.databases import Database
    from text2sql.generators.base import Candidate, Generator
    from text2sql.sandbox import QueryResult
    from text2sql.spider import Example

__all__ = ["WAYS", "JudgedCandidate", "add_arguments", "judge_candidates", "measure", "run"]

_BEAMS = (1, 2, 4, 6)


@dataclass(frozen=True)
class JudgedCandidate:
    """A candidate with its result, and whether it is right."""

    candidate: Candidate
    result: QueryResult
    exact_set: bool
    execution: bool

    @property
    def model_score(self) -> float:
        """The model's log-probability, without the penalty for implausible SQL."""
        return self.candidate.score + self.candidate.penalty


def _by_rows(
    candidates: Sequence[JudgedCandidate], score: Callable[[JudgedCandidate], float]
) -> JudgedCandidate:
    from text2sql.answering.agreement import find_agreement

    ordered = sorted(candidates, key=score, reverse=True)
    agreement = find_agreement([score(c) for c in ordered], [c.result for c in ordered])
    return ordered[agreement.place if agreement else 0]


def _score(candidate: JudgedCandidate) -> float:
    return candidate.candidate.score


def _preference(candidate: JudgedCandidate) -> float:
    from text2sql.answering.choosing import preference

    return preference(candidate.candidate)


#: Ways to choose; the application uses the last.
WAYS: dict[str, Callable[[Sequence[JudgedCandidate]], JudgedCandidate]] = {
    "the most probable": lambda found: max(found, key=lambda c: c.model_score),
    "plausibility": lambda found: max(found, key=_score),
    "rows": lambda found: _by_rows(found, lambda c: c.model_score),
    "plausibility and rows": lambda found: _by_rows(found, _score),
    "plausibility, mentions and rows": lambda found: _by_rows(found, _preference),
}


def add_arguments(parser: ArgumentParser) -> None:
    add_asked(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    from text2sql.benchmark.score import load_questions
    from text2sql.databases import Catalog
    from text2sql.generators.registry import load_generator
    from text2sql.terminal import format_table, print_json

    catalog = Catalog.open(args.spider_dir)
    examples = load_questions(args.questions, catalog)[: args.limit]
    generator = load_generator(find_model(args))
    rows = [row for beams in _BEAMS for row in measure(generator, examples, catalog.get, beams)]
    if args.json:
        print_json(rows)
        return 0
    print(f"Percent of {len(examples)} questions that are right")
    print(format_table(list(rows[0]), [list(row.values()) for row in rows]))
    return 0


def measure(
    generator: Generator,
    examples: Sequence[Example],
    database: Callable[[str], Database],
    beams: int,
) -> list[dict[str, Any]]:
    """The percentage of questions that each way gets right with this number of beams."""
    from tqdm import tqdm

    asked = tqdm(examples, desc=f"{beams} beams", unit="question", disable=None)
    found = [
        judge_candidates(generator, example, database(example.db_id), beams) for example in asked
    ]
    right = {
        way: [(best.exact_set, best.execution) for best in (choose(cs) for cs in found if cs)]
        for way, choose in WAYS.items()
    }
    right["any of them"] = [
        (any(c.exact_set for c in cs), any(c.execution for c in cs)) for cs in found
    ]
    return [
        {
            "beams": beams,
            "chosen by": way,
            "exact set": round(100 * sum(exact for exact, _ in both) / len(examples), 1),
            "execution": round(100 * sum(executed for _, executed in both) / len(examples), 1),
        }
        for way, both in right.items()
    ]


def judge_candidates(
    generator: Generator, example: Example, database: Database, beams: int
) -> list[JudgedCandidate]:
    """Correct and run the candidates for a question and compare each with the gold query."""
    from text2sql.answering.corrections import corrected
    from text2sql.generators.base import Options
    from text2sql.linking.cell_index import cell_index
    from text2sql.metrics.exact_set import exact_set
    from text2sql.metrics.execution import execution
    from text2sql.sandbox import run_query

    index = cell_index(database)
    written = generator.generate(example.question, database, Options(beams=beams))
    return [
        JudgedCandidate(
            candidate,
            run_query(database, candidate.sql),
            exact_set(example.query, candidate.sql, database.schema).match,
            execution(example.query, candidate.sql, database).match,
        )
        for candidate in (corrected(c, example.question, database.schema, index) for c in written)
    ]
