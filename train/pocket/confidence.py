"""The fit of a pocket model's confidence: the probability that an answer is right.

Asks the model the questions of the databases that were held out from it, Spider's and those of
``train/asked``, each of its own database and of another of them, which cannot answer it; and what
people might ask of the latter that these cannot answer. Two logistic regressions tell right answers
from wrong ones, and questions that can be answered from the others. Their coefficients go into the
model's folder, where the application reads them; they are of no use to other weights.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from text2sql.errors import DataError
from text2sql.evaluation.calibration import auc, calibration
from text2sql.generators.confidence import FILE, Confidence
from text2sql.terminal import format_table, reports_errors
from train.pocket.logistic import Observation, fit, held_out_fits

if TYPE_CHECKING:
    from text2sql.databases import Catalog, Database
    from text2sql.evaluation.answering import Asker
    from text2sql.spider import Example

__all__ = ["build_parser", "held_out_questions", "main", "report", "save"]

_EXAMPLES = """
examples:
  python -m train.pocket.confidence --spider-dir ~/spider
  python -m train.pocket.confidence --spider-dir ~/spider --model runs/pocket \\
      --rewordings train_spider_syn.json
"""


def build_parser() -> argparse.ArgumentParser:
    """Build the parser; it imports no heavy package."""
    parser = argparse.ArgumentParser(
        prog="python -m train.pocket.confidence",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--spider-dir", type=Path, metavar="DIR", help="Spider's folder (default: as for train)")
    add("--model", type=Path, metavar="FOLDER", help="a pocket model (default: the bundled one)")
    add("--rewordings", type=Path, metavar="FILE", help="Spider-Syn's training questions as well")
    add(
        "--held-out",
        type=float,
        metavar="SHARE",
        help="share that was held out from training (default: what the folder's manifest says, "
        "else the recipe's own)",
    )
    add(
        "--limit",
        type=int,
        default=350,
        metavar="N",
        help="questions to take of each kind: Spider's, reworded, asked (default: %(default)s)",
    )
    return parser


@reports_errors
def main(argv: Sequence[str] | None = None) -> int:
    """Fit, print how good it is, and write the coefficients beside the weights."""
    _fit_folder(build_parser().parse_args(argv))
    return 0


def _fit_folder(args: argparse.Namespace) -> None:
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.benchmark.unanswerable.foreign_questions import pair_with_databases
    from text2sql.databases import Catalog, spider_folder
    from text2sql.evaluation.live import spread
    from text2sql.generators.pocket.generator import BUNDLED, PocketGenerator
    from text2sql.spider import load_examples

    spider_dir = spider_folder(args.spider_dir)
    if spider_dir is None:
        raise DataError(
            "There is no Spider folder; name it with --spider-dir, or run text2sql download spider."
        )
    folder = args.model or BUNDLED
    share = args.held_out or _held_out_share(folder)
    asker = Text2SQL(PocketGenerator.load(folder))
    questions = held_out_questions(spider_dir, args.rewordings, share, args.limit)
    seen = _observed(asker, pair_with_databases(questions, Catalog.open(spider_dir)))
    with tempfile.TemporaryDirectory() as built:
        catalog = _held_out_asked(Path(built))
        questions = spread(load_examples(Path(built) / "questions.json"), args.limit)
        seen += _observed(asker, pair_with_databases(questions, catalog))
        seen += _unanswered(asker, catalog, Path(built) / "unanswerable.json")
    print(report(seen))
    save(fit(seen), folder, seen)
    print(f"\nThe coefficients are in {folder / FILE}.")


def _observed(asker: Asker, asked: Sequence[tuple[Example, Database]]) -> list[Observation]:
    from tqdm import tqdm

    from text2sql.benchmark.unanswerable.foreign_questions import ask_and_judge

    return [
        Observation(found.db_id, found.answer.evidence, found.own, found.right)
        for found in ask_and_judge(asker, tqdm(asked, unit="question"))
        if found.answer.evidence is not None
    ]


def _held_out_asked(folder: Path) -> Catalog:
    """The held-out databases of ``train/asked``, built in ``folder``."""
    from text2sql.databases import Catalog
    from train.asked.build import build
    from train.asked.dataset import read_databases
    from train.pocket.collection import held_out_by_name

    chosen = held_out_by_name("asked")
    build([d for d in read_databases() if d.db_id in chosen], folder)
    return Catalog.open(folder)


def _unanswered(asker: Asker, catalog: Catalog, path: Path) -> list[Observation]:
    """What the model makes of questions that their own database can't answer."""
    from text2sql.spider import load_json

    seen = []
    for item in load_json(path):
        answer = asker.ask(item["question"], catalog.get(item["db_id"]))
        if answer.evidence is not None:
            seen.append(Observation(item["db_id"], answer.evidence, own=False))
    return seen


