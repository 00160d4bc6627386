"""The fit of what the shape of their rows says about candidates.

The model answers questions over databases that were held out from its training, and each of its
candidates is judged by its rows. A log-linear model of its probability and of ``row_features`` is
fitted to these verdicts. Of the printed weights, those in ``text2sql/answering/agreement.py`` are
about two thirds in proportion to the probability's, in round numbers. How many answers are right is
counted with each database's weights fitted to the others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from text2sql.answering.agreement import ROW_WEIGHTS, SHARPNESS, find_agreement, row_features
from text2sql.answering.choosing import preference, preferred
from text2sql.databases import Catalog
from text2sql.evaluation.live import spread
from text2sql.generators.base import Generator, Options
from text2sql.generators.registry import load_generator
from text2sql.linking.keys import with_keys
from text2sql.linking.synonyms import reworded
from text2sql.metrics.execution import execution
from text2sql.sandbox import QueryResult, run_query
from text2sql.spider import Example, load_examples
from text2sql.terminal import reports_errors
from train.log_linear import Alternatives, Names, fit, named
from train.pocket.collection import held_out_by_name

__all__ = ["main"]

_BEFORE = {"probability": 1.0, **ROW_WEIGHTS}
_RIDGE = 4.0


@dataclass(frozen=True)
class _Judged:
    """The candidates for one question, with their scores, results and verdicts."""

    db_id: str
    scores: tuple[float, ...]
    results: tuple[QueryResult, ...]
    right: tuple[bool, ...]

    def alternatives(self, names: Names) -> Alternatives:
        ran = [i for i, result in enumerate(self.results) if result.error is None]
        rows = (
            {"probability": SHARPNESS * self.scores[i], **row_features(self.results[i].rows)}
            for i in ran
        )
        return Alternatives(tuple(map(names.row, rows)), tuple(self.right[i] for i in ran))

    def chosen(self, weights: Mapping[str, float]) -> bool:
        """Whether the answer is right that is chosen with these weights."""
        scores = [weights["probability"] * score for score in self.scores]
        agreement = find_agreement(scores, self.results, weights)
        return agreement is not None and self.right[agreement.place]


@reports_errors
def main(argv: Sequence[str] | None = None) -> int:
    """Fit the weights, print them, and count the right answers."""
    args = _parser().parse_args(argv)
    chosen = held_out_by_name("asked")
    catalog, generator = Catalog.open(args.asked), load_generator("pocket")
    examples = load_examples(args.asked / "questions.json")
    held_out = [example for example in examples if example.db_id in chosen]
    judged = list(_judged(spread(held_out, args.limit or len(held_out)), catalog, generator))
    names = Names()
    print(named(fit([one.alternatives(names) for one in judged], names, _BEFORE, _RIDGE), names))
    _report(judged)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m train.pocket.row_shapes",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--asked", type=Path, required=True, help="folder that `python -m train.asked build` made")
    add("--limit", type=int, metavar="N", help="only N questions, spread evenly")
    return parser


def _judged(
    examples: Sequence[Example], catalog: Catalog, generator: Generator
) -> Iterator[_Judged]:
    from tqdm import tqdm

    for example in tqdm(examples, unit="question", disable=None):
        database = with_keys(catalog.get(example.db_id))
        question = reworded(example.question, database.schema)
        written = generator.generate(question, database, Options())
        candidates = preferred(written, question, database)
        yield _Judged(
            example.db_id,
            tuple(map(preference, candidates)),
            tuple(run_query(database, candidate.sql) for candidate in candidates),
            tuple(
                any(execution(gold, candidate.sql, database).match for gold in example.golds)
                for candidate in candidates
            ),
        )


def _report(judged: Sequence[_Judged]) -> None:
    before = [one.chosen(_BEFORE) for one in judged]
    fitted = [False] * len(judged)
    for database in {one.db_id for one in judged}:
        names = Names()
        others = [one.alternatives(names) for one in judged if one.db_id != database]
        weights = _BEFORE | named(fit(others, names, _BEFORE, _RIDGE), names)
        for place, one in enumerate(judged):
            if one.db_id == database:
                fitted[place] = one.chosen(weights)
    pairs = list(zip(before, fitted, strict=True))
    print(
        f"{len(judged)} questions, {sum(any(one.right) for one in judged)} with a right candidate; "
        f"{sum(before)} answered rightly, {sum(fitted)} by weights fitted to the other databases "
        f"({pairs.count((False, True))} won, {pairs.count((True, False))} lost)"
    )


if __name__ == "__main__":
    sys.exit(main())
