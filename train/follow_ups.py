"""Fits the weights of the changes that a follow-up may ask for: ``python -m train.follow_ups``.

Each turn of a dialogue gives the queries that the search proposes from the gold query before it;
those with the gold query's rows are right. If none has them and the gold query shares no
condition or no table with the one before it, it is right to take the turn for a new question. A
log-linear model of the features is fitted to these verdicts, twice: on what a search without
weights proposes, then on what a search with them does.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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

__all__ = ["Turn", "fit", "main"]

_HERE = Path(__file__).parent
_OUT = Path(str(files("text2sql"))) / "assets" / "follow_ups.json"
_LEAST_TURNS = 3  # in which a feature has to stand
_SMALLEST = 0.05  # weight that is kept
_PRIORS: dict[str, float] = json.loads((_HERE / "follow_up_priors.json").read_text("utf-8"))
_STEPS, _RATE, _RIDGE = 100, 0.03, 2.0
_TIMEOUT_S = 2.0  # for a proposed query
_WIDTHS, _MOST = (5, 10), (200, 120)


@dataclass(frozen=True)
class Turn:
    """The features of the queries proposed for one turn, and whether each is right."""

    proposals: tuple[Mapping[str, float], ...]
    right: tuple[bool, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Learn the weights from two sets of dialogues, and write them into the package."""
    args = _parser().parse_args(argv)
    try:
        held_out = tomllib.loads((_HERE / "pocket" / "held_out.toml").read_text("utf-8"))["asked"]
        asked = load_dialogues(_HERE / "asked" / "dialogues.jsonl.xz")
        sources = [([d for d in asked if d.db_id not in held_out], Catalog.open(args.asked))]
        if args.sparc:
            sparc = load_dialogues(args.sparc)
            sources.append((sparc[: len(sparc) // 2], Catalog.open(args.spider_dir)))
        weights: dict[str, float] = {}
        for width, most in zip(_WIDTHS, _MOST, strict=True):
            turns = [t for source in sources for t in _turns(*source, weights, width, most)]
            weights = fit(turns)
            best = sum(_chosen(turn, weights) for turn in turns)
            print(f"{len(turns)} turns, {best} right, {len(weights)} weights", flush=True)
        write_text(args.out, json.dumps(weights, indent=0, sort_keys=True) + "\n")
    except Text2SQLError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m train.follow_ups", description=__doc__)
    parser.add_argument(
        "--asked", type=Path, required=True, help="folder that `python -m train.asked build` made"
    )
    parser.add_argument(
        "--sparc", type=Path, help="SParC's development set; its first half is read"
    )
    parser.add_argument("--spider-dir", type=Path, help="Spider's folder, for --sparc")
    parser.add_argument(
        "--out", type=Path, default=_OUT, help="file to write (default: %(default)s)"
    )
    return parser


def _turns(
    dialogues: Sequence[Dialogue],
    catalog: Catalog,
    weights: Mapping[str, float],
    width: int,
    most: int,
) -> Iterator[Turn]:
    from tqdm import tqdm

    for dialogue in tqdm(dialogues, unit="dialogue", disable=None):
        database = with_keys(catalog.get(dialogue.db_id))
        linker = Linker(database)
        for before, turn in zip(dialogue.turns, dialogue.turns[1:], strict=False):
            previous = previous_query(before.query, database.schema)
            if previous is not None:
                question = Question.read(turn.question, linker.index)
                found = changes(previous, question, linker, weights, width)
                yield _judged(found[:most], previous, turn.query, database)


def _judged(found: Sequence[Change], previous: Select, gold: str, database: Database) -> Turn:
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
    return Turn(tuple(change.features for change in found), tuple(right))


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


def _chosen(turn: Turn, weights: Mapping[str, float]) -> bool:
    """Whether the proposal with the highest score is right."""
    if not turn.proposals:
        return False
    scores = [sum(weights.get(f, 0.0) * v for f, v in p.items()) for p in turn.proposals]
    return turn.right[scores.index(max(scores))]


def fit(turns: Sequence[Turn]) -> dict[str, float]:
    """Return the weights that maximize the likelihood of the right proposals of each turn.

    The likelihood of a turn is the sum over its right proposals. RMSProp maximizes it from the
    priors, with an L2 penalty towards them; the priors are hand-written weights of a few words.
    Turns without a right proposal, or without a wrong one, are ignored.
    """
    told = [turn for turn in turns if any(turn.right) and not all(turn.right)]
    counts = Counter(name for turn in told for name in {n for p in turn.proposals for n in p})
    names = [name for name, count in counts.items() if count >= _LEAST_TURNS]
    names = list(dict.fromkeys((*names, *_PRIORS)))
    data = _Rows(told, {name: place for place, name in enumerate(names)})
    priors = np.array([_PRIORS.get(name, 0.0) for name in names])
    weights, squares = priors.copy(), np.full(len(names), 1e-8)
    for step in range(_STEPS):
        slope = data.slope(weights) + 0.5 * _RIDGE * (weights - priors)
        squares = 0.95 * squares + 0.05 * slope**2
        size = np.sqrt(squares / (1 - 0.95 ** (step + 1)) + 1e-6)
        weights -= _RATE * (1 - 0.9 * step / _STEPS) * slope / size
    found = zip(names, weights.round(2).tolist(), strict=True)
    return {name: weight for name, weight in found if abs(weight) >= _SMALLEST}


class _Rows:
    """All proposals as rows of one sparse matrix, with the turn and the verdict of each."""

    def __init__(self, turns: Sequence[Turn], places: Mapping[str, int]) -> None:
        entries = [
            (row, places[name], value)
            for row, features in enumerate(p for turn in turns for p in turn.proposals)
            for name, value in features.items()
            if name in places and value
        ]
        self.row, self.place = (np.array([e[i] for e in entries], dtype=np.int64) for i in (0, 1))
        self.value = np.array([e[2] for e in entries], dtype=np.float64)
        self.turn = np.repeat(np.arange(len(turns)), [len(t.proposals) for t in turns])
        self.right = np.array([one for turn in turns for one in turn.right], dtype=np.float64)
        self.turns, self.names = len(turns), len(places)

    def slope(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the gradient of the negative log-likelihood."""
        scores = np.bincount(self.row, weights[self.place] * self.value, len(self.turn))
        most = np.full(self.turns, -np.inf)
        np.maximum.at(most, self.turn, scores)
        raised = np.exp(scores - most[self.turn])
        among_right = self._shares(raised * self.right)
        difference = self._shares(raised) - among_right
        slope: NDArray[np.float64] = np.bincount(
            self.place, difference[self.row] * self.value, self.names
        ).astype(np.float64)
        return slope

    def _shares(self, raised: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.bincount(self.turn, raised, self.turns)
        shares: NDArray[np.float64] = raised / np.maximum(sums, 1e-30)[self.turn]
        return shares


if __name__ == "__main__":
    sys.exit(main())