def _held_out_share(folder: Path) -> float:
    from train.pocket.recipe import PocketRecipe

    manifest = folder / "manifest.json"
    if not manifest.is_file():
        return PocketRecipe().held_out
    return float(json.loads(manifest.read_text(encoding="utf-8"))["recipe"]["held_out"])


def held_out_questions(
    spider_dir: Path, rewordings: Path | None, share: float, limit: int
) -> list[Example]:
    """Up to ``limit`` questions of the databases held out at this ``share``, and of rewordings of
    such questions, spread evenly."""
    from text2sql.evaluation.live import spread
    from text2sql.spider import Example, load_json
    from train.pocket.collection import held_out_databases

    spider = load_json(spider_dir / "train_spider.json")
    chosen = held_out_databases([entry["db_id"] for entry in spider], share)
    others = load_json(rewordings) if rewordings else []
    reworded = [entry for entry in others if entry["question"] != entry["original_question"]]
    questions = []
    for entries in (spider, reworded):
        taken = spread([entry for entry in entries if entry["db_id"] in chosen], limit)
        questions += [Example(e["question"], e["query"], e["db_id"]) for e in taken]
    return questions


def report(observations: Sequence[Observation]) -> str:
    """How good the probabilities are, each given by a fit to the other databases, as a table."""
    fitted = list(zip(held_out_fits(observations), observations, strict=True))
    judged = [(c, o) for c, o in fitted if o.right is not None]
    right = [o.right is True for _, o in judged]
    shares = [1 / (1 + math.exp(-o.evidence.share)) for _, o in judged]
    rows = [
        [name, *calibration(given, right).to_dict().values()]
        for name, given in (
            ("fitted", [c.of(o.evidence) for c, o in judged]),
            ("share of agreement", shares),
        )
    ]
    columns = ["confidence", "answers", "right", "without 20%", "mean", "ECE", "Brier", "AUC"]
    answerable = [c.answerable.probability(o.evidence) for c, o in fitted]
    return (
        f"{format_table(columns, rows, 100)}\n\nOwn questions told from other databases', AUC: "
        f"{auc(answerable, [o.own for o in observations]):.4f} of {len(observations):,} questions."
        "\nEach probability comes from a fit to the other databases alone."
    )


def save(confidence: Confidence, folder: Path, observations: Sequence[Observation]) -> None:
    """Write the coefficients, what they were fitted to, and the digest of the weights."""
    from text2sql.atomic import write_text
    from text2sql.digests import files_digest

    parts = (("right", confidence.right), ("answerable", confidence.answerable))
    written = {name: {"bias": part.bias, **part.weights} for name, part in parts}
    weights = "model.safetensors"
    fitted = {
        "answers": sum(o.right is not None for o in observations),
        "own_questions": sum(o.own for o in observations),
        "foreign_questions": sum(not o.own for o in observations),
        "databases": len({o.db_id for o in observations}),
        "weights": files_digest([(weights, folder / weights)]),
    }
    text = json.dumps({**written, "fitted_to": fitted}, indent=1)
    write_text(folder / FILE, text + "\n")


if __name__ == "__main__":
    sys.exit(main())
