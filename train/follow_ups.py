"""Fits the weights that choose what a follow-up means: ``python -m train.follow_ups``.

The dialogues of train/asked whose databases are not held out are read turn by turn. From the gold
query before a turn, the search proposes changes and the model reads the turn; the queries with the
gold query's rows are right. Two log-linear models are fitted to these verdicts: one of the words
around a change, for the search, and one of sources, parts, words and rows, for the choice. The
search is fitted twice: on what it proposes with hand-written weights of a few words (the priors),
then on what it proposes with fitted ones. The choice sees scores of a search that was fitted
without the turn's database. The first turn of a dialogue is read after the last turn of another one
on its database, and single questions of train/asked after one another: there, the choice should
prefer the query of a new question. The held-out databases and SParC's development set are only
measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import islice
from pathlib import Path

from text2sql.atomic import write_text
from text2sql.databases import Catalog
from text2sql.errors import Text2SQLError
from text2sql.evaluation.dialogues import Pair, load_dialogues, pairs_of, unrelated_pairs
from text2sql.generators.base import Generator
from text2sql.generators.registry import load_generator
from text2sql.spider import load_examples
from train.cache import Cache, CachedGenerator
from train.dialogue_turns import FOLDS, LabelledTurn, turns_of
from train.log_linear import Alternatives, Names, fit, named

__all__ = ["main"]

_HERE = Path(__file__).parent
_OUT = Path(str(files("text2sql"))) / "assets" / "follow_ups.json"
_PRIORS: dict[str, float] = json.loads((_HERE / "follow_up_priors.json").read_text("utf-8"))
_RIDGE, _RIDGE_OF_CHOICE = 2.0, 4.0
_SINGLE, _SINGLE_HELD_OUT = 6, 20  # questions of a database that go on from nothing
#: Where the weights of the choice start, before a feature has been seen.
_PRIORS_OF_CHOICE = {
    "change": 1.0, "value unused": -1.0, "value unsaid": -0.5, "fails": -3.0,
    "rows are the same": -1.0, "group unsaid": -2.0,
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Fit the weights to dialogues, write them into the package, and measure them."""
    args = _parser().parse_args(argv)
    try:
        held_out = set(tomllib.loads(args.held_out.read_text("utf-8"))["asked"])
        asked, catalog = load_dialogues(args.dialogues), Catalog.open(args.asked)
        cache = Cache(args.cache) if args.cache else None
        loaded = load_generator("pocket")
        model = loaded if cache is None else CachedGenerator(loaded, cache)
        single = load_examples(args.asked / "questions.json")
        read = [d for d in asked if d.db_id not in held_out][: args.limit]
        new = [q for q in single if q.db_id not in held_out]
        pairs = [*pairs_of(read), *islice(unrelated_pairs(new, _SINGLE), args.limit)]
        found = _fitted(sorted(pairs, key=_database), catalog, model, cache)
        write_text(args.out, json.dumps(found, indent=0, sort_keys=True) + "\n")
        held = [d for d in asked if d.db_id in held_out][: args.limit]
        _measure("held-out databases", list(pairs_of(held)), catalog, model, cache, found)
        new = [q for q in single if q.db_id in held_out]
        pairs = list(islice(unrelated_pairs(new, _SINGLE_HELD_OUT), args.limit))
        _measure("single questions about them", pairs, catalog, model, cache, found)
        if args.sparc:
            sparc = load_dialogues(args.sparc)
            half = list(pairs_of(sparc[: len(sparc) // 2][: args.limit]))
            _measure("SParC, first half", half, Catalog.open(args.spider_dir), model, cache, found)
    except Text2SQLError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _database(pair: Pair) -> str:
    return pair.turn.db_id


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
    add(
        "--limit", type=int, metavar="N", help="only N dialogues and N single questions of each set"
    )
    add(
        "--cache",
        type=Path,
        metavar="FILE",
        help="keep here what the model writes and what queries return, for the next run",
    )
    add("--out", type=Path, default=_OUT, help="file to write (default: %(default)s)")
    return parser


def _fitted(
    pairs: Sequence[Pair], catalog: Catalog, model: Generator, cache: Cache | None
) -> dict[str, dict[str, float]]:
    names = Names()
    first = [turn.of_changes() for turn in turns_of(pairs, catalog, names, _PRIORS, cache=cache)]
    weights = named(fit(first, names, _PRIORS, _RIDGE), names)
    names = Names()
    turns = list(turns_of(pairs, catalog, names, weights, model, cache))
    names_of_options = Names()
    folds = _folds(turns, names, names_of_options)
    of_options = [one for fold in folds for one in fold]
    chosen = 0
    for place, fold in enumerate(folds):
        others = [one for other in (*folds[:place], *folds[place + 1 :]) for one in other]
        without = fit(others, names_of_options, _PRIORS_OF_CHOICE, _RIDGE_OF_CHOICE)
        chosen += sum(one.chosen(without) for one in fold)
    _report("training, each fold of databases by the others", of_options, chosen)
    of_search = fit([turn.of_changes() for turn in turns], names, _PRIORS, _RIDGE)
    of_choice = fit(of_options, names_of_options, _PRIORS_OF_CHOICE, _RIDGE_OF_CHOICE)
    return {"changes": named(of_search, names), "choice": named(of_choice, names_of_options)}


def _folds(
    turns: Sequence[LabelledTurn], names: Names, names_of_options: Names
) -> list[list[Alternatives]]:
    """Return the options of the turns of each fold, with a search fitted to the other folds."""
    found = []
    for fold in range(FOLDS):
        others = [turn.of_changes() for turn in turns if turn.fold != fold]
        without = fit(others, names, _PRIORS, _RIDGE)
        inside = (turn for turn in turns if turn.fold == fold)
        found.append([turn.of_options(without, names_of_options) for turn in inside])
    return found


def _measure(
    name: str,
    pairs: Sequence[Pair],
    catalog: Catalog,
    model: Generator,
    cache: Cache | None,
    weights: Mapping[str, Mapping[str, float]],
) -> None:
    names, names_of_options = Names(), Names()
    turns = list(turns_of(pairs, catalog, names, weights["changes"], model, cache))
    of_search = names.array(weights["changes"])
    options = [turn.of_options(of_search, names_of_options) for turn in turns]
    of_choice = names_of_options.array(weights["choice"])
    _report(name, options, sum(one.chosen(of_choice) for one in options))


def _report(name: str, options: Sequence[Alternatives], chosen: int) -> None:
    among = sum(any(one.right) for one in options)
    print(f"{name}: {len(options)} turns, {among} with a right query, {chosen} chosen", flush=True)


if __name__ == "__main__":
    sys.exit(main())
