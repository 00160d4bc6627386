"""The share of gold queries that the pocket model's language can express.

The command ``python -m train.pocket.coverage FOLDER ...`` translates each gold from SQL to a tree,
to tokens and back. A gold survives if the new SQL returns the same rows, in any order, and the
grammar accepts its tokens. A folder is in Spider's layout: ``tables.json``, ``database`` and
questions. The most common reasons for failure are printed with one example each.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from text2sql.databases import Catalog, Database
from text2sql.errors import QueryError
from text2sql.generators.pocket.grammar import Grammar
from text2sql.generators.pocket.ir import Token, from_tokens, to_tokens
from text2sql.metrics.execution import same_rows
from text2sql.query.reading import read
from text2sql.query.writing import write
from text2sql.sandbox import run_query
from text2sql.schema import Schema
from text2sql.spider import load_examples
from text2sql.terminal import reports_errors

__all__ = ["Coverage", "lost", "main", "measure"]

_QUESTIONS = ("questions.json", "train_spider.json", "dev.json")
_NAMED = re.compile(r"'[^']*'|\"[^\"]*\"|ColumnToken\(.*?\)|TableToken\(.*?\)|ValueToken\(.*?\)")


@dataclass
class Coverage:
    """The number of golds, and those that do not survive by reason."""

    golds: int = 0
    lost: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lengths: list[int] = field(default_factory=list)

    @property
    def survive(self) -> int:
        return self.golds - sum(map(len, self.lost.values()))

    def lines(self, reasons: int = 10) -> Iterable[str]:
        share = 100 * self.survive / max(1, self.golds)
        lengths = sorted(self.lengths) or [0]
        middle, long = lengths[len(lengths) // 2], lengths[len(lengths) * 99 // 100]
        yield (
            f"{self.survive} of {self.golds} golds survive ({share:.2f}%); "
            f"median length {middle} tokens, 99th percentile {long}"
        )
        for reason, golds in Counter({r: len(g) for r, g in self.lost.items()}).most_common(
            reasons
        ):
            yield f"{golds:6} {reason}"
            yield f"       {' '.join(self.lost[reason][0].split())[:200]}"


def measure(golds: Sequence[tuple[Database, str]]) -> Coverage:
    """Measure the coverage of golds, each given with its database."""
    coverage = Coverage()
    for database, sql in golds:
        coverage.golds += 1
        reason = lost(sql, database, coverage.lengths)
        if reason:
            coverage.lost[reason].append(sql)
    return coverage


def lost(sql: str, database: Database, lengths: list[int] | None = None) -> str:
    """Why a gold does not survive; empty if it does."""
    schema = database.schema
    try:
        tokens = to_tokens(read(sql, schema), schema)
        said = write(from_tokens(tokens, schema), schema)
    except QueryError as error:
        return _NAMED.sub("…", str(error))
    if lengths is not None:
        lengths.append(len(tokens))
    refused = _refused(tokens, schema)
    if refused:
        return refused
    gold, again = run_query(database, sql), run_query(database, said)
    if gold.error or again.error:
        return "" if gold.error else f"the new SQL does not run: {again.error}"
    return "" if same_rows(gold.rows, again.rows, ordered=False) else "the new SQL has other rows"


def _refused(tokens: Sequence[Token], schema: Schema) -> str:
    grammar = Grammar(True, len(schema.tables))
    for token in tokens:
        if not grammar.allows(token):
            return f"the grammar does not accept {_NAMED.sub('…', repr(token))}"
        grammar = grammar.push(token)
    return "" if grammar.done else "the grammar expects further tokens"


@reports_errors
def main(argv: Sequence[str] | None = None) -> int:
    """Print the coverage of each folder's golds; return 2 if one cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m train.pocket.coverage",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--questions", metavar="FILE", help="name of the file in each folder")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N golds of each")
    args = parser.parse_args(argv)
    for folder in args.folders:
        golds = _golds(folder, args.questions)[: args.limit]
        print(f"{folder}: " + "\n".join(measure(golds).lines()))
    return 0


def _golds(folder: Path, name: str | None) -> list[tuple[Database, str]]:
    found = (folder / n for n in _QUESTIONS if (folder / n).is_file())
    path = folder / name if name else next(found, folder / _QUESTIONS[0])
    databases = Catalog.open(folder)
    pairs = dict.fromkeys((e.db_id, e.query) for e in load_examples(path))
    return [(databases.get(db_id), query) for db_id, query in pairs]


if __name__ == "__main__":
    sys.exit(main())
