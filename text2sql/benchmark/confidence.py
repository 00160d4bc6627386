"""Whether the model knows when it is right, and when a database cannot answer.

Asks every question of its own database, and compares the probability that the model gives its
answer with whether the rows are right; then of another of the databases, which cannot answer it;
then of its own again, but without one column that its gold query needs. Without --questions, the
bundled samples are asked. --plot draws the reliability curve.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_asked, add_json, find_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from text2sql.answering.pipeline import Answer
    from text2sql.benchmark.unanswerable.foreign_questions import Judged
    from text2sql.evaluation.calibration import Calibration

__all__ = ["add_arguments", "noticed", "run", "told_apart"]

_NAMES = {
    "n": "answers",
    "accuracy": "right",
    "kept": "right without the least sure fifth",
    "mean": "mean probability",
    "ece": "expected calibration error",
    "brier": "Brier score",
    "auc": "AUC, right against wrong",
    "foreign_n": "questions of other databases",
    "foreign_auc": "AUC, own against other databases'",
    "foreign_recognised": "recognised as another's",
    "own_mistaken": "own mistaken for another's",
    "bereft_n": "questions without a column they need",
    "bereft_auc": "AUC, all columns against one gone",
    "bereft_doubted": "answered with a doubt",
    "own_doubted": "own answered with a doubt",
}


def add_arguments(parser: ArgumentParser) -> None:
    add_asked(parser)
    parser.add_argument("--plot", type=Path, metavar="FILE", help="an SVG file for the curve")
    add_json(parser)


def run(args: Namespace) -> int:
    from tempfile import TemporaryDirectory

    from tqdm import tqdm

    from text2sql.answering.pipeline import Text2SQL
    from text2sql.benchmark.score import load_questions
    from text2sql.benchmark.unanswerable.foreign_questions import judged, meetings
    from text2sql.benchmark.unanswerable.missing_columns import bereft
    from text2sql.databases import Catalog
    from text2sql.plots.charts import Point
    from text2sql.plots.curves import reliability, save_picture
    from text2sql.terminal import print_json

    catalog = Catalog.open(args.spider_dir)
    questions = load_questions(args.questions, catalog)[: args.limit]
    asked = meetings(questions, catalog)
    asker = Text2SQL(find_model(args))
    found = list(judged(asker, tqdm(asked, unit="question")))
    with TemporaryDirectory() as folder:
        lacking = list(bereft(questions, catalog, Path(folder)))
        missed = list(judged(asker, tqdm(lacking, unit="question")))
    calibrated = _calibration(found)
    own = [j.answer for j in found if j.own]
    figures = calibrated.to_dict() | told_apart(found) | noticed(own, [j.answer for j in missed])
    if args.plot is not None:
        title = "How many answers of each probability are right"
        dots = [(b.probability, Point(**asdict(b.right))) for b in calibrated.bins]
        save_picture([reliability(dots)], args.plot, title)
    if args.json:
        print_json(figures)
        return 0
    for name, figure in figures.items():
        print(f"{_NAMES[name]:36} {figure}")
    return 0


def _calibration(found: Sequence[Judged]) -> Calibration:
    """The probabilities of answers to own questions; an answer that did not run has none."""
    from text2sql.evaluation.calibration import calibration

    answers = [j for j in found if j.right is not None]
    return calibration(
        [j.answer.confidence or 0.0 for j in answers], [bool(j.right) for j in answers]
    )


def told_apart(found: Sequence[Judged]) -> dict[str, Any]:
    """How well own questions are told from other databases'; nothing for a model that cannot."""
    from text2sql.answering.doubt import UNSURE
    from text2sql.evaluation.calibration import auc

    said = [(j.answer.answerable, j.own) for j in found if j.answer.answerable is not None]
    own = [a for a, is_own in said if is_own]
    foreign = [a for a, is_own in said if not is_own]
    if not own or not foreign:
        return {}
    return {
        "foreign_n": len(foreign),
        "foreign_auc": round(auc([a for a, _ in said], [is_own for _, is_own in said]), 4),
        "foreign_recognised": round(sum(a < UNSURE for a in foreign) / len(foreign), 4),
        "own_mistaken": round(sum(a < UNSURE for a in own) / len(own), 4),
    }


def noticed(own: Sequence[Answer], bereft: Sequence[Answer]) -> dict[str, Any]:
    """How often the model doubts an answer where a needed column is gone; nothing without such."""
    from text2sql.evaluation.calibration import auc

    if not own or not bereft:
        return {}
    both = [*own, *bereft]
    whole = [True] * len(own) + [False] * len(bereft)
    return {
        "bereft_n": len(bereft),
        "bereft_auc": round(auc([a.confidence or 0.0 for a in both], whole), 4),
        "bereft_doubted": round(sum(bool(a.doubt) for a in bereft) / len(bereft), 4),
        "own_doubted": round(sum(bool(a.doubt) for a in own) / len(own), 4),
    }
