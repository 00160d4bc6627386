"""Fits the weights of the changes that a follow-up may ask for: ``python -m train.follow_ups``.

Each turn of a dialogue gives the queries that the search proposes from the gold query before it;
those with the gold query's rows are right. If none has them and the gold query shares no
condition or no table with the one before it, it is right to take the turn for a new question. A
log-linear model of the features is fitted to these verdicts, twice: on what a search with
hand-written weights of a few words (the priors) proposes, then on what a search with fitted ones
does. It learns from the dialogues of train/asked whose databases are not held out; the others and
SParC's development set are only measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from text2sql.answering.conversation.edits import conditions, places_in
from text2sql.answering.conversation.following import previous_query
from text2sql.answering.conversation.linker import Linker
from text2sql.answering.conversation.mentions import Question
from text2sql.answering.conversation.search import NEW, Change, changes
from text2sql.atomic import write_text
from text2sql.databases import Catalog, Database
from text2sql.errors import Text2SQLError
from text2sql.evaluation.dialogues import Dialogue, load_dialogues
from text2sql.linking.keys import with_keys
from text2sql.metrics.execution import SCORING, row_order_counts, same_rows, without_distinct
from text2sql.query.nodes import Literal, Select, walk
from text2sql.query.writing import write
from text2sql.sandbox import run_query
from text2sql.schema import Schema
from train.log_linear import Alternatives, Names, fit

__all__ = ["main"]

_HERE = Path(__file__).parent
_OUT = Path(str(files("text2sql"))) / "assets" / "follow_ups.json"
_PRIORS: dict[str, float] = json.loads((_HERE / "follow_up_priors.json").read_text("utf-8"))
_RIDGE = 2.0
_TIMEOUT_S = 2.0  # for a proposed query
_ROUNDS = ((5, 120), (10, 80))  # the width of the search, and how many of its changes are kept


def main(argv: Sequence[str] | None = None) -> int:
    """Fit the weights, write them into the package, and measure them."""
    args = _parser().parse_args(argv)
    try:
        held_out = set(tomllib.loads(args.held_out.read_text("utf-8"))["asked"])
        asked, catalog = load_dialogues(args.dialogues), Catalog.open(args.asked)
        read = [dialogue for dialogue in asked if dialogue.db_id not in held_out]
        weights: Mapping[str, float] = _PRIORS
        for size in _ROUNDS:
            names = Names()
            turns = list(_turns(read[: args.limit], catalog, names, weights, *size))
            weights = fit(turns, names, _PRIORS, _RIDGE)
            _report("training", turns, names, weights)
        write_text(args.out, json.dumps(weights, indent=0, sort_keys=True) + "\n")
        held = [dialogue for dialogue in asked if dialogue.db_id in held_out]
        _measure("held-out databases", held[: args.limit], catalog, weights)
        if args.sparc:
            sparc = load_dialogues(args.sparc)
            half = sparc[: len(sparc) // 2][: args.limit]
            _measure("SParC, first half", half, Catalog.open(args.spider_dir), weights)
    except Text2SQLError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m train.follow_ups", description=__doc__)
    add = parser.add_argument
    add("--asked", type=Path, required=True, help="folder that `python -m train.asked build` made")
    add(
        "--dialogues",
        type=Path,
        default=_HERE / "asked" / "dialogues.jsonl.xz",
        help="dialogues about its databases (default: %(default)s)",
    )
    add(
        "--held-out",
        type=Path,
        default=_HERE / "pocket" / "held_out.toml",
        help='file whose list "asked" names databases to measure on (default: %(default)s)',
    )
    add("--sparc", type=Path, help="SParC's development set; its first half is measured")
    add("--spider-dir", type=Path, help="Spider's folder, for --sparc")
    add("--limit", type=int, metavar="N", help="only N dialogues of each set")
    add("--out", type=Path, default=_OUT, help="file to write (default: %(default)s)")
    return parser


def _measure(
    name: str, dialogues: Sequence[Dialogue], catalog: Catalog, weights: Mapping[str, float]
) -> None:
    names = Names()
    turns = list(_turns(dialogues, catalog, names, weights, *_ROUNDS[-1]))
    _report(name, turns, names, weights)


def _report(
    name: str, turns: Sequence[Alternatives], names: Names, weights: Mapping[str, float]
) -> None:
    known = names.array(weights)
    right = sum(turn.chosen(known) for turn in turns)
    among = sum(any(turn.right) for turn in turns)
    print(f"{name}: {len(turns)} turns, {among} with a right change, {right} chosen", flush=True)


def _turns(
    dialogues: Sequence[Dialogue],
    catalog: Catalog,
    names: Names,
    weights: Mapping[str, float],
    width: int,
    most: int,
) -> Iterator[Alternatives]:
    """Yield the changes of each turn after the first, with their features and verdicts."""
    from tqdm import tqdm

    for dialogue in tqdm(dialogues, unit="dialogue", disable=None):
        database = with_keys(catalog.get(dialogue.db_id))
        linker = Linker(database)
        for before, turn in zip(dialogue.turns, dialogue.turns[1:], strict=False):
            previous = previous_query(before.query, database.schema)
            if previous is not None:
                question = Question.read(turn.question, linker.index)
                found = changes(previous, question, linker, weights, width)
                kept = [c for i, c in enumerate(found) if i < most or c.steps == (NEW,)]
                rows = tuple(names.row(change.features) for change in kept)
                yield Alternatives(rows, _judged(kept, previous, turn.query, database))


def _judged(
    found: Sequence[Change], previous: Select, gold: str, database: Database
) -> tuple[bool, ...]:
    """Return for each proposed query whether it returns the rows of the gold query."""
    expected = run_query(database, without_distinct(gold), SCORING)
    ordered = row_order_counts(gold)
    limits = replace(SCORING, timeout_s=_TIMEOUT_S, max_rows=len(expected.rows) + 100)
    right = []
    for change in found:
        sql = without_distinct(write(change.query, database.schema))
        rows = run_query(database, sql, limits)
        whole = not (rows.error or rows.truncated or expected.error)
        same = whole and same_rows(expected.rows, rows.rows, ordered=ordered)
        right.append(same and change.steps != (NEW,))
    if not any(right):
        new = _is_new(previous, gold, database.schema)
        right = [new and change.steps == (NEW,) for change in found]
    return tuple(right)


def _is_new(previous: Select, gold: str, schema: Schema) -> bool:
    """Whether the gold query carries nothing over from the query before it."""
    query = previous_query(gold, schema)
    if query is None:
        return False
    kept = _conditions(previous, schema)
    tables = {e.table for e in previous.sources} & {e.table for e in query.sources}
    return not tables or (bool(kept) and not kept & _conditions(query, schema))


def _conditions(query: Select, schema: Schema) -> set[tuple[object, ...]]:
    """The conditions as the columns and values in them, whatever the tables are called."""
    return {
        (
            *places_in(query, schema, part),
            *sorted(repr(n.value) for n in walk(part) if isinstance(n, Literal)),
        )
        for part in conditions(query.where)
    }


if __name__ == "__main__":
    sys.exit(main())
